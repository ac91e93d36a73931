package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"modernc.org/sqlite"
)

// task is what River delivers: a job, in one of its epochs.
type task struct {
	JobID  string `json:"job_id"`
	Epoch  int    `json:"epoch"`
	Weight int64  `json:"weight"`
	// Turn is when the job first came to a gate, in milliseconds; 0 if it did not yet.
	Turn int64 `json:"turn,omitempty"`
	// Back is set where it was taken out of the line before.
	Back bool `json:"back,omitempty"`
}

// Kind is River's name for it.
func (task) Kind() string { return "execute" }

// priority is River's, where 1 comes first: what was at the head of the line before is
// there again.
func (t task) priority() int {
	if t.Back {
		return 1
	}
	return 2
}

// worker gets what River delivers. It never returns an error: what becomes of a job
// stands in its row.
type worker struct {
	river.WorkerDefaults[task]
	q *Queue
}

// Work runs a job, unless somebody else does.
func (w *worker) Work(ctx context.Context, delivered *river.Job[task]) error {
	// The client, which is in it, is needed to the end; River's stop is not ours.
	w.q.deliver(context.WithoutCancel(ctx), delivered)
	return nil
}

// deliver takes room for a job, claims it, and runs it. Room comes first: a job that
// waits for some is still queued, and goes to another replica if it finds none here.
func (q *Queue) deliver(ctx context.Context, d *river.Job[task]) {
	since := time.Now()
	if d.Args.Turn > 0 {
		since = time.UnixMilli(d.Args.Turn)
	}
	defer q.runs.wait(d.ID)()
	for b := (backoff{}); ; {
		leave, err := q.enter(d.Args.Weight, since)
		if err != nil {
			q.handBack(ctx, d, since)
			q.letOthers()
			return
		}
		c, err := q.claim(ctx, d)
		switch {
		case err == nil:
			q.tell(claiming, nil)
			q.run(ctx, d, c, leave)
			return
		case errors.Is(err, errSuperseded):
			leave()
			q.persist(ctx, func(ctx context.Context, t tx) error { return t.done(ctx, d) })
			return
		}
		leave()
		// Room is not for waiting for a database.
		for q.tell(claiming, err) {
			if !b.pause(q.stopping) {
				return // the keepers find it
			}
			err = q.answers(ctx)
		}
	}
}

const claiming = "claim a job"

// answers says whether the database does.
func (q *Queue) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := count(ctx, q.db, `SELECT count(*) FROM exec_job WHERE job_id = ''`)
	return err
}

// Waiting at the gate. A job that finds no room for a while goes to whichever replica
// is first to ask, which may be this one again; one that is not passed over any more
// stays where its turn has come.
const (
	handBackAfter = 2 * time.Second
	staysAfter    = 28 * time.Second       // the gate's patience, less that
	othersFirst   = 600 * time.Millisecond // in which all of them look for jobs
)

// letOthers keeps this process from getting what it has just handed back at once: River
// delivers nothing in the place of a job that is not done yet.
func (q *Queue) letOthers() {
	select {
	case <-q.stopping.Done():
	case <-time.After(othersFirst):
	}
}

func (q *Queue) enter(weight int64, since time.Time) (leave func(), err error) {
	ctx, cancel := context.WithCancel(q.stopping)
	defer cancel()
	if time.Since(since) < staysAfter {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, handBackAfter)
		defer stop()
	}
	leave, err = q.o.Gate.EnterJob(ctx, weight, since)
	if err == nil && q.stopping.Err() != nil { // room came about just then
		leave()
		return nil, q.stopping.Err()
	}
	return leave, err
}

// errSuperseded means that there is nothing to do any more.
var errSuperseded = errors.New("the job was claimed by somebody else, or revoked")

// claimed is a job that this process has.
type claimed struct {
	Claimed
	attempt int
	retries int
	lost    int // how many times it came to nothing for no fault of its own
}

// claim makes a job this process' own. The epoch sees to it that it is nobody else's.
func (q *Queue) claim(ctx context.Context, d *river.Job[task]) (claimed, error) {
	const hurry = 3 * time.Second // it has room, which others wait for
	ctx, cancel := context.WithTimeout(ctx, hurry)
	defer cancel()
	now := time.Now()
	list, err := collect(ctx, q.db, func(r rows) (claimed, error) {
		c := claimed{Claimed: Claimed{ID: d.Args.JobID}}
		var request string
		var due int64
		err := r.Scan(&c.attempt, &request, &due, &c.retries, &c.lost)
		c.Request, c.Queued = []byte(request), max(now.Sub(time.UnixMilli(due)), 0)
		return c, err
	}, `UPDATE exec_job SET status = 'started', attempt = attempt + 1, worker = $1, lease_until = $2, started_at = $3, river_id = $4
		WHERE job_id = $5 AND attempt = $6 AND status IN `+waiting+` RETURNING attempt, request, due_at, retries_left, redeliveries`,
		q.name, ms(now.Add(q.o.Lease)), ms(now), d.ID, d.Args.JobID, d.Args.Epoch)
	if err != nil {
		return claimed{}, err
	}
	if len(list) == 0 {
		return claimed{}, errSuperseded
	}
	return list[0], nil
}

// Why a run is given up.
var (
	errRevoked = errors.New("the job was revoked")
	errFenced  = errors.New("the job is somebody else's by now")
)

// runs are the jobs that this process has.
type runs struct {
	mu      sync.Mutex
	byID    map[string]*held
	waiting map[int64]bool // what River has delivered, and there is no room for yet
}

type held struct {
	attempt int
	since   time.Time
	giveUp  context.CancelCauseFunc
}

// overdue says whether it goes on for longer than anything can: then it is not kept
// alive, and somebody else gets the job.
func (h *held) overdue(longest time.Duration) bool { return time.Since(h.since) > longest+time.Minute }

func (r *runs) add(c claimed, giveUp context.CancelCauseFunc) (remove func()) {
	h := &held{c.attempt, time.Now(), giveUp}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID == nil {
		r.byID = map[string]*held{}
	}
	if before := r.byID[c.ID]; before != nil { // which was lost, and has come here again
		before.giveUp(errFenced)
	}
	r.byID[c.ID] = h
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.byID[c.ID] == h {
			delete(r.byID, c.ID)
		}
	}
}

// wait notes a delivery that waits for room.
func (r *runs) wait(id int64) (over func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		r.waiting = map[int64]bool{}
	}
	r.waiting[id] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waiting, id)
	}
}

func (r *runs) delivered() (ids []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.waiting {
		ids = append(ids, id)
	}
	return ids
}

func (r *runs) all() map[string]*held {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[string]*held, len(r.byID))
	for id, h := range r.byID {
		all[id] = h
	}
	return all
}

// run runs a job that this process has claimed, and writes down what came of it. The
// lease is held until that is written, however long the database is away.
func (q *Queue) run(ctx context.Context, d *river.Job[task], c claimed, leave func()) {
	defer leave() // of a panic
	work, giveUp := context.WithCancelCause(q.work)
	defer giveUp(nil)
	defer q.runs.add(c, giveUp)()
	outcome := q.o.Run(work, c.Claimed)
	leave()
	e := decide(outcome, context.Cause(work), c, q.stopping.Err() != nil)
	q.persist(ctx, func(ctx context.Context, t tx) error {
		if err := q.write(ctx, t, c, e); err != nil {
			if refused(err) { // also the next time
				e = ending{status: Failure, outcome: Outcome{Reason: &Problem{"internal", "the database does not take the result"}}}
			}
			return err
		}
		return t.done(ctx, d)
	})
	q.hub.tell(c.ID)
}

// refused says whether a database will not have what it was given, now or later.
func refused(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		const dataException, limitExceeded = "22", "54"
		return strings.HasPrefix(pg.Code, dataException) || strings.HasPrefix(pg.Code, limitExceeded)
	}
	const tooBig = 18
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == tooBig
}

// ending is what becomes of a job after a run.
type ending struct {
	status  Status
	outcome Outcome
	wait    time.Duration // of a retry
	now     bool          // a retry that is queued at once
	spent   int           // retries of the submission's
	lost    int           // redeliveries
	nothing bool
}

// decide says what becomes of a job after a run.
func decide(o Outcome, cause error, c claimed, stopping bool) ending {
	const pause, longPause = time.Second, 2 * time.Second // what hindered it here has to pass
	switch {
	case errors.Is(cause, errFenced):
		return ending{nothing: true}
	case errors.Is(cause, errRevoked) && o.Result == nil:
		return ending{status: Revoked}
	case o.Again && o.Reason != nil && c.lost >= redeliveries:
		return ending{status: Failure, outcome: o}
	case o.Again && stopping:
		return ending{status: Retry, now: true}
	case o.Again && o.Reason != nil:
		return ending{status: Retry, wait: longPause, lost: 1}
	case o.Again:
		return ending{status: Retry, wait: pause}
	case o.Success:
		return ending{status: Success, outcome: o}
	case c.retries > 0 && !o.Final && !errors.Is(cause, errRevoked):
		return ending{status: Retry, wait: retryAfter(c.attempt), spent: 1}
	}
	return ending{status: Failure, outcome: o}
}

// retryAfter is the time until a program is tried once more.
func retryAfter(attempt int) time.Duration {
	const most = time.Minute
	return min(time.Second<<min(attempt-1, 10), most)
}

// write writes an ending down, if the job is still this process' own.
func (q *Queue) write(ctx context.Context, t tx, c claimed, e ending) error {
	const own = `job_id = $1 AND attempt = $2 AND status = 'started'`
	now := time.Now()
	expires := now.Add(q.o.ResultTTL)
	switch {
	case e.nothing:
		return nil
	case e.status == Retry && e.now:
		return requeue(ctx, t, task{Back: true}, `UPDATE exec_job SET `+goesBack+` WHERE `+own+returnTask, c.ID, c.attempt, ms(now), ms(expires))
	case e.status == Retry: // a keeper queues it when it is due
		_, err := t.exec(ctx, `UPDATE exec_job SET `+goesBack+`, due_at = $5, retries_left = retries_left - $6, redeliveries = redeliveries + $7 WHERE `+own,
			c.ID, c.attempt, ms(now), ms(expires), ms(now.Add(e.wait)), e.spent, e.lost)
		return err
	}
	var code, detail, result *string
	var size *int64
	if r := e.outcome.Reason; r != nil {
		text := strings.ToValidUTF8(strings.ReplaceAll(r.Detail, "\x00", ""), "\uFFFD") // which not every database takes
		code, detail = &r.Code, &text
	}
	if e.outcome.Result != nil {
		text, n := string(e.outcome.Result), int64(len(e.outcome.Result))
		result, size = &text, &n
	}
	_, err := t.exec(ctx, `UPDATE exec_job SET status = $5, finished_at = $3, expires_at = $4, result = $6, result_size = $7, run_status = $8,
		error_code = $9, error_detail = $10, worker = NULL, lease_until = NULL WHERE `+own,
		c.ID, c.attempt, ms(now), ms(expires), string(e.status), result, size, orNull(e.outcome.RunStatus), code, detail)
	return err
}

// goesBack makes a started job one that waits, or one that was revoked, if that was
// asked for meanwhile. $3 is the time, and $4 when it then expires.
const goesBack = `status = CASE cancel_requested WHEN 1 THEN 'revoked' ELSE 'retry' END,
	finished_at = CASE cancel_requested WHEN 1 THEN CAST($3 AS bigint) END,
	expires_at = CASE cancel_requested WHEN 1 THEN CAST($4 AS bigint) END,
	worker = NULL, lease_until = NULL, started_at = NULL, river_id = NULL`

// returnTask is what requeue has to know of the rows that an UPDATE changed.
const returnTask = ` RETURNING job_id, attempt, weight, status`

// requeue has those jobs delivered that an UPDATE has made waiting ones; what else is
// to be said to who gets them stands in as.
func requeue(ctx context.Context, t tx, as task, update string, args ...any) error {
	var tasks []task
	_, err := collect(ctx, t, func(r rows) (struct{}, error) {
		k, status := as, ""
		err := r.Scan(&k.JobID, &k.Epoch, &k.Weight, &status)
		if !Status(status).Ended() {
			tasks = append(tasks, k)
		}
		return struct{}{}, err
	}, update, args...)
	if err != nil || len(tasks) == 0 {
		return err
	}
	// Ids are in the order of time.
	slices.SortFunc(tasks, func(a, b task) int { return strings.Compare(a.JobID, b.JobID) })
	ids, err := t.enqueue(ctx, tasks...)
	if err != nil {
		return err
	}
	for i, k := range tasks {
		if _, err := t.exec(ctx, `UPDATE exec_job SET river_id = $1 WHERE job_id = $2`, ids[i], k.JobID); err != nil {
			return err
		}
	}
	return nil
}

// handBack gives a job that found no room here to whoever has some.
func (q *Queue) handBack(ctx context.Context, d *river.Job[task], since time.Time) {
	q.persist(ctx, func(ctx context.Context, t tx) error {
		err := requeue(ctx, t, task{Back: true, Turn: ms(since)},
			`UPDATE exec_job SET river_id = NULL WHERE job_id = $1 AND attempt = $2 AND river_id = $3 AND status IN `+waiting+returnTask,
			d.Args.JobID, d.Args.Epoch, d.ID)
		if err != nil {
			return err
		}
		return t.done(ctx, d)
	})
}

// persist writes something down, in one transaction, which is tried until it succeeds,
// or everything ends. A database can hang as well as refuse.
func (q *Queue) persist(ctx context.Context, do func(context.Context, tx) error) {
	const oneTry = 30 * time.Second // large results, and slow disks
	try := func() error {
		ctx, cancel := context.WithTimeout(ctx, oneTry)
		defer cancel()
		return q.db.begin(ctx, func(t tx) error { return do(ctx, t) })
	}
	for b := (backoff{}); q.tell("write to the database of the jobs", try()); {
		if !b.pause(q.life) {
			return
		}
	}
}
