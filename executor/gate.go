package executor

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// Gate lets a bounded amount of work run, a bounded number of requests wait,
// and none of them longer than its patience. Who comes first is served first:
// a request that needs much room holds up the small ones behind it, or it would
// never get any.
//
// Jobs come in by a door of their own: see [Gate.EnterJob].
type Gate struct {
	units    int64
	depth    int64
	patience time.Duration

	sem     *semaphore.Weighted
	running atomic.Int64 // units
	waiting atomic.Int64 // requests
	closed  context.Context
	close   context.CancelFunc
	pace    pace
	jobs    lane
}

// NewGate makes a gate for units of weight that run at once, and depth requests
// that wait, each at most for patience.
func NewGate(units, depth int64, patience time.Duration) *Gate {
	g := &Gate{units: units, depth: depth, patience: patience, sem: semaphore.NewWeighted(units), jobs: newLane(max(units-1, 1))}
	g.closed, g.close = context.WithCancel(context.Background())
	return g
}

var (
	errPatience = errors.New("waited long enough")
	errClosed   = errors.New("the gate is closed")
)

// Enter takes weight units of room and returns the function that gives them
// back, which may be called more than once. It waits for its turn, until ctx
// ends, the gate's patience does, or the gate is closed. Any error is an *Error.
//
// A weight beyond the gate's units is all of them: more would wait for ever.
func (g *Gate) Enter(ctx context.Context, weight int64) (leave func(), err error) {
	weight = min(max(weight, 1), g.units)
	switch {
	case g.closed.Err() != nil:
		return nil, g.draining()
	case ctx.Err() != nil:
		return nil, canceled(context.Cause(ctx))
	case g.sem.TryAcquire(weight): // only when nobody waits
		return g.entered(weight)
	}
	if refused := g.await(ctx, func(turn context.Context) bool { return g.sem.Acquire(turn, weight) == nil }); refused != nil {
		return nil, refused
	}
	return g.entered(weight)
}

// await waits for something, as one of those that may: until ctx ends, the gate's
// patience does, or the gate is closed, which end the context that wait gets. wait
// says whether it came about.
func (g *Gate) await(ctx context.Context, wait func(context.Context) bool) *Error {
	if g.closed.Err() != nil {
		return g.draining()
	}
	if g.waiting.Add(1) > g.depth {
		g.waiting.Add(-1)
		return g.Busy("as many requests are waiting as may")
	}
	defer g.jobs.look() // who gave up may have been all that a job waited for
	defer g.waiting.Add(-1)
	turn, cancel := g.untilClosed(ctx)
	defer cancel()
	turn, stop := context.WithTimeoutCause(turn, g.patience, errPatience)
	defer stop()
	if wait(turn) {
		return nil
	}
	switch cause := context.Cause(turn); cause {
	case errPatience:
		return g.refuse(QueueTimeout, "no room within "+g.patience.String(), g.waiting.Load())
	case errClosed:
		return g.draining()
	default:
		return canceled(cause)
	}
}

// untilClosed is a context that the gate's end ends, with errClosed as the cause.
func (g *Gate) untilClosed(ctx context.Context) (turn context.Context, cancel func()) {
	turn, end := context.WithCancelCause(ctx)
	stop := context.AfterFunc(g.closed, func() { end(errClosed) })
	return turn, func() { stop(); end(nil) }
}

// entered is for a request that has room. How long it stays is how Retry-After is
// measured.
func (g *Gate) entered(weight int64) (leave func(), err error) {
	since := time.Now()
	return g.inside(weight, func() { g.pace.done(time.Since(since), weight) })
}

// inside is for who has room. A gate that was closed meanwhile takes it back:
// nobody enters a closed gate, however the turn came about.
func (g *Gate) inside(weight int64, left func()) (leave func(), err error) {
	release := func() { g.sem.Release(weight); g.jobs.look() }
	if g.closed.Err() != nil {
		release()
		return nil, g.draining()
	}
	g.running.Add(weight)
	return sync.OnceFunc(func() {
		g.running.Add(-weight)
		left()
		release()
	}), nil
}

// Close turns away everybody who waits, and who comes from now on.
func (g *Gate) Close() { g.close() }

// Wait waits until nobody is inside. It is for after Close.
func (g *Gate) Wait(ctx context.Context) error {
	if err := g.sem.Acquire(ctx, g.units); err != nil {
		return err
	}
	g.sem.Release(g.units)
	return nil
}

// Load says how many units run, how many requests wait, and the most of either.
func (g *Gate) Load() (running, units, waiting, depth int64) {
	return g.running.Load(), g.units, g.waiting.Load(), g.depth
}

// Busy is the refusal for who would have to wait too long elsewhere, with the
// gate's advice on when to come again.
func (g *Gate) Busy(message string) *Error { return g.refuse(QueueFull, message, g.waiting.Load()+1) }

func (g *Gate) refuse(code Code, message string, ahead int64) *Error {
	return &Error{Code: code, Message: message, RetryAfter: retryAfter(g.pace.perRequest(), ahead, g.units, rand.Float64())}
}

func (g *Gate) draining() *Error {
	return &Error{Code: Draining, Message: "this replica is stopping", RetryAfter: time.Second}
}

func canceled(cause error) *Error {
	return &Error{Code: Canceled, Message: "the request was given up", Err: cause}
}

// retryAfter is when a place should be free: the requests ahead, at the rate
// at which they are done. The jitter, from 0 to 1, spreads those who were
// refused together; the answer is in whole seconds, as the header is.
func retryAfter(perRequest time.Duration, ahead, units int64, jitter float64) time.Duration {
	const longest, most = 2 * time.Minute, 95 * time.Second // spread by a quarter, most is longest
	wait := min(perRequest.Seconds()*float64(ahead)/float64(units), most.Seconds())
	spread := wait*(0.75+jitter/2) + jitter
	return min(time.Duration(spread+1)*time.Second, longest)
}

// pace is the work that a request is, measured: time inside times units, as a
// moving average.
type pace struct {
	mu   sync.Mutex
	work time.Duration
}

const (
	unmeasured  = time.Second // before anything was measured
	newestShare = 8           // of the average, one in so many
)

func (p *pace) done(inside time.Duration, weight int64) {
	work := inside * time.Duration(weight)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.work == 0 {
		p.work = work
		return
	}
	p.work += (work - p.work) / newestShare
}

func (p *pace) perRequest() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.work == 0 {
		return unmeasured
	}
	return p.work
}
