package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/rs/zerolog"

	"aca-executor/executor"
	"aca-executor/internal/nearest"
	"aca-executor/jobs"
)

// PagePath is where the page is that shows the jobs to people.
const PagePath = "/jobs"

const (
	jobPath  = "/api/v1/execute"
	jobsPath = "/api/v1/jobs"

	ownerKey = "owner"
	jobIDKey = "job"
)

// jobRequest is a request and when to run it.
type jobRequest struct {
	request
	Retries *int64   `json:"retries"`
	Delay   *float64 `json:"delay"`
}

// Bounds of the two.
const (
	mostRetries  = 10
	longestDelay = 30 * 24 * time.Hour
)

// canonical is the request as it is kept: the same text for all that are the same when
// they are read, in a language that is known by now, and can be read again.
func (wire jobRequest) canonical(language string) ([]byte, error) {
	wire.Language = language
	if wire.Retries != nil && *wire.Retries == 0 {
		wire.Retries = nil
	}
	if wire.Delay != nil && *wire.Delay == 0 {
		wire.Delay = nil
	}
	return json.Marshal(wire, json.Deterministic(true))
}

// decodeJob reads a job's request.
func decodeJob(body []byte) (req executor.Request, wire jobRequest, job jobs.Submission, err error) {
	if err := unmarshal(body, &wire); err != nil {
		return req, wire, job, err
	}
	if n := wire.Retries; n != nil {
		if *n < 0 || *n > mostRetries {
			return req, wire, job, invalid("retries", fmt.Sprintf("%d is not allowed: it must be from 0 to %d", *n, mostRetries))
		}
		job.Retries = int(*n)
	}
	if d := wire.Delay; d != nil {
		if !(*d >= 0 && *d <= longestDelay.Seconds()) {
			return req, wire, job, invalid("delay", fmt.Sprintf("%v is not allowed: it must be from 0 to %d seconds", *d, int(longestDelay.Seconds())))
		}
		job.Delay = time.Duration(*d * float64(time.Second))
	}
	req, err = wire.decode()
	return req, wire, job, err
}

// ownerOf is the owner of the jobs of who has a key; the key cannot be found out
// from it, nor from the hash that the service compares.
func ownerOf(keyHash [sha256.Size]byte) string {
	h := sha256.Sum256(append([]byte("owner of jobs: "), keyHash[:]...))
	const enough = 16
	return hex.EncodeToString(h[:enough])
}

func owner(c echo.Context) string {
	o, _ := c.Get(ownerKey).(string)
	return o
}

// withJobs is for routes that need a queue.
func (s *Server) withJobs(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.jobs == nil {
			return refusal(jobsOff, "jobs are off: they need a database, which EXECUTOR_JOBS names, such as sqlite:jobs.db, or postgres://... where there are several replicas")
		}
		return h(c)
	}
}

// lookAt is River's page, for paths and parameters that its database takes for text.
func lookAt(page http.Handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if text := r.URL.Path + query; err != nil || strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			return refusal(notFound, "there is no such page")
		}
		page.ServeHTTP(c.Response(), r)
		return nil
	}
}

// jobsState is what /health says.
func (s *Server) jobsState() string {
	switch {
	case s.jobs == nil:
		return "off"
	case !s.jobs.Usable():
		return "unavailable"
	}
	return "ok"
}

// jobError is what a call of the queue came to, for a request.
func (s *Server) jobError(ctx context.Context, err error) error {
	const pause = 5 * time.Second
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jobs.ErrUnknown):
		return refusal(notFound, "there is no such job, or not for this key; jobs are forgotten a day after their result has expired")
	case errors.Is(err, jobs.ErrExpired):
		return refusal(jobExpired, "the job has ended, and its result was kept for EXECUTOR_JOB_RESULT_TTL")
	case errors.Is(err, jobs.ErrTooMany):
		return &executor.Error{Code: tooManyJobs, Message: "as many jobs are waiting as may (EXECUTOR_JOBS_MAX_QUEUED)", RetryAfter: pause}
	case errors.Is(err, jobs.ErrKeyReused):
		return refusal(keyReused, "Idempotency-Key: there is a job with this key, and its request was another one")
	case errors.Is(err, jobs.ErrUnavailable):
		return &executor.Error{Code: jobsUnavailable, Message: "the database of the jobs cannot be used at the moment; POST /execute does not need it", RetryAfter: pause, Err: err}
	}
	return s.exec.Ended(ctx)
}

// jobState is a job that has not ended, or what was done to one.
type jobState struct {
	JobID    string `json:"job_id"`
	Status   string `json:"status"`
	Message  string `json:"message"`
	Position *int   `json:"position"`
}

func state(j jobs.Job, message string) jobState {
	a := jobState{JobID: j.ID, Status: string(j.Status), Message: message}
	if j.Position > 0 {
		a.Position = &j.Position
	}
	return a
}

func (s *Server) submit(c echo.Context) error {
	if s.draining.Load() {
		return draining()
	}
	if _, err := parameters(c); err != nil {
		return err
	}
	key := c.Request().Header.Get("Idempotency-Key")
	if len(key) > 1 && key[0] == '"' && key[len(key)-1] == '"' { // as structured headers have it
		key = key[1 : len(key)-1]
	}
	if key != "" && !validID(key) {
		return refusal(executor.InvalidRequest, "Idempotency-Key: it must be at most 128 visible ASCII characters, without backslashes, and without quotation marks but around it")
	}
	body, held, err := s.read(c)
	defer held.shrink(0)
	if err != nil {
		return err
	}
	req, wire, sub, err := decodeJob(body)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if sub.Language, sub.Weight, err = s.exec.CheckJob(ctx, req); err != nil {
		return err
	}
	if sub.Request, err = wire.canonical(sub.Language); err != nil {
		return err
	}
	sub.Owner, sub.Key = owner(c), key
	job, isNew, err := s.jobs.Submit(ctx, sub)
	if err != nil {
		return s.jobError(ctx, err)
	}
	c.Set(jobIDKey, job.ID)
	c.Response().Header().Set("Location", jobPath+"/"+job.ID)
	message := "kept; GET " + jobPath + "/" + job.ID + " has the result when it has ended"
	if !isNew {
		message = "this key came before, with the same request: that is its job"
	}
	return s.write(c, http.StatusAccepted, echo.MIMEApplicationJSON, state(job, message))
}

// messages say what a state means.
var messages = map[jobs.Status]string{
	jobs.Pending: "it is delayed",
	jobs.Queued:  "it waits for its turn",
	jobs.Started: "it runs",
	jobs.Retry:   "it is to be started once more",
}

func (s *Server) job(c echo.Context) error {
	query, err := parameters(c, "wait")
	if err != nil {
		return err
	}
	wait, err := waitFor(query.Get("wait"))
	if err != nil {
		return err
	}
	id := c.Param("job_id")
	c.Set(jobIDKey, clip(id))
	ctx := c.Request().Context()
	var job jobs.Job
	if wait > 0 {
		job, err = s.jobs.Wait(ctx, owner(c), id, wait)
	} else {
		job, err = s.jobs.Get(ctx, owner(c), id)
	}
	if err != nil {
		return s.jobError(ctx, err)
	}
	if !job.Status.Ended() {
		c.Response().Header().Set("Retry-After", strconv.Itoa(comeAgain(job, time.Now())))
		return s.write(c, http.StatusAccepted, echo.MIMEApplicationJSON, state(job, messages[job.Status]))
	}
	// A result is in memory twice until it is an answer, and large ones are read when there is room.
	room, err := s.bodies.hold(ctx, 2*job.ResultSize)
	if err != nil {
		return s.exec.Gate().Busy(resultsFull)
	}
	defer room.shrink(0)
	if job.Result == nil && job.ResultSize > 0 {
		if job.Result, err = s.jobs.Result(ctx, owner(c), id); err != nil {
			return s.jobError(ctx, err)
		}
	}
	text, err := EncodeJob(job)
	if err != nil {
		return err
	}
	return s.send(c, http.StatusOK, echo.MIMEApplicationJSON, text)
}

const resultsFull = "other answers, which their clients do not read, take all the memory there is for them"

// longestWait is below what the ingress gives a request.
const longestWait = 200 * time.Second

var plainNumber = regexp.MustCompile(`^[0-9]{1,9}([.][0-9]{1,9})?$`)

// waitFor reads how long an answer may be held.
func waitFor(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !plainNumber.MatchString(text) || seconds > longestWait.Seconds() {
		return 0, invalid("wait", fmt.Sprintf("%q is not allowed: it must be a number of seconds from 0 to %v", clip(text), longestWait.Seconds()))
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// parameters reads those of a request, of which these may be there, once each.
func parameters(c echo.Context, names ...string) (url.Values, error) {
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, refusal(executor.InvalidRequest, "the parameters behind the path cannot be read: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch {
		case len(names) == 0:
			return nil, invalid(clip(name), "there are no parameters here")
		case !slices.Contains(names, name):
			return nil, invalid(clip(name), fmt.Sprintf("there is no parameter %q; the nearest is %q", clip(name), nearest.To(name, names)))
		case len(query[name]) > 1:
			return nil, invalid(name, "is there twice")
		}
	}
	return query, nil
}

// comeAgain is in how many seconds something may have changed.
func comeAgain(j jobs.Job, now time.Time) int {
	const most, perSecond = 60, 10
	left := 0.0
	if j.Status == jobs.Pending || j.Status == jobs.Retry {
		left = math.Ceil(j.Due.Sub(now).Seconds())
	}
	return int(min(max(left, 1, float64(j.Position/perSecond)), most))
}

// jobEnd is what the result of a job has beside the response of its run.
type jobEnd struct {
	JobID     string     `json:"job_id"`
	JobStatus string     `json:"job_status"`
	Attempt   int        `json:"attempt"`
	Created   string     `json:"created_at"`
	Started   *string    `json:"started_at"`
	Finished  *string    `json:"finished_at"`
	Error     *jobReason `json:"error"`
}

// jobReason is why there is no response.
type jobReason struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func endOf(j jobs.Job) jobEnd {
	e := jobEnd{
		JobID: j.ID, JobStatus: string(j.Status), Attempt: j.Attempt,
		Created: *timestamp(j.Created), Started: timestamp(j.Started), Finished: timestamp(j.Finished),
	}
	if j.Reason != nil {
		e.Error = &jobReason{j.Reason.Code, j.Reason.Detail}
	}
	return e
}

func timestamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format("2006-01-02T15:04:05.000Z")
	return &text
}

// EncodeJob is a job as the API answers it: it puts the response of a job's run, which
// is JSON already, behind what is said of the job. Where nothing was run to its end, every field of that is null.
func EncodeJob(j jobs.Job) ([]byte, error) {
	text, err := json.Marshal(endOf(j))
	if err != nil {
		return nil, err
	}
	run := j.Result
	if run == nil {
		run = noResponse
	}
	if !jsontext.Value(run).IsValid() || run[0] != '{' {
		return nil, fmt.Errorf("the result of job %s is broken", j.ID)
	}
	text[len(text)-1] = ','
	return append(text, run[1:]...), nil
}

// noResponse is a response of which nothing applies.
var noResponse = func() []byte {
	var fields []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[response]()) {
		if name, options, _ := strings.Cut(f.Tag.Get("json"), ","); options == "" {
			fields = append(fields, strconv.Quote(name)+":null")
		}
	}
	return []byte("{" + strings.Join(fields, ",") + "}")
}()

func (s *Server) revoke(c echo.Context) error {
	id := c.Param("job_id")
	c.Set(jobIDKey, clip(id))
	if _, err := parameters(c); err != nil {
		return err
	}
	ctx := c.Request().Context()
	was, job, err := s.jobs.Revoke(ctx, owner(c), id)
	if err != nil {
		return s.jobError(ctx, err)
	}
	switch {
	case was.Ended():
		return s.write(c, http.StatusOK, echo.MIMEApplicationJSON, state(job, "it had ended before: nothing was done"))
	case was == jobs.Started:
		return s.write(c, http.StatusAccepted, echo.MIMEApplicationJSON, state(job, "it runs, and is being ended"))
	}
	return s.write(c, http.StatusOK, echo.MIMEApplicationJSON, state(job, fmt.Sprintf("it was %s, and is not started any more", was)))
}

// jobList is a page of jobs.
type jobList struct {
	Jobs   []jobInfo        `json:"jobs"`
	Next   *string          `json:"next_cursor"`
	Counts map[string]int64 `json:"counts"`
}

// jobInfo is a job in a list: without what it was given, and without what came of it
// but for its status.
type jobInfo struct {
	jobEnd
	Language string  `json:"language"`
	Status   *string `json:"status"`
}

func (s *Server) list(c echo.Context) error {
	query, err := parameters(c, "status", "limit", "cursor")
	if err != nil {
		return err
	}
	status, limit, cursor, err := listing(query)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page, err := s.jobs.List(ctx, owner(c), status, limit, cursor)
	if err != nil {
		return s.jobError(ctx, err)
	}
	a := jobList{Jobs: []jobInfo{}, Next: orNull(page.Next), Counts: map[string]int64{}}
	for _, s := range jobs.Statuses() {
		a.Counts[string(s)] = page.Counts[s]
	}
	for _, j := range page.Jobs {
		a.Jobs = append(a.Jobs, jobInfo{endOf(j), j.Language, orNull(j.RunStatus)})
	}
	return s.write(c, http.StatusOK, echo.MIMEApplicationJSON, a)
}

// listing reads what is to be listed.
func listing(query url.Values) (status jobs.Status, limit int, cursor string, err error) {
	const usual, most = 50, 500
	status, limit, cursor = jobs.Status(query.Get("status")), usual, query.Get("cursor")
	if status != "" && !slices.Contains(jobs.Statuses(), status) {
		return "", 0, "", invalid("status", fmt.Sprintf("%q is none of %s", clip(string(status)), strings.Trim(fmt.Sprint(jobs.Statuses()), "[]")))
	}
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > most {
			return "", 0, "", invalid("limit", fmt.Sprintf("%q is not allowed: it must be a whole number from 1 to %d", clip(text), most))
		}
	}
	if _, err := uuid.Parse(cursor); cursor != "" && err != nil {
		return "", 0, "", invalid("cursor", fmt.Sprintf("%q is not the next_cursor of a page", clip(cursor)))
	}
	return status, limit, cursor, nil
}

// RunJob is what runs jobs: it reads their request as POST /execute would, and makes
// its answer.
func RunJob(exec *executor.Executor, replica string, log zerolog.Logger) func(context.Context, jobs.Claimed) jobs.Outcome {
	return func(ctx context.Context, c jobs.Claimed) jobs.Outcome {
		req, _, _, err := decodeJob(c.Request)
		var resp executor.Response
		if err == nil {
			resp, err = exec.ExecuteJob(ctx, req, c.Queued)
		}
		logJob(log, c.ID, resp, err)
		if err != nil {
			return notRun(err)
		}
		if resp.Status == executor.Interrupted {
			return jobs.Outcome{Again: true}
		}
		text, err := json.Marshal(encode(resp, replica))
		if err != nil {
			return notRun(err)
		}
		return jobs.Outcome{
			RunStatus: string(resp.Status), Success: resp.Status == executor.Success, Result: text,
			Final: resp.Status == executor.CompileError && resp.LimitHit == "",
		}
	}
}

// logJob writes a line for each run, with what the line of a request has.
func logJob(log zerolog.Logger, id string, resp executor.Response, err error) {
	level := zerolog.InfoLevel
	var e *executor.Error
	if errors.As(err, &e) && e.Code == executor.SandboxError {
		level = zerolog.ErrorLevel
	}
	line := log.WithLevel(level).Str("job_id", id)
	if err == nil {
		line = logRun(line, resp)
	} else if e != nil {
		line = line.Str("code", string(e.Code)).AnErr("error", e.Err)
	} else {
		line = line.AnErr("error", err)
	}
	line.Msg("job")
}

// notRun is what becomes of a job that could not be run: where the reason will pass,
// or may, it goes back.
func notRun(err error) jobs.Outcome {
	var e *executor.Error
	if !errors.As(err, &e) {
		e = &executor.Error{Code: internal, Message: "something broke; the log has the details"}
	}
	switch e.Code {
	case executor.Draining, executor.Canceled, executor.QueueFull, executor.QueueTimeout:
		return jobs.Outcome{Again: true}
	}
	// A request was checked when it was taken in: a language that is missing may be there
	// in another replica, or a moment later, and a sandbox may break once.
	again := e.Code == executor.UnsupportedLanguage || e.Code == executor.SandboxError
	return jobs.Outcome{Again: again, Reason: &jobs.Problem{Code: string(e.Code), Detail: e.Message}}
}
