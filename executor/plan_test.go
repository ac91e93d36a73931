package executor

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aca-executor/sandbox"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	c := checked{
		runtime: testInstalled(t)[0],
		files:   []File{{"main.py", "print()"}, {"data/in.txt", "1\x002"}},
		entry:   "main.py",
		stdin:   "input\n",
		args:    []string{"-x", "", "a b"},
		env:     map[string]string{"Z": "1", "A": "x=y", "M": ""},
		limits: Limits{
			Timeout: 7 * time.Second, CPU: 3 * time.Second,
			MemoryMiB: 256, Processes: 64, FileMiB: 16, DiskMiB: 48, OutputKiB: 1024,
		},
	}
	want := sandbox.Job{
		Files: []sandbox.File{{Path: "main.py", Content: "print()"}, {Path: "data/in.txt", Content: "1\x002"}},
		Steps: []sandbox.Step{{
			Args:  []string{"/opt/python3.12", "main.py", "-x", "", "a b"},
			Env:   []string{"A=x=y", "M=", "Z=1"}, // in an order that does not change
			Stdin: "input\n",
			Limits: sandbox.Limits{
				Wall: 7 * time.Second, CPU: 3 * time.Second, // bytes from here on
				Memory: 268435456, Processes: 64, File: 16777216, Disk: 50331648, Output: 1048576,
				Data: row(t, "python").Data,
			},
		}},
	}
	for range 20 { // maps have another order each time
		if got := plan(c); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	}
}

// A run that asks for no environment and no arguments has none of ours either.
func TestPlanOfTheLeast(t *testing.T) {
	t.Parallel()
	step := plan(mustCheck(t, hello(), testPolicy)).Steps[0]
	if len(step.Env) != 0 || step.Stdin != "" || !slices.Equal(step.Args, []string{"/opt/python3.12", "main.py"}) {
		t.Errorf("args %q, env %q, stdin %q", step.Args, step.Env, step.Stdin)
	}
}

func TestPlanNamesTheEntry(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, entry string
		args, want  []string
	}{
		{"plain", "main.py", nil, []string{"main.py"}},
		{"in a directory", "a/b.py", nil, []string{"a/b.py"}},
		{"an option of the interpreter is a file", "-c", []string{"print()"}, []string{"./-c", "print()"}},
		{"a long option is a file", "--version", nil, []string{"./--version"}},
		{"the interpreter's word for stdin is a file", "-", nil, []string{"./-"}},
		{"a dash further on is none", "a/-c", nil, []string{"a/-c"}},
		{"what the program gets is its own business", "main.py", []string{"-c", "--"}, []string{"main.py", "-c", "--"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := checked{runtime: Installed{Runtime: Runtime{Run: []string{"{binary}", "{file}"}}, Binary: "/opt/x"}, entry: row.entry, args: row.args}
			if got, want := plan(c).Steps[0].Args, append([]string{"/opt/x"}, row.want...); !slices.Equal(got, want) {
				t.Errorf("args %q, want %q", got, want)
			}
		})
	}
}

// Every outcome has a verdict: a new one must not become an empty status.
func TestEveryOutcomeHasAVerdict(t *testing.T) {
	t.Parallel()
	known := map[sandbox.Outcome]bool{}
	for o := sandbox.Exited; o <= sandbox.Interrupted; o++ {
		known[o] = true
		v, there := verdicts[o]
		if !there || v.status == "" {
			t.Errorf("outcome %q has no verdict", o)
		}
	}
	for o := range maps.Keys(verdicts) {
		if !known[o] {
			t.Errorf("there is a verdict on outcome %d, which does not exist", o)
		}
	}
	// The loop ends at the last outcome that this test knows: an outcome that
	// was added after it has a name.
	defer func() {
		if recover() == nil {
			t.Errorf("there are outcomes after %q: let the loop go on to the last", sandbox.Interrupted)
		}
	}()
	_ = (sandbox.Interrupted + 1).String()
}

const (
	pythonMemory = "Traceback (most recent call last):\n  File \"main.py\", line 1, in <module>\n    x = [0] * 10**12\nMemoryError\n"
	numpyMemory  = "Traceback (most recent call last):\n  File \"main.py\", line 2, in <module>\nnumpy._core._exceptions._ArrayMemoryError: Unable to allocate 80.0 GiB for an array\n"
	nodeMemory   = "\n<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n\n 1: 0xb8\n"
	bufferMemory = "RangeError: Array buffer allocation failed\n    at new ArrayBuffer (<anonymous>)\n"
	bashMemory   = "main.sh: xrealloc: cannot allocate 18446744071562067968 bytes\n"
	forkMemory   = "main.sh: fork: Cannot allocate memory\n"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	const none = -1000 // no return code
	for _, row := range []struct {
		name     string
		language string // default python
		outcome  sandbox.Outcome
		code     int
		signal   string
		stdout   string
		stderr   string
		atLimit  bool

		status Status
		limit  string
		want   int // the return code
	}{
		{name: "exit code 0", status: Success},
		{name: "exit code 1", code: 1, status: Failed, want: 1},
		{name: "exit code 255", code: 255, status: Failed, want: 255},
		{name: "a signal", outcome: sandbox.Signaled, code: -1, signal: "SIGSEGV", status: Failed, want: none},
		{name: "a signal of its own that is also ours", outcome: sandbox.Signaled, code: -1, signal: "SIGKILL", status: Failed, want: none},
		{name: "a signal comes without a code, whatever the code", outcome: sandbox.Signaled, code: 0, signal: "SIGABRT", status: Failed, want: none},

		{name: "wall time", outcome: sandbox.WallTime, code: -1, signal: "SIGKILL", status: Timeout, limit: "wall_time", want: none},
		{name: "wall time, and its end is not known", outcome: sandbox.WallTime, code: -1, status: Timeout, limit: "wall_time", want: none},
		{name: "processor time", outcome: sandbox.CPUTime, code: -1, signal: "SIGXCPU", status: Timeout, limit: "cpu_time", want: none},
		{name: "memory", outcome: sandbox.Memory, code: -1, signal: "SIGKILL", status: MemoryLimit, limit: "memory", want: none},
		{name: "disk", outcome: sandbox.Disk, code: -1, signal: "SIGKILL", status: DiskLimit, limit: "disk", want: none},
		{name: "output", outcome: sandbox.OutputLimit, code: -1, signal: "SIGKILL", status: OutputLimit, limit: "output", want: none},
		{name: "interrupted", outcome: sandbox.Interrupted, code: -1, signal: "SIGKILL", status: Interrupted, want: none},
		// More than the limit counts even when the program was done before it
		// could be ended; then no limit ended it, and it has a code.
		{name: "output, and ended by itself", outcome: sandbox.OutputLimit, code: 0, status: OutputLimit, limit: "output", want: 0},
		{name: "disk, and failed by itself", outcome: sandbox.Disk, code: 3, status: DiskLimit, limit: "disk", want: 3},

		{name: "python is out of memory", code: 1, stderr: pythonMemory, status: MemoryLimit, limit: "memory", want: 1},
		{name: "numpy is out of memory", code: 1, stderr: numpyMemory, status: MemoryLimit, limit: "memory", want: 1},
		{name: "javascript is out of memory", language: "javascript", outcome: sandbox.Signaled, code: -1, signal: "SIGABRT", stderr: nodeMemory, status: MemoryLimit, limit: "memory", want: none},
		{name: "javascript has no memory for a buffer", language: "javascript", code: 1, stderr: bufferMemory, status: MemoryLimit, limit: "memory", want: 1},
		{name: "bash is out of memory", language: "bash", code: 2, stderr: bashMemory, status: MemoryLimit, limit: "memory", want: 2},
		{name: "bash has no memory to fork", language: "bash", code: 254, stderr: forkMemory, status: MemoryLimit, limit: "memory", want: 254},
		{name: "python's words, and success", stderr: pythonMemory, status: Success},
		{name: "javascript's words, and success", language: "javascript", stderr: nodeMemory, status: Success},
		{name: "bash's words, and success", language: "bash", stderr: forkMemory, status: Success},
		{name: "the words on stdout are the program's own", code: 1, stdout: pythonMemory, status: Failed, want: 1},
		{name: "the words of another runtime", code: 1, stderr: nodeMemory, status: Failed, want: 1},
		{name: "the words in the middle of a line", code: 1, stderr: "no MemoryError here\n", status: Failed, want: 1},
		{name: "the beginning of another word", code: 1, stderr: "MemoryErrors\n", status: Failed, want: 1},
		{name: "the words at the end of much", code: 1, stderr: strings.Repeat("spam\n", 5000) + pythonMemory, status: MemoryLimit, limit: "memory", want: 1},
		{name: "the words long before the end", code: 1, stderr: pythonMemory + strings.Repeat("spam\n", 5000), status: Failed, want: 1},
		{name: "the words do not explain another limit away", outcome: sandbox.WallTime, code: -1, signal: "SIGKILL", stderr: pythonMemory, status: Timeout, limit: "wall_time", want: none},
		{name: "the words do not explain an interruption away", outcome: sandbox.Interrupted, code: -1, signal: "SIGKILL", stderr: pythonMemory, status: Interrupted, want: none},

		{name: "file size", outcome: sandbox.Signaled, code: -1, signal: "SIGXFSZ", status: Failed, limit: "file_size", want: none},
		{name: "file size, python", code: 1, stderr: "OSError: [Errno 27] File too large\n", status: Failed, limit: "file_size", want: 1},
		{name: "file size, javascript", language: "javascript", code: 1, stderr: "Error: EFBIG: file too large, write\n", status: Failed, limit: "file_size", want: 1},
		{name: "file size, bash", language: "bash", code: 1, stderr: "main.sh: line 1: echo: write error: File too large\n", status: Failed, limit: "file_size", want: 1},
		{name: "words about a file", code: 1, stderr: "the file too large to be read\n", status: Failed, want: 1},
		{name: "file size, at the process limit", outcome: sandbox.Signaled, code: -1, signal: "SIGXFSZ", atLimit: true, status: Failed, limit: "file_size", want: none},
		{name: "processes, and failed", code: 1, atLimit: true, status: Failed, limit: "processes", want: 1},
		{name: "processes, and a signal", outcome: sandbox.Signaled, code: -1, signal: "SIGABRT", atLimit: true, status: Failed, limit: "processes", want: none},
		{name: "as many processes as may be, and success", atLimit: true, status: Success},
		{name: "as many processes as may be, and another limit", outcome: sandbox.WallTime, code: -1, signal: "SIGKILL", atLimit: true, status: Timeout, limit: "wall_time", want: none},
		{name: "memory comes before processes", code: 1, stderr: pythonMemory, atLimit: true, status: MemoryLimit, limit: "memory", want: 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			language := row.language
			if language == "" {
				language = "python"
			}
			c := mustCheck(t, Request{Language: language, Code: ptr("")}, testPolicy)
			got := judge(c, sandbox.Result{
				Outcome: row.outcome, ExitCode: row.code, Signal: row.signal, AtProcessLimit: row.atLimit,
				Stdout: sandbox.Output{Bytes: []byte(row.stdout)}, Stderr: sandbox.Output{Bytes: []byte(row.stderr)},
			})
			if got.Status != row.status || got.LimitHit != row.limit || got.Signal != row.signal {
				t.Errorf("status %q, limit %q, signal %q; want %q, %q, %q", got.Status, got.LimitHit, got.Signal, row.status, row.limit, row.signal)
			}
			code := none
			if got.ReturnCode != nil {
				code = *got.ReturnCode
			}
			if code != row.want {
				t.Errorf("return code %d, want %d (%d: null)", code, row.want, none)
			}
		})
	}
}

func TestJudgeWithoutWords(t *testing.T) {
	t.Parallel()
	c := checked{runtime: Installed{Runtime: Runtime{Name: "silent"}}} // a row without a pattern
	if got := judge(c, sandbox.Result{ExitCode: 1, Stderr: sandbox.Output{Bytes: []byte(pythonMemory)}}); got.Status != Failed {
		t.Errorf("status %q, want %q", got.Status, Failed)
	}
}

func TestJudgePassesOn(t *testing.T) {
	t.Parallel()
	c := mustCheck(t, hello(), testPolicy)
	r := sandbox.Result{
		Stdout: sandbox.Output{Bytes: []byte("out\xff"), Truncated: true}, Stderr: sandbox.Output{Bytes: []byte("err")},
		Wall: 5 * time.Millisecond, CPU: 4 * time.Millisecond, Prepare: 3 * time.Millisecond, Memory: 10<<20 + 1023,
	}
	want := Response{
		Language: "python", Version: "3.12.4", Status: Success, ReturnCode: ptr(0),
		Stdout: r.Stdout, Stderr: r.Stderr,
		WallTime: 5 * time.Millisecond, CPUTime: 4 * time.Millisecond, MemoryKiB: 10 << 10,
		Limits: c.limits,
		Timing: Timing{Prepare: 3 * time.Millisecond, Run: 5 * time.Millisecond},
	}
	if got := judge(c, r); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
