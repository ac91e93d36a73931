package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"aca-executor/config"
	"aca-executor/internal/plan"
)

// planning are the parameters of executor plan.
type planning struct {
	load    plan.Load
	replica plan.Replica
	scale   plan.Scale
	seed    uint64
	vcpu    float64 // prices of a second
	gib     float64
}

// planCommand prints how many replicas a load needs, and what the scale rule makes of
// it. What a replica is like is taken from the same variables as the service's.
func planCommand(ctx context.Context, args []string, cfg config.Config, out io.Writer) error {
	p, err := parsePlan(args, cfg)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, err := fmt.Fprintln(out, planUsage(cfg))
		return err
	case err != nil:
		return fmt.Errorf("%w\nexecutor plan -h lists what can be given", err)
	}
	if err := plan.Check(p.load, p.replica, p.scale); err != nil {
		return err
	}
	return p.print(ctx, out)
}

// planFlags are all that can be given, with their defaults.
func planFlags(p *planning, cfg config.Config) *flag.FlagSet {
	f := flag.NewFlagSet("executor plan", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Float64Var(&p.load.Rate, "rate", 0, "`requests` a second, at random times")
	f.IntVar(&p.load.Burst, "burst", 0, "this many `requests` instead, at random times within -for")
	f.DurationVar(&p.load.For, "for", 10*time.Minute, "how long they come")
	f.DurationVar(&p.load.Mean, "mean", time.Second, "mean time of a program, when it has the replica to itself")
	f.DurationVar(&p.load.P95, "p95", 0, "time within which 95 % of them are done; from mean to 3.87 times that (default twice the mean)")
	f.Float64Var(&p.load.Compute, "compute", 1, "part of that time in which a program uses a processor; in the rest it waits")
	f.Float64Var(&p.replica.VCPU, "vcpu", 1, "processors of a replica")
	f.Float64Var(&p.replica.GiB, "gib", 2, "its memory, which only costs")
	f.IntVar(&p.replica.Units, "units", int(cfg.MaxConcurrency), "EXECUTOR_MAX_CONCURRENCY")
	f.IntVar(&p.replica.QueueDepth, "queue", int(cfg.QueueDepth), "EXECUTOR_QUEUE_DEPTH")
	f.DurationVar(&p.replica.QueueTimeout, "queue-timeout", cfg.QueueTimeout, "EXECUTOR_QUEUE_TIMEOUT")
	f.DurationVar(&p.replica.Timeout, "timeout", cfg.DefaultTimeout, "time limit of a program, as EXECUTOR_DEFAULT_TIMEOUT")
	f.IntVar(&p.scale.Min, "min", 1, "fewest replicas")
	f.IntVar(&p.scale.Max, "max", 10, "most replicas")
	f.Float64Var(&p.scale.Requests, "requests-per-replica", 0, "requests a second for which the scale rule wants a replica, its concurrent_requests (default units / mean, as terraform/ has it)")
	f.DurationVar(&p.scale.Start, "start", 20*time.Second, "time until a new replica is ready")
	f.Float64Var(&p.vcpu, "vcpu-price", 0, "price of a processor's `second`")
	f.Float64Var(&p.gib, "gib-price", 0, "price of a GiB's `second`")
	f.Uint64Var(&p.seed, "seed", 1, "another one gives other random times")
	return f
}

func planUsage(cfg config.Config) string {
	var b strings.Builder
	f := planFlags(&planning{}, cfg)
	f.SetOutput(&b)
	b.WriteString("usage: executor plan -rate 50 -mean 0.8s -p95 3s\n       executor plan -burst 200 -for 10s -mean 0.8s -p95 3s\n\n")
	f.PrintDefaults()
	return strings.TrimSpace(b.String())
}

func parsePlan(args []string, cfg config.Config) (p planning, err error) {
	f := planFlags(&p, cfg)
	if err := f.Parse(args); err != nil {
		return p, err
	}
	if f.NArg() > 0 {
		return p, fmt.Errorf("%q is not expected: every parameter has a name", f.Arg(0))
	}
	if p.load.P95 == 0 {
		p.load.P95 = 2 * p.load.Mean
	}
	if p.scale.Requests == 0 && p.load.Mean > 0 {
		p.scale.Requests = max(1, float64(int(float64(p.replica.Units)/p.load.Mean.Seconds())))
	}
	return p, nil
}

// print simulates and writes it down.
func (p planning) print(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(out, p.describe())
	balancers := []plan.Balancer{plan.RoundRobin, plan.LeastRequest}
	var results []plan.Result
	heads, enough := []any{""}, []any{"replicas that would be enough, always there (*)"}
	for _, b := range balancers {
		r, err := plan.Simulate(ctx, p.load, p.replica, p.scale, b, p.seed)
		if err != nil {
			return err
		}
		n, err := plan.Enough(ctx, p.load, p.replica, b, p.seed)
		if err != nil {
			return err
		}
		results = append(results, r)
		heads = append(heads, b.String())
		if enough = append(enough, n); n == 0 {
			enough[len(enough)-1] = fmt.Sprintf("more than %d", plan.MostReplicas)
		}
	}
	tw := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	row := func(cells ...any) {
		fmt.Fprintln(tw, strings.TrimRight(fmt.Sprintf(strings.Repeat("%v\t", len(cells)), cells...), "\t"))
	}
	each := func(what string, of func(plan.Result) string) {
		cells := []any{what}
		for _, r := range results {
			cells = append(cells, of(r))
		}
		row(cells...)
	}
	part := func(n, of int) string {
		if of == 0 {
			return "0"
		}
		return fmt.Sprintf("%d (%.2f %%)", n, 100*float64(n)/float64(of))
	}
	times := func(t plan.Percentiles) string {
		return fmt.Sprintf("%.2f / %.2f / %.2f / %.2f s", t.P50, t.P95, t.P99, t.Max)
	}
	row(heads...)
	each("requests", func(r plan.Result) string { return fmt.Sprint(r.Requests) })
	each("answered", func(r plan.Result) string { return part(r.Answered, r.Requests) })
	each("  timed out only because processors were shared", func(r plan.Result) string { return part(r.Slowed, r.Requests) })
	each("refused, queue_full", func(r plan.Result) string { return part(r.QueueFull, r.Requests) })
	each("refused, queue_timeout", func(r plan.Result) string { return part(r.QueueTimeout, r.Requests) })
	each("waited for room, 50 / 95 / 99 / 100 %", func(r plan.Result) string { return times(r.Waiting) })
	each("answered after, 50 / 95 / 99 / 100 %", func(r plan.Result) string { return times(r.Total) })
	each("most replicas", func(r plan.Result) string { return fmt.Sprint(r.Most) })
	each("vCPU seconds", func(r plan.Result) string { return fmt.Sprintf("%.0f", r.ReplicaSeconds*p.replica.VCPU) })
	each("GiB seconds", func(r plan.Result) string { return fmt.Sprintf("%.0f", r.ReplicaSeconds*p.replica.GiB) })
	if p.vcpu > 0 || p.gib > 0 {
		each("cost", func(r plan.Result) string {
			return fmt.Sprintf("%.2f", r.ReplicaSeconds*(p.replica.VCPU*p.vcpu+p.replica.GiB*p.gib))
		})
	}
	row(enough...)
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "replicas over time (round robin): %s\n(*) at most %v %% refused, or timed out only because processors were shared\n",
		overTime(results[0].Replicas), 100*plan.Tolerated)
	return err
}

// describe says what is simulated.
func (p planning) describe() string {
	l, r, s := p.load, p.replica, p.scale
	what := fmt.Sprintf("%v requests a second for %v", l.Rate, l.For)
	if l.Burst > 0 {
		what = fmt.Sprintf("%d requests within %v", l.Burst, l.For)
	}
	return fmt.Sprintf(`%s, programs of %v (95 %% below %v) that compute for %.0f %% of it
replica: %v vCPU, %v GiB; %d run at once, %d wait, %v at most; time limit %v; ready %v after it was asked for
the service itself: %v of a processor for each run, as measured by make bench
scale rule: %d to %d replicas, one for each %.4g requests a second
`, what, l.Mean, l.P95, 100*l.Compute, r.VCPU, r.GiB, r.Units, r.QueueDepth, r.QueueTimeout, r.Timeout, s.Start, plan.Overhead, s.Min, s.Max, s.Requests)
}

// overTime is the changes in a line, the first and the last ones of many.
func overTime(counts []plan.Count) string {
	const most = 14
	var parts []string
	for i, c := range counts {
		switch {
		case i < most/2 || i >= len(counts)-most/2:
			parts = append(parts, fmt.Sprintf("%d at %v", c.Replicas, c.At.Round(time.Second)))
		case i == most/2:
			parts = append(parts, "...")
		}
	}
	return strings.Join(parts, ", ")
}
