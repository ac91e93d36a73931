package sandbox

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
	"aca-executor/sandbox/internal/proc"
)

var pageSize = int64(os.Getpagesize())

// resident is the first, cheap look at a run's memory.
type resident struct {
	largest int64 // resident memory of the largest process
	upper   int64 // no less than the run's memory in processes
}

// residentMemory needs no privilege and microseconds for each process. An
// address space of n bytes can have n/512 bytes of page tables, and no more.
func residentMemory(pids []int) (r resident) {
	for _, pid := range pids {
		size, pages := proc.Statm("/proc/" + strconv.Itoa(pid))
		if size == 0 {
			size, pages = proc.Statm(proc.Living(pid))
		}
		r.largest = max(r.largest, pages*pageSize)
		r.upper += pages*pageSize + size*pageSize/512
	}
	return r
}

// exactMemory is the memory of the processes, each shared page counted once:
// proportional set size, page tables and swap.
//
// Reading another uid's smaps_rollup takes CAP_SYS_PTRACE, which containers do
// not have, or that very uid. A process that is not dumpable refuses even then;
// its resident memory counts.
func exactMemory(uid int, pids []int) (sum int64) {
	cred.As(uid, func() error {
		for _, pid := range pids {
			if dir := proc.Living(pid); dir != "" && !borrowing(pid, pids) {
				sum += processMemory(dir)
			}
		}
		return nil
	})
	return sum
}

// borrowing reports whether a process seems to be between vfork and exec, with
// its parent's very memory: it has just as much, and its parent waits in the
// way that vfork waits. A parent that waits for a disk looks the same for a
// moment; nobody can look so at every look.
func borrowing(pid int, run []int) bool {
	st, ok := proc.ReadStat(pid)
	if !ok || !slices.Contains(run, st.Parent) {
		return false
	}
	parent, ok := proc.ReadStat(st.Parent)
	if !ok || parent.State != 'D' {
		return false
	}
	size, pages := proc.Statm("/proc/" + strconv.Itoa(pid))
	parentSize, parentPages := proc.Statm("/proc/" + strconv.Itoa(st.Parent))
	return size == parentSize && pages == parentPages
}

func processMemory(dir string) int64 {
	status, _ := proc.Read(dir, "status")
	used := proc.Field(status, "VmPTE") + proc.Field(status, "VmSwap")
	if rollup, ok := proc.Read(dir, "smaps_rollup"); ok {
		return (used + proc.Field(rollup, "Pss")) << 10
	}
	_, pages := proc.Statm(dir)
	return used<<10 + pages*pageSize
}

// held is what a run keeps behind its descriptors and nowhere else.
type held struct {
	memory  int64 // deleted files: their pages
	buffers int64 // what pipes and sockets can hold, full or not
	disk    int64 // deleted files on a disk, or where work directories are: their blocks
	hidden  []int // processes whose descriptors cannot be seen
	passing int64 // descriptors on their way through sockets, in nobody's table
}

const (
	pipeBuffer   = 64 << 10
	socketBuffer = 208 << 10
)

// heldFiles looks at every descriptor of the processes. A process can hide
// them: by not being dumpable, which prctl or a program that may be executed but
// not read brings about.
//
// Work directories can be on a file system in memory; disk says which one that is.
func heldFiles(uid int, pids []int, disk uint64) (sum held) {
	seen := map[inode]bool{}
	cred.As(uid, func() error {
		for _, pid := range pids {
			sum.add(pid, seen, disk)
		}
		return nil
	})
	return sum
}

func (h *held) add(pid int, seen map[inode]bool, disk uint64) {
	dir := proc.Living(pid)
	if dir == "" {
		return
	}
	fd, err := unix.Open(dir+"/fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if size, _ := proc.Statm(dir); err == unix.EACCES && size != 0 { // else it has ended meanwhile
		h.hidden = append(h.hidden, pid)
	}
	if err != nil {
		return
	}
	defer unix.Close(fd)
	eachName(fd, func(name string) bool {
		var st unix.Stat_t
		if unix.Fstatat(fd, name, &st, 0) != nil {
			return true
		}
		id := inode{st.Dev, st.Ino}
		if seen[id] {
			return true
		}
		seen[id] = true
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			if st.Nlink == 0 {
				h.memory += st.Blocks * 512
				if st.Dev == disk || !onMemory(fd, name) {
					h.disk += max(minBlock, st.Blocks*512)
				}
			}
		case unix.S_IFIFO:
			h.buffers += pipeBuffer
		case unix.S_IFSOCK:
			h.buffers += socketBuffer
			info, _ := proc.Read(dir+"/fdinfo", name)
			h.passing += proc.Field(info, "scm_fds")
		}
		return true
	})
}

func onMemory(dir int, name string) bool {
	return inMemory("/proc/self/fd/" + strconv.Itoa(dir) + "/" + name)
}

// mappings are what a run has mapped of deleted files and of memory that is shared
// without a file.
type mappings struct {
	files int   // mappings of deleted files
	bytes int64 // of what is shared: address space, of which any part may be in memory
}

// deletedMappings looks at every mapping. Only the last line asks, because the list
// can be very long.
func deletedMappings(uid int, pids []int) (sum mappings) {
	cred.As(uid, func() error {
		for _, pid := range pids {
			f, err := os.Open(filepath.Join("/proc", strconv.Itoa(pid), "maps"))
			if err != nil {
				continue
			}
			text, _ := io.ReadAll(io.LimitReader(f, 8<<20))
			f.Close()
			sum.add(text)
		}
		return nil
	})
	return sum
}

// add adds those of a process. A line is "from-to rw-s offset device inode path".
func (m *mappings) add(text []byte) {
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte(" (deleted)\n")) {
			continue
		}
		m.files++
		span, rest, _ := bytes.Cut(line, []byte(" "))
		from, to, _ := bytes.Cut(span, []byte("-"))
		a, err1 := strconv.ParseUint(string(from), 16, 64)
		b, err2 := strconv.ParseUint(string(to), 16, 64)
		if err1 == nil && err2 == nil && len(rest) > 3 && rest[3] == 's' {
			m.bytes += int64(b - a)
		}
	}
}

// dirSize is what a run has in its own directory, counted up to a bit above
// enough. It is an error when there is more that could not be counted.
func dirSize(dir string, uid int, enough int64) (size int64, err error) {
	err = cred.As(uid, func() (err error) {
		size, err = treeSize(dir, enough)
		return err
	})
	return size, err
}

// reap collects a dead child that is not the first process of a step: an
// orphan of some run, which became ours (see PR_SET_CHILD_SUBREAPER).
func reap(pid int) {
	var status unix.WaitStatus
	unix.Wait4(pid, &status, unix.WNOHANG, nil)
}

// reserve says what the machine has too little of.
type reserve struct{ memoryLow, sharedLow, diskLow bool }

// systemReserve looks at the machine at most once in a while.
func systemReserve(dir string) func() reserve {
	const every = 20 * time.Millisecond
	var last time.Time
	var r reserve
	return func() reserve {
		if time.Since(last) >= every {
			last = time.Now()
			r = reserve{memoryLow: memoryLow(ReadMachine()), sharedLow: sharedLow(shmDir), diskLow: diskLow(dir)}
		}
		return r
	}
}

// memoryLow leaves a twentieth to the server and everybody else.
func memoryLow(m Machine) bool {
	return m.Memory > 0 && m.Available < min(max(m.Memory/20, 32<<20), 256<<20)
}

// sharedLow is about /dev/shm, which in containers has 64 MiB for all: who finds it full
// gets no error for a mapping there, but SIGBUS.
func sharedLow(dir string) bool {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil || st.Type != unix.TMPFS_MAGIC || st.Blocks == 0 {
		return false
	}
	const most = 32 << 20
	return int64(st.Bavail)*st.Bsize < min(int64(st.Blocks)*st.Bsize/8, most)
}

func diskLow(dir string) bool {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return false
	}
	const least, leastInodes = 32 << 20, 1024
	return int64(st.Bavail)*st.Bsize < least || st.Files > 0 && st.Ffree < leastInodes
}
