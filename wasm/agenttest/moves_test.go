package agenttest

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
)

// attack is Mallory in the simulation: one conversation with one victim, and
// what is known of others.
type attack struct {
	*Talk
	rng    *mathrand.Rand
	victim *Person
	others []wire.ID // conversations that are none of Mallory's
	kept   [][]byte  // bodies that were sent before
}

func (a *attack) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(a.rng.Uint32())
	}
	return b
}

// send deposits a body, and keeps it to be sent again.
func (a *attack) send(kind conversation.BodyKind, payload []byte) {
	body, err := conversation.EncodeBody(conversation.Body{Conversation: a.ID, Kind: kind, Payload: payload})
	require.NoError(a.m.W.TB, err)
	if len(body) > address.MaxBody {
		return
	}
	a.kept = append(a.kept, body)
	a.m.Deposit(a.To, body)
}

func (a *attack) content(c any) {
	plaintext, err := wire.Marshal(c)
	require.NoError(a.m.W.TB, err)
	a.send(conversation.BodyMessage, a.Encrypt(plaintext))
}

// commit sends a commit by envelope, and at times by the slot as well.
// Mallory goes on in its epoch if follow is set, as if it had been taken.
func (a *attack) commit(p mls.CommitParams, follow bool) {
	candidate := a.Commit(p)
	if a.rng.IntN(2) == 0 {
		a.PutSlot(a.SealSlot(candidate.Commit))
	}
	a.send(conversation.BodyCommit, candidate.Commit)
	if follow && candidate.Next.Active() {
		a.Group = candidate.Next
	}
}

// later is a message of an epoch that nobody has reached, as far as its
// header goes.
func (a *attack) later(ahead uint64) []byte {
	b := []byte{0, 1, 0, 2, byte(len(a.ID))}
	b = append(b, a.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, a.Group.Epoch()+ahead)
	b = append(b, 1, 0, 28)
	b = append(b, a.bytes(28)...)
	b = append(b, 60)
	return append(b, a.bytes(60)...)
}

// stamp is a reading of a clock that is far off.
func (a *attack) stamp() conversation.Stamp {
	now := time.Now().UnixMilli()
	const day = 24 * 3600 * 1000
	at := []int64{0, math.MinInt64, math.MaxInt64, -1, 1, now - 1000*day, now + 1000*day, now - 2*day, now + day - 1000, now + 2*day}
	return conversation.Stamp{Milli: at[a.rng.IntN(len(at))], Counter: uint16(a.rng.Uint32())}
}

type move struct {
	name string
	make func(*attack)
}

// moves are what a contact can do with a changed program.
func moves() []move {
	propose := func(p func(*attack) mls.Proposal) func(*attack) {
		return func(a *attack) {
			_, proposal, err := a.Group.Propose(rand.Reader, p(a), mls.ProposeParams{Public: a.rng.IntN(2) == 0, Now: time.Now().Unix()})
			require.NoError(a.m.W.TB, err)
			a.send(conversation.BodyKind(1+2*a.rng.IntN(2)), proposal)
		}
	}
	commit := func(p func(*attack) mls.Proposal) func(*attack) {
		return func(a *attack) {
			a.commit(mls.CommitParams{Proposals: []mls.Proposal{p(a)}, ForcePath: a.rng.IntN(2) == 0}, a.rng.IntN(2) == 0)
		}
	}
	reinit := func(*attack) mls.Proposal {
		return mls.ReInitialize(mls.ReInit{GroupID: []byte("x"), Suite: conversation.Suite})
	}
	remove := func(a *attack) mls.Proposal { return mls.Remove(1 - a.Group.OwnLeaf()) }
	resume := func(a *attack) mls.Proposal { return mls.Resume(a.ID[:], a.Group.Epoch()) }
	bloat := func(a *attack) mls.Proposal {
		return mls.SetExtensions([]mls.Extension{{Type: mls.ExtensionApplicationID, Data: a.bytes(a.rng.IntN(55 << 10))}})
	}
	closing := func(p func(*attack) mls.Proposal) func(*attack) {
		return func(a *attack) { a.commit(mls.CommitParams{Proposals: []mls.Proposal{p(a)}}, false) }
	}
	return []move{
		{"reinit", closing(reinit)},
		{"context", commit(bloat)},
		{"remove", closing(remove)},
		{"psk", commit(resume)},
		{"proposal alone", propose(func(a *attack) mls.Proposal {
			return []mls.Proposal{reinit(a), remove(a), resume(a), bloat(a), mls.Update(nil)}[a.rng.IntN(5)]
		})},
		{"renewal", func(a *attack) { a.commit(mls.CommitParams{ForcePath: true}, true) }},
		{"rename", func(a *attack) {
			names := []string{"Mum", "Ada", "\u3164", "\u202eadA", "", strings.Repeat("x", 256), strings.Repeat("x", 300), "a\x00b", "Bob\u200b"}
			a.commit(a.Card(conversation.Card{Name: names[a.rng.IntN(len(names))], Address: a.Own}), a.rng.IntN(2) == 0)
		}},
		{"move to a private host", func(a *attack) {
			own, err := address.ParseAddress(a.Own)
			require.NoError(a.m.W.TB, err)
			hosts := []string{"http://127.0.0.1", "http://192.168.1.1", "https://10.0.0.1:8443", "http://[::1]", "http://relay.test", "https://router.local"}
			own.Relay = hosts[a.rng.IntN(len(hosts))]
			where, err := own.Bytes()
			require.NoError(a.m.W.TB, err)
			a.commit(a.Card(conversation.Card{Name: "Mallory", Address: where}), true)
		}},
		{"card of another kind", func(a *attack) {
			cards := []any{map[int]any{}, []int{1}, map[int]any{1: "x", 2: []byte{1}}, map[int]any{1: 7, 2: a.Own}, map[int]any{1: "x", 2: a.Own, 3: a.bytes(5000)}}
			a.commit(a.Card(cards[a.rng.IntN(len(cards))]), false)
		}},
		{"junk in the slot", func(a *attack) { a.PutSlot(a.bytes(1 + a.rng.IntN(5000))) }},
		{"large junk in the slot", func(a *attack) { a.PutSlot(a.SealSlot(a.bytes(400 << 10))) }},
		{"message in the slot", func(a *attack) { a.PutSlot(a.SealSlot(a.Encrypt([]byte{0xa0}))) }},
		{"later epochs", func(a *attack) {
			for range 1 + a.rng.IntN(6) {
				a.send(conversation.BodyKind(1+2*a.rng.IntN(2)), a.later([]uint64{1, 2, 1000, math.MaxUint64 - a.Group.Epoch()}[a.rng.IntN(4)]))
			}
		}},
		{"copies", func(a *attack) {
			if len(a.kept) > 0 {
				body := a.kept[a.rng.IntN(len(a.kept))]
				for range 1 + a.rng.IntN(8) {
					a.m.Deposit(a.To, body)
				}
			}
		}},
		{"clock", func(a *attack) {
			c := a.Text("from another time")
			c.Time = a.stamp()
			a.content(c)
		}},
		{"giant", func(a *attack) {
			c := a.Text("")
			c.Kind = conversation.Kind([]int{1, 2, 3, 4, 99, 255}[a.rng.IntN(6)])
			body, err := wire.Marshal(a.bytes(60 << 10))
			require.NoError(a.m.W.TB, err)
			c.Body = body
			a.content(c)
		}},
		{"long text", func(a *attack) { a.content(a.Text(strings.Repeat("x", 15990+a.rng.IntN(20)))) }},
		{"not a content", func(a *attack) {
			things := []any{nil, 1, []int{}, map[int]any{}, map[int]any{1: 1, 4: "x"}, "text", map[string]int{"kind": 1}}
			a.content(things[a.rng.IntN(len(things))])
		}},
		{"not CBOR", func(a *attack) { a.send(conversation.BodyMessage, a.Encrypt(a.bytes(1+a.rng.IntN(200)))) }},
		{"not a message", func(a *attack) {
			a.send(conversation.BodyKind(a.rng.IntN(6)), append([]byte{0, 1, 0, byte(a.rng.IntN(6))}, a.bytes(a.rng.IntN(300))...))
		}},
		{"not a body", func(a *attack) { a.m.Deposit(a.To, a.bytes(a.rng.IntN(3000))) }},
		{"another's conversation", func(a *attack) {
			body, err := conversation.EncodeBody(conversation.Body{
				Conversation: a.others[a.rng.IntN(len(a.others))], Kind: conversation.BodyKind(1 + a.rng.IntN(3)), Payload: a.later(1),
			})
			require.NoError(a.m.W.TB, err)
			a.m.Deposit(a.To, body)
		}},
		{"welcome again", func(a *attack) { a.send(conversation.BodyWelcome, append([]byte{0, 1, 0, 3}, a.bytes(500)...)) }},
		{"jump", func(a *attack) {
			var last []byte
			for range 1 + a.rng.IntN(300) {
				last = a.Encrypt([]byte{0})
			}
			a.send(conversation.BodyMessage, last)
		}},
		{"acks", func(a *attack) {
			c := conversation.Content{Kind: conversation.KindAck, Time: a.stamp()}
			for range 1 + a.rng.IntN(1100) {
				c.Acks = append(c.Acks, conversation.Ack{
					Of: uint32(a.rng.IntN(3)), UpTo: a.rng.Uint64() >> a.rng.IntN(64), Deleted: []uint64{0, a.rng.Uint64() >> a.rng.IntN(64)},
				})
			}
			a.content(c)
		}},
		{"deletion", func(a *attack) {
			var d conversation.Deletion
			for range 1 + a.rng.IntN(conversation.MaxTargets) {
				d.Targets = append(d.Targets, conversation.Target{
					ID: wire.ID(a.bytes(16)), Number: 1 + a.rng.Uint64()>>a.rng.IntN(64), Time: a.stamp(),
				})
			}
			c := a.Text("")
			c.Kind = conversation.KindDelete
			body, err := wire.Marshal(d)
			require.NoError(a.m.W.TB, err)
			c.Body = body
			a.content(c)
		}},
		{"timer", func(a *attack) {
			c := a.Text("")
			c.Kind = conversation.KindTimer
			body, err := wire.Marshal(conversation.Timer{Seconds: a.rng.Uint64() >> a.rng.IntN(64)})
			require.NoError(a.m.W.TB, err)
			c.Body = body
			a.content(c)
		}},
		{"numbers", func(a *attack) {
			for range 1 + a.rng.IntN(20) {
				c := a.Text("any number")
				c.Number, c.Timer = a.rng.Uint64()>>a.rng.IntN(64), a.rng.Uint64()>>a.rng.IntN(64)
				a.content(c)
			}
		}},
		{"text", func(a *attack) { a.content(a.Text(fmt.Sprint("hello ", a.Number))) }},
		{"invitation", (*attack).spoilInvitation},
	}
}

// spoilInvitation takes an invitation of the victim's and says nonsense.
func (a *attack) spoilInvitation() {
	var text string
	a.victim.Survive(func() {
		if len(a.victim.Snapshot().Invites) >= 10 {
			return
		}
		var inv api.Invite
		switch err := a.victim.Ask(api.CmdInviteNew, api.InviteNewArgs{}, &inv); {
		case err == ErrDead:
			panic(died{})
		case err != nil:
			return // its store fails just now
		}
		a.victim.wait("the link", func() bool {
			inv = a.victim.InviteState(inv.ID)
			return inv.Link != ""
		})
		text = inv.Link
	})
	if text == "" {
		return
	}
	link, err := wormhole.FindLink(text)
	require.NoError(a.m.W.TB, err)
	mailbox, err := link.MailboxID()
	require.NoError(a.m.W.TB, err)
	sent := make(chan struct{}, 1)
	pake := [][]byte{a.bytes(40), wormhole.EncodePAKE(a.bytes(33)), bytes.Repeat([]byte{'{'}, 30<<10)}[a.rng.IntN(3)]
	r := relayclient.OpenRendezvous(a.m.client, relayclient.RendezvousConfig{
		RelayURL: link.Relay, AppID: wormhole.AppID, Side: fmt.Sprintf("%016x", a.rng.Uint64()), MailboxID: mailbox,
		Pending: []relayclient.Phase{
			{Name: "0", Body: a.bytes(20 << 10)}, {Name: "version", Body: a.bytes(20 << 10)}, {Name: "pake", Body: pake},
			{Name: "1", Body: a.bytes(10)},
		},
		OnEvent: func(e relayclient.RendezvousEvent) {
			switch e := e.(type) {
			case relayclient.EventSent:
				if e.Phase != "1" {
					return
				}
			case relayclient.EventFailed, relayclient.EventClosed:
			default:
				return
			}
			select {
			case sent <- struct{}{}:
			default:
			}
		},
	})
	select {
	case <-sent:
	case <-time.After(time.Minute):
	}
	r.Close()
}
