package executor

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aca-executor/sandbox"
)

// Runtime is a row of the table of languages: everything the service knows of
// one.
type Runtime struct {
	Name    string
	Aliases []string
	// Binaries are where its interpreter may be, as patterns: each match is a
	// version. The first of two of the same version is used.
	Binaries []string
	Source   string         // what the file is called when only code is given
	Memory   *regexp.Regexp // its own words for want of memory, on the end of stderr
	Data     int64          // bytes it reserves beyond what it uses: see sandbox.Limits.Data
	Weight   int64          // units of room that a run takes
	Hello    string         // a program that prints "hello"
}

// Runtimes is the table. To add a language is to add a row.
var Runtimes = []Runtime{
	{
		Name: "python", Aliases: []string{"py", "python3"},
		Binaries: []string{"/usr/bin/python3", "/usr/bin/python3.[0-9]", "/usr/bin/python3.[0-9][0-9]"},
		Source:   "main.py",
		Memory:   regexp.MustCompile(`(?m)^([\w.]+\.)?_?\w*MemoryError\b.*$`),
		Data:     1 << 30, Weight: 1,
		Hello: `print("hello")`,
	},
	{
		Name: "javascript", Aliases: []string{"js", "node", "nodejs"},
		Binaries: []string{"/usr/bin/node", "/usr/local/bin/node"},
		Source:   "main.js",
		Memory:   regexp.MustCompile(`JavaScript heap out of memory|Array buffer allocation failed|ERR_MEMORY_ALLOCATION_FAILED|ERR_WORKER_OUT_OF_MEMORY`),
		Data:     4 << 30, Weight: 1,
		Hello: `console.log("hello")`,
	},
	{
		Name: "bash", Aliases: []string{"sh", "shell"},
		Binaries: []string{"/usr/bin/bash", "/bin/bash"},
		Source:   "main.sh",
		Memory:   regexp.MustCompile(`xrealloc: cannot allocate|xmalloc: cannot allocate|[Cc]annot allocate memory`),
		Data:     256 << 20, Weight: 1,
		Hello: `echo hello`,
	},
}

// Installed is a runtime that was found on this machine, in one version.
type Installed struct {
	Runtime
	Version string
	Binary  string
}

// command is what starts a program. A name that could be an option or a
// subcommand is made to look like the file it is.
func (i Installed) command(file string, args []string) []string {
	if strings.HasPrefix(file, "-") || !strings.ContainsAny(file, "./") {
		file = "./" + file
	}
	return append([]string{i.Binary, file}, args...)
}

var versionPattern = regexp.MustCompile(`\d+(\.\d+)+`)

// discover runs every interpreter that is there, in the sandbox, to learn its
// version. Newest versions come first within a language.
func discover(ctx context.Context, r Runner, table []Runtime) ([]Installed, error) {
	var found []Installed
	for _, row := range table {
		var versions []Installed
		for _, binary := range matches(row.Binaries) {
			version, err := askVersion(ctx, r, row, binary)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", binary, err)
			}
			if !slices.ContainsFunc(versions, func(i Installed) bool { return i.Version == version }) {
				versions = append(versions, Installed{row, version, binary})
			}
		}
		slices.SortStableFunc(versions, func(a, b Installed) int { return compareVersions(b.Version, a.Version) })
		found = append(found, versions...)
	}
	return found, nil
}

func matches(patterns []string) (paths []string) {
	for _, p := range patterns {
		found, _ := filepath.Glob(p) // the patterns are ours and well-formed
		paths = append(paths, found...)
	}
	return paths
}

// probeLimits are for our own questions to interpreters, on machines that may
// be busy with starting other things.
var probeLimits = sandbox.Limits{
	Wall: 30 * time.Second, CPU: 30 * time.Second, Memory: 512 << 20, Processes: 64,
	File: 1 << 20, Disk: 4 << 20, Output: 64 << 10,
}

func askVersion(ctx context.Context, r Runner, row Runtime, binary string) (string, error) {
	limits := probeLimits
	limits.Data = row.Data
	results, err := r.Run(ctx, sandbox.Job{Steps: []sandbox.Step{{Args: []string{binary, "--version"}, Limits: limits}}})
	if err != nil {
		return "", err
	}
	out := string(results[0].Stdout.Bytes) + string(results[0].Stderr.Bytes)
	version := versionPattern.FindString(out)
	if r := results[0]; version == "" || r.Outcome != sandbox.Exited || r.ExitCode != 0 {
		return "", fmt.Errorf("--version ended with %s, code %d %s, and said %q", r.Outcome, r.ExitCode, r.Signal, clip(out))
	}
	return version, nil
}

func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// choose finds the runtime for a language, by name or alias, and a version, by
// its first components. No version means the newest.
func choose(installed []Installed, language, version string) (Installed, *Error) {
	var versions []string
	best := -1
	for at, i := range installed {
		switch {
		case i.Name != language && !slices.Contains(i.Aliases, language):
			continue
		case i.Version == version: // before a longer one that only begins with it
			return i, nil
		case best < 0 && (version == "" || strings.HasPrefix(i.Version, version+".")):
			best = at
		}
		versions = append(versions, i.Version)
	}
	switch {
	case best >= 0:
		return installed[best], nil
	case len(versions) > 0:
		return Installed{}, &Error{
			Code: UnsupportedLanguage, Message: fmt.Sprintf("there is no version %q of %s here", clip(version), language),
			Fields: []FieldError{{"version", fmt.Sprintf("%q is none of %s, nor the beginning of one", clip(version), strings.Join(versions, ", "))}},
		}
	}
	return Installed{}, &Error{
		Code: UnsupportedLanguage, Message: fmt.Sprintf("there is no language %q here", clip(language)),
		Fields: []FieldError{{"language", fmt.Sprintf("%q is none of %s", clip(language), strings.Join(names(installed), ", "))}},
	}
}

func names(installed []Installed) (list []string) {
	for _, i := range installed {
		for _, name := range append([]string{i.Name}, i.Aliases...) {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}
