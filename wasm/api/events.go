package api

// Event is sent to every page that said hello. Exactly one field is set.
type Event struct {
	Redacted            `json:"-" tstype:"-"`
	Snapshot            *Snapshot     `json:"snapshot,omitempty"` // replaces everything
	Relay               *RelayState   `json:"relay,omitempty"`
	Clock               *Clock        `json:"clock,omitempty"`
	Conversation        *Conversation `json:"conversation,omitempty"` // new or changed
	ConversationRemoved string        `json:"conversationRemoved,omitempty"`
	Message             *MessageEvent `json:"message,omitempty"`
	MessageRemoved      *MessageRef   `json:"messageRemoved,omitempty"`
	// ConversationCleared: all messages shown so far are gone.
	ConversationCleared string    `json:"conversationCleared,omitempty"`
	Draft               *Draft    `json:"draft,omitempty"`    // written here or on another page, sent, or forgotten
	Deletion            *Deletion `json:"deletion,omitempty"` // progress of one that takes long
	Invite              *Invite   `json:"invite,omitempty"`   // new or changed
	InviteRemoved       string    `json:"inviteRemoved,omitempty"`
	Note                *Note     `json:"note,omitempty"` // new or changed
	NoteRemoved         string    `json:"noteRemoved,omitempty"`
	Settings            *Settings `json:"settings,omitempty"`
	Name                *string   `json:"name,omitempty"`
	Locks               *Locks    `json:"locks,omitempty"`    // changed
	DiskFull            *bool     `json:"diskFull,omitempty"` // Snapshot.DiskFull has changed
	Trouble             *bool     `json:"trouble,omitempty"`  // Snapshot.Trouble has changed
}

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

// Deletion tells how far the deletion of a conversation, or of all its
// messages, has come.
type Deletion struct {
	Conversation string `json:"conversation"`
	Done         int    `json:"done"`  // messages deleted
	Total        int    `json:"total"` // at most so many
	Ended        bool   `json:"ended"`
}

type MessageRef struct {
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
}
