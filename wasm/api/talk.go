package api

// Commands about what is said in a conversation.
const (
	CmdMessages CommandKind[MessagesArgs, MessagesPage] = "messages"
	CmdSend     CommandKind[SendArgs, Message]          = "send"
	CmdRead     CommandKind[ReadArgs, None]             = "read"
	CmdDraft    CommandKind[DraftArgs, None]            = "draft"
)

// Events about what is said in a conversation.
const (
	EventMessage EventKind[MessageEvent] = "message"
	EventDraft   EventKind[Draft]        = "draft" // written here or on another page, sent, or forgotten
)

// Limits that pages show before the agent refuses.
const (
	MaxTextBytes = 16000
	MaxPage      = 200   // messages in one MessagesPage
	MaxDraft     = 64000 // bytes of a draft; longer than what can be sent
)

// MessagesArgs asks for the Limit messages before Before (a Message.Cursor;
// empty: the newest).
type MessagesArgs struct {
	Conversation string `json:"conversation"`
	Before       string `json:"before"`
	Limit        int    `json:"limit"`
}

// MessagesPage holds messages oldest first.
type MessagesPage struct {
	Redacted `json:"-" tstype:"-"`
	Messages []Message `json:"messages"`
	More     bool      `json:"more"` // older ones exist
}

// SendArgs sends a text. Draft is the id of the draft that it was, if it was
// one: a draft that two pages send in the same moment is sent once.
type SendArgs struct {
	Redacted     `json:"-" tstype:"-"`
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
	Draft        string `json:"draft"`
}

// ReadArgs marks everything received so far as read.
type ReadArgs struct {
	Conversation string `json:"conversation"`
}

// DraftArgs keeps what was typed and not sent; an empty text forgets it.
type DraftArgs struct {
	Redacted     `json:"-" tstype:"-"`
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
}

// Message is one line of a conversation. Cursor orders messages: greater is
// later on screen, compared as strings.
type Message struct {
	Redacted `json:"-" tstype:"-"`
	ID       string       `json:"id"`
	Cursor   string       `json:"cursor"`
	Mine     bool         `json:"mine"`
	Kind     MessageKind  `json:"kind"`
	Text     string       `json:"text"`
	Time     int64        `json:"time"` // unix ms: written (mine) or received
	State    MessageState `json:"state"`
	// Timer is the seconds from reading until it disappears, 0: it stays; with
	// KindTimer what was set.
	Timer   int   `json:"timer"`
	Expires int64 `json:"expires"` // unix ms when it disappears; 0: not yet read, or not yet sent
	// Unread: received, and not read yet; set in pages of messages only.
	Unread bool `json:"unread,omitempty"`
	// Deletion is set with KindDeleted for a message that is mine.
	Deletion DeletionState `json:"deletion"`
}

type MessageKind string

const (
	KindText    MessageKind = "text"
	KindUnknown MessageKind = "unknown" // needs a newer Petmail
	KindDeleted MessageKind = "deleted" // its author has deleted it for everyone; no text
	KindTimer   MessageKind = "timer"   // sets how long messages stay from here on
)

type MessageState string

const (
	StateSending     MessageState = "sending"     // stored here, not yet at the relay
	StateSent        MessageState = "sent"        // the relay has it
	StateDelivered   MessageState = "delivered"   // their Petmail has it
	StateUndelivered MessageState = "undelivered" // no acknowledgement for 7 days
	StateReceived    MessageState = "received"    // not mine
)

// MessageEvent is a new or changed message. Fresh: it has just been received
// (a notification may be due).
type MessageEvent struct {
	Redacted     `json:"-" tstype:"-"`
	Conversation string  `json:"conversation"`
	Message      Message `json:"message"`
	Fresh        bool    `json:"fresh"`
}

// Draft is what was typed in a conversation and not sent; empty: nothing. ID
// names it from its first character until it is sent or emptied.
type Draft struct {
	Redacted     `json:"-" tstype:"-"`
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
	ID           string `json:"id"`
}
