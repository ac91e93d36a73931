package sandbox

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
)

const shmDir = "/dev/shm"

// writableDirs finds the directories in which every uid can make files, once,
// at the start: what a run leaves there must be found again. Nothing that
// programs could use lies deeper than a few levels.
func writableDirs() []string {
	const levels = 4
	var dirs []string
	filepath.WalkDir("/", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir
		case !d.IsDir():
			return nil
		case path == "/proc" || path == "/sys" || strings.HasPrefix(filepath.Base(path), basePrefix):
			return fs.SkipDir
		}
		if worldWritable(path) {
			if _, err := ownedEntries(path, uidRange{}); err == nil { // else nobody can look for what is left there
				dirs = append(dirs, path)
			}
		}
		if strings.Count(path, "/") >= levels {
			return fs.SkipDir
		}
		return nil
	})
	return dirs
}

func worldWritable(path string) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR && st.Mode&0o003 == 0o003
}

// reachable are those of the shared directories that a run can write to.
func reachable(dirs []string, layers Layers) []string {
	if !layers.Has(Landlock) {
		return dirs
	}
	for _, dir := range dirs {
		if dir == shmDir {
			return []string{shmDir}
		}
	}
	return nil
}

// sweep removes whatever the uid owns in the shared directories.
func sweep(dirs []string, uid int) error {
	var errs error
	for _, dir := range dirs {
		entries, err := ownedEntries(dir, uidRange{uid, 1})
		if len(entries) > 0 {
			err = errors.Join(err, cred.As(uid, func() error { return removeAll(dir, entries) }))
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

func removeAll(dir string, entries map[string]int) error {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for name := range entries {
		err = errors.Join(err, removeTree(fd, name))
	}
	return err
}

// sharedUse adds up what the uid has in the shared directories: as memory
// where they are memory, as disk elsewhere.
func sharedUse(dirs []string, uid int) (memory, disk int64) {
	for _, dir := range dirs {
		entries, _ := ownedEntries(dir, uidRange{uid, 1})
		if len(entries) == 0 {
			continue
		}
		size := entriesSize(dir, entries, uid)
		if inMemory(dir) {
			memory += size
		} else {
			disk += size
		}
	}
	return memory, disk
}

func entriesSize(dir string, entries map[string]int, uid int) (size int64) {
	cred.As(uid, func() error {
		for name := range entries {
			path := filepath.Join(dir, name)
			var st unix.Stat_t
			if unix.Lstat(path, &st) != nil {
				continue
			}
			size += max(minBlock, st.Blocks*512)
			if st.Mode&unix.S_IFMT == unix.S_IFDIR {
				below, _ := treeSize(path, 1<<40)
				size += below
			}
		}
		return nil
	})
	return size
}

func inMemory(path string) bool {
	var st unix.Statfs_t
	return unix.Statfs(path, &st) == nil && (st.Type == unix.TMPFS_MAGIC || st.Type == unix.RAMFS_MAGIC)
}
