package executor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"aca-executor/sandbox"
)

// Runner runs a job in isolation; a *sandbox.Sandbox does.
type Runner interface {
	Run(ctx context.Context, job sandbox.Job) ([]sandbox.Result, error)
	Layers() sandbox.Layers
}

// Executor answers requests.
type Executor struct {
	gate      *Gate
	runner    Runner
	policy    Policy
	installed []Installed
	warm      warm
	zygotes   func() []sandbox.ZygoteState
}

// ErrNoRuntime means that none of the table's interpreters is on this machine.
var ErrNoRuntime = errors.New("no interpreter was found")

// New makes an executor for the runtimes of the table that are on this machine,
// each of which it starts once to learn its version.
func New(ctx context.Context, g *Gate, r Runner, p Policy, table []Runtime) (*Executor, error) {
	installed, err := discover(ctx, r, table)
	if err != nil {
		return nil, err
	}
	if len(installed) == 0 {
		var looked []string
		for _, row := range table {
			looked = append(looked, row.Binaries...)
		}
		return nil, fmt.Errorf("%w: there is none of %s", ErrNoRuntime, strings.Join(looked, ", "))
	}
	return &Executor{gate: g, runner: r, policy: p, installed: installed}, nil
}

// Installed are the runtimes that can be asked for.
func (x *Executor) Installed() []Installed { return x.installed }

// Gate is the gate in front of the sandbox.
func (x *Executor) Gate() *Gate { return x.gate }

// Policy is what requests may ask for.
func (x *Executor) Policy() Policy { return x.policy }

// Isolation names the layers in force.
func (x *Executor) Isolation() []string { return x.runner.Layers().Names() }

// Execute runs a program and says how it ended. Any error is an *Error, and
// means that it was not run; the response then has the timing alone.
func (x *Executor) Execute(ctx context.Context, req Request) (Response, error) {
	c, bad := check(req, x.installed, x.policy)
	if bad != nil {
		return Response{}, bad
	}
	arrived := time.Now()
	leave, err := x.gate.Enter(ctx, c.runtime.Weight)
	queued := time.Since(arrived)
	if err != nil {
		return Response{Timing: Timing{Queue: queued}}, err
	}
	defer leave()
	result, err := x.run(ctx, x.plan(c))
	if err != nil {
		return Response{Timing: Timing{Queue: queued}}, err
	}
	resp := judge(c, result)
	resp.ExecutionID = rand.Text()
	resp.Isolation = x.Isolation()
	resp.Timing.Queue = queued
	return resp, nil
}

// plan adds to a job what only this executor knows.
func (x *Executor) plan(c checked) sandbox.Job {
	job := plan(c)
	job.Steps[0].Zygote = x.warm.zygote(c)
	return job
}

func (x *Executor) run(ctx context.Context, job sandbox.Job) (sandbox.Result, error) {
	results, err := x.runner.Run(ctx, job)
	switch {
	case err == nil:
		return results[len(results)-1], nil
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), sandbox.ErrInterrupted):
		return sandbox.Result{}, x.gate.draining()
	case ctx.Err() != nil:
		return sandbox.Result{}, canceled(context.Cause(ctx))
	case errors.Is(err, sandbox.ErrBusy):
		return sandbox.Result{}, x.gate.Busy("what earlier runs left behind is still being removed")
	}
	return sandbox.Result{}, &Error{Code: SandboxError, Message: "the sandbox could not run the program; this is not the program's fault", Err: err}
}

// SelfTest runs a program in every runtime, past the gate, and checks its
// output.
func (x *Executor) SelfTest(ctx context.Context) error {
	for _, i := range x.installed {
		code := i.Hello
		c, bad := check(Request{Language: i.Name, Version: i.Version, Code: &code}, x.installed, x.policy)
		if bad != nil {
			return bad
		}
		c.limits.Timeout, c.limits.CPU = probeLimits.Wall, probeLimits.CPU
		r, err := x.run(ctx, x.plan(c))
		if err != nil {
			return fmt.Errorf("self-test of %s %s: %w", i.Name, i.Version, err)
		}
		if out := string(r.Stdout.Bytes); r.Outcome != sandbox.Exited || r.ExitCode != 0 || out != "hello\n" {
			return fmt.Errorf("self-test of %s %s: %s with code %d %s, stdout %q, stderr %q",
				i.Name, i.Version, r.Outcome, r.ExitCode, r.Signal, out, r.Stderr.Bytes)
		}
	}
	return nil
}
