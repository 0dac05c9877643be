package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"sort"
	"strings"
)

// testBuild is the first line of a file that only test builds have.
var testBuild = regexp.MustCompile(`^//go:build js && petmailtest\n`)

func goRules() []Rule {
	return []Rule{
		{
			Name:  "one-package-comment",
			Why:   "a package says once what it is, in one place; two comments drift apart and none leaves the reader guessing",
			Check: packageComments,
		},
		{
			Name: "no-init",
			Why:  "init() runs behind the reader's back and in an order nobody wrote down; pass things in",
			Check: eachNode(func(f GoFile, n ast.Node) (string, bool) {
				fn, ok := n.(*ast.FuncDecl)
				return "declares init()", ok && fn.Recv == nil && fn.Name.Name == "init"
			}),
		},
		{
			Name: "relay-core-has-no-goroutines",
			Why:  "the rules are synchronous: a host calls them, they answer; a goroutine there would block a Durable Object",
			Check: eachNode(func(f GoFile, n ast.Node) (string, bool) {
				_, ok := n.(*ast.GoStmt)
				return "starts a goroutine", ok && !f.Test && in(f.Dir, "relay/core", "relay/protocol")
			}),
		},
		{
			Name: "test-hooks-only-in-test-builds",
			Why:  "what moves the agent's clock or makes it panic must not be in the program that people run",
			Check: func(tree *Tree) []Violation {
				var found []Violation
				for _, file := range tree.Text {
					if in(file.Path, "wasm") && strings.Contains(file.Data, "petmailDebug") && !testBuild.MatchString(file.Data) {
						found = append(found, Violation{file.Path, 0, "has hooks for tests, and no build tag"})
					}
				}
				return found
			},
		},
		{
			Name:  "only-the-gate-adopts",
			Why:   "every group state goes through wasm/conversation/gate.go, where it is judged: a second way in is one that a contact will find",
			Check: eachNode(adopts),
		},
		{
			Name: "no-clock-where-time-is-passed-in",
			Why:  "shared/, the relay's rules and the use-cases take the time as an argument, so that tests own it",
			Check: eachNode(func(f GoFile, n ast.Node) (string, bool) {
				if f.Test || !(in(f.Dir, "shared", "relay/core", "relay/protocol") || useCase(f.Dir)) {
					return "", false
				}
				name, ok := timeCall(n)
				return "calls time." + name, ok
			}),
		},
		{
			Name:  "what-holds-texts-prints-nothing",
			Why:   "a log, an error or a panic that prints it would tell texts, names, keys or states: embed wire.Redacted, or write Format and LogValue",
			Check: redactedTypes,
		},
		{
			Name:  "what-pages-see-is-not-stored",
			Why:   "a page's type changes with what is shown; what lies on the disk must open for ever: give the record a type of its own",
			Check: storedPageTypes,
		},
		{
			Name: "tests-do-not-sleep",
			Why:  "a sleep is either too short or wasted: wait for the event, or use testing/synctest, whose clock is not the wall's",
			Check: eachNode(func(f GoFile, n ast.Node) (string, bool) {
				name, ok := timeCall(n)
				return "calls time.Sleep", ok && name == "Sleep" && f.Test && !contains(f.Imports, "testing/synctest")
			}),
		},
		{
			Name: "tests-are-not-skipped",
			Why:  "a skipped test looks like a passed one; -short may leave long ones out, nothing else",
			Check: func(tree *Tree) []Violation {
				var found []Violation
				for _, file := range tree.Go {
					if file.Test {
						found = append(found, skips(file)...)
					}
				}
				return found
			},
		},
	}
}

// adopts reports what brings a group state into a conversation, or makes one,
// outside of the gate.
func adopts(f GoFile, n ast.Node) (what string, ok bool) {
	if f.Test || f.Path == "wasm/conversation/gate.go" || !in(f.Dir, "wasm") || in(f.Dir, "wasm/agenttest") {
		return "", false
	}
	if f.Dir == "wasm/conversation" {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				if s, ok := to.(*ast.SelectorExpr); ok && s.Sel.Name == "group" {
					return "sets a group", true
				}
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "group" {
				return "sets a group", true
			}
		case *ast.UnaryExpr:
			if s, ok := n.X.(*ast.SelectorExpr); ok && n.Op == token.AND && s.Sel.Name == "group" {
				return "lends a group", true
			}
		}
	}
	pkg, name, ok := call(n)
	if !ok || pkg != "mls" {
		return "", false
	}
	switch name {
	case "Join", "NewGroup", "ExternalCommit", "Unmarshal", "UnmarshalParts":
		return "calls mls." + name, true
	}
	return "", false
}

func eachNode(match func(GoFile, ast.Node) (what string, ok bool)) func(*Tree) []Violation {
	return func(tree *Tree) []Violation {
		var found []Violation
		for _, file := range tree.Go {
			ast.Inspect(file.Ast, func(n ast.Node) bool {
				if n == nil {
					return false
				}
				if what, ok := match(file, n); ok {
					found = append(found, Violation{file.Path, file.Line(n.Pos()), what})
				}
				return true
			})
		}
		return found
	}
}

// timeCall reports the call of time.Now, Since, Sleep and their kin.
func timeCall(n ast.Node) (name string, ok bool) {
	pkg, name, ok := call(n)
	if !ok || pkg != "time" {
		return "", false
	}
	switch name {
	case "Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick":
		return name, true
	}
	return "", false
}

// call takes a call of the form x.Name(…) apart.
func call(n ast.Node) (x, name string, ok bool) {
	expr, ok := n.(*ast.CallExpr)
	if !ok {
		return "", "", false
	}
	selector, ok := expr.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", "", false
	}
	ident, ok := selector.X.(*ast.Ident)
	if !ok {
		return "", "", false
	}
	return ident.Name, selector.Sel.Name, true
}

// skips finds calls of Skip that do not stand in "if testing.Short()".
func skips(file GoFile) []Violation {
	allowed := map[ast.Node]bool{}
	var found []Violation
	ast.Inspect(file.Ast, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if branch, ok := n.(*ast.IfStmt); ok {
			if x, name, ok := call(branch.Cond); ok && x == "testing" && name == "Short" {
				ast.Inspect(branch.Body, func(inner ast.Node) bool {
					allowed[inner] = true
					return true
				})
			}
		}
		_, name, ok := call(n)
		if ok && !allowed[n] && (name == "Skip" || name == "Skipf" || name == "SkipNow") {
			found = append(found, Violation{file.Path, file.Line(n.Pos()), "calls " + name})
		}
		return true
	})
	return found
}

func packageComments(tree *Tree) []Violation {
	type pkg struct{ dir, name string }
	comments := map[pkg][]string{}
	for _, file := range tree.Go {
		if file.Test {
			if file.Ast.Doc != nil {
				key := pkg{file.Dir, file.Ast.Name.Name}
				comments[key] = append(comments[key], file.Path)
			}
			continue
		}
		key := pkg{file.Dir, file.Ast.Name.Name}
		if _, ok := comments[key]; !ok {
			comments[key] = nil
		}
		if file.Ast.Doc != nil {
			comments[key] = append(comments[key], file.Path)
		}
	}
	var found []Violation
	for key, files := range comments {
		sort.Strings(files)
		switch {
		case len(files) == 0:
			found = append(found, Violation{key.dir, 0, fmt.Sprintf("package %s has no package comment", key.name)})
		case len(files) > 1:
			found = append(found, Violation{key.dir, 0, fmt.Sprintf("package %s has %d package comments: %v", key.name, len(files), files)})
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	return found
}
