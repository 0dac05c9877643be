package arch

import (
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestTheHouse holds every rule against the repository itself.
func TestTheHouse(t *testing.T) {
	tree, err := Load(os.DirFS("../.."))
	require.NoError(t, err)
	require.NotEmpty(t, tree.Go)
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			for _, violation := range rule.Check(tree) {
				t.Errorf("%s\n\tforbidden because %s", violation, rule.Why)
			}
		})
	}
}

// planted is a small tree that breaks one rule, beside what looks alike and is
// allowed.
type planted struct {
	bad  map[string]string // each file is one violation
	good map[string]string
	// world, if set, is the table that the rule is held against.
	world []place
}

// imports is a file that imports a package.
func imports(pkg, path string) string {
	return "// Package " + pkg + " is planted.\npackage " + pkg + "\n\nimport _ \"" + path + "\"\n"
}

func plantedTrees() map[string]planted {
	withAPI := func(pkg, code string) string {
		return "package " + pkg + "\n\nimport \"petmail/wasm/api\"\n\n" + code + "\n"
	}
	return map[string]planted{
		"shared-imports-nothing-of-ours": {
			bad:  map[string]string{"shared/wire/a.go": imports("wire", "petmail/wasm/api"), "shared/mls/a_test.go": imports("mls", "petmail/relay/core")},
			good: map[string]string{"shared/address/a.go": imports("address", "petmail/shared/wire")},
		},
		"shared-does-no-io": {
			bad:  map[string]string{"shared/wire/a.go": imports("wire", "net/http"), "shared/mls/a.go": imports("mls", "net")},
			good: map[string]string{"shared/wire/a_test.go": imports("wire", "os"), "shared/address/a.go": imports("address", "crypto/sha256")},
		},
		"shared-takes-its-randomness": {
			bad:  map[string]string{"shared/wire/a.go": imports("wire", "crypto/rand")},
			good: map[string]string{"shared/wire/a_test.go": imports("wire", "crypto/rand"), "shared/mls/a.go": imports("mls", "crypto/rand")},
		},
		"wasm-never-imports-relay": {
			bad:  map[string]string{"wasm/agent/a.go": imports("agent", "petmail/relay/core")},
			good: map[string]string{"wasm/agent/a_test.go": imports("agent", "petmail/relay/native"), "wasm/agenttest/a.go": imports("agenttest", "petmail/relay/native"), "wasm/relayclient/a.go": imports("relayclient", "petmail/shared/relayproto")},
		},
		"relay-never-imports-wasm": {
			bad:  map[string]string{"relay/native/a.go": imports("native", "petmail/wasm/relayclient")},
			good: map[string]string{"relay/relaytest/a_test.go": imports("relaytest", "petmail/wasm/relayclient")},
		},
		"product-never-imports-tests": {
			bad:  map[string]string{"wasm/agent/a.go": imports("agent", "petmail/wasm/agenttest"), "relay/native/a.go": imports("native", "petmail/tests/arch"), "shared/wire/a.go": imports("wire", "petmail/shared/vectors")},
			good: map[string]string{"wasm/agent/a_test.go": imports("agent", "petmail/wasm/agenttest"), "shared/wire/a_test.go": imports("wire", "petmail/shared/vectors")},
		},
		"only-js-packages-touch-javascript": {
			bad:  map[string]string{"wasm/agent/a.go": imports("agent", "syscall/js"), "relay/core/a_test.go": imports("core", "syscall/js")},
			good: map[string]string{"wasm/jsapi/a.go": imports("jsapi", "syscall/js"), "wasm/store/idb/a.go": imports("idb", "syscall/js"), "wasm/cmd/petmail/main.go": imports("main", "syscall/js"), "wasm/webcryptojs/a.go": imports("webcryptojs", "syscall/js")},
		},
		"indexeddb-only-in-store-idb": {
			bad:  map[string]string{"wasm/agent/a.go": imports("agent", "github.com/hack-pad/go-indexeddb/idb"), "wasm/jsapi/a_test.go": imports("jsapi", "github.com/hack-pad/safejs")},
			good: map[string]string{"wasm/store/idb/a.go": imports("idb", "github.com/hack-pad/go-indexeddb/idb")},
		},
		"websocket-only-in-relayclient-and-native": {
			bad:  map[string]string{"wasm/agent/a.go": imports("agent", "github.com/coder/websocket")},
			good: map[string]string{"wasm/agent/a_test.go": imports("agent", "github.com/coder/websocket"), "wasm/relayclient/a.go": imports("relayclient", "github.com/coder/websocket"), "relay/native/a.go": imports("native", "github.com/coder/websocket")},
		},
		"relay-core-has-no-network": {
			bad:  map[string]string{"relay/core/a.go": imports("core", "net/http"), "relay/core/b.go": imports("core", "sync/atomic"), "relay/protocol/a.go": imports("protocol", "net/http")},
			good: map[string]string{"relay/native/a.go": imports("native", "net/http"), "relay/core/a_test.go": imports("core", "os")},
		},
		"relay-core-imports-only-shared": {
			bad:  map[string]string{"relay/core/a.go": imports("core", "petmail/relay/native")},
			good: map[string]string{"relay/native/a.go": imports("native", "petmail/relay/core")},
		},
		"relay-hosts-do-not-import-cmd": {
			bad:  map[string]string{"relay/native/a.go": imports("native", "petmail/relay/cmd/petmail-relay/x")},
			good: map[string]string{"relay/cmd/petmail-relay/a.go": imports("main", "petmail/relay/native")},
		},
		"api-imports-nothing-of-ours": {
			bad:  map[string]string{"wasm/api/a.go": imports("api", "petmail/shared/wire")},
			good: map[string]string{"wasm/api/b.go": imports("api", "encoding/json")},
		},
		"use-cases-do-no-io": {
			bad:  map[string]string{"wasm/invite/a.go": imports("invite", "petmail/wasm/relayclient"), "wasm/conversation/a.go": imports("conversation", "net/http")},
			good: map[string]string{"wasm/invite/b.go": imports("invite", "petmail/shared/wormhole"), "wasm/agent/a.go": imports("agent", "petmail/wasm/relayclient")},
		},
		"agent-does-not-know-its-host": {
			bad:  map[string]string{"wasm/agent/a.go": imports("agent", "petmail/wasm/jsapi")},
			good: map[string]string{"wasm/jsapi/a.go": imports("jsapi", "petmail/wasm/agent")},
		},
		"one-package-comment": {
			bad: map[string]string{"wasm/none/a.go": "package none\n", "wasm/two/b.go": "// Package two again.\npackage two\n"},
			good: map[string]string{
				"wasm/two/a.go": "// Package two is one.\npackage two\n",
				"wasm/one/a.go": "// Package one is one.\npackage one\n", "wasm/one/b.go": "package one\n", "wasm/one/b_test.go": "package one_test\n",
			},
		},
		"no-init": {
			bad:  map[string]string{"wasm/agent/a.go": "package agent\n\nfunc init() {}\n"},
			good: map[string]string{"wasm/agent/b.go": "package agent\n\ntype t struct{}\n\nfunc (t) init() {}\n"},
		},
		"relay-core-has-no-goroutines": {
			bad:  map[string]string{"relay/core/a.go": "package core\n\nfunc f() { go f() }\n", "relay/protocol/a.go": "package protocol\n\nfunc f() { go f() }\n"},
			good: map[string]string{"relay/native/a.go": "package native\n\nfunc f() { go f() }\n"},
		},
		"only-the-gate-adopts": {
			bad: map[string]string{
				"wasm/conversation/a.go": "package conversation\n\nfunc (c *C) a(s *S) { c.group = s }\n",
				"wasm/conversation/b.go": "package conversation\n\nvar c = C{group: nil}\n",
				"wasm/conversation/c.go": "package conversation\n\nfunc c(next C) { next.group, _ = f() }\n",
				"wasm/conversation/d.go": "package conversation\n\nfunc d(c *C) { f(&c.group) }\n",
				"wasm/agent/a.go":        "package agent\n\nvar s, _, _ = mls.Join(nil, p)\n",
			},
			good: map[string]string{
				"wasm/conversation/gate.go":   "package conversation\n\nfunc (c *C) a(s *S) { c.group = s }\n",
				"wasm/conversation/e.go":      "package conversation\n\nfunc (c *C) e() { s := c.group; s.f(mls.PeekMessage(nil)) }\n",
				"wasm/conversation/a_test.go": "package conversation\n\nfunc (c *C) a(s *S) { c.group = s }\n",
				"wasm/agenttest/a.go":         "package agenttest\n\nvar s, _ = mls.Unmarshal(nil, p)\n",
			},
		},
		"no-clock-where-time-is-passed-in": {
			bad:  map[string]string{"shared/mls/a.go": "package mls\n\nimport \"time\"\n\nvar _ = time.Now()\n", "wasm/invite/a.go": "package invite\n\nimport \"time\"\n\nvar _ = time.Since(time.Time{})\n"},
			good: map[string]string{"wasm/agent/a.go": "package agent\n\nimport \"time\"\n\nvar _ = time.Now()\n", "shared/mls/b.go": "package mls\n\nimport \"time\"\n\nconst d = time.Second\n"},
		},
		"test-hooks-only-in-test-builds": {
			bad: map[string]string{
				"wasm/cmd/petmail/a.go": "//go:build js\n\npackage main\n\nconst name = \"petmailDebug\"\n",
				"wasm/cmd/petmail/b.go": "//go:build js && !petmailtest\n\npackage main\n\nconst name = \"petmailDebug\"\n",
			},
			good: map[string]string{"wasm/cmd/petmail/c.go": "//go:build js && petmailtest\n\npackage main\n\nconst name = \"petmailDebug\"\n"},
		},
		"what-holds-texts-prints-nothing": {
			bad: map[string]string{
				"wasm/conversation/a.go": "package conversation\n\ntype Text struct{ Text string }\n",
				"wasm/conversation/b.go": "package conversation\n\ntype Deleted struct{ wire []byte; Body []byte }\n",
				"wasm/agent/a.go":        "package agent\n\ntype rows []held\n\nvar log slog.Logger\n",
				"wasm/agent/b.go":        "package agent\n\ntype box struct{ all map[string][]*held }\n",
				"wasm/agent/c.go":        "package agent\n\nimport talk \"petmail/wasm/conversation\"\n\ntype entry struct {\n\tn int\n\tc *talk.Conversation\n}\n",
				"wasm/invite/a.go":       "package invite\n\ntype Invite struct{ PeerNote string }\n\nfunc (Invite) Format() {}\n",
				"wasm/invite/b.go":       "package invite\n\ntype Link struct{ Link string }\n\nfunc (*Link) Format() {}\nfunc (*Link) LogValue() {}\n",
				"shared/mls/a.go":        "package mls\n\ntype ExporterSecret [32]byte\n",
				"shared/mls/b.go":        "package mls\n\ntype State struct{ old [4]struct{ epochKeys [][]byte } }\n",
				"wasm/api/a.go":          "package api\n\ntype Event struct{ Draft *string }\n",
			},
			good: map[string]string{
				"wasm/agent/d.go":        "package agent\n\nimport \"petmail/shared/wire\"\n\ntype held struct {\n\twire.Redacted\n\tbody []byte\n}\n\ntype more struct {\n\theld\n\tn int\n}\n",
				"wasm/conversation/c.go": "package conversation\n\nimport \"petmail/shared/wire\"\n\ntype Conversation struct {\n\twire.Redacted\n\tName string\n}\n\ntype Key []byte\n\nfunc (Key) Format() {}\nfunc (Key) LogValue() {}\n\ntype KeyKind string\n\ntype Words interface{ Text() string }\n\ntype count struct{ texts, names int }\n",
				"wasm/vault/a.go":        "package vault\n\ntype node struct{ Key []byte }\n",
				"relay/core/a.go":        "package core\n\ntype Frame struct{ Body []byte }\n",
				"wasm/api/b_test.go":     "package api\n\ntype c struct{ name string }\n",
			},
		},
		"what-pages-see-is-not-stored": {
			bad: map[string]string{
				"wasm/agent/a.go":   withAPI("agent", "type r struct {\n\tn int `cbor:\"1,keyasint\"`\n\tlist []*api.Note\n}"),
				"wasm/agent/b.go":   withAPI("agent", "type s struct{ shown api.Settings }\n\nfunc b(s s) { json.Marshal(s.shown) }"),
				"wasm/agent/c.go":   withAPI("agent", "func c(t *turn) { t.put(\"k\", api.Note{}) }"),
				"wasm/parts/x/a.go": withAPI("x", "func a(t turn.Turn, n *api.Note) { t.Put(k, id, \"\", n) }"),
				"wasm/parts/x/b.go": withAPI("x", "func b() {\n\tvar n api.Note\n\twire.Unmarshal(v, &n, 1)\n}"),
				"wasm/parts/x/c.go": withAPI("x", "func c() {\n\tn := &api.Note{}\n\twire.Marshal(n)\n}"),
			},
			good: map[string]string{
				"wasm/agent/d.go":      withAPI("agent", "type d struct{ note api.Note }\n\nfunc f(t *turn, args api.NoteArgs) { t.put(args.Note, mine{}) }"),
				"wasm/parts/x/d.go":    withAPI("x", "func d(t turn.Turn, n note) { t.Emit(api.EventNote.Of(api.Note{})); t.Put(k, id, \"\", n) }"),
				"wasm/jsapi/a.go":      withAPI("jsapi", "func a(r api.Reply) { json.Marshal(r) }"),
				"wasm/agent/a_test.go": withAPI("agent", "func a(n api.Note) { json.Marshal(n) }"),
			},
		},
		"tests-do-not-sleep": {
			bad: map[string]string{"wasm/agent/a_test.go": "package agent\n\nimport \"time\"\n\nfunc f() { time.Sleep(1) }\n"},
			good: map[string]string{
				"wasm/agent/a.go":      "package agent\n\nimport \"time\"\n\nfunc g() { time.Sleep(1) }\n",
				"wasm/agent/b_test.go": "package agent\n\nimport (\n\t\"testing/synctest\"\n\t\"time\"\n)\n\nfunc h() { synctest.Wait(); time.Sleep(1) }\n",
			},
		},
		"tests-are-not-skipped": {
			bad:  map[string]string{"wasm/agent/a_test.go": "package agent\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { t.Skip() }\n"},
			good: map[string]string{"wasm/agent/b_test.go": "package agent\n\nimport \"testing\"\n\nfunc TestB(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip(\"long\")\n\t}\n}\n"},
		},
		"extension-api-only-in-platform": {
			bad: map[string]string{
				"extension/src/ui/a.ts":    "const x = chrome.runtime.id;\n",
				"extension/src/agent/a.ts": "globalThis.browser?.storage;\n",
			},
			good: map[string]string{
				"extension/src/platform/a.ts": "chrome.runtime.id;\n",
				"extension/src/ui/b.tsx":      "// chrome.runtime is not for us\nconst x = \"your browser.\"; /* browser.storage */\n",
			},
		},
		"no-markup-from-strings": {
			bad:  map[string]string{"extension/src/ui/a.tsx": "element.innerHTML = text;\n", "extension/src/agent/b.ts": "eval(text);\n"},
			good: map[string]string{"extension/src/ui/b.tsx": "element.textContent = text; // never innerHTML\n"},
		},
		"no-web-storage": {
			bad: map[string]string{
				"extension/src/ui/a.ts":          "localStorage.setItem('a', b);\n",
				"extension/src/ui/c.ts":          "sessionStorage.setItem('a', b);\n",
				"extension/src/platform/kept.ts": "sessionStorage.setItem(key, link);\nlocalStorage.setItem(key, link);\n",
			},
			good: map[string]string{"extension/src/ui/b.ts": "await navigator.storage.persist();\n"},
		},
		"browser-tests-wait-for-events": {
			bad:  map[string]string{"tests/browser/a.test.ts": "await page.waitForTimeout(500);\n", "extension/tests/a.test.ts": "test.skip('x', f);\n"},
			good: map[string]string{"tests/browser/b.test.ts": "await expect(message).toBeVisible();\n"},
		},
		"page-imports-point-one-way": {
			bad:  map[string]string{"extension/src/agent/a.ts": "import { x } from '../ui/x';\n", "extension/src/ui/a.tsx": "const p = await import('../pages/app');\n"},
			good: map[string]string{"extension/src/pages/a.tsx": "import { x } from '../ui/x';\n", "extension/src/ui/b.ts": "import { y } from './y';\n"},
		},
		"page-features-do-not-meet": {
			bad: map[string]string{
				"extension/src/ui/note/a.tsx":    "import { x } from '../invite/x';\n",
				"extension/src/ui/note/b.tsx":    "import '../invite/invite.css';\n",
				"extension/src/ui/lock/a.ts":     "import type { App } from '../app/App';\n",
				"extension/src/ui/lib/a.ts":      "import { x } from '../note';\n",
				"extension/src/ui/app/App.tsx":   "import { note } from '../note';\n",
				"extension/src/ui/app/slices.ts": "import { notes } from '../note/notes';\n",
			},
			good: map[string]string{
				"extension/src/ui/note/c.tsx":     "import { y } from './y';\nimport '../lib/code.css';\nimport type { Note } from '../../api';\n",
				"extension/src/ui/lib/b.ts":       "import { x } from './a';\n",
				"extension/src/ui/app/slices.tsx": "import { note } from '../note';\n",
				"extension/src/pages/a.tsx":       "import { Landing } from '../ui/landing/Landing';\n",
			},
		},
		"no-machine-paths": {
			bad:  map[string]string{"scripts/a.sh": "cd /" + "home/someone/petmail\n", "README.md": "see `/" + "root/notes.md`\n"},
			good: map[string]string{"scripts/b.sh": "cd \"$HOME/petmail\"\n", "README": "https://example.org/home/page\n"},
		},
		"nothing-unfinished": {
			bad:  map[string]string{"wasm/agent/a.go": "package agent\n\n// TO" + "DO: later\n"},
			good: map[string]string{"wasm/agent/b.go": "package agent\n\n// todos of other people are none of ours\n"},
		},
	}
}

// TestRulesCatchWhatIsPlanted shows that no rule is blind, and none too eager.
func TestRulesCatchWhatIsPlanted(t *testing.T) {
	trees := plantedTrees()
	maps.Copy(trees, plantedWorlds())
	maps.Copy(trees, plantedWays())
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			tree, ok := trees[rule.Name]
			require.True(t, ok, "every rule needs a planted violation")
			require.NotEmpty(t, rule.Why)
			files := fstest.MapFS{}
			for name, data := range tree.bad {
				files[name] = &fstest.MapFile{Data: []byte(data)}
			}
			for name, data := range tree.good {
				files[name] = &fstest.MapFile{Data: []byte(data)}
			}
			loaded, err := Load(files)
			require.NoError(t, err)
			if tree.world != nil {
				rule = worldRule(t, tree.world, rule.Name)
			}
			found := rule.Check(loaded)
			require.Len(t, found, len(tree.bad), "found %v", found)
			for name := range tree.bad {
				require.True(t, mentions(found, name), "missed %s in %v", name, found)
			}
			delete(trees, rule.Name)
		})
	}
	require.Empty(t, trees, "planted trees without a rule")
}

// mentions reports whether a violation is about the file, or about its folder.
func mentions(found []Violation, name string) bool {
	for _, violation := range found {
		if strings.HasPrefix(name, violation.Path) {
			return true
		}
	}
	return false
}
