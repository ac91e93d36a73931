// Package cred changes the credentials of single threads: who the server is
// for the length of one call.
//
// Linux keeps credentials for each thread; it is the C library, and Go's
// syscall package after it, that makes them look like a property of the
// process. The sandbox needs exactly the kernel's view: it works on a run's
// files and reads a run's /proc entries as the run's own uid, so that the
// kernel checks every path with the rights of the program that may have
// prepared it, and it kills with that uid's reach, and no more.
//
// The package imports next to nothing on purpose: the shim needs it before the
// rest of the binary is initialised.
package cred

import (
	"os"
	"runtime"
	"syscall"
)

// As runs fn with the file-system identity of id (uid and gid), on a thread
// that nobody else uses meanwhile, and returns fn's error.
//
// Only the file-system ids change: for signals, scheduling and ptrace the
// thread stays root, so the program whose uid it borrows can do nothing to it.
// The capabilities that override file permissions are gone for as long; that
// is the point. It needs neither CAP_CHOWN nor CAP_DAC_OVERRIDE.
func As(id int, fn func() error) error {
	return AsGroup(id, id, fn)
}

// AsGroup is As with a gid of its own.
func AsGroup(uid, gid int, fn func() error) error {
	runtime.LockOSThread()
	// gid first: a change of the uid drops no capability that setfsgid needs,
	// but the order is the one every other tool uses.
	setfsid(syscall.SYS_SETFSGID, gid)
	setfsid(syscall.SYS_SETFSUID, uid)
	var err error
	if fsid(syscall.SYS_SETFSUID) == uid && fsid(syscall.SYS_SETFSGID) == gid {
		err = fn()
	} else {
		err = os.NewSyscallError("setfsuid", syscall.EPERM)
	}
	setfsid(syscall.SYS_SETFSUID, 0)
	setfsid(syscall.SYS_SETFSGID, 0)
	if fsid(syscall.SYS_SETFSUID) != 0 || fsid(syscall.SYS_SETFSGID) != 0 {
		// The goroutine stays locked: its thread ends with it and is never
		// used by anybody who believes to be root.
		return os.NewSyscallError("setfsuid back to root", syscall.EPERM)
	}
	runtime.UnlockOSThread()
	return err
}

// setfsuid and setfsgid report no errors: they return the previous id, and an
// invalid id is a way to ask.
func setfsid(trap uintptr, id int) { syscall.RawSyscall(trap, uintptr(id), 0, 0) }

func fsid(trap uintptr) int {
	id, _, _ := syscall.RawSyscall(trap, ^uintptr(0), 0, 0)
	return int(id)
}

// lowest is below every uid of a run, and above those of the system.
const lowest = 1000

// Kill ends every process of the uid, whatever it has forked and however fast
// it forks: kill(-1) holds the kernel's list of processes while it walks it.
//
// The calling thread has the real uid spare, which no process has, and the
// effective uid of the victims. It never has their uid as its real or saved
// one: then they could signal it, and with it the whole server. The thread is
// not restored but thrown away: nothing that a victim may have done to it in
// the meantime (its nice value, its processors) outlives the call.
//
// That some process could be signalled says nothing: the kernel answers the
// same when every one of them was refused. Look into /proc to know.
func Kill(uid, spare int) error {
	if uid < lowest || spare < lowest || uid == spare {
		return os.NewSyscallError("kill by uid", syscall.EINVAL) // it would reach the system's own processes
	}
	return onThrowawayThread(func() error {
		if _, _, e := syscall.RawSyscall(syscall.SYS_SETRESUID, uintptr(spare), uintptr(uid), 0); e != 0 {
			return os.NewSyscallError("setresuid", e)
		}
		_, _, e := syscall.RawSyscall(syscall.SYS_KILL, ^uintptr(0), uintptr(syscall.SIGKILL), 0)
		if e != 0 && e != syscall.ESRCH {
			return os.NewSyscallError("kill", e)
		}
		return nil
	})
}

// onThrowawayThread runs fn on a thread that ends with it, and never on the
// main one, whose credentials stand for the process.
func onThrowawayThread(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if syscall.Gettid() == syscall.Getpid() {
			// Ours is the main thread: holding it keeps the next try off it.
			done <- onThrowawayThread(fn)
			runtime.UnlockOSThread()
			return
		}
		done <- fn()
	}()
	return <-done
}
