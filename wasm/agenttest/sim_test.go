package agenttest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// soakVariable names how many seeds TestHonestPairsGoOn runs.
const soakVariable = "PETMAIL_SOAK_SIM"

// TestHonestPairsGoOn lets three people talk in pairs, in any weather, with
// crashes, while one contact of all three does whatever a contact can. Whatever
// that is, every message between the honest arrives once; nobody's
// Petmail starts again and again, and nothing on their disks grows without
// bound. A failing seed runs alone with -run 'TestHonestPairsGoOn/seed_7$'.
func TestHonestPairsGoOn(t *testing.T) {
	seeds := 200
	if testing.Short() {
		seeds = 5
	}
	if n := os.Getenv(soakVariable); n != "" {
		var err error
		seeds, err = strconv.Atoi(n)
		require.NoError(t, err)
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { simulate(t, uint64(seed)) })
		})
	}
}

// tie is what one of two honest people has written to the other.
type tie struct {
	people       [2]*Person
	conversation string
	sent         [2][]string
}

// sim is one run.
type sim struct {
	t       *testing.T
	w       *World
	rng     *rand.Rand
	honest  []*Person
	ties    []*tie
	attacks []*attack
	mallory *Mallory
	planted map[*Person]int // faults and crashes
}

func simulate(t *testing.T, seed uint64) {
	s := &sim{t: t, w: New(t), rng: rand.New(rand.NewPCG(seed, 11)), planted: make(map[*Person]int)}
	defer s.end() // also of a run that fails, so that the others go on
	s.meet(seed)
	for i := range 16 {
		if s.rng.IntN(3) != 0 {
			a := s.attacks[s.rng.IntN(len(s.attacks))]
			all := moves()
			all[s.rng.IntN(len(all))].make(a)
		}
		s.write(i)
		s.disturb()
	}
	s.settle()
}

func (s *sim) end() {
	for _, p := range s.honest {
		p.Stop()
	}
	if s.mallory != nil {
		s.mallory.Close()
	}
	s.w.Close()
}

// meet has everybody meet everybody, and Mallory change sides.
func (s *sim) meet(seed uint64) {
	for i, name := range []string{"Ada", "Bob", "Cid", "Mallory"} {
		p := s.w.Person(name, 10*seed+uint64(i))
		p.Begin()
		s.honest = append(s.honest, p)
	}
	mallory, honest := s.honest[3], s.honest[:3]
	var ids []wire.ID
	for i, p := range honest {
		for _, q := range honest[:i] {
			tie := &tie{people: [2]*Person{p, q}, conversation: Meet(p, q)}
			s.ties = append(s.ties, tie)
			id, err := wire.ParseID(tie.conversation)
			require.NoError(s.t, err)
			ids = append(ids, id)
		}
	}
	var with []string
	for _, p := range honest {
		inviter, invitee := p, mallory
		if s.rng.IntN(2) == 0 {
			inviter, invitee = invitee, inviter
		}
		with = append(with, Meet(inviter, invitee))
		mallory.Send(with[len(with)-1], "hello")
		p.AwaitTexts(with[len(with)-1], "hello")
	}
	m := mallory.Turn()
	s.mallory, s.honest = m, s.honest[:3]
	for i, p := range s.honest {
		s.attacks = append(s.attacks, &attack{Talk: m.Talk(with[i]), rng: s.rng, victim: p, others: ids})
		faults := Faults{
			DropRequest: 0.05, DropAnswer: 0.05, Duplicate: 0.05, Delay: time.Second, DropSocket: 0.01, RefuseSocket: 0.1,
		}
		if seed%8 == 0 { // what the relay loses takes an hour or a day, and those take long to simulate
			faults.HoldDeposits = 0.05
		}
		p.SetFaults(faults)
	}
}

// write has one honest person write to another, and at times to Mallory.
func (s *sim) write(i int) {
	tie := s.ties[s.rng.IntN(len(s.ties))]
	who := s.rng.IntN(2)
	p := tie.people[who]
	text := fmt.Sprintf("%d from %s", i, p.Name)
	tie.sent[who] = append(tie.sent[who], text)
	p.Survive(func() { say(p, tie.conversation, text) })
	if a := s.attacks[s.rng.IntN(len(s.attacks))]; s.rng.IntN(4) == 0 {
		// What becomes of it is between these two.
		a.victim.Survive(func() {
			if a.victim.Ask(api.CmdSend, api.SendArgs{Conversation: a.ID.String(), Text: text}, nil) == ErrDead {
				panic(died{})
			}
		})
	}
}

// disturb is what happens beside.
func (s *sim) disturb() {
	p := s.honest[s.rng.IntN(len(s.honest))]
	switch s.rng.IntN(12) {
	case 0:
		plan := 1 + s.rng.IntN(5)
		fault := []faulty.Fault{faulty.CrashBefore, faulty.CrashAfter, faulty.FailBefore, faulty.FailAfter}[s.rng.IntN(4)]
		s.planted[p]++
		p.Store.Plan(func(int, *store.Batch) faulty.Fault {
			if plan--; plan == 0 {
				return fault
			}
			return faulty.None
		})
	case 1:
		p.Crash()
		p.Start()
		s.planted[p]++
	case 2:
		s.w.RestartRelay()
	case 3:
		advance(time.Duration(s.rng.IntN(600)) * time.Second)
	case 4: // everybody sleeps: a connection that is kept for hours takes long to simulate
		for _, p := range s.honest {
			p.Stop()
		}
		advance(time.Duration(s.rng.IntN(60)) * time.Hour)
		for _, p := range s.honest {
			p.Start()
		}
	case 5:
		p.SetOffline(true)
		advance(time.Duration(s.rng.IntN(300)) * time.Second)
		p.SetOffline(false)
	}
	for _, p := range s.honest {
		if p.Dead() {
			p.Restart()
			s.planted[p]++
		}
	}
}

// settle ends the weather and looks what has become of everything.
func (s *sim) settle() {
	for _, p := range s.honest {
		p.SetFaults(Faults{})
		p.SetOffline(false)
	}
	for _, tie := range s.ties {
		for i, p := range tie.people {
			theirs := tie.sent[1-i]
			p.Survive(func() {
				p.wait("all texts", func() bool { return len(p.Texts(tie.conversation, false)) >= len(theirs) })
			})
		}
	}
	for _, p := range s.honest {
		require.LessOrEqual(s.t, p.Recoveries(), 3*s.planted[p], "%s began again too often", p.Name)
		require.Zero(s.t, p.Restarts(), "%s met a defect", p.Name)
		require.Zero(s.t, p.Asides(), "a contact can have a conversation of %s set aside", p.Name)
		// The whole again, from the disk alone.
		p.Survive(p.Restart)
	}
	for _, tie := range s.ties {
		for i, p := range tie.people {
			// Each once; in order, but for what took more than a day.
			require.ElementsMatch(s.t, tie.sent[1-i], p.Texts(tie.conversation, false), "to %s", p.Name)
			require.ElementsMatch(s.t, tie.sent[i], p.Texts(tie.conversation, true), "from %s", p.Name)
			c, ok := p.Conversation(tie.conversation)
			require.True(s.t, ok)
			require.False(s.t, c.KeyAlarm)
		}
	}
	for _, a := range s.attacks {
		_, ok := a.victim.Conversation(a.ID.String())
		require.True(s.t, ok, "nothing a contact does takes the conversation away")
		a.victim.Messages(a.ID.String())
		held := 0
		for _, r := range a.victim.stored("") {
			require.Less(s.t, len(r.Value), store.MaxValue/2, "%s", r.Key)
			if strings.HasPrefix(r.Key, "held/"+a.ID.String()) {
				held++
			}
		}
		require.LessOrEqual(s.t, held, 64)
	}
}
