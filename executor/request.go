package executor

import (
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"aca-executor/sandbox"
)

// Request is a program to run. What is nil or empty gets its default.
type Request struct {
	Language   string // default "python"
	Version    string
	Code       *string // either this
	Files      []File  // or these
	Entrypoint string
	Stdin      string
	Args       []string
	Env        map[string]string
	Timeout    *float64 // seconds
	Limits     RequestLimits

	TestCases     []TestCase // run once for each of them, with its input
	Compare       Compare    // default TrimEnd
	Tolerance     *float64   // of Float; default 1e-6
	StopOnFailure bool

	OutputFiles []string // patterns of files to return

	// Deliver gets the response while the request still has its room, so that no
	// more of them are made ready to be sent than programs may run. It may be nil.
	Deliver func(Response)
}

// File is a file of the work directory, decoded.
type File struct{ Path, Content string }

// RequestLimits are the limits that a request asks for.
type RequestLimits struct {
	CPUSeconds                                        *float64
	MemoryMiB, Processes, FileMiB, DiskMiB, OutputKiB *int64
}

// Limits are what a run may use.
type Limits struct {
	Timeout, CPU                                      time.Duration
	MemoryMiB, Processes, FileMiB, DiskMiB, OutputKiB int64
}

// Policy is what the operator allows: what a request gets that asks for
// nothing, and the most it may ask for. A CPU limit of 0 is the timeout's.
type Policy struct {
	Default, Max Limits
	Compile      Limits // of every compilation; no request can change them
	CacheMiB     int64  // of what was compiled; 0 keeps nothing

	MaxTestCases   int
	TestsTimeout   time.Duration // of all test cases of a request together
	MaxOutputFiles int
	OutputFilesMiB int64 // of all of an answer together

	JobTimeout time.Duration // the longest that a job can ask for; nobody waits for those
}

// forJobs is the policy for jobs, which may run longer than requests: also with all
// their test cases together, and using a processor all the time.
func (p Policy) forJobs() Policy {
	for _, limit := range []*time.Duration{&p.Max.Timeout, &p.Max.CPU, &p.TestsTimeout} {
		*limit = max(*limit, p.JobTimeout)
	}
	return p
}

const defaultLanguage = "python"

// checker collects what is wrong with a request: the first mostErrors of it,
// since a refusal must not grow with the request.
type checker struct {
	errs []FieldError
	more int
}

const mostErrors = 32

func (c *checker) wrong(field, format string, args ...any) {
	if len(c.errs) == mostErrors {
		c.more++
		return
	}
	c.errs = append(c.errs, FieldError{field, fmt.Sprintf(format, args...)})
}

// err is the refusal, or nil where nothing is wrong.
func (c *checker) err() *Error {
	if len(c.errs) == 0 {
		return nil
	}
	message := c.errs[0].Field + ": " + c.errs[0].Message
	if n := len(c.errs) - 1 + c.more; n > 0 {
		message += fmt.Sprintf(" (and %d more)", n)
	}
	return &Error{Code: InvalidRequest, Message: message, Fields: c.errs}
}

// shortest is the least that a time limit can be.
const shortest = time.Millisecond

// limits applies the policy to what a request asks for, and to what the runtime
// cannot do without.
func (c *checker) limits(p Policy, i Installed, timeout *float64, asked RequestLimits) Limits {
	l := p.Default
	l.MemoryMiB = max(l.MemoryMiB, i.MinMemory)
	l.Timeout = c.seconds("timeout", timeout, p.Default.Timeout, p.Max.Timeout)
	maxCPU := p.Max.CPU
	if maxCPU == 0 {
		maxCPU = p.Max.Timeout
	}
	if l.CPU == 0 {
		l.CPU = min(l.Timeout, maxCPU)
	}
	l.CPU = c.seconds("limits.cpu_seconds", asked.CPUSeconds, l.CPU, maxCPU)
	for _, row := range []struct {
		field       string
		asked       *int64
		limit       *int64
		least, most int64
	}{
		{"limits.memory_mib", asked.MemoryMiB, &l.MemoryMiB, max(1, i.MinMemory), max(p.Max.MemoryMiB, i.MinMemory)},
		{"limits.processes", asked.Processes, &l.Processes, 1, p.Max.Processes},
		{"limits.file_mib", asked.FileMiB, &l.FileMiB, 1, p.Max.FileMiB},
		{"limits.disk_mib", asked.DiskMiB, &l.DiskMiB, 1, p.Max.DiskMiB},
		{"limits.output_kib", asked.OutputKiB, &l.OutputKiB, 1, p.Max.OutputKiB},
	} {
		switch {
		case row.asked == nil:
		case *row.asked < row.least || *row.asked > row.most:
			c.wrong(row.field, "%d is not allowed: it must be from %d to %d for %s", *row.asked, row.least, row.most, i.Name)
		default:
			*row.limit = *row.asked
		}
	}
	return l
}

func (c *checker) seconds(field string, asked *float64, def, most time.Duration) time.Duration {
	if asked == nil {
		return def
	}
	// Compared as floats: the largest of them do not fit a duration.
	if s := *asked; math.IsNaN(s) || s < shortest.Seconds() || s > most.Seconds() {
		c.wrong(field, "%v is not allowed: it must be from %v to %v seconds", s, shortest.Seconds(), most.Seconds())
		return def
	}
	return time.Duration(*asked * float64(time.Second))
}

// source settles the files to write and the one to start. They must fit into
// disk bytes.
func (c *checker) source(req Request, own string, disk int64) (files []File, entry string) {
	switch {
	case req.Code != nil && len(req.Files) > 0:
		c.wrong("code", "either code or files is given, not both")
		return nil, ""
	case req.Code == nil && len(req.Files) == 0:
		c.wrong("code", "is missing: give code or files")
		return nil, ""
	case req.Code != nil:
		if req.Entrypoint != "" && req.Entrypoint != own {
			c.wrong("entrypoint", "%q is not among the files: with code there is only %q", clip(req.Entrypoint), own)
		}
		if size := onDisk(*req.Code); size > disk {
			c.wrong("code", "it takes %d KiB, which is more than limits.disk_mib (%d)", size>>10, disk>>20)
		}
		return []File{{own, *req.Code}}, own
	}
	c.files(req.Files, disk)
	return req.Files, c.entry(req.Files, req.Entrypoint, own)
}

func (c *checker) entry(files []File, asked, own string) string {
	has := func(path string) bool {
		for _, f := range files {
			if f.Path == path {
				return true
			}
		}
		return false
	}
	switch {
	case asked != "" && has(asked):
		return asked
	case asked != "":
		c.wrong("entrypoint", "%q is not among the files", clip(asked))
	case has(own):
		return own
	case len(files) == 1:
		return files[0].Path
	default:
		c.wrong("entrypoint", "is missing: there are several files and none is called %q", own)
	}
	return ""
}

// files checks every path, that no file is another's directory, and that all
// of them fit on the disk the run may use, counted as the watchdog counts. It
// stops where they do not: what comes before admission must cost little.
func (c *checker) files(files []File, disk int64) {
	seen := make(map[string]bool, len(files)) // path: is a directory
	var total int64
	for i, f := range files {
		field := fmt.Sprintf("files[%d].path", i)
		if why := badPath(f.Path); why != "" {
			c.wrong(field, "%q %s", clip(f.Path), why)
			continue
		}
		switch dir, there := seen[f.Path]; {
		case there && dir:
			c.wrong(field, "%q is also the directory of another file", clip(f.Path))
			continue
		case there:
			c.wrong(field, "%q is there twice", clip(f.Path))
			continue
		}
		seen[f.Path] = false
		total += onDisk(f.Content)
		for at := strings.LastIndexByte(f.Path, '/'); at > 0; at = strings.LastIndexByte(f.Path[:at], '/') {
			dir, there := seen[f.Path[:at]]
			if there && !dir {
				c.wrong(field, "%q lies in %q, which is a file", clip(f.Path), clip(f.Path[:at]))
			}
			if there {
				break // and so are all above it
			}
			seen[f.Path[:at]] = true
			total += diskBlock
		}
		if total > disk {
			c.wrong("files", "they take more than limits.disk_mib (%d): each file and directory counts at least %d KiB", disk>>20, diskBlock>>10)
			return
		}
	}
}

const diskBlock = 4096

// onDisk is what a file of the content takes.
func onDisk(content string) int64 {
	return max(1, (int64(len(content))+diskBlock-1)/diskBlock) * diskBlock
}

const (
	longestPath = 1024
	longestName = 255
)

// badPath says why a path cannot be written; empty when it can.
func badPath(path string) string {
	switch {
	case path == "":
		return "is empty"
	case len(path) > longestPath:
		return fmt.Sprintf("is longer than %d bytes", longestPath)
	case strings.HasPrefix(path, "/"):
		return "is absolute: paths are relative to the work directory"
	case strings.HasSuffix(path, "/"):
		return "ends with a slash: only files can be given"
	case strings.IndexByte(path, 0) >= 0:
		return "has a NUL byte"
	}
	for _, name := range strings.Split(path, "/") {
		switch {
		case name == "":
			return "has an empty part"
		case name == "." || name == "..":
			return fmt.Sprintf("has the part %q", name)
		case len(name) > longestName:
			return fmt.Sprintf("has a part longer than %d bytes", longestName)
		}
	}
	return ""
}

// clip keeps messages short; %q shows what is not printable.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}

// What the kernel takes for a program's arguments and environment together,
// and for one of them, is more than this.
const (
	longestArg  = 128<<10 - 1
	longestArgs = 1 << 20
)

// args checks arguments and environment.
func (c *checker) args(args []string, env map[string]string) {
	total := 0
	check := func(field, value string) {
		total += len(value) + 16
		switch {
		case strings.IndexByte(value, 0) >= 0:
			c.wrong(field, "has a NUL byte")
		case len(value) > longestArg:
			c.wrong(field, "is longer than %d bytes", longestArg)
		}
	}
	for i, a := range args {
		check(fmt.Sprintf("args[%d]", i), a)
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		value := env[name]
		field := "env." + clip(name)
		if name == "" || strings.ContainsRune(name, '=') {
			c.wrong("env", "%q cannot be the name of a variable", clip(name))
			continue
		}
		check(field, name+"="+value)
	}
	if total > longestArgs {
		c.wrong("args", "arguments and environment together are longer than %d bytes", longestArgs)
	}
}

// tests checks the test cases and how their outputs are compared.
func (c *checker) tests(req Request, p Policy) comparison {
	how := comparison{req.Compare, defaultTolerance}
	if how.how == "" {
		how.how = defaultCompare
	}
	if !slices.Contains(Compares(), how.how) {
		c.wrong("compare", "%q is none of %s", clip(string(req.Compare)), strings.Trim(fmt.Sprint(Compares()), "[]"))
	}
	if t := req.Tolerance; t != nil {
		if math.IsNaN(*t) || *t < 0 || *t > 1 {
			c.wrong("tolerance", "%v is not allowed: it must be from 0 to 1", *t)
		}
		how.tolerance = *t
	}
	if len(req.TestCases) == 0 {
		return comparison{}
	}
	if len(req.TestCases) > p.MaxTestCases {
		c.wrong("test_cases", "there are %d: there may be %d", len(req.TestCases), p.MaxTestCases)
	}
	if req.Stdin != "" {
		c.wrong("stdin", "is not for requests with test_cases: each of them has its own input")
	}
	if len(req.OutputFiles) > 0 {
		c.wrong("output_files", "are not for requests with test_cases")
	}
	return how
}

// Bounds of a pattern: a request must not make us search for long.
const (
	longestPattern   = 256
	mostPatterns     = 32
	mostAlternatives = 64 // of all patterns together, with those in braces multiplied
)

// outputFiles checks the patterns of files to return.
func (c *checker) outputFiles(req Request, p Policy, l Limits) sandbox.Collect {
	if len(req.OutputFiles) == 0 {
		return sandbox.Collect{}
	}
	if len(req.OutputFiles) > mostPatterns {
		c.wrong("output_files", "there are %d: there may be %d", len(req.OutputFiles), mostPatterns)
		return sandbox.Collect{}
	}
	total := 0
	patterns := make([]string, len(req.OutputFiles))
	for i, pattern := range req.OutputFiles {
		patterns[i] = path.Clean(pattern)
		if why := badPattern(pattern); why != "" {
			c.wrong(fmt.Sprintf("output_files[%d]", i), "%q %s", clip(pattern), why)
		}
		total += alternatives(pattern)
	}
	if total > mostAlternatives {
		c.wrong("output_files", "the alternatives in braces make more than %d patterns", mostAlternatives)
	}
	return sandbox.Collect{Patterns: patterns, Most: p.MaxOutputFiles, Bytes: min(p.OutputFilesMiB, l.DiskMiB) << 20}
}

// badPattern says why a pattern cannot be searched for; empty when it can.
func badPattern(pattern string) string {
	switch {
	case pattern == "":
		return "is empty"
	case path.Clean(pattern) == ".":
		return "is the work directory itself"
	case strings.IndexByte(pattern, 0) >= 0:
		return "has a NUL byte"
	case len(pattern) > longestPattern:
		return fmt.Sprintf("is longer than %d bytes", longestPattern)
	case strings.HasPrefix(pattern, "/"):
		return "is absolute: patterns are relative to the work directory"
	case slices.Contains(strings.Split(pattern, "/"), ".."):
		return "has the part \"..\""
	case !sandbox.ValidPattern(pattern):
		return "is not a pattern: * ? [...] {...} and ** can be in it, and a \\ before what stands for itself"
	}
	return ""
}

// alternatives is how many patterns without braces one stands for, at most.
func alternatives(pattern string) int {
	product := 1
	for _, group := range strings.Split(pattern, "{")[1:] {
		product = min(product*(1+strings.Count(group, ",")), mostAlternatives+1)
	}
	return product
}
