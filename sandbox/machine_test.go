package sandbox

import (
	"errors"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/shim"
)

func TestHasController(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		list, name string
		want       bool
	}{
		{"", "", true}, // version 2: 0::/path
		{"memory", "memory", true},
		{"cpu,cpuacct", "cpu", true},
		{"cpu,cpuacct", "cpuacct", true},
		{"cpu,cpuacct", "acct", false},
		{"cpuset", "cpu", false},
		{"memory", "", false},
		{"name=systemd", "", false},
		{"name=systemd", "systemd", false},
		{"", "memory", false},
	} {
		if got := hasController(row.list, row.name); got != row.want {
			t.Errorf("%q has %q: %v", row.list, row.name, got)
		}
	}
}

func TestReadNumber(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       int64
		ok         bool
	}{
		{"a number", "123\n", 123, true},
		{"nothing is used", "0\n", 0, true},
		{"without an end of line", "5", 5, true},
		{"version 2 without a limit", "max\n", 0, false},
		{"version 1 without a limit", "9223372036854771712\n", 0, false},
		{"the most that is one", "4611686018427387902\n", math.MaxInt64/2 - 1, true},
		{"more than there are numbers", "18446744073709551615\n", 0, false},
		{"two numbers", "1 2\n", 0, false},
		{"nothing", "", 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, ok := readNumber(unitTextFile(t, row.text))
			if ok != row.ok || ok && got != row.want {
				t.Errorf("%d %v, want %d %v", got, ok, row.want, row.ok)
			}
		})
	}
	if n, ok := readNumber("/nonexistent"); ok {
		t.Errorf("in no file: %d", n)
	}
}

func TestStatField(t *testing.T) {
	t.Parallel()
	path := unitTextFile(t, "anon 1\nfile_mapped 7\nfile 22\ninactive_file 333\ntotal_inactive_file 4444\nbroken x\nlast 5")
	for name, want := range map[string]int64{"anon": 1, "file": 22, "inactive_file": 333, "total_inactive_file": 4444, "broken": 0, "last": 5, "ile": 0, "none": 0} {
		if got := statField(path, name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if got := statField("/nonexistent", "anon"); got != 0 {
		t.Errorf("in no file: %d", got)
	}
}

// The figures are this machine's: only what must hold on every one is tested.
func TestReadMachine(t *testing.T) {
	t.Parallel()
	m := ReadMachine()
	if m.Memory <= 0 || m.Available > m.Memory || m.PIDs < 0 {
		t.Errorf("%+v", m)
	}
	for _, c := range cgroups { // what is not mounted here is looked for in its mount, and not found
		if dir := c.dir(); dir != c.mount && !strings.HasPrefix(dir, c.mount+"/") {
			t.Errorf("the cgroup of %q is in %s", c.controller, dir)
		}
	}
}

func TestReadDirectory(t *testing.T) {
	t.Parallel()
	d, err := ReadDirectory(t.TempDir())
	if err != nil || d.Free < 0 || d.Inodes == 0 {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := ReadDirectory("/nonexistent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want that there is none", err)
	}
	var st unix.Statfs_t
	if unix.Statfs(shmDir, &st) != nil || st.Type != unix.TMPFS_MAGIC {
		return
	}
	d, err = ReadDirectory(shmDir)
	if err != nil || !d.InMemory || d.NoExec != (st.Flags&unix.ST_NOEXEC != 0) {
		t.Errorf("%s: %+v, %v", shmDir, d, err)
	}
	if d, err := ReadDirectory("/proc"); err != nil || d.InMemory || d.Inodes >= 0 {
		t.Errorf("/proc has no count of inodes, and is no memory: %+v, %v", d, err)
	}
}

func unitLimits() Limits {
	return Limits{
		Wall: 9 * time.Second, CPU: 7 * time.Second, Memory: 192 << 20, Processes: 64,
		File: 16 << 20, Disk: 64 << 20, Output: 1 << 20,
	}
}

func TestRlimits(t *testing.T) {
	t.Parallel()
	l := unitLimits()
	var own [16]unix.Rlimit
	for r := range own {
		if err := unix.Getrlimit(r, &own[r]); err != nil {
			t.Fatal(err)
		}
	}
	got := map[int]shim.Rlimit{}
	for _, r := range rlimits(l) {
		if _, twice := got[r.Resource]; twice {
			t.Errorf("resource %d is limited twice", r.Resource)
		}
		if r.Soft > r.Hard {
			t.Errorf("resource %d: %d is above %d, which the kernel refuses", r.Resource, r.Soft, r.Hard)
		}
		got[r.Resource] = r
	}
	for _, row := range []struct {
		name       string
		resource   int
		soft, hard int64
	}{
		{"processor time in seconds, and one to catch SIGXCPU in", unix.RLIMIT_CPU, 7, 8},
		{"file size", unix.RLIMIT_FSIZE, l.File, l.File},
		{"core dumps", unix.RLIMIT_CORE, 0, 0},
		{"processes", unix.RLIMIT_NPROC, int64(l.Processes), int64(l.Processes)},
		{"data", unix.RLIMIT_DATA, l.Memory + defaultData, l.Memory + defaultData},
		{"open files", unix.RLIMIT_NOFILE, openFiles, openFiles},
		{"stack", unix.RLIMIT_STACK, mainStack, l.Memory},
		{"message queues", unix.RLIMIT_MSGQUEUE, 0, 0},
		{"nice", unix.RLIMIT_NICE, 0, 0},
		{"real-time priority", unix.RLIMIT_RTPRIO, 0, 0},
		{"locked memory", unix.RLIMIT_MEMLOCK, lockedBytes, lockedBytes},
	} {
		want := shim.Rlimit{Resource: row.resource, Soft: min(uint64(row.soft), own[row.resource].Max), Hard: min(uint64(row.hard), own[row.resource].Max)}
		if got[row.resource] != want {
			t.Errorf("%s: %+v, want %+v", row.name, got[row.resource], want)
		}
	}
}

func TestRlimitsStayWithinTheServersOwn(t *testing.T) {
	t.Parallel()
	l := unitLimits()
	l.Processes, l.File, l.Memory, l.CPU = math.MaxInt, math.MaxInt64, math.MaxInt64/4, math.MaxInt64/2
	for _, r := range rlimits(l) {
		var own unix.Rlimit
		if err := unix.Getrlimit(r.Resource, &own); err != nil {
			t.Fatal(err)
		}
		if r.Soft > own.Max || r.Hard > own.Max {
			t.Errorf("resource %d: %+v, and the server's own is %d", r.Resource, r, own.Max)
		}
	}
}

// A limit for RLIMIT_CPU is at least what was asked for: the watchdog is exact.
func TestRlimitsRoundSecondsUp(t *testing.T) {
	t.Parallel()
	for cpu, want := range map[time.Duration]uint64{
		1: 1, 999 * time.Millisecond: 1, time.Second: 1, time.Second + 1: 2, 2 * time.Second: 2, 59500 * time.Millisecond: 60,
	} {
		l := unitLimits()
		l.CPU = cpu
		if got := rlimits(l)[0]; got.Resource != unix.RLIMIT_CPU || got.Soft != want || got.Hard != want+1 {
			t.Errorf("%v: %+v, want %d s", cpu, got, want)
		}
	}
}

func TestRlimitsData(t *testing.T) {
	t.Parallel()
	l := unitLimits()
	l.Data = 3 << 20
	for _, r := range rlimits(l) {
		if want := uint64(l.Memory + l.Data); r.Resource == unix.RLIMIT_DATA && r.Soft != want {
			t.Errorf("%d, want %d", r.Soft, want)
		}
	}
}

// Without CAP_SYS_RESOURCE no limit can be raised above the server's own.
func TestClamp(t *testing.T) {
	t.Parallel()
	var own unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &own); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name     string
		in, want shim.Rlimit
	}{
		{"above", shim.Rlimit{Resource: unix.RLIMIT_NOFILE, Soft: math.MaxUint64, Hard: math.MaxUint64}, shim.Rlimit{Resource: unix.RLIMIT_NOFILE, Soft: own.Max, Hard: own.Max}},
		{"only the hard one is above", shim.Rlimit{Resource: unix.RLIMIT_NOFILE, Soft: 1, Hard: math.MaxUint64}, shim.Rlimit{Resource: unix.RLIMIT_NOFILE, Soft: 1, Hard: own.Max}},
		{"below", shim.Rlimit{Resource: unix.RLIMIT_NOFILE, Soft: 1, Hard: 2}, shim.Rlimit{Resource: unix.RLIMIT_NOFILE, Soft: 1, Hard: 2}},
		{"none", shim.Rlimit{Resource: unix.RLIMIT_NOFILE}, shim.Rlimit{Resource: unix.RLIMIT_NOFILE}},
		{"a resource that does not exist", shim.Rlimit{Resource: 999, Soft: 5, Hard: 6}, shim.Rlimit{Resource: 999, Soft: 5, Hard: 6}},
	} {
		if got := clamp(row.in); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.name, got, row.want)
		}
	}
}
