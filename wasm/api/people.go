package api

// Commands about who a contact is.
const (
	CmdPetname     CommandKind[PetnameArgs, None]        = "petname"
	CmdSafety      CommandKind[ConversationArgs, Safety] = "safety"
	CmdVerify      CommandKind[VerifyArgs, None]         = "verify"
	CmdNameUse     CommandKind[NameArgs, None]           = "name.use"     // show the name that they have given themselves since
	CmdNameDecline CommandKind[NameArgs, None]           = "name.decline" // keep the one that is shown
	CmdRelayNoted  CommandKind[ConversationArgs, None]   = "relay.noted"  // it was read that their mailbox is elsewhere
)

type PetnameArgs struct {
	Redacted     `json:"-" tstype:"-"`
	Conversation string `json:"conversation"`
	Name         string `json:"name"` // empty: back to the name they gave
}

// NameArgs answers a contact's new name: Name is the one that was shown. If
// they have taken another since, it is refused with ErrNotFound.
type NameArgs struct {
	Redacted     `json:"-" tstype:"-"`
	Conversation string `json:"conversation"`
	Name         string `json:"name"`
}

// VerifyArgs is what the person found when they compared the safety words:
// they are the same, they differ, or neither: what was said before is taken
// back.
type VerifyArgs struct {
	Conversation string `json:"conversation"`
	Verified     bool   `json:"verified"`
	Differ       bool   `json:"differ,omitempty"`
}

// Safety is what two people compare to verify each other; both see the same.
type Safety struct {
	Redacted `json:"-" tstype:"-"`
	Words    []string `json:"words"` // 12
	Verified bool     `json:"verified"`
}
