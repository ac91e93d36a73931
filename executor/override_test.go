package executor

import (
	"strings"
	"testing"
)

func TestOverride(t *testing.T) {
	t.Parallel()
	const whole = `{"name":"forth","aliases":["fth"],"binaries":["/usr/bin/gforth"],"source":"main.fs","run":["{binary}","--script","{file}"],"hello":"1 .",
		"memory":"exhausted","data_mib":8,"overhead_mib":3,"min_memory_mib":4,"weight":2,"env":{"A":"{out}"},"reads":["/etc/x*"],"compile":[["/bin/cp","{file}","{out}/x"]],
		"prepare":[["/bin/true"]],"prepare_files":{"b":"2","a":"1"},"version":["-V"],"version_input":"v","needs":["/bin/cp"],"compile_env":{"B":"1"}}`
	table, err := Override(Runtimes, []byte(`[`+whole+`,{"name":"python","weight":3}]`))
	if err != nil {
		t.Fatal(err)
	}
	if len(table) != len(Runtimes)+1 {
		t.Fatalf("%d rows, want one more than %d", len(table), len(Runtimes))
	}
	if table[0].Name != "python" || table[0].Weight != 3 || table[0].Hello != Runtimes[0].Hello || Runtimes[0].Weight == 3 {
		t.Errorf("changed to %+v", table[0])
	}
	r := table[len(table)-1]
	if r.Name != "forth" || r.Data != 8<<20 || r.Overhead != 3 || r.MinMemory != 4 || r.Weight != 2 || !r.Memory.MatchString("heap exhausted") ||
		len(r.Compile) != 1 || len(r.Prepare[0].Commands) != 1 || r.Prepare[0].Files[0] != (File{"a", "1"}) || r.Env["A"] != "{out}" || r.CompileEnv["B"] != "1" ||
		r.Reads[0] != "/etc/x*" || r.Needs[0] != "/bin/cp" || r.Version[0] != "-V" || r.VersionInput != "v" || r.Aliases[0] != "fth" {
		t.Errorf("added %+v", r)
	}
}

func TestOverrideRefuses(t *testing.T) {
	t.Parallel()
	// row is a row with which nothing is wrong but what is added.
	row := func(more string) string {
		text := `"name":"x","binaries":["/bin/x"]` + more
		for _, field := range []string{`"source":"a.x"`, `"run":["{binary}","{file}"]`, `"hello":"h"`} {
			if name, _, _ := strings.Cut(field, ":"); more != `,"hello":"2","hello":"3"` && !strings.Contains(more, name) {
				text += "," + field
			}
		}
		return `[{` + text + `}]`
	}
	for _, r := range []struct {
		name, text string
		words      []string // each in a line of its own
	}{
		{"no JSON", `[{]`, []string{"byte"}},
		{"an object", `{"name":"x"}`, []string{"array of objects"}},
		{"a field that is none", row(`,"comand":1`), []string{`0.comand: there is no such field; the nearest is "compile"`}},
		{"a field twice", row(`,"hello":"2","hello":"3"`), []string{"duplicate"}},
		{"a wrong type", row(`,"weight":"2"`), []string{"0.weight"}},
		{"nothing", `[{}]`, []string{"name", "binaries", "source", "run", "hello"}},
		{"capitals", `[{"name":"Python"}]`, []string{`"Python" is not allowed`, "binaries", "source", "run", "hello"}},
		{"a relative binary", row(`,"needs":["cc"]`), []string{`needs: "cc"`}},
		{"a broken pattern", row(`,"reads":["/etc/["]`), []string{`reads: "/etc/["`}},
		{"a source that climbs", row(`,"source":"../x"`), []string{"source"}},
		{"a relative command", row(`,"compile":[["gcc"]]`), []string{`compile: "gcc" is neither`}},
		{"an empty command", row(`,"compile":[[]]`), []string{"compile: it is missing, or empty"}},
		{"an unknown placeholder", row(`,"run":["{binary}","{path}"]`), []string{"run: there is no {path}"}},
		{"several words within one", row(`,"run":["{binary}","-f{files}"]`), []string{"run: {files} stands for several words"}},
		{"a broken pattern for memory", row(`,"memory":"("`), []string{"memory: "}},
		{"no weight", row(`,"weight":0`), []string{"weight: 0"}},
		{"less than nothing", row(`,"data_mib":-1`), []string{"data_mib: -1 is not allowed"}},
		{"more than there can be", row(`,"data_mib":99999999999999`), []string{"data_mib: 99999999999999"}},
		{"null", `null`, []string{"the file is null"}},
		{"a string", `"x"`, []string{"the file is a JSON string"}},
		{"no list", row(`,"aliases":"x"`), []string{"0.aliases: a JSON string is not allowed: it must be []string"}},
		{"a pattern for everything", row(`,"memory":"x*"`), []string{`memory: "x*" matches`}},
		{"a variable without a name", row(`,"env":{"":"x"}`), []string{`env: "" cannot`}},
		{"a variable of two names", row(`,"compile_env":{"A=B":"x"}`), []string{`compile_env: "A=B" cannot`}},
		{"an extension without a dot", row(`,"extensions":["sh"]`), []string{`extensions: "sh"`}},
		{"a file that climbs", row(`,"prepare":[["/bin/true"]],"prepare_files":{"../x":""}`), []string{`prepare_files: "../x"`}},
		{"nothing that is built", row(`,"run":["{out}/x"]`), []string{"run: there is no {out} without compile"}},
		{"a name that is taken", row(`,"aliases":["py"]`), []string{`"py" is a name of python and of x`}},
		{"two mistakes in two rows", strings.TrimSuffix(row(`,"weight":0`), "]") + "," + `{"name":"python","weight":-1}]`, []string{"[0] x: weight", "[1] python: weight"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			_, err := Override(Runtimes, []byte(r.text))
			if err == nil {
				t.Fatal("it is taken")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(r.words) {
				t.Errorf("%d lines, want %d: %q", len(lines), len(r.words), lines)
			}
			for i := range min(len(lines), len(r.words)) {
				if !strings.Contains(err.Error(), r.words[i]) {
					t.Errorf("%q does not say %q", err, r.words[i])
				}
			}
		})
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		names, want, wrong string
	}{
		{"", "all", ""},
		{"bash", "bash", ""},
		{"sh py", "python bash", ""}, // in the order of the table
		{"bash cobol", "", `"cobol" is none of python, `},
	} {
		table, err := Only(Runtimes, strings.Fields(row.names))
		var names []string
		for _, r := range table {
			names = append(names, r.Name)
		}
		if row.want == "all" && len(table) == len(Runtimes) && err == nil {
			continue
		}
		if row.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), row.wrong) {
				t.Errorf("%s: error %v, want %q", row.names, err, row.wrong)
			}
		} else if err != nil || strings.Join(names, " ") != row.want {
			t.Errorf("%s: got %v %v, want %s", row.names, names, err, row.want)
		}
	}
}

// Whatever is in the file, a table comes of it that passes the checks, or an error.
func FuzzOverride(f *testing.F) {
	f.Add(`[{"name":"python","run":["{binary}","{file}","{args}"]}]`)
	f.Add(`[{"name":"x","binaries":["/bin/x"],"source":"a","run":["/x"],"hello":"h","memory":"("}]`)
	f.Fuzz(func(t *testing.T, text string) {
		table, err := Override(Runtimes, []byte(text))
		if err != nil {
			return
		}
		for _, r := range table {
			if wrong := r.check(); wrong != nil {
				t.Errorf("%s: %v", r.Name, wrong)
			}
			c := checked{runtime: Installed{Runtime: r}, files: []File{{r.Source, ""}}, entry: r.Source}
			planCompile(c, r.Compile, Limits{})
			plan(c)
		}
	})
}
