package api

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"aca-executor/executor"
)

// The codes of refusals that are HTTP's own business.
const (
	invalidJSON          executor.Code = "invalid_json"
	unauthorized         executor.Code = "unauthorized"
	notFound             executor.Code = "not_found"
	methodNotAllowed     executor.Code = "method_not_allowed"
	requestTimeout       executor.Code = "request_timeout"
	bodyTooLarge         executor.Code = "body_too_large"
	unsupportedMediaType executor.Code = "unsupported_media_type"
	internal             executor.Code = "internal"

	jobsOff         executor.Code = "jobs_off"
	jobExpired      executor.Code = "job_expired"
	tooManyJobs     executor.Code = "too_many_jobs"
	keyReused       executor.Code = "idempotency_key_reused"
	jobsUnavailable executor.Code = "jobs_unavailable"
)

// statusClientClosed is for the log: nobody is left to be told, or has at least
// closed the half of the connection that we hear from.
const statusClientClosed = 499

// problems says for each code which status it is, and its title.
var problems = map[executor.Code]struct {
	status int
	title  string
}{
	invalidJSON:                  {http.StatusBadRequest, "The body is not one valid JSON object"},
	executor.InvalidRequest:      {http.StatusBadRequest, "A field of the request is not allowed"},
	executor.UnsupportedLanguage: {http.StatusBadRequest, "The language is not available"},
	unauthorized:                 {http.StatusUnauthorized, "An API key is needed"},
	notFound:                     {http.StatusNotFound, "There is nothing here"},
	methodNotAllowed:             {http.StatusMethodNotAllowed, "The method is not allowed here"},
	requestTimeout:               {http.StatusRequestTimeout, "The request took too long to arrive"},
	bodyTooLarge:                 {http.StatusRequestEntityTooLarge, "The body is too large"},
	unsupportedMediaType:         {http.StatusUnsupportedMediaType, "The body is not application/json"},
	executor.QueueFull:           {http.StatusTooManyRequests, "The queue is full"},
	executor.QueueTimeout:        {http.StatusTooManyRequests, "No room in time"},
	executor.Draining:            {http.StatusServiceUnavailable, "The replica is stopping"},
	executor.SandboxError:        {http.StatusInternalServerError, "The sandbox failed"},
	executor.Canceled:            {statusClientClosed, "The client left"},
	internal:                     {http.StatusInternalServerError, "Internal error"},
	jobsOff:                      {http.StatusNotFound, "There are no jobs here"},
	jobExpired:                   {http.StatusGone, "The job's result is gone"},
	tooManyJobs:                  {http.StatusTooManyRequests, "Too many jobs are waiting"},
	keyReused:                    {http.StatusConflict, "The idempotency key was used for another request"},
	jobsUnavailable:              {http.StatusServiceUnavailable, "The jobs' database cannot be used"},
}

// Codes are the codes of all problems.
func Codes() []executor.Code { return slices.Sorted(maps.Keys(problems)) }

// problem is an RFC 9457 problem.
type problem struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail"`
	Code      string       `json:"code"`
	RequestID string       `json:"request_id"`
	Errors    []fieldError `json:"errors"`
}

type fieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func refusal(code executor.Code, format string, args ...any) *executor.Error {
	return &executor.Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// toError turns whatever a handler or the framework returned into ours. What
// is not ours is internal, and its text is for the log only.
func (s *Server) toError(err error) *executor.Error {
	var ours *executor.Error
	if errors.As(err, &ours) {
		return ours
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch he.Code {
		case http.StatusNotFound:
			return refusal(notFound, "%s", s.nothing)
		case http.StatusMethodNotAllowed:
			return refusal(methodNotAllowed, "see the Allow header")
		}
	}
	return &executor.Error{Code: internal, Message: "something broke; the log has the details under this request's id", Err: err}
}

// fail writes an error as a problem: the only place that does. Where the body
// was not read, the answer is sent first and the body then thrown away, or a
// client that sends before it reads would never see it.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	e := s.toError(err)
	p := problems[e.Code]
	c.Set(logKey, e)
	h := c.Response().Header()
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	unread := bodyUnread(c)
	if unread || e.Code == executor.Draining {
		h.Set("Connection", "close")
	}
	if e.Code == unauthorized {
		h.Set("WWW-Authenticate", challenge(c.Request().URL.Path))
	}
	body := problem{
		Type: "about:blank", Title: p.title, Status: p.status, Detail: e.Message, Code: string(e.Code),
		RequestID: requestID(c), Errors: make([]fieldError, len(e.Fields)),
	}
	for i, f := range e.Fields {
		body.Errors[i] = fieldError(f)
	}
	if err := s.write(c, p.status, "application/problem+json", body); err != nil {
		s.log.Error().Str("request_id", requestID(c)).Err(err).Msg("the answer could not be written")
	}
	if unread {
		discardBody(c)
	}
}

// writeTimeout is how long a client may take to read an answer.
const writeTimeout = 30 * time.Second

// write sends v as JSON. A client that is not there any more gets nothing.
func (s *Server) write(c echo.Context, status int, contentType string, v any) error {
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	held, err := s.bodies.hold(c.Request().Context(), int64(len(text)))
	if err != nil {
		return s.exec.Gate().Busy(answersFull)
	}
	defer held.shrink(0)
	return s.send(c, status, contentType, text)
}

// send sends a JSON text.
func (s *Server) send(c echo.Context, status int, contentType string, text []byte) error {
	text = append(text, '\n')
	http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(writeTimeout))
	h := c.Response().Header()
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	return c.Blob(status, contentType, text)
}

// bodyUnread reports whether the client may still be sending.
func bodyUnread(c echo.Context) bool {
	r := c.Request()
	done, _ := c.Get(bodyDoneKey).(bool)
	return !done && r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0
}

// discardBody reads what is left of a body, up to a bound in bytes and time. A
// client that waits for "100 Continue" will send none, but not all that ask
// for it wait.
func discardBody(c echo.Context) {
	const mostBytes, mostTime, expectTime = 64 << 20, 5 * time.Second, time.Second
	patience := mostTime
	if c.Request().Header.Get("Expect") != "" {
		patience = expectTime
	}
	rc := http.NewResponseController(c.Response())
	if rc.Flush() != nil || rc.SetReadDeadline(time.Now().Add(patience)) != nil {
		return
	}
	io.CopyN(io.Discard, c.Request().Body, mostBytes)
}
