// Command scenarios loads the three replicas of compose.yaml through their balancer,
// stops and kills some, and prints what came of it. It fails where a request was
// lost that need not have been.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: scenarios URL COMPOSE-COMMAND...")
		os.Exit(2)
	}
	s := &site{url: os.Args[1], compose: os.Args[2:]}
	fmt.Printf("%-58s %8s %8s %8s %8s %8s %8s  %s\n", "scenario", "requests", "answered", "429", "lost", "other", "seconds", "by replica")
	failed := false
	for _, sc := range scenarios {
		if err := s.ready(3); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		begin := time.Now()
		o, err := sc.run(s)
		fmt.Printf("%-58s %8d %8d %8d %8d %8d %8.1f  %s\n", sc.name, o.requests, o.answered, o.refused, o.lost, len(o.other), time.Since(begin).Seconds(), o.replicas())
		if err = errors.Join(err, sc.check(o)); err != nil || len(o.other) > 0 {
			failed = true
			fmt.Printf("  FAILED: %v %v\n", err, o.other)
		}
	}
	if failed {
		os.Exit(1)
	}
}

// site is what compose.yaml starts.
type site struct {
	url     string
	compose []string
}

// control runs a command of compose.
func (s *site) control(args ...string) error {
	args = append(slices.Clone(s.compose), args...)
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// ready waits until as many replicas answer.
func (s *site) ready(n int) error {
	seen := map[string]bool{}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var o outcome
		s.send(&o, &sync.Mutex{}, "print(1)")
		for r := range o.by {
			seen[r] = true
		}
		if len(seen) >= n && o.answered == 1 {
			return nil
		}
	}
	return fmt.Errorf("only %d of %d replicas answer", len(seen), n)
}

// outcome counts answers.
type outcome struct {
	requests, answered, refused, lost int

	by    map[string]int // answers of each replica
	other []string       // what should not have been
}

func (o outcome) replicas() string {
	var n []string
	for _, r := range slices.Sorted(maps.Keys(o.by)) {
		n = append(n, fmt.Sprint(o.by[r]))
	}
	return strings.Join(n, " + ")
}

// send posts a program, and counts its answer.
func (s *site) send(o *outcome, mu *sync.Mutex, code string) {
	body, _ := json.Marshal(map[string]any{"code": code, "timeout": 30})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Post(s.url+"/execute", "application/json", bytes.NewReader(body))
	var a struct{ Status, Code, Replica string }
	var text []byte
	if err == nil {
		text, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		json.Unmarshal(text, &a)
	}
	mu.Lock()
	defer mu.Unlock()
	o.requests++
	switch {
	case err != nil:
		o.other = append(o.other, err.Error())
	case resp.StatusCode == http.StatusOK && a.Status == "success":
		o.answered++
		if o.by == nil {
			o.by = map[string]int{}
		}
		o.by[a.Replica]++
	case resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") != "":
		o.refused++
	case resp.StatusCode == http.StatusBadGateway && a.Code == "replica_lost":
		o.lost++
	default:
		o.other = append(o.other, fmt.Sprint(resp.Status, " ", string(text)))
	}
}

// atOnce sends n programs that take so many seconds, and does something half a second
// later.
func (s *site) atOnce(n int, seconds float64, meanwhile func() error) (o outcome, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { s.send(&o, &mu, fmt.Sprintf("import time; time.sleep(%v)", seconds)) })
	}
	if meanwhile != nil {
		time.Sleep(500 * time.Millisecond)
		err = meanwhile()
	}
	wg.Wait()
	return o, err
}

// steadily sends short programs from several clients while something is done.
func (s *site) steadily(clients int, meanwhile func() error) (o outcome, err error) {
	ctx, stop := context.WithCancel(context.Background())
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for ctx.Err() == nil {
				s.send(&o, &mu, "import time; time.sleep(0.05)")
			}
		})
	}
	err = meanwhile()
	stop()
	wg.Wait()
	return o, err
}

// all is for scenarios in which every request is to be answered.
func all(o outcome) error {
	if o.answered != o.requests {
		return fmt.Errorf("%d of %d were answered", o.answered, o.requests)
	}
	return nil
}

// fill has a replica run and queue as much as it takes, past the balancer.
const fill = `
import json, threading, urllib.request
def send():
    body = json.dumps({"code": "import time; time.sleep(6)", "timeout": 20}).encode()
    urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8000/execute", body, {"Content-Type": "application/json"}))
for i in range(40): threading.Thread(target=send).start()
`

var scenarios = []struct {
	name  string
	run   func(*site) (outcome, error)
	check func(outcome) error
}{
	{"24 of one second at once (3 replicas of 8 units)",
		func(s *site) (outcome, error) { return s.atOnce(24, 1, nil) },
		func(o outcome) error {
			for replica, n := range o.by {
				if n != 8 {
					return fmt.Errorf("%d on %s, not 8", n, replica)
				}
			}
			return all(o)
		}},
	{"60 of one second at once",
		func(s *site) (outcome, error) { return s.atOnce(60, 1, nil) }, all},
	{"60 of one second; a replica is stopped in the middle",
		func(s *site) (outcome, error) {
			o, err := s.atOnce(60, 1, func() error { return s.control("stop", "replica-2") })
			return o, errors.Join(err, s.control("start", "replica-2"))
		}, all},
	{"8 clients; each replica is stopped and started in turn",
		func(s *site) (outcome, error) {
			return s.steadily(8, func() error {
				for _, r := range []string{"replica-1", "replica-2", "replica-3"} {
					if err := errors.Join(s.control("stop", r), s.control("start", r), s.ready(3)); err != nil {
						return err
					}
				}
				return nil
			})
		}, all},
	{"60 of one second; a replica is killed (SIGKILL)",
		func(s *site) (outcome, error) {
			o, err := s.atOnce(60, 1, func() error { return s.control("kill", "-s", "SIGKILL", "replica-2") })
			return o, errors.Join(err, s.control("start", "replica-2"))
		},
		func(o outcome) error {
			// Eight ran there; one or another may have been on its way.
			if o.lost == 0 || o.lost > 12 || o.answered+o.lost != o.requests {
				return errors.New("just what ran on it, or was being sent to it, was to be lost: some 8")
			}
			return nil
		}},
	{"one replica is full of others' requests; 16 come",
		func(s *site) (outcome, error) {
			go s.control("exec", "-T", "replica-1", "python3", "-c", fill) // ends with the replica
			time.Sleep(1500 * time.Millisecond)
			o, err := s.atOnce(16, 1, nil)
			return o, errors.Join(err, s.control("restart", "-t", "0", "replica-1"))
		},
		func(o outcome) error {
			if len(o.by) != 2 {
				return fmt.Errorf("answered by %d replicas, not by the two that had room", len(o.by))
			}
			return all(o)
		}},
	{"300 of one second at once: more than there is room for",
		func(s *site) (outcome, error) { return s.atOnce(300, 1, nil) },
		func(o outcome) error {
			if o.refused == 0 || o.answered < 240 || o.answered+o.refused != o.requests {
				return errors.New("ten rounds of 24 fit into ten seconds of patience, and the rest is refused")
			}
			return nil
		}},
}
