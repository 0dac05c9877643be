package api

// Commands about what goes away.
const (
	CmdDelete       CommandKind[DeleteArgs, None]       = "delete"
	CmdDeleteForAll CommandKind[DeleteArgs, None]       = "delete.all" // ask the others' Petmails to delete it too
	CmdTimer        CommandKind[TimerArgs, None]        = "timer"
	CmdClear        CommandKind[ConversationArgs, None] = "clear"  // delete all its messages, keep the person
	CmdForget       CommandKind[ConversationArgs, None] = "forget" // delete a conversation with everything of it
)

// Events about what goes away.
const (
	EventMessageRemoved      EventKind[MessageRef] = "messageRemoved"
	EventConversationCleared EventKind[string]     = "conversationCleared" // its id: all messages shown so far are gone
	EventDeletion            EventKind[Deletion]   = "deletion"            // progress of one that takes long
)

// DeleteArgs deletes a message here, on this agent only.
type DeleteArgs struct {
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
}

// TimerArgs sets how long messages stay from now on, for both people.
type TimerArgs struct {
	Conversation string `json:"conversation"`
	Seconds      int    `json:"seconds"` // after reading: one of the Timer… values; 0: for good
}

// Lifetimes of messages, in seconds.
const (
	TimerHour     = 3600
	TimerEight    = 8 * 3600
	TimerDay      = 24 * 3600
	TimerWeek     = 7 * 24 * 3600
	TimerFourWeek = 28 * 24 * 3600
)

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

// DeletionState tells how a deletion for everyone stands.
type DeletionState string

const (
	DeletionNone  DeletionState = ""
	DeletionAsked DeletionState = "asked" // their Petmail has not confirmed that it deleted its copy
	DeletionDone  DeletionState = "done"  // it has confirmed
)
