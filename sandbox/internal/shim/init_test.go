package shim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aca-executor/sandbox/internal/proc"
)

// patience is for what takes milliseconds: it is never waited for unless
// something is wrong.
const patience = 20 * time.Second

// built is the service's own binary: what its packages do at the start can only
// be seen there. It is built once, in builtIn, for as often as the tests are run.
var built = sync.OnceValues(func() (binary string, err error) {
	if builtIn, err = os.MkdirTemp("", "shim-test-"); err != nil {
		return "", err
	}
	binary = filepath.Join(builtIn, "executor")
	cmd := exec.Command("go", "build", "-o", binary, "aca-executor")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return binary, nil
})

var builtIn string

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// initialised runs the binary under a name with nothing to read, and returns
// the packages that were initialised before it ended.
func initialised(t *testing.T, binary, name string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	defer r.Close()
	cmd := exec.CommandContext(ctx, binary)
	cmd.Args = []string{name, "no such command"}
	cmd.Env = []string{"GODEBUG=inittrace=1"}
	cmd.ExtraFiles = []*os.File{r} // ControlFD
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatal(errors.Join(err, ctx.Err()))
	}
	var packages []string
	for line := range strings.Lines(stderr.String()) {
		if rest, ok := strings.CutPrefix(line, "init "); ok {
			packages = append(packages, strings.Fields(rest)[0])
		}
	}
	return packages
}

// The shim's start-up is in every answer, so it must end before the heavy
// packages of the binary begin. What it imports, and how early it comes in the
// order, is easily lost to an import that looks harmless.
func TestTakesOverEarly(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command, to build the service: ", err)
	}
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	// Small packages of the standard library, without imports to speak of, that
	// come first in the order. A row here is a few microseconds: look what they
	// are before you add one.
	early := []string{
		"runtime", "internal", "syscall", "os", "errors", "sync", "io", "time", "context", "unicode",
		"iter", "math", "hash/crc32", "encoding/base32", "encoding/base64", "crypto", "crypto/internal/fips140deps",
		// Pools of the Postgres driver, which only make a few empty values: 4 µs together.
		"github.com/jackc/pgx/v5/internal/iobufpool", "github.com/jackc/puddle/v2",
	}
	const heavy = "net/http"
	if all := initialised(t, binary, "executor"); !slices.Contains(all, heavy) {
		t.Fatalf("%s is not initialised by the service: this test would see nothing. It saw %q", heavy, all)
	}
	for _, name := range []string{Name, GuardianName} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packages := initialised(t, binary, name)
			if !slices.Contains(packages, "os") {
				t.Fatalf("not even os was initialised: %q", packages)
			}
			for _, p := range packages {
				isEarly := slices.Contains(early, p) || slices.ContainsFunc(early, func(dir string) bool {
					return dir != "crypto" && strings.HasPrefix(p, dir+"/")
				})
				if !isEarly {
					t.Errorf("%s was initialised before the shim took over", p)
				}
			}
		})
	}
}

// The rest executes this test binary: it contains the package, so it is a shim
// as good as the service.

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to change the uid")
	}
}

// freshUID is a uid that nobody else on the machine should have; other tests
// use other ones at the same time.
func freshUID() int { return 1_900_000_000 + rand.IntN(10_000_000)*8 }

// say starts a shim with a configuration and returns what it says until it ends
// or becomes the program, and what the program writes.
func say(t *testing.T, config []byte) (said, stdout []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "control"), os.NewFile(uintptr(pair[1]), "control")
	defer ours.Close()
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Args = []string{Name}
	cmd.Env = []string{}
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{theirs}
	// As a server would be that was started with some groups of root's.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Groups: []uint32{0, 4}}}
	var out bytes.Buffer
	cmd.Stdout = &out
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		t.Fatal(err)
	}
	_, writeErr := ours.Write(config)
	syscall.Shutdown(pair[0], syscall.SHUT_WR) // a configuration that is cut short has an end
	said, readErr := io.ReadAll(ours)
	cmd.Wait()
	if ctx.Err() != nil {
		t.Fatal("the shim did not end: ", ctx.Err())
	}
	if writeErr != nil || readErr != nil && !errors.Is(readErr, syscall.ECONNRESET) {
		t.Fatal(writeErr, readErr)
	}
	return said, out.Bytes()
}

// A failure names the layer that it happened in, and is the last word.
func TestShimNamesWhatFailed(t *testing.T) {
	t.Parallel()
	needRoot(t)
	uid := freshUID()
	good := func() *Config {
		return &Config{
			UID: uid, GID: uid, Parent: os.Getpid(), Nice: 1, Dir: "/",
			Path: "/proc/self/status", Args: []string{"status"}, // not a program: exec fails
		}
	}
	for _, row := range []struct {
		name   string
		change func(*Config)
		layer  string
		errno  syscall.Errno
	}{
		{"nothing, but the program is none", func(*Config) {}, "exec", syscall.EACCES},
		{"no such program", func(c *Config) { c.Path = "/nonexistent" }, "exec", syscall.ENOENT},
		{"an argument with a NUL", func(c *Config) { c.Args = []string{"a\x00b"} }, "exec", syscall.EINVAL},
		{"another parent", func(c *Config) { c.Parent++ }, "parent_death", syscall.ESRCH},
		{"no directory", func(c *Config) { c.Dir = "/nonexistent" }, "directory", syscall.ENOENT},
		{"no filter", func(c *Config) { c.Layers = OnNoNewPrivs | OnSeccomp }, "seccomp", syscall.EINVAL},
		{"half an instruction", func(c *Config) { c.Layers, c.Filter = OnNoNewPrivs|OnSeccomp, make([]byte, 12) }, "seccomp", syscall.EINVAL},
		{"a filter without an end", func(c *Config) { c.Layers, c.Filter = OnNoNewPrivs|OnSeccomp, make([]byte, 8) }, "seccomp", syscall.EINVAL},
		{"no such limit", func(c *Config) { c.Layers, c.Rlimits = OnRlimits, []Rlimit{{Resource: 999}} }, "rlimits", syscall.EINVAL},
		{"a soft limit above the hard one", func(c *Config) {
			c.Layers, c.Rlimits = OnRlimits, []Rlimit{{Resource: syscall.RLIMIT_CORE, Soft: 2, Hard: 1}}
		}, "rlimits", syscall.EINVAL},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := good()
			row.change(c)
			said, stdout := say(t, c.Encode())
			if len(said) < MessageSize || len(said)%MessageSize != 0 {
				t.Fatalf("the shim said %v", said)
			}
			what, numbers := ParseMessage(said[len(said)-MessageSize:])
			if got, errno := LayerName(int(what)), syscall.Errno(numbers[0]); got != row.layer || errno != row.errno {
				t.Errorf("%s: %v, want %s: %v", got, errno, row.layer, row.errno)
			}
			if ready := len(said) > MessageSize; ready != (row.layer == "exec") {
				t.Errorf("Ready was said: %v, but it comes right before exec", ready)
			}
			if len(stdout) > 0 {
				t.Errorf("a shim writes nothing to the program's stdout, but did: %q", stdout)
			}
		})
	}
	t.Run("a configuration that is cut short", func(t *testing.T) {
		t.Parallel()
		whole := good().Encode()
		said, _ := say(t, whole[:len(whole)-1])
		if len(said) != MessageSize {
			t.Fatalf("the shim said %v", said)
		}
		if what, _ := ParseMessage(said); LayerName(int(what)) != "configuration" {
			t.Errorf("it blames %s", LayerName(int(what)))
		}
	})
}

// What a program finds itself to be, as the kernel has it.
func TestShimGivesUpRoot(t *testing.T) {
	t.Parallel()
	needRoot(t)
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Skip(err)
	}
	uid := freshUID()
	c := &Config{
		Layers: OnNoNewPrivs | OnRlimits, UID: uid, GID: uid + 1, Parent: os.Getpid(), Nice: 7, Dir: "/",
		Rlimits: []Rlimit{{Resource: syscall.RLIMIT_NOFILE, Soft: 17, Hard: 18}, {Resource: syscall.RLIMIT_CORE}},
		Path:    cat, Args: []string{"cat", "/proc/self/status", "/proc/self/limits", "/proc/self/stat", "/proc/self/environ"},
		Env: []string{"ONLY=this"},
	}
	said, stdout := say(t, c.Encode())
	if len(said) != MessageSize || said[0] != Ready {
		t.Fatalf("the shim said %v", said)
	}
	if _, n := ParseMessage(said); n[0] == 0 || time.Duration(n[1]) > patience || n[2] < 1<<20 {
		t.Errorf("exec at %d ns, after %d ns of processor time, with %d bytes", n[0], n[1], n[2])
	}
	text := string(stdout)
	for what, want := range map[string]string{
		"Uid":            strings.Repeat("\t"+strconv.Itoa(uid), 4),
		"Gid":            strings.Repeat("\t"+strconv.Itoa(uid+1), 4),
		"CapEff":         "\t0000000000000000",
		"CapPrm":         "\t0000000000000000",
		"NoNewPrivs":     "\t1",
		"Umask":          "\t0022",
		"SigIgn":         "\t0000000000000000",
		"SigBlk":         "\t0000000000000000",
		"Threads":        "\t1",
		"Groups":         "\t ",
		"Max open files": "            17                   18                   files     ",
	} {
		sep := ":"
		if strings.HasPrefix(what, "Max") {
			sep = ""
		}
		if !strings.Contains("\n"+text, "\n"+what+sep+want+"\n") {
			t.Errorf("%s is not %q", what, want)
		}
	}
	if !strings.HasSuffix(text, "\nONLY=this\x00") {
		t.Errorf("the environment is not what it was told: %q", text[max(0, len(text)-100):])
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

// sleeper starts a process that does nothing, under a uid.
func sleeper(t *testing.T, uid int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)},
		Setsid:     true,
	}
	if err := cmd.Start(); err != nil {
		t.Skip("cannot start a process under another uid: ", err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// endedBy waits for a process and returns the signal that ended it.
func endedBy(t *testing.T, cmd *exec.Cmd) syscall.Signal {
	t.Helper()
	giveUp := time.AfterFunc(patience, func() { cmd.Process.Signal(syscall.SIGABRT) })
	defer giveUp.Stop()
	cmd.Wait()
	return cmd.ProcessState.Sys().(syscall.WaitStatus).Signal()
}

// When its pipe closes, which it does however the server ends, the guardian
// ends every process of the range and none beside it.
func TestGuardian(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const count = 4
	first := freshUID()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	guardian := exec.Command("/proc/self/exe")
	guardian.Args = []string{GuardianName}
	guardian.Env = []string{}
	guardian.ExtraFiles = []*os.File{r}
	err = guardian.Start()
	r.Close()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- guardian.Wait() }()
	t.Cleanup(func() { guardian.Process.Kill() })
	if _, err := w.Write(GuardianConfig(first, count, first+count-1)); err != nil {
		t.Fatal(err)
	}
	victims := []*exec.Cmd{sleeper(t, first), sleeper(t, first+1), sleeper(t, first+1), sleeper(t, first+count-2)}
	below, above := sleeper(t, first-1), sleeper(t, first+count)

	// What is meant for the server must not end the guardian before it.
	waitUntil(t, "the guardian ignores signals", func() bool {
		status := procFile(guardian.Process.Pid, "status")
		_, rest, _ := bytes.Cut(status, []byte("SigIgn:\t"))
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		mask, _ := strconv.ParseUint(string(line), 16, 64)
		const wanted = 1<<(syscall.SIGTERM-1) | 1<<(syscall.SIGINT-1) | 1<<(syscall.SIGHUP-1) | 1<<(syscall.SIGQUIT-1)
		return mask&wanted == wanted
	})
	if comm := procFile(guardian.Process.Pid, "comm"); string(comm) != "exec-guardian\n" {
		t.Errorf("it is called %q, which tells an operator nothing", comm)
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT} {
		guardian.Process.Signal(sig)
	}
	for i, v := range victims {
		if st, ok := proc.ReadStat(v.Process.Pid); !ok || st.Dead() {
			t.Errorf("victim %d is dead before the server is", i)
		}
	}

	w.Close()
	// The guardian waits until they are dead, not until they are collected.
	for i, v := range victims {
		if sig := endedBy(t, v); sig != syscall.SIGKILL {
			t.Errorf("victim %d ended by %v, not by SIGKILL", i, sig)
		}
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the guardian: %v", err)
		}
	case <-time.After(patience):
		t.Error("the guardian does not end")
	}
	for _, bystander := range []*exec.Cmd{below, above} {
		bystander.Process.Signal(syscall.SIGTERM)
		if sig := endedBy(t, bystander); sig != syscall.SIGTERM {
			t.Errorf("a process beside the range was ended by %v", sig)
		}
	}
}

// A server that dies before it has said anything has no programs.
func TestGuardianWithoutInstructions(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, config := range [][]byte{nil, GuardianConfig(1, 2, 3)[:23]} {
		guardian := exec.CommandContext(ctx, "/proc/self/exe")
		guardian.Args = []string{GuardianName}
		guardian.ExtraFiles = []*os.File{pipeWith(t, config)}
		if err := guardian.Run(); err != nil || ctx.Err() != nil {
			t.Errorf("with %d bytes: %v, %v", len(config), err, ctx.Err())
		}
	}
}

func procFile(pid int, name string) []byte {
	b, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), name))
	return b
}

func waitUntil(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not in time: ", what)
		}
	}
}
