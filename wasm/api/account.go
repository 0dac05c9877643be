package api

// Commands about this person's own Petmail.
const (
	CmdStart    CommandKind[StartArgs, Snapshot] = "start"
	CmdRename   CommandKind[RenameArgs, None]    = "rename"
	CmdSettings CommandKind[Settings, None]      = "settings" // all of them
)

// Events about this person's own Petmail.
const (
	EventName     EventKind[string]   = "name" // Snapshot.Name
	EventSettings EventKind[Settings] = "settings"
)

// MaxNameRunes bounds every name.
const MaxNameRunes = 64

// StartArgs creates the agent: the name its contacts will see and the relay
// that keeps its mailbox. Relay is "https://host" without a path.
type StartArgs struct {
	Redacted `json:"-" tstype:"-"`
	Name     string `json:"name"`
	Relay    string `json:"relay"`
}

// RenameArgs changes the name that future contacts see.
type RenameArgs struct {
	Redacted `json:"-" tstype:"-"`
	Name     string `json:"name"`
}

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
