package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"golang.org/x/sync/semaphore"
)

// Options are what a queue is made from.
type Options struct {
	Database string // see Kinds
	Dir      string // of a relative path in it
	Look     bool   // only for a look: a file has to be there, and nothing is done in the background

	Run     func(context.Context, Claimed) Outcome // nil where this process runs none
	Gate    Gate                                   // in front of Run
	Longest time.Duration                          // that Run takes

	MaxQueued int64         // that wait, all together
	ResultTTL time.Duration // how long a result is kept
	Lease     time.Duration // after which a worker that said nothing has lost its jobs

	Log     *slog.Logger // for River
	OnError func(error)  // for what goes wrong in the background
}

// Queue is the jobs of a database, and this process' part in them.
type Queue struct {
	o      Options
	db     database
	name   string // of this process, as a worker: another one after each start
	runs   runs
	hub    hub
	keeper keeper

	troubles troubles

	usable  atomic.Bool   // the tables are there
	away    atomic.Int64  // when the database last was, for those who look after jobs, in nanoseconds
	beatNow chan struct{} // somebody wants to know at once what became of its jobs

	work     context.Context // runs descend from it
	stopping context.Context // no more jobs are taken
	drain    func()
	life     context.Context // its end ends everything
	end      context.CancelFunc
	busy     sync.WaitGroup // what runs in the background
	calls    *semaphore.Weighted
	begun    chan struct{} // closed when jobs may be fetched
	begin    func()
	starting sync.Mutex
	fetching bool          // River was started
	stopped  chan struct{} // closed when River has stopped
}

// Open makes a queue, which does nothing before Start. A database that is not there is
// no error yet, but for that of a file.
func Open(o Options) (*Queue, error) {
	q := &Queue{o: o, name: uuid.NewString(), beatNow: make(chan struct{}, 1), stopped: make(chan struct{})}
	var stop context.CancelFunc
	q.stopping, stop = context.WithCancel(context.Background())
	q.drain = sync.OnceFunc(func() { stop(); go q.stopRiver() })
	q.begun = make(chan struct{})
	q.begin = sync.OnceFunc(func() { close(q.begun) })
	q.life, q.end = context.WithCancel(context.Background())
	db, err := open(o, q.riverConfig())
	if err != nil {
		return nil, err
	}
	q.db, q.calls = db, semaphore.NewWeighted(db.atOnce())
	return q, nil
}

// riverConfig is what both databases have in common.
func (q *Queue) riverConfig() river.Config {
	const (
		pause  = 2 * time.Millisecond // between two looks for new jobs
		margin = time.Minute
	)
	c := river.Config{
		Logger: q.o.Log, ID: q.name, FetchCooldown: pause,
		// River's rows are for people to look at: they are kept as long as ours.
		CancelledJobRetentionPeriod: q.o.ResultTTL, CompletedJobRetentionPeriod: q.o.ResultTTL, DiscardedJobRetentionPeriod: q.o.ResultTTL,
	}
	if q.o.Run != nil {
		c.Workers = river.NewWorkers()
		river.AddWorker(c.Workers, &worker{q: q})
		c.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: int(q.o.Gate.JobUnits())}}
		// Beyond what can be, so that it is for dead workers alone: River then takes back
		// what was delivered to them. Nobody waits for that; see keeper.
		c.JobTimeout = q.o.Longest + margin
		c.RescueStuckJobsAfter = c.JobTimeout + margin
	}
	return c
}

// Start makes the tables where there are none, and begins to work. Runs descend from
// work. A database that cannot be reached, or takes long to answer, is tried in the
// background, and until it is there every call is ErrUnavailable; but what is wrong with a
// file is an error of Start.
func (q *Queue) Start(work context.Context) error {
	q.work = work
	if q.db.embedded() {
		if err := q.bring(); err != nil {
			return err
		}
	} else {
		const usually = time.Second
		there := make(chan struct{})
		q.background(func() { q.reach(there) })
		select {
		case <-there:
		case <-time.After(usually):
		}
	}
	if !q.o.Look {
		q.background(q.fetch)
		q.background(q.beats)
		q.background(q.keep)
		q.background(q.watch)
	}
	return nil
}

// Begin has jobs fetched, and run, from now on: when whoever runs them is ready.
func (q *Queue) Begin() { q.begin() }

// fetch starts River as soon as it may begin and the database is there.
func (q *Queue) fetch() {
	select {
	case <-q.begun:
	case <-q.stopping.Done():
	}
	if q.o.Run == nil {
		return
	}
	for b := (backoff{}); ; {
		if q.usable.Load() && !q.tell("begin to fetch jobs", q.startRiver()) || !b.pause(q.stopping) {
			return
		}
	}
}

func (q *Queue) startRiver() error {
	q.starting.Lock()
	defer q.starting.Unlock()
	if q.stopping.Err() != nil {
		return nil
	}
	err := q.db.start(q.life)
	q.fetching = err == nil
	return err
}

// reach tries to bring the database until it succeeds; the channel is closed after the
// first time.
func (q *Queue) reach(tried chan struct{}) {
	failed := q.tell(reaching, q.bring())
	close(tried)
	for b := (backoff{}); failed && b.pause(q.stopping); {
		failed = q.tell(reaching, q.bring())
	}
}

const reaching = "reach the database of the jobs"

var errBack = errors.New("the database of the jobs can be used again")

// bring makes the database usable.
func (q *Queue) bring() error {
	const patience = 20 * time.Second // many replicas start at once, and one makes the tables
	ctx, cancel := context.WithTimeout(q.life, patience)
	defer cancel()
	if err := q.db.migrate(ctx); err != nil {
		return err
	}
	// Until now it may have been away, for all that this process knows.
	q.away.Store(time.Now().UnixNano())
	q.usable.Store(true)
	return nil
}

// Usable reports whether the database can be used, as far as is known.
func (q *Queue) Usable() bool { return q.usable.Load() && !q.troubles.any() }

func (q *Queue) background(f func()) { q.busy.Go(f) }

// Drain takes no more jobs. What this process has taken and not begun goes back; what
// runs goes on, and goes back when its context ends.
func (q *Queue) Drain() { q.drain() }

// stopRiver has River deliver nothing more, and waits for what it has delivered.
func (q *Queue) stopRiver() {
	q.starting.Lock()
	defer q.starting.Unlock()
	if q.fetching {
		q.db.stop(q.life)
	}
	close(q.stopped)
}

// Close waits until what runs has ended and was written down, but not longer than ctx,
// and closes the database. It is for after Drain, once.
func (q *Queue) Close(ctx context.Context) error {
	var err error
	select {
	case <-q.stopped:
	case <-ctx.Done():
		err = errors.New("some jobs could not be given back in time: they start again elsewhere when their lease has run out")
	}
	q.end()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		q.busy.Wait()
		<-q.stopped
		q.db.close()
	}()
	select {
	case <-closed:
	case <-time.After(time.Second): // of a database that does not answer
	}
	return err
}

// patience is how long a call waits for the database.
const patience = 5 * time.Second

// ask is for calls that somebody waits for: it bounds their time, and says of errors
// that are not ours, nor the caller's, that the database cannot be used.
func (q *Queue) ask(ctx context.Context, do func(context.Context) error) error {
	if !q.usable.Load() {
		return fmt.Errorf("%w: it could not be reached yet", ErrUnavailable)
	}
	inTime, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := q.calls.Acquire(inTime, 1)
	if err == nil {
		err = do(inTime)
		q.calls.Release(1)
	}
	switch {
	case err == nil, errors.Is(err, ErrUnknown), errors.Is(err, ErrExpired), errors.Is(err, ErrTooMany), errors.Is(err, ErrKeyReused):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// tell reports an error of the background, unless everything ends; of one that goes on,
// once in a while; and that it is over.
func (q *Queue) tell(what string, err error) (failed bool) {
	switch {
	case q.life.Err() != nil:
	case err == nil && q.troubles.over(what):
		q.o.OnError(errBack)
	case err != nil && q.troubles.is(what, time.Now()):
		q.o.OnError(fmt.Errorf("%s: %w", what, err))
	}
	return err != nil
}

// troubles are what goes wrong at the moment, with when that was last told.
type troubles struct {
	mu   sync.Mutex
	told map[string]time.Time
}

// is notes one, and reports whether it is to be told.
func (t *troubles) is(what string, now time.Time) bool {
	const often = time.Minute
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, known := t.told[what]; known && now.Sub(last) < often {
		return false
	}
	if t.told == nil {
		t.told = map[string]time.Time{}
	}
	t.told[what] = now
	return true
}

func (t *troubles) any() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.told) > 0
}

// over notes that one is over, and reports whether it was the last.
func (t *troubles) over(what string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.told[what]; !known {
		return false
	}
	delete(t.told, what)
	return len(t.told) == 0
}

// backoff is the time between tries, which grows.
type backoff struct{ next time.Duration }

// pause waits for it; false when ctx ended.
func (b *backoff) pause(ctx context.Context) bool {
	const first, most = 100 * time.Millisecond, 2 * time.Second
	b.next = min(max(2*b.next, first), most)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(b.next):
		return true
	}
}

// Page is River's page for people to look at, below a prefix. It shows what River
// knows, which is of everybody.
func (q *Queue) Page(prefix string) (http.Handler, error) {
	h, err := q.db.ui(prefix, q.o.Log)
	if err != nil {
		return nil, err
	}
	return h, h.Start(q.life)
}
