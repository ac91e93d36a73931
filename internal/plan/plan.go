// Package plan says how many replicas a load needs, by simulating them: replicas with
// the service's gate, behind a load balancer, added and removed by the scale rule of
// Azure Container Apps as that is documented.
//
// It is a model. Time is that of the simulation; a replica's processors are shared
// evenly among what runs; nothing is lost between balancer and replica. What a replica
// itself costs is measured: see Overhead.
package plan

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Overhead is the processor time that the service spends on a run besides the
// program's own: two processors that do nothing else served 974 runs a second of a
// program that only says hello (make bench ARGS='-bench WarmThroughput').
const Overhead = 2050 * time.Microsecond

// Load is what is asked of the service.
type Load struct {
	Rate float64       // requests a second, at random
	For  time.Duration // so long
	// Burst is that many requests instead, at random within For.
	Burst int

	Mean, P95 time.Duration // of a program's run time, when it has a replica to itself; log-normal
	// Compute is the part of it in which the program uses a processor; in the rest
	// it waits.
	Compute float64
}

// Replica is what one of them has, in the terms of its configuration.
type Replica struct {
	Units, QueueDepth     int
	QueueTimeout, Timeout time.Duration
	VCPU, GiB             float64
}

// Scale is between how many replicas there are.
type Scale struct {
	Min, Max int
	// Requests a second for which the scale rule wants a replica; the rule calls
	// them concurrent requests, and counts requests in its window.
	Requests float64
	// Start is how long a new replica takes until it gets requests.
	Start time.Duration
}

// The scale rule as Azure documents it: requests of the last window, divided by its
// seconds, looked at once a poll; replicas are added in growing steps, and are
// removed when fewer were wanted for all of the cooldown.
const (
	window   = 15 * time.Second
	poll     = 30 * time.Second
	cooldown = 300 * time.Second
)

var steps = []int{1, 4, 8, 16, 32, 64, 128, 256}

// Balancer is how a request finds its replica.
type Balancer int

const (
	RoundRobin   Balancer = iota // each in turn
	LeastRequest                 // of two at random, the one with fewer requests
)

func (b Balancer) String() string { return [...]string{"round robin", "least request"}[b] }

// Result is what came of it.
type Result struct {
	Requests, Answered int
	// Slowed are those of the answered that ran into their time limit only because
	// they shared processors.
	Slowed                  int
	QueueFull, QueueTimeout int
	Waiting, Total          Percentiles // for room; until the answer
	Replicas                []Count     // each change
	Most                    int
	ReplicaSeconds          float64
}

// Count is how many replicas there are from a time on.
type Count struct {
	At       time.Duration
	Replicas int
}

// Refused are those that got 429.
func (r Result) Refused() int { return r.QueueFull + r.QueueTimeout }

// Percentiles are of times, in seconds.
type Percentiles struct{ Mean, P50, P95, P99, Max float64 }

func percentiles(values []float64) (p Percentiles) {
	if len(values) == 0 {
		return p
	}
	slices.Sort(values)
	at := func(q float64) float64 { return values[int(math.Ceil(q*float64(len(values))))-1] } // the nearest rank
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return Percentiles{sum / float64(len(values)), at(0.50), at(0.95), at(0.99), values[len(values)-1]}
}

// What is simulated within a minute or so.
const (
	mostRequests = 2_000_000
	MostReplicas = 4096
)

// Check says what is wrong with the parameters, all of it.
func Check(l Load, r Replica, s Scale) error {
	var errs []error
	for _, f := range []struct {
		name     string
		v        float64
		min, max float64
	}{
		{"rate", l.Rate, 0, 1e6}, {"burst", float64(l.Burst), 0, mostRequests}, {"compute", l.Compute, 0, 1},
		{"units", float64(r.Units), 1, 1000}, {"queue", float64(r.QueueDepth), 0, 100_000}, {"vcpu", r.VCPU, 0.25, 1024}, {"gib", r.GiB, 0.1, 1 << 14},
		{"min", float64(s.Min), 0, MostReplicas}, {"max", float64(s.Max), 1, MostReplicas}, {"requests-per-replica", s.Requests, 0.01, 1e6},
	} {
		if !(f.v >= f.min && f.v <= f.max) {
			errs = append(errs, fmt.Errorf("%s: %v is not allowed: it must be from %v to %v", f.name, f.v, f.min, f.max))
		}
	}
	const short, long = time.Millisecond, time.Hour
	for _, f := range []struct {
		name        string
		v, min, max time.Duration
	}{
		{"for", l.For, short, 7 * 24 * long}, {"mean", l.Mean, short, long}, {"queue-timeout", r.QueueTimeout, short, long},
		{"timeout", r.Timeout, short, long}, {"start", s.Start, 0, long},
	} {
		if f.v < f.min || f.v > f.max {
			errs = append(errs, fmt.Errorf("%s: %v is not allowed: it must be from %v to %v", f.name, f.v, f.min, f.max))
		}
	}
	if (l.Rate > 0) == (l.Burst > 0) {
		errs = append(errs, errors.New("either rate or burst must be given, and above 0"))
	}
	if l.Rate*l.For.Seconds() > mostRequests {
		errs = append(errs, fmt.Errorf("for: %v at %v a second is more than the %d requests that are simulated", l.For, l.Rate, mostRequests))
	}
	if s.Min > s.Max {
		errs = append(errs, fmt.Errorf("min: %d is above max, %d", s.Min, s.Max))
	}
	if _, _, err := logNormal(l.Mean, l.P95); err != nil && l.Mean > 0 {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// mostSpread is how far the 95th percentile of a log-normal distribution can lie above
// its mean.
var mostSpread = math.Exp(z95 * z95 / 2)

const z95 = 1.6448536269514722 // of the normal distribution

// logNormal are the parameters of the distribution with that mean and 95th percentile.
func logNormal(mean, p95 time.Duration) (mu, sigma float64, err error) {
	ratio := float64(p95) / float64(mean)
	if !(ratio >= 1 && ratio <= mostSpread) {
		return 0, 0, fmt.Errorf("p95: %v is not allowed: it must be from the mean, %v, to %.2f times that", p95, mean, mostSpread)
	}
	sigma = z95 - math.Sqrt(max(0, z95*z95-2*math.Log(ratio)))
	return math.Log(mean.Seconds()) - sigma*sigma/2, sigma, nil
}

// run is a request that is being served or waits.
type run struct {
	arrived, entered, began float64 // seconds; entered is when a replica got it
	work                    float64 // seconds that it takes alone
	end                     float64 // when it is done, in the replica's own time
}

// replica is one, at work. Its own time goes as fast as its programs do: one second
// of it is a second of each program's work.
type replica struct {
	running []run
	waiting []run
	own, at float64 // its own time, at that time
	started float64
	version int // of its next event
}

// simulation is the state of all.
type simulation struct {
	Load
	Replica
	scale    Scale
	balancer Balancer
	rng      *rand.Rand // of the load, which is the same for every balancer
	choice   *rand.Rand // of the balancer
	mu, sd   float64

	now      float64
	events   events
	replicas []*replica // that get requests, or will
	ready    []*replica // of them, those that do
	turn     int
	recent   []float64 // arrivals within the window
	wanted   []want    // within the cooldown
	step     int
	left     int   // requests in the system
	held     []run // of them, those that have no replica yet
	arriving bool

	result         Result
	waiting, total []float64
}

type want struct {
	at float64
	n  int
}

// event is something that will happen.
type event struct {
	at      float64
	do      func()
	replica *replica
	version int
}

type events []event

func (e events) Len() int           { return len(e) }
func (e events) Less(i, j int) bool { return e[i].at < e[j].at }
func (e events) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)        { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// Simulate runs the load through the replicas. The same seed gives the same result.
func Simulate(ctx context.Context, l Load, r Replica, s Scale, b Balancer, seed uint64) (Result, error) {
	if err := Check(l, r, s); err != nil {
		return Result{}, err
	}
	mu, sd, _ := logNormal(l.Mean, l.P95)
	sim := &simulation{Load: l, Replica: r, scale: s, balancer: b, rng: rand.New(rand.NewPCG(seed, 1)), choice: rand.New(rand.NewPCG(seed, 2)), mu: mu, sd: sd, arriving: true}
	for range s.Min {
		sim.add(true)
	}
	sim.note()
	sim.arrivals()
	sim.after(poll.Seconds(), sim.poll)
	for n := 0; len(sim.events) > 0 && (sim.arriving || sim.left > 0); n++ {
		const often = 4096
		if n%often == 0 && ctx.Err() != nil {
			return Result{}, context.Cause(ctx)
		}
		e := heap.Pop(&sim.events).(event)
		if e.replica != nil && e.version != e.replica.version {
			continue // something came between
		}
		sim.now = e.at
		e.do()
	}
	for _, r := range sim.replicas {
		sim.result.ReplicaSeconds += sim.now - r.started
	}
	sim.result.Waiting, sim.result.Total = percentiles(sim.waiting), percentiles(sim.total)
	return sim.result, nil
}

func (s *simulation) after(d float64, do func()) { heap.Push(&s.events, event{at: s.now + d, do: do}) }

// arrivals lets requests come: one after the other at random, or all of a burst.
func (s *simulation) arrivals() {
	end := s.For.Seconds()
	if s.Burst > 0 {
		left := s.Burst
		for range s.Burst {
			s.after(s.rng.Float64()*end, func() { s.arrive(); left--; s.arriving = left > 0 })
		}
		return
	}
	var next func()
	next = func() {
		if !s.arriving {
			return
		}
		s.arrive()
		s.after(s.rng.ExpFloat64()/s.Rate, next)
	}
	s.after(s.rng.ExpFloat64()/s.Rate, next)
	s.after(end, func() { s.arriving = false })
}

// arrive sends a request to its replica, as the gate there sees it.
func (s *simulation) arrive() {
	s.result.Requests++
	s.recent = append(s.recent, s.now)
	work := math.Exp(s.mu + s.sd*s.rng.NormFloat64())
	q := run{arrived: s.now, work: min(work, s.Timeout.Seconds())}
	s.left++
	if r := s.pick(); r != nil {
		s.enter(r, q)
		return
	}
	// The ingress holds the request until a replica is there.
	s.held = append(s.held, q)
	if len(s.replicas) == 0 {
		s.add(false)
		s.wanted = append(s.wanted, want{s.now, 1})
		s.note()
	}
}

// enter is a replica's gate.
func (s *simulation) enter(r *replica, q run) {
	q.entered = s.now
	switch {
	case len(r.running) < s.Units:
		s.advance(r)
		s.begin(r, q)
	case len(r.waiting) < s.QueueDepth:
		r.waiting = append(r.waiting, q)
	default:
		s.left--
		s.result.QueueFull++
		return
	}
	s.schedule(r)
}

// pick is what the balancer does.
func (s *simulation) pick() *replica {
	n := len(s.ready)
	if n == 0 {
		return nil
	}
	if s.balancer == RoundRobin {
		s.turn++
		return s.ready[s.turn%n]
	}
	a, b := s.ready[s.choice.IntN(n)], s.ready[s.choice.IntN(n)]
	if len(b.running)+len(b.waiting) < len(a.running)+len(a.waiting) {
		return b
	}
	return a
}

// pace is how much of a second's work each program gets done in a second.
func (s *simulation) pace(r *replica) float64 {
	asked := float64(len(r.running)) * s.Compute
	if asked <= s.VCPU {
		return 1
	}
	return s.VCPU / asked
}

// advance moves a replica's own time to now.
func (s *simulation) advance(r *replica) {
	r.own += (s.now - r.at) * s.pace(r)
	r.at = s.now
}

// begin starts a program; the replica's time is now.
func (s *simulation) begin(r *replica, q run) {
	q.began = s.now
	q.end = r.own + q.work + Overhead.Seconds()
	r.running = append(r.running, q)
	s.waiting = append(s.waiting, s.now-q.arrived)
}

// schedule finds out what happens next in a replica.
func (s *simulation) schedule(r *replica) {
	r.version++
	next := math.Inf(1)
	pace := s.pace(r)
	for _, q := range r.running {
		next = min(next, r.at+(q.end-r.own)/pace, q.began+s.Timeout.Seconds()+Overhead.Seconds())
	}
	if len(r.waiting) > 0 {
		next = min(next, r.waiting[0].entered+s.QueueTimeout.Seconds())
	}
	if !math.IsInf(next, 1) {
		heap.Push(&s.events, event{at: max(next, s.now), replica: r, version: r.version, do: func() { s.progress(r) }})
	}
}

// progress ends what is over in a replica, and begins what can be.
func (s *simulation) progress(r *replica) {
	s.advance(r)
	const tiny = 1e-9
	r.running = slices.DeleteFunc(r.running, func(q run) bool {
		done := q.end <= r.own+tiny
		late := s.now-q.began >= s.Timeout.Seconds()+Overhead.Seconds()-tiny
		if !done && !late {
			return false
		}
		if !done && q.work < s.Timeout.Seconds() {
			s.result.Slowed++
		}
		s.result.Answered++
		s.total = append(s.total, s.now-q.arrived)
		s.left--
		return true
	})
	for len(r.waiting) > 0 && r.waiting[0].entered+s.QueueTimeout.Seconds() <= s.now+tiny && len(r.running) >= s.Units {
		r.waiting = r.waiting[1:]
		s.result.QueueTimeout++
		s.left--
	}
	for len(r.waiting) > 0 && len(r.running) < s.Units {
		s.begin(r, r.waiting[0])
		r.waiting = r.waiting[1:]
	}
	s.schedule(r)
}

// add makes a replica.
func (s *simulation) add(ready bool) {
	r := &replica{started: s.now, at: s.now}
	s.replicas = append(s.replicas, r)
	if ready {
		s.ready = append(s.ready, r)
		return
	}
	s.after(s.scale.Start.Seconds(), func() {
		if !slices.Contains(s.replicas, r) {
			return // it was removed before it was ready
		}
		r.at = s.now
		s.ready = append(s.ready, r)
		for _, q := range s.held {
			s.enter(s.pick(), q)
		}
		s.held = nil
	})
}

// remove takes away the replica that was added last; it finishes what it has.
func (s *simulation) remove() {
	last := s.replicas[len(s.replicas)-1]
	s.replicas = s.replicas[:len(s.replicas)-1]
	s.ready = slices.DeleteFunc(s.ready, func(r *replica) bool { return r == last })
	s.result.ReplicaSeconds += s.now - last.started
}

// note writes down how many replicas there are.
func (s *simulation) note() {
	s.result.Most = max(s.result.Most, len(s.replicas))
	s.result.Replicas = append(s.result.Replicas, Count{time.Duration(s.now * float64(time.Second)), len(s.replicas)})
}

// poll is what the scale rule does.
func (s *simulation) poll() {
	defer s.after(poll.Seconds(), s.poll)
	s.recent = slices.DeleteFunc(s.recent, func(at float64) bool { return at < s.now-window.Seconds() })
	rate := float64(len(s.recent)) / window.Seconds()
	n := min(max(int(math.Ceil(rate/s.scale.Requests)), s.scale.Min), s.scale.Max)
	if len(s.held) > 0 {
		n = max(n, 1)
	}
	s.wanted = append(slices.DeleteFunc(s.wanted, func(w want) bool { return w.at < s.now-cooldown.Seconds() }), want{s.now, n})
	have := len(s.replicas)
	switch {
	case n > have:
		for range min(n-have, steps[min(s.step, len(steps)-1)]) {
			s.add(false)
		}
		s.step++
	case n < have:
		s.step = 0
		most := n
		for _, w := range s.wanted {
			most = max(most, w.n)
		}
		for len(s.replicas) > most {
			s.remove()
		}
	default:
		s.step = 0
	}
	if len(s.replicas) != have {
		s.note()
	}
}

// Tolerated is the part of the requests that may be refused, or slowed down into their
// time limit, where replicas are enough.
const Tolerated = 0.001

// Enough is the smallest number of replicas, always there, that is enough; 0 if as many
// as can be simulated are not. At a rate it looks at so many requests that what is
// tolerated is more than one or two. It takes for granted that more replicas are better.
func Enough(ctx context.Context, l Load, r Replica, b Balancer, seed uint64) (int, error) {
	low := 0 // are not enough
	if l.Rate > 0 {
		const requests = 200_000
		l.For = min(time.Duration(requests/l.Rate*float64(time.Second)), 7*24*time.Hour)
		// A queue can hide for a while that there is too little of something.
		processors := l.Rate * (l.Mean.Seconds()*l.Compute + Overhead.Seconds()) / r.VCPU
		units := l.Rate * l.Mean.Seconds() / float64(r.Units)
		if low = int(max(processors, units)); l.Mean > r.Timeout { // these are ended before
			low = 0
		}
	}
	fits := func(n int) (bool, error) {
		res, err := Simulate(ctx, l, r, Scale{Min: n, Max: n, Requests: 1}, b, seed)
		return float64(res.Refused()+res.Slowed) <= Tolerated*float64(res.Requests), err
	}
	high := low + 1
	for {
		if high > MostReplicas {
			return 0, nil
		}
		ok, err := fits(high)
		if err != nil {
			return 0, err
		}
		if ok {
			break
		}
		low, high = high, min(2*high, max(MostReplicas, high+1))
	}
	for high-low > 1 {
		middle := (low + high) / 2
		ok, err := fits(middle)
		if err != nil {
			return 0, err
		}
		if ok {
			high = middle
		} else {
			low = middle
		}
	}
	return high, nil
}
