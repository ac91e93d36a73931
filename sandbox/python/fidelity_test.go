package python_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox"
	"aca-executor/sandbox/python"
)

// program is one of testdata/programs: what is to be the same however it runs.
type program struct {
	name  string
	code  string
	Stdin string            `json:"stdin"`
	Args  []string          `json:"args"`
	Env   map[string]string `json:"env"`
	Files map[string]string `json:"files"`
	Needs []string          `json:"needs"` // modules
}

func programs(t *testing.T) (list []program) {
	t.Helper()
	sources, err := filepath.Glob("testdata/programs/*.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range sources {
		code, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := program{name: strings.TrimSuffix(filepath.Base(path), ".py"), code: string(code)}
		sidecar, err := os.ReadFile(strings.TrimSuffix(path, ".py") + ".json")
		if err == nil {
			err = json.Unmarshal(sidecar, &p)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(path, err)
		}
		list = append(list, p)
	}
	return list
}

func (p program) files() []sandbox.File {
	files := []sandbox.File{{Path: "main.py", Content: p.code}}
	for _, path := range slices.Sorted(maps.Keys(p.Files)) {
		files = append(files, sandbox.File{Path: path, Content: p.Files[path]})
	}
	return files
}

func (p program) env() (env []string) {
	for _, name := range slices.Sorted(maps.Keys(p.Env)) {
		env = append(env, name+"="+p.Env[name])
	}
	return env
}

// outcome is what can be seen of a run.
type outcome struct{ stdout, stderr, end string }

func (o outcome) String() string {
	return fmt.Sprintf("%s\nstdout:\n%s\nstderr:\n%s", o.end, o.stdout, o.stderr)
}

// difference says where two outcomes part.
func difference(a, b outcome) string {
	if a.end != b.end {
		return fmt.Sprintf("it ended with %s, not %s\n%s", b.end, a.end, b)
	}
	for _, s := range []struct{ name, a, b string }{{"stdout", a.stdout, b.stdout}, {"stderr", a.stderr, b.stderr}} {
		if s.a == s.b {
			continue
		}
		as, bs := strings.SplitAfter(s.a, "\n"), strings.SplitAfter(s.b, "\n")
		for i := range max(len(as), len(bs)) {
			at := func(list []string) string {
				if i < len(list) {
					return fmt.Sprintf("%.1500q", list[i])
				}
				return "the end"
			}
			if at(as) != at(bs) {
				return fmt.Sprintf("%s, line %d:\n     %s\nnot  %s", s.name, i+1, at(bs), at(as))
			}
		}
	}
	return ""
}

// Whoever started us may have left us descriptors, and had us ignore even
// signals that the C library keeps to itself, which env below does not know.
func TestMain(m *testing.M) {
	unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	const first, last, ignored, setSize = 32, 64, 1, 8
	for sig := uintptr(first); sig <= last; sig++ {
		var have, dfl [4]uint64 // struct sigaction
		syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, 0, uintptr(unsafe.Pointer(&have)), setSize, 0, 0)
		if have[0] == ignored {
			syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&dfl)), 0, setSize, 0, 0)
		}
	}
	os.Exit(m.Run())
}

// plain runs a program as anybody would.
func plain(t *testing.T, p program) outcome {
	t.Helper()
	dir, err := os.MkdirTemp("", "plain-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	uid := 1_800_000_000 + rand.IntN(1<<20)
	for _, f := range p.files() {
		path := filepath.Join(dir, f.Path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(f.Content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error { return os.Chown(path, uid, uid) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	// Whoever started us may have had us ignore signals.
	cmd := exec.CommandContext(ctx, "/usr/bin/env", append([]string{"--default-signal", binary, "main.py"}, p.Args...)...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(p.Stdin)
	cmd.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir, "USER=sandbox", "LOGNAME=sandbox",
		"LANG=C.UTF-8", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"}, p.env()...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	cmd.WaitDelay = time.Second // what it left behind may have its pipes
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Run()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	end := fmt.Sprintf("code %d", status.ExitStatus())
	if status.Signaled() {
		end = "signal " + status.Signal().String()
	}
	return outcome{normal(stdout.String(), dir), normal(stderr.String(), dir), end}
}

func normal(text, dir string) string { return strings.ReplaceAll(text, dir, "$PWD") }

// confined runs it in the sandbox, forked or started.
func confined(t *testing.T, s *sandbox.Sandbox, p program, zygote string) outcome {
	t.Helper()
	st := step(p.Args...)
	st.Zygote, st.Stdin, st.Env = zygote, p.Stdin, p.env()
	report, err := s.Run(context.Background(), sandbox.Job{Files: p.files(), Steps: []sandbox.Step{st}})
	if err != nil {
		t.Fatal(err)
	}
	r := report.Last()
	if r.Warm != (zygote != "") {
		t.Fatalf("warm: %v", r.Warm)
	}
	end := fmt.Sprintf("code %d", r.ExitCode)
	if r.Signal != "" {
		end = "signal " + syscall.Signal(signalNumber(r.Signal)).String()
	}
	if r.Outcome != sandbox.Exited && r.Outcome != sandbox.Signaled {
		end = r.Outcome.String()
	}
	return outcome{anyRun.ReplaceAllString(string(r.Stdout.Bytes), "$$PWD"), anyRun.ReplaceAllString(string(r.Stderr.Bytes), "$$PWD"), end}
}

func TestFidelity(t *testing.T) {
	s := open(t, python.Light, sandbox.Options{})
	list := programs(t)
	if len(list) < 120 {
		t.Errorf("only %d programs", len(list))
	}
	seen := map[string]bool{}
	for _, p := range list {
		seen[p.name] = true
	}
	for name := range different {
		if !seen[name] {
			t.Errorf("there is no program %s", name)
		}
	}
	for _, p := range list {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, m := range p.Needs {
				if !there(m) {
					t.Skip("needs the module " + m)
				}
			}
			ways := []string{""}
			if python.Alike(p.Env, slices.Collect(maps.Keys(p.Files))) {
				ways = append(ways, "python")
			}
			want := plain(t, p)
			for _, way := range ways {
				got := confined(t, s, p, way)
				diff := difference(want, got)
				why, known := different[p.name]
				known = known && (why.where == "" || there(why.where))
				switch {
				case diff == "" && known && !why.perhaps && (way == "python" || why.cold):
					t.Errorf("it is known to differ, because %s, but does not", why.because)
				case diff != "" && !(known && (why.cold || way == "python")):
					t.Errorf("forked from %q: %s", way, diff)
				}
			}
		})
	}
}

// The same with a large module imported ahead, for the programs that use it.
func TestFidelityWithPreload(t *testing.T) {
	for _, module := range []string{"numpy", "pandas"} {
		t.Run(module, func(t *testing.T) {
			if !there(module) {
				t.Skip("needs the module " + module)
			}
			compareWithPreload(t, module)
		})
	}
}

func compareWithPreload(t *testing.T, module string) {
	s := open(t, append(slices.Clone(python.Light), module), sandbox.Options{})
	list := append(programs(t), program{name: "numpy first of all", code: `import numpy, sys
print(list(sys.modules)); print(sorted(sys.path_importer_cache)[:-1] and len(sys.path_importer_cache))
print(numpy.arange(3).sum(), numpy.random.random() != numpy.random.random())
import numpy.linalg as l, json
print(l is numpy.linalg, sys.modules["numpy.linalg"] is l)
`}, program{name: "numpy after others", code: `import json, random, sys
import numpy
print(list(sys.modules), numpy.__version__, sys.modules["__main__"].__name__)
class A:
    def __del__(self): print("gone", numpy is None)
a = A()
open("f", "w").write("x")
`}, program{name: "numpy's first seed", code: `import numpy.random as r
rand = r.mtrand._rand; bits = rand._bit_generator
sequence = getattr(bits, "seed_seq", None) or bits._seed_seq
again = type(sequence)(sequence.entropy)
name, key, *rest = r.get_state()
print(name, rest, (key == again.generate_state(624)).sum(), (sequence.pool == again.pool).all(), sequence.n_children_spawned)
rand2 = r.RandomState(r.MT19937(again))
print([rand.random() == rand2.random() for _ in range(3)])
`}, program{name: "pandas and its end", code: `import pandas as pd, sys, atexit, threading, signal
d = pd.DataFrame({"a": [3, 1, 2], "b": list("xyz")}).sort_values("a")
print(d, d.describe(), "gc" in sys.modules, sys.modules["gc"].isenabled(), sep="\n")
class A:
    def __init__(self): self.me, self.pd = self, pd
    def __del__(self): print("end", self.pd is None, sys.is_finalizing())
a = A()
atexit.register(print, "at exit")
t = threading.Thread(target=lambda: print("thread")); t.start()
d.to_csv("out.csv"); f = open("left-open", "w"); f.write("x")
`}, program{name: "numpy first of all, and then the end", code: `import numpy as np
def _note(s): print("end", s)
class D:
    def __init__(self, n): self.n = n
    def __del__(self): _note(self.n)
a = D(1); _b = D(2); c = D(3)
`}, program{name: "numpy in processes that were forked before", code: `from concurrent.futures import ProcessPoolExecutor
def simulate(i):
    import numpy as np
    import time; time.sleep(.05)
    return float(np.random.normal()), float(np.random.default_rng().random())
if __name__ == "__main__":
    with ProcessPoolExecutor(3) as ex: r = list(ex.map(simulate, range(3)))
    print(len({a for a, _ in r}), len({b for _, b in r}))
`}, program{name: "numpy and sys.path", code: `import sys
sys.path.insert(0, "lib"); sys.path.append("/tmp")
import numpy as np
print(np.mean([1, 2]), list(sys.path_importer_cache)[-1])
`}, program{name: "numpy beside a module of another library's name", code: `import numpy as np, csv
print(np.mean([1, 2]), csv.mine)
`, Files: map[string]string{"csv.py": "mine = True\n", "numbers.txt": "1\n"}}, program{name: "numpy's filters", code: `import warnings
print(len(warnings.filters))
import numpy
print(len(warnings.filters), warnings.filters)
import numpy.linalg, numpy.random
print(len(warnings.filters))
`}, program{name: "numpy's filters at once", code: `import numpy, warnings, sys
print(len(warnings.filters), warnings.filters, sys.getrefcount(sys.modules["__main__"]))
`}, program{name: "numpy, and site is gone", code: `import sys, types
del sys.modules["site"]
sys.modules["mine"] = types.ModuleType("mine")
import numpy
import mine
print("site" in sys.modules, mine)
`}, program{name: "numpy, and __main__ is gone", code: `import sys
main = sys.modules.pop("__main__")
import numpy
print("__main__" in sys.modules, numpy.arange(2))
`}, program{name: "pandas and gc", code: `import pandas, gc, sys
print(gc.get_freeze_count(), gc.get_debug(), gc.isenabled(), gc.get_threshold(), len(gc.get_objects()) > 10000)
print(any(o is pandas.DataFrame.__dict__ or o is pandas.DataFrame for o in gc.get_objects()), gc.collect() >= 0)
pandas.DataFrame({"a": [1]}).nothing
`}, program{name: "pandas, and a signal's handler", code: `import pandas, signal, os
signal.signal(signal.SIGUSR1, lambda n, f: print("handled", n))
os.kill(os.getpid(), signal.SIGUSR1)
class A:
    def __del__(self): os.kill(os.getpid(), signal.SIGUSR1); print("end")
a = A()
`})
	for _, p := range list {
		if !strings.Contains(p.code, module) {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			_, known := different[p.name]
			if diff := difference(plain(t, p), confined(t, s, p, "python")); diff != "" && !known {
				t.Error(diff)
			}
		})
	}
}

// different are the programs that can tell, and why that is so. README names
// the reasons.
var different = map[string]struct {
	because string
	cold    bool   // a program that was started can tell as well
	perhaps bool   // not with every choice of installed packages: some have code run at the start
	where   string // only where this module is; elsewhere it must not differ
}{
	"caches-at-start":          {because: ahead},
	"subclasses-lists":         {because: ahead},
	"dis-adaptive-library":     {because: ahead},
	"subclasses-after-imports": {because: ahead},
	"identity-and-interning":   {because: ahead},
	"settrace-all-files":       {because: noCode},
	"audit-events":             {because: noCode},

	"numpy-at-exit":                      {because: "what CPython's collector cannot see is never destroyed there, and here it is"},
	"destructor-thread-local":            {because: hung},
	"destructor-held-by-stdlib-lazy":     {because: hung},
	"destructor-logging-handler":         {because: hung},
	"generators-closed-at-exit":          {because: hung},
	"destructor-own-modules-order":       {because: early, perhaps: true},
	"destructor-own-modules-order-plain": {because: early, perhaps: true},
	"destructor-contextlib":              {because: early, perhaps: true},
	"finalize-order":                     {because: early, perhaps: true},
	"destructor-globals-order":           {because: early, perhaps: true},
	"gc-during-imports":                  {because: found, where: "_distutils_hack", perhaps: true},
	"gc-threshold-zero-and-imports":      {because: found, where: "_distutils_hack", perhaps: true},
	"own-proc-cmdline":                   {because: started},
	"own-c-level-argv":                   {because: started},

	"own-proc-tasks":         {because: "programs have a nice value of 5", cold: true},
	"resource-core-limit":    {because: "there are no core dumps", cold: true},
	"subprocess-descriptors": {because: confinedTo, cold: true},
	"signal-exec-keeps":      {because: confinedTo, cold: true},
	"time-facts":             {because: confinedTo, cold: true},
}

const (
	ahead      = "classes and caches of modules imported ahead are there before the import"
	noCode     = "a module imported ahead runs no code when it is imported"
	hung       = "what a program hangs into an object of the library outlives it, or ends in another order"
	early      = "what was made ahead allocates nothing in a run: the collector comes at another time, which decides on the order of what it finds"
	found      = "setuptools looks for modules as well, with every import that a program makes, but not with those that were made ahead"
	started    = "the process was started as another program's: its command line and first environment"
	confinedTo = "the sandbox shows a program's own entry in /proc, and of the system's files only some"
)

// there says whether a module can be imported.
func there(module string) bool { return exec.Command(binary, "-c", "import "+module).Run() == nil }

var anyRun = regexp.MustCompile(regexp.QuoteMeta(os.TempDir()) + `/executor-\d+/[0-9a-z]+`)

func signalNumber(name string) int {
	for n := range 65 {
		if unix.SignalName(syscall.Signal(n)) == name {
			return n
		}
	}
	return 0
}
