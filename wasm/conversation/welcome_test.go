package conversation

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
	"petmail/shared/wire"
)

// welcoming is how an inviter's program makes the group.
type welcoming struct {
	id      wire.ID
	card    func(*mls.LeafParams)
	context []mls.Extension
	first   []mls.CommitParams // commits before the invitee is let in
	psks    []string           // mixed in, by id; all have the key of the invitation
	others  int                // let in beside the invitee
}

// welcome makes a Welcome for the owner of keyPackage.
func (w welcoming) welcome(t *testing.T, keyPackage []byte, psk []byte) []byte {
	t.Helper()
	where, _ := own(t)
	leaf, err := persona(t, "Ada").leaf(rand.Reader, where)
	require.NoError(t, err)
	if w.card != nil {
		w.card(&leaf)
	}
	keys := make(map[string][]byte)
	for _, id := range w.psks {
		keys[id] = psk
	}
	group, err := mls.NewGroup(rand.Reader, Suite, w.id[:], leaf, w.context, mls.Config{})
	require.NoError(t, err)
	for _, p := range w.first {
		p.Now = begin / 1000
		c, err := group.Commit(rand.Reader, p)
		require.NoError(t, err)
		group = c.Next
	}
	kp, err := mls.ParseKeyPackage(keyPackage)
	require.NoError(t, err)
	p := mls.CommitParams{Proposals: []mls.Proposal{mls.Add(kp)}, PSKs: mls.ExternalPSKs(keys), Now: begin / 1000}
	for _, id := range w.psks {
		p.Proposals = append(p.Proposals, mls.PSK([]byte(id)))
	}
	for range w.others {
		p.Proposals = append(p.Proposals, mls.Add(outsider(t)))
	}
	candidate, err := group.Commit(rand.Reader, p)
	require.NoError(t, err)
	return candidate.Welcome
}

func TestOnlyTheInvitationsWelcome(t *testing.T) {
	const invitation = "petmail/invite/1"
	id, psk := wire.ID{1, 2, 3}, []byte("0123456789abcdef0123456789abcdef")
	extra := mls.Extension{Type: mls.ExtensionApplicationID, Data: []byte("x")}
	bound := []string{invitation}
	for what, w := range map[string]welcoming{
		"no PSK":             {id: id},
		"another PSK":        {id: id, psks: []string{"petmail/invite/2"}},
		"two PSKs":           {id: id, psks: []string{invitation, "petmail/invite/2"}},
		"another group":      {id: wire.ID{9}, psks: bound},
		"context extension":  {id: id, psks: bound, context: []mls.Extension{extra}},
		"external senders":   {id: id, psks: bound, context: []mls.Extension{mls.ExternalSendersExtension(nil)}},
		"context bloated":    {id: id, psks: bound, context: []mls.Extension{{Type: extra.Type, Data: make([]byte, 40<<10)}}},
		"three members":      {id: id, psks: bound, others: 1},
		"many members":       {id: id, psks: bound, others: 6},
		"a later epoch":      {id: id, psks: bound, first: []mls.CommitParams{{ForcePath: true}}},
		"more than a card":   {id: id, psks: bound, card: func(l *mls.LeafParams) { l.Extensions = append(l.Extensions, extra) }},
		"no card":            {id: id, psks: bound, card: func(l *mls.LeafParams) { l.Extensions = nil }},
		"card is not CBOR":   {id: id, psks: bound, card: func(l *mls.LeafParams) { l.Extensions[0].Data = []byte{0xff} }},
		"not its own leaf":   {id: id, psks: bound, card: func(l *mls.LeafParams) { l.SignatureKey = must(mls.NewSignatureKey(rand.Reader, Suite))(t) }},
		"leaf too large":     {id: id, psks: bound, card: func(l *mls.LeafParams) { l.Extensions[0].Data = append(l.Extensions[0].Data, make([]byte, 4<<10)...) }},
		"credential of none": {id: id, psks: bound, card: func(l *mls.LeafParams) { l.Credential = mls.Basic([]byte("Ada")) }},
	} {
		t.Run(what, func(t *testing.T) {
			where, _ := own(t)
			bob, keyPackage, err := Await(rand.Reader, mls.StandardProvider{}, begin, id, psk, persona(t, "Bob"), where)
			require.NoError(t, err)
			before := storedForm(t, bob)
			take := func(w welcoming) error {
				_, err := bob.Receive(begin, Body{Conversation: id, Kind: BodyWelcome, Payload: w.welcome(t, keyPackage, psk)})
				return err
			}
			require.Error(t, take(w))
			require.Equal(t, Waiting, bob.State)
			require.Equal(t, before, storedForm(t, bob), "nothing has changed")
			require.NoError(t, take(welcoming{id: id, psks: bound}), "the invitation is not lost by it")
			require.Equal(t, Open, bob.State)
		})
	}
}

// TestOnlyAnInviteesKeyPackage: what somebody leaves for the inviter is judged
// before the group is made.
func TestOnlyAnInviteesKeyPackage(t *testing.T) {
	where, _ := own(t)
	psk := []byte("0123456789abcdef0123456789abcdef")
	extra := mls.Extension{Type: mls.ExtensionApplicationID, Data: []byte("x")}
	for what, spoil := range map[string]func(*mls.LeafParams){
		"more than a card": func(l *mls.LeafParams) { l.Extensions = append(l.Extensions, extra) },
		"no card":          func(l *mls.LeafParams) { l.Extensions = nil },
		"card is not CBOR": func(l *mls.LeafParams) { l.Extensions[0].Data = []byte{0xff} },
		"leaf too large":   func(l *mls.LeafParams) { l.Capabilities.Proposals = make([]uint16, 2048) },
		"no persona":       func(l *mls.LeafParams) { l.Credential = mls.Basic([]byte("Bob")) },
	} {
		t.Run(what, func(t *testing.T) {
			leaf, err := persona(t, "Bob").leaf(rand.Reader, where)
			require.NoError(t, err)
			spoil(&leaf)
			lifetime := mls.Lifetime{NotAfter: ^uint64(0)}
			kp, _, err := mls.NewKeyPackage(rand.Reader, Suite, leaf, lifetime, mls.KeyPackageOptions{})
			require.NoError(t, err)
			_, _, err = Create(rand.Reader, mls.StandardProvider{}, begin, wire.ID{1}, psk, persona(t, "Ada"), where, kp.Bytes())
			require.Error(t, err)
		})
	}
}
