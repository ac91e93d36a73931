package executor

import (
	"fmt"
	"math"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// testPolicy has a different number everywhere, so that no limit can be taken
// for another.
var testPolicy = Policy{
	Default: Limits{Timeout: 5 * time.Second, MemoryMiB: 256, Processes: 64, FileMiB: 16, DiskMiB: 48, OutputKiB: 1024},
	Max:     Limits{Timeout: 60 * time.Second, MemoryMiB: 512, Processes: 100, FileMiB: 32, DiskMiB: 96, OutputKiB: 2048},
	Compile: Limits{Timeout: 30 * time.Second, CPU: 50 * time.Second, MemoryMiB: 1024, Processes: 70, FileMiB: 300, DiskMiB: 300, OutputKiB: 200},

	MaxTestCases: 5, TestsTimeout: 90 * time.Second, MaxOutputFiles: 7, OutputFilesMiB: 20,
}

// row is a row of the real table, by name.
func row(t testing.TB, name string) Runtime {
	t.Helper()
	for _, r := range Runtimes {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no runtime %q in the table", name)
	return Runtime{}
}

func testInstalled(t testing.TB) []Installed {
	t.Helper()
	return []Installed{
		{Runtime: row(t, "python"), Version: "3.12.4", Binary: "/opt/python3.12"},
		{Runtime: row(t, "python"), Version: "3.11.2", Binary: "/opt/python3.11"},
		{Runtime: row(t, "javascript"), Version: "20.19.1", Binary: "/opt/node"},
		{Runtime: row(t, "bash"), Version: "5.2.15", Binary: "/opt/bash"},
	}
}

// check settles a request for one of the runtimes.
func check(req Request, installed []Installed, p Policy) (checked, *Error) {
	language := req.Language
	if language == "" {
		language = defaultLanguage
	}
	i, err := choose(slices.DeleteFunc(slices.Clone(installed), func(i Installed) bool { return !i.is(language) }), language, req.Version)
	if err != nil {
		return checked{}, err
	}
	return settle(req, i, p)
}

func ptr[T any](v T) *T { return &v }

// hello is a request with which nothing is wrong.
func hello() Request { return Request{Code: ptr("print('hello')")} }

// mustCheck is for requests with which nothing is wrong.
func mustCheck(t *testing.T, req Request, p Policy) checked {
	t.Helper()
	c, err := check(req, testInstalled(t), p)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	return c
}

// wantWrong is for requests with which one thing is wrong: the refusal names
// the field, and has all of the words.
func wantWrong(t *testing.T, req Request, field string, words ...string) {
	t.Helper()
	_, err := check(req, testInstalled(t), testPolicy)
	if err == nil {
		t.Fatalf("accepted, want a refusal of %s", field)
	}
	if err.Code != InvalidRequest {
		t.Errorf("code %s, want %s", err.Code, InvalidRequest)
	}
	if len(err.Fields) != 1 || err.Fields[0].Field != field {
		t.Fatalf("fields %+v, want %s alone", err.Fields, field)
	}
	for _, w := range words {
		if !strings.Contains(err.Fields[0].Message, w) {
			t.Errorf("%q does not say %q", err.Fields[0].Message, w)
		}
	}
	if want := field + ": " + err.Fields[0].Message; err.Message != want {
		t.Errorf("message %q, want that of the field, %q", err.Message, want)
	}
}

func TestCheckWithNothingAsked(t *testing.T) {
	t.Parallel()
	c := mustCheck(t, Request{Code: ptr("x")}, testPolicy)
	want := checked{
		runtime: testInstalled(t)[0], // the default language, in its newest version
		files:   []File{{"main.py", "x"}},
		entry:   "main.py",
		limits:  Limits{Timeout: 5 * time.Second, CPU: 5 * time.Second, MemoryMiB: 256, Processes: 64, FileMiB: 16, DiskMiB: 48, OutputKiB: 1024},
		total:   testPolicy.TestsTimeout,
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestCheckPassesOn(t *testing.T) {
	t.Parallel()
	req := Request{
		Language: "js", Version: "20", Files: []File{{"a/b.js", "1"}, {"c.js", "2"}}, Entrypoint: "c.js",
		Stdin: "in\x00put", Args: []string{"-x", "y"}, Env: map[string]string{"A": "b"},
	}
	c := mustCheck(t, req, testPolicy)
	if c.runtime.Name != "javascript" || c.entry != "c.js" || c.stdin != req.Stdin {
		t.Errorf("runtime %s, entry %s, stdin %q", c.runtime.Name, c.entry, c.stdin)
	}
	if !reflect.DeepEqual(c.files, req.Files) || !reflect.DeepEqual(c.args, req.Args) || !reflect.DeepEqual(c.env, req.Env) {
		t.Errorf("files %v, args %v, env %v; want those of the request", c.files, c.args, c.env)
	}
}

func TestCheckWholeNumbers(t *testing.T) {
	t.Parallel()
	for _, limit := range []struct {
		field     string
		set       func(*RequestLimits) **int64
		get       func(*Limits) *int64
		def, most int64
	}{
		{"limits.memory_mib", func(l *RequestLimits) **int64 { return &l.MemoryMiB }, func(l *Limits) *int64 { return &l.MemoryMiB }, 256, 512},
		{"limits.processes", func(l *RequestLimits) **int64 { return &l.Processes }, func(l *Limits) *int64 { return &l.Processes }, 64, 100},
		{"limits.file_mib", func(l *RequestLimits) **int64 { return &l.FileMiB }, func(l *Limits) *int64 { return &l.FileMiB }, 16, 32},
		{"limits.disk_mib", func(l *RequestLimits) **int64 { return &l.DiskMiB }, func(l *Limits) *int64 { return &l.DiskMiB }, 48, 96},
		{"limits.output_kib", func(l *RequestLimits) **int64 { return &l.OutputKiB }, func(l *Limits) *int64 { return &l.OutputKiB }, 1024, 2048},
	} {
		for _, row := range []struct {
			name  string
			asked *int64
			want  int64 // 0: refused
		}{
			{"not asked", nil, limit.def},
			{"the least", ptr[int64](1), 1},
			{"above the default", ptr(limit.def + 1), limit.def + 1},
			{"the most", ptr(limit.most), limit.most},
			{"above the most", ptr(limit.most + 1), 0},
			{"zero", ptr[int64](0), 0}, // never "no limit"
			{"negative", ptr[int64](-1), 0},
			{"the least there is", ptr[int64](math.MinInt64), 0},
			{"the most there is", ptr[int64](math.MaxInt64), 0},
		} {
			t.Run(limit.field+"/"+row.name, func(t *testing.T) {
				req := hello()
				*limit.set(&req.Limits) = row.asked
				if row.want == 0 {
					wantWrong(t, req, limit.field, fmt.Sprint(*row.asked), "from 1 to "+fmt.Sprint(limit.most))
					return
				}
				want := mustCheck(t, hello(), testPolicy).limits
				*limit.get(&want) = row.want // and no other one
				if got := mustCheck(t, req, testPolicy).limits; got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			})
		}
	}
}

func TestCheckTimes(t *testing.T) {
	t.Parallel()
	for _, field := range []struct {
		name string
		set  func(*Request, *float64)
		get  func(Limits) time.Duration
	}{
		{"timeout", func(r *Request, v *float64) { r.Timeout = v }, func(l Limits) time.Duration { return l.Timeout }},
		{"limits.cpu_seconds", func(r *Request, v *float64) { r.Limits.CPUSeconds = v }, func(l Limits) time.Duration { return l.CPU }},
	} {
		for _, row := range []struct {
			name  string
			asked *float64
			want  time.Duration // 0: refused
		}{
			{"not asked", nil, 5 * time.Second},
			{"the least", ptr(0.001), time.Millisecond},
			{"a fraction", ptr(1.5), 1500 * time.Millisecond},
			{"the most", ptr(60.0), time.Minute},
			{"just above the most", ptr(math.Nextafter(60, 61)), 0},
			{"just below the least", ptr(math.Nextafter(0.001, 0)), 0},
			{"zero", ptr(0.0), 0}, // never "no limit"
			{"negative zero", ptr(math.Copysign(0, -1)), 0},
			{"negative", ptr(-1.0), 0},
			{"tiny", ptr(math.SmallestNonzeroFloat64), 0},
			{"beyond a duration", ptr(1e10), 0},
			{"huge", ptr(1e300), 0},
			{"infinite", ptr(math.Inf(1)), 0},
			{"infinitely negative", ptr(math.Inf(-1)), 0},
			{"no number", ptr(math.NaN()), 0},
		} {
			t.Run(field.name+"/"+row.name, func(t *testing.T) {
				req := hello()
				field.set(&req, row.asked)
				if row.want == 0 {
					wantWrong(t, req, field.name, fmt.Sprint(*row.asked), "from 0.001 to 60 seconds")
					return
				}
				if got := field.get(mustCheck(t, req, testPolicy).limits); got != row.want {
					t.Errorf("got %v, want %v", got, row.want)
				}
			})
		}
	}
}

func TestCheckProcessorTime(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name         string
		def, max     time.Duration // the operator's
		timeout, cpu *float64      // the request's
		want         time.Duration // 0: refused
	}{
		{"nobody says: the default timeout", 0, 0, nil, nil, 5 * time.Second},
		{"nobody says: the request's timeout", 0, 0, ptr(2.0), nil, 2 * time.Second},
		{"nobody says: no more than the most", 0, 3 * time.Second, ptr(20.0), nil, 3 * time.Second},
		{"the operator says", 4 * time.Second, 0, nil, nil, 4 * time.Second},
		{"the operator says, whatever the timeout", 4 * time.Second, 0, ptr(2.0), nil, 4 * time.Second},
		{"the request says", 4 * time.Second, 8 * time.Second, nil, ptr(8.0), 8 * time.Second},
		{"the request may say more than its timeout, for several processes", 0, 0, ptr(2.0), ptr(8.0), 8 * time.Second},
		{"the request says more than the most", 4 * time.Second, 8 * time.Second, nil, ptr(8.5), 0},
		{"the most is above the longest timeout", 0, 100 * time.Second, nil, ptr(90.0), 90 * time.Second},
		{"no most: the longest timeout", 0, 0, nil, ptr(61.0), 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := testPolicy
			p.Default.CPU, p.Max.CPU = row.def, row.max
			req := hello()
			req.Timeout, req.Limits.CPUSeconds = row.timeout, row.cpu
			c, err := check(req, testInstalled(t), p)
			switch {
			case row.want == 0 && (err == nil || err.Fields[0].Field != "limits.cpu_seconds"):
				t.Errorf("got %v and error %v, want a refusal of limits.cpu_seconds", c.limits.CPU, err)
			case row.want != 0 && (err != nil || c.limits.CPU != row.want):
				t.Errorf("got %v and error %v, want %v", c.limits.CPU, err, row.want)
			}
		})
	}
}

func TestCheckSource(t *testing.T) {
	t.Parallel()
	one := []File{{"prog.py", ""}}
	several := []File{{"lib/a.py", ""}, {"b.py", ""}}
	withMain := []File{{"lib/a.py", ""}, {"main.py", ""}}
	for _, row := range []struct {
		name       string
		language   string
		code       *string
		files      []File
		entrypoint string
		entry      string // what starts; empty: refused
		field      string
		words      []string
	}{
		{name: "code", code: ptr("x"), entry: "main.py"},
		{name: "code that is empty", code: ptr(""), entry: "main.py"},
		{name: "code, in a language with another name for it", language: "js", code: ptr("x"), entry: "main.js"},
		{name: "code and a list of no files", code: ptr("x"), files: []File{}, entry: "main.py"},
		{name: "code and its own name", code: ptr("x"), entrypoint: "main.py", entry: "main.py"},
		{name: "code and another name", code: ptr("x"), entrypoint: "prog.py", field: "entrypoint", words: []string{`"prog.py"`, `"main.py"`}},
		{name: "code and files", code: ptr("x"), files: one, field: "code", words: []string{"not both"}},
		{name: "neither", field: "code", words: []string{"missing", "code or files"}},
		{name: "no code and a list of no files", files: []File{}, field: "code", words: []string{"missing"}},
		{name: "the only file", files: one, entry: "prog.py"},
		{name: "the only file, asked for", files: one, entrypoint: "prog.py", entry: "prog.py"},
		{name: "the only file, but another one is asked for", files: one, entrypoint: "main.py", field: "entrypoint", words: []string{`"main.py"`, "not among the files"}},
		{name: "the language's own name among several", files: withMain, entry: "main.py"},
		{name: "another one than the language's own", files: withMain, entrypoint: "lib/a.py", entry: "lib/a.py"},
		{name: "the own name of another language does not count", language: "js", files: withMain, field: "entrypoint", words: []string{"missing", `"main.js"`}},
		{name: "none of several", files: several, field: "entrypoint", words: []string{"missing", `"main.py"`}},
		{name: "one of several", files: several, entrypoint: "b.py", entry: "b.py"},
		{name: "not among several", files: several, entrypoint: "c.py", field: "entrypoint", words: []string{`"c.py"`, "not among the files"}},
		{name: "the same file by another path", files: several, entrypoint: "./b.py", field: "entrypoint", words: []string{`"./b.py"`}},
		{name: "a directory of the files", files: several, entrypoint: "lib", field: "entrypoint", words: []string{`"lib"`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := Request{Language: row.language, Code: row.code, Files: row.files, Entrypoint: row.entrypoint}
			if row.entry == "" {
				wantWrong(t, req, row.field, row.words...)
				return
			}
			c := mustCheck(t, req, testPolicy)
			if c.entry != row.entry {
				t.Errorf("%q is started, want %q", c.entry, row.entry)
			}
			want := row.files
			if row.code != nil {
				want = []File{{row.entry, *row.code}}
			}
			if !reflect.DeepEqual(c.files, want) {
				t.Errorf("files %v, want %v", c.files, want)
			}
		})
	}
}

func TestCheckPaths(t *testing.T) {
	t.Parallel()
	part := strings.Repeat("p", longestName)
	long := strings.Repeat("long/", longestPath/5)     // ends with a slash
	long += strings.Repeat("x", longestPath-len(long)) // exactly as long as may be
	for _, row := range []struct {
		name  string
		paths []string // main.py is added
		field string   // empty: accepted
		words []string
	}{
		{"plain", []string{"a.txt"}, "", nil},
		{"in directories", []string{"a/b/c.txt", "a/b/d.txt", "a/e.txt"}, "", nil},
		{"dots in names", []string{".hidden", "..two", "a..b", "...", "a/.b/c."}, "", nil},
		{"spaces, quotes, newlines, backslashes", []string{" ", "a b", "it's", "new\nline", `back\slash`, `..\up`}, "", nil},
		{"other alphabets", []string{"übung/αβγ.py", "日本語"}, "", nil},
		{"looks like an option", []string{"-c", "--version"}, "", nil},
		{"the beginning of another name is no directory of it", []string{"a", "ab/c", "a.b/c"}, "", nil},
		{"case tells names apart", []string{"a", "A"}, "", nil},
		{"as long as may be", []string{long}, "", nil},
		{"a part as long as may be", []string{"d/" + part + "/f"}, "", nil},

		{"empty", []string{""}, "files[0].path", []string{"empty"}},
		{"absolute", []string{"/etc/passwd"}, "files[0].path", []string{`"/etc/passwd"`, "absolute", "relative"}},
		{"the root", []string{"/"}, "files[0].path", []string{"absolute"}},
		{"two slashes first", []string{"//a"}, "files[0].path", []string{"absolute"}},
		{"climbs out", []string{"../a"}, "files[0].path", []string{`"../a"`, `part ".."`}},
		{"climbs out later", []string{"a/../../b"}, "files[0].path", []string{`part ".."`}},
		{"climbs, but not out", []string{"a/../b"}, "files[0].path", []string{`part ".."`}},
		{"only up", []string{".."}, "files[0].path", []string{`part ".."`}},
		{"ends upwards", []string{"a/.."}, "files[0].path", []string{`part ".."`}},
		{"the directory itself", []string{"."}, "files[0].path", []string{`part "."`}},
		{"a dot first", []string{"./a"}, "files[0].path", []string{`part "."`}},
		{"a dot between", []string{"a/./b"}, "files[0].path", []string{`part "."`}},
		{"an empty part", []string{"a//b"}, "files[0].path", []string{"empty part"}},
		{"a slash last", []string{"a/"}, "files[0].path", []string{"ends with a slash"}},
		{"a NUL", []string{"a\x00.py"}, "files[0].path", []string{`"a\x00.py"`, "NUL"}},
		{"too long", []string{long + "x"}, "files[0].path", []string{"longer than 1024 bytes"}},
		{"a part too long", []string{"d/" + part + "p"}, "files[0].path", []string{"part longer than 255 bytes"}},
		{"bytes are counted, not letters", []string{strings.Repeat("é", 128)}, "files[0].path", []string{"part longer than 255 bytes"}},
		{"twice", []string{"a", "b", "a"}, "files[2].path", []string{`"a"`, "twice"}},
		{"twice, in a directory", []string{"d/a", "d/a"}, "files[1].path", []string{`"d/a"`, "twice"}},
		{"the name of the runtime's own file, twice", []string{"main.py"}, "files[1].path", []string{`"main.py"`, "twice"}},
		{"a file, then its directory", []string{"a", "a/b"}, "files[1].path", []string{`"a/b" lies in "a"`, "is a file"}},
		{"a file, then a directory far below", []string{"a/b", "a/b/c/d/e"}, "files[1].path", []string{`lies in "a/b"`}},
		{"a directory, then the file", []string{"a/b", "a"}, "files[1].path", []string{`"a"`, "directory of another file"}},
		{"a directory far below, then the file", []string{"a/b/c/d/e", "a/b"}, "files[1].path", []string{`"a/b"`, "directory of another file"}},
		{"the second is named", []string{"fine", "not/fine/"}, "files[1].path", []string{`"not/fine/"`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var files []File
			for _, p := range append(row.paths, "main.py") {
				files = append(files, File{Path: p})
			}
			req := Request{Files: files}
			if row.field != "" {
				wantWrong(t, req, row.field, row.words...)
				return
			}
			if c := mustCheck(t, req, testPolicy); !reflect.DeepEqual(c.files, files) {
				t.Errorf("files %v, want %v", c.files, files)
			}
		})
	}
}

// A file that is taken for a directory is one mistake for each file in it.
func TestCheckPathsNamesEveryFileInAFile(t *testing.T) {
	t.Parallel()
	_, err := check(Request{Files: []File{{"a", ""}, {"a/b", ""}, {"a/c/d", ""}, {"e/f", ""}}, Entrypoint: "a"}, testInstalled(t), testPolicy)
	if err == nil {
		t.Fatal("accepted")
	}
	var got []string
	for _, f := range err.Fields {
		got = append(got, f.Field)
	}
	if want := []string{"files[1].path", "files[2].path"}; !reflect.DeepEqual(got, want) {
		t.Errorf("fields %q, want %q", got, want)
	}
}

// FuzzBadPath holds that exactly the paths are accepted that name a file below
// the directory they are joined to, and name it in one way only.
func FuzzBadPath(f *testing.F) {
	for _, p := range []string{
		"", "main.py", "a/b/c", "/etc/passwd", "..", "../a", "a/..", "a/../b", ".", "./a", "a/.", "a//b", "//", "a/", "a\x00b", "\x00",
		"...", "..a", "-c", `a\..\b`, "C:/a", "é/ü", "\xff", "a/\xc3", " ", "~", "a/b/../../../c",
		strings.Repeat("a", longestName), strings.Repeat("a", longestName+1), strings.Repeat("a/", longestPath/2) + "a", strings.Repeat("../", 9) + "a",
	} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		why := badPath(p)
		parts := strings.Split(p, "/")
		good := filepath.IsLocal(p) && path.Clean(p) == p && p != "." && !strings.Contains(p, "\x00") && len(p) <= longestPath
		for _, part := range parts {
			good = good && len(part) <= longestName
		}
		if (why == "") != good {
			t.Fatalf("badPath(%q) = %q, while it should be accepted: %v", p, why, good)
		}
		if why != "" {
			if len(why) > 200 || !utf8.ValidString(why) {
				t.Errorf("badPath(%q) gives the reason %q", p, why)
			}
			return
		}
		const root = "/srv/run"
		if joined := path.Join(root, p); joined != root+"/"+p {
			t.Errorf("%q below %s is %q", p, root, joined)
		}
		for _, part := range parts {
			if part == "" || part == "." || part == ".." {
				t.Errorf("%q is accepted with the part %q", p, part)
			}
		}
	})
}

func TestCheckRoom(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	block := strings.Repeat("x", 4096)
	empty := func(n int) (files []File) {
		for i := range n {
			files = append(files, File{Path: strconv.Itoa(i)})
		}
		return files
	}
	for _, row := range []struct {
		name  string
		files []File
		disk  int64
		fits  bool
		words []string
	}{
		{"as much as may be", []File{{"a", strings.Repeat("x", mib)}}, 1, true, nil},
		{"a byte more", []File{{"a", strings.Repeat("x", mib+1)}}, 1, false, []string{"limits.disk_mib (1)"}},
		{"a byte more, where more may be", []File{{"a", strings.Repeat("x", mib+1)}}, 2, true, nil},
		{"two together", []File{{"a", strings.Repeat("x", mib/2)}, {"b", strings.Repeat("x", mib/2+1)}}, 1, false, nil},
		{"an empty file is a block", empty(256), 1, true, nil},
		{"one empty file more", empty(257), 1, false, nil},
		{"a byte is a block", append(empty(255), File{"a", "x"}), 1, true, nil},
		{"a block is one block, not two", append(empty(255), File{"a", block}), 1, true, nil},
		{"a directory is a block", append(empty(254), File{"d/a", block}), 1, true, nil},
		{"one directory too many", append(empty(254), File{"d/e/a", block}), 1, false, nil},
		{"a directory is counted once", append(empty(253), File{"d/a", ""}, File{"d/b", ""}), 1, true, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := Request{Files: row.files, Entrypoint: row.files[0].Path, Limits: RequestLimits{DiskMiB: &row.disk}}
			if !row.fits {
				wantWrong(t, req, "files", row.words...)
				return
			}
			mustCheck(t, req, testPolicy)
		})
	}
	t.Run("code counts too", func(t *testing.T) {
		req := Request{Code: ptr(strings.Repeat("#", mib+1)), Limits: RequestLimits{DiskMiB: ptr[int64](1)}}
		if _, err := check(req, testInstalled(t), testPolicy); err == nil || err.Code != InvalidRequest {
			t.Errorf("error %v, want a refusal", err)
		}
	})
	t.Run("the operator's default counts where nothing is asked", func(t *testing.T) {
		wantWrong(t, Request{Files: []File{{"a", strings.Repeat("x", 48*mib+1)}}}, "files", "limits.disk_mib (48)")
	})
}

func TestCheckArguments(t *testing.T) {
	t.Parallel()
	filled := func(n int, length int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.Repeat("x", length)
		}
		return list
	}
	const most, each = longestArgs, 16 // each argument takes a pointer and more
	for _, row := range []struct {
		name  string
		args  []string
		env   map[string]string
		field string // empty: accepted
		words []string
	}{
		{"none", []string{}, map[string]string{}, "", nil},
		{"anything but NUL", []string{"", "-c", "--", "a b", "\n", "日本語", "$(id)"}, nil, "", nil},
		{"any names and values", nil, map[string]string{"a": "", "B_2": "x=y", "with space": "\n", "É": "é", "PATH": "/x"}, "", nil},
		{"NUL in an argument", []string{"fine", "a\x00b"}, nil, "args[1]", []string{"NUL"}},
		{"NUL in a value", nil, map[string]string{"A": "fine", "B": "x\x00"}, "env.B", []string{"NUL"}},
		{"NUL in a name", nil, map[string]string{"A\x00": "x"}, "env.A\x00", []string{"NUL"}},
		{"a name that is empty", nil, map[string]string{"": "x"}, "env", []string{`""`, "name of a variable"}},
		{"a name with =", nil, map[string]string{"A=B": "x"}, "env", []string{`"A=B"`, "name of a variable"}},
		{"a name that begins with =", nil, map[string]string{"=A": "x"}, "env", []string{`"=A"`}},
		{"an argument as long as may be", filled(1, longestArg), nil, "", nil},
		{"an argument too long", filled(1, longestArg+1), nil, "args[0]", []string{"longer than 131071 bytes"}},
		{"a variable as long as may be", nil, map[string]string{"AB": strings.Repeat("x", longestArg-3)}, "", nil},
		{"a variable too long", nil, map[string]string{"AB": strings.Repeat("x", longestArg-2)}, "env.AB", []string{"longer than 131071 bytes"}},
		{"together as long as may be", filled(16, most/16-each), nil, "", nil},
		{"together too long", append(filled(15, most/16-each), strings.Repeat("x", most/16-each+1)), nil, "args", []string{"together", "1048576"}},
		{"arguments and variables together too long", filled(15, most/16-each), map[string]string{"A": strings.Repeat("x", most/16-each-1)}, "args", []string{"together"}},
		{"arguments and variables together as long as may be", filled(15, most/16-each), map[string]string{"A": strings.Repeat("x", most/16-each-2)}, "", nil},
		{"very many that are empty", filled(most/each+1, 0), nil, "args", []string{"together"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := hello()
			req.Args, req.Env = row.args, row.env
			if row.field != "" {
				wantWrong(t, req, row.field, row.words...)
				return
			}
			mustCheck(t, req, testPolicy)
		})
	}
}

// A client with three mistakes wants to hear of three, in an order that does
// not change from one answer to the next.
func TestCheckReportsEverything(t *testing.T) {
	t.Parallel()
	req := Request{
		Timeout: ptr(-1.0), Limits: RequestLimits{MemoryMiB: ptr[int64](0), OutputKiB: ptr[int64](9999)},
		Files: []File{{"/a", ""}, {"b", ""}, {"b", ""}}, Entrypoint: "c",
		Args: []string{"\x00"}, Env: map[string]string{"Z": "\x00", "A": "\x00"},
	}
	want := []string{"timeout", "limits.memory_mib", "limits.output_kib", "files[0].path", "files[2].path", "entrypoint", "args[0]", "env.A", "env.Z"}
	for range 20 {
		_, err := check(req, testInstalled(t), testPolicy)
		if err == nil {
			t.Fatal("accepted")
		}
		var got []string
		for _, f := range err.Fields {
			got = append(got, f.Field)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("fields %q, want %q", got, want)
		}
		if !strings.HasPrefix(err.Message, "timeout: -1 is not allowed") || !strings.HasSuffix(err.Message, "(and 8 more)") {
			t.Fatalf("message %q, want the first and how many more", err.Message)
		}
	}
}

// What is quoted from a request must not make a refusal as large as the
// request, or larger: every byte here becomes four.
func TestRefusalsStayShort(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("\x7f", 1<<16)
	for _, row := range []struct {
		name string
		set  func(*Request)
	}{
		{"language", func(r *Request) { r.Language = huge }},
		{"version", func(r *Request) { r.Version = huge }},
		{"entrypoint, with code", func(r *Request) { r.Entrypoint = huge }},
		{"entrypoint, with files", func(r *Request) { r.Code, r.Files, r.Entrypoint = nil, []File{{"a", ""}}, huge }},
		{"path", func(r *Request) { r.Code, r.Files = nil, []File{{huge, ""}} }},
		{"path that is there twice", func(r *Request) {
			p := strings.Repeat("\x7f/", 500) + "a"
			r.Code, r.Files, r.Entrypoint = nil, []File{{p, ""}, {p, ""}}, p
		}},
		{"path in a file", func(r *Request) {
			p := strings.Repeat("\x7f/", 500) + "a"
			r.Code, r.Files, r.Entrypoint = nil, []File{{p, ""}, {p + "/b", ""}}, p
		}},
		{"argument", func(r *Request) { r.Args = []string{huge + "\x00"} }},
		{"name of a variable", func(r *Request) { r.Env = map[string]string{huge + "=": ""} }},
		{"name of a variable, with NUL", func(r *Request) { r.Env = map[string]string{huge + "\x00": ""} }},
		{"very many files", func(r *Request) { r.Code, r.Files = nil, make([]File, 20_000) }},
		{"very many arguments", func(r *Request) { r.Args = strings.SplitAfter(strings.Repeat("\x00", 20_000), "\x00") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := hello()
			row.set(&req)
			_, err := check(req, testInstalled(t), testPolicy)
			if err == nil {
				t.Fatal("accepted")
			}
			size := len(err.Message)
			for _, f := range err.Fields {
				size += len(f.Field) + len(f.Message)
			}
			if most := 16 << 10; size > most {
				t.Errorf("the refusal has %d bytes, for %d mistakes; want at most %d", size, len(err.Fields), most)
			}
		})
	}
}

// A refusal is sent as JSON, whose encoder refuses what is not UTF-8: cutting
// a letter in two would lose the whole answer.
func TestRefusalsAreUTF8(t *testing.T) {
	t.Parallel()
	for shift := range 4 {
		long := strings.Repeat("x", shift) + strings.Repeat("🙂", 200) // four bytes each
		for _, row := range []struct {
			name string
			set  func(*Request)
		}{
			{"path", func(r *Request) { r.Code, r.Files = nil, []File{{"/" + long, ""}} }},
			{"name of a variable", func(r *Request) { r.Env = map[string]string{long + "=": ""} }},
			{"name of a variable whose value is refused", func(r *Request) { r.Env = map[string]string{long: "\x00"} }},
		} {
			t.Run(fmt.Sprintf("%s/shifted by %d", row.name, shift), func(t *testing.T) {
				req := hello()
				row.set(&req)
				_, err := check(req, testInstalled(t), testPolicy)
				if err == nil {
					t.Fatal("accepted")
				}
				for _, f := range err.Fields {
					if !utf8.ValidString(f.Field) || !utf8.ValidString(f.Message) || !utf8.ValidString(err.Message) {
						t.Errorf("not UTF-8: field %q, message %q", f.Field, f.Message)
					}
				}
			})
		}
	}
}

// check runs before admission, so nothing bounds how many do so at once: what
// it takes must be in proportion to the request. Paths of many parts are the
// way to make it take more. It is not parallel: it counts what is allocated.
func TestCheckCostsNoMoreThanTheRequest(t *testing.T) {
	for _, row := range []struct {
		name string
		path func(i int) string
	}{
		{"directories of their own", func(i int) string { return strconv.Itoa(i) + strings.Repeat("/a", 500) }},
		{"the same directories", func(i int) string { return strings.Repeat("a/", 500) + strconv.Itoa(i) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := Request{Entrypoint: "x"}
			size := 0
			for i := range 500 {
				req.Files = append(req.Files, File{Path: row.path(i)})
				size += len(row.path(i))
			}
			installed := testInstalled(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := check(req, installed, testPolicy)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatal("accepted")
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 16*uint64(size) {
				t.Errorf("checking a request of %d KiB allocates %d KiB", size>>10, used>>10)
			}
		})
	}
}

func TestCheckOutputFiles(t *testing.T) {
	t.Parallel()
	many := func(n int, pattern string) []string { return slices.Repeat([]string{pattern}, n) }
	for _, row := range []struct {
		name     string
		patterns []string
		field    string // empty: nothing is wrong
		words    string
	}{
		{"none", nil, "", ""},
		{"some", []string{"*.png", "a/**/b?.{txt,csv}", "[a-z]*", `\*`}, "", ""},
		{"empty", []string{"a", ""}, "output_files[1]", "is empty"},
		{"absolute", []string{"/etc/passwd"}, "output_files[0]", "is absolute"},
		{"climbing", []string{"a/../../b"}, "output_files[0]", `has the part ".."`},
		{"two dots within a name", []string{"a..b"}, "", ""},
		{"the work directory", []string{"./"}, "output_files[0]", "is the work directory itself"},
		{"NUL", []string{"a\x00b"}, "output_files[0]", "has a NUL byte"},
		{"broken", []string{"[a"}, "output_files[0]", "is not a pattern"},
		{"long", []string{strings.Repeat("a", 257)}, "output_files[0]", "longer than 256"},
		{"too many", many(33, "a"), "output_files", "there are 33"},
		{"as many as may be", many(32, "a"), "", ""},
		{"alternatives, many", []string{"{" + strings.Repeat("a,", 64) + "a}"}, "output_files", "more than 64"},
		{"alternatives, multiplied", []string{"{a,b,c,d,e,f,g,h,i}{a,b,c,d,e,f,g,h,i}"}, "output_files", "more than 64"},
		{"alternatives, of all together", many(22, "{a,b,c}"), "output_files", "more than 64"},
		{"alternatives, as many as may be", many(21, "{a,b,c}"), "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			req := hello()
			req.OutputFiles = row.patterns
			c, err := check(req, testInstalled(t), testPolicy)
			if row.field == "" {
				if err != nil || !slices.Equal(c.collect.Patterns, row.patterns) {
					t.Errorf("%+v %v", c.collect, err)
				}
				return
			}
			if err == nil || err.Fields[0].Field != row.field || !strings.Contains(err.Fields[0].Message, row.words) {
				t.Errorf("error %v, want %s %s", err, row.field, row.words)
			}
		})
	}
	req := hello()
	req.OutputFiles = []string{"a"}
	req.OutputFiles = []string{"./a", "b/", "c//./d"}
	if c := mustCheck(t, req, testPolicy).collect; !slices.Equal(c.Patterns, []string{"a", "b", "c/d"}) {
		t.Errorf("%q", c.Patterns)
	}
	req.OutputFiles = []string{"a"}
	if c := mustCheck(t, req, testPolicy).collect; c.Most != 7 || c.Bytes != 20<<20 {
		t.Errorf("%+v", c)
	}
	req.Limits.DiskMiB = ptr[int64](3)
	if c := mustCheck(t, req, testPolicy).collect; c.Bytes != 3<<20 {
		t.Errorf("%d bytes, more than the disk limit", c.Bytes)
	}
}

func TestCheckTestCases(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		change func(*Request)
		fields string
	}{
		{"some", func(r *Request) { r.TestCases = make([]TestCase, 5) }, ""},
		{"too many", func(r *Request) { r.TestCases = make([]TestCase, 6) }, "test_cases"},
		{"an input besides", func(r *Request) { r.TestCases = make([]TestCase, 1); r.Stdin = "x" }, "stdin"},
		{"files besides", func(r *Request) { r.TestCases = make([]TestCase, 1); r.OutputFiles = []string{"a"} }, "output_files"},
		{"every way to compare", func(r *Request) { r.TestCases = make([]TestCase, 1); r.Compare = Tokens }, ""},
		{"another way", func(r *Request) { r.Compare = "fuzzy" }, "compare"},
		{"a tolerance", func(r *Request) { r.Tolerance = ptr(0.5) }, ""},
		{"a tolerance below nothing", func(r *Request) { r.Tolerance = ptr(-1.0) }, "tolerance"},
		{"a tolerance of everything", func(r *Request) { r.Tolerance = ptr(math.Inf(1)) }, "tolerance"},
		{"no number", func(r *Request) { r.Tolerance = ptr(math.NaN()) }, "tolerance"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			req := hello()
			row.change(&req)
			_, err := check(req, testInstalled(t), testPolicy)
			if got := ""; err != nil && err.Fields[0].Field != row.fields || err == nil && row.fields != got {
				t.Errorf("error %v, want one of %q", err, row.fields)
			}
		})
	}
}

// What a language cannot start with is refused, and is its default where the
// operator's is less.
func TestCheckLeastMemory(t *testing.T) {
	t.Parallel()
	i := Installed{Runtime: Runtime{Name: "java", Source: "a", Run: []string{"x"}, MinMemory: 300}}
	c, err := settle(hello(), i, testPolicy)
	if err != nil || c.limits.MemoryMiB != 300 {
		t.Errorf("%+v %v", c.limits, err)
	}
	req := hello()
	req.Limits.MemoryMiB = ptr[int64](299)
	if _, err := settle(req, i, testPolicy); err == nil || err.Fields[0].Message != "299 is not allowed: it must be from 300 to 512 for java" {
		t.Errorf("error %v", err)
	}
}
