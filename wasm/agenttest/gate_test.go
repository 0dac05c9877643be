package agenttest

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// hostile has Ada talk with Bob, while mallory, a contact of hers, does
// something; it must not disturb Ada and Bob, nor what Ada keeps.
func hostile(t *testing.T, act func(w *World, ada *Person, mallory *Talk)) {
	t.Helper()
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		person := w.Person("Mallory", 3)
		person.Begin()
		withBob, withMallory := Meet(ada, bob), Meet(ada, person)
		person.Send(withMallory, "hello")
		ada.AwaitTexts(withMallory, "hello")
		advance(time.Hour) // what is owed has been acknowledged
		m := person.Turn()
		defer m.Close()
		before := ada.Recoveries()
		act(w, ada, m.Talk(withMallory))
		require.Equal(t, before, ada.Recoveries(), "Ada's Petmail had to begin again")

		ada.Send(withMallory, "what was that?")
		ada.Send(withBob, "to Bob")
		bob.AwaitTexts(withBob, "to Bob")
		bob.Send(withBob, "from Bob")
		ada.AwaitTexts(withBob, "from Bob")
		ada.Restart()
		ada.Send(withBob, "after a start")
		bob.AwaitTexts(withBob, "to Bob", "after a start")
		ada.Send(withMallory, "still here")
		require.Len(t, ada.Texts(withMallory, true), 2)
		require.Equal(t, before, ada.Recoveries())
		require.Zero(t, ada.Restarts(), "Ada's Petmail met a defect")
		require.Zero(t, ada.Asides(), "a contact can have a conversation set aside")
		c, ok := ada.Conversation(withMallory)
		require.True(t, ok)
		require.Equal(t, api.ConversationOpen, c.State)
	})
}

// TestReInitByContact: a contact commits what closes the group.
func TestReInitByContact(t *testing.T) {
	for name, proposal := range map[string]mls.Proposal{
		"ReInit":                 mls.ReInitialize(mls.ReInit{GroupID: []byte("x"), Suite: conversation.Suite}),
		"GroupContextExtensions": mls.SetExtensions([]mls.Extension{{Type: mls.ExtensionApplicationID, Data: []byte("x")}}),
	} {
		for _, slot := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				hostile(t, func(w *World, ada *Person, mallory *Talk) {
					candidate := mallory.Commit(mls.CommitParams{Proposals: []mls.Proposal{proposal}})
					if slot {
						mallory.PutSlot(mallory.SealSlot(candidate.Commit))
						advance(26 * time.Hour) // Ada's keys are due for renewal when she writes
					}
					mallory.Body(conversation.BodyCommit, candidate.Commit)
					advance(2 * time.Second)
					// And what would have been said in the epoch after it.
					mallory.Group = candidate.Next
					if mallory.Group.Active() {
						mallory.Content(mallory.Text("from beyond"))
						advance(2 * time.Second)
					}
				})
			})
		}
	}
}

// TestContextBloat: a contact makes the group's state larger with each commit.
func TestContextBloat(t *testing.T) {
	hostile(t, func(w *World, ada *Person, mallory *Talk) {
		size := func() (n int) {
			for _, r := range ada.stored("mls/") {
				n += len(r.Value)
			}
			return n
		}
		honest := size()
		for i := range 20 {
			data := make([]byte, 55<<10)
			data[0] = byte(i)
			candidate := mallory.Commit(mls.CommitParams{Proposals: []mls.Proposal{
				mls.SetExtensions([]mls.Extension{{Type: mls.ExtensionApplicationID, Data: data}}),
			}})
			mallory.Body(conversation.BodyCommit, candidate.Commit)
			mallory.Group = candidate.Next
			advance(time.Second)
		}
		for _, r := range ada.stored("") {
			require.Less(t, len(r.Value), store.MaxValue/4, r.Key)
		}
		require.Less(t, size(), 2*honest, "the group has grown")
	})
}

// TestWelcomeWithoutPSK: whoever has an invitee's key package, but not the
// key of the invitation, opens nothing.
func TestWelcomeWithoutPSK(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		// Bob's Welcome is lost on the way, and Bob's program is changed.
		bob.SetFaults(Faults{HoldDeposits: 1})
		inv := bob.Invite()
		accepted := ada.Accept(inv.Link)
		id := bob.AwaitInvite(inv.ID, api.InviteDone).Conversation
		ada.AwaitInvite(accepted.ID, api.InviteWaiting)
		m := bob.Turn()
		talk := m.Talk(id)
		victim := ada.record(id)
		private, err := mls.UnmarshalKeyPackagePrivate(victim.Join)
		require.NoError(t, err)
		own, _ := talk.Group.Member(talk.Group.OwnLeaf())
		leaf := mls.LeafParams{Credential: own.Credential, SignatureKey: talk.Group.SignatureKey(), Extensions: own.Extensions}
		keys := mls.ExternalPSKs(map[string][]byte{"other": []byte("x"), "petmail/invite/1": victim.PSK})
		for _, psks := range [][]string{nil, {"other"}, {"petmail/invite/1", "other"}} {
			group, err := mls.NewGroup(rand.Reader, conversation.Suite, talk.ID[:], leaf, nil, mls.Config{})
			require.NoError(t, err)
			p := mls.CommitParams{Proposals: []mls.Proposal{mls.Add(private.KeyPackage())}, PSKs: keys, Now: time.Now().Unix()}
			for _, psk := range psks {
				p.Proposals = append(p.Proposals, mls.PSK([]byte(psk)))
			}
			candidate, err := group.Commit(rand.Reader, p)
			require.NoError(t, err)
			talk.Body(conversation.BodyWelcome, candidate.Welcome)
			advance(time.Minute)
			c, ok := ada.Conversation(id)
			require.True(t, ok)
			require.Equal(t, api.ConversationWaiting, c.State, "with %v", psks)
			require.Equal(t, api.InviteUnsupported, ada.InviteState(accepted.ID).State, "the person is told")
		}
		m.Close()
		// The right one still opens it.
		bob.SetFaults(Faults{})
		bob.Start()
		ada.AwaitOpen(id)
		require.Equal(t, api.InviteDone, ada.InviteState(accepted.ID).State)
		bob.Send(id, "at last")
		ada.AwaitTexts(id, "at last")
		require.Zero(t, ada.Restarts())
	})
}

// TestWhatCannotBeStoredIsDropped: an envelope whose record would be too large
// is acknowledged, and does not come for ever.
func TestWhatCannotBeStoredIsDropped(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "fits")
		bob.AwaitTexts(c, "fits")
		bob.Store.Plan(func(_ int, b *store.Batch) faulty.Fault {
			for i, op := range b.Ops {
				if strings.HasPrefix(op.Key, "msg/") {
					b.Ops[i].Value = make([]byte, store.MaxValue+1)
				}
			}
			return faulty.None
		})
		ada.Send(c, "does not")
		advance(time.Minute)
		require.LessOrEqual(t, bob.Recoveries(), 3)
		bob.Store.Plan(nil)
		bob.Restart()
		advance(time.Minute)
		require.Equal(t, []string{"fits"}, bob.Texts(c, false), "the relay has it no more")
		bob.AwaitTexts(c, "fits", "does not") // deposited again by its sender
	})
}
