package executor

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Compare names a way to compare an output with the expected one.
type Compare string

const (
	TrimEnd Compare = "trim_end" // but for white space at the end of lines and of the output
	Exact   Compare = "exact"    // byte by byte
	Tokens  Compare = "tokens"   // but for how words are set apart
	Float   Compare = "float"    // as Tokens, and numbers may differ by the tolerance
)

// Compares are all of them.
func Compares() []Compare { return []Compare{TrimEnd, Exact, Tokens, Float} }

const (
	defaultCompare   = TrimEnd
	defaultTolerance = 1e-6
)

// comparison is a way to compare outputs.
type comparison struct {
	how       Compare
	tolerance float64 // absolute, or relative to what is expected
}

// difference says where an output is not what was expected; empty where it is.
func (c comparison) difference(expected, actual string) string {
	switch c.how {
	case Exact:
		return differentAt(expected, actual)
	case Tokens:
		return differentTokens(expected, actual, func(a, b string) bool { return a == b })
	case Float:
		return differentTokens(expected, actual, c.close)
	}
	return differentLines(expected, actual)
}

func differentAt(expected, actual string) string {
	if expected == actual {
		return ""
	}
	at := 0
	for at < min(len(expected), len(actual)) && expected[at] == actual[at] {
		at++
	}
	return fmt.Sprintf("wrong output at byte %d, in line %d", at+1, 1+strings.Count(expected[:at], "\n"))
}

const space = " \t\r\v\f"

func differentLines(expected, actual string) string {
	expected, actual = strings.TrimRight(expected, space+"\n"), strings.TrimRight(actual, space+"\n")
	for line := 1; expected != "" || actual != ""; line++ {
		var e, a string
		e, expected, _ = strings.Cut(expected, "\n")
		a, actual, _ = strings.Cut(actual, "\n")
		if strings.TrimRight(e, space) != strings.TrimRight(a, space) {
			return fmt.Sprintf("wrong output in line %d", line)
		}
	}
	return ""
}

func differentTokens(expected, actual string, same func(expected, actual string) bool) string {
	e, a := tokens{rest: expected}, tokens{rest: actual}
	for n := 1; ; n++ {
		want, more := e.next()
		got, also := a.next()
		switch {
		case !more && !also:
			return ""
		case !more:
			return fmt.Sprintf("wrong output: there are more than %d words", n-1)
		case !also:
			return fmt.Sprintf("wrong output: there are only %d words", n-1)
		case !same(want, got):
			return fmt.Sprintf("wrong output in word %d", n)
		}
	}
}

// tokens are the words of a text, one after the other.
type tokens struct{ rest string }

func (t *tokens) next() (word string, ok bool) {
	t.rest = strings.TrimLeft(t.rest, space+"\n")
	if end := strings.IndexAny(t.rest, space+"\n"); end >= 0 {
		word, t.rest = t.rest[:end], t.rest[end:]
	} else {
		word, t.rest = t.rest, ""
	}
	return word, word != ""
}

// close reports whether two words are the same, or numbers that are close.
func (c comparison) close(expected, actual string) bool {
	if expected == actual {
		return true
	}
	if isNaN(expected) || isNaN(actual) {
		return isNaN(expected) && isNaN(actual)
	}
	if strings.ContainsAny(expected+actual, "_xXpP") { // Go has more ways to write a number than others
		return false
	}
	e, err1 := strconv.ParseFloat(expected, 64)
	a, err2 := strconv.ParseFloat(actual, 64)
	switch {
	case err1 != nil || err2 != nil:
		return false
	case math.IsInf(e, 0) || math.IsInf(a, 0):
		return e == a
	}
	return math.Abs(e-a) <= c.tolerance*max(1, math.Abs(e))
}

// isNaN knows the ways in which languages write what is no number.
func isNaN(word string) bool { return strings.EqualFold(strings.TrimLeft(word, "+-"), "nan") }
