package api

// Phase is how far the agent is.
type Phase string

const (
	PhaseNew   Phase = "new"   // no persona yet: show the first run
	PhaseReady Phase = "ready" //
)

// Snapshot is everything a page shows at first, messages excepted.
type Snapshot struct {
	Redacted      `json:"-" tstype:"-"`
	Phase         Phase          `json:"phase"`
	Version       string         `json:"version"`
	Name          string         `json:"name"` // what contacts see
	Relay         RelayState     `json:"relay"`
	Conversations []Conversation `json:"conversations"` // newest activity first
	Invites       []Invite       `json:"invites"`       // newest first
	Notes         []Note         `json:"notes"`         // newest first
	Settings      Settings       `json:"settings"`
	Drafts        []Draft        `json:"drafts"`
	Deletions     []Deletion     `json:"deletions"`          // under way for more than a second
	DiskFull      bool           `json:"diskFull,omitempty"` // nothing new is stored, received or sent until there is room
	Trouble       bool           `json:"trouble,omitempty"`  // something that has to be done time and again fails each time
	Clock         *Clock         `json:"clock,omitempty"`    // nil: right, as far as is known
	Restarted     bool           `json:"restarted"`          // the agent has just recovered from a crash; say so once
	Locks         []Lock         `json:"locks,omitempty"`
	Problem       Problem        `json:"problem,omitempty"` // PhaseBroken
}

// RelayState tells whether the mailbox socket is up.
type RelayState struct {
	URL      string     `json:"url"`
	State    Connection `json:"state"`
	RetryAt  int64      `json:"retryAt"`  // unix ms, 0: not waiting
	KeyAlarm bool       `json:"keyAlarm"` // the relay shows other keys than before or than to contacts
}

// Clock tells whether the device's clock is right.
type Clock struct {
	// Off is how far it is ahead of the relay's, in milliseconds; behind:
	// negative. 0: right to the hour, as far as is known.
	Off int64 `json:"off"`
}

type Connection string

const (
	Connected  Connection = "connected"
	Connecting Connection = "connecting"
	Offline    Connection = "offline"
)

// Settings are the choices of the person on this agent.
type Settings struct {
	Notifications bool   `json:"notifications"` // off until switched on
	Language      string `json:"language"`      // "", "en", "de"; "": the browser's
	// QuickReceipts tells contacts within seconds that their messages have
	// arrived. Otherwise that takes 10 minutes on average, 30 at most, unless
	// an answer carries it: so the relay cannot see who reacts to whom.
	QuickReceipts bool `json:"quickReceipts"`
	// AutoLock locks after so many minutes without a sign of the person, where
	// there is a lock: 1, 5, 15 or 60. 0: only when the browser closes.
	AutoLock int `json:"autoLock,omitempty"`
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

// DeletionState tells how a deletion for everyone stands.
type DeletionState string

const (
	DeletionNone  DeletionState = ""
	DeletionAsked DeletionState = "asked" // their Petmail has not confirmed that it deleted its copy
	DeletionDone  DeletionState = "done"  // it has confirmed
)

type MessageState string

const (
	StateSending     MessageState = "sending"     // stored here, not yet at the relay
	StateSent        MessageState = "sent"        // the relay has it
	StateDelivered   MessageState = "delivered"   // their Petmail has it
	StateUndelivered MessageState = "undelivered" // no acknowledgement for 7 days
	StateReceived    MessageState = "received"    // not mine
)

// Invite is an invitation, this agent's own or one it accepted, until the
// person dismisses it.
type Invite struct {
	Redacted    `json:"-" tstype:"-"`
	ID          string      `json:"id"`
	Mine        bool        `json:"mine"` // this agent is the inviter
	State       InviteState `json:"state"`
	Code        string      `json:"code"` // spoken code; empty while and once it cannot be used
	Link        string      `json:"link"` // invite link; empty while and once it cannot be used
	Note        string      `json:"note"`
	Created     int64       `json:"created"`
	CodeExpires int64       `json:"codeExpires"` // unix ms
	LinkExpires int64       `json:"linkExpires"` // unix ms
	// Conversation is set once there is one: at once for the invitee, when
	// done for the inviter.
	Conversation string `json:"conversation"`
	// CodeFailed: somebody tried a wrong code, the spoken code is burnt; the
	// link may still stand.
	CodeFailed bool `json:"codeFailed"`
	// Met, of the invitee: the two agents had agreed on a key. What ended as
	// used after that was lost to somebody faster, or to what the other agent
	// could not use.
	Met bool `json:"met,omitempty"`
	// Unfit, of the inviter: by this half somebody came whose agent sent what
	// cannot be used; the other half stands.
	Unfit Half `json:"unfit,omitempty"`
}

// Half is one of the two ways into an invitation.
type Half string

const (
	HalfCode Half = "code"
	HalfLink Half = "link"
)

type InviteState string

const (
	InvitePreparing   InviteState = "preparing" // no code yet: the relay has not answered
	InviteWaiting     InviteState = "waiting"   // nobody has come yet; invitee: their Petmail sleeps
	InviteJoining     InviteState = "joining"   // someone is here, the handshake runs
	InviteDone        InviteState = "done"
	InviteExpired     InviteState = "expired"
	InviteFailed      InviteState = "failed"      // wrong code: burnt; someone may have tried
	InviteUsed        InviteState = "used"        // invitee: the code or link was used before
	InviteUnknown     InviteState = "unknown"     // invitee: no such code at this relay, or it has expired
	InviteUnsupported InviteState = "unsupported" // the other side speaks another protocol version
)
