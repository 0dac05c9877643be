package api

// Commands about conversations as a whole.
const (
	CmdAsideRetry CommandKind[ConversationArgs, None] = "aside.retry" // one that is set aside is tried again now
)

// Events about conversations as a whole.
const (
	EventConversation        EventKind[Conversation] = "conversation"        // new or changed
	EventConversationRemoved EventKind[string]       = "conversationRemoved" // its id
)

type ConversationArgs struct {
	Conversation string `json:"conversation"`
}

// Conversation is one entry of the list. Name is the petname if there is one,
// else TheirName; it is empty if that shows nothing, and before they joined.
// What a contact says of themselves later replaces neither.
type Conversation struct {
	Redacted       `json:"-" tstype:"-"`
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	TheirName      string            `json:"theirName"` // under which they were met, or which was accepted last
	State          ConversationState `json:"state"`
	Met            Met               `json:"met"`
	Verified       bool              `json:"verified"`
	KeyAlarm       bool              `json:"keyAlarm"` // the contact's persona key changed, and words were not compared since
	Unread         int               `json:"unread"`
	Activity       int64             `json:"activity"` // unix ms of the newest message or of the beginning
	Preview        string            `json:"preview"`  // text of the newest message, shortened
	PreviewMine    bool              `json:"previewMine"`
	PreviewUnknown bool              `json:"previewUnknown"` // the newest message needs a newer Petmail, and has no text here
	Relay          string            `json:"relay"`          // the contact's relay
	// RelayRefused: it is a host inside the own machine or network, which the
	// person has not named; nothing is sent there.
	RelayRefused bool   `json:"relayRefused"`
	Created      int64  `json:"created"`
	Timer        int    `json:"timer"` // seconds from reading until new messages disappear; 0: they stay
	Aside        *Aside `json:"aside,omitempty"`

	// What there is to tell of who this is.
	NewName     string `json:"newName,omitempty"`     // what they call themselves now; empty: TheirName
	Renamed     bool   `json:"renamed,omitempty"`     // the person has neither used nor declined NewName
	NewNameLike string `json:"newNameLike,omitempty"` // name of another contact that NewName is, or looks like
	LooksLike   string `json:"looksLike,omitempty"`   // name of another contact that Name is, or looks like
	Differ      bool   `json:"differ,omitempty"`      // the person compared the words, and they differed
	RelayWas    string `json:"relayWas,omitempty"`    // where Relay was before, until the person has noted that; empty: the same
	RelayAlarm  bool   `json:"relayAlarm,omitempty"`  // Relay shows other keys than before, and words were not compared since
}

// Aside: something in the conversation could not be handled. Nothing of it is
// worked on until Next, or CmdAsideRetry; it can be read and deleted, and what
// is written waits. Work and Code are words of the program, not content.
type Aside struct {
	Next int64  `json:"next"` // unix ms
	Work string `json:"work"`
	Code string `json:"code"`
}

type ConversationState string

const (
	ConversationWaiting ConversationState = "waiting" // accepted an invitation; the inviter's Petmail has not woken yet. Messages may be written and wait.
	ConversationOpen    ConversationState = "open"
	ConversationFailed  ConversationState = "failed" // the invitation failed (wrong code, expired); only its remains can be deleted
)

type Met string

const (
	MetByCode Met = "code"
	MetByLink Met = "link"
)
