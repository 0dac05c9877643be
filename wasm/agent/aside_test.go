//go:build !js

package agent_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
	"petmail/wasm/agent"
	"petmail/wasm/agenttest"
	"petmail/wasm/api"
)

// faults fails one rule of one conversation.
type faults struct {
	mu    sync.Mutex
	owner string
	rule  string
	panic bool
	hits  int
	turns int
}

func (f *faults) met(owner wire.ID, rule string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rule == "turn" {
		f.turns++
		return nil
	}
	if f.rule == "" || rule != f.rule || f.owner != "" && owner.String() != f.owner {
		return nil
	}
	f.hits++
	if f.panic {
		panic("planted")
	}
	return errPlanted
}

var errPlanted = errors.New("planted")

func (f *faults) plant(owner, rule string, panics bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rule != rule {
		f.hits = 0
	}
	f.owner, f.rule, f.panic = owner, rule, panics
}

func (f *faults) count() (hits, turns int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	turns, f.turns = f.turns, 0
	return f.hits, turns
}

func advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// tenConversations has Ada and Bob meet ten times. The first conversation is
// the one that will fail.
func tenConversations(t *testing.T, f func(t *testing.T, w *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string)) {
	synctest.Test(t, func(t *testing.T) {
		w := agenttest.New(t)
		ada, bob := w.Person("Ada", 1), w.Person("Bob", 2)
		ada.Begin()
		bob.Begin()
		var all []string
		for range 10 {
			all = append(all, agenttest.Meet(ada, bob))
		}
		planted := &faults{}
		ada.Configure = func(c *agent.Config) { agent.Fault(c, planted.met) }
		for _, p := range []*agenttest.Person{ada, bob} {
			require.Nil(t, p.Ask(api.CmdSettings, api.Settings{QuickReceipts: true}, nil))
		}
		ada.Restart()
		f(t, w, ada, bob, planted, all)
		ada.Stop()
		bob.Stop()
		w.Close()
	})
}

// othersTalk has the nine write to each other, both ways, within a minute.
func othersTalk(t *testing.T, ada, bob *agenttest.Person, nine []string, what string) {
	t.Helper()
	began := time.Now()
	for _, c := range nine {
		ada.Send(c, what+" from Ada")
		bob.Send(c, what+" from Bob")
	}
	for _, c := range nine {
		for _, p := range []*agenttest.Person{ada, bob} {
			from := map[*agenttest.Person]string{ada: "Bob", bob: "Ada"}[p]
			for !slices.Contains(p.Texts(c, false), what+" from "+from) {
				require.Less(t, time.Since(began), time.Minute, "%s: %s waits for the others", what, p.Name)
				advance(time.Second)
			}
		}
	}
	require.Less(t, time.Since(began), time.Minute)
}

// asides returns the conversations that the page shows as set aside.
func asides(p *agenttest.Person) []string {
	var out []string
	for _, c := range p.Snapshot().Conversations {
		if c.Aside != nil {
			out = append(out, c.ID)
		}
	}
	return out
}

// useAll does with a conversation all that a person, a contact and the time
// can do with it. Whatever is refused is refused.
func useAll(t *testing.T, ada, bob *agenttest.Person, c, mark string) {
	t.Helper()
	one := api.ConversationArgs{Conversation: c}
	ask := func(cmd agenttest.Command, args any) { _ = ada.Ask(cmd, args, nil) }
	ask(api.CmdMessages, api.MessagesArgs{Conversation: c, Limit: 20})
	ask(api.CmdRead, api.ReadArgs{Conversation: c})
	ask(api.CmdSafety, one)
	ask(api.CmdVerify, api.VerifyArgs{Conversation: c, Verified: true})
	ask(api.CmdNameUse, api.NameArgs{Conversation: c, Name: "Bob"})
	ask(api.CmdNameDecline, api.NameArgs{Conversation: c, Name: "Bob"})
	ask(api.CmdRelayNoted, one)
	ask(api.CmdSend, api.SendArgs{Conversation: c, Text: mark + " and more from Ada"})
	var m api.Message
	if ada.Ask(api.CmdSend, api.SendArgs{Conversation: c, Text: mark + " to be deleted"}, &m) == nil {
		ask(api.CmdDeleteForAll, api.DeleteArgs{Conversation: c, Message: m.ID})
	}
	ask(api.CmdTimer, api.TimerArgs{Conversation: c, Seconds: api.TimerWeek})
	ask(api.CmdTimer, api.TimerArgs{Conversation: c})
	bob.Send(c, mark+" from Bob")
	advance(10 * time.Second)
	ask(api.CmdSend, api.SendArgs{Conversation: c, Text: mark + " once more from Ada"})
	advance(10 * time.Second)
}

// TestAFaultOfOneConversationLeavesTheOthersAlone has every rule, as the agent
// calls it, fail and panic for one of ten conversations, as long as it is
// called.
func TestAFaultOfOneConversationLeavesTheOthersAlone(t *testing.T) {
	for _, rule := range rules(t) {
		for _, panics := range []bool{false, true} {
			if !panics && !rule.returnsError || elsewhere[rule.name] {
				continue
			}
			if testing.Short() && !slices.Contains([]string{"CameThrough", "Receive", "Seal", "Record"}, rule.name) {
				continue
			}
			name := fmt.Sprintf("%s, panic %v", rule.name, panics)
			t.Run(name, func(t *testing.T) {
				tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
					faultIn(t, ada, bob, planted, all, rule.name, panics)
				})
			})
		}
	}
}

// elsewhere are what is not met in an open conversation of today, and what is no
// conversation's.
var elsewhere = map[string]bool{"turn": true, "Fail": true, "Doors": true, "Contact.SawRelay": true, "rendezvous": true, "note": true}

func faultIn(t *testing.T, ada, bob *agenttest.Person, planted *faults, all []string, rule string, panics bool) {
	bad, nine := all[0], all[1:]
	if rule == "Move" {
		planted.plant(bad, rule, panics) // it leaves the invitation's door within a day
	}
	advance(46 * time.Hour) // it has left the door, and keys are to be renewed
	named := asides(ada)
	planted.count()
	planted.plant(bad, rule, panics)
	if rule == "Owe" { // acknowledgements of an epoch that ended while she slept
		ada.Stop()
		advance(26 * time.Hour)
		bob.Send(bad, "while Ada sleeps") // and renews
		advance(time.Minute)
		ada.Start()
		advance(10 * time.Second)
		named = append(named, asides(ada)...)
	}
	useAll(t, ada, bob, bad, "first")
	named = append(named, asides(ada)...)
	othersTalk(t, ada, bob, nine, "during")
	_ = ada.Ask(api.CmdRead, api.ReadArgs{Conversation: bad}, nil)
	ada.SetOffline(true) // something waits at the next start
	_ = ada.Ask(api.CmdSend, api.SendArgs{Conversation: bad, Text: "offline"}, nil)
	advance(time.Minute)
	ada.Restart()
	advance(2 * time.Second)
	named = append(named, asides(ada)...)
	othersTalk(t, ada, bob, nine, "after a restart")
	hits, turns := planted.count()
	require.Positive(t, hits, "the rule was not called at all")
	require.Less(t, turns, 1500)
	if panics {
		require.Contains(t, named, bad, "the page names the one")
	}
	require.Subset(t, []string{bad}, named, "and no other")

	// Left alone, it comes to rest.
	advance(10 * time.Minute)
	planted.count()
	advance(10 * time.Minute)
	_, turns = planted.count()
	require.Less(t, turns, 100, "turns in ten minutes")

	// The fault is gone.
	planted.plant("", "", false)
	if len(asides(ada)) > 0 {
		require.Nil(t, ada.Ask(api.CmdAsideRetry, api.ConversationArgs{Conversation: bad}, nil))
	}
	advance(time.Minute)
	require.Empty(t, asides(ada), "it goes on")
	ada.Send(bad, "healed from Ada")
	bob.Send(bad, "healed from Bob")
	advance(2 * time.Hour) // what was dropped comes again
	advance(25 * time.Hour)
	for _, p := range []*agenttest.Person{ada, bob} {
		other := map[*agenttest.Person]*agenttest.Person{ada: bob, bob: ada}[p]
		require.Equal(t, texts(other, bad, true), texts(p, bad, false), "what %s has of the other", p.Name)
	}
	require.Contains(t, ada.Texts(bad, false), "healed from Bob")
	require.Contains(t, bob.Texts(bad, false), "healed from Ada")
	require.Contains(t, ada.Texts(bad, false), "first from Bob")
	othersTalk(t, ada, bob, nine, "at last")
}

// texts returns what was written, without what is deleted or sets timers.
func texts(p *agenttest.Person, c string, mine bool) []string {
	var out []string
	for _, m := range p.Messages(c) {
		if m.Mine == mine && m.Kind == api.KindText && !strings.Contains(m.Text, "deleted") {
			out = append(out, m.Text)
		}
	}
	return out
}

// TestForgettingWorksWhateverFails forgets conversations of which a rule
// panics whenever it is called.
func TestForgettingWorksWhateverFails(t *testing.T) {
	todo := rules(t)
	if testing.Short() {
		todo = todo[:5]
	}
	for len(todo) > 0 {
		some := todo[:min(len(todo), 10)]
		todo = todo[len(some):]
		t.Run(some[0].name, func(t *testing.T) {
			tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
				for i, rule := range some {
					if rule.name == "turn" {
						continue
					}
					c := all[i]
					planted.plant(c, rule.name, true)
					useAll(t, ada, bob, c, "first")
					require.Nil(t, ada.Ask(api.CmdForget, api.ConversationArgs{Conversation: c}, nil), rule.name)
					advance(time.Minute)
					_, there := ada.Conversation(c)
					require.False(t, there)
					require.Empty(t, keysOf(t, ada.Disk(), c), rule.name)
				}
			})
		})
	}
}
