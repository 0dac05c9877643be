package arch

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// plantedWorlds are small trees, each with a table of its own.
func plantedWorlds() map[string]planted {
	return map[string]planted{
		"every-package-has-its-place": {
			world: []place{
				{dir: "wasm/agent", holds: "the loop"},
				{dir: "wasm/gone", holds: "nothing any more"},
				{dir: "wasm/tests", holds: "tests alone"},
				{dir: "wasm/mute"},
				{dir: "wasm/parts/*", holds: "a part"},
			},
			bad: map[string]string{
				"wasm/new/a.go":       "package new\n",
				"wasm/agent/sub/a.go": "package sub\n",
				"scripts/a_test.go":   "package scripts\n",
				"wasm/gone/README":    "It was here.\n",
				"wasm/mute/a.go":      "package mute\n",
				"wasm/parts/a.go":     "package parts\n",
				"wasm/parts/a/b/c.go": "package b\n",
			},
			good: map[string]string{
				"wasm/agent/a.go": "package agent\n", "wasm/tests/a_test.go": "package tests\n", "wasm/parts/a/a.go": "package a\n",
			},
		},
		"every-import-is-in-the-table": {
			world: []place{
				{dir: "shared/wire", holds: "encodings"},
				{dir: "shared/address", may: "shared/wire", holds: "addresses"},
				{dir: "shared/mls", holds: "groups"},
				{dir: "wasm/turn", holds: "the seam"},
				{dir: "wasm/agent", may: "wasm/turn", holds: "the loop"},
				{dir: "wasm/invite", may: "wasm/turn", holds: "rules"},
				{dir: "wasm/parts", may: "wasm/parts/*", holds: "the list of parts"},
				{dir: "wasm/parts/*", may: "wasm/turn", holds: "one part"},
				{dir: "wasm/parts/words", holds: "what parts share"},
				{dir: "relay/core", holds: "rules"},
			},
			bad: map[string]string{
				"wasm/agent/a.go":       imports("agent", "petmail/wasm/note"),
				"wasm/agent/d.go":       imports("agent", "petmail/wasm/turn/sub"),
				"shared/mls/a.go":       imports("mls", "petmail/shared/wire"),
				"relay/core/a.go":       imports("core", "petmail/wasm/turn"),
				"wasm/invite/a.go":      "package invite\n", // does not import what it may
				"wasm/parts/a/a.go":     imports("a", "petmail/wasm/parts/b"),
				"wasm/parts/b/b.go":     imports("b", "petmail/wasm/parts/words"),
				"wasm/parts/words/a.go": imports("words", "petmail/wasm/turn"),
				"wasm/parts/c.go":       imports("parts", "petmail/wasm/turn"),
			},
			good: map[string]string{
				"wasm/agent/b.go":      imports("agent", "petmail/wasm/turn"),
				"wasm/parts/b.go":      imports("parts", "petmail/wasm/parts/a"),
				"wasm/parts/a/b.go":    imports("a", "petmail/wasm/turn"),
				"wasm/agent/a_test.go": imports("agent", "petmail/wasm/note"),
				"wasm/turn/a.go":       imports("turn", "petmail/shared/mls"),
				"shared/address/a.go":  imports("address", "petmail/shared/wire"),
				"relay/core/b.go":      imports("core", "petmail/shared/wire"),
				"shared/wire/a.go":     imports("wire", "crypto/sha256"),
			},
		},
	}
}

// worldRule returns the rule of a name, held against another table.
func worldRule(t *testing.T, world []place, name string) Rule {
	t.Helper()
	rules := worldRules(world)
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name })
	require.GreaterOrEqual(t, i, 0, "no rule %s", name)
	return rules[i]
}
