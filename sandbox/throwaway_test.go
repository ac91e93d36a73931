package sandbox

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What holds an attack is only known when the attack has been seen to succeed
// without it. That is done in a place that may be destroyed: this test binary,
// run again in a PID namespace of its own, with its own /proc, its own
// /dev/shm of bounded size, and limits on everything below it.

const throwawayVar = "EXECUTOR_TEST_THROWAWAY"

// inThrowaway runs the tests that match in such a place, and returns what they
// printed.
func inThrowaway(t *testing.T, tests string) (string, error) {
	t.Helper()
	needRoot(t)
	need(t, python)
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+tests+"$", "-test.v", "-test.count=1")
	cmd.Env = append(os.Environ(), throwawayVar+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	runtime.LockOSThread() // Pdeathsig is about this thread
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), notHere) || err != nil && len(out) == 0 {
		t.Skipf("no namespace can be made here: %v %s", err, out)
	}
	return string(out), err
}

const notHere = "THROWAWAY: not possible here"

// enterThrowaway skips outside of one, and inside finishes the set-up.
func enterThrowaway(t *testing.T) {
	t.Helper()
	if os.Getenv(throwawayVar) == "" {
		t.Skip("runs only in a PID namespace of its own")
	}
	if os.Getpid() != 1 {
		t.Fatal("not in a namespace")
	}
	for _, m := range []struct {
		source, target, kind, data string
		flags                      uintptr
	}{
		{"none", "/", "", "", unix.MS_REC | unix.MS_PRIVATE},
		{"proc", "/proc", "proc", "", 0},
		{"tmpfs", shmDir, "tmpfs", "size=1g", unix.MS_NOSUID | unix.MS_NODEV},
	} {
		if err := unix.Mount(m.source, m.target, m.kind, m.flags, m.data); err != nil {
			t.Fatal(notHere, m.target, err)
		}
	}
	for resource, most := range map[int]uint64{
		unix.RLIMIT_NPROC: 2000, unix.RLIMIT_FSIZE: 8 << 40, unix.RLIMIT_NOFILE: 16384,
	} {
		var have unix.Rlimit
		unix.Getrlimit(resource, &have)
		most = min(most, have.Max)
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAttacksSucceedWithoutTheirLayer(t *testing.T) {
	if out, err := inThrowaway(t, "TestThrowawayAttacks"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestThrowawayAttacks(t *testing.T) {
	enterThrowaway(t)
	inPython.testUnheld(t)
}

// testUnheld sees that every attack succeeds without the layers that hold it.
func (lang language) testUnheld(t *testing.T) {
	outer := t
	without := map[Layers]rig{}
	for _, a := range lang.attacks {
		t.Run(a.name, func(t *testing.T) {
			available, err := Require(Probe(), 0, 0)
			if err != nil || !available.Has(a.layer) {
				t.Skipf("layer %s is not available here: %v", a.layer, err)
			}
			if a.possible != nil && !a.possible() {
				t.Skip("this kernel has nothing to attack here")
			}
			off := a.layer | a.also
			if a.layer == UID { // which is never off: two runs share one instead
				off = off&^UID | 1<<31 // of its own
			}
			g, ok := without[off]
			if !ok {
				if a.layer == UID {
					// Who ends a run on a shared uid ends the children that wait there, and
					// the watchdog would collect the other run's dead process.
					g = newColdRig(outer, off&All&^UID|Watchdog)
					g.s.sharedUID()
				} else {
					g = lang.open(outer, off&All) // for all rows
				}
				without[off] = g
			}
			for _, w := range lang.ways(g) {
				if v := g.try(t, a, w); !v.successful {
					t.Errorf("no success although %s is off, %s; what holds it is another layer, or itself: %s", off&All|a.layer, w.name, v.why)
				}
			}
		})
	}
}

// The way in which the server borrows a run's uid matters: a thread that has it
// as its real one can be killed by the run, and with it the server; one that
// has the spare uid there cannot.
func TestBorrowedUIDMustNotBeTheRealOne(t *testing.T) {
	if out, err := inThrowaway(t, "TestThrowawayBorrowing"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

const borrowVar = "EXECUTOR_TEST_BORROW"

func TestThrowawayBorrowing(t *testing.T) {
	enterThrowaway(t)
	const uid = 1_700_000_000
	for _, row := range []struct {
		name   string
		real   int
		killed bool
	}{{"the run's own", uid, true}, {"the spare one", uid + 1, false}} {
		t.Run(row.name, func(t *testing.T) {
			borrower := exec.Command("/proc/self/exe", "-test.run=^TestThrowawayBorrower$", "-test.count=1")
			borrower.Env = append(os.Environ(), borrowVar+"="+strconv.Itoa(row.real))
			if err := borrower.Start(); err != nil {
				t.Fatal(err)
			}
			attacker := exec.Command(python, "-c", `
import ctypes, sys
libc = ctypes.CDLL(None); pid = int(sys.argv[1])
while True:
    for tid in range(pid, pid + 40): libc.syscall(234, pid, tid, 9)`, strconv.Itoa(borrower.Process.Pid))
			attacker.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
			if err := attacker.Start(); err != nil {
				t.Fatal(err)
			}
			err := borrower.Wait()
			attacker.Process.Kill()
			attacker.Wait()
			if killed := err != nil && strings.Contains(err.Error(), "killed"); killed != row.killed {
				t.Errorf("killed: %v; want %v", err, row.killed)
			}
		})
	}
}

// TestThrowawayBorrower is the process that takes on the uid, for some seconds.
func TestThrowawayBorrower(t *testing.T) {
	real, err := strconv.Atoi(os.Getenv(borrowVar))
	if err != nil {
		t.Skip("is started by another test")
	}
	const effective = 1_700_000_000
	runtime.LockOSThread()
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end); {
		syscall.RawSyscall(syscall.SYS_SETRESUID, uintptr(real), effective, 0)
		syscall.RawSyscall(syscall.SYS_SETRESUID, 0, 0, 0)
	}
}
