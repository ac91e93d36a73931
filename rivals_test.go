package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The task queues that people would have used instead, with a task that starts
// the program as a subprocess: what it takes from submitting one to having its
// result, and how many get through with eight in flight.
func BenchmarkRivals(b *testing.B) {
	// Programs keep a processor busy: with more workers than processors neither
	// of the two was faster.
	workers := runtime.NumCPU()
	b.Run("rq", func(b *testing.B) { fromSubmitToResult(b, startRQ(b, workers).run) })
	b.Run("celery", func(b *testing.B) { fromSubmitToResult(b, startCelery(b, workers).run) })
}

// fromSubmitToResult measures whatever runs programs and returns their output.
func fromSubmitToResult(b *testing.B, run func(code string) (stdout string, err error)) {
	b.Helper()
	once := func() error {
		out, err := run(hi)
		if err == nil && out != "hi\n" {
			err = fmt.Errorf("it printed %q", out)
		}
		return err
	}
	inFlight(b, 8, 64, once) // every worker and every connection has been used
	oneAtATime(b, once)
	b.ReportMetric(inFlight(b, 8, 200, once), "runs/s")
	b.ReportMetric(0, "ns/op") // a mean of the same as the median
}

// oneAtATime reports the median time of a run.
func oneAtATime(b *testing.B, run func() error) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := run(); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	b.ReportMetric(ms(median(times)), "median-ms")
}

// inFlight keeps n runs in flight until so many are over.
func inFlight(b *testing.B, n, of int, run func() error) (runsPerSecond float64) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(of))
	var wg sync.WaitGroup
	start := time.Now()
	for range n {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := run(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	if b.Failed() {
		b.FailNow() // fewer runs than it would be the rate of
	}
	return float64(of) / took.Seconds()
}

// rival is a task queue with its workers, and a process that uses it through its
// own library. That process stays, so that no start of Python is in the figures.
type rival struct {
	mu      sync.Mutex
	lines   *json.Encoder // to the process
	last    int
	waiting map[int]chan rivalAnswer
	gone    error // why there are no more answers
}

type rivalAnswer struct {
	ID         int
	Stdout     string
	Stderr     string
	ReturnCode int `json:"return_code"`
	Error      string
}

// run submits a program and waits for its result; rivalsAtOnce may wait at a time.
func (r *rival) run(code string) (stdout string, err error) {
	answer := make(chan rivalAnswer, 1)
	if err := r.submit(code, answer); err != nil {
		return "", err
	}
	a := <-answer
	switch {
	case a.Error != "":
		return "", errors.New(a.Error)
	case a.ReturnCode != 0:
		return a.Stdout, fmt.Errorf("it ended with %d: %s", a.ReturnCode, a.Stderr)
	}
	return a.Stdout, nil
}

func (r *rival) submit(code string, answer chan rivalAnswer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone != nil {
		return r.gone
	}
	r.last++
	r.waiting[r.last] = answer
	return r.lines.Encode(map[string]any{"id": r.last, "code": code})
}

// hand hands answers to those who wait for them, until the process ends.
func (r *rival) hand(answers *json.Decoder) {
	for {
		var a rivalAnswer
		err := answers.Decode(&a)
		r.mu.Lock()
		if err != nil {
			r.gone = fmt.Errorf("the client is gone: %w", err)
			for _, answer := range r.waiting {
				answer <- rivalAnswer{Error: r.gone.Error()}
			}
			r.mu.Unlock()
			return
		}
		r.waiting[a.ID] <- a
		delete(r.waiting, a.ID)
		r.mu.Unlock()
	}
}

// startRQ starts RQ's workers, or skips the test and says why. They fork for every
// job, as they do by default; its SimpleWorker, which does not and ends with a job
// that crashes, takes a quarter less. To import the task ahead made no difference.
//
// Both are as durable as they are by default: what was submitted is in Redis's log,
// written through once a second, and a job whose worker dies is not run again.
func startRQ(tb testing.TB, workers int) *rival {
	tb.Helper()
	h := newRivalHome(tb, "rq")
	for range workers {
		// Quiet, because it would log every job, with the text of the program.
		h.start("/usr/bin/python3", "-m", "rq.cli", "worker", "--url", h.redis, "--quiet")
	}
	return h.client(workers)
}

// startCelery starts Celery's worker, or skips the test and says why. Processes that
// stay are its default. So is a prefetch multiplier of 4; with 1 and with 16 it was
// not faster. What it is told to leave out is for several workers to know of each
// other; without that it was faster by a little, if at all.
func startCelery(tb testing.TB, workers int) *rival {
	tb.Helper()
	h := newRivalHome(tb, "celery")
	h.start("/usr/bin/python3", "-m", "celery", "--app", "celery_tasks", "worker", "--pool", "prefork", "--concurrency", strconv.Itoa(workers),
		"--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
	return h.client(workers)
}

// rivalsAtOnce is how many runs a client can wait for at once.
const rivalsAtOnce = 16

// rivalHome is a directory with the Python files, and a Redis of its own.
type rivalHome struct {
	tb      testing.TB
	library string
	dir     string
	redis   string // its URL
	log     *os.File
}

func newRivalHome(tb testing.TB, library string) *rivalHome {
	tb.Helper()
	server, err := exec.LookPath("redis-server")
	if err != nil {
		tb.Skip("there is no Redis here: Debian's package redis-server has it")
	}
	if err := exec.Command("/usr/bin/python3", "-c", "import redis, "+library).Run(); err != nil {
		tb.Skipf("there is no %s here (%v): Debian's package python3-%[1]s has it", library, err)
	}
	// A copy, so that Python can keep what it compiled beside it.
	h := &rivalHome{tb: tb, library: library, dir: tb.TempDir()}
	if err := os.CopyFS(h.dir, os.DirFS("testdata/rivals")); err != nil {
		tb.Fatal(err)
	}
	if h.log, err = os.Create(filepath.Join(h.dir, "log")); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { h.log.Close() })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	address := ln.Addr().(*net.TCPAddr)
	ln.Close()
	h.redis = "redis://" + address.String() + "/0"
	// A log as a queue should have one, and no snapshots beside it: they would only take time.
	h.start(server, "--bind", "127.0.0.1", "--port", strconv.Itoa(address.Port), "--dir", h.dir, "--appendonly", "yes", "--save", "")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", address.String())
		if err == nil {
			conn.Close()
			return h
		}
		if time.Now().After(deadline) {
			tb.Fatalf("Redis does not start: %v\n%s", err, h.said())
		}
	}
}

// client starts what submits programs, and returns when one was run.
func (h *rivalHome) client(workers int) *rival {
	h.tb.Helper()
	cmd := h.command("/usr/bin/python3", "driver.py", h.library, strconv.Itoa(workers), strconv.Itoa(rivalsAtOnce))
	in, err := cmd.StdinPipe()
	if err != nil {
		h.tb.Fatal(err)
	}
	// Not StdoutPipe, which Wait closes before all has been read.
	out, write := io.Pipe()
	cmd.Stdout = write
	h.begin(cmd, func() { in.Close() }, func() { write.Close() })
	r := &rival{lines: json.NewEncoder(in), waiting: map[int]chan rivalAnswer{}}
	go r.hand(json.NewDecoder(out))
	first := make(chan error, 1)
	go func() { _, err := r.run(hi); first <- err }()
	select {
	case err = <-first:
	case <-time.After(time.Minute):
		err = errors.New("no worker has run anything in a minute")
	}
	if err != nil {
		h.tb.Fatalf("%s does not start: %v\n%s", h.library, err, h.said())
	}
	return r
}

// start starts a server or a worker, which ends with the test.
func (h *rivalHome) start(name string, args ...string) {
	h.tb.Helper()
	cmd := h.command(name, args...)
	cmd.Stdout = h.log
	h.begin(cmd, func() { cmd.Process.Signal(syscall.SIGTERM) }, func() {})
}

func (h *rivalHome) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = h.dir
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + h.dir, "TMPDIR=" + os.TempDir(), "REDIS_URL=" + h.redis}
	cmd.Stderr = h.log
	// With the tests, also when they are killed. What workers have forked ends with its
	// job, or with the worker.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// begin starts a command that stop ends, when the test is over; then follows after it has.
func (h *rivalHome) begin(cmd *exec.Cmd, stop, then func()) {
	h.tb.Helper()
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // the signal comes when the thread ends that started it
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait()
			then()
		}
	}()
	if err := <-started; err != nil {
		h.tb.Fatal(err)
	}
	h.tb.Cleanup(func() {
		stop()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			h.tb.Errorf("%s did not end", cmd)
			cmd.Process.Kill()
			<-ended
		}
	})
}

// said is what all of them have logged.
func (h *rivalHome) said() string {
	text, err := os.ReadFile(h.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text)
}
