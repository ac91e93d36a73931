package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// What the service itself costs: the same program through HTTP and the sandbox,
// and started bare, in turn, so that the machine's mood is in both.
func BenchmarkOverhead(b *testing.B) {
	s := startProcess(b, "EXECUTOR_WARM_PYTHON=false")
	for _, row := range []struct {
		name, binary, file, code string
		body                     program
	}{
		{"bash", "/usr/bin/bash", "main.sh", ":", bash(":")},
		{"python", "/usr/bin/python3", "main.py", `print("hi")`, python(`print("hi")`)},
		{"node", "/usr/bin/node", "main.js", `console.log("hi")`, program{"language": "node", "code": `console.log("hi")`}},
	} {
		b.Run(row.name, func(b *testing.B) {
			if _, err := os.Stat(row.binary); err != nil {
				b.Skip(err)
			}
			file := filepath.Join(b.TempDir(), row.file)
			if err := os.WriteFile(file, []byte(row.code), 0o644); err != nil {
				b.Fatal(err)
			}
			client := newClient()
			var bare, served []time.Duration
			for b.Loop() {
				cmd := exec.Command(row.binary, file)
				// The environment and a session of its own as the service gives
				// them: variables steer interpreters, and schedulers share
				// processors between sessions.
				cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + filepath.Dir(file)}
				cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
				start := time.Now()
				if err := cmd.Run(); err != nil {
					b.Fatal(err)
				}
				bare = append(bare, time.Since(start))
				start = time.Now()
				if a := s.postWith(client, context.Background(), row.body); a.Status != "success" {
					b.Fatal(a)
				}
				served = append(served, time.Since(start))
			}
			b.ReportMetric(ms(median(bare)), "bare-ms")
			b.ReportMetric(ms(median(served)), "served-ms")
			b.ReportMetric(ms(median(served)-median(bare)), "overhead-ms")
			b.ReportMetric(0, "ns/op") // of both together: says nothing
		})
	}
}

// Memory of the idle service, its guardian included: proportional set size.
func BenchmarkIdleMemory(b *testing.B) {
	for b.Loop() {
		s := startProcess(b)
		s.waitWarm(b)
		b.ReportMetric(float64(pss(b, s.pid))/1024, "server-PSS-MiB")
		b.ReportMetric(float64(pss(b, s.pid)+pss(b, zygotePID(s.pid)))/1024, "with-zygote-PSS-MiB")
		for range 20 { // after which shims wait for the next
			if a := s.post(context.Background(), bash(":")); a.Status != "success" {
				b.Fatal(a)
			}
		}
		all := pss(b, s.pid)
		for _, pid := range children(s.pid) {
			all += pss(b, pid)
		}
		b.ReportMetric(float64(all)/1024, "all-PSS-MiB")
		s.stop()
	}
	b.ReportMetric(0, "ns/op")
}

// 40 bodies of 15 MiB at once: what the server's peak grows by.
func BenchmarkBodies(b *testing.B) {
	for b.Loop() {
		s := startProcess(b, "EXECUTOR_MAX_CONCURRENCY=2", "EXECUTOR_DISK_MIB=64")
		before := status(b, s.pid, "VmHWM:")
		body := program{"language": "bash", "code": "exit 0 #" + strings.Repeat("x", 15<<20)}
		count := map[int]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				a := s.post(context.Background(), body)
				mu.Lock()
				defer mu.Unlock()
				count[a.http]++
				if a.http != 200 && a.http != 429 {
					b.Error(a)
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(status(b, s.pid, "VmHWM:")-before)/1024, "peak-MiB")
		b.ReportMetric(float64(count[200]), "served")
		b.ReportMetric(float64(count[429]), "refused")
		s.stop()
	}
	b.ReportMetric(0, "ns/op")
}

// 300 programs of half a second at once on 2 units with a queue of 8 and one
// second of patience: how soon refusals and results come. The clients are 300
// goroutines of this process on the same processors, so what the server's log
// says of its refusals is reported as well.
func BenchmarkOverload(b *testing.B) {
	for b.Loop() {
		s := startProcess(b, "EXECUTOR_MAX_CONCURRENCY=2", "EXECUTOR_QUEUE_DEPTH=8", "EXECUTOR_QUEUE_TIMEOUT=1s")
		times := map[string][]time.Duration{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 300 {
			wg.Go(func() {
				start := time.Now()
				a := s.post(context.Background(), python("import time; time.sleep(0.5)"))
				took := time.Since(start)
				mu.Lock()
				defer mu.Unlock()
				times[strconv.Itoa(a.http)+a.Code] = append(times[strconv.Itoa(a.http)+a.Code], took)
			})
		}
		wg.Wait()
		for kind, list := range times {
			b.ReportMetric(float64(len(list)), kind)
			b.ReportMetric(ms(median(list)), kind+"-median-ms")
			b.ReportMetric(ms(slices.Max(list)), kind+"-max-ms")
		}
		s.stop()
		var refused []time.Duration
		for line := range strings.Lines(s.log.String()) {
			var entry struct {
				Code     string
				Duration float64 `json:"duration_ms"`
			}
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Code == "queue_full" {
				refused = append(refused, time.Duration(entry.Duration*float64(time.Millisecond)))
			}
		}
		b.ReportMetric(ms(median(refused)), "queue_full-log-median-ms")
		b.ReportMetric(ms(slices.Max(refused)), "queue_full-log-max-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// other is another server to be measured beside ours: where it takes programs,
// and the body that has it run a file of Python whose text stands in the place
// of CODE, as JSON. What is in an answer to a run that worked is in want.
var (
	otherURL  = flag.String("other-url", "", "another server's address to measure beside ours, such as http://localhost:5050/run")
	otherBody = flag.String("other-body", `{"code": CODE}`, "what to post to it; CODE stands for the program, as JSON")
	otherWant = flag.String("other-want", "hi", "what its answer to a run that worked has in it")
)

// contender is something that runs programs.
type contender struct {
	name string
	run  func(client *http.Client, code string) error
}

// posts is a server that is asked over HTTP.
func posts(name, url, body, want string) contender {
	return contender{name, func(client *http.Client, code string) error {
		text, _ := json.Marshal(code)
		resp, err := client.Post(url, "application/json", strings.NewReader(strings.ReplaceAll(body, "CODE", string(text))))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err == nil && !strings.Contains(string(answer), want) {
			err = fmt.Errorf("%s: %d %s", name, resp.StatusCode, answer)
		}
		return err
	}}
}

func ours(name string, s *service) contender {
	return posts(name, s.url+"/execute", `{"language": "python", "code": CODE}`, `"status":"success"`)
}

// bare starts an interpreter, with the environment and the session that the
// service gives programs, and nothing around it.
func bare(name string, args ...string) contender {
	return contender{name, func(*http.Client, string) error {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		return cmd.Run()
	}}
}

// forks is the physical floor: a bare fork and exit of an interpreter, and how
// long a program in it says that took.
func forks(b *testing.B, n int) time.Duration {
	out, err := exec.Command("/usr/bin/python3", "-c", `
import gc, os, sys, time, json, re, math, datetime, collections, random, typing
gc.collect(); gc.freeze()
times = []
for i in range(int(sys.argv[1])):
    begin = time.perf_counter_ns()
    pid = os.fork()
    if pid == 0: os._exit(0)
    os.waitpid(pid, 0)
    times.append(time.perf_counter_ns() - begin)
print(sorted(times)[len(times) // 2])`, strconv.Itoa(n)).Output()
	if err != nil {
		b.Fatal(err)
	}
	ns, _ := strconv.Atoi(strings.TrimSpace(string(out)))
	return time.Duration(ns)
}

// inTurn runs a program some times with each of the contenders in turn, so that
// the machine's mood is in all, and returns their times. Some times, because a
// server's next request finds its code in the processor's caches, and a program
// that was started in between would have taken it out of there.
func inTurn(b *testing.B, code string, list ...contender) [][]time.Duration {
	times := make([][]time.Duration, len(list))
	clients := make([]*http.Client, len(list))
	for i := range list {
		clients[i] = newClient()
	}
	for b.Loop() {
		for i, c := range list {
			for range 20 {
				start := time.Now()
				if err := c.run(clients[i], code); err != nil {
					b.Fatal(err)
				}
				times[i] = append(times[i], time.Since(start))
			}
		}
	}
	return times
}

// throughput has n clients run a program again and again.
func throughput(b *testing.B, c contender, clients int, code string, total int) (perSecond float64, times []time.Duration) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(total))
	start := time.Now()
	for range clients {
		wg.Go(func() {
			client := newClient()
			var mine []time.Duration
			for left.Add(-1) >= 0 {
				begin := time.Now()
				if err := c.run(client, code); err != nil {
					b.Error(err)
					return
				}
				mine = append(mine, time.Since(begin))
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
		})
	}
	wg.Wait()
	return float64(total) / time.Since(start).Seconds(), times
}

const hi = `print("hi")`

// One client, HTTP in to HTTP out, beside a bare start of the interpreter.
func BenchmarkWarm(b *testing.B) {
	s := startProcess(b)
	s.waitWarm(b)
	list := []contender{bare("bare", "/usr/bin/python3", "-c", hi), ours("warm", s)}
	if *otherURL != "" {
		list = append(list, posts("other", *otherURL, *otherBody, *otherWant))
	}
	times := inTurn(b, hi, list...)
	start := median(times[0])
	for i, c := range list {
		b.ReportMetric(ms(median(times[i])), c.name+"-ms")
		if i > 0 {
			b.ReportMetric(float64(median(times[i]))/float64(start), c.name+"/bare")
		}
	}
	floor := forks(b, min(500, 10+len(times[0])))
	b.ReportMetric(ms(floor), "bare-fork-ms")
	b.ReportMetric(float64(floor)/float64(start), "bare-fork/bare")
	b.ReportMetric(0, "ns/op")
}

// Eight clients, beside as many bare starts at once as there are processors.
func BenchmarkWarmThroughput(b *testing.B) {
	s := startProcess(b)
	s.waitWarm(b)
	list := []contender{ours("warm", s)}
	if *otherURL != "" {
		list = append(list, posts("other", *otherURL, *otherBody, *otherWant))
	}
	const runs, starts = 800, 160
	rates := map[string][]float64{}
	var times []time.Duration
	for b.Loop() {
		rate, _ := throughput(b, bare("bare", "/usr/bin/python3", "-c", hi), runtime.NumCPU(), hi, starts)
		rates["bare"] = append(rates["bare"], rate)
		for i, c := range list {
			rate, all := throughput(b, c, 8, hi, runs)
			rates[c.name] = append(rates[c.name], rate)
			if i == 0 {
				times = append(times, all...)
			}
		}
	}
	middle := func(name string) float64 { list := slices.Sorted(slices.Values(rates[name])); return list[len(list)/2] }
	b.ReportMetric(middle("bare"), "bare/s")
	for _, c := range list {
		b.ReportMetric(middle(c.name), c.name+"/s")
		b.ReportMetric(middle(c.name)/middle("bare"), c.name+"/bare")
	}
	slices.Sort(times)
	p99 := times[len(times)*99/100]
	b.ReportMetric(ms(p99), "p99-ms")
	b.ReportMetric(float64(p99)/float64(median(times)), "p99/p50")
	b.ReportMetric(0, "ns/op")
}

// A module that is imported ahead, and what that costs programs that do not
// name it.
func BenchmarkPreload(b *testing.B) {
	module := ""
	for _, name := range []string{"numpy", "decimal"} { // the second is everywhere, and no substitute
		if exec.Command("/usr/bin/python3", "-c", "import "+name).Run() == nil {
			module = name
			break
		}
	}
	without, with := startProcess(b), startProcess(b, "EXECUTOR_PRELOAD="+module)
	without.waitWarm(b)
	with.waitWarm(b)
	imports := "import " + module + "\n" + hi
	list := []contender{ours("without", without), ours("with", with), {"import", func(c *http.Client, _ string) error { return ours("import", with).run(c, imports) }}}
	times := inTurn(b, hi, list...)
	b.ReportMetric(ms(median(times[2])), module+"-ms")
	b.ReportMetric(float64(median(times[2]))/float64(median(times[1])), module+"/hi")
	b.ReportMetric(float64(median(times[1]))/float64(median(times[0])), "hi-with/hi-without")
	b.ReportMetric(0, "ns/op")
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// pss is a process's proportional set size in KiB.
func pss(b *testing.B, pid int) int {
	return field(b, fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Pss:")
}

func status(b *testing.B, pid int, name string) int {
	return field(b, fmt.Sprintf("/proc/%d/status", pid), name)
}

func field(b *testing.B, path, name string) int {
	b.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	b.Fatalf("no %s in %s", name, path)
	return 0
}
