package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aca-executor/internal/pgtest"
	"aca-executor/jobs"
)

// gate has room for so many.
type gate chan struct{}

func (g gate) JobUnits() int64 { return int64(cap(g)) }

func (g gate) EnterJob(ctx context.Context, _ int64, _ time.Time) (func(), error) {
	select {
	case g <- struct{}{}:
		return sync.OnceFunc(func() { <-g }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// postgres is one server for all tests but those that stop theirs.
var postgres = sync.OnceValues(pgtest.New)

func TestMain(m *testing.M) {
	code := m.Run()
	if s, err := postgres(); err == nil {
		s.Close()
	}
	os.Exit(code)
}

// eachKind runs a test on every kind of database, with one of its own.
func eachKind(t *testing.T, test func(t *testing.T, database string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "jobs.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		s, err := postgres()
		if errors.Is(err, pgtest.ErrMissing) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		test(t, s.Database(t))
	})
}

// replica is a process of the service, as far as jobs go.
type replica struct {
	*jobs.Queue
	t      *testing.T
	errors atomic.Int64
	work   context.CancelCauseFunc
	stop   func()
}

// options are what most tests want.
func options(database string) jobs.Options {
	return jobs.Options{
		Database: database, MaxQueued: 100, ResultTTL: time.Hour, Lease: time.Second, Longest: time.Minute,
		Log: slog.New(slog.DiscardHandler),
	}
}

func start(t *testing.T, o jobs.Options) *replica {
	t.Helper()
	r := &replica{t: t}
	o.OnError = func(err error) { r.errors.Add(1); t.Log(err) }
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Queue = q
	work, cancel := context.WithCancelCause(context.Background())
	r.work = cancel
	if err := q.Start(work); err != nil {
		t.Fatal(err)
	}
	q.Begin()
	r.stop = sync.OnceFunc(func() {
		q.Drain()
		cancel(errStopping)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := q.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

var errStopping = errors.New("stopping")

// worker is a replica whose programs are done by a function.
func worker(t *testing.T, o jobs.Options, units int, run func(context.Context, jobs.Claimed) jobs.Outcome) *replica {
	t.Helper()
	o.Gate, o.Run = make(gate, units), run
	return start(t, o)
}

// echo succeeds with the request.
func echo(_ context.Context, c jobs.Claimed) jobs.Outcome {
	return jobs.Outcome{RunStatus: "success", Success: true, Result: c.Request}
}

func (r *replica) submit(s jobs.Submission) jobs.Job {
	r.t.Helper()
	if s.Request == nil {
		s.Request = []byte(`{"n":1}`)
	}
	s.Weight = max(s.Weight, 1)
	job, _, err := r.Submit(context.Background(), s)
	if err != nil {
		r.t.Fatal(err)
	}
	return job
}

// ended waits for a job's end.
func (r *replica) ended(id string) jobs.Job {
	r.t.Helper()
	job, err := r.Wait(context.Background(), "", id, 30*time.Second)
	if err != nil {
		r.t.Fatal(err)
	}
	if !job.Status.Ended() {
		r.t.Fatalf("%s is still %s", id, job.Status)
	}
	return job
}

// becomes waits for a state.
func (r *replica) becomes(id string, want jobs.Status) jobs.Job {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		job, err := r.Get(context.Background(), "", id)
		if err != nil {
			r.t.Fatal(err)
		}
		if job.Status == want {
			return job
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s is %s, and never was %s", id, job.Status, want)
		}
	}
}

func TestSubmitAndFetch(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := worker(t, options(db), 2, echo)
		begin := time.Now()
		job := r.submit(jobs.Submission{Language: "python", Request: []byte(`{"code":"\u0000 é"}`)})
		if job.Status != jobs.Queued {
			t.Errorf("submitted: %+v", job)
		}
		job = r.ended(job.ID)
		if job.Status != jobs.Success || string(job.Result) != `{"code":"\u0000 é"}` || job.RunStatus != "success" || job.Attempt != 1 || job.Language != "python" {
			t.Errorf("%+v %s", job, job.Result)
		}
		if job.Started.Before(job.Created) || job.Finished.Before(job.Started) || job.Created.Before(begin.Add(-time.Millisecond)) {
			t.Errorf("created %v, started %v, finished %v", job.Created, job.Started, job.Finished)
		}
		for i := range 20 {
			if got := r.ended(r.submit(jobs.Submission{Request: []byte(fmt.Sprint(i))}).ID); string(got.Result) != fmt.Sprint(i) {
				t.Errorf("%d: %+v", i, got)
			}
		}
		large := r.ended(r.submit(jobs.Submission{Request: []byte(strings.Repeat("x", 1<<20))}).ID)
		if result, err := r.Result(context.Background(), "", large.ID); large.Result != nil || large.ResultSize != 1<<20 || len(result) != 1<<20 || err != nil {
			t.Errorf("a large one: %d bytes, said to be %d; read %d: %v", len(large.Result), large.ResultSize, len(result), err)
		}
		if _, err := r.Result(context.Background(), "you", large.ID); !errors.Is(err, jobs.ErrExpired) {
			t.Errorf("somebody else reads it: %v", err)
		}
		for _, id := range []string{"nope", "\x00", large.ID + "\x00", strings.ToUpper(large.ID) + "0"} {
			if _, err := r.Get(context.Background(), "", id); !errors.Is(err, jobs.ErrUnknown) {
				t.Errorf("%q: %v", id, err)
			}
		}
		if n := r.errors.Load(); n > 0 {
			t.Errorf("%d errors", n)
		}
	})
}

func TestFailures(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := worker(t, options(db), 2, func(_ context.Context, c jobs.Claimed) jobs.Outcome {
			if string(c.Request) == "broken" {
				return jobs.Outcome{Reason: &jobs.Problem{Code: "sandbox_error", Detail: "it broke"}}
			}
			return jobs.Outcome{RunStatus: "timeout", Result: []byte("{}")}
		})
		failed := r.ended(r.submit(jobs.Submission{}).ID)
		if failed.Status != jobs.Failure || failed.RunStatus != "timeout" || failed.Reason != nil || failed.Result == nil {
			t.Errorf("a program that failed: %+v", failed)
		}
		broken := r.ended(r.submit(jobs.Submission{Request: []byte("broken")}).ID)
		if broken.Status != jobs.Failure || broken.RunStatus != "" || broken.Result != nil || broken.Reason == nil || *broken.Reason != (jobs.Problem{Code: "sandbox_error", Detail: "it broke"}) {
			t.Errorf("one that could not be run: %+v", broken)
		}
	})
}

func TestDelay(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := worker(t, options(db), 1, echo)
		const delay = 700 * time.Millisecond
		job := r.submit(jobs.Submission{Delay: delay})
		if got, err := r.Get(context.Background(), "", job.ID); err != nil || got.Status != jobs.Pending || got.Position != 0 {
			t.Errorf("%+v %v", got, err)
		}
		got := r.ended(job.ID)
		if early := delay - got.Started.Sub(got.Created); early > time.Millisecond || got.Attempt != 1 {
			t.Errorf("started %v too early: %+v", early, got)
		}
	})
}

func TestRetries(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		var runs sync.Map
		r := worker(t, options(db), 2, func(_ context.Context, c jobs.Claimed) jobs.Outcome {
			n, _ := runs.LoadOrStore(c.ID, new(atomic.Int64))
			if n := n.(*atomic.Int64).Add(1); string(c.Request) == "third time" && n == 3 {
				return jobs.Outcome{RunStatus: "success", Success: true, Result: []byte(fmt.Sprint(n))}
			}
			return jobs.Outcome{RunStatus: "failed", Result: []byte("{}")}
		})
		lucky := r.submit(jobs.Submission{Request: []byte("third time"), Retries: 5})
		never := r.submit(jobs.Submission{Request: []byte("never"), Retries: 1})
		r.becomes(lucky.ID, jobs.Retry)
		if got := r.ended(lucky.ID); got.Status != jobs.Success || got.Attempt != 3 || string(got.Result) != "3" {
			t.Errorf("%+v", got)
		}
		if got := r.ended(never.ID); got.Status != jobs.Failure || got.Attempt != 2 || got.RunStatus != "failed" {
			t.Errorf("%+v", got)
		}
	})
}

// blocking runs jobs that go on until they are released, or given up.
type blocking struct {
	started chan string
	release chan struct{}
	ended   chan error // the causes of those that were given up
}

func newBlocking() *blocking {
	return &blocking{started: make(chan string, 100), release: make(chan struct{}), ended: make(chan error, 100)}
}

func (b *blocking) run(ctx context.Context, c jobs.Claimed) jobs.Outcome {
	b.started <- c.ID
	select {
	case <-b.release:
		return echo(ctx, c)
	case <-ctx.Done():
		b.ended <- context.Cause(ctx)
		return jobs.Outcome{Again: true}
	}
}

// next is the job that starts next.
func (b *blocking) next(t *testing.T) string {
	t.Helper()
	select {
	case id := <-b.started:
		return id
	case <-time.After(30 * time.Second):
		t.Fatal("nothing is started")
		return ""
	}
}

func (b *blocking) wantEnded(t *testing.T) {
	t.Helper()
	select {
	case <-b.ended:
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on")
	}
}

func TestRevoke(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		b := newBlocking()
		here := worker(t, options(db), 1, b.run)
		there := start(t, options(db))
		ctx := context.Background()
		revoke := func(r *replica, id string, was, is jobs.Status) {
			t.Helper()
			before, job, err := r.Revoke(ctx, "", id)
			quick := was == jobs.Started && job.Status == jobs.Revoked // it has ended already
			if err != nil || before != was || job.Status != is && !quick {
				t.Errorf("it was %s, and is %s (%v); want %s and %s", before, job.Status, err, was, is)
			}
		}
		delayed := here.submit(jobs.Submission{Delay: time.Hour})
		revoke(here, delayed.ID, jobs.Pending, jobs.Revoked)
		revoke(here, delayed.ID, jobs.Revoked, jobs.Revoked)

		for name, from := range map[string]*replica{"the same replica": here, "another replica": there} {
			running := here.submit(jobs.Submission{})
			if id := b.next(t); id != running.ID {
				t.Fatalf("%s: another job is started", name)
			}
			queued := here.submit(jobs.Submission{})
			revoke(from, queued.ID, jobs.Queued, jobs.Revoked)
			begin := time.Now()
			revoke(from, running.ID, jobs.Started, jobs.Started)
			b.wantEnded(t)
			t.Logf("%s: it ended after %v", name, time.Since(begin))
			job := here.ended(running.ID)
			if job.Status != jobs.Revoked || job.Result != nil || job.Attempt != 1 || job.Started.IsZero() || job.Finished.IsZero() {
				t.Errorf("%s: %+v", name, job)
			}
			if job := here.ended(queued.ID); job.Status != jobs.Revoked || !job.Started.IsZero() || job.Attempt != 0 {
				t.Errorf("%s: queued: %+v", name, job)
			}
		}
		last := here.submit(jobs.Submission{})
		b.next(t)
		close(b.release)
		if job := here.ended(last.ID); job.Status != jobs.Success {
			t.Errorf("%+v", job)
		}
		revoke(there, last.ID, jobs.Success, jobs.Success)
		if _, _, err := here.Revoke(ctx, "", "nope"); !errors.Is(err, jobs.ErrUnknown) {
			t.Error(err)
		}
		if n := len(b.started); n > 0 {
			t.Errorf("%d revoked jobs were started", n)
		}
	})
}

func TestIdempotency(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := start(t, options(db))
		ctx := context.Background()
		same := jobs.Submission{Key: "k", Owner: "me", Request: []byte("1"), Weight: 1}
		var mu sync.Mutex
		var wg sync.WaitGroup
		ids, made := map[string]bool{}, 0
		for range 20 {
			wg.Go(func() {
				job, isNew, err := r.Submit(ctx, same)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				ids[job.ID] = true
				if isNew {
					made++
				}
			})
		}
		wg.Wait()
		if len(ids) != 1 || made != 1 {
			t.Errorf("%d jobs, %d of them new", len(ids), made)
		}
		if n, err := r.Count(ctx, `SELECT count(*) FROM river_job`); n != 1 || err != nil {
			t.Errorf("River has %d: %v", n, err)
		}
		other := same
		other.Request = []byte("2")
		if _, _, err := r.Submit(ctx, other); !errors.Is(err, jobs.ErrKeyReused) {
			t.Error(err)
		}
		other.Owner = "you"
		if job, isNew, err := r.Submit(ctx, other); err != nil || !isNew || ids[job.ID] {
			t.Errorf("somebody else's: %v %v", isNew, err)
		}
		// It holds as long as the result does, and no longer.
		if _, err := r.Exec(ctx, `UPDATE exec_job SET status = 'success', finished_at = 1, expires_at = 1`); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if _, isNew, err := r.Submit(ctx, same); err != nil || isNew {
				if err != nil {
					t.Error(err)
				}
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the key is kept")
			}
		}
	})
}

func TestOwners(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := start(t, options(db))
		ctx := context.Background()
		mine := r.submit(jobs.Submission{Owner: "me"})
		r.submit(jobs.Submission{Owner: "you"})
		for owner, want := range map[string]error{"me": nil, jobs.Everybody: nil, "you": jobs.ErrUnknown, "": jobs.ErrUnknown} {
			if _, err := r.Get(ctx, owner, mine.ID); !errors.Is(err, want) {
				t.Errorf("%q gets %v", owner, err)
			}
			if want != nil {
				if _, _, err := r.Revoke(ctx, owner, mine.ID); !errors.Is(err, want) {
					t.Errorf("%q revokes: %v", owner, err)
				}
				if _, err := r.Wait(ctx, owner, mine.ID, time.Hour); !errors.Is(err, want) {
					t.Errorf("%q waits: %v", owner, err)
				}
			}
		}
		for owner, want := range map[string]int{"me": 1, "you": 1, jobs.Everybody: 2, "": 0} {
			page, err := r.List(ctx, owner, "", 10, "")
			if err != nil || len(page.Jobs) != want || page.Counts[jobs.Queued] != int64(want) {
				t.Errorf("%q lists %d, counts %v: %v", owner, len(page.Jobs), page.Counts, err)
			}
		}
	})
}

func TestTooMany(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		o := options(db)
		o.MaxQueued = 3
		r := start(t, o)
		ctx := context.Background()
		first := jobs.Submission{Key: "k", Request: []byte("1"), Weight: 1}
		for _, s := range []jobs.Submission{first, {Weight: 1}, {Weight: 1, Delay: time.Hour}} {
			if _, _, err := r.Submit(ctx, s); err != nil {
				t.Error(err)
			}
		}
		job, _, err := r.Submit(ctx, jobs.Submission{Weight: 1})
		if !errors.Is(err, jobs.ErrTooMany) {
			t.Errorf("%+v %v", job, err)
		}
		again, isNew, err := r.Submit(ctx, first)
		if err != nil || isNew {
			t.Errorf("one that came before: %v %v", isNew, err)
		}
		if _, _, err := r.Revoke(ctx, "", again.ID); err != nil {
			t.Error(err)
		}
		if _, _, err := r.Submit(ctx, jobs.Submission{Weight: 1}); err != nil {
			t.Errorf("when one is less: %v", err)
		}
	})
}

func TestList(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := start(t, options(db))
		ctx := context.Background()
		var want []string
		for i := range 7 {
			s := jobs.Submission{Language: "c"}
			if i%3 == 0 {
				s.Delay = time.Hour
			}
			want = append([]string{r.submit(s).ID}, want...)
		}
		var got []string
		for cursor, pages := "", 1; ; pages++ {
			page, err := r.List(ctx, "", "", 3, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range page.Jobs {
				got = append(got, j.ID)
				if j.Language != "c" || j.Result != nil {
					t.Errorf("%+v", j)
				}
			}
			if page.Counts[jobs.Pending] != 3 || page.Counts[jobs.Queued] != 4 {
				t.Errorf("counts %v", page.Counts)
			}
			if cursor = page.Next; cursor == "" {
				if pages != 3 {
					t.Errorf("%d pages", pages)
				}
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		page, err := r.List(ctx, "", jobs.Pending, 3, "")
		if err != nil || len(page.Jobs) != 3 || page.Next != "" {
			t.Errorf("pending: %+v %v", page, err)
		}
	})
}

func TestPosition(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := start(t, options(db))
		r.submit(jobs.Submission{Delay: time.Hour})
		var ids []string
		for range 5 {
			ids = append(ids, r.submit(jobs.Submission{Owner: "you"}).ID)
		}
		for i, id := range ids {
			if job, err := r.Get(context.Background(), "you", id); err != nil || job.Position != i+1 {
				t.Errorf("%d is at %d: %v", i+1, job.Position, err)
			}
		}
		if _, _, err := r.Revoke(context.Background(), "you", ids[1]); err != nil {
			t.Error(err)
		}
		if job, _ := r.Get(context.Background(), "you", ids[4]); job.Position != 4 {
			t.Errorf("when one ahead has left, it is at %d", job.Position)
		}
	})
}

func TestExpiry(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		o := options(db)
		o.ResultTTL = time.Second
		r := worker(t, o, 1, echo)
		ctx := context.Background()
		job := r.submit(jobs.Submission{Request: []byte("secret")})
		r.ended(job.ID)
		gets := func(what string, want error) {
			t.Helper()
			for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				_, err := r.Get(ctx, "", job.ID)
				if errors.Is(err, want) {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("%s: %v", what, err)
				}
			}
		}
		gets("after its time", jobs.ErrExpired)
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			n, err := r.Count(ctx, `SELECT count(*) FROM exec_job WHERE request = '' AND result IS NULL AND forget_at IS NOT NULL`)
			if n == 1 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("it is still there: %v", err)
			}
		}
		gets("when it is removed", jobs.ErrExpired)
		if page, err := r.List(ctx, "", "", 10, ""); err != nil || len(page.Jobs) != 0 || len(page.Counts) != 0 {
			t.Errorf("listed: %+v %v", page, err)
		}
		if _, err := r.Exec(ctx, `UPDATE exec_job SET forget_at = 1`); err != nil {
			t.Fatal(err)
		}
		gets("a day later", jobs.ErrUnknown)
	})
}

// A worker whose job was given to somebody else gives it up, and cannot write.
func TestFencing(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		stubborn := make(chan struct{})
		started, causes := make(chan struct{}), make(chan error, 1)
		r := worker(t, options(db), 1, func(ctx context.Context, c jobs.Claimed) jobs.Outcome {
			close(started)
			<-ctx.Done()
			causes <- context.Cause(ctx)
			<-stubborn
			return echo(ctx, c)
		})
		job := r.submit(jobs.Submission{Request: []byte("mine")})
		<-started
		ctx := context.Background()
		if _, err := r.Exec(ctx, `UPDATE exec_job SET attempt = attempt + 1, worker = 'somebody'`); err != nil {
			t.Fatal(err)
		}
		t.Log("given up:", <-causes)
		if _, err := r.Exec(ctx, `UPDATE exec_job SET status = 'success', result = 'theirs', result_size = 6, finished_at = 5, expires_at = $1`, time.Now().Add(time.Hour).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		close(stubborn)
		r.stop()
		after := start(t, options(db))
		if got := after.ended(job.ID); string(got.Result) != "theirs" || got.Attempt != 2 {
			t.Errorf("%+v %s", got, got.Result)
		}
	})
}

// What the keepers do for jobs whose worker is gone.
func TestLostWorkers(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		r := start(t, options(db))
		ctx := context.Background()
		lose := func(id string, times int, cancel int) {
			t.Helper()
			n, err := r.Exec(ctx, `UPDATE exec_job SET status = 'started', attempt = attempt + 1, worker = 'gone', lease_until = 1, redeliveries = $2, cancel_requested = $3 WHERE job_id = $1`, id, times, cancel)
			if n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		once, often, revoked := r.submit(jobs.Submission{}), r.submit(jobs.Submission{}), r.submit(jobs.Submission{})
		if _, err := r.Exec(ctx, `UPDATE river_job SET state = 'running'`); err != nil {
			t.Fatal(err)
		}
		lose(once.ID, 1, 0)
		lose(often.ID, 2, 0)
		lose(revoked.ID, 2, 1)
		if got := r.becomes(once.ID, jobs.Retry); got.Position != 1 || got.Attempt != 1 {
			t.Errorf("lost twice: %+v", got)
		}
		if got := r.ended(often.ID); got.Status != jobs.Failure || got.Reason == nil || got.Reason.Code != jobs.WorkerLost {
			t.Errorf("lost three times: %+v", got)
		}
		if got := r.ended(revoked.ID); got.Status != jobs.Revoked {
			t.Errorf("lost and revoked: %+v", got)
		}
		if n, err := r.Count(ctx, `SELECT count(*) FROM river_job WHERE state = 'discarded'`); n != 3 || err != nil {
			t.Errorf("River shows %d of 3 as lost: %v", n, err)
		}
		// Its next worker gets it.
		b := worker(t, options(db), 1, echo)
		if got := b.ended(once.ID); got.Status != jobs.Success || got.Attempt != 2 {
			t.Errorf("%+v", got)
		}
	})
}

// Jobs that wait, and that River will deliver to nobody.
func TestStrays(t *testing.T) {
	for name, lose := range map[string]string{
		"forgotten": `DELETE FROM river_job`,
		"delivered to somebody who died before he claimed it": `UPDATE river_job SET state = 'running'`,
		"cancelled by somebody else":                          `UPDATE river_job SET state = 'cancelled', finalized_at = CURRENT_TIMESTAMP`,
	} {
		t.Run(name, func(t *testing.T) {
			eachKind(t, func(t *testing.T, db string) {
				before := start(t, options(db))
				job := before.submit(jobs.Submission{})
				if _, err := before.Exec(context.Background(), lose); err != nil {
					t.Fatal(err)
				}
				r := worker(t, options(db), 1, echo)
				if got := r.ended(job.ID); got.Status != jobs.Success || got.Attempt != 1 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// A process that stops gives back what it has, and others take it at once.
func TestStop(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		o := options(db)
		o.Lease = time.Hour // which nobody waits for
		b := newBlocking()
		leaving := worker(t, o, 1, b.run)
		running := leaving.submit(jobs.Submission{})
		b.next(t)
		waiting := leaving.submit(jobs.Submission{})
		leaving.becomes(waiting.ID, jobs.Queued)
		staying := worker(t, o, 2, echo)
		leaving.stop()
		for _, id := range []string{running.ID, waiting.ID} {
			got := staying.ended(id)
			if got.Status != jobs.Success {
				t.Errorf("%+v", got)
			}
		}
		if got := staying.ended(running.ID); got.Attempt != 2 {
			t.Errorf("%+v", got)
		}
		if n, err := staying.Count(context.Background(), `SELECT count(*) FROM exec_job WHERE redeliveries > 0`); n != 0 || err != nil {
			t.Errorf("%d count as lost: %v", n, err)
		}
	})
}

// noRoom is a gate in which there never is any.
type noRoom struct{}

func (noRoom) JobUnits() int64 { return 1 }
func (noRoom) EnterJob(ctx context.Context, _ int64, _ time.Time) (func(), error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// A job that finds no room in one process is run by another that has some.
func TestHandBack(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		o := options(db)
		o.Lease = time.Hour
		o.Gate, o.Run = noRoom{}, echo
		full := start(t, o)
		job := full.submit(jobs.Submission{})
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			if n, _ := full.Count(context.Background(), `SELECT count(*) FROM river_job WHERE state = 'running'`); n == 1 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the full one never took it")
			}
		}
		free := worker(t, o, 1, echo)
		if got := free.ended(job.ID); got.Status != jobs.Success || got.Attempt != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func TestWait(t *testing.T) {
	eachKind(t, func(t *testing.T, db string) {
		b := newBlocking()
		working, waiting := worker(t, options(db), 1, b.run), start(t, options(db))
		ctx := context.Background()
		job := working.submit(jobs.Submission{})
		b.next(t)
		if got, err := waiting.Wait(ctx, "", job.ID, 50*time.Millisecond); err != nil || got.Status != jobs.Started {
			t.Errorf("when the time has passed: %+v %v", got, err)
		}
		gone, leave := context.WithCancelCause(ctx)
		left := errors.New("left")
		leave(left)
		if _, err := waiting.Wait(gone, "", job.ID, time.Hour); !errors.Is(err, left) {
			t.Errorf("when who waits has left: %v", err)
		}
		answers := make(chan jobs.Job)
		go func() {
			got, err := waiting.Wait(ctx, "", job.ID, time.Hour)
			if err != nil {
				t.Error(err)
			}
			answers <- got
		}()
		close(b.release)
		if got := <-answers; got.Status != jobs.Success {
			t.Errorf("in another process: %+v", got)
		}
		delayed := working.submit(jobs.Submission{Delay: time.Hour})
		go func() {
			got, err := waiting.Wait(ctx, "", delayed.ID, time.Hour)
			if err != nil {
				t.Error(err)
			}
			answers <- got
		}()
		waiting.Drain()
		if got := <-answers; got.Status != jobs.Pending {
			t.Errorf("when the process is about to stop: %+v", got)
		}
	})
}
