//go:build container

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/internal/container"
)

// The tests of the wire contract, of warm runs and of the drain run against the image:
// what starts the program starts a container, with the options that make
// container-test has for the mode it tries.
func init() {
	if os.Getenv(asMain) == "" {
		elsewhere = inContainer
	}
}

// logs reads a container's log anew each time.
type logs struct{ c *container.Container }

func (l logs) String() string { return l.c.Logs() }

func inContainer(t testing.TB, vars []string) *service {
	t.Helper()
	c := container.Start(t, nil, append([]string{fewLanguages}, vars...)...)
	return &service{
		t: t, url: c.URL, log: logs{c},
		signal: func(sig syscall.Signal) {
			if err := c.Signal(unix.SignalName(sig)); err != nil {
				t.Error(err)
			}
		},
		exited: c.Exited,
		stop:   sync.OnceValue(c.Stop),
		guests: func() (pids []string) {
			for _, p := range c.Guests() {
				pids = append(pids, strconv.Itoa(p.PID))
			}
			return pids
		},
		pid: serverPID(c),
	}
}

func serverPID(c *container.Container) int {
	for _, p := range c.Processes() {
		if p.Command == "executor" {
			return p.PID
		}
	}
	return 0
}

// What an image has, and what it does not have.
func TestContainerImage(t *testing.T) {
	c := container.Start(t, nil)
	c.Await("docker's own health check", time.Minute, func() bool { return c.Inspect("{{.State.Health.Status}}") == "healthy" })
	if out := c.Exec("find", "/", "-xdev", "(", "-type", "f", "-perm", "/6000", "-o", "-type", "d", "-perm", "-0002", ")"); out != "" {
		t.Errorf("setuid programs, or directories that everybody can write to:\n%s", out)
	}
	labels := c.Inspect(`{{index .Config.Labels "org.opencontainers.image.title"}} {{index .Config.Labels "executor.runtimes"}}`)
	title, runtimes, _ := strings.Cut(labels, " ")
	if title != "executor" || runtimes == "" {
		t.Errorf("labels %q", labels)
	}
	var names []string
	for name := range (&service{t: t, url: c.URL}).probed(t) {
		names = append(names, name)
	}
	slices.Sort(names)
	t.Logf("%s: %s", runtimes, strings.Join(names, " "))
	if runtimes != "slim" {
		return
	}
	if want := []string{"bash", "javascript", "python"}; !slices.Equal(names, want) {
		t.Errorf("languages %v, want %v", names, want)
	}
	if out := c.Exec("bash", "-c", "for p in cc gcc g++ c++ as ld tcc clang make go javac; do type -p $p; done; true"); out != "" {
		t.Errorf("compilers:\n%s", out)
	}
}

// Where the sandbox cannot be had, the container ends with 1 and says what to do.
func TestContainerRefuses(t *testing.T) {
	if len(container.Flags()) > 0 {
		t.Skip("is tried in the default mode")
	}
	for _, row := range []struct {
		name    string
		options []string
		want    []string
	}{
		{"as another user", []string{"--user", "1000"}, []string{"uid", "start the service as root"}},
		{"without SETUID", []string{"--cap-drop", "ALL", "--cap-add", "SETGID"}, []string{"CAP_SETUID"}},
		{"without SETGID", []string{"--cap-drop", "ALL", "--cap-add", "SETUID"}, []string{"CAP_SETGID"}},
		{"with a work directory that cannot be written", []string{"--read-only"}, []string{"read-only file system", "EXECUTOR_WORK_DIR"}},
		{"with a variable that does not exist", []string{"-e", "EXECUTOR_MAX_CONCURENCY=3"}, []string{"EXECUTOR_MAX_CONCURRENCY"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := container.New(t, row.options)
			if err := c.Exited(); err == nil || !strings.HasSuffix(err.Error(), "ended with 1") {
				t.Errorf("exit: %v", err)
			}
			for _, want := range row.want {
				if !strings.Contains(c.Logs(), want) {
					t.Errorf("no %q in %s", want, c.Logs())
				}
			}
		})
	}
}

// orphans leaves processes behind whose parents have ended, some of them zombies, for
// whoever is process 1.
const orphans = `for i in 1 2 3 4 5 6 7 8; do (setsid bash -c '(sleep 0.1 &) ; exit 0' &) ; done; (sleep 300 &); exit 0`

// zombies are the dead that nobody has asked for.
func zombies(c *container.Container) (n int) {
	for _, p := range c.Processes() {
		if p.State[0] == 'Z' {
			n++
		}
	}
	return n
}

// Nothing that a program leaves stays, whether process 1 is the image's init or the
// service itself.
func TestContainerLeavesNoZombie(t *testing.T) {
	for _, row := range []struct {
		name    string
		options []string
	}{{"with an init", nil}, {"as process 1", []string{"--entrypoint", "/usr/local/bin/executor"}}} {
		t.Run(row.name, func(t *testing.T) {
			c := container.Start(t, row.options, fewLanguages)
			s := &service{t: t, url: c.URL}
			for range 10 {
				if a := s.post(context.Background(), bash(orphans)); a.http != 200 || a.Status != "success" {
					t.Error(a)
				}
			}
			c.Await("the end of all that was left", 30*time.Second, func() bool { return len(c.Guests()) == 0 && zombies(c) == 0 })
			if err := c.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// hogs use up memory in ways that no limit of a single process sees.
var hogs = []string{
	"x = []\nwhile True: x.append(b'x' * (1 << 20))",
	"import os\nfor i in range(30):\n if os.fork() == 0: break\nx = b'x' * (20 << 20)\nimport time; time.sleep(5)",
	"import mmap\nm = [mmap.mmap(-1, 16 << 20) for i in range(15)]\nfor x in m:\n for i in range(0, len(x), 4096): x[i] = 1\nimport time; time.sleep(5)",
	"for i in range(30):\n with open(f'/dev/shm/hog-{__import__(\"os\").getpid()}-{i}', 'wb') as f: f.write(b'x' * (10 << 20))\nimport time; time.sleep(5)",
}

// Under a memory limit that all programs together go over by far, the kernel never
// ends the service: a program goes first, and whoever comes next is served.
func TestContainerMemory(t *testing.T) {
	limit, err := strconv.ParseInt(container.Start(t, nil, fewLanguages).Inspect("{{.HostConfig.Memory}}"), 10, 64)
	if err != nil || limit == 0 {
		t.Skip("this mode has no memory limit")
	}
	if info := container.Engine(); !strings.Contains(info, "memory true") {
		t.Fatalf("the engine does not enforce --memory: %s", info)
	}
	c := container.Start(t, nil, fewLanguages)
	s := &service{t: t, url: c.URL}
	before := serverPID(c)
	begin := time.Now()
	count, unexplained := map[string]int{}, 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for client := range 8 {
		wg.Go(func() {
			for i := 0; time.Since(begin) < 20*time.Second; i++ {
				// Each has a memory limit that it alone may use; eight of them have four times what there is.
				a := s.post(context.Background(), program{"code": hogs[(client+i)%len(hogs)], "timeout": 10, "limits": program{"memory_mib": 256}})
				mu.Lock()
				count[fmt.Sprint(a.http, " ", a.Status, a.Code)]++
				if a.Signal != "" && a.LimitHit == nil {
					unexplained++
				}
				mu.Unlock()
				if a.http != 200 && a.http != 429 {
					t.Error(a)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%v within %d MiB; the container's peak %s", count, limit>>20, peak(c))
	if a := s.post(context.Background(), python("print('fine')")); a.Stdout != "fine\n" {
		t.Error(a)
	}
	// Of one that the kernel ends within milliseconds nobody has seen what it had.
	if count["200 memory_limit"] == 0 || unexplained > count["200 memory_limit"]/10 {
		t.Errorf("%v, of which %d were killed and do not say for what", count, unexplained)
	}
	if after := serverPID(c); after != before || before == 0 {
		t.Errorf("the server was process %d and is %d", before, after)
	}
	if c.Inspect("{{.RestartCount}}{{.State.Running}}") != "0true" {
		t.Error("the container was started again")
	}
}

// peak is what the kernel says of the most memory that the container had, and how
// often it ended a process for it.
func peak(c *container.Container) string {
	return strings.Join(strings.Fields(c.Exec("sh", "-c",
		"cd /sys/fs/cgroup; cat memory.peak memory/memory.max_usage_in_bytes 2>/dev/null; grep -h oom_kill\\  memory.events memory/memory.oom_control 2>/dev/null; true")), " ")
}

// As many processes as the container may have are not enough to end the service.
func TestContainerForkBombs(t *testing.T) {
	c := container.Start(t, nil, fewLanguages)
	s := &service{t: t, url: c.URL}
	before := serverPID(c)
	bomb := program{"language": "bash", "code": "f() { f | f & }; f; sleep 60", "timeout": 2}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if a := s.post(context.Background(), bomb); a.http != 200 {
				t.Error(a)
			}
		})
	}
	wg.Wait()
	if a := s.post(context.Background(), python("print('fine')")); a.Stdout != "fine\n" {
		t.Error(a)
	}
	if after := serverPID(c); after != before || before == 0 {
		t.Errorf("the server was process %d and is %d", before, after)
	}
}

// docker stop ends the service in order, whatever it does just then.
func TestContainerStop(t *testing.T) {
	c := container.Start(t, nil, fewLanguages)
	s := &service{t: t, url: c.URL}
	answers := make(chan answer, 8)
	for range cap(answers) {
		go func() {
			answers <- s.post(context.Background(), python("import time; time.sleep(2); print('finished')"))
		}()
	}
	c.Await("programs", 30*time.Second, func() bool { running, _ := s.load(); return int(running) == cap(answers) })
	begin := time.Now()
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	t.Logf("docker stop took %.1f s with programs of two", time.Since(begin).Seconds())
	for range cap(answers) {
		if a := <-answers; a.Stdout != "finished\n" {
			t.Error(a)
		}
	}
	if _, err := http.Get(c.URL + "/livez"); err == nil {
		t.Error("it still answers")
	}
	for line := range strings.Lines(c.Logs()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line of the log that is not JSON: %s", line)
		}
	}
}
