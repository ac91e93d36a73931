package config

import (
	"fmt"
	"io"
	"reflect"
	"text/tabwriter"
)

// Row is a variable as the operator sees it.
type Row struct{ Name, Default, Meaning string }

// Table lists every variable, in the order of the struct.
func Table() []Row {
	t := reflect.TypeFor[Config]()
	rows := make([]Row, 0, t.NumField())
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		def := tag.Get("envDefault")
		if unset := tag.Get("unset"); unset != "" {
			def = unset
		}
		rows = append(rows, Row{tag.Get("env"), def, tag.Get("doc")})
	}
	return rows
}

// Print writes the table for a terminal.
func Print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "VARIABLE\tDEFAULT\tMEANING")
	for _, r := range Table() {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", r.Name, r.Default, r.Meaning)
	}
	return tw.Flush()
}

// Nearest returns the candidate that takes the fewest edits from name.
func Nearest(name string, candidates []string) (best string) {
	least := -1
	for _, c := range candidates {
		if d := distance(name, c); least < 0 || d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
