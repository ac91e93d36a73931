package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aca-executor/sandbox/internal/cred"
	"aca-executor/sandbox/internal/proc"
)

// warmPython is CPython's zygote, as package python makes it, which cannot be
// imported here: it imports this package.
func warmPython(t testing.TB, modules ...string) Zygote {
	t.Helper()
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var script string
	scripts, err := filepath.Glob("python/zygote/*.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range scripts {
		script += read(path)
	}
	list, _ := json.Marshal(modules)
	return Zygote{
		Name: "python", Args: []string{python, "main.py"}, Env: []string{"PYTHONPATH=DIR", "LD_BIND_NOW=1"}, Rotate: 1 << 30,
		Files: []File{
			{"sitecustomize.py", script},
			{"main.py", "print(1)\n"},
			{"settings", fmt.Sprintf("%s\n(0, 0, 0)\n%x\n", list, read("python/native/native.bin"))},
		},
	}
}

// startWarm starts a zygote and returns its states as they change.
func startWarm(t testing.TB, s *Sandbox, z Zygote) <-chan ZygoteState {
	t.Helper()
	need(t, python)
	states := make(chan ZygoteState, 1000)
	if err := s.StartZygotes([]Zygote{z}, func(st ZygoteState) { states <- st }); err != nil {
		t.Fatal(err)
	}
	return states
}

func waitReady(t testing.TB, states <-chan ZygoteState) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case st := <-states:
			if st.State == ZygoteReady {
				return
			}
		case <-deadline:
			t.Fatal("the zygote is not ready in time")
		}
	}
}

// openWarm is a sandbox with a zygote that is ready.
func openWarm(t testing.TB, o Options, modules ...string) *Sandbox {
	t.Helper()
	s := open(t, o)
	waitReady(t, startWarm(t, s, warmPython(t, modules...)))
	return s
}

func warmJob(code string) Job {
	j := job(python, code, testLimits())
	j.Steps[0].Zygote = "python"
	return j
}

// runWarm runs a program that must be forked, and returns its output.
func runWarm(t testing.TB, s *Sandbox, j Job) string {
	t.Helper()
	r := runOne(t, s, j)
	if !r.Warm || r.Outcome != Exited || r.ExitCode != 0 {
		t.Fatalf("warm %v: %s", r.Warm, describe(r))
	}
	return string(r.Stdout.Bytes)
}

func (s *Sandbox) zygotePID() int {
	if z := s.kept()[0].live.Load(); z != nil {
		return z.process.Pid
	}
	return 0
}

// signal sends a signal to a process. To 0 it would go to everybody who was started
// with this test, as the one who waits for its result.
func signal(t *testing.T, pid int, sig syscall.Signal) {
	t.Helper()
	if pid <= 0 {
		t.Fatalf("there is no process to get %v", sig)
	}
	if err := syscall.Kill(pid, sig); err != nil {
		t.Fatal(err)
	}
}

// What a zygote imported ahead is in the memory of each of its children, but
// not the program's.
func TestZygotesMemoryIsNotThePrograms(t *testing.T) {
	s := openWarm(t, Options{}, "asyncio", "unittest.mock", "xml.dom.minidom", "http.server", "sqlite3", "decimal")
	runWarm(t, s, warmJob(""))
	limit := s.kept()[0].live.Load().memory - 1<<20
	for _, row := range []struct {
		code string
		want Outcome
	}{{"print(1)", Exited}, {"import time; time.sleep(0.1)", Exited}, {"x = b'x' * (80 << 20)", Memory}, {"x = b'x' * (80 << 20); import time; time.sleep(5)", Memory}} {
		j := warmJob(row.code)
		j.Steps[0].Limits.Memory = limit
		if r := runOne(t, s, j); !r.Warm || r.Outcome != row.want {
			t.Errorf("%s: warm %v: %s", row.code, r.Warm, describe(r))
		}
	}
}

// What a run was given or wrote is in no later run's memory: the zygote has
// never had it.
func TestWarmRunsLeaveNothingInMemory(t *testing.T) {
	s := openWarm(t, Options{Slots: 1}, "json")
	const secret = "kwyjibo-5fd0c2" // written backwards below
	search := `
import re
def count(what):
    n = 0
    for line in open("/proc/self/maps"):
        area, rights = line.split()[:2]
        if rights[0] != "r" or "[v" in line: continue
        first, last = (int(x, 16) for x in area.split("-"))
        with open("/proc/self/mem", "rb", 0) as memory:
            try:
                memory.seek(first); n += memory.read(last - first).count(what)
            except (OSError, ValueError): pass
    return n
own = bytes(reversed(b"2c0df5-objiywk"))
before = count(own) # there is one: the object itself
known = count(bytes(reversed(b"daeha detropmi seludoM"))) # of the zygote's own text
print(before, known)
`
	for range 10 {
		victim := warmJob("import sys, os\nx = '" + secret + "' * 10\nopen('" + secret + "', 'w').write(x)\nprint(x, sys.stdin.read(), os.environ['SECRET'], sys.argv)\nsys.stdout.flush()\n")
		victim.Steps[0].Stdin, victim.Steps[0].Env = strings.Repeat(secret, 1000), []string{"SECRET=" + secret}
		victim.Steps[0].Args = append(victim.Steps[0].Args, secret)
		if out := runWarm(t, s, victim); strings.Count(out, secret) < 1010 {
			t.Fatalf("the victim did not have it: %q", out)
		}
		var own, known int
		out := runWarm(t, s, warmJob(search))
		if _, err := fmt.Sscan(out, &own, &known); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if known < 2 { // the searched text is one
			t.Fatalf("the search does not see what the zygote has: %d", known)
		}
		if own > 2 { // the object, and perhaps a copy in a freed block
			t.Errorf("an earlier run's text is there %d times", own)
		}
	}
}

// No memory is shared with the zygote, and through it with other runs.
func TestWarmRunsShareNoMemory(t *testing.T) {
	s := openWarm(t, Options{})
	out := runWarm(t, s, warmJob(`
import mmap
def shared(): return [line for line in open("/proc/self/maps") if line.split()[1][1] == "w" and line.split()[1][3] == "s"]
print(len(shared()), *shared())
own = mmap.mmap(-1, 4096)
print(len(shared()))
`))
	if out != "0\n1\n" { // its own can be seen
		t.Errorf("%s", out)
	}
}

// No descriptor of the zygote's, of another run's or of ours.
func TestWarmDescriptors(t *testing.T) {
	s := openWarm(t, Options{})
	code := `
import os
fds = []
for fd in range(4096):
    try: fds.append((fd, os.fstat(fd).st_mode >> 12))
    except OSError: pass
print(fds)
`
	const pipes = "[(0, 1), (1, 1), (2, 1)]\n"
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			report, err := s.Run(context.Background(), warmJob(code))
			if err != nil || string(report.Last().Stdout.Bytes) != pipes || !report.Last().Warm {
				t.Errorf("%v %v", report, err)
			}
		})
	}
	wg.Wait()
}

// A run can do nothing to the zygote that it can do to a process of its own.
func TestWarmRunsCannotReachTheZygote(t *testing.T) {
	for _, disable := range []Layers{0, Landlock, Seccomp, Landlock | Seccomp} {
		t.Run(disable.String(), func(t *testing.T) {
			s := openWarm(t, Options{Disable: disable})
			j := warmJob(attackTools + `
zygote = int(open("pid").read())
pid = os.fork()
if pid == 0:
    time.sleep(60)
    os._exit(0)
tries = {
    "signal 0": lambda p: os.kill(p, 0),
    "read its memory": lambda p: open("/proc/%d/mem" % p, "rb").close(),
    "read its environment": lambda p: len(open("/proc/%d/environ" % p, "rb").read()),
    "list its descriptors": lambda p: os.listdir("/proc/%d/fd" % p),
    "change its limits": lambda p: resource.prlimit(p, resource.RLIMIT_NOFILE, (64, 256)),
    "signal through a pidfd": lambda p: signal.pidfd_send_signal(os.pidfd_open(p), 0),
    "stop": lambda p: os.kill(p, signal.SIGSTOP),
    "continue": lambda p: os.kill(p, signal.SIGCONT),
    "trace": lambda p: (_ for _ in ()).throw(PermissionError()) if sysc(101, 16, p, 0, 0)[0] else None,
    "slow": lambda p: os.setpriority(os.PRIO_PROCESS, p, 19),
    "kill": lambda p: os.kill(p, signal.SIGKILL),
}
own = 0
for name, f in tries.items():
    try: f(zygote); print("broken:", name)
    except (OSError, ValueError): pass
    try: f(pid); own += 1
    except (OSError, ValueError): pass
print("held, but", own, "of its own")
`)
			j.Files = append(j.Files, File{"pid", strconv.Itoa(s.zygotePID())})
			out := runWarm(t, s, j)
			var own int
			if _, err := fmt.Sscanf(out, "held, but %d of its own", &own); err != nil || own < 5 {
				t.Errorf("%q", out)
			}
			if st, ok := proc.ReadStat(s.zygotePID()); !ok || st.Dead() {
				t.Error("the zygote is dead")
			}
		})
	}
}

// Nothing that one run does to the interpreter is seen by a later one.
func TestWarmRunsDoNotPolluteEachOther(t *testing.T) {
	s := openWarm(t, Options{Slots: 2}, "json", "random", "re", "typing")
	look := `
import sys, os, builtins, json, random, re, warnings, typing, signal
random.seed(1)
print(sorted(vars(builtins)), sorted(vars(json)), sorted(vars(os)), sorted(vars(typing)), len(sys.path), sys.path[1:], sorted(sys.modules))
print(sorted(os.environ), json.dumps([1]), random.random(), len(warnings.filters), sys.getrecursionlimit(), os.listdir("."))
print(signal.getsignal(signal.SIGUSR1), oct(os.umask(0)), sys.stdout.encoding, sys.getswitchinterval(), re.compile("a").flags, len.__name__)
`
	pollute := `
import sys, os, builtins, json, random, re, warnings, typing, signal, gc, atexit
builtins.evil = 1; builtins.len = print; del builtins.open
json.dumps = None; json.evil = sys; os.evil = 2; typing.List = None
sys.path.insert(0, "/evil"); sys.path[1:] = []; sys.modules["evil"] = sys; del sys.modules["re"]
os.environ["EVIL"] = "1"; os.environ.pop("PATH"); os.putenv("EVIL2", "1")
warnings.simplefilter("ignore"); warnings.filters.extend([1] * 5)
sys.setrecursionlimit(77); sys.setswitchinterval(1); signal.signal(signal.SIGUSR1, print); signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.umask(0o777); gc.disable(); sys.stdout.reconfigure(encoding="latin-1")
json.JSONEncoder.default = None
open_ = os.open("left", os.O_CREAT)
`
	want := runWarm(t, s, warmJob(look))
	for range 20 {
		runOne(t, s, warmJob(pollute))
		if got := runWarm(t, s, warmJob(look)); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	}
}

// Where chance is asked for, no two runs get the same.
func TestWarmRunsAreRandom(t *testing.T) {
	modules := []string{"random", "uuid", "secrets", "tempfile"}
	s := openWarm(t, Options{}, modules...)
	code := `
import random, uuid, secrets, tempfile, os
print(random.random()); print(random.SystemRandom().random()); print(uuid.uuid4()); print(secrets.token_hex())
print(os.path.basename(tempfile.mkdtemp())); print(next(tempfile._get_candidate_names())); print(os.urandom(8)); print(random.Random().random()); print(uuid.uuid1())
`
	allDifferent(t, s, code)
	// Also not when somebody looks before the import is over.
	allDifferent(t, s, `
import sys
def look(*_):
    if "random" in sys.modules and "getrandbits" in vars(sys.modules["random"]):
        sys.settrace(None)
        print(sys.modules["random"].getrandbits(64))
    return look
sys.settrace(look)
import secrets
sys.settrace(None)
`)

	const module = "numpy"
	if exec.Command(python, "-c", "import "+module).Run() != nil {
		t.Skip("needs the module " + module + ", for what is its own")
	}
	allDifferent(t, openWarm(t, Options{}, module), `
import numpy.random as r
bits = r.mtrand._rand._bit_generator
print((getattr(bits, "seed_seq", None) or bits._seed_seq).entropy); print(r.get_state()[1][:3])
print(r.random()); print(r.default_rng().random()); print(r.RandomState().random()); print(r.MT19937().random_raw())
import random
print(random.random())
`)
}

// allDifferent runs a program a few times, and no two lines may be the same.
func allDifferent(t *testing.T, s *Sandbox, code string) {
	t.Helper()
	seen := map[string]bool{}
	for range 30 {
		said := runWarm(t, s, warmJob(code))
		if said == "" {
			t.Fatal("it said nothing")
		}
		for line := range strings.Lines(said) {
			if seen[line] {
				t.Errorf("%q twice", line)
			}
			seen[line] = true
		}
	}
}

// The zygote may become anybody and do nothing else; a run may not even that.
func TestWarmCapabilities(t *testing.T) {
	s := openWarm(t, Options{})
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.zygotePID()))
	if err != nil {
		t.Fatal(err)
	}
	run := runWarm(t, s, warmJob(`print(open("/proc/self/status").read())`))
	const both = 1<<6 | 1<<7
	for who, row := range map[string]struct {
		status string
		caps   uint64
	}{"the zygote": {string(status), both}, "a run": {run, 0}} {
		found := map[string]string{}
		for line := range strings.Lines(row.status) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			found[name] = strings.TrimSpace(value)
		}
		for name, want := range map[string]uint64{"CapPrm": row.caps, "CapEff": row.caps, "CapInh": 0, "CapAmb": 0} {
			if got, err := strconv.ParseUint(found[name], 16, 64); err != nil || got != want {
				t.Errorf("%s of %s is %s, want %x", name, who, found[name], want)
			}
		}
		if found["NoNewPrivs"] != "1" || found["Groups"] != "" || s.layers.Has(Seccomp) && found["Seccomp"] != "2" {
			t.Errorf("%s: NoNewPrivs %s, Seccomp %s, Groups %q", who, found["NoNewPrivs"], found["Seccomp"], found["Groups"])
		}
	}
}

// A sandbox without zygotes, and one whose zygote is not there yet, start runs.
func TestColdWithoutZygote(t *testing.T) {
	s := open(t, Options{})
	if r := runOne(t, s, warmJob("print(1)")); r.Warm || string(r.Stdout.Bytes) != "1\n" {
		t.Error(describe(r))
	}
}

// Whatever happens to the zygote, no run fails for it, and there is soon
// another.
func TestZygoteLife(t *testing.T) {
	for _, row := range []struct {
		name string
		hurt func(t *testing.T, s *Sandbox, pid int)
	}{
		{"it dies", func(t *testing.T, _ *Sandbox, pid int) { signal(t, pid, syscall.SIGKILL) }},
		{"it is stuck", func(t *testing.T, _ *Sandbox, pid int) { signal(t, pid, syscall.SIGSTOP) }},
		{"the children that wait die", func(_ *testing.T, s *Sandbox, _ int) {
			for _, p := range proc.List() {
				if s.uids.has(p.UID) {
					cred.Kill(p.UID, s.uids.spare())
				}
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := open(t, Options{Slots: 4, OnError: func(err error) { t.Log(err) }})
			waitReady(t, startWarm(t, s, warmPython(t)))
			for range 3 {
				first := s.zygotePID()
				row.hurt(t, s, first)
				warm := func() bool {
					r := runOne(t, s, warmJob("print('fine')"))
					if string(r.Stdout.Bytes) != "fine\n" {
						t.Fatal(describe(r))
					}
					// A child of the old one can still be there when that is gone.
					now := s.zygotePID()
					return r.Warm && now != 0 && (row.name == "the children that wait die" || now != first)
				}
				if !waitFor(t, "another zygote", warm) {
					return
				}
			}
			s.cleaning.Wait()
			waitFor(t, "no zombie of the old ones", func() bool { return len(s.strays()) == 0 })
		})
	}
}

// A zygote is replaced before it is old, and nobody waits for that.
// A zygote that does not answer must not have every slot wait for it.
func TestStuckZygoteFailsNobody(t *testing.T) {
	s := open(t, Options{Slots: 4})
	states := startWarm(t, s, warmPython(t))
	waitReady(t, states)
	first := s.zygotePID()
	signal(t, first, syscall.SIGSTOP)
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for s.zygotePID() == first {
				report, err := s.Run(context.Background(), warmJob("print('fine')"))
				if err != nil {
					t.Error(err)
				} else if out := string(report.Last().Stdout.Bytes); out != "fine\n" {
					t.Error(describe(report.Last()))
				}
			}
		})
	}
	clients.Wait()
	for len(states) > 0 {
		if st := <-states; st.Err != nil && !strings.Contains(st.Err.Error(), `did not answer, and was ended; it said ""`) {
			t.Error(st.Err)
		}
	}
}

// strays are zygotes, and what they forked that is root's, living or dead, but
// for the live one.
func (s *Sandbox) strays() (list []string) {
	for _, p := range proc.List() {
		if st, ok := proc.ReadStat(p.PID); ok && st.Parent == os.Getpid() && p.UID == 0 && comm(p.PID) == zygoteComm && p.PID != s.zygotePID() {
			list = append(list, fmt.Sprintf("%d %c", p.PID, st.State))
		}
	}
	return list
}

func TestZygoteThatHangsAtItsStart(t *testing.T) {
	defer func(was time.Duration) { startPatience = was }(startPatience)
	startPatience = time.Second
	s := open(t, Options{})
	z := warmPython(t)
	z.Files[1].Content = "import time\ntime.sleep(3600)\n" // the rehearsal
	states := startWarm(t, s, z)
	for range 2 {
		if st := <-states; st.State != ZygoteFailing || st.Err == nil {
			t.Errorf("%+v", st)
		}
	}
	if r := runOne(t, s, warmJob("print(1)")); r.Warm || string(r.Stdout.Bytes) != "1\n" {
		t.Error(describe(r))
	}
	waitFor(t, "no process of those that failed, but for the one that starts", func() bool { return len(s.strays()) <= 2 })
	s.end() // so that no other is started
	s.keeping.Wait()
	waitFor(t, "no process at all", func() bool {
		s.collectStrays()
		return len(s.strays()) == 0
	})
}

// A worn zygote works on where its successor cannot be started; when it dies
// then, that is seen.
func TestDeathOfAWornZygote(t *testing.T) {
	s := open(t, Options{Slots: 2})
	z := warmPython(t)
	z.Rotate = 8
	states := startWarm(t, s, z)
	waitReady(t, states)
	k := s.kept()[0]
	k.Files[0].Content = "raise SystemExit\n"
	for range 10 {
		runWarm(t, s, warmJob("print(1)"))
	}
	if st := <-states; st.State != ZygoteReady || st.Err == nil {
		t.Errorf("%+v, while the old one works", st)
	}
	runWarm(t, s, warmJob("print(1)"))
	signal(t, s.zygotePID(), syscall.SIGKILL)
	waitFor(t, "the news", func() bool { return s.Zygotes()[0].State == ZygoteFailing && s.zygotePID() == 0 })
	waitFor(t, "a run that was started", func() bool { return !runOne(t, s, warmJob("print(1)")).Warm })
}

func TestZygoteRotation(t *testing.T) {
	s := open(t, Options{Slots: 2})
	z := warmPython(t)
	z.Rotate = 10
	waitReady(t, startWarm(t, s, z))
	pids := map[int]bool{}
	waitFor(t, "several zygotes", func() bool {
		if r := runOne(t, s, warmJob("print('fine')")); string(r.Stdout.Bytes) != "fine\n" {
			t.Fatal(describe(r))
		}
		pids[s.zygotePID()] = true
		return len(pids) > 4
	})
	s.cleaning.Wait()
	delete(pids, s.zygotePID())
	waitFor(t, "the end of the old ones", func() bool {
		for pid := range pids {
			if st, ok := proc.ReadStat(pid); ok && !st.Dead() {
				return false
			}
		}
		return true
	})
}

// What cannot be imported is named, and runs start cold.
func TestZygoteThatCannotStart(t *testing.T) {
	s := open(t, Options{})
	states := startWarm(t, s, warmPython(t, "json", "no_such_module"))
	if st := <-states; st.State != ZygoteFailing || st.Err == nil || !strings.Contains(st.Err.Error(), "no_such_module") {
		t.Errorf("%+v", st)
	}
	if r := runOne(t, s, warmJob("print(1)")); r.Warm || string(r.Stdout.Bytes) != "1\n" {
		t.Error(describe(r))
	}
}

// Arguments too long for a child's message start cold; in between, all arrive.
func TestWarmMessages(t *testing.T) {
	s := openWarm(t, Options{})
	for _, size := range []int{0, 1, 4000, 10_000, 20_000, 30_000, 60_000} {
		j := warmJob("import sys, os\nprint(len(sys.argv[1]), len(os.environ['X']), os.getcwd() == os.environ['HOME'])")
		j.Steps[0].Args = append(j.Steps[0].Args, strings.Repeat("ü", size))
		j.Steps[0].Env = []string{"X=" + strings.Repeat("y", size)}
		r := runOne(t, s, j)
		if want := fmt.Sprintf("%d %d True\n", size, size); string(r.Stdout.Bytes) != want || r.Warm != (size < 30_000) {
			t.Errorf("size %d, warm %v: %s", size, r.Warm, describe(r))
		}
	}
}
