package executor_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aca-executor/executor"
	"aca-executor/sandbox"
)

// runner is a sandbox that runs nothing: it answers for interpreters that are
// asked for their version, and calls run for everything else.
type runner struct {
	version func(binary string) (sandbox.Result, error)
	run     func(context.Context, sandbox.Job) (sandbox.Result, error)
	test    func() (sandbox.Result, error) // of the self-tests; nil: they pass

	mu   sync.Mutex
	jobs []sandbox.Job // that were no question for a version
	asks []sandbox.Job // that were

	tests []sandbox.Job // of the service itself
}

func (r *runner) Run(ctx context.Context, job sandbox.Job) (sandbox.Report, error) {
	var result sandbox.Result
	var err error
	args := job.Steps[0].Args
	switch {
	case len(args) == 2 && args[1] == "--version":
		r.mu.Lock()
		r.asks = append(r.asks, job)
		r.mu.Unlock()
		result, err = r.version(args[0])
	case len(job.Files) == 1 && strings.HasPrefix(job.Files[0].Content, selfTest):
		r.mu.Lock()
		r.tests = append(r.tests, job)
		r.mu.Unlock()
		result = says("hello\n")
		if r.test != nil {
			result, err = r.test()
		}
	default:
		r.mu.Lock()
		r.jobs = append(r.jobs, job)
		r.mu.Unlock()
		result, err = r.run(ctx, job)
	}
	if err != nil {
		return sandbox.Report{}, err
	}
	report := sandbox.Report{Steps: []sandbox.Result{result}}
	if job.Build && result.Outcome == sandbox.Exited && result.ExitCode == 0 {
		report.Artifact = &sandbox.Artifact{}
	}
	return report, nil
}

// selfTest is how programs begin that the service itself runs.
const selfTest = "self-test"

func (r *runner) Layers() sandbox.Layers { return sandbox.UID | sandbox.Seccomp }

// says is a program that wrote to stdout and exited with 0.
func says(stdout string) sandbox.Result {
	return sandbox.Result{Stdout: sandbox.Output{Bytes: []byte(stdout)}}
}

// hello runs every program as if it were a runtime's Hello.
func hello(context.Context, sandbox.Job) (sandbox.Result, error) { return says("hello\n"), nil }

// machine is a directory with interpreters, by name, each with what it says
// when it is asked for its version.
func machine(t *testing.T, interpreters map[string]string) (dir string, r *runner) {
	t.Helper()
	dir = t.TempDir()
	for name := range interpreters {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir, &runner{
		version: func(binary string) (sandbox.Result, error) { return says(interpreters[filepath.Base(binary)]), nil },
		run:     hello,
	}
}

// table is two languages whose interpreters are in dir; a program of the second
// is heavy.
func table(dir string) []executor.Runtime {
	return []executor.Runtime{
		{
			Name: "python", Aliases: []string{"py"}, Source: "main.py", Hello: selfTest, Run: []string{"{binary}", "{file}"}, Weight: 1, Data: 7 << 20,
			Binaries: []string{filepath.Join(dir, "python3"), filepath.Join(dir, "python3.[0-9]"), filepath.Join(dir, "python3.[0-9][0-9]")},
			Memory:   regexp.MustCompile("MemoryError"),
		},
		{
			Name: "java", Source: "Main.java", Hello: selfTest, Run: []string{"{binary}", "{file}"}, Weight: 3, Data: 9 << 20,
			Binaries: []string{filepath.Join(dir, "java")},
			Memory:   regexp.MustCompile("OutOfMemoryError"),
		},
	}
}

var policy = executor.Policy{
	Default: executor.Limits{Timeout: 5 * time.Second, MemoryMiB: 200, Processes: 64, FileMiB: 16, DiskMiB: 48, OutputKiB: 1024},
	Max:     executor.Limits{Timeout: 60 * time.Second, MemoryMiB: 400, Processes: 64, FileMiB: 16, DiskMiB: 48, OutputKiB: 1024},
	Compile: executor.Limits{Timeout: 20 * time.Second, CPU: time.Minute, MemoryMiB: 900, Processes: 64, FileMiB: 100, DiskMiB: 100, OutputKiB: 64},

	MaxTestCases: 10, TestsTimeout: 12 * time.Second, MaxOutputFiles: 5, OutputFilesMiB: 4,
}

// probed are the runtimes that work, and why there are none.
func probed(t *testing.T, x *executor.Executor) (list []executor.Installed, err error) {
	t.Helper()
	err = x.Probe(t.Context(), func(o executor.Offered) { list = append(list, o.Versions...) })
	return list, err
}

// service is an executor of both languages behind a gate of 3 units.
func service(t *testing.T) (*executor.Executor, *runner) {
	t.Helper()
	dir, r := machine(t, map[string]string{"python3": "Python 3.11.2\n", "java": "openjdk 17.0.1\n"})
	x, err := executor.New(t.Context(), executor.NewGate(3, 4, 10*time.Second), r, policy, table(dir))
	if err != nil {
		t.Fatal(err)
	}
	return x, r
}

func program(language string) executor.Request {
	code := "x"
	return executor.Request{Language: language, Code: &code}
}

func TestNewFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name         string
		interpreters map[string]string
		want         []string // name, version and file
	}{
		{"one", map[string]string{"python3": "Python 3.11.2\n"}, []string{"python 3.11.2 python3"}},
		{"another language", map[string]string{"java": "openjdk 17.0.1 2024-01-16\n"}, []string{"java 17.0.1 java"}},
		{"in the order of the table", map[string]string{"java": "openjdk 17.0.1", "python3": "Python 3.11.2"}, []string{"python 3.11.2 python3", "java 17.0.1 java"}},
		{
			"newest first", map[string]string{"python3": "Python 3.9.1", "python3.11": "Python 3.11.2", "python3.12": "Python 3.12.4"},
			[]string{"python 3.12.4 python3.12", "python 3.11.2 python3.11", "python 3.9.1 python3"},
		},
		{
			"the first of the same version", map[string]string{"python3": "Python 3.11.2", "python3.11": "Python 3.11.2", "python3.9": "Python 3.9.1"},
			[]string{"python 3.11.2 python3", "python 3.9.1 python3.9"},
		},
		{"two components are a version", map[string]string{"python3": "v20.1 (build 77)"}, []string{"python 20.1 python3"}},
		{"what no pattern names is not used", map[string]string{"python3": "Python 3.11.2", "python3.11-config": "x", "python2": "Python 2.7.18"}, []string{"python 3.11.2 python3"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir, r := machine(t, row.interpreters)
			x, err := executor.New(t.Context(), executor.NewGate(1, 1, time.Second), r, policy, table(dir))
			if err != nil {
				t.Fatal(err)
			}
			installed, err := probed(t, x)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range installed {
				got = append(got, i.Name+" "+i.Version+" "+filepath.Base(i.Binary))
				if filepath.Dir(i.Binary) != dir {
					t.Errorf("%s is not in %s", i.Binary, dir)
				}
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("installed are %q, want %q", got, row.want)
			}
		})
	}
}

// java -version is famous for it.
func TestNewReadsVersionsFromStderr(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"java": ""})
	r.version = func(string) (sandbox.Result, error) {
		return sandbox.Result{Stderr: sandbox.Output{Bytes: []byte(`openjdk version "17.0.1"`)}}, nil
	}
	x, err := executor.New(t.Context(), executor.NewGate(1, 1, time.Second), r, policy, table(dir))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := probed(t, x); err != nil || got[0].Version != "17.0.1" {
		t.Errorf("%+v %v, want version 17.0.1", got, err)
	}
}

func TestNewFailures(t *testing.T) {
	t.Parallel()
	boom := errors.New("no layer")
	for _, row := range []struct {
		name         string
		interpreters map[string]string
		version      func(string) (sandbox.Result, error)
		is           error
		words        []string
	}{
		{"no interpreter", nil, nil, executor.ErrNoRuntime, []string{"/python3", "/python3.[0-9]", "/java"}},
		{"the sandbox is broken", map[string]string{"python3": ""}, func(string) (sandbox.Result, error) { return sandbox.Result{}, boom }, boom, []string{"/python3"}},
		{"no version", map[string]string{"java": "hello\n"}, nil, nil, []string{"/java", `"hello\n"`, "exited"}},
		{"a single number is no version", map[string]string{"java": "17\n"}, nil, nil, []string{"/java"}},
		{"an interpreter that hangs", map[string]string{"java": ""}, func(string) (sandbox.Result, error) {
			return sandbox.Result{Outcome: sandbox.WallTime}, nil
		}, nil, []string{"/java", "wall time"}},
		// The number in it is a library's.
		{"an interpreter that cannot start", map[string]string{"python3": ""}, func(string) (sandbox.Result, error) {
			text := "python3: error while loading shared libraries: libpython3.11.so.1.0: cannot open shared object file"
			return sandbox.Result{ExitCode: 127, Stderr: sandbox.Output{Bytes: []byte(text)}}, nil
		}, nil, []string{"/python3", "libpython3.11.so.1.0: cannot open"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir, r := machine(t, row.interpreters)
			if row.version != nil {
				r.version = row.version
			}
			x, err := executor.New(t.Context(), executor.NewGate(1, 1, time.Second), r, policy, table(dir))
			if err == nil {
				_, err = probed(t, x)
			}
			if err == nil {
				t.Fatal("no error")
			}
			if row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("error %v is not %v", err, row.is)
			}
			for _, w := range row.words {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
}

// Every limit must be positive, or the sandbox refuses the question; and a
// runtime that reserves much must be given it here too.
func TestNewAsksWithinLimits(t *testing.T) {
	t.Parallel()
	x, r := service(t)
	if _, err := probed(t, x); err != nil {
		t.Fatal(err)
	}
	if len(r.asks) != 2 {
		t.Fatalf("%d questions, want 2", len(r.asks))
	}
	for i, data := range []int64{7 << 20, 9 << 20} {
		l := r.asks[i].Steps[0].Limits
		if l.Wall <= 0 || l.CPU <= 0 || l.Memory <= 0 || l.Processes <= 0 || l.File <= 0 || l.Disk <= 0 || l.Output <= 0 {
			t.Errorf("question %d has the limits %+v, want each positive", i, l)
		}
		if l.Data != data {
			t.Errorf("question %d has %d bytes of data, want the runtime's %d", i, l.Data, data)
		}
	}
}

func TestExecute(t *testing.T) {
	t.Parallel()
	x, r := service(t)
	resp, err := x.Execute(t.Context(), program("python"))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != executor.Success || string(resp.Stdout.Bytes) != "hello\n" || resp.Language != "python" || resp.Version != "3.11.2" {
		t.Errorf("status %s, stdout %q, %s %s", resp.Status, resp.Stdout.Bytes, resp.Language, resp.Version)
	}
	if want := []string{"uid", "seccomp"}; !slices.Equal(resp.Isolation, want) || !slices.Equal(x.Isolation(), want) {
		t.Errorf("isolation %q and %q, want %q", resp.Isolation, x.Isolation(), want)
	}
	if resp.Limits.MemoryMiB != 200 || resp.Limits.CPU != 5*time.Second {
		t.Errorf("limits %+v, want those in force", resp.Limits)
	}
	if len(r.jobs) != 1 || r.jobs[0].Steps[0].Limits.Memory != 200<<20 || r.jobs[0].Files[0] != (sandbox.File{Path: "main.py", Content: "x"}) {
		t.Errorf("jobs %+v", r.jobs)
	}
	again, err := x.Execute(t.Context(), program("python"))
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.ExecutionID) < 16 || resp.ExecutionID == again.ExecutionID {
		t.Errorf("execution ids %q and %q, want them unique", resp.ExecutionID, again.ExecutionID)
	}
}

// However a program ends, it was run: that is never an error.
func TestExecuteProgramsThatFail(t *testing.T) {
	t.Parallel()
	x, r := service(t)
	for o := sandbox.Exited; o <= sandbox.Interrupted; o++ {
		r.run = func(context.Context, sandbox.Job) (sandbox.Result, error) {
			return sandbox.Result{Outcome: o, ExitCode: 1}, nil
		}
		resp, err := x.Execute(t.Context(), program("python"))
		if err != nil || resp.Status == "" || resp.Status == executor.Success {
			t.Errorf("outcome %q is status %q and error %v", o, resp.Status, err)
		}
	}
}

func TestExecuteErrors(t *testing.T) {
	t.Parallel()
	boom := errors.New("seccomp: operation not permitted")
	left := errors.New("the client left")
	for _, row := range []struct {
		name  string
		cause error // with which the request's context ends during the run
		err   error // what the sandbox returns
		code  executor.Code
		is    error // what is there for the log
		retry bool
	}{
		{"the sandbox breaks", nil, boom, executor.SandboxError, boom, false},
		{"the sandbox is still cleaning up: overload is never a 5xx", nil, sandbox.ErrBusy, executor.QueueFull, nil, true},
		{"the client leaves", left, left, executor.Canceled, left, false},
		{"the client leaves, without a cause", context.Canceled, context.Canceled, executor.Canceled, context.Canceled, false},
		{"the client leaves, and the sandbox says something else", left, boom, executor.Canceled, left, false},
		{"the server stops before the program started", sandbox.ErrInterrupted, sandbox.ErrInterrupted, executor.Draining, nil, true},
		{"the server stops, with a reason around it", fmt.Errorf("drain: %w", sandbox.ErrInterrupted), boom, executor.Draining, nil, true},
		{"the sandbox speaks of a stop, but there is none", nil, sandbox.ErrInterrupted, executor.SandboxError, sandbox.ErrInterrupted, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			x, r := service(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			r.run = func(got context.Context, _ sandbox.Job) (sandbox.Result, error) {
				if row.cause != nil {
					cancel(row.cause)
					if got.Err() == nil {
						t.Error("the sandbox is not told that the request's context ended")
					}
				}
				return sandbox.Result{}, row.err
			}
			resp, err := x.Execute(ctx, program("java"))
			e := refusal(t, err, row.code)
			if row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("error %v is not %v", err, row.is)
			}
			if strings.Contains(e.Message, row.err.Error()) {
				t.Errorf("the client is told %q: that is for the log", e.Message)
			}
			if (e.RetryAfter > 0) != row.retry {
				t.Errorf("Retry-After %v, want one: %v", e.RetryAfter, row.retry)
			}
			if resp.Status != "" || resp.ExecutionID != "" {
				t.Errorf("a response beside the error: %+v", resp)
			}
			// The room is free again: java takes all of it.
			wantLoad(t, x.Gate(), 0, 0)
			r.run = hello
			if _, err := x.Execute(t.Context(), program("java")); err != nil {
				t.Errorf("the next request: %v", err)
			}
			wantLoad(t, x.Gate(), 0, 0)
		})
	}
}

// The server recovers from panics: they must not take the room with them.
func TestExecuteLeavesTheGateWhenTheRunnerPanics(t *testing.T) {
	t.Parallel()
	x, r := service(t)
	r.run = func(context.Context, sandbox.Job) (sandbox.Result, error) { panic("a bug") }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		x.Execute(t.Context(), program("python"))
	}()
	wantLoad(t, x.Gate(), 0, 0)
}

func TestExecuteTakesTheRuntimesWeight(t *testing.T) {
	t.Parallel()
	x, r := service(t)
	for language, weight := range map[string]int64{"python": 1, "java": 3} {
		r.run = func(context.Context, sandbox.Job) (sandbox.Result, error) {
			wantLoad(t, x.Gate(), weight, 0)
			return says(""), nil
		}
		if _, err := x.Execute(t.Context(), program(language)); err != nil {
			t.Errorf("%s: %v", language, err)
		}
	}
}

// Cheap refusals come before admission: who cannot be run must neither wait nor
// take a place from who can.
func TestExecuteRefusesBeforeTheGate(t *testing.T) {
	t.Parallel()
	negative := -1.0
	bad := program("python")
	bad.Timeout = &negative
	for _, row := range []struct {
		name string
		req  executor.Request
		code executor.Code
	}{
		{"a bad value", bad, executor.InvalidRequest},
		{"no program", executor.Request{}, executor.InvalidRequest},
		{"no such language", program("cobol"), executor.UnsupportedLanguage},
		{"no such version", executor.Request{Language: "python", Version: "2"}, executor.UnsupportedLanguage},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				x, r := service(t)
				full := mustEnter(t, x.Gate(), 3)
				begin := time.Now()
				resp, err := x.Execute(t.Context(), row.req)
				refusal(t, err, row.code)
				if took := time.Since(begin); took != 0 || resp.Timing.Queue != 0 {
					t.Errorf("the refusal took %v, %v of it in the queue; want none", took, resp.Timing.Queue)
				}
				if len(r.jobs) != 0 {
					t.Errorf("%d programs ran", len(r.jobs))
				}
				full.leave()
			})
		})
	}
}

func TestExecuteQueues(t *testing.T) {
	t.Parallel()
	left := errors.New("the client left")
	for _, row := range []struct {
		name   string
		then   func(x *executor.Executor, full *visit, cancel context.CancelCauseFunc)
		queued time.Duration
		code   executor.Code // empty: it is run
		is     error
	}{
		{"until there is room", func(_ *executor.Executor, full *visit, _ context.CancelCauseFunc) { full.leave() }, 3 * time.Second, "", nil},
		{"until the client leaves", func(_ *executor.Executor, _ *visit, cancel context.CancelCauseFunc) { cancel(left) }, 3 * time.Second, executor.Canceled, left},
		{"until the server stops", func(x *executor.Executor, _ *visit, _ context.CancelCauseFunc) { x.Gate().Close() }, 3 * time.Second, executor.Draining, nil},
		{"until its patience is over", func(*executor.Executor, *visit, context.CancelCauseFunc) {}, 10 * time.Second, executor.QueueTimeout, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				x, r := service(t)
				r.run = func(context.Context, sandbox.Job) (sandbox.Result, error) {
					time.Sleep(2 * time.Second) // that is no time in the queue
					return sandbox.Result{Wall: 2 * time.Second, Prepare: time.Second}, nil
				}
				full := mustEnter(t, x.Gate(), 3)
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				time.AfterFunc(3*time.Second, func() { row.then(x, full, cancel) })
				resp, err := x.Execute(ctx, program("python"))
				if resp.Timing.Queue != row.queued {
					t.Errorf("%v in the queue, want %v", resp.Timing.Queue, row.queued)
				}
				if row.code == "" {
					if err != nil || resp.Timing.Run != 2*time.Second || resp.Timing.Prepare != time.Second {
						t.Errorf("timing %+v, error %v", resp.Timing, err)
					}
				} else {
					refusal(t, err, row.code)
					if len(r.jobs) != 0 {
						t.Errorf("%d programs ran", len(r.jobs))
					}
				}
				if row.is != nil && !errors.Is(err, row.is) {
					t.Errorf("error %v is not %v", err, row.is)
				}
				full.leave()
				wantLoad(t, x.Gate(), 0, 0)
			})
		})
	}
}

func TestExecuteWhenTheQueueIsFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x, _ := service(t)
		full := mustEnter(t, x.Gate(), 3)
		for range 4 {
			mustWait(t, x.Gate(), 1)
		}
		begin := time.Now()
		_, err := x.Execute(t.Context(), program("python"))
		refusal(t, err, executor.QueueFull)
		if took := time.Since(begin); took != 0 {
			t.Errorf("the refusal took %v", took)
		}
		full.leave()
	})
}

func TestSelfTest(t *testing.T) {
	t.Parallel()
	boom := errors.New("no uid is left")
	for _, row := range []struct {
		name   string
		result sandbox.Result
		err    error
		words  []string // of the failure; none: it passes
	}{
		{"every runtime says hello", says("hello\n"), nil, nil},
		{"wrong output", says("hallo\n"), nil, []string{"/python3: self-test", `"hallo\n"`}},
		{"no newline", says("hello"), nil, []string{`"hello"`}},
		{"more output", says("hello\nhello\n"), nil, []string{`"hello\nhello\n"`}},
		{"no output, and the reason on stderr", sandbox.Result{ExitCode: 1, Stderr: sandbox.Output{Bytes: []byte("no module site")}}, nil, []string{"code 1", "no module site"}},
		{"the right output and an exit code", sandbox.Result{ExitCode: 3, Stdout: sandbox.Output{Bytes: []byte("hello\n")}}, nil, []string{"code 3"}},
		{"a signal", sandbox.Result{Outcome: sandbox.Signaled, ExitCode: -1, Signal: "SIGSYS"}, nil, []string{"was ended by", "SIGSYS"}},
		{"the right output, and a limit", sandbox.Result{Outcome: sandbox.Memory, Stdout: sandbox.Output{Bytes: []byte("hello\n")}}, nil, []string{"memory"}},
		{"the sandbox breaks", sandbox.Result{}, boom, []string{"/python3: self-test"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			x, r := service(t)
			r.test = func() (sandbox.Result, error) { return row.result, row.err }
			_, err := probed(t, x)
			if len(row.words) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("it passed")
			}
			if row.err != nil && !errors.Is(err, row.err) {
				t.Errorf("error %v is not %v", err, row.err)
			}
			for _, w := range row.words {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
}

// A self-test that tried the newest version only would call a replica ready
// whose others are broken.
func TestSelfTestRunsEveryRuntimeInEveryVersion(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"python3": "Python 3.12.4", "python3.9": "Python 3.9.1", "java": "openjdk 17.0.1"})
	gate := executor.NewGate(3, 0, time.Second)
	x, err := executor.New(t.Context(), gate, r, policy, table(dir))
	if err != nil {
		t.Fatal(err)
	}
	// It runs past the gate: a full one must not fail it, nor keep it waiting.
	leave, err := gate.Enter(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	if _, err := probed(t, x); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, job := range r.tests {
		step := job.Steps[0]
		got = append(got, filepath.Base(step.Args[0])+" "+step.Args[1]+" "+job.Files[0].Content)
		if step.Limits.Memory != 200<<20 {
			t.Errorf("%s is tested with %d bytes of memory, want the operator's", step.Args[0], step.Limits.Memory)
		}
	}
	if want := []string{"python3 main.py self-test", "python3.9 main.py self-test", "java Main.java self-test"}; !slices.Equal(got, want) {
		t.Errorf("ran %q, want %q", got, want)
	}
}

// The operator's limits may be too short for an interpreter's start on a busy
// machine: that is no reason to be unready.
func TestSelfTestHasTimeOfItsOwn(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"java": "openjdk 17.0.1"})
	short := policy
	short.Default.Timeout, short.Max.Timeout = time.Millisecond, time.Millisecond
	x, err := executor.New(t.Context(), executor.NewGate(1, 0, time.Second), r, short, table(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := probed(t, x); err != nil {
		t.Fatal(err)
	}
	if l := r.tests[0].Steps[0].Limits; l.Wall < time.Second || l.CPU < time.Second {
		t.Errorf("the self-test has %v of wall time and %v of processor time", l.Wall, l.CPU)
	}
}

func TestExecutorSaysWhatItIs(t *testing.T) {
	t.Parallel()
	dir, r := machine(t, map[string]string{"java": "openjdk 17.0.1"})
	gate := executor.NewGate(1, 0, time.Second)
	x, err := executor.New(t.Context(), gate, r, policy, table(dir))
	if err != nil {
		t.Fatal(err)
	}
	if x.Gate() != gate || x.Policy() != policy {
		t.Error("not the gate and the policy that it was made with")
	}
}
