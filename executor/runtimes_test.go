package executor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The table is the whole of a language: a row with a hole in it is found out by
// whoever first runs a program in it.
func TestRuntimesAreComplete(t *testing.T) {
	t.Parallel()
	taken := map[string]string{}
	for _, r := range Runtimes {
		for _, name := range append([]string{r.Name}, r.Aliases...) {
			if other, there := taken[name]; there {
				t.Errorf("%q is a name of %s and of %s", name, other, r.Name)
			}
			taken[name] = r.Name
			if name == "" || name != strings.ToLower(strings.TrimSpace(name)) {
				t.Errorf("%q is not what a client would write", name)
			}
		}
		for _, why := range r.check() {
			t.Errorf("%s: %s", r.Name, why)
		}
		if r.Memory == nil {
			t.Errorf("%s: no words for want of memory", r.Name)
		} else if r.Memory.MatchString("") || r.Memory.MatchString("hello\n") {
			t.Errorf("%s: the words for want of memory match anything", r.Name)
		}
		if !strings.Contains(r.Hello, "hello") {
			t.Errorf("%s: %q does not print hello", r.Name, r.Hello)
		}
	}
	if taken[defaultLanguage] == "" {
		t.Errorf("the default language %q is not in the table", defaultLanguage)
	}
}

// What runtimes say for want of memory is in the folder of each, the samples with an
// empty line between them.
func TestRuntimesKnowTheirWordsForMemory(t *testing.T) {
	t.Parallel()
	for _, r := range Runtimes {
		path := filepath.Join("../testdata/languages", r.Name, "memory_words")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for sample := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
			if !r.Memory.MatchString(sample + "\n") {
				t.Errorf("%s: the row does not recognise %q", path, sample)
			}
		}
	}
}

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, a, b string
		want       int
	}{
		{"the same", "3.11.2", "3.11.2", 0},
		{"numbers, not letters", "3.9", "3.11", -1},
		{"the first difference decides", "3.12.0", "3.11.9", 1},
		{"major before minor", "2.99", "3.0", -1},
		{"the last component", "3.11.2", "3.11.10", -1},
		{"more components are newer", "3.11", "3.11.1", -1},
		{"leading zeros are none", "3.01", "3.1", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := compareVersions(row.a, row.b); got != row.want {
				t.Errorf("%s against %s is %d, want %d", row.a, row.b, got, row.want)
			}
			if got := compareVersions(row.b, row.a); got != -row.want {
				t.Errorf("the other way round, %s against %s is %d, want %d", row.b, row.a, got, -row.want)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	// As discover leaves them: newest first within a language.
	var installed []Installed
	for _, version := range []string{"3.12.4", "3.11.10", "3.11.2", "3.1.5", "2.7.18"} {
		installed = append(installed, Installed{Runtime: row(t, "python"), Version: version, Binary: "/opt/python" + version})
	}
	for _, row := range []struct {
		name, language, version string
		want                    string // version; empty: refused
		field                   string
		words                   []string
	}{
		{"no version is the newest", "python", "", "3.12.4", "", nil},
		{"first component", "python", "3", "3.12.4", "", nil},
		{"first component, of an older one", "py", "2", "2.7.18", "", nil},
		{"two components are the newest of them", "python", "3.11", "3.11.10", "", nil},
		{"components are whole: 3.1 is not 3.11", "python", "3.1", "3.1.5", "", nil},
		{"components are whole: 3.11.1 is not 3.11.10", "python", "3.11.1", "", "version", []string{`"3.11.1"`, "3.11.10"}},
		{"all of it", "python", "3.11.2", "3.11.2", "", nil},
		{"more than there is", "python", "3.11.2.1", "", "version", []string{`"3.11.2.1"`}},
		{"a dot too many", "python", "3.", "", "version", []string{`"3."`}},
		{"no such version lists those there are", "python", "4", "", "version", []string{`"4"`, "3.12.4, 3.11.10, 3.11.2, 3.1.5, 2.7.18"}},
		{"no number", "python", "latest", "", "version", []string{`"latest"`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := choose(installed, row.language, row.version)
			if row.want != "" {
				if err != nil || got.Version != row.want {
					t.Errorf("got %s (error %v), want %s", got.Version, err, row.want)
				}
				return
			}
			if err == nil {
				t.Fatalf("got %s %s, want a refusal", got.Name, got.Version)
			}
			if err.Code != UnsupportedLanguage || len(err.Fields) != 1 || err.Fields[0].Field != row.field {
				t.Fatalf("code %s, fields %+v; want %s of %s", err.Code, err.Fields, UnsupportedLanguage, row.field)
			}
			for _, w := range row.words {
				if !strings.Contains(err.Fields[0].Message, w) {
					t.Errorf("%q does not say %q", err.Fields[0].Message, w)
				}
			}
		})
	}
}
