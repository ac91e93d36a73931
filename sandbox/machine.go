package sandbox

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/proc"
)

// Machine is what the container, or where there is none the machine, has.
type Machine struct {
	Memory    int64 // bytes in all
	Available int64 // bytes that programs can still have
	PIDs      int64 // processes and threads in all; 0 where there is no limit
	Files     int64 // descriptors that this process may have; 0 where there is no limit
}

// ReadMachine asks the kernel: the cgroup's figures where they are lower than
// the machine's.
func ReadMachine() Machine {
	info, _ := os.ReadFile("/proc/meminfo")
	m := Machine{
		Memory:    proc.Field(info, "MemTotal") << 10,
		Available: proc.Field(info, "MemAvailable") << 10,
	}
	for _, c := range cgroups {
		dir := c.dir()
		limit, ok := readNumber(filepath.Join(dir, c.memoryLimit))
		if ok && limit > 0 && limit < m.Memory {
			used, _ := readNumber(filepath.Join(dir, c.memoryUsed))
			// Pages of files that nobody has used lately are there for the taking.
			cache := statField(filepath.Join(dir, "memory.stat"), c.cache)
			m.Memory, m.Available = limit, min(m.Available, limit-used+cache)
		}
	}
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err == nil && files.Max < math.MaxInt64 {
		m.Files = int64(files.Max) // which is what Go takes
	}
	for _, path := range pidsLimits() {
		if n, ok := readNumber(path); ok && (m.PIDs == 0 || n < m.PIDs) {
			m.PIDs = n
		}
	}
	return m
}

// cgroup is where a version of cgroups keeps its figures.
type cgroup struct {
	controller                     string // in /proc/self/cgroup; "" is version 2
	mount                          string
	memoryLimit, memoryUsed, cache string
	events                         string // has a line "oom_kill" with a number
}

var cgroups = []cgroup{
	{"", "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file", "memory.events"},
	{"memory", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "memory.oom_control"},
}

func pidsLimits() []string {
	v2, v1 := cgroup{mount: "/sys/fs/cgroup"}, cgroup{controller: "pids", mount: "/sys/fs/cgroup/pids"}
	return []string{filepath.Join(v2.dir(), "pids.max"), filepath.Join(v1.dir(), "pids.max")}
}

// dir is the process's own cgroup. In a container the path in
// /proc/self/cgroup may be the host's, and the mount the cgroup itself.
func (c cgroup) dir() string {
	text, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 || !hasController(fields[1], c.controller) {
			continue
		}
		dir := filepath.Join(c.mount, fields[2])
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return c.mount
}

func hasController(list, name string) bool {
	for _, c := range strings.Split(list, ",") {
		if c == name {
			return true
		}
	}
	return false
}

// readNumber reads a file with one number; "max" is none.
func readNumber(path string) (int64, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil && n < math.MaxInt64/2
}

func statField(path, name string) int64 {
	text, _ := os.ReadFile(path)
	return field(text, name)
}

func field(text []byte, name string) int64 {
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return n
		}
	}
	return 0
}

// killer is the kernel, when it ends processes of this container because there is no
// memory left; nil where it does not say so.
type killer struct{ events *os.File }

func openKiller() *killer {
	for _, c := range cgroups {
		path := filepath.Join(c.dir(), c.events)
		if text, err := os.ReadFile(path); err != nil || !bytes.Contains(text, []byte("oom_kill ")) {
			continue
		}
		if f, err := os.Open(path); err == nil {
			return &killer{f}
		}
	}
	return nil
}

// kills is how many processes it has killed so far.
func (k *killer) kills() int64 {
	if k == nil {
		return 0
	}
	var text [512]byte
	n, _ := k.events.ReadAt(text[:], 0)
	return field(text[:n], "oom_kill")
}

// Directory is what matters of a file system to run programs in.
type Directory struct {
	InMemory, NoExec bool
	Free             int64 // bytes
	Inodes           int64 // free; negative where the file system does not count them
}

// ReadDirectory asks the file system that dir lies in.
func ReadDirectory(dir string) (Directory, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Directory{}, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	d := Directory{
		InMemory: inMemory(dir), NoExec: st.Flags&unix.ST_NOEXEC != 0,
		Free: int64(st.Bavail) * st.Bsize, Inodes: int64(st.Ffree),
	}
	if st.Files == 0 {
		d.Inodes = -1
	}
	return d, nil
}
