// Package config reads what the operator asked for from the environment, and
// says whether it makes sense.
//
// Everything stands in one struct, [Config]: the name of each variable, its
// default and its meaning. The table that `executor config` prints is made
// from it, and the README's is checked against it. A value that cannot be
// right stops the start: nothing is guessed.
package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"aca-executor/internal/nearest"
	"aca-executor/sandbox"
)

// Config is everything that can be set. An empty variable means the default;
// "none" empties a list.
type Config struct {
	Port int `env:"PORT" envDefault:"8000" doc:"port to listen on"`

	MaxConcurrency int64         `env:"EXECUTOR_MAX_CONCURRENCY" envDefault:"8" doc:"units of weight that run at once; a program has weight 1"`
	QueueDepth     int64         `env:"EXECUTOR_QUEUE_DEPTH" envDefault:"32" doc:"requests that may wait for room; beyond it they get 429 queue_full"`
	QueueTimeout   time.Duration `env:"EXECUTOR_QUEUE_TIMEOUT" envDefault:"10s" doc:"longest wait for room before 429 queue_timeout"`

	DefaultTimeout time.Duration `env:"EXECUTOR_DEFAULT_TIMEOUT" envDefault:"5s" doc:"wall time of a run that asks for none"`
	MaxTimeout     time.Duration `env:"EXECUTOR_MAX_TIMEOUT" envDefault:"60s" doc:"longest wall time that can be asked for"`
	CPUSeconds     float64       `env:"EXECUTOR_CPU_SECONDS" doc:"processor time of a run, all its processes together" unset:"the timeout"`
	MaxCPUSeconds  float64       `env:"EXECUTOR_MAX_CPU_SECONDS" doc:"most processor time that can be asked for" unset:"MAX_TIMEOUT"`
	MemoryMiB      int64         `env:"EXECUTOR_MEMORY_MIB" envDefault:"256" doc:"memory of a run, all its processes together"`
	MaxMemoryMiB   int64         `env:"EXECUTOR_MAX_MEMORY_MIB" envDefault:"1024" doc:"most memory that can be asked for"`
	Processes      int64         `env:"EXECUTOR_PROCESSES" envDefault:"64" doc:"processes and threads of a run"`
	MaxProcesses   int64         `env:"EXECUTOR_MAX_PROCESSES" doc:"most processes that can be asked for" unset:"PROCESSES"`
	FileMiB        int64         `env:"EXECUTOR_FILE_MIB" envDefault:"16" doc:"size of one file that a run writes"`
	MaxFileMiB     int64         `env:"EXECUTOR_MAX_FILE_MIB" doc:"largest file size that can be asked for" unset:"FILE_MIB"`
	DiskMiB        int64         `env:"EXECUTOR_DISK_MIB" envDefault:"64" doc:"all files of a run together; each counts at least 4 KiB"`
	MaxDiskMiB     int64         `env:"EXECUTOR_MAX_DISK_MIB" doc:"most disk that can be asked for" unset:"DISK_MIB"`
	OutputKiB      int64         `env:"EXECUTOR_OUTPUT_KIB" envDefault:"1024" doc:"what is kept of stdout, and of stderr; a run that writes more is ended"`
	MaxOutputKiB   int64         `env:"EXECUTOR_MAX_OUTPUT_KIB" doc:"most output that can be asked for" unset:"OUTPUT_KIB"`

	Languages []string `env:"EXECUTOR_LANGUAGES" envDefault:"all" doc:"languages to offer, of those that are installed, separated by commas"`
	Runtimes  string   `env:"EXECUTOR_RUNTIMES" doc:"JSON file with languages to add, or to change: see docs/languages.md" unset:"the built-in table"`

	CompileTimeout   time.Duration `env:"EXECUTOR_COMPILE_TIMEOUT" envDefault:"30s" doc:"wall time of a compilation"`
	CompileMemoryMiB int64         `env:"EXECUTOR_COMPILE_MEMORY_MIB" envDefault:"1024" doc:"memory of a compilation, all its processes together"`
	CompileDiskMiB   int64         `env:"EXECUTOR_COMPILE_DISK_MIB" envDefault:"256" doc:"all files of a compilation together, what it builds among them"`
	CompileOutputKiB int64         `env:"EXECUTOR_COMPILE_OUTPUT_KIB" envDefault:"256" doc:"what is kept of a compiler's stdout, and of its stderr; one that writes more is ended"`
	CompileCacheMiB  int64         `env:"EXECUTOR_COMPILE_CACHE_MIB" envDefault:"256" doc:"compiled programs that are kept; 0 compiles every time"`

	MaxTestCases   int64         `env:"EXECUTOR_MAX_TEST_CASES" envDefault:"100" doc:"test cases of one request"`
	TestsTimeout   time.Duration `env:"EXECUTOR_TESTS_TIMEOUT" envDefault:"150s" doc:"wall time of all test cases of a request together"`
	MaxOutputFiles int64         `env:"EXECUTOR_MAX_OUTPUT_FILES" envDefault:"100" doc:"files that one answer returns"`
	OutputFilesMiB int64         `env:"EXECUTOR_OUTPUT_FILES_MIB" envDefault:"8" doc:"contents of all files that one answer returns; never more than the run's disk limit"`

	BodyMiB      int64         `env:"EXECUTOR_BODY_MIB" envDefault:"16" doc:"largest request body; beyond it 413"`
	BodiesMiB    int64         `env:"EXECUTOR_BODIES_MIB" envDefault:"128" doc:"memory for the bodies of all requests in flight together; beyond it 429 queue_full"`
	BodyTimeout  time.Duration `env:"EXECUTOR_BODY_TIMEOUT" envDefault:"30s" doc:"longest time a client may take to send a body before 408"`
	DrainTimeout time.Duration `env:"EXECUTOR_DRAIN_TIMEOUT" envDefault:"25s" doc:"after SIGTERM, how long running programs may finish"`
	DrainNotice  time.Duration `env:"EXECUTOR_DRAIN_NOTICE" envDefault:"1s" doc:"after SIGTERM, how long it goes on serving while /readyz says that it is stopping, so that balancers notice before it refuses"`

	Role           string        `env:"EXECUTOR_ROLE" envDefault:"all" doc:"api answers requests, worker runs jobs and answers probes only, all does both"`
	Jobs           string        `env:"EXECUTOR_JOBS" doc:"database of the jobs: sqlite:PATH for one replica (a relative path is below EXECUTOR_WORK_DIR), postgres://... for many" unset:"none: there are no jobs"`
	JobConcurrency int64         `env:"EXECUTOR_JOB_CONCURRENCY" doc:"units that jobs may hold at once, of EXECUTOR_MAX_CONCURRENCY" unset:"all but one, and all of a worker's"`
	JobMaxTimeout  time.Duration `env:"EXECUTOR_JOB_MAX_TIMEOUT" envDefault:"15m" doc:"longest wall time that a job can ask for, and that of all its test cases together"`
	JobResultTTL   time.Duration `env:"EXECUTOR_JOB_RESULT_TTL" envDefault:"1h" doc:"how long the result of a job is kept"`
	JobLease       time.Duration `env:"EXECUTOR_JOB_LEASE" envDefault:"30s" doc:"after which the jobs of a worker that is not heard of any more are given to others"`
	JobsMaxQueued  int64         `env:"EXECUTOR_JOBS_MAX_QUEUED" envDefault:"10000" doc:"jobs that may wait; beyond it submissions get 429 too_many_jobs"`

	RequireLayers sandbox.Layers `env:"EXECUTOR_REQUIRE_LAYERS" envDefault:"uid,no_new_privs,rlimits,seccomp" doc:"layers of the sandbox without which the service does not start; uid always is one"`
	DisableLayers sandbox.Layers `env:"EXECUTOR_DISABLE_LAYERS" envDefault:"none" doc:"layers not to use though they are there"`
	WorkDir       string         `env:"EXECUTOR_WORK_DIR" doc:"where the directories of the runs are made, each server in one of its own" unset:"the system's temporary directory"`

	PreparedDir string `env:"EXECUTOR_PREPARED_DIR" doc:"where executor prepare has put what the programs of a language share, so that no start has to build it" unset:"none"`

	WarmPython bool     `env:"EXECUTOR_WARM_PYTHON" envDefault:"true" doc:"fork Python runs from an interpreter that is already there; false starts one for each"`
	WarmRotate int64    `env:"EXECUTOR_WARM_ROTATE" envDefault:"5000" doc:"forks after which that interpreter is replaced by a new one, with another hash seed and address layout"`
	Preload    []string `env:"EXECUTOR_PRELOAD" envDefault:"none" doc:"modules that are imported ahead for Python programs that name them, such as numpy,pandas"`

	APIKeys     []string `env:"EXECUTOR_API_KEYS" envDefault:"none" doc:"keys of which requests must show one, separated by commas"`
	CORSOrigins []string `env:"EXECUTOR_CORS_ORIGINS" envDefault:"none" doc:"origins whose pages may call the service, separated by commas; * is every one"`

	LogLevel  string `env:"EXECUTOR_LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	LogFormat string `env:"EXECUTOR_LOG_FORMAT" envDefault:"json" doc:"json or console"`

	Replica string `env:"CONTAINER_APP_REPLICA_NAME" doc:"name of this replica in answers; the platform sets it" unset:"the host's name"`
}

const prefix = "EXECUTOR_"

// Load reads the environment, given as "NAME=value". Its error has a line for
// each thing that is wrong, all of them.
func Load(environ []string) (Config, error) {
	vars := map[string]string{}
	for _, kv := range environ {
		if name, value, _ := strings.Cut(kv, "="); value != "" {
			vars[name] = value
		}
	}
	errs := unknown(vars)
	c, bad := parse(vars)
	errs = append(errs, bad...)
	c.settle()
	errs = append(errs, zeros(vars)...)
	errs = append(errs, emptyLists(vars, map[string][]string{"EXECUTOR_API_KEYS": c.APIKeys, "EXECUTOR_CORS_ORIGINS": c.CORSOrigins, "EXECUTOR_PRELOAD": c.Preload})...)
	return c, errors.Join(append(errs, c.validate()...)...)
}

// parse reads the variables. One that cannot be read counts as not set, so that
// the rules are checked for the others as well.
func parse(vars map[string]string) (c Config, errs []error) {
	err := env.ParseWithOptions(&c, env.Options{Environment: vars})
	if err == nil {
		return c, nil
	}
	names, errs := explain(err, vars)
	if len(names) == 0 {
		return c, errs
	}
	for _, name := range names {
		delete(vars, name)
	}
	c, more := parse(vars)
	return c, append(errs, more...)
}

// zeros finds variables that were set to 0 where nothing stands for a default:
// 0 must not silently mean that.
func zeros(vars map[string]string) (errs []error) {
	for _, row := range Table() {
		if n, err := strconv.ParseFloat(vars[row.Name], 64); err == nil && n == 0 && row.Unset {
			errs = append(errs, fmt.Errorf("%s: 0 is not allowed: leave it empty for the default (%s)", row.Name, row.Default))
		}
	}
	return errs
}

// emptyLists finds lists that were given and have nothing in them, or "none"
// beside something: a service must not be open because of a stray comma.
func emptyLists(vars map[string]string, lists map[string][]string) (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		value, given := vars[name]
		if given && strings.TrimSpace(value) != none && (len(lists[name]) == 0 || slices.Contains(lists[name], none)) {
			errs = append(errs, fmt.Errorf("%s: it must be a list with something in it, or none alone", name))
		}
	}
	return errs
}

// unknown finds variables with our prefix that nobody reads: a typo must not
// silently mean the default.
func unknown(vars map[string]string) (errs []error) {
	var names []string
	for _, row := range Table() {
		names = append(names, row.Name)
	}
	for name := range vars {
		if strings.HasPrefix(name, prefix) && !slices.Contains(names, name) {
			errs = append(errs, fmt.Errorf("%s: there is no such variable; the nearest is %s", name, nearest.To(strings.ToUpper(name), names)))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

// explain turns the parser's errors, which name fields, into ours, which name
// variables.
func explain(err error, vars map[string]string) (names []string, errs []error) {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return nil, []error{err}
	}
	for _, e := range all.Errors {
		var parse env.ParseError
		if !errors.As(e, &parse) {
			errs = append(errs, e)
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
		name := field.Tag.Get("env")
		names = append(names, name)
		errs = append(errs, fmt.Errorf("%s: %q is not %s", name, vars[name], kind(parse)))
	}
	return names, errs
}

func kind(e env.ParseError) string {
	switch e.Type.String() {
	case "time.Duration":
		return "a duration such as 500ms, 10s or 2m"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	case "sandbox.Layers":
		return "a list of layers: " + e.Err.Error()
	}
	return "a whole number of ordinary size"
}

// settle fills in what depends on other variables.
func (c *Config) settle() {
	for _, row := range []struct{ most, def *int64 }{
		{&c.MaxProcesses, &c.Processes}, {&c.MaxFileMiB, &c.FileMiB}, {&c.MaxDiskMiB, &c.DiskMiB}, {&c.MaxOutputKiB, &c.OutputKiB},
	} {
		if *row.most == 0 {
			*row.most = *row.def
		}
	}
	if c.JobConcurrency == 0 {
		c.JobConcurrency = max(c.MaxConcurrency-1, 1)
		if c.Role == RoleWorker { // there are no requests to leave one for
			c.JobConcurrency = c.MaxConcurrency
		}
	}
	if c.MaxCPUSeconds == 0 {
		c.MaxCPUSeconds = max(c.MaxTimeout.Seconds(), c.CPUSeconds)
	}
	c.APIKeys = list(c.APIKeys)
	c.CORSOrigins = list(c.CORSOrigins)
	c.Preload = list(c.Preload)
	if c.Languages = trimmed(c.Languages); slices.Equal(c.Languages, []string{"all"}) {
		c.Languages = nil
	}
}

// What a process can be for.
const (
	RoleAll    = "all"
	RoleAPI    = "api"
	RoleWorker = "worker"
)

// none empties a list.
const none = "none"

func list(values []string) (kept []string) {
	if len(values) == 1 && strings.TrimSpace(values[0]) == none {
		return nil
	}
	return trimmed(values)
}

func trimmed(values []string) (kept []string) {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			kept = append(kept, v)
		}
	}
	return kept
}

// ingressCut is when Azure Container Apps' ingress gives up on a request, less
// what an answer takes.
const ingressCut = 230 * time.Second

// validate checks every field by itself, and the rules between them.
func (c *Config) validate() []error { return append(c.values(), c.rules()...) }

// values checks every field by itself.
func (c *Config) values() (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, f := range []struct {
		name     string
		v        float64
		min, max float64
	}{
		{"PORT", float64(c.Port), 0, 65535},
		{"EXECUTOR_MAX_CONCURRENCY", float64(c.MaxConcurrency), 1, 1000},
		{"EXECUTOR_QUEUE_DEPTH", float64(c.QueueDepth), 0, 100_000},
		{"EXECUTOR_MAX_CPU_SECONDS", c.MaxCPUSeconds, 0.001, 3600},
		{"EXECUTOR_MEMORY_MIB", float64(c.MemoryMiB), 1, 1 << 20},
		{"EXECUTOR_MAX_MEMORY_MIB", float64(c.MaxMemoryMiB), 1, 1 << 20},
		{"EXECUTOR_PROCESSES", float64(c.Processes), 1, 1 << 15},
		{"EXECUTOR_MAX_PROCESSES", float64(c.MaxProcesses), 1, 1 << 15},
		{"EXECUTOR_FILE_MIB", float64(c.FileMiB), 1, 1 << 20},
		{"EXECUTOR_MAX_FILE_MIB", float64(c.MaxFileMiB), 1, 1 << 20},
		{"EXECUTOR_DISK_MIB", float64(c.DiskMiB), 1, 1 << 20},
		{"EXECUTOR_MAX_DISK_MIB", float64(c.MaxDiskMiB), 1, 1 << 20},
		{"EXECUTOR_OUTPUT_KIB", float64(c.OutputKiB), 1, 1 << 17},
		{"EXECUTOR_MAX_OUTPUT_KIB", float64(c.MaxOutputKiB), 1, 1 << 17},
		{"EXECUTOR_BODY_MIB", float64(c.BodyMiB), 1, 1 << 10},
		{"EXECUTOR_BODIES_MIB", float64(c.BodiesMiB), 1, 1 << 20},
		{"EXECUTOR_WARM_ROTATE", float64(c.WarmRotate), 1, 1 << 30},
		{"EXECUTOR_COMPILE_MEMORY_MIB", float64(c.CompileMemoryMiB), 1, 1 << 20},
		{"EXECUTOR_COMPILE_DISK_MIB", float64(c.CompileDiskMiB), 1, 1 << 20},
		{"EXECUTOR_COMPILE_OUTPUT_KIB", float64(c.CompileOutputKiB), 1, 1 << 17},
		{"EXECUTOR_COMPILE_CACHE_MIB", float64(c.CompileCacheMiB), 0, 1 << 20},
		{"EXECUTOR_MAX_TEST_CASES", float64(c.MaxTestCases), 1, 10_000},
		{"EXECUTOR_MAX_OUTPUT_FILES", float64(c.MaxOutputFiles), 1, 10_000},
		{"EXECUTOR_OUTPUT_FILES_MIB", float64(c.OutputFilesMiB), 1, 1 << 10},
		{"EXECUTOR_JOB_CONCURRENCY", float64(c.JobConcurrency), 1, 1000},
		{"EXECUTOR_JOBS_MAX_QUEUED", float64(c.JobsMaxQueued), 1, 10_000_000},
	} {
		if !(f.v >= f.min && f.v <= f.max) {
			wrong("%s: %s is not allowed: it must be from %s to %s", f.name, plain(f.v), plain(f.min), plain(f.max))
		}
	}
	if c.CPUSeconds != 0 && !(c.CPUSeconds >= 0.001) {
		wrong("EXECUTOR_CPU_SECONDS: %s is not allowed: it must be from 0.001 to EXECUTOR_MAX_CPU_SECONDS", plain(c.CPUSeconds))
	}
	for _, f := range []struct {
		name string
		v    time.Duration
	}{
		{"EXECUTOR_QUEUE_TIMEOUT", c.QueueTimeout}, {"EXECUTOR_DEFAULT_TIMEOUT", c.DefaultTimeout}, {"EXECUTOR_MAX_TIMEOUT", c.MaxTimeout},
		{"EXECUTOR_BODY_TIMEOUT", c.BodyTimeout}, {"EXECUTOR_DRAIN_TIMEOUT", c.DrainTimeout}, {"EXECUTOR_DRAIN_NOTICE", c.DrainNotice},
		{"EXECUTOR_COMPILE_TIMEOUT", c.CompileTimeout}, {"EXECUTOR_TESTS_TIMEOUT", c.TestsTimeout},
	} {
		if f.v < time.Millisecond || f.v > time.Hour {
			wrong("%s: %v is not allowed: it must be from 1ms to 1h", f.name, f.v)
		}
	}
	for _, f := range []struct {
		name        string
		v, min, max time.Duration
	}{
		{"EXECUTOR_JOB_MAX_TIMEOUT", c.JobMaxTimeout, time.Second, 24 * time.Hour},
		{"EXECUTOR_JOB_RESULT_TTL", c.JobResultTTL, time.Second, 30 * 24 * time.Hour},
		{"EXECUTOR_JOB_LEASE", c.JobLease, time.Second, time.Hour},
	} {
		if f.v < f.min || f.v > f.max {
			wrong("%s: %v is not allowed: it must be from %v to %v", f.name, f.v, f.min, f.max)
		}
	}
	for _, f := range []struct{ name, v, of string }{
		{"EXECUTOR_ROLE", c.Role, "all api worker"},
		{"EXECUTOR_LOG_LEVEL", c.LogLevel, "debug info warn error"},
		{"EXECUTOR_LOG_FORMAT", c.LogFormat, "json console"},
	} {
		if !slices.Contains(strings.Fields(f.of), f.v) {
			wrong("%s: %q is none of %s", f.name, f.v, f.of)
		}
	}
	if c.PreparedDir != "" && !filepath.IsAbs(c.PreparedDir) {
		wrong("EXECUTOR_PREPARED_DIR: %q is not an absolute path", c.PreparedDir)
	}
	for _, name := range c.Preload {
		if !moduleName.MatchString(name) {
			wrong("EXECUTOR_PRELOAD: %q is not the name of a module", name)
		}
	}
	return errs
}

var moduleName = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$`)

// rules checks what must hold between fields.
func (c *Config) rules() (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, f := range []struct {
		def, most string
		d, m      float64
	}{
		{"DEFAULT_TIMEOUT", "MAX_TIMEOUT", c.DefaultTimeout.Seconds(), c.MaxTimeout.Seconds()},
		{"CPU_SECONDS", "MAX_CPU_SECONDS", c.CPUSeconds, c.MaxCPUSeconds},
		{"MEMORY_MIB", "MAX_MEMORY_MIB", float64(c.MemoryMiB), float64(c.MaxMemoryMiB)},
		{"PROCESSES", "MAX_PROCESSES", float64(c.Processes), float64(c.MaxProcesses)},
		{"FILE_MIB", "MAX_FILE_MIB", float64(c.FileMiB), float64(c.MaxFileMiB)},
		{"DISK_MIB", "MAX_DISK_MIB", float64(c.DiskMiB), float64(c.MaxDiskMiB)},
		{"OUTPUT_KIB", "MAX_OUTPUT_KIB", float64(c.OutputKiB), float64(c.MaxOutputKiB)},
	} {
		if f.d > f.m {
			wrong("%s%s (%s) must not be above %s%s (%s)", prefix, f.def, plain(f.d), prefix, f.most, plain(f.m))
		}
	}
	name, longest := "EXECUTOR_MAX_TIMEOUT", c.MaxTimeout
	if c.TestsTimeout > longest {
		name, longest = "EXECUTOR_TESTS_TIMEOUT", c.TestsTimeout
	}
	if c.QueueTimeout+c.CompileTimeout+longest >= ingressCut {
		wrong("EXECUTOR_QUEUE_TIMEOUT (%v), EXECUTOR_COMPILE_TIMEOUT (%v) and %s (%v) together must stay below %v, when the ingress gives up",
			c.QueueTimeout, c.CompileTimeout, name, longest, ingressCut)
	}
	if 2*c.BodyMiB > c.BodiesMiB {
		wrong("EXECUTOR_BODIES_MIB (%d) must be at least twice EXECUTOR_BODY_MIB (%d): a body is in memory as it came and decoded", c.BodiesMiB, c.BodyMiB)
	}
	if 2*c.OutputFilesMiB > c.BodiesMiB {
		wrong("EXECUTOR_BODIES_MIB (%d) must be at least twice EXECUTOR_OUTPUT_FILES_MIB (%d): an answer can be twice its files", c.BodiesMiB, c.OutputFilesMiB)
	}
	if c.JobConcurrency > c.MaxConcurrency {
		wrong("EXECUTOR_JOB_CONCURRENCY (%d) must not be above EXECUTOR_MAX_CONCURRENCY (%d)", c.JobConcurrency, c.MaxConcurrency)
	}
	if c.Jobs != "" && c.JobMaxTimeout < c.MaxTimeout {
		wrong("EXECUTOR_JOB_MAX_TIMEOUT (%v) must not be below EXECUTOR_MAX_TIMEOUT (%v)", c.JobMaxTimeout, c.MaxTimeout)
	}
	if c.Jobs == "" && c.Role == RoleWorker {
		wrong("EXECUTOR_ROLE is worker: it needs EXECUTOR_JOBS, the database whose jobs it is to run")
	}
	if len(c.Preload) > 0 && !c.WarmPython {
		wrong("EXECUTOR_PRELOAD (%s) needs EXECUTOR_WARM_PYTHON", strings.Join(c.Preload, ","))
	}
	if both := (c.RequireLayers | sandbox.UID) & c.DisableLayers; both != 0 {
		wrong("EXECUTOR_DISABLE_LAYERS: %s is required (EXECUTOR_REQUIRE_LAYERS, and uid always)", both)
	}
	return errs
}

// plain writes a number as an operator would.
func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
