package agenttest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

// Every version that landed has left three Petmails and their relay, as files,
// in testdata/recorded/<name of the version>. All later ones open them.
const recorded = "testdata/recorded"

// recordVariable names a folder: TestRecord makes a recording of the present
// version there.
const recordVariable = "PETMAIL_RECORD"

// recording is what the three people see as they put their Petmails away.
type recording struct {
	Now    time.Time // of the bubble
	AdaBob string    // conversations
	AdaEve string
	Waits  string // Ada has accepted Eve's invitation, and Eve sleeps
	Invite string // Ada's open one
	Note   string
	People map[string]view
}

// view is what a page shows of a Petmail, as far as every version shows it.
type view struct {
	Conversations map[string]conversationView
	Invites       map[string]inviteView
	Notes         map[string]noteView
	Drafts        map[string]string
}

type conversationView struct {
	Name     string
	State    api.ConversationState
	Verified bool
	Unread   int
	Preview  string
	Timer    int
	Messages []messageView
}

type messageView struct {
	Mine    bool
	Kind    api.MessageKind
	Text    string
	State   api.MessageState
	Timer   int
	Expires int64
}

type inviteView struct {
	Mine             bool
	State            api.InviteState
	Note, Code, Link string
}

type noteView struct {
	State      api.NoteState
	Text, Code string
}

func (p *Person) view() view {
	s := p.Snapshot()
	v := view{map[string]conversationView{}, map[string]inviteView{}, map[string]noteView{}, map[string]string{}}
	for _, c := range s.Conversations {
		seen := conversationView{
			Name: c.Name, State: c.State, Verified: c.Verified, Unread: c.Unread, Preview: c.Preview, Timer: c.Timer,
		}
		for _, m := range p.Messages(c.ID) {
			seen.Messages = append(seen.Messages, messageView{m.Mine, m.Kind, m.Text, m.State, m.Timer, m.Expires})
		}
		v.Conversations[c.ID] = seen
	}
	for _, inv := range s.Invites {
		v.Invites[inv.ID] = inviteView{inv.Mine, inv.State, inv.Note, inv.Code, inv.Link}
	}
	for _, n := range s.Notes {
		v.Notes[n.ID] = noteView{n.State, n.Text, n.Code}
	}
	for _, d := range s.Drafts {
		v.Drafts[d.Conversation] = d.Text
	}
	return v
}

// last returns the newest message of a conversation.
func (p *Person) last(conversation string) api.Message {
	all := p.Messages(conversation)
	return all[len(all)-1]
}

// TestRecord makes a recording. It does nothing in an ordinary run.
func TestRecord(t *testing.T) {
	folder := os.Getenv(recordVariable)
	if folder == "" {
		return
	}
	synctest.Test(t, func(t *testing.T) {
		r := recording{People: make(map[string]view)}
		relay := filepath.Join(folder, "relay")
		people := make(map[string]*Person)
		w := NewAt(t, filepath.Join(t.TempDir(), "relay"))
		for i, name := range []string{"Ada", "Bob", "Eve"} {
			at := filepath.Join(folder, name)
			require.NoError(t, os.MkdirAll(at, 0o700))
			people[name] = w.PersonAt(at, name, uint64(i+1))
			people[name].Begin()
		}
		ada, bob, eve := people["Ada"], people["Bob"], people["Eve"]

		// With Bob: history in more than one epoch, a tombstone, one that was
		// deleted here only, and timers that run and that wait to be read.
		c := Meet(ada, bob)
		r.AdaBob = c
		var said []string
		for range 120 {
			said = append(said, "line "+string(rune('0'+len(said)%10)))
			ada.Send(c, said[len(said)-1])
		}
		bob.AwaitTexts(c, said...)
		bob.read(c)
		answer := bob.Send(c, "an answer")
		ada.AwaitTexts(c, "an answer")
		regretted := ada.Send(c, "regretted") // and renews
		bob.wait("it", func() bool { return len(bob.Messages(c)) == 122 })
		ada.wait("the next epoch", func() bool { return ada.Epoch(c) > 1 && ada.Epoch(c) == bob.Epoch(c) })
		ada.deleteForAll(c, regretted.ID)
		ada.awaitDeletion(c, regretted.ID, api.DeletionDone)
		bob.delete(c, bob.Messages(c)[3].ID)
		ada.setTimer(c, api.TimerDay)
		bob.awaitTimer(c, api.TimerDay)
		ada.Send(c, "read, gone in a day")
		bob.wait("it", func() bool { return bob.last(c).Text == "read, gone in a day" })
		bob.read(c)
		bob.setTimer(c, api.TimerHour)
		ada.awaitTimer(c, api.TimerHour)
		bob.Send(c, "not read yet, gone an hour later")
		ada.wait("it", func() bool { return ada.last(c).Timer == api.TimerHour })
		bob.setTimer(c, 0)
		ada.awaitTimer(c, 0)
		advance(time.Hour) // acknowledgements are out

		// With Eve: met by code, another name, words compared.
		inv := ada.Invite()
		accepted := eve.Accept(inv.Code)
		d := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
		eve.AwaitInvite(accepted.ID, api.InviteDone)
		eve.AwaitOpen(d)
		r.AdaEve = d
		ada.do(api.CmdPetname, api.PetnameArgs{Conversation: d, Name: "Eve from the choir"}, nil)
		ada.do(api.CmdVerify, api.VerifyArgs{Conversation: d, Verified: true}, nil)
		eve.Send(d, "see you on Sunday")
		ada.AwaitTexts(d, "see you on Sunday")
		advance(time.Hour)
		invited := eve.Invite()
		eve.Stop()

		// What waits: an invitation of each kind, a note, drafts, a message
		// that the relay has and Eve has not, and some that no relay has.
		waits := ada.Accept(invited.Link)
		r.Waits = ada.AwaitInvite(waits.ID, api.InviteWaiting).Conversation
		ada.Send(r.Waits, "when you are back")
		open := ada.Invite()
		r.Invite = open.ID
		ada.do(api.CmdInviteNote, api.InviteNoteArgs{Invite: open.ID, Note: "Carl"}, nil)
		r.Note = ada.SendNote("a note to somebody with wormhole").ID
		m := ada.Send(d, "are you asleep?")
		ada.AwaitState(d, m.ID, api.StateSent)
		ada.SetOffline(true)
		bob.deleteForAll(c, answer.ID)
		ada.Send(c, "written offline, 1")
		ada.Send(c, "written offline, 2")
		ada.do(api.CmdDraft, api.DraftArgs{Conversation: c, Text: "not finished"}, nil)
		bob.do(api.CmdDraft, api.DraftArgs{Conversation: c, Text: "Bob's"}, nil)
		advance(time.Minute)

		eve.Start()
		eve.SetOffline(true)
		bob.SetOffline(true)
		synctest.Wait()
		for name, p := range people {
			r.People[name] = p.view()
			p.Stop()
		}
		r.Now = time.Now()
		w.StopRelay()
		require.NoError(t, os.CopyFS(relay, os.DirFS(w.dir)))
		w.Close()
		encoded, err := json.MarshalIndent(r, "", "\t")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "recording.json"), encoded, 0o600))
	})
}

// TestRecordedStoresOpen opens what every earlier version has left: nothing is
// missing, and all that waited goes on.
func TestRecordedStoresOpen(t *testing.T) {
	versions, err := os.ReadDir(recorded)
	require.NoError(t, err)
	require.NotEmpty(t, versions)
	for _, version := range versions {
		t.Run(version.Name(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { openRecording(t, filepath.Join(recorded, version.Name())) })
		})
	}
}

// copied returns a recording with a copy of its folder, a minute after it was
// made.
func copied(t *testing.T, from string) (r recording, folder string) {
	encoded, err := os.ReadFile(filepath.Join(from, "recording.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(encoded, &r))
	folder = t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(from)))
	<-time.After(time.Until(r.Now.Add(time.Minute)))
	return r, folder
}

func openRecording(t *testing.T, from string) {
	r, folder := copied(t, from)

	// As it was left, with the relay out of reach.
	w := NewAt(t, filepath.Join(folder, "relay"))
	w.StopRelay()
	people := make(map[string]*Person)
	for i, name := range []string{"Ada", "Bob", "Eve"} {
		p := w.PersonAt(filepath.Join(folder, name), name, uint64(i+1))
		people[name] = p
		require.Equal(t, r.People[name], p.view(), name)
	}
	ada, bob, eve := people["Ada"], people["Bob"], people["Eve"]

	// What waited goes on.
	w.StartRelay()
	bob.wait("what was written offline", func() bool {
		texts := bob.Texts(r.AdaBob, false)
		return texts[len(texts)-1] == "written offline, 2"
	})
	for _, m := range bob.Messages(r.AdaBob) {
		if m.Mine && m.Kind == api.KindDeleted {
			bob.awaitDeletion(r.AdaBob, m.ID, api.DeletionDone)
		}
	}
	eve.AwaitTexts(r.AdaEve, "are you asleep?")
	ada.AwaitOpen(r.Waits)
	eve.AwaitTexts(r.Waits, "when you are back")
	eve.Send(r.Waits, "I am")
	ada.AwaitTexts(r.Waits, "I am")
	bob.Send(r.AdaBob, "and on")
	ada.wait("it", func() bool { return ada.last(r.AdaBob).Text == "and on" })

	carl := w.Person("Carl", 9)
	carl.Begin()
	open := r.People["Ada"].Invites[r.Invite]
	carl.Accept(open.Link)
	c := ada.AwaitInvite(r.Invite, api.InviteDone).Conversation
	seen, _ := ada.Conversation(c)
	require.Equal(t, "Carl", seen.Name)
	got := carl.ReceiveNote(r.People["Ada"].Notes[r.Note].Code)
	require.Equal(t, "a note to somebody with wormhole", carl.AwaitNote(got.ID, api.NoteReceived).Text)

	// Timers that ran go on, and what waits to be read waits.
	advance(26 * time.Hour)
	require.False(t, ada.holds("read, gone in a day"))
	require.False(t, bob.holds("read, gone in a day"))
	require.True(t, ada.holds("not read yet, gone an hour later"))
	ada.read(r.AdaBob)
	advance(2 * time.Hour)
	require.False(t, ada.holds("not read yet, gone an hour later"))

	for _, p := range append([]*Person{carl}, ada, bob, eve) {
		p.Stop()
	}
	w.Close()
}

// TestARecordedStoreOnAFullDisk: what an earlier version has left can be read
// although there is no room to bring it to the present records, and nothing is
// written; once there is, it goes on.
func TestARecordedStoreOnAFullDisk(t *testing.T) {
	versions, err := os.ReadDir(recorded)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		r, folder := copied(t, filepath.Join(recorded, versions[0].Name()))
		w := NewAt(t, filepath.Join(folder, "relay"))
		w.StopRelay()
		root := func() []byte {
			b, err := os.ReadFile(filepath.Join(folder, "Ada", "root"))
			require.NoError(t, err)
			return b
		}
		before := root()
		ada := w.add(&Person{Name: "Ada", folder: filepath.Join(folder, "Ada"), full: true}, 1)
		require.Equal(t, r.People["Ada"], ada.view())
		require.Equal(t, before, root(), "nothing is written")

		ada.SetFull(false)
		advance(10 * time.Minute)
		ada.Send(r.AdaBob, "there is room")
		require.NotEqual(t, before, root())
		ada.Restart()
		require.Equal(t, "there is room", ada.last(r.AdaBob).Text)
		_, found := ada.Conversation(r.AdaEve)
		require.True(t, found)
		ada.Stop()
		w.Close()
	})
}
