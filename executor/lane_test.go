package executor_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"aca-executor/executor"
)

// enterJob is enter for a job that has waited since some time ago.
func enterJob(t *testing.T, g *executor.Gate, weight int64, since time.Time) *visit {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	v := &visit{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(v.done)
		arrived := time.Now()
		v.leave, v.err = g.EnterJob(ctx, weight, since)
		v.took = time.Since(arrived)
	}()
	synctest.Wait()
	return v
}

func wantInside(t *testing.T, what string, want bool, v *visit) {
	t.Helper()
	synctest.Wait()
	if v.inside() != want {
		t.Errorf("%s: inside is %v (%v), want %v", what, v.inside(), v.err, want)
	}
}

func TestJobsLeaveAUnit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(3, 8, time.Minute)
		if g.JobUnits() != 2 {
			t.Errorf("%d units for jobs, want all but one", g.JobUnits())
		}
		a, b, c := enterJob(t, g, 1, time.Now()), enterJob(t, g, 1, time.Now()), enterJob(t, g, 1, time.Now())
		wantInside(t, "the first job", true, a)
		wantInside(t, "the second", true, b)
		wantInside(t, "the third, beyond what jobs may have", false, c)
		request := mustEnter(t, g, 1)
		a.leave()
		wantInside(t, "the third, when one has left", true, c)
		for _, v := range []*visit{request, b, c} {
			v.leave()
			v.leave() // more than once is once
		}
		if running, _, waiting, _ := g.Load(); running != 0 || waiting != 0 {
			t.Errorf("%d run and %d wait in the end", running, waiting)
		}
		mustEnter(t, g, 3).leave()
	})
}

func TestJobsOfOneUnit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(1, 8, time.Minute)
		job := enterJob(t, g, 5, time.Now()) // heavier than there is
		wantInside(t, "a job where there is one unit", true, job)
		request := enter(t, g, 1)
		wantInside(t, "a request beside it", false, request)
		job.leave()
		wantInside(t, "the request when the job has ended", true, request)
		request.leave()
	})
}

func TestLimitJobs(t *testing.T) {
	for limit, want := range map[int64]int64{0: 1, 1: 1, 3: 3, 9: 4} {
		g := executor.NewGate(4, 8, time.Minute)
		g.LimitJobs(limit)
		if got := g.JobUnits(); got != want {
			t.Errorf("a limit of %d of 4 units is %d, want %d", limit, got, want)
		}
	}
}

// No job takes a unit while a request waits, whoever came first.
func TestRequestsPassJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(1, 8, time.Minute)
		first := mustEnter(t, g, 1)
		job := enterJob(t, g, 1, time.Now())
		for range 20 {
			next := enter(t, g, 1)
			time.Sleep(time.Second)
			first.leave()
			wantInside(t, "the request that came after the job", true, next)
			wantInside(t, "the job", false, job)
			first = next
		}
		first.leave()
		wantInside(t, "the job when no request waits", true, job)
		job.leave()
	})
}

// Jobs that have waited for 30 seconds, here or elsewhere, are not passed any more.
func TestJobsAreNotPassedForEver(t *testing.T) {
	for waited, want := range map[time.Duration]int{0: 30, 10 * time.Second: 20, time.Hour: 0} {
		synctest.Test(t, func(t *testing.T) {
			g := executor.NewGate(1, 8, time.Minute)
			first := mustEnter(t, g, 1)
			since := time.Now().Add(-waited)
			jobs := []*visit{enterJob(t, g, 1, since), enterJob(t, g, 1, since)}
			time.Sleep(time.Millisecond) // so that no two things happen at once
			passed := 0
			for ; passed < 60; passed++ {
				next := enter(t, g, 1)
				time.Sleep(time.Second)
				first.leave()
				synctest.Wait()
				first = next
				if !next.inside() {
					break
				}
			}
			if passed != want {
				t.Errorf("having waited for %v, %d requests of a second passed it, want %d", waited, passed, want)
			}
			// Requests of which the last one waits, and both jobs: nobody is forgotten.
			for range jobs {
				wantInside(t, "the first job", true, jobs[0])
				jobs[0].leave()
				synctest.Wait()
				if first.inside() {
					first.leave()
					synctest.Wait()
				}
				jobs[0] = jobs[1]
			}
			wantInside(t, "the request that came last", true, first)
			first.leave()
		})
	}
}

// A request that gives up while it waits may have been all that a job waited for.
func TestJobsComeInWhenARequestGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(3, 8, time.Minute)
		light := mustEnter(t, g, 1)
		heavy := enter(t, g, 3)
		job := enterJob(t, g, 1, time.Now())
		wantInside(t, "the job behind a heavy request", false, job)
		heavy.cancel(errors.New("left"))
		wantInside(t, "the job when that has left", true, job)
		job.leave()
		light.leave()
	})
}

func TestJobsGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(2, 8, time.Minute)
		g.LimitJobs(1)
		request := mustEnter(t, g, 2)
		inTurn, behind, urgent := enterJob(t, g, 1, time.Now()), enterJob(t, g, 1, time.Now()), enterJob(t, g, 1, time.Now().Add(-time.Hour))
		left := errors.New("left")
		for what, v := range map[string]*visit{"in turn": inTurn, "behind": behind, "urgent": urgent} {
			v.cancel(left)
			synctest.Wait()
			var e *executor.Error
			if !errors.As(v.err, &e) || e.Code != executor.Canceled || !errors.Is(v.err, left) {
				t.Errorf("%s: %v", what, v.err)
			}
		}
		request.leave()
		after := enterJob(t, g, 1, time.Now())
		wantInside(t, "a job after them", true, after)
		waiting := enterJob(t, g, 1, time.Now())
		g.Close()
		synctest.Wait()
		late := enterJob(t, g, 1, time.Now())
		for what, v := range map[string]*visit{"one that waits": waiting, "one that comes": late} {
			var e *executor.Error
			if !errors.As(v.err, &e) || e.Code != executor.Draining {
				t.Errorf("%s at a closed gate: %v", what, v.err)
			}
		}
		after.leave()
		if err := g.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
