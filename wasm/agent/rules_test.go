//go:build !js

package agent_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/conversation"
)

// rule is one that the agent calls, as rules.go names it.
type rule struct {
	name         string
	returnsError bool // or can only panic
}

// rules reads from the source which rules can be made to fail.
func rules(t *testing.T) []rule {
	t.Helper()
	var out []rule
	seen := map[string]bool{}
	walk(t, func(_ string, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return
		}
		_, name := callee(call)
		text, literal := stringOf(call.Args[0])
		switch {
		case !literal || text == "":
		case name == "met" || name == "meet":
			if !seen[text] && text != "Contact." {
				out = append(out, rule{text, name == "met"})
			}
			seen[text] = true
		case name == "known":
			if !seen["Contact."+text] {
				out = append(out, rule{"Contact." + text, false})
			}
			seen["Contact."+text] = true
		}
	})
	require.NotEmpty(t, out)
	slices.SortFunc(out, func(x, y rule) int { return strings.Compare(x.name, y.name) })
	return out
}

// TestEveryRuleCanBeMadeToFail holds that no call of a rule goes past rules.go,
// so that the list of faults is complete.
func TestEveryRuleCanBeMadeToFail(t *testing.T) {
	wrapped := map[string]bool{}
	walk(t, func(file string, n ast.Node) {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if file == "rules.go" && n.Recv != nil {
				if id, ok := n.Recv.List[0].Type.(*ast.Ident); ok && id.Name == "ruled" {
					wrapped[n.Name.Name] = true
				}
			}
		case *ast.SelectorExpr:
			if file != "rules.go" && n.Sel.Name == "Conversation" {
				if inner, ok := n.X.(*ast.SelectorExpr); ok && inner.Sel.Name == "c" {
					t.Errorf("%s calls a rule past rules.go", file)
				}
			}
		case *ast.CallExpr:
			if file == "rules.go" {
				return
			}
			on, name := callee(n)
			switch on := on.(type) {
			case *ast.SelectorExpr:
				if on.Sel.Name == "contact" {
					t.Errorf("%s calls Contact.%s without known", file, name)
				}
			case *ast.CallExpr:
				if _, through := callee(on); through == "known" {
					text, _ := stringOf(on.Args[0])
					require.Equal(t, name, text, "%s: known has to name what is called", file)
				}
			case *ast.Ident:
				if on.Name == "addressbook" && ast.IsExported(name) && name != "Contact" {
					t.Errorf("%s calls addressbook.%s past rules.go", file, name)
				}
			}
		}
	})
	methods := reflect.TypeFor[*conversation.Conversation]()
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		switch name {
		case "Format", "LogValue", "SetWall": // no rules
			continue
		}
		require.True(t, wrapped[name], "rules.go lacks Conversation.%s", name)
	}
}

// walk visits every node of the parts' own source.
func walk(t *testing.T, visit func(file string, n ast.Node)) {
	t.Helper()
	files, err := filepath.Glob("../parts/*/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			visit(filepath.Base(path), n)
			return true
		})
	}
}

// callee returns what a method is called on, and its name.
func callee(call *ast.CallExpr) (on ast.Expr, name string) {
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		return fun.X, fun.Sel.Name
	case *ast.Ident:
		return nil, fun.Name
	}
	return nil, ""
}

func stringOf(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
