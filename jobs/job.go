package jobs

import (
	"context"
	"errors"
	"time"
)

// Status is the state of a job.
type Status string

// A job is pending while it is delayed, then queued, then started; it is retry when it
// waits to be started once more. The other three are its end.
const (
	Pending Status = "pending"
	Queued  Status = "queued"
	Started Status = "started"
	Success Status = "success"
	Failure Status = "failure"
	Retry   Status = "retry"
	Revoked Status = "revoked"
)

// Statuses are all of them.
func Statuses() []Status {
	return []Status{Pending, Queued, Started, Success, Failure, Retry, Revoked}
}

// Ended reports whether a job stays as it is.
func (s Status) Ended() bool { return s == Success || s == Failure || s == Revoked }

// Job is a job as it is now.
type Job struct {
	ID       string
	Status   Status
	Language string
	Attempt  int // how many times it was started
	Position int // in the line, from 1; 0 where it is in none

	Created, Due      time.Time
	Started, Finished time.Time // of the last attempt; zero while they are to come

	RunStatus  string   // what its program came to; empty where none was run to its end
	ResultSize int64    // bytes of what Outcome had of that run
	Result     []byte   // that, from Get and Wait, unless it is large: see Queue.Result
	Reason     *Problem // why there is no result, of a job that ended without one
}

// Problem is why a job has no result.
type Problem struct{ Code, Detail string }

// The codes of problems that are this package's own.
const WorkerLost = "worker_lost" // whoever ran it died, again and again

// Submission is a request to keep.
type Submission struct {
	Owner    string // who may see the job; empty where there are no owners
	Key      string // of idempotency; empty for none
	Request  []byte // JSON, the same text for the same request
	Language string
	Weight   int64
	Delay    time.Duration
	Retries  int // after runs that were no success
}

// Claimed is a job that is to be run here and now.
type Claimed struct {
	ID      string
	Request []byte
	Queued  time.Duration // how long it waited since it was due
}

// Outcome is what came of that.
type Outcome struct {
	RunStatus string
	Result    []byte // JSON
	Success   bool
	Final     bool     // another run would come to the same: it is not tried again
	Reason    *Problem // why there is no result
	// Again is set where nothing came of it, for no fault of its own: it goes back into
	// the line. With a reason it does so twice, and then has failed for that.
	Again bool
}

// Gate is where there is room to run something, or not yet.
type Gate interface {
	// EnterJob waits for room for a job that has waited since some time ago.
	EnterJob(ctx context.Context, weight int64, since time.Time) (leave func(), err error)
	// JobUnits is how much of it jobs can have.
	JobUnits() int64
}

// What can come of a call. Every other error is the database's, and wraps
// ErrUnavailable.
var (
	ErrUnavailable = errors.New("the database of the jobs cannot be used")
	ErrUnknown     = errors.New("there is no such job")
	ErrExpired     = errors.New("the job's result was kept for its time, and is gone")
	ErrTooMany     = errors.New("as many jobs are waiting as may")
	ErrKeyReused   = errors.New("the key came with another request before")
)
