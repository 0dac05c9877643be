package api

// Commands about notes: texts that go to, or come from, somebody who has
// Magic Wormhole's program instead of Petmail.
const (
	CmdNoteSend    CommandKind[NoteSendArgs, Note]    = "note.send"
	CmdNoteReceive CommandKind[NoteReceiveArgs, Note] = "note.receive"
	CmdNoteDismiss CommandKind[NoteArgs, None]        = "note.dismiss" // cancels one under way, forgets the text of one that is done
)

// Events about notes.
const (
	EventNote        EventKind[Note]   = "note"        // new or changed
	EventNoteRemoved EventKind[string] = "noteRemoved" // its id
)

// NoteSendArgs asks for a code under which Text, at most MaxTextBytes, can be
// fetched once.
type NoteSendArgs struct {
	Redacted `json:"-" tstype:"-"`
	Text     string `json:"text"`
}

// NoteReceiveArgs takes a code of Magic Wormhole, as typed or pasted. Relay is
// the mailbox server that the sender used, as "wss://host/v1" or
// "https://host"; empty: this agent's own relay. Exact: the person has looked
// again and says that a code with unknown words is right.
type NoteReceiveArgs struct {
	Redacted `json:"-" tstype:"-"`
	Code     string `json:"code"`
	Relay    string `json:"relay"`
	Exact    bool   `json:"exact"`
}

type NoteArgs struct {
	Redacted `json:"-" tstype:"-"`
	Note     string `json:"note"`
}

// Note is one such text, until the person dismisses it.
type Note struct {
	Redacted `json:"-" tstype:"-"`
	ID       string    `json:"id"`
	Mine     bool      `json:"mine"` // this agent sends
	State    NoteState `json:"state"`
	// Text is what came; of an own note, what has not been delivered.
	Text    string `json:"text"`
	Code    string `json:"code"`    // of an own note; empty while and once it cannot be used
	Relay   string `json:"relay"`   // URL
	Created int64  `json:"created"` // unix ms
	Expires int64  `json:"expires"` // unix ms; of no meaning once it has ended
	// Problem is the reason for "refused" in the other side's words, which may
	// be none; show it as somebody else's.
	Problem string `json:"problem"`
}

type NoteState string

const (
	NotePreparing   NoteState = "preparing"   // the relay has not answered
	NoteWaiting     NoteState = "waiting"     // the other side is not there yet
	NoteJoining     NoteState = "joining"     // it is; the text is on its way
	NoteDelivered   NoteState = "delivered"   // mine: their program has shown it
	NoteReceived    NoteState = "received"    // not mine: Text is there
	NoteWrong       NoteState = "wrong"       // another code was used: burnt
	NoteExpired     NoteState = "expired"     // nobody came, or the relay has forgotten the code
	NoteLeft        NoteState = "left"        // they came and did not finish
	NoteUsed        NoteState = "used"        // two others are using this code
	NoteRefused     NoteState = "refused"     // they gave up; see Problem
	NoteFile        NoteState = "file"        // not mine: it was a file, which was refused
	NoteUnsupported NoteState = "unsupported" // their program or the relay speaks something else
)
