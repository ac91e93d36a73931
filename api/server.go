package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/rs/zerolog"
	"golang.org/x/sync/semaphore"

	"aca-executor/executor"
	"aca-executor/jobs"
)

// Options are what a server is made from.
type Options struct {
	Executor    *executor.Executor
	Log         zerolog.Logger
	Replica     string        // name of this replica in answers
	Keys        []string      // none: open to everybody
	Origins     []string      // of pages that may call; none: CORS is off
	BodyLimit   int64         // bytes of one body
	BodiesLimit int64         // bytes of all bodies in flight
	BodyTimeout time.Duration // for a client to send one

	Jobs     *jobs.Queue  // nil: jobs are off
	JobsPage http.Handler // for people to look at them
	Worker   bool         // jobs are run here, and nothing else: there are only probes
}

// Server is the HTTP API, as a handler.
type Server struct {
	exec    *executor.Executor
	log     zerolog.Logger
	replica string
	keys    [][sha256.Size]byte
	bodies  *bodies
	echo    *echo.Echo
	jobs    *jobs.Queue
	nothing string // what is said where there is nothing

	leaving  atomic.Bool // it says so, and goes on serving
	draining atomic.Bool
	selfTest atomic.Pointer[testResult]
}

type testResult struct{ err error }

// New makes a server. It is not ready until it was told how the self-test
// ended.
func New(o Options) *Server {
	s := &Server{
		exec: o.Executor, log: o.Log, replica: o.Replica, echo: echo.New(), jobs: o.Jobs, nothing: seeDescription,
		bodies: &bodies{semaphore.NewWeighted(o.BodiesLimit), o.BodiesLimit, o.BodyLimit, o.BodyTimeout},
	}
	for _, key := range o.Keys {
		s.keys = append(s.keys, sha256.Sum256([]byte(key)))
	}
	s.echo.HTTPErrorHandler = s.fail
	s.echo.Use(s.identify, s.logged, s.recover())
	if len(o.Origins) > 0 {
		s.echo.Use(middleware.CORSWithConfig(middleware.CORSConfig{
			AllowOrigins: o.Origins, AllowMethods: []string{http.MethodGet, http.MethodPost, http.MethodDelete},
			AllowHeaders:  []string{"Content-Type", "Authorization", "X-API-Key", "X-Request-Id", "Idempotency-Key"},
			ExposeHeaders: []string{"X-Request-Id", "Retry-After", "Server-Timing", "Location"},
		}))
	}
	s.echo.Use(s.authenticate)
	if o.Worker {
		s.nothing = "this replica runs jobs, and nothing else: EXECUTOR_ROLE is worker"
	} else {
		s.routes(o.JobsPage)
	}
	for path, probe := range map[string]echo.HandlerFunc{"/livez": s.livez, "/readyz": s.readyz, "/health": s.health} {
		s.echo.GET(path, probe)
		s.echo.HEAD(path, probe)
	}
	return s
}

// seeDescription is what is said where there is nothing.
const seeDescription = "see " + openAPIPath + ", which describes POST /execute and the rest"

// routes are all but the probes.
func (s *Server) routes(page http.Handler) {
	s.echo.POST(executePath, s.execute)
	s.echo.GET("/runtimes", s.runtimes)
	s.echo.GET(openAPIPath, s.openapi)
	s.echo.POST(jobPath, s.withJobs(s.submit))
	s.echo.GET(jobPath+"/:job_id", s.withJobs(s.job))
	s.echo.DELETE(jobPath+"/:job_id", s.withJobs(s.revoke))
	s.echo.GET(jobsPath, s.withJobs(s.list))
	// To look at, and not to change anything: it shows the jobs of everybody.
	for _, path := range []string{PagePath, PagePath + "/*"} {
		s.echo.GET(path, s.withJobs(lookAt(page)))
	}
}

// ServeHTTP makes a Server a handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Tested says how the self-test ended; with nil the server is ready.
func (s *Server) Tested(err error) { s.selfTest.Store(&testResult{err}) }

// Leave makes the server not ready, so that balancers send nothing more; what they
// send until they have noticed is served.
func (s *Server) Leave() { s.leaving.Store(true) }

// Drain makes the server not ready and turns away what comes from now on.
func (s *Server) Drain() {
	s.Leave()
	s.draining.Store(true)
}

const (
	executePath     = "/execute"
	logKey          = "error"
	requestIDHeader = "X-Request-Id"
)

// probes are open to everybody: who calls them has no key.
var probes = map[string]bool{"/livez": true, "/readyz": true, "/health": true}

// identify gives each request an id, its caller's where that is one.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(requestIDHeader)
		if !validID(id) {
			id = rand.Text()
		}
		h := c.Response().Header()
		h.Set(requestIDHeader, id)
		if c.Request().URL.Path == executePath {
			h.Set("Server-Timing", serverTiming(executor.Timing{}))
		}
		r := c.Request()
		// Answers may come before a body's end: see fail. And nobody waits for
		// a body that a GET announces.
		http.NewResponseController(c.Response()).EnableFullDuplex()
		if s.leaving.Load() || r.Method != http.MethodPost && r.ContentLength != 0 {
			h.Set("Connection", "close")
		}
		return next(c)
	}
}

// validID keeps what a log or a header could be confused by out of them.
func validID(id string) bool {
	const longest = 128
	for _, b := range []byte(id) {
		if b <= ' ' || b > '~' || b == '"' || b == '\\' {
			return false
		}
	}
	return id != "" && len(id) <= longest
}

func requestID(c echo.Context) string { return c.Response().Header().Get(requestIDHeader) }

// logged writes a line for each request: probes only where somebody debugs.
// Neither code nor input nor a key is ever in it.
func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			s.fail(err, c)
		}
		r := c.Request()
		level := zerolog.InfoLevel
		status := c.Response().Status
		failure, _ := c.Get(logKey).(*executor.Error)
		switch {
		case probes[r.URL.Path]:
			level = zerolog.DebugLevel
		case status >= http.StatusInternalServerError && failure != nil && failure.Code != executor.Draining:
			level = zerolog.ErrorLevel
		}
		line := s.log.WithLevel(level).Str("request_id", requestID(c)).Str("method", r.Method).Str("path", clip(r.URL.Path)).
			Int("status", status).Dur("duration_ms", time.Since(start)).Str("remote", r.RemoteAddr)
		if failure != nil {
			line = line.Str("code", string(failure.Code)).AnErr("error", failure.Err)
			if status != http.StatusBadRequest { // whose details quote the request
				line = line.Str("detail", failure.Message)
			}
		}
		if resp, ok := c.Get(responseKey).(executor.Response); ok {
			line = logRun(line, resp)
		}
		if id, ok := c.Get(jobIDKey).(string); ok {
			line = line.Str("job_id", id)
		}
		line.Msg("request")
		return nil
	}
}

// logRun adds what the log says of a run.
func logRun(line *zerolog.Event, resp executor.Response) *zerolog.Event {
	line = line.Str("execution_id", resp.ExecutionID).Str("language", resp.Language).Str("result", string(resp.Status)).
		Dur("queue_ms", resp.Timing.Queue).Dur("prepare_ms", resp.Timing.Prepare).Dur("run_ms", resp.Timing.Run).
		Int64("memory_kib", resp.MemoryKiB).Bool("warm", resp.Warm)
	if resp.Compile != nil {
		line = line.Dur("compile_ms", resp.Timing.Compile).Bool("compile_cached", resp.Compile.Cached)
	}
	if resp.TestCases > 0 {
		line = line.Int("test_cases", resp.TestCases).Int("passed", resp.PassedTests)
	}
	if resp.LimitHit != "" {
		line = line.Str("limit_hit", resp.LimitHit)
	}
	return line
}

const responseKey = "response"

// recover turns a panic into a 500, and logs where it was.
func (s *Server) recover() echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		DisableStackAll: true, // of this goroutine only; and nothing is printed
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			s.log.Error().Str("request_id", requestID(c)).Err(err).Bytes("stack", stack).Msg("panic")
			return err
		},
	})
}

// authenticate asks for a key where keys are set. Every key is compared, as
// hashes, which are equally long, so that time tells nothing.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if path := c.Request().URL.Path; len(s.keys) == 0 || probes[path] || path == openAPIPath {
			return next(c)
		}
		shown := shownKey(c.Request())
		if shown == "" {
			return refusal(unauthorized, "show a key, as Authorization: Bearer KEY or X-API-Key: KEY")
		}
		hash, match := sha256.Sum256([]byte(shown)), 0
		for _, key := range s.keys {
			match |= subtle.ConstantTimeCompare(hash[:], key[:])
		}
		if match == 0 {
			return refusal(unauthorized, "the key is not one of this service's")
		}
		c.Set(ownerKey, ownerOf(hash))
		return next(c)
	}
}

// shownKey is the key that a request shows. Browsers ask people for a name and a
// password, and show them at every request from then on, also at those that another
// site makes: with that only the page can be looked at.
func shownKey(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if _, password, ok := r.BasicAuth(); ok && onPage(r.URL.Path) {
		return password
	}
	return r.Header.Get("X-API-Key")
}

// challenge says how a key can be shown.
func challenge(path string) string {
	if onPage(path) {
		return `Basic realm="the password is an API key", charset="UTF-8"`
	}
	return "Bearer"
}

func onPage(path string) bool { return path == PagePath || strings.HasPrefix(path, PagePath+"/") }

func (s *Server) execute(c echo.Context) error {
	if s.draining.Load() {
		return draining()
	}
	body, held, err := s.read(c)
	defer held.shrink(0)
	if err != nil {
		return err
	}
	req, err := decode(body)
	if err != nil {
		return err
	}
	held.shrink(int64(len(body)))
	body = nil
	var ready prepared
	req.Deliver = func(r executor.Response) { held.shrink(0); ready = s.prepare(c.Request().Context(), r) }
	resp, err := s.exec.Execute(c.Request().Context(), req)
	held.shrink(0)
	c.Response().Header().Set("Server-Timing", serverTiming(resp.Timing))
	if err == nil {
		err = ready.err
	}
	if err != nil {
		return err
	}
	defer ready.held.shrink(0)
	c.Set(responseKey, withoutOutput(resp))
	return s.send(c, http.StatusOK, echo.MIMEApplicationJSON, ready.text)
}

func draining() error {
	return &executor.Error{Code: executor.Draining, Message: "this replica is stopping", RetryAfter: time.Second}
}

// prepared is an answer that is ready to be sent, and the room that it takes.
type prepared struct {
	text []byte
	held *load
	err  error
}

// prepare makes an answer ready: of a response with files that takes a multiple of
// their size, so it happens while the request has its room in the gate, and within the
// memory for bodies.
func (s *Server) prepare(ctx context.Context, r executor.Response) (p prepared) {
	if p.held, p.err = s.bodies.hold(ctx, room(r)); p.err != nil {
		p.err = s.exec.Gate().Busy(answersFull)
		return p
	}
	p.text, p.err = json.Marshal(encode(r, s.replica))
	p.held.shrink(int64(len(p.text)))
	if p.err != nil {
		p.held.shrink(0)
	}
	return p
}

const answersFull = "the program was run, but other answers, which their clients do not read, take all the memory there is for them"

// withoutOutput is what the log may keep of a response.
func withoutOutput(r executor.Response) executor.Response {
	r.Stdout.Bytes, r.Stderr.Bytes, r.Files, r.Tests = nil, nil, nil, nil
	if r.Compile != nil {
		c := *r.Compile
		c.Stdout.Bytes, c.Stderr.Bytes, c.Artifact = nil, nil, nil
		r.Compile = &c
	}
	return r
}

// runtimeInfo is one language, in one version; version and what depends on it are
// missing while it is being probed.
type runtimeInfo struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
	Version *string  `json:"version"`
	Source  string   `json:"source"`
	Compile []string `json:"compile"` // the commands; empty where nothing is compiled
	Run     string   `json:"run"`
	// Passed says whether a program ran in it at the start; null while that is
	// being found out.
	Passed *bool `json:"passed"`
}

func (s *Server) runtimes(c echo.Context) error {
	list := []runtimeInfo{}
	for _, o := range s.exec.Offered() {
		versions := o.Versions
		if len(versions) == 0 {
			versions = []executor.Installed{{Runtime: o.Runtime, Binary: "{binary}"}}
		}
		for _, i := range versions {
			info := runtimeInfo{Name: i.Name, Aliases: i.Aliases, Version: orNull(i.Version), Source: i.Source}
			info.Compile, info.Run = i.Commands()
			if o.Probed {
				passed := len(o.Versions) > 0
				info.Passed = &passed
			}
			list = append(list, info)
		}
	}
	return s.write(c, http.StatusOK, echo.MIMEApplicationJSON, list)
}

type probeAnswer struct {
	Status string `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Warm says of each interpreter that runs are forked from whether it is
	// there; until it is, they start.
	Warm map[string]string `json:"warm,omitempty"`
}

func (s *Server) warm() map[string]string {
	states := map[string]string{}
	for _, z := range s.exec.Zygotes() {
		states[z.Name] = z.State
	}
	return states
}

func (s *Server) livez(c echo.Context) error {
	return s.write(c, http.StatusOK, echo.MIMEApplicationJSON, probeAnswer{Status: "alive"})
}

var errStarting = errors.New("the self-test is not done yet")

// unready says why the server is not ready; nil when it is.
func (s *Server) unready() (status string, err error) {
	test := s.selfTest.Load()
	switch {
	case s.leaving.Load():
		return "draining", errors.New("the replica is stopping")
	case test == nil:
		return "starting", errStarting
	case test.err != nil:
		return "broken", errors.New("the self-test failed; the log has the details")
	}
	return "ready", nil
}

func (s *Server) readyz(c echo.Context) error {
	status, err := s.unready()
	if err != nil {
		return s.write(c, http.StatusServiceUnavailable, echo.MIMEApplicationJSON, probeAnswer{status, err.Error(), s.warm()})
	}
	return s.write(c, http.StatusOK, echo.MIMEApplicationJSON, probeAnswer{Status: status, Warm: s.warm()})
}

type healthAnswer struct {
	Status    string   `json:"status"`
	Replica   string   `json:"replica"`
	Running   int64    `json:"running"`
	Units     int64    `json:"max_concurrency"`
	Waiting   int64    `json:"waiting"`
	Depth     int64    `json:"queue_depth"`
	Isolation []string `json:"isolation"`
	Jobs      string   `json:"jobs"` // off, ok, or unavailable: its database cannot be used

	Warm map[string]string `json:"warm,omitempty"`
}

func (s *Server) health(c echo.Context) error {
	a := healthAnswer{Status: "healthy", Replica: s.replica, Isolation: s.exec.Isolation(), Jobs: s.jobsState(), Warm: s.warm()}
	a.Running, a.Units, a.Waiting, a.Depth = s.exec.Gate().Load()
	code := http.StatusOK
	if status, err := s.unready(); err != nil {
		a.Status, code = status, http.StatusServiceUnavailable
	}
	return s.write(c, code, echo.MIMEApplicationJSON, a)
}
