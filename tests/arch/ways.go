package arch

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

// wayPackages are those that a message goes through: the comment of each names
// the functions on its way, under one heading, and its goroutines under
// another.
func wayPackages() []string {
	return []string{"relay/native", "relay/protocol", "wasm/agent", "wasm/relayclient"}
}

const (
	wayHeading       = "# The way of a message"
	goroutineHeading = "# Goroutines"
)

func wayRules() []Rule {
	return []Rule{
		{
			Name:  "the-way-of-a-message-is-drawn",
			Why:   "a reader follows a message from click to relay to click, and each goroutine to who ends it, by the names in doc.go: they have to be those in the code",
			Check: waysDrawn,
		},
		{
			Name:  "every-goroutine-is-in-doc-go",
			Why:   "each goroutine has an owner that ends it: doc.go says under \"" + goroutineHeading + "\" what starts it and who that is",
			Check: goroutinesDrawn,
		},
	}
}

// drawing is what a package comment says under the two headings.
type drawing struct {
	file  GoFile
	names map[string][]drawn // by heading
}

// drawn is a name in a drawing.
type drawn struct {
	name string
	line int
}

var (
	// A row begins with the name of a function; a row that goes on, with spaces.
	rowStart = regexp.MustCompile(`^\t([A-Za-z]\w*(?:\.\w+)*)`)
	dotted   = regexp.MustCompile(`\b[A-Za-z]\w*(?:\.[A-Za-z]\w*)+`)
)

// draw reads the comment of the package in dir; nil: it has none.
func draw(tree *Tree, dir string) *drawing {
	i := slices.IndexFunc(tree.Go, func(f GoFile) bool { return f.Dir == dir && !f.Test && f.Ast.Doc != nil })
	if i < 0 {
		return nil
	}
	d := &drawing{file: tree.Go[i], names: map[string][]drawn{}}
	heading := ""
	for _, comment := range d.file.Ast.Doc.List {
		text := strings.TrimPrefix(strings.TrimPrefix(comment.Text, "//"), " ")
		if strings.HasPrefix(text, "# ") {
			heading = text
			d.names[heading] = nil
			continue
		}
		if heading != wayHeading && heading != goroutineHeading {
			continue
		}
		line := d.file.Line(comment.Pos())
		if row := rowStart.FindStringSubmatch(text); row != nil && !strings.Contains(row[1], ".") {
			d.names[heading] = append(d.names[heading], drawn{row[1], line})
		}
		for _, name := range dotted.FindAllString(text, -1) {
			d.names[heading] = append(d.names[heading], drawn{name, line})
		}
	}
	return d
}

// waysDrawn finds packages without the headings, and names in them that stand
// for nothing.
func waysDrawn(tree *Tree) []Violation {
	known := declaredNames(tree)
	var found []Violation
	for _, dir := range packageDirs(tree) {
		d := draw(tree, dir)
		if slices.Contains(wayPackages(), dir) && (d == nil || len(d.names[wayHeading]) == 0) {
			found = append(found, Violation{dir, 0, "its comment has no \"" + wayHeading + "\" with names"})
		}
		if d == nil {
			continue
		}
		for _, heading := range []string{wayHeading, goroutineHeading} {
			for _, n := range d.names[heading] {
				if !known[dir+" "+n.name] && !known[n.name] {
					found = append(found, Violation{d.file.Path, n.line, "names " + n.name + ", which is neither of this package nor of one of ours"})
				}
			}
		}
	}
	return found
}

// goroutinesDrawn finds functions that start a goroutine and are not named.
func goroutinesDrawn(tree *Tree) []Violation {
	drawings := map[string]*drawing{}
	var found []Violation
	for _, file := range tree.Go {
		if file.Test || !in(file.Dir, "relay", "shared", "wasm") || ofTests(file.Dir) || strings.HasSuffix(file.Path, "_petmailtest.go") {
			continue
		}
		if _, read := drawings[file.Dir]; !read {
			drawings[file.Dir] = draw(tree, file.Dir)
		}
		d := drawings[file.Dir]
		for _, decl := range file.Ast.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil || !startsGoroutine(fn.Body) {
				continue
			}
			name := functionName(fn)
			if d == nil || !slices.ContainsFunc(d.names[goroutineHeading], func(n drawn) bool { return n.name == name }) {
				found = append(found, Violation{file.Path, file.Line(fn.Pos()), name + " starts a goroutine that the package's comment does not name"})
			}
		}
	}
	return found
}

// startsGoroutine reports a go statement, or a call of a method Go, which does
// the same.
func startsGoroutine(body *ast.BlockStmt) (starts bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			starts = true
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Go" {
				starts = true
			}
		}
		return !starts
	})
	return starts
}

// functionName returns Name or, of a method, Type.Name.
func functionName(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) != 1 {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if generic, ok := t.(*ast.IndexExpr); ok {
		t = generic.X
	}
	return fmt.Sprintf("%s.%s", t, fn.Name.Name)
}

// packageDirs lists the folders with product files, each once.
func packageDirs(tree *Tree) (dirs []string) {
	for _, file := range tree.Go {
		if !file.Test && !slices.Contains(dirs, file.Dir) {
			dirs = append(dirs, file.Dir)
		}
	}
	return dirs
}

// declaredNames holds every name that product files declare, once as the
// package's own ("dir name") and once as others write it (package.Name):
// functions, types, constants, variables, methods and fields.
func declaredNames(tree *Tree) map[string]bool {
	names := map[string]bool{}
	for _, file := range tree.Go {
		if file.Test {
			continue
		}
		add := func(name string) {
			names[file.Dir+" "+name] = true
			names[file.Ast.Name.Name+"."+name] = true
		}
		for _, decl := range file.Ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				add(functionName(d))
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					for _, name := range specNames(spec) {
						add(name)
					}
				}
			}
		}
	}
	return names
}

// specNames lists what one specification declares.
func specNames(spec ast.Spec) (names []string) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			names = append(names, name.Name)
		}
	case *ast.TypeSpec:
		names = append(names, s.Name.Name)
		var members *ast.FieldList
		switch t := s.Type.(type) {
		case *ast.StructType:
			members = t.Fields
		case *ast.InterfaceType:
			members = t.Methods
		default:
			return names
		}
		for _, member := range members.List {
			for _, name := range member.Names {
				names = append(names, s.Name.Name+"."+name.Name)
			}
		}
	}
	return names
}
