package executor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"aca-executor/sandbox"
)

// TestCase is an input, and what a program should make of it. The program
// never gets to see the latter.
type TestCase struct{ ID, Input, Expected string }

// TestResult is how a program did in one test case.
type TestResult struct {
	Number   int // from 1
	Case     TestCase
	Actual   sandbox.Output // cut to what is of use: see mostActual
	Passed   bool
	Status   Status // Success where it passed; else Failed, or the limit's
	LimitHit string
	Reason   string // why it did not pass, for people
	WallTime time.Duration
	CPUTime  time.Duration
	Memory   int64 // KiB

	prepare time.Duration
}

// limitTotal is the limit that all test cases of a request have together.
const limitTotal = "total_time"

// test runs a program for each test case, in order, each in a clean directory of
// its own. All of them together have a limit as well; those that it leaves no time
// for have hit it.
func (x *Executor) test(ctx context.Context, c checked, job sandbox.Job) (Response, error) {
	resp := respond(c)
	resp.Status = Success
	left := c.total
	for n, test := range c.tests {
		begin := time.Now()
		result, err := x.testOne(ctx, c, job, test, left)
		if err != nil {
			return Response{}, err
		}
		result.Number, result.Case = n+1, test
		left -= max(result.WallTime, time.Since(begin))
		resp.Tests = append(resp.Tests, result)
		resp.WallTime += result.WallTime
		resp.CPUTime += result.CPUTime
		resp.Timing.Prepare += result.prepare
		resp.MemoryKiB = max(resp.MemoryKiB, result.Memory)
		if result.Passed {
			resp.PassedTests++
		} else {
			resp.Status = Failed
		}
		if result.Status == Interrupted {
			resp.Status = Interrupted
			break
		}
		if !result.Passed && c.stop {
			break
		}
	}
	resp.Timing.Run = resp.WallTime
	return resp, nil
}

func (x *Executor) testOne(ctx context.Context, c checked, job sandbox.Job, test TestCase, left time.Duration) (TestResult, error) {
	if left < shortest {
		return TestResult{Status: Timeout, LimitHit: limitTotal, Reason: c.totalReached()}, nil
	}
	report, short, err := x.runWithin(ctx, job, test.Input, left)
	if err != nil {
		return TestResult{}, err
	}
	r := judge(c, report.Last())
	if short && r.LimitHit == verdicts[sandbox.WallTime].limit {
		r.LimitHit = limitTotal
	}
	result := judgeTest(c.compare, test, r)
	if r.LimitHit == limitTotal {
		result.Reason = c.totalReached()
	}
	return result, nil
}

// runWithin runs a job in what is left of the time, and says whether that was less
// than its own limit. It waits for a slot: what ran before is not thrown away because
// that before it is still being removed.
func (x *Executor) runWithin(ctx context.Context, job sandbox.Job, input string, left time.Duration) (report sandbox.Report, short bool, err error) {
	step := job.Steps[0]
	step.Stdin = input
	limit := step.Limits.Wall
	begin := time.Now()
	for rest := left; ; rest = left - time.Since(begin) {
		short = rest < limit
		step.Limits.Wall = min(limit, rest)
		job.Steps = []sandbox.Step{step}
		report, err = x.runner.Run(ctx, job)
		if errors.Is(err, sandbox.ErrBusy) && time.Since(begin) < left-shortest { // which it took a while to say
			continue
		}
		return report, short, x.explain(ctx, err)
	}
}

func (c checked) totalReached() string {
	return fmt.Sprintf("all test cases together may take %v", c.total)
}

// judgeTest says how a run did in a test case.
func judgeTest(compare comparison, test TestCase, r Response) TestResult {
	result := TestResult{
		Status: r.Status, LimitHit: r.LimitHit, WallTime: r.WallTime, CPUTime: r.CPUTime, Memory: r.MemoryKiB, prepare: r.Timing.Prepare,
		Actual: clipOutput(r.Stdout, len(test.Expected)),
	}
	switch {
	case r.Status == Success:
		if result.Reason = compare.difference(test.Expected, string(r.Stdout.Bytes)); result.Reason != "" {
			result.Status = Failed
		}
		result.Passed = result.Status == Success
	case r.Status == Interrupted:
		result.Reason = "the replica was stopping and its time was up"
	case r.LimitHit != "":
		result.Reason = "the program hit the limit " + r.LimitHit
	case r.Signal != "":
		result.Reason = "the program was ended by " + r.Signal
	default:
		result.Reason = fmt.Sprintf("the program exited with code %d", *r.ReturnCode)
	}
	if said := strings.ToValidUTF8(string(bytes.TrimSpace(r.Stderr.Bytes)), "\uFFFD"); said != "" && r.Status != Success {
		const most = 4 << 10 // the end says what happened
		if len(said) > most {
			said = "..." + strings.ToValidUTF8(said[len(said)-most:], "")
		}
		result.Reason += ":\n" + said
	}
	return result
}

// mostActual is how much of an output is returned that is longer than what was
// expected: the answer must not be a hundred times the limit of one output.
const mostActual = 64 << 10

func clipOutput(o sandbox.Output, expected int) sandbox.Output {
	if most := max(mostActual, expected); len(o.Bytes) > most {
		return sandbox.Output{Bytes: bytes.Clone(o.Bytes[:most]), Truncated: true}
	}
	return o
}
