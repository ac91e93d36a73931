package executor

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	const inf = "wrong output"
	for _, row := range []struct {
		name, expected, actual string
		exact, trim, tokens    bool
	}{
		{"the same", "a b\nc\n", "a b\nc\n", true, true, true},
		{"nothing", "", "", true, true, true},
		{"nothing but white space", "", " \n\t\n", false, true, true},
		{"no newline at the end", "a\n", "a", false, true, true},
		{"more newlines at the end", "a", "a\n\n\n", false, true, true},
		{"blanks at the end of lines", "a\nb\n", "a  \nb\t\n", false, true, true},
		{"Windows' line ends", "a\nb\n", "a\r\nb\r\n", false, true, true},
		{"a blank in front", "a", " a", false, false, true},
		{"two blanks between", "a b", "a  b", false, false, true},
		{"an empty line between", "a\nb", "a\n\nb", false, false, true},
		{"lines instead of blanks", "1 2 3", "1\n2\n3\n", false, false, true},
		{"an empty line in front", "a", "\na", false, false, true},
		{"another word", "a b", "a c", false, false, false},
		{"a word missing", "a b", "a", false, false, false},
		{"a word more", "a", "a b", false, false, false},
		{"a line more", "a", "a\nb", false, false, false},
		{"case", "Yes", "YES", false, false, false},
		{"other blanks are letters", "a b", "a\u00a0b", false, false, false},
		{"numbers that are close", "1.0", "1.0000001", false, false, false},
		{"bytes that are no text", "\xff", "\xfe", false, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for how, want := range map[Compare]bool{Exact: row.exact, TrimEnd: row.trim, Tokens: row.tokens} {
				for _, texts := range [][2]string{{row.expected, row.actual}, {row.actual, row.expected}} {
					why := comparison{how: how}.difference(texts[0], texts[1])
					if (why == "") != want {
						t.Errorf("%s of %q and %q: %q, want the same: %v", how, texts[0], texts[1], why, want)
					}
					if why != "" && !strings.HasPrefix(why, inf) {
						t.Errorf("%q does not say that the output is wrong", why)
					}
				}
			}
		})
	}
}

func TestCompareFloat(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name             string
		expected, actual string
		tolerance        float64
		want             bool
	}{
		{"the same", "1.5", "1.5", 0, true},
		{"written in another way", "1.50", "15e-1", 0, true},
		{"close", "0.3333333", "0.33333333", 1e-6, true},
		{"not close enough", "0.33", "0.34", 1e-3, false},
		{"absolute below one", "0.001", "0.0015", 1e-3, true},
		{"relative above one", "1000000", "1000000.5", 1e-6, true},
		{"relative, and too far", "1000000", "1000002", 1e-6, false},
		{"negative", "-2", "-2.0000001", 1e-6, true},
		{"the sign counts", "1", "-1", 1e-6, false},
		{"words among them", "sum = 3.0 ok", "sum = 3 ok", 0, true},
		{"another word", "sum = 3.0 ok", "sum = 3 no", 1, false},
		{"a number for a word", "x", "1", 1, false},
		{"too few", "1 2", "1", 1, false},
		{"too many", "1", "1 2", 1, false},
		{"infinities", "inf -inf", "Infinity -Infinity", 1, true},
		{"other infinities", "inf", "-inf", 1, false},
		{"infinity is close to nothing", "inf", "1e300", 1, false},
		{"no number is itself", "nan", "nan", 0, true},
		{"no number, in other languages' ways", "NaN nan -nan NAN", "nan NAN NaN -NaN", 0, true},
		{"no number is nothing else", "nan", "1", 1, false},
		{"a number of Go's with a line in it", "1000", "1_000", 1, false},
		{"a number of Go's to the base 16", "16", "0x1p4", 1, false},
		{"nothing is no number", "1", "nan", 1, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if why := (comparison{Float, row.tolerance}).difference(row.expected, row.actual); (why == "") != row.want {
				t.Errorf("%q, want the same: %v", why, row.want)
			}
		})
	}
}

func TestDifferenceSaysWhere(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		how                    Compare
		expected, actual, want string
	}{
		{Exact, "ab\ncd", "ab\ncx", "wrong output at byte 5, in line 2"},
		{Exact, "ab", "abc", "wrong output at byte 3, in line 1"},
		{TrimEnd, "a\nb\nc", "a\nb\nd", "wrong output in line 3"},
		{TrimEnd, "a\nb", "a", "wrong output in line 2"},
		{Tokens, "a b c", "a x c", "wrong output in word 2"},
		{Tokens, "a b c", "a b", "wrong output: there are only 2 words"},
		{Tokens, "a b", "a b c", "wrong output: there are more than 2 words"},
	} {
		if got := (comparison{how: row.how}).difference(row.expected, row.actual); got != row.want {
			t.Errorf("%s of %q and %q: %q, want %q", row.how, row.expected, row.actual, got, row.want)
		}
	}
}

// Whatever two outputs are, each way of comparing allows what the stricter does.
func FuzzCompare(f *testing.F) {
	f.Add("a b\n1.5", "a  b\r\n1.50")
	f.Add("", "\n")
	f.Add("nan inf 0x1p-2", "NaN +Inf .25")
	f.Fuzz(func(t *testing.T, expected, actual string) {
		same := func(how Compare) bool { return comparison{how, 1e-6}.difference(expected, actual) == "" }
		order := []Compare{Exact, TrimEnd, Tokens, Float}
		for i, how := range order[:3] {
			if same(how) && !same(order[i+1]) {
				t.Errorf("%q and %q are the same for %s and not for %s", expected, actual, how, order[i+1])
			}
		}
		if why := (comparison{how: Exact}).difference(expected, expected); why != "" {
			t.Errorf("%q is not itself: %s", expected, why)
		}
	})
}
