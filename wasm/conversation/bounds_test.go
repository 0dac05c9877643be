package conversation

import (
	"crypto/rand"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
	"petmail/shared/text"
)

// maxValue is the largest value of a store (petmail/wasm/store), in bytes.
const maxValue = 1 << 20

// TestTheLargestStateFits has a contact make the victim's state as large as it
// can: the largest leaf, and in each of more epochs than are kept a message so
// far ahead that a thousand keys have to be kept for those before it.
func TestTheLargestStateFits(t *testing.T) {
	ada, bob := pair(t)
	hear(t, ada, say(t, bob, "here"))
	group := raw(t, bob)
	leaf, ok := group.Member(group.OwnLeaf())
	require.True(t, ok)
	caps := leaf.Capabilities
	for caps.Proposals = nil; len(caps.Proposals) < 1000; {
		caps.Proposals = append(caps.Proposals, 0xf000)
	}
	change := &mls.LeafChange{Capabilities: &caps}
	ahead := mls.MaxSkippedKeys
	if testing.Short() {
		ahead = 300 // in all of them still more than is kept
	}
	for range pastEpochs + 2 {
		var last []byte
		for range ahead {
			next, message, err := group.Encrypt(rand.Reader, []byte{0}, nil, 0)
			require.NoError(t, err)
			group, last = next, message
		}
		_, err := ada.Receive(begin, Body{Conversation: ada.ID, Kind: BodyMessage, Payload: last})
		require.NoError(t, err)
		candidate, err := group.Commit(rand.Reader, mls.CommitParams{LeafChange: change, Now: begin / 1000})
		require.NoError(t, err)
		require.True(t, must(byEnvelope(t, ada, candidate.Commit))(t).Moved)
		group = candidate.Next
	}
	encoded, err := ada.group.Marshal()
	require.NoError(t, err)
	require.Greater(t, len(encoded), maxLateKeys*48, "as many keys as may be kept")
	require.Less(t, len(encoded), maxValue/2)

	// A commit of our own that waits for its slot has the next state in it; a
	// member's part holds all that grows there.
	require.NoError(t, ada.Renew(rand.Reader, begin))
	m := &ada.Members[0]
	m.Name, m.Address = string(make([]byte, text.MaxNameBytes)), make([]byte, maxLeaf)
	for i := range uint64(maxRanges) {
		m.Received.Ranges = append(m.Received.Ranges, Range{math.MaxUint64 - 4*i, math.MaxUint64 - 4*i})
	}
	for range maxDone {
		m.Done = append(m.Done, math.MaxUint64)
	}
	record, parts := inFull(t, ada)
	require.Less(t, len(record), maxValue/8)
	for name, part := range parts {
		require.Less(t, len(part), maxValue*3/4, name)
	}
	require.True(t, must(decided(ada))(t).Moved)
}

func decided(c *Conversation) (Result, error) {
	r, _, err := c.Decide(begin, c.Pending.Value)
	return r, err
}

// TestWhatFitsAnEnvelopeFitsARecord: a content as large as an envelope holds.
func TestWhatFitsAnEnvelopeFitsARecord(t *testing.T) {
	ada, bob := pair(t)
	hear(t, ada, say(t, bob, "here"))
	huge, err := Content{
		ID: [16]byte{1}, Number: 2, Time: Stamp{Milli: begin}, Kind: 99, Body: marshal(t, make([]byte, 60<<10)),
	}.encode()
	require.NoError(t, err)
	_, message, err := raw(t, bob).Encrypt(rand.Reader, huge, nil, 0)
	require.NoError(t, err)
	r, err := ada.Receive(begin, Body{Conversation: ada.ID, Kind: BodyMessage, Payload: message})
	require.NoError(t, err)
	require.Less(t, len(marshal(t, r.Message)), maxValue/8)
}
