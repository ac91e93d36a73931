package jobs

import (
	"errors"
	"testing"
	"time"
)

// What becomes of a job after a run, without a database.
func TestDecide(t *testing.T) {
	done := Outcome{RunStatus: "success", Success: true, Result: []byte("{}")}
	failed := Outcome{RunStatus: "timeout", Result: []byte("{}")}
	lost := Outcome{Reason: &Problem{"sandbox_error", "it broke"}}
	again := Outcome{Again: true}
	perhaps := Outcome{Again: true, Reason: lost.Reason}
	for _, row := range []struct {
		name     string
		outcome  Outcome
		cause    error
		retries  int
		attempt  int
		stopping bool
		status   Status // empty: nothing is written
		wait     time.Duration
		now      bool
		spent    int
		lost     int // before
		counts   int // as lost
	}{
		{name: "success", outcome: done, status: Success},
		{name: "success with retries left", outcome: done, retries: 3, status: Success},
		{name: "a program that failed", outcome: failed, status: Failure},
		{name: "a program that failed, tried once", outcome: failed, retries: 2, attempt: 1, status: Retry, wait: time.Second, spent: 1},
		{name: "a program that failed, tried often", outcome: failed, retries: 1, attempt: 4, status: Retry, wait: 8 * time.Second, spent: 1},
		{name: "a program that failed, tried very often", outcome: failed, retries: 1, attempt: 90, status: Retry, wait: time.Minute, spent: 1},
		{name: "a program that fails each time", outcome: Outcome{RunStatus: "compile_error", Result: []byte("{}"), Final: true}, retries: 3, status: Failure},
		{name: "what could not be run", outcome: lost, status: Failure},
		{name: "what could not be run here and now", outcome: again, status: Retry, wait: time.Second},
		{name: "the process stops", outcome: again, stopping: true, status: Retry, now: true},
		{name: "the process stops, and the program has ended all the same", outcome: done, stopping: true, status: Success},
		{name: "what may be run elsewhere", outcome: perhaps, status: Retry, wait: 2 * time.Second, counts: 1},
		{name: "what may be run elsewhere, and was tried there", outcome: perhaps, lost: 1, status: Retry, wait: 2 * time.Second, counts: 1},
		{name: "what cannot be run anywhere", outcome: perhaps, lost: 2, status: Failure},
		{name: "what may be run elsewhere, revoked", outcome: perhaps, lost: 2, cause: errRevoked, status: Revoked},
		{name: "revoked", outcome: again, cause: errRevoked, status: Revoked},
		{name: "revoked while the process stops", outcome: again, cause: errRevoked, stopping: true, status: Revoked},
		{name: "revoked, and the program had ended already", outcome: done, cause: errRevoked, status: Success},
		{name: "revoked, with retries left", outcome: failed, cause: errRevoked, retries: 1, status: Failure},
		{name: "somebody else's by now", outcome: done, cause: errFenced},
		{name: "interrupted", outcome: again, cause: errors.New("the server stops"), stopping: true, status: Retry, now: true},
	} {
		e := decide(row.outcome, row.cause, claimed{attempt: max(row.attempt, 1), retries: row.retries, lost: row.lost}, row.stopping)
		if e.nothing != (row.status == "") || e.status != row.status || e.wait != row.wait || e.now != row.now || e.spent != row.spent || e.lost != row.counts {
			t.Errorf("%s: %+v", row.name, e)
		}
		if ended := row.status == Success || row.status == Failure; ended && string(e.outcome.Result) != string(row.outcome.Result) {
			t.Errorf("%s: the outcome is not kept", row.name)
		}
	}
}

func TestTroubles(t *testing.T) {
	var tr troubles
	now := time.Now()
	for i, want := range []bool{true, false, true} {
		if got := tr.is("a", now.Add(time.Duration(i)*40*time.Second)); got != want {
			t.Errorf("after %d s it is told: %v", i*40, got)
		}
	}
	if !tr.is("b", now) {
		t.Error("another one is not told")
	}
	for i, want := range []bool{false, false, false, true} {
		if what := []string{"a", "a", "c", "b"}[i]; tr.over(what) != want {
			t.Errorf("%s: that all is over is not %v", what, want)
		}
	}
}
