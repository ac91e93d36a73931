package executor

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name         string
		perRequest   time.Duration
		ahead, units int64
		jitter       float64
		want         time.Duration
	}{
		{"never less than a second", 0, 1, 1, 0, time.Second},
		{"never less than a second, for short runs", time.Millisecond, 1, 8, 0, time.Second},
		{"least jitter is a quarter less", 8 * time.Second, 1, 1, 0, 7 * time.Second},
		{"middle", 8 * time.Second, 1, 1, 0.5, 9 * time.Second},
		{"most jitter is a quarter and a second more", 8 * time.Second, 1, 1, 1, 12 * time.Second},
		{"twice as many ahead", 8 * time.Second, 2, 1, 0, 13 * time.Second},
		{"twice as many units", 8 * time.Second, 2, 2, 0, 7 * time.Second},
		{"whole seconds, rounded up", 1900 * time.Millisecond, 1, 1, 0, 2 * time.Second},
		{"below the cap", 90 * time.Second, 1, 1, 0.5, 91 * time.Second},
		{"capped, and still spread: least", 10 * time.Minute, 32, 1, 0, 72 * time.Second},
		{"capped, and still spread: middle", 10 * time.Minute, 32, 1, 0.5, 96 * time.Second},
		{"capped, and still spread: most", 10 * time.Minute, 32, 1, 1, 2 * time.Minute},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := retryAfter(row.perRequest, row.ahead, row.units, row.jitter); got != row.want {
				t.Errorf("retryAfter(%v, %d, %d, %v) = %v, want %v", row.perRequest, row.ahead, row.units, row.jitter, got, row.want)
			}
		})
	}
}

// What must hold for any load that the configuration allows.
func TestRetryAfterProperties(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		per := time.Duration(rng.Int64N(int64(5 * time.Minute)))
		ahead, units, jitter := 1+rng.Int64N(200), 1+rng.Int64N(64), rng.Float64()
		got := retryAfter(per, ahead, units, jitter)
		if got < time.Second || got > 2*time.Minute || got%time.Second != 0 {
			t.Fatalf("retryAfter(%v, %d, %d, %v) = %v, want whole seconds from 1s to 2m", per, ahead, units, jitter, got)
		}
		if more := retryAfter(per, ahead+1, units, jitter); more < got {
			t.Fatalf("one more ahead of %d: %v, less than %v", ahead, more, got)
		}
		if more := retryAfter(per, ahead, units+1, jitter); more > got {
			t.Fatalf("one unit more than %d: %v, more than %v", units, more, got)
		}
	}
}

// Those who were refused together must not come back together.
func TestRetryAfterSpreads(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]int{}
	const steps = 1000
	for i := range steps {
		seen[retryAfter(20*time.Second, 1, 1, float64(i)/steps)]++
	}
	if len(seen) < 10 {
		t.Errorf("a wait of 20s is spread over %d different seconds: %v", len(seen), seen)
	}
	for after, n := range seen {
		if n > steps/5 {
			t.Errorf("%d of %d come back after %v", n, steps, after)
		}
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	type run struct {
		inside time.Duration
		weight int64
	}
	for _, row := range []struct {
		name string
		runs []run
		want time.Duration
	}{
		{"nothing measured", nil, time.Second},
		{"the first run is all there is to know", []run{{16 * time.Second, 1}}, 16 * time.Second},
		{"a later one counts for an eighth", []run{{16 * time.Second, 1}, {8 * time.Second, 1}}, 15 * time.Second},
		{"upwards too", []run{{8 * time.Second, 1}, {16 * time.Second, 1}}, 9 * time.Second},
		{"weight is work", []run{{2 * time.Second, 4}}, 8 * time.Second},
		{"no time at all says nothing", []run{{0, 1}}, time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			var p pace
			for _, r := range row.runs {
				p.done(r.inside, r.weight)
			}
			if got := p.perRequest(); got != row.want {
				t.Errorf("a request is %v of work, want %v", got, row.want)
			}
		})
	}
}
