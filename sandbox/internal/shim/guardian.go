package shim

import (
	"syscall"
	"unsafe"

	"aca-executor/sandbox/internal/cred"
	"aca-executor/sandbox/internal/proc"
)

// GuardianConfig is what a guardian reads first: the uids it answers for, and
// the one to kill them with (see cred.Kill).
func GuardianConfig(first, count, spare int) []byte {
	var e encoder
	e.num(uint64(first), uint64(count), uint64(spare))
	return e.buf
}

// guard waits until the server is gone, which closes the pipe at ControlFD, and
// ends every process in the server's range of uids. A program's own
// PR_SET_PDEATHSIG does not reach what it forked; this does, and it also works
// when the server was killed with SIGKILL.
func guard() int {
	writeFile("/proc/self/comm", "exec-guardian")
	ignoreSignals()
	var b [24]byte
	if err := readFull(ControlFD, b[:]); err != nil {
		return 0 // the server died, or changed its mind, before it began
	}
	first, count, spare := int(get(b[:])), int(get(b[8:])), int(get(b[16:]))
	for {
		n, err := syscall.Read(ControlFD, b[:1])
		if err == syscall.EINTR {
			continue
		}
		if n <= 0 {
			break
		}
	}
	// Programs of a server that was stopped in order are dead already. Some of
	// the others may sit in the kernel where a signal takes its time.
	for range 1000 {
		if !killRange(first, count, spare) {
			return 0
		}
		ts := syscall.Timespec{Nsec: 10e6}
		syscall.Nanosleep(&ts, nil)
	}
	return 1
}

// ignoreSignals keeps what is meant for the server from ending the guardian
// first. It has a session of its own, so a terminal does not reach it; this is
// for those who signal every process of a name.
func ignoreSignals() {
	const sigIgn = 1
	act := [4]uint64{sigIgn}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT} {
		syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&act)), 0, sigsetSize, 0, 0)
	}
}

// killRange kills every uid of the range that has a living process, and
// reports whether there was one.
func killRange(first, count, spare int) bool {
	found := false
	for _, p := range proc.List() {
		if p.UID < first || p.UID >= first+count {
			continue
		}
		if st, ok := proc.ReadStat(p.PID); !ok || st.Dead() {
			continue
		}
		found = true
		cred.Kill(p.UID, spare)
	}
	return found
}
