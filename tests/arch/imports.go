package arch

import (
	"path"
	"strings"
)

const module = "petmail"

// layer forbids the files under From to import what Forbidden matches.
type layer struct {
	name      string
	why       string
	applies   func(GoFile) bool
	forbidden func(imported string) bool
}

// in reports whether dir is one of the folders or below it.
func in(dir string, folders ...string) bool {
	for _, folder := range folders {
		if dir == folder || strings.HasPrefix(dir, folder+"/") {
			return true
		}
	}
	return false
}

// ours returns the folder of an imported package of this module.
func ours(imported string) (dir string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func oursIn(folders ...string) func(string) bool {
	return func(imported string) bool {
		dir, ok := ours(imported)
		return ok && in(dir, folders...)
	}
}

func oneOf(packages ...string) func(string) bool {
	return func(imported string) bool {
		for _, p := range packages {
			if imported == p || strings.HasPrefix(imported, p+"/") {
				return true
			}
		}
		return false
	}
}

// except allows single packages that forbidden would match: types and parsers
// that do nothing by themselves.
func except(forbidden func(string) bool, allowed ...string) func(string) bool {
	return func(imported string) bool {
		return forbidden(imported) && !contains(allowed, imported)
	}
}

// jsPackage reports whether a folder may touch JavaScript: its last part ends
// or begins with "js", begins with "idb", or it holds a wasm main.
func jsPackage(dir string) bool {
	base := path.Base(dir)
	return in(dir, "wasm/cmd", "wasm/store/idb") || strings.HasSuffix(base, "js") ||
		strings.HasPrefix(base, "js") || strings.HasPrefix(base, "idb")
}

func useCase(dir string) bool {
	return in(dir, "wasm/invite", "wasm/note", "wasm/conversation", "wasm/addressbook", "wasm/cluster", "wasm/files")
}

func layers() []layer {
	product := func(f GoFile) bool { return !f.Test }
	return []layer{
		{
			name:    "shared-imports-nothing-of-ours",
			why:     "shared/ is what agent and relay agree on; if it imported either, each would drag the other in",
			applies: func(f GoFile) bool { return in(f.Dir, "shared") },
			forbidden: func(imported string) bool {
				dir, ok := ours(imported)
				return ok && !in(dir, "shared")
			},
		},
		{
			name:      "shared-does-no-io",
			why:       "shared/ is pure: stores, sockets and files are passed in by whoever has them, so that every rule can be tested with bytes alone",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "shared") },
			forbidden: except(oneOf("os", "net", "database/sql", "io/ioutil", "log", "syscall", "math/rand"), "net/url", "net/netip", "log/slog"),
		},
		{
			name: "shared-takes-its-randomness",
			why:  "randomness is passed in so that tests and vectors can fix it; only mls falls back to the system's when it is given none",
			applies: func(f GoFile) bool {
				return product(f) && in(f.Dir, "shared") && !in(f.Dir, "shared/mls")
			},
			forbidden: oneOf("crypto/rand"),
		},
		{
			name:      "wasm-never-imports-relay",
			why:       "the agent must not know how a relay works inside: it speaks the protocol in shared/, and any relay will do",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "wasm") && !in(f.Dir, "wasm/agenttest") },
			forbidden: oursIn("relay"),
		},
		{
			name:      "relay-never-imports-wasm",
			why:       "the relay must not hold the code that could read messages",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "relay") },
			forbidden: oursIn("wasm", "extension"),
		},
		{
			name:      "product-never-imports-tests",
			why:       "what ships must not depend on what tests it",
			applies:   func(f GoFile) bool { return product(f) && !in(f.Dir, "tests", "wasm/agenttest") },
			forbidden: oursIn("tests", "wasm/agenttest", "shared/vectors"),
		},
		{
			name:      "only-js-packages-touch-javascript",
			why:       "everything that does not import syscall/js builds and is tested natively",
			applies:   func(f GoFile) bool { return !jsPackage(f.Dir) },
			forbidden: oneOf("syscall/js"),
		},
		{
			name:      "indexeddb-only-in-store-idb",
			why:       "go-indexeddb has traps (docs/decisions.md) that one package knows; the rest sees store.Store",
			applies:   func(f GoFile) bool { return !in(f.Dir, "wasm/store/idb") },
			forbidden: oneOf("github.com/hack-pad/go-indexeddb", "github.com/hack-pad/safejs"),
		},
		{
			name: "websocket-only-in-relayclient-and-native",
			why:  "coder/websocket behaves differently in browsers (docs/decisions.md): it is wrapped once on each side",
			applies: func(f GoFile) bool {
				return product(f) && !in(f.Dir, "wasm/relayclient", "relay/native", "relay/relaytest", "tests")
			},
			forbidden: oneOf("github.com/coder/websocket"),
		},
		{
			name:      "relay-core-has-no-network",
			why:       "every rule of the relay runs unchanged in one binary and in Cloudflare's Durable Objects, where there is no net/http",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "relay/core", "relay/protocol") },
			forbidden: except(oneOf("net", "os", "database/sql", "modernc.org/sqlite", "sync"), "net/url", "net/netip"),
		},
		{
			name:      "relay-core-imports-only-shared",
			why:       "imports point one way: cmd → native → core → shared",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "relay/core") },
			forbidden: oursIn("relay/native", "relay/cmd", "relay/relaytest", "relay/cloudflare"),
		},
		{
			name:      "relay-hosts-do-not-import-cmd",
			why:       "imports point one way: cmd → native → core → shared",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "relay/native", "relay/relaytest") },
			forbidden: oursIn("relay/cmd"),
		},
		{
			name:      "api-imports-nothing-of-ours",
			why:       "wasm/api is the source of the TypeScript types: it must read like a contract, not like the agent",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "wasm/api") },
			forbidden: func(imported string) bool { _, ok := ours(imported); return ok },
		},
		{
			name:      "use-cases-do-no-io",
			why:       "use-cases are state in, state out; the agent's one loop owns the store and the network",
			applies:   func(f GoFile) bool { return product(f) && useCase(f.Dir) },
			forbidden: oneOf("os", "net", "database/sql", module+"/wasm/relayclient", module+"/wasm/agent", module+"/wasm/jsapi", module+"/wasm/cmd", module+"/wasm/store/idb", module+"/wasm/store/mem"),
		},
		{
			name:      "agent-does-not-know-its-host",
			why:       "imports point one way: wasm/cmd → jsapi → agent → use-cases → shared",
			applies:   func(f GoFile) bool { return product(f) && in(f.Dir, "wasm/agent") },
			forbidden: oursIn("wasm/jsapi", "wasm/cmd", "wasm/store/idb", "wasm/agenttest"),
		},
	}
}

func importRules() []Rule {
	var rules []Rule
	for _, l := range layers() {
		rules = append(rules, Rule{Name: l.name, Why: l.why, Check: func(tree *Tree) []Violation {
			var found []Violation
			for _, file := range tree.Go {
				if !l.applies(file) {
					continue
				}
				for i, imported := range file.Imports {
					if l.forbidden(imported) {
						found = append(found, Violation{file.Path, file.Line(file.Ast.Imports[i].Pos()), "imports " + imported})
					}
				}
			}
			return found
		}})
	}
	return rules
}
