package agenttest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

const day = 24 * time.Hour

// lastLine returns the last line of a conversation.
func (p *Person) lastLine(conversation string) api.Message {
	all := p.Messages(conversation)
	if len(all) == 0 {
		return api.Message{}
	}
	return all[len(all)-1]
}

// inOrder returns what a conversation says and who says it; first tells
// whether the person is the one who is named first.
func (p *Person) inOrder(conversation string, first bool) (out []string) {
	for _, m := range p.Messages(conversation) {
		out = append(out, fmt.Sprint(m.Mine == first, " ", m.Kind, " ", m.Text))
	}
	return out
}

// TestAnswersDoNotVanishUpward: an answer is the last line on both sides, and
// what the list shows, whatever the clocks say and however they jump.
func TestAnswersDoNotVanishUpward(t *testing.T) {
	for _, skews := range [][2]time.Duration{{0, -2 * day}, {0, 2 * day}, {3 * day, -2 * day}, {-40 * day, 400 * day}} {
		t.Run(fmt.Sprint(skews), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				c := Meet(ada, bob)
				ada.quickReceipts()
				bob.quickReceipts()
				for round := range 3 {
					if round != 1 { // the second time everybody's clock is right
						ada.SetClock(skews[0])
						bob.SetClock(skews[1])
					}
					for i := range 31 {
						ada.Send(c, fmt.Sprint(round, " ", i))
					}
					bob.wait("them", func() bool { return bob.lastLine(c).Text == fmt.Sprint(round, " ", 30) })
					ada.read(c)
					bob.setTimer(c, api.TimerDay)
					bob.setTimer(c, 0)
					bob.Send(c, fmt.Sprint(round, " answer"))
					bob.deleteForAll(c, bob.Send(c, "never mind").ID)
					ada.wait("the answer", func() bool {
						seen, _ := ada.Conversation(c)
						return seen.Preview == fmt.Sprint(round, " answer") && seen.Unread >= 1
					})
					ada.wait("the same order", func() bool { return slices.Equal(ada.inOrder(c, true), bob.inOrder(c, false)) })
					ada.Restart()
					bob.Restart()
					ada.SetClock(0)
					bob.SetClock(0)
				}
			})
		})
	}
}

// TestAnswersAndEventsHaveOneClock: what a command answers has the times that
// everything shown has, which are the wall clock's.
func TestAnswersAndEventsHaveOneClock(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := bob.Invite()
		for _, skew := range []time.Duration{400 * day, -400 * day} {
			ada.SetClock(skew)
			advance(time.Minute)
			var note api.Note
			ada.do(api.CmdNoteSend, api.NoteSendArgs{Text: "hello"}, &note)
			require.Equal(t, ada.now().UnixMilli(), note.Created)
			require.Equal(t, note.Created, ada.Note(note.ID).Created)
			accepted := ada.Accept(inv.Link) // the second time it is known
			require.Equal(t, ada.InviteState(accepted.ID).Created, accepted.Created)
			var known api.InviteKnown
			ada.do(api.CmdInviteKnown, api.InviteAcceptArgs{Text: inv.Link}, &known)
			require.Equal(t, accepted.Created, known.Invite.Created)
		}
	})
}

// timed has Ada send a message that stays a day, and Bob read it.
func timed(ada, bob *Person, text string) (conversation string) {
	c := Meet(ada, bob)
	ada.setTimer(c, api.TimerDay)
	bob.awaitTimer(c, api.TimerDay)
	ada.Send(c, text)
	bob.wait("it", func() bool { return bob.lastLine(c).Text == text })
	bob.read(c)
	for _, p := range []*Person{ada, bob} {
		p.wait("the timer to run", func() bool { return p.lastLine(c).Expires != 0 })
	}
	return c
}

// TestAJumpAheadDeletesNothing: a timer of a day ran out within seconds, for
// good, where the clock had jumped.
func TestAJumpAheadDeletesNothing(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for _, offline := range []bool{false, true} {
			t.Run(fmt.Sprintf("restart %t, offline %t", restart, offline), func(t *testing.T) {
				inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
					c := timed(ada, bob, "timed-marker")
					for _, p := range []*Person{ada, bob} {
						p.SetOffline(offline)
						p.SetClock(400 * day)
						if restart {
							p.Restart()
							p.SetOffline(offline)
						}
						advance(3 * time.Hour)
						require.True(t, p.holds("timed-marker"))
						p.SetOffline(false)
						p.wait("it to be shown", func() bool { return p.lastLine(c).Text == "timed-marker" })
						require.Greater(t, p.lastLine(c).Expires, p.now().UnixMilli())
						require.Less(t, p.lastLine(c).Expires, p.now().Add(day).UnixMilli())
						p.SetClock(0)
						if restart {
							p.Restart()
						}
					}
					advance(day)
					for _, p := range []*Person{ada, bob} {
						p.wait("it to go", func() bool { return !p.holds("timed-marker") })
					}
				})
			})
		}
	}
}

// TestWhatIsOverIsHiddenUntilThatIsSure: a machine that was off and is offline
// cannot know how late it is. It shows nothing whose time may be over, and
// deletes it when the relay confirms.
func TestWhatIsOverIsHiddenUntilThatIsSure(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := timed(ada, bob, "timed-marker")
		bob.Stop()
		advance(30 * time.Hour)
		bob.network.setOffline(true)
		bob.Start()
		bob.SetOffline(true)
		require.Empty(t, texts(bob.Messages(c))[1:])
		seen, _ := bob.Conversation(c)
		require.Empty(t, seen.Preview)
		bob.SetOffline(false)
		bob.wait("it to go", func() bool { return !bob.holds("timed-marker") })
	})
}

// TestAClockThatIsSetRight makes no sent message undelivered, and deletes
// nothing before its time.
func TestAClockThatIsSetRight(t *testing.T) {
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprint("restart ", restart), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				ada.SetClock(-30 * day)
				ada.Restart()
				c := timed(ada, bob, "timed-marker")
				bob.Stop()
				sent := ada.Send(c, "are you there?")
				ada.AwaitState(c, sent.ID, api.StateSent)
				ada.SetClock(0)
				if restart {
					ada.Restart()
				}
				advance(3 * time.Hour)
				require.True(t, ada.holds("timed-marker"))
				m, _ := ada.find(c, sent.ID)
				require.Equal(t, api.StateSent, m.State)
				bob.Start()
				ada.AwaitState(c, sent.ID, api.StateDelivered)
			})
		})
	}
}

// TestAJumpAheadEndsNothing: neither an invitation, nor a note, nor the keys
// that late messages need.
func TestAJumpAheadEndsNothing(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv, n := ada.Invite(), ada.SendNote("a note")
		ada.SetClock(400 * day)
		advance(3 * time.Hour)
		ada.Restart()
		advance(3 * time.Hour)
		require.Equal(t, api.InviteWaiting, ada.InviteState(inv.ID).State)
		require.Greater(t, ada.InviteState(inv.ID).CodeExpires, ada.now().UnixMilli())
		require.NotEqual(t, api.NoteExpired, ada.Note(n.ID).State)
		accepted := bob.Accept(inv.Link)
		c := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
		bob.AwaitInvite(accepted.ID, api.InviteDone)
		bob.AwaitOpen(c)
	})
}

// TestAClockThatIsOffIsSaid, and only one that is.
func TestAClockThatIsOffIsSaid(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		off := func() time.Duration {
			if c := ada.Snapshot().Clock; c != nil {
				return time.Duration(c.Off) * time.Millisecond
			}
			return 0
		}
		for _, skew := range []time.Duration{50 * time.Minute, 2 * day, -31 * day, 0, 2 * time.Hour} {
			ada.SetClock(skew)
			told := skew
			if told.Abs() < time.Hour {
				told = 0
			}
			ada.wait("to be told", func() bool { return (off() - told).Abs() < time.Minute })
		}
		ada.Restart()
		ada.wait("to be told again", func() bool { return (off() - 2*time.Hour).Abs() < time.Minute })
		require.Nil(t, bob.Snapshot().Clock)
	})
}

// TestAWrongClockCostsNoInvitation, on either side.
func TestAWrongClockCostsNoInvitation(t *testing.T) {
	for _, skews := range [][2]time.Duration{{0, 2 * day}, {0, -31 * day}, {2 * day, 0}, {-31 * day, 0}, {400 * day, -400 * day}} {
		for _, asleep := range []bool{false, true} {
			t.Run(fmt.Sprint(skews, asleep), func(t *testing.T) {
				inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
					ada.SetClock(skews[0])
					bob.SetClock(skews[1])
					ada.Restart()
					bob.Restart()
					inv := ada.Invite()
					if asleep {
						ada.Stop()
					}
					accepted := bob.Accept(inv.Link)
					if asleep {
						bob.AwaitInvite(accepted.ID, api.InviteWaiting)
						advance(time.Second)
						ada.Start()
						bob.SetClock(0) // set right in between
					}
					c := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
					bob.AwaitInvite(accepted.ID, api.InviteDone)
					bob.AwaitOpen(c)
					ada.Send(c, "hello")
					bob.AwaitTexts(c, "hello")
				})
			})
		}
	}
}
