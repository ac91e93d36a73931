package sandbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// collected runs a script and describes what was found of the patterns: path,
// type, and the content of files.
func collected(t *testing.T, s *Sandbox, code string, c Collect) (string, Report) {
	t.Helper()
	l := testLimits()
	report, err := s.Run(context.Background(), Job{
		Files: []File{{"main.sh", code}}, Collect: c,
		Steps: []Step{{Args: []string{bash, "main.sh"}, Limits: l}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range report.Files.Files {
		line := fmt.Sprintf("%s %s", f.Path, f.Type)
		if f.Type == FileRegular {
			line += fmt.Sprintf(" %d %.20q", f.Size, f.Content)
		}
		if f.Truncated {
			line += " truncated"
		}
		lines = append(lines, line)
	}
	if report.Files.Truncated {
		lines = append(lines, "...")
	}
	return strings.Join(lines, "\n"), report
}

func TestCollect(t *testing.T) {
	s := open(t, Options{})
	for _, row := range []struct {
		name, code string
		patterns   []string
		most       int
		bytes      int64
		want       string
		or         string // where the watchdog has looked, and opened a directory for that
	}{
		{name: "nothing asked for", code: "echo x > x"},
		{name: "nothing there", code: "true", patterns: []string{"*.txt"}},
		{name: "a file", code: "printf 'a\\0b' > x.txt", patterns: []string{"x.txt"}, want: `x.txt file 3 "a\x00b"`},
		{name: "a pattern", code: "echo 1 > a.txt; echo 2 > b.txt; echo 3 > c.csv; mkdir d; echo 4 > d/e.txt", patterns: []string{"*.txt"}, want: "a.txt file 2 \"1\\n\"\nb.txt file 2 \"2\\n\""},
		{name: "any depth", code: "mkdir -p d/e/f; echo 1 > d/e/f/x.txt; echo 2 > y.txt", patterns: []string{"**/*.txt"}, want: "d/e/f/x.txt file 2 \"1\\n\"\ny.txt file 2 \"2\\n\""},
		{name: "alternatives", code: "echo 1 > a.png; echo 2 > a.svg; echo 3 > a.gif", patterns: []string{"*.{png,svg}"}, want: "a.png file 2 \"1\\n\"\na.svg file 2 \"2\\n\""},
		{name: "several patterns, each file once", code: "echo 1 > a.txt", patterns: []string{"*.txt", "a*"}, want: `a.txt file 2 "1\n"`},
		{name: "hidden files", code: "echo 1 > .a", patterns: []string{".*"}, want: `.a file 2 "1\n"`},
		{name: "the request's own files", code: "true", patterns: []string{"*"}, want: `main.sh file 4 "true"`},
		{name: "of a program that failed", code: "echo 1 > a; exit 1", patterns: []string{"a"}, want: `a file 2 "1\n"`},
		{name: "a directory", code: "mkdir d", patterns: []string{"d"}, want: "d directory"},
		{name: "go-judge 176: a FIFO", code: "mkfifo f", patterns: []string{"f"}, want: "f fifo"},
		{name: "go-judge 176: a link out of the directory", code: "ln -s /etc/passwd l; ln -s ../.. up", patterns: []string{"l", "up"}, want: "l symlink\nup symlink"},
		{name: "go-judge 176: a link to a device", code: "ln -s /dev/zero z", patterns: []string{"z"}, want: "z symlink"},
		{name: "a link that leads through a directory that is a link", code: "ln -s /etc d", patterns: []string{"**"}, want: "d symlink\nmain.sh file 12 \"ln -s /etc d\""},
		{name: "a link within the directory", code: "echo 1 > a; ln -s a b", patterns: []string{"b"}, want: `b file 2 "1\n"`},
		{name: "a link to itself, and to nowhere", code: "ln -s l l; ln -s no m", patterns: []string{"?"}, want: "l symlink\nm symlink"},
		{name: "a socket", code: python + ` -c 'import os,stat; os.mknod("s", stat.S_IFSOCK | 0o600)'`, patterns: []string{"s"}, want: "s socket"},
		{name: "a file that cannot be read", code: "echo 1 > a; chmod 0 a", patterns: []string{"a"}, want: "a unreadable"},
		{name: "a directory that cannot be read", code: "mkdir d; echo 1 > d/a; echo 2 > e; chmod 0 d", patterns: []string{"**"}, want: "d directory\ne file 2 \"2\\n\"\nmain.sh file 44 \"mkdir d; echo 1 > d/\"",
			or: "d directory\nd/a file 2 \"1\\n\"\ne file 2 \"2\\n\"\nmain.sh file 44 \"mkdir d; echo 1 > d/\""},
		{name: "a work directory that cannot be read", code: "echo 1 > a; chmod 0 .", patterns: []string{"a"}, want: `a file 2 "1\n"`},
		{name: "as many files as are allowed", code: "for i in 1 2 3 4; do echo $i > $i; done", patterns: []string{"?"}, most: 2, want: "1 file 2 \"1\\n\"\n2 file 2 \"2\\n\"\n..."},
		{name: "as many bytes as are allowed", code: "echo 123 > a; echo 456 > b; echo 789 > c; : > d", patterns: []string{"?"}, bytes: 6, want: "a file 4 \"123\\n\"\nb file 4 \"45\" truncated\nc file 4 \"\" truncated\nd file 0 \"\""},
		{name: "a sparse file", code: "truncate -s 10M a", patterns: []string{"a"}, bytes: 5, want: `a file 10485760 "\x00\x00\x00\x00\x00" truncated`},
		{name: "more than can be looked through", code: "for i in $(seq 13000); do : > $i; done", patterns: []string{"x"}},
		{name: "deeper than paths can be", code: "n=$(printf 'x%.0s' {1..200}); for i in 1 2 3 4 5 6 7 8; do mkdir $n; cd $n; done; echo 1 > a", patterns: []string{"**/a"}, want: "..."},
	} {
		t.Run(row.name, func(t *testing.T) {
			if strings.Contains(row.code, python) {
				need(t, python)
			}
			c := Collect{Patterns: row.patterns, Most: 100, Bytes: 1 << 20}
			if row.most != 0 {
				c.Most = row.most
			}
			if row.bytes != 0 {
				c.Bytes = row.bytes
			}
			if got, report := collected(t, s, row.code, c); got != row.want && (row.or == "" || got != row.or) {
				t.Errorf("got\n%s\nwant\n%s\n%s", got, row.want, describe(report.Last()))
			}
		})
	}
}

func TestValidPattern(t *testing.T) {
	for pattern, want := range map[string]bool{"*": true, "**/a.{x,y}": true, "[a-z]": true, "[": false, "{a": false, "a\\": false} {
		if ValidPattern(pattern) != want {
			t.Errorf("%q: %v", pattern, !want)
		}
	}
}
