package config_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"aca-executor/config"
)

func TestTable(t *testing.T) {
	t.Parallel()
	rows := config.Table()
	if fields := reflect.TypeFor[config.Config]().NumField(); len(rows) != fields {
		t.Errorf("%d rows for %d fields", len(rows), fields)
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row.Name] {
			t.Errorf("%s is there twice", row.Name)
		}
		seen[row.Name] = true
		// The platform sets these two; everything else is ours by its prefix.
		if platform := row.Name == "PORT" || row.Name == "CONTAINER_APP_REPLICA_NAME"; !platform && !strings.HasPrefix(row.Name, "EXECUTOR_") {
			t.Errorf("%q does not have the prefix", row.Name)
		}
		if row.Default == "" || row.Meaning == "" {
			t.Errorf("%s: default %q, meaning %q; want both", row.Name, row.Default, row.Meaning)
		}
		if strings.ContainsAny(row.Meaning+row.Default, "\t\n|") {
			t.Errorf("%s: what it says breaks a table: %q, %q", row.Name, row.Default, row.Meaning)
		}
	}
}

// What the table says is the default is one: set, it changes nothing.
func TestTableTellsTheTruth(t *testing.T) {
	t.Parallel()
	fields := reflect.TypeFor[config.Config]()
	for i, row := range config.Table() {
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			_, words := fields.Field(i).Tag.Lookup("unset")
			_, value := fields.Field(i).Tag.Lookup("envDefault")
			if words == value {
				t.Fatalf("field %s has a default in words (%v) and one in a value (%v): want one of them", fields.Field(i).Name, words, value)
			}
			if words {
				return // TestLoadDefaults and TestLoadSets hold what it means
			}
			if got := load(t, row.Name+"="+row.Default); !reflect.DeepEqual(got, load(t)) {
				t.Errorf("%s=%s gives %+v, want the default", row.Name, row.Default, got)
			}
		})
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := config.Print(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	rows := config.Table()
	if len(lines) != len(rows)+1 || !strings.HasPrefix(lines[0], "VARIABLE ") {
		t.Fatalf("%d lines for %d rows and a heading:\n%s", len(lines), len(rows), out.String())
	}
	meaning := strings.Index(lines[0], "MEANING")
	for i, row := range rows {
		line := lines[i+1]
		if !strings.HasPrefix(line, row.Name+" ") || !strings.Contains(line, " "+row.Default+" ") || !strings.HasSuffix(line, " "+row.Meaning) {
			t.Errorf("line %q is not the row %+v", line, row)
		}
		if strings.Index(line, row.Meaning) != meaning {
			t.Errorf("line %q is not in the columns of the heading", line)
		}
	}
}

type brokenPipe struct{ err error }

func (w brokenPipe) Write([]byte) (int, error) { return 0, w.err }

func TestPrintReportsWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken pipe")
	if err := config.Print(brokenPipe{broken}); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}
