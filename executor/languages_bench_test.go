package executor

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aca-executor/sandbox"
)

// benchPolicy is the default configuration.
var benchPolicy = Policy{
	Default: Limits{Timeout: 30 * time.Second, MemoryMiB: 256, Processes: 64, FileMiB: 16, DiskMiB: 64, OutputKiB: 1024},
	Max:     Limits{Timeout: 60 * time.Second, MemoryMiB: 1024, Processes: 64, FileMiB: 16, DiskMiB: 64, OutputKiB: 1024},
	Compile: Limits{Timeout: time.Minute, CPU: 2 * time.Minute, MemoryMiB: 1024, Processes: 64, FileMiB: 256, DiskMiB: 256, OutputKiB: 256},

	MaxTestCases: 100, TestsTimeout: time.Minute, MaxOutputFiles: 100, OutputFilesMiB: 16,
}

// benchExecutor is an executor of the real sandbox for one language, or a skip.
func benchExecutor(b *testing.B, row Runtime) (*Executor, Installed) {
	b.Helper()
	if os.Geteuid() != 0 {
		b.Skip("the sandbox needs root")
	}
	if len(row.found()) == 0 {
		b.Skip("the language is not installed")
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		b.Fatal(err)
	}
	os.Chmod(dir, 0o711)
	b.Cleanup(func() { os.RemoveAll(dir) })
	box, err := sandbox.New(sandbox.Options{Dir: dir, Readable: Readable([]Runtime{row})})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { box.Close() })
	x, err := New(context.Background(), NewGate(8, 8, time.Minute), box, benchPolicy, []Runtime{row})
	if err != nil {
		b.Fatal(err)
	}
	if err := x.Probe(context.Background(), func(Offered) {}); err != nil {
		b.Fatal(err)
	}
	return x, x.Offered()[0].Versions[0]
}

// bare does what the executor does, without any of it: the same commands, as they
// are, in directories of their own.
type bare struct {
	b        *testing.B
	out, dir string
	files    []File
	compiled sandbox.Job
	job      sandbox.Job
}

func newBare(b *testing.B, c checked) *bare {
	dir := b.TempDir()
	w := &bare{b: b, out: filepath.Join(dir, "out"), dir: filepath.Join(dir, "work"), files: c.files, job: plan(c)}
	if len(c.runtime.Compile) > 0 {
		w.compiled = planCompile(c, c.runtime.Compile, benchPolicy.Compile)
	}
	return w
}

func (w *bare) steps(steps []sandbox.Step) {
	for _, st := range steps {
		var args []string
		for _, a := range st.Args {
			args = append(args, strings.ReplaceAll(a, sandbox.Out, w.out))
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = w.dir
		cmd.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + w.dir, "TMPDIR=" + w.dir, "LANG=C.UTF-8"}, st.Env...)
		if text, err := cmd.CombinedOutput(); err != nil {
			w.b.Fatalf("%q: %v: %s", args, err, text)
		}
	}
}

// clear removes what a compiler left there the last time, which would save it work.
func (w *bare) clear() {
	os.RemoveAll(w.out)
	os.RemoveAll(w.dir)
}

// compile begins with nothing but the files.
func (w *bare) compile() {
	for _, dir := range []string{w.out, w.dir} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			w.b.Fatal(err)
		}
	}
	for _, f := range w.files {
		if err := os.WriteFile(filepath.Join(w.dir, f.Path), []byte(f.Content), 0o644); err != nil {
			w.b.Fatal(err)
		}
	}
	w.steps(w.compiled.Steps)
}

func (w *bare) run() { w.steps(w.job.Steps) }

// times are measurements of one thing.
type times []time.Duration

func (t *times) measure(f func()) {
	begin := time.Now()
	f()
	*t = append(*t, time.Since(begin))
}

func (t times) median() time.Duration {
	slices.Sort(t)
	return t[len(t)/2]
}

func report(b *testing.B, t time.Duration, name string) {
	b.ReportMetric(float64(t.Microseconds())/1000, name)
}

// helloRequest is the language's program that says hello.
func helloRequest(b *testing.B, row Runtime) Request {
	b.Helper()
	found, _ := filepath.Glob(filepath.Join("../testdata/languages", row.Name, "hello.*"))
	if len(found) != 1 {
		b.Fatalf("programs that say hello: %q", found)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		b.Fatal(err)
	}
	code := string(text)
	return Request{Language: row.Name, Code: &code}
}

func mustExecute(b *testing.B, x *Executor, req Request) Response {
	b.Helper()
	resp, err := x.Execute(context.Background(), req)
	if err != nil || resp.Status != Success {
		b.Fatalf("%v %s %s", err, resp.Status, resp.Stderr.Bytes)
	}
	return resp
}

// BenchmarkLanguages sets each language beside its own compiler and interpreter, in
// the same run, one after the other: to compile and run, and to run what was compiled
// before. The ratio is of what is left after 4 ms, which the sandbox may take.
func BenchmarkLanguages(b *testing.B) {
	for _, row := range Runtimes {
		b.Run(row.Name, func(b *testing.B) {
			x, i := benchExecutor(b, row)
			req := helloRequest(b, row)
			c, bad := settle(req, i, benchPolicy)
			if bad != nil {
				b.Fatal(bad)
			}
			w := newBare(b, c)
			kept := newCache(64*mib, &x.busy)
			var compileAndRun, run, ours, hit times
			for b.Loop() {
				w.clear()
				compileAndRun.measure(func() {
					w.compile()
					run.measure(w.run)
				})
				x.cache = newCache(0, &x.busy)
				ours.measure(func() { mustExecute(b, x, req) })
				x.cache = kept
				if len(hit) == 0 {
					mustExecute(b, x, req)
				}
				hit.measure(func() { mustExecute(b, x, req) })
			}
			b.ReportMetric(0, "ns/op")
			report(b, compileAndRun.median(), "bare-ms")
			report(b, ours.median(), "ours-ms")
			report(b, run.median(), "bare-run-ms")
			report(b, hit.median(), "hit-ms")
			b.ReportMetric(float64(ours.median()-4*time.Millisecond)/float64(compileAndRun.median()), "(ours-4ms)/bare")
			x.Wait()
		})
	}
}

// BenchmarkTestCases sets twenty test cases of a program in C++ beside one
// compilation and twenty runs of it.
func BenchmarkTestCases(b *testing.B) {
	const n = 20
	at := slices.IndexFunc(Runtimes, func(r Runtime) bool { return r.Name == "cpp" })
	row := Runtimes[at]
	x, i := benchExecutor(b, row)
	req := helloRequest(b, row)
	c, bad := settle(req, i, benchPolicy)
	if bad != nil {
		b.Fatal(bad)
	}
	w := newBare(b, c)
	cases := req
	for range n {
		cases.TestCases = append(cases.TestCases, TestCase{Expected: "hello"})
	}
	var theirs, ours times
	for b.Loop() {
		w.clear()
		theirs.measure(func() {
			w.compile()
			for range n {
				w.run()
			}
		})
		x.cache = newCache(0, &x.busy)
		ours.measure(func() { mustExecute(b, x, cases) })
	}
	b.ReportMetric(0, "ns/op")
	report(b, theirs.median(), "bare-ms")
	report(b, ours.median(), "ours-ms")
	report(b, (ours.median()-theirs.median())/(n+1), "ms-more-each")
	x.Wait()
}
