package agenttest

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/chacha20poly1305"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
)

// Mallory is a contact whose program has been changed: it has met its victims
// as everybody does, and now says whatever it likes, with all the keys that a
// contact has.
type Mallory struct {
	*Person
	net    *relayclient.Network
	client *relayclient.Client
}

// Turn stops the honest program of p. Close must be called before the bubble
// ends.
func (p *Person) Turn() *Mallory {
	p.Stop()
	net := p.W.network()
	return &Mallory{Person: p, net: net, client: relayclient.New(net, relayclient.Options{Rand: randomness})}
}

// Close ends Mallory's connections.
func (m *Mallory) Close() { m.net.CloseIdle() }

// Talk is one conversation of Mallory's, without gate, bounds or manners.
type Talk struct {
	m     *Mallory
	ID    wire.ID
	Own   []byte          // encoded address that the victim has
	To    address.Address // the victim's
	Relay string          // that keeps the slots
	Group *mls.State
	// Number is that of the last message.
	Number uint64
}

// record returns what p has stored of a conversation, but for its group.
func (p *Person) record(id string) *conversation.Conversation {
	var outer struct {
		Conversation wire.Raw `cbor:"1,keyasint"`
	}
	value, err := p.vault.Get("conv/" + id)
	require.NoError(p.W.TB, err)
	require.NoError(p.W.TB, wire.UnmarshalLoose(value, &outer, 1<<20))
	c := &conversation.Conversation{}
	require.NoError(p.W.TB, wire.UnmarshalLoose(outer.Conversation, c, 1<<20))
	for name, part := range p.parts(id) {
		switch {
		case strings.HasPrefix(name, "member/"):
			var m conversation.Member
			require.NoError(p.W.TB, wire.UnmarshalLoose(part, &m, 1<<20))
			c.Members = append(c.Members, m)
		case name == "commit":
			c.Pending = &conversation.Pending{}
			require.NoError(p.W.TB, wire.UnmarshalLoose(part, c.Pending, 1<<20))
		}
	}
	return c
}

// parts returns the parts of a conversation as they are stored, by name.
func (p *Person) parts(id string) map[string][]byte {
	prefix := "mls/" + id + "/"
	records, err := p.vault.Scan(prefix, "", false, 1000)
	require.NoError(p.W.TB, err)
	parts := make(map[string][]byte)
	for _, r := range records {
		parts[strings.TrimPrefix(r.Key, prefix)] = r.Value
	}
	return parts
}

// group returns the group of a conversation as it is stored.
func (p *Person) group(id string, config mls.Config) *mls.State {
	parts := p.parts(id)
	maps.DeleteFunc(parts, func(name string, _ []byte) bool { return name == "commit" || strings.HasPrefix(name, "member/") })
	group, err := mls.UnmarshalParts(parts, config)
	require.NoError(p.W.TB, err)
	return group
}

// Talk takes over a conversation from the stored state of the honest program.
func (m *Mallory) Talk(id string) *Talk {
	m.W.TB.Helper()
	c := m.record(id)
	to, err := address.ParseAddress(c.Peer().Address)
	require.NoError(m.W.TB, err)
	group := m.group(id, mls.Config{PastEpochs: 64})
	return &Talk{m: m, ID: c.ID, Own: c.Own, To: to, Relay: c.SlotRelay, Group: group, Number: c.Sent}
}

// ask asks a relay, again where a connection was lost by its restart.
func (m *Mallory) ask(f func(context.Context) error) {
	m.W.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := f(ctx)
	var refused *relayclient.Error
	for tries := 0; errors.As(err, &refused) && refused.Retryable && tries < 5; tries++ {
		err = f(ctx)
	}
	require.NoError(m.W.TB, err)
}

// Deposit leaves any bytes, sealed to any address.
func (m *Mallory) Deposit(to address.Address, body []byte) {
	m.W.TB.Helper()
	envelope, err := address.Seal(rand.Reader, to, body)
	require.NoError(m.W.TB, err)
	m.ask(func(ctx context.Context) error { return m.client.Deposit(ctx, to.Relay, envelope) })
}

// Body sends a body of a kind.
func (t *Talk) Body(kind conversation.BodyKind, payload []byte) {
	t.m.W.TB.Helper()
	body, err := conversation.EncodeBody(conversation.Body{Conversation: t.ID, Kind: kind, Payload: payload})
	require.NoError(t.m.W.TB, err)
	t.m.Deposit(t.To, body)
}

// Encrypt makes a message out of any plaintext.
func (t *Talk) Encrypt(plaintext []byte) []byte {
	t.m.W.TB.Helper()
	next, message, err := t.Group.Encrypt(rand.Reader, plaintext, nil, 0)
	require.NoError(t.m.W.TB, err)
	t.Group = next
	return message
}

// Content sends a content as it is, or anything else in its place.
func (t *Talk) Content(content any) {
	t.m.W.TB.Helper()
	plaintext, err := wire.Marshal(content)
	require.NoError(t.m.W.TB, err)
	t.Body(conversation.BodyMessage, t.Encrypt(plaintext))
}

// Text is the content of a text message, to be changed and sent.
func (t *Talk) Text(text string) conversation.Content {
	body, err := wire.Marshal(conversation.Text{Text: text})
	require.NoError(t.m.W.TB, err)
	t.Number++
	id, err := wire.NewID(rand.Reader)
	require.NoError(t.m.W.TB, err)
	return conversation.Content{
		ID: id, Number: t.Number, Time: conversation.Stamp{Milli: time.Now().UnixMilli()},
		Kind: conversation.KindText, Body: body,
	}
}

// Commit makes any commit that the group can make. Group stays in its epoch.
func (t *Talk) Commit(p mls.CommitParams) *mls.Candidate {
	t.m.W.TB.Helper()
	p.Now = time.Now().Unix()
	candidate, err := t.Group.Commit(rand.Reader, p)
	require.NoError(t.m.W.TB, err)
	t.Group = candidate.Current
	return candidate
}

// Card is a commit that puts any card into Mallory's leaf.
func (t *Talk) Card(card any) mls.CommitParams {
	t.m.W.TB.Helper()
	data, err := wire.Marshal(card)
	require.NoError(t.m.W.TB, err)
	leaf, _ := t.Group.Member(t.Group.OwnLeaf())
	extensions := []mls.Extension{{Type: leaf.Extensions[0].Type, Data: data}}
	return mls.CommitParams{LeafChange: &mls.LeafChange{Extensions: &extensions}}
}

// Slot returns the id of the present epoch's slot.
func (t *Talk) Slot() [32]byte {
	id, err := t.Group.Export("petmail/slot", nil, 32)
	require.NoError(t.m.W.TB, err)
	return [32]byte(id)
}

// SealSlot makes a slot's value out of anything (shared/spec/conversation.md,
// "Renewing keys").
func (t *Talk) SealSlot(content []byte) []byte {
	key, err := t.Group.Export("petmail/slot-key", nil, chacha20poly1305.KeySize)
	require.NoError(t.m.W.TB, err)
	aead, err := chacha20poly1305.NewX(key)
	require.NoError(t.m.W.TB, err)
	nonce, err := wire.RandomBytes(rand.Reader, chacha20poly1305.NonceSizeX)
	require.NoError(t.m.W.TB, err)
	padded, err := text.Pad(content, int(text.Padme(uint64(len(content)+text.PadOverhead))))
	require.NoError(t.m.W.TB, err)
	id := t.Slot()
	return aead.Seal(nonce, nonce, padded, id[:])
}

// PutSlot writes any value to the present epoch's slot and returns what stands
// there.
func (t *Talk) PutSlot(value []byte) (standing []byte) {
	t.m.W.TB.Helper()
	t.m.ask(func(ctx context.Context) (err error) {
		standing, _, err = t.m.client.PutSlot(ctx, t.Relay, t.Slot(), value)
		return err
	})
	return standing
}
