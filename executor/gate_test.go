package executor_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aca-executor/executor"
)

// Everything about time happens in a bubble of synctest: its clock stands still
// while anybody works, so that durations can be compared exactly, and
// synctest.Wait returns when everybody waits for something.

// visit is a call of Enter that goes on in a goroutine of its own.
type visit struct {
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when Enter has returned
	leave  func()
	err    error
	took   time.Duration
}

// enter calls Enter and returns when it has an answer or waits in the queue, so
// that those who enter one after the other also arrive in that order.
func enter(t *testing.T, g *executor.Gate, weight int64) *visit {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	v := &visit{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(v.done)
		arrived := time.Now()
		v.leave, v.err = g.Enter(ctx, weight)
		v.took = time.Since(arrived)
	}()
	synctest.Wait()
	return v
}

func (v *visit) waits() bool {
	select {
	case <-v.done:
		return false
	default:
		return true
	}
}

func (v *visit) inside() bool { return !v.waits() && v.err == nil }

// mustEnter is for those who have to get in at once.
func mustEnter(t *testing.T, g *executor.Gate, weight int64) *visit {
	t.Helper()
	v := enter(t, g, weight)
	if !v.inside() {
		t.Fatalf("weight %d is not inside: waits %v, error %v", weight, v.waits(), v.err)
	}
	return v
}

// mustWait is for those who have to queue.
func mustWait(t *testing.T, g *executor.Gate, weight int64) *visit {
	t.Helper()
	v := enter(t, g, weight)
	if !v.waits() {
		t.Fatalf("weight %d does not wait: error %v", weight, v.err)
	}
	return v
}

// refusal is the error, which must be the package's own, with the code.
func refusal(t *testing.T, err error, code executor.Code) *executor.Error {
	t.Helper()
	var e *executor.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want an *executor.Error with code %s", err, err, code)
	}
	if e.Code != code {
		t.Fatalf("code %s (%v), want %s", e.Code, err, code)
	}
	return e
}

func wantLoad(t *testing.T, g *executor.Gate, running, waiting int64) {
	t.Helper()
	if r, _, w, _ := g.Load(); r != running || w != waiting {
		t.Errorf("load is %d running and %d waiting, want %d and %d", r, w, running, waiting)
	}
}

func TestGateBoundsWhatRuns(t *testing.T) {
	t.Parallel()
	const in, out = true, false
	for _, row := range []struct {
		name    string
		units   int64
		weights []int64 // in order of arrival
		inside  []bool
		running int64
	}{
		{"one each, up to the units", 3, []int64{1, 1, 1, 1, 1}, []bool{in, in, in, out, out}, 3},
		{"weights add up", 4, []int64{3, 1, 1}, []bool{in, in, out}, 4},
		{"too heavy for what is left", 4, []int64{3, 2}, []bool{in, out}, 3},
		{"as heavy as the gate", 4, []int64{4, 1}, []bool{in, out}, 4},
		{"heavier than the gate is all of it", 2, []int64{9, 1}, []bool{in, out}, 2},
		{"heavier than the gate waits for all of it", 2, []int64{1, 9}, []bool{in, out}, 1},
		{"no weight is one", 2, []int64{0, 1, 1}, []bool{in, in, out}, 2},
		{"a negative weight is one", 1, []int64{-7, 1}, []bool{in, out}, 1},
		{"a light one does not pass a heavy one", 3, []int64{2, 2, 1}, []bool{in, out, out}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := executor.NewGate(row.units, 10, time.Hour)
				var visits []*visit
				var waiting int64
				for i, weight := range row.weights {
					v := enter(t, g, weight)
					visits = append(visits, v)
					if v.inside() != row.inside[i] {
						t.Errorf("number %d (weight %d): inside %v, want %v (error %v)", i, weight, v.inside(), row.inside[i], v.err)
					}
					if v.waits() {
						waiting++
					}
				}
				wantLoad(t, g, row.running, waiting)
				// Whoever waits gets its turn: nobody hangs, however heavy.
				for i, v := range visits {
					synctest.Wait()
					if !v.inside() {
						t.Fatalf("number %d is not inside although everybody before it left: waits %v, error %v", i, v.waits(), v.err)
					}
					v.leave()
				}
				wantLoad(t, g, 0, 0)
			})
		})
	}
}

func TestGateLoadNamesItsBounds(t *testing.T) {
	t.Parallel()
	g := executor.NewGate(7, 11, time.Second)
	if r, units, w, depth := g.Load(); r != 0 || units != 7 || w != 0 || depth != 11 {
		t.Errorf("an empty gate's load is %d of %d, %d of %d; want 0 of 7, 0 of 11", r, units, w, depth)
	}
}

func TestGateServesInOrderOfArrival(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(1, 10, time.Hour)
		inside := mustEnter(t, g, 1)
		var queue []*visit
		for range 6 {
			queue = append(queue, mustWait(t, g, 1))
		}
		for next, v := range queue {
			inside.leave()
			synctest.Wait()
			for i, other := range queue[next:] {
				if other.inside() != (i == 0) {
					t.Fatalf("when place %d is free, number %d of the queue is inside: %v", next, next+i, other.inside())
				}
			}
			inside = v
		}
		inside.leave()
	})
}

// What strict order means for weights: room that is free stays empty until the
// heavy one at the head fits, or light ones could starve it for ever.
func TestGateHeavyWaiterHoldsBackLightOnes(t *testing.T) {
	t.Parallel()
	// The light one comes a second after the heavy one; another second later
	// each row ends the heavy one's wait in its way. The gate's patience is 10 s.
	for _, row := range []struct {
		name    string
		end     func(first, heavy *visit)
		waited  time.Duration // by the light one
		heavyIn bool
	}{
		{"until it had its turn", func(first, heavy *visit) {
			first.leave()
			<-heavy.done
			time.Sleep(3 * time.Second)
			heavy.leave()
		}, 4 * time.Second, true},
		{"until its client left", func(_, heavy *visit) { heavy.cancel(nil) }, time.Second, false},
		{"until its patience is over", func(_, heavy *visit) { <-heavy.done }, 9 * time.Second, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := executor.NewGate(3, 10, 10*time.Second)
				first := mustEnter(t, g, 2)
				heavy := mustWait(t, g, 3)
				time.Sleep(time.Second)
				light := mustWait(t, g, 1) // though a unit is free
				time.Sleep(time.Second)
				row.end(first, heavy)
				<-light.done
				if light.err != nil || light.took != row.waited {
					t.Errorf("the light one waited for %v (error %v), want %v", light.took, light.err, row.waited)
				}
				if heavy.inside() != row.heavyIn {
					t.Errorf("the heavy one was inside: %v, want %v (error %v)", heavy.inside(), row.heavyIn, heavy.err)
				}
			})
		})
	}
}

func TestGateQueueFull(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		depth int64
	}{
		{"nobody may wait", 0},
		{"one may wait", 1},
		{"four may wait", 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := executor.NewGate(1, row.depth, time.Hour)
				inside := mustEnter(t, g, 1)
				var queue []*visit
				for range row.depth {
					queue = append(queue, mustWait(t, g, 1))
				}
				for range 3 { // a refusal must not change what the next one finds
					v := enter(t, g, 1)
					if v.waits() {
						t.Fatalf("one more than %d waits", row.depth)
					}
					e := refusal(t, v.err, executor.QueueFull)
					if v.took != 0 {
						t.Errorf("the refusal took %v, want none", v.took)
					}
					if v.leave != nil {
						t.Error("a refusal came with a way to leave")
					}
					if e.RetryAfter < time.Second {
						t.Errorf("Retry-After is %v, want at least a second", e.RetryAfter)
					}
				}
				wantLoad(t, g, 1, row.depth)
				inside.leave()
				for _, v := range queue { // the refused took nobody's place
					<-v.done
					if v.err != nil {
						t.Fatalf("one who waited before the queue was full: %v", v.err)
					}
					v.leave()
				}
				mustEnter(t, g, 1).leave()
			})
		})
	}
}

func TestGateQueueTimeout(t *testing.T) {
	t.Parallel()
	const patience = 10 * time.Second
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(1, 10, patience)
		inside := mustEnter(t, g, 1)
		first := mustWait(t, g, 1)
		time.Sleep(4 * time.Second)
		second := mustWait(t, g, 1) // has a patience of its own
		for name, v := range map[string]*visit{"first": first, "second": second} {
			<-v.done
			e := refusal(t, v.err, executor.QueueTimeout)
			if v.took != patience {
				t.Errorf("the %s waited for %v, want exactly %v", name, v.took, patience)
			}
			if e.RetryAfter < time.Second {
				t.Errorf("the %s gets Retry-After %v, want at least a second", name, e.RetryAfter)
			}
		}
		wantLoad(t, g, 1, 0)

		// Room in the last nanosecond is room.
		late := mustWait(t, g, 1)
		time.Sleep(patience - 1)
		inside.leave()
		<-late.done
		if late.err != nil || late.took != patience-1 {
			t.Errorf("room after %v: error %v after %v, want to be inside", patience-1, late.err, late.took)
		}
		// Once inside, patience is over only for those who wait.
		time.Sleep(2 * patience)
		wantLoad(t, g, 1, 0)
	})
}

func TestGateCancellation(t *testing.T) {
	t.Parallel()
	boom := errors.New("the connection broke")
	for _, row := range []struct {
		name  string
		after time.Duration
		ctx   func(context.Context) (context.Context, func())
		cause error
	}{
		{"the client leaves", 3 * time.Second, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(3*time.Second, cancel)
			return ctx, cancel
		}, context.Canceled},
		{"the client leaves, with a cause", 3 * time.Second, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(3*time.Second, func() { cancel(boom) })
			return ctx, func() { cancel(nil) }
		}, boom},
		{"a deadline of the request's own", 3 * time.Second, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
			return ctx, cancel
		}, context.DeadlineExceeded},
		{"the client had left before", 0, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			cancel(boom)
			return ctx, func() {}
		}, boom},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := executor.NewGate(1, 1, 10*time.Second)
				inside := mustEnter(t, g, 1)
				ctx, end := row.ctx(t.Context())
				defer end()
				begin := time.Now()
				leave, err := g.Enter(ctx, 1)
				if took := time.Since(begin); took != row.after {
					t.Errorf("the wait ended after %v, want %v", took, row.after)
				}
				e := refusal(t, err, executor.Canceled)
				if !errors.Is(err, row.cause) {
					t.Errorf("error %v does not have the cause %v", err, row.cause)
				}
				if leave != nil || e.RetryAfter != 0 {
					t.Errorf("one who gave up gets a way to leave (%v) or Retry-After %v", leave != nil, e.RetryAfter)
				}
				// The only place in the queue is free again, at once.
				wantLoad(t, g, 1, 0)
				next := mustWait(t, g, 1)
				inside.leave()
				<-next.done
				if next.err != nil {
					t.Errorf("the next one in the queue: %v", next.err)
				}
			})
		})
	}
}

// Who has left already must not take room, even where there is some: nobody
// would be there to read the answer.
func TestGateWithRoomRefusesWhoHasLeft(t *testing.T) {
	t.Parallel()
	g := executor.NewGate(1, 1, time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := g.Enter(ctx, 1)
	refusal(t, err, executor.Canceled)
	wantLoad(t, g, 0, 0)
}

func TestGateCancellationInTheMiddleOfTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(1, 3, time.Hour)
		inside := mustEnter(t, g, 1)
		first, second, third := mustWait(t, g, 1), mustWait(t, g, 1), mustWait(t, g, 1)
		second.cancel(nil)
		synctest.Wait()
		wantLoad(t, g, 1, 2)
		inside.leave()
		synctest.Wait()
		if !first.inside() || !third.waits() {
			t.Fatalf("after one place: first inside %v, third waits %v", first.inside(), third.waits())
		}
		first.leave()
		synctest.Wait()
		if !third.inside() {
			t.Fatal("the third waits for the one who left the queue")
		}
	})
}

// A deferred leave may follow an early one: it must not give back room that
// somebody else has by now.
func TestGateLeaveTwiceIsHarmless(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(1, 1, time.Hour)
		first := mustEnter(t, g, 1)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(first.leave)
		}
		wg.Wait()
		wantLoad(t, g, 0, 0)
		second := mustEnter(t, g, 1)
		first.leave()
		wantLoad(t, g, 1, 0)
		third := mustWait(t, g, 1)
		second.leave()
		<-third.done
		if third.err != nil {
			t.Fatal(third.err)
		}
	})
}

func TestGateClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(3, 10, time.Hour)
		inside := []*visit{mustEnter(t, g, 1), mustEnter(t, g, 1)}
		queue := []*visit{mustWait(t, g, 3), mustWait(t, g, 1), mustWait(t, g, 1)}
		time.Sleep(time.Second)
		g.Close()
		g.Close() // a second stop is none
		synctest.Wait()
		for i, v := range queue {
			if v.waits() {
				t.Fatalf("number %d of the queue still waits", i)
			}
			e := refusal(t, v.err, executor.Draining)
			if v.took != time.Second || e.RetryAfter <= 0 {
				t.Errorf("number %d of the queue was turned away after %v with Retry-After %v; want 1s, and advice when to come again", i, v.took, e.RetryAfter)
			}
		}
		for range 2 {
			v := enter(t, g, 1) // although one unit is free
			if v.waits() {
				t.Fatal("a newcomer waits at a closed gate")
			}
			refusal(t, v.err, executor.Draining)
		}
		wantLoad(t, g, 2, 0) // those inside are unaffected
		for _, v := range inside {
			v.leave()
		}
		wantLoad(t, g, 0, 0)
		refusal(t, enter(t, g, 1).err, executor.Draining)
	})
}

// Room that becomes free just after Close is for nobody: "turns away everybody
// who waits" leaves no gap in which a run could start on a replica that is
// stopping. Several waiters and rounds, since it is a race of the two.
func TestGateCloseComesBeforeRoom(t *testing.T) {
	t.Parallel()
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			const units = 8
			g := executor.NewGate(units, units, time.Hour)
			var inside, queue []*visit
			for range units {
				inside = append(inside, mustEnter(t, g, 1))
			}
			for range units {
				queue = append(queue, mustWait(t, g, 1))
			}
			g.Close()
			for _, v := range inside {
				v.leave()
			}
			for _, v := range queue {
				<-v.done
				refusal(t, v.err, executor.Draining)
			}
			// Nobody kept room that it was given too late.
			if err := g.Wait(t.Context()); err != nil {
				t.Error(err)
			}
			wantLoad(t, g, 0, 0)
		})
	}
}

func TestGateWait(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		stays  []time.Duration // of those inside
		queued int
		give   time.Duration // when the caller of Wait gives up
		after  time.Duration // when Wait returns
		err    error
	}{
		{"nobody is inside", nil, 0, time.Minute, 0, nil},
		{"until the last one leaves", []time.Duration{2 * time.Second, 5 * time.Second, time.Second}, 0, time.Minute, 5 * time.Second, nil},
		{"those who waited do not count", []time.Duration{2 * time.Second, 2 * time.Second, 3 * time.Second}, 4, time.Minute, 3 * time.Second, nil},
		{"until the caller gives up", []time.Duration{5 * time.Second}, 0, 4 * time.Second, 4 * time.Second, context.DeadlineExceeded},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := executor.NewGate(3, 10, time.Hour)
				for _, stay := range row.stays {
					time.AfterFunc(stay, mustEnter(t, g, 1).leave)
				}
				for range row.queued {
					mustWait(t, g, 1)
				}
				g.Close()
				ctx, cancel := context.WithTimeout(t.Context(), row.give)
				defer cancel()
				begin := time.Now()
				err := g.Wait(ctx)
				if took := time.Since(begin); took != row.after || !errors.Is(err, row.err) {
					t.Errorf("Wait returned %v after %v, want %v after %v", err, took, row.err, row.after)
				}
				// It may be asked again: draining does, after it interrupted
				// what would not end.
				if err := g.Wait(t.Context()); err != nil {
					t.Errorf("the second Wait: %v", err)
				}
				wantLoad(t, g, 0, 0)
			})
		})
	}
}

func TestGateBusy(t *testing.T) {
	t.Parallel()
	g := executor.NewGate(1, 1, time.Second)
	e := g.Busy("too many bytes")
	if e.Code != executor.QueueFull || e.Message != "too many bytes" || e.RetryAfter < time.Second {
		t.Errorf("Busy is %+v, want queue_full with the message and Retry-After", e)
	}
	wantLoad(t, g, 0, 0) // it is advice: nobody waits for it
}

// Retry-After comes from how long runs take here, not from a constant. The
// bounds are those of the jitter: a quarter of the wait either way, and up to a
// second on top.
func TestGateRetryAfterFollowsThePace(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		units       int64
		weight      int64
		runs        int
		stay        time.Duration
		queued      int
		least, most time.Duration
	}{
		{"before anything was measured", 1, 1, 0, 0, 0, time.Second, 3 * time.Second},
		{"short runs", 1, 1, 3, 10 * time.Millisecond, 0, time.Second, 2 * time.Second},
		{"long runs", 1, 1, 3, 20 * time.Second, 0, 16 * time.Second, 27 * time.Second},
		{"long runs, and four who wait", 1, 1, 3, 10 * time.Second, 4, 38 * time.Second, 64 * time.Second},
		{"more units finish more runs", 10, 1, 3, 100 * time.Second, 0, 8 * time.Second, 14 * time.Second},
		{"heavy runs take more units", 10, 5, 3, 20 * time.Second, 0, 8 * time.Second, 14 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := executor.NewGate(row.units, 10, time.Hour)
				for range row.runs {
					v := mustEnter(t, g, row.weight)
					time.Sleep(row.stay)
					v.leave()
				}
				full := mustEnter(t, g, row.units)
				var queue []*visit
				for range row.queued {
					queue = append(queue, mustWait(t, g, 1))
				}
				for range 200 { // the jitter is random
					if after := g.Busy("").RetryAfter; after < row.least || after > row.most {
						t.Fatalf("Retry-After is %v, want from %v to %v", after, row.least, row.most)
					}
				}
				for _, v := range queue {
					v.cancel(nil)
				}
				full.leave()
			})
		})
	}
}

// Everything at once: more clients than room, of every weight, some of whom
// leave early. Durations are whole milliseconds, so that many of them meet at
// the same instant and race there.
func TestGateUnderLoad(t *testing.T) {
	t.Parallel()
	const (
		units, depth    = 5, 8
		patience        = 20 * time.Millisecond
		clients, visits = 64, 60
	)
	synctest.Test(t, func(t *testing.T) {
		g := executor.NewGate(units, depth, patience)
		var inside, served, full, late, left atomic.Int64
		var wg sync.WaitGroup
		for client := range clients {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(1, uint64(client)))
				pause := func(most int64) { time.Sleep(time.Duration(rng.Int64N(most)) * time.Millisecond) }
				for range visits {
					weight := 1 + rng.Int64N(units+2)
					ctx, cancel := context.WithCancel(t.Context())
					if rng.Int64N(3) == 0 {
						ctx, cancel = context.WithTimeout(ctx, time.Duration(rng.Int64N(patience.Milliseconds()))*time.Millisecond)
					}
					leave, err := g.Enter(ctx, weight)
					if err != nil {
						var e *executor.Error
						errors.As(err, &e)
						switch {
						case e == nil:
							t.Errorf("error %v (%T) is no *executor.Error", err, err)
						case e.Code == executor.QueueFull:
							full.Add(1)
						case e.Code == executor.QueueTimeout:
							late.Add(1)
						case e.Code == executor.Canceled:
							left.Add(1)
						default:
							t.Errorf("unexpected refusal: %v", err)
						}
						pause(10)
						cancel()
						continue
					}
					served.Add(1)
					weight = min(weight, units)
					if now := inside.Add(weight); now > units {
						t.Errorf("%d units run, of %d", now, units)
					}
					if running, _, _, _ := g.Load(); running < weight || running > units {
						t.Errorf("Load says that %d units run, while %d do and %d may", running, weight, units)
					}
					pause(6)
					inside.Add(-weight)
					leave()
					cancel()
					leave()
				}
			})
		}
		wg.Wait()
		// A load in which one of these never happened would prove nothing.
		for name, n := range map[string]int64{"served": served.Load(), "queue_full": full.Load(), "queue_timeout": late.Load(), "canceled": left.Load()} {
			if n == 0 {
				t.Errorf("of %d visits none was %s", clients*visits, name)
			}
		}
		if total := served.Load() + full.Load() + late.Load() + left.Load(); total != clients*visits {
			t.Errorf("%d visits have an answer, of %d", total, clients*visits)
		}
		wantLoad(t, g, 0, 0)
		mustEnter(t, g, units).leave() // all of the room is there again
	})
}

// BenchmarkGate is what admission costs a request that finds room.
func BenchmarkGate(b *testing.B) {
	g := executor.NewGate(8, 32, time.Second)
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		leave, err := g.Enter(ctx, 1)
		if err != nil {
			b.Fatal(err)
		}
		leave()
	}
}
