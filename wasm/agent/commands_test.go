//go:build !js

package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/agent"
	"petmail/wasm/api"
	"petmail/wasm/gate"
	"petmail/wasm/parts"
)

// TestCommandsAreThoseOfTheTable: agent, parts and gate answer what the table
// has, with its types, and nothing else.
func TestCommandsAreThoseOfTheTable(t *testing.T) {
	answered := append(agent.OwnCommands(), gate.Commands()...)
	for _, p := range parts.All(parts.Config{})(nil) {
		for _, c := range p.Commands() {
			answered = append(answered, c.Signature)
		}
	}
	require.ElementsMatch(t, api.Commands(), answered)
}
