package executor

import (
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

func TestRuntimesKnowTheirWordsForMemory(t *testing.T) {
	t.Parallel()
	words := map[string][]string{
		"python": {
			"MemoryError", "MemoryError: out", "numpy.core._exceptions._ArrayMemoryError: Unable to allocate", "Traceback:\n  File\nMemoryError\n",
		},
		"javascript": {
			"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
			"RangeError: Array buffer allocation failed", "code: 'ERR_MEMORY_ALLOCATION_FAILED'", "code: 'ERR_WORKER_OUT_OF_MEMORY'",
		},
		"typescript": {"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"},
		"c":          {"main: Cannot allocate memory", "cc1: out of memory allocating 65536 bytes"},
		"assembly":   {"main: Cannot allocate memory"},
		"cpp": {
			"terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n",
			"terminate called after throwing an instance of 'std::bad_array_new_length'\n", "cc1plus: out of memory allocating 65536 bytes",
		},
		"java": {
			"Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n\tat Main.main(Main.java:5)\n",
			"java.lang.OutOfMemoryError: Requested array size exceeds VM limit", "java.lang.OutOfMemoryError: Cannot reserve 8192 bytes of direct buffer memory",
			"warning: INFO: os::commit_memory(0x0000, 16384, 0) failed; error='Not enough space' (errno=12)",
		},
		"csharp": {
			"[ERROR] FATAL UNHANDLED EXCEPTION: System.OutOfMemoryException: Out of memory", "Error: Garbage collector could not allocate 16384 bytes of memory for major heap section.",
		},
		"go":      {"fatal error: runtime: out of memory\n\nruntime stack:\n", "fatal error: out of memory", "fatal error: runtime: cannot allocate memory"},
		"rust":    {"memory allocation of 1073741824 bytes failed\n"},
		"ruby":    {"main.rb:3:in `*': failed to allocate memory (NoMemoryError)\n"},
		"php":     {"PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in main.php on line 3", "Fatal error: Allowed memory size of 1 bytes exhausted"},
		"perl":    {"Out of memory!\n"},
		"lua":     {"lua5.4: not enough memory\n"},
		"r":       {"Error: cannot allocate vector of size 1.0 Gb\nExecution halted\n", "Error: vector memory exhausted (limit reached?)"},
		"haskell": {"main: Heap exhausted;\nmain: Current maximum heap size is 5 bytes", "main: internal error: Unable to commit 1048576 bytes of memory"},
		"ocaml":   {"Fatal error: exception Out of memory\n", "Fatal error: out of memory"},
		"fortran": {"In file 'main.f90', around line 5: Error allocating 4096 bytes\nError termination.", "Operating system error: Cannot allocate memory"},
		"pascal":  {"Runtime error 203 at $0000000000401\n", "An unhandled exception occurred at $00:\nEOutOfMemory: Out of memory\n"},
		"awk":     {"gawk: main.awk:3: (FILENAME=- FNR=1) fatal: node.c:1: more_blocks: freep: cannot allocate 11200 bytes of memory: Cannot allocate memory"},
		"sql":     {"Runtime error near line 3: out of memory (7)\n"},
		"octave":  {"error: out of memory or dimension too large for Octave's index type\n"},
		"prolog":  {"  Stack limit (128.0Mb) exceeded\n", "[FATAL ERROR: Could not allocate memory: Cannot allocate memory]"},
		"tcl":     {"unable to alloc 1048584 bytes\n", "max size for a Tcl value: out of memory allocating 5 bytes"},
		"bash": {
			"main.sh: xrealloc: cannot allocate 64 bytes", "main.sh: xmalloc: cannot allocate 64 bytes", "fork: Cannot allocate memory",
		},
	}
	for _, r := range Runtimes {
		if len(words[r.Name]) == 0 {
			t.Errorf("%s: this test knows none of its words", r.Name)
		}
		for _, w := range words[r.Name] {
			if !r.Memory.MatchString(w) {
				t.Errorf("%s does not recognise %q", r.Name, w)
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
