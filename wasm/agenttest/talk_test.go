package agenttest

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

// inWorld runs a scenario of two people whose Petmails have names.
func inWorld(t *testing.T, f func(t *testing.T, w *World, ada, bob *Person)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := New(t)
		ada, bob := w.Person("Ada", 1), w.Person("Bob", 2)
		ada.Begin()
		bob.Begin()
		f(t, w, ada, bob)
		ada.Stop()
		bob.Stop()
		w.Close()
	})
}

func TestMeetByLinkAndTalk(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		seen, ok := ada.Conversation(c)
		require.True(t, ok)
		require.Equal(t, "Bob", seen.Name)
		require.Equal(t, api.MetByLink, seen.Met)
		seen, ok = bob.Conversation(c)
		require.True(t, ok)
		require.Equal(t, "Ada", seen.Name)

		ada.Send(c, "hello")
		bob.AwaitTexts(c, "hello")
		first := bob.Send(c, "hi there")
		ada.AwaitTexts(c, "hi there")
		bob.AwaitState(c, first.ID, api.StateSent)
		ada.Send(c, "how are you?")
		bob.AwaitState(c, first.ID, api.StateDelivered) // the answer acknowledges
		seen, _ = bob.Conversation(c)
		require.Equal(t, 2, seen.Unread)
		require.Equal(t, "how are you?", seen.Preview)
		bob.do(api.CmdRead, api.ReadArgs{Conversation: c}, nil)
		seen, _ = bob.Conversation(c)
		require.Zero(t, seen.Unread)
	})
}

func TestMeetByCode(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		require.Regexp(t, `^[1-9][0-9]{3}-[a-z]+-[a-z]+$`, inv.Code)
		accepted := bob.Accept("  " + inv.Code + " ")
		c := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
		bob.AwaitInvite(accepted.ID, api.InviteDone)
		bob.Send(c, "by word of mouth")
		ada.AwaitTexts(c, "by word of mouth")
		seen, _ := ada.Conversation(c)
		require.Equal(t, api.MetByCode, seen.Met)
		done := ada.InviteState(inv.ID)
		require.Empty(t, done.Code, "a code that was used is not shown again")
		require.Empty(t, done.Link)
	})
}

// TestQuickReceiptsTakeEffectAtOnce: also for what was to be acknowledged late.
func TestQuickReceiptsTakeEffectAtOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob) // Bob owes an acknowledgement of the Welcome
		bob.quickReceipts()
		m := ada.Send(c, "hello")
		sent := time.Now()
		ada.AwaitState(c, m.ID, api.StateDelivered)
		require.Less(t, time.Since(sent), time.Minute)
	})
}

func TestAcknowledgementsWaitAndCome(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		began := time.Now()
		m := ada.Send(c, "no answer needed")
		ada.AwaitState(c, m.ID, api.StateDelivered)
		took := time.Since(began)
		require.LessOrEqual(t, took, 32*time.Minute)
	})
}

func TestQuickReceipts(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		advance(time.Hour) // the acknowledgement of the Welcome is out
		bob.do(api.CmdSettings, api.Settings{QuickReceipts: true}, nil)
		began := time.Now()
		m := ada.Send(c, "quick?")
		ada.AwaitState(c, m.ID, api.StateDelivered)
		require.Less(t, time.Since(began), 10*time.Second)
	})
}

func TestInviterAsleep(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		for _, byCode := range []bool{false, true} {
			inv := ada.Invite()
			ada.Stop()
			text := inv.Link
			if byCode {
				text = inv.Code
			}
			accepted := bob.Accept(text)
			c := bob.AwaitInvite(accepted.ID, api.InviteWaiting).Conversation
			require.NotEmpty(t, c)
			seen, _ := bob.Conversation(c)
			require.Equal(t, api.ConversationWaiting, seen.State)
			bob.Send(c, "are you there?")
			bob.Send(c, "I wait")
			advance(time.Hour)
			bob.Restart() // the invitee sleeps, too
			bob.Stop()
			advance(5 * time.Hour)

			ada.Start()
			ada.AwaitInvite(inv.ID, api.InviteDone)
			m := ada.Send(c, "here I am")
			ada.AwaitState(c, m.ID, api.StateSent)
			ada.Stop()
			advance(time.Hour)
			bob.Start()
			bob.AwaitTexts(c, "here I am")
			ada.Start()
			ada.AwaitTexts(c, "are you there?", "I wait")
			ada.do(api.CmdForget, api.ConversationArgs{Conversation: c}, nil)
		}
	})
}

func TestWrongCodeBurnsIt(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		old := Meet(ada, bob)
		inv := ada.Invite()
		wrong := inv.Code[:4] + "-aardvark-adroitness"
		if inv.Code == wrong {
			wrong = inv.Code[:4] + "-absurd-adviser"
		}
		var accepted api.Invite
		if err := bob.Ask(api.CmdInviteAccept, api.InviteAcceptArgs{Text: wrong}, &accepted); err != nil {
			// The lists alternate; take two words in the right order.
			wrong = inv.Code[:4] + "-adroitness-aardvark"
			accepted = bob.Accept(wrong)
		}
		bob.AwaitInvite(accepted.ID, api.InviteFailed)
		ada.wait("the code to be burnt", func() bool { return ada.InviteState(inv.ID).CodeFailed })
		require.Empty(t, ada.InviteState(inv.ID).Code)

		// Nobody gets a second guess, not even with the right words.
		again := bob.Accept(inv.Code)
		bob.wait("the second guess to fail", func() bool {
			s := bob.InviteState(again.ID).State
			return s == api.InviteUsed || s == api.InviteUnknown
		})
		// Nothing else is disturbed.
		require.Len(t, bob.Snapshot().Conversations, 1)
		ada.Send(old, "still here")
		bob.AwaitTexts(old, "still here")
	})
}

// TestCodeAndLinkRace has two people use the two halves of one invitation: who
// comes second is told, and does not wait until the code expires.
func TestCodeAndLinkRace(t *testing.T) {
	for _, asleep := range []bool{false, true} {
		t.Run(fmt.Sprintf("second asleep %t", asleep), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				eve := w.Person("Eve", 3)
				eve.Begin()
				inv := ada.Invite()
				ada.Stop()
				byLink, byCode := bob.Accept(inv.Link), eve.Accept(inv.Code)
				bob.AwaitInvite(byLink.ID, api.InviteWaiting)
				eve.AwaitInvite(byCode.ID, api.InviteWaiting)
				advance(time.Second) // both cards are at the relay
				if asleep {
					bob.Stop()
					eve.Stop()
				}
				ada.Start()
				ada.AwaitInvite(inv.ID, api.InviteDone)
				advance(time.Second) // the relay knows that the other half is not needed any more
				if asleep {
					bob.Start()
					eve.Start()
				}
				first, firstID, second, secondID := bob, byLink.ID, eve, byCode.ID
				require.Len(t, ada.Snapshot().Conversations, 1, "one invitation, one person")
				if ada.Snapshot().Conversations[0].Met == api.MetByCode {
					first, firstID, second, secondID = eve, byCode.ID, bob, byLink.ID
				}
				first.AwaitInvite(firstID, api.InviteDone)
				began := time.Now()
				second.AwaitInvite(secondID, api.InviteUsed)
				require.Less(t, time.Since(began), time.Minute, "told, not expired")
				require.Empty(t, second.Snapshot().Conversations)
				eve.Stop()
			})
		})
	}
}

func TestInviteNote(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		set := func(note string) *api.Error {
			return ada.Ask(api.CmdInviteNote, api.InviteNoteArgs{Invite: inv.ID, Note: note}, nil)
		}
		require.Nil(t, set("  Bob from work "))
		now := ada.InviteState(inv.ID)
		require.Equal(t, "Bob from work", now.Note)
		require.Equal(t, []string{inv.Code, inv.Link}, []string{now.Code, now.Link}, "code and link stay")
		ada.Crash()
		ada.Start()
		require.Equal(t, "Bob from work", ada.InviteState(inv.ID).Note)
		require.Nil(t, set(""))
		require.Empty(t, ada.InviteState(inv.ID).Note)
		require.Nil(t, set("Bobby"))
		require.Equal(t, api.ErrTooLong, set(strings.Repeat("x", 1+api.MaxNameRunes)).Code)
		require.Equal(t, api.ErrInvisible, set("\u3164\u200b").Code)
		require.Nil(t, set("\u2068Bobby\u2069"), "copied from a page")
		require.Equal(t, "Bobby", ada.InviteState(inv.ID).Note)

		accepted := bob.Accept(inv.Code)
		refused := bob.Ask(api.CmdInviteNote, api.InviteNoteArgs{Invite: accepted.ID, Note: "Ada"}, nil)
		require.Equal(t, api.ErrNotFound, refused.Code, "not one's own")
		c := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
		name := func() string {
			seen, _ := ada.Conversation(c)
			return seen.Name
		}
		require.Equal(t, "Bobby", name())
		require.Nil(t, set("Robert"), "the page did not know yet that he has come")
		require.Equal(t, "Robert", name())
		ada.do(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: "Rob"}, nil)
		require.Nil(t, set("Bob"))
		require.Equal(t, "Rob", name(), "a name that was given since stays")
		ada.do(api.CmdInviteDismiss, api.InviteArgs{Invite: inv.ID}, nil)
		require.Equal(t, api.ErrNotFound, set("gone").Code)
	})
}

func TestUsedLink(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		inv := ada.Invite()
		bob.Accept(inv.Link)
		ada.AwaitInvite(inv.ID, api.InviteDone)
		late := eve.Accept(inv.Link)
		eve.AwaitInvite(late.ID, api.InviteUsed)
		require.Empty(t, eve.Snapshot().Conversations)
		advance(time.Minute) // until the relay knows that the code is not needed any more
		lateCode := eve.Accept(inv.Code)
		eve.wait("the used code to fail", func() bool {
			s := eve.InviteState(lateCode.ID).State
			return s == api.InviteUsed || s == api.InviteUnknown
		})
		require.Len(t, ada.Snapshot().Conversations, 1)
		eve.Stop()
	})
}

func TestCancelledAndExpiredInvitations(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		ada.do(api.CmdInviteDismiss, api.InviteArgs{Invite: inv.ID}, nil)
		require.Empty(t, ada.Snapshot().Invites)
		advance(time.Minute)
		late := bob.Accept(inv.Link)
		bob.AwaitInvite(late.ID, api.InviteUsed)

		inv = ada.Invite()
		advance(49 * time.Hour)
		require.Empty(t, ada.InviteState(inv.ID).Code, "a code lives for 48 hours")
		require.NotEmpty(t, ada.InviteState(inv.ID).Link, "a link for 14 days")
		late = bob.Accept(inv.Code)
		bob.wait("the expired code to fail", func() bool {
			s := bob.InviteState(late.ID).State
			return s == api.InviteUsed || s == api.InviteUnknown
		})
		advance(13 * 24 * time.Hour)
		ada.AwaitInvite(inv.ID, api.InviteExpired)
	})
}

func TestOwnCodeAndNonsense(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		for text, code := range map[string]api.ErrorCode{
			inv.Link:                             api.ErrOwnInvite,
			inv.Code:                             api.ErrOwnInvite,
			"":                                   api.ErrBadCode,
			"hello":                              api.ErrBadCode,
			"4071-guitarist-revenj":              api.ErrBadWord,
			"https://relay.test/i/#petmail1qqqq": api.ErrBadCode,
			"javascript:alert(1)":                api.ErrBadCode,
		} {
			err := ada.Ask(api.CmdInviteAccept, api.InviteAcceptArgs{Text: text}, nil)
			require.NotNil(t, err, text)
			require.Equal(t, code, err.Code, text)
		}
		require.Equal(t, api.InviteWaiting, ada.InviteState(inv.ID).State, "nothing was burnt")
	})
}

func TestWordsAreCompleted(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		for text, some := range map[string]bool{"4071-guit": true, "4071-guitarist-re": true, "4071-zzzz": false, "": false} {
			var words api.Words
			ada.do(api.CmdWords, api.WordsArgs{Text: text}, &words)
			require.NotNil(t, words.Completions, "a list, even if empty")
			require.Equal(t, some, len(words.Completions) > 0, text)
		}
	})
}

func TestOfflineAndBack(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.SetOffline(true)
		m := ada.Send(c, "from the tunnel")
		advance(time.Minute)
		require.Equal(t, api.Offline, ada.Snapshot().Relay.State)
		require.Equal(t, []string{"from the tunnel"}, ada.Texts(c, true))
		ada.AwaitState(c, m.ID, api.StateSending)
		ada.Restart() // still offline in effect: Start plugs it in again
		ada.AwaitState(c, m.ID, api.StateSent)
		bob.AwaitTexts(c, "from the tunnel")

		bob.SetOffline(true)
		for i := range 20 {
			ada.Send(c, fmt.Sprint("while you were away ", i))
		}
		advance(3 * time.Hour)
		bob.SetOffline(false)
		bob.wait("everything", func() bool { return len(bob.Texts(c, false)) == 21 })
		for i, text := range bob.Texts(c, false)[1:] {
			require.Equal(t, fmt.Sprint("while you were away ", i), text)
		}
	})
}

func TestRelayRestart(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		w.RestartRelay()
		accepted := bob.Accept(inv.Code)
		w.RestartRelay()
		c := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
		bob.AwaitInvite(accepted.ID, api.InviteDone)
		bob.Stop()
		m := ada.Send(c, "keep this")
		ada.AwaitState(c, m.ID, api.StateSent)
		w.StopRelay()
		ada.Send(c, "and this")
		advance(10 * time.Minute)
		w.StartRelay()
		bob.Start()
		bob.AwaitTexts(c, "keep this", "and this")
	})
}

func TestKeysAreRenewed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		var want []string
		for i := range 250 {
			text := fmt.Sprint("line ", i)
			ada.Send(c, text)
			want = append(want, text)
			if i%10 == 0 {
				bob.Send(c, text)
			}
		}
		bob.AwaitTexts(c, want...)
		require.Greater(t, ada.Epoch(c), uint64(1), "the epoch moved on")
		ada.wait("both to be in one epoch", func() bool { return ada.Epoch(c) == bob.Epoch(c) })
		// A day later whoever writes renews.
		before := ada.Epoch(c)
		advance(25 * time.Hour)
		ada.Send(c, "good morning")
		bob.Send(c, "good morning")
		bob.AwaitTexts(c, append(want, "good morning")...)
		ada.wait("the next epoch", func() bool { return ada.Epoch(c) > before && ada.Epoch(c) == bob.Epoch(c) })
	})
}

func TestDeleteForgetRename(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "one")
		two := ada.Send(c, "two")
		bob.AwaitTexts(c, "one", "two")
		ada.do(api.CmdDelete, api.DeleteArgs{Conversation: c, Message: two.ID}, nil)
		require.Equal(t, []string{"one"}, ada.Texts(c, true))
		seen, _ := ada.Conversation(c)
		require.Equal(t, "one", seen.Preview)
		require.Equal(t, []string{"one", "two"}, bob.Texts(c, false), "deleting here is not deleting there")

		ada.do(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: "Bobby"}, nil)
		seen, _ = ada.Conversation(c)
		require.Equal(t, "Bobby", seen.Name)
		require.Equal(t, "Bob", seen.TheirName)

		ada.do(api.CmdForget, api.ConversationArgs{Conversation: c}, nil)
		ada.Restart()
		require.Empty(t, ada.Snapshot().Conversations)
		bob.Send(c, "anybody there?") // goes nowhere, breaks nothing
		advance(time.Hour)
		require.Empty(t, ada.Snapshot().Conversations)
	})
}

func TestSafetyWords(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		var hers, his api.Safety
		ada.do(api.CmdSafety, api.ConversationArgs{Conversation: c}, &hers)
		bob.do(api.CmdSafety, api.ConversationArgs{Conversation: c}, &his)
		require.Equal(t, hers.Words, his.Words)
		require.Len(t, hers.Words, 12)
		ada.do(api.CmdVerify, api.VerifyArgs{Conversation: c, Verified: true}, nil)
		ada.Restart()
		seen, _ := ada.Conversation(c)
		require.True(t, seen.Verified)
	})
}

func TestUndeliveredAndLateDelivery(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		advance(time.Hour)
		bob.Stop()
		m := ada.Send(c, "are you on holiday?")
		advance(8 * 24 * time.Hour)
		ada.AwaitState(c, m.ID, api.StateUndelivered)
		bob.Start()
		bob.AwaitTexts(c, "are you on holiday?")
		ada.AwaitState(c, m.ID, api.StateDelivered)
	})
}

func TestALostDepositIsRepeated(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.SetFaults(Faults{HoldDeposits: 1})
		m := ada.Send(c, "lost at first")
		ada.AwaitState(c, m.ID, api.StateSent)
		advance(30 * time.Minute)
		require.Empty(t, bob.Texts(c, false))
		ada.SetFaults(Faults{})
		began := time.Now()
		bob.AwaitTexts(c, "lost at first")
		require.Less(t, time.Since(began), time.Hour)
	})
}
