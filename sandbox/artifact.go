package sandbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
)

// Out stands, in the arguments and the environment of a step, for a directory:
// where a job that builds puts what is to be kept, and where a job with an
// artifact finds it. No argument of a request can be mistaken for it: they have
// no NUL.
const Out = "\x00out\x00"

// Artifact is what a job built. It belongs to the server, and nobody can change
// it. A run that gets it sees it through links of its own, in a directory that no
// other run may enter; one that is shared can be read by every run.
type Artifact struct {
	Size int64 // bytes that it takes; each file and directory at least 4 KiB

	dir     string
	dirs    []string // below dir, parents first
	files   []string
	onError func(error)
	ahead   bool // another server built it ahead: it stays
}

// Path is where every run finds a shared artifact.
func (a *Artifact) Path() string { return a.dir }

// Remove removes it. Runs that have it by then keep it until they end; none may
// be about to get it.
func (a *Artifact) Remove() {
	if a == nil || a.dir == "" || a.ahead {
		return
	}
	if err := os.RemoveAll(a.dir); err != nil {
		a.onError(fmt.Errorf("sandbox: what was built could not be removed: %w", err))
	}
}

// The directories of artifacts, in the base: nobody but the server may enter
// the first, everybody may pass through the second.
const (
	keptDir   = "kept"
	sharedDir = "shared"
	viewMark  = ".out"   // behind a run's name: its links to an artifact
	buildDir  = ".build" // where a job builds, in its own directory
)

// openArtifacts makes the directories.
func (b *base) openArtifacts() error {
	for name, mode := range map[string]fs.FileMode{keptDir: 0o700, sharedDir: 0o711} {
		dir := filepath.Join(b.path, name)
		if err := errors.Join(os.Mkdir(dir, mode), os.Chmod(dir, mode)); err != nil {
			return err
		}
	}
	return nil
}

// Bounds of what is kept, beyond the disk limit of the step that wrote it:
// each file and level costs every run a link.
const (
	mostKept    = 2000
	deepestKept = 16
)

// errTooMuch means that a job built more than may be kept.
var errTooMuch = errors.New("more was built than can be kept")

// builtError is what is wrong with what a job built; any other error is ours.
type builtError struct{ error }

func (e builtError) Unwrap() error { return e.error }

// keepBuilt copies what a job built, file by file: read as the run that wrote it,
// written as the server. Only files and directories are kept. Nothing of the run is
// alive any more.
func (s *Sandbox) keepBuilt(sl slot, build string, job Job) (*Artifact, error) {
	kind := keptDir
	if job.Share != "" {
		kind = sharedDir
	}
	a := &Artifact{dir: filepath.Join(s.base.path, kind, strconv.FormatUint(s.names.Add(1), 36)), onError: s.onError}
	if err := a.fill(build, sl.uid, job); err != nil {
		a.Remove()
		return nil, err
	}
	if job.Share != "" && s.build {
		return a.moveAhead(filepath.Join(s.built, job.Share))
	}
	return a, nil
}

// moveAhead puts it where later servers find it, whole or not at all. Whoever did the
// same meanwhile was first.
func (a *Artifact) moveAhead(to string) (*Artifact, error) {
	defer a.Remove()
	part, err := os.MkdirTemp(filepath.Dir(to), ".part-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(part)
	err = os.CopyFS(part, os.DirFS(a.dir))
	for _, path := range slices.Concat([]string{"."}, a.dirs, a.files) {
		from, statErr := os.Stat(filepath.Join(a.dir, path))
		if err = errors.Join(err, statErr); statErr == nil {
			err = errors.Join(err, os.Chmod(filepath.Join(part, path), from.Mode().Perm())) // whatever our umask
		}
	}
	if err != nil {
		return nil, err
	}
	err = os.Rename(part, to)
	first := !errors.Is(err, fs.ErrExist)
	if err != nil && first {
		return nil, err
	}
	return &Artifact{Size: a.Size, dir: to, onError: a.onError, ahead: !first}, nil
}

// builtAhead is what was built ahead under that name, or nil.
func (s *Sandbox) builtAhead(name string) *Artifact {
	if name == "" || s.built == "" {
		return nil
	}
	dir := filepath.Join(s.built, name)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return &Artifact{dir: dir, onError: s.onError, ahead: true}
}

// sharedAnd adds to what programs may read what they share.
func (s *Sandbox) sharedAnd(readable []string) []string {
	list := []string{filepath.Join(s.base.path, sharedDir)}
	if s.built != "" {
		list = append(list, s.built)
	}
	return append(list, readable...)
}

func (a *Artifact) fill(build string, uid int, job Job) error {
	if err := makeDir(a.dir); err != nil {
		return err
	}
	root, err := a.open(build, uid)
	if err != nil {
		return builtError{err}
	}
	defer root.Close()
	for _, dir := range a.dirs {
		if err := makeDir(filepath.Join(a.dir, dir)); err != nil {
			return err
		}
	}
	most := job.Steps[len(job.Steps)-1].Limits.Disk
	a.Size = minBlock * int64(len(a.dirs))
	program := job.Program == ""
	for _, path := range a.files {
		size, executable, err := copyBuilt(root, uid, path, filepath.Join(a.dir, path), most-a.Size)
		if err != nil {
			return err
		}
		a.Size += max(minBlock, (size+minBlock-1)/minBlock*minBlock)
		program = program || path == job.Program && executable
	}
	if !program {
		return builtError{errors.New("no program was built")}
	}
	return nil
}

// open opens the directory in which a job built, and lists it, as the run. It
// belongs to the run, which may have put a link in its place: the server's thread
// has the run's uid, but is not restricted by Landlock, so nothing but what is below
// the work directory may be opened.
func (a *Artifact) open(build string, uid int) (root *os.Root, err error) {
	err = cred.As(uid, func() error {
		work, err := os.OpenRoot(filepath.Dir(build))
		if err != nil {
			return err
		}
		defer work.Close()
		if root, err = work.OpenRoot(filepath.Base(build)); err != nil {
			return err
		}
		if err = a.list(root); err != nil {
			root.Close()
		}
		return err
	})
	return root, err
}

// list finds what is to be kept.
func (a *Artifact) list(root *os.Root) error {
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == ".":
		case len(a.dirs)+len(a.files) == mostKept || strings.Count(path, "/") >= deepestKept:
			return errTooMuch
		case d.IsDir():
			a.dirs = append(a.dirs, path)
		case d.Type().IsRegular():
			a.files = append(a.files, path)
		}
		return nil
	})
}

// makeDir makes a directory of ours that is open to all, whatever our umask.
func makeDir(path string) error {
	const open = 0o755
	if err := os.Mkdir(path, open); err != nil {
		return err
	}
	return os.Chmod(path, open)
}

// copyBuilt copies one file of at most so many bytes, and says whether it is a program.
//
// It holds the fork lock: a process forked meanwhile would have the descriptor, and to
// execute the file would fail with ETXTBSY. That lasts for a moment longer than the fork
// does: the kernel lets the parent go on before it closes what exec closes.
func copyBuilt(root *os.Root, uid int, path, to string, most int64) (size int64, executable bool, err error) {
	var from *os.File
	err = cred.As(uid, func() (err error) {
		from, err = root.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		return err
	})
	if err != nil {
		return 0, false, builtError{err}
	}
	defer from.Close()
	info, err := from.Stat()
	switch {
	case err != nil:
		return 0, false, err
	case !info.Mode().IsRegular():
		return 0, false, builtError{fmt.Errorf("%s is no file any more", path)}
	case info.Size() > most:
		return 0, false, builtError{errTooMuch}
	}
	mode := fs.FileMode(0o444)
	if executable = info.Mode()&0o100 != 0; executable {
		mode = 0o555
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, false, err
	}
	size, err = io.CopyN(w, from, info.Size())
	if err == io.EOF { // it became shorter
		err = builtError{err}
	}
	return size, executable, errors.Join(err, w.Chmod(mode), w.Close())
}

// view gives a run its own way to an artifact: a directory that belongs to the
// server, which only the run's group may enter, with a link to each file. Who
// has not this very uid finds nothing there, with Landlock and without.
func (s *Sandbox) view(sl *slot, a *Artifact) error {
	dir := filepath.Join(s.base.path, sl.name+viewMark)
	const groupMayEnter = 0o750
	err := cred.AsGroup(0, sl.uid, func() error { return os.Mkdir(dir, groupMayEnter) })
	if err != nil {
		return err
	}
	sl.view = dir
	if err := os.Chmod(dir, groupMayEnter); err != nil {
		return err
	}
	for _, sub := range a.dirs {
		if err := makeDir(filepath.Join(dir, sub)); err != nil {
			return err
		}
	}
	for _, file := range a.files {
		if err := os.Link(filepath.Join(a.dir, file), filepath.Join(dir, file)); err != nil {
			return err
		}
	}
	return nil
}

// dropView removes it again, before the slot's uid is anybody else's.
func (sl *slot) dropView() error {
	if sl.view == "" {
		return nil
	}
	err := os.RemoveAll(sl.view)
	sl.view = ""
	return err
}

// openBuild makes the directory in which a job builds.
func (sl *slot) openBuild(files []File) (string, error) {
	name := buildDir
	for slices.ContainsFunc(files, func(f File) bool { return f.Path == name || strings.HasPrefix(f.Path, name+"/") }) {
		name += "_"
	}
	dir := filepath.Join(sl.dir, name)
	return dir, cred.As(sl.uid, func() error { return os.Mkdir(dir, 0o700) })
}

// resolve puts a directory in the place of Out.
func (st Step) resolve(out string) Step {
	if out == "" {
		return st
	}
	replace := func(list []string) []string {
		resolved := make([]string, len(list))
		for i, v := range list {
			resolved[i] = strings.ReplaceAll(v, Out, out)
		}
		return resolved
	}
	st.Args, st.Env = replace(st.Args), replace(st.Env)
	return st
}
