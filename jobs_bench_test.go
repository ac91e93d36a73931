package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aca-executor/internal/pgtest"
)

// benchDatabases are databases for jobs, each to itself.
func benchDatabases(b *testing.B, measure func(b *testing.B, jobs string)) {
	b.Run("sqlite", func(b *testing.B) { measure(b, "EXECUTOR_JOBS=sqlite:"+filepath.Join(b.TempDir(), "jobs.db")) })
	b.Run("postgres", func(b *testing.B) { measure(b, "EXECUTOR_JOBS="+pgtest.Start(b).Database(b)) })
}

// jobRun submits a program and waits for its result.
func (s *service) jobRun(code string) (stdout string, err error) {
	a, err := s.jobRoute(context.Background(), "POST", "/api/v1/execute", program{"code": code})
	if err == nil && a.http != http.StatusAccepted {
		err = fmt.Errorf("%v", a)
	}
	if err != nil {
		return "", err
	}
	a, err = s.jobRoute(context.Background(), "GET", a.header.Get("Location")+"?wait=60", nil)
	if err == nil && a.JobStatus != "success" {
		err = fmt.Errorf("%v", a)
	}
	return a.Stdout, err
}

// From submission to result, one at a time and with eight in flight, beside the same
// runs through /execute. BenchmarkRivals has what others make of it.
func BenchmarkJobs(b *testing.B) {
	benchDatabases(b, func(b *testing.B, db string) {
		s := startProcess(b, db)
		s.waitWarm(b)
		fromSubmitToResult(b, s.jobRun)
		client := newClient()
		var direct []time.Duration
		for range max(b.N, 1) {
			begin := time.Now()
			if a := s.postWith(client, context.Background(), python(hi)); a.Status != "success" {
				b.Fatal(a)
			}
			direct = append(direct, time.Since(begin))
		}
		b.ReportMetric(ms(median(direct)), "direct-ms")
	})
}

// 10,000 jobs that wait: what it then takes to submit another, to find the place of
// one, and to list them.
func BenchmarkManyQueued(b *testing.B) {
	const many = 10_000
	benchDatabases(b, func(b *testing.B, db string) {
		s := startProcess(b, db, "EXECUTOR_ROLE=api", "EXECUTOR_JOBS_MAX_QUEUED=1000000")
		var mu sync.Mutex
		var wg sync.WaitGroup
		var paths []string
		for range 8 {
			wg.Go(func() {
				for range many / 8 {
					path := s.submit(program{"code": hi})
					mu.Lock()
					paths = append(paths, path)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(paths)
		took := map[string][]time.Duration{}
		measure := func(what string, call func() jobAnswer, ok func(jobAnswer) bool) {
			begin := time.Now()
			a := call()
			took[what] = append(took[what], time.Since(begin))
			if !ok(a) {
				b.Fatalf("%s: %.300s", what, a)
			}
		}
		for b.Loop() {
			measure("submit", func() jobAnswer { return s.mustJobRoute("POST", "/api/v1/execute", program{"code": hi}) }, func(a jobAnswer) bool { return a.http == http.StatusAccepted })
			measure("position", func() jobAnswer { return s.mustJobRoute("GET", paths[len(paths)-1], nil) }, func(a jobAnswer) bool { return a.Position >= many-10 })
			measure("list", func() jobAnswer { return s.mustJobRoute("GET", "/api/v1/jobs?limit=50", nil) }, func(a jobAnswer) bool { return a.Counts["queued"] >= many })
			measure("list-status", func() jobAnswer { return s.mustJobRoute("GET", "/api/v1/jobs?status=success", nil) }, func(a jobAnswer) bool { return strings.Contains(a.body, `"jobs":[]`) })
		}
		for what, times := range took {
			b.ReportMetric(ms(median(times)), what+"-ms")
			b.ReportMetric(ms(slices.Max(times)), what+"-max-ms")
		}
		b.ReportMetric(0, "ns/op")
	})
}
