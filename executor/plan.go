package executor

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"aca-executor/sandbox"
)

// checked is a request in which everything is settled.
type checked struct {
	runtime Installed
	files   []File
	entry   string
	stdin   string
	args    []string
	env     map[string]string
	limits  Limits
	tests   []TestCase
	compare comparison
	total   time.Duration // of all test cases together
	stop    bool          // at the first test case that is not passed
	collect sandbox.Collect
}

// settle settles a request for a runtime: which files, which limits. Anything
// that is wrong with it is found here, before it takes any room.
func settle(req Request, runtime Installed, p Policy) (checked, *Error) {
	var c checker
	ok := checked{runtime: runtime, stdin: req.Stdin, args: req.Args, env: req.Env, tests: req.TestCases, total: p.TestsTimeout, stop: req.StopOnFailure}
	ok.limits = c.limits(p, runtime, req.Timeout, req.Limits)
	ok.files, ok.entry = c.source(req, runtime.Source, ok.limits.DiskMiB<<20)
	c.args(req.Args, req.Env)
	ok.compare = c.tests(req, p)
	ok.collect = c.outputFiles(req, p, ok.limits)
	return ok, c.err()
}

// plan turns a checked request into what the sandbox runs.
func plan(c checked) sandbox.Job {
	limits := sandboxLimits(c.limits, c.runtime)
	step := sandbox.Step{
		Args: c.runtime.run(c), Env: environ(c.runtime.command, c, c.runtime.Env, c.env), Stdin: c.stdin, Limits: limits,
	}
	return sandbox.Job{Files: sandboxFiles(c.files), Steps: []sandbox.Step{step}, Collect: c.collect}
}

// planCompile is the job that builds from the files of a request: nothing else of
// it, neither environment nor limits, has a part in what is built.
func planCompile(c checked, commands [][]string, l Limits) sandbox.Job {
	job := sandbox.Job{Files: sandboxFiles(c.files), Build: true, Wall: l.Timeout}
	source := checked{runtime: c.runtime, files: c.files, entry: c.entry, limits: l}
	if len(c.runtime.Run) > 0 {
		if name, built := strings.CutPrefix(c.runtime.Run[0], "{out}/"); built {
			job.Program = name
		}
	}
	for _, command := range commands {
		job.Steps = append(job.Steps, sandbox.Step{
			Args:   c.runtime.command(command, source),
			Env:    environ(c.runtime.command, source, c.runtime.CompileEnv, nil),
			Limits: sandboxLimits(l, c.runtime),
		})
	}
	return job
}

func sandboxLimits(l Limits, i Installed) sandbox.Limits {
	return sandbox.Limits{
		Wall: l.Timeout, CPU: l.CPU,
		Memory: l.MemoryMiB << 20, Processes: int(l.Processes), File: l.FileMiB << 20,
		Disk: l.DiskMiB << 20, Output: l.OutputKiB << 10, Data: i.Data,
	}
}

func sandboxFiles(files []File) []sandbox.File {
	list := make([]sandbox.File, len(files))
	for i, f := range files {
		list[i] = sandbox.File(f)
	}
	return list
}

// environ is the row's environment, filled in, and the request's over it.
func environ(fill func([]string, checked) []string, c checked, row, asked map[string]string) []string {
	list := make([]string, 0, len(row)+len(asked))
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if _, over := asked[name]; !over {
			list = append(list, name+"="+fill([]string{row[name]}, c)[0])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		list = append(list, name+"="+asked[name])
	}
	return list
}

// Status says how a program ended.
type Status string

const (
	Success     Status = "success"
	Failed      Status = "failed"
	Timeout     Status = "timeout"
	MemoryLimit Status = "memory_limit"
	OutputLimit Status = "output_limit"
	DiskLimit   Status = "disk_limit"
	// CompileError is of a program that was not started.
	CompileError Status = "compile_error"
	Interrupted  Status = "interrupted"
)

// Statuses are all of them.
func Statuses() []Status {
	return []Status{Success, Failed, Timeout, MemoryLimit, OutputLimit, DiskLimit, CompileError, Interrupted}
}

// Response is how a request's program ended.
type Response struct {
	ExecutionID       string
	Language, Version string
	Status            Status
	LimitHit          string // empty where none was
	ReturnCode        *int   // nil where a signal or a limit ended it
	Signal            string // empty where none did
	Stdout, Stderr    sandbox.Output
	WallTime, CPUTime time.Duration
	MemoryKiB         int64
	Compile           *Compiled          // nil where nothing is compiled
	Files             *sandbox.Collected // nil where none were asked for
	Tests             []TestResult       // of those that were run, in order
	TestCases         int                // how many there are
	PassedTests       int
	Limits            Limits
	Isolation         []string
	Warm              bool // it was forked from an interpreter that was there
	Timing            Timing
}

// OutputFile is a file that a request asked for, or what else has its name.
type OutputFile = sandbox.OutputFile

// RegularFile is the type of those that have a content.
const RegularFile = sandbox.FileRegular

// Compiled is how a compilation ended: the first of its commands that failed, or
// the last.
type Compiled struct {
	Status         Status
	LimitHit       string
	ReturnCode     *int
	Stdout, Stderr sandbox.Output // of all its commands
	WallTime       time.Duration
	Cached         bool // it was done before, or for somebody else

	Artifact *sandbox.Artifact // nil where it failed
}

// Timing is where a request's time went.
type Timing struct{ Queue, Prepare, Compile, Run time.Duration }

// verdicts are what the sandbox's outcomes mean; for those that are the
// program's own doing, judge looks closer.
var verdicts = map[sandbox.Outcome]struct {
	status Status
	limit  string
}{
	sandbox.Exited:      {Failed, ""},
	sandbox.Signaled:    {Failed, ""},
	sandbox.WallTime:    {Timeout, "wall_time"},
	sandbox.CPUTime:     {Timeout, "cpu_time"},
	sandbox.Memory:      {MemoryLimit, "memory"},
	sandbox.Disk:        {DiskLimit, "disk"},
	sandbox.OutputLimit: {OutputLimit, "output"},
	sandbox.Interrupted: {Interrupted, ""},
}

// respond is a response that as yet says only what was asked for.
func respond(c checked) Response {
	return Response{Language: c.runtime.Name, Version: c.runtime.Version, Limits: c.limits, TestCases: len(c.tests)}
}

// judge says what a result means.
func judge(c checked, r sandbox.Result) Response {
	v := verdicts[r.Outcome]
	resp := respond(c)
	resp.Status, resp.LimitHit, resp.Signal = v.status, v.limit, r.Signal
	resp.Stdout, resp.Stderr = r.Stdout, r.Stderr
	resp.WallTime, resp.CPUTime, resp.MemoryKiB = r.Wall, r.CPU, r.Memory>>10
	resp.Warm, resp.Timing = r.Warm, Timing{Prepare: r.Prepare, Run: r.Wall}
	if r.Signal == "" && r.ExitCode >= 0 {
		resp.ReturnCode = &r.ExitCode
	}
	switch {
	case v.status != Failed:
	case r.Outcome == sandbox.Exited && r.ExitCode == 0:
		resp.Status = Success
	case saysMemory(c.runtime, r.Stderr.Bytes):
		resp.Status, resp.LimitHit = MemoryLimit, "memory"
	case r.Signal == "SIGXFSZ" || errFileTooLarge.Match(ending(r.Stderr.Bytes)):
		resp.LimitHit = "file_size"
	case r.AtProcessLimit:
		resp.LimitHit = "processes"
	}
	return resp
}

// judgeCompile says what came of a compilation.
func judgeCompile(report sandbox.Report) Compiled {
	last := report.Last()
	v := verdicts[last.Outcome]
	built := Compiled{Status: v.status, LimitHit: v.limit, Artifact: report.Artifact}
	if last.Signal == "" && last.ExitCode >= 0 {
		built.ReturnCode = &last.ExitCode
	}
	switch {
	case report.Artifact != nil:
		built.Status = Success
	case v.status != Failed:
	case last.Signal == "SIGXFSZ" || fileSizeWords.Match(last.Stderr.Bytes):
		built.LimitHit = "file_size"
	case noThreads.Match(last.Stderr.Bytes): // which Java takes for want of memory
		built.LimitHit = "processes"
	case compilerMemory.Match(last.Stderr.Bytes):
		built.Status, built.LimitHit = MemoryLimit, "memory"
	case last.AtProcessLimit:
		built.LimitHit = "processes"
	}
	for _, r := range report.Steps {
		built.Stdout = joined(built.Stdout, r.Stdout)
		built.Stderr = joined(built.Stderr, r.Stderr)
		built.WallTime += r.Wall
	}
	return built
}

// What compilers, or the C library of their children, say at a limit. They quote the
// lines of a program as well, which can say the same: behind white space, a number, or
// the program's name and a number.
var (
	noThreads      = regexp.MustCompile(`(?m)^(Exception in thread "[^"]*" )?java\.lang\.OutOfMemoryError: unable to create native thread|^\[[\d.]+s\]\[warning\]\[os,thread\] Failed to start thread`)
	fileSizeWords  = regexp.MustCompile(`(?m)^[\w./+-]+: .*(File size limit exceeded|File too large)`)
	compilerMemory = regexp.MustCompile(`(?m)^([\w./+-]+: )?(fatal error: )?(runtime: )?` +
		`([Oo]ut of memory|[Cc]annot allocate memory|[Mm]emory exhausted|[Hh]eap exhausted|virtual memory exhausted|memory allocation of \d+ bytes failed|LLVM ERROR: out of memory)` +
		`|^(Exception in thread .* |Unhandled Exception: ?|\[ERROR\] FATAL UNHANDLED EXCEPTION: )?(java\.lang\.OutOfMemoryError|System\.OutOfMemoryException)` +
		`|^Fatal error: exception Out_of_memory|^FATAL ERROR: .*JavaScript heap out of memory`)
)

func joined(a, b sandbox.Output) sandbox.Output {
	if len(a.Bytes) == 0 {
		return b
	}
	return sandbox.Output{Bytes: slices.Concat(a.Bytes, b.Bytes), Truncated: a.Truncated || b.Truncated}
}

// saysMemory looks for the runtime's own words at the end of what it said.
func saysMemory(i Installed, stderr []byte) bool {
	return i.Memory != nil && i.Memory.Match(ending(stderr))
}

// ending is the end of what a program said; some say much after what matters.
func ending(stderr []byte) []byte {
	const enough = 16 << 10
	return stderr[max(0, len(stderr)-enough):]
}

// errFileTooLarge is how interpreters tell of the kernel's error.
var errFileTooLarge = regexp.MustCompile(`\[Errno 27\] |EFBIG|: [Ff]ile too large`)
