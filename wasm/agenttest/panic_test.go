package agenttest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// choke plants a defect: whatever would store marker panics.
func choke(p *Person, marker string) {
	p.Store.Plan(func(_ int, b *store.Batch) faulty.Fault {
		for _, op := range b.Ops {
			if bytes.Contains(op.Value, []byte(marker)) {
				panic("planted defect: " + marker)
			}
		}
		return faulty.None
	})
}

func TestAPanicIsRecoveredFromAndSaid(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		choke(ada, "poison")
		err := ada.Ask(api.CmdSend, api.SendArgs{Conversation: c, Text: "poison"}, nil)
		require.NotNil(t, err)
		require.Equal(t, api.ErrInternal, err.Code)
		require.NotContains(t, err.Message, "poison", "errors do not quote what was written")
		require.Equal(t, 1, ada.Restarts(), "the page is told")
		require.True(t, ada.Snapshot().Restarted)
		require.Empty(t, ada.Texts(c, true), "it had no effect")

		ada.Send(c, "fine again")
		bob.AwaitTexts(c, "fine again")
		bob.Send(c, "welcome back")
		ada.AwaitTexts(c, "welcome back")
	})
}

func TestAnEnvelopeThatAlwaysPanicsIsGivenUp(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		choke(bob, "poison")
		bob.SetOffline(true)
		ada.Send(c, "before")
		ada.Send(c, "poison")
		last := ada.Send(c, "after")
		ada.AwaitState(c, last.ID, api.StateSent)
		bob.SetOffline(false) // all three come in one go
		bob.AwaitTexts(c, "before", "after")
		require.Positive(t, bob.Restarts())

		// A version without the defect gets what was given up, from the
		// sender's outbox.
		bob.Restart()
		bob.wait("the poison", func() bool { return len(bob.Texts(c, false)) == 3 })
		require.Equal(t, []string{"before", "poison", "after"}, bob.Texts(c, false))
	})
}

func TestARefusedWriteLosesNothing(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		for _, fault := range []faulty.Fault{faulty.FailBefore, faulty.FailAfter} {
			ada.Store.FaultAt(1, fault)
			err := ada.Ask(api.CmdSend, api.SendArgs{Conversation: c, Text: "full disk"}, nil)
			require.NotNil(t, err)
			require.Equal(t, api.ErrStorage, err.Code)
		}
		require.LessOrEqual(t, len(ada.Texts(c, true)), 1, "only the write that took effect stands")
		bob.Store.FaultAt(1, faulty.FailBefore)
		ada.Send(c, "arrives all the same")
		bob.wait("it", func() bool {
			got := bob.Texts(c, false)
			return len(got) > 0 && got[len(got)-1] == "arrives all the same"
		})
	})
}
