package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
)

// unitUIDs is the first of 64 uids that nobody else on the machine should have:
// every test takes others.
func unitUIDs() int { return 1_900_000_000 + rand.IntN(1_000_000)*64 }

// unitGround is a directory that every uid may pass through and write to.
func unitGround(t testing.TB) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to take on the uid of a run")
	}
	dir := t.TempDir()
	for path, mode := range map[string]fs.FileMode{filepath.Dir(dir): 0o711, dir: 0o777 | fs.ModeSticky} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := cred.As(unitUIDs(), func() error { _, err := os.Stat(dir + "/."); return err }); err != nil {
		t.Skip("needs a directory for temporary files that every uid can reach: ", err)
	}
	return dir
}

// unitRun makes a directory called run in the ground, which belongs to the uid,
// and lets build, which may be nil, work in it as that uid. What is left of it
// is removed after the test, however deep.
func unitRun(t testing.TB, ground string, uid int, build func(dir string) error) string {
	t.Helper()
	dir := filepath.Join(ground, "run")
	unitAs(t, uid, func() error {
		err := os.Mkdir(dir, 0o700)
		if err == nil && build != nil {
			err = build(dir)
		}
		return err
	})
	t.Cleanup(func() { cred.As(uid, func() error { return removeTree(unix.AT_FDCWD, dir) }) })
	return dir
}

// unitAs does as the uid what must not fail. To fail in it would end the test
// on a thread that is not root's.
func unitAs(t testing.TB, uid int, do func() error) {
	t.Helper()
	if err := cred.As(uid, do); err != nil {
		t.Fatal(err)
	}
}

func unitFile(path string, size int) error { return os.WriteFile(path, make([]byte, size), 0o600) }

// unitTry runs one after the other and returns the first error.
func unitTry(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// unitDeep makes directories in one another, deeper than any path may be long.
func unitDeep(dir string, depth int, each func(fd, level int) error) error {
	fd, err := unix.Open(dir, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	for level := range depth {
		if err = each(fd, level); err == nil {
			err = unix.Mkdirat(fd, "d", 0o700)
		}
		if err != nil {
			break
		}
		var next int
		if next, err = unix.Openat(fd, "d", unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
			break
		}
		unix.Close(fd)
		fd = next
	}
	return errors.Join(err, unix.Close(fd))
}

// unitOpen counts the descriptors of this process on what lies in a directory.
func unitOpen(t testing.TB, dir string) (open []string) {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if to, _ := os.Readlink("/proc/self/fd/" + n.Name()); to == dir || strings.HasPrefix(to, dir+"/") {
			open = append(open, to)
		}
	}
	return open
}

// unitWeight is what one file counts: its blocks, and at least 4 KiB.
func unitWeight(t testing.TB, path string) int64 {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Lstat(path, &st); err != nil {
		t.Error(err)
	}
	return max(4096, st.Blocks*512)
}

const unitPlenty = 1 << 40

func unitTreeSize(t testing.TB, dir string, uid int, enough int64) (size int64, err error) {
	t.Helper()
	if failed := cred.As(uid, func() error { size, err = treeSize(dir, enough); return nil }); failed != nil {
		t.Fatal(failed)
	}
	if open := unitOpen(t, dir); len(open) > 0 {
		t.Errorf("descriptors are left open: %q", open)
	}
	return size, err
}

func TestTreeSize(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		build  func(dir string) error
		close  func(dir string) error // after the weights were looked at
		files  []string               // count with all their blocks
		names  int                    // further names, 4 KiB each
		atMost int64
	}{
		{name: "nothing"},
		{name: "an empty file", build: func(d string) error { return unitFile(d+"/f", 0) }, files: []string{"f"}, atMost: 4096},
		{name: "a byte", build: func(d string) error { return unitFile(d+"/f", 1) }, files: []string{"f"}},
		{name: "a large file", build: func(d string) error { return unitFile(d+"/f", 300_000) }, files: []string{"f"}},
		{name: "an empty directory", build: func(d string) error { return os.Mkdir(d+"/d", 0o700) }, files: []string{"d"}},
		{
			name: "a file of three names counts once, and its names",
			build: func(d string) error {
				return unitTry(
					func() error { return unitFile(d+"/f", 40_960) },
					func() error { return os.Link(d+"/f", d+"/g") },
					func() error { return os.Mkdir(d+"/d", 0o700) },
					func() error { return os.Link(d+"/f", d+"/d/h") },
				)
			},
			files: []string{"f", "d"}, names: 2,
		},
		{
			name: "a sparse file counts what it has",
			build: func(d string) error {
				return unitTry(func() error { return unitFile(d+"/f", 0) }, func() error { return os.Truncate(d+"/f", 1<<30) })
			},
			files: []string{"f"}, atMost: 1 << 20,
		},
		{
			name: "links are not followed",
			build: func(d string) error {
				return unitTry(
					func() error { return os.Symlink("/", d+"/root") },
					func() error { return os.Symlink(".", d+"/itself") },
					func() error { return os.Symlink("nowhere", d+"/dangling") },
					func() error { return os.Symlink("/etc/passwd", d+"/file") },
				)
			},
			files: []string{"root", "itself", "dangling", "file"},
		},
		{
			name: "what is no file",
			build: func(d string) error {
				return unitTry(
					func() error { return syscall.Mkfifo(d+"/fifo", 0o600) },
					func() error { return syscall.Mknod(d+"/socket", syscall.S_IFSOCK|0o600, 0) },
				)
			},
			files: []string{"fifo", "socket"},
		},
		{
			name: "directories that are closed to their owner",
			build: func(d string) error {
				for _, mode := range []string{"000", "100", "200", "300", "400", "600"} {
					err := unitTry(
						func() error { return os.MkdirAll(d+"/"+mode+"/in/it", 0o700) },
						func() error { return unitFile(d+"/"+mode+"/in/f", 50_000) },
					)
					if err != nil {
						return err
					}
				}
				return nil
			},
			close: func(d string) error {
				for _, name := range []string{"000", "100", "200", "300", "400", "600"} {
					mode, _ := strconv.ParseUint(name, 8, 32)
					for _, path := range []string{"/in/it", "/in/f", "/in", ""} {
						if err := os.Chmod(d+"/"+name+path, fs.FileMode(mode)); err != nil {
							return err
						}
					}
				}
				return os.Chmod(d, 0)
			},
			files: []string{
				"000", "000/in", "000/in/it", "000/in/f", "100", "100/in", "100/in/it", "100/in/f",
				"200", "200/in", "200/in/it", "200/in/f", "300", "300/in", "300/in/it", "300/in/f",
				"400", "400/in", "400/in/it", "400/in/f", "600", "600/in", "600/in/it", "600/in/f",
			},
		},
		{
			name: "names of all kinds",
			build: func(d string) error {
				for _, name := range unitNames {
					if err := os.Mkdir(d+"/"+name, 0o700); err != nil {
						return err
					}
					if err := unitFile(d+"/"+name+"/"+name, 0); err != nil {
						return err
					}
				}
				return nil
			},
			files: slices.Collect(func(yield func(string) bool) {
				for _, name := range unitNames {
					if !yield(name) || !yield(name+"/"+name) {
						return
					}
				}
			}),
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			uid := unitUIDs()
			dir := unitRun(t, unitGround(t), uid, row.build)
			want := int64(row.names) * 4096
			unitAs(t, uid, func() error {
				for _, name := range row.files {
					want += unitWeight(t, dir+"/"+name)
				}
				return nil
			})
			if row.close != nil {
				unitAs(t, uid, func() error { return row.close(dir) })
			}
			got, err := unitTreeSize(t, dir, uid, unitPlenty)
			if err != nil || got != want {
				t.Errorf("%d, %v, want %d", got, err, want)
			}
			if row.atMost > 0 && got > row.atMost {
				t.Errorf("%d, want at most %d", got, row.atMost)
			}
		})
	}
}

var unitNames = []string{
	" ", "...", "-rf", "*", "a\nb", "\xff\xfe", "\x01", `"`, "'", "\\", "lifted-1", "ü", "\u202e", strings.Repeat("n", 255),
}

func TestTreeSizeOfWhatIsNoDirectory(t *testing.T) {
	t.Parallel()
	uid := unitUIDs()
	dir := unitRun(t, unitGround(t), uid, func(d string) error {
		return unitTry(func() error { return unitFile(d+"/file", 1) }, func() error { return os.Symlink("/etc", d+"/link") })
	})
	for _, name := range []string{"file", "link", "missing"} {
		if size, err := unitTreeSize(t, dir+"/"+name, uid, unitPlenty); err == nil {
			t.Errorf("%s: %d bytes, want an error", name, size)
		}
	}
}

// Deeper than a path can be long and than a process can have descriptors.
const unitDepth = 3000

func TestTreeSizeOfADeepTree(t *testing.T) {
	t.Parallel()
	uid := unitUIDs()
	dir := unitRun(t, unitGround(t), uid, func(d string) error {
		return unitDeep(d, unitDepth, func(fd, level int) error {
			if level%500 != 0 {
				return nil
			}
			f, err := unix.Openat(fd, "f", unix.O_CREAT|unix.O_CLOEXEC, 0o600)
			if err == nil {
				err = unix.Close(f)
			}
			return err
		})
	})
	var one int64
	unitAs(t, uid, func() error { one = unitWeight(t, dir+"/d"); return nil })
	want := unitDepth*one + unitDepth/500*4096
	if got, err := unitTreeSize(t, dir, uid, unitPlenty); err != nil || got != want {
		t.Errorf("%d, %v, want %d", got, err, want)
	}
	// On the way down, and while many levels have no descriptor.
	for _, enough := range []int64{0, 10 * one, unitDepth / 2 * one} {
		if got, err := unitTreeSize(t, dir, uid, enough); err != nil || got <= enough || got > enough+one+4096 {
			t.Errorf("%d, %v, want a bit above %d", got, err, enough)
		}
	}
}

// A run that is over the limit is not measured to the end: it may have made
// files for seconds.
func TestTreeSizeStopsEarly(t *testing.T) {
	t.Parallel()
	uid := unitUIDs()
	dir := unitRun(t, unitGround(t), uid, func(d string) error {
		for i := range 1000 {
			if err := unitFile(filepath.Join(d, strconv.Itoa(i)), 0); err != nil {
				return err
			}
		}
		return nil
	})
	for _, enough := range []int64{-1, 0, 1, 4095, 4096, 10 * 4096, 999 * 4096} {
		got, err := unitTreeSize(t, dir, uid, enough)
		if err != nil || got <= enough || got > max(enough, 0)+4096 {
			t.Errorf("%d, %v, want a bit above %d", got, err, enough)
		}
	}
	if got, err := unitTreeSize(t, dir, uid, 1000*4096); err != nil || got != 1000*4096 {
		t.Errorf("%d, %v, want all, which is just enough", got, err)
	}
}

// unitWalkDown drives a walker down a deep tree, step by step.
func unitWalkDown(dir string, levels int) (*walker, error) {
	w := &walker{enough: unitPlenty, links: map[inode]bool{}}
	fd, err := openDir(unix.AT_FDCWD, dir)
	if err == nil {
		err = w.enter(fd)
	}
	for range levels {
		if err != nil {
			break
		}
		if fd, err = openDir(w.stack[len(w.stack)-1].fd, "d"); err == nil {
			err = w.enter(fd)
		}
	}
	return w, err
}

// However deep the tree, only some levels have a descriptor; the others are
// found again on the way up, or the walk says that it is lost.
func TestWalkerFindsItsWayBack(t *testing.T) {
	t.Parallel()
	const levels = 3 * window
	for _, row := range []struct {
		name   string
		change func(dir string) error
		moved  bool
	}{
		{"nothing happened", func(string) error { return nil }, false},
		{"a level was moved away", func(dir string) error {
			return os.Rename(dir+strings.Repeat("/d", window), dir+"/elsewhere")
		}, true},
		{"a level was moved away, and another put in its place", func(dir string) error {
			level := dir + strings.Repeat("/d", window)
			return unitTry(
				func() error { return os.Rename(level, dir+"/elsewhere") },
				func() error { return os.Mkdir(level, 0o700) },
			)
		}, true},
		{"a level was renamed, and is still where it was", func(dir string) error {
			level := dir + strings.Repeat("/d", window)
			return os.Rename(level, filepath.Dir(level)+"/e")
		}, false},
		{"what no descriptor is needed for was moved", func(dir string) error {
			return os.Rename(dir+strings.Repeat("/d", levels), dir+"/elsewhere")
		}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			uid := unitUIDs()
			dir := unitRun(t, unitGround(t), uid, func(d string) error {
				return unitDeep(d, levels, func(int, int) error { return nil })
			})
			var moved bool
			unitAs(t, uid, func() error {
				w, err := unitWalkDown(dir, levels)
				defer w.close()
				if err != nil {
					return err
				}
				if n := len(unitOpen(t, dir)); n > window {
					t.Errorf("%d levels have a descriptor, want at most %d", n, window)
				}
				if err := row.change(dir); err != nil {
					return err
				}
				for len(w.stack) > 0 {
					if err := w.leave(); err != nil {
						moved = errors.Is(err, errMoved)
						// At once, and not when it has walked about elsewhere.
						if len(w.stack) != window {
							t.Errorf("lost on level %d, want %d", len(w.stack), window)
						}
						return nil
					}
				}
				return nil
			})
			if moved != row.moved {
				t.Errorf("lost: %v, want %v", moved, row.moved)
			}
			if open := unitOpen(t, dir); len(open) > 0 {
				t.Errorf("descriptors are left open: %q", open)
			}
		})
	}
}

func TestRemoveTree(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		build func(dir string) error
	}{
		{"an empty directory", nil},
		{"a file", func(d string) error {
			return unitTry(func() error { return os.Remove(d) }, func() error { return unitFile(d, 1) })
		}},
		{"a link in its place", func(d string) error {
			return unitTry(func() error { return os.Remove(d) }, func() error { return os.Symlink("outside", d) })
		}},
		{"nothing in its place", func(d string) error { return os.Remove(d) }},
		{"a closed directory in its place", func(d string) error {
			return unitTry(func() error { return os.MkdirAll(d+"/a/b", 0o700) }, func() error { return os.Chmod(d, 0) })
		}},
		{"a deep tree", func(d string) error {
			return unitDeep(d, unitDepth, func(int, int) error { return nil })
		}},
		{"a deep tree with files on every level", func(d string) error {
			return unitDeep(d, 500, func(fd, _ int) error {
				return unitTry(
					func() error { return unix.Symlinkat("d", fd, "lifted-1") },
					func() error { return unix.Mkdirat(fd, "e", 0o700) },
					func() error { return unix.Symlinkat("..", fd, "e/up") },
				)
			})
		}},
		{"a wide tree", func(d string) error {
			for i := range 600 {
				if err := os.MkdirAll(d+"/"+strconv.Itoa(i)+"/a/b", 0o700); err != nil {
					return err
				}
			}
			return nil
		}},
		{"many files", func(d string) error {
			for i := range 20_000 {
				fd, err := unix.Open(filepath.Join(d, strconv.Itoa(i)), unix.O_CREAT|unix.O_CLOEXEC, 0o600)
				if err != nil {
					return err
				}
				unix.Close(fd)
			}
			return nil
		}},
		{"closed directories in closed directories", func(d string) error {
			for _, mode := range []fs.FileMode{0, 0o100, 0o200, 0o300, 0o400, 0o500, 0o600} {
				name := fmt.Sprintf("%s/%o", d, mode)
				err := unitTry(
					func() error { return os.MkdirAll(name+"/a/b/c", 0o700) },
					func() error { return unitFile(name+"/a/b/f", 1) },
					func() error { return os.Chmod(name+"/a/b/f", mode) },
					func() error { return os.Chmod(name+"/a/b/c", mode) },
					func() error { return os.Chmod(name+"/a/b", mode) },
					func() error { return os.Chmod(name+"/a", mode) },
					func() error { return os.Chmod(name, mode|fs.ModeSticky|fs.ModeSetgid) },
				)
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"the names that moving uses", func(d string) error {
			for i := range 20 {
				name := d + "/lifted-" + strconv.Itoa(i)
				if i%3 == 0 {
					if err := unitFile(name, 1); err != nil {
						return err
					}
					continue
				}
				for j := range 5 {
					if err := os.MkdirAll(fmt.Sprintf("%s/lifted-%d/lifted-%d", name, i+j, j), 0o700); err != nil {
						return err
					}
				}
			}
			return nil
		}},
		{"names of all kinds", func(d string) error {
			for _, name := range unitNames {
				if err := os.MkdirAll(filepath.Join(d, name, name, name), 0o700); err != nil {
					return err
				}
			}
			return nil
		}},
		{"links, pipes and sockets", func(d string) error {
			return unitTry(
				func() error { return os.MkdirAll(d+"/a/b", 0o700) },
				func() error { return os.Symlink("../../outside", d+"/a/out") },
				func() error { return os.Symlink("../../../outside", d+"/a/b/out") },
				func() error { return os.Symlink("../outside/keep", d+"/file") },
				func() error { return os.Symlink("a", d+"/in") },
				func() error { return os.Symlink("loop", d+"/loop") },
				func() error { return os.Symlink("/", d+"/a/b/root") },
				func() error { return os.Link(filepath.Dir(d)+"/outside/keep", d+"/a/b/hard") },
				func() error { return syscall.Mkfifo(d+"/a/fifo", 0) },
				func() error { return syscall.Mknod(d+"/a/b/socket", syscall.S_IFSOCK, 0) },
			)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			uid := unitUIDs()
			ground := unitGround(t)
			// It belongs to the run's uid, so that only care keeps it, not rights.
			outside := filepath.Join(ground, "outside")
			unitAs(t, uid, func() error {
				return unitTry(
					func() error { return os.MkdirAll(outside+"/dir", 0o700) },
					func() error { return os.WriteFile(outside+"/keep", []byte("kept"), 0o400) },
					func() error { return os.Chmod(outside, 0o500) },
				)
			})
			dir := unitRun(t, ground, uid, row.build)
			unitRemove(t, ground, uid)
			if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it is still there: %v", err)
			}
			text, err := os.ReadFile(outside + "/keep")
			if err != nil || string(text) != "kept" {
				t.Errorf("a file outside has %q, %v", text, err)
			}
			if _, err := os.Stat(outside + "/dir"); err != nil {
				t.Errorf("a directory outside: %v", err)
			}
			for path, want := range map[string]fs.FileMode{outside: 0o500, outside + "/keep": 0o400} {
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
					t.Errorf("%s outside has changed: %v %v", filepath.Base(path), info, err)
				}
			}
		})
	}
}

// unitRemove removes the run's directory from the ground, as the run.
func unitRemove(t testing.TB, ground string, uid int) {
	t.Helper()
	err := cred.As(uid, func() error {
		fd, err := unix.Open(ground, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return removeTree(fd, "run")
	})
	if err != nil {
		t.Error(err)
	}
	if open := unitOpen(t, filepath.Join(ground, "run")); len(open) > 0 {
		t.Errorf("descriptors are left open: %q", open)
	}
}

// What cannot be removed is an error and not an endless loop.
func TestRemoveTreeOfSomebodyElse(t *testing.T) {
	t.Parallel()
	ground := unitGround(t)
	uid := unitUIDs()
	dir := unitRun(t, ground, uid, func(d string) error {
		return unitTry(func() error { return os.MkdirAll(d+"/a/b", 0o700) }, func() error { return unitFile(d+"/a/f", 1) })
	})
	err := cred.As(uid+1, func() error { return removeTree(unix.AT_FDCWD, dir) })
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v, want a refusal", err)
	}
	if _, err := os.Stat(dir + "/a/f"); err != nil {
		t.Errorf("it was removed all the same: %v", err)
	}
}

// Trees as nobody would think of them: whatever it is, it is measured without
// an error and removed without a trace.
func TestAnyTree(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			uid := unitUIDs()
			ground := unitGround(t)
			var want int64
			dir := unitRun(t, ground, uid, func(d string) (err error) {
				want, err = unitAnyTree(rand.New(rand.NewPCG(seed, 2)), d)
				return err
			})
			if got, err := unitTreeSize(t, dir, uid, unitPlenty); err != nil || got != want {
				t.Errorf("%d, %v, want %d", got, err, want)
			}
			unitRemove(t, ground, uid)
			if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it is still there: %v", err)
			}
		})
	}
}

// unitAnyTree grows a tree by random steps, closes some of it, and says what it
// should weigh.
func unitAnyTree(rnd *rand.Rand, root string) (want int64, err error) {
	dirs := []string{root}
	var files []string
	for i := range 150 {
		in := dirs[rnd.IntN(len(dirs))]
		if rnd.IntN(2) == 0 {
			in = dirs[len(dirs)-1] // rather deep than wide
		}
		path := filepath.Join(in, strconv.Itoa(i))
		if rnd.IntN(4) == 0 {
			path = filepath.Join(in, "lifted-"+strconv.Itoa(rnd.IntN(200)))
		}
		if _, err := os.Lstat(path); err == nil || len(path) > 3500 {
			continue
		}
		switch rnd.IntN(5) {
		case 0:
			err = unitFile(path, rnd.IntN(20_000))
			files = append(files, path)
		case 1:
			err = os.Symlink(dirs[rnd.IntN(len(dirs))], path)
		case 2:
			if len(files) == 0 {
				continue
			}
			err = os.Link(files[rnd.IntN(len(files))], path)
		default:
			err = os.Mkdir(path, 0o700)
			dirs = append(dirs, path)
		}
		if err != nil {
			return 0, err
		}
	}
	seen := map[uint64]bool{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		var st syscall.Stat_t
		if err := syscall.Lstat(path, &st); err != nil {
			return err
		}
		if !d.IsDir() && seen[st.Ino] {
			want += 4096
			return nil
		}
		seen[st.Ino] = true
		want += max(4096, st.Blocks*512)
		return nil
	})
	for _, dir := range slices.Backward(dirs) { // what is inside first
		if rnd.IntN(2) == 0 {
			err = errors.Join(err, os.Chmod(dir, fs.FileMode(rnd.IntN(0o1000))))
		}
	}
	return want, err
}

func BenchmarkTreeSize(b *testing.B) {
	uid := unitUIDs()
	dir := unitRun(b, unitGround(b), uid, func(d string) error {
		for i := range 1000 {
			if err := unitFile(filepath.Join(d, strconv.Itoa(i)), 0); err != nil {
				return err
			}
		}
		return nil
	})
	for b.Loop() {
		dirSize(dir, uid, unitPlenty)
	}
}
