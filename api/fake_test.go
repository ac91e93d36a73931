package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aca-executor/api"
	"aca-executor/executor"
	"aca-executor/sandbox"
)

// patience is how long a test waits for what must happen. It is never how long
// something takes.
const patience = 20 * time.Second

// box is a sandbox that runs nothing: run says how a program ended.
type box struct {
	run func(ctx context.Context, job sandbox.Job) (sandbox.Result, error)
}

func (b box) Run(ctx context.Context, job sandbox.Job) (sandbox.Report, error) {
	if args := job.Steps[0].Args; len(args) == 2 && args[1] == "--version" {
		return reported(sandbox.Result{Stdout: sandbox.Output{Bytes: []byte("Fake 1.2.3\n")}}), nil
	}
	if b.run == nil || code(job) == selfTest {
		return reported(hello()), nil
	}
	r, err := b.run(ctx, job)
	if err != nil {
		return sandbox.Report{}, err
	}
	return reported(r), nil
}

func reported(r sandbox.Result) sandbox.Report { return sandbox.Report{Steps: []sandbox.Result{r}} }

// selfTest is the program that the service itself runs.
const selfTest = "self-test"

func (box) Layers() sandbox.Layers { return sandbox.UID | sandbox.Seccomp }

func hello() sandbox.Result {
	return sandbox.Result{Stdout: sandbox.Output{Bytes: []byte("hello\n")}, Wall: 5 * time.Millisecond}
}

// code is the program that a job runs.
func code(job sandbox.Job) string { return job.Files[0].Content }

// blocker is a box.run in which every program whose code is "block" waits until
// it is released or its context ends, and says so.
type blocker struct {
	started chan struct{} // one for each that waits
	release chan struct{} // to be closed
	ended   chan error    // one for each whose context ended: its cause
}

func newBlocker() *blocker {
	return &blocker{make(chan struct{}, 100), make(chan struct{}), make(chan error, 100)}
}

func (b *blocker) run(ctx context.Context, job sandbox.Job) (sandbox.Result, error) {
	if code(job) != "block" {
		return hello(), nil
	}
	b.started <- struct{}{}
	select {
	case <-b.release:
		return hello(), nil
	case <-ctx.Done():
		b.ended <- context.Cause(ctx)
		return sandbox.Result{}, context.Cause(ctx)
	}
}

// setup is what differs between the services of tests.
type setup struct {
	run          func(context.Context, sandbox.Job) (sandbox.Result, error)
	units, depth int64         // 0: 8 and 32; depth -1: none may wait
	patience     time.Duration // 0: much
	options      func(*api.Options)
	untested     bool // the self-test has not ended
}

// service is an api.Server behind a listening HTTP server, as main makes one.
type service struct {
	*api.Server
	addr      string
	gate      *executor.Gate
	log       *logbook
	client    *http.Client
	interrupt context.CancelCauseFunc // of all requests
}

const (
	mib         = 1 << 20
	bodyLimit   = mib
	bodiesLimit = 64 * mib
)

var fakeRuntimes = []executor.Runtime{
	{Name: "python", Aliases: []string{"py"}, Binaries: []string{"/bin/sh"}, Source: "main.py", Weight: 1, Hello: selfTest, Run: []string{"{binary}", "{file}"}},
	{Name: "bash", Aliases: []string{"sh"}, Binaries: []string{"/bin/sh"}, Source: "main.sh", Weight: 1, Hello: selfTest, Run: []string{"{binary}", "{file}"}},
	{Name: "absent", Binaries: []string{"/nonexistent/absent"}, Source: "main.x", Weight: 1},
}

var fakePolicy = executor.Policy{
	Default: executor.Limits{Timeout: 5 * time.Second, MemoryMiB: 256, Processes: 64, FileMiB: 16, DiskMiB: 64, OutputKiB: 1024},
	Max:     executor.Limits{Timeout: 60 * time.Second, MemoryMiB: 1024, Processes: 64, FileMiB: 16, DiskMiB: 64, OutputKiB: 1024},

	JobTimeout: 15 * time.Minute,
}

func serve(t *testing.T, o setup) *service {
	t.Helper()
	if o.units == 0 {
		o.units = 8
	}
	if o.depth == 0 {
		o.depth = 32
	}
	if o.patience == 0 {
		o.patience = patience
	}
	gate := executor.NewGate(o.units, max(o.depth, 0), o.patience)
	exec, err := executor.New(t.Context(), gate, box{o.run}, fakePolicy, fakeRuntimes)
	if err != nil {
		t.Fatal(err)
	}
	book := &logbook{more: make(chan struct{})}
	options := api.Options{
		Executor: exec, Log: zerolog.New(book).Level(zerolog.DebugLevel), Replica: "replica-1",
		BodyLimit: bodyLimit, BodiesLimit: bodiesLimit, BodyTimeout: patience,
	}
	if o.options != nil {
		o.options(&options)
	}
	s := &service{Server: api.New(options), gate: gate, log: book}
	if !o.untested {
		if err := exec.Probe(t.Context(), func(executor.Offered) {}); err != nil {
			t.Fatal(err)
		}
		s.Tested(nil)
	}
	work, interrupt := context.WithCancelCause(context.Background())
	s.interrupt = interrupt
	srv := &http.Server{
		Handler: s.Server, ReadHeaderTimeout: patience, MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0),
		BaseContext: func(net.Listener) context.Context { return work },
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	s.client = &http.Client{Transport: transport, Timeout: patience}
	served := make(chan struct{})
	go func() { defer close(served); srv.Serve(ln) }()
	t.Cleanup(func() {
		interrupt(nil)
		transport.CloseIdleConnections()
		srv.Close()
		<-served
	})
	return s
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	close  bool
	body   string
}

func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("status %d, the body %.200q is no JSON object: %v", a.status, a.body, err)
	}
	return v
}

// field is a string of the answer's object.
func (a answer) field(t *testing.T, name string) string {
	t.Helper()
	s, _ := a.object(t)[name].(string)
	return s
}

// wantProblem checks that the answer is a problem, whole and of this code.
func (a answer) wantProblem(t *testing.T, status int, code string) map[string]any {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d %s; body %.300s", a.status, status, code, a.body)
	}
	p := a.object(t)
	if got := slices.Sorted(maps.Keys(p)); !slices.Equal(got, []string{"code", "detail", "errors", "request_id", "status", "title", "type"}) {
		t.Errorf("the problem's members are %v", got)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	if p["code"] != code || p["status"] != float64(status) || p["type"] != "about:blank" {
		t.Errorf("problem %v, want code %s and status %d", p, code, status)
	}
	if p["title"] == "" || p["detail"] == "" {
		t.Errorf("problem %v has no title or no detail", p)
	}
	if p["request_id"] == "" || p["request_id"] != a.header.Get("X-Request-Id") {
		t.Errorf("request_id %v, X-Request-Id %q", p["request_id"], a.header.Get("X-Request-Id"))
	}
	if _, ok := p["errors"].([]any); !ok {
		t.Errorf("errors is %v: want an array", p["errors"])
	}
	return p
}

func (a answer) wantSuccess(t *testing.T) {
	t.Helper()
	if a.status != http.StatusOK || a.field(t, "status") != "success" {
		t.Fatalf("status %d, body %.300s; want 200 and success", a.status, a.body)
	}
}

func read(resp *http.Response) (answer, error) {
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	return answer{resp.StatusCode, resp.Header, resp.Close, string(body)}, err
}

// try sends a request; headers are names and values, in turn, and an empty
// value removes one.
func (s *service) try(t *testing.T, method, path string, body io.Reader, headers ...string) (answer, error) {
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.addr, body)
	if err != nil {
		return answer{}, err
	}
	req.URL.Path, req.URL.RawQuery, _ = strings.Cut(path, "?")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Del(headers[i])
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	a, err := read(resp)
	if err != nil || a.body == "" {
		return a, err
	}
	if why := api.Description().Answer(method, req.URL.Path, a.status, a.header.Get("Content-Type"), a.body); why != nil {
		t.Errorf("%s %s: the answer is not what openapi.yaml says: %v", method, path, why)
	}
	return a, nil
}

func (s *service) do(t *testing.T, method, path string, body io.Reader, headers ...string) answer {
	t.Helper()
	a, err := s.try(t, method, path, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *service) get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodGet, path, nil, headers...)
}

func (s *service) execute(t *testing.T, body string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodPost, "/execute", strings.NewReader(body), headers...)
}

// wantIdle checks that nobody is inside any more and that every byte of bodies
// was given back: a largest body finds room, twice, where there is room for one.
func (s *service) wantIdle(t *testing.T) {
	t.Helper()
	if running, _, waiting, _ := s.gate.Load(); running != 0 || waiting != 0 {
		t.Errorf("%d units run and %d requests wait: want none", running, waiting)
	}
	if got := s.get(t, "/health").object(t); got["running"] != 0.0 || got["waiting"] != 0.0 {
		t.Errorf("health %v, want nothing running or waiting", got)
	}
	s.execute(t, sized(bodyLimit)).wantSuccess(t)
}

// sized is a request of exactly n bytes.
func sized(n int) string {
	const empty = `{"code":""}`
	return `{"code":"` + strings.Repeat("x", n-len(empty)) + `"}`
}

// wire is a bare connection.
type wire struct {
	t *testing.T
	*net.TCPConn
	in *bufio.Reader
}

func (s *service) dial(t *testing.T) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &wire{t, conn.(*net.TCPConn), bufio.NewReader(conn)}
}

func (w *wire) send(text string) {
	w.t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		w.t.Fatalf("the server does not take what the client sends: %v", err)
	}
}

// post sends the head of a POST /execute.
func (w *wire) post(headers ...string) {
	w.t.Helper()
	w.send("POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + strings.Join(append(headers, "", ""), "\r\n"))
}

// read reads one answer, which may be 100 Continue.
func (w *wire) read() answer {
	w.t.Helper()
	resp, err := http.ReadResponse(w.in, nil)
	if err != nil {
		w.t.Fatalf("no answer: %v", err)
	}
	a, err := read(resp)
	if err != nil {
		w.t.Fatalf("the answer %d breaks off: %v", a.status, err)
	}
	return a
}

func (w *wire) wantContinue() {
	w.t.Helper()
	if a := w.read(); a.status != http.StatusContinue {
		w.t.Fatalf("status %d, want 100; body %s", a.status, a.body)
	}
}

func length(n int) string { return fmt.Sprintf("Content-Length: %d", n) }

const chunked = "Transfer-Encoding: chunked"

// chunk is data as one chunk; the last is empty.
func chunk(data string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(data), data) }

// logbook keeps what is logged, by line.
type logbook struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed when there is more
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, string(p))
	close(b.more)
	b.more = make(chan struct{})
	return len(p), nil
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.lines, "")
}

func (b *logbook) has(text string) bool { return strings.Contains(b.String(), text) }

// wait waits for the line of this message about a request. The one called
// "request" is the last thing that happens in one.
func (b *logbook) wait(t *testing.T, id, message string) map[string]any {
	t.Helper()
	late := time.After(patience)
	for seen := 0; ; {
		b.mu.Lock()
		lines, more := b.lines[seen:], b.more
		b.mu.Unlock()
		seen += len(lines)
		for _, line := range lines {
			if !strings.Contains(line, id) {
				continue
			}
			var v map[string]any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatalf("the log has the line %q: %v", line, err)
			}
			if v["request_id"] == id && v["message"] == message {
				return v
			}
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("the log has no line %q for %s:\n%s", message, id, b)
		}
	}
}

// receive waits for something to happen.
func receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatalf("%s: it did not happen", what)
		panic("unreachable")
	}
}
