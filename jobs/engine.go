package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"riverqueue.com/riverui"
)

type pgconnTag = pgconn.CommandTag

// engine is River on a database whose transactions are T.
type engine[T any] struct {
	querier
	driver     riverdriver.Driver[T]
	client     *river.Client[T]
	skipLocked string
	calls      int64
	file       string // of an embedded database
	opened     os.FileInfo
	notify     string // SQL that tells other processes of new jobs
	wake       func() // tells this process of them, once it is started
	started    atomic.Bool

	beginTx  func(context.Context) (T, error)
	wrap     func(T) querier
	commit   func(context.Context, T) error
	abort    func(T)
	complete func(context.Context, T, *river.Job[task]) error
	lock     func(context.Context, func() error) error
	closeAll func()
}

func newEngine[T any](e *engine[T], c river.Config) (database, error) {
	client, err := river.NewClient(e.driver, &c)
	if err != nil {
		e.closeAll()
		return nil, err
	}
	e.client = client
	if e.file != "" {
		e.lock = e.lockFile
	}
	return e, nil
}

func (e *engine[T]) embedded() bool { return e.file != "" }
func (e *engine[T]) atOnce() int64  { return max(e.calls, 1) }

func (e *engine[T]) intact() error {
	if e.file == "" {
		return nil
	}
	now, err := os.Stat(e.file)
	if err == nil && !os.SameFile(now, e.opened) {
		err = fmt.Errorf("%s is another file by now", e.file)
	}
	return err
}

func (e *engine[T]) locked() string { return e.skipLocked }
func (e *engine[T]) close()         { e.closeAll() }

func (e *engine[T]) begin(ctx context.Context, do func(tx) error) error {
	t, err := e.beginTx(ctx)
	if err != nil {
		return err
	}
	defer e.abort(t) // which does nothing after the commit
	ours := transaction[T]{querier: e.wrap(t), t: t, e: e}
	if err := do(&ours); err != nil {
		return err
	}
	if err := e.commit(ctx, t); err != nil {
		return err
	}
	if ours.enqueued && e.wake != nil && e.started.Load() {
		e.wake()
	}
	return nil
}

type transaction[T any] struct {
	querier
	t        T
	e        *engine[T]
	enqueued bool
}

func (t *transaction[T]) enqueue(ctx context.Context, tasks ...task) ([]int64, error) {
	params := make([]river.InsertManyParams, len(tasks))
	for i, task := range tasks {
		params[i] = river.InsertManyParams{Args: task, InsertOpts: &river.InsertOpts{Priority: task.priority()}}
	}
	inserted, err := t.e.client.InsertManyTx(ctx, t.t, params)
	if err != nil {
		return nil, err
	}
	t.enqueued = true
	if t.e.notify != "" {
		if _, err := t.exec(ctx, t.e.notify); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, len(inserted))
	for i, r := range inserted {
		ids[i] = r.Job.ID
	}
	return ids, nil
}

func (t *transaction[T]) done(ctx context.Context, delivered *river.Job[task]) error {
	err := t.e.complete(ctx, t.t, delivered)
	if errors.Is(err, rivertype.ErrNotFound) { // it was given up for lost
		return nil
	}
	return err
}

func (t *transaction[T]) drop(ctx context.Context, id int64) error {
	_, err := t.e.client.JobCancelTx(ctx, t.t, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	return err
}

// start begins to fetch; of ctx, only the values are used.
func (e *engine[T]) start(ctx context.Context) error {
	err := e.client.Start(context.WithoutCancel(ctx))
	e.started.Store(err == nil)
	return err
}

func (e *engine[T]) stop(ctx context.Context) error { return e.client.Stop(ctx) }

// migrate makes the tables, or changes older ones, once, however many replicas start
// together.
func (e *engine[T]) migrate(ctx context.Context) error {
	migrator, err := rivermigrate.New(e.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	err = e.lock(ctx, func() error {
		if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
			return err
		}
		return e.begin(ctx, func(t tx) error {
			for _, statement := range schema {
				if _, err := t.exec(ctx, statement); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil && e.file != "" {
		return fmt.Errorf("%s: %w", e.file, err)
	}
	return err
}

// lockFile has one process at a time do something.
func (e *engine[T]) lockFile(_ context.Context, do func() error) error {
	const private = 0o600
	f, err := os.OpenFile(e.file+"-lock", os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, private)
	if err != nil {
		return err
	}
	defer f.Close() // which unlocks it
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err {
		case nil:
			return do()
		case syscall.EINTR:
		default:
			return err
		}
	}
}

func (e *engine[T]) ui(prefix string, log *slog.Logger) (handler, error) {
	return riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(e.client, nil), Logger: log, Prefix: prefix,
	})
}
