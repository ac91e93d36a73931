package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"aca-executor/executor"
)

// bodies bounds the memory of all request bodies in flight: those being read,
// those whose requests wait, and those that run. A body is in memory twice
// until it is decoded, and once from then on.
type bodies struct {
	room    *semaphore.Weighted
	limit   int64 // of one body
	timeout time.Duration
}

const bodyDoneKey = "body done"

// load is the room that one body takes.
type load struct {
	b     *bodies
	taken int64
}

// grow takes room for a body of n bytes, twice; false when there is none.
func (l *load) grow(n int64) bool {
	more := 2*n - l.taken
	if more <= 0 {
		return true
	}
	if !l.b.room.TryAcquire(more) {
		return false
	}
	l.taken += more
	return true
}

// shrink gives back all but n bytes.
func (l *load) shrink(n int64) {
	if l.taken > n {
		l.b.room.Release(l.taken - n)
		l.taken = n
	}
}

// read reads a request's body, or says why not. The load is to be given back
// when the request is done, whatever the error.
func (s *Server) read(c echo.Context) ([]byte, *load, error) {
	l := &load{b: s.bodies}
	r := c.Request()
	if err := checkHeaders(r); err != nil {
		return nil, l, err
	}
	if r.ContentLength > s.bodies.limit {
		return nil, l, s.tooLarge()
	}
	rc := http.NewResponseController(c.Response())
	rc.SetReadDeadline(time.Now().Add(s.bodies.timeout))
	body, err := s.readAll(r, l)
	if err == nil {
		c.Set(bodyDoneKey, true)
		// From here on the connection is watched only for the client's leaving,
		// which may take as long as it likes.
		rc.SetReadDeadline(time.Time{})
	}
	return body, l, err
}

func checkHeaders(r *http.Request) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(params["charset"])
	if err != nil || kind != "application/json" || charset != "" && charset != "utf-8" {
		return refusal(unsupportedMediaType, "Content-Type is %q: it must be application/json, in UTF-8", r.Header.Get("Content-Type"))
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return refusal(unsupportedMediaType, "Content-Encoding %q is not supported: send the body as it is", enc)
	}
	return nil
}

func (s *Server) tooLarge() error {
	return refusal(bodyTooLarge, "a body may have %d MiB at most", s.bodies.limit>>20)
}

// readAll takes room ahead of reading: for all of a body whose length is known,
// step by step for others.
func (s *Server) readAll(r *http.Request, l *load) ([]byte, error) {
	const firstStep = 64 << 10
	size := r.ContentLength
	if size < 0 {
		size = firstStep
	}
	var body []byte
	for {
		if !l.grow(size) {
			return nil, s.exec.Gate().Busy("the bodies of other requests take all the memory there is for them")
		}
		body = append(make([]byte, 0, size), body...)
		n, err := io.ReadFull(r.Body, body[len(body):size])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && r.ContentLength < 0:
			return body, nil
		case err != nil:
			return nil, readError(err)
		case r.ContentLength >= 0:
			// One more read sees the end, which starts the watch for the
			// client's leaving.
			io.Copy(io.Discard, r.Body)
			return body, nil
		case size > s.bodies.limit:
			return nil, s.tooLarge()
		}
		size = min(2*size, s.bodies.limit+1)
	}
}

func readError(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return refusal(requestTimeout, "the body did not arrive in time")
	}
	return &executor.Error{Code: invalidJSON, Message: "the body ended early", Err: err}
}
