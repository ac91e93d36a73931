package executor

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
)

// lane is the jobs' door of a gate. What waits in it waits for requests, and not
// the other way round.
type lane struct {
	units int64               // that jobs may have at once
	held  *semaphore.Weighted // of those
	turn  chan struct{}       // whoever is in it looks for room; the others queue behind
	moved chan struct{}       // there may be room now
}

func newLane(units int64) lane {
	return lane{units: units, held: semaphore.NewWeighted(units), turn: make(chan struct{}, 1), moved: make(chan struct{}, 1)}
}

// look has the job that is first look for room again.
func (l *lane) look() {
	select {
	case l.moved <- struct{}{}:
	default: // it was told already
	}
}

// LimitJobs says how many of its units the gate gives to jobs at once; without it,
// all but one. It is for before the first of them comes.
func (g *Gate) LimitJobs(units int64) { g.jobs = newLane(min(max(units, 1), g.units)) }

// JobUnits is how many units jobs may have at once.
func (g *Gate) JobUnits() int64 { return g.jobs.units }

// jobPatience is how long requests may pass a job that waits for its turn.
const jobPatience = 30 * time.Second

// EnterJob takes room for a job, which has waited for that since some time ago,
// perhaps elsewhere, and returns the function that gives it back. No job takes a unit
// while a request waits for one; but one that has waited for 30 seconds takes a place
// among the requests, and those that come later do not pass it any more.
//
// It waits until ctx ends or the gate is closed; the error then is an *Error. The
// queue's depth and its patience are not for jobs: they wait in a queue of their own.
func (g *Gate) EnterJob(ctx context.Context, weight int64, since time.Time) (leave func(), err error) {
	weight = min(max(weight, 1), g.jobs.units)
	turn, cancel := g.untilClosed(ctx)
	defer cancel()
	if g.jobs.held.Acquire(turn, weight) != nil {
		return nil, g.gaveUp(turn)
	}
	giveBack := func() { g.jobs.held.Release(weight) }
	if !g.jobTurn(turn, weight, time.Until(since.Add(jobPatience))) {
		giveBack()
		return nil, g.gaveUp(turn)
	}
	if leave, err = g.inside(weight, giveBack); err != nil {
		giveBack()
	}
	return leave, err
}

// jobTurn waits until a job has room: when nobody else wants it, or when its turn among
// the requests has come, for which it queues when its patience is at its end.
func (g *Gate) jobTurn(ctx context.Context, weight int64, patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	inLine := func() bool {
		defer g.jobs.look() // who gives up may have been all that another one waited for
		return g.sem.Acquire(ctx, weight) == nil
	}
	select {
	case g.jobs.turn <- struct{}{}:
		defer func() { <-g.jobs.turn }()
	case <-timer.C:
		return inLine()
	case <-ctx.Done():
		return false
	}
	for !g.sem.TryAcquire(weight) { // which fails while anybody waits
		select {
		case <-g.jobs.moved:
		case <-timer.C:
			return inLine()
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (g *Gate) gaveUp(turn context.Context) *Error {
	if cause := context.Cause(turn); cause != errClosed {
		return canceled(cause)
	}
	return g.draining()
}
