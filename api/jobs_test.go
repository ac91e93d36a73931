package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aca-executor/api"
	"aca-executor/executor"
	"aca-executor/jobs"
	"aca-executor/sandbox"
)

const (
	jobPath  = "/api/v1/execute"
	jobsPath = "/api/v1/jobs"
)

// serveJobs is serve with a queue. Without units its jobs are not run.
func serveJobs(t *testing.T, o setup, units int64, change func(*jobs.Options)) *service {
	t.Helper()
	others := o.options
	o.options = func(a *api.Options) {
		if others != nil {
			others(a)
		}
		options := jobs.Options{
			Database: "sqlite:" + filepath.Join(t.TempDir(), "jobs.db"), MaxQueued: 100, ResultTTL: time.Hour, Lease: time.Minute, Longest: time.Minute,
			Log: slog.New(slog.DiscardHandler), OnError: func(err error) { t.Log(err) },
		}
		if units > 0 {
			a.Executor.Gate().LimitJobs(units)
			options.Gate, options.Run = a.Executor.Gate(), api.RunJob(a.Executor, "worker-1", a.Log)
		}
		if change != nil {
			change(&options)
		}
		queue, err := jobs.Open(options)
		if err != nil {
			t.Fatal(err)
		}
		work, interrupt := context.WithCancelCause(context.Background())
		if err := queue.Start(work); err != nil {
			t.Fatal(err)
		}
		queue.Begin()
		t.Cleanup(func() {
			queue.Drain()
			interrupt(sandbox.ErrInterrupted)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if err := queue.Close(ctx); err != nil {
				t.Error(err)
			}
		})
		a.Jobs = queue
		if a.JobsPage, err = queue.Page(api.PagePath); err != nil {
			t.Fatal(err)
		}
	}
	return serve(t, o)
}

func (s *service) submit(t *testing.T, body string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodPost, jobPath, strings.NewReader(body), headers...)
}

// submitted submits a job and returns where it is.
func (s *service) submitted(t *testing.T, body string, headers ...string) (path string) {
	t.Helper()
	a := s.submit(t, body, headers...)
	path = a.header.Get("Location")
	if a.status != http.StatusAccepted || path != jobPath+"/"+a.field(t, "job_id") {
		t.Fatalf("%d %v %s", a.status, a.header, a.body)
	}
	return path
}

// A job's result is what POST /execute would have answered, and what is said of the job.
func TestJob(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{run: func(_ context.Context, j sandbox.Job) (sandbox.Result, error) {
		if code(j) == "fail" {
			return sandbox.Result{ExitCode: 3, Stdout: sandbox.Output{Bytes: []byte{'x', 0xff, 0}}}, nil
		}
		return hello(), nil
	}}, 2, nil)
	for body, want := range map[string]string{
		`{"code":"x"}`:               "success",
		`{"code":"fail"}`:            "failure",
		`{"code":"x","timeout":60}`:  "success",
		`{"code":"x","timeout":600}`: "success", // longer than a request may take
		`{"language":"sh","files":[{"path":"a","content":"x"}],"env":{"B":"1","A":"2"}}`: "success",
	} {
		path := s.submitted(t, body)
		a := s.get(t, path+"?wait=20")
		got := a.object(t)
		if a.status != 200 || got["job_status"] != want || got["attempt"] != 1.0 || got["error"] != nil || got["replica"] != "worker-1" || jobPath+"/"+got["job_id"].(string) != path {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
		for _, name := range []string{"created_at", "started_at", "finished_at"} {
			if _, err := time.Parse(time.RFC3339Nano, got[name].(string)); err != nil {
				t.Error(err)
			}
		}
		for _, name := range []string{"job_id", "job_status", "attempt", "error", "created_at", "started_at", "finished_at"} {
			delete(got, name)
		}
		if strings.Contains(body, "600") {
			continue // which POST /execute refuses
		}
		direct := s.execute(t, body).object(t)
		for _, name := range []string{"execution_id", "queue_time", "replica"} {
			if _, there := got[name]; !there {
				t.Errorf("%s: no %s", body, name)
			}
			delete(got, name)
			delete(direct, name)
		}
		if fmt.Sprint(got) != fmt.Sprint(direct) {
			t.Errorf("%s:\n a job %v\ndirect %v", body, got, direct)
		}
	}
}

func TestJobsRefuse(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{}, 0, nil)
	for _, row := range []struct{ body, code, mentions string }{
		{`{"code":"x","retries":11}`, "invalid_request", "retries: 11 is not allowed: it must be from 0 to 10"},
		{`{"code":"x","retries":-1}`, "invalid_request", "retries: -1"},
		{`{"code":"x","retries":1.5}`, "invalid_request", "retries: 1.5 is not allowed: it must be a whole number"},
		{`{"code":"x","delay":-1}`, "invalid_request", "delay: -1 is not allowed"},
		{`{"code":"x","delay":1e300}`, "invalid_request", "delay: 1e+300 is not allowed: it must be from 0 to 2592000 seconds"},
		{`{"code":"x","dely":1}`, "invalid_request", `the nearest is "delay"`},
		{`{"code":"x","timeout":901}`, "invalid_request", "from 0.001 to 900 seconds"},
		{`{"code":"x","limits":{"memory":1}}`, "invalid_request", `the nearest is "memory_mib"`},
		{`{"code":"x","delay":1,"delay":1}`, "invalid_json", "twice"},
		{`{}`, "invalid_request", "code: is missing"},
		{`[]`, "invalid_json", "an array"},
		{`{"code":"x","language":"cobol"}`, "unsupported_language", "cobol"},
	} {
		a := s.submit(t, row.body)
		if p := a.wantProblem(t, 400, row.code); !strings.Contains(p["detail"].(string)+fmt.Sprint(p["errors"]), row.mentions) {
			t.Errorf("%s: %s", row.body, a.body)
		}
	}
	s.submit(t, `{"code":"x"}`, "Content-Type", "text/plain").wantProblem(t, 415, "unsupported_media_type")
	s.submit(t, sized(bodyLimit+1)).wantProblem(t, 413, "body_too_large")
	for path, mentions := range map[string]string{
		jobPath + "/x?wait=abc":      `wait: "abc" is not allowed`,
		jobPath + "/x?wait=NaN":      `wait: "NaN"`,
		jobPath + "/x?wait=0x1":      `wait: "0x1"`,
		jobPath + "/x?wait=1;x=2":    "cannot be read",
		jobPath + "/x?wait=%zz":      "cannot be read",
		jobPath + "/x?wait=201":      "from 0 to 200",
		jobPath + "/x?wiat=1":        `the nearest is "wait"`,
		jobPath + "/x?wait=1&wait=2": "wait: is there twice",
		jobsPath + "?status=done":    `"done" is none of pending queued`,
		jobsPath + "?limit=0":        "from 1 to 500",
		jobsPath + "?limit=x":        "from 1 to 500",
		jobsPath + "?cursor=x":       "is not the next_cursor of a page",
		jobsPath + "?offset=1":       `there is no parameter "offset"`,
	} {
		if p := s.get(t, path).wantProblem(t, 400, "invalid_request"); !strings.Contains(p["detail"].(string), mentions) {
			t.Errorf("%s: %v", path, p["detail"])
		}
	}
	s.do(t, http.MethodDelete, jobPath+"/x?force=1", nil).wantProblem(t, 400, "invalid_request")
	s.do(t, http.MethodPost, jobPath+"?wait=1", strings.NewReader(`{"code":"x"}`)).wantProblem(t, 400, "invalid_request")
	for _, id := range []string{"x", "01a229cf-1b44-7094-9259-01338cde46e8", "%00", strings.Repeat("y", 5000)} {
		s.get(t, jobPath+"/"+id).wantProblem(t, 404, "not_found")
		s.do(t, http.MethodDelete, jobPath+"/"+id, nil).wantProblem(t, 404, "not_found")
	}
	s.do(t, http.MethodPut, jobPath, strings.NewReader("{}")).wantProblem(t, 405, "method_not_allowed")
	if a := s.get(t, jobsPath); len(a.object(t)["jobs"].([]any)) != 0 {
		t.Errorf("something was kept: %s", a.body)
	}
}

func TestJobsOff(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	for _, a := range []answer{
		s.submit(t, `{"code":"x"}`), s.get(t, jobPath+"/x"), s.do(t, http.MethodDelete, jobPath+"/x", nil), s.get(t, jobsPath), s.get(t, "/jobs"), s.get(t, "/jobs/assets/x"),
	} {
		if p := a.wantProblem(t, 404, "jobs_off"); !strings.Contains(p["detail"].(string), "EXECUTOR_JOBS") {
			t.Error(a.body)
		}
	}
}

// A worker has probes and nothing else.
func TestWorkerOnly(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{options: func(o *api.Options) { o.Worker = true }}, 1, nil)
	for _, path := range []string{"/livez", "/readyz", "/health"} {
		if a := s.get(t, path); a.status != 200 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if got := s.get(t, "/health").object(t)["jobs"]; got != "ok" {
		t.Errorf("jobs are %v", got)
	}
	for _, path := range []string{"/execute", jobPath, jobsPath, "/jobs/", "/runtimes"} { // which is not what is described
		resp, err := s.client.Post("http://"+s.addr+path, "application/json", strings.NewReader(`{"code":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		a, err := read(resp)
		if err != nil {
			t.Fatal(err)
		}
		if p := a.wantProblem(t, 404, "not_found"); !strings.Contains(p["detail"].(string), "EXECUTOR_ROLE") {
			t.Error(a.body)
		}
	}
}

func TestJobStates(t *testing.T) {
	t.Parallel()
	b := newBlocker()
	s := serveJobs(t, setup{run: b.run}, 1, nil)
	running := s.submitted(t, `{"code":"block"}`)
	<-b.started
	queued, second := s.submitted(t, `{"code":"x"}`), s.submitted(t, `{"code":"x"}`)
	delayed := s.submitted(t, `{"code":"x","delay":3000}`)
	for path, want := range map[string]struct {
		status   string
		position any
		after    string
	}{
		running: {"started", nil, "1"}, queued: {"queued", 1.0, "1"}, second: {"queued", 2.0, "1"}, delayed: {"pending", nil, "60"},
	} {
		a := s.get(t, path)
		got := a.object(t)
		if a.status != 202 || got["status"] != want.status || got["position"] != want.position || a.header.Get("Retry-After") != want.after || got["message"] == "" {
			t.Errorf("%s: %d %v %s", want.status, a.status, a.header, a.body)
		}
	}
	counts := s.get(t, jobsPath).object(t)["counts"]
	if fmt.Sprint(counts) != "map[failure:0 pending:1 queued:2 retry:0 revoked:0 started:1 success:0]" {
		t.Errorf("counts %v", counts)
	}
	list := s.get(t, jobsPath+"?status=queued&limit=1").object(t)
	if jobs := list["jobs"].([]any); len(jobs) != 1 || jobPath+"/"+jobs[0].(map[string]any)["job_id"].(string) != second || list["next_cursor"] == nil {
		t.Errorf("%v", list)
	}
	rest := s.get(t, jobsPath+"?status=queued&limit=1&cursor="+list["next_cursor"].(string)).object(t)
	if jobs := rest["jobs"].([]any); len(jobs) != 1 || jobPath+"/"+jobs[0].(map[string]any)["job_id"].(string) != queued || rest["next_cursor"] != nil {
		t.Errorf("%v", rest)
	}
	// Revoked in each state: what it does is said.
	for _, row := range []struct {
		path, mentions string
		code           int
	}{
		{delayed, "it was pending", 200}, {second, "it was queued", 200}, {running, "being ended", 202}, {delayed, "it had ended before", 200},
	} {
		a := s.do(t, http.MethodDelete, row.path, nil)
		if a.status != row.code || !strings.Contains(a.field(t, "message"), row.mentions) {
			t.Errorf("%d %s, want %d and %q", a.status, a.body, row.code, row.mentions)
		}
	}
	if err := <-b.ended; err == nil {
		t.Error("the program was not ended")
	}
	for _, path := range []string{delayed, second, running} {
		a := s.get(t, path+"?wait=20")
		got := a.object(t)
		if a.status != 200 || got["job_status"] != "revoked" || got["status"] != nil || got["error"] != nil || got["stdout"] != nil {
			t.Errorf("%d %s", a.status, a.body)
		}
		for _, name := range []string{"execution_id", "limits", "isolation", "test_results", "files_truncated"} {
			if v, there := got[name]; v != nil || !there {
				t.Errorf("%s is %v (%v), want null", name, v, there)
			}
		}
	}
	if a := s.get(t, queued+"?wait=20"); a.field(t, "job_status") != "success" {
		t.Errorf("the one that was not revoked: %s", a.body)
	}
}

func TestJobKeys(t *testing.T) {
	t.Parallel()
	mine, yours := []string{"X-API-Key", "key-one"}, []string{"Authorization", "Bearer key-two"}
	s := serveJobs(t, setup{options: func(o *api.Options) { o.Keys = []string{"key-one", "key-two"} }}, 1, nil)
	s.submit(t, `{"code":"x"}`).wantProblem(t, 401, "unauthorized")
	path := s.submitted(t, `{"code":"x"}`, mine...)
	if a := s.get(t, path+"?wait=20", mine...); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		s.do(t, method, path, nil, yours...).wantProblem(t, 404, "not_found")
		s.do(t, method, path, nil).wantProblem(t, 401, "unauthorized")
	}
	for key, want := range map[*[]string]int{&mine: 1, &yours: 0} {
		got := s.get(t, jobsPath, *key...).object(t)
		if n := len(got["jobs"].([]any)); n != want || got["counts"].(map[string]any)["success"] != float64(want) {
			t.Errorf("%v lists %v", *key, got)
		}
	}
	if s.log.has("key-one") || s.log.has("key-two") {
		t.Error("a key is in the log")
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{}, 0, nil)
	const body = `{"code":"x","env":{"A":"1","B":"2"},"timeout":2.0}`
	first := s.submitted(t, body, "Idempotency-Key", "k")
	for _, same := range []string{body, `{ "timeout": 2, "code":"\u0078", "version":null, "env":{"B":"2","A":"1"}, "args":[], "limits":{} }`,
		`{"code":"x","env":{"A":"1","B":"2"},"timeout":2.0,"language":"py","retries":0,"delay":0,"stdin":""}`} {
		if again := s.submitted(t, same, "Idempotency-Key", "k"); again != first {
			t.Errorf("%s: another job", same)
		}
	}
	for _, other := range []string{`{"code":"x"}`, `{"code":"x","env":{"A":"1","B":"2"},"timeout":2.0,"retries":1}`, `{"code":"x ","env":{"A":"1","B":"2"},"timeout":2.0}`} {
		s.submit(t, other, "Idempotency-Key", "k").wantProblem(t, 409, "idempotency_key_reused")
	}
	if again := s.submitted(t, body, "Idempotency-Key", `"k"`); again != first {
		t.Error("a key in quotation marks has another job")
	}
	if another := s.submitted(t, body, "Idempotency-Key", "l"); another == first {
		t.Error("another key has the same job")
	}
	for _, key := range []string{strings.Repeat("k", 129), "with blank", "é"} {
		if p := s.submit(t, body, "Idempotency-Key", key).wantProblem(t, 400, "invalid_request"); !strings.Contains(p["detail"].(string), "Idempotency-Key") {
			t.Error(p["detail"])
		}
	}
}

func TestJobLimits(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{}, 0, func(o *jobs.Options) { o.MaxQueued = 1 })
	s.submitted(t, `{"code":"x"}`)
	if a := s.submit(t, `{"code":"x"}`); a.header.Get("Retry-After") == "" {
		t.Errorf("%d %v", a.status, a.header)
	} else {
		a.wantProblem(t, 429, "too_many_jobs")
	}
	s.Drain()
	s.submit(t, `{"code":"x"}`).wantProblem(t, 503, "draining")
}

func TestJobExpires(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{}, 1, func(o *jobs.Options) { o.ResultTTL = time.Millisecond })
	path := s.submitted(t, `{"code":"x"}`)
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		a := s.get(t, path)
		if a.status == http.StatusGone {
			a.wantProblem(t, 410, "job_expired")
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
}

func TestJobsUnavailable(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{}, 1, func(o *jobs.Options) { o.Database = "postgres://nobody:secret@127.0.0.1:1/none?sslmode=disable" })
	for _, a := range []answer{s.submit(t, `{"code":"x"}`), s.get(t, jobPath+"/x?wait=20"), s.do(t, http.MethodDelete, jobPath+"/x", nil), s.get(t, jobsPath)} {
		if a.wantProblem(t, 503, "jobs_unavailable"); a.header.Get("Retry-After") == "" {
			t.Errorf("%v", a.header)
		}
	}
	s.execute(t, `{"code":"x"}`).wantSuccess(t) // which does not notice
	if got := s.get(t, "/health").object(t); got["jobs"] != "unavailable" || got["status"] != "healthy" {
		t.Errorf("%v", got)
	}
	if s.log.has("secret") {
		t.Error("the database's password is in the log")
	}
}

// River's page is for people, who show a key as browsers do, and can look and nothing
// else.
func TestJobsPage(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{options: func(o *api.Options) { o.Keys = []string{"key-one"} }}, 1, nil)
	raw := func(method, path string, auth bool) (*http.Response, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if auth {
			req.SetBasicAuth("anybody", "key-one")
		}
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		a, err := read(resp)
		if err != nil {
			t.Fatal(err)
		}
		return resp, a.body
	}
	if resp, body := raw("GET", "/jobs/", false); resp.StatusCode != 401 || !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("without a key: %d %v %s", resp.StatusCode, resp.Header, body)
	}
	s.submitted(t, `{"code":"x"}`, "X-API-Key", "key-one")
	if resp, body := raw("GET", "/jobs", true); resp.StatusCode != 200 || !strings.Contains(body, "<title>River</title>") {
		t.Errorf("the page: %d %.300s", resp.StatusCode, body)
	}
	resp, body := raw("GET", "/jobs/api/jobs?limit=5&state=completed&state=available&state=running", true)
	var list struct{ Data []struct{ Kind string } }
	if err := json.Unmarshal([]byte(body), &list); err != nil || resp.StatusCode != 200 || resp.Header.Get("Content-Type") == "text/html" {
		t.Errorf("its list: %d %.300s %v", resp.StatusCode, body, err)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for _, path := range []string{"/jobs/api/jobs/cancel", "/jobs/api/jobs/delete", "/jobs/api/queues/default/pause"} {
			if resp, body := raw(method, path, true); resp.StatusCode != 405 {
				t.Errorf("%s %s: %d %.300s", method, path, resp.StatusCode, body)
			}
		}
	}
	for _, path := range []string{"/jobs/api/queues/%00", "/jobs/api/autocomplete?facet=job_kind&match=%00"} {
		if resp, body := raw("GET", path, true); resp.StatusCode != 404 {
			t.Errorf("%s: %d %.300s", path, resp.StatusCode, body)
		}
	}
	// A password that a browser shows by itself opens nothing else.
	for _, path := range []string{jobsPath, "/runtimes", "/jobsx"} {
		if resp, _ := raw("GET", path, true); resp.StatusCode != 401 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// What a worker cannot run is said in the job's result.
func TestJobsThatCannotBeRun(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{run: func(context.Context, sandbox.Job) (sandbox.Result, error) {
		return sandbox.Result{}, fmt.Errorf("secret reason")
	}}, 1, nil)
	a := s.get(t, s.submitted(t, `{"code":"x"}`)+"?wait=20")
	reason, _ := a.object(t)["error"].(map[string]any)
	if a.status != 200 || a.field(t, "job_status") != "failure" || reason["code"] != "sandbox_error" || a.object(t)["attempt"] != 3.0 || a.object(t)["status"] != nil || strings.Contains(a.body, "secret") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if !s.log.has("secret reason") {
		t.Error("the log does not say why")
	}
	run := api.RunJob(nil, "", zerolog.Nop())
	if o := run(t.Context(), jobs.Claimed{Request: []byte(`{"cod":1}`)}); o.Reason == nil || o.Reason.Code != string(executor.InvalidRequest) {
		t.Errorf("a request that is none of ours any more: %+v", o)
	}
}

// The log has a line for each run of a job, and nothing of its program.
func TestJobsLog(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, setup{}, 1, nil)
	path := s.submitted(t, `{"code":"secret-code","stdin":"secret-input"}`)
	s.get(t, path+"?wait=20")
	id := strings.TrimPrefix(path, jobPath+"/")
	if !s.log.has(`"job_id":"`+id+`","execution_id":`) || s.log.has("secret-") {
		t.Error(s.log.String())
	}
	if got := slices.Sorted(maps.Keys(s.get(t, path).object(t))); len(got) < 25 {
		t.Errorf("%v", got)
	}
}
