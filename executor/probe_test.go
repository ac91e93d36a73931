package executor_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aca-executor/executor"
	"aca-executor/sandbox"
)

// A language that does not work is not offered, says so, and is tried again.
func TestBrokenLanguage(t *testing.T) {
	t.Parallel()
	x, r := service(t)
	r.test = func() (sandbox.Result, error) {
		return sandbox.Result{ExitCode: 1, Stderr: sandbox.Output{Bytes: []byte("no libc")}}, nil
	}
	if _, err := probed(t, x); err == nil || !strings.Contains(err.Error(), "no libc") {
		t.Fatalf("error %v", err)
	}
	_, err := x.Execute(t.Context(), program("python"))
	e := refusal(t, err, executor.UnsupportedLanguage)
	if !strings.Contains(e.Message, "python") || strings.Contains(e.Message, "no libc") || !strings.Contains(e.Err.Error(), "no libc") {
		t.Errorf("the client is told %q, the log %v", e.Message, e.Err)
	}
	for _, o := range x.Offered() {
		if !o.Probed || o.Err == nil || len(o.Versions) != 0 {
			t.Errorf("%+v", o)
		}
	}
	r.test = nil
	if _, err := x.Execute(t.Context(), program("python")); err == nil {
		t.Error("it was tried again though nobody said so")
	}
	if !x.Reprobe() {
		t.Error("nothing is to be tried again")
	}
	if _, err := x.Execute(t.Context(), program("python")); err != nil {
		t.Error(err)
	}
	if _, err := probed(t, x); err != nil || x.Reprobe() {
		t.Errorf("error %v, or something is to be tried again", err)
	}
}

// One broken version leaves the others.
func TestBrokenVersion(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"python3": "Python 3.12.4", "python3.9": "broken"})
	x, err := executor.New(t.Context(), executor.NewGate(1, 1, time.Second), r, policy, table(dir))
	if err != nil {
		t.Fatal(err)
	}
	installed, err := probed(t, x)
	if err != nil || len(installed) != 1 || installed[0].Version != "3.12.4" {
		t.Errorf("%+v %v", installed, err)
	}
	if o := x.Offered()[0]; o.Err == nil || !strings.Contains(o.Err.Error(), "python3.9") || len(o.Versions) != 1 {
		t.Errorf("offered %+v", o)
	}
	// It is tried again; what works is not, and nobody has to wait for that.
	var asked []string
	r.version = func(binary string) (sandbox.Result, error) {
		asked = append(asked, filepath.Base(binary))
		return says("Python 3.9.2"), nil
	}
	if !x.Reprobe() {
		t.Error("nothing is to be tried again")
	}
	if _, err := x.Execute(t.Context(), program("python")); err != nil || asked != nil {
		t.Errorf("%v, asked %q", err, asked)
	}
	installed, err = probed(t, x)
	if err != nil || len(installed) != 2 || installed[1].Version != "3.9.2" || !slices.Equal(asked, []string{"python3.9"}) || x.Reprobe() {
		t.Errorf("%+v %v, asked %q", installed, err, asked)
	}
}

// Everybody who asks while a language is probed waits for that one probe, as long
// as for room.
func TestRequestsWaitForTheProbe(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"python3": "Python 3.12.4"})
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		var asked atomic.Int64
		r.version = func(string) (sandbox.Result, error) { asked.Add(1); <-goOn; return says("Python 3.12.4"), nil }
		x, err := executor.New(t.Context(), executor.NewGate(4, 4, 10*time.Second), r, policy, table(dir))
		if err != nil {
			t.Fatal(err)
		}
		errs := make(chan error, 3)
		ask := func(ctx context.Context) { _, err := x.Execute(ctx, program("python")); errs <- err }
		go ask(t.Context())
		go ask(t.Context())
		ctx, cancel := context.WithCancelCause(t.Context())
		left := errors.New("the client left")
		go ask(ctx)
		synctest.Wait()
		cancel(left)
		refusal(t, <-errs, executor.Canceled)
		for range 2 { // after 10 s
			if e := refusal(t, <-errs, executor.QueueTimeout); e.RetryAfter <= 0 || !strings.Contains(e.Message, "python") {
				t.Errorf("%+v", e)
			}
		}
		// A stop does not leave them without an answer.
		go ask(t.Context())
		synctest.Wait()
		if _, _, waiting, _ := x.Gate().Load(); waiting != 1 {
			t.Errorf("%d wait, want 1", waiting)
		}
		close(goOn)
		if err := <-errs; err != nil {
			t.Error(err)
		}
		if _, err := x.Execute(t.Context(), program("python")); err != nil || asked.Load() != 1 {
			t.Errorf("error %v, asked %d times", err, asked.Load())
		}
		x.Wait()
	})
}

// A stop does not leave those who wait for a probe without an answer, and no more
// of them wait than may.
func TestStopWhileProbing(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"python3": "Python 3.12.4"})
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		r.version = func(string) (sandbox.Result, error) { <-goOn; return says("Python 3.12.4"), nil }
		x, err := executor.New(t.Context(), executor.NewGate(4, 2, 10*time.Second), r, policy, table(dir))
		if err != nil {
			t.Fatal(err)
		}
		errs := make(chan error, 3)
		for range 3 {
			go func() { _, err := x.Execute(t.Context(), program("python")); errs <- err }()
		}
		synctest.Wait()
		refusal(t, <-errs, executor.QueueFull)
		x.Gate().Close()
		for range 2 {
			refusal(t, <-errs, executor.Draining)
		}
		close(goOn)
		x.Wait()
	})
}

// What is prepared is there for each step after it.
func TestPrepare(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"cc": "cc 1.2"})
	x, err := executor.New(t.Context(), executor.NewGate(1, 1, time.Second), r, policy, []executor.Runtime{{
		Name: "c", Binaries: []string{dir + "/cc"}, Source: "main.c", Weight: 1, Hello: selfTest,
		Prepare: []executor.Prepare{
			{Files: []executor.File{{Path: "a.h", Content: "x"}}, Commands: [][]string{{"{binary}", "{file}", "{out}"}}},
			{Commands: [][]string{{"/bin/true", "{prepared}"}}},
		},
		Compile: [][]string{{"{binary}", "{files}"}}, Run: []string{"{out}/main"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := probed(t, x); err != nil {
		t.Fatal(err)
	}
	if len(r.jobs) != 2 || !r.jobs[0].Build || r.jobs[0].Share == "" || r.jobs[1].Share == "" || r.jobs[0].Share == r.jobs[1].Share || r.jobs[0].Steps[0].Args[1] != "a.h" || r.jobs[0].Steps[0].Args[2] != sandbox.Out {
		t.Errorf("prepared by %+v", r.jobs)
	}
}

// Names are those of what is there.
func TestUnsupportedLanguage(t *testing.T) {
	t.Parallel()
	x, _ := service(t)
	for _, name := range []string{"cobol", "Python", "bash", strings.Repeat("x", 100_000)} {
		_, err := x.Execute(t.Context(), program(name))
		e := refusal(t, err, executor.UnsupportedLanguage)
		if len(e.Fields) != 1 || e.Fields[0].Field != "language" || !strings.HasSuffix(e.Fields[0].Message, "is none of python, py, java") || len(e.Message) > 1000 {
			t.Errorf("%.200q: %.500v", name, e)
		}
	}
}

// Of a language that is compiled, each step that can fail before a program runs says
// so.
func TestBrokenCompiler(t *testing.T) {
	t.Parallel()
	fails := sandbox.Result{ExitCode: 1, Stderr: sandbox.Output{Bytes: []byte("no room")}}
	for _, row := range []struct {
		name    string
		prepare sandbox.Result
		test    sandbox.Result
		words   []string
	}{
		{"it works", says(""), says("hello\n"), nil},
		{"what is shared cannot be prepared", fails, says("hello\n"), []string{"cc: prepare: ", "code 1", "no room"}},
		{"its own program does not compile", says(""), fails, []string{"cc: self-test: compilation ended with failed", "no room"}},
		{"its own program says something else", says(""), says("hallo\n"), []string{"cc: self-test: ", "hallo"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir, r := machine(t, map[string]string{"cc": "cc 1.2"})
			r.run = func(_ context.Context, job sandbox.Job) (sandbox.Result, error) { return row.prepare, nil }
			r.test = func() (sandbox.Result, error) { return row.test, nil }
			x, err := executor.New(t.Context(), executor.NewGate(1, 1, time.Second), r, policy, []executor.Runtime{{
				Name: "c", Binaries: []string{dir + "/cc"}, Source: "main.c", Weight: 1, Hello: selfTest,
				Prepare: []executor.Prepare{{Commands: [][]string{{"{binary}", "-o", "{out}/shared"}}}},
				Compile: [][]string{{"{binary}", "{files}"}}, Run: []string{"{out}/main"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			installed, err := probed(t, x)
			if (err == nil) != (row.words == nil) || len(installed) > 0 != (row.words == nil) {
				t.Fatalf("%+v, error %v", installed, err)
			}
			for _, w := range row.words {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
			if len(r.jobs) != 1 || r.jobs[0].Share == "" || !r.jobs[0].Build {
				t.Errorf("%d jobs prepared: %+v", len(r.jobs), r.jobs)
			}
		})
	}
}
