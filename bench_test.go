package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// What the service itself costs: the same program through HTTP and the sandbox,
// and started bare, in turn, so that the machine's mood is in both.
func BenchmarkOverhead(b *testing.B) {
	s := startProcess(b)
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
		b.ReportMetric(float64(pss(b, s.cmd.Process.Pid))/1024, "server-PSS-MiB")
		for range 20 { // after which shims wait for the next
			if a := s.post(context.Background(), bash(":")); a.Status != "success" {
				b.Fatal(a)
			}
		}
		all := pss(b, s.cmd.Process.Pid)
		for _, pid := range children(s.cmd.Process.Pid) {
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
		before := status(b, s.cmd.Process.Pid, "VmHWM:")
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
		b.ReportMetric(float64(status(b, s.cmd.Process.Pid, "VmHWM:")-before)/1024, "peak-MiB")
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

// Throughput with as many clients as there are places.
func BenchmarkThroughput(b *testing.B) {
	s := startProcess(b)
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			work := make(chan struct{})
			var wg sync.WaitGroup
			for range clients {
				wg.Go(func() {
					client := newClient()
					for range work {
						if a := s.postWith(client, context.Background(), python(`print("hi")`)); a.Status != "success" {
							b.Error(a)
						}
					}
				})
			}
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
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
