package executor

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aca-executor/sandbox"
)

// offer is a row of the table whose binaries are on this machine. Whether it
// works is found out once, before the first request for it or in the
// background, whichever comes first: asking a dozen compilers takes seconds.
type offer struct {
	Runtime
	binaries []string

	mu        sync.Mutex
	due       bool          // there is something to probe
	probing   chan struct{} // closed when the probe under way is over
	tried     bool
	installed []Installed // what works, newest first
	err       error       // why some of it does not
}

// offers are the rows of the table that are on this machine.
func offers(table []Runtime) (list []*offer) {
	for _, row := range table {
		if binaries := row.found(); len(binaries) > 0 {
			list = append(list, &offer{Runtime: row, binaries: binaries, due: true})
		}
	}
	return list
}

// state is what is known by now.
func (o *offer) state() (installed []Installed, tried bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.installed, o.tried, o.err
}

// settle returns what there is of a runtime, and probes what is due. One probe
// serves everybody who waits for it.
func (o *offer) settle(ctx context.Context, busy *sync.WaitGroup, probe func(works []Installed) ([]Installed, error)) ([]Installed, error) {
	o.mu.Lock()
	if o.due && o.probing == nil {
		o.start(busy, probe)
	}
	probing := o.probing
	o.mu.Unlock()
	if probing != nil {
		select {
		case <-probing:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	installed, _, err := o.state()
	return installed, err
}

// start probes, in a goroutine of its own: who asked for it may leave.
func (o *offer) start(busy *sync.WaitGroup, probe func(works []Installed) ([]Installed, error)) {
	done, works := make(chan struct{}), o.installed
	o.due, o.probing = false, done
	busy.Go(func() {
		installed, err := guarded(func() ([]Installed, error) { return probe(works) })
		o.mu.Lock()
		defer o.mu.Unlock()
		if len(installed) > 0 {
			o.installed = installed
		}
		o.err, o.tried, o.probing = err, true, nil
		close(done)
	})
}

// retry has what failed be probed by the next one who asks. Nobody has to wait for
// that where something works.
func (o *offer) retry() (any bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil && o.probing == nil {
		o.due, o.tried = true, len(o.installed) > 0
	}
	return o.err != nil
}

// probeLimits are for our own questions and programs, on machines that may be
// busy with starting other things.
var probeLimits = sandbox.Limits{
	Wall: 30 * time.Second, CPU: 60 * time.Second, Memory: 512 << 20, Processes: 64,
	File: 1 << 20, Disk: 4 << 20, Output: 64 << 10,
}

// probe finds out what there is of a row, besides what works already: it asks each
// of its binaries for its version, prepares what compilations share, and runs a
// program. Newest versions come first. Those that do not work are left out; the
// error says why.
func (x *Executor) probe(ctx context.Context, o *offer, works []Installed) ([]Installed, error) {
	list := slices.Clone(works)
	var errs []error
	for _, binary := range o.binaries {
		if slices.ContainsFunc(works, func(i Installed) bool { return i.Binary == binary }) {
			continue
		}
		i, err := x.try(ctx, o.Runtime, binary, list)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", binary, err))
		case i.Version != "":
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b Installed) int { return compareVersions(b.Version, a.Version) })
	return list, errors.Join(errs...)
}

// try does it for one binary. One of a version that is in have already is nothing.
func (x *Executor) try(ctx context.Context, row Runtime, binary string, have []Installed) (Installed, error) {
	version, err := askVersion(ctx, x.runner, row, binary)
	if err != nil || slices.ContainsFunc(have, func(i Installed) bool { return i.Version == version }) {
		return Installed{}, err
	}
	i := Installed{Runtime: row, Version: version, Binary: binary}
	prepared, err := x.prepare(ctx, i)
	if err == nil {
		if len(prepared) > 0 {
			i.prepared = prepared[len(prepared)-1].Path()
		}
		err = x.selfTest(ctx, i)
	}
	if err != nil {
		for _, a := range prepared {
			a.Remove()
		}
	}
	return i, err
}

var versionPattern = regexp.MustCompile(`\d+(\.\d+)+`)

// prepareLimits are for what is prepared once: a standard library, perhaps.
var prepareLimits = Limits{
	Timeout: 3 * time.Minute, CPU: 10 * time.Minute, MemoryMiB: 2048, Processes: 256,
	FileMiB: 512, DiskMiB: 1024, OutputKiB: 256,
}

func askVersion(ctx context.Context, r Runner, row Runtime, binary string) (string, error) {
	limits := probeLimits
	limits.Data = row.Data
	args := row.Version
	if len(args) == 0 && row.VersionInput == "" {
		args = []string{"--version"}
	}
	report, err := r.Run(ctx, sandbox.Job{Steps: []sandbox.Step{{Args: append([]string{binary}, args...), Stdin: row.VersionInput, Limits: limits}}})
	if err != nil {
		return "", err
	}
	last := report.Last()
	out := string(last.Stdout.Bytes) + string(last.Stderr.Bytes)
	version := versionPattern.FindString(out)
	if version == "" || last.Outcome != sandbox.Exited || last.ExitCode != 0 {
		return "", fmt.Errorf("asked for its version it %s and said %q", ended(last), clip(out))
	}
	return version, nil
}

// prepare builds what compilations and runs share: the last is what they find,
// and what it needs of those before is there as well.
func (x *Executor) prepare(ctx context.Context, i Installed) (built []*sandbox.Artifact, err error) {
	for _, p := range i.Prepare {
		c := checked{runtime: i, files: p.Files}
		if len(c.files) > 0 {
			c.entry = c.files[0].Path
		}
		job := planCompile(c, p.Commands, prepareLimits)
		job.Share, job.Program = shareName(c, job), ""
		report, err := x.runner.Run(ctx, job)
		if err != nil {
			return built, fmt.Errorf("prepare: %w", err)
		}
		if report.Artifact == nil {
			last := report.Last()
			return built, fmt.Errorf("prepare: it %s, stdout %q, stderr %q",
				ended(last), clip(string(last.Stdout.Bytes)), clip(string(last.Stderr.Bytes)))
		}
		built = append(built, report.Artifact)
		i.prepared = report.Artifact.Path()
	}
	return built, nil
}

// shareName names what is prepared after all that it is made from, so that what was
// prepared ahead is only found where it fits: with the same commands, and a binary that
// nobody has replaced since. What else it is made of, such as headers, is that binary's
// in a package that is replaced with it, or is checked by who uses it.
func shareName(c checked, job sandbox.Job) string {
	h := sha256.New()
	for _, step := range job.Steps {
		fmt.Fprintf(h, "%q %q\n", step.Args, step.Env)
	}
	for _, f := range job.Files {
		fmt.Fprintf(h, "%q %q\n", f.Path, f.Content)
	}
	if info, err := os.Stat(c.runtime.Binary); err == nil {
		fmt.Fprintln(h, info.Size(), info.ModTime().Unix())
	}
	return fmt.Sprintf("%s-%s-%x", c.runtime.Name, c.runtime.Version, h.Sum(nil)[:8])
}

// selfTest runs a program, past the gate, and checks its output.
func (x *Executor) selfTest(ctx context.Context, i Installed) error {
	code := i.Hello
	c, bad := settle(Request{Code: &code}, i, x.policy)
	if bad != nil {
		return bad
	}
	c.limits.Timeout, c.limits.CPU = probeLimits.Wall, probeLimits.CPU
	built, err := x.compile(ctx, c)
	if err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	defer built.Artifact.Remove()
	if built.Status != Success {
		return fmt.Errorf("self-test: compilation ended with %s (%s), stdout %q, stderr %q", built.Status, cmp.Or(built.LimitHit, "at no limit"), clip(string(built.Stdout.Bytes)), clip(string(built.Stderr.Bytes)))
	}
	job := x.plan(c)
	job.Artifact = built.Artifact
	report, err := x.run(ctx, job)
	if err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	r := report.Last()
	if out := string(r.Stdout.Bytes); r.Outcome != sandbox.Exited || r.ExitCode != 0 || out != "hello\n" {
		return fmt.Errorf("self-test: it %s, stdout %q, stderr %q", ended(r), clip(out), clip(string(r.Stderr.Bytes)))
	}
	return nil
}

// ended says how a program of ours ended, for the log.
func ended(r sandbox.Result) string {
	switch {
	case r.Outcome == sandbox.Exited:
		return fmt.Sprintf("exited with code %d", r.ExitCode)
	case r.Outcome == sandbox.Signaled:
		return "was ended by " + r.Signal
	}
	return "was ended: " + r.Outcome.String()
}

func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// settled waits for what is known of a runtime. Only a few are probed at the same
// time, whoever asks.
func (x *Executor) settled(ctx context.Context, o *offer) ([]Installed, error) {
	return o.settle(ctx, &x.busy, func(works []Installed) ([]Installed, error) {
		x.probes <- struct{}{}
		defer func() { <-x.probes }()
		return x.probe(x.life, o, works)
	})
}

// mostProbes are compilers at work besides the gate's.
const mostProbes = 2

// Probe probes every runtime that was not probed yet, one after the other. seen is told
// of each. The error is that none of them works.
func (x *Executor) Probe(ctx context.Context, seen func(Offered)) error {
	var errs []error
	works := false
	for _, o := range x.offers {
		installed, err := x.settled(ctx, o)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		works = works || len(installed) > 0
		errs = append(errs, err)
		seen(offered(o))
	}
	if works {
		return nil
	}
	return errors.Join(errs...)
}

// Reprobe has those that failed be probed again, by the next one who asks. It
// reports whether there are any.
func (x *Executor) Reprobe() (any bool) {
	for _, o := range x.offers {
		any = o.retry() || any
	}
	return any
}

// Offered is what is known of a runtime of the table that is on this machine.
type Offered struct {
	Runtime
	Versions []Installed // those that work, newest first
	Probed   bool
	Err      error // why others, or all, do not
}

func offered(o *offer) Offered {
	installed, tried, err := o.state()
	return Offered{o.Runtime, installed, tried, err}
}

// Offered lists the runtimes that are on this machine, in the order of the table.
func (x *Executor) Offered() []Offered {
	list := make([]Offered, len(x.offers))
	for at, o := range x.offers {
		list[at] = offered(o)
	}
	return list
}

// runtime finds the runtime that a request asks for. One that was not tried yet is
// waited for with await.
func (x *Executor) runtime(ctx context.Context, language, version string, await awaiter) (Installed, error) {
	if language == "" {
		language = defaultLanguage
	}
	at := slices.IndexFunc(x.offers, func(o *offer) bool { return o.is(language) })
	if at < 0 {
		return Installed{}, x.unsupported(language)
	}
	o := x.offers[at]
	installed, tried, err := o.state()
	if !tried {
		waiting := await(ctx, func(ctx context.Context) bool {
			installed, err = x.settled(ctx, o)
			return ctx.Err() == nil
		})
		if waiting != nil {
			waiting.Message = o.Name + " is still being prepared: " + waiting.Message
			return Installed{}, waiting
		}
	}
	if len(installed) == 0 {
		return Installed{}, &Error{
			Code: UnsupportedLanguage, Message: o.Name + " is installed here, but does not work: the service's log says why", Err: err,
			Fields: []FieldError{{"language", "its self-test failed"}},
		}
	}
	i, bad := choose(installed, language, version)
	if bad != nil {
		return Installed{}, bad
	}
	return i, nil
}

// awaiter waits for something that the function it gets waits for.
type awaiter func(context.Context, func(context.Context) bool) *Error

func (x *Executor) unsupported(language string) *Error {
	var names []string
	for _, o := range x.offers {
		if installed, tried, _ := o.state(); !tried || len(installed) > 0 {
			names = append(append(names, o.Name), o.Aliases...)
		}
	}
	return &Error{
		Code: UnsupportedLanguage, Message: fmt.Sprintf("there is no language %q here", clip(language)),
		Fields: []FieldError{{"language", fmt.Sprintf("%q is none of %s", clip(language), strings.Join(names, ", "))}},
	}
}
