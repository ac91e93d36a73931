package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aca-executor/internal/pgtest"
)

// jobAnswer is what a route of jobs answers, decoded as far as tests look.
type jobAnswer struct {
	http   int
	header http.Header
	body   string

	JobID     string `json:"job_id"`
	JobStatus string `json:"job_status"`
	Status    string
	Stdout    string
	Message   string
	Position  int
	Attempt   int
	Replica   string
	Code      string
	Error     *struct{ Code, Detail string }

	ExecutionID string  `json:"execution_id"`
	QueueTime   float64 `json:"queue_time"`
	Counts      map[string]int
	Limits      struct{ Timeout float64 }
}

func (a jobAnswer) String() string { return fmt.Sprint(a.http, " ", a.body) }

// jobRoute calls one.
func (s *service) jobRoute(ctx context.Context, method, path string, body any, header ...string) (a jobAnswer, err error) {
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return a, err
		}
		text = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, text)
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := jobClient.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return a, err
	}
	a = jobAnswer{http: resp.StatusCode, header: resp.Header, body: string(b)}
	path, _, _ = strings.Cut(path, "?")
	if _, measured := s.t.(*testing.B); !measured {
		if why := description().Answer(method, path, resp.StatusCode, resp.Header.Get("Content-Type"), a.body); why != nil {
			s.t.Errorf("the answer is not what openapi.yaml says: %v", why)
		}
	}
	if resp.StatusCode >= http.StatusBadRequest { // whose status is a number
		var p struct{ Code string }
		err := json.Unmarshal(b, &p)
		a.Code = p.Code
		return a, err
	}
	return a, json.Unmarshal(b, &a)
}

var jobClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func (s *service) mustJobRoute(method, path string, body any, header ...string) jobAnswer {
	s.t.Helper()
	a, err := s.jobRoute(context.Background(), method, path, body, header...)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// submit submits a job and returns where it is.
func (s *service) submit(body program) (path string) {
	s.t.Helper()
	a := s.mustJobRoute("POST", "/api/v1/execute", body)
	if a.http != http.StatusAccepted {
		s.t.Fatal(a)
	}
	return a.header.Get("Location")
}

// offers says whether there is a language.
func (s *service) offers(language string) bool {
	resp, err := http.Get(s.url + "/runtimes")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []struct{ Name string }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		s.t.Fatal(err)
	}
	return slices.ContainsFunc(list, func(l struct{ Name string }) bool { return l.Name == language })
}

// ended waits for a job's end.
func (s *service) ended(path string) jobAnswer {
	s.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		if a := s.mustJobRoute("GET", path+"?wait=20", nil); a.http != http.StatusAccepted || time.Now().After(deadline) {
			return a
		}
	}
}

// started waits until a job runs.
func (s *service) started(path string) {
	s.t.Helper()
	waitFor(s.t, "the job's start", func() bool {
		a := s.mustJobRoute("GET", path, nil)
		return a.http == http.StatusAccepted && a.Status == "started"
	})
}

// eachDatabase runs a test with a database of each kind.
func eachDatabase(t *testing.T, test func(t *testing.T, jobs string)) {
	needRoot(t)
	t.Run("sqlite", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "jobs.db")
		if elsewhere != nil {
			file = "jobs/jobs.db" // which is not shared by several
		}
		test(t, "EXECUTOR_JOBS=sqlite:"+file)
	})
	t.Run("postgres", func(t *testing.T) {
		if elsewhere != nil {
			t.Skip("a Postgres is not beside the container")
		}
		test(t, "EXECUTOR_JOBS="+pgtest.Start(t).Database(t))
	})
}

func TestJobs(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		s := start(t, db, "EXECUTOR_LANGUAGES=python,bash,c", "EXECUTOR_MAX_TIMEOUT=5s", "EXECUTOR_TESTS_TIMEOUT=5s")
		for name, row := range map[string]struct {
			body program
			want func(jobAnswer) bool
		}{
			"a program": {program{"code": "print(2**100)"}, func(a jobAnswer) bool {
				return a.JobStatus == "success" && a.Stdout == "1267650600228229401496703205376\n"
			}},
			"one that fails":        {program{"code": "1/0"}, func(a jobAnswer) bool { return a.JobStatus == "failure" && a.Status == "failed" }},
			"one that is compiled":  {program{"language": "c", "code": "#include <stdio.h>\nint main() { puts(\"hi\"); }"}, func(a jobAnswer) bool { return a.JobStatus == "success" && a.Stdout == "hi\n" }},
			"one that does not":     {program{"language": "c", "code": "int main() {"}, func(a jobAnswer) bool { return a.JobStatus == "failure" && a.Status == "compile_error" }},
			"longer than a request": {program{"code": "import time; time.sleep(6); print('done')", "timeout": 60}, func(a jobAnswer) bool { return a.Status == "success" && a.Stdout == "done\n" && a.Limits.Timeout == 60 }},
			"one that is too long":  {program{"language": "bash", "code": "sleep 60", "timeout": 0.2, "retries": 1}, func(a jobAnswer) bool { return a.Status == "timeout" && a.Attempt == 2 && a.JobStatus == "failure" }},
			"with a delay":          {program{"code": "", "delay": 0.5}, func(a jobAnswer) bool { return a.Status == "success" }},
		} {
			t.Run(name, func(t *testing.T) {
				if row.body["language"] == "c" && !s.offers("c") {
					t.Skip("the language is not installed")
				}
				if a := s.ended(s.submit(row.body)); a.http != http.StatusOK || !row.want(a) || a.JobID == "" {
					t.Error(a)
				}
			})
		}
	})
}

// The file with everybody's programs is below the work directory, and none of theirs:
// whoever owns the files above it, and also where there is no Landlock.
func TestJobsAreNotForPrograms(t *testing.T) {
	needRoot(t)
	for name, layers := range map[string]string{"with all layers": "none", "without Landlock": "landlock"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, "EXECUTOR_JOBS=sqlite:jobs/jobs.db", "EXECUTOR_DISABLE_LAYERS="+layers)
			a := s.ended(s.submit(python(`
import os
up = os.path.dirname(os.path.dirname(os.getcwd()))
for path in ("jobs", "jobs/jobs.db", "jobs/jobs.db-wal", "jobs/jobs.db-shm", "jobs/jobs.db-lock"):
    for mode in (os.O_RDONLY, os.O_RDWR):
        try:
            os.open(os.path.join(up, path), mode)
            print("broken:", path)
        except PermissionError:
            print("held")
        except IsADirectoryError:
            print("held")
        except FileNotFoundError:
            print("is it not there?", os.path.join(up, path))
`)))
			if a.JobStatus != "success" || strings.Count(a.Stdout, "held\n") != 10 || len(a.Stdout) != 50 {
				t.Error(a)
			}
		})
	}
}

// A job is run by whoever works, and ended wherever it runs.
func TestJobsAcrossProcesses(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		api := startProcess(t, db, "EXECUTOR_ROLE=api", "CONTAINER_APP_REPLICA_NAME=api")
		worker := startProcess(t, db, "EXECUTOR_ROLE=worker", "CONTAINER_APP_REPLICA_NAME=worker-1", "EXECUTOR_DRAIN_TIMEOUT=200ms")
		if a := api.ended(api.submit(python("print('hi')"))); a.Replica != "worker-1" || a.Stdout != "hi\n" {
			t.Error(a)
		}
		path := api.submit(python("import time; time.sleep(600)"))
		api.started(path)
		waitFor(t, "the program's start", func() bool { return len(worker.guests()) > 0 })
		begin := time.Now()
		if a := api.mustJobRoute("DELETE", path, nil); a.http != http.StatusAccepted || a.Status != "started" {
			t.Error(a)
		}
		waitFor(t, "the program's end", func() bool { return len(worker.guests()) == 0 })
		t.Logf("the program ended %v after it was revoked elsewhere", time.Since(begin))
		if a := api.ended(path); a.JobStatus != "revoked" || a.Status != "" {
			t.Error(a)
		}
		// A worker that stops gives back what it cannot finish, and the next one starts that at once.
		path = api.submit(python("import time; time.sleep(5); print('done')"))
		api.started(path)
		startProcess(t, db, "EXECUTOR_ROLE=worker", "CONTAINER_APP_REPLICA_NAME=worker-2")
		worker.signal(syscall.SIGTERM)
		if a := api.ended(path); a.JobStatus != "success" || a.Stdout != "done\n" || a.Replica != "worker-2" || a.Attempt != 2 {
			t.Error(a)
		}
		if err := worker.exited(); err != nil {
			t.Errorf("%v\n%s", err, worker.log)
		}
	})
}

// A replica that has no time left gives back what runs; that is no lost worker, for
// which the lease would have to run out.
func TestJobsGoBackWhenAReplicaStops(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		hasty := startProcess(t, db, "EXECUTOR_DRAIN_TIMEOUT=200ms", "EXECUTOR_JOB_LEASE=1h")
		path := hasty.submit(python("import time; time.sleep(5); print('done')"))
		hasty.started(path)
		other := startProcess(t, db, "EXECUTOR_JOB_LEASE=1h", "CONTAINER_APP_REPLICA_NAME=other")
		if err := hasty.stop(); err != nil {
			t.Errorf("%v\n%s", err, hasty.log)
		}
		if a := other.ended(path); a.JobStatus != "success" || a.Attempt != 2 || a.Replica != "other" {
			t.Errorf("%s\n%s", a, hasty.log)
		}
	})
}

// Jobs leave room for requests: 100 jobs of a second, and requests all the time.
func TestJobsAndRequests(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		s := startProcess(t, db)
		begin := time.Now()
		var paths []string
		for range 100 {
			paths = append(paths, s.submit(python("import time; time.sleep(1)")))
		}
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		var waits []float64
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 4 {
			wg.Go(func() {
				for ctx.Err() == nil {
					a := s.post(context.Background(), python("print('hi')"))
					if a.http != http.StatusOK || a.Status != "success" {
						t.Errorf("a request: %v", a)
						return
					}
					mu.Lock()
					waits = append(waits, a.QueueTime)
					mu.Unlock()
				}
			})
		}
		for _, path := range paths {
			if a := s.ended(path); a.JobStatus != "success" {
				t.Error(a)
			}
		}
		stop()
		wg.Wait()
		// There are some fifteen jobs one after the other in each unit: who waits for one
		// job's end waits for a fifteenth of the time, on however busy a machine.
		if all, worst := time.Since(begin).Seconds(), slices.Max(waits); worst > all/6 {
			t.Errorf("a request waited for %v of %v s", worst, all)
		}
		slices.Sort(waits)
		t.Logf("%d requests waited for %.3f s in the median, %.3f s at most", len(waits), waits[len(waits)/2], waits[len(waits)-1])
	})
}

var chaosSubmissions = 1500

// Three processes, 1500 jobs, and every second one of the three is killed or asked to
// stop: every job ends, with one result.
func TestJobsChaos(t *testing.T) {
	const processes = 3
	submissions := chaosSubmissions
	if elsewhere != nil {
		t.Skip("these are processes of this machine")
	}
	eachDatabase(t, func(t *testing.T, db string) {
		if testing.Short() {
			t.Skip("it takes half a minute")
		}
		vars := []string{db, "EXECUTOR_JOB_LEASE=2s", "EXECUTOR_DRAIN_TIMEOUT=300ms", "EXECUTOR_MAX_CONCURRENCY=4", "EXECUTOR_LANGUAGES=python"}
		c := &chaos{t: t, kills: map[string]int{}}
		for i := range processes {
			c.replicas = append(c.replicas, startProcess(t, append(vars, fmt.Sprintf("CONTAINER_APP_REPLICA_NAME=replica-%d", i))...))
		}
		ctx, stop := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { c.kill(ctx, vars) })

		paths := make(chan string, submissions)
		numbers := make(chan int, submissions)
		for n := range submissions {
			numbers <- n
		}
		close(numbers)
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				for n := range numbers {
					paths <- c.submit(n)
				}
			})
		}
		go func() { clients.Wait(); close(paths) }()

		attempts, first := map[int]int{}, map[string]string{}
		for path := range paths {
			a := c.ended(path)
			first[path] = a.ExecutionID
			attempts[a.Attempt]++
			if a.JobStatus != "success" || a.ExecutionID == "" {
				t.Errorf("%s ended with %s", path, a)
			}
		}
		stop()
		wg.Wait()
		if len(first) != submissions {
			t.Errorf("%d jobs for %d submissions", len(first), submissions)
		}
		for path, id := range first {
			if a := c.ended(path); a.ExecutionID != id {
				t.Errorf("%s has another result than before: %s", path, a)
			}
		}
		a := c.any().mustJobRoute("GET", "/api/v1/jobs", nil)
		if a.Counts["success"] != submissions {
			t.Errorf("in the end there are %v", a.Counts)
		}
		again := submissions - attempts[1]
		t.Logf("%v; %d of %d programs were started more than once; attempts: %v", c.kills, again, submissions, attempts)
		for _, s := range c.replicas {
			if err := s.stop(); err != nil {
				t.Errorf("%v\n%s", err, s.log)
			}
		}
	})
}

type chaos struct {
	t        *testing.T
	mu       sync.Mutex
	replicas []*service
	kills    map[string]int
}

func (c *chaos) any() *service {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.replicas[rand.IntN(len(c.replicas))]
}

// kill ends one of them every second, in one way or the other, and starts another.
func (c *chaos) kill(ctx context.Context, vars []string) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		i := rand.IntN(len(c.replicas))
		s := c.replicas[i]
		if rand.IntN(3) == 0 {
			c.kills["SIGTERM"]++
			if err := s.stop(); err != nil {
				c.t.Errorf("a stop: %v\n%s", err, s.log)
			}
		} else {
			c.kills["SIGKILL"]++
			s.signal(syscall.SIGKILL)
			s.exited()
		}
		next := startProcess(c.t, append(vars, fmt.Sprintf("CONTAINER_APP_REPLICA_NAME=replica-%d", i))...)
		c.mu.Lock()
		c.replicas[i] = next
		c.mu.Unlock()
	}
}

// submit submits a job to whoever takes it: somebody who does not answer may have kept
// it, which the key is for.
func (c *chaos) submit(n int) (path string) {
	body := program{"code": fmt.Sprintf("import time; time.sleep(%v); print(%d)", 0.05*rand.Float64(), n), "timeout": 60}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		a, err := c.any().jobRoute(context.Background(), "POST", "/api/v1/execute", body, "Idempotency-Key", fmt.Sprint("chaos-", n))
		if err == nil && a.http == http.StatusAccepted {
			return a.header.Get("Location")
		}
		if err == nil && a.http != http.StatusServiceUnavailable {
			c.t.Errorf("a submission: %s", a)
			return ""
		}
	}
	c.t.Error("nobody takes a submission")
	return ""
}

func (c *chaos) ended(path string) jobAnswer {
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		a, err := c.any().jobRoute(context.Background(), "GET", path+"?wait=5", nil)
		if err == nil && a.http == http.StatusOK {
			return a
		}
		if time.Now().After(deadline) {
			c.t.Errorf("%s does not end: %s %v", path, a, err)
			return a
		}
	}
}

func TestJobsCommand(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		s := start(t, db)
		command := func(args ...string) (string, error) {
			var out bytes.Buffer
			err := run(context.Background(), append([]string{"jobs"}, args...), []string{db}, &out, nil)
			return out.String(), err
		}
		done := s.submit(python("print('from a job')"))
		s.ended(done)
		id := func(path string) string { return path[strings.LastIndex(path, "/")+1:] }
		delayed := s.submit(program{"code": "", "delay": 3600})
		for _, row := range []struct {
			args []string
			want []string
			err  string
		}{
			{[]string{"list"}, []string{id(done), "success", id(delayed), "pending 1", "python"}, ""},
			{[]string{"list", "-status", "pending"}, []string{id(delayed)}, ""},
			{[]string{"list", "-limit", "1"}, []string{"there are more: -after " + id(delayed)}, ""},
			{[]string{"list", "-limit", "1", "-after", id(delayed)}, []string{id(done)}, ""},
			{[]string{"show", id(done)}, []string{`"job_status": "success"`, `"stdout": "from a job\n"`}, ""},
			{[]string{"revoke", id(delayed)}, []string{"it was pending, and is revoked"}, ""},
			{[]string{"revoke", id(delayed)}, []string{"it was revoked, and is revoked"}, ""},
			{[]string{"-h"}, []string{"usage: executor jobs list"}, ""},
			{[]string{"show", "nope"}, nil, "there is no such job"},
			{[]string{"list", "-status", "done"}, nil, `"done" is none of pending queued`},
			{[]string{"list", "-after", "zzz"}, nil, `-after: "zzz" is not the id of a job`},
			{[]string{"list", "-limit", "0"}, nil, "-limit: 0 is not allowed"},
			{[]string{"list", "-x"}, nil, "executor jobs -h"},
			{[]string{"show"}, nil, "usage"},
			{[]string{"kill", "x"}, nil, "usage"},
			{nil, nil, "usage"},
		} {
			out, err := command(row.args...)
			switch {
			case row.err == "" && err != nil, row.err != "" && (err == nil || !strings.Contains(err.Error(), row.err)):
				t.Errorf("%v: %v", row.args, err)
			}
			for _, want := range row.want {
				if !strings.Contains(out, want) {
					t.Errorf("%v does not say %q:\n%s", row.args, want, out)
				}
			}
		}
	})
	for vars, want := range map[string]string{
		"":                              "EXECUTOR_JOBS is empty",
		"EXECUTOR_JOBS=mysql://u:pw@h/": "EXECUTOR_JOBS: it must be sqlite:PATH or postgres://user:password@host:port/name",
		"EXECUTOR_JOBS=sqlite:/nonexistent/jobs.db":        "EXECUTOR_JOBS: stat /nonexistent: no such file",
		"EXECUTOR_JOBS=postgres://h:1/d?connect_timeout=1": "reach the database of the jobs",
	} {
		err := run(context.Background(), []string{"jobs", "list"}, []string{vars}, io.Discard, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: %v", vars, err)
		}
	}
}

// A database that cannot be is found out at the start, one that is away is not needed
// for requests.
func TestJobsDatabase(t *testing.T) {
	needRoot(t)
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for vars, want := range map[string]string{
		"EXECUTOR_JOBS=jobs.db":           "EXECUTOR_JOBS: it must be sqlite:PATH or postgres://user:password@host:port/name",
		"EXECUTOR_JOBS=sqlite:/proc/x/db": "EXECUTOR_JOBS: ",
		"EXECUTOR_JOBS=sqlite:" + garbage: "EXECUTOR_JOBS: ",
	} {
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Minute, errors.New("it serves"))
		err := run(ctx, nil, []string{"PORT=0", "EXECUTOR_WORK_DIR=" + workDir(t), fewLanguages, atOnce, vars}, io.Discard, nil)
		cancel()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", vars, err)
		}
	}
	if elsewhere != nil {
		return
	}
	s := start(t, "EXECUTOR_JOBS=postgres://nobody:secret@127.0.0.1:1/none")
	if a := s.post(context.Background(), python("print('hi')")); a.Stdout != "hi\n" {
		t.Error(a)
	}
	if a := s.mustJobRoute("POST", "/api/v1/execute", python("")); a.http != http.StatusServiceUnavailable || a.Code != "jobs_unavailable" {
		t.Error(a)
	}
	if !strings.Contains(s.log.String(), "the database of the jobs") || strings.Contains(s.log.String(), "secret") {
		t.Error(s.log)
	}
}

// River's log is about River's numbers, and says the same once a minute.
func TestSeldom(t *testing.T) {
	var b bytes.Buffer
	h := newSeldom(slog.NewTextHandler(&b, nil))
	now := time.Now()
	for i, name := range []string{"a", "b", "a", "a"} {
		r := slog.NewRecord(now.Add(time.Duration(i)*25*time.Second), slog.LevelWarn, name, 0)
		r.AddAttrs(slog.Int("job_id", i))
		if err := h.WithAttrs([]slog.Attr{slog.Int("x", 1)}).Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(b.String(), "\n"); got != 3 || strings.Contains(b.String(), " job_id") || !strings.Contains(b.String(), "msg=a x=1 river_id=3") {
		t.Error(b.String())
	}
}
