package executor

import (
	"maps"
	"slices"
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
}

// check settles a request: which runtime, which files, which limits. Anything
// that is wrong with it is found here, before it takes any room.
func check(req Request, installed []Installed, p Policy) (checked, *Error) {
	language := req.Language
	if language == "" {
		language = defaultLanguage
	}
	runtime, err := choose(installed, language, req.Version)
	if err != nil {
		return checked{}, err
	}
	var c checker
	ok := checked{runtime: runtime, stdin: req.Stdin, args: req.Args, env: req.Env}
	ok.limits = c.limits(p, req.Timeout, req.Limits)
	ok.files, ok.entry = c.source(req, runtime.Source, ok.limits.DiskMiB<<20)
	c.args(req.Args, req.Env)
	return ok, c.err()
}

// plan turns a checked request into what the sandbox runs.
func plan(c checked) sandbox.Job {
	files := make([]sandbox.File, len(c.files))
	for i, f := range c.files {
		files[i] = sandbox.File(f)
	}
	env := make([]string, 0, len(c.env))
	for _, name := range slices.Sorted(maps.Keys(c.env)) {
		env = append(env, name+"="+c.env[name])
	}
	return sandbox.Job{Files: files, Steps: []sandbox.Step{{
		Args:  c.runtime.command(c.entry, c.args),
		Env:   env,
		Stdin: c.stdin,
		Limits: sandbox.Limits{
			Wall: c.limits.Timeout, CPU: c.limits.CPU,
			Memory: c.limits.MemoryMiB << 20, Processes: int(c.limits.Processes), File: c.limits.FileMiB << 20,
			Disk: c.limits.DiskMiB << 20, Output: c.limits.OutputKiB << 10, Data: c.runtime.Data,
		},
	}}}
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
	Interrupted Status = "interrupted"
)

// Statuses are all of them.
func Statuses() []Status {
	return []Status{Success, Failed, Timeout, MemoryLimit, OutputLimit, DiskLimit, Interrupted}
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
	Limits            Limits
	Isolation         []string
	Warm              bool // it was forked from an interpreter that was there
	Timing            Timing
}

// Timing is where a request's time went.
type Timing struct{ Queue, Prepare, Run time.Duration }

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

// judge says what a result means.
func judge(c checked, r sandbox.Result) Response {
	v := verdicts[r.Outcome]
	resp := Response{
		Language: c.runtime.Name, Version: c.runtime.Version,
		Status: v.status, LimitHit: v.limit, Signal: r.Signal,
		Stdout: r.Stdout, Stderr: r.Stderr,
		WallTime: r.Wall, CPUTime: r.CPU, MemoryKiB: r.Memory >> 10,
		Limits: c.limits, Warm: r.Warm, Timing: Timing{Prepare: r.Prepare, Run: r.Wall},
	}
	if r.Signal == "" && r.ExitCode >= 0 {
		resp.ReturnCode = &r.ExitCode
	}
	switch {
	case v.status != Failed:
	case r.Outcome == sandbox.Exited && r.ExitCode == 0:
		resp.Status = Success
	case saysMemory(c.runtime, r.Stderr.Bytes):
		resp.Status, resp.LimitHit = MemoryLimit, "memory"
	case r.Signal == "SIGXFSZ":
		resp.LimitHit = "file_size"
	case r.AtProcessLimit:
		resp.LimitHit = "processes"
	}
	return resp
}

// saysMemory looks for the runtime's own words at the end of what it said.
func saysMemory(i Installed, stderr []byte) bool {
	const end = 4096
	if len(stderr) > end {
		stderr = stderr[len(stderr)-end:]
	}
	return i.Memory != nil && i.Memory.Match(stderr)
}
