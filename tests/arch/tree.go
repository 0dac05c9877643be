package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Tree is the source of a repository, parsed.
type Tree struct {
	Go   []GoFile
	Text []TextFile
}

// GoFile is one parsed Go source file.
type GoFile struct {
	Path    string // from the root, with slashes
	Dir     string
	Test    bool // _test.go
	Imports []string
	Ast     *ast.File
	Fset    *token.FileSet
}

// Line returns the line of pos.
func (f GoFile) Line(pos token.Pos) int { return f.Fset.Position(pos).Line }

// TextFile is any file that people write, Go included.
type TextFile struct {
	Path string
	Data string
}

// TypeScript reports whether f is a source file of the pages.
func (f TextFile) TypeScript() bool {
	return strings.HasSuffix(f.Path, ".ts") || strings.HasSuffix(f.Path, ".tsx")
}

// maxText bounds a file that is read as text, in bytes; larger ones are data.
const maxText = 2 << 20

// Load reads fsys. Folders of built or downloaded things are left out, as are
// the ones that begin with a dot, .ci excepted.
func Load(fsys fs.FS) (*Tree, error) {
	tree := &Tree{}
	fset := token.NewFileSet()
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipDir(name) {
				return fs.SkipDir
			}
			return nil
		}
		if !isText(name) {
			return nil
		}
		info, err := entry.Info()
		if err != nil || info.Size() > maxText || !info.Mode().IsRegular() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		tree.Text = append(tree.Text, TextFile{Path: name, Data: string(data)})
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parseGo(fset, name, data)
		if err != nil {
			return err
		}
		tree.Go = append(tree.Go, file)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't load tree: %w", err)
	}
	return tree, nil
}

func parseGo(fset *token.FileSet, name string, data []byte) (GoFile, error) {
	parsed, err := parser.ParseFile(fset, name, data, parser.ParseComments)
	if err != nil {
		return GoFile{}, err
	}
	file := GoFile{
		Path: name,
		Dir:  path.Dir(name),
		Test: strings.HasSuffix(name, "_test.go"),
		Ast:  parsed,
		Fset: fset,
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return GoFile{}, err
		}
		file.Imports = append(file.Imports, imported)
	}
	return file, nil
}

func skipDir(name string) bool {
	switch name {
	case ".", ".ci":
		return false
	case "relay/cmd/petmail-relay/web", "bin", "data":
		return true
	}
	base := path.Base(name)
	switch base {
	case "node_modules", "dist", "testdata", "test-results", "playwright-report":
		return true
	}
	return strings.HasPrefix(base, ".")
}

// isText tells by name whether a file is written by people.
func isText(name string) bool {
	switch path.Ext(name) {
	case ".go", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".json", ".yaml", ".yml", ".toml",
		".md", ".sh", ".svg", ".webmanifest", ".mod":
		return path.Base(name) != "package-lock.json"
	case "":
		return true
	}
	return path.Base(name) == ".gitignore"
}
