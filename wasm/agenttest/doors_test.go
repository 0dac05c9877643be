package agenttest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/shared/address"
	"petmail/wasm/api"
	"petmail/wasm/store/faulty"
)

const (
	conversationsDoor = 1
	invitationsDoor   = 2
)

func (p *Person) forget(id string) { p.do(api.CmdForget, api.ConversationArgs{Conversation: id}, nil) }

// crowd adds people who have met somebody, and returns the conversations.
func crowd(w *World, met *Person, count int) (people []*Person, ids []string) {
	for i := range count {
		p := w.Person(fmt.Sprint("Friend ", i), uint64(100+i))
		p.Begin()
		people, ids = append(people, p), append(ids, Meet(met, p))
	}
	return people, ids
}

func stop(people []*Person) {
	for _, p := range people {
		p.Stop()
	}
}

// TestFloodAfterForget has a forgotten contact deposit more than a mailbox
// holds, to every address it ever had.
func TestFloodAfterForget(t *testing.T) {
	for name, told := range map[string]bool{"when the others were told": true, "when the others were not told yet": false} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				w.Core = core.Config{MaxMailboxBytes: 2 << 20} // 512 envelopes
				w.RestartRelay()
				eve := w.Person("Eve", 3)
				eve.Begin()
				c, d := Meet(bob, ada), Meet(bob, eve)
				known := []string{eve.addressOf(d)}
				settle(in(bob, c), in(bob, d))
				known = append(known, eve.awaitAddress(d, known[0]))
				before := ada.addressOf(c)
				bob.forget(d)
				bob.awaitDoors()
				if told {
					ada.awaitAddress(c, before)
				}
				bob.Stop()
				for _, address := range known {
					w.deposit(address, 1000, []byte("junk"))
				}
				require.Less(t, bob.waiting(), int64(256), "half of the mailbox is free")
				var want []string
				for i := range 40 {
					want = append(want, fmt.Sprint("from Ada ", i))
					ada.Send(c, want[i])
				}
				advance(10 * time.Minute)
				if told {
					require.Greater(t, bob.waiting(), int64(40), "nothing of hers was lost")
				}
				bob.Start()
				began := time.Now()
				bob.AwaitAll(c, want)
				require.Less(t, time.Since(began), 26*time.Hour)
				bob.wait("the junk to go", func() bool { return bob.waiting() == 0 })
				require.Len(t, bob.Snapshot().Conversations, 1)
				eve.Stop()
			})
		})
	}
}

// TestEverybodyIsToldWithinADay: nothing is written; each of the others gets
// an address of its own, at a time of its own.
func TestEverybodyIsToldWithinADay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		people, ids := crowd(w, bob, 6)
		c := Meet(bob, ada)
		advance(25 * time.Hour)
		require.Equal(t, bob.door(conversationsDoor), bob.record(c).Door, "it has left the invitation's door")
		var before, after []string
		for i, p := range people {
			before = append(before, p.addressOf(ids[i]))
		}
		bob.forget(c)
		began := time.Now()
		bob.awaitDoors()
		require.Less(t, time.Since(began), 5*time.Minute)
		require.Equal(t, int64(2), bob.atRelay(`SELECT sum(retire > 0) FROM doors`), "the doors that she knew are being retired at once")
		told := make([]time.Time, len(people))
		for range 24 * 60 {
			advance(time.Minute)
			for i, p := range people {
				if told[i].IsZero() && p.addressOf(ids[i]) != before[i] {
					told[i] = time.Now()
				}
			}
		}
		for i, p := range people {
			require.False(t, told[i].IsZero(), "%s was told", p.Name)
			after = append(after, p.addressOf(ids[i]))
			require.Equal(t, bob.door(conversationsDoor), bob.record(ids[i]).Door)
		}
		slices.SortFunc(told, time.Time.Compare)
		require.Greater(t, told[len(told)-1].Sub(told[0]), 30*time.Minute, "not in a burst")
		slices.Sort(after)
		require.Len(t, slices.Compact(after), len(people), "each has an address of its own")
		for i, p := range people {
			p.Send(ids[i], "hello")
			bob.AwaitTexts(ids[i], "hello")
		}
		stop(people)
	})
}

// TestAnInvitationsDoorIsLeft: what strangers were given leads elsewhere than
// what contacts have.
func TestAnInvitationsDoorIsLeft(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		for _, p := range []*Person{ada, bob} {
			require.NotEqual(t, p.door(conversationsDoor), p.door(invitationsDoor))
			require.Equal(t, p.door(invitationsDoor), p.record(c).Door)
		}
		first := bob.addressOf(c)
		advance(25 * time.Hour)
		for _, p := range []*Person{ada, bob} {
			require.Equal(t, p.door(conversationsDoor), p.record(c).Door, "without anything written")
			require.Equal(t, 1, p.delivering(invitationsDoor), "it stays for the next")
		}
		// What was on its way to the old address arrives all the same.
		require.NotEqual(t, first, bob.addressOf(c))
		require.Contains(t, ada.record(c).Doors(), ada.door(invitationsDoor))

		// Forgotten, Bob knows both.
		ada.forget(c)
		ada.awaitDoors()
		require.Equal(t, 2, ada.delivering(conversationsDoor))
		require.Equal(t, 2, ada.delivering(invitationsDoor))
	})
}

// TestBothAddressesCount: until the other has learnt of it, and while that is
// on its way.
func TestBothAddressesCount(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		c, d := Meet(bob, ada), Meet(bob, eve)
		settle(in(bob, c), in(bob, d), in(ada, c))
		before := ada.addressOf(c)
		ada.SetFaults(Faults{DropSocket: 1, FailSlots: 1}) // she writes, but learns nothing
		bob.forget(d)
		bob.awaitDoors()
		bob.wait("his address to be new", func() bool { return bob.record(c).Door == bob.door(conversationsDoor) })
		require.Equal(t, before, ada.addressOf(c))
		ada.Send(c, "to the old one")
		bob.AwaitTexts(c, "to the old one")
		require.Equal(t, before, ada.addressOf(c))
		ada.SetFaults(Faults{})
		ada.awaitAddress(c, before)
		ada.Send(c, "to the new one")
		bob.AwaitTexts(c, "to the old one", "to the new one")

		// An old address goes when nothing can wait behind it any more.
		require.NotEmpty(t, bob.record(c).Formers)
		advance(20 * 24 * time.Hour)
		require.Equal(t, 1, bob.delivering(conversationsDoor))
		require.NotEmpty(t, bob.record(c).Formers, "mail may wait at the relay")
		waits := bob.record(c).Formers
		require.Equal(t, waits[len(waits)-1].Address, []byte(before))
		advance(30 * 24 * time.Hour)
		for _, f := range bob.record(c).Formers {
			require.NotEqual(t, []byte(before), f.Address)
		}
		eve.Stop()
	})
}

// TestWhatTheOldDoorDeliveredIsRead: it may wait at the relay.
func TestWhatTheOldDoorDeliveredIsRead(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		c, d := Meet(bob, ada), Meet(bob, eve)
		settle(in(bob, c), in(bob, d), in(ada, c))
		ada.Stop() // she does not learn of it
		bob.forget(d)
		bob.awaitDoors()
		bob.wait("his address to be new", func() bool { return bob.record(c).Door == bob.door(conversationsDoor) })
		bob.Stop()
		ada.Start()
		ada.SetFaults(Faults{DropSocket: 1, FailSlots: 1}) // writes, but learns nothing
		ada.Send(c, "before I know")
		advance(time.Hour)
		ada.Stop()
		advance(6 * 24 * time.Hour) // keys of ended epochs are kept for seven days
		require.Positive(t, bob.waiting())
		bob.Start()
		bob.AwaitTexts(c, "before I know")
		eve.Stop()
		ada.Start()
	})
}

// TestWhatWaitsGoesToTheNewestAddress: the contact slept until the old door
// was gone.
func TestWhatWaitsGoesToTheNewestAddress(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		c, d := Meet(bob, ada), Meet(bob, eve)
		settle(in(bob, c), in(bob, d), in(ada, c))
		ada.SetOffline(true)
		ada.Send(c, "written on the train")
		ada.Stop()
		bob.forget(d)
		advance(16 * 24 * time.Hour)
		require.Equal(t, 1, bob.delivering(conversationsDoor), "the old door is gone")
		ada.Start()
		began := time.Now()
		bob.AwaitTexts(c, "written on the train")
		require.Less(t, time.Since(began), 2*time.Hour)
		eve.Stop()
	})
}

// TestALostAnnouncementIsRepeated: the relay loses the commit that tells of
// the new address, and nothing is written.
func TestALostAnnouncementIsRepeated(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		c, d := Meet(bob, ada), Meet(bob, eve)
		settle(in(bob, c), in(bob, d), in(ada, c))
		before := ada.addressOf(c)
		bob.SetFaults(Faults{HoldDeposits: 1})
		bob.forget(d)
		bob.awaitDoors()
		bob.wait("his address to be new", func() bool { return bob.record(c).Door == bob.door(conversationsDoor) })
		advance(time.Minute)
		bob.SetFaults(Faults{})
		require.Equal(t, before, ada.addressOf(c))
		began := time.Now()
		ada.awaitAddress(c, before)
		require.Less(t, time.Since(began), 2*time.Hour)
		require.NotEmpty(t, bob.stored("out/"))
		ada.Send(c, "got it")
		bob.AwaitTexts(c, "got it")
		bob.wait("nothing to announce any more", func() bool { return len(bob.stored("out/")) == 0 })
		eve.Stop()
	})
}

// TestForgetOffline: stored first, done when the relay is back.
func TestForgetOffline(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		c, d := Meet(bob, ada), Meet(bob, eve)
		settle(in(bob, c), in(bob, d), in(ada, c))
		before := ada.addressOf(c)
		bob.SetOffline(true)
		bob.forget(d)
		advance(3 * 24 * time.Hour)
		require.NotNil(t, bob.ownDoors().Asked)
		require.Nil(t, bob.record(c).Pending, "nobody is told of a door that the relay does not know")
		require.Zero(t, bob.atRelay(`SELECT sum(retire > 0) FROM doors`))
		bob.Crash()
		advance(time.Hour)
		bob.Start()
		bob.awaitDoors()
		require.Equal(t, int64(2), bob.atRelay(`SELECT sum(retire > 0) FROM doors`), "both that she knew")
		ada.awaitAddress(c, before)
		eve.Stop()
	})
}

// TestDoorsStayFew: one that was forgotten before it was told takes no door of
// its own, and however many are forgotten, conversations have four.
func TestDoorsStayFew(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		people, ids := crowd(w, bob, 8)
		c := Meet(bob, ada)
		settle(in(bob, c), in(bob, ids[0]), in(bob, ids[7]))
		advance(25 * time.Hour)
		drawn := bob.ownDoors().Next
		for _, id := range ids[:3] {
			bob.forget(id)
		}
		bob.awaitDoors()
		require.Equal(t, drawn+2, bob.ownDoors().Next, "one for each use, however many go at once")
		bob.forget(ids[3])
		advance(time.Minute)
		require.Equal(t, drawn+2, bob.ownDoors().Next, "it knew no other")

		for _, id := range ids[4:] {
			advance(25 * time.Hour)
			bob.forget(id)
			bob.awaitDoors()
			require.LessOrEqual(t, bob.delivering(conversationsDoor), 4)
			require.LessOrEqual(t, bob.delivering(invitationsDoor), 3)
			require.Equal(t, int64(bob.delivering(conversationsDoor)+bob.delivering(invitationsDoor)),
				bob.atRelay(fmt.Sprintf(`SELECT sum(retire = 0 OR retire > %d) FROM doors`, time.Now().Unix())))
		}
		require.Equal(t, 4, bob.delivering(conversationsDoor))
		advance(25 * time.Hour)
		ada.Send(c, "still there")
		bob.AwaitTexts(c, "still there")
		bob.Send(c, "yes")
		ada.AwaitTexts(c, "yes")
		stop(people)
	})
}

// TestAWithdrawnInvitation: the inviter has our address, the others wait on.
func TestAWithdrawnInvitation(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		hers, his := eve.Invite(), ada.Invite()
		eve.Stop()
		ada.Stop()
		refused, kept := bob.Accept(hers.Link), bob.Accept(his.Link)
		bob.AwaitInvite(refused.ID, api.InviteWaiting)
		c := bob.AwaitInvite(kept.ID, api.InviteWaiting).Conversation
		own := bob.Invite() // nobody has an address by it
		bob.do(api.CmdInviteDismiss, api.InviteArgs{Invite: own.ID}, nil)
		advance(time.Minute)
		require.Equal(t, 1, bob.delivering(invitationsDoor))
		bob.do(api.CmdInviteDismiss, api.InviteArgs{Invite: refused.ID}, nil)
		bob.awaitDoors()
		require.Equal(t, 2, bob.delivering(invitationsDoor))
		require.Equal(t, 1, bob.delivering(conversationsDoor), "no contact is disturbed")
		open := bob.Invite()

		bob.Stop()
		advance(13 * 24 * time.Hour) // a link lives for 14 days
		ada.Start()
		ada.AwaitInvite(his.ID, api.InviteDone)
		advance(time.Minute)
		ada.Stop()
		advance(12 * time.Hour)
		bob.Start()
		bob.AwaitOpen(c)
		ada.Start()
		bob.Send(c, "hello")
		ada.AwaitTexts(c, "hello")
		require.NotEmpty(t, open.Link)
		eve.Start()
		eve.Stop()
	})
}

// TestAnOpenInvitationFollowsItsDoor: it has shown its address to nobody.
func TestAnOpenInvitationFollowsItsDoor(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(bob, ada)
		inv := bob.Invite()
		bob.forget(c)
		bob.awaitDoors()
		eve := w.Person("Eve", 3)
		eve.Begin()
		eve.Accept(inv.Link)
		d := bob.AwaitInvite(inv.ID, api.InviteDone).Conversation
		require.Equal(t, bob.door(invitationsDoor), bob.record(d).Door)
		eve.AwaitOpen(d)
		eve.Send(d, "hello")
		bob.AwaitTexts(d, "hello")
		eve.Stop()
	})
}

// TestALostMailboxHasAllItsDoorsAgain: also those being retired.
func TestALostMailboxHasAllItsDoorsAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		c, d := Meet(bob, ada), Meet(bob, eve)
		settle(in(bob, c), in(bob, d), in(ada, c))
		ada.SetOffline(true) // she knows the old address alone
		bob.forget(d)
		bob.awaitDoors()
		bob.wait("his address to be new", func() bool { return bob.record(c).Door == bob.door(conversationsDoor) })
		require.Equal(t, int64(4), bob.atRelay(`SELECT count(*) FROM doors`))
		bob.closeMailbox()
		bob.Restart()
		bob.wait("the mailbox", func() bool { return bob.Snapshot().Relay.State == api.Connected })
		bob.awaitDoors()
		require.Equal(t, int64(4), bob.atRelay(`SELECT count(*) FROM doors`))
		require.Equal(t, int64(2), bob.atRelay(`SELECT sum(retire > 0) FROM doors`))
		ada.SetOffline(false)
		ada.Send(c, "hello")
		bob.AwaitTexts(c, "hello")
		eve.Stop()
	})
}

// TestForgetInARecordedStore: where one door served all.
func TestForgetInARecordedStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recording
		from := filepath.Join(recorded, "before-setting-aside")
		encoded, err := os.ReadFile(filepath.Join(from, "recording.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(encoded, &r))
		folder := t.TempDir()
		require.NoError(t, os.CopyFS(folder, os.DirFS(from)))
		<-time.After(time.Until(r.Now.Add(time.Minute)))
		w := NewAt(t, filepath.Join(folder, "relay"))
		ada := w.PersonAt(filepath.Join(folder, "Ada"), "Ada", 1)
		bob := w.PersonAt(filepath.Join(folder, "Bob"), "Bob", 2)
		ada.wait("a door for invitations", func() bool { return ada.delivering(invitationsDoor) == 1 })
		ada.awaitDoors()
		require.Zero(t, ada.record(r.AdaBob).Door)
		before := bob.addressOf(r.AdaBob)
		ada.forget(r.AdaEve)
		ada.awaitDoors()
		require.Equal(t, int64(1), ada.atRelay(`SELECT sum(retire > 0) FROM doors`))
		bob.awaitAddress(r.AdaBob, before)
		bob.Send(r.AdaBob, "to the new address")
		ada.wait("it", func() bool { return ada.last(r.AdaBob).Text == "to the new address" })

		// What waited for a Welcome has it by the old door.
		eve := w.PersonAt(filepath.Join(folder, "Eve"), "Eve", 3)
		ada.AwaitOpen(r.Waits)
		ada.wait("the conversation to have the new door", func() bool {
			return ada.record(r.Waits).Door == ada.door(conversationsDoor)
		})
		stop([]*Person{ada, bob, eve})
		w.Close()
	})
}

// TestForgetSurvivesACrashAtAnyWrite kills the process before and after each
// commit from forgetting somebody until the other contact was told.
func TestForgetSurvivesACrashAtAnyWrite(t *testing.T) {
	for _, fault := range []faulty.Fault{faulty.CrashBefore, faulty.CrashAfter} {
		last := false
		for n := 1; !last; n++ {
			t.Run(fmt.Sprintf("fault %v at commit %d", fault, n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { last = !forgetAndCrash(t, fault, n) })
			})
			if t.Failed() {
				return
			}
			require.Less(t, n, 60)
		}
	}
}

func forgetAndCrash(t *testing.T, fault faulty.Fault, n int) (struck bool) {
	w := New(t)
	ada, bob, eve := w.Person("Ada", 1), w.Person("Bob", 2), w.Person("Eve", 3)
	for _, p := range []*Person{ada, bob, eve} {
		p.Begin()
	}
	c, d := Meet(bob, ada), Meet(bob, eve)
	settle(in(bob, c), in(bob, d), in(ada, c), in(eve, d))
	before, doors := ada.addressOf(c), bob.ownDoors()
	bob.Store.FaultAt(n, fault)
	bob.Survive(func() {
		if _, there := bob.Conversation(d); there {
			bob.forget(d)
		}
	})
	bob.Survive(func() {
		bob.wait("the move", func() bool {
			r := bob.record(c)
			return bob.ownDoors().Asked == nil && r.Door == bob.door(conversationsDoor) && r.Pending == nil
		})
	})
	bob.Survive(func() { ada.awaitAddress(c, before) })
	require.Equal(t, doors.Next+2, bob.ownDoors().Next, "no door more than needed")
	require.Equal(t, int64(4), bob.atRelay(`SELECT count(*) FROM doors`))
	require.Equal(t, int64(2), bob.atRelay(`SELECT sum(retire > 0) FROM doors`))
	ada.Send(c, "hello")
	bob.Survive(func() { bob.AwaitTexts(c, "hello") })
	struck = bob.Died()
	stop([]*Person{ada, bob, eve})
	w.Close()
	return struck
}

// TestJunkThroughAFormerAddress: nothing of it is acted upon.
func TestJunkThroughAFormerAddress(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(bob, ada)
		old := ada.addressOf(c)
		settle(in(bob, c))
		ada.awaitAddress(c, old)
		w.deposit(old, 20, make([]byte, address.MaxBody))
		bob.wait("it to be gone", func() bool { return bob.waiting() == 0 })
		ada.Send(c, "fine")
		bob.AwaitTexts(c, "fine")
		require.Zero(t, bob.Restarts())
	})
}
