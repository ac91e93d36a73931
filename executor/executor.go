package executor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"aca-executor/sandbox"
)

// Runner runs a job in isolation; a *sandbox.Sandbox does.
type Runner interface {
	Run(ctx context.Context, job sandbox.Job) (sandbox.Report, error)
	Layers() sandbox.Layers
}

// Executor answers requests.
type Executor struct {
	life    context.Context
	gate    *Gate
	runner  Runner
	policy  Policy
	offers  []*offer
	probes  chan struct{} // one for each that is under way
	cache   *cache
	busy    sync.WaitGroup // probes and compilations, which outlive who asked for them
	warm    warm
	zygotes func() []sandbox.ZygoteState
}

// ErrNoRuntime means that none of the table's interpreters is on this machine.
var ErrNoRuntime = errors.New("no interpreter was found")

// New makes an executor for the runtimes of the table that are on this machine.
// Each is probed before its first run: see Probe. ctx is for those probes.
func New(ctx context.Context, g *Gate, r Runner, p Policy, table []Runtime) (*Executor, error) {
	x := &Executor{life: ctx, gate: g, runner: r, policy: p, offers: offers(table), probes: make(chan struct{}, mostProbes)}
	x.cache = newCache(p.CacheMiB<<20, &x.busy)
	if len(x.offers) == 0 {
		var looked []string
		for _, row := range table {
			looked = append(looked, row.Binaries...)
		}
		return nil, fmt.Errorf("%w: there is none of %s", ErrNoRuntime, strings.Join(looked, ", "))
	}
	return x, nil
}

// Wait waits until nothing is done any more that outlives the requests: when the
// context of New has ended and no request is left.
func (x *Executor) Wait() { x.busy.Wait() }

// Gate is the gate in front of the sandbox.
func (x *Executor) Gate() *Gate { return x.gate }

// Policy is what requests may ask for.
func (x *Executor) Policy() Policy { return x.policy }

// Isolation names the layers in force.
func (x *Executor) Isolation() []string { return x.runner.Layers().Names() }

// Execute runs a program and says how it ended. Any error is an *Error, and the
// response then has the timing alone: nothing came of it, though with test cases some
// of them may have been run.
func (x *Executor) Execute(ctx context.Context, req Request) (Response, error) {
	// Who waits for a language to be tried waits like everybody else.
	c, err := x.check(ctx, req, x.policy, x.gate.await)
	if err != nil {
		return Response{}, err
	}
	arrived := time.Now()
	leave, err := x.gate.Enter(ctx, c.runtime.Weight)
	timing := Timing{Queue: time.Since(arrived)}
	if err != nil {
		return Response{Timing: timing}, err
	}
	defer leave()
	return x.execute(ctx, c, req.Deliver, timing)
}

// check settles a request: in which runtime, on what terms.
func (x *Executor) check(ctx context.Context, req Request, p Policy, await awaiter) (checked, error) {
	runtime, err := x.runtime(ctx, req.Language, req.Version, await)
	if err != nil {
		return checked{}, err
	}
	c, bad := settle(req, runtime, p)
	if bad != nil {
		return checked{}, bad
	}
	return c, nil
}

// execute is for who has room.
func (x *Executor) execute(ctx context.Context, c checked, deliver func(Response), timing Timing) (Response, error) {
	resp, err := x.answer(ctx, c, &timing)
	if err != nil {
		return Response{Timing: timing}, err
	}
	resp.ExecutionID = rand.Text()
	resp.Isolation = x.Isolation()
	resp.Timing.Queue, resp.Timing.Compile = timing.Queue, timing.Compile
	if deliver != nil {
		deliver(resp)
	}
	return resp, nil
}

// answer compiles a program where that is needed, and runs it: once, or once for
// each test case.
func (x *Executor) answer(ctx context.Context, c checked, timing *Timing) (Response, error) {
	job := x.plan(c)
	var compiled *Compiled
	if len(c.runtime.Compile) > 0 {
		begin := time.Now()
		built, release, err := x.build(ctx, c)
		timing.Compile = time.Since(begin)
		if err != nil {
			return Response{}, x.explain(ctx, err)
		}
		defer release()
		if built.Status != Success {
			return compileFailed(c, built), nil
		}
		compiled, job.Artifact = &built, built.Artifact
	}
	resp, err := x.runAll(ctx, c, job)
	resp.Compile = compiled
	return resp, err
}

// runAll runs a job, or one for each test case.
func (x *Executor) runAll(ctx context.Context, c checked, job sandbox.Job) (Response, error) {
	if len(c.tests) > 0 {
		return x.test(ctx, c, job)
	}
	report, err := x.run(ctx, job)
	if err != nil {
		return Response{}, err
	}
	resp := judge(c, report.Last())
	if len(c.collect.Patterns) > 0 {
		resp.Files = &report.Files
	}
	return resp, nil
}

// plan adds to a job what only this executor knows.
func (x *Executor) plan(c checked) sandbox.Job {
	job := plan(c)
	job.Steps[0].Zygote = x.warm.zygote(c)
	return job
}

func (x *Executor) run(ctx context.Context, job sandbox.Job) (sandbox.Report, error) {
	report, err := x.runner.Run(ctx, job)
	return report, x.explain(ctx, err)
}

// explain turns what kept a program from being run into an *Error.
func (x *Executor) explain(ctx context.Context, err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return x.Ended(ctx)
	case errors.As(err, &e):
		return e
	case errors.Is(err, sandbox.ErrBusy):
		return x.gate.Busy("what earlier runs left behind is still being removed")
	}
	return sandboxFailed(err)
}

func sandboxFailed(err error) *Error {
	return &Error{Code: SandboxError, Message: "the sandbox could not run the program; this is not the program's fault", Err: err}
}

// Ended says why a request's context is over, as an *Error.
func (x *Executor) Ended(ctx context.Context) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, sandbox.ErrInterrupted):
		return x.gate.draining()
	case errors.Is(cause, errOverdue):
		return sandboxFailed(cause)
	default:
		return canceled(cause)
	}
}
