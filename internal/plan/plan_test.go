package plan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// The service's defaults, on one processor.
var usual = Replica{Units: 8, QueueDepth: 32, QueueTimeout: 10 * time.Second, Timeout: 5 * time.Second, VCPU: 1, GiB: 2}

// always is that many replicas, from the beginning to the end.
func always(n int) Scale { return Scale{Min: n, Max: n, Requests: 10, Start: 20 * time.Second} }

// burst is requests that come at once, and wait for as long as they run.
func burst(n int, each time.Duration) Load {
	return Load{Burst: n, For: time.Millisecond, Mean: each, P95: each}
}

func simulate(t *testing.T, l Load, r Replica, s Scale, b Balancer) Result {
	t.Helper()
	res, err := Simulate(t.Context(), l, r, s, b, 1)
	if err != nil {
		t.Fatal(err)
	}
	if res.Requests != res.Answered+res.Refused() {
		t.Errorf("%d requests, but %d answers and %d refusals", res.Requests, res.Answered, res.Refused())
	}
	return res
}

// What can be worked out by hand, and is seen of the service itself.
func TestSimulate(t *testing.T) {
	small := usual
	small.Units, small.QueueDepth, small.QueueTimeout = 2, 8, time.Second
	long := usual
	long.Timeout = time.Minute
	busy := func(l Load) Load { l.Compute = 1; return l }
	for _, row := range []struct {
		name     string
		load     Load
		replica  Replica
		scale    Scale
		answered int
		slowed   int
		longest  float64 // seconds, from the request to its answer
	}{
		{"three replicas take 24 at once", burst(24, time.Second), usual, always(3), 24, 0, 1},
		{"60 at once take three rounds", burst(60, time.Second), usual, always(3), 60, 0, 3},
		{"two run, two more find room in time", burst(300, 500*time.Millisecond), small, always(1), 4, 0, 1},
		{"as many as run and wait", burst(300, 100*time.Millisecond), small, always(1), 10, 0, 0.5},
		{"programs that compute share the processor", busy(burst(8, time.Second)), long, always(1), 8, 0, 8},
		{"and run into their limit for it", busy(burst(8, time.Second)), usual, always(1), 8, 8, 5},
		{"one for each processor does not", busy(burst(8, time.Second)), usual, always(8), 8, 0, 1},
		{"a program that is too long is nobody's fault", burst(1, 9*time.Second), usual, always(1), 1, 0, 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := simulate(t, row.load, row.replica, row.scale, RoundRobin)
			if r.Answered != row.answered || r.Slowed != row.slowed || math.Abs(r.Total.Max-row.longest) > 0.03*max(1, row.longest) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// With one unit and runs of one length the gate is the queue whose mean wait is known
// (Pollaczek and Khinchine): ρ / 2(1-ρ) of a run.
func TestQueueTheory(t *testing.T) {
	r := usual
	r.Units, r.QueueDepth, r.QueueTimeout = 1, 100_000, time.Hour
	for _, load := range []float64{0.3, 0.5, 0.8} {
		res := simulate(t, Load{Rate: load, For: 100 * time.Hour, Mean: time.Second - Overhead, P95: time.Second - Overhead}, r, always(1), LeastRequest)
		if want := load / 2 / (1 - load); math.Abs(res.Waiting.Mean-want) > 0.05*want {
			t.Errorf("load %.1f: mean wait %.3f s, want %.3f", load, res.Waiting.Mean, want)
		}
	}
}

// The distribution has the mean and the percentile that were asked for.
func TestRunTimes(t *testing.T) {
	r := usual
	r.Timeout = time.Hour
	res := simulate(t, Load{Rate: 10, For: 4 * time.Hour, Mean: 800 * time.Millisecond, P95: 3 * time.Second}, r, always(20), LeastRequest)
	if math.Abs(res.Total.Mean-0.8) > 0.04 || math.Abs(res.Total.P95-3) > 0.15 {
		t.Errorf("%+v", res.Total)
	}
}

// Replicas are added in growing steps, and go when nobody wanted them for long.
func TestScaleRule(t *testing.T) {
	r := usual
	l := Load{Rate: 145, For: 10 * time.Minute, Mean: 10 * time.Millisecond, P95: 10 * time.Millisecond}
	res := simulate(t, l, r, Scale{Min: 1, Max: 14, Requests: 10, Start: 20 * time.Second}, RoundRobin)
	want := "[{0s 1} {30s 2} {1m0s 6} {1m30s 14}]"
	if got := fmt.Sprint(res.Replicas); got != want {
		t.Errorf("replicas %s, want %s", got, want)
	}
	if res.Most != 14 || math.Abs(res.ReplicaSeconds-(30+2*30+6*30+14*510)) > 30 {
		t.Errorf("%+v", res)
	}

	// Somebody asks once a minute after a busy time: 300 s later, one is left.
	sim := &simulation{Load: l, Replica: r, scale: Scale{Min: 1, Max: 14, Requests: 10}}
	for range 14 {
		sim.add(true)
	}
	var counts []int
	for i := range 14 {
		sim.now = float64(i) * poll.Seconds()
		if i == 0 {
			sim.recent = make([]float64, 14*150)
		}
		sim.poll()
		counts = append(counts, len(sim.replicas))
	}
	if want := []int{14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 1, 1, 1}; !slices.Equal(counts, want) {
		t.Errorf("replicas %v, want %v", counts, want)
	}
}

// Where no replica is there, requests wait until the first one is.
func TestFromZero(t *testing.T) {
	res := simulate(t, burst(3, time.Second), usual, Scale{Min: 0, Max: 5, Requests: 10, Start: 20 * time.Second}, RoundRobin)
	if res.Answered != 3 || res.Total.Max < 20 || res.Total.Max > 22 {
		t.Errorf("%+v", res)
	}
	// A replica that takes longer than the scale rule looks back is not taken away for that.
	res = simulate(t, burst(3, time.Second), usual, Scale{Min: 0, Max: 5, Requests: 10, Start: 400 * time.Second}, RoundRobin)
	if res.Answered != 3 || res.Total.Max < 400 || res.Total.Max > 402 {
		t.Errorf("%+v", res)
	}
	// Requests begin to wait for a unit when there is one to wait for.
	res = simulate(t, burst(40, time.Second), usual, Scale{Min: 0, Max: 1, Requests: 10, Start: 20 * time.Second}, RoundRobin)
	if res.Answered != 40 {
		t.Errorf("%+v", res)
	}
}

// The load ends when it ends, and not with the next request.
func TestRareRequests(t *testing.T) {
	res := simulate(t, Load{Rate: 1e-9, For: time.Minute, Mean: time.Second, P95: time.Second}, usual, always(1), RoundRobin)
	if res.Requests != 0 || res.ReplicaSeconds != 60 {
		t.Errorf("%+v", res)
	}
}

// A balancer that looks at the replicas fills them evenly.
func TestBalancersDiffer(t *testing.T) {
	l := Load{Rate: 36, For: 10 * time.Minute, Mean: 800 * time.Millisecond, P95: 3 * time.Second}
	in, least := simulate(t, l, usual, always(5), RoundRobin), simulate(t, l, usual, always(5), LeastRequest)
	if least.Waiting.P99 >= in.Waiting.P99 {
		t.Errorf("least request waits %v, round robin %v", least.Waiting, in.Waiting)
	}
}

func TestEnough(t *testing.T) {
	small := usual
	small.QueueDepth = 0
	computing := Load{Rate: 100, For: time.Second, Mean: 100 * time.Millisecond, P95: 100 * time.Millisecond, Compute: 1}
	for _, row := range []struct {
		name    string
		load    Load
		replica Replica
		want    int
	}{
		{"one takes 40", burst(40, time.Second), usual, 1},
		{"41 take two", burst(41, time.Second), usual, 2},
		{"there are not so many", burst(200_000, time.Second), usual, 0},
		{"with nowhere to wait, each unit is one", burst(800, time.Second), small, 100},
		{"however short the load, processors have to be there", computing, usual, 11},
	} {
		n, err := Enough(t.Context(), row.load, row.replica, RoundRobin, 1)
		if err != nil || n != row.want {
			t.Errorf("%s: %d, %v; want %d", row.name, n, err, row.want)
		}
	}
}

// Who compute a part of the time share no more than there is.
func TestProcessorsAreNotExceeded(t *testing.T) {
	r := usual
	r.Timeout, r.QueueTimeout, r.QueueDepth = time.Hour, time.Hour, 100_000
	for _, compute := range []float64{0.1, 0.25, 0.5, 0.9, 1} {
		l := Load{Rate: 50, For: 100 * time.Second, Mean: time.Second, P95: time.Second, Compute: compute}
		res := simulate(t, l, r, always(1), RoundRobin)
		used := float64(res.Answered) * compute / (l.For.Seconds() + res.Total.Max) // the last to come waits longest
		if most := min(1, float64(r.Units)*compute); used > 1.01*most || used < 0.9*most {
			t.Errorf("compute %v: %.2f processors were used of %.2f", compute, used, most)
		}
	}
}

// A simulation ends when nobody wants it any more.
func TestSimulateGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough of it")
	cancel(why)
	if _, err := Simulate(ctx, burst(10, time.Second), usual, always(1), RoundRobin, 1); !errors.Is(err, why) {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	good := Load{Rate: 1, For: time.Second, Mean: time.Second, P95: 2 * time.Second, Compute: 0.5}
	if err := Check(good, usual, always(1)); err != nil {
		t.Error(err)
	}
	for _, row := range []struct {
		change func(*Load, *Replica, *Scale)
		want   string
	}{
		{func(l *Load, _ *Replica, _ *Scale) { l.Rate = 0 }, "either rate or burst"},
		{func(l *Load, _ *Replica, _ *Scale) { l.Burst = 3 }, "either rate or burst"},
		{func(l *Load, _ *Replica, _ *Scale) { l.Rate = math.NaN() }, "rate: NaN"},
		{func(l *Load, _ *Replica, _ *Scale) { l.P95 = time.Millisecond }, "p95: 1ms is not allowed"},
		{func(l *Load, _ *Replica, _ *Scale) { l.P95 = 4 * time.Second }, "to 3.87 times"},
		{func(l *Load, _ *Replica, _ *Scale) { l.Compute = 2 }, "compute: 2 is not allowed: it must be from 0 to 1"},
		{func(l *Load, _ *Replica, _ *Scale) { l.Rate, l.For = 1e5, time.Hour }, "2000000 requests"},
		{func(_ *Load, r *Replica, _ *Scale) { r.Units = 0 }, "units: 0"},
		{func(_ *Load, _ *Replica, s *Scale) { s.Min = 2 }, "min: 2 is above max, 1"},
	} {
		l, r, s := good, usual, always(1)
		row.change(&l, &r, &s)
		if err := Check(l, r, s); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%v; want %q", err, row.want)
		}
	}
}
