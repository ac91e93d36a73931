package api

import (
	"encoding/base64"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

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

	// What these are for is not built yet: null.
	Compile     *struct{} `json:"compile"`
	Files       *struct{} `json:"files"`
	Summary     *struct{} `json:"summary"`
	TestResults *struct{} `json:"test_results"`

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
	return out
}

// text is a stream as a JSON string. Where it is not UTF-8, each byte that does
// not fit becomes U+FFFD, and the exact bytes go along.
func text(b []byte) (s, exact string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	return string([]rune(string(b))), base64.StdEncoding.EncodeToString(b)
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
	return fmt.Sprintf("queue;dur=%v, prepare;dur=%v, compile;dur=0, run;dur=%v", ms(t.Queue), ms(t.Prepare), ms(t.Run))
}
