package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
)

// unitSleeper starts a process that does nothing, under a uid.
func unitSleeper(t *testing.T, uid int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)},
		Setsid:     true,
	}
	if err := cmd.Start(); err != nil {
		t.Skip("cannot start a process under another uid: ", err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// unitEndedBy waits for a process and returns the signal that ended it.
func unitEndedBy(cmd *exec.Cmd) syscall.Signal {
	giveUp := time.AfterFunc(20*time.Second, func() { cmd.Process.Signal(syscall.SIGABRT) })
	defer giveUp.Stop()
	cmd.Wait()
	return cmd.ProcessState.Sys().(syscall.WaitStatus).Signal()
}

// unitLeftAlone reports whether nobody has killed a process: then it dies of
// what is sent to it now.
func unitLeftAlone(cmd *exec.Cmd) bool {
	cmd.Process.Signal(syscall.SIGTERM)
	return unitEndedBy(cmd) == syscall.SIGTERM
}

func unitStat(t testing.TB, path string) (mode fs.FileMode, uid, gid int) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	st := info.Sys().(*syscall.Stat_t)
	return info.Mode(), int(st.Uid), int(st.Gid)
}

func unitGone(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is there: %v", filepath.Base(path), err)
	}
}

func unitRange() uidRange { return uidRange{unitUIDs(), 8} }

// unitBase makes a base that is removed after the test, if it is still there.
func unitBase(t testing.TB, parent string, uids uidRange) *base {
	t.Helper()
	b, err := newBase(parent, uids)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.lock.Close() })
	return b
}

func TestNewBase(t *testing.T) {
	t.Parallel()
	parent, uids := unitGround(t), unitRange()
	b := unitBase(t, parent, uids)
	if mode, uid, gid := unitStat(t, b.path); mode != fs.ModeDir|0o731 || uid != os.Geteuid() || gid != uids.spare() {
		t.Errorf("the directory is %v %d:%d", mode, uid, gid)
	}
	lock := filepath.Join(b.path, lockName)
	if mode, uid, _ := unitStat(t, lock); mode != 0o600 || uid != os.Geteuid() {
		t.Errorf("the lock is %v of %d", mode, uid)
	}
	if text, err := os.ReadFile(lock); err != nil || string(text) != fmt.Sprintln(uids.first, uids.count) {
		t.Errorf("the lock says %q, %v", text, err)
	}
	if filepath.Dir(b.path) != parent || !strings.HasPrefix(filepath.Base(b.path), basePrefix) {
		t.Errorf("reclaim would not find %s", b.path)
	}
	if names, err := os.ReadDir(parent); err != nil || len(names) != 1 {
		t.Errorf("%v, %v: want the directory and nothing else", names, err)
	}
	second, err := os.Open(lock)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if err := unix.Flock(int(second.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != unix.EWOULDBLOCK {
		t.Errorf("the lock is not held: %v", err)
	}
}

// Programs pass through it, and that is all.
func TestBaseIsClosed(t *testing.T) {
	t.Parallel()
	uids := unitRange()
	b := unitBase(t, unitGround(t), uids)
	dir, err := b.make("a", uids.first)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		do    func() error
		works bool
	}{
		"enter one's own directory": {func() error { _, err := os.ReadDir(dir); return err }, true},
		"list":                      {func() error { _, err := os.ReadDir(b.path); return err }, false},
		"make a file":               {func() error { return unitFile(b.path+"/x", 0) }, false},
		"make a directory":          {func() error { return os.Mkdir(b.path+"/x", 0o700) }, false},
		"rename one's directory":    {func() error { return os.Rename(dir, b.path+"/b") }, false},
		"remove one's directory":    {func() error { return os.Remove(dir) }, false},
		"read the lock":             {func() error { _, err := os.ReadFile(b.path + "/" + lockName); return err }, false},
		"remove the lock":           {func() error { return os.Remove(b.path + "/" + lockName) }, false},
		"open up the base":          {func() error { return os.Chmod(b.path, 0o777) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := cred.As(uids.first, row.do)
			if row.works && err != nil || !row.works && !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%v, want it to work: %v", err, row.works)
			}
		})
	}
	if err := cred.As(uids.first+1, func() error { _, err := os.Stat(dir + "/."); return err }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("another run enters it: %v", err)
	}
}

// It is better to hear of it at the start than from every program.
func TestNewBaseWhereProgramsCannotEnter(t *testing.T) {
	t.Parallel()
	parent := filepath.Join(unitGround(t), "closed")
	if err := os.Mkdir(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	if b, err := newBase(parent, unitRange()); err == nil {
		t.Errorf("%s was made, and no program can enter it", b.path)
	}
	if names, err := os.ReadDir(parent); err != nil || len(names) > 0 {
		t.Errorf("%v is left, %v", names, err)
	}
}

func TestNewBaseNowhere(t *testing.T) {
	t.Parallel()
	if _, err := newBase(filepath.Join(unitGround(t), "missing"), unitRange()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want that there is none", err)
	}
}

func TestBaseMake(t *testing.T) {
	t.Parallel()
	uids := unitRange()
	b := unitBase(t, unitGround(t), uids)
	for _, uid := range uids.runs() {
		name := fmt.Sprint("run-", uid)
		dir, err := b.make(name, uid)
		if err != nil {
			t.Fatal(err)
		}
		if dir != filepath.Join(b.path, name) {
			t.Errorf("it is called %s", dir)
		}
		// Not the spare group: who had it could make directories beside this one.
		if mode, owner, group := unitStat(t, dir); mode != fs.ModeDir|0o700 || owner != uid || group != uid {
			t.Errorf("%v %d:%d, want it closed and %d's", mode, owner, group, uid)
		}
		if _, err := b.make(name, uid); !errors.Is(err, fs.ErrExist) {
			t.Errorf("a second time: %v, want that it is there", err)
		}
	}
}

func TestBaseDrop(t *testing.T) {
	t.Parallel()
	uids := unitRange()
	b := unitBase(t, unitGround(t), uids)
	uid := uids.first
	dir, err := b.make("a", uid)
	if err != nil {
		t.Fatal(err)
	}
	unitAs(t, uid, func() error {
		return unitTry(
			func() error { return os.MkdirAll(dir+"/x/y/z", 0o700) },
			func() error { return unitFile(dir+"/x/y/f", 9) },
			func() error { return os.Chmod(dir+"/x/y", 0) },
			func() error { return os.Chmod(dir, 0) },
		)
	})
	if err := b.drop("a", uid+1); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("as another run: %v, want a refusal", err)
	}
	if _, err := os.Lstat(dir + "/x/y/f"); err != nil {
		t.Errorf("it was dropped as another run: %v", err)
	}
	if err := b.drop("a", uid); err != nil {
		t.Error(err)
	}
	unitGone(t, dir)
	if err := b.drop("a", uid); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
	if err := b.remove(); err != nil {
		t.Error(err)
	}
	unitGone(t, b.path)
}

// unitDead makes what a server leaves that was killed: its directory, with the
// lock open to all, runs with files in them, and files in a shared directory.
func unitDead(t *testing.T, parent, shared string, uids uidRange) *base {
	t.Helper()
	b := unitBase(t, parent, uids)
	for i, uid := range uids.runs()[:3] {
		dir, err := b.make(fmt.Sprint("run", i), uid)
		if err != nil {
			t.Fatal(err)
		}
		unitAs(t, uid, func() error {
			return unitTry(
				func() error { return os.MkdirAll(dir+"/a/b/c", 0o700) },
				func() error { return unitFile(dir+"/a/f", 100) },
				func() error { return os.Chmod(dir+"/a", 0) },
				func() error { return os.MkdirAll(fmt.Sprint(shared, "/", uid, "/d"), 0o700) },
			)
		})
	}
	// To close it would not do: a process that another test is just starting has
	// it as well, until it executes.
	if err := errors.Join(unix.Flock(int(b.lock.Fd()), unix.LOCK_UN), b.lock.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

// unitShared makes a directory like /tmp.
func unitShared(t *testing.T, parent string) string {
	t.Helper()
	dir := filepath.Join(parent, "shared")
	if err := errors.Join(os.Mkdir(dir, 0o777), os.Chmod(dir, 0o777|fs.ModeSticky)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestReclaim(t *testing.T) {
	t.Parallel()
	parent := unitGround(t)
	shared := unitShared(t, parent)
	deadUIDs, liveUIDs := unitRange(), unitRange()
	dead := unitDead(t, parent, shared, deadUIDs)
	live := unitBase(t, parent, liveUIDs)
	liveRun, err := live.make("run", liveUIDs.first)
	if err != nil {
		t.Fatal(err)
	}
	other := fmt.Sprint(shared, "/other")
	unitAs(t, liveUIDs.first, func() error { return unitFile(other, 1) })
	victims := []*exec.Cmd{unitSleeper(t, deadUIDs.first), unitSleeper(t, deadUIDs.first+5)}
	bystanders := []*exec.Cmd{unitSleeper(t, liveUIDs.first), unitSleeper(t, deadUIDs.first-1), unitSleeper(t, deadUIDs.first+deadUIDs.count)}

	if err := reclaim(parent, []string{shared}); err != nil {
		t.Error(err)
	}
	unitGone(t, dead.path)
	for _, uid := range deadUIDs.runs() {
		unitGone(t, fmt.Sprint(shared, "/", uid))
	}
	for i, v := range victims {
		if sig := unitEndedBy(v); sig != syscall.SIGKILL {
			t.Errorf("program %d of the dead server ended by %v", i, sig)
		}
	}
	for i, b := range bystanders {
		if !unitLeftAlone(b) {
			t.Errorf("process %d, of somebody else, was killed", i)
		}
	}
	for _, path := range []string{live.path, liveRun, filepath.Join(live.path, lockName), other} {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("it took from a living server: %v", err)
		}
	}
	if err := reclaim(parent, nil); err != nil {
		t.Errorf("when there is nothing to do: %v", err)
	}
}

// In a directory that everybody can write to, anybody can make what looks like
// a dead server's, and write into it whom to kill.
func TestReclaimOnlyWhatIsOurs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		// forge makes path look like a dead server's with the lock's text; stranger
		// is whoever tries to trick us.
		forge func(path, text string, stranger int) error
	}{
		{"a stranger's directory", func(path, text string, stranger int) error {
			return cred.As(stranger, func() error {
				return unitTry(
					func() error { return os.Mkdir(path, 0o755) },
					func() error { return os.WriteFile(path+"/"+lockName, []byte(text), 0o666) },
				)
			})
		}},
		{"a stranger's lock in our directory", func(path, text string, stranger int) error {
			return unitTry(
				func() error { return os.Mkdir(path, 0o777) },
				func() error { return os.Chmod(path, 0o777) },
				func() error {
					return cred.As(stranger, func() error { return os.WriteFile(path+"/"+lockName, []byte(text), 0o600) })
				},
			)
		}},
		{"our lock in a stranger's directory", func(path, text string, stranger int) error {
			return unitTry(
				func() error {
					return cred.As(stranger, func() error {
						return unitTry(func() error { return os.Mkdir(path, 0o777) }, func() error { return os.Chmod(path, 0o777) })
					})
				},
				func() error { return os.WriteFile(path+"/"+lockName, []byte(text), 0o600) },
			)
		}},
		{"a link to a directory of ours", func(path, text string, stranger int) error {
			real := filepath.Join(filepath.Dir(path), "real")
			return unitTry(
				func() error { return os.Mkdir(real, 0o755) },
				func() error { return os.WriteFile(real+"/"+lockName, []byte(text), 0o600) },
				func() error { return cred.As(stranger, func() error { return os.Symlink(real, path) }) },
			)
		}},
		{"a lock that is a link to a file of ours", func(path, text string, stranger int) error {
			real := filepath.Join(filepath.Dir(path), "real")
			return unitTry(
				func() error { return os.WriteFile(real, []byte(text), 0o600) },
				func() error { return os.Mkdir(path, 0o755) },
				func() error { return os.Symlink(real, path+"/"+lockName) },
			)
		}},
		{"a lock that is a pipe", func(path, _ string, stranger int) error {
			return unitTry(
				func() error { return os.Mkdir(path, 0o755) },
				func() error { return syscall.Mkfifo(path+"/"+lockName, 0o600) }, // to open it would wait for ever
			)
		}},
		{"a file", func(path, text string, stranger int) error { return os.WriteFile(path, []byte(text), 0o600) }},
		{"no lock", func(path, _ string, stranger int) error { return os.Mkdir(path, 0o755) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			parent, uids := unitGround(t), unitRange()
			path := filepath.Join(parent, basePrefix+"1")
			if err := row.forge(path, fmt.Sprintln(uids.first, uids.count), uids.first+7); err != nil {
				t.Fatal(err)
			}
			unitLeavesAlone(t, parent, path, uids)
		})
	}
}

// Nor does a lock count that is ours and says what no server of ours would. It
// is only read here: were it believed, reclaim would kill all that it names.
func TestDeadServerReadsTheLockWithCare(t *testing.T) {
	t.Parallel()
	uids := unitRange()
	for _, row := range []struct {
		name, text string
		ok         bool
	}{
		{"a server's", fmt.Sprintln(uids.first, uids.count), true},
		{"the lowest there are", fmt.Sprintln(lowestUID, 2), true},
		{"nothing", "", false},
		{"half of it", fmt.Sprintln(uids.first), false},
		{"no numbers", "first count\n", false},
		{"the system's users", "0 65536\n", false},
		{"one of the system's", fmt.Sprintln(lowestUID-1, 4096), false},
		{"negative", "-1 4096\n", false},
		{"a negative count", fmt.Sprintln(uids.first, -8), false},
		{"no uid for runs", fmt.Sprintln(uids.first, 1), false},
		{"more than numbers hold", "10000 99999999999999999999\n", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, lockName), []byte(row.text), 0o600); err != nil {
				t.Fatal(err)
			}
			lock, got, ok := deadServer(dir)
			if lock != nil {
				defer lock.Close()
			}
			if ok != row.ok || ok != (lock != nil) {
				t.Errorf("%v %v, want %v", got, ok, row.ok)
			}
			if ok && fmt.Sprintln(got.first, got.count) != row.text {
				t.Errorf("%v of %q", got, row.text)
			}
			if again, _, twice := deadServer(dir); twice {
				again.Close()
				if ok {
					t.Error("two servers can take over the same directory")
				}
			}
		})
	}
}

// unitLeavesAlone reclaims what is in parent and makes sure that nothing of it
// was touched, and no process of the uids.
func unitLeavesAlone(t *testing.T, parent, path string, uids uidRange) {
	t.Helper()
	shared := unitShared(t, parent)
	unitAs(t, uids.first, func() error { return unitFile(shared+"/file", 1) })
	bystander := unitSleeper(t, uids.first)
	mode, uid, gid := unitStat(t, path)
	if err := reclaim(parent, []string{shared}); err != nil {
		t.Errorf("what is not ours is no error: %v", err)
	}
	if m, u, g := unitStat(t, path); m != mode || u != uid || g != gid {
		t.Errorf("it has become %v %d:%d", m, u, g)
	}
	if mode.IsDir() {
		if _, err := os.Lstat(path + "/" + lockName); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	if _, err := os.Lstat(shared + "/file"); err != nil {
		t.Errorf("a file of somebody else was swept: %v", err)
	}
	if !unitLeftAlone(bystander) {
		t.Error("somebody else's process was killed")
	}
}

// A server that is starting has no lock yet: its directory has another name.
func TestReclaimLooksOnlyAtFinishedDirectories(t *testing.T) {
	t.Parallel()
	parent := unitGround(t)
	uids := unitRange()
	for _, name := range []string{"." + basePrefix + "1", "executo-1", "x" + basePrefix + "1"} {
		path := filepath.Join(parent, name)
		text := []byte(fmt.Sprintln(uids.first, uids.count))
		if err := errors.Join(os.Mkdir(path, 0o755), os.WriteFile(path+"/"+lockName, text, 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := reclaim(parent, nil); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(path + "/" + lockName); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What could not be removed is an error, and the next server can try again.
func TestReclaimAgain(t *testing.T) {
	t.Parallel()
	parent, uids := unitGround(t), unitRange()
	dead := unitDead(t, parent, unitShared(t, parent), uids)
	stubborn := filepath.Join(dead.path, "stubborn") // no run's: nobody removes it
	if err := unitFile(stubborn, 0); err != nil {
		t.Fatal(err)
	}
	if err := reclaim(parent, nil); err == nil {
		t.Error("want an error")
	}
	for i := range 3 {
		unitGone(t, fmt.Sprint(dead.path, "/run", i))
	}
	if err := os.Remove(stubborn); err != nil {
		t.Fatal(err)
	}
	// The lock that was just let go of may be a moment with a process that
	// another test is forking.
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if err := reclaim(parent, nil); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(dead.path); err != nil {
			break
		}
	}
	unitGone(t, dead.path)
}

func TestOwnedEntries(t *testing.T) {
	t.Parallel()
	dir, uids := unitGround(t), unitRange()
	want := map[string]int{}
	for uid := uids.first - 1; uid <= uids.first+uids.count; uid++ {
		name := fmt.Sprint("of ", uid)
		unitAs(t, uid, func() error { return os.Symlink("/", filepath.Join(dir, name)) }) // a link is its maker's
		if uids.has(uid) {
			want[name] = uid
		}
	}
	got, err := ownedEntries(dir, uids)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if set := owners([]string{dir, "/nonexistent"}, uids); len(set) != uids.count {
		t.Errorf("the owners are %v", set)
	}
	// Shared directories come and go.
	if got, err := ownedEntries("/nonexistent", uids); len(got) > 0 || err != nil {
		t.Errorf("of no directory: %v, %v", got, err)
	}
}

// A server that was killed while a zygote started leaves its directory behind.
func TestReclaimRemovesZygotesDirectories(t *testing.T) {
	needRoot(t)
	parent := traversable(t)
	b, err := newBase(parent, uidRange{1_950_000_000, 8})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(b.path, zygotePrefix+"python-1")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "settings"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	b.lock.Close() // as the kernel does when the server dies
	if err := reclaim(parent, nil); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(parent, "*")); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// A directory is given to a later run only if the one before left nothing in it
// that could be seen.
func TestDirectoriesAreUsedAgain(t *testing.T) {
	need(t, python)
	show := `
import os, stat
def facts(p):
    s = os.lstat(p)
    return oct(s.st_mode), s.st_uid == os.getuid(), s.st_gid == os.getgid(), s.st_nlink, s.st_size < 5000, os.listxattr(p, follow_symlinks=False)
print(facts("."), [(n, facts(n)) for n in sorted(os.listdir("."))])
`
	s := open(t, Options{Slots: 1})
	want := runOne(t, s, job(python, show, testLimits())).Stdout
	for _, row := range []struct {
		name, code string
		again      bool
	}{
		{"nothing", "", true},
		{"its file is written to", "open('main.py', 'w').write('x' * 9000)", true},
		{"its file is gone", "import os; os.unlink('main.py')", true},
		{"a file that is gone", "import os; open('x', 'w'); os.unlink('x')", true},
		{"a file", "open('x', 'w')", false},
		{"a hidden file", "open('.x', 'w')", false},
		{"a file instead", "import os; os.rename('main.py', 'x')", false},
		{"a directory", "import os; os.mkdir('d')", false},
		{"its file is closed to it", "import os; os.chmod('main.py', 0)", false},
		{"its file can be executed", "import os; os.chmod('main.py', 0o755)", false},
		{"its file has two names, one of which is gone", "import os; os.link('main.py', 'x'); os.unlink('main.py'); os.rename('x', 'main.py')", true},
		{"its file has an attribute", "import os; os.setxattr('main.py', 'user.x', b'y')", false},
		{"its file is a link", "import os; os.unlink('main.py'); os.symlink('/etc/passwd', 'main.py')", false},
		{"its file is a dangling link", "import os; os.unlink('main.py'); os.symlink('x', 'main.py')", false},
		{"its file is a pipe", "import os; os.unlink('main.py'); os.mkfifo('main.py')", false},
		{"its file is a directory", "import os; os.unlink('main.py'); os.mkdir('main.py')", false},
		{"the directory is closed for writing", "import os; os.chmod('.', 0o500)", false},
		{"the directory is open to all", "import os; os.chmod('.', 0o777)", false},
		{"the directory is sticky", "import os; os.chmod('.', 0o1700)", false},
		{"the directory has an attribute", "import os; os.setxattr('.', 'user.x', b'y')", false},
		{"the directory was full", "import os\nfor i in range(400): open('%0100d' % i, 'w')\nfor i in range(400): os.unlink('%0100d' % i)", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			for len(s.resting) < leastResting-1 { // from there on, whoever gives one takes one
				sl, err := s.take(context.Background(), "")
				if err != nil {
					t.Fatal(err)
				}
				s.cleaning.Add(1)
				s.recycle(sl, "")
			}
			before := s.names.Load()
			r := runOne(t, s, job(python, row.code, testLimits()))
			if r.ExitCode != 0 {
				t.Skip(describe(r)) // a file system without such attributes
			}
			s.cleaning.Wait()
			if again := s.names.Load() == before; again != row.again {
				t.Errorf("used again: %v", again)
			}
			for range leastResting + 8 {
				if got := runOne(t, s, job(python, show, testLimits())).Stdout; string(got.Bytes) != string(want.Bytes) {
					t.Fatalf("a later run found %s, not %s", got.Bytes, want.Bytes)
				}
				s.cleaning.Wait()
			}
		})
	}
	// One of another name comes in its place, or none.
	for _, j := range []Job{
		job(bash, "ls -A", testLimits()),
		{Steps: []Step{{Args: []string{"/usr/bin/ls", "-A"}, Limits: testLimits()}}},
		{Files: []File{{"main.py/x", ""}}, Steps: []Step{{Args: []string{"/usr/bin/ls", "-A"}, Limits: testLimits()}}},
	} {
		for range 3 {
			runOne(t, s, job(python, "print('secret')", testLimits()))
			r := runOne(t, s, j)
			want := ""
			if len(j.Files) > 0 {
				want, _, _ = strings.Cut(j.Files[0].Path, "/")
				want += "\n"
			}
			if string(r.Stdout.Bytes) != want {
				t.Errorf("want %q: %s", want, describe(r))
			}
		}
	}
}
