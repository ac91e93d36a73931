package sandbox

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Job is what one run does: files to lay out in an empty directory, and the
// steps to run there, one after the other, all under one uid.
type Job struct {
	Files []File
	// Steps are run in order. One that does not exit with 0 is the last.
	Steps []Step
	// Wall bounds the steps together, as their own limits do each; 0 does not.
	Wall time.Duration
	// Artifact is what an earlier job built; the steps find it at [Out].
	Artifact *Artifact
	// Build keeps what the steps leave at [Out], if all of them exit with 0.
	Build bool
	// Share is a name for what is built, under which every later run can read it, at
	// [Artifact.Path]. What [Options.Ahead] has under that name is not built again:
	// the report has the artifact and no steps.
	Share string
	// Program is a file that must be there to be executed, of what is built.
	Program string
	// Collect are the files to return.
	Collect Collect
}

// Report is what came of a job.
type Report struct {
	Steps    []Result // one for each step that was run
	Artifact *Artifact
	Files    Collected
}

// Last is the result of the last step that was run.
func (r Report) Last() Result { return r.Steps[len(r.Steps)-1] }

// File is a file of the work directory. Path is relative; directories on its
// way are made. A path that leads out of the directory is an error.
type File struct {
	Path    string
	Content string
}

// Step is one program and what it gets.
type Step struct {
	Args []string // Args[0] is the program's absolute path
	// Env is laid over a small environment of the sandbox's own: "NAME=value".
	Env    []string
	Stdin  string
	Limits Limits
	// Zygote names the zygote to fork for it. Where that is not ready, or empty,
	// or cannot do it, the program is started.
	Zygote string

	archive bool // the program may be an archive
}

// Limits bound one step. Each must be positive, but for Data.
type Limits struct {
	Wall      time.Duration // from exec to the end
	CPU       time.Duration // of all processes together
	Memory    int64         // bytes, of all processes together
	Processes int           // threads count
	File      int64         // bytes, of a single file
	Disk      int64         // bytes in the work directory; each file and directory counts at least 4 KiB
	Output    int64         // bytes on each of stdout and stderr

	// Data is added to Memory for RLIMIT_DATA: how much writable address space
	// one process may have that it never touches. It is a backstop against
	// what happens between two looks of the watchdog; runtimes reserve
	// different amounts. 0 means a gigabyte.
	Data int64
}

// errLimit is for callers that leave a limit out: 0 is never "no limit".
var errLimit = errors.New("sandbox: every limit of a step must be positive")

func (j Job) check() error {
	if len(j.Steps) == 0 || j.Build && j.Artifact != nil {
		return errors.New("sandbox: a job needs steps, and builds something or has something that was built")
	}
	for _, s := range j.Steps {
		l := s.Limits
		if len(s.Args) == 0 {
			return errors.New("sandbox: a step without a program")
		}
		if min(l.Memory, l.File, l.Disk, l.Output, int64(l.Processes), int64(l.Wall), int64(l.CPU)) <= 0 || l.Data < 0 {
			return errLimit
		}
	}
	return nil
}

// kind says what should wait for the job's first step.
func (j Job) kind() string {
	if len(j.Steps) == 0 {
		return ""
	}
	return j.Steps[0].Zygote
}

// size is about what a step's arguments and environment take.
func (s Step) size() (n int) {
	for _, list := range [][]string{s.Args, s.Env} {
		for _, v := range list {
			n += len(v) + 1
		}
	}
	return n + 5*len(s.Args[min(1, len(s.Args)-1)]) // the program's name is there in wide characters, too
}

// archive reports whether one of the files may be a zip archive, which an
// interpreter can run; they end with a directory that begins like this.
func (j Job) archive() bool {
	return slices.ContainsFunc(j.Files, func(f File) bool { return strings.Contains(f.Content, "PK\x05\x06") })
}

// Result is how a step ended.
type Result struct {
	Outcome Outcome
	// ExitCode is set when the program exited by itself, also when it had gone
	// over a limit by then; it is -1 otherwise.
	ExitCode int
	// Signal is the name of the signal that ended the program, such as
	// SIGSEGV; empty when it exited.
	Signal         string
	Stdout, Stderr Output

	Wall    time.Duration // from exec to the end
	CPU     time.Duration // user and system, of the program and of what it waited for
	Prepare time.Duration // from the beginning to exec: the sandbox's own time
	Memory  int64         // bytes: the peak of all its processes together, sampled
	// AtProcessLimit says that the run was seen with as many processes and
	// threads as it may have.
	AtProcessLimit bool
	Warm           bool // it was forked from a zygote
}

// Output is what was kept of a stream.
type Output struct {
	Bytes     []byte
	Truncated bool // there was more
}

// Outcome says what ended a program.
type Outcome int

const (
	Exited      Outcome = iota // by itself, with ExitCode
	Signaled                   // by Signal, which was not the sandbox's
	WallTime                   // it ran longer than Limits.Wall
	CPUTime                    // it used more than Limits.CPU
	Memory                     // it had more than Limits.Memory
	Disk                       // it had more than Limits.Disk
	OutputLimit                // it wrote more than Limits.Output
	Interrupted                // the server gave up on it: see ErrInterrupted
)

func (o Outcome) String() string {
	return [...]string{"exited", "signaled", "wall time", "cpu time", "memory", "disk", "output", "interrupted"}[o]
}
