package api

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"aca-executor/executor"
	"aca-executor/internal/described"
	"aca-executor/jobs"
	"aca-executor/sandbox"
)

// Description is openapi.yaml, against which every answer is held that a test gets.
var Description = sync.OnceValue(func() *described.API {
	d, err := described.Load("openapi.yaml")
	if err != nil {
		panic(err)
	}
	return d
})

func TestOpenAPIHasEveryRoute(t *testing.T) {
	s := New(Options{Log: zerolog.Nop()})
	var routes []string
	for _, r := range s.echo.Routes() {
		if r.Method != http.MethodHead && !onPage(r.Path) { // which is for people
			routes = append(routes, r.Method+" "+strings.ReplaceAll(r.Path, ":job_id", "{job_id}"))
		}
	}
	slices.Sort(routes)
	if got := Description().Routes(); !slices.Equal(got, routes) {
		t.Errorf("described %v, there are %v", got, routes)
	}
}

// names are the JSON names of a struct, and those that are always there.
func names(t reflect.Type) (all, always []string) {
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, name)
		if options == "" {
			always = append(always, name)
		}
	}
	slices.Sort(all)
	slices.Sort(always)
	return all, always
}

func TestOpenAPIHasEveryField(t *testing.T) {
	for schema, v := range map[string]any{
		"Response": response{}, "CompileResult": compileResult{}, "OutputFile": outputFile{}, "Summary": summary{}, "TestResult": testCaseResult{},
		"Limits": limitsInForce{}, "Runtime": runtimeInfo{}, "Problem": problem{}, "FieldError": fieldError{}, "Probe": probeAnswer{}, "Health": healthAnswer{},
		"JobState": jobState{}, "JobEnd": jobEnd{}, "JobError": jobReason{}, "JobList": jobList{}, "JobInfo": jobInfo{},
	} {
		all, required := Description().Properties(schema)
		if want, always := names(reflect.TypeOf(v)); !slices.Equal(all, want) || !slices.Equal(required, always) {
			t.Errorf("%s: described %v, always %v; there are %v, always %v", schema, all, required, want, always)
		}
	}
	for schema, v := range map[string]any{"Request": request{}, "JobRequest": jobRequest{}, "File": file{}, "RequestLimits": limits{}, "TestCase": testCase{}} {
		all, _ := Description().Properties(schema)
		if want, _ := names(reflect.TypeOf(v)); !slices.Equal(all, want) {
			t.Errorf("%s: described %v, there are %v", schema, all, want)
		}
	}
}

func TestOpenAPIHasEveryName(t *testing.T) {
	var tests []executor.Status // what a test case can be, beside passed
	for _, s := range executor.Statuses() {
		if s != executor.Success && s != executor.CompileError {
			tests = append(tests, s)
		}
	}
	for _, row := range []struct {
		schema, property string
		want             []string
	}{
		{"Status", "", strs(executor.Statuses())},
		{"TestResult", "status", append(strs(tests), "passed")},
		{"Compare", "", strs(executor.Compares())},
		{"JobStatus", "", strs(jobs.Statuses())},
		{"Problem", "code", strs(Codes())},
		{"OutputFile", "type", strs(sandbox.FileTypes())},
	} {
		got := Description().Enum(row.schema, row.property)
		slices.Sort(got)
		slices.Sort(row.want)
		if !slices.Equal(got, row.want) {
			t.Errorf("%s %s: described %v, there are %v", row.schema, row.property, got, row.want)
		}
	}
}

func strs[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// What is described is what is decoded: bodies on which both have to agree. The rules
// that need the configuration, or more than one field, are not the description's.
func TestOpenAPIRequests(t *testing.T) {
	bodies := map[string]bool{
		`{"code":"1"}`: true,
		`{"code":"1","timeout":2.5,"limits":{"memory_mib":64,"cpu_seconds":0.5}}`:                      true,
		`{"files":[{"path":"a","content":"AA==","encoding":"base64"},{"path":"b"}]}`:                   true,
		`{"code":"1","test_cases":[{"id":"x","input":"1","expected_output":""}],"compare":"float"}`:    true,
		`{"code":"1","env":{"A":"b"},"args":["x"],"output_files":["**/*.png"],"stop_on_failure":true}`: true,
		`{"code":1}`:  false,
		`{"cod":"1"}`: false,
		`{"code":"1","limits":{"memory_mib":0.5}}`:  false,
		`{"code":"1","limits":{"memory":1}}`:        false,
		`{"code":"1","env":{"A":1}}`:                false,
		`{"code":"1","args":"x"}`:                   false,
		`{"files":[{"path":"a","encoding":"hex"}]}`: false,
		`{"files":[{"name":"a"}]}`:                  false,
		`{"code":"1","test_cases":[{"input":"1"}]}`: false,
		`{"code":"1","stop_on_failure":"yes"}`:      false,
		`[]`:                                        false,
	}
	for _, body := range Description().Examples(http.MethodPost, executePath) {
		bodies[body] = true
	}
	for body, want := range bodies {
		_, err := decode([]byte(body))
		if described := Description().Request(http.MethodPost, executePath, body); (err == nil) != want || (described == nil) != want {
			t.Errorf("%s: decoded %v, described %v, want it to be right: %v", body, err, described, want)
		}
	}
	for _, body := range Description().Examples(http.MethodPost, jobPath) {
		bodies[body] = true
	}
	maps.Copy(bodies, map[string]bool{
		`{"code":"1","retries":3,"delay":0.5}`: true,
		`{"code":"1","retries":11}`:            false,
		`{"code":"1","retries":1.5}`:           false,
		`{"code":"1","delay":-1}`:              false,
		`{"code":"1","delay":"1"}`:             false,
		`{"code":"1","retry":1}`:               false,
	})
	for body, want := range bodies {
		_, _, _, err := decodeJob([]byte(body))
		if described := Description().Request(http.MethodPost, jobPath, body); (err == nil) != want || (described == nil) != want {
			t.Errorf("a job: %s: decoded %v, described %v, want it to be right: %v", body, err, described, want)
		}
	}
}
