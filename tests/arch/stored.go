package arch

import (
	"fmt"
	"go/ast"
	"path"
	"reflect"
	"strconv"
	"strings"
)

// encoders are the functions that make a record of a value, or a value of a
// record.
var encoders = words("put", "putChanged", "Put", "Marshal", "Unmarshal", "UnmarshalLoose")

// storedPageTypes finds types of wasm/api that become records, or parts of
// them, as far as that can be seen without knowing all types: fields of
// records, literals, and what is declared nearby or is a field somewhere in
// the package.
func storedPageTypes(tree *Tree) []Violation {
	fields := map[string]map[string]bool{} // by folder: names of fields that are a page's
	for _, file := range tree.Go {
		if !stores(file) {
			continue
		}
		if fields[file.Dir] == nil {
			fields[file.Dir] = map[string]bool{}
		}
		ast.Inspect(file.Ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.StructType); ok {
				eachName(file, s.Fields, fields[file.Dir])
			}
			return true
		})
	}
	var found []Violation
	for _, file := range tree.Go {
		if !stores(file) {
			continue
		}
		for _, decl := range file.Ast.Decls {
			locals := map[string]bool{}
			ast.Inspect(decl, func(n ast.Node) bool {
				what := ""
				switch n := n.(type) {
				case *ast.FuncType:
					eachName(file, n.Params, locals)
				case *ast.ValueSpec:
					for i, name := range n.Names {
						if ofPages(file, n.Type) || i < len(n.Values) && ofPages(file, n.Values[i]) {
							locals[name.Name] = true
						}
					}
				case *ast.AssignStmt:
					for i, to := range n.Lhs {
						if name, ok := to.(*ast.Ident); ok && len(n.Lhs) == len(n.Rhs) && ofPages(file, n.Rhs[i]) {
							locals[name.Name] = true
						}
					}
				case *ast.StructType:
					what = recordOfPages(file, n)
				case *ast.CallExpr:
					what = encodesPages(file, n, locals, fields[file.Dir])
				}
				if what != "" {
					found = append(found, Violation{file.Path, file.Line(n.Pos()), what})
				}
				return true
			})
		}
	}
	return found
}

// stores reports whether a file may have to do with the store.
func stores(f GoFile) bool {
	return !f.Test && in(f.Dir, "wasm") && !in(f.Dir, "wasm/api", "wasm/jsapi", "wasm/agenttest")
}

// eachName adds the names of fields whose type is a page's.
func eachName(file GoFile, list *ast.FieldList, names map[string]bool) {
	for _, field := range list.List {
		for _, name := range field.Names {
			if ofPages(file, field.Type) {
				names[name.Name] = true
			}
		}
	}
}

// recordOfPages reports a struct that is encoded and has a field of a page's
// type.
func recordOfPages(file GoFile, s *ast.StructType) string {
	encoded := false
	for _, field := range s.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			continue
		}
		_, cbor := reflect.StructTag(tag).Lookup("cbor")
		_, json := reflect.StructTag(tag).Lookup("json")
		encoded = encoded || cbor || json
	}
	for _, field := range s.Fields.List {
		if encoded && ofPages(file, field.Type) {
			return "has a page's type in a record"
		}
	}
	return ""
}

// encodesPages reports a call of an encoder with what is known as a page's.
func encodesPages(file GoFile, call *ast.CallExpr, locals, fields map[string]bool) string {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	if !encoders[name] {
		return ""
	}
	for _, arg := range call.Args {
		if u, ok := arg.(*ast.UnaryExpr); ok {
			arg = u.X
		}
		known := ofPages(file, arg)
		switch arg := arg.(type) {
		case *ast.Ident:
			known = known || locals[arg.Name]
		case *ast.SelectorExpr:
			known = known || fields[arg.Sel.Name]
		}
		if known {
			return fmt.Sprintf("gives a page's type to %s", name)
		}
	}
	return ""
}

// ofPages reports whether an expression names a type of wasm/api, is a value
// that shows one, or holds either.
func ofPages(file GoFile, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StarExpr:
		return ofPages(file, e.X)
	case *ast.UnaryExpr:
		return ofPages(file, e.X)
	case *ast.ArrayType:
		return ofPages(file, e.Elt)
	case *ast.MapType:
		return ofPages(file, e.Key) || ofPages(file, e.Value)
	case *ast.CompositeLit:
		return ofPages(file, e.Type)
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		if !ok || strings.HasPrefix(e.Sel.Name, "Cmd") || strings.HasPrefix(e.Sel.Name, "Event") {
			return false
		}
		for _, spec := range file.Ast.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if spec.Name != nil && spec.Name.Name == pkg.Name || spec.Name == nil && path.Base(imported) == pkg.Name {
				return imported == "petmail/wasm/api"
			}
		}
	}
	return false
}
