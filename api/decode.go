package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"aca-executor/executor"
	"aca-executor/internal/nearest"
)

// request is the wire's form. null is the same as leaving a field out.
type request struct {
	Language   string       `json:"language"`
	Version    string       `json:"version"`
	Code       *string      `json:"code"`
	Files      list[file]   `json:"files"`
	Entrypoint string       `json:"entrypoint"`
	Stdin      string       `json:"stdin"`
	Args       list[string] `json:"args"`
	Env        variables    `json:"env"`
	Timeout    *float64     `json:"timeout"`
	Limits     limits       `json:"limits"`

	TestCases     list[testCase] `json:"test_cases"`
	Compare       string         `json:"compare"`
	Tolerance     *float64       `json:"tolerance"`
	StopOnFailure bool           `json:"stop_on_failure"`

	OutputFiles list[string] `json:"output_files"`
}

type testCase struct {
	ID             *string `json:"id"`
	Input          string  `json:"input"`
	ExpectedOutput *string `json:"expected_output"`
}

type file struct {
	Path     string `json:"path"`
	Content  string `json:"content"`
	Encoding string `json:"encoding"`
}

type limits struct {
	CPUSeconds *float64 `json:"cpu_seconds"`
	MemoryMiB  *int64   `json:"memory_mib"`
	Processes  *int64   `json:"processes"`
	FileMiB    *int64   `json:"file_mib"`
	DiskMiB    *int64   `json:"disk_mib"`
	OutputKiB  *int64   `json:"output_kib"`
}

// decode reads a request.
func decode(body []byte) (executor.Request, error) {
	var wire request
	if err := unmarshal(body, &wire); err != nil {
		return executor.Request{}, err
	}
	return wire.decode()
}

// unmarshal reads exactly one JSON object into a struct. The v2 decoder is strict
// where the standard library's is not: case, duplicate names, invalid UTF-8, lone
// surrogates, what follows the object.
func unmarshal(body []byte, into any) error {
	if kind := jsontext.Value(body).Kind(); kind != '{' && kind != 0 {
		return refusal(invalidJSON, "the body is %s: it must be an object", kindName(kind))
	}
	if err := json.Unmarshal(body, into, json.RejectUnknownMembers(true)); err != nil {
		return decodeError(body, reflect.TypeOf(into).Elem(), err)
	}
	return nil
}

// decode is what the request asks for.
func (wire request) decode() (executor.Request, error) {
	files := make([]executor.File, len(wire.Files))
	for i, f := range wire.Files {
		content, err := f.decode(i)
		if err != nil {
			return executor.Request{}, err
		}
		files[i] = executor.File{Path: f.Path, Content: content}
	}
	var tests []executor.TestCase
	for i, t := range wire.TestCases {
		if t.ExpectedOutput == nil {
			return executor.Request{}, invalid(fmt.Sprintf("test_cases[%d].expected_output", i), "is missing: it may be empty")
		}
		id := strconv.Itoa(i + 1)
		if t.ID != nil {
			id = *t.ID
		}
		tests = append(tests, executor.TestCase{ID: id, Input: t.Input, Expected: *t.ExpectedOutput})
	}
	return executor.Request{
		Language: wire.Language, Version: wire.Version, Code: wire.Code, Files: files, Entrypoint: wire.Entrypoint,
		Stdin: wire.Stdin, Args: wire.Args, Env: wire.Env, Timeout: wire.Timeout,
		Limits:    executor.RequestLimits(wire.Limits),
		TestCases: tests, Compare: executor.Compare(wire.Compare), Tolerance: wire.Tolerance, StopOnFailure: wire.StopOnFailure,
		OutputFiles: wire.OutputFiles,
	}, nil
}

func (f file) decode(i int) (string, error) {
	switch f.Encoding {
	case "", "utf8":
		return f.Content, nil
	case "base64":
		content, err := base64.StdEncoding.DecodeString(f.Content)
		if err != nil {
			return "", invalid(fmt.Sprintf("files[%d].content", i), "is not base64: "+err.Error())
		}
		return string(content), nil
	}
	return "", invalid(fmt.Sprintf("files[%d].encoding", i), fmt.Sprintf("%q is neither utf8 nor base64", clip(f.Encoding)))
}

func invalid(field, message string) error {
	return &executor.Error{
		Code: executor.InvalidRequest, Message: field + ": " + message,
		Fields: []executor.FieldError{{Field: field, Message: message}},
	}
}

// decodeError sorts what the decoder says: JSON that is none, and JSON that is
// not ours, which is a struct.
func decodeError(body []byte, ours reflect.Type, err error) error {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) || !errors.As(err, &semantic) {
		return syntaxError(err)
	}
	field := path(semantic.JSONPointer)
	if errors.Is(err, json.ErrUnknownName) {
		name := semantic.JSONPointer.LastToken()
		return invalid(field, fmt.Sprintf("there is no field %q; the nearest is %q", clip(name), nearest.To(name, siblings(ours, semantic.JSONPointer))))
	}
	if field == "" {
		return refusal(invalidJSON, "the body must be an object")
	}
	if errors.Is(err, errTooMany) {
		return invalid(field, fmt.Sprintf("there are more than %d", mostElements))
	}
	return invalid(field, fmt.Sprintf("%s is not allowed: it must be %s", value(body, semantic), wanted(semantic.GoType)))
}

func syntaxError(err error) error {
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return refusal(invalidJSON, "the body is cut short")
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return refusal(invalidJSON, "the name %q is there twice", clip(path(syntactic.JSONPointer)))
	}
	return refusal(invalidJSON, "%v, at byte %d", syntactic.Err, syntactic.ByteOffset)
}

// value is what stood where something else should have: as it was written, where
// that is short.
func value(body []byte, e *json.SemanticError) string {
	if len(e.JSONValue) > 0 {
		return clip(string(e.JSONValue))
	}
	rest := bytes.TrimLeft(body[min(e.ByteOffset, int64(len(body))):], " \t\r\n:,")
	if text, err := jsontext.NewDecoder(bytes.NewReader(rest)).ReadValue(); err == nil && text.Kind() == e.JSONKind && len(text) <= mostClipped {
		return string(text)
	}
	return kindName(e.JSONKind)
}

// siblings are the names that an object has where the pointer's last one is
// unknown; t is that of the outermost.
func siblings(t reflect.Type, p jsontext.Pointer) (names []string) {
	switch parent := string(p.Parent()); {
	case parent == "/limits":
		t = reflect.TypeFor[limits]()
	case strings.HasPrefix(parent, "/files/"):
		t = reflect.TypeFor[file]()
	case strings.HasPrefix(parent, "/test_cases/"):
		t = reflect.TypeFor[testCase]()
	}
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			names = append(names, f.Tag.Get("json"))
		}
	}
	return names
}

// path writes a pointer as clients write fields: files[2].path.
func path(p jsontext.Pointer) string {
	var b strings.Builder
	list := false // some have elements, env and limits have names
	for token := range p.Tokens() {
		_, err := strconv.Atoi(token)
		switch {
		case err == nil && list:
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + clip(token))
		default:
			b.WriteString(clip(token))
		}
		list = slices.Contains([]string{"files", "args", "test_cases", "output_files"}, token)
	}
	return b.String()
}

func kindName(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '[':
		return "an array"
	case '{':
		return "an object"
	}
	return "not JSON"
}

func wanted(t reflect.Type) string {
	if t == nil {
		return "something else"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "an array"
	}
	return "an object"
}

const mostClipped = 80

// clip keeps what is quoted from a request short.
func clip(s string) string {
	if len(s) > mostClipped {
		return strings.ToValidUTF8(s[:mostClipped], "") + "..."
	}
	return s
}
