package api

import (
	"errors"
	"strings"
	"testing"

	"aca-executor/executor"
)

// Elements of two bytes on the wire take dozens in memory: their number is
// bounded while they are decoded, before anything else is looked at.
func TestDecodeBoundsElements(t *testing.T) {
	t.Parallel()
	many := func(element string, n int) string { return strings.TrimSuffix(strings.Repeat(element+",", n), ",") }
	names := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"n` + strings.Repeat("a", i%50) + string(rune('a'+i/50%26)) + string(rune('a'+i/1300)) + `":""`)
		}
		return b.String()
	}
	for _, row := range []struct {
		name, body, field string
		ok                bool
	}{
		{"as many files as may be", `{"files":[` + many(`{}`, mostElements) + `]}`, "", true},
		{"one file more", `{"files":[` + many(`{}`, mostElements+1) + `]}`, "files", false},
		{"far too many files, and then no JSON", `{"files":[` + many(`{}`, 1<<20) + `nonsense`, "files", false},
		{"as many arguments as may be", `{"args":[` + many(`""`, mostElements) + `]}`, "", true},
		{"one argument more", `{"args":[` + many(`""`, mostElements+1) + `]}`, "args", false},
		{"as many variables as may be", `{"env":{` + names(mostElements) + `}}`, "", true},
		{"one variable more", `{"env":{` + names(mostElements+1) + `}}`, "env", false},
		{"null among arguments", `{"args":["a",null]}`, "args[1]", false},
		{"null as the first file", `{"files":[null]}`, "files[0]", false},
		{"null as a variable", `{"env":{"A":null}}`, "env.A", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := decode([]byte(row.body))
			if row.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *executor.Error
			if !errors.As(err, &e) || e.Code != executor.InvalidRequest || len(e.Fields) != 1 || e.Fields[0].Field != row.field {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A refusal shows the value that is not allowed, as far as it is short.
func TestRefusalsShowTheValue(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"timeout": "5"}`:                               `"5" is not allowed: it must be a number`,
		`{"limits": {"memory_mib" : true}}`:              `true is not allowed: it must be a whole number`,
		`{"limits":{"memory_mib":64.5}}`:                 `64.5 is not allowed`,
		`{"code": 17}`:                                   `17 is not allowed: it must be a string`,
		`{"args":["a",{"x":[1]}]}`:                       `{"x":[1]} is not allowed: it must be a string`,
		`{"files":{}}`:                                   `{} is not allowed: it must be an array`,
		`{"stdin":[` + strings.Repeat("1,", 200) + `1]}`: `an array is not allowed: it must be a string`,
	} {
		_, err := decode([]byte(body))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %s, got %v", clip(body), want, err)
		}
	}
}
