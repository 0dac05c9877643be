package interop

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheProgramsThroughOurRelay lets wormhole and wormhole-william, each
// unchanged, send texts to themselves and to each other, in both directions,
// with nothing of ours but the relay.
func TestTheProgramsThroughOurRelay(t *testing.T) {
	wormholes(t, func(t *testing.T, from string) {
		for _, to := range []string{"wormhole", "wormhole-william"} {
			t.Run("to "+to, func(t *testing.T) {
				_, err := exec.LookPath(to)
				require.NoError(t, err, "apt-get install magic-wormhole wormhole-william")
				relay := noteRelay(t)
				sending := run(t, from, relay, "send", "--text", noteText)
				receiving := run(t, to, relay, "receive", sending.code())
				ok, output := receiving.end()
				require.True(t, ok, output)
				require.Contains(t, output, noteText)
				ok, output = sending.end()
				require.True(t, ok, output)
			})
		}
	})
}

// TestTheProgramsWithAWrongCode checks that neither program gets a text with
// the right nameplate and other words, and that both end.
func TestTheProgramsWithAWrongCode(t *testing.T) {
	wormholes(t, func(t *testing.T, from string) {
		for _, to := range []string{"wormhole", "wormhole-william"} {
			t.Run("to "+to, func(t *testing.T) {
				relay := noteRelay(t)
				sending := run(t, from, relay, "send", "--code", "7-purple-sausages", "--text", "secret")
				sending.code()
				receiving := run(t, to, relay, "receive", "7-adroitness-acme")
				ok, output := receiving.end()
				require.False(t, ok, output)
				require.NotContains(t, output, "secret")
				ok, output = sending.end()
				require.False(t, ok, output)
			})
		}
	})
}
