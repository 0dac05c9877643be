package agenttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

const oneDay = 24 * time.Hour

// talkBefore has two people talk for a while, so that both may renew.
func talkBefore(ada, bob *Person, c string) {
	ada.Send(c, "before")
	bob.AwaitTexts(c, "before")
	bob.Send(c, "before")
	ada.AwaitTexts(c, "before")
	advance(2 * time.Hour)
}

// daily has somebody write each day, which renews keys each day.
func daily(p *Person, c string, days int) {
	for i := range days {
		p.Stop()
		advance(oneDay)
		p.Start()
		p.Send(c, fmt.Sprint("day ", i))
		advance(time.Minute)
	}
}

// withinAMinute requires that a text arrives within a minute, whatever else
// does.
func withinAMinute(t *testing.T, p *Person, c, text string) {
	t.Helper()
	began := time.Now()
	p.wait("the text", func() bool { return contains(p.Texts(c, false), text) })
	require.LessOrEqual(t, time.Since(began), time.Minute, text)
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

// TestNineDays: who was away for more than a week is read at once. Ada is away,
// Bob writes on, and so the epoch that she comes back in ended long ago.
func TestNineDays(t *testing.T) {
	const first = "I am back"
	send := func(ada *Person, c string) { ada.Send(c, first) }
	for _, v := range []struct {
		name string
		away func(w *World, ada, bob *Person, c string) // until Ada is back
		back func(w *World, ada, bob *Person, c string) // what she does first
	}{
		{"shut", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 9)
			ada.Start()
		}, nil},
		{"more epochs than are kept", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 40) // the first commits are not even at the relay any more
			ada.Start()
		}, nil},
		{"offline", func(_ *World, ada, bob *Person, c string) {
			ada.SetOffline(true)
			daily(bob, c, 9)
			ada.SetOffline(false)
		}, nil},
		{"written while offline", func(_ *World, ada, bob *Person, c string) {
			ada.SetOffline(true)
			daily(bob, c, 5)
			ada.Send(c, first)
			daily(bob, c, 4)
			ada.SetOffline(false)
			advance(5 * time.Minute) // the pause between two tries to connect
		}, func(*World, *Person, *Person, string) {}},
		{"written before, never sent", func(_ *World, ada, bob *Person, c string) {
			ada.SetOffline(true)
			ada.Send(c, first)
			advance(time.Second)
			ada.Stop()
			daily(bob, c, 9)
			ada.Start()
		}, func(*World, *Person, *Person, string) {}},
		{"one renewal only", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 1)
			advance(8 * oneDay)
			ada.Start()
		}, nil},
		{"both sleep", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 1)
			bob.Stop()
			advance(8 * oneDay)
			ada.Start()
			bob.Start()
		}, nil},
		{"both sleep, nothing happened", func(_ *World, ada, bob *Person, _ string) {
			ada.Stop()
			bob.Stop()
			advance(9 * oneDay)
			ada.Start()
			bob.Start()
		}, nil},
		{"both write first", func(_ *World, ada, bob *Person, _ string) {
			ada.Stop()
			bob.Stop()
			advance(9 * oneDay)
			ada.Start()
			bob.Start()
		}, func(_ *World, ada, bob *Person, c string) {
			bob.Send(c, "and so am I")
			ada.Send(c, first)
			withinAMinute(ada.W.TB.(*testing.T), ada, c, "and so am I")
		}},
		{"nothing of Bob's was announced", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			bob.SetFaults(Faults{HoldDeposits: 1})
			daily(bob, c, 9)
			bob.SetFaults(Faults{})
			ada.Start()
		}, nil},
		{"her clock is ahead", func(_ *World, ada, bob *Person, c string) {
			ada.SetClock(3 * oneDay)
			ada.Stop()
			daily(bob, c, 9)
			ada.Start()
		}, nil},
		{"his clock is behind", func(_ *World, ada, bob *Person, c string) {
			bob.SetClock(-5 * oneDay)
			ada.Stop()
			daily(bob, c, 9)
			ada.Start()
		}, nil},
		{"his clock is ahead", func(_ *World, ada, bob *Person, c string) {
			bob.SetClock(8 * oneDay)
			ada.Stop()
			daily(bob, c, 9)
			ada.Start()
		}, nil},
		{"her clock stood still", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 9)
			ada.SetClock(-9 * oneDay)
			ada.Start()
		}, nil},
		{"her clock was set back far", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 9)
			ada.SetClock(-400 * oneDay)
			ada.Start()
		}, nil},
		{"the relay is down when she comes back", func(w *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 9)
			w.StopRelay()
			ada.Start()
		}, func(w *World, ada, _ *Person, c string) {
			ada.Send(c, first)
			advance(20 * time.Second)
			require.Equal(w.TB, api.StateSending, last(ada, c).State)
			w.StartRelay()
		}},
		{"slots cannot be read", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 9)
			ada.SetFaults(Faults{FailSlots: 1})
			ada.Start()
		}, nil},
		{"she dies during the wait", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 9)
			ada.SetFaults(Faults{FailSlots: 1})
			ada.Start()
		}, func(_ *World, ada, _ *Person, c string) {
			ada.Send(c, first)
			ada.Crash()
			ada.SetFaults(Faults{})
			ada.Start()
		}},
		{"written during the wait", func(_ *World, ada, bob *Person, c string) {
			ada.Stop()
			daily(bob, c, 9)
			ada.SetFaults(Faults{FailSlots: 1})
			ada.Start()
		}, func(_ *World, ada, bob *Person, c string) {
			ada.Send(c, "first of all")
			advance(4 * time.Second)
			ada.Send(c, first)
			withinAMinute(ada.W.TB.(*testing.T), bob, c, "first of all")
		}},
	} {
		t.Run(v.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				w.TB = t
				c := Meet(ada, bob)
				talkBefore(ada, bob, c)
				v.away(w, ada, bob, c)
				back := v.back
				if back == nil {
					back = func(_ *World, ada, _ *Person, c string) { send(ada, c) }
				}
				back(w, ada, bob, c)
				withinAMinute(t, bob, c, first)
				ada.AwaitState(c, last(ada, c).ID, api.StateDelivered)
			})
		})
	}
}

// last returns the last of the person's own messages.
func last(p *Person, c string) (m api.Message) {
	for _, other := range p.Messages(c) {
		if other.Mine {
			m = other
		}
	}
	return m
}

// TestNineDaysOfEverythingElse: what is not a message must come through, too.
func TestNineDaysOfEverythingElse(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		wrong := ada.Send(c, "wrong")
		talkMore := func() { bob.wait("it", func() bool { return len(bob.Texts(c, false)) > 0 }) }
		talkMore()
		bob.Send(c, "read it")
		advance(2 * time.Hour)
		ada.Stop()
		daily(bob, c, 9)
		said := last(bob, c)
		ada.Start()
		ada.do(api.CmdTimer, api.TimerArgs{Conversation: c, Seconds: 3600}, nil)
		ada.do(api.CmdDeleteForAll, api.DeleteArgs{Conversation: c, Message: wrong.ID}, nil)
		began := time.Now()
		bob.wait("timer and deletion", func() bool {
			seen, _ := bob.Conversation(c)
			gone := false
			for _, m := range bob.Messages(c) {
				gone = gone || m.Kind == api.KindDeleted
			}
			return seen.Timer == 3600 && gone
		})
		require.LessOrEqual(t, time.Since(began), time.Minute)
		bob.AwaitState(c, said.ID, api.StateDelivered)
		require.LessOrEqual(t, time.Since(began), 35*time.Minute)
	})
}

// TestAcknowledgementsOfAnOverEpochAreRepeated: Ada acknowledges, as far as she
// can see in time, in an epoch that Bob left days ago.
func TestAcknowledgementsOfAnOverEpochAreRepeated(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		talkBefore(ada, bob, c)
		m := bob.Send(c, "seen?")
		ada.wait("it", func() bool { return contains(ada.Texts(c, false), "seen?") })
		ada.SetOffline(true) // before she has acknowledged it
		bob.SetFaults(Faults{HoldDeposits: 1})
		daily(bob, c, 9)
		bob.SetFaults(Faults{})
		ada.SetFaults(Faults{FailSlots: 1})
		ada.SetOffline(false)
		advance(time.Hour) // what she acknowledges now, she does in vain
		bob.AwaitState(c, m.ID, api.StateUndelivered)
		ada.SetFaults(Faults{})
		bob.Send(c, "in the present epoch")
		began := time.Now()
		bob.AwaitState(c, m.ID, api.StateDelivered)
		require.LessOrEqual(t, time.Since(began), time.Hour)
	})
}

// TestManyAreStaleAtOnce: with a relay that does not answer for slots, ten
// conversations wait no longer than one; and commands do not wait at all.
func TestManyAreStaleAtOnce(t *testing.T) {
	for _, hang := range []bool{false, true} {
		t.Run(fmt.Sprintf("hangs %t", hang), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				var people []*Person
				var with []string
				for i := range 10 {
					p := w.Person(fmt.Sprint("Friend ", i), uint64(10+i))
					p.Begin()
					c := Meet(ada, p)
					talkBefore(ada, p, c)
					people, with = append(people, p), append(with, c)
				}
				ada.Stop()
				for range 2 {
					advance(4 * oneDay)
					for i, p := range people {
						p.Send(with[i], "hello?")
					}
					advance(time.Minute)
				}
				if hang {
					ada.SetFaults(Faults{HangSlots: 1})
				}
				ada.Start()
				began := time.Now()
				for _, c := range with {
					ada.Send(c, "hello all")
				}
				require.Less(t, time.Since(began), time.Second, "nobody waits for an answer")
				for i, p := range people {
					p.wait("it", func() bool { return contains(p.Texts(with[i], false), "hello all") })
				}
				require.LessOrEqual(t, time.Since(began), time.Minute)
				for _, p := range people {
					p.Stop()
				}
			})
		})
	}
}

// TestNoReadingInTime: who talks each day asks no slot before writing.
func TestNoReadingInTime(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		talkBefore(ada, bob, c)
		advance(3 * time.Hour)
		began := time.Now()
		ada.Restart()
		ada.Send(c, "still today")
		withinAMinute(t, bob, c, "still today")
		require.Less(t, time.Since(began), 5*time.Second)
		require.Zero(t, ada.slotRequests(began, time.Now()))
	})
}
