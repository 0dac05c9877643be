package agenttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAHostileRelayCanOnlyDelayAndDrop has the relay replay, damage, mix and
// invent envelopes and slots, out of everything that anybody ever sent, in two
// conversations of one person at once. Nothing may be shown that was not
// written there, nothing twice, nothing out of order, and once the relay
// behaves, everything is there.
func TestAHostileRelayCanOnlyDelayAndDrop(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		eve.Begin()
		withBob, withEve := Meet(ada, bob), Meet(ada, eve)
		for _, p := range []*Person{ada, bob, eve} {
			p.SetFaults(Faults{Forge: 0.4, ForgeSlots: 0.5, HoldDeposits: 0.2, Duplicate: 0.3, DropSocket: 0.05})
		}
		sent := map[*Person][]string{}
		say := func(p *Person, conversation, text string) {
			sent[p] = append(sent[p], text)
			p.Send(conversation, text)
		}
		toEve := []string{}
		for i := range 120 { // enough for both to renew keys under attack
			say(ada, withBob, fmt.Sprint("to Bob ", i))
			say(bob, withBob, fmt.Sprint("from Bob ", i))
			say(eve, withEve, fmt.Sprint("from Eve ", i))
			if i%10 == 0 {
				toEve = append(toEve, fmt.Sprint("to Eve ", i))
				ada.Send(withEve, toEve[len(toEve)-1])
				advance(time.Minute)
				for _, p := range []*Person{bob, eve} {
					for conversation, written := range map[string][]string{withBob: sent[ada], withEve: toEve} {
						if _, mine := p.Conversation(conversation); mine {
							require.Subset(t, written, p.Texts(conversation, false))
						}
					}
				}
			}
		}
		for _, p := range []*Person{ada, bob, eve} {
			p.SetFaults(Faults{})
		}
		require.Greater(t, w.captured.count(), 100, "the relay was hostile")
		ada.AwaitAll(withBob, sent[bob])
		ada.AwaitAll(withEve, sent[eve])
		bob.AwaitAll(withBob, sent[ada])
		eve.AwaitAll(withEve, toEve)
		for _, p := range []*Person{ada, bob, eve} {
			require.Zero(t, p.Restarts(), "%s met a defect", p.Name)
			for _, c := range p.Snapshot().Conversations {
				require.False(t, c.KeyAlarm)
			}
		}
		eve.Stop()
	})
}

// TestARelayThatChangesItsKeysIsNoticed puts another relay in the old one's
// place.
func TestARelayThatChangesItsKeysIsNoticed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		require.False(t, ada.Snapshot().Relay.KeyAlarm)
		w.ReplaceRelay()
		ada.Restart()
		ada.wait("the alarm", func() bool { return ada.Snapshot().Relay.KeyAlarm })
		require.Empty(t, ada.Texts(c, false))
	})
}
