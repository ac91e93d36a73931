package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
	"aca-executor/sandbox/internal/proc"
)

// base is the directory of one server, in which every run has its own.
//
// Everybody may pass through it and nobody may list it. Only the spare group,
// which no process has, may make entries: a thread that borrows a run's uid
// and that group makes the run's directory as the run, so that the server
// needs no right to give files away (CAP_CHOWN).
type base struct {
	path  string
	spare int
	lock  *os.File // held while the server lives; says which uids are its
}

const (
	baseMode   = 0o731
	basePrefix = "executor-"
	lockName   = "server"
)

// newBase makes the directory under a name of its own in parent. Until its lock
// is held it has another one, which reclaim does not look at.
func newBase(parent string, uids uidRange) (*base, error) {
	made, err := os.MkdirTemp(parent, "."+basePrefix)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(parent, strings.TrimPrefix(filepath.Base(made), "."))
	lock, err := lockBase(made, uids)
	if err == nil {
		err = errors.Join(openUp(made, uids.spare()), os.Rename(made, path))
	}
	if err != nil {
		os.RemoveAll(made)
		return nil, err
	}
	b := &base{path: path, spare: uids.spare(), lock: lock}
	if err := b.openArtifacts(); err != nil {
		b.remove()
		return nil, err
	}
	// Not access(2), which asks for the real uid.
	if err := cred.As(uids.first, func() error { _, err := os.Stat(path + "/."); return err }); err != nil {
		b.remove()
		return nil, fmt.Errorf("programs cannot enter it, because a directory on its way is closed to others: %w", err)
	}
	return b, nil
}

func lockBase(dir string, uids uidRange) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintln(f, uids.first, uids.count)
	return f, errors.Join(err, unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB))
}

func openUp(dir string, group int) error {
	err := cred.AsGroup(0, group, func() error { return os.Chown(dir, -1, group) })
	return errors.Join(err, os.Chmod(dir, baseMode))
}

// make makes a directory that belongs to the run.
func (b *base) make(name string, uid int) (string, error) {
	path := filepath.Join(b.path, name)
	if err := cred.AsGroup(uid, b.spare, func() error { return syscall.Mkdir(path, 0o700) }); err != nil {
		return "", err
	}
	// The spare group must not stay on anything that a program can reach.
	return path, cred.As(uid, func() error { return os.Chown(path, -1, uid) })
}

// drop removes a run's directory, as the run: whatever lies there, the server
// has no more rights to it than the program had.
func (b *base) drop(name string, uid int) error {
	return cred.AsGroup(uid, b.spare, func() error {
		fd, err := unix.Open(b.path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return removeTree(fd, name)
	})
}

// reset makes a run's directory as it was when it was made, as the run, but for
// one file that may stay in it, without its content. It is false when it would
// have to do more than that.
func (b *base) reset(sl *slot) bool {
	return nil == cred.As(sl.uid, func() error {
		fd, err := unix.Open(sl.dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		const mostSize = 4096 // of a directory that had only few entries ever
		if st, ok := untouched(fd, sl.uid, unix.S_IFDIR|0o700); !ok || st.Size > mostSize {
			return errTouched
		}
		found, file := 0, sl.file
		sl.file = ""
		err = eachName(fd, func(name string) bool {
			if found++; name == file {
				sl.file = file
			}
			return found < 2
		})
		if err != nil || found == 0 {
			return err
		}
		if found > 1 || sl.file == "" {
			return errTouched
		}
		// Whoever left a pipe there must not have us wait for its other end.
		own, err := unix.Openat(fd, sl.file, unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(own)
		if st, ok := untouched(own, sl.uid, unix.S_IFREG|0o644); !ok || st.Nlink != 1 {
			return errTouched
		}
		return unix.Ftruncate(own, 0)
	})
}

var errTouched = errors.New("a run has left something")

// untouched reports whether a file or directory is of a kind and a mode, belongs to the
// run, and has no attributes or access list.
func untouched(fd, uid int, mode uint32) (st unix.Stat_t, ok bool) {
	if unix.Fstat(fd, &st) != nil || st.Mode != mode || int(st.Uid) != uid || int(st.Gid) != uid {
		return st, false
	}
	n, err := unix.Flistxattr(fd, nil)
	return st, err == unix.ENOTSUP || err == nil && n == 0
}

// remove removes the directory itself, which holds nothing but the lock and what
// is the server's own. Where it does, the lock stays as well: the next server finds by
// it what to remove.
func (b *base) remove() error {
	// What is ours goes first: artifacts, links to them, where a zygote was about
	// to start.
	entries, _ := os.ReadDir(b.path)
	for _, e := range entries {
		if dir := filepath.Join(b.path, e.Name()); ours(dir, unix.S_IFDIR) {
			os.RemoveAll(dir)
		}
	}
	entries, err := os.ReadDir(b.path)
	if len(entries) > 1 {
		return errors.Join(fmt.Errorf("%s is not empty: %s and %d more", b.path, entries[0].Name(), len(entries)-2), b.lock.Close())
	}
	err = errors.Join(err, os.Remove(filepath.Join(b.path, lockName)), os.Remove(b.path))
	return errors.Join(err, b.lock.Close())
}

// reclaim removes what dead servers left in parent, and ends what is left of
// their programs. A live server holds its lock.
func reclaim(parent string, shared []string) error {
	dirs, err := filepath.Glob(filepath.Join(parent, basePrefix+"*"))
	for _, dir := range dirs {
		err = errors.Join(err, reclaimOne(dir, shared))
	}
	return err
}

func reclaimOne(dir string, shared []string) error {
	lock, uids, ok := deadServer(dir)
	if !ok {
		return nil
	}
	b := &base{path: dir, spare: uids.spare(), lock: lock}
	for _, p := range proc.List() {
		if uids.has(p.UID) {
			cred.Kill(p.UID, uids.spare())
		}
	}
	for uid := range owners(shared, uids) {
		sweep(shared, uid)
	}
	entries, err := ownedEntries(dir, uids)
	for name, uid := range entries {
		err = errors.Join(err, b.drop(name, uid))
	}
	if err := errors.Join(err, b.remove()); err != nil {
		return fmt.Errorf("remove what a dead server left in %s: %w", dir, err)
	}
	return nil
}

// deadServer takes over the lock of a server that is gone. A directory that
// somebody else than us made is none of ours: in /tmp anybody can make one, and
// write into it which uids to kill.
func deadServer(dir string) (*os.File, uidRange, bool) {
	if !ours(dir, unix.S_IFDIR) || !ours(filepath.Join(dir, lockName), unix.S_IFREG) {
		return nil, uidRange{}, false
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, uidRange{}, false
	}
	var r uidRange
	_, err = fmt.Fscan(f, &r.first, &r.count)
	if err != nil || r.first < lowestUID || r.count < 2 || unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		f.Close()
		return nil, uidRange{}, false
	}
	return f, r, true
}

func ours(path string, kind uint32) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil && st.Mode&unix.S_IFMT == kind && int(st.Uid) == os.Geteuid()
}

// ownedEntries returns the names in a directory that belong to a uid of the
// range, with their owners. A directory that is gone has none.
func ownedEntries(dir string, uids uidRange) (map[string]int, error) {
	f, err := os.Open(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	owned := map[string]int{}
	for _, name := range names {
		var st unix.Stat_t
		if unix.Fstatat(int(f.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && uids.has(int(st.Uid)) {
			owned[name] = int(st.Uid)
		}
	}
	return owned, err
}

func owners(dirs []string, uids uidRange) map[int]bool {
	set := map[int]bool{}
	for _, dir := range dirs {
		entries, _ := ownedEntries(dir, uids)
		for _, uid := range entries {
			set[uid] = true
		}
	}
	return set
}
