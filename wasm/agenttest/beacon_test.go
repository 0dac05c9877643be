package agenttest

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// ahead returns a message whose header claims a later epoch.
func (t *Talk) ahead(epochs uint64, size int) []byte {
	m := slices.Clone(t.Encrypt(make([]byte, size)))
	at := 4 + 1 + 16 // version, wire format, group id
	binary.BigEndian.PutUint64(m[at:], t.Group.Epoch()+epochs)
	return m
}

// held counts the bodies on the disk that wait for a later epoch, and their
// bytes.
func (p *Person) held(conversation string) (n, size int) {
	records, err := p.vault.Scan("held/"+conversation+"/", "", false, 10_000)
	require.NoError(p.W.TB, err)
	for _, r := range records {
		size += len(r.Value)
	}
	return len(records), size
}

// TestBeacon: a body of a later epoch has the slot read after a random time,
// and ever more rarely while nothing stands there, whatever else happens.
func TestBeacon(t *testing.T) {
	for _, v := range []struct {
		name  string
		every time.Duration // a junk body comes
		do    func(ada *Person)
		mute  Faults
	}{
		{"always another", 30 * time.Minute, func(*Person) {}, Faults{}},
		{"restarts", time.Hour, func(p *Person) { p.Restart() }, Faults{}},
		{"crashes", 2 * time.Hour, func(p *Person) { p.Crash(); p.Start() }, Faults{}},
		{"reconnects and nudges", time.Hour, func(p *Person) {
			p.SetOffline(true)
			p.SetOffline(false)
			p.do(api.CmdNudge, nil, nil)
		}, Faults{}},
		{"the relay refuses slots", time.Hour, func(p *Person) { p.do(api.CmdNudge, nil, nil) }, Faults{FailSlots: 1}},
		{"the slot holds junk", time.Hour, func(p *Person) { p.Restart() }, Faults{JunkSlots: 1}},
	} {
		t.Run(v.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				c := Meet(ada, bob)
				talkBefore(ada, bob, c)
				advance(oneDay) // both have left the door of invitations
				m := bob.Turn()
				defer m.Close()
				defer bob.Start()
				talk := m.Talk(c)
				ada.SetFaults(v.mute)
				began := time.Now()
				days := 5
				for i := range days * int(oneDay/v.every) {
					talk.Body(conversation.BodyMessage, talk.ahead(1+uint64(i%3), 1))
					advance(v.every)
					v.do(ada)
				}
				first := ada.slotRequests(began, began.Add(oneDay))
				require.LessOrEqual(t, first, 8)
				require.GreaterOrEqual(t, first, 6, "it is asked at all")
				for day := 1; day < days; day++ {
					from := began.Add(time.Duration(day) * oneDay)
					require.LessOrEqual(t, ada.slotRequests(from, from.Add(oneDay)), 1, "day %d", day)
				}
			})
		})
	}
}

// TestCopiesTakeOnePlace: and different ones take 64 at most, and a megabyte;
// they do not stay for ever.
func TestCopiesTakeOnePlace(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		talkBefore(ada, bob, c)
		advance(oneDay) // both have left the door of invitations
		m := bob.Turn()
		defer m.Close()
		defer bob.Start()
		talk := m.Talk(c)
		copied := talk.ahead(1, 1)
		began := time.Now()
		for range 1000 {
			talk.Body(conversation.BodyMessage, copied)
		}
		advance(time.Minute)
		n, _ := ada.held(c)
		require.Equal(t, 1, n)
		ada.Restart()
		talk.Body(conversation.BodyMessage, copied)
		advance(time.Minute)
		n, _ = ada.held(c)
		require.Equal(t, 1, n, "also after a restart")
		require.LessOrEqual(t, ada.slotRequests(began, time.Now()), 1)

		for range 40 {
			talk.Body(conversation.BodyMessage, talk.ahead(1, 50<<10))
		}
		advance(time.Minute)
		_, size := ada.held(c)
		require.LessOrEqual(t, size, 1<<20+4<<10)
		require.Greater(t, size, 900<<10)
		for range 200 {
			talk.Body(conversation.BodyMessage, talk.ahead(2, 1))
		}
		advance(time.Minute)
		n, size = ada.held(c)
		require.LessOrEqual(t, n, 64)
		require.LessOrEqual(t, size, 1<<20+4<<10)

		ada.Stop()
		advance(15 * oneDay)
		ada.Start()
		advance(2 * time.Hour)
		n, _ = ada.held(c)
		require.Zero(t, n)
	})
}

// TestWhileWaitingForAWelcome: what cannot be judged yet is bounded as well.
func TestWhileWaitingForAWelcome(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		old := Meet(ada, bob)
		inv := ada.Invite()
		ada.Stop()
		accepted := bob.Accept(inv.Link)
		c := bob.AwaitInvite(accepted.ID, api.InviteWaiting).Conversation
		m := ada.Turn()
		defer m.Close()
		talk := m.Talk(old)
		waiting := bob.record(c)
		where, err := address.ParseAddress(waiting.Own)
		require.NoError(t, err)
		talk.ID, talk.To = waiting.ID, where
		for i := range 100 {
			talk.Body(conversation.BodyMessage, slices.Repeat([]byte{byte(i % 50)}, 20<<10))
		}
		advance(time.Minute)
		n, size := bob.held(c)
		require.Equal(t, 50, n)
		require.LessOrEqual(t, size, 1<<20)
		bob.Stop()
		advance(15 * oneDay)
		bob.Start()
		advance(2 * time.Hour)
		n, _ = bob.held(c)
		require.Zero(t, n)
		ada.Start()
	})
}

// TestAnHonestHintIsFollowed: where the announcement of a commit is lost, the
// slot is read within half a minute, and for a chain of them at once.
func TestAnHonestHintIsFollowed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		talkBefore(ada, bob, c)
		bob.SetFaults(Faults{HoldDeposits: 1})
		ada.SetOffline(true)
		daily(bob, c, 5)
		ada.SetOffline(false)
		bob.SetFaults(Faults{})
		advance(5 * time.Minute)
		bob.Send(c, "here I am")
		withinAMinute(t, ada, c, "here I am")
		// No grudge is borne.
		require.Nil(t, ada.record(c).Pending)
		bob.SetFaults(Faults{HoldDeposits: 1})
		daily(bob, c, 1)
		bob.SetFaults(Faults{})
		bob.Send(c, "here again")
		withinAMinute(t, ada, c, "here again")
	})
}

// TestAnAnnouncedCommitResolvesHints: after a contact's junk, or an honest
// race, nothing has to wait for the slot.
func TestAnAnnouncedCommitResolvesHints(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		talkBefore(ada, bob, c)
		advance(oneDay) // both have left the door of invitations
		m := bob.Turn()
		defer m.Close()
		defer bob.Start()
		talk := m.Talk(c)
		for range 12 {
			talk.Body(conversation.BodyMessage, talk.ahead(1, 1))
			advance(6 * time.Hour)
		}
		candidate := talk.Commit(mls.CommitParams{ForcePath: true})
		talk.Group = candidate.Next
		text := talk.Text("in the next epoch")
		talk.Content(text)
		advance(time.Second)
		require.NotContains(t, ada.Texts(c, false), "in the next epoch")
		talk.Body(conversation.BodyCommit, candidate.Commit)
		advance(time.Second)
		require.Contains(t, ada.Texts(c, false), "in the next epoch")
	})
}

// TestJunkInTheSlotIsNoBeacon: also when it is our own commit that cannot be
// written.
func TestJunkInTheSlotIsNoBeacon(t *testing.T) {
	for _, v := range []struct {
		name  string
		fault Faults
		most  int // requests on the first day
	}{{"junk", Faults{JunkSlots: 1}, 8}, {"refused", Faults{FailSlots: 1}, 20}} {
		t.Run(v.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				c := Meet(ada, bob)
				talkBefore(ada, bob, c)
				advance(oneDay)
				ada.SetFaults(v.fault)
				began := time.Now()
				ada.Send(c, "time to renew")
				withinAMinute(t, bob, c, "time to renew")
				advance(3 * oneDay)
				require.LessOrEqual(t, ada.slotRequests(began, began.Add(oneDay)), v.most)
				for day := 1; day < 3; day++ {
					from := began.Add(time.Duration(day) * oneDay)
					require.LessOrEqual(t, ada.slotRequests(from, from.Add(oneDay)), 2)
				}
			})
		})
	}
}

// TestRefusedAnswersAreNoBeacon: a contact's relay that refuses what answers
// the contact is turned to ever more rarely; what the person writes does not
// wait for that.
func TestRefusedAnswersAreNoBeacon(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		talkBefore(ada, bob, c)
		advance(oneDay)
		ada.SetFaults(Faults{FailDeposits: 1})
		bob.Send(c, "are you there?")
		advance(4 * oneDay)
		ada.network.mu.Lock()
		refused := len(ada.network.refused)
		ada.network.mu.Unlock()
		require.LessOrEqual(t, refused, 25)
		require.Positive(t, refused)
		ada.SetFaults(Faults{})
		began := time.Now()
		ada.Send(c, "now I am")
		bob.wait("it", func() bool { return contains(bob.Texts(c, false), "now I am") })
		require.LessOrEqual(t, time.Since(began), 6*time.Minute)
	})
}
