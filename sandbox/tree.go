package sandbox

import (
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"
)

// The trees walked here were made by hostile programs: deeper than PATH_MAX,
// with directories nobody may enter, and changing under the walker's feet while
// the program still runs. Everything happens relative to descriptors, follows
// no link, and holds a bounded number of them. The caller has taken on the
// uid of the run (cred.As), so nothing else can be reached or harmed.

const (
	dirFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_NONBLOCK
	// minBlock is what a file or directory counts at least: an empty one takes
	// an inode and a name, and time to remove.
	minBlock = 4096
	// window is how many levels of a deep tree keep their descriptor.
	window = 64
)

// errMoved says that a directory was moved away or closed while it was walked,
// so that what was counted is less than what is there.
var errMoved = errors.New("the tree changed while it was measured")

// treeSize adds up what is below the directory, the directory itself not
// counted. It stops early above enough.
func treeSize(dir string, enough int64) (int64, error) {
	fd, err := openDir(unix.AT_FDCWD, dir)
	if err != nil {
		return 0, err
	}
	w := &walker{enough: enough, links: map[inode]bool{}}
	defer w.close()
	if err := w.enter(fd); err != nil {
		return w.total, err
	}
	for len(w.stack) > 0 && w.total <= enough {
		top := &w.stack[len(w.stack)-1]
		if len(top.dirs) == 0 {
			if err := w.leave(); err != nil {
				return w.total, err
			}
			continue
		}
		name := top.dirs[len(top.dirs)-1]
		top.dirs = top.dirs[:len(top.dirs)-1]
		sub, err := openDir(top.fd, name)
		if err != nil { // gone meanwhile, or not a directory any more; or closed again
			w.missed = w.missed || err == unix.EACCES
			continue
		}
		if err := w.enter(sub); err != nil {
			return w.total, err
		}
	}
	if w.missed {
		return w.total, errMoved
	}
	return w.total, nil
}

type inode struct{ dev, ino uint64 }

// level is a directory on the way down: what it is, and which of its
// directories are still to be visited. fd is -1 where it was given back.
type level struct {
	fd   int
	id   inode
	dirs []string
}

type walker struct {
	stack  []level
	links  map[inode]bool // files with several names, seen
	total  int64
	enough int64
	missed bool // something was there that could not be counted
}

func (w *walker) close() {
	for _, l := range w.stack {
		if l.fd >= 0 {
			unix.Close(l.fd)
		}
	}
}

// enter reads a directory and pushes it.
func (w *walker) enter(fd int) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return err
	}
	w.stack = append(w.stack, level{fd: fd, id: inode{st.Dev, st.Ino}})
	if old := len(w.stack) - 1 - window; old >= 0 {
		unix.Close(w.stack[old].fd)
		w.stack[old].fd = -1
	}
	top := &w.stack[len(w.stack)-1]
	err := eachName(fd, func(name string) bool {
		var st unix.Stat_t
		if err := unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			w.missed = w.missed || err == unix.EACCES
			return true
		}
		if st.Mode&unix.S_IFMT == unix.S_IFDIR {
			top.dirs = append(top.dirs, name)
		}
		w.total += w.weigh(&st)
		return w.total <= w.enough
	})
	if err == unix.ENOENT { // it was removed, so it is empty
		return nil
	}
	return err
}

func (w *walker) weigh(st *unix.Stat_t) int64 {
	if id := (inode{st.Dev, st.Ino}); st.Nlink > 1 && st.Mode&unix.S_IFMT != unix.S_IFDIR {
		if w.links[id] {
			return minBlock // the name
		}
		w.links[id] = true
	}
	return max(minBlock, st.Blocks*512)
}

// leave pops a directory. Its parent's descriptor, where it was given back, is
// found again through "..", which leads elsewhere when somebody moved it.
func (w *walker) leave() error {
	last := len(w.stack) - 1
	fd := w.stack[last].fd
	w.stack = w.stack[:last]
	defer unix.Close(fd)
	if last == 0 || w.stack[last-1].fd >= 0 {
		return nil
	}
	parent, err := unix.Openat(fd, "..", dirFlags, 0)
	if err == unix.ENOENT { // it was removed, and with it what led here: count what is left next time
		for _, l := range w.stack {
			if l.fd >= 0 {
				unix.Close(l.fd)
			}
		}
		w.stack = nil
		return nil
	}
	if err != nil {
		return errMoved
	}
	var st unix.Stat_t
	if unix.Fstat(parent, &st) != nil || (inode{st.Dev, st.Ino}) != w.stack[last-1].id {
		unix.Close(parent)
		return errMoved
	}
	w.stack[last-1].fd = parent
	return nil
}

// openDir opens a directory, also one that its owner has closed to itself: it
// is opened up, and stays so, or what is in it could not be counted.
func openDir(parent int, name string) (int, error) {
	fd, err := unix.Openat(parent, name, dirFlags, 0)
	if err == unix.EACCES {
		if err = unix.Fchmodat(parent, name, 0o700, 0); err == nil {
			fd, err = unix.Openat(parent, name, dirFlags, 0)
		}
	}
	if err != nil {
		return -1, err
	}
	const look = 0o500
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil && st.Mode&look != look {
		unix.Fchmod(fd, st.Mode&0o7777|look)
	}
	return fd, nil
}

// eachName calls do with each name in the directory, until it returns false.
func eachName(fd int, do func(name string) bool) error {
	buf := make([]byte, 8192)
	names := make([]string, 0, 128)
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names[:0])
		for _, name := range names {
			if !do(name) {
				return nil
			}
		}
	}
}

// removeTree removes the name in the directory and all that is below it. The
// processes that made it are dead. Instead of descending, it lifts what lies
// deeper up to the top, so that any depth takes two descriptors.
func removeTree(parent int, name string) error {
	if done, err := removeFlat(parent, name); done {
		return err
	}
	top, err := openOwn(parent, name)
	if err != nil {
		return err
	}
	defer unix.Close(top)
	lift := lifter{top: top}
	for {
		left := 0
		_, err := unix.Seek(top, 0, 0)
		if err != nil {
			return err
		}
		err = eachName(top, func(name string) bool {
			left++
			lift.err = lift.empty(name)
			return lift.err == nil
		})
		if err = errors.Join(err, lift.err); err != nil {
			return err
		}
		if left == 0 {
			return unix.Unlinkat(parent, name, unix.AT_REMOVEDIR)
		}
	}
}

type lifter struct {
	top, moved int
	err        error
}

// empty removes a name at the top; the directories in it that are not empty
// move up beside it first.
func (l *lifter) empty(name string) error {
	if done, err := removeFlat(l.top, name); done {
		return err
	}
	sub, err := openOwn(l.top, name)
	if err != nil {
		return err
	}
	defer unix.Close(sub)
	var inner error
	err = eachName(sub, func(child string) bool {
		done, e := removeFlat(sub, child)
		if !done {
			e = l.up(sub, child)
		}
		inner = e
		return inner == nil
	})
	if err = errors.Join(err, inner); err != nil {
		return err
	}
	if err := unix.Unlinkat(l.top, name, unix.AT_REMOVEDIR); err != unix.ENOTEMPTY {
		return err
	}
	return nil // names that the listing skipped while it shrank: next time round
}

// up moves a directory to the top, under a name that is not there yet.
func (l *lifter) up(from int, child string) error {
	// Moving a directory changes its "..", so it must be writable itself.
	if err := unix.Fchmodat(from, child, 0o700, 0); err != nil {
		return err
	}
	for {
		l.moved++
		err := unix.Renameat2(from, child, l.top, "lifted-"+strconv.Itoa(l.moved), unix.RENAME_NOREPLACE)
		if err != unix.EEXIST {
			return err
		}
	}
}

// removeFlat removes a name if it is a file or an empty directory; done is
// false when it is a directory with something in it.
func removeFlat(parent int, name string) (done bool, err error) {
	err = unix.Unlinkat(parent, name, 0)
	if err == unix.EISDIR || err == unix.EPERM {
		err = unix.Unlinkat(parent, name, unix.AT_REMOVEDIR)
	}
	switch err {
	case nil, unix.ENOENT:
		return true, nil
	case unix.ENOTEMPTY, unix.EEXIST:
		return false, nil
	}
	return true, fmt.Errorf("remove %q: %w", name, err)
}

// openOwn opens a directory of a dead run to remove what is in it.
func openOwn(parent int, name string) (int, error) {
	if err := unix.Fchmodat(parent, name, 0o700, 0); err != nil {
		return -1, err
	}
	return unix.Openat(parent, name, dirFlags, 0)
}
