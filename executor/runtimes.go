package executor

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aca-executor/sandbox"
)

// Runtime is a row of the table of languages: everything the service knows of
// one. What of it an operator can set stands in rowFile, too, and in
// docs/languages.md.
type Runtime struct {
	Name    string
	Aliases []string
	// Binaries are where its interpreter or compiler may be, as patterns: each
	// match is a version. The first of two of the same version is used.
	Binaries []string
	// Needs are the other programs without which it is not offered, as patterns.
	Needs []string
	// Version are the arguments with which the binary says its version, and
	// VersionInput is what it then gets to read; --version where both are empty.
	Version      []string
	VersionInput string

	Source     string   // what the file is called when only code is given
	Extensions []string // of sources, besides that of the one that starts
	// Compile are the commands that make a program of the source, and Run is
	// the one that starts it; see command for what can stand in them. Without
	// Compile, Run starts the source.
	Compile [][]string
	Run     []string
	// CompileEnv and Env are laid over the sandbox's own environment, and a
	// request's over Env.
	CompileEnv, Env map[string]string
	// Prepare is built once, before the first run: what all of them share. Each
	// finds what the one before built at {prepared}.
	Prepare []Prepare

	Reads     []string       // patterns of what it must be able to read outside of /usr
	Memory    *regexp.Regexp // its own words for want of memory, on the end of stderr
	Data      int64          // bytes it reserves beyond what it uses: see sandbox.Limits.Data
	Overhead  int64          // MiB of the memory limit that are not for its heap: see {heap_mib}
	MinMemory int64          // MiB without which not even Hello runs
	Weight    int64          // units of room that a run takes
	Hello     string         // a program that prints "hello"
}

// Prepare is a job whose result every compilation and run of a language shares, such
// as a precompiled header; they find what the last of them built at {prepared}.
type Prepare struct {
	Files    []File
	Commands [][]string
}

// Installed is a runtime that was found on this machine, in one version.
type Installed struct {
	Runtime
	Version  string
	Binary   string
	prepared string // the directory of what was prepared
}

// command fills in a command of the table. An element can have in it
//
//	{binary}    the interpreter or compiler
//	{file}      the file that starts, as a path that is no option
//	{stem}      the same without its extension and directory
//	{dir}       its directory
//	{out}       the directory of what is compiled
//	{prepared}  the directory of what was prepared
//	{heap_mib}  the memory limit without the row's Overhead
//
// and three stand for several: {files}, all sources, the one that starts first; {others}, the same without it; and {args}, the request's
// arguments, which come at the end where it is missing from Run.
func (i Installed) command(template []string, c checked) []string {
	words := strings.NewReplacer(
		"{binary}", i.Binary, "{file}", plainName(c.entry), "{stem}", strings.TrimSuffix(path.Base(c.entry), path.Ext(c.entry)),
		"{dir}", plainDir(c.entry), "{out}", sandbox.Out, "{prepared}", i.prepared, "{heap_mib}", strconv.FormatInt(max(c.limits.MemoryMiB-i.Overhead, leastHeap), 10),
	)
	var list []string
	for _, element := range template {
		switch element {
		case "{files}":
			list = append(append(list, plainName(c.entry)), others(c)...)
		case "{others}":
			list = append(list, others(c)...)
		case "{args}":
			list = append(list, c.args...)
		default:
			list = append(list, words.Replace(element))
		}
	}
	return list
}

const leastHeap = 16 // MiB

// plainName makes a name that a program could take for an option, or for a
// list of others, look like the file it is.
func plainName(file string) string {
	if file != "" && (isAlphanumeric(file[0]) || file[0] == '_') && strings.ContainsAny(file, "./") {
		return file
	}
	return "./" + file
}

// plainDir is the directory of a file, likewise.
func plainDir(file string) string {
	if dir := path.Dir(file); dir != "." {
		return "./" + dir
	}
	return "."
}

func isAlphanumeric(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// others are the sources without the one that starts: the files with its extension,
// or another of the language.
func others(c checked) (list []string) {
	for _, f := range c.files {
		ext := path.Ext(f.Path)
		if f.Path != c.entry && (ext == path.Ext(c.entry) || slices.Contains(c.runtime.Extensions, ext)) {
			list = append(list, plainName(f.Path))
		}
	}
	return list
}

// run is the command of a run.
func (i Installed) run(c checked) []string {
	list := i.command(i.Run, c)
	if !slices.Contains(i.Run, "{args}") {
		list = append(list, c.args...)
	}
	return list
}

// found are the binaries of the row that are on this machine; none where
// something else that it needs is missing.
func (r Runtime) found() []string {
	for _, pattern := range r.Needs {
		if len(matches(pattern)) == 0 {
			return nil
		}
	}
	return matches(r.Binaries...)
}

func matches(patterns ...string) (paths []string) {
	for _, p := range patterns {
		found, _ := filepath.Glob(p) // the patterns are ours, or were checked
		paths = append(paths, found...)
	}
	return paths
}

// Readable are the patterns of what the runtimes of the table must be able to
// read, for the sandbox.
func Readable(table []Runtime) (patterns []string) {
	for _, r := range table {
		patterns = append(patterns, r.Reads...)
	}
	return patterns
}

// Commands are a runtime's commands as the table has them, for people.
func (i Installed) Commands() (compile []string, run string) {
	words := strings.NewReplacer("{binary}", i.Binary)
	for _, c := range i.Compile {
		compile = append(compile, words.Replace(strings.Join(c, " ")))
	}
	return compile, words.Replace(strings.Join(i.Run, " "))
}

// choose finds a version by its first components. No version means the newest.
func choose(installed []Installed, language, version string) (Installed, *Error) {
	var versions []string
	best := -1
	for at, i := range installed {
		switch {
		case i.Version == version: // before a longer one that only begins with it
			return i, nil
		case best < 0 && (version == "" || strings.HasPrefix(i.Version, version+".")):
			best = at
		}
		versions = append(versions, i.Version)
	}
	if best >= 0 {
		return installed[best], nil
	}
	return Installed{}, &Error{
		Code: UnsupportedLanguage, Message: fmt.Sprintf("there is no version %q of %s here", clip(version), clip(language)),
		Fields: []FieldError{{"version", fmt.Sprintf("%q is none of %s, nor the beginning of one", clip(version), strings.Join(versions, ", "))}},
	}
}

// is reports whether the row is called so.
func (r Runtime) is(name string) bool { return r.Name == name || slices.Contains(r.Aliases, name) }
