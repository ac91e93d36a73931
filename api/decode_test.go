package api

import (
	stdjson "encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"aca-executor/executor"
)

func ptr[T any](v T) *T { return &v }

// refused says what a decoding error is; code is empty where there is none, and
// "?" where it is not ours.
func refused(err error) (code executor.Code, field, message string) {
	var e *executor.Error
	switch {
	case err == nil:
		return "", "", ""
	case !errors.As(err, &e):
		return "?", "", err.Error()
	}
	if len(e.Fields) > 0 {
		field = e.Fields[0].Field
	}
	return e.Code, field, e.Message
}

func TestDecodeRefuses(t *testing.T) {
	const (
		noJSON  = invalidJSON
		request = executor.InvalidRequest
	)
	open := strings.Repeat("[", 100_000)
	for _, row := range []struct {
		name, body string
		code       executor.Code
		field      string
		message    string
	}{
		// What is not one JSON object.
		{"nothing", "", noJSON, "", "EOF"},
		{"blanks", " \n\t\r", noJSON, "", "EOF"},
		{"a word", "print", noJSON, "", "invalid character 'p'"},
		{"NUL", "\x00", noJSON, "", "invalid character"},
		{"null", "null", noJSON, "", "null: it must be an object"},
		{"true", "true", noJSON, "", "a boolean: it must be an object"},
		{"false behind blanks", "  false", noJSON, "", "a boolean: it must be an object"},
		{"number", "-5", noJSON, "", "a number: it must be an object"},
		{"string", `"{}"`, noJSON, "", "a string: it must be an object"},
		{"array", "[]", noJSON, "", "an array: it must be an object"},
		{"array of a request", `[{"code":"x"}]`, noJSON, "", "an array: it must be an object"},
		{"cut short at once", "{", noJSON, "", "EOF"},
		{"cut short in a name", `{"co`, noJSON, "", "EOF"},
		{"cut short behind a name", `{"code"`, noJSON, "", "EOF"},
		{"cut short in a string", `{"code":"x`, noJSON, "", "EOF"},
		{"cut short before the end", `{"code":"x"`, noJSON, "", "EOF"},
		{"cut short inside", `{"limits":{"memory_mib":64`, noJSON, "", "EOF"},
		{"word behind", `{"code":"x"} x`, noJSON, "", "after top-level value"},
		{"brace behind", `{"code":"x"}}`, noJSON, "", "after top-level value"},
		{"NUL behind", "{\"code\":\"x\"}\x00", noJSON, "", "after top-level value"},
		{"second object", `{"code":"x"}{}`, noJSON, "", "after top-level value"},
		{"second object on its own line", "{\"code\":\"x\"}\n{\"code\":\"y\"}", noJSON, "", "after top-level value"},
		{"byte order mark", "\ufeff{}", noJSON, "", "invalid character"},
		{"UTF-16", "\xff\xfe{\x00}\x00", noJSON, "", ""},
		{"comment", "{} // x", noJSON, "", "after top-level value"},
		{"comma too many", `{"code":"x",}`, noJSON, "", "invalid character"},
		{"comma missing", `{"code":"x" "stdin":"y"}`, noJSON, "", "invalid character"},
		{"colon missing", `{"code" "x"}`, noJSON, "", "invalid character"},
		{"single quotes", `{'code':'x'}`, noJSON, "", "invalid character"},
		{"name without quotes", `{code:"x"}`, noJSON, "", "invalid character"},
		{"number as a name", `{1:2}`, noJSON, "", ""},

		// Names that are there twice.
		{"twice", `{"code":"a","code":"b"}`, noJSON, "", `"code" is there twice`},
		{"twice, the same", `{"code":"a","code":"a"}`, noJSON, "", `"code" is there twice`},
		{"twice, null", `{"code":"a","code":null}`, noJSON, "", `"code" is there twice`},
		{"twice, once escaped", `{"code":"a","c\u006fde":"b"}`, noJSON, "", `"code" is there twice`},
		{"twice in limits", `{"limits":{"processes":1,"processes":2}}`, noJSON, "", `"limits.processes" is there twice`},
		{"twice in a file", `{"files":[{},{"path":"a","path":"b"}]}`, noJSON, "", `"files[1].path" is there twice`},
		{"twice in env", `{"env":{"A":"1","B":"","A":"2"}}`, noJSON, "", `"env.A" is there twice`},
		{"limits twice", `{"limits":{},"limits":{}}`, noJSON, "", `"limits" is there twice`},

		// Text that is none.
		{"not UTF-8 in a string", "{\"code\":\"a\xffb\"}", noJSON, "", "UTF-8"},
		{"not UTF-8 in a name", "{\"c\xffde\":1}", noJSON, "", "UTF-8"},
		{"not UTF-8 in env's name", "{\"env\":{\"\xff\":\"\"}}", noJSON, "", "UTF-8"},
		{"half a character", "{\"code\":\"\xe2\x82\"}", noJSON, "", "UTF-8"},
		{"surrogate as UTF-8", "{\"code\":\"\xed\xa0\x80\"}", noJSON, "", "UTF-8"},
		{"too long UTF-8", "{\"code\":\"\xc0\xaf\"}", noJSON, "", "UTF-8"},
		{"high surrogate alone", `{"code":"\ud83d"}`, noJSON, "", "surrogate"},
		{"high surrogate and a letter", `{"code":"\ud83dx"}`, noJSON, "", "surrogate"},
		{"high surrogate twice", `{"code":"\ud83d\ud83d"}`, noJSON, "", "surrogate"},
		{"low surrogate alone", `{"stdin":"\ude00"}`, noJSON, "", "surrogate"},
		{"surrogates in the wrong order", `{"stdin":"\ude00\ud83d"}`, noJSON, "", "surrogate"},
		{"surrogate in a name", `{"\ud83d":1}`, noJSON, "", "surrogate"},
		{"surrogate in env", `{"env":{"A":"\ud83d"}}`, noJSON, "", "surrogate"},
		{"NUL as it is", "{\"code\":\"a\x00b\"}", noJSON, "", "invalid character"},
		{"new line as it is", "{\"code\":\"a\nb\"}", noJSON, "", "invalid character"},
		{"unknown escape", `{"code":"\x41"}`, noJSON, "", "escape"},
		{"escape that is none", `{"code":"\u00zz"}`, noJSON, "", "escape"},

		// Fields that are not there.
		{"wrong case", `{"Code":"x"}`, request, "Code", `the nearest is "code"`},
		{"capitals", `{"STDIN":"x"}`, request, "STDIN", `no field "STDIN"`},
		{"wrong case in limits", `{"limits":{"Processes":1}}`, request, "limits.Processes", `the nearest is "processes"`},
		{"short for one", `{"lang":"py"}`, request, "lang", `the nearest is "language"`},
		{"typo", `{"timeuot":5}`, request, "timeuot", `the nearest is "timeout"`},
		{"short in limits", `{"limits":{"memory":64}}`, request, "limits.memory", `the nearest is "memory_mib"`},
		{"limit outside of limits", `{"memory_mib":64}`, request, "memory_mib", `no field "memory_mib"`},
		{"field inside of limits", `{"limits":{"timeout":5}}`, request, "limits.timeout", `no field "timeout"`},
		{"typo in a file", `{"files":[{"path":"a"},{"pth":"b"}]}`, request, "files[1].pth", `the nearest is "path"`},
		{"a test case without what is expected", `{"test_cases":[{"expected_output":""},{"input":"1"}]}`, request, "test_cases[1].expected_output", "is missing"},
		{"an unknown field of a test case", `{"test_cases":[{"expected":"1"}]}`, request, "test_cases[0].expected", `the nearest is "expected_output"`},
		{"a number for an expected output", `{"test_cases":[{"expected_output":1}]}`, request, "test_cases[0].expected_output", "must be a string"},
		{"a number for an id", `{"test_cases":[{"id":1}]}`, request, "test_cases[0].id", "must be a string"},
		{"a string for a tolerance", `{"tolerance":"1"}`, request, "tolerance", "must be a number"},
		{"a number for stop_on_failure", `{"stop_on_failure":1}`, request, "stop_on_failure", "must be true or false"},
		{"a string for output_files", `{"output_files":"*"}`, request, "output_files", "must be an array"},
		{"a number for a pattern", `{"output_files":["*",1]}`, request, "output_files[1]", "must be a string"},
		{"unknown and null", `{"foo":null}`, request, "foo", `no field "foo"`},
		{"with a blank", `{"code ":"x"}`, request, "code ", `the nearest is "code"`},
		{"without a letter", `{"":1}`, request, "", `no field ""`},
		{"name with a slash", `{"a/b~c":1}`, request, "a/b~c", `no field "a/b~c"`},
		{"long name", `{"` + strings.Repeat("é", 100_000) + `":1}`, request, strings.Repeat("é", 40) + "...", "no field"},

		// Values of another type.
		{"number for a string", `{"code":5}`, request, "code", "must be a string"},
		{"boolean for a string", `{"language":true}`, request, "language", "must be a string"},
		{"array for a string", `{"stdin":["x"]}`, request, "stdin", "must be a string"},
		{"object for a string", `{"version":{}}`, request, "version", "must be a string"},
		{"number for a version", `{"version":3.11}`, request, "version", "must be a string"},
		{"string for a number", `{"timeout":"5"}`, request, "timeout", "must be a number"},
		{"empty string for a number", `{"timeout":""}`, request, "timeout", "must be a number"},
		{"NaN in a string", `{"timeout":"NaN"}`, request, "timeout", "must be a number"},
		{"boolean for a number", `{"timeout":true}`, request, "timeout", "must be a number"},
		{"array for a number", `{"timeout":[5]}`, request, "timeout", "must be a number"},
		{"string for an integer", `{"limits":{"memory_mib":"64"}}`, request, "limits.memory_mib", "must be a whole number"},
		{"boolean for an integer", `{"limits":{"disk_mib":false}}`, request, "limits.disk_mib", "must be a whole number"},
		{"fraction for an integer", `{"limits":{"memory_mib":64.5}}`, request, "limits.memory_mib", "64.5 is not allowed: it must be a whole number"},
		{"point for an integer", `{"limits":{"memory_mib":64.0}}`, request, "limits.memory_mib", "64.0"},
		{"exponent for an integer", `{"limits":{"processes":1e3}}`, request, "limits.processes", "1e3"},
		{"too large for an integer", `{"limits":{"file_mib":9223372036854775808}}`, request, "limits.file_mib", "9223372036854775808"},
		{"too small for an integer", `{"limits":{"file_mib":-9223372036854775809}}`, request, "limits.file_mib", "-9223372036854775809"},
		{"very long integer", `{"limits":{"output_kib":` + strings.Repeat("9", 100_000) + `}}`, request, "limits.output_kib", "999..."},
		{"too large for a number", `{"timeout":1e400}`, request, "timeout", "1e400"},
		{"too small for a number", `{"limits":{"cpu_seconds":-1e400}}`, request, "limits.cpu_seconds", "-1e400"},
		{"very long number", `{"timeout":1` + strings.Repeat("0", 100_000) + `}`, request, "timeout", "000..."},
		{"object for an array", `{"args":{}}`, request, "args", "must be an array"},
		{"string for an array", `{"args":"x"}`, request, "args", "must be an array"},
		{"number in args", `{"args":["a",5]}`, request, "args[1]", "must be a string"},
		{"array in args", `{"args":[[]]}`, request, "args[0]", "must be a string"},
		{"array for an object", `{"limits":[]}`, request, "limits", "must be an object"},
		{"number for an object", `{"limits":64}`, request, "limits", "must be an object"},
		{"array for env", `{"env":["A=1"]}`, request, "env", "must be an object"},
		{"number in env", `{"env":{"A":"1","B":5}}`, request, "env.B", "must be a string"},
		{"object in env", `{"env":{"A":{}}}`, request, "env.A", "must be a string"},
		{"object for files", `{"files":{"a":"b"}}`, request, "files", "must be an array"},
		{"string in files", `{"files":["a"]}`, request, "files[0]", "must be an object"},
		{"array in files", `{"files":[{},[]]}`, request, "files[1]", "must be an object"},
		{"number for a path", `{"files":[{},{},{"path":5}]}`, request, "files[2].path", "must be a string"},
		{"number for a content", `{"files":[{"path":"a","content":5}]}`, request, "files[0].content", "must be a string"},
		{"number for an encoding", `{"files":[{"encoding":64}]}`, request, "files[0].encoding", "must be a string"},

		// Numbers that are none.
		{"NaN", `{"timeout":NaN}`, noJSON, "", "invalid character"},
		{"Infinity", `{"timeout":-Infinity}`, noJSON, "", "invalid character"},
		{"plus", `{"timeout":+5}`, noJSON, "", "invalid character"},
		{"leading zero", `{"timeout":05}`, noJSON, "", "invalid character"},
		{"leading point", `{"timeout":.5}`, noJSON, "", "invalid character"},
		{"trailing point", `{"timeout":5.}`, noJSON, "", "invalid character"},
		{"hexadecimal", `{"timeout":0x10}`, noJSON, "", "invalid character"},
		{"exponent of nothing", `{"timeout":1e}`, noJSON, "", "invalid character"},

		// Encodings.
		{"unknown encoding", `{"files":[{"path":"a","encoding":"latin1"}]}`, request, "files[0].encoding", `"latin1" is neither utf8 nor base64`},
		{"encoding in capitals", `{"files":[{"path":"a"},{"path":"b","encoding":"BASE64"}]}`, request, "files[1].encoding", `"BASE64"`},
		{"encoding with a hyphen", `{"files":[{"path":"a","encoding":"utf-8"}]}`, request, "files[0].encoding", `"utf-8"`},
		{"long encoding", `{"files":[{"path":"a","encoding":"` + strings.Repeat("x", 100_000) + `"}]}`, request, "files[0].encoding", "xxx..."},
		{"not base64", `{"files":[{"path":"a","content":"print(1)","encoding":"base64"}]}`, request, "files[0].content", "base64"},
		{"base64 without its padding", `{"files":[{"path":"a","content":"YQ","encoding":"base64"}]}`, request, "files[0].content", "base64"},
		{"base64 with more behind it", `{"files":[{"path":"a"},{"path":"b","content":"YQ==YQ==","encoding":"base64"}]}`, request, "files[1].content", "base64"},
		{"base64 of URLs", `{"files":[{"path":"a","content":"-_-_","encoding":"base64"}]}`, request, "files[0].content", "base64"},

		// Depth.
		{"deep body", open, noJSON, "", "an array: it must be an object"},
		{"deep unknown field", `{"foo":` + open, request, "foo", `no field "foo"`},
		{"deep field", `{"code":` + open, noJSON, "", "depth"},
		{"deep field that is closed", `{"code":` + open + strings.Repeat("]", len(open)) + `}`, noJSON, "", "depth"},
		{"deep args", `{"args":[` + open, noJSON, "", "depth"},
		{"deep objects", `{"env":` + strings.Repeat(`{"a":`, 100_000), noJSON, "", "depth"},
		{"deep limits", strings.Repeat(`{"limits":`, 100_000), request, "limits.limits", `no field "limits"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := decode([]byte(row.body))
			code, field, message := refused(err)
			if code != row.code || field != row.field || !strings.Contains(message, row.message) {
				t.Errorf("got  %q, field %q, %q\nwant %q, field %q, %q in it", code, field, message, row.code, row.field, row.message)
			}
			if max(len(message), len(field)) > 1024 || !utf8.ValidString(message+field) {
				t.Errorf("field %d and message %d bytes long, in UTF-8: %v", len(field), len(message), utf8.ValidString(message+field))
			}
		})
	}
}

func TestDecode(t *testing.T) {
	none := []executor.File{}
	for _, row := range []struct {
		name, body string
		want       executor.Request
	}{
		{"nothing is asked", `{}`, executor.Request{Files: none}},
		{"blanks around", "\r\n\t {\n} \n", executor.Request{Files: none}},
		{"empty code", `{"code":""}`, executor.Request{Code: ptr(""), Files: none}},
		{"no files are no code", `{"files":[]}`, executor.Request{Files: none}},
		{"everything", `{"language":"py","version":"3.11","code":"print(1)","entrypoint":"main.py","stdin":"in","args":["a",""],"env":{"A":"1","":"2"},
			"timeout":2.5,"limits":{"cpu_seconds":1e0,"memory_mib":64,"processes":5,"file_mib":1,"disk_mib":9223372036854775807,"output_kib":-7}}`,
			executor.Request{
				Language: "py", Version: "3.11", Code: ptr("print(1)"), Files: none, Entrypoint: "main.py", Stdin: "in",
				Args: []string{"a", ""}, Env: map[string]string{"A": "1", "": "2"}, Timeout: ptr(2.5),
				Limits: executor.RequestLimits{
					CPUSeconds: ptr(1.0), MemoryMiB: ptr[int64](64), Processes: ptr[int64](5), FileMiB: ptr[int64](1),
					DiskMiB: ptr[int64](9223372036854775807), OutputKiB: ptr[int64](-7),
				},
			}},
		{"files", `{"files":[{"path":"a","content":"é"},{"path":"b/c","content":"AP/+\n","encoding":"base64"},{"path":"d","content":"YQ==","encoding":"utf8"},{"path":"e","encoding":"base64"}]}`,
			executor.Request{Files: []executor.File{{Path: "a", Content: "é"}, {Path: "b/c", Content: "\x00\xff\xfe"}, {Path: "d", Content: "YQ=="}, {Path: "e"}}}},
		{"test cases", `{"test_cases":[{"input":"1","expected_output":"2"},{"id":"x","expected_output":""}],"compare":"float","tolerance":0.5,"stop_on_failure":true}`,
			executor.Request{
				Files: none, TestCases: []executor.TestCase{{ID: "1", Input: "1", Expected: "2"}, {ID: "x"}},
				Compare: executor.Float, Tolerance: ptr(0.5), StopOnFailure: true,
			}},
		{"output files", `{"output_files":["*.png","a"]}`, executor.Request{Files: none, OutputFiles: []string{"*.png", "a"}}},
		{"NUL is data", `{"code":"a\u0000b","stdin":"\u0000"}`, executor.Request{Code: ptr("a\x00b"), Files: none, Stdin: "\x00"}},
		{"NUL is data in a file", `{"files":[{"path":"a","content":"\u0000"}]}`, executor.Request{Files: []executor.File{{Path: "a", Content: "\x00"}}}},
		{"NUL elsewhere is for the executor to refuse", `{"args":["\u0000"],"env":{"A\u0000":"\u0000"}}`,
			executor.Request{Files: none, Args: []string{"\x00"}, Env: map[string]string{"A\x00": "\x00"}}},
		{"surrogate pair", `{"code":"\ud83d\ude00"}`, executor.Request{Code: ptr("😀"), Files: none}},
		{"U+FFFD of its own", `{"code":"\ufffd` + "\ufffd" + `"}`, executor.Request{Code: ptr("\ufffd\ufffd"), Files: none}},
		{"escaped name", `{"c\u006fde":"x"}`, executor.Request{Code: ptr("x"), Files: none}},
		{"no word is filtered", `{"code":"import os, subprocess; os.system('rm -rf /')"}`, executor.Request{Code: ptr("import os, subprocess; os.system('rm -rf /')"), Files: none}},
		{"numbers of every form", `{"timeout":-0.5E+1,"limits":{"cpu_seconds":1e308}}`,
			executor.Request{Files: none, Timeout: ptr(-5.0), Limits: executor.RequestLimits{CPUSeconds: ptr(1e308)}}},
		{"too small to tell from nothing", `{"timeout":1e-400}`, executor.Request{Files: none, Timeout: ptr(0.0)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := decode([]byte(row.body))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, row.want) {
				t.Errorf("got  %+v\nwant %+v", got, row.want)
			}
		})
	}
}

// TestDecodeNull: for every field there is, null is the same as leaving it out.
func TestDecodeNull(t *testing.T) {
	for _, object := range []struct {
		of           reflect.Type
		before, back string
	}{
		{reflect.TypeFor[request](), `{`, `}`},
		{reflect.TypeFor[limits](), `{"limits":{`, `}}`},
		{reflect.TypeFor[file](), `{"files":[{`, `}]}`},
	} {
		without, err := decode([]byte(object.before + object.back))
		if err != nil {
			t.Fatal(err)
		}
		for i := range object.of.NumField() {
			name := object.of.Field(i).Tag.Get("json")
			with, err := decode([]byte(object.before + `"` + name + `":null` + object.back))
			if err != nil || !reflect.DeepEqual(with, without) {
				t.Errorf("%s%s: %+v, %v; want %+v", object.before, name, with, err, without)
			}
		}
	}
}

// TestDecodeCopies: a request does not keep its body in memory, nor see what
// becomes of it.
func TestDecodeCopies(t *testing.T) {
	body := []byte(`{"code":"abc","args":["def"],"env":{"ghi":"jkl"},"files":[{"path":"mno","content":"pqr"}]}`)
	got, err := decode(body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	want := executor.Request{Code: ptr("abc"), Args: []string{"def"}, Env: map[string]string{"ghi": "jkl"}, Files: []executor.File{{Path: "mno", Content: "pqr"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", "[[[[", `{"code":"print(1)"}`, `{"code":"\ud83d\ude00\u0000"}`, `{"code":"a","code":"b"}`, `{"Code":1}`, "{\"code\":\"\xff\"}",
		`{"files":[{"path":"a/b","content":"AP8=","encoding":"base64"},{"path":"c","content":"x","encoding":"utf8"}],"entrypoint":"c"}`,
		`{"timeout":1e400,"limits":{"memory_mib":64.5}}`, `{"env":{"A":"1","":2},"args":[null]} x`, `{"limits":{"":{"/":"~"}}}`, `{"":"","\u0000":0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		req, err := decode(body)
		if err == nil {
			if !stdjson.Valid(body) {
				t.Errorf("%q is accepted, as %+v, and is not JSON", body, req)
			}
			if !utf8.Valid(body) {
				t.Errorf("%q is accepted, and is not UTF-8", body)
			}
			return
		}
		e, ours := err.(*executor.Error)
		if !ours {
			t.Fatalf("%q: the error is %T: %v", body, err, err)
		}
		if e.Code != invalidJSON && e.Code != executor.InvalidRequest || e.Message == "" {
			t.Errorf("%q: code %q, message %q", body, e.Code, e.Message)
		}
		if (e.Code == executor.InvalidRequest) != (len(e.Fields) == 1) {
			t.Errorf("%q: code %q with the fields %v", body, e.Code, e.Fields)
		}
		// What is not UTF-8 could not be sent.
		for _, text := range []string{e.Message, fieldOf(e)} {
			if !utf8.ValidString(text) || len(text) > 1024 {
				t.Errorf("%q: %q is %d bytes long, or not UTF-8", body, text, len(text))
			}
		}
	})
}

func fieldOf(e *executor.Error) string {
	if len(e.Fields) == 0 {
		return ""
	}
	return e.Fields[0].Field
}

func TestClip(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"as long as may be", strings.Repeat("x", 80), strings.Repeat("x", 80)},
		{"one more", strings.Repeat("x", 81), strings.Repeat("x", 80) + "..."},
		{"cut inside a character", "x" + strings.Repeat("é", 60), "x" + strings.Repeat("é", 39) + "..."},
		{"cut inside the longest character", "xxx" + strings.Repeat("😀", 60), "xxx" + strings.Repeat("😀", 19) + "..."},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := clip(row.in); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
