package executor_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"aca-executor/executor"
	"aca-executor/sandbox"
)

// warmRunner is a runner that takes down which zygotes it was asked for.
type warmRunner struct {
	zygotes []sandbox.Zygote
	asked   []string
	missing string // a module that cannot be imported
	refuse  error  // of StartZygotes
}

func (r *warmRunner) Layers() sandbox.Layers { return sandbox.UID }

func (r *warmRunner) Run(_ context.Context, job sandbox.Job) (sandbox.Report, error) {
	step := job.Steps[0]
	result := sandbox.Result{}
	code := ""
	for _, f := range job.Files {
		if f.Path == "main.py" {
			code = f.Content
		}
	}
	switch {
	case len(step.Args) > 1 && step.Args[1] == "--version":
		result.Stdout.Bytes = []byte("Fake 3.11.2\n")
	case code == selfTest:
		result = says("hello\n")
	case strings.Contains(code, "gc.get_count"):
		result.Stdout.Bytes = []byte("(1, 2, 3)\n")
	case strings.Contains(code, "b64encode"):
		result.Stdout.Bytes = []byte("Y29tcGlsZWQ=\n")
	case r.missing != "" && strings.Contains(code, "import "+r.missing):
		result.ExitCode, result.Stderr.Bytes = 1, []byte("Traceback\nModuleNotFoundError: No module named '"+r.missing+"'\n")
	case strings.Contains(code, "import numpy\nprint()"):
		result.Stdout.Bytes = []byte("numpy says something\n\nnumpy csv random\n")
	default:
		r.asked = append(r.asked, step.Zygote)
	}
	return sandbox.Report{Steps: []sandbox.Result{result}}, nil
}

func (r *warmRunner) StartZygotes(z []sandbox.Zygote, _ func(sandbox.ZygoteState)) error {
	r.zygotes = z
	return r.refuse
}

func (r *warmRunner) Zygotes() (list []sandbox.ZygoteState) {
	for _, z := range r.zygotes {
		list = append(list, sandbox.ZygoteState{Name: z.Name, State: sandbox.ZygoteReady})
	}
	return list
}

func warmExecutor(t *testing.T, r *warmRunner, names ...string) *executor.Executor {
	t.Helper()
	var table []executor.Runtime
	for _, name := range names {
		table = append(table, executor.Runtime{Name: name, Binaries: []string{"/bin/sh"}, Source: "main.py", Run: []string{"{binary}", "{file}"}, Weight: 1, Hello: selfTest})
	}
	x, err := executor.New(context.Background(), executor.NewGate(8, 8, time.Minute), r, policy, table)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Which zygote a request's program is forked from.
func TestZygoteOfRequest(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, row := range []struct {
		name string
		req  executor.Request
		want string
	}{
		{"a plain program", executor.Request{Code: text("print(1)")}, "python"},
		{"one that names a module", executor.Request{Code: text("import numpy as np")}, "python+preload"},
		{"one that names it in another way", executor.Request{Code: text("__import__('pan' 'das'); pandas = 1")}, "python+preload"},
		{"a submodule's package", executor.Request{Code: text("from xml import sax")}, "python+preload"},
		{"one that has a file with the name of what the module needs", executor.Request{Files: []executor.File{{Path: "main.py", Content: "import numpy"}, {Path: "csv.py"}}}, "python"},
		{"the same for a directory", executor.Request{Files: []executor.File{{Path: "main.py", Content: "import numpy"}, {Path: "csv/x.txt"}}}, "python"},
		{"the same in a directory", executor.Request{Files: []executor.File{{Path: "main.py", Content: "import numpy"}, {Path: "lib/csv.py"}}}, "python"},
		{"other files", executor.Request{Files: []executor.File{{Path: "main.py", Content: "import numpy"}, {Path: "says/my.py"}, {Path: "my.csv"}, {Path: "csv.txt"}}}, "python+preload"},
		{"one that changes how modules are found", executor.Request{Code: text("import sys, numpy\nsys.meta_path.append(1)")}, "python"},
		{"arguments and input", executor.Request{Code: text("print(1)"), Args: []string{"numpy"}, Stdin: "numpy"}, "python"},
		{"harmless variables", executor.Request{Code: text("print(1)"), Env: map[string]string{"X": "1", "PATH": "/bin", "MY_PYTHON": "1"}}, "python"},
		{"the interpreter's variables", executor.Request{Code: text("print(1)"), Env: map[string]string{"PYTHONHASHSEED": "0"}}, ""},
		{"the linker's", executor.Request{Code: text("print(1)"), Env: map[string]string{"LD_PRELOAD": "x"}}, ""},
		{"the allocator's", executor.Request{Code: text("print(1)"), Env: map[string]string{"MALLOC_ARENA_MAX": "1"}}, ""},
		{"the locale's", executor.Request{Code: text("print(1)"), Env: map[string]string{"LANG": "C"}}, ""},
		{"the time zone", executor.Request{Code: text("print(1)"), Env: map[string]string{"TZ": "UTC"}}, ""},
		{"threads of numpy", executor.Request{Code: text("import numpy"), Env: map[string]string{"OMP_NUM_THREADS": "2"}}, ""},
		{"another language", executor.Request{Language: "other", Code: text("import numpy")}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &warmRunner{}
			x := warmExecutor(t, r, "python", "other")
			err := x.WarmUp(context.Background(), r, executor.Warmth{Preload: []string{"numpy", "pandas", "xml.sax"}, Rotate: 5}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if row.req.Language == "other" {
				// Both are the same binary here; in the table no two are.
				x = warmExecutor(t, r, "other")
			}
			r.asked = nil
			if _, err := x.Execute(context.Background(), row.req); err != nil {
				t.Fatal(err)
			}
			if len(r.asked) != 1 || r.asked[0] != row.want {
				t.Errorf("asked for %q, want %q", r.asked, row.want)
			}
		})
	}
}

func TestWarmUp(t *testing.T) {
	for _, row := range []struct {
		name    string
		runner  warmRunner
		table   string
		preload []string
		want    string // in the error
		zygotes int
	}{
		{name: "without modules", table: "python", zygotes: 1},
		{name: "with modules", table: "python", preload: []string{"numpy"}, zygotes: 2},
		{name: "a module that is missing", table: "python", preload: []string{"numpy", "pandas"}, runner: warmRunner{missing: "pandas"}, want: "pandas"},
		{name: "no Python", table: "ruby"},
		{name: "modules, but no Python", table: "ruby", preload: []string{"numpy"}, want: "no Python"},
		{name: "the sandbox cannot", table: "python", runner: warmRunner{refuse: errors.New("no layer")}, want: "no layer"},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := warmExecutor(t, &row.runner, row.table)
			err := x.WarmUp(context.Background(), &row.runner, executor.Warmth{Preload: row.preload, Rotate: 5}, nil)
			if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
				t.Fatalf("error %v, want %q", err, row.want)
			}
			if errors.Is(err, executor.ErrPreload) != (row.want != "" && row.preload != nil) {
				t.Errorf("is ErrPreload: %v", err)
			}
			if got := len(x.Zygotes()); got != row.zygotes {
				t.Errorf("%d zygotes, want %d", got, row.zygotes)
			}
		})
	}
}
