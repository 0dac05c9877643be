package conversation

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
)

// sealed is an envelope to an address, opened again.
func sealed(t *testing.T, to address.Address, box address.BoxKey) *address.Opened {
	t.Helper()
	envelope, err := address.Seal(rand.Reader, to, []byte("body"))
	require.NoError(t, err)
	opened, err := box.Open(envelope)
	require.NoError(t, err)
	return opened
}

// TestMoveGivesANewAddress: from when the commit may stand in its slot both
// addresses count, until the former one is dropped.
func TestMoveGivesANewAddress(t *testing.T) {
	ada, bob := pair(t)
	next, box := own(t)
	former, err := address.ParseAddress(ada.Own)
	require.NoError(t, err)
	where, err := next.Bytes()
	require.NoError(t, err)
	came := func(c *Conversation, want bool) {
		t.Helper()
		require.Equal(t, want, c.CameThrough(sealed(t, next, box)))
		require.Equal(t, want, reload(t, c).CameThrough(sealed(t, next, box)))
	}
	came(ada, false)
	require.NoError(t, ada.Move(rand.Reader, begin, 7, next))
	came(ada, true)
	require.Equal(t, []uint64{0, 7}, ada.Doors())
	require.EqualValues(t, 0, ada.Door, "until its slot is won")

	ada = reload(t, ada)
	r, out, err := ada.Decide(begin, ada.Pending.Value)
	require.NoError(t, err)
	require.True(t, r.Moved)
	came(ada, true)
	require.EqualValues(t, 7, ada.Door)
	require.Equal(t, where, ada.Own)
	require.Equal(t, []uint64{7, 0}, ada.Doors())
	ada = reload(t, ada)
	encoded, err := former.Bytes()
	require.NoError(t, err)
	require.Equal(t, encoded, ada.Formers[0].Address)

	name := bob.Peer().Name
	require.True(t, must(bob.Receive(begin, body(t, out[0])))(t).Moved)
	require.Equal(t, where, bob.Peer().Address)
	require.Equal(t, name, bob.Peer().Name, "nothing else of the card has changed")
	require.Equal(t, "on we go", hear(t, ada, say(t, bob, "on we go")))
	require.EqualValues(t, 2, ada.Peer().Epoch, "he was heard in what followed")

	// A renewal keeps it.
	require.True(t, must(bob.Receive(begin, renew(t, ada)))(t).Moved)
	require.Equal(t, where, bob.Peer().Address)
	require.EqualValues(t, 7, ada.Door)

	require.False(t, ada.DropFormers(func(door uint64) bool { return door == 0 }))
	require.True(t, ada.DropFormers(func(uint64) bool { return false }))
	require.Equal(t, []uint64{7}, ada.Doors())
	came(ada, true)
}

// TestBothAddressesAreRead checks the former address by envelopes to it.
func TestBothAddressesAreRead(t *testing.T) {
	first, firstBox := own(t)
	bobs, _ := own(t)
	id, psk := wire.ID{1, 2, 3}, []byte("0123456789abcdef0123456789abcdef")
	_, keyPackage, err := Await(rand.Reader, mls.StandardProvider{}, begin, id, psk, persona(t, "Bob"), bobs)
	require.NoError(t, err)
	ada, _, err := Create(rand.Reader, mls.StandardProvider{}, begin, id, psk, persona(t, "Ada"), first, keyPackage)
	require.NoError(t, err)
	boxes := []address.BoxKey{firstBox}
	addresses := []address.Address{first}
	for n := range maxFormers + 3 {
		next, box := own(t)
		require.NoError(t, ada.Move(rand.Reader, begin, uint64(n+1), next))
		_, _, err = ada.Decide(begin, ada.Pending.Value)
		require.NoError(t, err)
		boxes, addresses = append(boxes, box), append(addresses, next)
	}
	for i := range addresses {
		kept := i >= len(addresses)-1-maxFormers
		require.Equal(t, kept, ada.CameThrough(sealed(t, addresses[i], boxes[i])), "address %d", i)
	}
}

// TestALostMoveChangesNothing: the other's commit has won the slot.
func TestALostMoveChangesNothing(t *testing.T) {
	ada, bob := pair(t)
	next, box := own(t)
	before := ada.Own
	require.NoError(t, ada.Move(rand.Reader, begin, 7, next))
	require.NoError(t, bob.Renew(rand.Reader, begin))
	r, _, err := ada.Decide(begin, bob.Pending.Value)
	require.NoError(t, err)
	require.True(t, r.Moved)
	require.Equal(t, before, ada.Own)
	require.Equal(t, []uint64{0}, ada.Doors())
	require.False(t, ada.CameThrough(sealed(t, next, box)), "nobody was told")
}

// TestOlderProgramsTakeAMove judges a commit that moves as programs did before
// there were any: by what their enter and readMembers looked at.
func TestOlderProgramsTakeAMove(t *testing.T) {
	ada, bob := pair(t)
	provider := mls.StandardProvider{}
	state, err := bob.group.Marshal()
	require.NoError(t, err)
	config := mls.Config{
		Provider: provider,
		ValidateCredential: func(leaf mls.LeafInfo) error {
			if _, err := leafPersona(provider, leaf); err != nil {
				return err
			}
			_, _, err := leafCard(leaf)
			return err
		},
		PastEpochs: 32, PastEpochAge: 7 * 24 * 3600,
	}
	older, err := mls.Unmarshal(state, config)
	require.NoError(t, err)

	next, _ := own(t)
	require.NoError(t, ada.Move(rand.Reader, begin, 7, next))
	r, announce, err := ada.Decide(begin, ada.Pending.Value)
	require.NoError(t, err)
	require.True(t, r.Moved)
	commit := body(t, announce[0])
	require.Equal(t, BodyCommit, commit.Kind)
	size, err := address.EnvelopeSize(len(announce[0].Body))
	require.NoError(t, err)
	require.LessOrEqual(t, size, address.MediumEnvelope)

	group, received, err := older.Process(commit.Payload, mls.ProcessParams{Now: begin / 1000})
	require.NoError(t, err)
	require.Equal(t, mls.KindCommit, received.Kind)
	require.Equal(t, older.Epoch()+1, group.Epoch())
	require.Len(t, group.Members(), 2)
	leaf, ok := group.Member(received.Sender)
	require.True(t, ok)
	card, where, err := leafCard(leaf)
	require.NoError(t, err)
	require.Equal(t, "Ada", card.Name)
	require.Equal(t, next, where)

	// And talks on, to the new address.
	group, message, err := group.Encrypt(rand.Reader, must(Content{ID: wire.ID{9}, Number: 1, Time: Stamp{Milli: begin}, Kind: KindText, Body: must(wire.Marshal(Text{Text: "still here"}))(t)}.encode())(t), nil, 0)
	require.NoError(t, err)
	require.NotNil(t, group)
	require.Equal(t, "still here", hear(t, ada, Body{Conversation: ada.ID, Kind: BodyMessage, Payload: message}))
}
