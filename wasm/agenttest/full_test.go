package agenttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// TestFullDisk checks that nothing is lost on a disk without room: what is
// stored can be read, nothing is written, received or tried in a hurry, the
// person is told, and all goes on when there is room.
func TestFullDisk(t *testing.T) {
	for name, fill := range map[string]func(p *Person, full bool){
		"it is asked before": (*Person).SetFull,
		"it refuses": func(p *Person, full bool) {
			p.Store.Plan(func(int, *store.Batch) faulty.Fault {
				if full {
					return faulty.NoRoom
				}
				return faulty.None
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				c := Meet(ada, bob)
				ada.Send(c, "before")
				bob.AwaitTexts(c, "before")
				bob.Send(c, "an answer")
				ada.AwaitTexts(c, "an answer")
				require.False(t, ada.Snapshot().DiskFull)

				fill(ada, true)
				while := bob.Send(c, "while it is full")
				ada.wait("to be told", func() bool { return ada.Snapshot().DiskFull })
				err := ada.Ask(api.CmdSend, api.SendArgs{Conversation: c, Text: "not stored"}, nil)
				require.NotNil(t, err)
				require.Equal(t, api.ErrStorage, err.Code)
				require.Equal(t, []string{"before"}, ada.Texts(c, true))
				require.Equal(t, []string{"an answer"}, ada.Texts(c, false))

				commits, requests := ada.Store.Commits(), ada.network.asked("relay.test")
				advance(time.Hour)
				require.LessOrEqual(t, ada.Store.Commits()-commits, 3600/5, "one try every 5 s at most")
				require.LessOrEqual(t, ada.network.asked("relay.test")-requests, 4*3600/5)
				if name == "it is asked before" {
					require.Equal(t, commits, ada.Store.Commits(), "nothing is written to a full disk")
					require.Equal(t, requests, ada.network.asked("relay.test"), "and nothing is asked for that could not be stored")
				}
				require.True(t, ada.Snapshot().DiskFull)
				bob.AwaitState(c, while.ID, api.StateSent)

				fill(ada, false)
				ada.AwaitTexts(c, "an answer", "while it is full")
				require.False(t, ada.Snapshot().DiskFull)
				ada.Send(c, "after")
				bob.AwaitTexts(c, "before", "after")
				ada.Restart()
				require.Equal(t, []string{"before", "after"}, ada.Texts(c, true))
			})
		})
	}
}

// TestFullDiskAtTheStart checks that the first run can wait for room, too.
func TestFullDiskAtTheStart(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		cleo := w.Person("Cleo", 3)
		cleo.SetFull(true)
		err := cleo.Ask(api.CmdStart, api.StartArgs{Name: "Cleo", Relay: RelayURL}, nil)
		require.NotNil(t, err)
		require.Equal(t, api.ErrStorage, err.Code)
		require.Equal(t, api.PhaseNew, cleo.Snapshot().Phase)
		require.True(t, cleo.Snapshot().DiskFull)
		cleo.SetFull(false)
		cleo.wait("room", func() bool { return !cleo.Snapshot().DiskFull })
		cleo.Begin()
		Meet(ada, cleo)
		cleo.Stop()
	})
}

// TestWhatIsDueOnAFullDisk: what falls due and cannot be stored costs the
// pages no answer.
func TestWhatIsDueOnAFullDisk(t *testing.T) {
	inWorld(t, func(t *testing.T, _ *World, ada, _ *Person) {
		sent := ada.SendNote("for nobody")
		ada.SetFull(true)
		advance(26 * time.Hour)
		for range 3 {
			ada.do(api.CmdHello, nil, nil)
		}
		ada.Restart()
		require.Equal(t, api.NoteWaiting, ada.Note(sent.ID).State)
		ada.SetFull(false)
		advance(10 * time.Minute)
		require.Equal(t, api.NoteExpired, ada.Note(sent.ID).State)
	})
}
