package python_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"aca-executor/sandbox"
	"aca-executor/sandbox/python"
)

const binary = "/usr/bin/python3"

// open makes a sandbox with a zygote that is ready.
func open(t testing.TB, modules []string, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to give each run a uid")
	}
	if _, err := os.Stat(binary); err != nil {
		t.Skip(err)
	}
	if o.OnError == nil {
		o.OnError = func(err error) { t.Errorf("after a run: %v", err) }
	}
	s, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	facts, err := python.Look(context.Background(), s, binary, nil)
	if err != nil {
		t.Fatal(err)
	}
	states := make(chan sandbox.ZygoteState, 100)
	err = s.StartZygotes([]sandbox.Zygote{facts.Zygote("python", modules, 1<<30)}, func(st sandbox.ZygoteState) { states <- st })
	if err != nil {
		t.Fatal(err)
	}
	select {
	case st := <-states:
		if st.State != sandbox.ZygoteReady {
			t.Fatalf("the zygote is %s: %v", st.State, st.Err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the zygote is not ready in time")
	}
	return s
}

func step(args ...string) sandbox.Step {
	return sandbox.Step{
		Args: append([]string{binary, "main.py"}, args...), Zygote: "python",
		Limits: sandbox.Limits{
			Wall: 60 * time.Second, CPU: 60 * time.Second, Memory: 192 << 20, Processes: 64,
			File: 16 << 20, Disk: 64 << 20, Output: 8 << 20,
		},
	}
}

func run(t testing.TB, s *sandbox.Sandbox, code string) sandbox.Result {
	t.Helper()
	report, err := s.Run(context.Background(), sandbox.Job{Files: []sandbox.File{{Path: "main.py", Content: code}}, Steps: []sandbox.Step{step()}})
	if err != nil {
		t.Fatal(err)
	}
	return report.Last()
}

// native.bin is what native.c was compiled to: see "make native".
func TestNativeIsUpToDate(t *testing.T) {
	sums, err := os.ReadFile("native/native.sum")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		text, err := os.ReadFile("native/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(text)); got != sum {
			t.Errorf("%s was changed, but make native was not run", name)
		}
	}
}

func TestHello(t *testing.T) {
	s := open(t, python.Light, sandbox.Options{})
	for range 40 {
		r := run(t, s, `print("hi")`)
		if !r.Warm || string(r.Stdout.Bytes) != "hi\n" || len(r.Stderr.Bytes) != 0 {
			t.Fatalf("%+v %s", r, r.Stderr.Bytes)
		}
		t.Log(r.Wall, r.CPU, r.Prepare, r.Memory)
	}
}
