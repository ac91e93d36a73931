package sandbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// unitExit and unitSignal are wait statuses as wait(2) gives them.
func unitExit(code int) unix.WaitStatus            { return unix.WaitStatus(code << 8) }
func unitSignal(sig unix.Signal) unix.WaitStatus   { return unix.WaitStatus(sig) }
func unitDumped(sig unix.Signal) unix.WaitStatus   { return unix.WaitStatus(sig) | 0x80 }
func unitOver(o Outcome) error                     { return limitError(o) }
func unitWrapped(o Outcome) error                  { return fmt.Errorf("step 2: %w", limitError(o)) }
func unitCPU(used, limit time.Duration) (e ending) { e.cpu, e.limits.CPU = used, limit; return e }

func TestClassify(t *testing.T) {
	t.Parallel()
	killed := unitSignal(unix.SIGKILL)
	for _, row := range []struct {
		name    string
		ending  ending
		outcome Outcome
		code    int
		signal  string
	}{
		{"success", ending{status: unitExit(0)}, Exited, 0, ""},
		{"failure", ending{status: unitExit(1)}, Exited, 1, ""},
		{"the highest code", ending{status: unitExit(255)}, Exited, 255, ""},
		{"a code that looks like a shell's signal", ending{status: unitExit(137)}, Exited, 137, ""},
		{"a crash", ending{status: unitSignal(unix.SIGSEGV)}, Signaled, -1, "SIGSEGV"},
		{"a crash with a core dump", ending{status: unitDumped(unix.SIGABRT)}, Signaled, -1, "SIGABRT"},
		{"SIGKILL that was nobody's of ours", ending{status: killed, limits: Limits{CPU: time.Second}}, Signaled, -1, "SIGKILL"},
		{"a real-time signal has no name", ending{status: unitSignal(40)}, Signaled, -1, ""},

		{"wall time", ending{status: killed, cause: unitOver(WallTime)}, WallTime, -1, "SIGKILL"},
		{"processor time, by the watchdog", ending{status: killed, cause: unitOver(CPUTime)}, CPUTime, -1, "SIGKILL"},
		{"memory", ending{status: killed, cause: unitOver(Memory)}, Memory, -1, "SIGKILL"},
		{"disk", ending{status: killed, cause: unitOver(Disk)}, Disk, -1, "SIGKILL"},
		{"output", ending{status: killed, cause: unitOver(OutputLimit), truncated: true}, OutputLimit, -1, "SIGKILL"},
		{"the cause is wrapped", ending{status: killed, cause: unitWrapped(Memory)}, Memory, -1, "SIGKILL"},

		{"over a limit, but faster than the kill", ending{status: unitExit(0), cause: unitOver(Memory)}, Memory, 0, ""},
		{"over a limit, and it crashed of it", ending{status: unitSignal(unix.SIGBUS), cause: unitOver(Disk)}, Disk, -1, "SIGBUS"},
		{"too much output, found out after the end", ending{status: unitExit(3), truncated: true}, OutputLimit, 3, ""},
		{"too much output, and a crash", ending{status: unitSignal(unix.SIGPIPE), truncated: true}, OutputLimit, -1, "SIGPIPE"},
		{"a limit that was found first counts", ending{status: killed, cause: unitOver(WallTime), truncated: true}, WallTime, -1, "SIGKILL"},

		{"a peak that nobody ended it for", ending{status: unitExit(0), memory: 65, limits: Limits{Memory: 64}}, Memory, 0, ""},
		{"a peak, and a crash of it", ending{status: unitSignal(unix.SIGSEGV), memory: 65, limits: Limits{Memory: 64}}, Memory, -1, "SIGSEGV"},
		{"a peak at the limit", ending{status: unitExit(0), memory: 64, limits: Limits{Memory: 64}}, Exited, 0, ""},
		{"a peak, but another limit was found first", ending{status: killed, cause: unitOver(Disk), memory: 65, limits: Limits{Memory: 64}}, Disk, -1, "SIGKILL"},

		{"the kernel had no memory left", ending{status: killed, sacrificed: true, limits: Limits{CPU: time.Second}}, Memory, -1, "SIGKILL"},
		{"it had none, but this one crashed", ending{status: unitSignal(unix.SIGSEGV), sacrificed: true}, Signaled, -1, "SIGSEGV"},
		{"it had none, but this one ended", ending{status: unitExit(1), sacrificed: true}, Exited, 1, ""},
		{"it had none, when this one's time was up", ending{status: killed, cause: unitOver(WallTime), sacrificed: true}, WallTime, -1, "SIGKILL"},

		{"the server stops", ending{status: killed, cause: ErrInterrupted}, Interrupted, -1, "SIGKILL"},
		{"the server stops, wrapped", ending{status: killed, cause: fmt.Errorf("drain: %w", ErrInterrupted)}, Interrupted, -1, "SIGKILL"},
		{"the server stops, and the program was done", ending{status: unitExit(0), cause: ErrInterrupted}, Interrupted, 0, ""},
		{"the server stops, with too much output", ending{status: killed, cause: ErrInterrupted, truncated: true}, Interrupted, -1, "SIGKILL"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			outcome, code, signal := classify(row.ending)
			if outcome != row.outcome || code != row.code || signal != row.signal {
				t.Errorf("%v, code %d, signal %q, want %v, code %d, signal %q", outcome, code, signal, row.outcome, row.code, row.signal)
			}
		})
	}
}

// The kernel ends a process by itself that has used up RLIMIT_CPU, and does not
// say so.
func TestClassifyProcessorTime(t *testing.T) {
	t.Parallel()
	const limit = 2 * time.Second
	for _, row := range []struct {
		name   string
		status unix.WaitStatus
		used   time.Duration
		want   Outcome
	}{
		{"SIGXCPU", unitSignal(unix.SIGXCPU), limit, CPUTime},
		{"SIGXCPU with a core dump", unitDumped(unix.SIGXCPU), limit, CPUTime},
		{"SIGKILL for who ignored that", unitSignal(unix.SIGKILL), limit + time.Second, CPUTime},
		{"SIGKILL to the nanosecond", unitSignal(unix.SIGKILL), limit, CPUTime},
		{"SIGKILL long before", unitSignal(unix.SIGKILL), limit - 1, Signaled},
		{"another signal after long work", unitSignal(unix.SIGSEGV), 2 * limit, Signaled},
		{"an exit after long work", unitExit(0), 2 * limit, Exited},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := unitCPU(row.used, limit)
			e.status = row.status
			if got, _, _ := classify(e); got != row.want {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}

// The causes that the sandbox ends runs with come out of a context as they went
// in, and the first one counts.
func TestLimitErrorIsACause(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancelCause(context.Background())
	end(limitError(Memory))
	end(limitError(WallTime))
	var limit limitError
	if !errors.As(context.Cause(ctx), &limit) || Outcome(limit) != Memory {
		t.Errorf("the cause is %v", context.Cause(ctx))
	}
}

func TestOutcomesHaveNames(t *testing.T) {
	t.Parallel()
	seen := map[string]Outcome{}
	for o := Exited; o <= Interrupted; o++ {
		name := o.String()
		if other, twice := seen[name]; name == "" || twice {
			t.Errorf("outcome %d is called %q, like %d", o, name, other)
		}
		seen[name] = o
	}
}

func TestMemory(t *testing.T) {
	for _, row := range []struct {
		name        string
		m           memory
		least, peak int64
	}{
		{"never looked at", memory{atEnd: 30, before: 20}, 30, 30},
		{"never looked at, and smaller than what it was before", memory{atEnd: 20, before: 20}, 0, 0},
		{"looked at, and smaller than what it was before", memory{watched: 3, atEnd: 20, before: 20}, 3, 3},
		{"grown after the last look", memory{watched: 25, atEnd: 30, before: 20}, 30, 30},
		{"many processes", memory{watched: 90, atEnd: 30, before: 20}, 90, 90},
		{"forked, never looked at", memory{atEnd: 30, before: 20, forked: true}, 10, 30},
		{"forked, ended at once", memory{atEnd: 18, before: 20, forked: true}, 0, 18},
		{"forked", memory{watched: 25, atEnd: 30, before: 20, forked: true}, 25, 25},
		{"forked, grown after the last look", memory{watched: 5, atEnd: 30, before: 20, forked: true}, 10, 10},
		{"nothing is known", memory{}, 0, 0},
	} {
		if least, peak := row.m.least(), row.m.peak(); least != row.least || peak != row.peak {
			t.Errorf("%s: least %d, peak %d, want %d, %d", row.name, least, peak, row.least, row.peak)
		}
	}
}
