package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"aca-executor/sandbox"
)

func builtOf(size int64) Compiled {
	return Compiled{Status: Success, Artifact: &sandbox.Artifact{Size: size}}
}

// room is for so many artifacts of a size that is nothing beside what each costs.
func room(n int64) int64 { return n * builtOf(0).size() }

func keyOf(name string) (k key) { copy(k[:], name); return k }

func TestCacheCompilesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var busy sync.WaitGroup
		c := newCache(room(10), &busy)
		var compiled, cached atomic.Int64
		begun, goOn := make(chan struct{}), make(chan struct{})
		for range 100 {
			busy.Go(func() {
				built, release, err := c.get(t.Context(), keyOf("x"), func(context.Context) (Compiled, error) {
					compiled.Add(1)
					close(begun)
					<-goOn
					return builtOf(5), nil
				})
				if err != nil || built.Artifact == nil {
					t.Error(built, err)
					return
				}
				if built.Cached {
					cached.Add(1)
				}
				release()
			})
		}
		<-begun
		synctest.Wait()
		close(goOn)
		busy.Wait()
		if compiled.Load() != 1 || cached.Load() != 99 {
			t.Errorf("compiled %d times, %d say that they did not", compiled.Load(), cached.Load())
		}
	})
}

func TestCacheKeeps(t *testing.T) {
	t.Parallel()
	failed := Compiled{Status: Failed}
	for _, row := range []struct {
		name     string
		most     int64
		result   Compiled
		err      error
		compiled int // of two requests, one after the other
	}{
		{"what was compiled", room(1), builtOf(0), nil, 1},
		{"not what is too large", room(1), builtOf(1), nil, 2},
		{"nothing where there is no room", 0, builtOf(0), nil, 2},
		{"not what failed", room(1), failed, nil, 2},
		{"no errors", room(1), Compiled{}, errors.New("boom"), 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var busy sync.WaitGroup
			c := newCache(row.most, &busy)
			compiled := 0
			for n := range 2 {
				built, release, err := c.get(t.Context(), keyOf("x"), func(context.Context) (Compiled, error) { compiled++; return row.result, row.err })
				if !errors.Is(err, row.err) || err == nil && built.Status != row.result.Status {
					t.Errorf("%+v %v", built, err)
				}
				if err == nil {
					if want := n == 1 && row.compiled == 1; built.Cached != want {
						t.Errorf("request %d: cached %v, want %v", n, built.Cached, want)
					}
					release()
				}
			}
			if compiled != row.compiled {
				t.Errorf("compiled %d times, want %d", compiled, row.compiled)
			}
			if c.size > c.most || len(c.entries) != c.used.Len() {
				t.Errorf("%d bytes of %d, %d entries, %d in order", c.size, c.most, len(c.entries), c.used.Len())
			}
		})
	}
}

func TestCacheForgetsWhatWasNotUsedForLongest(t *testing.T) {
	t.Parallel()
	var busy sync.WaitGroup
	c := newCache(room(2), &busy)
	ask := func(name string) bool {
		built, release, err := c.get(t.Context(), keyOf(name), func(context.Context) (Compiled, error) { return builtOf(0), nil })
		if err != nil {
			t.Fatal(err)
		}
		release()
		return built.Cached
	}
	var got []string
	for name := range strings.SplitSeq("a b a c b a c", " ") {
		got = append(got, fmt.Sprint(name, ask(name)))
	}
	// a and b are there; c takes the place of b, b that of a, and so on.
	if want := "[afalse bfalse atrue cfalse bfalse afalse cfalse]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// What somebody has is not taken away, however old it is.
func TestCacheLeavesWhatIsUsed(t *testing.T) {
	t.Parallel()
	var busy sync.WaitGroup
	c := newCache(room(1), &busy)
	compile := func(context.Context) (Compiled, error) { return builtOf(0), nil }
	first, release, err := c.get(t.Context(), keyOf("a"), compile)
	if err != nil {
		t.Fatal(err)
	}
	entry := c.entries[keyOf("a")]
	_, releaseOther, _ := c.get(t.Context(), keyOf("b"), compile)
	if entry.built.Artifact != first.Artifact {
		t.Error("it was removed while somebody had it")
	}
	release()
	release() // more than once is once
	if entry.built.Artifact != nil || entry.users != 0 {
		t.Errorf("it is still there, with %d users", entry.users)
	}
	releaseOther()
}

func TestCacheGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var busy sync.WaitGroup
		c := newCache(room(1), &busy)
		left := errors.New("the client left")
		var cause error
		compile := func(ctx context.Context) (Compiled, error) {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return Compiled{}, cause
		}
		var cancels []context.CancelCauseFunc
		var gone atomic.Int64
		for range 2 {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancels = append(cancels, cancel)
			busy.Go(func() {
				if _, _, err := c.get(ctx, keyOf("x"), compile); err == nil {
					t.Error("it was compiled")
				}
				gone.Add(1)
			})
		}
		synctest.Wait()
		cancels[0](left)
		synctest.Wait()
		if cause != nil || gone.Load() != 1 {
			t.Errorf("%d gone; the compilation has ended with %v while one waits", gone.Load(), cause)
		}
		cancels[1](left)
		busy.Wait()
		if cause != left {
			t.Errorf("cause %v, want %v", cause, left)
		}
		// Who comes now is not told of it.
		built, release, err := c.get(t.Context(), keyOf("x"), func(context.Context) (Compiled, error) { return builtOf(0), nil })
		if err != nil || built.Cached {
			t.Errorf("%+v %v", built, err)
		}
		release()
	})
}

func TestCacheSurvivesPanics(t *testing.T) {
	t.Parallel()
	var busy sync.WaitGroup
	c := newCache(room(1), &busy)
	_, _, err := c.get(t.Context(), keyOf("x"), func(context.Context) (Compiled, error) { panic("a bug") })
	var e *Error
	if !errors.As(err, &e) || e.Code != SandboxError || !strings.Contains(e.Err.Error(), "a bug") {
		t.Error(err)
	}
}

// Everything that a program is made from is in its key, and nothing else.
func TestBuildKey(t *testing.T) {
	t.Parallel()
	base := func() checked {
		return checked{
			runtime: Installed{Runtime: Runtime{
				Name: "c", Compile: [][]string{{"{binary}", "-o", "{out}/main", "{files}"}}, CompileEnv: map[string]string{"A": "1"},
			}, Version: "12.2", Binary: "/usr/bin/gcc", prepared: "/p"},
			files: []File{{"main.c", "x"}, {"a.h", "y"}}, entry: "main.c",
		}
	}
	limits := Limits{MemoryMiB: 100}
	first := buildKey(base(), limits)
	for name, change := range map[string]func(*checked){
		"language":         func(c *checked) { c.runtime.Name = "d" },
		"version":          func(c *checked) { c.runtime.Version = "12.3" },
		"binary":           func(c *checked) { c.runtime.Binary = "/usr/bin/gcc-12" },
		"what is prepared": func(c *checked) { c.runtime.prepared = "/q" },
		"flags":            func(c *checked) { c.runtime.Compile = [][]string{{"{binary}", "-O2", "-o", "{out}/main", "{files}"}} },
		"a second command": func(c *checked) { c.runtime.Compile = append(c.runtime.Compile, []string{"/bin/true"}) },
		"environment":      func(c *checked) { c.runtime.CompileEnv = map[string]string{"A": "2"} },
		"a byte":           func(c *checked) { c.files[1].Content = "z" },
		"a name":           func(c *checked) { c.files[1].Path = "b.h" },
		"a file more":      func(c *checked) { c.files = append(c.files, File{"c.h", ""}) },
		"what starts":      func(c *checked) { c.files = append(c.files, File{"b.c", ""}); c.entry = "b.c" },
		"where one ends":   func(c *checked) { c.files = []File{{"main.c", "xa.hy"}} },
	} {
		c := base()
		change(&c)
		if buildKey(c, limits) == first {
			t.Errorf("another %s has the same key", name)
		}
	}
	for name, change := range map[string]func(*checked){
		"stdin": func(c *checked) { c.stdin = "x" }, "args": func(c *checked) { c.args = []string{"x"} },
		"env": func(c *checked) { c.env = map[string]string{"A": "3"} }, "limits": func(c *checked) { c.limits.MemoryMiB = 5 },
		"test cases": func(c *checked) { c.tests = []TestCase{{}} },
	} {
		c := base()
		change(&c)
		if buildKey(c, limits) != first {
			t.Errorf("%s of the request has a part in what is compiled", name)
		}
	}
}

func TestJudgeCompile(t *testing.T) {
	t.Parallel()
	out := func(s string) sandbox.Output { return sandbox.Output{Bytes: []byte(s)} }
	says := func(stderr string) sandbox.Report {
		return sandbox.Report{Steps: []sandbox.Result{{ExitCode: 1, Stderr: out(stderr)}}}
	}
	for _, row := range []struct {
		name   string
		report sandbox.Report
		status Status
		limit  string
		code   int // -1: none
	}{
		{"success", sandbox.Report{Steps: []sandbox.Result{{}}, Artifact: &sandbox.Artifact{}}, Success, "", 0},
		{"a mistake", sandbox.Report{Steps: []sandbox.Result{{ExitCode: 1}}}, Failed, "", 1},
		{"a crash", sandbox.Report{Steps: []sandbox.Result{{Outcome: sandbox.Signaled, ExitCode: -1, Signal: "SIGSEGV"}}}, Failed, "", -1},
		{"too long", sandbox.Report{Steps: []sandbox.Result{{Outcome: sandbox.WallTime, ExitCode: -1, Signal: "SIGKILL"}}}, Timeout, "wall_time", -1},
		{"too much memory", sandbox.Report{Steps: []sandbox.Result{{Outcome: sandbox.Memory, ExitCode: -1, Signal: "SIGKILL"}}}, MemoryLimit, "memory", -1},
		{"gcc, for want of memory", says("\ncc1: out of memory allocating 5 bytes after a total of 9 bytes\n"), MemoryLimit, "memory", 1},
		{"gcc, otherwise", says("virtual memory exhausted: Cannot allocate memory"), MemoryLimit, "memory", 1},
		{"its child", says("gcc: fatal error: cannot allocate memory"), MemoryLimit, "memory", 1},
		{"go", says("fatal error: runtime: out of memory\n"), MemoryLimit, "memory", 1},
		{"rustc", says("memory allocation of 1024 bytes failed\n"), MemoryLimit, "memory", 1},
		{"ghc", says("ghc-9.0.2: Out of memory\n"), MemoryLimit, "memory", 1},
		{"javac", says("The system is out of resources.\njava.lang.OutOfMemoryError: Java heap space\n\tat x.y"), MemoryLimit, "memory", 1},
		{"java without a thread", says("[0.016s][warning][os,thread] Failed to start thread \"GC Thread#1\" - pthread_create failed (EAGAIN)\n"), Failed, "processes", 1},
		{"javac without a thread", says("Exception in thread \"main\" java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached\n"), Failed, "processes", 1},
		{"mcs", says("Unhandled Exception:\nSystem.OutOfMemoryException: Out of memory"), MemoryLimit, "memory", 1},
		{"a program that gcc quotes", says("main.c: In function 'main':\nmain.c:5:3: error: 'q' undeclared\n    5 |   fprintf(stderr, \"Out of memory\\n\"); q;\n"), Failed, "", 1},
		{"a message of its own", says("main.c:1:2: error: #error out of memory\n    1 | #error out of memory\n"), Failed, "", 1},
		{"a program that javac quotes", says("Main.java:3: error: cannot find symbol\n        if (t instanceof Q) throw new Error(\"java.lang.OutOfMemoryError: Java heap space\");\n"), Failed, "", 1},
		{"a program that rustc quotes", says("error[E0425]: cannot find value `q`\n --> main.rs:2:5\n  |\n2 |     q; panic!(\"File too large\");\n"), Failed, "", 1},
		{"a file that gcc quotes", says("main.c:5:3: error: 'q' undeclared\n    5 |   puts(\"gcc: File too large\"); q;\n"), Failed, "", 1},
		{"too many processes", sandbox.Report{Steps: []sandbox.Result{{ExitCode: 1, AtProcessLimit: true}}}, Failed, "processes", 1},
		{"too much text", sandbox.Report{Steps: []sandbox.Result{{Outcome: sandbox.OutputLimit, ExitCode: -1}}}, OutputLimit, "output", -1},
		{"too large", sandbox.Report{Steps: []sandbox.Result{{Outcome: sandbox.Disk, ExitCode: -1}}}, DiskLimit, "disk", -1},
		{"a file too large", sandbox.Report{Steps: []sandbox.Result{{Outcome: sandbox.Signaled, ExitCode: -1, Signal: "SIGXFSZ"}}}, Failed, "file_size", -1},
		{"a file too large, of a child", says("gcc: fatal error: File size limit exceeded signal terminated program cc1"), Failed, "file_size", 1},
		{"a file too large, of an assembler", says("/tmp/x.s: Fatal error: can't write 5 bytes to section .data of main.o: 'File too large'"), Failed, "file_size", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := judgeCompile(row.report)
			code := -1
			if got.ReturnCode != nil {
				code = *got.ReturnCode
			}
			if got.Status != row.status || got.LimitHit != row.limit || code != row.code {
				t.Errorf("%s %q code %d, want %s %q code %d", got.Status, got.LimitHit, code, row.status, row.limit, row.code)
			}
		})
	}
	both := judgeCompile(sandbox.Report{Steps: []sandbox.Result{
		{Stdout: out("a"), Stderr: out("b"), Wall: 1}, {Stdout: out("c"), Stderr: sandbox.Output{Truncated: true}, Wall: 2, ExitCode: 1},
	}})
	if string(both.Stdout.Bytes) != "ac" || string(both.Stderr.Bytes) != "b" || !both.Stderr.Truncated || both.WallTime != 3 {
		t.Errorf("of two commands: %+v", both)
	}
}
