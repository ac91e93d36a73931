package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aca-executor/internal/described"
)

// The tests start the program in two ways: run inside the test process, where
// goroutines can be counted, and as a process of its own, where signals can be
// sent. The second is this test binary again, whose TestMain is then main.
const asMain = "TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		os.Unsetenv(asMain)
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func needRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("the service needs root to give every run a uid")
	}
}

// workDir is a directory that programs can pass through, empty again in the end.
func workDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "e2e-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// fewLanguages keeps servers of which there are many from trying out every
// compiler; tests that need more say so.
const fewLanguages = "EXECUTOR_LANGUAGES=python,javascript,bash"

// atOnce is for services that no balancer has to notice the end of.
const atOnce = "EXECUTOR_DRAIN_NOTICE=1ms"

// service is a started program.
type service struct {
	t      testing.TB
	url    string
	dir    string // its work directory, "" where that cannot be seen
	log    fmt.Stringer
	stop   func() error // ends it, as SIGTERM does, and waits
	signal func(syscall.Signal)
	exited func() error    // waits for its end
	guests func() []string // living processes of programs
	pid    int             // 0 where it runs in this process
}

// elsewhere starts the program somewhere else, so that the tests see it hold there:
// see container_test.go.
var elsewhere func(t testing.TB, vars []string) *service

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start runs the program in this process.
func start(t testing.TB, vars ...string) *service {
	t.Helper()
	if elsewhere != nil {
		return elsewhere(t, vars)
	}
	needRoot(t)
	log, done := &buffer{}, make(chan error, 1)
	s := &service{t: t, dir: workDir(t), log: log}
	s.guests = s.guestsHere
	ctx, cancel := context.WithCancel(context.Background())
	addr := make(chan net.Addr, 1)
	go func() {
		done <- run(ctx, nil, append([]string{"PORT=0", "EXECUTOR_WORK_DIR=" + s.dir, fewLanguages, atOnce}, vars...), log, func(a net.Addr) { addr <- a })
	}()
	select {
	case a := <-addr:
		s.url = "http://127.0.0.1:" + strconv.Itoa(a.(*net.TCPAddr).Port)
	case err := <-done:
		t.Fatal(err)
	}
	s.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stop: %v\n%s", err, s.log)
		}
	})
	s.waitReady(t)
	return s
}

// startProcess runs the program as a process.
func startProcess(t testing.TB, vars ...string) *service {
	t.Helper()
	if elsewhere != nil {
		return elsewhere(t, vars)
	}
	needRoot(t)
	port, log := freePort(t), &buffer{}
	s := &service{t: t, dir: workDir(t), log: log, url: "http://127.0.0.1:" + port}
	s.guests = s.guestsHere
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append([]string{asMain + "=1", "PATH=" + os.Getenv("PATH"), "PORT=" + port, "EXECUTOR_WORK_DIR=" + s.dir, fewLanguages, atOnce}, vars...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.pid = cmd.Process.Pid
	s.signal = func(sig syscall.Signal) { cmd.Process.Signal(sig) }
	s.exited = sync.OnceValue(cmd.Wait)
	go s.exited()
	s.stop = sync.OnceValue(func() error { s.signal(syscall.SIGTERM); return s.exited() })
	t.Cleanup(func() { s.stop() })
	s.waitReady(t)
	return s
}

func freePort(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}

func (s *service) waitReady(t testing.TB) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Log(s.log)
		}
	}()
	waitUpTo(t, 2*time.Minute, "the service's readiness", func() bool {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	waitUpTo(t, 30*time.Second, what, ok)
}

func waitUpTo(t testing.TB, patience time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not in time", what)
}

// answer is a response, decoded as far as tests look.
type answer struct {
	http                                 int
	header                               http.Header
	body                                 string
	Status, Stdout, Stderr, Code, Detail string
	LimitHit                             *string `json:"limit_hit"`
	QueueTime                            float64 `json:"queue_time"`
	ReturnCode                           *int    `json:"return_code"`
	Signal                               string
	ExecutionTime                        float64 `json:"execution_time"`
	MemoryKiB                            int64   `json:"memory_kib"`
	Compile                              *struct {
		Status, Stdout, Stderr string
		Cached                 bool
	}
	Files []struct {
		Path, Type, Encoding, Content string
		Truncated                     bool
	}
	Isolation []string
	err       error
}

func (a answer) String() string { return fmt.Sprintf("%d %v %s", a.http, a.err, a.body) }

// post sends a request; each with a connection of its own, as clients come.
func (s *service) post(ctx context.Context, body any, header ...string) answer {
	return s.postWith(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, ctx, body, header...)
}

// newClient keeps its connection.
func newClient() *http.Client { return &http.Client{Transport: &http.Transport{}} }

func (s *service) postWith(client *http.Client, ctx context.Context, body any, header ...string) (a answer) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/execute", bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	a = answer{http: resp.StatusCode, header: resp.Header, body: string(b), err: err}
	json.Unmarshal(b, &a)
	if _, measured := s.t.(*testing.B); err == nil && !measured {
		if why := description().Answer(http.MethodPost, "/execute", resp.StatusCode, resp.Header.Get("Content-Type"), string(b)); why != nil {
			s.t.Errorf("the answer is not what openapi.yaml says: %v", why)
		}
	}
	return a
}

// description is what every answer is held against.
var description = sync.OnceValue(func() *described.API {
	d, err := described.Load("api/openapi.yaml")
	if err != nil {
		panic(err)
	}
	return d
})

type program map[string]any

// The timeout is for busy machines; what is to time out says so.
func bash(code string) program {
	return program{"language": "bash", "code": code, "timeout": 60}
}

func python(code string) program { return program{"code": code, "timeout": 60} }

// load is what /health says of the gate.
func (s *service) load() (running, waiting int64) {
	resp, err := http.Get(s.url + "/health")
	if err != nil {
		return -1, -1
	}
	defer resp.Body.Close()
	var h struct{ Running, Waiting int64 }
	json.NewDecoder(resp.Body).Decode(&h)
	return h.Running, h.Waiting
}

func TestPrograms(t *testing.T) {
	s := start(t)
	for _, row := range []struct {
		name string
		body program
		want func(answer) bool
	}{
		{"the README's", python("print(2**100)"), func(a answer) bool { return a.Stdout == "1267650600228229401496703205376\n" && a.Status == "success" }},
		{"node", program{"language": "js", "code": "console.log(process.argv.length)", "args": []string{"x"}}, func(a answer) bool { return a.Stdout == "3\n" }},
		{"bash with input", program{"language": "bash", "code": "cat", "stdin": "a\u0000b"}, func(a answer) bool { return a.Stdout == "a\x00b" }},
		{"files with directories", program{"files": []program{{"path": "main.py", "content": "import pkg.m"}, {"path": "pkg/m.py", "content": "cHJpbnQoIm0iKQ==", "encoding": "base64"}}}, func(a answer) bool { return a.Stdout == "m\n" }},
		{"an entrypoint that looks like an option", program{"files": []program{{"path": "-c", "content": "print('file')"}}, "entrypoint": "-c"}, func(a answer) bool { return a.Stdout == "file\n" }},
		{"a failing program", python("import sys; sys.exit(3)"), func(a answer) bool { return a.Status == "failed" && *a.ReturnCode == 3 && a.LimitHit == nil }},
		{"a timeout", program{"code": "while True: pass", "timeout": 0.3}, func(a answer) bool { return a.Status == "timeout" && a.ReturnCode == nil }},
		{"an interpreter that gives up for want of memory", program{"code": "x = bytearray(10**12)"}, func(a answer) bool { return a.Status == "memory_limit" && *a.LimitHit == "memory" }},
		{"the watchdog's memory limit", program{"code": "x = b'x' * (100 << 20)\nimport time; time.sleep(5)", "limits": program{"memory_mib": 50}}, func(a answer) bool { return a.Status == "memory_limit" }},
		{"node out of memory", program{"language": "node", "code": "const a=[];for(;;)a.push(new Array(1e6).fill(1.5))"}, func(a answer) bool { return a.Status == "memory_limit" }},
		{"a file too large", program{"language": "bash", "code": "exec head -c 20000000 /dev/zero > x"}, func(a answer) bool { return a.Status == "failed" && *a.LimitHit == "file_size" }},
		{"too many processes", python("import os,time\nfor i in range(100):\n if os.fork()==0: time.sleep(3);os._exit(0)"), func(a answer) bool { return a.Status == "failed" }},
		{"importing what a word filter would refuse", python("import os, subprocess; print(subprocess.getoutput('echo harmless'))"), func(a answer) bool { return a.Stdout == "harmless\n" }},
		{"SandboxFusion: an absolute path", program{"files": []program{{"path": "/etc/cron.d/x", "content": ""}}}, func(a answer) bool { return a.http == 400 && a.Code == "invalid_request" }},
		{"Judge0 1.13.0: zero is no limit", program{"code": "", "limits": program{"memory_mib": 0}}, func(a answer) bool { return a.http == 400 && strings.Contains(a.Detail, "from 1 to") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.body["timeout"] == nil {
				row.body["timeout"] = 60
			}
			if a := s.post(context.Background(), row.body); !row.want(a) {
				t.Error(a)
			}
		})
	}
}

// Programs run side by side, as many as there are units, and nobody waits for
// a neighbour: the service that this one replaces hung at two.
func TestEightAtOnce(t *testing.T) {
	s := start(t)
	dir := make(chan answer, 8)
	for range 8 {
		go func() { dir <- s.post(context.Background(), python("import time; time.sleep(1); print('done')")) }()
	}
	waitFor(t, "eight at once", func() bool { running, _ := s.load(); return running == 8 })
	for range 8 {
		if a := <-dir; a.Stdout != "done\n" || a.QueueTime > 0.9 {
			t.Error(a)
		}
	}
}

// Who comes first is served first.
func TestOrderOfArrival(t *testing.T) {
	s := start(t, "EXECUTOR_MAX_CONCURRENCY=1")
	const requests = 12
	answers := make([]answer, requests)
	var wg sync.WaitGroup
	for i := range requests {
		wg.Go(func() {
			answers[i] = s.post(context.Background(), python("import time; time.sleep(0.1); print(time.monotonic())"))
		})
		waitFor(t, "request "+strconv.Itoa(i), func() bool {
			running, waiting := s.load()
			return running+waiting >= 1 && (i < 3 || waiting > 0) && arrived(s, i+1)
		})
	}
	wg.Wait()
	last := 0.0
	for i, a := range answers {
		ran, err := strconv.ParseFloat(strings.TrimSpace(a.Stdout), 64)
		if err != nil || ran < last {
			t.Errorf("request %d: %v after %v: %s", i, ran, last, a)
		}
		last = ran
	}
}

// arrived reports whether n requests are done, running or waiting.
func arrived(s *service, n int) bool {
	done := strings.Count(s.log.String(), `"path":"/execute"`) // first: one that ends now must not count twice
	running, waiting := s.load()
	return done+int(running+waiting) >= n
}

// 300 at once, far more than there is room for: results and honest refusals,
// nothing else, and nothing is left of them.
func TestOverload(t *testing.T) {
	s := start(t, "EXECUTOR_MAX_CONCURRENCY=2", "EXECUTOR_QUEUE_DEPTH=8", "EXECUTOR_QUEUE_TIMEOUT=1s")
	before := runtime.NumGoroutine()
	answers := make(chan answer, 300)
	for range 300 {
		go func() { answers <- s.post(context.Background(), python("import time; time.sleep(0.5); print('ok')")) }()
	}
	count := map[int]int{}
	for range 300 {
		a := <-answers
		count[a.http]++
		switch after, _ := strconv.Atoi(a.header.Get("Retry-After")); {
		case a.http == 200 && a.Stdout != "ok\n":
			t.Error(a)
		case a.http == 429 && (after < 1 || a.Code != "queue_full" && a.Code != "queue_timeout"):
			t.Error(a, after)
		case a.http != 200 && a.http != 429:
			t.Error(a)
		}
	}
	if count[200] < 2 || count[429] == 0 {
		t.Errorf("answers: %v", count)
	}
	s.nothingLeft(t, before)
}

// 1000 clients that leave, some waiting, some running.
func TestClientsThatLeave(t *testing.T) {
	s := start(t, "EXECUTOR_MAX_CONCURRENCY=4", "EXECUTOR_QUEUE_DEPTH=20")
	before := runtime.NumGoroutine()
	for range 10 {
		ctx, leave := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { s.post(ctx, python("import os, time\nos.fork()\ntime.sleep(30)")) })
		}
		waitFor(t, "a full house", func() bool { running, waiting := s.load(); return running == 4 && waiting == 20 })
		leave()
		wg.Wait()
		waitFor(t, "an empty house", func() bool { running, waiting := s.load(); return running == 0 && waiting == 0 })
	}
	if a := s.post(context.Background(), python("print('next')")); a.Stdout != "next\n" {
		t.Error(a)
	}
	s.nothingLeft(t, before)
}

// nothingLeft waits until the service is as it was: no place taken, no
// goroutine, process or file more.
func (s *service) nothingLeft(t *testing.T, goroutines int) {
	t.Helper()
	waitFor(t, "free places", func() bool { running, waiting := s.load(); return running == 0 && waiting == 0 })
	http.DefaultClient.CloseIdleConnections()
	waitFor(t, "no program's process", func() bool { return len(s.guests()) == 0 })
	waitFor(t, "directories with nothing in them but empty files", func() bool {
		files, _ := filepath.Glob(s.dir + "/executor-*/*/*")
		return !slices.ContainsFunc(files, func(path string) bool {
			info, err := os.Lstat(path)
			return err != nil || info.Size() > 0
		})
	})
	waitFor(t, "as few goroutines as before", func() bool {
		http.DefaultClient.CloseIdleConnections()
		return runtime.NumGoroutine() <= goroutines+2
	})
}

// guestsHere are the living processes of the service's uids, but for those that
// wait for a program.
func (s *service) guestsHere() (pids []string) {
	s.t.Helper()
	locks, _ := filepath.Glob(s.dir + "/executor-*/server")
	for _, lock := range locks {
		var first, count uint32
		text, _ := os.ReadFile(lock)
		if _, err := fmt.Sscan(string(text), &first, &count); err != nil {
			s.t.Fatal(err)
		}
		entries, _ := os.ReadDir("/proc")
		for _, e := range entries {
			var st syscall.Stat_t
			if _, err := strconv.Atoi(e.Name()); err != nil || syscall.Stat("/proc/"+e.Name(), &st) != nil {
				continue
			}
			stat, _ := os.ReadFile("/proc/" + e.Name() + "/stat")
			if st.Uid >= first && st.Uid < first+count && !bytes.Contains(stat, []byte(") Z ")) && !bytes.Contains(stat, []byte("(exec-zygote)")) {
				pids = append(pids, e.Name())
			}
		}
	}
	return pids
}

// SIGTERM: who runs is finished, who waits or comes is told, and nobody's
// connection breaks.
func TestStop(t *testing.T) {
	s := startProcess(t, "EXECUTOR_MAX_CONCURRENCY=2")
	answers := make(chan answer, 5)
	for range 5 {
		go func() {
			answers <- s.post(context.Background(), python("import time; time.sleep(1.5); print('finished')"))
		}()
	}
	waitFor(t, "two and three", func() bool { running, waiting := s.load(); return running == 2 && waiting == 3 })
	s.signal(syscall.SIGTERM)
	waitFor(t, "readiness to end", func() bool {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusServiceUnavailable
	})
	late := s.post(context.Background(), python("print('late')"))
	if late.http != 503 || late.Code != "draining" || late.header.Get("Retry-After") == "" {
		t.Errorf("who comes late: %s", late)
	}
	count := map[string]int{}
	for range 5 {
		a := <-answers
		count[strconv.Itoa(a.http)+a.Stdout+a.Code]++
	}
	if count["200finished\n"] != 2 || count["503draining"] != 3 {
		t.Errorf("answers: %v", count)
	}
	if err := s.exited(); err != nil {
		t.Errorf("exit: %v\n%s", err, s.log)
	}
	if s.dir == "" {
		return
	}
	if left, _ := os.ReadDir(s.dir); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

// A replica that is asked to stop says so, and goes on serving until balancers have
// noticed.
func TestStopIsNoticed(t *testing.T) {
	s := startProcess(t, "EXECUTOR_DRAIN_NOTICE=3s")
	s.signal(syscall.SIGTERM)
	waitFor(t, "readiness to end", func() bool {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusServiceUnavailable
	})
	if a := s.post(context.Background(), python("print(1)")); a.Stdout != "1\n" {
		t.Errorf("while balancers may not have noticed: %s", a)
	}
	if err := s.exited(); err != nil {
		t.Error(err)
	}
}

// What does not finish in time is interrupted, and says so.
func TestStopInterrupts(t *testing.T) {
	s := start(t, "EXECUTOR_DRAIN_TIMEOUT=200ms")
	answered := make(chan answer, 1)
	go func() {
		answered <- s.post(context.Background(), python("print('begun', flush=True)\nimport time; time.sleep(50)"))
	}()
	waitFor(t, "the program", func() bool { return len(s.guests()) > 0 })
	waitFor(t, "its output", func() bool { running, _ := s.load(); return running == 1 })
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if a := <-answered; a.http != 200 || a.Status != "interrupted" || a.ReturnCode != nil {
		t.Error(a)
	}
}

// Programs die with the server, however it dies, and so does what they forked.
func TestProgramsDieWithTheServer(t *testing.T) {
	s := startProcess(t)
	go s.post(context.Background(), bash("setsid sleep 300 & (sleep 300 & ) ; (trap '' HUP TERM; while :; do sleep 1; done) & sleep 300"))
	waitFor(t, "the programs", func() bool { return len(s.guests()) >= 5 })
	s.signal(syscall.SIGKILL)
	s.exited()
	waitFor(t, "their end", func() bool { return len(s.guests()) == 0 })

	// The next server removes what this one left.
	if left, _ := filepath.Glob(s.dir + "/executor-*"); len(left) != 1 {
		t.Fatalf("%v", left)
	}
	next := startProcess(t, "EXECUTOR_WORK_DIR="+s.dir)
	if left, _ := filepath.Glob(s.dir + "/executor-*"); len(left) != 1 {
		t.Errorf("after a start there are %v", left)
	}
	// And leaves alone what a living one has.
	third := startProcess(t, "EXECUTOR_WORK_DIR="+s.dir)
	for _, live := range []*service{next, third} {
		if a := live.post(context.Background(), python("print('works')")); a.Stdout != "works\n" {
			t.Error(a)
		}
	}
}

// A guardian that dies is replaced.
func TestGuardianIsReplaced(t *testing.T) {
	s := startProcess(t)
	var first int
	waitFor(t, "the guardian", func() bool { first = guardianPID(s.pid); return first != 0 })
	syscall.Kill(first, syscall.SIGKILL)
	waitFor(t, "another guardian", func() bool { g := guardianPID(s.pid); return g != 0 && g != first })
	go s.post(context.Background(), bash("setsid sleep 300 & sleep 300"))
	waitFor(t, "the programs", func() bool { return len(s.guests()) >= 2 })
	s.signal(syscall.SIGKILL)
	waitFor(t, "their end", func() bool { return len(s.guests()) == 0 })
}

// guardianPID is the pid of a server's guardian, or 0.
func guardianPID(server int) int {
	for _, pid := range children(server) {
		if comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); strings.TrimSpace(string(comm)) == "exec-guardian" {
			return pid
		}
	}
	return 0
}

func children(pid int) (pids []int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range files {
		text, _ := os.ReadFile(path)
		for _, field := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(field); err == nil {
				pids = append(pids, n)
			}
		}
	}
	return pids
}

// Keys open the service, and reach neither log nor program.
func TestKeys(t *testing.T) {
	const key = "sesame-0123456789"
	s := startProcess(t, "EXECUTOR_API_KEYS=other,"+key)
	look := python("import os\nprint(dict(os.environ))\nfor p in ('/proc/%d/environ' % os.getppid(), '/proc/1/environ'):\n try: print(open(p,'rb').read())\n except OSError: pass")
	if a := s.post(context.Background(), look); a.http != 401 || a.Code != "unauthorized" {
		t.Error(a)
	}
	for _, header := range [][]string{{"Authorization", "Bearer " + key}, {"X-API-Key", key}} {
		if a := s.post(context.Background(), look, header...); a.http != 200 || strings.Contains(a.body, key) {
			t.Error(a)
		}
	}
	if a := s.post(context.Background(), look, "X-API-Key", key+"x"); a.http != 401 {
		t.Error(a)
	}
	if strings.Contains(s.log.String(), key) || strings.Contains(s.log.String(), "open to everybody") {
		t.Error(s.log)
	}
}

// warmth is what /readyz says of the interpreters that runs are forked from.
func (s *service) warmth(t testing.TB) map[string]string {
	t.Helper()
	resp, err := http.Get(s.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Warm map[string]string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.StatusCode, err)
	}
	return answer.Warm
}

func (s *service) waitWarm(t testing.TB) {
	t.Helper()
	waitFor(t, "warm interpreters", func() bool {
		states := s.warmth(t)
		for _, state := range states {
			if state != "ready" {
				return false
			}
		}
		return len(states) > 0
	})
}

// The service is ready without its warm interpreters, says how they are, and
// can do without.
func TestWarm(t *testing.T) {
	const argv = "import sys\nprint(sys.argv, sys.orig_argv)"
	for _, row := range []struct {
		name  string
		vars  []string
		names []string
	}{
		{"usual", nil, []string{"python"}},
		{"with modules", []string{"EXECUTOR_PRELOAD=csv, decimal"}, []string{"python", "python+preload"}},
		{"switched off", []string{"EXECUTOR_WARM_PYTHON=false"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := startProcess(t, append(row.vars, "EXECUTOR_LOG_LEVEL=info")...)
			if len(row.names) > 0 {
				s.waitWarm(t)
			}
			if states := s.warmth(t); !slices.Equal(slices.Sorted(maps.Keys(states)), row.names) {
				t.Errorf("/readyz: %v", states)
			}
			for _, code := range []string{argv, argv + "\nimport csv"} {
				if a := s.post(context.Background(), python(code)); a.Stdout != "['main.py'] ['/usr/bin/python3', 'main.py']\n" {
					t.Error(a)
				}
			}
			s.stop()
			if forked := strings.Contains(s.log.String(), `"warm":true`); forked != (len(row.names) > 0) {
				t.Errorf("forked: %v\n%s", forked, s.log)
			}
		})
	}
}

// However often the zygote is killed or stopped, every request is answered.
func TestNoRequestFailsForTheZygote(t *testing.T) {
	s := startProcess(t)
	t.Cleanup(func() {
		for line := range strings.Lines(s.log.String()) {
			if t.Failed() && !strings.Contains(line, `"request"`) {
				t.Log(line)
			}
		}
	})
	s.waitWarm(t)
	done := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(done)
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if a := s.post(context.Background(), python("print('fine')")); a.http != 200 || a.Stdout != "fine\n" {
					t.Error(a)
				}
			}
		})
	}
	for i := range 6 {
		var pid int
		s.waitWarm(t)
		waitFor(t, "a zygote", func() bool { pid = zygotePID(s.pid); return pid != 0 })
		syscall.Kill(pid, []syscall.Signal{syscall.SIGKILL, syscall.SIGSTOP}[i%2])
		// One that is stopped while it starts is given up after half a minute.
		waitUpTo(t, 2*time.Minute, "another zygote", func() bool { p := zygotePID(s.pid); return p != 0 && p != pid })
	}
}

// zygotePID is the pid of a server's zygote, or 0.
func zygotePID(server int) int {
	for _, pid := range children(server) {
		var st syscall.Stat_t
		comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if strings.TrimSpace(string(comm)) == "exec-zygote" && syscall.Stat(fmt.Sprintf("/proc/%d", pid), &st) == nil && st.Uid == 0 {
			return pid
		}
	}
	return 0
}

// Where the service cannot isolate, it does not start, and says why.
func TestRefusesToStart(t *testing.T) {
	needRoot(t)
	for _, row := range []struct {
		name string
		vars []string
		uid  uint32
		want []string
	}{
		{"without root", nil, 65534, []string{"uid", "start the service as root"}},
		{"bad variables", []string{"EXECUTOR_MAX_CONCURRENCY=many", "EXECUTOR_QUEUE_DEPHT=3", "EXECUTOR_QUEUE_TIMEOUT=10"}, 0,
			[]string{"EXECUTOR_MAX_CONCURRENCY", "EXECUTOR_QUEUE_DEPTH", "EXECUTOR_QUEUE_TIMEOUT"}},
		{"a required layer switched off", []string{"EXECUTOR_DISABLE_LAYERS=seccomp"}, 0, []string{"seccomp is required"}},
		{"no uid", []string{"EXECUTOR_DISABLE_LAYERS=uid"}, 0, []string{"uid is required"}},
		{"a work directory that is not there", []string{"EXECUTOR_WORK_DIR=/nonexistent/x"}, 0, []string{"EXECUTOR_WORK_DIR", "/nonexistent/x"}},
		{"a module that is not there", []string{"EXECUTOR_PRELOAD=json,no_such_module"}, 0, []string{"EXECUTOR_PRELOAD", "no_such_module"}},
		{"modules, but nothing warm", []string{"EXECUTOR_PRELOAD=json", "EXECUTOR_WARM_PYTHON=false"}, 0, []string{"EXECUTOR_PRELOAD", "EXECUTOR_WARM_PYTHON"}},
		{"a work directory that programs cannot reach", []string{"EXECUTOR_WORK_DIR=" + closed(t)}, 0, []string{"EXECUTOR_WORK_DIR", "closed to others"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			cmd := exec.Command("/proc/self/exe")
			if row.uid != 0 {
				cmd = exec.Command(copied(t))
			}
			cmd.Env = append([]string{asMain + "=1", "PORT=0"}, row.vars...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: row.uid, Gid: row.uid}}
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("exit: %v", err)
			}
			for _, want := range row.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("no %q in %s", want, out)
				}
			}
		})
	}
}

// closed is a directory below one that nobody else may enter.
func closed(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(workDir(t), "private")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Mkdir(filepath.Join(dir, "work"), 0o755)); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "work")
}

// copied is this binary where another uid can execute it.
func copied(t *testing.T) string {
	t.Helper()
	path := filepath.Join(workDir(t), "executor")
	from, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, from, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigAndCheck(t *testing.T) {
	needRoot(t)
	var out bytes.Buffer
	if err := run(context.Background(), []string{"config"}, nil, &out, nil); err != nil || !strings.Contains(out.String(), "EXECUTOR_MAX_CONCURRENCY") {
		t.Errorf("%v\n%s", err, &out)
	}
	out.Reset()
	if err := run(context.Background(), []string{"check"}, []string{"EXECUTOR_WORK_DIR=" + workDir(t)}, &out, nil); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	lines := 0
	for s := bufio.NewScanner(&out); s.Scan(); lines++ {
		if strings.HasPrefix(s.Text(), "runtime") && strings.Contains(s.Text(), "missing") {
			t.Log(s.Text())
		}
	}
	if lines < 8 {
		t.Errorf("%d lines", lines)
	}
	if err := run(context.Background(), []string{"nonsense"}, nil, &out, nil); err == nil || !strings.Contains(err.Error(), "usage") {
		t.Error(err)
	}
}

// A container's probe is the binary itself: it says nothing while the service is
// ready, and why where it is not.
func TestHealthcheck(t *testing.T) {
	s := startProcess(t)
	check := func() error {
		return run(context.Background(), []string{"healthcheck"}, []string{"PORT=" + s.url[strings.LastIndex(s.url, ":")+1:]}, io.Discard, nil)
	}
	if err := check(); err != nil {
		t.Error(err)
	}
	client, leave := context.WithCancel(context.Background())
	defer leave()
	go s.post(client, python("import time; time.sleep(50)"))
	waitFor(t, "a run", func() bool { running, _ := s.load(); return running == 1 })
	s.signal(syscall.SIGTERM)
	waitFor(t, "the drain", func() bool { return check() != nil })
	if err := check(); err == nil || !strings.Contains(err.Error(), "draining") {
		t.Error(err)
	}
	leave()
	if err := s.exited(); err != nil {
		t.Error(err)
	}
	if err := check(); err == nil {
		t.Error("a service that is gone is healthy")
	}
}

// Layers that are switched off are told in every answer.
func TestIsolationIsTold(t *testing.T) {
	s := start(t, "EXECUTOR_DISABLE_LAYERS=landlock,sweep")
	a := s.post(context.Background(), python("print(1)"))
	if got := strings.Join(a.Isolation, ","); a.http != 200 || strings.Contains(got, "landlock") || !strings.HasPrefix(got, "uid,no_new_privs,rlimits") {
		t.Error(a)
	}
	if !strings.Contains(s.log.String(), "not in force") {
		t.Error(s.log)
	}
}
