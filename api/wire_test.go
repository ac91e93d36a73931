package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aca-executor/api"
	"aca-executor/executor"
	"aca-executor/sandbox"
)

const ok = `{"code":"x"}`

// TestSendsBeforeReading is the client that writes its whole body before it
// reads anything: it must see the refusal, and not a broken connection.
func TestSendsBeforeReading(t *testing.T) {
	t.Parallel()
	const size = 20 * mib
	big := strings.Repeat("x", size)
	withKey := func(o *api.Options) { o.Keys = []string{"k"} }
	for _, row := range []struct {
		name    string
		path    string
		headers []string
		body    string
		options func(*api.Options)
		drain   bool
		status  int
		code    string
	}{
		{name: "too large", headers: []string{length(size)}, body: big, status: 413, code: "body_too_large"},
		{name: "too large, in one chunk", headers: []string{chunked}, body: chunk(big) + chunk(""), status: 413, code: "body_too_large"},
		{name: "too large, in many chunks", headers: []string{chunked}, body: strings.Repeat(chunk(big[:32<<10]), size/(32<<10)) + chunk(""), status: 413, code: "body_too_large"},
		{name: "too large, does not wait for 100", headers: []string{length(size), "Expect: 100-continue"}, body: big, status: 413, code: "body_too_large"},
		{name: "wrong type", headers: []string{length(size), "Content-Encoding: gzip"}, body: big, status: 415, code: "unsupported_media_type"},
		{name: "no key", headers: []string{length(size)}, body: big, options: withKey, status: 401, code: "unauthorized"},
		{name: "no such path", path: "/nothing", headers: []string{length(size)}, body: big, status: 404, code: "not_found"},
		{name: "wrong method", path: "/runtimes", headers: []string{length(size)}, body: big, status: 405, code: "method_not_allowed"},
		{name: "draining", headers: []string{length(size)}, body: big, drain: true, status: 503, code: "draining"},
		{name: "no room for bodies", headers: []string{length(size)}, body: big, status: 429, code: "queue_full",
			options: func(o *api.Options) { o.BodyLimit, o.BodiesLimit = 32*mib, mib }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, setup{options: row.options})
			if row.drain {
				s.Drain()
			}
			w := s.dial(t)
			path := row.path
			if path == "" {
				path = "/execute"
			}
			w.send("POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + strings.Join(row.headers, "\r\n") + "\r\n\r\n")
			w.send(row.body)
			a := w.read()
			a.wantProblem(t, row.status, row.code)
			if !a.close {
				t.Error("the body was not read, and the connection is not closed")
			}
		})
	}
}

// TestRefusedAfterContinue is the client that waited for 100, and was told to go
// on: from then on it is like any other that sends before it reads.
func TestRefusedAfterContinue(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	w := s.dial(t)
	w.post(chunked, "Expect: 100-continue")
	w.wantContinue()
	w.send(strings.Repeat(chunk(strings.Repeat("x", 32<<10)), 20*mib/(32<<10)) + chunk(""))
	w.read().wantProblem(t, 413, "body_too_large")
}

// TestAnsweredBeforeTheBody is the client that waits for an answer before it
// sends its body: it must not wait for the body to be read.
func TestAnsweredBeforeTheBody(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		headers []string
		options func(*api.Options)
		drain   bool
		status  int
		code    string
	}{
		{name: "too large", headers: []string{length(20 * mib)}, status: 413, code: "body_too_large"},
		{name: "too large, Expect", headers: []string{length(20 * mib), "Expect: 100-continue"}, status: 413, code: "body_too_large"},
		{name: "longer than any integer can say twice", headers: []string{"Content-Length: 9223372036854775807"}, status: 413, code: "body_too_large"},
		{name: "wrong type", headers: []string{length(10), "Content-Encoding: br"}, status: 415, code: "unsupported_media_type"},
		{name: "no key, Expect", headers: []string{length(10), "Expect: 100-continue"}, options: func(o *api.Options) { o.Keys = []string{"k"} }, status: 401, code: "unauthorized"},
		{name: "draining", headers: []string{length(10)}, drain: true, status: 503, code: "draining"},
		{name: "draining, chunked", headers: []string{chunked}, drain: true, status: 503, code: "draining"},
		{name: "no room for bodies", headers: []string{length(1000)}, options: func(o *api.Options) { o.BodiesLimit = 1 }, status: 429, code: "queue_full"},
		{name: "no room for bodies, chunked", headers: []string{chunked}, options: func(o *api.Options) { o.BodiesLimit = 1 }, status: 429, code: "queue_full"},
		{name: "no room for bodies, Expect", headers: []string{length(1000), "Expect: 100-continue"}, options: func(o *api.Options) { o.BodiesLimit = 1 }, status: 429, code: "queue_full"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, setup{options: row.options})
			if row.drain {
				s.Drain()
			}
			w := s.dial(t)
			w.post(append(row.headers, "X-Request-Id: early")...)
			a := w.read()
			if log := s.log.String(); len(row.headers) == 1 && strings.Contains(log, "early") {
				t.Error("the answer came only when the server had stopped waiting for the body")
			}
			a.wantProblem(t, row.status, row.code)
			if !a.close {
				t.Error("the body was not read, and the connection is not closed")
			}
			if a.header.Get("Server-Timing") == "" {
				t.Error("there is no Server-Timing")
			}
		})
	}
}

func TestExpectContinue(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	w := s.dial(t)
	for _, head := range []string{length(len(ok)), chunked} { // on one connection
		w.post(head, "Expect: 100-continue")
		w.wantContinue()
		if head == chunked {
			w.send(chunk(ok) + chunk(""))
		} else {
			w.send(ok)
		}
		w.read().wantSuccess(t)
	}
}

func TestSlowBody(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		headers []string
		sent    string
	}{
		{"nothing of it", []string{length(100)}, ""},
		{"one byte short", []string{length(len(ok) + 1)}, ok},
		{"no chunk", []string{chunked}, ""},
		{"a part of a chunk", []string{chunked}, "100\r\n{"},
		{"no last chunk", []string{chunked}, chunk(ok)},
		{"Expect", []string{length(100), "Expect: 100-continue"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var ran atomic.Int64
			s := serve(t, setup{
				run:     func(context.Context, sandbox.Job) (sandbox.Result, error) { ran.Add(1); return hello(), nil },
				options: func(o *api.Options) { o.BodyTimeout, o.BodiesLimit = 50*time.Millisecond, 2*bodyLimit },
			})
			w := s.dial(t)
			w.post(append(row.headers, "X-Request-Id: slow")...)
			w.send(row.sent)
			a := w.read()
			if a.status == http.StatusContinue {
				a = w.read()
			}
			a.wantProblem(t, 408, "request_timeout")
			if !a.close {
				t.Error("the connection is not closed")
			}
			w.Close() // which ends the reading and throwing away
			if line := s.log.wait(t, "slow", "request"); line["status"] != 408.0 || line["code"] != "request_timeout" {
				t.Errorf("logged %v", line)
			}
			if ran.Load() != 0 {
				t.Error("the program was run")
			}
			// All the room is free again. (That this one is in time is not sure.)
			if a := s.execute(t, sized(bodyLimit)); a.status == 429 {
				t.Errorf("the next is refused: %s", a.body)
			}
		})
	}
}

// TestBodyTimeoutIsForTheBody: neither the run nor the next request on the
// connection is under the body's deadline.
// It is not parallel: the bodies themselves must be in time.
func TestBodyTimeoutIsForTheBody(t *testing.T) {
	const timeout = 300 * time.Millisecond
	var cut atomic.Bool
	s := serve(t, setup{
		run: func(ctx context.Context, _ sandbox.Job) (sandbox.Result, error) {
			select {
			case <-ctx.Done():
				cut.Store(true)
			case <-time.After(timeout + timeout/4):
			}
			return hello(), nil
		},
		options: func(o *api.Options) { o.BodyTimeout = timeout },
	})
	w := s.dial(t)
	for _, body := range []string{length(len(ok)) + "\r\n\r\n" + ok, chunked + "\r\n\r\n" + chunk(ok) + chunk("")} {
		w.send("POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + body)
		w.read().wantSuccess(t)
	}
	if cut.Load() {
		t.Error("the body's deadline ended a run")
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		size   int
		bodies int64
		status int
	}{
		{"a byte", 1, bodiesLimit, 400},
		{"as first read", 64 << 10, bodiesLimit, 200},
		{"one more", 64<<10 + 1, bodiesLimit, 200},
		{"one below the limit", bodyLimit - 1, bodiesLimit, 200},
		{"the limit", bodyLimit, bodiesLimit, 200},
		{"one above the limit", bodyLimit + 1, bodiesLimit, 413},
		{"twice the limit", 2 * bodyLimit, bodiesLimit, 413},
		// The least that the configuration lets all bodies together have.
		{"half the limit, alone in all the room there is", bodyLimit / 2, 2 * bodyLimit, 200},
		{"more than half the limit, alone in all the room there is", bodyLimit/2 + 1, 2 * bodyLimit, 200},
		{"the limit, alone in all the room there is", bodyLimit, 2 * bodyLimit, 200},
		{"above the limit, alone in all the room there is", bodyLimit + 1, 2 * bodyLimit, 413},
	} {
		body := "{"
		if row.size > 1 {
			body = sized(row.size)
		}
		for kind, reader := range map[string]io.Reader{
			"length":  strings.NewReader(body),
			"chunked": struct{ io.Reader }{strings.NewReader(body)}, // of which net/http does not know the length
		} {
			t.Run(row.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				s := serve(t, setup{options: func(o *api.Options) { o.BodiesLimit = row.bodies }})
				if a := s.do(t, http.MethodPost, "/execute", reader); a.status != row.status {
					t.Errorf("status %d, want %d: %.300s", a.status, row.status, a.body)
				}
			})
		}
	}
}

// TestBodiesBudget: what bodies take together is bounded, counted twice while
// they are read and once while their programs run, and is given back.
func TestBodiesBudget(t *testing.T) {
	t.Parallel()
	b := newBlocker()
	s := serve(t, setup{run: b.run, options: func(o *api.Options) { o.BodiesLimit = 2 * bodyLimit }})

	first := s.dial(t)
	first.post(length(bodyLimit), "Expect: 100-continue", "X-Request-Id: first")
	first.wantContinue()
	// Announcing takes no room: others are served meanwhile.
	s.execute(t, sized(bodyLimit/2)).wantSuccess(t)
	// What has arrived does, and as much again.
	blocking := `{"code":"block","stdin":"` // filled up to the limit
	first.send(blocking + strings.Repeat("x", bodyLimit-len(blocking)-2))
	for end := time.Now().Add(patience); s.execute(t, sized(100)).status != 429; { // until it was read
		if time.Now().After(end) {
			t.Fatal("what has arrived takes no room")
		}
	}
	for name, headers := range map[string][]string{"length": {length(2)}, "chunked": {chunked}} {
		w := s.dial(t)
		w.post(headers...)
		a := w.read()
		a.wantProblem(t, 429, "queue_full")
		wantSeconds(t, a.header.Get("Retry-After"), name)
	}
	first.send(`"}`)
	receive(t, b.started, "the first runs")

	// It takes once its size now, which leaves room for half of it, twice.
	s.execute(t, sized(bodyLimit/2), "X-Request-Id", "half").wantSuccess(t)
	s.log.wait(t, "half", "request")
	s.execute(t, sized(bodyLimit/2+1)).wantProblem(t, 429, "queue_full")

	close(b.release)
	first.read().wantSuccess(t)
	s.log.wait(t, "first", "request")
	s.wantIdle(t)
}

// TestClientLeaves: a client that goes away ends its run, and everything it
// held is free for the next.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	const block = `{"code":"block"}`
	padded := `{"code":"block","stdin":"` + strings.Repeat("x", bodyLimit-1-len(`{"code":"block","stdin":""}`)) + `"}`
	for _, row := range []struct {
		name    string
		headers []string
		body    string
	}{
		{"length", []string{length(len(block))}, block},
		{"length, largest", []string{length(len(padded))}, padded},
		{"chunked", []string{chunked}, chunk(block) + chunk("")},
		{"chunked, largest", []string{chunked}, chunk(padded[:1000]) + chunk(padded[1000:]) + chunk("")},
		{"chunked, with a trailer", []string{chunked, "Trailer: X-Sum"}, chunk(block) + "0\r\nX-Sum: 1\r\n\r\n"},
		{"chunked, the first step exactly", []string{chunked}, chunk(block+strings.Repeat(" ", 64<<10-len(block))) + chunk("")},
		{"Expect", []string{length(len(block)), "Expect: 100-continue"}, block},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBlocker()
			s := serve(t, setup{run: b.run, units: 1, options: func(o *api.Options) { o.BodiesLimit = 2 * bodyLimit }})
			w := s.dial(t)
			w.post(append(row.headers, "X-Request-Id: gone")...)
			w.send(row.body)
			receive(t, b.started, "it runs")
			w.Close()
			receive(t, b.ended, "the run's context ends")
			if line := s.log.wait(t, "gone", "request"); line["code"] != "canceled" || line["status"] != 499.0 {
				t.Errorf("logged %v, want 499 canceled", line)
			}
			s.wantIdle(t)
		})
	}
}

func TestClientLeavesWhileItWaits(t *testing.T) {
	t.Parallel()
	b := newBlocker()
	s := serve(t, setup{run: b.run, units: 1})
	running := s.dial(t)
	running.post(length(len(`{"code":"block"}`)))
	running.send(`{"code":"block"}`)
	receive(t, b.started, "the first runs")

	waiting := s.dial(t)
	waiting.post(length(len(ok)), "X-Request-Id: gone")
	waiting.send(ok)
	s.untilWaiting(t, 1)
	waiting.Close()
	if line := s.log.wait(t, "gone", "request"); line["code"] != "canceled" || line["language"] != nil {
		t.Errorf("logged %v, want canceled and nothing run", line)
	}
	s.untilWaiting(t, 0)
	close(b.release)
	running.read().wantSuccess(t)
	s.wantIdle(t)
}

// untilWaiting looks until so many requests wait.
func (s *service) untilWaiting(t *testing.T, want int64) {
	t.Helper()
	late := time.After(patience)
	for {
		if _, _, waiting, _ := s.gate.Load(); waiting == want {
			return
		}
		select {
		case <-late:
			t.Fatalf("there are never %d requests waiting", want)
		case <-time.After(time.Millisecond):
		}
	}
}

// TestClientLeavesInTheBody: what was taken for a body that never came whole is
// given back, and no program is run for it.
func TestClientLeavesInTheBody(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		headers []string
		sent    string
	}{
		{"length", []string{length(bodyLimit)}, ok},
		{"chunked, in a chunk", []string{chunked}, "fffff\r\n" + ok},
		{"chunked, between chunks", []string{chunked}, chunk(ok)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var ran atomic.Int64
			s := serve(t, setup{
				run: func(context.Context, sandbox.Job) (sandbox.Result, error) {
					ran.Add(1)
					return hello(), nil
				},
				options: func(o *api.Options) { o.BodiesLimit = 2 * bodyLimit },
			})
			w := s.dial(t)
			w.post(append(row.headers, "Expect: 100-continue", "X-Request-Id: gone")...)
			w.wantContinue()
			w.send(row.sent)
			w.Close()
			s.log.wait(t, "gone", "request")
			if ran.Load() != 0 {
				t.Error("a program was run though its request never came whole")
			}
			s.wantIdle(t)
		})
	}
}

// TestNoFalseSuccess: 200 means that a program was run. Nothing that a client
// sends gets one without.
func TestNoFalseSuccess(t *testing.T) {
	t.Parallel()
	const halfClose = "close"
	for _, row := range []struct {
		name  string
		parts []string // halfClose ends the client's sending; it still reads
		run   bool     // the program is run, and ended by the client's leaving
		want  int      // 0: any refusal, or none
		slow  bool     // it ends by the body's deadline
	}{
		{"chunk size that is none", []string{chunked, "zz\r\n"}, false, 400, false},
		{"chunk longer than it says", []string{chunked, "2\r\n" + ok + "\r\n0\r\n\r\n"}, false, 400, false},
		{"chunk size beyond 64 bits", []string{chunked, "fffffffffffffffff\r\n" + ok}, false, 400, false},
		{"trailer that is none", []string{chunked, chunk(ok) + "0\r\nnonsense\r\n\r\n"}, false, 400, false},
		{"nothing after the last chunk", []string{chunked, chunk(ok) + "0\r\n"}, false, 0, true},
		{"sending ends in the body", []string{length(100), ok, halfClose}, false, 0, false},
		{"sending ends before the body", []string{length(100), "", halfClose}, false, 0, false},
		{"sending ends in a chunk", []string{chunked, "64\r\n" + ok, halfClose}, false, 0, false},
		{"sending ends between chunks", []string{chunked, chunk(ok), halfClose}, false, 0, false},
		{"sending ends before a chunk", []string{chunked, "", halfClose}, false, 0, false},
		{"sending ends after the request", []string{length(16), `{"code":"block"}`, halfClose}, true, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBlocker()
			s := serve(t, setup{run: b.run, options: func(o *api.Options) {
				if row.slow {
					o.BodyTimeout = 50 * time.Millisecond
				}
			}})
			w := s.dial(t)
			w.post(row.parts[0])
			w.send(row.parts[1])
			if row.run {
				receive(t, b.started, "it runs")
			}
			if len(row.parts) > 2 {
				w.CloseWrite()
			}
			resp, err := http.ReadResponse(w.in, nil)
			if err != nil {
				if row.want != 0 {
					t.Fatalf("no answer: %v", err)
				}
				return
			}
			a, err := read(resp)
			if err != nil {
				t.Fatal(err)
			}
			if a.status < 400 || row.want != 0 && a.status != row.want {
				t.Errorf("status %d with the body %q: no program was run to its end", a.status, a.body)
			}
		})
	}
}

// TestKeepAlive: one connection serves many requests, whatever becomes of them,
// as long as their bodies were read.
func TestKeepAlive(t *testing.T) {
	t.Parallel()
	fail := errors.New("broken")
	s := serve(t, setup{units: 1, run: func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
		switch code(job) {
		case "panic":
			panic("as asked")
		case "fail":
			return sandbox.Result{}, fail
		}
		return hello(), nil
	}})
	w := s.dial(t)
	post := func(body string) string {
		return "POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + length(len(body)) + "\r\n\r\n" + body
	}
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n" }
	steps := []struct {
		name    string
		request string
		status  int
	}{
		{"success", post(ok), 200},
		{"not JSON", post("nonsense"), 400},
		{"no body", post(""), 400},
		{"unknown field", post(`{"lang":"x"}`), 400},
		{"unknown language", post(`{"code":"","language":"x"}`), 400},
		{"sandbox error", post(`{"code":"fail"}`), 500},
		{"panic", post(`{"code":"panic"}`), 500},
		{"not found", get("/nothing"), 404},
		{"wrong method", get("/execute"), 405},
		{"no type and no body", "POST /execute HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n", 415},
		{"health", get("/health"), 200},
		{"chunked", "POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + chunked + "\r\n\r\n" + chunk(ok) + chunk(""), 200},
		{"chunked, with a trailer", "POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + chunked + "\r\n\r\n" + chunk(ok) + "0\r\nX-Sum: 1\r\n\r\n", 200},
		{"chunked and not JSON", "POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + chunked + "\r\n\r\n" + chunk("nonsense") + chunk(""), 400},
	}
	for range 3 {
		for _, step := range steps {
			w.send(step.request)
			a := w.read()
			if a.status != step.status || a.close {
				t.Fatalf("%s: status %d, close %v; want %d and an open connection: %s", step.name, a.status, a.close, step.status, a.body)
			}
		}
	}

	all := "" // ahead of the answers
	for _, step := range steps {
		all += step.request
	}
	w.send(all)
	for _, step := range steps {
		if a := w.read(); a.status != step.status {
			t.Fatalf("%s, sent ahead: status %d, want %d", step.name, a.status, step.status)
		}
	}
}

// TestSmuggling: a request is where HTTP says it is, or it is refused.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	const head = "POST /execute HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
	hidden := "GET /livez HTTP/1.1\r\nHost: test\r\n\r\n"
	for _, row := range []struct {
		name, request string
		statuses      []int // of all the answers there are
	}{
		{"two lengths that differ", head + "Content-Length: 12\r\nContent-Length: 13\r\n\r\n" + ok + hidden, []int{400}},
		{"two lengths that agree", head + "Content-Length: 12\r\nContent-Length: 12\r\nConnection: close\r\n\r\n" + ok, []int{200}},
		{"negative length", head + "Content-Length: -1\r\n\r\n" + hidden, []int{400}},
		{"length that is none", head + "Content-Length: +12\r\n\r\n" + ok + hidden, []int{400}},
		{"length and chunks", head + "Content-Length: 3\r\n" + chunked + "\r\nConnection: close\r\n\r\n" + chunk(ok) + chunk(""), []int{200}},
		{"encoding that is not known", head + "Transfer-Encoding: gzip, chunked\r\n\r\n" + hidden, []int{501}},
		{"a request in a body that is refused", head + "Content-Encoding: gzip\r\n" + length(len(hidden)) + "\r\n\r\n" + hidden + hidden, []int{415}},
		{"a request in a body that is too large", head + length(bodyLimit+1) + "\r\n\r\n" + hidden, []int{413}},
		{"a request in a chunk", head + "Connection: close\r\n" + chunked + "\r\n\r\n" + chunk(hidden) + chunk(""), []int{400}},
		{"an expectation that is not known", head + "Expect: tea\r\n" + length(12) + "\r\n\r\n" + ok + hidden, []int{417}},
		{"no HTTP at all", "hello\r\n\r\n", []int{400}},
		{"header beyond the limit", "GET /livez HTTP/1.1\r\nHost: test\r\nX-Long: " + strings.Repeat("x", 80<<10) + "\r\n\r\n", []int{431}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, setup{})
			w := s.dial(t)
			w.send(row.request)
			var got []int
			for {
				resp, err := http.ReadResponse(w.in, nil)
				if err != nil {
					break
				}
				a, _ := read(resp)
				got = append(got, a.status)
			}
			if len(got) != len(row.statuses) || got[0] != row.statuses[0] {
				t.Errorf("statuses %v, want %v", got, row.statuses)
			}
			s.execute(t, ok).wantSuccess(t)
		})
	}
}

func TestOldClient(t *testing.T) {
	t.Parallel()
	s := serve(t, setup{})
	w := s.dial(t)
	w.send("POST /execute HTTP/1.0\r\nContent-Type: application/json\r\n" + length(len(ok)) + "\r\n\r\n" + ok)
	w.read().wantSuccess(t)
	if rest, err := io.ReadAll(w.in); len(rest) != 0 || err != nil {
		t.Errorf("after the answer there are %q and %v: want the end", rest, err)
	}
}

// TestSlowReader: who does not read its answer keeps nobody else from running.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	output := []byte(strings.Repeat("x", 8*mib)) // more than the kernel buffers
	s := serve(t, setup{units: 1, run: func(_ context.Context, job sandbox.Job) (sandbox.Result, error) {
		r := hello()
		if code(job) == "much" {
			r.Stdout.Bytes = output
		}
		return r, nil
	}})
	const much = `{"code":"much"}`
	slow := s.dial(t)
	slow.post(length(len(much)))
	slow.send(much)
	if _, err := slow.in.Peek(1); err != nil { // the answer is on its way
		t.Fatal(err)
	}
	s.execute(t, ok).wantSuccess(t)
	if running, _, _, _ := s.gate.Load(); running != 0 {
		t.Errorf("%d units run: want none", running)
	}
	a := slow.read()
	if a.status != 200 || len(a.field(t, "stdout")) != len(output) {
		t.Errorf("status %d, %d bytes of stdout; want 200 and all %d", a.status, len(a.body), len(output))
	}
}

// TestInterrupted: a stop that runs out of patience is told to the client, and
// is not taken for the client's leaving.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	b := newBlocker()
	s := serve(t, setup{run: b.run})
	const block = `{"code":"block"}`
	w := s.dial(t)
	w.post(length(len(block)))
	w.send(block)
	receive(t, b.started, "it runs")
	s.interrupt(sandbox.ErrInterrupted)
	receive(t, b.ended, "the run's context ends")
	a := w.read()
	a.wantProblem(t, 503, string(executor.Draining))
	wantSeconds(t, a.header.Get("Retry-After"), "interrupted")
}
