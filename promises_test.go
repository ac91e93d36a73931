package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"aca-executor/api"
	"aca-executor/config"
	"aca-executor/executor"
)

// mayImport is the direction of the project: which of our packages each may
// import. A package that is not here is a question nobody has asked yet.
var mayImport = map[string][]string{
	"":                         {"api", "config", "executor", "internal/plan", "jobs", "sandbox"},
	"api":                      {"executor", "internal/nearest", "jobs"},
	"compose/scenarios":        {},
	"config":                   {"sandbox", "internal/nearest"},
	"executor":                 {"sandbox", "sandbox/python", "internal/nearest"},
	"internal/described":       {},
	"internal/container":       {},
	"internal/nearest":         {},
	"internal/pgtest":          {},
	"internal/plan":            {},
	"jobs":                     {},
	"sandbox":                  {"sandbox/internal/cred", "sandbox/internal/proc", "sandbox/internal/seccomp", "sandbox/internal/shim"},
	"sandbox/internal/cred":    {},
	"sandbox/internal/proc":    {},
	"sandbox/internal/seccomp": {},
	"sandbox/python":           {"sandbox"},
	"sandbox/internal/shim":    {"sandbox/internal/cred", "sandbox/internal/proc"},
}

// mustNotImport are packages from outside, with the reason in the design: who
// knows HTTP, who knows Linux, who logs.
var mustNotImport = map[string][]string{
	"executor": {"net/http", "os/exec", "syscall", "golang.org/x/sys/unix", "github.com/rs/zerolog"},
	"sandbox":  {"net/http", "github.com/rs/zerolog"},
	"jobs":     {"os/exec", "github.com/rs/zerolog", "github.com/labstack/echo/v4"},
	"config":   {"net/http", "os/exec", "syscall", "github.com/rs/zerolog"},
	"api":      {"os/exec", "syscall", "golang.org/x/sys/unix"},
	// What these import delays the shim's take-over.
	"sandbox/internal/shim": {"fmt", "encoding/binary", "golang.org/x/sys/unix", "net", "io"},
	"sandbox/internal/cred": {"fmt", "golang.org/x/sys/unix"},
	"sandbox/internal/proc": {"fmt", "golang.org/x/sys/unix", "bufio"},
}

// packages parses every package of the project, without tests.
func packages(t *testing.T) map[string][]*ast.File {
	t.Helper()
	found := map[string][]*ast.File{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), ".")
		found[dir] = append(found[dir], f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestImportDirection(t *testing.T) {
	for dir, files := range packages(t) {
		ours, known := mayImport[dir]
		if !known {
			t.Errorf("package %q is not in the table", dir)
			continue
		}
		for _, f := range files {
			for _, spec := range f.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				if own, is := strings.CutPrefix(path, "aca-executor/"); is && !slices.Contains(ours, own) {
					t.Errorf("%q imports %q", dir, own)
				}
				if slices.Contains(mustNotImport[dir], path) {
					t.Errorf("%q imports %q", dir, path)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for dir, files := range packages(t) {
		if !slices.ContainsFunc(files, func(f *ast.File) bool { return f.Doc != nil && len(f.Doc.Text()) > 60 }) {
			t.Errorf("package %q has no comment worth the name", dir)
		}
	}
}

// The README's table is what `executor config` prints.
func TestREADMETable(t *testing.T) {
	readme := readREADME(t)
	for _, row := range config.Table() {
		line := "| `" + row.Name + "` | " + row.Default + " | " + row.Meaning + " |"
		if !strings.Contains(readme, line+"\n") {
			t.Errorf("the README lacks the line\n%s", line)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\|").FindAllStringSubmatch(readme, -1)
	if len(rows) != len(config.Table()) {
		t.Errorf("the README has %d variables, the configuration %d", len(rows), len(config.Table()))
	}
}

// Every status and every code of the service is in the README.
func TestREADMENamesStatusesAndCodes(t *testing.T) {
	readme := readREADME(t)
	var names []string
	for _, s := range executor.Statuses() {
		names = append(names, string(s))
	}
	for _, c := range api.Codes() {
		names = append(names, string(c))
	}
	for _, name := range names {
		if name != string(executor.Canceled) && !strings.Contains(readme, "`"+name+"`") {
			t.Errorf("the README lacks `%s`", name)
		}
	}
}

func readREADME(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
