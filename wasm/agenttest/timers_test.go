package agenttest

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/store/faulty"
)

func (p *Person) setTimer(conversation string, seconds int) {
	p.do(api.CmdTimer, api.TimerArgs{Conversation: conversation, Seconds: seconds}, nil)
}

func (p *Person) awaitTimer(conversation string, seconds int) {
	p.W.TB.Helper()
	p.wait("the timer", func() bool {
		c, _ := p.Conversation(conversation)
		return c.Timer == seconds
	})
}

func TestMessagesDisappearAfterReading(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "before the timer")
		ada.setTimer(c, api.TimerHour)
		bob.awaitTimer(c, api.TimerHour)
		require.Equal(t, api.KindTimer, bob.kinds(c)[1], "both see who set it")
		require.False(t, bob.Messages(c)[1].Mine)
		require.True(t, ada.Messages(c)[1].Mine)
		require.Equal(t, api.TimerHour, bob.Messages(c)[1].Timer)
		seen, _ := bob.Conversation(c)
		require.Equal(t, 1, seen.Unread, "nobody is called for a timer")
		require.Equal(t, "before the timer", seen.Preview)

		sent := ada.Send(c, "timed-marker")
		require.Equal(t, api.TimerHour, sent.Timer)
		ada.AwaitState(c, sent.ID, api.StateSent)
		mine, _ := ada.find(c, sent.ID)
		require.NotZero(t, mine.Expires, "the author's time runs from sending")
		bob.wait("the text", func() bool { return len(bob.Messages(c)) == 3 })
		require.Zero(t, bob.received(c, "timed-marker").Expires, "the reader's runs from reading")

		// A later change alters nothing for what is there.
		bob.setTimer(c, 0)
		ada.awaitTimer(c, 0)
		ada.Send(c, "stays")
		bob.wait("it", func() bool { return len(bob.Messages(c)) == 5 })

		advance(2 * time.Hour)
		require.False(t, ada.holds("timed-marker"), "found in %v", ada.keysWith("timed-marker"))
		require.Equal(t, []string{"before the timer", "", "", "stays"}, texts(ada.Messages(c)))
		require.True(t, bob.holds("timed-marker"), "nobody has read it")

		bob.read(c)
		bob.wait("the timer to run", func() bool { return bob.received(c, "timed-marker").Expires != 0 })
		advance(59 * time.Minute)
		require.True(t, bob.holds("timed-marker"))
		advance(2 * time.Minute)
		require.False(t, bob.holds("timed-marker"))
		require.Equal(t, []string{"before the timer", "", "", "stays"}, texts(bob.Messages(c)))
		require.Empty(t, bob.stored("due/"))
		require.Empty(t, bob.stored("new/"))
		require.Empty(t, ada.stored("due/"))
	})
}

func texts(messages []api.Message) []string {
	var out []string
	for _, m := range messages {
		out = append(out, m.Text)
	}
	return out
}

func TestOnlyLifetimesOfTheListCanBeSet(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		for _, seconds := range []int{-1, 1, 60, api.TimerHour + 1, 365 * api.TimerDay} {
			err := ada.Ask(api.CmdTimer, api.TimerArgs{Conversation: c, Seconds: seconds}, nil)
			require.NotNil(t, err, "%d", seconds)
			require.Equal(t, api.ErrBadRequest, err.Code)
		}
		for _, seconds := range []int{api.TimerHour, api.TimerEight, api.TimerDay, api.TimerWeek, api.TimerFourWeek, 0} {
			ada.setTimer(c, seconds)
			bob.awaitTimer(c, seconds)
		}
		before := len(ada.Messages(c))
		ada.setTimer(c, 0)
		require.Len(t, ada.Messages(c), before, "the same again is nothing new")
	})
}

func TestTwoWhoSetTheTimerAtOnceAgree(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.SetOffline(true)
		bob.SetOffline(true)
		ada.setTimer(c, api.TimerDay)
		advance(time.Second)
		bob.setTimer(c, api.TimerWeek)
		ada.SetOffline(false)
		bob.SetOffline(false)
		ada.awaitTimer(c, api.TimerWeek)
		bob.wait("hers", func() bool { return len(bob.Messages(c)) == 2 })
		bob.awaitTimer(c, api.TimerWeek)
	})
}

// TestALateStartShowsNothingExpired opens the agent long after time was over:
// the first thing a page is shown is without the messages.
func TestALateStartShowsNothingExpired(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		bob.setTimer(c, api.TimerEight)
		ada.awaitTimer(c, api.TimerEight)
		ada.Send(c, "timed-marker")
		bob.wait("it", func() bool { return len(bob.Messages(c)) == 2 })
		bob.read(c)
		bob.wait("the timer to run", func() bool { return bob.received(c, "timed-marker").Expires != 0 })
		seen, _ := bob.Conversation(c)
		require.Equal(t, "timed-marker", seen.Preview)

		bob.Stop()
		advance(9 * time.Hour)
		require.True(t, bob.holds("timed-marker"))
		bob.Start() // says hello
		seen, _ = bob.Conversation(c)
		require.Empty(t, seen.Preview)
		require.Equal(t, []string{""}, texts(bob.Messages(c)))
		bob.wait("its end", func() bool { return !bob.holds("timed-marker") })
	})
}

// TestTheReadMarkIsRememberedOverACrash: timers that had not begun when the
// agent died begin when it starts.
func TestReadingSurvivesAnyCrash(t *testing.T) {
	for _, fault := range []faulty.Fault{faulty.CrashBefore, faulty.CrashAfter} {
		last := false
		for n := 1; !last; n++ {
			t.Run(fmt.Sprintf("fault %v at commit %d", fault, n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { last = !readCrashingAt(t, fault, n) })
			})
			if t.Failed() {
				return
			}
			require.Less(t, n, 100)
		}
	}
}

func readCrashingAt(t *testing.T, fault faulty.Fault, n int) (struck bool) {
	w := New(t)
	ada, bob := w.Person("Ada", 1), w.Person("Bob", 2)
	ada.Begin()
	bob.Begin()
	c := Meet(ada, bob)
	ada.setTimer(c, api.TimerHour)
	bob.awaitTimer(c, api.TimerHour)
	ada.Send(c, "timed-marker")
	bob.wait("it", func() bool { return len(bob.Messages(c)) == 2 })
	bob.Store.FaultAt(n, fault)
	bob.Survive(func() {
		if seen, _ := bob.Conversation(c); seen.Unread > 0 {
			bob.read(c)
		}
		bob.wait("the timer to run", func() bool {
			for _, m := range bob.Messages(c) {
				if m.Kind == api.KindText {
					return m.Expires != 0
				}
			}
			return true
		})
	})
	bob.Survive(func() {
		bob.wait("its end", func() bool { return len(bob.Messages(c)) == 1 })
	})
	bob.Survive(func() {
		bob.wait("its end on the disk", func() bool { return !bob.holds("timed-marker") })
		bob.Snapshot()
	})
	require.Empty(t, bob.stored("due/"))
	require.Empty(t, bob.stored("new/"))
	struck = bob.Died()
	ada.Stop()
	bob.Stop()
	w.Close()
	return struck
}

// TestAClockThatIsSetBack must not let a message stay for years.
func TestAClockThatIsSetBack(t *testing.T) {
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprint("restart ", restart), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				c := Meet(ada, bob)
				ada.setTimer(c, api.TimerDay)
				bob.awaitTimer(c, api.TimerDay)
				bob.SetClock(3 * 365 * 24 * time.Hour)
				ada.Send(c, "timed-marker")
				bob.wait("it", func() bool { return len(bob.Messages(c)) == 2 })
				bob.read(c)
				bob.wait("the timer to run", func() bool { return bob.received(c, "timed-marker").Expires != 0 })
				bob.SetClock(0)
				if restart {
					bob.Restart()
				}
				advance(23 * time.Hour)
				require.True(t, bob.holds("timed-marker"))
				advance(3 * time.Hour) // the clock is looked at once an hour
				require.False(t, bob.holds("timed-marker"))
			})
		})
	}
}

// TestATimedMessageThatIsDeleted leaves no timer behind.
func TestATimedMessageThatIsDeleted(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		bob.quickReceipts()
		ada.setTimer(c, api.TimerHour)
		bob.awaitTimer(c, api.TimerHour)
		one, two := ada.Send(c, "one"), ada.Send(c, "two")
		bob.wait("them", func() bool { return len(bob.Messages(c)) == 3 })
		ada.AwaitState(c, two.ID, api.StateDelivered)
		bob.delete(c, bob.received(c, "one").ID)
		ada.delete(c, one.ID)
		ada.deleteForAll(c, two.ID)
		ada.awaitDeletion(c, two.ID, api.DeletionDone)
		bob.read(c)
		advance(2 * time.Hour)
		// The tombstones went with the timer of their message.
		for _, p := range []*Person{ada, bob} {
			require.Equal(t, []api.MessageKind{api.KindTimer}, p.kinds(c))
			require.Empty(t, p.stored("due/"))
			require.Empty(t, p.stored("new/"))
			require.Empty(t, p.stored("req/"))
		}
	})
}

// TestAnUnsentMessageDoesNotDisappear: the author's time runs from sending.
func TestAnUnsentMessageDoesNotDisappear(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.setTimer(c, api.TimerHour)
		bob.awaitTimer(c, api.TimerHour)
		ada.SetOffline(true)
		m := ada.Send(c, "later")
		advance(5 * time.Hour)
		waiting, ok := ada.find(c, m.ID)
		require.True(t, ok)
		require.Zero(t, waiting.Expires)
		ada.SetOffline(false)
		bob.wait("it", func() bool { return len(bob.Messages(c)) == 2 })
		ada.wait("its end", func() bool { _, ok := ada.find(c, m.ID); return !ok })
	})
}

// TestManyExpireAtOnce runs over several turns.
func TestManyExpireAtOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.setTimer(c, api.TimerHour)
		bob.awaitTimer(c, api.TimerHour)
		for i := range 1100 {
			ada.Send(c, fmt.Sprint("timed-marker ", i))
		}
		bob.wait("them", func() bool { return len(bob.Messages(c)) == 1101 })
		bob.read(c)
		bob.Stop()
		ada.Stop()
		advance(2 * time.Hour)
		bob.Start()
		require.Len(t, bob.Messages(c), 1)
		bob.wait("their end", func() bool { return !bob.holds("timed-marker") })
		ada.Start()
		require.Len(t, ada.Messages(c), 1)
	})
}
