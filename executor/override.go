package executor

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"aca-executor/internal/nearest"
)

// rowFile is a row as an operator writes it. What is left out stays as it is in
// the built-in row of the name, or is empty in a new one.
type rowFile struct {
	Name         string             `json:"name"`
	Aliases      *[]string          `json:"aliases"`
	Binaries     *[]string          `json:"binaries"`
	Needs        *[]string          `json:"needs"`
	Version      *[]string          `json:"version"`
	VersionInput *string            `json:"version_input"`
	Source       *string            `json:"source"`
	Extensions   *[]string          `json:"extensions"`
	Compile      *[][]string        `json:"compile"`
	Run          *[]string          `json:"run"`
	CompileEnv   *map[string]string `json:"compile_env"`
	Env          *map[string]string `json:"env"`
	Prepare      *[][]string        `json:"prepare"`
	PrepareFiles *map[string]string `json:"prepare_files"`
	Reads        *[]string          `json:"reads"`
	Memory       *string            `json:"memory"`
	DataMiB      *int64             `json:"data_mib"`
	OverheadMiB  *int64             `json:"overhead_mib"`
	MinMemoryMiB *int64             `json:"min_memory_mib"`
	Weight       *int64             `json:"weight"`
	Hello        *string            `json:"hello"`
}

// Override lays an operator's rows, a JSON array of objects, over a table. Its
// error has a line for each thing that is wrong.
func Override(table []Runtime, text []byte) ([]Runtime, error) {
	var rows []rowFile
	if err := json.Unmarshal(text, &rows, json.RejectUnknownMembers(true)); err != nil {
		return nil, explainJSON(err)
	}
	if rows == nil {
		return nil, errors.New("the file is null: it must be an array of objects")
	}
	table = slices.Clone(table)
	var errs []error
	for n, f := range rows {
		row := Runtime{Name: f.Name, Weight: 1}
		at := slices.IndexFunc(table, func(r Runtime) bool { return r.Name == f.Name })
		if at >= 0 {
			row = table[at]
		}
		bad := f.over(&row)
		for _, why := range append(bad, row.check()...) {
			errs = append(errs, fmt.Errorf("[%d] %s: %s", n, f.Name, why))
		}
		if at >= 0 {
			table[at] = row
		} else {
			table = append(table, row)
		}
	}
	for _, why := range sameNames(table) {
		errs = append(errs, errors.New(why))
	}
	return table, errors.Join(errs...)
}

// explainJSON says what is wrong with the file, in its own terms.
func explainJSON(err error) error {
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		var syntactic *jsontext.SyntacticError
		if errors.As(err, &syntactic) {
			return fmt.Errorf("%w, at byte %d", syntactic.Err, syntactic.ByteOffset)
		}
		return err
	}
	where := strings.ReplaceAll(strings.TrimPrefix(string(semantic.JSONPointer), "/"), "/", ".")
	if errors.Is(err, json.ErrUnknownName) {
		var names []string
		for f := range reflect.TypeFor[rowFile]().Fields() {
			names = append(names, f.Tag.Get("json"))
		}
		name := semantic.JSONPointer.LastToken()
		return fmt.Errorf("%s: there is no such field; the nearest is %q", where, nearest.To(name, names))
	}
	if where == "" {
		return fmt.Errorf("the file is a JSON %v: it must be an array of objects", semantic.JSONKind)
	}
	return fmt.Errorf("%s: a JSON %v is not allowed: it must be %v", where, semantic.JSONKind, semantic.GoType)
}

// over sets what the file has.
func (f rowFile) over(r *Runtime) (wrong []string) {
	set(&r.Aliases, f.Aliases)
	set(&r.Binaries, f.Binaries)
	set(&r.Needs, f.Needs)
	set(&r.Version, f.Version)
	set(&r.VersionInput, f.VersionInput)
	set(&r.Source, f.Source)
	set(&r.Extensions, f.Extensions)
	set(&r.Compile, f.Compile)
	set(&r.Run, f.Run)
	set(&r.CompileEnv, f.CompileEnv)
	set(&r.Env, f.Env)
	f.overPrepare(r)
	set(&r.Reads, f.Reads)
	set(&r.Overhead, f.OverheadMiB)
	set(&r.MinMemory, f.MinMemoryMiB)
	set(&r.Weight, f.Weight)
	set(&r.Hello, f.Hello)
	for field, mebibytes := range map[string]*int64{"data_mib": f.DataMiB, "overhead_mib": f.OverheadMiB, "min_memory_mib": f.MinMemoryMiB} {
		if n := mebibytes; n != nil && (*n < 0 || *n > mostMiB) {
			wrong = append(wrong, fmt.Sprintf("%s: %d is not allowed: it must be from 0 to %d", field, *n, mostMiB))
		}
	}
	if f.DataMiB != nil {
		r.Data = *f.DataMiB << 20
	}
	if f.Memory != nil {
		pattern, err := regexp.Compile(*f.Memory)
		switch {
		case *f.Memory == "":
			r.Memory = nil
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("memory: %v", err))
		case pattern.MatchString(""):
			wrong = append(wrong, fmt.Sprintf("memory: %q matches what says nothing, too", *f.Memory))
		default:
			r.Memory = pattern
		}
	}
	slices.Sort(wrong)
	return wrong
}

const mostMiB = 1 << 20

// overPrepare sets what is prepared, in one go: an operator's row has one step.
func (f rowFile) overPrepare(r *Runtime) {
	if f.Prepare == nil && f.PrepareFiles == nil {
		return
	}
	var p Prepare
	set(&p.Commands, f.Prepare)
	if f.PrepareFiles != nil {
		for _, name := range slices.Sorted(maps.Keys(*f.PrepareFiles)) {
			p.Files = append(p.Files, File{name, (*f.PrepareFiles)[name]})
		}
	}
	r.Prepare = []Prepare{p}
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

var (
	languageName = regexp.MustCompile(`^[a-z0-9][a-z0-9+#._-]*$`)
	placeholder  = regexp.MustCompile(`\{[a-z_]+\}`)
	placeholders = []string{"{binary}", "{file}", "{files}", "{others}", "{stem}", "{dir}", "{out}", "{prepared}", "{heap_mib}", "{args}"}
)

// check says what is wrong with a row.
func (r Runtime) check() (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, name := range append([]string{r.Name}, r.Aliases...) {
		if !languageName.MatchString(name) {
			bad("name, aliases: %q is not allowed: small letters, digits and + # . _ - after the first", name)
		}
	}
	if len(r.Binaries) == 0 {
		bad("binaries: they are missing: say where the interpreter or compiler is")
	}
	for field, patterns := range map[string][]string{"binaries": r.Binaries, "needs": r.Needs, "reads": r.Reads} {
		for _, p := range patterns {
			if _, err := filepath.Match(p, ""); err != nil || !filepath.IsAbs(p) {
				bad("%s: %q is not an absolute path, or a pattern of those", field, p)
			}
		}
	}
	if why := badPath(r.Source); why != "" {
		bad("source: %q %s", r.Source, why)
	}
	var prepare [][]string
	for _, p := range r.Prepare {
		prepare = append(prepare, p.Commands...)
	}
	for field, commands := range map[string][][]string{"run": {r.Run}, "compile": r.Compile, "prepare": prepare} {
		for _, command := range commands {
			if why := badCommand(command); why != "" {
				bad("%s: %s", field, why)
			}
		}
	}
	if r.Weight < 1 {
		bad("weight: %d is not allowed: it must be at least 1", r.Weight)
	}
	for field, env := range map[string]map[string]string{"env": r.Env, "compile_env": r.CompileEnv} {
		for name, value := range env {
			if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(value, 0) {
				bad("%s: %q cannot be the name of a variable, or has a NUL byte in its value", field, name)
			}
		}
	}
	for _, ext := range r.Extensions {
		if !strings.HasPrefix(ext, ".") {
			bad("extensions: %q is not allowed: it must begin with a dot", ext)
		}
	}
	for _, p := range r.Prepare {
		for _, f := range p.Files {
			if why := badPath(f.Path); why != "" {
				bad("prepare_files: %q %s", f.Path, why)
			}
		}
	}
	if len(r.Compile) == 0 && strings.Contains(strings.Join(r.Run, " "), "{out}") {
		bad("run: there is no {out} without compile")
	}
	if r.Hello == "" {
		bad(`hello: it is missing: a program that prints "hello"`)
	}
	slices.Sort(wrong)
	return wrong
}

func badCommand(command []string) string {
	if len(command) == 0 {
		return "it is missing, or empty"
	}
	if first := command[0]; !filepath.IsAbs(first) && !slices.ContainsFunc([]string{"{binary}", "{out}/", "{prepared}/"}, func(p string) bool { return strings.HasPrefix(first, p) }) {
		return fmt.Sprintf("%q is neither an absolute path nor begins with {binary}, {out} or {prepared}", first)
	}
	for _, element := range command {
		if strings.IndexByte(element, 0) >= 0 {
			return "there is a NUL byte in it"
		}
		for _, p := range placeholder.FindAllString(element, -1) {
			if !slices.Contains(placeholders, p) {
				return fmt.Sprintf("there is no %s: there are %s", p, strings.Join(placeholders, " "))
			}
			if several := []string{"{files}", "{others}", "{args}"}; slices.Contains(several, p) && element != p {
				return fmt.Sprintf("%s stands for several words and must be one by itself, not %q", p, element)
			}
		}
	}
	return ""
}

// sameNames finds names that mean two languages.
func sameNames(table []Runtime) (wrong []string) {
	owner := map[string]string{}
	for _, r := range table {
		for _, name := range append([]string{r.Name}, r.Aliases...) {
			if other, taken := owner[name]; taken && other != r.Name {
				wrong = append(wrong, fmt.Sprintf("%q is a name of %s and of %s", name, other, r.Name))
			}
			owner[name] = r.Name
		}
	}
	return wrong
}

// Only keeps the named languages of a table; no name keeps all.
func Only(table []Runtime, names []string) (kept []Runtime, err error) {
	if len(names) == 0 {
		return table, nil
	}
	var all []string
	known := map[string]bool{}
	for _, r := range table {
		all = append(all, r.Name)
		if slices.ContainsFunc(names, r.is) {
			kept = append(kept, r)
		}
		for _, name := range append([]string{r.Name}, r.Aliases...) {
			known[name] = true
		}
	}
	var errs []error
	for _, name := range names {
		if !known[name] {
			errs = append(errs, fmt.Errorf("%q is none of %s", name, strings.Join(all, ", ")))
		}
	}
	return kept, errors.Join(errs...)
}
