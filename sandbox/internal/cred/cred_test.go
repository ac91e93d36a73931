package cred

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const patience = 20 * time.Second

// freshIDs is the first of some ids that nobody else on the machine should
// have; other tests use other ones at the same time.
func freshIDs() int { return 1_900_000_000 + rand.IntN(1_000_000)*64 }

// playground is a directory that everybody may pass through and write to.
func playground(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to take on another uid")
	}
	dir := t.TempDir()
	for path, mode := range map[string]fs.FileMode{filepath.Dir(dir): 0o711, dir: 0o777 | fs.ModeSticky} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	var closed *fs.PathError
	err := As(freshIDs(), func() error { _, err := os.Stat(dir + "/."); return err })
	if errors.As(err, &closed) {
		t.Skip("needs a directory for temporary files that every uid can reach: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func owner(t *testing.T, path string) (uid, gid int) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Error(err)
		return -1, -1
	}
	st := info.Sys().(*syscall.Stat_t)
	return int(st.Uid), int(st.Gid)
}

func touch(path string) error { return os.WriteFile(path, nil, 0o600) }

func TestAs(t *testing.T) {
	t.Parallel()
	dir := playground(t)
	id := freshIDs()
	theirs, ours := filepath.Join(dir, "theirs"), filepath.Join(dir, "ours")
	if err := As(id, func() error { return touch(theirs) }); err != nil {
		t.Fatal(err)
	}
	if err := touch(ours); err != nil {
		t.Fatal(err)
	}
	if uid, gid := owner(t, theirs); uid != id || gid != id {
		t.Errorf("what was made as %d belongs to %d:%d", id, uid, gid)
	}
	if uid, gid := owner(t, ours); uid != os.Geteuid() || gid != os.Getegid() {
		t.Errorf("what was made afterwards belongs to %d:%d", uid, gid)
	}
}

func TestAsGroup(t *testing.T) {
	t.Parallel()
	dir := playground(t)
	id := freshIDs()
	for name, want := range map[string][2]int{"both": {id, id + 1}, "only the group": {0, id + 1}, "only the user": {id, 0}} {
		path := filepath.Join(dir, name)
		if err := AsGroup(want[0], want[1], func() error { return os.Mkdir(path, 0o700) }); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if uid, gid := owner(t, path); uid != want[0] || gid != want[1] {
			t.Errorf("%s: %d:%d, want %v", name, uid, gid, want)
		}
	}
}

// The point of it all: root's rights are gone for as long.
func TestAsHasNoMoreRightsThanTheProgram(t *testing.T) {
	t.Parallel()
	dir := playground(t)
	secret, closed := filepath.Join(dir, "secret"), filepath.Join(dir, "closed")
	if err := errors.Join(touch(secret), os.Mkdir(closed, 0o700), touch(filepath.Join(closed, "in it"))); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() error{
		"read":          func() error { _, err := os.ReadFile(secret); return err },
		"write":         func() error { return os.WriteFile(secret, []byte("x"), 0) },
		"truncate":      func() error { return os.Truncate(secret, 0) },
		"chmod":         func() error { return os.Chmod(secret, 0o666) },
		"chown":         func() error { return os.Chown(secret, os.Geteuid(), -1) },
		"remove":        func() error { return os.Remove(secret) }, // the directory is sticky
		"rename":        func() error { return os.Rename(secret, secret+"2") },
		"list":          func() error { _, err := os.ReadDir(closed); return err },
		"look into":     func() error { _, err := os.Lstat(filepath.Join(closed, "in it")); return err },
		"make below":    func() error { return touch(filepath.Join(closed, "new")) },
		"make a device": func() error { return syscall.Mknod(filepath.Join(dir, "null"), syscall.S_IFCHR|0o666, 1<<8|3) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := As(freshIDs(), try); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%v, want a refusal", err)
			}
			if name == "chown" || name == "make a device" {
				return // those take capabilities that root need not have
			}
			if _, err := os.ReadFile(secret); err != nil {
				t.Errorf("root cannot read it afterwards: %v", err)
			}
		})
	}
}

func TestAsReturnsTheError(t *testing.T) {
	t.Parallel()
	playground(t)
	mine := errors.New("mine")
	if err := As(freshIDs(), func() error { return fmt.Errorf("wrapped: %w", mine) }); !errors.Is(err, mine) {
		t.Errorf("%v, want mine", err)
	}
	var pathError *fs.PathError
	if err := As(freshIDs(), func() error { _, err := os.Open("/nonexistent"); return err }); !errors.As(err, &pathError) {
		t.Errorf("%v, want a PathError", err)
	}
}

// An id that does not exist is an error, and fn is not run as somebody else.
func TestAsNobody(t *testing.T) {
	t.Parallel()
	playground(t)
	ran := false
	if err := As(-1, func() error { ran = true; return nil }); err == nil || ran {
		t.Errorf("error %v, fn was run: %v", err, ran)
	}
	if uid, gid := fsid(syscall.SYS_SETFSUID), fsid(syscall.SYS_SETFSGID); uid != 0 || gid != 0 {
		t.Errorf("the thread is left with %d:%d", uid, gid)
	}
}

// The thread that borrows a program's files must be nothing to its signals: all
// other ids stay root's.
func TestAsChangesOnlyTheFileSystemIDs(t *testing.T) {
	t.Parallel()
	playground(t)
	id := freshIDs()
	var status []byte
	err := As(id, func() (err error) {
		status, err = os.ReadFile("/proc/thread-self/status")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"Uid", "Gid"} {
		if want := fmt.Sprintf("\n%s:\t0\t0\t0\t%d\n", field, id); !bytes.Contains(status, []byte(want)) {
			t.Errorf("no %q in %s", want, status)
		}
	}
}

// Go starts threads when it needs them; none may inherit what one thread
// borrowed. Each goroutine here keeps its thread, so there must be new ones.
func TestThreadsStartedMeanwhileAreRoots(t *testing.T) {
	t.Parallel()
	playground(t)
	const threads = 20
	var wrong [threads]int
	err := As(freshIDs(), func() error {
		var here, done sync.WaitGroup
		here.Add(threads)
		for i := range threads {
			done.Go(func() {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				here.Done()
				here.Wait()
				wrong[i] = fsid(syscall.SYS_SETFSUID) | fsid(syscall.SYS_SETFSGID)
			})
		}
		done.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if wrong != [threads]int{} {
		t.Errorf("threads have file system ids %v", wrong)
	}
}

func TestAsFromManyGoroutines(t *testing.T) {
	t.Parallel()
	dir := playground(t)
	first := freshIDs()
	const goroutines, rounds = 32, 25
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for r := range rounds {
				name := filepath.Join(dir, fmt.Sprint(g, "-", r))
				want := first + g
				var err error
				if r%3 == 0 { // some work as root among the others, on the same threads
					want, err = 0, touch(name)
				} else {
					err = As(want, func() error { runtime.Gosched(); return touch(name) })
				}
				if err != nil {
					t.Error(err)
				} else if uid, gid := owner(t, name); uid != want || gid != want {
					t.Errorf("%s belongs to %d:%d, want %d", name, uid, gid, want)
				}
			}
		})
	}
	wg.Wait()
}

// sleeper starts a process that does nothing, under a uid.
func sleeper(t *testing.T, uid int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)},
		Setsid:     true, // no process group of ours could be meant by accident
	}
	if err := cmd.Start(); err != nil {
		t.Skip("cannot start a process under another uid: ", err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// endedBy waits for a process and returns the signal that ended it.
func endedBy(cmd *exec.Cmd) syscall.Signal {
	giveUp := time.AfterFunc(patience, func() { cmd.Process.Signal(syscall.SIGABRT) })
	defer giveUp.Stop()
	cmd.Wait()
	return cmd.ProcessState.Sys().(syscall.WaitStatus).Signal()
}

// leftAlone reports whether nobody has killed a process: then it dies of what
// is sent to it now.
func leftAlone(cmd *exec.Cmd) bool {
	cmd.Process.Signal(syscall.SIGTERM)
	return endedBy(cmd) == syscall.SIGTERM
}

func TestKill(t *testing.T) {
	t.Parallel()
	playground(t)
	uid := freshIDs()
	spare := uid + 10
	victims := []*exec.Cmd{sleeper(t, uid), sleeper(t, uid), sleeper(t, uid)}
	bystanders := map[string]*exec.Cmd{"the uid below": sleeper(t, uid-1), "the uid above": sleeper(t, uid+1), "root": sleeper(t, 0)}
	if err := Kill(uid, spare); err != nil {
		t.Fatal(err)
	}
	for _, v := range victims {
		if sig := endedBy(v); sig != syscall.SIGKILL {
			t.Errorf("a process of the uid ended by %v, not by SIGKILL", sig)
		}
	}
	for whose, b := range bystanders {
		if !leftAlone(b) {
			t.Errorf("a process of %s was killed", whose)
		}
	}
}

func TestKillNobody(t *testing.T) {
	t.Parallel()
	playground(t)
	if uid := freshIDs(); Kill(uid, uid+1) != nil {
		t.Error("that there is nothing to kill is no error")
	}
}

// Kills of several uids at once, while files are worked on under others: each
// thread is who it should be, and root's in the end.
func TestKillFromManyGoroutines(t *testing.T) {
	t.Parallel()
	dir := playground(t)
	first := freshIDs()
	const runs = 12
	spare := first + runs
	bystander := sleeper(t, first-1)
	var wg sync.WaitGroup
	for i := range runs {
		victim := sleeper(t, first+i)
		wg.Go(func() {
			if err := As(first+i, func() error { return touch(filepath.Join(dir, strconv.Itoa(i))) }); err != nil {
				t.Error(err)
			}
			if err := Kill(first+i, spare); err != nil {
				t.Error(err)
			}
			if sig := endedBy(victim); sig != syscall.SIGKILL {
				t.Errorf("uid %d: ended by %v", first+i, sig)
			}
		})
	}
	wg.Wait()
	if !leftAlone(bystander) {
		t.Error("somebody else was killed")
	}
	// The threads that killed are thrown away, which the kernel does when it
	// comes to it. Others belong to tests that run at the same time.
	deadline := time.Now().Add(patience)
	for {
		found := threadsOf(t, first, first+runs)
		if found == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a thread is left with somebody's ids: %s", found)
		}
		time.Sleep(time.Millisecond)
	}
}

// threadsOf finds a thread of this process with an id in a range.
func threadsOf(t *testing.T, first, last int) string {
	t.Helper()
	paths, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(paths) == 0 {
		t.Fatal("cannot see the own threads: ", err)
	}
	for _, path := range paths {
		status, _ := os.ReadFile(path)
		for line := range strings.Lines(string(status)) {
			ids, ok := strings.CutPrefix(line, "Uid:")
			if !ok {
				continue
			}
			for _, word := range strings.Fields(ids) {
				if id, _ := strconv.Atoi(word); id >= first && id <= last {
					return path + " " + strings.TrimSpace(line)
				}
			}
		}
	}
	return ""
}

// While it kills, the thread must not have the victims' uid where that would
// let them signal it: neither as its real nor as its saved one.
func TestKillIsOutOfReach(t *testing.T) {
	t.Parallel()
	playground(t)
	uid := freshIDs()
	spare := uid + 1
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := Kill(uid, spare); err != nil {
				t.Error(err)
				return
			}
		}
	})
	defer wg.Wait()
	defer close(stop)
	// Seen at work, not once but a few times.
	for seen, deadline := 0, time.Now().Add(patience); seen < 5; {
		if time.Now().After(deadline) {
			t.Fatal("the thread was never seen at work")
		}
		found := threadsOf(t, uid, uid)
		if found == "" {
			continue
		}
		seen++
		// real, effective, saved, file system
		if want := fmt.Sprintf("Uid:\t%d\t%d\t0\t%d", spare, uid, uid); !strings.HasSuffix(found, want) {
			t.Fatalf("%q, want %q", found, want)
		}
	}
}

// The main thread's credentials are what /proc shows of the process, and it is
// not thrown away. A goroutine that is on it and waits for another makes room
// for that one, so that is where to look; to get there, every thread is taken.
func TestThrowawayThreadIsNeverTheMainOne(t *testing.T) {
	main := func() bool { return syscall.Gettid() == syscall.Getpid() }
	errMain := errors.New("this is the main thread")
	const wanted = 5
	met := 0
	for deadline := time.Now().Add(patience); met < wanted && time.Now().Before(deadline) && !t.Failed(); {
		time.Sleep(time.Microsecond) // a timer fetches the thread that waits for all descriptors
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		threads := len(tasks) + 5
		var here, done sync.WaitGroup
		here.Add(threads)
		for range threads {
			done.Go(func() {
				runtime.LockOSThread()
				here.Done()
				here.Wait()
				runtime.UnlockOSThread()
				if !main() {
					return
				}
				met++
				err := onThrowawayThread(func() error {
					if main() {
						return errMain
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
	}
	if met < wanted && !t.Failed() {
		t.Errorf("the main thread was met %d times: too little was tested", met)
	}
}

func BenchmarkAs(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("needs root, to take on another uid")
	}
	id := freshIDs()
	for b.Loop() {
		if err := As(id, func() error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKill(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("needs root, to take on another uid")
	}
	id := freshIDs()
	for b.Loop() {
		if err := Kill(id, id+1); err != nil {
			b.Fatal(err)
		}
	}
}
