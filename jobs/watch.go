package jobs

import (
	"context"
	"sync"
	"time"
)

// hub tells who waits for jobs that something became of them.
type hub struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]bool
}

func (h *hub) join(id string) (told chan struct{}, leave func()) {
	told = make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting == nil {
		h.waiting = map[string]map[chan struct{}]bool{}
	}
	if h.waiting[id] == nil {
		h.waiting[id] = map[chan struct{}]bool{}
	}
	h.waiting[id][told] = true
	return told, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if delete(h.waiting[id], told); len(h.waiting[id]) == 0 {
			delete(h.waiting, id)
		}
	}
}

func (h *hub) tell(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for told := range h.waiting[id] {
		select {
		case told <- struct{}{}:
		default: // it was told already
		}
	}
}

// ids are some jobs that somebody waits for, in parts of the size that a query takes.
func (h *hub) ids(most int) (parts [][]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range h.waiting {
		if n := len(parts); n == 0 || len(parts[n-1]) == most {
			parts = append(parts, nil)
		}
		last := &parts[len(parts)-1]
		*last = append(*last, id)
	}
	return parts
}

// Wait is Get when the job has ended, or when the time has passed, or this process is
// about to stop.
func (q *Queue) Wait(ctx context.Context, owner, id string, most time.Duration) (Job, error) {
	told, leave := q.hub.join(id)
	defer leave()
	timer := time.NewTimer(most)
	defer timer.Stop()
	for over := false; ; {
		job, err := q.Get(ctx, owner, id)
		if err != nil || over || job.Status.Ended() {
			return job, err
		}
		select {
		case <-told:
		case <-timer.C:
			over = true
		case <-q.stopping.Done():
			over = true
		case <-ctx.Done():
			return Job{}, context.Cause(ctx)
		}
	}
}

// watch looks after the jobs that somebody waits for here and that other processes
// have: one query for all of them.
func (q *Queue) watch() {
	const every, most = 100 * time.Millisecond, 500
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-q.life.Done():
			return
		case <-tick.C:
		}
		for _, ids := range q.hub.ids(most) {
			if !q.usable.Load() {
				break
			}
			q.round("look after jobs that are waited for", func(ctx context.Context) error {
				ended, err := collect(ctx, q.db, func(r rows) (id string, err error) { return id, r.Scan(&id) },
					`SELECT job_id FROM exec_job WHERE finished_at IS NOT NULL AND job_id IN `+in(1, len(ids)), ids...)
				for _, id := range ended {
					q.hub.tell(id)
				}
				return err
			})
		}
	}
}
