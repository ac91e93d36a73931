package api

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"aca-executor/executor"
)

// response is the wire's form. Every field is always there, but for the two
// base64 ones; what does not apply is null.
type response struct {
	ExecutionID string `json:"execution_id"`
	Language    string `json:"language"`
	Version     string `json:"version"`
	Replica     string `json:"replica"`
	Status      string `json:"status"`

	Stdout          string `json:"stdout"`
	Stderr          string `json:"stderr"`
	StdoutBase64    string `json:"stdout_base64,omitempty"`
	StderrBase64    string `json:"stderr_base64,omitempty"`
	StdoutTruncated bool   `json:"stdout_truncated"`
	StderrTruncated bool   `json:"stderr_truncated"`

	ReturnCode *int    `json:"return_code"`
	Signal     *string `json:"signal"`
	LimitHit   *string `json:"limit_hit"`

	ExecutionTime float64 `json:"execution_time"`
	CPUTime       float64 `json:"cpu_time"`
	QueueTime     float64 `json:"queue_time"`
	MemoryKiB     int64   `json:"memory_kib"`

	Compile        *compileResult         `json:"compile"`
	Files          orNone[outputFile]     `json:"files"`
	FilesTruncated bool                   `json:"files_truncated"`
	Summary        *summary               `json:"summary"`
	TestResults    orNone[testCaseResult] `json:"test_results"`

	Limits    limitsInForce `json:"limits"`
	Isolation []string      `json:"isolation"`
}

type limitsInForce struct {
	Timeout    float64 `json:"timeout"`
	CPUSeconds float64 `json:"cpu_seconds"`
	MemoryMiB  int64   `json:"memory_mib"`
	Processes  int64   `json:"processes"`
	FileMiB    int64   `json:"file_mib"`
	DiskMiB    int64   `json:"disk_mib"`
	OutputKiB  int64   `json:"output_kib"`
}

// orNone is null where it is nil; of a list that is empty something was asked.
type orNone[T any] []T

// MarshalJSONTo writes it.
func (l orNone[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if l == nil {
		return enc.WriteToken(jsontext.Null)
	}
	return json.MarshalEncode(enc, []T(l))
}

type compileResult struct {
	Status        string  `json:"status"`
	Stdout        string  `json:"stdout"`
	Stderr        string  `json:"stderr"`
	ReturnCode    *int    `json:"return_code"`
	LimitHit      *string `json:"limit_hit"`
	ExecutionTime float64 `json:"execution_time"`
	Cached        bool    `json:"cached"`
}

type outputFile struct {
	Path      string  `json:"path"`
	Size      int64   `json:"size"`
	Type      string  `json:"type"`
	Encoding  *string `json:"encoding"`
	Content   *string `json:"content"`
	Truncated bool    `json:"truncated"`
}

type summary struct {
	TotalTests     int     `json:"total_tests"`
	Passed         int     `json:"passed"`
	Failed         int     `json:"failed"`
	AllPassed      bool    `json:"all_passed"`
	PassPercentage float64 `json:"pass_percentage"`
}

type testCaseResult struct {
	ID              string  `json:"test_case_id"`
	Number          int     `json:"test_case_number"`
	Input           string  `json:"input"`
	ExpectedOutput  string  `json:"expected_output"`
	ActualOutput    string  `json:"actual_output"`
	OutputTruncated bool    `json:"output_truncated"`
	Error           *string `json:"error"`
	Status          string  `json:"status"`
	Passed          bool    `json:"passed"`
	ExecutionTime   float64 `json:"execution_time"`
	CPUTime         float64 `json:"cpu_time"`
	MemoryKiB       int64   `json:"memory_kib"`
	LimitHit        *string `json:"limit_hit"`
}

func encode(r executor.Response, replica string) response {
	out := response{
		ExecutionID: r.ExecutionID, Language: r.Language, Version: r.Version, Replica: replica, Status: string(r.Status),
		StdoutTruncated: r.Stdout.Truncated, StderrTruncated: r.Stderr.Truncated,
		ReturnCode: r.ReturnCode, Signal: orNull(r.Signal), LimitHit: orNull(r.LimitHit),
		ExecutionTime: seconds(r.WallTime), CPUTime: seconds(r.CPUTime), QueueTime: seconds(r.Timing.Queue), MemoryKiB: r.MemoryKiB,
		Limits: limitsInForce{
			Timeout: seconds(r.Limits.Timeout), CPUSeconds: seconds(r.Limits.CPU), MemoryMiB: r.Limits.MemoryMiB,
			Processes: r.Limits.Processes, FileMiB: r.Limits.FileMiB, DiskMiB: r.Limits.DiskMiB, OutputKiB: r.Limits.OutputKiB,
		},
		Isolation: r.Isolation,
	}
	out.Stdout, out.StdoutBase64 = text(r.Stdout.Bytes)
	out.Stderr, out.StderrBase64 = text(r.Stderr.Bytes)
	if c := r.Compile; c != nil {
		out.Compile = &compileResult{
			Status: string(c.Status), Stdout: lossy(c.Stdout.Bytes), Stderr: lossy(c.Stderr.Bytes), ReturnCode: c.ReturnCode,
			LimitHit: orNull(c.LimitHit), ExecutionTime: seconds(c.WallTime), Cached: c.Cached,
		}
	}
	if r.Files != nil {
		out.Files, out.FilesTruncated = encodeFiles(r.Files.Files), r.Files.Truncated
	}
	if r.TestCases > 0 {
		out.Summary, out.TestResults = encodeTests(r)
	}
	return out
}

// encodeFiles leaves the content of what is no file out. What is not UTF-8 goes
// as base64: it is the same byte for byte.
func encodeFiles(files []executor.OutputFile) []outputFile {
	list := make([]outputFile, len(files))
	for i, f := range files {
		list[i] = outputFile{Path: lossy([]byte(f.Path)), Size: f.Size, Type: string(f.Type), Truncated: f.Truncated}
		if f.Type != executor.RegularFile {
			continue
		}
		encoding, content := "utf8", ""
		if f.Truncated && !isText(f.Content) {
			f.Content = wholeRunes(f.Content)
		}
		if isText(f.Content) {
			content = string(f.Content)
		} else {
			encoding, content = "base64", base64.StdEncoding.EncodeToString(f.Content)
		}
		list[i].Encoding, list[i].Content = &encoding, &content
	}
	return list
}

// wholeRunes leaves out a character that was cut in the middle, where that makes it
// text.
func wholeRunes(b []byte) []byte {
	for cut := 1; cut < utf8.UTFMax && cut <= len(b); cut++ {
		if text := b[:len(b)-cut]; isText(text) {
			return text
		}
	}
	return b
}

// isText reports whether a content is text. Control characters take six bytes each
// in JSON: what has some goes as base64, and no answer is more than twice its files.
func isText(b []byte) bool { return utf8.Valid(b) && !bytes.ContainsFunc(b, isControl) }

func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' }

// room is about what it takes to make a response ready to be sent: what is in it,
// and the JSON while it grows.
func room(r executor.Response) (n int64) {
	const file, stream = 4, 8 // times the size: streams can be all control characters
	n = stream * int64(len(r.Stdout.Bytes)+len(r.Stderr.Bytes))
	if r.Files != nil {
		for _, f := range r.Files.Files {
			n += file * int64(len(f.Content))
		}
	}
	for _, t := range r.Tests {
		n += file * int64(len(t.Actual.Bytes)+len(t.Case.Input)+len(t.Case.Expected))
	}
	return n
}

func encodeTests(r executor.Response) (*summary, []testCaseResult) {
	passed := r.PassedTests
	sum := &summary{
		TotalTests: r.TestCases, Passed: passed, Failed: len(r.Tests) - passed, AllPassed: passed == r.TestCases,
		PassPercentage: math.Round(float64(passed)*1e4/float64(r.TestCases)) / 1e2,
	}
	list := make([]testCaseResult, len(r.Tests))
	for i, t := range r.Tests {
		status := string(t.Status)
		if t.Passed {
			status = "passed"
		}
		list[i] = testCaseResult{
			ID: t.Case.ID, Number: t.Number, Input: t.Case.Input, ExpectedOutput: t.Case.Expected,
			ActualOutput: lossy(t.Actual.Bytes), OutputTruncated: t.Actual.Truncated, Error: orNull(t.Reason),
			Status: status, Passed: t.Passed, ExecutionTime: seconds(t.WallTime), CPUTime: seconds(t.CPUTime),
			MemoryKiB: t.Memory, LimitHit: orNull(t.LimitHit),
		}
	}
	return sum, list
}

// text is a stream as a JSON string. Where it is not UTF-8, each byte that does
// not fit becomes U+FFFD, and the exact bytes go along.
func text(b []byte) (s, exact string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	return lossy(b), base64.StdEncoding.EncodeToString(b)
}

// lossy has U+FFFD for each byte that is not UTF-8.
func lossy(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// seconds is to the microsecond.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1e6) / 1e6 }

// serverTiming is the header of the same name, in milliseconds.
func serverTiming(t executor.Timing) string {
	ms := func(d time.Duration) float64 { return math.Round(d.Seconds()*1e6) / 1e3 }
	return fmt.Sprintf("queue;dur=%v, prepare;dur=%v, compile;dur=%v, run;dur=%v", ms(t.Queue), ms(t.Prepare), ms(t.Compile), ms(t.Run))
}
