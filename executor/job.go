package executor

import (
	"context"
	"errors"
	"time"
)

// CheckJob checks a request that is to be run later, as a job, and says in which
// language that is and how much room it takes. Any error is an *Error.
func (x *Executor) CheckJob(ctx context.Context, req Request) (language string, weight int64, err error) {
	c, err := x.check(ctx, req, x.policy.forJobs(), x.gate.await)
	if err != nil {
		return "", 0, err
	}
	return c.runtime.Name, c.runtime.Weight, nil
}

// ExecuteJob is Execute for a job, which has its room already: see [Gate.EnterJob]. How
// long it was queued for that is for the response. It ends at the latest when its own
// limits and the time for cleaning up are over, whatever the sandbox does.
func (x *Executor) ExecuteJob(ctx context.Context, req Request, queued time.Duration) (Response, error) {
	p := x.policy.forJobs()
	timing := Timing{Queue: queued}
	c, err := x.check(ctx, req, p, awaitLanguage)
	if err != nil {
		return Response{Timing: timing}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.longest(p)+CleanUp, errOverdue)
	defer cancel()
	return x.execute(ctx, c, req.Deliver, timing)
}

var errOverdue = errors.New("it did not end when its limits were over")

// CleanUp is how much longer than its own limits a job may take at most.
const CleanUp = 10 * time.Second

// LongestJob is the most that any job can take.
func (p Policy) LongestJob() time.Duration {
	p = p.forJobs()
	return p.Compile.Timeout + max(p.Max.Timeout, p.TestsTimeout) + CleanUp
}

// longest is what the limits of a request add up to.
func (c checked) longest(p Policy) time.Duration {
	run := c.limits.Timeout
	if len(c.tests) > 0 {
		run = c.total
	}
	if len(c.runtime.Compile) > 0 {
		run += p.Compile.Timeout
	}
	return run
}

// awaitLanguage is for a job that has its room: it waits on for its language.
func awaitLanguage(ctx context.Context, wait func(context.Context) bool) *Error {
	if wait(ctx) {
		return nil
	}
	return canceled(context.Cause(ctx))
}
