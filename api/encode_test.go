package api

import (
	"cmp"
	"encoding/base64"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	stdjson "encoding/json"

	"github.com/go-json-experiment/json"

	"aca-executor/executor"
	"aca-executor/sandbox"
)

// sent is what a client reads of a response.
func sent(t *testing.T, r executor.Response) map[string]any {
	t.Helper()
	text, err := json.Marshal(encode(r, "replica-1"))
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := stdjson.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	r.Status = cmp.Or(r.Status, executor.Success)
	if text, err = json.Marshal(encode(r, "replica-1")); err != nil {
		t.Fatal(err)
	}
	if why := Description().Answer("POST", executePath, 200, "application/json", string(text)); why != nil {
		t.Errorf("openapi.yaml: %v", why)
	}
	return v
}

// responseFields are those of the design's table, without the two that are not
// always there.
var responseFields = []string{
	"execution_id", "language", "version", "replica", "status", "stdout", "stderr", "stdout_truncated", "stderr_truncated",
	"return_code", "signal", "limit_hit", "execution_time", "cpu_time", "queue_time", "memory_kib", "compile", "files", "files_truncated",
	"summary", "test_results", "limits", "isolation",
}

func TestEncodeFields(t *testing.T) {
	bad, good := sandbox.Output{Bytes: []byte("\xff")}, sandbox.Output{Bytes: []byte("x")}
	for _, row := range []struct {
		name  string
		in    executor.Response
		extra []string
	}{
		{"empty", executor.Response{}, nil},
		{"text", executor.Response{Stdout: good, Stderr: good}, nil},
		{"stdout is none", executor.Response{Stdout: bad, Stderr: good}, []string{"stdout_base64"}},
		{"stderr is none", executor.Response{Stdout: good, Stderr: bad}, []string{"stderr_base64"}},
		{"both are none", executor.Response{Stdout: bad, Stderr: bad}, []string{"stdout_base64", "stderr_base64"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := slices.Sorted(maps.Keys(sent(t, row.in)))
			if want := slices.Sorted(slices.Values(append(slices.Clone(responseFields), row.extra...))); !slices.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func TestEncodeNulls(t *testing.T) {
	nulls := func(r executor.Response) (names []string) {
		for name, v := range sent(t, r) {
			if v == nil {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	notAsked := []string{"compile", "files", "summary", "test_results"}
	want := slices.Sorted(slices.Values(append([]string{"limit_hit", "return_code", "signal"}, notAsked...)))
	if got := nulls(executor.Response{}); !slices.Equal(got, want) {
		t.Errorf("of nothing, null are %v, want %v", got, want)
	}
	zero := 0
	full := executor.Response{ReturnCode: &zero, Signal: "SIGSEGV", LimitHit: "memory", Isolation: []string{"uid"}}
	if got := nulls(full); !slices.Equal(got, notAsked) {
		t.Errorf("of everything, null are %v, want %v", got, notAsked)
	}
	v := sent(t, full)
	if v["return_code"] != 0.0 || v["signal"] != "SIGSEGV" || v["limit_hit"] != "memory" {
		t.Errorf("got %v", v)
	}
	if list, ok := sent(t, executor.Response{})["isolation"].([]any); !ok || len(list) != 0 {
		t.Error("no isolation is not an empty list")
	}
}

func TestEncodeWhatWasAskedFor(t *testing.T) {
	one := 1
	for _, row := range []struct {
		name string
		in   executor.Response
		want map[string]any
	}{
		{"a compilation", executor.Response{Compile: &executor.Compiled{
			Status: executor.Failed, ReturnCode: &one, Stderr: sandbox.Output{Bytes: []byte("no \xff")}, WallTime: 1500 * time.Millisecond,
		}}, map[string]any{"compile": map[string]any{
			"status": "failed", "stdout": "", "stderr": "no \ufffd", "return_code": 1.0, "limit_hit": nil, "execution_time": 1.5, "cached": false,
		}}},
		{"a compilation that hit a limit", executor.Response{Compile: &executor.Compiled{Status: executor.Timeout, LimitHit: "wall_time", Cached: true}},
			map[string]any{"compile": map[string]any{
				"status": "timeout", "stdout": "", "stderr": "", "return_code": nil, "limit_hit": "wall_time", "execution_time": 0.0, "cached": true,
			}}},
		{"no files", executor.Response{Files: &sandbox.Collected{Truncated: true}}, map[string]any{"files": []any{}, "files_truncated": true}},
		{"files", executor.Response{Files: &sandbox.Collected{Files: []sandbox.OutputFile{
			{Path: "a", Type: sandbox.FileRegular, Size: 5, Content: []byte("é\n"), Truncated: true},
			{Path: "c", Type: sandbox.FileRegular, Size: 5, Content: []byte("ab\xe2\x82"), Truncated: true},
			{Path: "\xff", Type: sandbox.FileRegular, Size: 2, Content: []byte("\x00\xff")},
			{Path: "e", Type: sandbox.FileRegular},
			{Path: "f", Type: sandbox.FileFIFO},
		}}}, map[string]any{"files": []any{
			map[string]any{"path": "a", "size": 5.0, "type": "file", "encoding": "utf8", "content": "é\n", "truncated": true},
			map[string]any{"path": "c", "size": 5.0, "type": "file", "encoding": "utf8", "content": "ab", "truncated": true},
			map[string]any{"path": "\ufffd", "size": 2.0, "type": "file", "encoding": "base64", "content": "AP8=", "truncated": false},
			map[string]any{"path": "e", "size": 0.0, "type": "file", "encoding": "utf8", "content": "", "truncated": false},
			map[string]any{"path": "f", "size": 0.0, "type": "fifo", "encoding": nil, "content": nil, "truncated": false},
		}}},
		{"test cases", executor.Response{TestCases: 3, PassedTests: 1, Tests: []executor.TestResult{
			{Number: 1, Case: executor.TestCase{ID: "a", Input: "1", Expected: "2"}, Actual: sandbox.Output{Bytes: []byte("2\n")}, Passed: true, Status: executor.Success, WallTime: time.Second, CPUTime: time.Millisecond, Memory: 5},
			{Number: 2, Case: executor.TestCase{ID: "2"}, Actual: sandbox.Output{Bytes: []byte("\xff"), Truncated: true}, Status: executor.Timeout, LimitHit: "cpu_time", Reason: "why"},
		}}, map[string]any{
			"summary": map[string]any{"total_tests": 3.0, "passed": 1.0, "failed": 1.0, "all_passed": false, "pass_percentage": 33.33},
			"test_results": []any{
				map[string]any{
					"test_case_id": "a", "test_case_number": 1.0, "input": "1", "expected_output": "2", "actual_output": "2\n", "output_truncated": false, "error": nil,
					"status": "passed", "passed": true, "execution_time": 1.0, "cpu_time": 0.001, "memory_kib": 5.0, "limit_hit": nil,
				},
				map[string]any{
					"test_case_id": "2", "test_case_number": 2.0, "input": "", "expected_output": "", "actual_output": "\ufffd", "output_truncated": true, "error": "why",
					"status": "timeout", "passed": false, "execution_time": 0.0, "cpu_time": 0.0, "memory_kib": 0.0, "limit_hit": "cpu_time",
				},
			},
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := sent(t, row.in)
			for field, want := range row.want {
				if !reflect.DeepEqual(got[field], want) {
					t.Errorf("%s\ngot  %v\nwant %v", field, got[field], want)
				}
			}
		})
	}
}

func TestEncodeLimits(t *testing.T) {
	v := sent(t, executor.Response{Limits: executor.Limits{
		Timeout: 1500 * time.Millisecond, CPU: time.Second, MemoryMiB: 1, Processes: 2, FileMiB: 3, DiskMiB: 4, OutputKiB: 5,
	}})
	want := map[string]any{"timeout": 1.5, "cpu_seconds": 1.0, "memory_mib": 1.0, "processes": 2.0, "file_mib": 3.0, "disk_mib": 4.0, "output_kib": 5.0}
	if got, _ := v["limits"].(map[string]any); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestText(t *testing.T) {
	const r = "\ufffd"
	for _, row := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ASCII", "a\n", "a\n"},
		{"NUL and other controls", "\x00\x1b\x7f", "\x00\x1b\x7f"},
		{"more than ASCII", "é😀", "é😀"},
		{"U+FFFD of its own", r, r},
		{"what HTML would mind", "<script>&\u2028", "<script>&\u2028"},
		{"one byte", "\xff", r},
		{"each byte one", "a\xff\xfeb", "a" + r + r + "b"},
		{"cut short", "a\xe2\x82", "a" + r + r},
		{"its end alone", "\x82\xac", r + r},
		{"a surrogate", "\xed\xa0\x80", r + r + r},
		{"too long", "\xc0\xaf", r + r},
		{"beyond Unicode", "\xf4\x90\x80\x80", r + r + r + r},
		{"U+FFFD of its own beside a bad byte", r + "\xff", r + r},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, exact := text([]byte(row.in))
			if s != row.want {
				t.Errorf("got %q, want %q", s, row.want)
			}
			want := ""
			if !utf8.ValidString(row.in) {
				want = base64.StdEncoding.EncodeToString([]byte(row.in))
			}
			if exact != want {
				t.Errorf("exact %q, want %q", exact, want)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a", "é😀", "\xff", "a\xe2\x82", "\xed\xa0\x80\x00", "\ufffd\xff", strings.Repeat("\x80", 100)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, exact := text(b)
		if !utf8.ValidString(s) {
			t.Fatalf("%q became %q, which is not UTF-8", b, s)
		}
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatalf("%q cannot be sent: %v", s, err)
		}
		var back string
		if err := stdjson.Unmarshal(out, &back); err != nil || back != s {
			t.Fatalf("%q is read as %q, %v", s, back, err)
		}
		if utf8.Valid(b) {
			if s != string(b) || exact != "" {
				t.Fatalf("%q became %q and %q", b, s, exact)
			}
			return
		}
		raw, err := base64.StdEncoding.DecodeString(exact)
		if err != nil || string(raw) != string(b) {
			t.Fatalf("%q became exactly %q, %v", b, raw, err)
		}
		if utf8.RuneCountInString(s) != utf8.RuneCount(b) { // which counts each bad byte as one
			t.Fatalf("%q became %q: it is not U+FFFD for each byte", b, s)
		}
	})
}

func TestSeconds(t *testing.T) {
	for _, row := range []struct {
		in   time.Duration
		want float64
	}{
		{0, 0}, {time.Nanosecond, 0}, {499 * time.Nanosecond, 0}, {500 * time.Nanosecond, 1e-6}, {time.Microsecond, 1e-6},
		{1234567 * time.Nanosecond, 0.001235}, {1500 * time.Millisecond, 1.5}, {time.Hour, 3600},
	} {
		if got := seconds(row.in); got != row.want {
			t.Errorf("%v: %v, want %v", row.in, got, row.want)
		}
	}
}

func TestServerTiming(t *testing.T) {
	for _, row := range []struct {
		name string
		in   executor.Timing
		want string
	}{
		{"nothing", executor.Timing{}, "queue;dur=0, prepare;dur=0, compile;dur=0, run;dur=0"},
		{"each", executor.Timing{Queue: time.Second, Prepare: 1500 * time.Microsecond, Run: 2 * time.Millisecond}, "queue;dur=1000, prepare;dur=1.5, compile;dur=0, run;dur=2"},
		{"to the microsecond", executor.Timing{Queue: 1234567 * time.Nanosecond, Run: time.Nanosecond}, "queue;dur=1.235, prepare;dur=0, compile;dur=0, run;dur=0"},
		{"the least there is", executor.Timing{Prepare: time.Microsecond}, "queue;dur=0, prepare;dur=0.001, compile;dur=0, run;dur=0"},
		{"as long as can be asked for", executor.Timing{Run: 229999999 * time.Microsecond}, "queue;dur=0, prepare;dur=0, compile;dur=0, run;dur=229999.999"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := serverTiming(row.in); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
