package api

// Commands of the agent itself.
const (
	CmdHello CommandKind[None, Snapshot] = "hello"
	CmdNudge CommandKind[None, None]     = "nudge" // the network is back or the page visible: connect now
	CmdErase CommandKind[None, None]     = "erase" // delete this Petmail: keys, records, database; works while locked or broken, too
)

// Events of the agent itself.
const (
	EventSnapshot EventKind[Snapshot]   = "snapshot" // replaces everything
	EventRelay    EventKind[RelayState] = "relay"
	EventClock    EventKind[Clock]      = "clock"
	EventTrouble  EventKind[bool]       = "trouble"  // Snapshot.Trouble
	EventDiskFull EventKind[bool]       = "diskFull" // Snapshot.DiskFull
)

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
