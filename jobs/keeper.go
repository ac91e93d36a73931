package jobs

import (
	"context"
	"errors"
	"time"
)

// keeper is what one process remembers between its rounds.
type keeper struct {
	failed bool             // to look for lost workers, the last time
	strays map[string]stray // jobs of which River says something else than their rows
}

type stray struct {
	river int64
	since time.Time
}

const (
	keepEvery    = 250 * time.Millisecond
	tidyEvery    = 5 * time.Second
	atOnce       = 200 // rows of one round
	redeliveries = 2   // after as many more workers were lost, a job is given up
	remembered   = 24 * time.Hour
)

// keep goes round until everything ends.
func (q *Queue) keep() {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	var tidied, searched time.Time
	for {
		select {
		case <-q.life.Done():
			return
		case now := <-tick.C:
			if !q.usable.Load() {
				continue
			}
			q.round("queue jobs that are due", q.queueDue)
			q.keeper.failed = q.watchful("take back jobs of lost workers", q.reap)
			if now.Sub(searched) > q.o.Lease/2 {
				searched = now
				q.round("find lost jobs", q.findStrays)
			}
			if now.Sub(tidied) > tidyEvery {
				tidied = now
				q.round("remove what has expired", q.expire)
				q.round("find the file of the jobs", func(context.Context) error { return q.db.intact() })
			}
		}
	}
}

func (q *Queue) round(what string, do func(context.Context) error) (failed bool) {
	ctx, cancel := context.WithTimeout(q.life, min(patience, q.o.Lease/2))
	defer cancel()
	return q.tell(what, do(ctx))
}

// watchful is round for what tells whether workers could say that they live.
func (q *Queue) watchful(what string, do func(context.Context) error) (failed bool) {
	if failed = q.round(what, do); failed {
		q.away.Store(time.Now().UnixNano())
	}
	return failed
}

// queueDue queues what was delayed, or is to be tried again after a while.
func (q *Queue) queueDue(ctx context.Context) error {
	now := ms(time.Now())
	const due = `FROM exec_job WHERE river_id IS NULL AND status IN ('pending', 'retry') AND due_at <= $1`
	if n, err := count(ctx, q.db, `SELECT count(*) FROM (SELECT 1 `+due+` LIMIT 1) AS few`, now); err != nil || n == 0 {
		return err
	}
	return q.db.begin(ctx, func(t tx) error {
		return requeue(ctx, t, task{}, `UPDATE exec_job SET status = CASE status WHEN 'pending' THEN 'queued' ELSE status END
			WHERE job_id IN (SELECT job_id `+due+` ORDER BY due_at LIMIT $2`+q.db.locked()+`)`+returnTask, now, atOnce)
	})
}

// reap gives the jobs of workers that do not say any more that they live to others.
//
// A database that was away could be told nothing. When it is back, who lives gets the
// time of a lease to say so.
func (q *Queue) reap(ctx context.Context) error {
	if q.keeper.failed { // the database was away until now
		q.away.Store(time.Now().UnixNano())
		return q.answers(ctx)
	}
	if time.Since(time.Unix(0, q.away.Load())) < q.o.Lease {
		return nil
	}
	const lost = `FROM exec_job WHERE status = 'started' AND lease_until < $1`
	now := time.Now()
	if n, err := count(ctx, q.db, `SELECT count(*) FROM (SELECT 1 `+lost+` LIMIT 1) AS few`, ms(now)); err != nil || n == 0 {
		return err
	}
	return q.db.begin(ctx, func(t tx) error {
		list, err := collect(ctx, t, func(r rows) (l lostJob, err error) { return l, r.Scan(&l.id, &l.attempt, &l.river) },
			`SELECT job_id, attempt, river_id `+lost+` ORDER BY lease_until LIMIT $2`+q.db.locked(), ms(now), atOnce)
		mine := q.runs.all()
		for _, l := range list {
			if h := mine[l.id]; err == nil && (h == nil || h.overdue(q.o.Longest)) { // else who has it lives
				err = q.takeBack(ctx, t, l, now)
			}
		}
		return err
	})
}

type lostJob struct {
	id      string
	attempt int
	river   *int64
}

func (q *Queue) takeBack(ctx context.Context, t tx, l lostJob, now time.Time) error {
	if l.river != nil {
		if err := discard(ctx, t, *l.river); err != nil {
			return err
		}
	}
	const own = ` WHERE job_id = $1 AND attempt = $2 AND status = 'started'`
	args := []any{l.id, l.attempt, ms(now), ms(now.Add(q.o.ResultTTL)), redeliveries}
	n, err := t.exec(ctx, `UPDATE exec_job SET status = 'failure', error_code = '`+WorkerLost+`',
		error_detail = 'whoever ran it was lost, each time: it may be that the program is why',
		finished_at = $3, expires_at = $4, worker = NULL, lease_until = NULL`+own+` AND redeliveries >= $5 AND cancel_requested = 0`, args...)
	if err != nil || n > 0 {
		return err
	}
	return requeue(ctx, t, task{Back: true}, `UPDATE exec_job SET `+goesBack+`, redeliveries = redeliveries + 1`+own+returnTask, args[:4]...)
}

// discard has River show what was delivered to somebody who is lost as what it is: it
// would be shown as running until much later.
func discard(ctx context.Context, t tx, id int64) error {
	_, err := t.exec(ctx, `UPDATE river_job SET state = 'discarded', finalized_at = CURRENT_TIMESTAMP WHERE id = $1 AND state = 'running'`, id)
	return err
}

// findStrays queues jobs again that nobody will get: they wait, but River has
// delivered them to somebody who died before he claimed them, or was made to forget
// them. Whoever has one waiting for room says so; what is only on its way looks the same
// for a moment, so it has to look so for the time of a lease.
func (q *Queue) findStrays(ctx context.Context) error {
	type found struct {
		id    string
		river int64
	}
	list, err := collect(ctx, q.db, func(r rows) (f found, err error) { return f, r.Scan(&f.id, &f.river) },
		`SELECT e.job_id, e.river_id FROM exec_job e LEFT JOIN river_job r ON r.id = e.river_id
		WHERE e.status IN `+waiting+` AND e.river_id IS NOT NULL AND (r.id IS NULL OR r.state NOT IN ('available', 'scheduled', 'retryable', 'pending'))
		AND (e.lease_until IS NULL OR e.lease_until < $2) LIMIT $1`, atOnce, ms(time.Now()))
	if err != nil {
		return err
	}
	now := time.Now()
	strays := make(map[string]stray, len(list))
	for _, f := range list {
		s, known := q.keeper.strays[f.id]
		if !known || s.river != f.river {
			s = stray{f.river, now}
		}
		strays[f.id] = s
		if now.Sub(s.since) < q.o.Lease {
			continue
		}
		err := q.db.begin(ctx, func(t tx) error {
			if err := requeue(ctx, t, task{Back: true}, `UPDATE exec_job SET river_id = NULL WHERE job_id = $1 AND river_id = $2 AND status IN `+waiting+returnTask, f.id, f.river); err != nil {
				return err
			}
			return discard(ctx, t, f.river)
		})
		if err != nil {
			return err
		}
	}
	q.keeper.strays = strays
	return nil
}

// expire removes what was kept for its time: first requests and results, a day later
// the rest, which until then says that there was something.
func (q *Queue) expire(ctx context.Context) error {
	now := time.Now()
	return errors.Join(
		q.inParts(ctx, `UPDATE exec_job SET request = '', result = NULL, result_size = NULL, idem_key = NULL, expires_at = NULL, forget_at = $3
			WHERE job_id IN (SELECT job_id FROM exec_job WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`+q.db.locked()+`)`, ms(now), atOnce, ms(now.Add(remembered))),
		q.inParts(ctx, `DELETE FROM exec_job WHERE job_id IN (SELECT job_id FROM exec_job WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2`+q.db.locked()+`)`, ms(now), atOnce),
	)
}

// inParts does something to so many rows at a time until there are no more, or it is
// enough for a round.
func (q *Queue) inParts(ctx context.Context, sql string, args ...any) error {
	const most = 25
	for range most {
		if n, err := q.db.exec(ctx, sql, args...); err != nil || n < atOnce {
			return err
		}
	}
	return nil
}

// beats says again and again that this process lives and has its jobs, and learns
// which of them it is to give up.
func (q *Queue) beats() {
	const slowest = time.Second // which is half the time in which a revoked program has to be gone
	tick := time.NewTicker(min(q.o.Lease/3, slowest))
	defer tick.Stop()
	for {
		select {
		case <-q.life.Done():
			return
		case <-tick.C:
		case <-q.beatNow:
		}
		if q.usable.Load() {
			q.watchful("extend the lease of jobs", q.beat)
		}
	}
}

func (q *Queue) lookNow() {
	select {
	case q.beatNow <- struct{}{}:
	default:
	}
}

func (q *Queue) beat(ctx context.Context) error {
	return errors.Join(q.beatWaiting(ctx), q.beatRunning(ctx))
}

// beatWaiting says that jobs which wait for room here are not lost.
func (q *Queue) beatWaiting(ctx context.Context) error {
	delivered := q.runs.delivered()
	if len(delivered) == 0 {
		return nil
	}
	_, err := q.db.exec(ctx, `UPDATE exec_job SET lease_until = $1 WHERE status IN `+waiting+` AND river_id IN `+in(2, len(delivered)),
		append([]any{ms(time.Now().Add(q.o.Lease))}, delivered...)...)
	return err
}

func (q *Queue) beatRunning(ctx context.Context) error {
	mine := q.runs.all()
	args := []any{ms(time.Now().Add(q.o.Lease)), q.name}
	for id, h := range mine {
		if h.overdue(q.o.Longest) {
			h.giveUp(errFenced)
			delete(mine, id)
			continue
		}
		args = append(args, id)
	}
	if len(mine) == 0 {
		return nil
	}
	_, err := collect(ctx, q.db, func(r rows) (struct{}, error) {
		var id string
		var attempt, cancel int
		err := r.Scan(&id, &attempt, &cancel)
		if h := mine[id]; h != nil && h.attempt == attempt {
			delete(mine, id)
			if cancel != 0 {
				h.giveUp(errRevoked)
			}
		}
		return struct{}{}, err
	}, `UPDATE exec_job SET lease_until = $1 WHERE worker = $2 AND status = 'started' AND job_id IN `+in(3, len(mine))+` RETURNING job_id, attempt, cancel_requested`, args...)
	if err != nil {
		return err
	}
	for _, h := range mine { // that are not ours any more, or over
		h.giveUp(errFenced)
	}
	return nil
}
