package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func needFile(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Skip(err)
	}
}

// cProgram is a program in C, of a body for main; what else it has makes it unique.
func cProgram(main string) program {
	return program{"language": "c", "code": "#include <stdio.h>\n#include <stdlib.h>\nint main(int argc, char **argv) { " + main + " }\n", "timeout": 60}
}

// A hundred equal submissions at once are compiled once.
func TestEqualSubmissionsCompileOnce(t *testing.T) {
	needFile(t, "/usr/bin/gcc")
	s := start(t, "EXECUTOR_LANGUAGES=c", "EXECUTOR_QUEUE_DEPTH=200", "EXECUTOR_QUEUE_TIMEOUT=40s")
	var compiled, cached atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			a := s.post(context.Background(), cProgram(`puts("once");`))
			if a.Status != "success" || a.Stdout != "once\n" || a.Compile == nil {
				t.Error(a)
				return
			}
			if a.Compile.Cached {
				cached.Add(1)
			} else {
				compiled.Add(1)
			}
		})
	}
	wg.Wait()
	if compiled.Load() != 1 || cached.Load() != 99 {
		t.Errorf("compiled %d times, cached %d", compiled.Load(), cached.Load())
	}
	if kept, _ := filepath.Glob(filepath.Join(s.dir, "*/kept/*")); len(kept) != 1 {
		t.Errorf("%d programs are kept, want 1", len(kept))
	}
}

// Without a cache, every submission is compiled and nothing is kept.
func TestCompileWithoutCache(t *testing.T) {
	needFile(t, "/usr/bin/gcc")
	s := start(t, "EXECUTOR_LANGUAGES=c", "EXECUTOR_COMPILE_CACHE_MIB=0")
	for range 2 {
		if a := s.post(context.Background(), cProgram(`puts("x");`)); a.Status != "success" || a.Compile.Cached {
			t.Error(a)
		}
	}
	waitFor(t, "what was built to be gone", func() bool {
		kept, _ := filepath.Glob(filepath.Join(s.dir, "*/kept/*"))
		return len(kept) == 0
	})
}

// go-judge 4ef8811: a just written binary's descriptor is inherited by a process
// that is forked at that moment, and executing it fails with "text file busy". The
// compiler here copies a binary, so that a thousand of them take seconds.
func TestThousandProgramsAreNeverBusy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runtimes.json")
	row := `[{"name":"copy","binaries":["/usr/bin/cp"],"source":"main.txt","compile":[["{binary}","/usr/bin/echo","{out}/main"]],"run":["{out}/main","hello"],"hello":"x"}]`
	if err := os.WriteFile(file, []byte(row), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "EXECUTOR_RUNTIMES="+file, "EXECUTOR_LANGUAGES=copy", "EXECUTOR_QUEUE_DEPTH=100", "EXECUTOR_QUEUE_TIMEOUT=40s", "EXECUTOR_COMPILE_CACHE_MIB=1", "EXECUTOR_LOG_LEVEL=warn")
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := n.Add(1); i <= 1000 && !t.Failed(); i = n.Add(1) {
				a := s.post(context.Background(), program{"language": "copy", "code": fmt.Sprint(i), "args": []string{fmt.Sprint(i)}, "timeout": 60})
				if a.Status != "success" || a.Stdout != fmt.Sprintf("hello %d\n", i) || a.Compile.Cached {
					t.Errorf("%s\n%s", a, s.log)
				}
			}
		})
	}
	wg.Wait()
}

// What is a bomb for a compiler ends at its limits, which the answer names.
func TestCompileBombs(t *testing.T) {
	needFile(t, "/usr/bin/g++")
	s := start(t, "EXECUTOR_LANGUAGES=c,cpp", "EXECUTOR_COMPILE_TIMEOUT=10s", "EXECUTOR_COMPILE_MEMORY_MIB=300", "EXECUTOR_COMPILE_DISK_MIB=64")
	for _, row := range []struct {
		name, language, code string
		limits               []string // any of them
	}{
		{"a file without an end", "c", "#include \"/dev/zero\"\nint main(void) {}", []string{"memory", "wall_time"}},
		{"a constant of a gigabyte", "c", "char a[1u << 30] = {1};\nint main(void) { return a[5]; }", []string{"file_size", "disk", "memory"}},
		{"templates without an end", "cpp", "template <int N> struct A { using T = typename A<N + 1>::T; A<N - 1> a; typename A<N * 2>::T b; };\nint main() { A<0>::T x; }", []string{"memory", "wall_time", "output", ""}},
		{"templates that double", "cpp", "template <int N, int M> struct F { static const long v = F<N - 1, 2 * M>::v + F<N - 1, 2 * M + 1>::v; };\ntemplate <int M> struct F<0, M> { static const long v = M; };\nint main() { return F<26, 0>::v; }", []string{"memory", "wall_time"}},
		{"macros that double", "c", macros(40) + "int main(void) { return X40; }", []string{"memory", "wall_time"}},
		{"errors without an end", "c", "#include __FILE__\n", []string{"", "output", "memory"}},
		{"an endless constant expression", "cpp", "constexpr int f(int n) { int s = 0; for (int i = 0; i < 2000000000; ++i) s ^= i; return s; }\nstatic_assert(f(1) == 0);\nint main() {}", []string{"", "memory", "wall_time"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := s.post(context.Background(), program{"language": row.language, "code": row.code})
			limit := ""
			if a.LimitHit != nil {
				limit = *a.LimitHit
			}
			if a.Status != "compile_error" || a.Compile == nil || a.Compile.Status == "success" || !slices.Contains(row.limits, limit) {
				t.Errorf("limit %q, want one of %q: %.1000s", limit, row.limits, a)
			}
		})
	}
}

func macros(n int) string {
	var b strings.Builder
	b.WriteString("#define X0 1\n")
	for i := range n {
		fmt.Fprintf(&b, "#define X%d X%d + X%d\n", i+1, i, i)
	}
	return b.String()
}

// Nothing of a request but its files reaches the compiler: with a library of its own
// ahead of others', it could build what somebody else's equal source then runs.
func TestRequestsDoNotSteerCompilers(t *testing.T) {
	needFile(t, "/usr/bin/gcc")
	s := start(t, "EXECUTOR_LANGUAGES=c")
	p := cProgram(`printf("%s\n", getenv("CPATH") ? "given" : "none");`)
	p["env"] = map[string]string{"CPATH": "/nonexistent", "GCC_EXEC_PREFIX": "/nonexistent", "PATH": "/nonexistent", "TMPDIR": "/nonexistent"}
	p["limits"] = map[string]any{"memory_mib": 8, "cpu_seconds": 0.5, "processes": 2}
	if a := s.post(context.Background(), p); a.Status != "success" || a.Stdout != "given\n" {
		t.Error(a)
	}
}

// Each test case has a clean directory, its own process and its own limits.
func TestTestCases(t *testing.T) {
	s := start(t)
	code := `
import os, sys
assert sorted(os.listdir()) == ["data.txt", "main.py"], os.listdir()
open("left", "w").close()
open("data.txt", "a").write("more")
n = int(input())
if n == 3:
    while True: pass
print(n * int(open("data.txt").read(1)))`
	var cases []map[string]string
	for _, n := range []string{"1", "2", "3", "4"} {
		cases = append(cases, map[string]string{"id": "case " + n, "input": n + "\n", "expected_output": n + "0"})
	}
	cases[1]["expected_output"] = "14"
	for i := range cases {
		if i != 1 {
			cases[i]["expected_output"] = fmt.Sprint((i + 1) * 7)
		}
	}
	a := s.post(context.Background(), program{
		"files":      []map[string]string{{"path": "main.py", "content": code}, {"path": "data.txt", "content": "7"}},
		"test_cases": cases, "timeout": 2,
	})
	var got struct {
		Summary struct {
			Total      int     `json:"total_tests"`
			Passed     int     `json:"passed"`
			Percentage float64 `json:"pass_percentage"`
		}
		Results []struct {
			Status   string
			LimitHit *string `json:"limit_hit"`
		} `json:"test_results"`
	}
	json.Unmarshal([]byte(a.body), &got)
	var statuses []string
	for _, r := range got.Results {
		statuses = append(statuses, r.Status)
	}
	if a.Status != "failed" || fmt.Sprint(statuses) != "[passed passed timeout passed]" || got.Summary.Passed != 3 || got.Summary.Percentage != 75 {
		t.Errorf("%v %.2000s", statuses, a)
	}
}

// A picture arrives as it was written, byte for byte.
func TestPicture(t *testing.T) {
	if err := exec.Command("/usr/bin/python3", "-c", "import matplotlib, numpy, pandas").Run(); err != nil {
		t.Skip("needs the modules matplotlib, numpy and pandas for /usr/bin/python3")
	}
	s := start(t)
	p := python(`
import hashlib, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt, numpy as np, pandas as pd
pd.DataFrame({"x": np.arange(9), "y": np.arange(9) ** 2}).plot("x", "y")
plt.savefig("plots.png")
print(hashlib.sha256(open("plots.png", "rb").read()).hexdigest())`)
	p["output_files"] = []string{"**/*.png"}
	p["limits"] = map[string]any{"memory_mib": 512}
	a := s.post(context.Background(), p)
	if a.Status != "success" || len(a.Files) != 1 || a.Files[0].Encoding != "base64" || a.Files[0].Truncated {
		t.Fatalf("%.3000s", a)
	}
	picture, err := base64.StdEncoding.DecodeString(a.Files[0].Content)
	sum := sha256.Sum256(picture)
	if err != nil || hex.EncodeToString(sum[:]) != strings.TrimSpace(a.Stdout) || !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Errorf("%d bytes, %v, want those of %s", len(picture), err, a.Stdout)
	}
}

// An operator's file adds a language and changes one; what is wrong in it stops the
// start, together with what else is wrong.
func TestRuntimesFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runtimes.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`[{"name":"cat","aliases":["show"],"binaries":["/usr/bin/cat"],"source":"main.txt","run":["{binary}","{file}"],"hello":"hello\n"},
		{"name":"bash","env":{"GREETING":"set by the operator"}}]`)
	s := start(t, "EXECUTOR_RUNTIMES="+file, "EXECUTOR_LANGUAGES=cat,bash")
	if a := s.post(context.Background(), program{"language": "show", "code": "shown"}); a.Stdout != "shown" || a.Status != "success" {
		t.Error(a)
	}
	if a := s.post(context.Background(), bash(`echo "$GREETING"`)); a.Stdout != "set by the operator\n" {
		t.Error(a)
	}
	write(`[{"name":"cat","weight":0}]`)
	err := run(context.Background(), nil, []string{"EXECUTOR_RUNTIMES=" + file, "EXECUTOR_QUEUE_DEPTH=x", "EXECUTOR_LANGUAGES=cobol"}, io.Discard, func(net.Addr) {})
	for _, want := range []string{"EXECUTOR_QUEUE_DEPTH", "EXECUTOR_RUNTIMES: " + file, "cat: binaries", "cat: weight: 0"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

// A stop in the middle of a compilation: everybody gets an answer, and nothing is
// left.
func TestStopWhileCompiling(t *testing.T) {
	needFile(t, "/usr/bin/g++")
	s := startProcess(t, "EXECUTOR_LANGUAGES=cpp", "EXECUTOR_DRAIN_TIMEOUT=1s")
	answers := make(chan answer, 3)
	slow := program{"language": "cpp", "code": "constexpr long f(long n) { return n < 2 ? n : f(n - 1) + f(n - 2); }\ntemplate <int N> struct A { static constexpr long v = f(20 + N % 3) + A<N - 1>::v; };\ntemplate <> struct A<0> { static constexpr long v = 0; };\nint main() { return A<800>::v; }"}
	for range cap(answers) {
		go func() { answers <- s.post(context.Background(), slow) }()
	}
	waitFor(t, "the compilations", func() bool { running, _ := s.load(); return running == int64(cap(answers)) })
	time.AfterFunc(0, func() { s.stop() })
	for range cap(answers) {
		a := <-answers
		if a.err != nil || a.http != 200 && a.Code != "draining" {
			t.Errorf("%.500s", a)
		}
	}
	if err := s.stop(); err != nil {
		t.Error(err, s.log)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// What was prepared ahead is what every later server has, until the language changes.
func TestPrepare(t *testing.T) {
	needRoot(t)
	file, dir := filepath.Join(t.TempDir(), "runtimes.json"), filepath.Join(workDir(t), "prepared")
	write := func(more string) {
		text := `[{"name":"draw","binaries":["/usr/bin/bash"],"source":"main.txt","hello":"-",
			"prepare":[["{binary}","-c","echo $RANDOM-$RANDOM-$RANDOM` + more + `; echo $RANDOM-$RANDOM-$RANDOM > $0/number","{out}"]],
			"run":["{binary}","-c","if [ $(cat $1) = number ]; then cat $0/number; else echo hello; fi","{prepared}","{file}"]}]`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	drawn := func(vars ...string) string {
		t.Helper()
		s := start(t, append([]string{"EXECUTOR_RUNTIMES=" + file, "EXECUTOR_LANGUAGES=draw"}, vars...)...)
		a := s.post(context.Background(), program{"language": "draw", "code": "number"})
		if a.Status != "success" {
			t.Error(a)
		}
		return a.Stdout
	}
	ahead := "EXECUTOR_PREPARED_DIR=" + dir
	write("")
	var out strings.Builder
	vars := []string{"EXECUTOR_RUNTIMES=" + file, "EXECUTOR_LANGUAGES=draw", "EXECUTOR_WORK_DIR=" + workDir(t)}
	if err := run(context.Background(), []string{"prepare"}, vars, &out, nil); err == nil || !strings.Contains(err.Error(), "EXECUTOR_PREPARED_DIR") {
		t.Error(err)
	}
	if err := run(context.Background(), []string{"prepare"}, append(vars, ahead), &out, nil); err != nil || !strings.Contains(out.String(), "draw") {
		t.Fatal(err, &out)
	}
	first := drawn(ahead)
	if second := drawn(ahead); second != first {
		t.Errorf("prepared ahead: %q, and then %q", first, second)
	}
	if other := drawn(); other == first {
		t.Errorf("prepared at the start: %q as well", other)
	}
	write("x")
	if other := drawn(ahead); other == first {
		t.Errorf("with another command: %q as well", other)
	}
}

// Where a language does not work, nothing of it stays; the others are prepared.
func TestPrepareFails(t *testing.T) {
	needRoot(t)
	file, dir := filepath.Join(t.TempDir(), "runtimes.json"), filepath.Join(workDir(t), "prepared")
	text := `[{"name":"broken","binaries":["/usr/bin/bash"],"source":"main.txt","hello":"-","prepare":[["{binary}","-c","exit 3"]],"run":["{binary}","{file}"]},
		{"name":"useless","binaries":["/usr/bin/bash"],"source":"main.txt","hello":"-","prepare":[["{binary}","-c","echo > $0/x","{out}"]],"run":["{binary}","-c","exit 3"]}]`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err := run(context.Background(), []string{"prepare"}, []string{"EXECUTOR_RUNTIMES=" + file, "EXECUTOR_LANGUAGES=broken,useless,bash", "EXECUTOR_PREPARED_DIR=" + dir, "EXECUTOR_WORK_DIR=" + workDir(t)}, &out, nil)
	if err == nil || !strings.Contains(err.Error(), "2 languages do not work") || !strings.Contains(out.String(), "ran a program (/usr/bin/bash") {
		t.Errorf("%v\n%s", err, &out)
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
