// Package python has CPython's zygote: what it takes to fork a run of Python
// from an interpreter that is already there, and to have it be the same as if
// it had been started.
//
// The package knows the interpreter; how a zygote is kept and confined is the
// sandbox's business.
package python

import (
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"aca-executor/sandbox"
)

//go:embed zygote/*.py
var scripts embed.FS

// script is the zygote's: its files, one behind the other. The last runs what is
// in the others.
func script() string {
	var all strings.Builder
	files, err := fs.Glob(scripts, "zygote/*")
	for _, name := range files {
		text, readErr := scripts.ReadFile(name)
		err = errors.Join(err, readErr)
		all.Write(text)
	}
	if err != nil {
		panic(err) // they are part of this binary
	}
	return all.String()
}

//go:embed native/native.bin
var native []byte

// Name is the language.
const Name = "python"

// Light are the modules that a zygote imports ahead for everybody.
var Light = strings.Fields(`json re math datetime collections itertools functools string heapq bisect copy io random
	threading typing dataclasses`)

// Runner runs a job; a *sandbox.Sandbox does.
type Runner interface {
	Run(ctx context.Context, job sandbox.Job) (sandbox.Report, error)
}

// Facts are what is known of an interpreter that has been started.
type Facts struct {
	Binary string
	needed map[string]bool // top-level modules that those imported ahead import
	counts string          // of what its collector has to visit when a program begins
	// The script as bytecode: to compile it takes memory that every fork would
	// have to copy the map of.
	compiled string
}

// Look starts an interpreter in the sandbox, to learn what a forked one has to
// look like, and whether the modules that are to be imported ahead can be.
func Look(ctx context.Context, r Runner, binary string, modules []string) (Facts, error) {
	result, err := run(ctx, r, binary, "import gc\nprint(gc.get_count())\n")
	if err != nil {
		return Facts{}, err
	}
	counts := strings.TrimSpace(string(result.Stdout.Bytes))
	if !tuple.MatchString(counts) {
		return Facts{}, fmt.Errorf("%s: its collector's counts are %q; %s", binary, counts, result.Stderr.Bytes)
	}
	needed := map[string]bool{}
	for _, m := range modules {
		result, err := run(ctx, r, binary, fmt.Sprintf(noteNames, m))
		if err != nil {
			return Facts{}, err
		}
		if result.Outcome != sandbox.Exited || result.ExitCode != 0 {
			lines := strings.Split(strings.TrimSpace(string(result.Stderr.Bytes)), "\n")
			return Facts{}, &MissingError{m, lines[len(lines)-1]}
		}
		said := strings.TrimSpace(string(result.Stdout.Bytes))
		for _, name := range strings.Fields(said[strings.LastIndex(said, "\n")+1:]) {
			needed[name] = true
		}
	}
	compiled, err := compile(ctx, r, binary)
	if err != nil {
		return Facts{}, err
	}
	return Facts{binary, needed, counts, compiled}, nil
}

// noteNames imports a module and says what that looks for, also where it is not there.
const noteNames = `import sys
names = set()
class Note:
    @staticmethod
    def find_spec(name, *_):
        names.add(name.partition(".")[0])
sys.meta_path.insert(0, Note)
import %s
print()
print(*names)
`

// compile has the interpreter compile the script, to a module without a source.
func compile(ctx context.Context, r Runner, binary string) (string, error) {
	result, err := run(ctx, r, binary, `import base64, importlib.util, marshal
code = compile(open("script").read(), "<zygote>", "exec", dont_inherit=True, optimize=0)
print(base64.b64encode(importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)).decode())
`, sandbox.File{Path: "script", Content: script()})
	if err != nil {
		return "", err
	}
	compiled, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(result.Stdout.Bytes)))
	if err != nil || len(compiled) == 0 {
		return "", fmt.Errorf("%s: it did not compile the zygote's script: %s", binary, result.Stderr.Bytes)
	}
	return string(compiled), nil
}

// MissingError means that a module cannot be imported.
type MissingError struct{ Module, Reason string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("the module %s cannot be imported: %s", e.Module, e.Reason)
}

var tuple = regexp.MustCompile(`^\(\d+, \d+, \d+\)$`)

// startup are variables, by their beginnings, that interpreters, C libraries and
// modules read when they start: what is forked has started already.
var startup = []string{"PYTHON", "LD_", "MALLOC_", "GLIBC_", "LC_", "LANG", "TZ", "HOME", "TMPDIR", "OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "MPL"}

// Alike reports whether a run with this environment and these files is the
// same when it is forked.
func Alike(env map[string]string, files []string) bool {
	for name := range env {
		if slices.ContainsFunc(startup, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			return false
		}
	}
	return !slices.ContainsFunc(files, func(path string) bool { return strings.HasPrefix(path, ".local/") }) // read at the start
}

// importing are the names of what does the importing.
var importing = []string{"meta_path", "path_hooks", "path_importer_cache", "LazyLoader", "builtins"}

// Disturbs reports whether a file of a run may have modules imported otherwise
// than they were imported ahead: it has the name of one that is needed, or talks
// of what does the importing. They would be imported again, and those with code in C
// cannot be, in the same process, without a complaint.
func (f Facts) Disturbs(path, content string) bool {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		name, _, suffix := strings.Cut(part, ".")
		module := i < len(parts)-1 || !suffix || strings.HasSuffix(part, ".py") || strings.HasSuffix(part, ".pyc") || strings.HasSuffix(part, ".so")
		if module && f.needed[name] {
			return true
		}
	}
	return slices.ContainsFunc(importing, func(word string) bool { return strings.Contains(content, word) })
}

// Zygote is the zygote of an interpreter that imports modules ahead.
func (f Facts) Zygote(name string, modules []string, rotate int) sandbox.Zygote {
	list, _ := json.Marshal(modules) // as Python writes it, too
	// CPython imports it by its name. What it has to know is beside it.
	settings := fmt.Sprintf("%s\n%s\n%x\n", list, f.counts, native)
	return sandbox.Zygote{
		Name: name, Args: []string{f.Binary, mainFile}, Rotate: rotate,
		// Whatever the linker does later, it does in every child.
		Env:   []string{"PYTHONPATH=DIR", "LD_BIND_NOW=1"},
		Files: []sandbox.File{{Path: "sitecustomize.pyc", Content: f.compiled}, {Path: "settings", Content: settings}, {Path: mainFile, Content: rehearsal(modules)}},
	}
}

const mainFile = "main.py"

// rehearsal is what a zygote's first child runs, to see which pages of memory
// programs write to. Whoever gets a zygote that has more than the light modules
// imports them.
func rehearsal(modules []string) string {
	var imports strings.Builder
	for _, m := range modules {
		if !slices.Contains(Light, m) {
			fmt.Fprintf(&imports, "import %s\n", m)
		}
	}
	return imports.String() + `
def squares(n):
    return [x * x for x in range(n)]

total = sum(squares(10))
print(f"total {total}")
`
}

func run(ctx context.Context, r Runner, binary, code string, files ...sandbox.File) (sandbox.Result, error) {
	report, err := r.Run(ctx, sandbox.Job{
		Files: append(files, sandbox.File{Path: mainFile, Content: code}),
		Steps: []sandbox.Step{{Args: []string{binary, mainFile}, Limits: limits}},
	})
	if err != nil {
		return sandbox.Result{}, err
	}
	return report.Last(), nil
}

// limits are for our own programs, on machines that may be busy with starting
// other things.
var limits = sandbox.Limits{
	Wall: time.Minute, CPU: time.Minute, Memory: 1 << 30, Processes: 64,
	File: 1 << 20, Disk: 16 << 20, Output: 1 << 20,
}
