package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
	"aca-executor/sandbox/internal/proc"
)

// The programs that tests run. What is not installed skips its rows.
const (
	python = "/usr/bin/python3"
	bash   = "/usr/bin/bash"
	node   = "/usr/bin/node"
)

var mainFile = map[string]string{python: "main.py", bash: "main.sh", node: "main.js"}

// testLimits leave room for what tests do, but no more.
func testLimits() Limits {
	return Limits{
		Wall: 20 * time.Second, CPU: 20 * time.Second, Memory: 192 << 20, Processes: 64,
		File: 16 << 20, Disk: 64 << 20, Output: 1 << 20,
	}
}

func needRoot(t testing.TB) {
	t.Helper()
	if f := probeUID(); !f.Available {
		t.Skip("the sandbox cannot be used here: " + f.Detail)
	}
}

func need(t testing.TB, binary string) {
	t.Helper()
	if _, err := os.Stat(binary); err != nil {
		t.Skip(err)
	}
}

// open makes a sandbox that is closed at the end of the test, when it must
// have come back to nothing.
func open(t testing.TB, o Options) *Sandbox {
	t.Helper()
	needRoot(t)
	if o.Dir == "" {
		o.Dir = traversable(t)
	}
	if o.OnError == nil {
		o.OnError = func(err error) { t.Errorf("after a run: %v", err) }
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		for _, p := range proc.List() {
			if s.uids.has(p.UID) {
				t.Errorf("process %d of uid %d is left", p.PID, p.UID)
			}
		}
		for uid := range owners(writableDirs(), s.uids) {
			if sweep(writableDirs(), uid); s.layers.Has(Sweep) {
				t.Errorf("files of uid %d were left", uid)
			}
		}
	})
	return s
}

// traversable is a temporary directory that every uid may pass through.
func traversable(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Errorf("the sandbox left something: %v", err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// job is a program of one file.
func job(binary, code string, l Limits) Job {
	file := mainFile[binary]
	return Job{Files: []File{{file, code}}, Steps: []Step{{Args: []string{binary, file}, Limits: l}}}
}

func runOne(t testing.TB, s *Sandbox, j Job) Result {
	t.Helper()
	report, err := s.Run(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	return report.Last()
}

func describe(r Result) string {
	return fmt.Sprintf("%s code %d %s after %v, memory %d KiB, tasks at limit %v\nstdout %.600q\nstderr %.1500q",
		r.Outcome, r.ExitCode, r.Signal, r.Wall, r.Memory>>10, r.AtProcessLimit, r.Stdout.Bytes, r.Stderr.Bytes)
}

// What honest programs do must go on working.
func TestHonestPrograms(t *testing.T) {
	s := open(t, Options{})
	for _, row := range []struct {
		name, binary, code, stdin string
		args, env                 []string
		want                      string // all of stdout
	}{
		{name: "hello", binary: python, code: `print("hi")`, want: "hi\n"},
		{name: "empty program", binary: python, code: ``},
		{name: "stdin is given as it is, then ends", binary: python, code: "import sys\nprint(repr(sys.stdin.buffer.read()))", stdin: "a\x00\xff\r\n", want: "b'a\\x00\\xff\\r\\n'\n"},
		{name: "no stdin ends at once", binary: python, code: "import sys\nprint(repr(sys.stdin.read()))", want: "''\n"},
		{name: "arguments", binary: python, code: "import sys\nprint(sys.argv)", args: []string{"a b", "", "ü"}, want: "['main.py', 'a b', '', 'ü']\n"},
		{name: "environment over ours", binary: bash, code: `echo "$PATH $X"`, env: []string{"PATH=/bin", "X=1=2"}, want: "/bin 1=2\n"},
		{name: "home and temporary directory are the work directory", binary: bash, code: `[ "$HOME" = "$PWD" ] && [ "$TMPDIR" = "$PWD" ] && ls`, want: "main.sh\n"},
		{name: "threads", binary: python, code: "import threading\nl=[]\nts=[threading.Thread(target=l.append,args=(i,)) for i in range(20)]\n[t.start() for t in ts];[t.join() for t in ts]\nprint(sorted(l)==list(range(20)))", want: "True\n"},
		{name: "subprocess", binary: python, code: "import subprocess\nprint(subprocess.run('echo $((6*7)) | cat',shell=True,capture_output=True,text=True,stdin=subprocess.DEVNULL).stdout)", want: "42\n\n"},
		{name: "multiprocessing pool", binary: python, code: "import multiprocessing as m\ndef f(x): return x*x\nif __name__=='__main__':\n with m.Pool(4) as p: print(p.map(f,range(5)))", want: "[0, 1, 4, 9, 16]\n"},
		{name: "multiprocessing queue and lock", binary: python, code: "import multiprocessing as m\ndef f(q,l):\n with l: q.put(7)\nq=m.Queue();l=m.Lock();p=m.Process(target=f,args=(q,l));p.start();print(q.get());p.join();print(p.exitcode)", want: "7\n0\n"},
		{name: "multiprocessing shared memory", binary: python, code: "from multiprocessing import shared_memory as s\na=s.SharedMemory(create=True,size=4096);b=s.SharedMemory(a.name);a.buf[0]=9;print(b.buf[0]);b.close();a.close();a.unlink()", want: "9\n"},
		{name: "asyncio", binary: python, code: "import asyncio\nasync def f(i):\n await asyncio.sleep(0.01); return i\nasync def m(): print(await asyncio.gather(*map(f,range(5))))\nasyncio.run(m())", want: "[0, 1, 2, 3, 4]\n"},
		{name: "asyncio subprocess", binary: python, code: "import asyncio\nasync def m():\n p=await asyncio.create_subprocess_exec('echo','x',stdout=-1)\n print((await p.communicate())[0])\nasyncio.run(m())", want: "b'x\\n'\n"},
		{name: "tempfile", binary: python, code: "import tempfile,os\nwith tempfile.NamedTemporaryFile('w+') as f:\n f.write('x');f.flush();print(os.path.dirname(f.name)==os.getcwd())\nwith tempfile.TemporaryDirectory() as d: open(d+'/a','w').close();print('ok')", want: "True\nok\n"},
		{name: "sqlite3 in a file", binary: python, code: "import sqlite3\nc=sqlite3.connect('a.db');c.execute('pragma journal_mode=wal');c.execute('create table t(x)');c.execute('insert into t values(5)');c.commit();print(sqlite3.connect('a.db').execute('select x from t').fetchall())", want: "[(5,)]\n"},
		{name: "standard library", binary: python, code: "import json,decimal,unittest,ssl,zoneinfo,hashlib,ctypes,xml.etree,http.client,random\nprint(hashlib.sha256(b'').hexdigest()[:8])", want: "e3b0c442\n"},
		{name: "import from the own directory", binary: python, code: "open('m.py','w').write('x=3')\nimport m\nprint(m.x)", want: "3\n"},
		{name: "rename between own directories", binary: bash, code: "mkdir a b && echo 1 > a/x && mv a/x b/y && ln b/y z && cat z", want: "1\n"},
		{name: "a program that it wrote", binary: bash, code: "printf '#!/bin/sh\\necho own\\n' > x && chmod +x x && ./x", want: "own\n"},
		{name: "dev stdout and stdin by name", binary: bash, code: "cat /dev/stdin > /dev/stdout; echo e > /dev/stderr; cat <(echo sub)", stdin: "in\n", want: "in\nsub\n"},
		{name: "own proc entries", binary: python, code: "print(open('/proc/self/status').read().split()[1], len(open('/proc/self/maps').read())>100)", want: "python3 True\n"},
		{name: "signals", binary: python, code: "import signal,os\nsignal.signal(signal.SIGUSR1,lambda *a:print('got'))\nos.kill(os.getpid(),signal.SIGUSR1)\nsignal.alarm(1);signal.sigwait([signal.SIGALRM]) if signal.pthread_sigmask(signal.SIG_BLOCK,[signal.SIGALRM]) is not None else 0;print('done')", want: "got\ndone\n"},
		{name: "node", binary: node, code: "console.log([1,2,3].map(x=>x*2).join())", want: "2,4,6\n"},
		{name: "node child, worker and crypto", binary: node, code: "const{execSync}=require('child_process');const{Worker}=require('worker_threads');const c=require('crypto');console.log(execSync('echo hi').toString().trim(),c.createHash('md5').update('').digest('hex').slice(0,4));new Worker('require(\"worker_threads\").parentPort.postMessage(5)',{eval:true}).on('message',m=>console.log(m))", want: "hi d41d\n5\n"},
		{name: "much memory and many children", binary: python, code: "import subprocess\nx=bytearray(110<<20)\nfor i in range(60): subprocess.run(['true'])\nprint('lives')", want: "lives\n"},
		{name: "thousands of directories", binary: python, code: "import os\nfor i in range(3000): os.mkdir('d%d'%i)\nprint('fit')", want: "fit\n"},
		{name: "a very deep tree", binary: python, code: "import os\nfor i in range(3000):\n os.mkdir('d');os.chdir('d')\nprint('deep')", want: "deep\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			need(t, row.binary)
			j := job(row.binary, row.code, testLimits())
			j.Steps[0].Stdin, j.Steps[0].Env = row.stdin, row.env
			j.Steps[0].Args = append(j.Steps[0].Args, row.args...)
			r := runOne(t, s, j)
			if r.Outcome != Exited || r.ExitCode != 0 || string(r.Stdout.Bytes) != row.want {
				t.Errorf("want %q; %s", row.want, describe(r))
			}
		})
	}
}

// How programs end, and what is said of it.
func TestOutcomes(t *testing.T) {
	s := open(t, Options{})
	for _, row := range []struct {
		name, binary, code string
		limit              func(*Limits)
		outcome            Outcome
		code_              int
		signal             string
		check              func(Result) string
	}{
		{name: "exit code", binary: bash, code: "exit 7", outcome: Exited, code_: 7},
		{name: "signal", binary: bash, code: "kill -SEGV $$", outcome: Signaled, code_: -1, signal: "SIGSEGV"},
		{name: "endless loop", binary: bash, code: "while :; do :; done", limit: func(l *Limits) { l.Wall = 300 * time.Millisecond }, outcome: WallTime, code_: -1, signal: "SIGKILL"},
		{name: "sleeps too long", binary: bash, code: "echo before; sleep 60", limit: func(l *Limits) { l.Wall = 300 * time.Millisecond }, outcome: WallTime, code_: -1, signal: "SIGKILL",
			check: func(r Result) string {
				if string(r.Stdout.Bytes) != "before\n" {
					return "output before the end is lost"
				}
				return ""
			}},
		{name: "processor time", binary: bash, code: "while :; do :; done", limit: func(l *Limits) { l.CPU = 300 * time.Millisecond }, outcome: CPUTime, code_: -1, signal: "SIGKILL"},
		{name: "processor time of children", binary: python, code: "import os\nfor i in range(4):\n if os.fork()==0:\n  while 1: pass\nos.wait()", limit: func(l *Limits) { l.CPU = 500 * time.Millisecond }, outcome: CPUTime, code_: -1, signal: "SIGKILL"},
		{name: "endless output", binary: bash, code: "yes", outcome: OutputLimit, code_: -1, signal: "SIGKILL",
			check: func(r Result) string {
				if len(r.Stdout.Bytes) != 1<<20 || !r.Stdout.Truncated || r.Stderr.Truncated {
					return "not cut at the limit"
				}
				return ""
			}},
		{name: "endless output on both", binary: bash, code: "yes >&2 & yes", outcome: OutputLimit, code_: -1, signal: "SIGKILL"},
		{name: "a little too much output, ended by itself", binary: python, code: "import sys;sys.stdout.write('x'*1048577)", outcome: OutputLimit, code_: -1, signal: "SIGKILL"},
		{name: "exactly as much output as may be", binary: python, code: "import sys;sys.stdout.write('x'*1048576)", outcome: Exited},
		{name: "a background process does not hold the end up", binary: bash, code: "sleep 60 & echo done", outcome: Exited,
			check: func(r Result) string {
				if r.Wall > 10*time.Second || string(r.Stdout.Bytes) != "done\n" {
					return "it waited"
				}
				return ""
			}},
		{name: "file size", binary: bash, code: "head -c 20000000 /dev/zero > x; exit $?", outcome: Exited, code_: 153},
		{name: "memory", binary: python, code: "x=b'x'*(300<<20)\nprint(len(x))", outcome: Memory, code_: -1, signal: "SIGKILL"},
		{name: "disk", binary: python, code: "for i in range(4000): open(str(i),'wb').write(b'x'*(1<<20))", outcome: Disk, code_: -1, signal: "SIGKILL"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			need(t, row.binary)
			l := testLimits()
			if row.limit != nil {
				row.limit(&l)
			}
			r := runOne(t, s, job(row.binary, row.code, l))
			// Who went over a limit may have come to its end by itself before
			// it was killed, if rarely.
			byItself := row.signal == "SIGKILL" && r.Signal == ""
			if r.Outcome != row.outcome || !byItself && (r.ExitCode != row.code_ || r.Signal != row.signal) {
				t.Errorf("want %s code %d %s; %s", row.outcome, row.code_, row.signal, describe(r))
			}
			if row.check != nil {
				if why := row.check(r); why != "" {
					t.Errorf("%s; %s", why, describe(r))
				}
			}
		})
	}
}

// A run's figures are its own: not the server's, not the shim's.
func TestFigures(t *testing.T) {
	s := open(t, Options{})
	ballast := make([]byte, 100<<20) // the server is larger than the program
	for i := 0; i < len(ballast); i += os.Getpagesize() {
		ballast[i] = 1
	}
	l := testLimits()
	small := runOne(t, s, job(bash, "sleep 0.05", l))
	large := runOne(t, s, job(python, "x=bytearray(100<<20)\nimport time;time.sleep(0.1)", l))
	forks := runOne(t, s, job(python, "import os,time\nx=bytearray(40<<20)\nfor i in range(8):\n if os.fork()==0: time.sleep(0.3);os._exit(0)\ntime.sleep(0.3)", l))
	burns := runOne(t, s, job(python, "import time\nt=time.process_time()\nwhile time.process_time()<t+0.3: pass", l))
	if small.Memory < 500<<10 || small.Memory > 50<<20 {
		t.Errorf("a small program: %s", describe(small))
	}
	if large.Memory < 100<<20 || large.Memory > 130<<20 {
		t.Errorf("100 MiB: %s", describe(large))
	}
	if forks.Memory < 40<<20 || forks.Memory > 100<<20 {
		t.Errorf("40 MiB that nine processes share: %s", describe(forks))
	}
	if burns.CPU < 300*time.Millisecond || burns.CPU > burns.Wall*4 {
		t.Errorf("0.3 s of processor time: %v in %v", burns.CPU, burns.Wall)
	}
	runtime.KeepAlive(ballast)
}

func TestSteps(t *testing.T) {
	s := open(t, Options{})
	l := testLimits()
	step := func(code string) Step { return Step{Args: []string{bash, "-c", code}, Limits: l} }
	report, err := s.Run(context.Background(), Job{Steps: []Step{
		step("echo one > f; sleep 60 & "), step("cat f; exit 3"), step("echo never"),
	}})
	if err != nil || len(report.Steps) != 2 || string(report.Steps[1].Stdout.Bytes) != "one\n" || report.Steps[1].ExitCode != 3 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestRunRefuses(t *testing.T) {
	s := open(t, Options{})
	valid := job(bash, "", testLimits())
	for _, row := range []struct {
		name   string
		change func(*Job)
		want   string
	}{
		{"Judge0 1.13.0: a limit of 0", func(j *Job) { j.Steps[0].Limits.Memory = 0 }, "positive"},
		{"a negative limit", func(j *Job) { j.Steps[0].Limits.Processes = -1 }, "positive"},
		{"no program", func(j *Job) { j.Steps[0].Args = nil }, "without a program"},
		{"SandboxFusion: an absolute path", func(j *Job) { j.Files[0].Path = "/etc/x" }, "files"},
		{"a path that climbs out", func(j *Job) { j.Files[0].Path = "../x" }, "files"},
		{"a path that climbs out further down", func(j *Job) { j.Files[0].Path = "a/../../x" }, "files"},
		{"a program that is not there", func(j *Job) { j.Steps[0].Args[0] = "/nonexistent" }, "exec: no such file"},
	} {
		t.Run(row.name, func(t *testing.T) {
			j := Job{Files: append([]File{}, valid.Files...), Steps: append([]Step{}, valid.Steps...)}
			j.Steps[0].Args = append([]string{}, valid.Steps[0].Args...)
			row.change(&j)
			_, err := s.Run(context.Background(), j)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("want an error with %q, got %v", row.want, err)
			}
		})
	}
	if r := runOne(t, s, valid); r.Outcome != Exited || r.ExitCode != 0 {
		t.Error("the sandbox does not work any more: " + describe(r))
	}
}

// A process keeps the figure of the most memory that it ever had, and for a
// moment, between vfork and exec, it has all of the server's.
func TestServersMemoryIsNotThePrograms(t *testing.T) {
	need(t, bash)
	ballast := bytes.Repeat([]byte("x"), 200<<20)
	s := open(t, Options{})
	l := testLimits()
	l.Memory = 100 << 20
	for range 20 {
		if r := runOne(t, s, job(bash, "", l)); r.Outcome != Exited {
			t.Fatal(describe(r))
		}
	}
	runtime.KeepAlive(ballast)
}

// A failing layer is named, and is the sandbox's fault.
func TestSetupErrorNamesLayer(t *testing.T) {
	s := open(t, Options{})
	s.filter = []byte("no filter")
	_, err := s.Run(context.Background(), job(bash, "", testLimits()))
	var se *SetupError
	if !errors.As(err, &se) || se.Layer != "seccomp" {
		t.Errorf("got %v", err)
	}
}

func TestCancel(t *testing.T) {
	s := open(t, Options{})
	gone := errors.New("the client left")
	for _, row := range []struct {
		name  string
		cause error
	}{{"interrupted", ErrInterrupted}, {"nobody cares", gone}} {
		t.Run(row.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			name := "started-" + strings.ReplaceAll(row.name, " ", "-")
			go func() {
				waitFor(t, "the program's file", func() bool { return existsInRuns(s, name) })
				cancel(row.cause)
			}()
			report, err := s.Run(ctx, job(bash, "echo begun; : > "+name+"; sleep 60", testLimits()))
			if row.cause == gone {
				if !errors.Is(err, gone) {
					t.Errorf("want the cause, got %v", err)
				}
				return
			}
			if err != nil || report.Last().Outcome != Interrupted || string(report.Last().Stdout.Bytes) != "begun\n" {
				t.Errorf("%v, %v", report, err)
			}
		})
	}
}

// A run may be given up at any moment: also in the middle of becoming its uid's,
// when it is reached by neither who kills as that uid nor, in a container without
// CAP_KILL, by root.
func TestCancelAtAnyMoment(t *testing.T) {
	needRoot(t)
	need(t, python)
	need(t, setpriv)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(withoutKillVar) == "" {
		cmd := exec.Command(setpriv, "--bounding-set=-kill", exe, "-test.run=^TestCancelAtAnyMoment$", "-test.count=1", "-test.v")
		cmd.Env = append(os.Environ(), withoutKillVar+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS")) { // or it was skipped there
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	s := openWarm(t, Options{Slots: 16})
	cold := job(python, "import time; time.sleep(60)", testLimits())
	const clients, runs = 16, 60
	var wg sync.WaitGroup
	var begun, never atomic.Int64
	for i := range clients {
		j, most := cold, 30*time.Millisecond
		if i%2 == 0 {
			j, most = warmJob(cold.Files[0].Content), 5*time.Millisecond
		}
		wg.Go(func() {
			for range runs {
				ctx, cancel := context.WithTimeoutCause(context.Background(), rand.N(most), ErrInterrupted)
				begin := time.Now()
				switch _, err := s.Run(ctx, j); {
				case err == nil:
					begun.Add(1)
				case errors.Is(err, ErrInterrupted):
					never.Add(1)
				case errors.Is(err, ErrBusy): // too many are being cleaned up after
				default:
					t.Error(err)
				}
				cancel()
				if took := time.Since(begin); took > 30*time.Second {
					t.Errorf("it was not ended for %v", took)
				}
			}
		})
	}
	wg.Wait()
	if begun.Load() == 0 || never.Load() == 0 {
		t.Errorf("%d runs had begun and %d had not: the moment between was not met", begun.Load(), never.Load())
	}
}

const (
	withoutKillVar = "EXECUTOR_TEST_WITHOUT_CAP_KILL"
	setpriv        = "/usr/bin/setpriv"
)

func existsInRuns(s *Sandbox, name string) bool {
	dir, _ := findInRuns(s, name)
	return dir != ""
}

// findInRuns returns the directory and the uid of a run that has such a file.
func findInRuns(s *Sandbox, name string) (dir string, uid int) {
	entries, _ := os.ReadDir(s.base.path)
	for _, e := range entries {
		// As the run: root may have no more rights there than anybody.
		dir := s.base.path + "/" + e.Name()
		var st unix.Stat_t
		if unix.Lstat(dir, &st) != nil {
			continue
		}
		if cred.As(int(st.Uid), func() error { _, err := os.Lstat(dir + "/" + name); return err }) == nil {
			return dir, int(st.Uid)
		}
	}
	return "", 0
}

func waitFor(t testing.TB, what string, ok func() bool) bool {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	t.Errorf("%s: not in time", what)
	return false
}

// Uids are used in turn, and only when nothing is left of them.
func TestUIDsInTurn(t *testing.T) {
	s := open(t, Options{Slots: 1, UIDs: 8})
	seen := map[string]int{}
	for range 24 {
		seen[string(runOne(t, s, job(bash, "id -u; (setsid sleep 60 &)", testLimits())).Stdout.Bytes)]++
	}
	for uid, n := range seen {
		if n > 4 {
			t.Errorf("uid %q had %d of 24 runs: %v", uid, n, seen)
		}
	}
	if len(seen) != 7 { // the last is spare
		t.Errorf("%d uids were used: %v", len(seen), seen)
	}
}

// go-judge 4ef8811: a file written for one run must be executable at once,
// also while other runs are forked.
func TestNoTextFileBusy(t *testing.T) {
	s := open(t, Options{Slots: 8})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 6 {
				j := job(bash, "chmod +x tool; exec ./tool", testLimits())
				j.Files = append(j.Files, File{"tool", "#!/bin/sh\necho ran\n"})
				report, err := s.Run(context.Background(), j)
				if err != nil || string(report.Last().Stdout.Bytes) != "ran\n" {
					t.Errorf("%v, %v", report, err)
				}
			}
		})
	}
	wg.Wait()
}
