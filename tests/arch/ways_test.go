package arch

// plantedWays are small trees with comments that draw a way or goroutines.
func plantedWays() map[string]planted {
	way := func(pkg, row string) string {
		return "// Package " + pkg + " draws its way.\n//\n// # The way of a message\n//\n//\t" + row + "\npackage " + pkg + "\n"
	}
	return map[string]planted{
		"the-way-of-a-message-is-drawn": {
			bad: map[string]string{
				"relay/protocol/a.go":     "// Package protocol draws nothing.\npackage protocol\n",
				"relay/native/doc.go":     "// Package native has the words alone.\n//\n// # The way of a message\n//\n// It is short.\npackage native\n",
				"wasm/agent/doc.go":       way("agent", "turn.gone   is not there"),
				"wasm/relayclient/doc.go": way("relayclient", "Client.Send   calls agent.Agent.gone"),
				"wasm/gate/doc.go":        "// Package gate draws more than it has to.\n//\n// # Goroutines\n//\n//\tgone   starts one\npackage gate\n",
			},
			good: map[string]string{
				"wasm/agent/a.go":       "package agent\n\ntype Agent struct{ done chan int }\n\nfunc (a *Agent) Close() {}\n\ntype turn struct{}\n",
				"wasm/relayclient/a.go": "package relayclient\n\ntype Client struct{}\n\nfunc (Client) Send() {}\n\ntype Transport interface{ Do() }\n",
				"wasm/parts/doc.go":     way("parts", "all   by agent.Agent.Close and agent.Agent.done,\n//\t      then relayclient.Transport.Do. Then more"),
				"wasm/parts/a.go":       "package parts\n\nfunc all() {}\n",
				"wasm/turn/a.go":        "// Package turn speaks of turn.gone elsewhere.\n//\n// # Words\n//\n//\tturn.gone   is not looked at\npackage turn\n",
			},
		},
		"every-goroutine-is-in-doc-go": {
			bad: map[string]string{
				"wasm/agent/a.go": "package agent\n\nfunc f() { go f() }\n",
				"wasm/gate/a.go":  "package gate\n\ntype g struct{}\n\nfunc (g *g) b() { running.Go(f) }\n",
				"shared/mls/a.go": "// Package mls draws another.\n//\n// # The way of a message\n//\n//\tc   is not a goroutine's\npackage mls\n\nfunc c() { f(func() { go f() }) }\n",
			},
			good: map[string]string{
				"wasm/gate/doc.go":                      "// Package gate has one.\n//\n// # Goroutines\n//\n//\tg.a   starts it; g.end ends it\npackage gate\n",
				"wasm/gate/b.go":                        "package gate\n\nfunc (g *g) a() { go f() }\n",
				"wasm/gate/a_test.go":                   "package gate\n\nfunc t() { go t() }\n",
				"wasm/agenttest/a.go":                   "package agenttest\n\nfunc t() { go t() }\n",
				"wasm/cmd/petmail/debug_petmailtest.go": "package main\n\nfunc t() { go t() }\n",
				"tests/load/a.go":                       "package main\n\nfunc t() { go t() }\n",
			},
		},
	}
}
