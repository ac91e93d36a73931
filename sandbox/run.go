package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
	"aca-executor/sandbox/internal/shim"
)

// Run runs a job and reports what came of it. When ctx
// ends, the programs are killed: with ErrInterrupted as its cause the results
// say so, with any other the cause is returned, since nobody is interested. Any
// other error means that the sandbox failed, not the program; [SetupError] says
// in which layer.
func (s *Sandbox) Run(ctx context.Context, job Job) (Report, error) {
	if err := job.check(); err != nil {
		return Report{}, err
	}
	if a := s.builtAhead(job.Share); a != nil {
		return Report{Artifact: a}, nil
	}
	s.cleaning.Add(1)
	kind := job.kind()
	sl, err := s.take(ctx, kind)
	if err != nil {
		s.cleaning.Done()
		return Report{}, err
	}
	defer func() { go s.recycle(sl, kind) }()
	if err := sl.fill(job.Files); err != nil {
		return Report{}, setup("files", err)
	}
	out, err := s.openOut(&sl, job)
	if err != nil {
		return Report{}, setup("artifact", err)
	}
	var report Report
	left := job.Wall
	for _, step := range job.Steps {
		step.archive = job.archive()
		if job.Wall > 0 {
			step.Limits.Wall = min(step.Limits.Wall, max(left, time.Millisecond))
		}
		r, err := s.step(ctx, &sl, step.resolve(out))
		if err != nil {
			return Report{}, err
		}
		report.Steps = append(report.Steps, r)
		left -= r.Wall
		if r.Outcome != Exited || r.ExitCode != 0 {
			out = ""
			break
		}
	}
	err = s.finish(&report, &sl, job, out)
	return report, err
}

// openOut makes what Out stands for.
func (s *Sandbox) openOut(sl *slot, job Job) (out string, err error) {
	switch {
	case job.Build:
		return sl.openBuild(job.Files)
	case job.Artifact != nil:
		err = s.view(sl, job.Artifact)
	}
	return sl.view, err
}

// finish gathers what a job leaves; built is where it built something, if it did.
func (s *Sandbox) finish(report *Report, sl *slot, job Job, built string) (err error) {
	if job.Build && built != "" {
		last := &report.Steps[len(report.Steps)-1]
		report.Artifact, err = s.keepBuilt(*sl, built, job)
		var bad builtError
		switch {
		case errors.Is(err, errTooMuch):
			last.Outcome, last.ExitCode = Disk, -1
		case errors.As(err, &bad):
			last.ExitCode = 1
			last.Stderr.Bytes = fmt.Appendf(last.Stderr.Bytes, "error: %v\n", bad)
		case err != nil:
			return setup("artifact", err)
		}
	}
	if report.Files, err = sl.collect(job.Collect); err != nil {
		return setup("output files", err)
	}
	return nil
}

// fill writes the files, as the run's uid and through os.Root: a name cannot
// climb out, and if one could, it would be no better off than the program.
func (sl *slot) fill(files []File) error {
	kept := sl.file
	sl.file = ""
	if len(files) == 0 && kept == "" {
		return nil
	}
	return cred.As(sl.uid, func() error {
		root, err := os.OpenRoot(sl.dir)
		if err != nil {
			return err
		}
		defer root.Close()
		if kept != "" && !slices.ContainsFunc(files, func(f File) bool { return f.Path == kept }) {
			if err := root.Remove(kept); err != nil {
				return err
			}
		}
		for _, f := range files {
			how := os.O_CREATE | os.O_EXCL
			if f.Path == kept {
				how = os.O_TRUNC
			}
			if err := writeFile(root, f, how); err != nil {
				return err
			}
		}
		if len(files) == 1 && path.Base(files[0].Path) == files[0].Path {
			sl.file = files[0].Path
		}
		return nil
	})
}

// writeFile holds the fork lock: a process forked meanwhile would have the
// descriptor until its exec, and executing the file would fail with ETXTBSY.
func writeFile(root *os.Root, f File, how int) error {
	if dir := path.Dir(f.Path); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	w, err := root.OpenFile(f.Path, os.O_WRONLY|how, 0o644)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, f.Content)
	return errors.Join(err, w.Close())
}

// step runs one program to its end, and with it all that it forked.
func (s *Sandbox) step(ctx context.Context, sl *slot, st Step) (Result, error) {
	begin := time.Now()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	p, err := s.start(ctx, sl, st)
	if err != nil {
		return Result{}, err
	}
	defer p.close()
	str := p.streams
	str.pump(st, func() { end(limitError(OutputLimit)) })
	wall := time.AfterFunc(st.Limits.Wall-time.Since(p.started), func() { end(limitError(WallTime)) })
	var w *watch
	if s.layers.Has(Watchdog) {
		w = s.dog.watch(sl.uid, p.pid, sl.dir, st.Limits, p.kind == "", end)
	}

	exit, err := s.await(ctx, sl.uid, p)
	wall.Stop()
	r := Result{Prepare: p.started.Sub(begin), Wall: exit.at.Sub(p.started), Warm: p.kind != ""}
	memory := memory{atEnd: exit.memory, before: p.before, forked: p.kind != ""}
	if w != nil {
		w.finish()
		memory.watched = w.peak.Load()
		r.AtProcessLimit = w.tasks.Load() >= int64(st.Limits.Processes)
	}
	r.Memory = memory.peak()
	sacrificed := w != nil && memory.watched >= leastSacrificed && w.dog.kernel.kills() > w.kills
	if err != nil {
		return Result{}, err
	}
	r.Stdout, r.Stderr = str.wait()
	cause := context.Cause(ctx)
	var limit limitError
	if cause != nil && !errors.As(cause, &limit) && !errors.Is(cause, ErrInterrupted) {
		return Result{}, cause
	}
	r.CPU = max(0, exit.cpu-p.used)
	if w != nil && exit.cpu == 0 { // it is not quite dead yet
		r.CPU = time.Duration(w.cpu.Load())
	}
	r.Outcome, r.ExitCode, r.Signal = classify(ending{
		status: exit.status, cause: cause, cpu: r.CPU, memory: memory.least(), limits: st.Limits,
		truncated: r.Stdout.Truncated || r.Stderr.Truncated, sacrificed: sacrificed,
	})
	return r, nil
}

// program is a step's first process, when it is the program.
type program struct {
	*waiting
	started time.Time     // its exec, or what stands for it
	used    time.Duration // of the processor before that
	exited  <-chan exit
}

type exit struct {
	status unix.WaitStatus
	cpu    time.Duration
	memory int64 // bytes: the most that one of its processes had
	at     time.Time
	err    error
}

// start has a process become the step's program, and waits until it has. That
// is the one that waits in the slot, if it is of the right kind; if it has died
// since, or is the child of a zygote and does not manage, a new shim does it.
func (s *Sandbox) start(ctx context.Context, sl *slot, st Step) (program, error) {
	w := s.takeWaiting(sl)
	k := s.zygote(st.Zygote)
	if k != nil && (st.size() > mostMessage/2 || sl.view != "") {
		k = nil // a child has no room for it, or no way to it
	}
	if w != nil && w.kind != "" && (k == nil || w.kind != k.Name) {
		w.abandon()
		w = nil
	}
	if k != nil && (w == nil || w.kind == "") {
		if child, err := k.fork(*sl); err == nil {
			if w != nil {
				w.abandon()
			}
			w = child
		}
	}
	if w != nil {
		p, err := s.become(ctx, w, *sl, st)
		var se *SetupError
		if err == nil || ctx.Err() != nil || !errors.As(err, &se) || w.kind == "" && se.Layer != "shim" && se.Layer != "control" {
			return p, err
		}
		if w.kind != "" {
			s.onError(fmt.Errorf("sandbox: a child of the zygote %s: %w", w.kind, err))
		}
	}
	w, err := s.startShim(sl.uid)
	if err != nil {
		return program{}, err
	}
	return s.become(ctx, w, *sl, st)
}

// waiting is a process that has not been told yet what to become: a shim, or the
// child of a zygote. It ends by itself when its line to the server closes.
type waiting struct {
	kind    string // the zygote's name; empty for a shim
	process *os.Process
	pid     int // which the process forgets when it is over
	control *os.File
	streams *streams
	entry   *os.File    // its directory in /proc, which a rule of Landlock names
	calls   [2][]string // what it does before it is the program, for errors
	before  int64       // bytes of memory that it had before it is the program
}

// layerName says what a failure report is about.
func (w *waiting) layerName(i int) string {
	if w.kind == "" {
		return shim.LayerName(i)
	}
	if names := w.calls[i/secondMessage%2]; i%secondMessage < len(names) {
		return names[i%secondMessage]
	}
	return "zygote"
}

func (s *Sandbox) startShim(uid int) (*waiting, error) {
	str, err := openStreams(uid)
	if err != nil {
		return nil, setup("streams", err)
	}
	control, theirs, err := socketPair(unix.SOCK_STREAM)
	if err != nil {
		str.close()
		return nil, setup("control", err)
	}
	process, err := s.spawner.start(shim.Name, str.stdin.r, str.stdout.w, str.stderr.w, theirs)
	theirs.Close()
	str.closeTheirs()
	if err != nil {
		control.Close()
		str.close()
		return nil, setup("fork", err)
	}
	return &waiting{process: process, pid: process.Pid, control: control, streams: str}, nil
}

// abandon ends a process that is not needed.
func (w *waiting) abandon() {
	w.close()
	w.process.Kill()
	w.process.Wait()
}

// close closes what the server has of it.
func (w *waiting) close() {
	w.control.Close()
	w.streams.close()
	w.entry.Close() // of nothing is an error that nobody minds
}

// become makes a waiting process the step's program.
func (s *Sandbox) become(ctx context.Context, w *waiting, sl slot, st Step) (program, error) {
	defer w.control.Close()
	w.control.SetDeadline(time.Now().Add(setupPatience))
	stop := context.AfterFunc(ctx, func() { w.control.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	p := program{waiting: w}
	var what []byte
	if w.kind == "" {
		what = s.config(sl, st).Encode()
	} else {
		m := s.jobMessage(sl, st)
		w.calls[1] = m.names
		what = m.encode()
	}
	if err := handshake(w.control, what, &p); err != nil {
		// It is root's, or the uid's already, which without CAP_KILL root cannot
		// reach. It changes from the one to the other only: in this order none of
		// the two misses it.
		w.process.Kill()
		cred.Kill(sl.uid, s.uids.spare())
		w.abandon()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return program{}, err
	}
	p.exited = wait(w.process)
	return p, nil
}

// setupPatience is far beyond what a shim takes on a busy machine.
const setupPatience = 10 * time.Second

var errEnded = errors.New("the process ended before it became the program")

// handshake tells a process what to become, and reads what it says until it
// closes its end.
func handshake(control *os.File, what []byte, p *program) error {
	if _, err := control.Write(what); err != nil {
		return setup("control", err)
	}
	said, err := io.ReadAll(control)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		return setup("control", err)
	}
	for ; len(said) >= shim.MessageSize; said = said[shim.MessageSize:] {
		what, n := shim.ParseMessage(said)
		if what != shim.Ready {
			return setup(p.layerName(int(what)), syscall.Errno(n[0]))
		}
		p.started, p.used = sinceBoot(time.Duration(n[0])), time.Duration(n[1])
		if p.kind == "" {
			p.before = int64(n[2])
		}
	}
	if p.started.IsZero() {
		return setup("shim", errEnded)
	}
	return nil
}

// sinceBoot converts a reading of CLOCK_MONOTONIC, which all processes share,
// to a time of this one.
func sinceBoot(then time.Duration) time.Time {
	var now unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	return time.Now().Add(then - time.Duration(now.Nano()))
}

// niceness puts programs behind the server, but not so far that one which is
// killed does not get round to dying on a busy machine.
const niceness = 5

// config is what the shim of one step is told.
func (s *Sandbox) config(sl slot, st Step) *shim.Config {
	c := &shim.Config{
		UID: sl.uid, GID: sl.uid, Parent: os.Getpid(), Nice: niceness, Dir: sl.dir,
		Path: st.Args[0], Args: st.Args, Env: environment(sl.dir, st.Env),
	}
	if s.layers.Has(NoNewPrivs) {
		c.Layers |= shim.OnNoNewPrivs
	}
	if s.layers.Has(Rlimits) {
		c.Layers |= shim.OnRlimits
		c.Rlimits = rlimits(st.Limits)
	}
	if s.layers.Has(Landlock) {
		c.Layers |= shim.OnLandlock
		c.Landlock = with(s.rules, sl.dir, sl.view)
	}
	if s.layers.Has(Seccomp) {
		c.Layers |= shim.OnSeccomp
		c.Filter = s.filter
	}
	return c
}

// wait collects a child. Its own usage is in the result, its children's only
// as far as it waited for them.
func wait(p *os.Process) <-chan exit {
	done := make(chan exit, 1)
	go func() {
		status, usage, err := collect(p)
		e := exit{at: time.Now(), err: err}
		if err == nil {
			e.status = status
			e.cpu = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
			e.memory = usage.Maxrss << 10
		}
		done <- e
	}()
	return done
}

// collect waits until a child is dead. A descriptor of it tells, which no thread
// needs to be blocked for; kernels before 5.10 have none that does.
func collect(p *os.Process) (status unix.WaitStatus, usage unix.Rusage, err error) {
	defer p.Release()
	fd, err := unix.PidfdOpen(p.Pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		_, err = wait4(p.Pid, &status, 0, &usage)
		return status, usage, err
	}
	f := os.NewFile(uintptr(fd), "pidfd")
	defer f.Close()
	conn, err := f.SyscallConn()
	if err != nil {
		return status, usage, err
	}
	var waitErr error
	err = conn.Read(func(uintptr) bool {
		var dead int
		dead, waitErr = wait4(p.Pid, &status, unix.WNOHANG, &usage)
		return dead != 0 || waitErr != nil
	})
	return status, usage, errors.Join(err, waitErr)
}

func wait4(pid int, status *unix.WaitStatus, options int, usage *unix.Rusage) (dead int, err error) {
	for {
		if dead, err = unix.Wait4(pid, status, options, usage); err != unix.EINTR {
			return dead, os.NewSyscallError("wait4", err)
		}
	}
}

// await waits for the program's end, or brings it about when ctx ends, and
// then ends everything that it forked.
//
// A program that was killed runs no instruction of its own any more, but may
// take its time to be gone: it needs the processor for that, or sits in the
// kernel. Nobody waits longer for it than killPatience; its uid does, see clear.
func (s *Sandbox) await(ctx context.Context, uid int, p program) (exit, error) {
	select {
	case e := <-p.exited:
		if e.err == nil && gone(uid) {
			return e, nil
		}
		return e, errors.Join(e.err, setup("kill", cred.Kill(uid, s.uids.spare())))
	case <-ctx.Done():
	}
	if err := cred.Kill(uid, s.uids.spare()); err != nil {
		return exit{}, setup("kill", err)
	}
	select {
	case e := <-p.exited:
		return e, e.err
	case <-time.After(killPatience):
		return exit{status: unix.WaitStatus(unix.SIGKILL), at: time.Now()}, nil
	}
}

const killPatience = 400 * time.Millisecond
