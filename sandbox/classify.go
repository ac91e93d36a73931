package sandbox

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// ErrInterrupted, as the cause of a context's end, ends a run with the outcome
// Interrupted and what it has written so far. Any other end of the context
// means that nobody wants the result any more.
var ErrInterrupted = errors.New("sandbox: the server is stopping")

// limitError is the cause with which a run is cancelled when it goes over a
// limit.
type limitError Outcome

func (e limitError) Error() string { return "sandbox: over the limit: " + Outcome(e).String() }

// ending is everything that decides the outcome.
type ending struct {
	status    unix.WaitStatus
	cause     error // why the sandbox ended it; nil when it did not
	truncated bool  // some output was thrown away
	// sacrificed says that the kernel killed something in this container meanwhile,
	// for want of memory, and that the program had enough to be it.
	sacrificed bool
	cpu        time.Duration
	memory     int64 // what it had for sure
	limits     Limits
}

// leastSacrificed is the least memory of a program that the kernel would choose.
const leastSacrificed = 8 << 20

// memory is what is known of a program's memory at its end, in bytes.
type memory struct {
	watched int64 // the most that the watchdog saw; more than the limit only where it measured exactly
	atEnd   int64 // the most that one process had, says the kernel
	before  int64 // what it had before it was the program
	forked  bool  // that is the zygote's, shared with it; else it was given back
}

// least is what the program had for sure.
func (m memory) least() int64 {
	own := m.atEnd
	switch {
	case m.forked:
		own -= m.before
	case m.atEnd <= m.before:
		own = 0
	}
	return max(m.watched, own)
}

// peak is the figure for the result. Of a started program that was over before the
// first look nothing is known but that it had less than the server, from whose
// process it came: that says nothing, and is 0.
func (m memory) peak() int64 {
	if m.watched == 0 && m.forked {
		return m.atEnd
	}
	return m.least()
}

// classify decides what ended a program. A limit that was found exceeded
// counts even when the program exited before it could be killed for it.
func classify(e ending) (outcome Outcome, code int, signal string) {
	code = -1
	switch {
	case e.status.Exited():
		code = e.status.ExitStatus()
	case e.status.Signaled():
		signal = unix.SignalName(e.status.Signal())
	}
	var limit limitError
	switch {
	case errors.As(e.cause, &limit):
		return Outcome(limit), code, signal
	case errors.Is(e.cause, ErrInterrupted):
		return Interrupted, code, signal
	case e.memory > e.limits.Memory: // it came to its end before the watchdog had decided
		return Memory, code, signal
	case e.truncated:
		return OutputLimit, code, signal
	case e.status.Signaled() && endedByCPU(e):
		return CPUTime, code, signal
	case e.sacrificed && e.status.Signaled() && e.status.Signal() == unix.SIGKILL:
		return Memory, code, signal
	case e.status.Signaled():
		return Signaled, code, signal
	}
	return Exited, code, signal
}

// endedByCPU recognises RLIMIT_CPU, which the kernel checks by itself: SIGXCPU
// first, and SIGKILL for those who ignore it.
func endedByCPU(e ending) bool {
	switch e.status.Signal() {
	case unix.SIGXCPU:
		return true
	case unix.SIGKILL:
		return e.cpu >= e.limits.CPU
	}
	return false
}
