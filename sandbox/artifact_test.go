package sandbox

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// building is a job that builds with a script; it finds Out in $OUT.
func building(code string) Job {
	return Job{Build: true, Steps: []Step{{Args: []string{bash, "-c", code}, Env: []string{"OUT=" + Out}, Limits: testLimits()}}}
}

// using is a job that has an artifact, in $OUT as well.
func using(a *Artifact, code string) Job {
	j := building(code)
	j.Build, j.Artifact = false, a
	return j
}

func build(t testing.TB, s *Sandbox, j Job) *Artifact {
	t.Helper()
	report, err := s.Run(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	if report.Artifact == nil {
		t.Fatalf("nothing was built: %s", describe(report.Last()))
	}
	return report.Artifact
}

const tool = "mkdir $OUT/d; echo data > $OUT/d/file; printf '#!/bin/sh\necho \"$0 $1\"; cat \"$(dirname \"$0\")/d/file\"' > $OUT/tool; chmod +x $OUT/tool"

func TestArtifact(t *testing.T) {
	s := open(t, Options{})
	a := build(t, s, building(tool))
	if a.Size != 3*minBlock { // two files and a directory
		t.Errorf("size %d", a.Size)
	}
	j := using(a, "")
	j.Steps[0].Args = []string{Out + "/tool", "x"}
	r := runOne(t, s, j)
	if !strings.HasSuffix(string(r.Stdout.Bytes), "/tool x\ndata\n") {
		t.Error(describe(r))
	}
	if r := runOne(t, s, using(a, "ls -A")); string(r.Stdout.Bytes) != "" {
		t.Errorf("the work directory is not empty: %s", describe(r))
	}
	// Who has it by then keeps it.
	a.Remove()
	if _, err := s.Run(context.Background(), using(a, "")); err == nil {
		t.Error("an artifact that was removed can be used")
	}
}

func TestWhatIsKept(t *testing.T) {
	s := open(t, Options{})
	for _, row := range []struct{ name, code, want string }{
		{"nothing", "true", ""},
		{"only files and directories", "cd $OUT; mkfifo f; ln -s /etc/passwd l; mkdir d; ln -s / d/l; echo x > d/x; : > empty", "./d\n./d/x\n./empty\n"},
		{"rights to execute, and no others", "cd $OUT; : > a; : > b; chmod 700 a; chmod 606 b; chmod u+s a; stat -c %a a b >&2", "./a\n./b\n"},
		{"names as they are", "cd $OUT; : > 'a b'; : > $'new\\nline'; : > -x", "./-x\n./a b\n./new\nline\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := build(t, s, building(row.code))
			if r := runOne(t, s, using(a, "cd $OUT; find . -mindepth 1 | sort")); string(r.Stdout.Bytes) != row.want {
				t.Error(describe(r))
			}
			if r := runOne(t, s, using(a, "find $OUT -perm /7222 ! -type d")); string(r.Stdout.Bytes) != "" {
				t.Errorf("rights: %s", describe(r))
			}
		})
	}
}

func TestWhatIsNotKept(t *testing.T) {
	s := open(t, Options{})
	for _, row := range []struct {
		name, code string
		outcome    Outcome
	}{
		{"of steps that fail", "echo x > $OUT/x; exit 1", Exited},
		{"too many files", "cd $OUT; for i in $(seq 2001); do : > $i; done", Disk},
		{"too deep", "cd $OUT; for i in $(seq 40); do mkdir d; cd d; done; : > x", Disk},
		{"more than the disk limit, where it is sparse", "cd $OUT; for i in 1 2 3 4 5; do truncate -s 15M $i; done", Disk},
	} {
		t.Run(row.name, func(t *testing.T) {
			report, err := s.Run(context.Background(), building(row.code))
			if err != nil || report.Artifact != nil || report.Last().Outcome != row.outcome {
				t.Errorf("%v %+v", err, report)
			}
		})
	}
	if left, _ := os.ReadDir(filepath.Join(s.Dir(), keptDir)); len(left) != 0 {
		t.Errorf("%d artifacts are left", len(left))
	}
}

// What a job puts in the place of its directory, or into it, cannot make the server,
// which no Landlock restricts, read anything else; and it is the job that failed.
func TestWhatCannotBeKept(t *testing.T) {
	s := open(t, Options{})
	secret := t.TempDir()
	// Readable to all, where Landlock is not in the way.
	for dir := secret; strings.Contains(dir, t.Name()); dir = filepath.Dir(dir) {
		os.Chmod(dir, 0o755)
	}
	if err := os.WriteFile(filepath.Join(secret, "main"), []byte("the-servers-secret"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, code, want string }{
		{"a link in the place of the directory", "rmdir $OUT; ln -s " + secret + " $OUT", "path escapes"},
		{"a link that climbs", "rmdir $OUT; ln -s ../../../../../../../../.." + secret + " $OUT", "path escapes"},
		{"a link further up", "rmdir $OUT; mkdir x; ln -s " + secret + " x/y; ln -s x/y $OUT", "path escapes"},
		{"a file in its place", "rmdir $OUT; : > $OUT", "not a directory"},
		{"nothing in its place", "rmdir $OUT", "no such file"},
		{"a file that cannot be read", "mkdir $OUT/x; : > $OUT/x/f; chmod 0 $OUT/x/f", "permission denied"},
		{"no program", ": > $OUT/other", "no program was built"},
		{"a program that is none", ": > $OUT/main", "no program was built"},
	} {
		t.Run(row.name, func(t *testing.T) {
			j := building(row.code)
			if strings.Contains(row.want, "program") {
				j.Program = "main"
			}
			report, err := s.Run(context.Background(), j)
			if err != nil {
				t.Fatal(err)
			}
			if r := report.Last(); report.Artifact != nil || r.ExitCode != 1 || !strings.Contains(string(r.Stderr.Bytes), row.want) {
				t.Errorf("%+v %s", report.Artifact, describe(r))
			}
		})
	}
	if left, _ := os.ReadDir(filepath.Join(s.Dir(), keptDir)); len(left) != 0 {
		t.Errorf("%d artifacts are left", len(left))
	}
}

// An artifact can be neither changed by a run that has it, nor found by one that
// has not; also where there is no Landlock.
func TestArtifactsAreApart(t *testing.T) {
	for _, row := range []struct {
		name    string
		disable Layers
	}{{"with Landlock", 0}, {"without", Landlock}} {
		t.Run(row.name, func(t *testing.T) {
			s := open(t, Options{Disable: row.disable})
			a := build(t, s, building(tool))
			change := `cd $OUT; for f in tool d/file .; do echo x >> $f; rm -rf $f; chmod 777 $f; mv $f y; : > d/new; ln -s / d/l; truncate -s 0 $f; done 2>/dev/null; cat d/file; ls`
			if r := runOne(t, s, using(a, change)); string(r.Stdout.Bytes) != "data\nd\ntool\n" {
				t.Errorf("changed: %s", describe(r))
			}
			// Another run knows every path: of the artifact itself, and of the
			// links of a run that has it and goes on meanwhile.
			var wg sync.WaitGroup
			wg.Go(func() { runOne(t, s, using(a, "cd $OUT; : > ~/begun; while [ ! -e ~/go ]; do sleep 0.01; done")) })
			waitFor(t, "the first run", func() bool { return existsInRuns(s, "begun") })
			views, _ := filepath.Glob(filepath.Join(s.Dir(), "*"+viewMark))
			if len(views) == 0 {
				t.Fatal("no links are there")
			}
			spy := building(`for d in ` + strings.Join(append(views, a.dir), " ") + `; do
				cat $d/d/file; ls $d; cd $d; $d/tool; ln $d/d/file ~/stolen; cat ~/stolen; done 2>/dev/null; echo none`)
			spy.Build, spy.Steps[0].Env = false, nil
			if r := runOne(t, s, spy); string(r.Stdout.Bytes) != "none\n" {
				t.Errorf("found: %s", describe(r))
			}
			for _, v := range views {
				if dir := strings.TrimSuffix(v, viewMark); exists(dir + "/begun") {
					os.WriteFile(dir+"/go", nil, 0o600)
				}
			}
			wg.Wait()
		})
	}
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }

func TestSharedArtifact(t *testing.T) {
	s := open(t, Options{})
	j := building(tool)
	j.Share = "shared"
	a := build(t, s, j)
	for _, code := range []string{"cat " + a.Path() + "/d/file", "echo x >> " + a.Path() + "/d/file; cat " + a.Path() + "/d/file"} {
		j := building(code)
		j.Build, j.Steps[0].Env = false, nil
		if r := runOne(t, s, j); string(r.Stdout.Bytes) != "data\n" {
			t.Error(describe(r))
		}
	}
}

// What was built ahead is there for another server, which builds nothing, cannot change
// it, and leaves it.
func TestArtifactBuiltAhead(t *testing.T) {
	ahead := filepath.Join(traversable(t), "ahead")
	if err := os.Mkdir(ahead, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(ahead) })
	j := building(tool)
	j.Share = "shared"
	build(t, open(t, Options{Ahead: ahead, BuildAhead: true}), j)

	s := open(t, Options{Ahead: ahead})
	report, err := s.Run(context.Background(), j)
	if err != nil || len(report.Steps) != 0 || report.Artifact.Path() != filepath.Join(ahead, "shared") {
		t.Fatalf("%+v %v", report, err)
	}
	for _, code := range []string{"cat " + report.Artifact.Path() + "/d/file", "echo x >> " + report.Artifact.Path() + "/d/file; cat " + report.Artifact.Path() + "/d/file"} {
		j := building(code)
		j.Build, j.Steps[0].Env = false, nil
		if r := runOne(t, s, j); string(r.Stdout.Bytes) != "data\n" {
			t.Error(describe(r))
		}
	}
	report.Artifact.Remove()
	if !exists(filepath.Join(ahead, "shared", "d", "file")) {
		t.Error("it was removed")
	}
	j.Share = "another"
	if report, err := s.Run(context.Background(), j); err != nil || len(report.Steps) == 0 || strings.HasPrefix(report.Artifact.Path(), ahead) {
		t.Errorf("%+v %v", report, err)
	}
}

// go-judge 4ef8811: a descriptor of a binary that was just written is inherited by
// a process that is forked at that moment, and executing it fails (ETXTBSY).
func TestArtifactTextFileBusy(t *testing.T) {
	s := open(t, Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 8 {
				report, err := s.Run(context.Background(), building("cp /usr/bin/true $OUT/main"))
				if err != nil {
					t.Error(err)
					return
				}
				j := using(report.Artifact, "")
				j.Steps[0].Args = []string{Out + "/main"}
				if report, err := s.Run(context.Background(), j); err != nil || report.Last().ExitCode != 0 {
					t.Errorf("%+v %v", report, err)
				}
				report.Artifact.Remove()
			}
		})
	}
	wg.Wait()
}

// What a dead server built is removed by the next one.
func TestReclaimRemovesArtifacts(t *testing.T) {
	needRoot(t)
	dir := traversable(t)
	dead, err := newBase(dir, uidRange{700_000, 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{keptDir + "/1", sharedDir + "/2", "3" + viewMark} {
		if err := os.MkdirAll(filepath.Join(dead.path, d, "x"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dead.lock.Close()
	if err := reclaim(dir, nil); err != nil {
		t.Error(err)
	}
	if exists(dead.path) {
		t.Error("it is still there")
	}
}
