package agenttest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/store/faulty"
)

func TestANoteByCode(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		text := "<script>alert(1)</script>\nfor you, Bob"
		sent := ada.SendNote(text)
		require.Equal(t, api.NoteWaiting, sent.State)
		require.Regexp(t, `^\d{1,3}-[a-z]+-[a-z]+$`, sent.Code)
		require.Equal(t, RelayURL, sent.Relay)

		got := bob.ReceiveNote(" " + strings.ToUpper(sent.Code) + " ")
		got = bob.AwaitNote(got.ID, api.NoteReceived)
		require.Equal(t, text, got.Text)
		done := ada.AwaitNote(sent.ID, api.NoteDelivered)
		require.Empty(t, done.Code)
		require.Empty(t, done.Text)
		require.NotContains(t, ada.Stored(), "for you, Bob", "what was taken is not kept")
		require.NotContains(t, ada.Stored(), sent.Code)

		bob.Restart()
		require.Equal(t, text, bob.Note(got.ID).Text, "what came stays until it is dismissed")
		advance(time.Minute)
		bob.DismissNote(got.ID)
		ada.DismissNote(sent.ID)
		require.Empty(t, bob.Snapshot().Notes)
		require.NotContains(t, bob.Stored(), "note/", "both had left the mailbox")
		require.NotContains(t, ada.Stored(), "note/")
	})
}

func TestAWrongCodeOfANote(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		sent := ada.SendNote("secret")
		nameplate, _, _ := strings.Cut(sent.Code, "-")
		wrong := nameplate + "-adroitness-acme"
		if wrong == sent.Code {
			wrong = nameplate + "-adroitness-adrift"
		}
		got := bob.ReceiveNote(wrong)
		bob.AwaitNote(got.ID, api.NoteWrong)
		burnt := ada.AwaitNote(sent.ID, api.NoteWrong)
		require.Equal(t, "secret", burnt.Text, "to be sent again")
		require.Empty(t, burnt.Code)

		again := bob.ReceiveNote(sent.Code)
		advance(5 * time.Minute)
		require.Equal(t, api.NoteWaiting, bob.Note(again.ID).State, "the code is gone, nobody is there")
		require.NotContains(t, bob.Stored(), "secret")
	})
}

// TestANoteSurvivesCrashes restarts either side after every step.
func TestANoteSurvivesCrashes(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		sent := ada.SendNote("hello")
		ada.Crash()
		ada.Start()
		sent = ada.AwaitNote(sent.ID, api.NoteWaiting)
		bob.SetOffline(true)
		got := bob.ReceiveNote(sent.Code)
		bob.Crash()
		bob.Start()
		ada.Crash()
		w.RestartRelay()
		bob.AwaitNote(got.ID, api.NotePreparing)
		advance(time.Minute)
		ada.Start()
		require.Equal(t, "hello", bob.AwaitNote(got.ID, api.NoteReceived).Text)
		ada.AwaitNote(sent.ID, api.NoteDelivered)
	})
}

// TestANoteAndACrashAtAnyWrite kills one side before and after each of its
// commits: the text arrives, and both know it.
func TestANoteAndACrashAtAnyWrite(t *testing.T) {
	faults := []faulty.Fault{faulty.CrashAfter, faulty.CrashBefore, faulty.FailBefore}
	if testing.Short() {
		faults = faults[:1]
	}
	for _, fault := range faults {
		for _, victim := range []int{0, 1} {
			struck := 0
			for n := 1; struck == n-1; n++ {
				require.Less(t, n, 100)
				inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
					if noteWithFault(ada, bob, victim, n, fault) {
						struck++
					}
				})
				if t.Failed() {
					return
				}
			}
			require.GreaterOrEqual(t, struck, 5, "the fault has struck")
		}
	}
}

// noteWithFault has Ada send a note to Bob and reports whether the fault
// struck.
func noteWithFault(ada, bob *Person, victim, n int, fault faulty.Fault) (struck bool) {
	store := []*Person{ada, bob}[victim].Store
	last := store.Commits()
	store.FaultAt(n, fault)
	var sent, got api.Note
	ada.Survive(func() {
		if notes := ada.Snapshot().Notes; len(notes) > 0 {
			sent = notes[0]
			return
		}
		if err := ada.Ask(api.CmdNoteSend, api.NoteSendArgs{Text: "hello"}, &sent); err == ErrDead {
			panic(died{})
		} else if err != nil {
			ada.do(api.CmdNoteSend, api.NoteSendArgs{Text: "hello"}, &sent)
		}
	})
	ada.Survive(func() { sent = ada.AwaitNote(sent.ID, api.NoteWaiting) })
	bob.Survive(func() {
		if notes := bob.Snapshot().Notes; len(notes) > 0 {
			got = notes[0]
			return
		}
		if err := bob.Ask(api.CmdNoteReceive, api.NoteReceiveArgs{Code: sent.Code}, &got); err == ErrDead {
			panic(died{})
		} else if err != nil {
			got = bob.ReceiveNote(sent.Code)
		}
	})
	bob.Survive(func() { got = bob.AwaitNote(got.ID, api.NoteReceived) })
	require.Equal(bob.W.TB, "hello", got.Text)
	ada.Survive(func() { ada.AwaitNote(sent.ID, api.NoteDelivered) })
	return store.Commits() >= last+n
}

func TestANoteThatNobodyFetches(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		sent := ada.SendNote("hello")
		advance(23 * time.Hour)
		require.Equal(t, sent.Code, ada.Note(sent.ID).Code, "the relay keeps it while somebody is there")
		over := ada.AwaitNote(sent.ID, api.NoteExpired)
		require.Equal(t, "hello", over.Text)
		require.Empty(t, over.Code)

		got := bob.ReceiveNote("7-adroitness-acme")
		bob.AwaitNote(got.ID, api.NoteWaiting)
		bob.AwaitNote(got.ID, api.NoteExpired)
	})
}

// TestACodeThatTheRelayForgot: while nobody is connected, it keeps a mailbox
// of another application for half an hour.
func TestACodeThatTheRelayForgot(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		sent := ada.SendNote("hello")
		ada.Stop()
		advance(10 * time.Minute)
		ada.Start()
		require.Equal(t, sent.Code, ada.AwaitNote(sent.ID, api.NoteWaiting).Code)
		ada.Stop()
		advance(2 * time.Hour)
		ada.Start()
		ada.AwaitNote(sent.ID, api.NoteExpired)

		sent = ada.SendNote("hello again")
		ada.SetOffline(true)
		advance(2 * time.Hour)
		ada.SetOffline(false)
		ada.AwaitNote(sent.ID, api.NoteExpired)
	})
}

func TestCancelledNotes(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		sent := ada.SendNote("hello")
		ada.DismissNote(sent.ID)
		advance(time.Minute)
		require.Empty(t, ada.Snapshot().Notes)
		require.NotContains(t, ada.Stored(), "note/")
		err := ada.Ask(api.CmdNoteDismiss, api.NoteArgs{Note: sent.ID}, nil)
		require.Equal(t, api.ErrNotFound, err.Code)
	})
}

func TestNotesThatAreRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		for _, c := range []struct {
			cmd  Command
			args any
			want api.ErrorCode
		}{
			{api.CmdNoteSend, api.NoteSendArgs{Text: " \n"}, api.ErrEmpty},
			{api.CmdNoteSend, api.NoteSendArgs{Text: "\u200b\u3164"}, api.ErrInvisible},
			{api.CmdNoteSend, api.NoteSendArgs{Text: strings.Repeat("x", api.MaxTextBytes+1)}, api.ErrTooLong},
			{api.CmdNoteSend, api.NoteSendArgs{Text: "x" + strings.Repeat("\x01", api.MaxTextBytes-1)}, api.ErrTooLong},
			{api.CmdNoteReceive, api.NoteReceiveArgs{Code: "hello"}, api.ErrBadCode},
			{api.CmdNoteReceive, api.NoteReceiveArgs{Code: "7-guitarrist-revenge"}, api.ErrBadWord},
			{api.CmdNoteReceive, api.NoteReceiveArgs{Code: "7", Exact: true}, api.ErrBadCode},
			{api.CmdNoteReceive, api.NoteReceiveArgs{Code: "7-guitarist-revenge", Relay: "ws://relay.example:4000/v1"}, api.ErrBadRelayURL},
			{api.CmdNoteReceive, api.NoteReceiveArgs{Code: "7-guitarist-revenge", Relay: "ftp://relay.example"}, api.ErrBadRelayURL},
			{api.CmdNoteDismiss, api.NoteArgs{Note: "x"}, api.ErrNotFound},
		} {
			require.Equal(t, c.want, ada.Ask(c.cmd, c.args, nil).Code, c.cmd)
		}
		require.Empty(t, ada.Snapshot().Notes)

		ada.SetOffline(true) // or the relay ends some: it lets two at a nameplate
		var n api.Note
		for relay, want := range map[string]string{
			"WSS://Relay.Example:443/v1/": "https://relay.example",
			"https://relay.example/":      "https://relay.example",
			"ws://localhost:4000/v1":      "http://localhost:4000",
			"":                            RelayURL,
		} {
			ada.do(api.CmdNoteReceive, api.NoteReceiveArgs{Code: "7-Purple-Sausages", Relay: relay, Exact: true}, &n)
			require.Equal(t, want, n.Relay)
		}
		for range 16 {
			ada.do(api.CmdNoteReceive, api.NoteReceiveArgs{Code: "7-guitarist-revenge"}, nil)
		}
		require.Equal(t, api.ErrTooMany, ada.Ask(api.CmdNoteSend, api.NoteSendArgs{Text: "x"}, nil).Code)
	})
}

func TestManyNotesAtOnceWithFaults(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		for _, p := range []*Person{ada, bob} {
			p.SetFaults(Faults{DropSocket: 0.05})
		}
		sent := map[string]api.Note{}
		for _, text := range []string{"one", "two", "three", "four", "five"} {
			n := ada.SendNote(text)
			sent[text] = n
			bob.ReceiveNote(n.Code)
		}
		for text, n := range sent {
			ada.AwaitNote(n.ID, api.NoteDelivered)
			require.Contains(t, bob.Stored(), text)
		}
		var texts []string
		for _, n := range bob.Snapshot().Notes {
			require.Equal(t, api.NoteReceived, n.State)
			texts = append(texts, n.Text)
		}
		require.ElementsMatch(t, []string{"one", "two", "three", "four", "five"}, texts)
	})
}
