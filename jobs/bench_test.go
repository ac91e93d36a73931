package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aca-executor/internal/pgtest"
	"aca-executor/jobs"
)

// What the queue itself takes of a job: submitted, run by nothing, and fetched, with
// eight in flight.
func BenchmarkQueue(b *testing.B) {
	measure := func(b *testing.B, database string) {
		q, err := jobs.Open(jobs.Options{
			Database: database, MaxQueued: 1000, ResultTTL: time.Hour, Lease: time.Minute, Longest: time.Minute,
			Gate: make(gate, 7), Run: echo, Log: slog.New(slog.DiscardHandler), OnError: func(err error) { b.Log(err) },
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := q.Start(context.Background()); err != nil {
			b.Fatal(err)
		}
		q.Begin()
		defer func() { q.Drain(); q.Close(context.Background()) }()
		var left atomic.Int64
		left.Store(int64(b.N))
		var wg sync.WaitGroup
		b.ResetTimer()
		for range 8 {
			wg.Go(func() {
				for left.Add(-1) >= 0 {
					job, _, err := q.Submit(context.Background(), jobs.Submission{Request: []byte(`{"code":"print(1)"}`), Weight: 1})
					if err == nil {
						job, err = q.Wait(context.Background(), "", job.ID, time.Minute)
					}
					if err != nil || job.Status != jobs.Success {
						b.Error(job, err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	b.Run("sqlite", func(b *testing.B) { measure(b, "sqlite:"+filepath.Join(b.TempDir(), "jobs.db")) })
	b.Run("postgres", func(b *testing.B) {
		s, err := postgres()
		if errors.Is(err, pgtest.ErrMissing) {
			b.Skip(err)
		}
		if err != nil {
			b.Fatal(err)
		}
		measure(b, s.Database(b))
	})
}
