package arch

import (
	"fmt"
	"go/ast"
	"path"
	"sort"
	"strings"
	"unicode"
)

// A field whose name has one of these words, and whose type is text or bytes,
// holds what must not be printed.
var tellingWords = words(
	// what people write and are called
	"text", "texts", "body", "bodies", "content", "payload", "plaintext", "draft", "preview", "name", "names", "petname",
	"note", "words", "problem", "claimed", "declined",
	// what opens something
	"seed", "secret", "secrets", "private", "psk", "key", "keys", "passphrase", "password", "code", "link", "voucher",
	// who writes to whom, and the state of it
	"persona", "address", "addresses", "own", "candidate", "welcome", "join", "value", "record", "group", "door", "box", "mailbox",
)

func words(list ...string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range list {
		set[word] = true
	}
	return set
}

// printable lists types whose words are telling and whose content is not.
var printable = map[string]string{
	"shared/address.DoorID":        "the hash that a relay is told",
	"shared/mls.suiteParams":       "the names of algorithms",
	"shared/relayproto.Descriptor": "what a relay publishes",
	"shared/relayproto.Relay":      "what a relay publishes",
	"wasm/api.Aside":               "words of the program",
	"wasm/cmd/petmail.plain":       "the name of a file",
	"wasm/js.Error":                "the name of a DOMException",
	"wasm/vault/roottest.place":    "the name of a test",
}

// printing is what it takes to know which types would print a secret.
type printing struct {
	types   map[string]*ast.TypeSpec // by folder and name
	files   map[string]GoFile        // of each type
	methods map[string]map[string]bool
	logs    map[string]bool   // folders that hold a logger
	holds   map[string]string // why a type holds something; "": it does not
}

// redactedTypes finds the types that hold texts, names, keys or states, at any
// depth, and would print them.
func redactedTypes(tree *Tree) []Violation {
	p := &printing{
		types: map[string]*ast.TypeSpec{}, files: map[string]GoFile{},
		methods: map[string]map[string]bool{}, logs: map[string]bool{}, holds: map[string]string{},
	}
	for _, file := range tree.Go {
		if !file.Test && in(file.Dir, "shared", "wasm") {
			p.read(file)
		}
	}
	var found []Violation
	for id, spec := range p.types {
		why := p.why(id)
		if why == "" || printable[id] != "" || ofTests(p.files[id].Dir) || p.inner(id) || p.redacts(id, map[string]bool{}) {
			continue
		}
		file := p.files[id]
		found = append(found, Violation{file.Path, file.Line(spec.Pos()), fmt.Sprintf("%s holds %s and prints it", spec.Name.Name, why)})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].String() < found[j].String() })
	return found
}

// inner reports whether nobody prints the type but its own package, and that
// logs nothing. What it is part of is looked at: methods for each inner type,
// too, would make the program larger by some 10 KB of what is downloaded.
func (p *printing) inner(id string) bool {
	return !p.types[id].Name.IsExported() && !p.logs[p.files[id].Dir]
}

// ofTests reports whether a folder holds nothing but what tests use.
func ofTests(dir string) bool {
	return in(dir, "relay/relaytest", "relay/core/queuetest", "shared/vectors", "wasm/agenttest", "wasm/store/storetest", "wasm/store/faulty", "wasm/vault/vaulttest")
}

func (p *printing) read(file GoFile) {
	ast.Inspect(file.Ast, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Logger" {
			p.logs[file.Dir] = true
		}
		return true
	})
	for _, decl := range file.Ast.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					id := file.Dir + "." + t.Name.Name
					p.types[id], p.files[id] = t, file
				}
			}
		case *ast.FuncDecl:
			if d.Recv == nil || len(d.Recv.List) != 1 {
				continue
			}
			// A method of the pointer is not there for a value.
			if name, ok := d.Recv.List[0].Type.(*ast.Ident); ok {
				id := file.Dir + "." + name.Name
				if p.methods[id] == nil {
					p.methods[id] = map[string]bool{}
				}
				p.methods[id][d.Name.Name] = true
			}
		}
	}
}

// redacts reports whether the type has, or gets from a field that it embeds,
// methods that print something else.
func (p *printing) redacts(id string, seen map[string]bool) bool {
	if p.methods[id]["Format"] && p.methods[id]["LogValue"] {
		return true
	}
	spec := p.types[id]
	if spec == nil || seen[id] {
		return false
	}
	seen[id] = true
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return false
	}
	for _, field := range s.Fields.List {
		if len(field.Names) > 0 {
			continue
		}
		if name := p.named(p.files[id], field.Type); name != "" && (name == "shared/wire.Redacted" || p.redacts(name, seen)) {
			return true
		}
	}
	return false
}

// why says what of a type must not be printed.
func (p *printing) why(id string) string {
	if why, known := p.holds[id]; known {
		return why
	}
	p.holds[id] = "" // a type that contains itself
	spec := p.types[id]
	if spec == nil {
		return ""
	}
	why := p.inType(p.files[id], spec.Type)
	if printable[id] != "" {
		why = "" // nor does what holds it
	} else if why == "" && telling(spec.Name.Name) && bytesOrText(spec.Type, false) {
		why = "what its name says"
	}
	p.holds[id] = why
	return why
}

// inType says what of a type expression must not be printed.
func (p *printing) inType(file GoFile, t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StructType:
		for _, field := range t.Fields.List {
			for _, name := range field.Names {
				if telling(name.Name) && bytesOrText(field.Type, true) {
					return name.Name
				}
			}
			if why := p.inType(file, field.Type); why != "" {
				return why
			}
		}
	case *ast.StarExpr:
		return p.inType(file, t.X)
	case *ast.ArrayType:
		return p.inType(file, t.Elt)
	case *ast.MapType:
		if why := p.inType(file, t.Key); why != "" {
			return why
		}
		return p.inType(file, t.Value)
	case *ast.ChanType:
		return p.inType(file, t.Value)
	case *ast.IndexExpr: // generic
		return p.inType(file, t.Index)
	default:
		if id := p.named(file, t); id != "" && p.types[id] != nil && p.why(id) != "" {
			return "a " + p.types[id].Name.Name
		}
	}
	return ""
}

// named returns the id of the type of ours that an expression names.
func (p *printing) named(file GoFile, t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return p.named(file, t.X)
	case *ast.Ident:
		return file.Dir + "." + t.Name
	case *ast.SelectorExpr:
		pkg, ok := t.X.(*ast.Ident)
		if !ok {
			return ""
		}
		for _, spec := range file.Ast.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if spec.Name != nil && spec.Name.Name == pkg.Name || spec.Name == nil && path.Base(imported) == pkg.Name {
				return strings.TrimPrefix(imported, "petmail/") + "." + t.Sel.Name
			}
		}
	}
	return ""
}

// telling reports whether a name has one of the telling words.
func telling(name string) bool {
	for _, word := range camelWords(name) {
		if tellingWords[word] {
			return true
		}
	}
	return false
}

func camelWords(name string) []string {
	var words []string
	start := 0
	runes := []rune(name)
	for i := 1; i <= len(runes); i++ {
		if i == len(runes) || unicode.IsUpper(runes[i]) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			words = append(words, strings.ToLower(string(runes[start:i])))
			start = i
		}
	}
	return words
}

// bytesOrText reports whether a type is text or bytes, or a list of such.
func bytesOrText(t ast.Expr, text bool) bool {
	switch t := t.(type) {
	case *ast.Ident:
		return text && (t.Name == "string" || t.Name == "any")
	case *ast.ArrayType:
		if elt, ok := t.Elt.(*ast.Ident); ok && elt.Name == "byte" {
			return true
		}
		return bytesOrText(t.Elt, text)
	case *ast.MapType:
		return bytesOrText(t.Value, text)
	case *ast.StarExpr:
		return bytesOrText(t.X, text)
	case *ast.SelectorExpr:
		switch t.Sel.Name {
		case "Raw", "RawMessage", "PrivateKey", "PublicKey":
			return true
		}
	}
	return false
}
