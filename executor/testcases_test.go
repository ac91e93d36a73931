package executor_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aca-executor/executor"
	"aca-executor/sandbox"
)

// compiling is an executor of one language that is compiled, and what it runs.
func compiling(t *testing.T, cacheMiB int64) (*executor.Executor, *runner) {
	t.Helper()
	dir, r := machine(t, map[string]string{"cc": "cc 1.2"})
	p := policy
	p.CacheMiB = cacheMiB
	x, err := executor.New(t.Context(), executor.NewGate(3, 4, 10*time.Second), r, p, []executor.Runtime{{
		Name: "c", Binaries: []string{dir + "/cc"}, Source: "main.c", Weight: 1, Hello: selfTest,
		Compile: [][]string{{"{binary}", "{files}"}}, Run: []string{"{out}/main"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := probed(t, x); err != nil {
		t.Fatal(err)
	}
	return x, r
}

// builds counts the jobs that build.
func (r *runner) builds() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.jobs {
		if j.Build {
			n++
		}
	}
	return n
}

func TestExecuteCompiles(t *testing.T) {
	t.Parallel()
	x, r := compiling(t, 1)
	for n := range 2 {
		resp, err := x.Execute(t.Context(), program("c"))
		if err != nil || resp.Status != executor.Success || resp.Compile == nil || resp.Compile.Cached != (n == 1) || resp.Compile.Status != executor.Success {
			t.Fatalf("%+v %v", resp, err)
		}
	}
	if r.builds() != 1 || len(r.jobs) != 3 {
		t.Errorf("%d jobs, of which %d build", len(r.jobs), r.builds())
	}
	build, run := r.jobs[0], r.jobs[1]
	if l := build.Steps[0].Limits; l.Wall != policy.Compile.Timeout || l.Memory != policy.Compile.MemoryMiB<<20 || build.Wall != policy.Compile.Timeout {
		t.Errorf("compiled with %+v", l)
	}
	if run.Artifact == nil || run.Artifact != r.jobs[2].Artifact || run.Steps[0].Args[0] != sandbox.Out+"/main" {
		t.Errorf("ran %+v", run)
	}
}

func TestExecuteCompileError(t *testing.T) {
	t.Parallel()
	x, r := compiling(t, 1)
	r.run = func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
		if !job.Build {
			t.Error("it is run")
		}
		return sandbox.Result{ExitCode: 1, Stderr: sandbox.Output{Bytes: []byte("main.c:1: no")}}, nil
	}
	req := program("c")
	req.TestCases = []executor.TestCase{{}}
	resp, err := x.Execute(t.Context(), req)
	if err != nil || resp.Status != executor.CompileError || string(resp.Compile.Stderr.Bytes) != "main.c:1: no" || resp.Tests != nil || *resp.Compile.ReturnCode != 1 || resp.ExecutionID == "" {
		t.Errorf("%+v %v", resp, err)
	}
	wantLoad(t, x.Gate(), 0, 0)
}

// What breaks while it compiles is what breaks.
func TestExecuteCompileBreaks(t *testing.T) {
	t.Parallel()
	boom := errors.New("no layer")
	for _, row := range []struct {
		name string
		err  error
		code executor.Code
	}{
		{"the sandbox", boom, executor.SandboxError},
		{"no slot", sandbox.ErrBusy, executor.QueueFull},
	} {
		x, r := compiling(t, 1)
		r.run = func(context.Context, sandbox.Job) (sandbox.Result, error) { return sandbox.Result{}, row.err }
		_, err := x.Execute(t.Context(), program("c"))
		refusal(t, err, row.code)
		wantLoad(t, x.Gate(), 0, 0)
	}
	for cause, code := range map[error]executor.Code{boom: executor.Canceled, sandbox.ErrInterrupted: executor.Draining} {
		x, r := compiling(t, 1)
		ctx, cancel := context.WithCancelCause(t.Context())
		r.run = func(ctx context.Context, _ sandbox.Job) (sandbox.Result, error) {
			cancel(cause)
			<-ctx.Done()
			return sandbox.Result{}, context.Cause(ctx)
		}
		_, err := x.Execute(ctx, program("c"))
		refusal(t, err, code)
		wantLoad(t, x.Gate(), 0, 0)
		x.Wait()
	}
}

// cases are test cases that expect the numbers, which are their input as well.
func cases(numbers ...string) (list []executor.TestCase) {
	for _, n := range numbers {
		list = append(list, executor.TestCase{ID: "case " + n, Input: n, Expected: n})
	}
	return list
}

func TestTestCases(t *testing.T) {
	t.Parallel()
	text := func(s string) sandbox.Output { return sandbox.Output{Bytes: []byte(s)} }
	// What programs do with an input, which is what is expected.
	behave := map[string]sandbox.Result{
		"1": {Stdout: text("1\n"), Wall: time.Second, CPU: 2 * time.Second, Memory: 5 << 10},
		"2": {Stdout: text("2"), Wall: 3 * time.Second, CPU: time.Second, Memory: 7 << 10},
		"3": {Stdout: text("4")},
		"4": {Stdout: text("4"), ExitCode: 2, Stderr: text(" why\n")},
		"5": {Stdout: text("5"), Outcome: sandbox.Signaled, Signal: "SIGSEGV", ExitCode: -1},
		"6": {Outcome: sandbox.WallTime, ExitCode: -1, Wall: 5 * time.Second},
		"7": {Outcome: sandbox.Memory, ExitCode: -1},
		"8": {Outcome: sandbox.Interrupted, ExitCode: -1},
		"9": {Stdout: text(strings.Repeat("9", 70<<10)), Outcome: sandbox.OutputLimit, ExitCode: -1},
	}
	for _, row := range []struct {
		name   string
		inputs []string
		stop   bool
		status executor.Status
		want   []string // status, limit and reason
	}{
		{"all pass", []string{"1", "2"}, false, executor.Success, []string{"success", "success"}},
		{"wrong output", []string{"3", "1"}, false, executor.Failed, []string{"failed: wrong output in line 1", "success"}},
		{"the first stops", []string{"1", "3", "2"}, true, executor.Failed, []string{"success", "failed: wrong output in line 1"}},
		{"nothing to stop", []string{"1", "2"}, true, executor.Success, []string{"success", "success"}},
		{"ends that are no success", []string{"4", "5", "6", "7"}, false, executor.Failed, []string{
			"failed: the program exited with code 2:\nwhy", "failed: the program was ended by SIGSEGV",
			"timeout wall_time: the program hit the limit wall_time", "memory_limit memory: the program hit the limit memory",
		}},
		{"the replica stops", []string{"1", "8", "2"}, false, executor.Interrupted, []string{"success", "interrupted: the replica was stopping and its time was up"}},
		{"too much output", []string{"9"}, false, executor.Failed, []string{"output_limit output: the program hit the limit output"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			x, r := compiling(t, 1)
			r.run = func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
				if job.Build {
					return says(""), nil
				}
				return behave[job.Steps[0].Stdin], nil
			}
			req := program("c")
			req.TestCases, req.StopOnFailure = cases(row.inputs...), row.stop
			resp, err := x.Execute(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			passed := 0
			for n, test := range resp.Tests {
				s := string(test.Status)
				if test.LimitHit != "" {
					s += " " + test.LimitHit
				}
				if test.Reason != "" {
					s += ": " + test.Reason
				}
				got = append(got, s)
				if test.Number != n+1 || test.Case != req.TestCases[n] || test.Passed != (test.Status == executor.Success) || len(test.Actual.Bytes) > 64<<10 {
					t.Errorf("case %d: %+v", n, test)
				}
				if test.Passed {
					passed++
				}
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", row.want) || resp.Status != row.status {
				t.Errorf("%s %q\nwant %s %q", resp.Status, got, row.status, row.want)
			}
			if resp.TestCases != len(row.inputs) || resp.PassedTests != passed || r.builds() != 1 || resp.Compile == nil || len(r.jobs) != 1+len(resp.Tests) {
				t.Errorf("%d cases, %d passed, %d builds, %d jobs", resp.TestCases, resp.PassedTests, r.builds(), len(r.jobs))
			}
		})
	}
}

// The figures of a request are those of its cases together, and what is expected
// is in nothing that is run.
func TestTestCasesTogether(t *testing.T) {
	t.Parallel()
	x, r := compiling(t, 1)
	r.run = func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
		if strings.Contains(fmt.Sprint(job), "secret") {
			t.Error("the expected output is in the job")
		}
		return sandbox.Result{Stdout: sandbox.Output{Bytes: []byte("x")}, Wall: time.Second, CPU: time.Millisecond, Memory: 9 << 10, Prepare: 3 * time.Millisecond}, nil
	}
	req := program("c")
	req.TestCases = []executor.TestCase{{Expected: "secret"}, {Expected: "secret"}}
	resp, err := x.Execute(t.Context(), req)
	if err != nil || resp.WallTime != 2*time.Second || resp.CPUTime != 2*time.Millisecond || resp.MemoryKiB != 9 || resp.Timing.Run != 2*time.Second || resp.Timing.Prepare != 6*time.Millisecond || resp.ReturnCode != nil {
		t.Errorf("%+v %v", resp, err)
	}
}

// All cases together have a limit: who hits it, and who was left no time, says so.
func TestTestCasesTotal(t *testing.T) {
	t.Parallel()
	x, r := compiling(t, 1)
	var walls []time.Duration
	r.run = func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
		if job.Build {
			return says(""), nil
		}
		wall := job.Steps[0].Limits.Wall
		walls = append(walls, wall)
		return sandbox.Result{Outcome: sandbox.WallTime, ExitCode: -1, Wall: wall}, nil
	}
	req := program("c") // of 5 s each, and 12 s together
	req.TestCases = cases("1", "2", "3", "4")
	resp, err := x.Execute(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var hit []string
	for _, test := range resp.Tests {
		hit = append(hit, test.LimitHit)
	}
	if fmt.Sprint(hit) != "[wall_time wall_time total_time total_time]" || fmt.Sprint(walls) != "[5s 5s 2s]" || resp.WallTime != 12*time.Second {
		t.Errorf("limits %v, times %v, %v in all", hit, walls, resp.WallTime)
	}
	if why := resp.Tests[3].Reason; !strings.Contains(why, "12s") {
		t.Errorf("reason %q", why)
	}
}

// Where what ran before is still being removed, a case waits for that, as long as there
// is time for it: what was run already is not thrown away.
func TestTestCasesWaitForASlot(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		busy int // so many times, for a second each
		wall time.Duration
		ok   bool
	}{
		{"not at all", 0, 5 * time.Second, true},
		{"a while", 4, 5 * time.Second, true},
		{"until hardly any time is left", 9, 3 * time.Second, true},
		{"longer than there is time", 100, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				x, r := compiling(t, 1)
				asked := 0
				r.run = func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
					if job.Build {
						return says(""), nil
					}
					if asked++; asked <= row.busy {
						time.Sleep(time.Second)
						return sandbox.Result{}, sandbox.ErrBusy
					}
					if wall := job.Steps[0].Limits.Wall; wall != row.wall {
						t.Errorf("it has %v, want %v", wall, row.wall)
					}
					return says("1"), nil
				}
				req := program("c")
				req.TestCases = cases("1")
				begin := time.Now()
				resp, err := x.Execute(t.Context(), req)
				if (err == nil) != row.ok || row.ok && resp.PassedTests != 1 {
					t.Errorf("%d passed, error %v", resp.PassedTests, err)
				}
				if took := time.Since(begin); took > policy.TestsTimeout {
					t.Errorf("it took %v", took)
				}
				x.Wait()
			})
		})
	}
}
