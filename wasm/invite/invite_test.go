package invite

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/conversation"
)

const begin = int64(1_800_000_000_000) // unix ms

func us(t testing.TB, name string) (conversation.Persona, address.Address) {
	t.Helper()
	p, err := conversation.NewPersona(rand.Reader, name)
	require.NoError(t, err)
	routing, err := address.NewRoutingKey(rand.Reader)
	require.NoError(t, err)
	door, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)
	box, err := address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	a, err := address.New(rand.Reader, "https://relay.example", [32]byte{7}, routing.Public(), door, box)
	require.NoError(t, err)
	return p, a
}

func inviter(t testing.TB) *Invite {
	t.Helper()
	p, own := us(t, "Ada")
	inv, err := New(rand.Reader, begin, "https://relay.example", "", p, own)
	require.NoError(t, err)
	require.NoError(t, inv.Allocated(rand.Reader, "4071"))
	return inv
}

func invitee(t testing.TB, text string) *Invite {
	t.Helper()
	p, own := us(t, "Bob")
	if link, err := wormhole.FindLink(text); err == nil {
		inv, err := AcceptLink(rand.Reader, begin, link, p, own)
		require.NoError(t, err)
		return inv
	}
	code, err := wormhole.ParseCode(text)
	require.NoError(t, err)
	inv, err := AcceptCode(rand.Reader, begin, "https://relay.example", code, p, own)
	require.NoError(t, err)
	return inv
}

// reload returns inv as the store would give it back.
func reload(t testing.TB, inv *Invite) *Invite {
	t.Helper()
	b, err := wire.Marshal(inv)
	require.NoError(t, err)
	var again Invite
	require.NoError(t, wire.Unmarshal(b, &again, 1<<20))
	return &again
}

// deliver brings what from has pending to the other side, in the order that
// shuffle makes of it, and returns what that led to.
func deliver(t testing.TB, via Via, from, to *Invite, shuffle func([]Phase)) Step {
	t.Helper()
	a := from.Attempt(via)
	pending := slices.Clone(a.Pending)
	if shuffle != nil {
		shuffle(pending)
	}
	var all Step
	for _, p := range pending {
		a.Confirmed(p.Name)
		step, err := to.Phase(rand.Reader, mls.StandardProvider{}, begin, via, a.Side, p.Name, p.Body)
		require.NoError(t, err)
		all = all.and(step)
	}
	return all
}

func TestMeeting(t *testing.T) {
	for _, via := range []Via{ViaCode, ViaLink} {
		for _, order := range []string{"in order", "reversed", "twice"} {
			t.Run(fmt.Sprintf("via %d %s", via, order), func(t *testing.T) {
				shuffle := func(p []Phase) {
					if order == "reversed" {
						slices.Reverse(p)
					}
				}
				ada := inviter(t)
				text := ada.Link.Link
				if via == ViaCode {
					text = ada.Code.Code
				}
				bob := invitee(t, text)
				waiting := deliver(t, via, ada, bob, shuffle)
				require.NotNil(t, waiting.Conversation)
				require.Equal(t, conversation.Waiting, waiting.Conversation.State)
				ada, bob = reload(t, ada), reload(t, bob)

				if order == "twice" {
					left := slices.Clone(bob.Attempt(via).Pending)
					defer func() {
						for _, p := range left {
							step, err := ada.Phase(rand.Reader, mls.StandardProvider{}, begin, via, bob.Attempt(via).Side, p.Name, p.Body)
							require.NoError(t, err)
							require.Zero(t, step)
						}
					}()
				}
				met := deliver(t, via, bob, ada, shuffle)
				require.NotNil(t, met.Conversation)
				require.NotNil(t, met.Welcome)
				require.Equal(t, waiting.Conversation.ID, met.Conversation.ID)
				require.Equal(t, Done, ada.Attempt(via).Progress)
				require.True(t, ada.Ended(), "the other way in is closed, too")

				body, err := conversation.DecodeBody(met.Welcome.Body)
				require.NoError(t, err)
				r, err := waiting.Conversation.Receive(begin, body)
				require.NoError(t, err)
				require.True(t, r.Joined)
			})
		}
	}
}

func TestSecretsAreErasedAtTheEnd(t *testing.T) {
	ada := inviter(t)
	link, code := ada.Link.Link, ada.Code.Code
	bob := invitee(t, link)
	deliver(t, ViaLink, ada, bob, nil)
	key := slices.Clone(bob.Link.Key)
	deliver(t, ViaLink, bob, ada, nil)
	bob.Opened()
	for _, inv := range []*Invite{ada, bob} {
		b, err := wire.Marshal(inv)
		require.NoError(t, err)
		for _, secret := range []string{link, code, string(key)} {
			require.NotContains(t, string(b), secret)
		}
	}
}

func TestWrongCode(t *testing.T) {
	ada := inviter(t)
	code, err := wormhole.ParseCode(ada.Code.Code)
	require.NoError(t, err)
	for {
		wrong, err := wormhole.NewCode(rand.Reader, "4071", 2)
		require.NoError(t, err)
		if wrong.String() != code.String() {
			code = wrong
			break
		}
	}
	bob := invitee(t, code.String())
	require.NotNil(t, deliver(t, ViaCode, ada, bob, nil).Conversation, "nobody can tell yet")
	require.Nil(t, deliver(t, ViaCode, bob, ada, nil).Conversation)
	require.Equal(t, Burnt, ada.Code.Progress)
	require.Equal(t, "scary", ada.Code.Mood)
	require.False(t, ada.Ended(), "the link stands")

	step := deliver(t, ViaCode, ada, bob, nil)
	require.True(t, step.Failed)
	require.Equal(t, Burnt, bob.Code.Progress)

	// The right code comes too late.
	again := invitee(t, "4071-"+"adroitness-aardvark")
	require.Nil(t, deliver(t, ViaCode, again, ada, nil).Conversation)
}

func TestOnlyOneGuess(t *testing.T) {
	for name, body := range map[string][]byte{
		"empty":     {},
		"not JSON":  []byte("hello"),
		"no point":  []byte(`{"pake_v1":"00"}`),
		"identity":  []byte(`{"pake_v1":"530100000000000000000000000000000000000000000000000000000000000000"}`),
		"too large": make([]byte, 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			ada := inviter(t)
			step, err := ada.Phase(rand.Reader, mls.StandardProvider{}, begin, ViaCode, "eve", phasePAKE, body)
			require.NoError(t, err)
			require.Zero(t, step)
			require.Equal(t, Burnt, ada.Code.Progress)
		})
	}
}

func TestReflectionIsNoMeeting(t *testing.T) {
	ada := inviter(t)
	own := ada.Code.Pending[0]
	step, err := ada.Phase(rand.Reader, mls.StandardProvider{}, begin, ViaCode, "eve", own.Name, own.Body)
	require.NoError(t, err)
	require.Zero(t, step)
	require.Equal(t, Burnt, ada.Code.Progress)
}

func TestAThirdSideIsIgnored(t *testing.T) {
	ada := inviter(t)
	bob, eve := invitee(t, ada.Link.Link), invitee(t, ada.Link.Link)
	deliver(t, ViaLink, ada, bob, nil)
	pake := bob.Link.Pending[0]
	_, err := ada.Phase(rand.Reader, mls.StandardProvider{}, begin, ViaLink, bob.Link.Side, pake.Name, pake.Body)
	require.NoError(t, err)
	for _, p := range eve.Link.Pending {
		_, err := ada.Phase(rand.Reader, mls.StandardProvider{}, begin, ViaLink, eve.Link.Side, p.Name, p.Body)
		require.Error(t, err)
	}
	require.NotNil(t, deliver(t, ViaLink, bob, ada, nil).Conversation)
}

func TestBadCards(t *testing.T) {
	good, err := wire.Marshal(card{Flags: cardContact, KeyPackage: []byte("no key package")})
	require.NoError(t, err)
	other, err := wire.Marshal(card{Flags: 6, KeyPackage: []byte{1}})
	require.NoError(t, err)
	for name, plaintext := range map[string][]byte{
		"empty": {}, "noise": {1, 2, 3}, "no key package": good, "unknown flags": other,
		"a gigabyte": {0xa2, 0x01, 0x01, 0x02, 0x5a, 0x40, 0x00, 0x00, 0x00},
	} {
		t.Run(name, func(t *testing.T) {
			ada := inviter(t)
			bob := invitee(t, ada.Link.Link)
			deliver(t, ViaLink, ada, bob, nil)
			for i, p := range bob.Link.Pending {
				if p.Name == phaseCard {
					body, err := wormhole.EncryptPhase(rand.Reader, wormhole.Key(bob.Link.Key), bob.Link.Side, phaseCard, plaintext)
					require.NoError(t, err)
					bob.Link.Pending[i].Body = body
				}
			}
			for _, p := range bob.Link.Pending {
				step, err := ada.Phase(rand.Reader, mls.StandardProvider{}, begin, ViaLink, bob.Link.Side, p.Name, p.Body)
				require.Nil(t, step.Conversation)
				require.Equal(t, p.Name == phaseCard, err != nil)
			}
			require.Equal(t, Foreign, ada.Link.Progress)
		})
	}
}

func TestExpiry(t *testing.T) {
	ada := inviter(t)
	bob := invitee(t, ada.Link.Link)
	changed, _ := ada.Expire(begin + relayproto.CodeLifetime.Milliseconds() - 1)
	require.False(t, changed)
	require.Equal(t, begin+relayproto.CodeLifetime.Milliseconds(), ada.NextExpiry())
	changed, _ = ada.Expire(ada.NextExpiry())
	require.True(t, changed)
	require.Equal(t, Expired, ada.Code.Progress)
	require.Equal(t, Waiting, ada.Link.Progress)
	changed, _ = ada.Expire(ada.NextExpiry())
	require.True(t, changed)
	require.True(t, ada.Ended())
	require.Zero(t, ada.NextExpiry())

	// An invitee who has left its card waits for the Welcome as long as a
	// relay keeps one.
	deliver(t, ViaLink, inviterLike(t, bob), bob, nil)
	at := begin + (14+29)*24*time.Hour.Milliseconds()
	changed, _ = bob.Expire(at)
	require.False(t, changed)
	_, step := bob.Expire(at + 2*24*time.Hour.Milliseconds())
	require.True(t, step.Failed)
}

// inviterLike returns an inviter in the mailbox that inv waits in.
func inviterLike(t testing.TB, inv *Invite) *Invite {
	t.Helper()
	other := inviter(t)
	other.Link.Mailbox = inv.Link.Mailbox
	return other
}

func FuzzPhase(f *testing.F) {
	ada := inviter(f)
	bob := invitee(f, ada.Link.Link)
	deliver(f, ViaLink, ada, bob, nil)
	for _, p := range bob.Link.Pending {
		f.Add(p.Name, p.Body)
	}
	f.Add("pake", []byte(`{"pake_v1":"53"}`))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		inv := reload(t, ada)
		step, _ := inv.Phase(rand.Reader, mls.StandardProvider{}, begin, ViaCode, "eve", name, body)
		if step.Conversation != nil {
			t.Fatal("met somebody who does not know the code")
		}
	})
}
