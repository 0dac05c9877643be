package conversation

import (
	"crypto/rand"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

// TestWhatArrivesCanBeReadAgain: whatever a contact puts into a content that
// is taken, the record that is stored of it decodes.
func TestWhatArrivesCanBeReadAgain(t *testing.T) {
	ada, bob := pair(t)
	hear(t, ada, say(t, bob, "here"))
	group := raw(t, bob)
	number := uint64(1)
	taken := 0
	for _, kind := range []Kind{KindText, KindDelete, KindTimer, 99, 255} {
		for name, value := range map[string]wire.Raw{
			"absent": nil, "null": {0xf6}, "undefined": {0xf7}, "false": {0xf4}, "zero": {0}, "empty bytes": {0x40}, "empty text": {0x60},
			"empty list": {0x80}, "empty map": {0xa0}, "text": marshal(t, Text{Text: "x"}), "text and more": marshal(t, map[int]any{1: "x", 2: []byte{1}}),
			"null text": marshal(t, map[int]any{1: nil}), "timer": marshal(t, Timer{math.MaxUint64}), "half": {0xf9, 0x3c, 0},
			"deletion": marshal(t, Deletion{[]Target{{ID: wire.ID{1}, Number: math.MaxUint64, Time: Stamp{math.MinInt64, math.MaxUint16}}}}),
			"deep":     append(bytesOf(0x81, 22), 0),
		} {
			for _, stamp := range []Stamp{{}, {Milli: begin}, {Milli: math.MaxInt64, Counter: math.MaxUint16}, {Milli: math.MinInt64}} {
				for _, timer := range []uint64{0, 1, math.MaxUint64} {
					number++
					content := Content{ID: wire.ID{1}, Number: number, Time: stamp, Kind: kind, Body: value, Timer: timer}
					plaintext, err := content.encode()
					require.NoError(t, err)
					next, message, err := group.Encrypt(rand.Reader, plaintext, nil, 0)
					require.NoError(t, err)
					group = next
					r, err := ada.Receive(begin, Body{Conversation: ada.ID, Kind: BodyMessage, Payload: message})
					require.NoError(t, err, name)
					if r.Message == nil {
						continue
					}
					taken++
					record := marshal(t, *r.Message)
					var again Message
					require.NoError(t, wire.Unmarshal(record, &again, maxValue), "%s in kind %d", name, kind)
					require.Equal(t, *r.Message, again)
				}
			}
		}
	}
	require.Greater(t, taken, 300)
	reload(t, ada)
}

func bytesOf(b byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = b
	}
	return out
}
