package sandbox

import (
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/shim"
)

const (
	openFiles   = 256      // unlinked files and socket buffers hide behind descriptors
	mainStack   = 8 << 20  // what everybody expects; also the size of a thread's stack
	defaultData = 1 << 30  // see Limits.Data
	lockedBytes = 64 << 10 // a few pages for keys
)

// rlimits are what the kernel itself can enforce for each process (and for the
// uid, which is the run's alone: RLIMIT_NPROC).
func rlimits(l Limits) []shim.Rlimit { return append(runRlimits(l), fixedRlimits()...) }

// runRlimits are those that depend on the run.
func runRlimits(l Limits) []shim.Rlimit {
	data := l.Data
	if data == 0 {
		data = defaultData
	}
	// RLIMIT_CPU counts whole seconds: the watchdog does the exact work. The
	// second on top is for programs that catch SIGXCPU.
	cpu := uint64((l.CPU + time.Second - 1) / time.Second)
	return clamped([]shim.Rlimit{
		{Resource: unix.RLIMIT_CPU, Soft: cpu, Hard: cpu + 1},
		both(unix.RLIMIT_FSIZE, l.File),
		both(unix.RLIMIT_DATA, l.Memory+data),
		{Resource: unix.RLIMIT_STACK, Soft: mainStack, Hard: uint64(max(l.Memory, mainStack))},
		both(unix.RLIMIT_NPROC, int64(l.Processes)),
	})
}

// fixedRlimits are the same for every run.
func fixedRlimits() []shim.Rlimit {
	return clamped([]shim.Rlimit{
		both(unix.RLIMIT_CORE, 0),
		both(unix.RLIMIT_NOFILE, openFiles),
		both(unix.RLIMIT_MEMLOCK, lockedBytes),
		both(unix.RLIMIT_MSGQUEUE, 0),
		both(unix.RLIMIT_NICE, 0),
		both(unix.RLIMIT_RTPRIO, 0),
		both(unix.RLIMIT_SIGPENDING, 1024),
	})
}

func clamped(list []shim.Rlimit) []shim.Rlimit {
	for i := range list {
		list[i] = clamp(list[i])
	}
	return list
}

func both(resource int, v int64) shim.Rlimit {
	return shim.Rlimit{Resource: resource, Soft: uint64(v), Hard: uint64(v)}
}

// clamp keeps a limit within the server's own hard one, which it could not
// raise without CAP_SYS_RESOURCE.
func clamp(r shim.Rlimit) shim.Rlimit {
	if own, known := ownHard()[r.Resource]; known {
		r.Soft, r.Hard = min(r.Soft, own), min(r.Hard, own)
	}
	return r
}

// ownHard are the server's hard limits, which nothing changes while it runs.
var ownHard = sync.OnceValue(func() map[int]uint64 {
	limits := map[int]uint64{}
	for resource := range unix.RLIMIT_RTTIME + 1 {
		var own syscall.Rlimit
		if syscall.Getrlimit(resource, &own) == nil {
			limits[resource] = own.Max
		}
	}
	return limits
})
