package arch

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// place is a package of the module and what it may import of ours.
type place struct {
	dir   string // "x/*": each folder in x that has no line of its own
	may   string // folders, with spaces between them; "x/*": each folder in x
	holds string // what it is, so that it may import no more
}

// world is every package of the module, tests and tools included. What stands
// in shared/ is open to all others; files of tests may import more. A new
// package is one line here.
func world() []place {
	return []place{
		{dir: "shared/text", holds: "words and strings of people, without CBOR"},
		{dir: "shared/wire", holds: "the encodings that all else is written in"},
		{dir: "shared/mls", holds: "RFC 9420, which knows nothing of Petmail"},
		{dir: "shared/address", may: "shared/text shared/wire", holds: "envelopes and addresses"},
		{dir: "shared/relayproto", may: "shared/wire", holds: "the language between agents and relays"},
		{dir: "shared/wormhole", may: "shared/text shared/wire", holds: "the language of Magic Wormhole"},
		{dir: "shared/vectors", may: "shared/wire", holds: "what tests of codecs read"},

		{dir: "wasm/conversation", holds: "rules of a group: state in, state out"},
		{dir: "wasm/invite", may: "wasm/conversation", holds: "rules of an invitation: state in, state out"},
		{dir: "wasm/note", holds: "rules of a note: state in, state out"},
		{dir: "wasm/addressbook", holds: "what a person knows of a contact: state in, state out"},
		{dir: "wasm/clock", holds: "the time that has surely passed, without a clock of its own"},

		{dir: "wasm/api", holds: "the contract with the pages, which reads like one"},
		{dir: "wasm/store", holds: "the interface of a store"},
		{dir: "wasm/store/faulty", may: "wasm/store", holds: "a store for tests"},
		{dir: "wasm/js", holds: "promises, exceptions and bytes of JavaScript"},
		{dir: "wasm/store/idb", may: "wasm/js wasm/store", holds: "one kind of store"},
		{dir: "wasm/store/mem", may: "wasm/store", holds: "one kind of store"},
		{dir: "wasm/store/sqlite", may: "wasm/store", holds: "one kind of store"},
		{dir: "wasm/store/storetest", may: "wasm/store", holds: "the suite that every store passes"},
		{dir: "wasm/vault", may: "wasm/store", holds: "a store whose deletions are real, above any other"},
		{dir: "wasm/vault/file", may: "wasm/vault", holds: "one kind of root file"},
		{dir: "wasm/vault/opfsjs", may: "wasm/js wasm/vault", holds: "one kind of root file"},
		{dir: "wasm/vault/roottest", holds: "the suite that every root file passes"},
		{dir: "wasm/vault/vaulttest", may: "wasm/vault", holds: "a root file for tests"},
		{dir: "wasm/relayclient", may: "wasm/relayclient/netjs", holds: "the network, which keeps nothing"},
		{dir: "wasm/relayclient/netjs", may: "wasm/js", holds: "the browser's network"},
		{dir: "wasm/webcryptojs", may: "wasm/js", holds: "the browser's cryptography"},

		{dir: "wasm/turn", may: "wasm/api wasm/store", holds: "the seam between the loop and the parts"},
		{
			dir: "wasm/agent", may: "wasm/turn wasm/api wasm/store",
			holds: "the loop, which knows no part, no content and no route",
		},
		{dir: "wasm/parts", may: "wasm/turn wasm/relayclient wasm/parts/*", holds: "the list of parts"},
		{
			dir: "wasm/parts/*",
			may: "wasm/turn wasm/api wasm/relayclient wasm/store wasm/addressbook wasm/clock wasm/conversation wasm/invite wasm/note " +
				"wasm/parts/refusal",
			holds: "one part, which knows no other",
		},
		{dir: "wasm/parts/refusal", may: "wasm/turn wasm/api", holds: "words of parts for what rules refuse, and no part"},

		{dir: "wasm/gate", may: "wasm/api wasm/store wasm/vault", holds: "the lock before the agent, which it does not know"},
		{dir: "wasm/jsapi", may: "wasm/api", holds: "the bridge to the pages, which knows neither gate nor agent"},
		{
			dir:   "wasm/cmd/petmail",
			may:   "wasm/agent wasm/gate wasm/js wasm/jsapi wasm/parts wasm/relayclient wasm/store wasm/store/idb wasm/vault wasm/vault/opfsjs",
			holds: "wiring",
		},
		{
			dir: "wasm/agenttest",
			may: "relay/core relay/native wasm/agent wasm/api wasm/conversation wasm/parts wasm/relayclient wasm/store " +
				"wasm/store/faulty wasm/store/mem wasm/store/sqlite wasm/vault wasm/vault/file wasm/vault/vaulttest",
			holds: "a world of agents and relays for tests",
		},

		{dir: "relay/core", holds: "what the nouns of a relay share: storage, keys, clock, limits"},
		{dir: "relay/core/claims", may: "relay/core", holds: "one noun, which knows no other"},
		{dir: "relay/core/mailbox", may: "relay/core", holds: "one noun, which knows no other"},
		{dir: "relay/core/rendezvous", may: "relay/core", holds: "one noun, which knows no other"},
		{dir: "relay/core/slots", may: "relay/core", holds: "one noun, which knows no other"},
		{dir: "relay/core/queuetest", may: "relay/core", holds: "the suite that every queue passes"},
		{
			dir:   "relay/protocol",
			may:   "relay/core relay/core/claims relay/core/mailbox relay/core/rendezvous relay/core/slots",
			holds: "what joins the nouns, without a host",
		},
		{dir: "relay/pages", holds: "what is served without state"},
		{dir: "relay/native", may: "relay/core relay/pages relay/protocol", holds: "a host, which knows no noun"},
		{dir: "relay/relaytest", holds: "the suite that every host passes, from outside"},
		{dir: "relay/cmd/petmail-relay", may: "relay/core relay/native", holds: "wiring"},

		{dir: "tests/arch", holds: "rules over source, which run none of it"},
		{dir: "tests/bench-mls/mlsgroup", holds: "shared/mls, measured"},
		{dir: "tests/bench-mls/mlsjs", may: "tests/bench-mls/mlsgroup wasm/webcryptojs", holds: "the same in a browser"},
		{dir: "tests/forensic", may: "wasm/conversation", holds: "a search of disks"},
		{dir: "tests/forensic/examine", may: "tests/forensic", holds: "the same as a program"},
		{dir: "tests/interop", holds: "other people's programs, against ours"},
		{dir: "tests/load", may: "relay/core relay/native", holds: "the relay, measured beside its peers"},
		{dir: "tests/load/natsserver", holds: "one of these peers"},
		{dir: "tests/sqlitejs", holds: "SQLite for tests under Node"},
		{dir: "tests/sqltx", may: "relay/core tests/sqlitejs", holds: "SQLite for tests of the relay's rules"},
	}
}

// worldRules hold the module against a table.
func worldRules(world []place) []Rule {
	return []Rule{
		{
			Name:  "every-package-has-its-place",
			Why:   "the world is closed: what a package is for, and what it may import, is said in one table (world.go) before it is used",
			Check: func(tree *Tree) []Violation { return packagesOf(tree, world) },
		},
		{
			Name:  "every-import-is-in-the-table",
			Why:   "imports point one way, from wiring to rules to shared/, and what is allowed for no reason is soon needed for none: the table (world.go) has one line for each package",
			Check: func(tree *Tree) []Violation { return importsOf(tree, world) },
		},
	}
}

// is reports whether a folder is that of the table, or one of those.
func is(table, dir string) bool {
	if within, each := strings.CutSuffix(table, "/*"); each {
		return path.Dir(dir) == within
	}
	return table == dir
}

// placeOf returns the line of the table for a package: its own, or that of its
// like.
func placeOf(world []place, dir string) (place, bool) {
	for _, own := range []bool{true, false} {
		for _, p := range world {
			if (p.dir == dir) == own && is(p.dir, dir) {
				return p, true
			}
		}
	}
	return place{}, false
}

// packagesOf compares the packages that there are with those of the table.
func packagesOf(tree *Tree, world []place) []Violation {
	seen, there := map[string]bool{}, map[string]bool{}
	var found []Violation
	for _, file := range tree.Go {
		if seen[file.Dir] {
			continue
		}
		seen[file.Dir] = true
		p, listed := placeOf(world, file.Dir)
		there[p.dir] = true
		if !listed {
			found = append(found, Violation{file.Dir, 0, "this package is not in the table"})
		}
	}
	for i, p := range world {
		switch {
		case !there[p.dir]:
			found = append(found, Violation{p.dir, 0, "the table has it, and there is no such package"})
		case slices.ContainsFunc(world[:i], func(other place) bool { return other.dir == p.dir }):
			found = append(found, Violation{p.dir, 0, "the table has it twice"})
		case p.holds == "":
			found = append(found, Violation{p.dir, 0, "the table does not say what it holds"})
		}
	}
	return found
}

// importsOf compares the imports of ours that product files have with those
// of the table.
func importsOf(tree *Tree, world []place) []Violation {
	type pair struct{ from, to string }
	used := map[pair]bool{}
	var found []Violation
	for _, file := range tree.Go {
		p, listed := placeOf(world, file.Dir)
		if file.Test || !listed {
			continue
		}
		for i, imported := range file.Imports {
			to, ok := ours(imported)
			if !ok {
				continue
			}
			for _, may := range p.imports() {
				used[pair{p.dir, may}] = used[pair{p.dir, may}] || is(may, to)
			}
			if !p.allows(to) {
				what := fmt.Sprintf("%s imports %s. It is %s, and may import %s", file.Dir, to, p.holds, p.list())
				found = append(found, Violation{file.Path, file.Line(file.Ast.Imports[i].Pos()), what})
			}
		}
	}
	for _, p := range world {
		for _, to := range p.imports() {
			if !used[pair{p.dir, to}] {
				found = append(found, Violation{p.dir, 0, fmt.Sprintf("the table lets %s import %s, and it does not", p.dir, to)})
			}
		}
	}
	return found
}

// imports lists what the table allows.
func (p place) imports() []string { return strings.Fields(p.may) }

func (p place) allows(dir string) bool {
	return in(dir, "shared") && !in(p.dir, "shared") ||
		slices.ContainsFunc(p.imports(), func(may string) bool { return is(may, dir) })
}

// list says what a package may import.
func (p place) list() string {
	list := p.imports()
	if !in(p.dir, "shared") {
		list = append([]string{"shared/"}, list...)
	}
	if len(list) == 0 {
		return "nothing of ours"
	}
	return strings.Join(list, ", ")
}
