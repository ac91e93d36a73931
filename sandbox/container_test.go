//go:build container

package sandbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aca-executor/internal/container"
)

// The attacks of the tables against the image: each is sent as a request to the
// service in its container, and finds there what it finds in the sandbox of the other
// tests.

// remote is a service in a container.
type remote struct {
	c         *container.Container
	isolation Layers
	readOnly  bool // its root file system
	victims   *int // so far
}

// secretInContainer is a file that everybody in the container may read.
const secretInContainer = "/opt/executor-secret"

func newRemote(t *testing.T) remote {
	t.Helper()
	secretFile := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secretFile, []byte(secret), 0o644); err != nil {
		t.Fatal(err)
	}
	r := remote{victims: new(int), c: container.Start(t, []string{"-v", secretFile + ":" + secretInContainer + ":ro"},
		"EXECUTOR_LANGUAGES=python,javascript,bash", "EXECUTOR_MAX_CONCURRENCY=2")}
	r.readOnly = r.c.Inspect("{{.HostConfig.ReadonlyRootfs}}") == "true"
	a := r.post(context.Background(), t, map[string]any{"code": "print(1)"})
	for _, name := range a.Isolation {
		var l Layers
		if err := l.UnmarshalText([]byte(name)); err != nil {
			t.Fatal(err)
		}
		r.isolation |= l
	}
	r.c.Await("a warm interpreter", time.Minute, func() bool {
		resp, err := http.Get(r.c.URL + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		var a struct{ Warm map[string]string }
		return json.NewDecoder(resp.Body).Decode(&a) == nil && a.Warm["python"] == "ready"
	})
	listener := r.c.Command("python3", "-c", "import socket, sys\ns = socket.socket(socket.AF_UNIX); s.bind('\\0attack'); s.listen(); print(flush=True); sys.stdin.read()")
	in, err := listener.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := listener.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); listener.Wait() })
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal("no listener in the container: ", err)
	}
	return r
}

// remoteAnswer is what attacks need of an answer.
type remoteAnswer struct {
	Status, Stdout, Stderr, Signal, Detail string
	LimitHit                               string   `json:"limit_hit"`
	ReturnCode                             *int     `json:"return_code"`
	MemoryKiB                              int64    `json:"memory_kib"`
	ExecutionTime                          float64  `json:"execution_time"`
	Isolation                              []string `json:"isolation"`
}

func (r remote) post(ctx context.Context, t *testing.T, body map[string]any) (a remoteAnswer) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.c.URL+"/execute", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if ctx.Err() == nil {
			t.Error(err)
		}
		return a
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	json.Unmarshal(answer, &a)
	if resp.StatusCode != http.StatusOK || err != nil {
		t.Errorf("%s %v: %s", resp.Status, err, answer)
	}
	return a
}

// outcomes are what limits are called in answers.
var outcomes = map[string]Outcome{"wall_time": WallTime, "cpu_time": CPUTime, "memory": Memory, "disk": Disk, "output": OutputLimit}

// result is what the sandbox said of the run, as far as the answer tells.
func (a remoteAnswer) result() Result {
	r := Result{
		Outcome: Exited, ExitCode: -1, Signal: a.Signal, Stdout: Output{Bytes: []byte(a.Stdout)}, Stderr: Output{Bytes: []byte(a.Stderr)},
		Memory: a.MemoryKiB << 10, Wall: time.Duration(a.ExecutionTime * float64(time.Second)),
	}
	if a.ReturnCode != nil {
		r.ExitCode = *a.ReturnCode
	}
	if a.Signal != "" {
		r.Outcome = Signaled
	}
	if o, ended := outcomes[a.LimitHit]; ended && r.ExitCode < 0 {
		r.Outcome = o
	}
	return r
}

// request is a job as a client sends it. In binaries' place is the name of their
// language.
func request(j Job, language string, env []string) map[string]any {
	var files []map[string]string
	for _, f := range j.Files {
		files = append(files, map[string]string{"path": f.Path, "content": base64.StdEncoding.EncodeToString([]byte(f.Content)), "encoding": "base64"})
	}
	vars := map[string]string{}
	for _, v := range append(slices.Clone(j.Steps[0].Env), env...) {
		name, value, _ := strings.Cut(v, "=")
		vars[name] = value
	}
	l := j.Steps[0].Limits
	return map[string]any{
		"language": language, "files": files, "entrypoint": j.Files[0].Path, "env": vars, "timeout": l.Wall.Seconds(),
		"limits": map[string]any{
			"cpu_seconds": l.CPU.Seconds(), "memory_mib": min(l.Memory>>20, 1024), "file_mib": l.File >> 20, "disk_mib": l.Disk >> 20,
			// Where pids.max is small, fewer can be had than the tests otherwise have.
			"output_kib": l.Output >> 10, "processes": min(l.Processes, 40),
		},
	}
}

// remoteWay is how an attack is sent.
type remoteWay struct {
	name, language string
	own            int64
	env            []string
	job            func(a attack, l Limits) Job
}

// try sends an attack.
func (r remote) try(t *testing.T, a attack, w remoteWay) verdict {
	t.Helper()
	l := testLimits()
	if a.limit != nil {
		a.limit(&l)
	}
	l.Memory += w.own
	j := w.job(a, l)
	j.Files = append(j.Files, File{"secret-port", "8000"}, File{"secret-path", secretInContainer}, File{"secret-abstract", "attack"})
	j.Steps[0].Env = append(j.Steps[0].Env, "PATIENCE=60")
	if a.layer == UID {
		victim, end := r.neighbour(t)
		defer end()
		j.Files = append(j.Files, victim...)
	}
	got := r.post(context.Background(), t, request(j, w.language, w.env))
	clean := true
	if a.left != nil { // what is swept is swept after the answer
		clean = waitFor(t, "the sweep", func() bool {
			return r.c.Exec("find", "/dev/shm", "/tmp", "/var/tmp", "-name", "attack-left*") == ""
		})
	}
	return a.judge(got.result(), clean)
}

// findVictim says where the victim is that has this secret.
const findVictim = `
import glob, os, sys
for p in glob.glob("/proc/[0-9]*"):
    try:
        if b"SECRET=" + sys.argv[1].encode() in open(p + "/environ", "rb").read().split(b"\0") and os.stat(p).st_uid and os.path.exists(p + "/cwd/ready"):
            print(p[6:], os.stat(p).st_uid, os.readlink(p + "/cwd"))
    except OSError: pass
`

// neighbour is that of rig, in the container.
func (r remote) neighbour(t *testing.T) (files []File, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	*r.victims++ // the one before may be about to end
	secret := fmt.Sprint("victim ", *r.victims)
	go func() {
		defer close(done)
		r.post(ctx, t, map[string]any{"code": victimCode, "timeout": 20, "env": map[string]string{"SECRET": secret, "LC_COLD": "1"}})
	}()
	end = func() { cancel(); <-done }
	var pid, uid, dir string
	if !waitFor(t, "the victim", func() bool {
		n, _ := fmt.Sscan(r.c.Exec("python3", "-c", findVictim, secret), &pid, &uid, &dir)
		return n == 3
	}) {
		end()
		t.FailNow()
	}
	return []File{{"victim-dir", dir}, {"victim-pid", pid}, {"victim-uid", uid}}, end
}

// inImage says whether a row can be tried against an image, and why not.
func (r remote) inImage(a attack) string {
	switch {
	case !r.isolation.Has(a.layer):
		return "layer " + a.layer.String() + " is not in force in this mode"
	case a.left != nil && a.alone:
		return "the image has no such directory that programs may write to"
	case r.readOnly && strings.Contains(a.code, "/tmp"):
		return "the root file system is read-only, which holds it as well"
	case a.alone && r.isolation.Has(a.also):
		return a.also.String() + " holds it in another way"
	}
	return ""
}

// test tries all rows that can be tried, and says how many these were.
func (r remote) test(t *testing.T, attacks []attack, ways ...remoteWay) (tried int) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			if why := r.inImage(a); why != "" {
				t.Skip(why)
			}
			tried++
			for _, w := range ways {
				if v := r.try(t, a, w); !v.held {
					t.Errorf("not held, %s: %s", w.name, v.why)
				}
			}
		})
	}
	t.Logf("%d of %d rows tried, in %d ways", tried, len(attacks), len(ways))
	waitFor(t, "the end of all programs", func() bool { return len(r.c.Guests()) == 0 })
	return tried
}

func TestContainerAttacks(t *testing.T) {
	r := newRemote(t)
	python := func(name string, env ...string) remoteWay {
		return remoteWay{name: name, language: "python", env: env, job: func(a attack, l Limits) Job { return job(python, attackTools+a.code, l) }}
	}
	t.Run("Python", func(t *testing.T) {
		tried := r.test(t, attacks, python("forked"), python("started", "LC_COLD=1"))
		if n := strings.Count(r.c.Logs(), `"warm":true`); n < tried {
			t.Errorf("%d runs were forked; want %d, one for each row", n, tried)
		}
	})

	t.Run("C", func(t *testing.T) {
		rows := rows(inC, onlyInC)
		binary := static(t, rows)
		r.test(t, rows, remoteWay{name: "by a program", language: "bash", job: func(a attack, l Limits) Job {
			// As the process of the run, and with nothing of the interpreter left.
			j := job(bash, "chmod +x attack; exec ./attack", l)
			j.Files = append(j.Files, File{"attack", binary})
			j.Steps[0].Env = []string{numberOf(rows, a)}
			return j
		}})
	})

	t.Run("JavaScript", func(t *testing.T) {
		tools := tools(t, "tools.js")
		r.test(t, rows(inJavaScript, onlyInJavaScript), remoteWay{name: "by a script", language: "javascript", own: nodeMemory,
			job: func(a attack, l Limits) Job { return job(node, tools+a.code, l) }})
	})
}

// static is the program of all attacks, which runs in any image.
func static(t *testing.T, attacks []attack) string {
	t.Helper()
	dir := t.TempDir()
	source := source(tools(t, "tools.h"), attacks)
	if err := os.WriteFile(filepath.Join(dir, "attack.c"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(gcc, "-O1", "-static", "-s", "-o", "attack", "attack.c")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	binary, err := os.ReadFile(filepath.Join(dir, "attack"))
	if err != nil {
		t.Fatal(err)
	}
	return string(binary)
}
