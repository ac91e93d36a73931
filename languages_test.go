package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aca-executor/executor"
)

// languageCases is a folder for each language, with a program for each of kinds.
const languageCases = "testdata/languages"

// testLanguages names the languages to test, instead of all that are installed;
// testRuntimes is a file as EXECUTOR_RUNTIMES, to test another version of one.
const (
	testLanguages = "TEST_LANGUAGES"
	testRuntimes  = "TEST_RUNTIMES"
)

// kind is what a program has to show, whatever its language.
type kind struct {
	name   string
	of     string         // the kind whose program it is; its own where empty
	dir    string         // in which the program lies
	ask    map[string]any // beside the language and the program
	status []string       // any of them
	stdout string
	check  func(a answer) string // what else is wrong; nil: nothing can be
}

// kinds are what every language has a program for. Where one has none, the README
// of its folder has a line that says why.
var kinds = []kind{
	{name: "hello", ask: map[string]any{"limits": map[string]any{"memory_mib": 128}}, stdout: "hello\n"},
	{name: "stdin", ask: map[string]any{"stdin": "1 2 3\n40 50\n-6"}, stdout: "3\n90\n"},
	{name: "args", ask: map[string]any{"args": []string{"a b", "-x", "--version", "ünï"}}, stdout: "a b\n-x\n--version\nünï\n"},
	{name: "exit_code", status: []string{"failed"}, check: func(a answer) string {
		return wrong(a.ReturnCode != nil && *a.ReturnCode == 3, "the exit code is not 3")
	}},
	{name: "uncaught_error", status: []string{"failed"}, check: func(a answer) string {
		return wrong(a.Signal != "" || a.ReturnCode != nil && *a.ReturnCode != 0, "neither a signal nor an exit code")
	}},
	{name: "compile_error", status: []string{"compile_error"}},
	{name: "memory", ask: map[string]any{"timeout": 20}, status: []string{"memory_limit"}},
	{name: "time", ask: map[string]any{"timeout": 1}, status: []string{"timeout"}},
	{name: "recursion", ask: map[string]any{"timeout": 20}, status: []string{"failed", "memory_limit"}},
	{name: "output_file", ask: map[string]any{"output_files": []string{"*.txt"}}, check: func(a answer) string {
		ok := len(a.Files) == 1 && a.Files[0].Path == "out.txt" && a.Files[0].Content == "written\n"
		return wrong(ok, "the file is not there")
	}},
	{name: "unicode", ask: map[string]any{"stdin": "grüße ☃\n"}, stdout: "7\ngrüße ☃\n"},
	{name: "threads", ask: map[string]any{"timeout": 20}, stdout: "500000500000\n"},
	{name: "subprocess", stdout: "child\n"},
	{name: "files", stdout: "42\n"},
	{name: "directory", of: "hello", dir: "src", stdout: "hello\n"},
}

// kindsOf are kinds, and whatever else the folder of a language has: what only that
// language has to show. Comments in such a program say how it ends.
func kindsOf(dir string) []kind {
	list := slices.Clone(kinds)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		name, _, program := strings.Cut(e.Name(), ".")
		if (program || e.IsDir()) && !slices.ContainsFunc(list, func(k kind) bool { return k.name == name }) {
			list = append(list, kind{name: name})
		}
	}
	return list
}

func wrong(ok bool, what string) string {
	if ok {
		return ""
	}
	return what
}

// caseProgram is one case: its files, and what its comments say of the outcome.
type caseProgram struct {
	files []map[string]string
	want  map[string]string // entrypoint, status, stdout, stderr, compile
}

var wantComment = regexp.MustCompile(`want (entrypoint|status|stdout|stderr|compile): (.*?)(?:\s+(?:\*/|-->|\*\)|\}))?\s*$`)

// readProgram reads a case; ok is false where there is none. A single file is
// called what the language calls it.
func readProgram(t *testing.T, dir, name, source string) (p caseProgram, ok bool) {
	t.Helper()
	p.want = map[string]string{}
	add := func(path, as string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p.files = append(p.files, map[string]string{"path": as, "content": string(text)})
		for line := range strings.Lines(string(text)) {
			if m := wantComment.FindStringSubmatch(line); m != nil {
				p.want[m[1]] = m[2]
			}
		}
	}
	if found, _ := filepath.Glob(filepath.Join(dir, name+".*")); len(found) == 1 {
		add(found[0], source)
		return p, true
	}
	root := filepath.Join(dir, name)
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			as, _ := filepath.Rel(root, path)
			add(path, as)
		}
		return nil
	})
	return p, len(p.files) > 0
}

// Every language does what it is used for, end to end.
func TestLanguages(t *testing.T) {
	var only []string
	if list := os.Getenv(testLanguages); list != "" {
		only = strings.Split(list, ",")
	}
	s := start(t, "EXECUTOR_LANGUAGES="+cmp.Or(os.Getenv(testLanguages), "all"), "EXECUTOR_RUNTIMES="+os.Getenv(testRuntimes),
		"EXECUTOR_QUEUE_DEPTH=1000", "EXECUTOR_QUEUE_TIMEOUT=30s", "EXECUTOR_LOG_LEVEL=warn")
	offered := s.probed(t)
	places := make(chan struct{}, 2)
	for _, row := range executor.Runtimes {
		t.Run(row.Name, func(t *testing.T) {
			if only != nil && !slices.Contains(only, row.Name) {
				t.Skip("not asked for: " + testLanguages)
			}
			passed, there := offered[row.Name]
			if !there {
				t.Skipf("the language is not installed: it needs %s", strings.Join(append(slices.Clone(row.Binaries), row.Needs...), " "))
			}
			if !passed {
				t.Fatalf("a program does not run in it: %s", s.log)
			}
			dir := filepath.Join(languageCases, row.Name)
			for _, k := range kindsOf(dir) {
				t.Run(k.name, func(t *testing.T) {
					t.Parallel()
					places <- struct{}{}
					defer func() { <-places }()
					s.try(t, row, dir, k)
				})
			}
		})
	}
}

// probed waits until every language was, and says which work.
func (s *service) probed(t *testing.T) map[string]bool {
	t.Helper()
	works := map[string]bool{}
	waitUpTo(t, 10*time.Minute, "the languages to be probed", func() bool {
		resp, err := http.Get(s.url + "/runtimes")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var list []struct {
			Name   string
			Passed *bool
		}
		if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if r.Passed == nil {
				return false
			}
			works[r.Name] = *r.Passed
		}
		return true
	})
	return works
}

// try runs the program of one kind in one language.
func (s *service) try(t *testing.T, row executor.Runtime, dir string, k kind) {
	p, ok := readProgram(t, dir, cmp.Or(k.of, k.name), row.Source)
	if !ok {
		// There is a reason, or TestLanguageFolders fails.
		return
	}
	if k.dir != "" {
		p.files[0]["path"] = k.dir + "/" + p.files[0]["path"]
	}
	request := map[string]any{"language": row.Name, "files": p.files}
	if entry, there := p.want["entrypoint"]; there {
		request["entrypoint"] = entry
	}
	for field, value := range k.ask {
		request[field] = value
	}
	a := s.post(context.Background(), request)
	for _, why := range p.differences(k, a, len(row.Compile) > 0) {
		t.Error(why)
	}
	if t.Failed() {
		compile := ""
		if a.Compile != nil {
			compile = fmt.Sprintf("\ncompile %s stdout %.1500q\nstderr %.1500q", a.Compile.Status, a.Compile.Stdout, a.Compile.Stderr)
		}
		t.Logf("%d %s status %s after %.3f s, %d KiB, stdout %.600q\nstderr %.1500q%s", a.http, a.Detail, a.Status, a.ExecutionTime, a.MemoryKiB, a.Stdout, a.Stderr, compile)
	}
}

// differences says what is not as it should be.
func (p caseProgram) differences(k kind, a answer, compiled bool) (list []string) {
	bad := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	status := k.status
	switch {
	case status == nil:
		status = []string{"success"}
	case k.name == "compile_error" && !compiled:
		status = []string{"failed"}
	}
	if want, there := p.want["status"]; there {
		status = strings.Split(want, "|")
	}
	if !slices.Contains(status, a.Status) {
		bad("status %s, want %s", a.Status, strings.Join(status, " or "))
	}
	switch want, there := p.want["stdout"]; {
	case there:
		if !regexp.MustCompile(want).MatchString(a.Stdout) {
			bad("stdout does not match %s", want)
		}
	case len(k.status) == 0 && a.Stdout != k.stdout:
		bad("stdout %.200q, want %q", a.Stdout, k.stdout)
	}
	if want, there := p.want["stderr"]; there && !regexp.MustCompile(want).MatchString(a.Stderr) {
		bad("stderr does not match %s", want)
	}
	if want, there := p.want["compile"]; there && (a.Compile == nil || !regexp.MustCompile(want).MatchString(a.Compile.Stdout+a.Compile.Stderr)) {
		bad("the compiler's text does not match %s", want)
	}
	if k.check != nil {
		if why := k.check(a); why != "" {
			bad("%s", why)
		}
	}
	return list
}

// Every language has a folder, every folder a language, and every kind a program or a
// reason why there is none.
func TestLanguageFolders(t *testing.T) {
	var names []string
	for _, row := range executor.Runtimes {
		names = append(names, row.Name)
		dir := filepath.Join(languageCases, row.Name)
		reasons, _ := os.ReadFile(filepath.Join(dir, "README"))
		for _, k := range kinds {
			_, there := readProgram(t, dir, cmp.Or(k.of, k.name), row.Source)
			if excused := strings.Contains("\n"+string(reasons), "\n"+k.name+": "); there == excused {
				t.Errorf("%s: %s: a program %v, a reason for none %v", row.Name, k.name, there, excused)
			}
		}
	}
	folders, err := os.ReadDir(languageCases)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !slices.Contains(names, f.Name()) {
			t.Errorf("%s is the folder of no language", f.Name())
		}
	}
}
