package agenttest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// say sends texts that have not been sent yet, as a person does who looks
// what is on the page after a crash.
func say(p *Person, conversation string, texts ...string) {
	for _, text := range texts {
		for !slices.Contains(p.Texts(conversation, true), text) {
			err := p.Ask(api.CmdSend, api.SendArgs{Conversation: conversation, Text: text}, nil)
			if err == ErrDead {
				panic(died{})
			}
			if err != nil {
				require.Equal(p.W.TB, api.ErrStorage, err.Code)
			}
		}
	}
}

// meet has invitee take inviter's link, whichever of them dies on the way.
func meet(inviter, invitee *Person) string {
	var inv api.Invite
	inviter.Survive(func() {
		if open := inviter.Snapshot().Invites; len(open) > 0 {
			inv = open[0]
			inviter.wait("the code", func() bool {
				inv = inviter.InviteState(inv.ID)
				return inv.Code != "" && inv.Link != ""
			})
			return
		}
		inv = inviter.Invite()
	})
	invitee.Survive(func() {
		if len(invitee.Snapshot().Invites) == 0 {
			invitee.Accept(inv.Link)
		}
	})
	var conversation string
	inviter.Survive(func() { conversation = inviter.AwaitInvite(inv.ID, api.InviteDone).Conversation })
	invitee.Survive(func() { invitee.AwaitOpen(conversation) })
	return conversation
}

// TestCrashAfterAnyWrite kills one side before and after each of its commits,
// from the first run to the last acknowledgement.
func TestCrashAfterAnyWrite(t *testing.T) {
	for _, fault := range []faulty.Fault{faulty.CrashBefore, faulty.CrashAfter} {
		for _, victim := range []int{0, 1} {
			last := false
			for n := 1; !last; n++ {
				t.Run(fmt.Sprintf("fault %v of person %d at commit %d", fault, victim, n), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { last = !crashAt(t, fault, victim, n) })
				})
				if t.Failed() {
					return
				}
				require.Less(t, n, 500)
			}
		}
	}
}

// crashAt runs the whole story with one crash and reports whether it struck.
func crashAt(t *testing.T, fault faulty.Fault, victim, n int) (struck bool) {
	w := New(t)
	people := []*Person{w.Person("Ada", 1), w.Person("Bob", 2)}
	people[victim].Store.FaultAt(n, fault)
	for _, p := range people {
		p.Survive(func() {
			if p.Snapshot().Phase == api.PhaseNew {
				p.Begin()
			}
		})
	}
	ada, bob := people[0], people[1]
	c := meet(ada, bob)
	texts := []string{"one", "two", "three"}
	ada.Survive(func() { say(ada, c, texts...) })
	bob.Survive(func() { bob.AwaitTexts(c, texts...); say(bob, c, texts...) })
	ada.Survive(func() { ada.AwaitTexts(c, texts...) })
	for _, p := range people {
		p.Survive(func() {
			for _, m := range p.Messages(c) {
				if m.Mine {
					p.AwaitState(c, m.ID, api.StateDelivered)
				}
			}
		})
	}
	// Once more from the disk alone.
	for _, p := range people {
		p.Restart()
		require.Equal(t, texts, p.Texts(c, false))
		require.Equal(t, texts, p.Texts(c, true))
	}
	struck = people[victim].Died()
	for _, p := range people {
		p.Stop()
	}
	w.Close()
	return struck
}

// TestEverythingArrivesOnceInAnyWeather lets requests, answers and sockets
// fail, delays and repeats them, lets processes die and the relay restart,
// and then the sun come out: everything must have arrived once, in order.
func TestEverythingArrivesOnceInAnyWeather(t *testing.T) {
	seeds := 12
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { weather(t, uint64(seed)) })
		})
	}
}

func weather(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 7))
	w := New(t)
	people := []*Person{w.Person("Ada", seed), w.Person("Bob", seed+1000)}
	for _, p := range people {
		p.Begin()
		p.SetFaults(Faults{
			DropRequest: 0.1, DropAnswer: 0.1, Duplicate: 0.1, Delay: 2 * time.Second,
			DropSocket: 0.03, RefuseSocket: 0.2, HoldDeposits: 0.03,
		})
	}
	ada, bob := people[0], people[1]
	c := meet(ada, bob)
	sent := [2][]string{}
	for i := range 60 {
		who := rng.IntN(2)
		p := people[who]
		text := fmt.Sprintf("%d from %s", i, p.Name)
		sent[who] = append(sent[who], text)
		p.Survive(func() { say(p, c, text) })
		switch rng.IntN(12) {
		case 0:
			plan := rng.IntN(6)
			fault := []faulty.Fault{faulty.CrashBefore, faulty.CrashAfter, faulty.FailBefore, faulty.FailAfter}[rng.IntN(4)]
			p.Store.Plan(func(n int, _ *store.Batch) faulty.Fault {
				if plan--; plan == 0 {
					return fault
				}
				return faulty.None
			})
		case 1:
			p.Crash()
			p.Start()
		case 2:
			w.RestartRelay()
		case 3:
			advance(time.Duration(rng.IntN(3600)) * time.Second)
		case 4:
			p.SetOffline(true)
			advance(time.Duration(rng.IntN(300)) * time.Second)
			p.SetOffline(false)
		}
		if p.Dead() {
			p.Restart()
		}
	}
	for _, p := range people {
		p.SetFaults(Faults{})
	}
	for i, p := range people {
		other := 1 - i
		p.Survive(func() {
			p.wait("all texts", func() bool { return len(p.Texts(c, false)) >= len(sent[other]) })
			require.Equal(t, sent[other], p.Texts(c, false))
			require.Equal(t, sent[i], p.Texts(c, true))
		})
	}
	for _, p := range people {
		p.Survive(func() {
			for _, m := range p.Messages(c) {
				if m.Mine {
					p.AwaitState(c, m.ID, api.StateDelivered)
				}
			}
		})
	}
	for _, p := range people {
		p.Stop()
	}
	w.Close()
}
