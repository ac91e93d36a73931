// Command executor runs other people's programs: POST /execute takes one, runs
// it in a sandbox and answers with its output.
//
// Without arguments it serves; usage says what else it does.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"aca-executor/api"
	"aca-executor/config"
	"aca-executor/executor"
	"aca-executor/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, func(net.Addr) {}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const usage = `usage: executor               serve
       executor config        print what can be set, and the defaults
       executor check         print what this machine has and lacks
       executor prepare       build in EXECUTOR_PREPARED_DIR what no start has to build then
       executor healthcheck   ask the service in this container whether it is ready
       executor plan ...      say how many replicas a load needs; -h lists its parameters
       executor jobs ...      list, show and revoke jobs; -h says how`

// run is the program, with everything that it takes from outside as a
// parameter. It serves until ctx ends; ready is told the address.
func run(ctx context.Context, args, environ []string, out io.Writer, ready func(net.Addr)) error {
	command, rest := "", args
	if len(args) > 0 {
		command, rest = args[0], args[1:]
	}
	switch {
	case command == "plan", command == "jobs": // have parameters of their own
	case len(rest) > 0:
		return errors.New(usage)
	case command == "config":
		return config.Print(out)
	case !slices.Contains([]string{"", "check", "prepare", "healthcheck"}, command):
		return errors.New(usage)
	}
	cfg, err := config.Load(environ)
	switch {
	case err != nil:
	case command == "healthcheck":
		return healthcheck(ctx, cfg.Port)
	case command == "plan":
		return planCommand(ctx, rest, cfg, out)
	case command == "jobs":
		return jobsCommand(ctx, rest, cfg, out)
	}
	table, bad := languages(cfg)
	if err := errors.Join(err, bad, checkJobs(cfg)); err != nil {
		return err
	}
	switch command {
	case "check":
		return check(ctx, cfg, table, out)
	case "prepare":
		return prepare(ctx, cfg, table, out)
	}
	return serve(ctx, cfg, table, out, ready)
}

// languages is the table of languages as the operator wants it.
func languages(cfg config.Config) ([]executor.Runtime, error) {
	table, err := executor.Runtimes, error(nil)
	if cfg.Runtimes != "" {
		text, readErr := os.ReadFile(cfg.Runtimes)
		if readErr != nil {
			return nil, fmt.Errorf("EXECUTOR_RUNTIMES: %w", readErr)
		}
		if table, err = executor.Override(table, text); err != nil {
			return nil, fmt.Errorf("EXECUTOR_RUNTIMES: %s: %w", cfg.Runtimes, err)
		}
	}
	if table, err = executor.Only(table, cfg.Languages); err != nil {
		return nil, fmt.Errorf("EXECUTOR_LANGUAGES: %w", err)
	}
	return table, nil
}

// serve wires the parts, starts them, and stops them in order.
func serve(ctx context.Context, cfg config.Config, table []executor.Runtime, out io.Writer, ready func(net.Addr)) error {
	log := newLog(cfg, out)
	for _, note := range cfg.FitTo(machine(cfg)) {
		log.Warn().Msg(note)
	}
	if _, err := os.Stat(cfg.PreparedDir); cfg.PreparedDir != "" && err != nil {
		log.Warn().Err(err).Msg("EXECUTOR_PREPARED_DIR has nothing: languages are prepared at each start")
	}
	limitMemory(cfg)
	box, err := openSandbox(cfg, table, log, false)
	if err != nil {
		return err
	}
	defer box.Close()
	// Requests, and the probes of languages, hang off this context and not off
	// ctx: a stop drains them.
	work, interrupt := context.WithCancelCause(context.Background())
	defer interrupt(nil)
	gate := executor.NewGate(cfg.MaxConcurrency, cfg.QueueDepth, cfg.QueueTimeout)
	gate.LimitJobs(cfg.JobConcurrency)
	exec, err := executor.New(work, gate, box, policy(cfg), table)
	if err != nil {
		return err
	}
	if err := warmUp(ctx, cfg, exec, box, log); err != nil {
		return err
	}
	queue, err := startJobs(work, cfg, exec, log)
	if err != nil {
		return err
	}
	defer queue.close(log)
	handler := api.New(apiOptions(cfg, exec, queue, log))
	srv := newServer(work, handler, log)
	ln, err := net.Listen("tcp", ":"+strconv.Itoa(cfg.Port))
	if err != nil {
		return err
	}
	announce(log, cfg, box, ln)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	probing := make(chan struct{})
	go func() {
		defer close(probing)
		probe(ctx, exec, handler, log, queue.begin)
	}()
	ready(ln.Addr())

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	return parts{cfg, log, box, exec, queue, handler, srv}.stop(interrupt, probing)
}

// parts are what has to be stopped.
type parts struct {
	cfg     config.Config
	log     zerolog.Logger
	box     *sandbox.Sandbox
	exec    *executor.Executor
	queue   *jobQueue
	handler *api.Server
	srv     *http.Server
}

// stop ends everything in order: first what comes, then what waits, then what runs.
func (p parts) stop(interrupt context.CancelCauseFunc, probing <-chan struct{}) error {
	p.log.Info().Dur("drain_timeout_ms", p.cfg.DrainTimeout).Msg("stopping: running programs may finish")
	p.handler.Leave()
	p.queue.drain()
	time.Sleep(p.cfg.DrainNotice) // what balancers send that have not noticed would be refused, or break
	p.handler.Drain()
	p.exec.Gate().Close()
	drain(p.exec.Gate(), p.cfg.DrainTimeout, interrupt)
	// What was interrupted goes back, while answers are sent.
	back := make(chan struct{})
	go func() { defer close(back); p.queue.close(p.log) }()
	err := shutdown(p.srv)
	<-back
	interrupt(sandbox.ErrInterrupted)
	<-probing
	p.exec.Wait()
	err = errors.Join(err, p.box.Close())
	p.log.Info().AnErr("error", err).Msg("stopped")
	return err
}

// warmUp starts what Python runs are forked from. Without it they start cold,
// so only what the operator asked for by name stops the start.
func warmUp(ctx context.Context, cfg config.Config, exec *executor.Executor, box *sandbox.Sandbox, log zerolog.Logger) error {
	if !cfg.WarmPython {
		return nil
	}
	err := exec.WarmUp(ctx, box, executor.Warmth{Preload: cfg.Preload, Rotate: int(cfg.WarmRotate)}, func(z sandbox.ZygoteState) {
		level := zerolog.InfoLevel
		if z.Err != nil { // nothing fails for it, but every run is slower
			level = zerolog.WarnLevel
		}
		log.WithLevel(level).Str("zygote", z.Name).Str("state", z.State).Uint64("forks", z.Forks).AnErr("error", z.Err).Msg("warm")
	})
	if errors.Is(err, executor.ErrPreload) {
		return err
	}
	if err != nil {
		log.Warn().Err(err).Msg("no warm interpreters: every run starts one")
	}
	return nil
}

// drain waits for what runs, and in the end interrupts it. Whoever comes
// meanwhile is still answered, that the replica is stopping.
func drain(gate *executor.Gate, timeout time.Duration, interrupt context.CancelCauseFunc) {
	for _, patience := range []time.Duration{timeout, answerTime} {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err := gate.Wait(ctx)
		cancel()
		if err == nil {
			return
		}
		interrupt(sandbox.ErrInterrupted)
	}
}

// answerTime is what an interrupted run's answer takes, generously: with the
// default drain timeout there are five seconds until the platform's SIGKILL.
const answerTime = 2 * time.Second

func shutdown(srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		return srv.Close() // clients that do not read their answer
	}
	return nil
}

// newServer has the timeouts that slow clients meet before a handler does.
func newServer(work context.Context, h http.Handler, log zerolog.Logger) *http.Server {
	const (
		headers = 10 * time.Second
		// Envoy, the ingress, keeps idle connections to us for an hour: it
		// must be the one to close them, or it sends into a closed one.
		idle       = 65 * time.Minute
		headerSize = 64 << 10
	)
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headers, IdleTimeout: idle, MaxHeaderBytes: headerSize,
		BaseContext: func(net.Listener) context.Context { return work },
		ErrorLog:    stdlog.New(log.With().Str("level", "warn").Str("from", "http").Logger(), "", 0),
	}
}

// probe tries every language, one after the other, and again those that do not
// work: what fails on a machine that is busy with starting may work a moment later.
//
// The service is ready when all were tried and one works. Where that takes long,
// because compilers have much to prepare, it is ready before: a request for a
// language that was not tried yet waits for that.
//
// Jobs are fetched as soon as it is ready: others may have been before.
func probe(ctx context.Context, exec *executor.Executor, handler *api.Server, log zerolog.Logger, fetchJobs func()) {
	const first, longest, tries = time.Second, 30 * time.Second, 6
	begin := time.Now()
	ready := sync.OnceFunc(func() {
		handler.Tested(nil)
		fetchJobs()
		log.Info().Dur("after_ms", time.Since(begin)).Msg("ready")
	})
	said := map[string]string{} // of each language, so that nothing is said twice
	works := false
	report := func(o executor.Offered) {
		if !works && len(o.Versions) > 0 {
			works = true
			timer := time.AfterFunc(longest-time.Since(begin), ready)
			context.AfterFunc(ctx, func() { timer.Stop() })
		}
		var versions []string
		for _, i := range o.Versions {
			versions = append(versions, i.Version)
		}
		text := fmt.Sprint(versions, o.Err)
		if said[o.Name] == text {
			return
		}
		said[o.Name] = text
		if o.Err != nil {
			log.Error().Err(o.Err).Str("language", o.Name).Strs("offered", versions).Msg("a language, or a version of it, does not work and is not offered")
		}
		if len(versions) > 0 {
			log.Info().Str("language", o.Name).Strs("versions", versions).Msg("language")
		}
	}
	for try, wait := 1, first; ; try, wait = try+1, min(2*wait, longest) {
		err := exec.Probe(ctx, report)
		switch {
		case ctx.Err() != nil:
			return
		case works:
			ready()
		default:
			handler.Tested(err)
		}
		if works && try == tries || !exec.Reprobe() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func announce(log zerolog.Logger, cfg config.Config, box *sandbox.Sandbox, ln net.Listener) {
	for _, f := range sandbox.Probe() {
		if !box.Layers().Has(f.Layer) {
			log.Warn().Str("layer", f.Layer.String()).Bool("available", f.Available).Str("detail", f.Detail).Msg("a layer of the sandbox is not in force")
		}
	}
	if len(cfg.APIKeys) == 0 {
		log.Warn().Msg("EXECUTOR_API_KEYS is empty: the service is open to everybody who can reach it")
	}
	log.Info().Stringer("address", ln.Addr()).Strs("isolation", box.Layers().Names()).
		Str("work_dir", box.Dir()).Int64("max_concurrency", cfg.MaxConcurrency).Int64("queue_depth", cfg.QueueDepth).
		Dur("queue_timeout_ms", cfg.QueueTimeout).Int("api_keys", len(cfg.APIKeys)).
		Str("role", cfg.Role).Bool("jobs", cfg.Jobs != "").Msg("serving")
}

func newLog(cfg config.Config, out io.Writer) zerolog.Logger {
	if cfg.LogFormat == "console" {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly, NoColor: os.Getenv("NO_COLOR") != ""}
	}
	level, err := zerolog.ParseLevel(cfg.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel // config has checked it
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}

// limitMemory makes the garbage collector work harder instead of letting the
// heap grow to twice what bodies may take. An operator's GOMEMLIMIT stands.
func limitMemory(cfg config.Config) {
	const own = 40 << 20
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(cfg.BodiesMiB<<20 + own)
	}
}

func openSandbox(cfg config.Config, table []executor.Runtime, log zerolog.Logger, prepare bool) (*sandbox.Sandbox, error) {
	box, err := sandbox.New(sandbox.Options{
		Readable: executor.Readable(table), Ahead: cfg.PreparedDir, BuildAhead: prepare,
		Dir: cfg.WorkDir, Slots: int(cfg.MaxConcurrency), Require: cfg.RequireLayers, Disable: cfg.DisableLayers,
		OnError: func(err error) { log.Error().Err(err).Msg("sandbox") },
	})
	if errors.Is(err, sandbox.ErrDir) {
		return nil, fmt.Errorf("EXECUTOR_WORK_DIR: %w", err)
	}
	return box, err
}

// replicaName is what this replica is called in answers.
func replicaName(cfg config.Config) string {
	if cfg.Replica != "" {
		return cfg.Replica
	}
	name, _ := os.Hostname()
	return name
}

func apiOptions(cfg config.Config, exec *executor.Executor, queue *jobQueue, log zerolog.Logger) api.Options {
	return api.Options{
		Jobs: queue.Queue, JobsPage: queue.page, Worker: cfg.Role == config.RoleWorker,
		Executor: exec, Log: log, Replica: replicaName(cfg), Keys: cfg.APIKeys, Origins: cfg.CORSOrigins,
		BodyLimit: cfg.BodyMiB << 20, BodiesLimit: cfg.BodiesMiB << 20, BodyTimeout: cfg.BodyTimeout,
	}
}

func policy(cfg config.Config) executor.Policy {
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return executor.Policy{
		Default: executor.Limits{
			Timeout: cfg.DefaultTimeout, CPU: seconds(cfg.CPUSeconds), MemoryMiB: cfg.MemoryMiB, Processes: cfg.Processes,
			FileMiB: cfg.FileMiB, DiskMiB: cfg.DiskMiB, OutputKiB: cfg.OutputKiB,
		},
		Max: executor.Limits{
			Timeout: cfg.MaxTimeout, CPU: seconds(cfg.MaxCPUSeconds), MemoryMiB: cfg.MaxMemoryMiB, Processes: cfg.MaxProcesses,
			FileMiB: cfg.MaxFileMiB, DiskMiB: cfg.MaxDiskMiB, OutputKiB: cfg.MaxOutputKiB,
		},
		// Compilers use several processors and many threads.
		Compile: executor.Limits{
			Timeout: cfg.CompileTimeout, CPU: 2 * cfg.CompileTimeout, MemoryMiB: cfg.CompileMemoryMiB, Processes: cfg.MaxProcesses,
			FileMiB: cfg.CompileDiskMiB, DiskMiB: cfg.CompileDiskMiB, OutputKiB: cfg.CompileOutputKiB,
		},
		CacheMiB:     cfg.CompileCacheMiB,
		MaxTestCases: int(cfg.MaxTestCases), TestsTimeout: cfg.TestsTimeout,
		MaxOutputFiles: int(cfg.MaxOutputFiles), OutputFilesMiB: cfg.OutputFilesMiB,
		JobTimeout: cfg.JobMaxTimeout,
	}
}

func machine(cfg config.Config) config.Machine {
	dir := cfg.WorkDir
	if dir == "" {
		dir = os.TempDir()
	}
	m := sandbox.ReadMachine()
	d, err := sandbox.ReadDirectory(dir)
	if err != nil {
		return config.Machine{Memory: m.Memory, PIDs: m.PIDs, Files: m.Files, WorkDir: dir, WorkDirInodes: -1, WorkDirMemory: true} // New says what is wrong with it
	}
	return config.Machine{
		Memory: m.Memory, PIDs: m.PIDs, Files: m.Files, WorkDir: dir,
		WorkDirMemory: d.InMemory, WorkDirNoExec: d.NoExec, WorkDirFree: d.Free, WorkDirInodes: d.Inodes,
	}
}
