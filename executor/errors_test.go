package executor_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"aca-executor/executor"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	inner := errors.New("boom")
	for _, row := range []struct {
		name string
		err  *executor.Error
		want string
	}{
		{"without a cause", &executor.Error{Code: executor.QueueFull, Message: "no room"}, "queue_full: no room"},
		{"with a cause", &executor.Error{Code: executor.SandboxError, Message: "it broke", Err: inner}, "sandbox_error: it broke: boom"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := row.err.Error(); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if got := errors.Is(row.err, inner); got != (row.err.Err != nil) {
				t.Errorf("errors.Is finds the cause: %v", got)
			}
		})
	}
}

// Who maps codes to something else loops over Codes: one that is missing there
// would be missing everywhere.
func TestCodesAreAllOfThem(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []executor.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Code" {
			for _, v := range spec.Values {
				text, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				declared = append(declared, executor.Code(text))
			}
		}
		return true
	})
	if len(declared) == 0 || !slices.Equal(declared, executor.Codes) {
		t.Errorf("Codes are %q, and declared are %q", executor.Codes, declared)
	}
}
