package sandbox

import (
	"context"
	"sync"
	"time"
)

// pool has the clean slots that nobody uses.
type pool struct {
	free  chan struct{} // one for each slot
	mu    sync.Mutex
	slots []slot
}

func newPool(size int) *pool {
	p := &pool{free: make(chan struct{}, size)}
	for range size {
		p.put(slot{})
	}
	return p
}

func (p *pool) put(sl slot) {
	p.mu.Lock()
	p.slots = append(p.slots, sl)
	p.mu.Unlock()
	p.free <- struct{}{}
}

// take waits for a slot, but not for long; of those that there are it takes
// the one that is best for a step of the kind.
func (p *pool) take(ctx context.Context, kind string) (slot, error) {
	select {
	case <-p.free:
		return p.best(kind), nil
	default:
	}
	timer := time.NewTimer(slotPatience)
	defer timer.Stop()
	select {
	case <-p.free:
		return p.best(kind), nil
	case <-ctx.Done():
		return slot{}, context.Cause(ctx)
	case <-timer.C:
		return slot{}, ErrBusy
	}
}

// tryTake takes a slot in which nothing waits, if there is one.
func (p *pool) tryTake() (slot, bool) {
	select {
	case <-p.free:
	default:
		return slot{}, false
	}
	sl := p.best(nothing)
	if sl.waiting == nil {
		return sl, true
	}
	p.put(sl)
	return slot{}, false
}

// nothing is the kind of no process.
const nothing = "-"

// best removes a slot: one in which a process of the kind waits; else one in
// which nothing waits; else the one that has waited longest.
func (p *pool) best(kind string) slot {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, rank := 0, 0
	for i, sl := range p.slots {
		r := 1
		switch {
		case sl.waiting != nil && sl.waiting.kind == kind:
			r = 3
		case sl.waiting == nil:
			r = 2
		}
		if r > rank {
			found, rank = i, r
		}
	}
	sl := p.slots[found]
	p.slots = append(p.slots[:found], p.slots[found+1:]...)
	return sl
}
