//go:build !js

package agent_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/agent"
	"petmail/wasm/agenttest"
	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// TestAConversationIsTriedAgainEverLess leaves a fault where it is for a day.
func TestAConversationIsTriedAgainEverLess(t *testing.T) {
	tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
		bad := all[0]
		planted.plant(bad, "SealAcks", true)
		bob.Send(bad, "to be acknowledged")
		advance(30 * time.Second)
		require.Equal(t, []string{bad}, asides(ada))
		c, _ := ada.Conversation(bad)
		require.WithinDuration(t, time.Now().Add(time.Minute), time.UnixMilli(c.Aside.Next), 31*time.Second)
		require.Equal(t, "panic", c.Aside.Code)
		advance(24 * time.Hour)
		hits, _ := planted.count()
		require.GreaterOrEqual(t, hits, 8)
		require.LessOrEqual(t, hits, 12, "1, 2, 4, 8, … minutes")
		require.Equal(t, []string{bad}, asides(ada))

		planted.plant("", "", false)
		advance(24 * time.Hour)
		require.Empty(t, asides(ada), "it goes on by itself")

		// What failed within a day is not forgotten at once.
		planted.plant(bad, "SealAcks", true)
		bob.Send(bad, "one more")
		advance(30 * time.Second)
		c, _ = ada.Conversation(bad)
		require.Greater(t, c.Aside.Next, time.Now().Add(time.Hour).UnixMilli())
		planted.plant("", "", false)

		// An update may know better.
		ada.Configure = func(c *agent.Config) {
			agent.Fault(c, planted.met)
			c.Version = "next"
		}
		ada.Restart()
		advance(10 * time.Second)
		require.Empty(t, asides(ada))
	})
}

// TestDueWorkThatFailsWaitsByItself has each kind of due work without an
// owner fail, again and again.
func TestDueWorkThatFailsWaitsByItself(t *testing.T) {
	for _, kind := range []string{"due expire", "due deletions", "due invites", "due notes"} {
		for _, panics := range []bool{false, true} {
			t.Run(kind, func(t *testing.T) {
				tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
					planted.plant("", kind, panics)
					othersTalk(t, ada, bob, all, "during")
					for range 12 { // that something is due
						advance(5 * time.Minute)
						bob.Send(all[0], "tick")
					}
					advance(time.Minute)
					require.True(t, ada.Snapshot().Trouble, "the page says so")
					hits, turns := planted.count()
					require.Positive(t, hits)
					require.Less(t, hits, 60)
					require.Less(t, turns, 2000)
					require.Empty(t, asides(ada))
					othersTalk(t, ada, bob, all, "later")
					planted.plant("", "", false)
					advance(6 * time.Minute)
					bob.Send(all[0], "wake")
					advance(10 * time.Minute)
					require.False(t, ada.Snapshot().Trouble)
				})
			})
			if testing.Short() {
				return
			}
		}
	}
}

// TestWhatANewAcquaintanceSendsCannotStopTheOthers has every event of the
// rendezvous of an invitation, and of a note, fail.
func TestWhatANewAcquaintanceSendsCannotStopTheOthers(t *testing.T) {
	for _, what := range []string{"rendezvous", "note"} {
		for _, panics := range []bool{false, true} {
			t.Run(what, func(t *testing.T) {
				tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
					planted.plant("", what, panics)
					planted.count()
					var inv api.Invite
					require.Nil(t, ada.Ask(api.CmdInviteNew, api.InviteNewArgs{}, &inv))
					require.Nil(t, ada.Ask(api.CmdNoteSend, api.NoteSendArgs{Text: "a note"}, nil))
					advance(10 * time.Second)
					othersTalk(t, ada, bob, all, "during")
					advance(10 * time.Minute)
					hits, turns := planted.count()
					require.Positive(t, hits)
					require.Less(t, hits, 20)
					require.Less(t, turns, 1000)
					planted.plant("", "", false)
					ada.Restart()
					advance(time.Minute)
					require.NotEmpty(t, ada.InviteState(inv.ID).Code)
					require.NotEmpty(t, ada.Snapshot().Notes[0].Code)
				})
			})
			if testing.Short() {
				return
			}
		}
	}
}

// TestRecoveryBacksOff has the store refuse every write for an hour, while a
// friend writes and the page asks.
func TestRecoveryBacksOff(t *testing.T) {
	tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
		ada.Store.Plan(func(int, *store.Batch) faulty.Fault { return faulty.FailBefore })
		planted.count()
		for _, c := range all {
			bob.Send(c, "into a full store")
		}
		for range 60 {
			advance(time.Minute)
			ada.Snapshot() // is answered all the while
		}
		_, turns := planted.count()
		require.Less(t, turns, 60*20, "turns in an hour")
		err := ada.Ask(api.CmdSend, api.SendArgs{Conversation: all[0], Text: "refused"}, nil)
		require.NotNil(t, err)
		require.Equal(t, api.ErrStorage, err.Code)
		require.Empty(t, asides(ada), "a store that fails is no conversation's fault")

		ada.Store.Plan(nil)
		advance(10 * time.Minute)
		for _, c := range all {
			require.Equal(t, []string{"into a full store"}, ada.Texts(c, false))
		}
	})
}

// TestADefectInEveryTurnDoesNotSpin panics at the beginning of each turn that
// is not a page's.
func TestADefectInEveryTurnDoesNotSpin(t *testing.T) {
	tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
		planted.plant("", "Receive", true) // of all conversations
		planted.count()
		for _, c := range all {
			bob.Send(c, "to all")
		}
		advance(time.Minute)
		_, turns := planted.count()
		require.Less(t, turns, 300)
		require.ElementsMatch(t, all, asides(ada))
		advance(time.Hour)
		_, turns = planted.count()
		require.Less(t, turns, 1000)
		planted.plant("", "", false)
		for _, c := range all {
			require.Nil(t, ada.Ask(api.CmdAsideRetry, api.ConversationArgs{Conversation: c}, nil))
		}
		advance(30 * time.Hour) // what was dropped comes again
		for _, c := range all {
			require.Equal(t, []string{"to all"}, ada.Texts(c, false))
		}
	})
}
