package proc

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const patience = 20 * time.Second

func waitUntil(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not in time: ", what)
		}
	}
}

// headlessVar makes this test binary a process whose first thread ends while
// another lives on, until its standard input ends.
const headlessVar = "PROC_TEST_HEADLESS"

// init runs on the first thread, as nothing later is sure to.
func init() {
	if os.Getenv(headlessVar) == "" {
		return
	}
	go func() {
		runtime.LockOSThread()
		var b [1]byte
		for {
			if n, err := syscall.Read(0, b[:]); n <= 0 && err != syscall.EINTR {
				os.Exit(0)
			}
		}
	}()
	syscall.Syscall(syscall.SYS_EXIT, 0, 0, 0) // of the thread only
}

// headless starts such a process; end ends its last thread.
func headless(t *testing.T) (pid int, end func()) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), headlessVar+"=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	pid = cmd.Process.Pid
	waitUntil(t, "the first thread has ended", func() bool {
		st, _ := ReadStat(pid)
		return st.State == 'Z'
	})
	return pid, func() { stdin.Close() }
}

// Such a process looks dead, and is not.
func TestFirstThreadEnded(t *testing.T) {
	t.Parallel()
	pid, end := headless(t)
	st, ok := ReadStat(pid)
	if !ok || st.State != 'Z' || st.Threads < 2 || st.Dead() {
		t.Fatalf("%v %+v (state %c), want a zombie with living threads that is not dead", ok, st, st.State)
	}
	if st.Parent != os.Getpid() {
		t.Errorf("parent %d, want %d", st.Parent, os.Getpid())
	}
	dir := Living(pid)
	if prefix := fmt.Sprintf("/proc/%d/task/", pid); !strings.HasPrefix(dir, prefix) {
		t.Fatalf("the living thread is %q, want one of %s", dir, prefix)
	}
	if size, resident := Statm(dir); size < resident || resident <= 0 {
		t.Errorf("it has %d pages, %d of them resident", size, resident)
	}
	if status, ok := Read(dir, "status"); !ok || Field(status, "VmSize") <= 0 {
		t.Errorf("its status has no VmSize: %v %.200q", ok, status)
	}

	end()
	waitUntil(t, "the last thread has ended", func() bool {
		st, ok := ReadStat(pid)
		return ok && st.Dead()
	})
	if dir := Living(pid); dir != "" {
		t.Errorf("%s is alive in a dead process", dir)
	}
	if size, resident := Statm("/proc/" + strconv.Itoa(pid)); size != 0 || resident != 0 {
		t.Errorf("a dead process has %d pages, %d of them resident", size, resident)
	}
}

func TestLivingIsTheProcessItself(t *testing.T) {
	t.Parallel()
	if got, want := Living(os.Getpid()), fmt.Sprint("/proc/", os.Getpid()); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Skip(err)
	}
	for _, pid := range []int{cmd.Process.Pid, 0, -1, 1 << 30} {
		if st, ok := ReadStat(pid); ok && st.Parent == os.Getpid() { // the number may be somebody else's by now
			t.Errorf("%d: %+v", pid, st)
		}
	}
	const none = "/proc/1073741824"
	if size, resident := Statm(none); size != 0 || resident != 0 {
		t.Error("a process that is not there has memory")
	}
	if b, ok := Read(none, "status"); ok {
		t.Errorf("a process that is not there has a status: %q", b)
	}
	if dir := Living(1 << 30); dir != "" {
		t.Errorf("a process that is not there lives in %s", dir)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	pid, _ := headless(t)
	child := exec.Command("cat")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	uid := os.Geteuid()
	if uid == 0 {
		uid = 1_900_000_000 + os.Getpid()%1_000_000
		child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	if err := child.Start(); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { stdin.Close(); child.Wait() })
	uids := map[int]int{}
	for _, p := range List() {
		if _, twice := uids[p.PID]; twice {
			t.Errorf("process %d is listed twice", p.PID)
		}
		uids[p.PID] = p.UID
	}
	for what, want := range map[string]Process{
		"itself":              {os.Getpid(), os.Geteuid()},
		"a child with a uid":  {child.Process.Pid, uid},
		"one that looks dead": {pid, os.Geteuid()},
	} {
		if got, ok := uids[want.PID]; !ok || got != want.UID {
			t.Errorf("%s: process %d has uid %d (listed: %v), want %d", what, want.PID, got, ok, want.UID)
		}
	}
}

func TestParseStat(t *testing.T) {
	t.Parallel()
	// pid (comm) state ppid pgrp session tty tpgid flags minflt cminflt majflt
	// cmajflt utime stime cutime cstime priority nice threads itrealvalue ...
	const rest = " S 77 1 2 3 4 5 6 7 8 9 100 20 3 4 20 0 5 0 6 7"
	want := Stat{State: 'S', Parent: 77, Threads: 5, CPUTicks: 127}
	for _, row := range []struct {
		name, text string
		want       Stat
		ok         bool
	}{
		{"plain", "12 (bash)" + rest, want, true},
		{"a name with a space", "12 (a b)" + rest, want, true},
		{"a name that ends the field", "12 (a) Z 1 (b)" + rest, want, true},
		{"a name of nothing but a state", "12 () Z 0 0 0)" + rest, want, true},
		{"a name of parentheses", "12 ()))(()" + rest, want, true},
		{"a name with a line in it", "12 (a\n13 (b) Z 1)" + rest, want, true},
		{"an empty name", "12 ()" + rest, want, true},
		{"the whole line, with its end", "12 (bash)" + rest + "\n", want, true},
		{"a foreground group that does not exist", "12 (a) R 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 -2 -20 1 0", Stat{State: 'R', Parent: 1, Threads: 1, CPUTicks: 2}, true},
		{"cut off behind the state", "12 (a) R", Stat{State: 'R'}, true},
		{"cut off in front of the state", "12 (a) ", Stat{}, false},
		{"cut off behind the name", "12 (a)", Stat{}, false},
		{"cut off in the name", "12 (a", Stat{}, false},
		{"nothing", "", Stat{}, false},
		{"only a parenthesis", ")", Stat{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := parseStat([]byte(row.text)); got != row.want || ok != row.ok {
				t.Errorf("%+v %v, want %+v %v", got, ok, row.want, row.ok)
			}
		})
	}
}

// The kernel lets a process choose any name of 15 bytes.
func TestReadStatOfAHostileName(t *testing.T) {
	t.Parallel()
	sleep, err := exec.LookPath("cat")
	if err != nil {
		t.Skip(err)
	}
	name := filepath.Join(t.TempDir(), "a) Z 1 (b")
	if err := copyFile(sleep, name); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip("cannot execute a copy: ", err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Wait() })
	// What comes back has come through the program: it is past its exec.
	fmt.Fprintln(stdin, "up")
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "up\n" {
		t.Skipf("a copy of %s does not run: %q %v", sleep, line, err)
	}
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid))
	if !strings.Contains(string(raw), "(a) Z 1 (b)") {
		t.Fatalf("the name is not in %q", raw)
	}
	st, ok := ReadStat(cmd.Process.Pid)
	if !ok || st.Dead() || st.Parent != os.Getpid() || st.Threads != 1 {
		t.Errorf("%+v (state %c) %v, want a living child of one thread", st, st.State, ok)
	}
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	// A fork at the wrong moment would have the file open for writing, and its
	// execution fail.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(to, b, 0o755)
}

func TestReadStatOfOneself(t *testing.T) {
	t.Parallel()
	st, ok := ReadStat(os.Getpid())
	if !ok || st.Parent != os.Getppid() || st.Threads < 1 || st.Dead() {
		t.Errorf("%+v %v", st, ok)
	}
	// Asking takes processor time, so it must be counted before long.
	for deadline := time.Now().Add(patience); st.CPUTicks == 0; st, _ = ReadStat(os.Getpid()) {
		if time.Now().After(deadline) {
			t.Fatal("no processor time is counted")
		}
	}
}

func TestDead(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		st   Stat
		dead bool
	}{
		{Stat{State: 'Z', Threads: 1}, true},
		{Stat{State: 'Z', Threads: 0}, true},
		{Stat{State: 'X', Threads: 0}, true},
		{Stat{State: 'Z', Threads: 2}, false}, // the first thread has ended, others have not
		{Stat{State: 'X', Threads: 2}, false},
		{Stat{State: 'S', Threads: 1}, false},
		{Stat{State: 'R', Threads: 1}, false},
		{Stat{State: 'D', Threads: 1}, false},
		{Stat{State: 'T', Threads: 1}, false}, // stopped: SIGCONT brings it back
		{Stat{State: 'I', Threads: 1}, false},
	} {
		if got := row.st.Dead(); got != row.dead {
			t.Errorf("state %c with %d threads: %v, want %v", row.st.State, row.st.Threads, got, row.dead)
		}
	}
}

func TestStatmOfOneself(t *testing.T) {
	t.Parallel()
	size, resident := Statm("/proc/self")
	if size <= 0 || resident <= 0 || resident > size {
		t.Errorf("%d pages, %d of them resident", size, resident)
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	const text = "Name:\tx\nVmPTE2:\t 1 kB\nVmPTE :\t 2 kB\nVmPTE:\t  44 kB\nPss:                 123 kB\nPss_Dirty:            99 kB\nMemTotal:       2 kB\n" +
		"Empty:\nWord:\tabc\nNegative:\t-5\nLong:\t9223372036854775807 kB\nVmPTE:\t55 kB\nLast: 7"
	for name, want := range map[string]int64{
		"VmPTE":     44, // the first counts: a later line could not be the kernel's
		"Pss":       123,
		"Pss_Dirty": 99,
		"MemTotal":  2,
		"Long":      9223372036854775807,
		"Last":      7,
		"Empty":     0,
		"Word":      0,
		"Negative":  0,
		"Pss_":      0,
		"ss":        0,
		"missing":   0,
		"":          0,
	} {
		if got := Field([]byte(text), name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if got := Field(nil, "VmPTE"); got != 0 {
		t.Errorf("in nothing it is %d", got)
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("12 (a) Z (b) S 77 1 2 3 4 5 6 7 8 9 100 20 3 4 20 0 5 0"))
	f.Add([]byte(")"))
	f.Add([]byte("1 (x) "))
	f.Fuzz(func(t *testing.T, b []byte) {
		st, ok := parseStat(b)
		if !ok && st != (Stat{}) {
			t.Errorf("%+v of what is no stat", st)
		}
		// What a process calls itself changes nothing.
		again, okAgain := parseStat(append([]byte("7 (name) Z 9 "), b...))
		if ok && (!okAgain || again != st) {
			t.Errorf("%+v became %+v", st, again)
		}
	})
}

func FuzzField(f *testing.F) {
	f.Add([]byte("VmPTE:\t  44 kB\n"), "VmPTE")
	f.Add([]byte("a:1\na"), "a")
	f.Add([]byte(":"), "")
	f.Fuzz(func(t *testing.T, text []byte, name string) {
		Field(text, name)
		if strings.ContainsAny(name, "\n:") {
			return
		}
		line := []byte(name + ":\t 12345 kB\n")
		if got := Field(append(line, text...), name); got != 12345 {
			t.Errorf("%q is %d", name, got)
		}
	})
}

// The watchdog does these hundreds of times a second.
func BenchmarkList(b *testing.B) {
	for b.Loop() {
		List()
	}
}

func BenchmarkStatm(b *testing.B) {
	for b.Loop() {
		Statm("/proc/self")
	}
}
