package agenttest

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/agent"
	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// find returns the message with an id, as a page would show it.
func (p *Person) find(conversation, id string) (api.Message, bool) {
	for _, m := range p.Messages(conversation) {
		if m.ID == id {
			return m, true
		}
	}
	return api.Message{}, false
}

// received returns the received message with a text.
func (p *Person) received(conversation, text string) api.Message {
	p.W.TB.Helper()
	for _, m := range p.Messages(conversation) {
		if !m.Mine && m.Text == text {
			return m
		}
	}
	p.W.TB.Fatalf("%s has no message %q", p.Name, text)
	return api.Message{}
}

// kinds returns the kinds of all messages in order.
func (p *Person) kinds(conversation string) []api.MessageKind {
	var out []api.MessageKind
	for _, m := range p.Messages(conversation) {
		out = append(out, m.Kind)
	}
	return out
}

// holds reports whether a text stands anywhere on the disk.
func (p *Person) holds(text string) bool {
	return len(p.keysWith(text)) > 0
}

func (p *Person) keysWith(text string) []string {
	var keys []string
	for _, r := range p.stored("") {
		if bytes.Contains(r.Value, []byte(text)) {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// stored returns what the vault opens to under a prefix.
func (p *Person) stored(prefix string) []store.Record {
	records, err := p.vault.Scan(prefix, "", false, 1<<20)
	require.NoError(p.W.TB, err)
	return records
}

func (p *Person) delete(conversation, message string) {
	p.do(api.CmdDelete, api.DeleteArgs{Conversation: conversation, Message: message}, nil)
}

func (p *Person) deleteForAll(conversation, message string) {
	p.do(api.CmdDeleteForAll, api.DeleteArgs{Conversation: conversation, Message: message}, nil)
}

func (p *Person) read(conversation string) {
	p.do(api.CmdRead, api.ReadArgs{Conversation: conversation}, nil)
}

func (p *Person) quickReceipts() {
	p.do(api.CmdSettings, api.Settings{QuickReceipts: true}, nil)
}

// awaitDeletion waits until a deletion for everyone is in a state.
func (p *Person) awaitDeletion(conversation, message string, state api.DeletionState) {
	p.W.TB.Helper()
	p.wait("the deletion to be "+string(state), func() bool {
		m, ok := p.find(conversation, message)
		return ok && m.Kind == api.KindDeleted && m.Deletion == state
	})
}

func TestDeleteForMe(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		kept := ada.Send(c, "kept-marker")
		gone := ada.Send(c, "gone-marker")
		bob.AwaitTexts(c, "kept-marker", "gone-marker")
		ada.AwaitState(c, gone.ID, api.StateSent)

		ada.delete(c, gone.ID)
		require.Equal(t, []string{"kept-marker"}, ada.Texts(c, true))
		seen, _ := ada.Conversation(c)
		require.Equal(t, "kept-marker", seen.Preview, "the list shows what is the newest now")
		require.False(t, ada.holds("gone-marker"), "found in %v", ada.keysWith("gone-marker"))
		require.True(t, ada.holds("kept-marker"), "the search for texts works")
		require.Equal(t, []string{"kept-marker", "gone-marker"}, bob.Texts(c, false), "the other keeps it")

		bob.delete(c, bob.received(c, "gone-marker").ID)
		require.False(t, bob.holds("gone-marker"))
		seen, _ = bob.Conversation(c)
		require.Equal(t, 1, seen.Unread, "what is deleted is not unread")
		bob.delete(c, bob.received(c, "kept-marker").ID)
		seen, _ = bob.Conversation(c)
		require.Empty(t, seen.Preview)
		require.Zero(t, seen.Unread)

		err := ada.Ask(api.CmdDelete, api.DeleteArgs{Conversation: c, Message: gone.ID}, nil)
		require.Equal(t, api.ErrNotFound, err.Code, "twice is once")
		ada.delete(c, kept.ID)
	})
}

func TestDeleteForEveryone(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "stays")
		m := ada.Send(c, "gone-marker")
		bob.AwaitTexts(c, "stays", "gone-marker")
		ada.AwaitState(c, m.ID, api.StateSent)

		ada.deleteForAll(c, m.ID)
		require.False(t, ada.holds("gone-marker"))
		stone, ok := ada.find(c, m.ID)
		require.True(t, ok)
		require.Equal(t, api.KindDeleted, stone.Kind)
		require.Equal(t, api.DeletionAsked, stone.Deletion)
		require.Empty(t, stone.Text)

		bob.wait("the deletion", func() bool { return bob.kinds(c)[1] == api.KindDeleted })
		require.False(t, bob.holds("gone-marker"), "found in %v", bob.keysWith("gone-marker"))
		seen, _ := bob.Conversation(c)
		require.Equal(t, "stays", seen.Preview)
		require.Equal(t, 1, seen.Unread)
		stone = bob.Messages(c)[1]
		require.Equal(t, api.DeletionNone, stone.Deletion)

		ada.awaitDeletion(c, m.ID, api.DeletionDone)
		require.Empty(t, ada.stored("req/"), "nothing is asked any more")
		ada.wait("the outbox to be empty", func() bool { return len(ada.stored("out/")) == 0 })

		// What is written afterwards is acknowledged as always.
		next := ada.Send(c, "and on")
		ada.AwaitState(c, next.ID, api.StateDelivered)

		// A tombstone can be deleted too, by either.
		ada.delete(c, m.ID)
		bob.delete(c, stone.ID)
		require.Equal(t, []string{"stays", "and on"}, ada.Texts(c, true))
		require.Equal(t, []string{"stays", "and on"}, bob.Texts(c, false))
	})
}

func TestOnlyOnesOwnMessagesCanBeDeletedForEveryone(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "hers")
		bob.AwaitTexts(c, "hers")
		err := bob.Ask(api.CmdDeleteForAll, api.DeleteArgs{Conversation: c, Message: bob.received(c, "hers").ID}, nil)
		require.Equal(t, api.ErrBadRequest, err.Code)
		require.Equal(t, []string{"hers"}, bob.Texts(c, false))
	})
}

// TestADeletionOvertakesItsMessage loses the message, so that the request to
// delete it comes first, and the message itself again later.
func TestADeletionOvertakesItsMessage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "first")
		bob.AwaitTexts(c, "first")
		bob.quickReceipts()

		ada.SetFaults(Faults{HoldDeposits: 1})
		lost := ada.Send(c, "gone-marker")
		ada.AwaitState(c, lost.ID, api.StateSent)
		ada.SetFaults(Faults{})
		ada.deleteForAll(c, lost.ID)
		ada.awaitDeletion(c, lost.ID, api.DeletionDone)
		require.Equal(t, []string{"first"}, bob.Texts(c, false))

		after := ada.Send(c, "after")
		bob.AwaitTexts(c, "first", "after")
		ada.AwaitState(c, after.ID, api.StateDelivered)
		advance(10 * 24 * time.Hour) // every repetition that there could be
		require.Equal(t, []string{"first", "after"}, bob.Texts(c, false))
		require.Equal(t, 2, len(bob.Messages(c)), "no tombstone for what was never there")
	})
}

// TestWhoSleepsThroughADeletion gets message and request in one go.
func TestWhoSleepsThroughADeletion(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "first")
		bob.AwaitTexts(c, "first")
		bob.SetOffline(true)
		m := ada.Send(c, "gone-marker")
		ada.AwaitState(c, m.ID, api.StateSent)
		ada.deleteForAll(c, m.ID)
		last := ada.Send(c, "last")
		ada.AwaitState(c, last.ID, api.StateSent)
		bob.SetOffline(false)
		bob.wait("the last", func() bool { texts := bob.Texts(c, false); return len(texts) > 0 && texts[len(texts)-1] == "last" })
		require.NotContains(t, bob.Texts(c, false), "gone-marker")
		require.False(t, bob.holds("gone-marker"))
		ada.awaitDeletion(c, m.ID, api.DeletionDone)
	})
}

// TestWhatIsStillInTheOutboxIsNeverSent deletes messages that have not left,
// by either way, and sees that the conversation goes on undisturbed.
func TestWhatIsStillInTheOutboxIsNeverSent(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "first")
		bob.AwaitTexts(c, "first")
		bob.quickReceipts()
		ada.SetOffline(true)
		// The first is tried at once; the others wait behind it.
		ada.Send(c, "tried")
		forMe := ada.Send(c, "unsent-one")
		forAll := ada.Send(c, "unsent-two")
		advance(time.Minute)
		ada.delete(c, forMe.ID)
		ada.deleteForAll(c, forAll.ID)
		require.False(t, ada.holds("unsent"))
		require.Equal(t, []string{"first", "tried"}, ada.Texts(c, true), "no tombstone")
		last := ada.Send(c, "last")
		ada.SetOffline(false)
		bob.AwaitTexts(c, "first", "tried", "last")
		ada.AwaitState(c, last.ID, api.StateDelivered)
		ada.wait("the requests to be over", func() bool { return len(ada.stored("req/")) == 0 })
	})
}

// TestDeletedWhileTheInvitationWaits: what was written before the other woke
// and deleted again is never sent, and nothing behind it gets stuck.
func TestDeletedWhileTheInvitationWaits(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		ada.SetOffline(true)
		accepted := bob.Accept(inv.Link)
		var c string
		bob.wait("the conversation", func() bool {
			c = bob.InviteState(accepted.ID).Conversation
			return c != ""
		})
		bob.Send(c, "one")
		gone := bob.Send(c, "two")
		last := bob.Send(c, "three")
		bob.deleteForAll(c, gone.ID)
		ada.quickReceipts()
		ada.SetOffline(false)
		bob.AwaitOpen(c)
		ada.wait("the conversation", func() bool { _, ok := ada.Conversation(c); return ok })
		ada.AwaitTexts(c, "one", "three")
		bob.AwaitState(c, last.ID, api.StateDelivered)
	})
}

// TestADeletedMessageDoesNotHoldUpAcknowledgements deletes, here only, a
// message that never arrives and whose epoch the other has forgotten by the
// time it would be sent again.
func TestADeletedMessageDoesNotHoldUpAcknowledgements(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "first")
		bob.AwaitTexts(c, "first")
		bob.Send(c, "hi")
		ada.AwaitTexts(c, "hi")
		ada.SetFaults(Faults{HoldDeposits: 1})
		lost := ada.Send(c, "lost")
		ada.AwaitState(c, lost.ID, api.StateSent)
		ada.delete(c, lost.ID)
		advance(6*24*time.Hour + time.Hour) // the first three repetitions are lost too
		ada.SetFaults(Faults{})
		bob.Send(c, "still here") // a new epoch
		ada.AwaitTexts(c, "hi", "still here")
		advance(3 * 24 * time.Hour)
		last := ada.Send(c, "last")
		ada.AwaitState(c, last.ID, api.StateDelivered)
		require.Equal(t, "last", bob.Texts(c, false)[len(bob.Texts(c, false))-1])
	})
}

// TestDeletionSurvivesAnyCrash kills either side before and after each of its
// commits while a message is deleted for everyone.
func TestDeletionSurvivesAnyCrash(t *testing.T) {
	for _, fault := range []faulty.Fault{faulty.CrashBefore, faulty.CrashAfter} {
		for _, victim := range []int{0, 1} {
			last := false
			for n := 1; !last; n++ {
				t.Run(fmt.Sprintf("fault %v of person %d at commit %d", fault, victim, n), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { last = !deleteCrashingAt(t, fault, victim, n) })
				})
				if t.Failed() {
					return
				}
				require.Less(t, n, 200)
			}
		}
	}
}

func deleteCrashingAt(t *testing.T, fault faulty.Fault, victim, n int) (struck bool) {
	w := New(t)
	ada, bob := w.Person("Ada", 1), w.Person("Bob", 2)
	ada.Begin()
	bob.Begin()
	c := Meet(ada, bob)
	m := ada.Send(c, "gone-marker")
	bob.AwaitTexts(c, "gone-marker")
	ada.AwaitState(c, m.ID, api.StateSent)
	bob.quickReceipts()
	people := []*Person{ada, bob}
	people[victim].Store.FaultAt(n, fault)
	ada.Survive(func() {
		if now, ok := ada.find(c, m.ID); ok && now.Kind != api.KindDeleted {
			ada.deleteForAll(c, m.ID)
		}
	})
	ada.Survive(func() { ada.awaitDeletion(c, m.ID, api.DeletionDone) })
	bob.Survive(func() { bob.wait("the deletion", func() bool { return bob.kinds(c)[0] == api.KindDeleted }) })
	for _, p := range people {
		p.Survive(func() { p.Snapshot() })
		p.Restart()
		require.False(t, p.holds("gone-marker"), "%s: found in %v", p.Name, p.keysWith("gone-marker"))
		require.Equal(t, []api.MessageKind{api.KindDeleted}, p.kinds(c))
	}
	struck = people[victim].Died()
	for _, p := range people {
		p.Stop()
	}
	w.Close()
	return struck
}

func TestDraftsAreKeptAndErased(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		draft := func(text string) { ada.do(api.CmdDraft, api.DraftArgs{Conversation: c, Text: text}, nil) }
		draft("draft-marker")
		ada.Restart()
		kept := ada.Snapshot().Drafts
		require.Len(t, kept, 1)
		require.Equal(t, []string{c, "draft-marker"}, []string{kept[0].Conversation, kept[0].Text})
		ada.Send(c, "sent")
		require.Empty(t, ada.Snapshot().Drafts, "sent")
		require.False(t, ada.holds("draft-marker"))
		draft("draft-marker")
		draft("")
		require.False(t, ada.holds("draft-marker"), "emptied")
		draft("draft-marker")
		ada.do(api.CmdClear, api.ConversationArgs{Conversation: c}, nil)
		require.False(t, ada.holds("draft-marker"), "cleared")
		draft("draft-marker")
		ada.do(api.CmdForget, api.ConversationArgs{Conversation: c}, nil)
		require.False(t, ada.holds("draft-marker"), "forgotten")
		err := ada.Ask(api.CmdDraft, api.DraftArgs{Conversation: c, Text: "x"}, nil)
		require.Equal(t, api.ErrNotFound, err.Code)
		require.Equal(t, api.ErrTooLong, bob.Ask(api.CmdDraft, api.DraftArgs{
			Conversation: c, Text: string(make([]byte, api.MaxDraft+1)),
		}, nil).Code)
	})
}

func TestEraseLeavesNothing(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "marker")
		bob.AwaitTexts(c, "marker")
		bob.do(api.CmdErase, nil, nil)
		<-bob.erased
		bob.Stop()
		require.Equal(t, []store.Record{{Key: "erasing", Value: []byte{}}}, bob.stored("erasing"))
		// A host that is killed before it is done goes on when it starts again.
		_, err := agent.Open(bob.config(bob.vault))
		require.ErrorIs(t, err, agent.ErrErasing)
		require.NoError(t, bob.vault.Erase())
		bob.Start()
		require.Equal(t, api.PhaseNew, bob.Snapshot().Phase)
	})
}
