package config_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aca-executor/config"
	"aca-executor/sandbox"
)

// load is for environments with which nothing is wrong.
func load(t *testing.T, environ ...string) config.Config {
	t.Helper()
	c, err := config.Load(environ)
	if err != nil {
		t.Fatalf("%q: %v", environ, err)
	}
	return c
}

// lines are those of the error, sorted.
func lines(t *testing.T, environ ...string) []string {
	t.Helper()
	_, err := config.Load(environ)
	if err == nil {
		return nil
	}
	all := strings.Split(err.Error(), "\n")
	slices.Sort(all)
	return all
}

// wantLines wants one line for each of wants, in any order; each line has all
// of the words of its want.
func wantLines(t *testing.T, environ []string, wants ...[]string) {
	t.Helper()
	got := lines(t, environ...)
	if len(got) != len(wants) {
		t.Errorf("%d lines, want %d:\n%s", len(got), len(wants), strings.Join(got, "\n"))
	}
	for _, words := range wants {
		if !slices.ContainsFunc(got, func(line string) bool {
			return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) })
		}) {
			t.Errorf("no line with all of %q in:\n%s", words, strings.Join(got, "\n"))
		}
	}
}

// These are the operators' too: who changes one changes the documentation and
// everybody's replicas.
func defaults() config.Config {
	return config.Config{
		Port:           8000,
		MaxConcurrency: 8, QueueDepth: 32, QueueTimeout: 10 * time.Second,
		DefaultTimeout: 5 * time.Second, MaxTimeout: 60 * time.Second,
		CPUSeconds: 0, MaxCPUSeconds: 60, // 0: the timeout
		MemoryMiB: 256, MaxMemoryMiB: 1024,
		Processes: 64, MaxProcesses: 64,
		FileMiB: 16, MaxFileMiB: 16,
		DiskMiB: 64, MaxDiskMiB: 64,
		OutputKiB: 1024, MaxOutputKiB: 1024,
		CompileTimeout: 30 * time.Second, CompileMemoryMiB: 1024, CompileDiskMiB: 256, CompileOutputKiB: 256, CompileCacheMiB: 256,
		MaxTestCases: 100, TestsTimeout: 150 * time.Second, MaxOutputFiles: 100, OutputFilesMiB: 8,
		BodyMiB: 16, BodiesMiB: 128, BodyTimeout: 30 * time.Second,
		DrainTimeout: 25 * time.Second, DrainNotice: time.Second,
		Role: "all", JobConcurrency: 7, JobMaxTimeout: 15 * time.Minute, JobResultTTL: time.Hour, JobLease: 30 * time.Second, JobsMaxQueued: 10_000,
		RequireLayers: sandbox.UID | sandbox.NoNewPrivs | sandbox.Rlimits | sandbox.Seccomp,
		WarmPython:    true, WarmRotate: 5000,
		LogLevel: "info", LogFormat: "json",
	}
}

func TestLoadDefaults(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		environ []string
	}{
		{"no environment", nil},
		{"an environment that is none of ours", []string{"PATH=/bin", "HOME=/", "OTEL_SERVICE_NAME=x", "executor_port=1", "MAX_CONCURRENCY=x", "EXECUTORS=9"}},
		{"what is no variable at all", []string{"", "EXECUTOR_QUEUE_DEPTH", "="}},
		{"unknown, but empty", []string{"EXECUTOR_NOTHING="}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got, want := load(t, row.environ...), defaults(); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// Deployment tools set a variable to nothing more easily than not at all.
func TestLoadEmptyIsDefault(t *testing.T) {
	t.Parallel()
	var every []string
	for _, row := range config.Table() {
		every = append(every, row.Name+"=")
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			if got := load(t, row.Name+"="); !reflect.DeepEqual(got, defaults()) {
				t.Errorf("got  %+v\nwant %+v", got, defaults())
			}
		})
	}
	if got := load(t, every...); !reflect.DeepEqual(got, defaults()) {
		t.Errorf("all at once: got  %+v\nwant %+v", got, defaults())
	}
}

func TestLoadSets(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, env string
		set       func(*config.Config)
	}{
		{"port", "PORT=9000", func(c *config.Config) { c.Port = 9000 }},
		{"port that the system chooses", "PORT=0", func(c *config.Config) { c.Port = 0 }},
		{"concurrency", "EXECUTOR_MAX_CONCURRENCY=3", func(c *config.Config) { c.MaxConcurrency, c.JobConcurrency = 3, 2 }},
		{"concurrency of one", "EXECUTOR_MAX_CONCURRENCY=1", func(c *config.Config) { c.MaxConcurrency, c.JobConcurrency = 1, 1 }},
		{"role", "EXECUTOR_ROLE=api", func(c *config.Config) { c.Role = "api" }},
		{"jobs", "EXECUTOR_JOBS=sqlite:x", func(c *config.Config) { c.Jobs = "sqlite:x" }},
		{"concurrency of jobs", "EXECUTOR_JOB_CONCURRENCY=8", func(c *config.Config) { c.JobConcurrency = 8 }},
		{"longest job", "EXECUTOR_JOB_MAX_TIMEOUT=2h", func(c *config.Config) { c.JobMaxTimeout = 2 * time.Hour }},
		{"results of jobs", "EXECUTOR_JOB_RESULT_TTL=24h", func(c *config.Config) { c.JobResultTTL = 24 * time.Hour }},
		{"lease of jobs", "EXECUTOR_JOB_LEASE=5s", func(c *config.Config) { c.JobLease = 5 * time.Second }},
		{"jobs that wait", "EXECUTOR_JOBS_MAX_QUEUED=1", func(c *config.Config) { c.JobsMaxQueued = 1 }},
		{"no queue", "EXECUTOR_QUEUE_DEPTH=0", func(c *config.Config) { c.QueueDepth = 0 }},
		{"queue timeout", "EXECUTOR_QUEUE_TIMEOUT=500ms", func(c *config.Config) { c.QueueTimeout = 500 * time.Millisecond }},
		{"default timeout", "EXECUTOR_DEFAULT_TIMEOUT=1m", func(c *config.Config) { c.DefaultTimeout = time.Minute }},
		{"body", "EXECUTOR_BODY_MIB=64", func(c *config.Config) { c.BodyMiB = 64 }},
		{"bodies", "EXECUTOR_BODIES_MIB=32", func(c *config.Config) { c.BodiesMiB = 32 }},
		{"body timeout", "EXECUTOR_BODY_TIMEOUT=1m30s", func(c *config.Config) { c.BodyTimeout = 90 * time.Second }},
		{"drain timeout", "EXECUTOR_DRAIN_TIMEOUT=1h", func(c *config.Config) { c.DrainTimeout = time.Hour }},
		{"memory", "EXECUTOR_MEMORY_MIB=1024", func(c *config.Config) { c.MemoryMiB = 1024 }},
		{"work directory", "EXECUTOR_WORK_DIR=/mnt/a=b", func(c *config.Config) { c.WorkDir = "/mnt/a=b" }},
		{"log level", "EXECUTOR_LOG_LEVEL=debug", func(c *config.Config) { c.LogLevel = "debug" }},
		{"log format", "EXECUTOR_LOG_FORMAT=console", func(c *config.Config) { c.LogFormat = "console" }},
		{"replica", "CONTAINER_APP_REPLICA_NAME=r-1", func(c *config.Config) { c.Replica = "r-1" }},

		// A maximum that is not set follows its default, in both directions.
		{"processes", "EXECUTOR_PROCESSES=10", func(c *config.Config) { c.Processes, c.MaxProcesses = 10, 10 }},
		{"more processes", "EXECUTOR_PROCESSES=100", func(c *config.Config) { c.Processes, c.MaxProcesses = 100, 100 }},
		{"file size", "EXECUTOR_FILE_MIB=1", func(c *config.Config) { c.FileMiB, c.MaxFileMiB = 1, 1 }},
		{"disk", "EXECUTOR_DISK_MIB=2", func(c *config.Config) { c.DiskMiB, c.MaxDiskMiB = 2, 2 }},
		{"output", "EXECUTOR_OUTPUT_KIB=3", func(c *config.Config) { c.OutputKiB, c.MaxOutputKiB = 3, 3 }},
		{"most processes", "EXECUTOR_MAX_PROCESSES=100", func(c *config.Config) { c.MaxProcesses = 100 }},
		{"most file size", "EXECUTOR_MAX_FILE_MIB=100", func(c *config.Config) { c.MaxFileMiB = 100 }},
		{"most disk", "EXECUTOR_MAX_DISK_MIB=100", func(c *config.Config) { c.MaxDiskMiB = 100 }},
		{"most output", "EXECUTOR_MAX_OUTPUT_KIB=2000", func(c *config.Config) { c.MaxOutputKiB = 2000 }},
		{"most memory", "EXECUTOR_MAX_MEMORY_MIB=256", func(c *config.Config) { c.MaxMemoryMiB = 256 }},
		{"longest timeout, and with it the most processor time", "EXECUTOR_MAX_TIMEOUT=30s", func(c *config.Config) { c.MaxTimeout, c.MaxCPUSeconds = 30*time.Second, 30 }},
		{"processor time", "EXECUTOR_CPU_SECONDS=2.5", func(c *config.Config) { c.CPUSeconds = 2.5 }},
		{"processor time above the longest timeout", "EXECUTOR_CPU_SECONDS=100", func(c *config.Config) { c.CPUSeconds, c.MaxCPUSeconds = 100, 100 }},
		{"most processor time", "EXECUTOR_MAX_CPU_SECONDS=0.5", func(c *config.Config) { c.MaxCPUSeconds = 0.5 }},

		{"layers", "EXECUTOR_REQUIRE_LAYERS=landlock,uid", func(c *config.Config) { c.RequireLayers = sandbox.UID | sandbox.Landlock }},
		{"layers with spaces", "EXECUTOR_REQUIRE_LAYERS= uid , seccomp ", func(c *config.Config) { c.RequireLayers = sandbox.UID | sandbox.Seccomp }},
		{"no layers", "EXECUTOR_REQUIRE_LAYERS=none", func(c *config.Config) { c.RequireLayers = 0 }},
		{"a layer not to use", "EXECUTOR_DISABLE_LAYERS=landlock", func(c *config.Config) { c.DisableLayers = sandbox.Landlock }},
		{"layers not to use", "EXECUTOR_DISABLE_LAYERS=landlock,sweep", func(c *config.Config) { c.DisableLayers = sandbox.Landlock | sandbox.Sweep }},
		{"no layers not to use", "EXECUTOR_DISABLE_LAYERS=none", func(*config.Config) {}},
		{"nothing warm", "EXECUTOR_WARM_PYTHON=false", func(c *config.Config) { c.WarmPython = false }},
		{"rotation", "EXECUTOR_WARM_ROTATE=100", func(c *config.Config) { c.WarmRotate = 100 }},
		{"modules", "EXECUTOR_PRELOAD=numpy, a.b", func(c *config.Config) { c.Preload = []string{"numpy", "a.b"} }},
		{"no modules", "EXECUTOR_PRELOAD=none", func(*config.Config) {}},
		{"a key", "EXECUTOR_API_KEYS=one", func(c *config.Config) { c.APIKeys = []string{"one"} }},
		{"keys", "EXECUTOR_API_KEYS=one,two=2", func(c *config.Config) { c.APIKeys = []string{"one", "two=2"} }},
		{"keys with spaces", "EXECUTOR_API_KEYS= one , two ,", func(c *config.Config) { c.APIKeys = []string{"one", "two"} }},
		{"no keys", "EXECUTOR_API_KEYS=none", func(*config.Config) {}},
		{"every origin", "EXECUTOR_CORS_ORIGINS=*", func(c *config.Config) { c.CORSOrigins = []string{"*"} }},
		{"origins", "EXECUTOR_CORS_ORIGINS=https://a.example, https://b.example", func(c *config.Config) { c.CORSOrigins = []string{"https://a.example", "https://b.example"} }},
		{"languages", "EXECUTOR_LANGUAGES=python, c++", func(c *config.Config) { c.Languages = []string{"python", "c++"} }},
		{"every language", "EXECUTOR_LANGUAGES=all", func(*config.Config) {}},
		{"a file with languages", "EXECUTOR_RUNTIMES=/etc/x.json", func(c *config.Config) { c.Runtimes = "/etc/x.json" }},
		{"compile time", "EXECUTOR_COMPILE_TIMEOUT=20s", func(c *config.Config) { c.CompileTimeout = 20 * time.Second }},
		{"no compile cache", "EXECUTOR_COMPILE_CACHE_MIB=0", func(c *config.Config) { c.CompileCacheMiB = 0 }},
		{"no origins", "EXECUTOR_CORS_ORIGINS=none", func(*config.Config) {}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			want := defaults()
			row.set(&want)
			if got := load(t, row.env); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got  %+v\nwant %+v", row.env, got, want)
			}
		})
	}
}

func TestLoadUnknownVariables(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, typo, nearest string }{
		{"a letter missing", "EXECUTOR_MAX_CONCURENCY", "EXECUTOR_MAX_CONCURRENCY"},
		{"a letter too many", "EXECUTOR_QUEUE_DEPTHS", "EXECUTOR_QUEUE_DEPTH"},
		{"singular", "EXECUTOR_API_KEY", "EXECUTOR_API_KEYS"},
		{"another unit", "EXECUTOR_MEMORY_MB", "EXECUTOR_MEMORY_MIB"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			wantLines(t, []string{row.typo + "=5"}, []string{row.typo + ":", "no such variable", "nearest is " + row.nearest})
			if got := lines(t, row.typo+"=5"); !strings.HasSuffix(got[0], row.nearest) {
				t.Errorf("%q names another one than %s", got[0], row.nearest)
			}
		})
	}
	// In an order that does not change: a map has another one each time.
	for range 20 {
		_, err := config.Load([]string{"EXECUTOR_Z=1", "EXECUTOR_A=1", "EXECUTOR_M=1"})
		got := strings.Split(err.Error(), "\n")
		if len(got) != 3 || !slices.IsSorted(got) {
			t.Fatalf("lines %q, want three in order", got)
		}
	}
}

func TestLoadBadValues(t *testing.T) {
	t.Parallel()
	const duration, number, whole, layers = "a duration", "a number", "a whole number", "a list of layers"
	for _, row := range []struct{ name, variable, value, kind string }{
		{"a word for a port", "PORT", "http", whole},
		{"a word for a number", "EXECUTOR_MAX_CONCURRENCY", "many", whole},
		{"a fraction", "EXECUTOR_MEMORY_MIB", "1.5", whole},
		{"an exponent", "EXECUTOR_MEMORY_MIB", "1e3", whole},
		{"a unit", "EXECUTOR_DISK_MIB", "64MiB", whole},
		{"a space", "EXECUTOR_QUEUE_DEPTH", " ", whole},
		{"more than 64 bits", "EXECUTOR_QUEUE_DEPTH", "99999999999999999999", whole},
		{"a duration without a unit", "EXECUTOR_QUEUE_TIMEOUT", "10", duration},
		{"a duration that is a word", "EXECUTOR_MAX_TIMEOUT", "soon", duration},
		{"a duration in days", "EXECUTOR_DRAIN_TIMEOUT", "1d", duration},
		{"a word for seconds", "EXECUTOR_CPU_SECONDS", "fast", number},
		{"a duration for seconds", "EXECUTOR_MAX_CPU_SECONDS", "5s", number},
		{"a word for a switch", "EXECUTOR_WARM_PYTHON", "perhaps", "true or false"},
		{"no such layer", "EXECUTOR_REQUIRE_LAYERS", "uid,apparmor", layers},
		{"no such layer to disable", "EXECUTOR_DISABLE_LAYERS", "UID", layers},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			wantLines(t, []string{row.variable + "=" + row.value}, []string{row.variable + ": ", `"` + row.value + `"`, "is not " + row.kind})
		})
	}
	t.Run("a bad layer is named, and those there are", func(t *testing.T) {
		t.Parallel()
		wantLines(t, []string{"EXECUTOR_DISABLE_LAYERS=landlock,apparmor"}, []string{`"apparmor"`, "landlock", "sweep", "none"})
	})
}

func TestLoadRanges(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		variable string
		bad      []string
		good     []string // the edges
	}{
		{"PORT", []string{"-1", "65536"}, []string{"0", "65535"}},
		{"EXECUTOR_MAX_CONCURRENCY", []string{"0", "-1", "1001"}, []string{"1", "1000"}},
		{"EXECUTOR_QUEUE_DEPTH", []string{"-1", "100001"}, []string{"0", "100000"}},
		{"EXECUTOR_QUEUE_TIMEOUT", []string{"0s", "-1s", "999us", "2h"}, []string{"1ms"}},
		{"EXECUTOR_DEFAULT_TIMEOUT", []string{"0s", "-1s", "2h"}, []string{"1ms", "60s"}},
		{"EXECUTOR_MAX_TIMEOUT", []string{"0s", "-1s", "2h"}, []string{"5s"}},
		{"EXECUTOR_BODY_TIMEOUT", []string{"0s", "-1s", "1h1ns"}, []string{"1ms", "1h"}},
		{"EXECUTOR_DRAIN_TIMEOUT", []string{"0s", "-1s", "1h1ns"}, []string{"1ms", "1h"}},
		{"EXECUTOR_CPU_SECONDS", []string{"-1", "NaN"}, []string{"0.1"}},
		{"EXECUTOR_MAX_CPU_SECONDS", []string{"-1", "NaN"}, []string{"0.1"}},
		{"EXECUTOR_WARM_ROTATE", []string{"0", "-1", "1073741825"}, []string{"1", "1073741824"}},
		{"EXECUTOR_PREPARED_DIR", []string{"prepared", "./x"}, []string{"/x"}},
		{"EXECUTOR_PRELOAD", []string{"a-b", "a b", "1a", "a..b", "a.", "os;x"}, []string{"a", "_a.b1", "a, b.c"}},
		{"EXECUTOR_MEMORY_MIB", []string{"0", "-1", "1048577"}, []string{"1", "1024"}},
		{"EXECUTOR_MAX_MEMORY_MIB", []string{"0", "-1", "1048577"}, []string{"256", "1048576"}},
		{"EXECUTOR_PROCESSES", []string{"0", "-1", "32769"}, []string{"1", "32768"}},
		{"EXECUTOR_MAX_PROCESSES", []string{"-1", "32769"}, []string{"64", "32768"}},
		{"EXECUTOR_FILE_MIB", []string{"0", "-1", "1048577"}, []string{"1", "1048576"}},
		{"EXECUTOR_MAX_FILE_MIB", []string{"-1", "1048577"}, []string{"16", "1048576"}},
		{"EXECUTOR_DISK_MIB", []string{"0", "-1", "1048577"}, []string{"1", "1048576"}},
		{"EXECUTOR_MAX_DISK_MIB", []string{"-1", "1048577"}, []string{"64", "1048576"}},
		{"EXECUTOR_OUTPUT_KIB", []string{"0", "-1", "131073"}, []string{"1", "131072"}},
		{"EXECUTOR_MAX_OUTPUT_KIB", []string{"-1", "131073"}, []string{"1024", "131072"}},
		{"EXECUTOR_BODY_MIB", []string{"0", "-1", "1025"}, []string{"1", "64"}},
		{"EXECUTOR_BODIES_MIB", []string{"0", "-1", "1048577"}, []string{"32", "1048576"}},
		{"EXECUTOR_ROLE", []string{"API", "both", "none"}, []string{"all", "api"}},
		{"EXECUTOR_JOB_CONCURRENCY", []string{"0", "-1", "1001"}, []string{"1", "8"}},
		{"EXECUTOR_JOB_MAX_TIMEOUT", []string{"0s", "-1s", "999ms", "24h1s"}, []string{"1s", "24h"}},
		{"EXECUTOR_JOB_RESULT_TTL", []string{"0s", "-1s", "721h"}, []string{"1s", "720h"}},
		{"EXECUTOR_JOB_LEASE", []string{"0s", "999ms", "61m"}, []string{"1s", "1h"}},
		{"EXECUTOR_JOBS_MAX_QUEUED", []string{"0", "-1", "10000001"}, []string{"1", "10000000"}},
		{"EXECUTOR_LOG_LEVEL", []string{"loud", "INFO", "warning"}, []string{"debug", "info", "warn", "error"}},
		{"EXECUTOR_LOG_FORMAT", []string{"xml", "JSON"}, []string{"json", "console"}},
	} {
		for _, value := range row.bad {
			t.Run(row.variable+"="+value, func(t *testing.T) {
				t.Parallel()
				// Rules between fields may have something to say as well.
				got := lines(t, row.variable+"="+value)
				if !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, row.variable+": ") }) {
					t.Errorf("no line about it in %q", got)
				}
			})
		}
		for _, value := range row.good {
			t.Run(row.variable+"="+value, func(t *testing.T) {
				t.Parallel()
				load(t, row.variable+"="+value)
			})
		}
	}
}

// The policy is in durations: seconds that no duration holds would come out as
// something else, in the past at that.
func TestLoadRefusesSecondsBeyondADuration(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"EXECUTOR_CPU_SECONDS", "EXECUTOR_MAX_CPU_SECONDS"} {
		for _, value := range []string{"1e10", "1e300", "Inf"} {
			t.Run(variable+"="+value, func(t *testing.T) {
				t.Parallel()
				if len(lines(t, variable+"="+value)) == 0 {
					t.Error("accepted")
				}
			})
		}
	}
}

func TestLoadRules(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		environ []string
		words   []string // none: it holds
	}{
		{"default timeout above the longest", []string{"EXECUTOR_DEFAULT_TIMEOUT=61s"}, []string{"EXECUTOR_DEFAULT_TIMEOUT (61)", "must not be above", "EXECUTOR_MAX_TIMEOUT (60)"}},
		{"longest timeout below the default", []string{"EXECUTOR_MAX_TIMEOUT=4s"}, []string{"EXECUTOR_DEFAULT_TIMEOUT (5)", "EXECUTOR_MAX_TIMEOUT (4)"}},
		{"both timeouts equal", []string{"EXECUTOR_DEFAULT_TIMEOUT=9s", "EXECUTOR_MAX_TIMEOUT=9s"}, nil},
		{"processor time", []string{"EXECUTOR_CPU_SECONDS=5", "EXECUTOR_MAX_CPU_SECONDS=4.5"}, []string{"EXECUTOR_CPU_SECONDS (5)", "EXECUTOR_MAX_CPU_SECONDS (4.5)"}},
		{"processor time equal", []string{"EXECUTOR_CPU_SECONDS=5", "EXECUTOR_MAX_CPU_SECONDS=5"}, nil},
		{"memory", []string{"EXECUTOR_MEMORY_MIB=1025"}, []string{"EXECUTOR_MEMORY_MIB (1025)", "EXECUTOR_MAX_MEMORY_MIB (1024)"}},
		{"jobs beyond the units", []string{"EXECUTOR_JOB_CONCURRENCY=9"}, []string{"EXECUTOR_JOB_CONCURRENCY (9)", "EXECUTOR_MAX_CONCURRENCY (8)"}},
		{"jobs shorter than requests", []string{"EXECUTOR_JOBS=sqlite:x", "EXECUTOR_JOB_MAX_TIMEOUT=59s"}, []string{"EXECUTOR_JOB_MAX_TIMEOUT (59s)", "EXECUTOR_MAX_TIMEOUT (1m0s)"}},
		{"jobs as short as requests", []string{"EXECUTOR_JOBS=sqlite:x", "EXECUTOR_JOB_MAX_TIMEOUT=60s"}, nil},
		{"a worker without a database", []string{"EXECUTOR_ROLE=worker"}, []string{"EXECUTOR_ROLE is worker", "EXECUTOR_JOBS"}},
		{"a worker", []string{"EXECUTOR_ROLE=worker", "EXECUTOR_JOBS=postgres://h/d"}, nil},
		{"memory equal", []string{"EXECUTOR_MEMORY_MIB=2048", "EXECUTOR_MAX_MEMORY_MIB=2048"}, nil},
		{"processes", []string{"EXECUTOR_MAX_PROCESSES=63"}, []string{"EXECUTOR_PROCESSES (64)", "EXECUTOR_MAX_PROCESSES (63)"}},
		{"file size", []string{"EXECUTOR_MAX_FILE_MIB=15"}, []string{"EXECUTOR_FILE_MIB (16)", "EXECUTOR_MAX_FILE_MIB (15)"}},
		{"disk", []string{"EXECUTOR_MAX_DISK_MIB=63"}, []string{"EXECUTOR_DISK_MIB (64)", "EXECUTOR_MAX_DISK_MIB (63)"}},
		{"output", []string{"EXECUTOR_MAX_OUTPUT_KIB=1023"}, []string{"EXECUTOR_OUTPUT_KIB (1024)", "EXECUTOR_MAX_OUTPUT_KIB (1023)"}},
		{"the ingress gives up first", []string{"EXECUTOR_MAX_TIMEOUT=220s"}, []string{"EXECUTOR_QUEUE_TIMEOUT (10s)", "EXECUTOR_COMPILE_TIMEOUT (30s)", "EXECUTOR_MAX_TIMEOUT (3m40s)", "below 3m50s"}},
		{"just before the ingress gives up", []string{"EXECUTOR_MAX_TIMEOUT=189999ms"}, nil},
		{"the test cases take too long for the ingress", []string{"EXECUTOR_TESTS_TIMEOUT=190s"}, []string{"EXECUTOR_TESTS_TIMEOUT (3m10s)", "below 3m50s"}},
		{"the compiler takes too long for the ingress", []string{"EXECUTOR_COMPILE_TIMEOUT=70s"}, []string{"EXECUTOR_COMPILE_TIMEOUT (1m10s)"}},
		{"the queue alone is too long for the ingress", []string{"EXECUTOR_QUEUE_TIMEOUT=170s"}, []string{"EXECUTOR_QUEUE_TIMEOUT (2m50s)"}},
		{"no room for one body", []string{"EXECUTOR_BODIES_MIB=31"}, []string{"EXECUTOR_BODIES_MIB (31)", "twice", "EXECUTOR_BODY_MIB (16)"}},
		{"room for one body", []string{"EXECUTOR_BODIES_MIB=32"}, nil},
		{"a required layer is disabled", []string{"EXECUTOR_DISABLE_LAYERS=landlock,seccomp"}, []string{"EXECUTOR_DISABLE_LAYERS", "seccomp is required"}},
		{"a layer that is not required is disabled", []string{"EXECUTOR_DISABLE_LAYERS=landlock"}, nil},
		{"a layer is disabled that is required no more", []string{"EXECUTOR_REQUIRE_LAYERS=uid", "EXECUTOR_DISABLE_LAYERS=seccomp"}, nil},
		{"uid can never be disabled", []string{"EXECUTOR_REQUIRE_LAYERS=none", "EXECUTOR_DISABLE_LAYERS=uid"}, []string{"EXECUTOR_DISABLE_LAYERS", "uid is required"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if row.words == nil {
				load(t, row.environ...)
				return
			}
			wantLines(t, row.environ, row.words)
		})
	}
}

// An operator who has to start the service once for each mistake gives up.
func TestLoadReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		environ []string
		want    []string // a word of each line
	}{
		{"values that cannot be read", []string{"PORT=x", "EXECUTOR_QUEUE_TIMEOUT=x", "EXECUTOR_CPU_SECONDS=x", "EXECUTOR_DISABLE_LAYERS=x"}, []string{"PORT: ", "QUEUE_TIMEOUT: ", "CPU_SECONDS: ", "DISABLE_LAYERS: "}},
		{"values out of range", []string{"PORT=-1", "EXECUTOR_QUEUE_DEPTH=-1", "EXECUTOR_LOG_LEVEL=x", "EXECUTOR_LOG_FORMAT=x", "EXECUTOR_BODY_TIMEOUT=0s"}, []string{"PORT: ", "QUEUE_DEPTH: ", "LOG_LEVEL: ", "LOG_FORMAT: ", "BODY_TIMEOUT: "}},
		{"rules", []string{"EXECUTOR_MAX_TIMEOUT=4s", "EXECUTOR_BODIES_MIB=31", "EXECUTOR_DISABLE_LAYERS=uid"}, []string{"MAX_TIMEOUT", "BODIES_MIB", "DISABLE_LAYERS"}},
		{"unknown, and unreadable", []string{"EXECUTOR_WHAT=1", "PORT=x"}, []string{"EXECUTOR_WHAT: ", "PORT: "}},
		{"unknown, and out of range", []string{"EXECUTOR_WHAT=1", "EXECUTOR_LOG_LEVEL=x"}, []string{"EXECUTOR_WHAT: ", "LOG_LEVEL: "}},
		{"unreadable, and out of range", []string{"PORT=x", "EXECUTOR_LOG_LEVEL=x"}, []string{"PORT: ", "LOG_LEVEL: "}},
		{"of every kind", []string{"EXECUTOR_WHAT=1", "PORT=x", "EXECUTOR_LOG_LEVEL=x", "EXECUTOR_BODIES_MIB=31"}, []string{"EXECUTOR_WHAT: ", "PORT: ", "LOG_LEVEL: ", "BODIES_MIB"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var wants [][]string
			for _, w := range row.want {
				wants = append(wants, []string{w})
			}
			wantLines(t, row.environ, wants...)
		})
	}
}

// Errors go to logs that more people read than know the keys.
func TestKeysAreNeverShown(t *testing.T) {
	const secret = "s3cr3t-key"
	for _, row := range []struct {
		name    string
		environ []string
	}{
		{"beside other mistakes", []string{"EXECUTOR_API_KEYS=" + secret, "PORT=x", "EXECUTOR_WHAT=1"}},
		{"beside values out of range", []string{"EXECUTOR_API_KEYS=" + secret, "PORT=-1", "EXECUTOR_BODIES_MIB=31"}},
		{"under a name that is not quite right", []string{"EXECUTOR_API_KEY=" + secret}},
		{"under another such name", []string{"EXECUTOR_APIKEYS=" + secret + "," + secret}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := config.Load(row.environ)
			if err == nil {
				t.Fatal("no error: this test proves nothing")
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
	t.Run("in the table", func(t *testing.T) {
		t.Setenv("EXECUTOR_API_KEYS", secret)
		var out bytes.Buffer
		if err := config.Print(&out); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), secret) {
			t.Errorf("the table shows the key:\n%s", out.String())
		}
	})
}

// A worker has no requests to leave a unit for.
func TestLoadWorker(t *testing.T) {
	t.Parallel()
	if c := load(t, "EXECUTOR_ROLE=worker", "EXECUTOR_JOBS=postgres://h/d"); c.JobConcurrency != c.MaxConcurrency {
		t.Errorf("its jobs have %d of %d units", c.JobConcurrency, c.MaxConcurrency)
	}
}
