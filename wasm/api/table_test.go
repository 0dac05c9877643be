package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheTableIsWhole: what is declared as a command or as a kind of events
// stands in the table, and no two have one name.
func TestTheTableIsWhole(t *testing.T) {
	var commands, events []string
	for _, c := range Commands() {
		commands = append(commands, string(c.Name))
	}
	for _, e := range Events() {
		events = append(events, e.Kind)
	}
	require.ElementsMatch(t, declared(t, "CommandKind"), commands)
	require.ElementsMatch(t, declared(t, "EventKind"), events)
	for _, names := range [][]string{commands, events} {
		seen := make(map[string]bool)
		for _, name := range names {
			require.False(t, seen[name], name)
			seen[name] = true
		}
	}
}

// declared returns the values of the constants of a generic type in this
// package.
func declared(t *testing.T, of string) []string {
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	var values []string
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || generic(spec.Type) != of {
				return true
			}
			for _, value := range spec.Values {
				text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
				require.NoError(t, err)
				values = append(values, text)
			}
			return true
		})
	}
	return values
}

// generic returns the name of a generic type that is given its arguments.
func generic(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.IndexExpr:
		return t.X.(*ast.Ident).Name
	case *ast.IndexListExpr:
		return t.X.(*ast.Ident).Name
	}
	return ""
}
