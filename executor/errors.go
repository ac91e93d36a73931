package executor

import "time"

// Code names a kind of refusal; clients branch on it.
type Code string

const (
	InvalidRequest      Code = "invalid_request"      // a field has a value that is not allowed
	UnsupportedLanguage Code = "unsupported_language" // no such language, or not in that version
	QueueFull           Code = "queue_full"           // as many requests wait as may
	QueueTimeout        Code = "queue_timeout"        // no room within the queue timeout
	Draining            Code = "draining"             // the replica is stopping
	SandboxError        Code = "sandbox_error"        // the sandbox broke, not the program
	Canceled            Code = "canceled"             // the client left
)

// Codes are all of them.
var Codes = []Code{InvalidRequest, UnsupportedLanguage, QueueFull, QueueTimeout, Draining, SandboxError, Canceled}

// Error is why a request has no result. How a program ended is never one.
type Error struct {
	Code       Code
	Message    string        // for the client
	Fields     []FieldError  // what is wrong with the request
	RetryAfter time.Duration // when to come again; 0 where that is no use
	Err        error         // for the log only
}

// FieldError is what is wrong with one field. Field is its path in the
// request: "limits.memory_mib", "files[2].path".
type FieldError struct{ Field, Message string }

func (e *Error) Error() string {
	if e.Err != nil {
		return string(e.Code) + ": " + e.Message + ": " + e.Err.Error()
	}
	return string(e.Code) + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }
