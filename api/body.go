package api

import (
	"context"
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

// bodies bounds the memory of all bodies in flight: requests being read, those
// that wait, those that run, and large answers that are being sent. A request's
// body is in memory twice until it is decoded, and once from then on.
type bodies struct {
	room    *semaphore.Weighted
	all     int64 // that there is
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

// hold takes room for an answer, and waits a little for it: clients that do not
// read their answers must not fill the memory. Small ones are not counted, and what
// is more than there is takes all of it.
func (b *bodies) hold(ctx context.Context, n int64) (*load, error) {
	const small, patience = 64 << 10, time.Second
	l := &load{b: b}
	if n <= small {
		return l, nil
	}
	n = min(n, b.all)
	// Not Acquire: while somebody waits there, nobody else gets what there is.
	const pause = 10 * time.Millisecond
	for end := time.Now().Add(patience); !b.room.TryAcquire(n); {
		if time.Now().After(end) {
			return nil, errNoRoom
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
	l.taken = n
	return l, nil
}

var errNoRoom = errors.New("no room for an answer")

// fits reports whether there is room for a body of n bytes now. None is taken:
// a client that announces much and sends nothing must not keep others out.
func (b *bodies) fits(n int64) bool {
	if !b.room.TryAcquire(2 * n) {
		return false
	}
	b.room.Release(2 * n)
	return true
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
		return refusal(unsupportedMediaType, "Content-Type is %q: it must be application/json, in UTF-8", clip(r.Header.Get("Content-Type")))
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return refusal(unsupportedMediaType, "Content-Encoding %q is not supported: send the body as it is", clip(enc))
	}
	return nil
}

func (s *Server) tooLarge() error {
	return refusal(bodyTooLarge, "a body may have %d MiB at most", s.bodies.limit>>20)
}

// readAll takes room ahead of reading, but not far ahead: as much again as has
// arrived.
func (s *Server) readAll(r *http.Request, l *load) ([]byte, error) {
	const firstStep = 64 << 10
	most := s.bodies.limit + 1 // one more than may be shows that it is too large
	if r.ContentLength >= 0 {
		most = r.ContentLength
		if !s.bodies.fits(most) {
			return nil, s.noRoom()
		}
	}
	var body []byte
	for size := min(firstStep, most); ; size = min(2*size, most) {
		if !l.grow(min(size, s.bodies.limit)) {
			return nil, s.noRoom()
		}
		body = append(make([]byte, 0, size), body...)
		for int64(len(body)) < size {
			n, err := r.Body.Read(body[len(body):size])
			body = body[:len(body)+n]
			if err == io.EOF && int64(len(body)) <= s.bodies.limit {
				return body, nil
			}
			if err == io.EOF {
				return nil, s.tooLarge()
			}
			if err != nil {
				return nil, readError(r, err)
			}
		}
		switch {
		case int64(len(body)) > s.bodies.limit:
			return nil, s.tooLarge()
		case size == most:
			// One more read sees the end, which starts the watch for the
			// client's leaving.
			io.Copy(io.Discard, r.Body)
			return body, nil
		}
	}
}

func (s *Server) noRoom() error {
	return s.exec.Gate().Busy("the bodies of other requests take all the memory there is for them")
}

func readError(r *http.Request, err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refusal(requestTimeout, "the body did not arrive in time")
	case r.Context().Err() != nil:
		return &executor.Error{Code: executor.Canceled, Message: "the client left", Err: err}
	}
	return &executor.Error{Code: invalidJSON, Message: "the body ended early, or its encoding is broken", Err: err}
}
