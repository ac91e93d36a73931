package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aca-executor/api"
	"aca-executor/sandbox"
)

func TestExecute(t *testing.T) {
	t.Parallel()
	var job sandbox.Job
	s := serve(t, setup{run: func(_ context.Context, j sandbox.Job) (sandbox.Result, error) {
		job = j
		return sandbox.Result{
			Stdout: sandbox.Output{Bytes: []byte("hi\n")}, Stderr: sandbox.Output{Bytes: []byte{'x', 0xff}, Truncated: true}, ExitCode: 3,
			Wall: 1500 * time.Millisecond, CPU: 250 * time.Millisecond, Prepare: 2 * time.Millisecond, Memory: 10 * mib,
		}, nil
	}})
	a := s.execute(t, `{"language":"py","version":"1.2","files":[{"path":"a/b.py","content":"MQ==","encoding":"base64"},{"path":"main.py","content":"2"}],
		"entrypoint":"a/b.py","stdin":"in\u0000","args":["-x","y z"],"env":{"B":"2","A":"1"},"timeout":2.5,
		"limits":{"cpu_seconds":1,"memory_mib":64,"processes":5,"file_mib":2,"disk_mib":3,"output_kib":4}}`)
	if a.status != 200 || a.header.Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, type %q: %s", a.status, a.header.Get("Content-Type"), a.body)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	wantJob := sandbox.Job{
		Files: []sandbox.File{{Path: "a/b.py", Content: "1"}, {Path: "main.py", Content: "2"}},
		Steps: []sandbox.Step{{
			Args: []string{"/bin/sh", "a/b.py", "-x", "y z"}, Env: []string{"A=1", "B=2"}, Stdin: "in\x00",
			Limits: sandbox.Limits{
				Wall: 2500 * time.Millisecond, CPU: time.Second, Memory: 64 * mib, Processes: 5, File: 2 * mib, Disk: 3 * mib, Output: 4 << 10,
			},
		}},
	}
	if !reflect.DeepEqual(job, wantJob) {
		t.Errorf("ran %+v\nwant %+v", job, wantJob)
	}
	got := a.object(t)
	if id, _ := got["execution_id"].(string); id == "" {
		t.Error("there is no execution_id")
	}
	if q, there := got["queue_time"].(float64); !there || q < 0 || q > patience.Seconds() {
		t.Errorf("queue_time %v", got["queue_time"])
	}
	delete(got, "execution_id")
	delete(got, "queue_time")
	want := map[string]any{
		"language": "python", "version": "1.2.3", "replica": "replica-1", "status": "failed",
		"stdout": "hi\n", "stderr": "x\ufffd", "stderr_base64": "eP8=", "stdout_truncated": false, "stderr_truncated": true,
		"return_code": 3.0, "signal": nil, "limit_hit": nil, "execution_time": 1.5, "cpu_time": 0.25, "memory_kib": 10240.0,
		"compile": nil, "files": nil, "files_truncated": false, "summary": nil, "test_results": nil, "isolation": []any{"uid", "seccomp"},
		"limits": map[string]any{
			"timeout": 2.5, "cpu_seconds": 1.0, "memory_mib": 64.0, "processes": 5.0, "file_mib": 2.0, "disk_mib": 3.0, "output_kib": 4.0,
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if timing := a.header.Get("Server-Timing"); !strings.Contains(timing, "prepare;dur=2,") || !strings.HasSuffix(timing, "run;dur=1500") {
		t.Errorf("Server-Timing %q", timing)
	}
	if a.header.Get("X-Request-Id") == "" {
		t.Error("there is no X-Request-Id")
	}
}

// TestOutcomes: however a program ends, the answer is 200.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for outcome, status := range map[sandbox.Outcome]string{
		sandbox.Exited: "success", sandbox.Signaled: "failed", sandbox.WallTime: "timeout", sandbox.CPUTime: "timeout", sandbox.Memory: "memory_limit",
		sandbox.Disk: "disk_limit", sandbox.OutputLimit: "output_limit", sandbox.Interrupted: "interrupted",
	} {
		t.Run(outcome.String(), func(t *testing.T) {
			t.Parallel()
			s := serve(t, setup{run: func(context.Context, sandbox.Job) (sandbox.Result, error) {
				r := sandbox.Result{Outcome: outcome}
				if outcome != sandbox.Exited {
					r.ExitCode, r.Signal = -1, "SIGKILL"
				}
				return r, nil
			}})
			a := s.execute(t, ok)
			if got := a.object(t); a.status != 200 || got["status"] != status || (got["return_code"] == nil) != (outcome != sandbox.Exited) {
				t.Errorf("status %d, %v", a.status, got)
			}
		})
	}
}

var timingPattern = regexp.MustCompile(`^queue;dur=[0-9.]+, prepare;dur=[0-9.]+, compile;dur=[0-9.]+, run;dur=[0-9.]+$`)

// TestRefusals: each has its status, its code, a field where one is to blame,
// and the headers that stand on every answer of /execute.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	const post = http.MethodPost
	none := []string{}
	for _, row := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code, detail, field      string
	}{
		{"no such path", "GET", "/nothing", "", none, 404, "not_found", "POST /execute", ""},
		{"root", "GET", "/", "", none, 404, "not_found", "", ""},
		{"path with a slash behind", post, "/execute/", ok, none, 404, "not_found", "", ""},
		{"path in capitals", post, "/Execute", ok, none, 404, "not_found", "", ""},
		{"GET", "GET", "/execute", "", none, 405, "method_not_allowed", "Allow", ""},
		{"PUT", "PUT", "/execute", ok, none, 405, "method_not_allowed", "Allow", ""},
		{"DELETE", "DELETE", "/execute", "", none, 405, "method_not_allowed", "Allow", ""},
		{"POST to a probe", post, "/health", ok, none, 405, "method_not_allowed", "Allow", ""},

		{"no type", post, "/execute", ok, []string{"Content-Type", ""}, 415, "unsupported_media_type", "application/json", ""},
		{"wrong type", post, "/execute", ok, []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type", "text/plain", ""},
		{"form", post, "/execute", ok, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "unsupported_media_type", "application/json", ""},
		{"type that only begins right", post, "/execute", ok, []string{"Content-Type", "application/json5"}, 415, "unsupported_media_type", "", ""},
		{"type that is none", post, "/execute", ok, []string{"Content-Type", "application/json; charset"}, 415, "unsupported_media_type", "", ""},
		{"two charsets", post, "/execute", ok, []string{"Content-Type", "application/json; charset=utf-8; charset=utf-16"}, 415, "unsupported_media_type", "", ""},
		{"wrong charset", post, "/execute", ok, []string{"Content-Type", "application/json; charset=latin1"}, 415, "unsupported_media_type", "UTF-8", ""},
		{"type that is not UTF-8", post, "/execute", ok, []string{"Content-Type", "text/\xff"}, 415, "unsupported_media_type", "application/json", ""},
		{"gzip", post, "/execute", ok, []string{"Content-Encoding", "gzip"}, 415, "unsupported_media_type", "gzip", ""},
		{"two encodings", post, "/execute", ok, []string{"Content-Encoding", "identity, gzip"}, 415, "unsupported_media_type", "", ""},
		{"type before size", post, "/execute", sized(bodyLimit + 1), []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type", "", ""},

		{"too large", post, "/execute", sized(bodyLimit + 1), none, 413, "body_too_large", "1 MiB", ""},

		{"no body", post, "/execute", "", none, 400, "invalid_json", "", ""},
		{"not JSON", post, "/execute", "print('hi')", none, 400, "invalid_json", "", ""},
		{"an array", post, "/execute", "[]", none, 400, "invalid_json", "an array", ""},
		{"unknown field", post, "/execute", `{"cod":"x"}`, none, 400, "invalid_request", `"code"`, "cod"},
		{"wrong type of a field", post, "/execute", `{"code":5}`, none, 400, "invalid_request", "a string", "code"},
		{"nothing to run", post, "/execute", `{}`, none, 400, "invalid_request", "code", "code"},
		{"no such language", post, "/execute", `{"code":"","language":"cobol"}`, none, 400, "unsupported_language", "cobol", "language"},
		{"language that is not here", post, "/execute", `{"code":"","language":"absent"}`, none, 400, "unsupported_language", "absent", "language"},
		{"no such version", post, "/execute", `{"code":"","version":"1.3"}`, none, 400, "unsupported_language", "1.3", "version"},
		{"a part of a version's component", post, "/execute", `{"code":"","version":"1.2."}`, none, 400, "unsupported_language", `"1.2."`, "version"},
		{"time above the most", post, "/execute", `{"code":"","timeout":61}`, none, 400, "invalid_request", "from 0.001 to 60", "timeout"},
		{"no time", post, "/execute", `{"code":"","timeout":0}`, none, 400, "invalid_request", "0 is not allowed", "timeout"},
		{"huge time", post, "/execute", `{"code":"","timeout":1e308}`, none, 400, "invalid_request", "1e+308", "timeout"},
		{"memory above the most", post, "/execute", `{"code":"","limits":{"memory_mib":1025}}`, none, 400, "invalid_request", "from 1 to 1024", "limits.memory_mib"},
		{"negative memory", post, "/execute", `{"code":"","limits":{"memory_mib":-1}}`, none, 400, "invalid_request", "-1", "limits.memory_mib"},
		{"path that climbs", post, "/execute", `{"files":[{"path":"a"},{"path":"../b"}],"entrypoint":"a"}`, none, 400, "invalid_request", "..", "files[1].path"},
		{"NUL in an argument", post, "/execute", `{"code":"","args":["a","b\u0000"]}`, none, 400, "invalid_request", "NUL", "args[1]"},
		{"NUL in a variable with a long name", post, "/execute", `{"code":"","env":{"x` + strings.Repeat("é", 60) + `":"\u0000"}}`, none, 400, "invalid_request", "NUL", "*"},
		{"NUL in the name of a language", post, "/execute", `{"code":"","language":"\u0000"}`, none, 400, "unsupported_language", "", "language"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a := s.do(t, row.method, row.path, strings.NewReader(row.body), row.headers...)
			p := a.wantProblem(t, row.status, row.code)
			if detail, _ := p["detail"].(string); !strings.Contains(detail, row.detail) {
				t.Errorf("detail %q: want %q in it", detail, row.detail)
			}
			var fields []string
			for _, e := range p["errors"].([]any) {
				e := e.(map[string]any)
				if e["message"] == "" || len(e) != 2 {
					t.Errorf("errors has %v", e)
				}
				fields = append(fields, fmt.Sprint(e["field"]))
			}
			switch {
			case row.field == "" && fields != nil, row.field == "*" && fields == nil:
				t.Errorf("the fields are %q", fields)
			case row.field != "" && row.field != "*" && !slices.Contains(fields, row.field):
				t.Errorf("the fields are %q, want %q", fields, row.field)
			}
			if timing := a.header.Get("Server-Timing"); timingPattern.MatchString(timing) != (row.path == "/execute") {
				t.Errorf("Server-Timing %q", timing)
			}
			if allow := a.header.Get("Allow"); (row.status == 405) != (allow != "") {
				t.Errorf("Allow %q", allow)
			}
			if row.path == "/execute" && row.status == 405 && !strings.Contains(a.header.Get("Allow"), "POST") {
				t.Errorf("Allow %q has no POST", a.header.Get("Allow"))
			}
		})
	}
}

// TestAllErrorsAtOnce: what is wrong is said in one answer.
func TestAllErrorsAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	p := s.execute(t, `{"timeout":-1,"limits":{"processes":0,"disk_mib":65},"args":["\u0000"]}`).wantProblem(t, 400, "invalid_request")
	var fields []string
	for _, e := range p["errors"].([]any) {
		fields = append(fields, e.(map[string]any)["field"].(string))
	}
	if want := []string{"timeout", "limits.processes", "limits.disk_mib", "code", "args[0]"}; !slices.Equal(fields, want) {
		t.Errorf("fields %q, want %q", fields, want)
	}
}

// TestRefusalIsSmall: a request that is wrong in very many places is not
// answered with more than it was itself.
func TestRefusalIsSmall(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	many := func(s string) string { return strings.Repeat(s+",", bodyLimit/8/(len(s)+1)) + s }
	for name, body := range map[string]string{
		"files":     `{"files":[` + many(`{}`) + `]}`,
		"arguments": `{"code":"","args":[` + many(`"\u0000"`) + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := s.execute(t, body)
			if a.status != 400 {
				t.Fatalf("status %d, want 400", a.status)
			}
			if len(a.body) > len(body) {
				t.Errorf("a body of %d bytes is refused with %d bytes", len(body), len(a.body))
			}
		})
	}
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	for _, row := range []struct {
		name    string
		headers []string
	}{
		{"charset", []string{"Content-Type", "application/json; charset=utf-8"}},
		{"charset in capitals and quotes", []string{"Content-Type", `Application/JSON; Charset="UTF-8"`}},
		{"a parameter that is not known", []string{"Content-Type", "application/json; profile=x"}},
		{"identity", []string{"Content-Encoding", "identity"}},
		{"Accept is not asked", []string{"Accept", "text/html"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s.execute(t, ok, row.headers...).wantSuccess(t)
		})
	}
}

// wantSeconds checks a Retry-After: whole seconds, at least one.
func wantSeconds(t *testing.T, header, what string) {
	t.Helper()
	if n, err := strconv.Atoi(header); err != nil || n < 1 || n > 120 {
		t.Errorf("%s: Retry-After is %q", what, header)
	}
}

// occupy starts a program that runs until the blocker is released.
func (s *service) occupy(t *testing.T, b *blocker) *wire {
	t.Helper()
	w := s.dial(t)
	w.post(length(len(`{"code":"block"}`)), "X-Request-Id: occupant")
	w.send(`{"code":"block"}`)
	receive(t, b.started, "it runs")
	return w
}

// executeTo is execute for other goroutines than the test's.
func (s *service) executeTo(t *testing.T, answers chan<- answer) {
	a, err := s.try(t, http.MethodPost, "/execute", strings.NewReader(ok))
	if err != nil {
		t.Error(err)
	}
	answers <- a
}

func TestOverload(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		depth int64
		code  string
	}{
		{"nobody may wait", -1, "queue_full"},
		{"nobody waits so long", 1, "queue_timeout"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBlocker()
			s := serve(t, setup{run: b.run, units: 1, depth: row.depth, patience: 10 * time.Millisecond})
			w := s.occupy(t, b)
			a := s.execute(t, ok)
			a.wantProblem(t, 429, row.code)
			wantSeconds(t, a.header.Get("Retry-After"), row.name)
			timing := a.header.Get("Server-Timing")
			if !timingPattern.MatchString(timing) {
				t.Errorf("Server-Timing %q", timing)
			}
			var queued float64
			fmt.Sscanf(timing, "queue;dur=%f,", &queued)
			if row.code == "queue_timeout" && queued < 10 {
				t.Errorf("it waited 10 ms, and Server-Timing is %q", timing)
			}
			// What is wrong anyway is said at once, and probes do not wait.
			s.execute(t, `{}`).wantProblem(t, 400, "invalid_request")
			if got := s.get(t, "/readyz"); got.status != 200 {
				t.Errorf("/readyz is %d under load: %s", got.status, got.body)
			}
			if got := s.get(t, "/health").object(t); got["status"] != "healthy" || got["running"] != 1.0 || got["max_concurrency"] != 1.0 {
				t.Errorf("health %v", got)
			}
			close(b.release)
			w.read().wantSuccess(t)
			s.log.wait(t, "occupant", "request")
			s.wantIdle(t)
		})
	}
}

// TestFullQueue: the one beyond the depth is refused while the others wait.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	b := newBlocker()
	s := serve(t, setup{run: b.run, units: 1, depth: 2})
	w := s.occupy(t, b)
	answers := make(chan answer, 2)
	for range 2 {
		go s.executeTo(t, answers)
	}
	s.untilWaiting(t, 2)
	s.execute(t, ok).wantProblem(t, 429, "queue_full")
	close(b.release)
	w.read().wantSuccess(t)
	for range 2 {
		a := receive(t, answers, "who waited is answered")
		a.wantSuccess(t)
		if a.object(t)["queue_time"] == 0.0 || strings.HasPrefix(a.header.Get("Server-Timing"), "queue;dur=0,") {
			t.Errorf("it waited, and says %v and %q", a.object(t)["queue_time"], a.header.Get("Server-Timing"))
		}
	}
}

func TestDraining(t *testing.T) {
	t.Parallel()
	b := newBlocker()
	s := serve(t, setup{run: b.run, units: 1})
	w := s.occupy(t, b)
	waiting := make(chan answer, 1)
	go s.executeTo(t, waiting)
	s.untilWaiting(t, 1)
	s.Drain()
	late := s.execute(t, ok)
	s.gate.Close()
	for what, a := range map[string]answer{"one that waited": receive(t, waiting, "who waited is answered"), "one that came late": late} {
		a.wantProblem(t, 503, "draining")
		wantSeconds(t, a.header.Get("Retry-After"), what)
		if !a.close {
			t.Errorf("%s: the connection is not closed", what)
		}
		if !timingPattern.MatchString(a.header.Get("Server-Timing")) {
			t.Errorf("%s: Server-Timing %q", what, a.header.Get("Server-Timing"))
		}
	}
	if a := s.get(t, "/health"); !a.close {
		t.Error("a probe's connection is not closed while draining")
	}
	close(b.release) // what runs may finish
	w.read().wantSuccess(t)
}

// TestSandboxBroken: it is the server's fault, and how it broke is not the
// client's business.
func TestSandboxBroken(t *testing.T) {
	t.Parallel()
	const inner = "mkdir of the secret directory failed"
	s := serve(t, setup{run: func(context.Context, sandbox.Job) (sandbox.Result, error) {
		return sandbox.Result{}, errors.New(inner)
	}})
	a := s.execute(t, ok, "X-Request-Id", "broken")
	a.wantProblem(t, 500, "sandbox_error")
	if strings.Contains(a.body+fmt.Sprint(a.header), "secret") {
		t.Errorf("the client sees how: %s", a.body)
	}
	if !timingPattern.MatchString(a.header.Get("Server-Timing")) {
		t.Errorf("Server-Timing %q", a.header.Get("Server-Timing"))
	}
	line := s.log.wait(t, "broken", "request")
	if line["level"] != "error" || !strings.Contains(fmt.Sprint(line["error"]), inner) || line["code"] != "sandbox_error" {
		t.Errorf("logged %v", line)
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{units: 1, options: func(o *api.Options) { o.BodiesLimit = 2 * bodyLimit }, run: func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
		if code(job) == "panic" {
			panicHere()
		}
		return hello(), nil
	}})
	a := s.execute(t, `{"code":"panic"}`, "X-Request-Id", "panicked")
	p := a.wantProblem(t, 500, "internal")
	if strings.Contains(a.body, "secret") || p["request_id"] != "panicked" {
		t.Errorf("the client sees %s", a.body)
	}
	if !timingPattern.MatchString(a.header.Get("Server-Timing")) {
		t.Errorf("Server-Timing %q", a.header.Get("Server-Timing"))
	}
	if line := s.log.wait(t, "panicked", "request"); line["status"] != 500.0 || line["level"] != "error" || line["code"] != "internal" {
		t.Errorf("logged %v", line)
	}
	s.wantIdle(t) // the place and the body's room were given back
	line := s.log.wait(t, "panicked", "panic")
	if !strings.Contains(fmt.Sprint(line["error"]), "secret reason") {
		t.Errorf("logged %v without the reason", line)
	}
	if !strings.Contains(fmt.Sprint(line["stack"]), "panicHere") {
		t.Errorf("logged %v: it does not say where", line)
	}
}

//go:noinline
func panicHere() { panic("secret reason") }

func TestRequestID(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	for _, row := range []struct {
		name, id string
		taken    bool
	}{
		{"a word", "abc", true},
		{"a UUID", "6f1e0c1e-5f6c-4d0e-9a43-0d6ce8f0a5a1", true},
		{"every sign", "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", true},
		{"the longest", strings.Repeat("a", 128), true},
		{"too long", strings.Repeat("a", 129), false},
		{"very long", strings.Repeat("a", 60<<10), false},
		{"none", "", false},
		{"a blank in it", "a b", false},
		{"a tab in it", "a\tb", false},
		{"a quotation mark", `a"b`, false},
		{"a backslash", `a\b`, false},
		{"not ASCII", "é", false},
		{"not UTF-8", "a\xff", false},
		{"a line of its own for the log", `x","level":"fatal`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for path, request := range map[string]string{
				"/execute": "POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 0\r\n",
				"/health":  "GET /health HTTP/1.1\r\nHost: test\r\n",
				"/nothing": "GET /nothing HTTP/1.1\r\nHost: test\r\n",
			} {
				w := s.dial(t)
				w.send(request + "X-Request-Id: " + row.id + "\r\n\r\n")
				a := w.read()
				got := a.header.Get("X-Request-Id")
				if (got == row.id) != row.taken || len(got) < 3 || len(got) > 128 || len(a.header.Values("X-Request-Id")) != 1 {
					t.Errorf("%s: %q became %q", path, row.id, a.header.Values("X-Request-Id"))
				}
				s.log.wait(t, got, "request")
				if path != "/health" && a.field(t, "request_id") != got {
					t.Errorf("%s: request_id %q, X-Request-Id %q", path, a.field(t, "request_id"), got)
				}
			}
		})
	}
}

func TestRequestIDsDiffer(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	seen := map[string]bool{}
	for range 50 {
		a := s.execute(t, ok)
		for _, id := range []string{a.header.Get("X-Request-Id"), a.field(t, "execution_id")} {
			if seen[id] || id == "" {
				t.Fatalf("the id %q is there twice", id)
			}
			seen[id] = true
		}
	}
}

func TestAuth(t *testing.T) {
	t.Parallel()
	const key, other, wrong = "kEy-one-5ecret", "kEy-two-5ecret", "wr0ng-5ecret"
	keys := []string{key, other}
	for _, row := range []struct {
		name    string
		keys    []string
		path    string // "": POST /execute
		headers []string
		status  int
	}{
		{"no keys are set", nil, "", nil, 200},
		{"no keys are set, one is shown", nil, "", []string{"X-API-Key", wrong}, 200},
		{"none", keys, "", nil, 401},
		{"X-API-Key", keys, "", []string{"X-API-Key", key}, 200},
		{"x-api-key", keys, "", []string{"x-api-key", other}, 200},
		{"Bearer", keys, "", []string{"Authorization", "Bearer " + key}, 200},
		{"the other", keys, "", []string{"Authorization", "Bearer " + other}, 200},
		{"bearer", keys, "", []string{"Authorization", "bearer " + key}, 200},
		{"BEARER and two blanks", keys, "", []string{"Authorization", "BEARER  " + key}, 200},
		{"wrong X-API-Key", keys, "", []string{"X-API-Key", wrong}, 401},
		{"wrong Bearer", keys, "", []string{"Authorization", "Bearer " + wrong}, 401},
		{"Basic", keys, "", []string{"Authorization", "Basic " + key}, 401},
		{"no scheme", keys, "", []string{"Authorization", key}, 401},
		{"Bearer of nothing", keys, "", []string{"Authorization", "Bearer "}, 401},
		{"the beginning of one", keys, "", []string{"X-API-Key", key[:len(key)-1]}, 401},
		{"one and more", keys, "", []string{"X-API-Key", key + "x"}, 401},
		{"both, as the variable has them", keys, "", []string{"X-API-Key", key + "," + other}, 401},
		{"in other letters", keys, "", []string{"X-API-Key", strings.ToUpper(key)}, 401},
		{"in the query", keys, "/runtimes?api_key=" + key + "&key=" + key, nil, 401},
		{"very long", keys, "", []string{"X-API-Key", strings.Repeat(wrong, 4000)}, 401},
		{"livez", keys, "/livez", nil, 200},
		{"readyz", keys, "/readyz", nil, 200},
		{"health", keys, "/health", nil, 200},
		{"health with a wrong one", keys, "/health", []string{"X-API-Key", wrong}, 200},
		{"runtimes", keys, "/runtimes", nil, 401},
		{"runtimes with one", keys, "/runtimes", []string{"X-API-Key", key}, 200},
		{"no such path", keys, "/nothing", nil, 401},
		{"no such path with one", keys, "/nothing", []string{"X-API-Key", key}, 404},
		{"wrong method", keys, "/execute", nil, 401},
		{"probe's path and more", keys, "/health/../runtimes", nil, 401},
		{"probe's path with a slash", keys, "/health/", nil, 401},
		{"probe's path twice", keys, "//health", nil, 401},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var ran atomic.Bool
			s := serve(t, setup{
				options: func(o *api.Options) { o.Keys = row.keys },
				run: func(context.Context, sandbox.Job) (sandbox.Result, error) {
					ran.Store(true)
					return hello(), nil
				},
			})
			headers := append(row.headers, "X-Request-Id", "asked")
			var a answer
			if row.path == "" {
				a = s.execute(t, ok, headers...)
			} else {
				a = s.get(t, row.path, headers...)
			}
			if a.status != row.status {
				t.Errorf("status %d, want %d: %s", a.status, row.status, a.body)
			}
			if ran.Load() != (row.status == 200 && row.path == "") {
				t.Errorf("status %d, and it ran: %v", a.status, ran.Load())
			}
			if a.status == 401 {
				a.wantProblem(t, 401, "unauthorized")
				if got := a.header.Get("WWW-Authenticate"); got != "Bearer" {
					t.Errorf("WWW-Authenticate %q", got)
				}
			}
			if row.path == "" && !timingPattern.MatchString(a.header.Get("Server-Timing")) {
				t.Errorf("Server-Timing %q", a.header.Get("Server-Timing"))
			}
			s.log.wait(t, "asked", "request")
			for what, text := range map[string]string{"answer": a.body + fmt.Sprint(a.header), "log": s.log.String()} {
				if strings.Contains(strings.ToLower(text), "5ecret") {
					t.Errorf("a key is in the %s: %s", what, text)
				}
			}
		})
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		bring    func(*service)
		ready    string // status of /readyz, and its code
		code     int
		health   string
		mentions string
	}{
		{"starting", func(*service) {}, "starting", 503, "starting", "self-test"},
		{"ready", func(s *service) { s.Tested(nil) }, "ready", 200, "healthy", ""},
		{"broken", func(s *service) { s.Tested(errors.New("secret reason")) }, "broken", 503, "broken", "self-test"},
		{"draining", func(s *service) { s.Tested(nil); s.Drain() }, "draining", 503, "draining", "stopping"},
		{"draining before it was ready", func(s *service) { s.Drain() }, "draining", 503, "draining", "stopping"},
		{"broken and draining", func(s *service) { s.Tested(errors.New("x")); s.Drain() }, "draining", 503, "draining", "stopping"},
		{"mended", func(s *service) { s.Tested(errors.New("x")); s.Tested(nil) }, "ready", 200, "healthy", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, setup{untested: true})
			row.bring(s)
			if a := s.get(t, "/livez"); a.status != 200 || a.field(t, "status") != "alive" {
				t.Errorf("/livez: %d %s", a.status, a.body)
			}
			a := s.get(t, "/readyz")
			if a.status != row.code || a.field(t, "status") != row.ready || !strings.Contains(a.field(t, "detail"), row.mentions) {
				t.Errorf("/readyz: %d %s", a.status, a.body)
			}
			a = s.get(t, "/health")
			if a.status != row.code || a.field(t, "status") != row.health {
				t.Errorf("/health: %d %s", a.status, a.body)
			}
			want := map[string]any{
				"status": row.health, "replica": "replica-1", "running": 0.0, "max_concurrency": 8.0, "waiting": 0.0, "queue_depth": 32.0,
				"isolation": []any{"uid", "seccomp"}, "jobs": "off",
			}
			if got := a.object(t); !reflect.DeepEqual(got, want) {
				t.Errorf("/health: %v, want %v", got, want)
			}
			if strings.Contains(a.body, "secret") || a.header.Get("Content-Type") != "application/json" || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("/health: %v %s", a.header, a.body)
			}
		})
	}
}

func TestRuntimes(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	a := s.get(t, "/runtimes")
	const want = `[{"name":"python","aliases":["py"],"version":"1.2.3","source":"main.py","compile":[],"run":"/bin/sh {file}","passed":true},` +
		`{"name":"bash","aliases":["sh"],"version":"1.2.3","source":"main.sh","compile":[],"run":"/bin/sh {file}","passed":true}]`
	if strings.TrimSpace(a.body) != want || a.status != 200 || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %s, want %s", a.status, a.body, want)
	}
}

// While a runtime is being probed, and when it does not work, the list says so.
func TestRuntimesBeforeTheyAreProbed(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{untested: true})
	const want = `{"name":"python","aliases":["py"],"version":null,"source":"main.py","compile":[],"run":"{binary} {file}","passed":null}`
	if a := s.get(t, "/runtimes"); !strings.Contains(a.body, want) {
		t.Errorf("%s, want %s", a.body, want)
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{run: func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
		return sandbox.Result{Outcome: sandbox.WallTime, ExitCode: -1, Prepare: time.Millisecond, Memory: 3 << 10}, nil
	}})
	s.execute(t, `{"code":"x","language":"sh"}`, "X-Request-Id", "run")
	line := s.log.wait(t, "run", "request")
	for name, want := range map[string]any{
		"level": "info", "method": "POST", "path": "/execute", "status": 200.0, "language": "bash", "result": "timeout", "limit_hit": "wall_time", "memory_kib": 3.0,
	} {
		if line[name] != want {
			t.Errorf("%s is %v, want %v", name, line[name], want)
		}
	}
	for _, name := range []string{"duration_ms", "queue_ms", "prepare_ms", "run_ms", "execution_id", "remote"} {
		if line[name] == nil {
			t.Errorf("there is no %s in %v", name, line)
		}
	}

	s.execute(t, `{"code":"x","timeout":-1}`, "X-Request-Id", "refused")
	line = s.log.wait(t, "refused", "request")
	if line["status"] != 400.0 || line["code"] != "invalid_request" || line["level"] != "info" || line["result"] != nil {
		t.Errorf("a refusal is logged as %v", line)
	}

	s.get(t, "/livez", "X-Request-Id", "probe")
	if line = s.log.wait(t, "probe", "request"); line["level"] != "debug" {
		t.Errorf("a probe is logged as %v", line)
	}

	s.get(t, "/no\"such\n"+strings.Repeat("x", 10<<10), "X-Request-Id", "path")
	if line = s.log.wait(t, "path", "request"); len(fmt.Sprint(line["path"])) > 200 || line["status"] != 404.0 {
		t.Errorf("a long path is logged as %v", line)
	}

	for _, line := range strings.Split(strings.TrimSpace(s.log.String()), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("the log has the line %q", line)
		}
	}

	s.Drain()
	s.execute(t, ok, "X-Request-Id", "draining")
	if line = s.log.wait(t, "draining", "request"); line["level"] != "info" || line["status"] != 503.0 {
		t.Errorf("draining is no error, and is logged as %v", line)
	}
}

// TestLogKeepsSecrets: code, input, environment and output are in no line,
// however the request ends.
func TestLogKeepsSecrets(t *testing.T) {
	t.Parallel()
	const secret = "5quux7"
	for _, row := range []struct {
		name, body string
		status     int
	}{
		{"success", `{"code":"5quux7","stdin":"5quux7","env":{"A":"5quux7"},"args":["5quux7"]}`, 200},
		{"files", `{"files":[{"path":"a","content":"5quux7"}]}`, 200},
		{"sandbox error", `{"code":"fail","stdin":"5quux7","env":{"A":"5quux7"},"args":["5quux7"]}`, 500},
		{"panic", `{"code":"panic","stdin":"5quux7","env":{"A":"5quux7"},"args":["5quux7"]}`, 500},
		{"not JSON", `5quux7`, 400},
		{"a string", `"5quux7"`, 400},
		{"cut short", `{"code":"5quux7`, 400},
		{"more behind it", `{"code":"x"}"5quux7"`, 400},
		{"control character", "{\"code\":\"\n5quux7\"}", 400},
		{"not UTF-8", "{\"code\":\"\xff5quux7\"}", 400},
		{"bad escape", `{"code":"\x5quux7"}`, 400},
		{"lone surrogate", `{"code":"\ud8005quux7"}`, 400},
		{"lone surrogate in input", `{"code":"","stdin":"\ud8005quux7"}`, 400},
		{"array for a string", `{"code":["5quux7"]}`, 400},
		{"object for a string", `{"stdin":{"5quux7":"5quux7"}}`, 400},
		{"string for an object", `{"env":"5quux7"}`, 400},
		{"array for an object", `{"env":["A=5quux7"]}`, 400},
		{"string for a number", `{"timeout":"5quux7"}`, 400},
		{"bad base64", `{"files":[{"path":"a","content":"5quux7!","encoding":"base64"}]}`, 400},
		{"NUL in the environment", `{"code":"","env":{"A":"5quux7\u0000"}}`, 400},
		{"assignment as a name", `{"code":"","env":{"PASSWORD=5quux7":""}}`, 400},
		{"long environment", `{"code":"","env":{"A":"` + strings.Repeat(secret, 30<<10) + `"}}`, 400},
		{"both code and files", `{"code":"5quux7","files":[{"path":"a","content":"5quux7"}]}`, 400},
		{"bad limit", `{"code":"5quux7","timeout":-1,"stdin":"5quux7"}`, 400},
		{"no such language", `{"code":"5quux7","language":"x","stdin":"5quux7"}`, 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, setup{run: func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
				switch code(job) {
				case "fail":
					return sandbox.Result{}, errors.New("broken")
				case "panic":
					panic("broken")
				}
				out := sandbox.Output{Bytes: []byte(secret)}
				return sandbox.Result{Stdout: out, Stderr: out}, nil
			}})
			a := s.execute(t, row.body, "X-Request-Id", "told")
			if a.status != row.status {
				t.Errorf("status %d, want %d: %s", a.status, row.status, a.body)
			}
			s.log.wait(t, "told", "request")
			if text := s.log.String(); strings.Contains(text, secret) {
				t.Errorf("it is in the log: %s", text)
			}
		})
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const ours, theirs = "https://course.example", "https://evil.example"
	preflight := []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-api-key"}
	for _, row := range []struct {
		name    string
		origins []string
		origin  string
		allowed string
	}{
		{"off", nil, ours, ""},
		{"ours", []string{"https://first.example", ours}, ours, ours},
		{"not ours", []string{ours}, theirs, ""},
		{"ours with more behind it", []string{ours}, ours + ".evil.example", ""},
		{"ours without TLS", []string{ours}, "http://course.example", ""},
		{"null", []string{ours}, "null", ""},
		{"everybody", []string{"*"}, theirs, "*"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, setup{options: func(o *api.Options) { o.Origins, o.Keys = row.origins, []string{"key"} }})
			for what, a := range map[string]answer{
				"success":   s.execute(t, ok, "Origin", row.origin, "X-API-Key", "key"),
				"no key":    s.execute(t, ok, "Origin", row.origin),
				"refusal":   s.execute(t, "{", "Origin", row.origin, "X-API-Key", "key"),
				"preflight": s.do(t, http.MethodOptions, "/execute", nil, append(preflight, "Origin", row.origin)...),
			} {
				if got := a.header.Get("Access-Control-Allow-Origin"); got != row.allowed {
					t.Errorf("%s: Access-Control-Allow-Origin is %q, want %q", what, got, row.allowed)
				}
				if got := a.header.Get("Access-Control-Allow-Credentials"); got != "" {
					t.Errorf("%s: Access-Control-Allow-Credentials is %q", what, got)
				}
				if row.allowed == "" {
					continue
				}
				if what != "preflight" {
					if got := a.header.Get("Access-Control-Expose-Headers"); !strings.Contains(got, "Retry-After") {
						t.Errorf("%s: Access-Control-Expose-Headers is %q", what, got)
					}
					continue
				}
				if a.status != 204 || !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "POST") ||
					!strings.Contains(strings.ToLower(a.header.Get("Access-Control-Allow-Headers")), "x-api-key") {
					t.Errorf("preflight: %d %v", a.status, a.header)
				}
			}
			if row.origins == nil {
				a := s.execute(t, ok, "Origin", row.origin, "X-API-Key", "key")
				for name := range maps.Keys(a.header) {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("CORS is off, and there is %s", name)
					}
				}
			}
		})
	}
}

// TestManyAtOnce: under more load than there is room for, everybody is
// answered, with a result or 429, and nothing is left behind.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{units: 2, depth: 4, patience: 5 * time.Millisecond, options: func(o *api.Options) { o.BodiesLimit = 2 * bodyLimit }})
	bodies := []string{ok, sized(bodyLimit / 4), "nonsense", sized(bodyLimit + 1), `{"code":"","timeout":-1}`}
	allowed := [][]int{{200, 429}, {200, 429}, {400, 429}, {413}, {400, 429}}
	const clients, rounds = 16, 10
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for r := range rounds {
				kind := (c + r) % len(bodies)
				a, err := s.try(t, http.MethodPost, "/execute", strings.NewReader(bodies[kind]), "X-Request-Id", fmt.Sprintf("%d-%d", c, r))
				if err != nil {
					t.Error(err)
				} else if !slices.Contains(allowed[kind], a.status) {
					t.Errorf("kind %d: status %d: %.200s", kind, a.status, a.body)
				}
			}
		})
	}
	all.Wait()
	for c := range clients {
		for r := range rounds {
			s.log.wait(t, fmt.Sprintf("%d-%d", c, r), "request")
		}
	}
	s.wantIdle(t)
}
