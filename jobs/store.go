package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Everybody is the owner for who may see all jobs.
const Everybody = "*"

// Submit keeps a request. Where one with its key was kept before, that one's job is
// returned, and it is not new.
func (q *Queue) Submit(ctx context.Context, s Submission) (job Job, isNew bool, err error) {
	err = q.ask(ctx, func(ctx context.Context) error {
		for range 2 { // who loses the race for a key finds the winner's
			if job, isNew, err = q.submit(ctx, s); !errors.Is(err, errKeyTaken) {
				return err
			}
		}
		return err
	})
	return job, isNew, err
}

var errKeyTaken = errors.New("another submission had the key first")

func (q *Queue) submit(ctx context.Context, s Submission) (Job, bool, error) {
	if s.Key != "" {
		job, err := q.byKey(ctx, s)
		if !errors.Is(err, ErrUnknown) {
			return job, false, err
		}
	}
	n, err := count(ctx, q.db, `SELECT count(*) FROM (SELECT 1 FROM exec_job WHERE status IN `+waiting+` LIMIT $1) AS few`, q.o.MaxQueued)
	if err != nil {
		return Job{}, false, err
	}
	if n >= q.o.MaxQueued {
		return Job{}, false, ErrTooMany
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Job{}, false, err
	}
	now := time.Now()
	job := Job{ID: id.String(), Status: Queued, Language: s.Language, Created: now, Due: now.Add(s.Delay)}
	if s.Delay > 0 {
		job.Status = Pending // it is queued when it is due
	}
	return job, true, q.db.begin(ctx, func(t tx) error { return insert(ctx, t, job, s) })
}

func insert(ctx context.Context, t tx, job Job, s Submission) error {
	var river *int64
	if job.Status == Queued {
		ids, err := t.enqueue(ctx, task{JobID: job.ID, Weight: s.Weight})
		if err != nil {
			return err
		}
		river = &ids[0]
	}
	n, err := t.exec(ctx, `INSERT INTO exec_job
		(job_id, river_id, owner, idem_key, status, attempt, cancel_requested, language, weight, request, retries_left, redeliveries, created_at, due_at)
		VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $8, $9, 0, $10, $11) ON CONFLICT (owner, idem_key) DO NOTHING`,
		job.ID, river, s.Owner, orNull(s.Key), string(job.Status), s.Language, s.Weight, string(s.Request), s.Retries, ms(job.Created), ms(job.Due))
	if err == nil && n == 0 {
		return errKeyTaken
	}
	return err
}

// byKey finds the job of a key, if its request was the same. A key is free again when
// the job's result has expired, whether or not that was removed yet.
func (q *Queue) byKey(ctx context.Context, s Submission) (Job, error) {
	_, err := q.db.exec(ctx, `UPDATE exec_job SET idem_key = NULL WHERE owner = $1 AND idem_key = $2 AND expires_at <= $3`, s.Owner, s.Key, ms(time.Now()))
	if err != nil {
		return Job{}, err
	}
	var same bool
	list, err := collect(ctx, q.db, func(r rows) (Job, error) { return scan(r, &same) },
		`SELECT `+columns+`, request = $3 FROM exec_job WHERE owner = $1 AND idem_key = $2`, s.Owner, s.Key, string(s.Request))
	switch {
	case err != nil:
		return Job{}, err
	case len(list) == 0:
		return Job{}, ErrUnknown
	case !same:
		return Job{}, ErrKeyReused
	}
	return list[0], nil
}

// largeResult is the size from which a result is only read by who has room for it.
const largeResult = 64 << 10

// Get is a job as it is now, with its result if that is not large.
func (q *Queue) Get(ctx context.Context, owner, id string) (job Job, err error) {
	return job, q.ask(ctx, func(ctx context.Context) error { job, err = q.get(ctx, owner, id); return err })
}

// Result is the result of a job, however large it is: see Job.ResultSize.
func (q *Queue) Result(ctx context.Context, owner, id string) (result []byte, err error) {
	return result, q.ask(ctx, func(ctx context.Context) error {
		list, err := collect(ctx, q.db, func(r rows) (text []byte, err error) { return text, r.Scan(&text) },
			`SELECT result FROM exec_job WHERE job_id = $1 AND ($2 = '`+Everybody+`' OR owner = $2) AND result IS NOT NULL`, id, owner)
		if err == nil && len(list) == 0 {
			err = ErrExpired // just now
		}
		if err == nil {
			result = list[0]
		}
		return err
	})
}

func (q *Queue) get(ctx context.Context, owner, id string) (Job, error) {
	if _, err := uuid.Parse(id); err != nil { // nor would every database take it for text
		return Job{}, ErrUnknown
	}
	var result []byte
	var expires, forget *int64
	list, err := collect(ctx, q.db, func(r rows) (Job, error) { return scan(r, &result, &expires, &forget) },
		`SELECT `+columns+`, CASE WHEN result_size <= $3 THEN result END, expires_at, forget_at
		FROM exec_job WHERE job_id = $1 AND ($2 = '`+Everybody+`' OR owner = $2)`, id, owner, largeResult)
	now := ms(time.Now())
	switch {
	case err != nil:
		return Job{}, err
	case len(list) == 0:
		return Job{}, ErrUnknown
	case forget != nil, expires != nil && *expires <= now:
		return Job{}, ErrExpired
	}
	job := list[0]
	job.Result = result
	if job.Status == Queued || job.Status == Retry && ms(job.Due) <= now {
		ahead, err := count(ctx, q.db, `SELECT count(*) FROM exec_job WHERE status IN `+waiting+` AND due_at <= $3 AND (due_at, job_id) < ($1, $2)`, ms(job.Due), id, now)
		if err != nil {
			return Job{}, err
		}
		job.Position = int(ahead) + 1
	}
	return job, nil
}

// Page is some of an owner's jobs, newest first.
type Page struct {
	Jobs   []Job
	Next   string // the cursor of the page behind it; empty for the last
	Counts map[Status]int64
}

// List is a page of jobs, those behind a cursor where there is one, and of one status
// where there is one. Counts are of all of the owner's jobs.
func (q *Queue) List(ctx context.Context, owner string, status Status, limit int, cursor string) (page Page, err error) {
	return page, q.ask(ctx, func(ctx context.Context) error { page, err = q.list(ctx, owner, status, limit, cursor); return err })
}

func (q *Queue) list(ctx context.Context, owner string, status Status, limit int, cursor string) (Page, error) {
	var where conditions
	where.add("forget_at IS NULL")
	if owner != Everybody {
		where.add("owner = $%d", owner)
	}
	page := Page{Counts: map[Status]int64{}}
	var state string
	var n int64
	_, err := collect(ctx, q.db, func(r rows) (struct{}, error) {
		err := r.Scan(&state, &n)
		page.Counts[Status(state)] = n
		return struct{}{}, err
	}, `SELECT status, count(*) FROM exec_job`+where.String()+` GROUP BY status`, where.args...)
	if err != nil {
		return Page{}, err
	}
	if status != "" {
		where.add("status = $%d", string(status))
	}
	if cursor != "" {
		where.add("job_id < $%d", cursor)
	}
	order := fmt.Sprintf(" ORDER BY job_id DESC LIMIT %d", limit+1)
	page.Jobs, err = collect(ctx, q.db, func(r rows) (Job, error) { return scan(r) }, `SELECT `+columns+` FROM exec_job`+where.String()+order, where.args...)
	if err == nil && len(page.Jobs) > limit {
		page.Jobs = page.Jobs[:limit]
		page.Next = page.Jobs[limit-1].ID
	}
	return page, err
}

// conditions is a WHERE.
type conditions struct {
	parts []string
	args  []any
}

// add adds one, in which %d is the number of its argument.
func (c *conditions) add(part string, args ...any) {
	for _, arg := range args {
		c.args = append(c.args, arg)
		part = fmt.Sprintf(part, len(c.args))
	}
	c.parts = append(c.parts, part)
}

func (c conditions) String() string { return " WHERE " + strings.Join(c.parts, " AND ") }

// Revoke ends a job: at once where it waits, and where it runs as soon as whoever runs
// it notices. What it returns is the job as it is then; one that had ended stays as it was.
func (q *Queue) Revoke(ctx context.Context, owner, id string) (was Status, job Job, err error) {
	err = q.ask(ctx, func(ctx context.Context) error {
		was, err = q.revoke(ctx, owner, id)
		if err != nil {
			return err
		}
		job, err = q.get(ctx, owner, id)
		return err
	})
	if err == nil {
		q.hub.tell(id)
		q.lookNow()
	}
	return was, job, err
}

func (q *Queue) revoke(ctx context.Context, owner, id string) (was Status, err error) {
	job, err := q.get(ctx, owner, id)
	if err != nil || job.Status.Ended() {
		return job.Status, err
	}
	type revoked struct {
		status Status
		river  *int64
	}
	now := time.Now()
	err = q.db.begin(ctx, func(t tx) error {
		// One statement: between two, a job that goes back into the line would be seen by
		// neither.
		list, err := collect(ctx, t, func(r rows) (v revoked, err error) {
			var status string
			err = r.Scan(&status, &v.river)
			v.status = Status(status)
			return v, err
		}, `UPDATE exec_job SET cancel_requested = 1, status = CASE status WHEN 'started' THEN status ELSE 'revoked' END,
			finished_at = CASE status WHEN 'started' THEN NULL ELSE CAST($1 AS bigint) END,
			expires_at = CASE status WHEN 'started' THEN NULL ELSE CAST($2 AS bigint) END
			WHERE job_id = $3 AND finished_at IS NULL RETURNING status, river_id`, ms(now), ms(now.Add(q.o.ResultTTL)), id)
		switch {
		case err != nil:
			return err
		case len(list) == 0: // it has ended just now
			was, err = stateIn(ctx, t, id)
			return err
		case list[0].status == Started:
			was = Started
			return nil
		}
		if was = job.Status; was == Started { // and has just gone back
			was = Retry
		}
		if list[0].river == nil {
			return nil
		}
		return t.drop(ctx, *list[0].river)
	})
	return was, err
}

func stateIn(ctx context.Context, t tx, id string) (Status, error) {
	list, err := collect(ctx, t, func(r rows) (status string, err error) { return status, r.Scan(&status) }, `SELECT status FROM exec_job WHERE job_id = $1`, id)
	if err != nil || len(list) == 0 {
		return "", errors.Join(err, ErrUnknown)
	}
	return Status(list[0]), nil
}

// columns are what is known of a job without its request and its result.
const columns = `job_id, status, language, attempt, created_at, due_at, started_at, finished_at, run_status, result_size, error_code, error_detail`

// scan reads those columns, and what comes behind them.
func scan(r rows, more ...any) (Job, error) {
	var j Job
	var status string
	var created, due int64
	var started, finished, size *int64
	var runStatus, code, detail *string
	err := r.Scan(append([]any{&j.ID, &status, &j.Language, &j.Attempt, &created, &due, &started, &finished, &runStatus, &size, &code, &detail}, more...)...)
	if err != nil {
		return Job{}, err
	}
	j.Status, j.Created, j.Due = Status(status), time.UnixMilli(created), time.UnixMilli(due)
	for _, t := range []struct {
		ms *int64
		to *time.Time
	}{{started, &j.Started}, {finished, &j.Finished}} {
		if t.ms != nil {
			*t.to = time.UnixMilli(*t.ms)
		}
	}
	if runStatus != nil {
		j.RunStatus = *runStatus
	}
	if size != nil {
		j.ResultSize = *size
	}
	if code != nil && detail != nil {
		j.Reason = &Problem{*code, *detail}
	}
	return j, nil
}

// collect is all rows of a query.
func collect[T any](ctx context.Context, q querier, scan func(rows) (T, error), sql string, args ...any) (list []T, err error) {
	r, err := q.query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() {
		v, err := scan(r)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, r.Err()
}

func count(ctx context.Context, q querier, sql string, args ...any) (int64, error) {
	list, err := collect(ctx, q, func(r rows) (n int64, err error) { return n, r.Scan(&n) }, sql, args...)
	if err != nil {
		return 0, err
	}
	return list[0], nil
}

// in is the list of n parameters from a number on.
func in(from, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("$%d", from+i)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

func ms(t time.Time) int64 { return t.UnixMilli() }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
