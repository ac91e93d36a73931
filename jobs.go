package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"aca-executor/api"
	"aca-executor/config"
	"aca-executor/executor"
	"aca-executor/jobs"
)

// jobQueue is the jobs' queue, if there is one: without it, all of this does nothing.
type jobQueue struct {
	*jobs.Queue
	page   http.Handler
	begin  func() // to fetch jobs
	drain  func()
	finish func() error
	told   sync.Once
}

// startJobs begins to take jobs, and to run them unless others do. Runs descend from
// work.
func startJobs(work context.Context, cfg config.Config, exec *executor.Executor, log zerolog.Logger) (*jobQueue, error) {
	if cfg.Jobs == "" {
		return &jobQueue{begin: func() {}, drain: func() {}, finish: func() error { return nil }}, nil
	}
	options := jobsOptions(cfg, log)
	if cfg.Role != config.RoleAPI {
		options.Gate, options.Longest = exec.Gate(), exec.Policy().LongestJob()
		options.Run = api.RunJob(exec, replicaName(cfg), log)
	}
	queue, err := jobs.Open(options)
	if err != nil {
		return nil, fmt.Errorf("EXECUTOR_JOBS: %w", err)
	}
	if err := queue.Start(work); err != nil {
		return nil, fmt.Errorf("EXECUTOR_JOBS: %w", err)
	}
	page, err := queue.Page(api.PagePath)
	return &jobQueue{Queue: queue, page: page, begin: queue.Begin, drain: queue.Drain, finish: func() error {
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		defer cancel()
		return queue.Close(ctx)
	}}, err
}

// checkJobs says what is wrong with the name of the database.
func checkJobs(cfg config.Config) error {
	if cfg.Jobs == "" {
		return nil
	}
	if err := jobs.Valid(cfg.Jobs); err != nil {
		return fmt.Errorf("EXECUTOR_JOBS: %w", err)
	}
	return nil
}

// close waits until nothing is left to be written down.
func (q *jobQueue) close(log zerolog.Logger) {
	q.drain()
	q.told.Do(func() {
		if err := q.finish(); err != nil {
			log.Error().Err(err).Msg("jobs")
		}
	})
}

func jobsOptions(cfg config.Config, log zerolog.Logger) jobs.Options {
	dir := cfg.WorkDir
	if dir == "" {
		dir = os.TempDir()
	}
	return jobs.Options{
		Database: cfg.Jobs, Dir: dir, MaxQueued: cfg.JobsMaxQueued, ResultTTL: cfg.JobResultTTL, Lease: cfg.JobLease,
		Log:     slog.New(newSeldom(zerolog.NewSlogHandler(log.Level(max(log.GetLevel(), zerolog.WarnLevel)).With().Str("from", "river").Logger()))),
		OnError: func(err error) { log.Warn().Err(err).Msg("jobs") },
	}
}

// seldom leaves out what was logged within the last minute: River says of each of its
// parts, and again and again, that it has no database.
type seldom struct {
	slog.Handler
	said *said
}

type said struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func newSeldom(h slog.Handler) *seldom { return &seldom{h, &said{last: map[string]time.Time{}}} }

// WithAttrs and WithGroup make handlers that leave out the same.
func (s *seldom) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &seldom{s.Handler.WithAttrs(attrs), s.said}
}
func (s *seldom) WithGroup(name string) slog.Handler {
	return &seldom{s.Handler.WithGroup(name), s.said}
}

// Handle logs a record, or not.
func (s *seldom) Handle(ctx context.Context, r slog.Record) error {
	s.said.mu.Lock()
	recent := r.Time.Sub(s.said.last[r.Message]) < time.Minute
	if !recent {
		s.said.last[r.Message] = r.Time
	}
	s.said.mu.Unlock()
	if recent {
		return nil
	}
	ours := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "job_id" { // which is a number of its own
			a.Key = "river_id"
		}
		ours.AddAttrs(a)
		return true
	})
	return s.Handler.Handle(ctx, ours)
}

// checkDatabase says how the database of the jobs is.
func checkDatabase(ctx context.Context, cfg config.Config, out io.Writer) {
	if cfg.Jobs == "" {
		return
	}
	kind, _, _ := strings.Cut(cfg.Jobs, ":")
	queue, err := openJobs(ctx, cfg)
	switch {
	case errors.Is(err, os.ErrNotExist):
		fmt.Fprintf(out, "jobs     %-13s %-11s its file is made when the service starts\n", kind, "new")
	case err != nil:
		fmt.Fprintf(out, "jobs     %-13s %-11s %s\n", kind, "FAILED", strings.ReplaceAll(err.Error(), "\n", "; "))
	default:
		fmt.Fprintf(out, "jobs     %-13s %-11s\n", kind, "ok")
		queue.Drain()
		queue.Close(ctx)
	}
}

const jobsUsage = `usage: executor jobs list [-status STATE] [-limit N] [-after JOB]
       executor jobs show JOB
       executor jobs revoke JOB

The jobs are those of the database that EXECUTOR_JOBS names, whosever they are`

// jobsCommand looks at the jobs in the database, and revokes some: the service need
// not run for that.
func jobsCommand(ctx context.Context, args []string, cfg config.Config, out io.Writer) error {
	f := flag.NewFlagSet("executor jobs", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	status, limit, after := f.String("status", "", ""), f.Int("limit", 50, ""), f.String("after", "", "")
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	err := f.Parse(args)
	want := map[string]int{"list": 0, "show": 1, "revoke": 1}
	switch n, known := want[command]; {
	case errors.Is(err, flag.ErrHelp), command == "-h", command == "-help", command == "--help":
		_, err := fmt.Fprintln(out, jobsUsage)
		return err
	case err != nil:
		return fmt.Errorf("%w; executor jobs -h says what there is", err)
	case !known || f.NArg() != n || command != "list" && f.NFlag() > 0:
		return errors.New(jobsUsage)
	case *limit < 1:
		return fmt.Errorf("-limit: %d is not allowed: it must be at least 1", *limit)
	case *status != "" && !slices.Contains(jobs.Statuses(), jobs.Status(*status)):
		return fmt.Errorf("-status: %q is none of %s", *status, strings.Trim(fmt.Sprint(jobs.Statuses()), "[]"))
	case *after != "" && uuid.Validate(*after) != nil:
		return fmt.Errorf("-after: %q is not the id of a job", *after)
	case cfg.Jobs == "":
		return errors.New("EXECUTOR_JOBS is empty: it has to name the database of the jobs")
	}
	queue, err := openJobs(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { queue.Drain(); queue.Close(ctx) }()
	switch command {
	case "show":
		return showJob(ctx, queue, f.Arg(0), out)
	case "revoke":
		was, job, err := queue.Revoke(ctx, jobs.Everybody, f.Arg(0))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "it was %s, and is %s\n", was, job.Status)
		return err
	}
	return listJobs(ctx, queue, jobs.Status(*status), *limit, *after, out)
}

// openJobs opens the queue for a moment. A database that is not there is an error then.
func openJobs(ctx context.Context, cfg config.Config) (*jobs.Queue, error) {
	var trouble error
	options := jobsOptions(cfg, zerolog.Nop())
	options.Look = true
	options.OnError = func(err error) { trouble = errors.Join(trouble, err) }
	queue, err := jobs.Open(options)
	if err == nil {
		err = queue.Start(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("EXECUTOR_JOBS: %w", err)
	}
	if !queue.Usable() {
		queue.Drain()
		queue.Close(ctx)
		return nil, trouble
	}
	return queue, nil
}

func listJobs(ctx context.Context, queue *jobs.Queue, status jobs.Status, limit int, after string, out io.Writer) error {
	page, err := queue.List(ctx, jobs.Everybody, status, limit, after)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "JOB\tSTATUS\tRUN\tLANGUAGE\tATTEMPT\tCREATED\tSTARTED\tFINISHED")
	at := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.UTC().Format(time.RFC3339)
	}
	for _, j := range page.Jobs {
		run := j.RunStatus
		switch {
		case j.Reason != nil:
			run = j.Reason.Code
		case run == "":
			run = "-"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n", j.ID, j.Status, run, j.Language, j.Attempt, at(j.Created), at(j.Started), at(j.Finished))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, s := range jobs.Statuses() {
		fmt.Fprintf(out, "%s %d  ", s, page.Counts[s])
	}
	fmt.Fprintln(out)
	if page.Next != "" {
		fmt.Fprintf(out, "there are more: -after %s\n", page.Next)
	}
	return nil
}

// showJob prints a job as GET does, for people.
func showJob(ctx context.Context, queue *jobs.Queue, id string, out io.Writer) error {
	job, err := queue.Get(ctx, jobs.Everybody, id)
	if err != nil {
		return err
	}
	if job.Result == nil && job.ResultSize > 0 {
		if job.Result, err = queue.Result(ctx, jobs.Everybody, id); err != nil {
			return err
		}
	}
	text, err := api.EncodeJob(job)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, b.String())
	return err
}
