package vectors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// declared returns the literals of the constants of a type, by name, in the
// product files of a folder. Text comes without its quotes.
func declared(dir, typeName string) (map[string]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, spec := range d.Specs {
					literals(spec.(*ast.ValueSpec), typeName, found)
				}
			}
		}
	}
	return found, nil
}

func literals(spec *ast.ValueSpec, typeName string, found map[string]string) {
	if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != typeName {
		return
	}
	for i, name := range spec.Names {
		literal, ok := spec.Values[i].(*ast.BasicLit)
		if !ok {
			continue
		}
		found[name.Name] = literal.Value
		if text, err := strconv.Unquote(literal.Value); err == nil {
			found[name.Name] = text
		}
	}
}
