package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aca-executor/internal/pgtest"
	"aca-executor/jobs"
)

// unavailable waits until submissions are refused, or are not any more.
func (r *replica) unavailable(want bool) {
	r.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, _, err := r.Submit(context.Background(), jobs.Submission{Request: []byte("{}"), Weight: 1, Delay: time.Hour})
		if errors.Is(err, jobs.ErrUnavailable) == want {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("unavailable should be %v: %v", want, err)
		}
	}
}

// A database that goes away, longer than any lease: what runs goes on and is written
// down when it is back, and nothing runs twice, though another replica is there that
// could have taken it.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	pg := pgtest.Start(t)
	o := options(pg.Database(t))
	b := newBlocking()
	r := worker(t, o, 2, b.run)
	other := worker(t, o, 1, echo)
	var ids []string // some of which the other one runs
	for len(b.started) < 2 {
		ids = append(ids, r.submit(jobs.Submission{}).ID)
		time.Sleep(time.Millisecond)
	}
	pg.Down()
	r.unavailable(true)
	if _, err := r.Get(context.Background(), "", ids[0]); !errors.Is(err, jobs.ErrUnavailable) {
		t.Errorf("a job is fetched: %v", err)
	}
	time.Sleep(2 * o.Lease) // this is about time that passes
	close(b.release)        // the programs end while it is away
	time.Sleep(o.Lease)
	if err := pg.Up(); err != nil {
		t.Fatal(err)
	}
	r.unavailable(false)
	for _, id := range ids {
		if job := r.ended(id); job.Status != jobs.Success || job.Attempt != 1 {
			t.Errorf("%+v", job)
		}
	}
	after := r.submit(jobs.Submission{})
	if job := other.ended(after.ID); job.Status != jobs.Success {
		t.Errorf("after that: %+v", job)
	}
}

// A database that is not there yet is waited for.
func TestDatabaseLate(t *testing.T) {
	t.Parallel()
	pg := pgtest.Start(t)
	o := options(pg.Database(t))
	pg.Down()
	r := worker(t, o, 1, echo)
	if r.Usable() {
		t.Error("it is used before it is there")
	}
	r.unavailable(true)
	if err := pg.Up(); err != nil {
		t.Fatal(err)
	}
	r.unavailable(false)
	if job := r.ended(r.submit(jobs.Submission{}).ID); job.Status != jobs.Success {
		t.Errorf("%+v", job)
	}
}

// One that never comes does not keep a process from stopping.
func TestDatabaseNever(t *testing.T) {
	t.Parallel()
	r := worker(t, options("postgres://nobody@127.0.0.1:1/none?sslmode=disable"), 1, echo)
	r.unavailable(true)
	begin := time.Now()
	r.stop()
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if r.errors.Load() == 0 {
		t.Error("nobody was told")
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"sqlite:a":                 "",
		"sqlite:/a/b.db":           "",
		"postgres://h/d":           "",
		"postgresql://u:p@h:5/d":   "",
		"sqlite:":                  "a path",
		"mysql://u:secret@h/d":     "it must be sqlite:PATH or postgres://user:password@host:port/name",
		"postgres://u:secret@h:x/": "it is not a URL",
		"":                         "it must be",
	} {
		err := jobs.ValidDatabase(name)
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v", name, err)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%q: the password is in the error: %v", name, err)
		}
	}
}

// The file is made for nobody else's eyes, and nobody can have put another one in its
// place.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	o := options("sqlite:below/jobs.db")
	o.Dir = dir
	worker(t, o, 1, echo).stop()
	for name, want := range map[string]os.FileMode{"below": 0o700, "below/jobs.db": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	refused := func(what string, o jobs.Options) {
		t.Helper()
		if _, err := jobs.Open(o); err == nil {
			t.Errorf("%s is opened", what)
		}
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "below/jobs.db"), link); err != nil {
		t.Fatal(err)
	}
	refused("a link", options("sqlite:"+link))
	refused("a directory", options("sqlite:"+dir))
	missing := options("sqlite:" + filepath.Join(dir, "missing"))
	missing.Look = true
	refused("what should be there", missing)
	if os.Geteuid() == 0 {
		theirs := filepath.Join(dir, "theirs")
		if err := os.WriteFile(theirs, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(theirs, 12345, 12345); err != nil {
			t.Fatal(err)
		}
		refused("somebody else's file", options("sqlite:"+theirs))
	}
	open := filepath.Join(dir, "open")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777)); err != nil {
		t.Fatal(err)
	}
	refused("a file in a directory of everybody's", options("sqlite:"+filepath.Join(open, "jobs.db")))
	if os.Geteuid() == 0 {
		if err := errors.Join(os.Chmod(open, 0o700), os.Chown(open, 12345, 12345)); err != nil {
			t.Fatal(err)
		}
		refused("a file in somebody else's directory", options("sqlite:"+filepath.Join(open, "jobs.db")))
	}
	public := filepath.Join(dir, "public")
	if err := os.WriteFile(public, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(public, 0o604); err != nil {
		t.Fatal(err)
	}
	refused("a file that others can read", options("sqlite:"+public))
	if info, err := os.Stat(public); err != nil || info.Mode().Perm() != 0o604 {
		t.Errorf("what is refused is changed: %v %v", info, err)
	}
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("this is no database\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	q, err := jobs.Open(options("sqlite:" + garbage))
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Start(context.Background()); err == nil {
		t.Error("a file that is no database is used")
	}
}
