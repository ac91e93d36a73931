package config

import (
	"fmt"
	"io"
	"reflect"
	"text/tabwriter"
)

// Row is a variable as the operator sees it.
type Row struct {
	Name, Default, Meaning string
	Unset                  bool // the default is not a value, but what happens without one
}

// Table lists every variable, in the order of the struct.
func Table() []Row {
	t := reflect.TypeFor[Config]()
	rows := make([]Row, 0, t.NumField())
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		def := tag.Get("envDefault")
		unset := tag.Get("unset")
		if unset != "" {
			def = unset
		}
		rows = append(rows, Row{tag.Get("env"), def, tag.Get("doc"), unset != ""})
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
