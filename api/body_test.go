package api

import (
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/semaphore"
)

// A large answer that waits for room keeps no other out of what there is.
func TestAnswersThatWait(t *testing.T) {
	const mib = 1 << 20
	synctest.Test(t, func(t *testing.T) {
		b := &bodies{room: semaphore.NewWeighted(100 * mib), all: 100 * mib}
		first, err := b.hold(t.Context(), 70*mib)
		if err != nil {
			t.Fatal(err)
		}
		type held struct {
			load *load
			err  error
			took time.Duration
		}
		waits := make(chan held)
		hold := func() {
			begin := time.Now()
			l, err := b.hold(t.Context(), 70*mib)
			waits <- held{l, err, time.Since(begin)}
		}
		go hold()
		synctest.Wait()
		if !b.fits(mib) {
			t.Error("there is no room for a small body")
		}
		if h := <-waits; h.err == nil || h.took < time.Second || h.took > 2*time.Second {
			t.Errorf("%v after %v, want a refusal after a second", h.err, h.took)
		}
		go hold()
		synctest.Wait()
		first.shrink(0)
		if h := <-waits; h.err != nil || h.took > 100*time.Millisecond || h.load.taken != 70*mib {
			t.Errorf("%v after %v, want room at once", h.err, h.took)
		}
	})
}
