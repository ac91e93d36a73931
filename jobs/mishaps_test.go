package jobs_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aca-executor/internal/pgtest"
	"aca-executor/jobs"
)

// onPostgres is for what only several connections can do to each other.
func onPostgres(t *testing.T) (url string, conn *pgx.Conn) {
	t.Helper()
	t.Parallel()
	s, err := postgres()
	if err != nil {
		t.Skip(err)
	}
	url = s.Database(t)
	conn, err = pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return url, conn
}

func mustExec(t *testing.T, on interface {
	Exec(context.Context, string, ...any) (int64, error)
}, sql string, args ...any) {
	t.Helper()
	if _, err := on.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// A job that is revoked just while it goes back into the line is revoked.
func TestRevokedWhileItGoesBack(t *testing.T) {
	db, conn := onPostgres(t)
	ctx := context.Background()
	r := start(t, options(db))
	job := r.submit(jobs.Submission{})
	mustExec(t, r, `UPDATE exec_job SET status = 'started', attempt = 1, worker = 'w', lease_until = $1`, time.Now().Add(time.Hour).UnixMilli())
	back, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := back.Exec(ctx, `UPDATE exec_job SET status = 'retry', worker = NULL, lease_until = NULL, started_at = NULL, due_at = 1, river_id = NULL`); err != nil {
		t.Fatal(err)
	}
	revoked := make(chan error, 1)
	go func() { _, _, err := r.Revoke(ctx, "", job.ID); revoked <- err }()
	waits := func() bool {
		n, _ := r.Count(ctx, `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE exec_job%' AND datname = current_database()`)
		return n > 0
	}
	for deadline := time.Now().Add(4 * time.Second); !waits() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	if err := back.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-revoked; err != nil {
		t.Fatal(err)
	}
	if got := worker(t, options(db), 1, echo).ended(job.ID); got.Status != jobs.Revoked {
		t.Errorf("it was run: %+v", got)
	}
}

// Whoever gets a job a second time gives up its first run.
func TestTheSameJobAgain(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		o := options(db)
		o.Lease = time.Hour
		b := newBlocking()
		r := worker(t, o, 2, b.run)
		r.submit(jobs.Submission{})
		b.next(t)
		mustExec(t, r, `UPDATE exec_job SET status = 'retry', worker = NULL, lease_until = NULL, river_id = NULL, due_at = 0`)
		b.next(t)
		b.wantEnded(t)
	})
}

// A process that starts when a database is back knows nothing of how long it was away.
func TestStartAfterAnOutage(t *testing.T) {
	t.Parallel()
	pg := pgtest.Start(t)
	o := options(pg.Database(t))
	o.Lease = 3 * time.Second
	b := newBlocking()
	r := worker(t, o, 1, b.run)
	job := r.submit(jobs.Submission{})
	b.next(t)
	pg.Down()
	time.Sleep(o.Lease + 2*time.Second) // this is about time that passes
	if err := pg.Up(); err != nil {
		t.Fatal(err)
	}
	start(t, o)
	r.unavailable(false)
	close(b.release)
	if got := r.ended(job.ID); got.Attempt != 1 || got.Status != jobs.Success {
		t.Errorf("%+v", got)
	}
}

// Calls that are slow take nothing of what keeps jobs alive.
func TestSlowCalls(t *testing.T) {
	db, conn := onPostgres(t)
	ctx := context.Background()
	o := options(db)
	o.Lease = 2 * time.Second
	b := newBlocking()
	r := worker(t, o, 1, b.run)
	job := r.submit(jobs.Submission{})
	b.next(t)
	other := start(t, o) // which would take the job
	slow, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Rollback(ctx)
	if _, err := slow.Exec(ctx, `INSERT INTO exec_job (job_id, owner, idem_key, status, attempt, cancel_requested, language, weight, request, retries_left, redeliveries, created_at, due_at)
		VALUES ('x', 'o', 'k', 'revoked', 0, 0, 'c', 1, '{}', 0, 0, 0, 0)`); err != nil {
		t.Fatal(err)
	}
	until, stop := context.WithTimeout(ctx, 3*o.Lease)
	defer stop()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for until.Err() == nil { // each waits for that transaction
				r.Submit(until, jobs.Submission{Owner: "o", Key: "k", Request: []byte("{}"), Weight: 1})
			}
		})
	}
	wg.Wait()
	if got, err := other.Get(ctx, "", job.ID); err != nil || got.Status != jobs.Started || got.Attempt != 1 {
		t.Errorf("%+v %v", got, err)
	}
	close(b.release)
}

// A database that does not take a result is told that there is none.
func TestRefusedResult(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := worker(t, options(db), 1, func(ctx context.Context, c jobs.Claimed) jobs.Outcome {
			switch string(c.Request) {
			case "reason":
				return jobs.Outcome{Reason: &jobs.Problem{Code: "x", Detail: "a NUL \x00 and \xff"}}
			case "status":
				return jobs.Outcome{RunStatus: "\x00", Result: []byte("{}")}
			}
			return echo(ctx, c)
		})
		reason, status := r.submit(jobs.Submission{Request: []byte("reason")}), r.submit(jobs.Submission{Request: []byte("status")})
		good := r.submit(jobs.Submission{Request: []byte("good")})
		if got := r.ended(reason.ID); got.Reason == nil || got.Reason.Detail != "a NUL  and \uFFFD" {
			t.Errorf("%+v", got)
		}
		if got := r.ended(status.ID); strings.Contains(db, "postgres") && (got.Reason == nil || got.Reason.Code != "internal") {
			t.Errorf("%+v", got)
		}
		if got := r.ended(good.ID); got.Status != jobs.Success {
			t.Errorf("%+v", got)
		}
	})
}

// A job that waits for room, however long, is not taken for lost.
func TestWaitingForRoomIsNotLost(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		o := options(db)
		o.Lease = 2 * time.Second
		o.Gate, o.Run = noRoom{}, echo
		r := start(t, o)
		job := r.submit(jobs.Submission{})
		// It has waited for so long that it stays where it is.
		waits := func() bool {
			n, _ := r.Count(context.Background(), `SELECT count(*) FROM river_job WHERE state = 'running'`)
			return n > 0
		}
		for deadline := time.Now().Add(20 * time.Second); !waits() && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(3 * o.Lease) // this is about time that passes
		if n, err := r.Count(context.Background(), `SELECT count(*) FROM river_job WHERE state = 'discarded'`); n != 0 || err != nil {
			t.Errorf("%d deliveries were taken for lost: %v", n, err)
		}
		if got, err := r.Get(context.Background(), "", job.ID); err != nil || got.Status != jobs.Queued {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// A process that is stopped while it still waits for its database takes no jobs when
// that is there.
func TestStopWhileStarting(t *testing.T) {
	db, conn := onPostgres(t)
	ctx := context.Background()
	api := start(t, options(db))
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, jobs.MigrationLock); err != nil { // as another one that makes the tables
		t.Fatal(err)
	}
	r := worker(t, options(db), 1, echo)
	r.Drain()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, jobs.MigrationLock); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); !r.Usable() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	job := api.submit(jobs.Submission{})
	r.stop()
	if got, err := api.Get(ctx, "", job.ID); err != nil || got.Status != jobs.Queued {
		t.Errorf("%+v %v", got, err)
	}
}

// faulty passes connections on, and what goes over those that are broken is lost
// without a word, as when a database fails over.
type faulty struct {
	made, broken atomic.Int64
}

func newFaulty(t *testing.T, db string) (*faulty, string) {
	t.Helper()
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	target := u.Host
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	f := &faulty{}
	pass := func(n int64, to, from net.Conn) {
		defer to.Close()
		io.Copy(writer(func(b []byte) (int, error) {
			if n <= f.broken.Load() {
				return len(b), nil
			}
			return to.Write(b)
		}), from)
	}
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				client.Close()
				continue
			}
			n := f.made.Add(1)
			go pass(n, server, client)
			go pass(n, client, server)
		}
	}()
	u.Host = ln.Addr().String()
	return f, u.String()
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// Connections that break without a word: results are written over new ones.
func TestBrokenConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes as long as a write may")
	}
	db, _ := onPostgres(t)
	f, through := newFaulty(t, db)
	b := newBlocking()
	o := options(through)
	o.Lease = time.Minute
	worker(t, o, 2, b.run)
	direct := start(t, options(db))
	job := direct.submit(jobs.Submission{})
	b.next(t)
	f.broken.Store(f.made.Load())
	close(b.release)
	got, err := direct.Wait(context.Background(), "", job.ID, 2*time.Minute)
	if err != nil || got.Status != jobs.Success || got.Attempt != 1 {
		t.Errorf("%+v %v", got, err)
	}
}
