package conversation

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
	"petmail/shared/text"
	"petmail/shared/wire"
)

// raw returns the group of c as a program without our gate and bounds has it.
func raw(t testing.TB, c *Conversation) *mls.State {
	t.Helper()
	state, err := c.group.Marshal()
	require.NoError(t, err)
	group, err := mls.Unmarshal(state, mls.Config{PastEpochs: pastEpochs, ExternalCommits: true})
	require.NoError(t, err)
	return group
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := wire.Marshal(v)
	require.NoError(t, err)
	return b
}

// craft makes a commit of c's member that c itself would not make.
func craft(t testing.TB, c *Conversation, p mls.CommitParams) []byte {
	t.Helper()
	p.Now = begin / 1000
	candidate, err := raw(t, c).Commit(rand.Reader, p)
	require.NoError(t, err)
	return candidate.Commit
}

// leafOf is a commit that changes the sender's leaf.
func leafOf(ch mls.LeafChange) mls.CommitParams { return mls.CommitParams{LeafChange: &ch} }

// cardOf is a commit that changes the sender's card.
func cardOf(card []byte) mls.CommitParams {
	return leafOf(mls.LeafChange{Extensions: &[]mls.Extension{{Type: cardExtension, Data: card}}})
}

// outsider is a key package of somebody who is in no conversation.
func outsider(t testing.TB) mls.KeyPackage {
	t.Helper()
	where, _ := own(t)
	_, keyPackage, err := Await(rand.Reader, mls.StandardProvider{}, begin, wire.ID{9}, []byte("psk"), persona(t, "Eve"), where)
	require.NoError(t, err)
	kp, err := mls.ParseKeyPackage(keyPackage)
	require.NoError(t, err)
	return kp
}

// hostileCommits are commits of Bob's that nobody may take, by what they do.
func hostileCommits(t testing.TB, bob *Conversation) map[string][]byte {
	where := bob.Own
	leaf, ok := bob.group.Member(bob.group.OwnLeaf())
	require.True(t, ok)
	card := leaf.Extensions[0]
	propose := func(p mls.Proposal) []byte {
		next, _, err := raw(t, bob).Propose(rand.Reader, p, mls.ProposeParams{Now: begin / 1000})
		require.NoError(t, err)
		candidate, err := next.Commit(rand.Reader, mls.CommitParams{Now: begin / 1000})
		require.NoError(t, err)
		return candidate.Commit
	}
	key, err := mls.NewSignatureKey(rand.Reader, Suite)
	require.NoError(t, err)
	bobs, _ := own(t)
	other, err := persona(t, "Bob").leaf(rand.Reader, bobs)
	require.NoError(t, err)
	again, err := bob.Persona.leaf(rand.Reader, bobs)
	require.NoError(t, err)
	wide := leaf.Capabilities
	wide.Extensions = append(append([]uint16(nil), wide.Extensions...), 0xf0a9)
	long := leaf.Capabilities
	long.Proposals = make([]uint16, 1500)
	for i := range long.Proposals {
		long.Proposals[i] = 0xf000 + uint16(i)
	}
	info, err := raw(t, bob).GroupInfo(mls.GroupInfoParams{})
	require.NoError(t, err)
	joined, err := mls.ExternalCommit(rand.Reader, info, mls.ExternalParams{Leaf: other, Now: begin / 1000})
	require.NoError(t, err)
	ada := mls.LeafIndex(bob.Peer().Leaf)
	return map[string][]byte{
		"reinit":              craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.ReInitialize(mls.ReInit{GroupID: []byte("x"), Suite: Suite})}}),
		"reinit by reference": propose(mls.ReInitialize(mls.ReInit{GroupID: []byte("x"), Suite: Suite})),
		"context extension":   craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.SetExtensions([]mls.Extension{{Type: mls.ExtensionApplicationID, Data: make([]byte, 60)}})}}),
		"context bloated":     craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.SetExtensions([]mls.Extension{{Type: mls.ExtensionApplicationID, Data: make([]byte, 55<<10)}})}}),
		"context made empty":  craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.SetExtensions(nil)}}),
		"add":                 craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.Add(outsider(t))}}),
		"add by reference":    propose(mls.Add(outsider(t))),
		"remove":              craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.Remove(ada)}}),
		"replace":             craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.Remove(ada), mls.Add(outsider(t))}}),
		"resumption PSK":      craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.Resume(bob.ID[:], bob.Epoch())}}),
		"PSK and path":        craft(t, bob, mls.CommitParams{Proposals: []mls.Proposal{mls.Resume(bob.ID[:], bob.Epoch())}, ForcePath: true}),
		"PSK of the invitation": craft(t, bob, mls.CommitParams{
			Proposals: []mls.Proposal{mls.PSK(pskID)}, PSKs: pskLookup([]byte("0123456789abcdef0123456789abcdef")),
		}),
		"external commit":         joined.Commit,
		"in the clear":            craft(t, bob, mls.CommitParams{ForcePath: true, Public: true}),
		"with authenticated data": craft(t, bob, mls.CommitParams{ForcePath: true, AAD: []byte{0xa0}}),
		"signature key":           craft(t, bob, leafOf(mls.LeafChange{SignatureKey: &key})),
		"another persona":         craft(t, bob, leafOf(mls.LeafChange{Credential: &other.Credential, SignatureKey: &other.SignatureKey})),
		"persona's other key":     craft(t, bob, leafOf(mls.LeafChange{Credential: &again.Credential, SignatureKey: &again.SignatureKey})),
		"credential":              craft(t, bob, leafOf(mls.LeafChange{Credential: &other.Credential})),
		"no card":                 craft(t, bob, leafOf(mls.LeafChange{Extensions: &[]mls.Extension{}})),
		"more than a card":        craft(t, bob, leafOf(mls.LeafChange{Extensions: &[]mls.Extension{card, {Type: 0xf0a9}}, Capabilities: &wide})),
		"another extension":       craft(t, bob, leafOf(mls.LeafChange{Extensions: &[]mls.Extension{card, {Type: mls.ExtensionApplicationID}}})),
		"leaf too large":          craft(t, bob, leafOf(mls.LeafChange{Capabilities: &long})),
		"card is not CBOR":        craft(t, bob, cardOf([]byte{0xff})),
		"card without address":    craft(t, bob, cardOf(marshal(t, map[int]any{1: "Bob"}))),
		"address is none":         craft(t, bob, cardOf(marshal(t, Card{Name: "Bob", Address: []byte("x")}))),
		"no name":                 craft(t, bob, cardOf(marshal(t, Card{Name: "", Address: where}))),
		"name turns":              craft(t, bob, cardOf(marshal(t, Card{Name: "a\u202e", Address: where}))),
		"name too long":           craft(t, bob, cardOf(marshal(t, Card{Name: strings.Repeat("x", text.MaxNameBytes+1), Address: where}))),
		"card too long":           craft(t, bob, cardOf(marshal(t, map[int]any{1: "Bob", 2: where, 9: make([]byte, 4<<10)}))),
	}
}

// honestCommits are those that today's program, the next, or a later one may
// make.
func honestCommits(t testing.TB, bob *Conversation) map[string][]byte {
	leaf, ok := bob.group.Member(bob.group.OwnLeaf())
	require.True(t, ok)
	elsewhere, _ := own(t)
	moved, err := elsewhere.Bytes()
	require.NoError(t, err)
	more := leaf.Capabilities
	more.Suites = append(append([]mls.Suite(nil), more.Suites...), 0x0a0a)
	more.Extensions = append(append([]uint16(nil), more.Extensions...), 0xf0a2, 0xaaaa)
	more.Proposals = append(more.Proposals, 0x0a0a)
	more.Credentials = append(append([]uint16(nil), more.Credentials...), 0x1a1a)
	return map[string][]byte{
		"renewal":           craft(t, bob, mls.CommitParams{ForcePath: true}),
		"nothing":           craft(t, bob, mls.CommitParams{}),
		"padded":            craft(t, bob, mls.CommitParams{ForcePath: true, Padding: 4096}),
		"address":           craft(t, bob, cardOf(marshal(t, Card{Name: "Bob", Address: moved}))),
		"name":              craft(t, bob, cardOf(marshal(t, Card{Name: "Robert", Address: bob.Own}))),
		"level":             craft(t, bob, cardOf(marshal(t, map[int]any{1: "Bob", 2: bob.Own, 3: 2}))),
		"of a later card":   craft(t, bob, cardOf(marshal(t, map[int]any{1: "Bob", 2: bob.Own, 3: 7, 4: 1_900_000_000, 99: []string{"x"}}))),
		"more capabilities": craft(t, bob, leafOf(mls.LeafChange{Capabilities: &more})),
		"name of no ink":    craft(t, bob, cardOf(marshal(t, Card{Name: "\u3164", Address: bob.Own}))),
	}
}

// bySlot and byEnvelope are the two ways of a commit into a conversation.
func byEnvelope(t testing.TB, c *Conversation, commit []byte) (Result, error) {
	return c.Receive(begin, Body{Conversation: c.ID, Kind: BodyCommit, Payload: commit})
}

func bySlot(t testing.TB, c *Conversation, commit []byte) (Result, error) {
	t.Helper()
	value, err := c.sealSlot(rand.Reader, commit)
	require.NoError(t, err)
	r, announce, err := c.Decide(begin, value)
	require.Empty(t, announce)
	return r, err
}

func ways() map[string]func(testing.TB, *Conversation, []byte) (Result, error) {
	return map[string]func(testing.TB, *Conversation, []byte) (Result, error){"by envelope": byEnvelope, "by slot": bySlot}
}

func TestNoCommitDoesWhatItMayNot(t *testing.T) {
	ada, bob := pair(t)
	hear(t, ada, say(t, bob, "here"))
	for what, commit := range hostileCommits(t, bob) {
		for way, take := range ways() {
			t.Run(what+" "+way, func(t *testing.T) {
				victim := reload(t, ada)
				before := storedForm(t, victim)
				r, err := take(t, victim, commit)
				require.Error(t, err)
				require.Zero(t, r)
				require.Equal(t, before, storedForm(t, victim), "nothing has changed")
				// The same under a commit of the victim's own.
				require.NoError(t, victim.Renew(rand.Reader, begin))
				before = storedForm(t, victim)
				_, err = take(t, victim, commit)
				require.Error(t, err)
				require.Equal(t, before, storedForm(t, victim))
				require.Equal(t, "still here", hear(t, reload(t, bob), say(t, victim, "still here")))
			})
		}
	}
}

func TestCommitsOfOtherVersionsAreTaken(t *testing.T) {
	ada, bob := pair(t)
	hear(t, ada, say(t, bob, "here"))
	for what, commit := range honestCommits(t, bob) {
		for way, take := range ways() {
			t.Run(what+" "+way, func(t *testing.T) {
				c := reload(t, ada)
				r, err := take(t, c, commit)
				require.NoError(t, err)
				require.True(t, r.Moved)
				require.EqualValues(t, 2, c.Epoch())
				c = reload(t, c)
				switch what {
				case "name":
					require.Equal(t, "Robert", c.Peer().Name)
				case "name of no ink":
					require.Equal(t, "\u3164", c.Peer().Name)
				case "address":
					require.NotEqual(t, ada.Peer().Address, c.Peer().Address)
				default:
					require.Equal(t, "Bob", c.Peer().Name)
					require.Equal(t, ada.Peer().Address, c.Peer().Address)
				}
				require.Equal(t, ada.Peer().Persona, c.Peer().Persona)
			})
		}
	}
}

// TestNoProposalIsKept: one that travels alone would make the group unable to
// encrypt.
func TestNoProposalIsKept(t *testing.T) {
	ada, bob := pair(t)
	for what, p := range map[string]mls.Proposal{
		"update": mls.Update(nil), "add": mls.Add(outsider(t)), "remove": mls.Remove(mls.LeafIndex(bob.Peer().Leaf)),
		"reinit":  mls.ReInitialize(mls.ReInit{GroupID: []byte("x"), Suite: Suite}),
		"context": mls.SetExtensions([]mls.Extension{{Type: mls.ExtensionApplicationID, Data: []byte("x")}}),
		"psk":     mls.Resume(bob.ID[:], 1),
	} {
		for _, public := range []bool{false, true} {
			_, proposal, err := raw(t, bob).Propose(rand.Reader, p, mls.ProposeParams{Public: public, Now: begin / 1000})
			require.NoError(t, err)
			for _, kind := range []BodyKind{BodyMessage, BodyCommit} {
				before := storedForm(t, ada)
				_, err = ada.Receive(begin, Body{Conversation: ada.ID, Kind: kind, Payload: proposal})
				require.Error(t, err, what)
				require.Equal(t, before, storedForm(t, ada))
			}
			before := storedForm(t, ada)
			_, err = bySlot(t, ada, proposal)
			require.Error(t, err)
			require.Equal(t, before, storedForm(t, ada))
		}
	}
	require.Equal(t, "on", hear(t, bob, say(t, ada, "on")))
}

// TestOurOwnCommitIsJudgedToo: what everybody would refuse is not written.
func TestOurOwnCommitIsJudgedToo(t *testing.T) {
	ada, _ := pair(t)
	before := storedForm(t, ada)
	for _, p := range []mls.CommitParams{
		{Proposals: []mls.Proposal{mls.ReInitialize(mls.ReInit{GroupID: []byte("x"), Suite: Suite})}},
		{Proposals: []mls.Proposal{mls.Resume(ada.ID[:], 1)}},
		cardOf([]byte{0xff}),
	} {
		_, err := ada.prepare(rand.Reader, p)
		require.Error(t, err)
		require.Equal(t, before, storedForm(t, ada))
	}
}
