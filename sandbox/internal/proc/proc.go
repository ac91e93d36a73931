// Package proc reads what /proc says of processes, as cheaply as it can be
// read: the watchdog does it hundreds of times a second.
//
// Hostile processes are among those read, and two of their tricks shape it. A
// process that is not dumpable hides most of its entries behind root's uid, but
// never the owner of its directory. And a process whose first thread has ended
// looks like a zombie, with no memory, while its other threads live on.
//
// It imports next to nothing because the guardian runs before the rest of the
// binary is initialised.
package proc

import (
	"os"
	"strconv"
	"syscall"
)

// Process is a process and the effective uid it runs as.
type Process struct{ PID, UID int }

// List returns every process, zombies included.
func List() []Process {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	list := make([]Process, 0, len(names))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		var st syscall.Stat_t
		if syscall.Stat("/proc/"+name, &st) != nil {
			continue // gone meanwhile
		}
		list = append(list, Process{pid, int(st.Uid)})
	}
	return list
}

// Stat is a part of /proc/<pid>/stat.
type Stat struct {
	State    byte
	Parent   int
	Threads  int
	CPUTicks int64 // user and system, its own and of the children it waited for; 100 a second
}

// Dead reports whether nothing of the process runs any more.
func (s Stat) Dead() bool { return (s.State == 'Z' || s.State == 'X') && s.Threads <= 1 }

// ReadStat reads a process's state; false when it is gone.
func ReadStat(pid int) (Stat, bool) {
	b, ok := read("/proc/" + strconv.Itoa(pid) + "/stat")
	if !ok {
		return Stat{}, false
	}
	return parseStat(b)
}

// parseStat starts behind the last parenthesis: the name in front of it is the
// process's own choice and may hold anything.
func parseStat(b []byte) (Stat, bool) {
	i := len(b) - 1
	for i >= 0 && b[i] != ')' {
		i--
	}
	if i < 0 || i+2 >= len(b) {
		return Stat{}, false
	}
	const state, ppid, utime, cstime, threads = 3, 4, 14, 17, 20 // as proc(5) numbers them
	s := Stat{State: b[i+2]}
	rest := b[i+2:]
	for field := state; field <= threads; field++ {
		var word []byte
		word, rest = cut(rest, ' ')
		switch {
		case field == ppid:
			s.Parent = int(number(word))
		case field >= utime && field <= cstime:
			s.CPUTicks += number(word)
		case field == threads:
			s.Threads = int(number(word))
		}
	}
	return s, true
}

// Living returns the directory of a thread of the process that is alive and has
// memory: the process's own where its first thread lives. It is empty when none
// does: a zombie, or a process about to be one.
func Living(pid int) string {
	dir := "/proc/" + strconv.Itoa(pid)
	if size, _ := Statm(dir); size != 0 {
		return dir
	}
	tasks, err := os.Open(dir + "/task")
	if err != nil {
		return ""
	}
	defer tasks.Close()
	tids, _ := tasks.Readdirnames(-1)
	for _, tid := range tids {
		task := dir + "/task/" + tid
		if size, _ := Statm(task); size != 0 {
			return task
		}
	}
	return ""
}

// Statm returns the address space and the resident memory, in pages, of the
// process or thread whose directory it is. Both are 0 where it has none.
func Statm(dir string) (size, resident int64) {
	b, _ := read(dir + "/statm")
	first, rest := cut(b, ' ')
	second, _ := cut(rest, ' ')
	return number(first), number(second)
}

// Field returns the number behind "name:" in a file such as status,
// smaps_rollup or meminfo.
func Field(text []byte, name string) int64 {
	for len(text) > 0 {
		var line []byte
		line, text = cut(text, '\n')
		if len(line) <= len(name) || line[len(name)] != ':' || string(line[:len(name)]) != name {
			continue
		}
		line = line[len(name)+1:]
		for len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			line = line[1:]
		}
		return number(line)
	}
	return 0
}

// Read returns a small file of a directory that Living named.
func Read(dir, name string) ([]byte, bool) { return read(dir + "/" + name) }

func read(path string) ([]byte, bool) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, false
	}
	defer syscall.Close(fd)
	var buf [4096]byte
	n, err := syscall.Read(fd, buf[:])
	if err != nil || n <= 0 {
		return nil, false
	}
	return append([]byte(nil), buf[:n]...), true
}

func cut(b []byte, sep byte) (before, after []byte) {
	for i, c := range b {
		if c == sep {
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// number reads the digits at the start.
func number(b []byte) (n int64) {
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int64(c-'0')
	}
	return n
}
