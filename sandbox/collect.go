package sandbox

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
)

// Collect says which files of the work directory to return when a job is over.
type Collect struct {
	Patterns []string // clean paths; as in a shell, with ** for any number of directories
	Most     int      // files
	Bytes    int64    // of all contents together
}

// Collected is what was found.
type Collected struct {
	Files     []OutputFile
	Truncated bool // there were more files than Collect.Most, or too many to look through
}

// OutputFile is a file, or whatever else has a name that was asked for.
type OutputFile struct {
	Path    string
	Type    FileType
	Size    int64  // bytes; of a link's target where it was followed
	Content []byte // of files only
	// Truncated says that the content is not all of it.
	Truncated bool
}

// FileType says what a name of the work directory is.
type FileType string

// Only of a file the content is read. A link within the work directory is what it
// points to; one that leads out of it, or nowhere, is a symlink.
const (
	FileRegular    FileType = "file"
	FileDirectory  FileType = "directory"
	FileSymlink    FileType = "symlink"
	FileFIFO       FileType = "fifo"
	FileSocket     FileType = "socket"
	FileDevice     FileType = "device"
	FileUnreadable FileType = "unreadable"
)

// FileTypes are all of them.
func FileTypes() []FileType {
	return []FileType{FileRegular, FileDirectory, FileSymlink, FileFIFO, FileSocket, FileDevice, FileUnreadable}
}

// ValidPattern reports whether a pattern means anything.
func ValidPattern(pattern string) bool { return doublestar.ValidatePattern(pattern) }

// Bounds of a search. A work directory can hold more than is sensible to look
// through, and deeper than paths can be.
const (
	mostVisited = 20_000
	deepestPath = 1024 // bytes
	longest     = time.Second
)

// collect looks for the files that are asked for, as the run and through
// os.Root: a link that leads out of the directory leads nowhere. Nothing of the run is
// alive any more; still nothing but a file is ever opened to be read.
func (sl *slot) collect(c Collect) (found Collected, err error) {
	if len(c.Patterns) == 0 {
		return found, nil
	}
	err = cred.As(sl.uid, func() error {
		os.Chmod(sl.dir, 0o700) // a program can close it even to itself; it can be nothing else
		root, err := os.OpenRoot(sl.dir)
		if err != nil {
			return err
		}
		defer root.Close()
		return found.search(root, c)
	})
	return found, err
}

func (found *Collected) search(root *os.Root, c Collect) error {
	room, visited, begin := c.Bytes, 0, time.Now()
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if path == "." {
			return err // where not even that can be read, there is an error
		}
		if err != nil { // of a directory that was met before and cannot be read, or has a name that no path can have
			found.Truncated = found.Truncated || errors.Is(err, fs.ErrInvalid)
			return fs.SkipDir
		}
		if visited++; visited > mostVisited || time.Since(begin) > longest {
			found.Truncated = true
			return fs.SkipAll
		}
		if c.matches(path) {
			if len(found.Files) == c.Most {
				found.Truncated = true
				return fs.SkipAll
			}
			f := read(root, path, room)
			room -= int64(len(f.Content))
			found.Files = append(found.Files, f)
		}
		if d.IsDir() && len(path) > deepestPath {
			found.Truncated = true
			return fs.SkipDir
		}
		return nil
	})
}

func (c Collect) matches(path string) bool {
	return slices.ContainsFunc(c.Patterns, func(pattern string) bool {
		ok, _ := doublestar.Match(pattern, path) // they were checked
		return ok
	})
}

// read returns what is at the path, and of a file at most room bytes.
func read(root *os.Root, path string, room int64) OutputFile {
	f := OutputFile{Path: path, Type: FileUnreadable}
	info, err := root.Stat(path)
	if err != nil { // a link that leads nowhere, perhaps
		if info, err = root.Lstat(path); err != nil {
			return f
		}
	}
	f.Type, f.Size = fileType(info.Mode()), info.Size()
	if f.Type != FileRegular {
		return f
	}
	// It cannot have become anything else, but if it had, nobody would wait.
	r, err := root.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		f.Type = FileUnreadable
		return f
	}
	defer r.Close()
	if info, err = r.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Type = FileUnreadable
		return f
	}
	f.Content = make([]byte, min(room, f.Size))
	n, err := io.ReadFull(r, f.Content)
	f.Content = f.Content[:n]
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		f.Type, f.Content = FileUnreadable, nil
	}
	f.Truncated = int64(n) < f.Size
	return f
}

func fileType(m fs.FileMode) FileType {
	switch {
	case m.IsRegular():
		return FileRegular
	case m.IsDir():
		return FileDirectory
	case m&fs.ModeSymlink != 0:
		return FileSymlink
	case m&fs.ModeNamedPipe != 0:
		return FileFIFO
	case m&fs.ModeSocket != 0:
		return FileSocket
	case m&fs.ModeDevice != 0:
		return FileDevice
	}
	return FileUnreadable
}
