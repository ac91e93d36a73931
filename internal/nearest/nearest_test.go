package nearest_test

import (
	"strings"
	"testing"

	"aca-executor/internal/nearest"
)

func TestTo(t *testing.T) {
	t.Parallel()
	fields := []string{"language", "version", "code", "files", "entrypoint", "stdin", "args", "env", "timeout", "limits"}
	a128 := strings.Repeat("a", 128)
	for _, row := range []struct {
		name, from string
		candidates []string
		want       string
	}{
		{"the same", "stdin", fields, "stdin"},
		{"a letter missing", "langage", fields, "language"},
		{"a letter too many", "versions", fields, "version"},
		{"another letter", "coda", fields, "code"},
		{"letters that changed places", "agrs", fields, "args"},
		{"another case is another letter", "Timeout", fields, "timeout"},
		{"the end is missing", "entry", []string{"entrypoint", "elephants!"}, "entrypoint"},
		{"the beginning is missing", "point", []string{"entrypoint", "elephants!"}, "entrypoint"},
		{"the first of several", "b", []string{"a", "c", "d"}, "a"},
		{"a later one that is nearer", "bb", []string{"aa", "ab", "bb"}, "bb"},
		{"the order does not matter otherwise", "bb", []string{"bb", "ab", "aa"}, "bb"},
		{"nothing is nearest to what is shortest", "", []string{"abc", "ab", "abcd"}, "ab"},
		{"an empty candidate", "x", []string{"long", ""}, ""},
		{"an edit is one, whichever it is", "sitting", []string{"asittingbcd", "kitten"}, "kitten"}, // 4 and 3
		{"what begins with it comes first", "lang", []string{"args", "language"}, "language"},
		{"what is before it counts", "xxcode", []string{"code", "xcode"}, "xcode"},
		{"what is after it counts", "codexx", []string{"code", "codex"}, "codex"},
		{"no candidates", "code", nil, ""},
		{"letters of several bytes", "größe", []string{"grosse", "größer"}, "größer"},
		// Only the beginning of a long name counts, or a request could make
		// the comparison cost what it likes.
		{"far too long", a128 + strings.Repeat("b", 10_000), []string{strings.Repeat("b", 200), a128}, a128},
		{"as long as counts", a128, []string{strings.Repeat("b", 128), a128 + "a"}, a128 + "a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := nearest.To(row.from, row.candidates); got != row.want {
				t.Errorf("nearest to %.40q is %.40q, want %.40q", row.from, got, row.want)
			}
		})
	}
}
