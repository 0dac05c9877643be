package api

// Commands about invitations.
const (
	CmdInviteNew     CommandKind[InviteNewArgs, Invite]         = "invite.new"
	CmdInviteAccept  CommandKind[InviteAcceptArgs, Invite]      = "invite.accept"
	CmdInviteKnown   CommandKind[InviteAcceptArgs, InviteKnown] = "invite.known"   // changes nothing
	CmdInviteNote    CommandKind[InviteNoteArgs, None]          = "invite.note"    // of one's own
	CmdInviteDismiss CommandKind[InviteArgs, None]              = "invite.dismiss" // cancels an open one
	CmdWords         CommandKind[WordsArgs, Words]              = "words"          // completion for a spoken code
)

// Events about invitations.
const (
	EventInvite        EventKind[Invite] = "invite"        // new or changed
	EventInviteRemoved EventKind[string] = "inviteRemoved" // its id
)

// InviteNewArgs opens an invitation. Note is a private reminder of whom it
// is for, and becomes the contact's petname if given.
type InviteNewArgs struct {
	Redacted `json:"-" tstype:"-"`
	Note     string `json:"note"`
}

// InviteNoteArgs changes the note of one's own invitation; empty: none. If
// somebody has come meanwhile and still has the name of the old note, it
// changes that name.
type InviteNoteArgs struct {
	Redacted `json:"-" tstype:"-"`
	Invite   string `json:"invite"`
	Note     string `json:"note"`
}

// InviteAcceptArgs takes a spoken code or an invite link, as typed or pasted,
// alone or in a text. One that this agent has used already is answered with
// the invitation that it began then.
type InviteAcceptArgs struct {
	Redacted `json:"-" tstype:"-"`
	Text     string `json:"text"`
}

// InviteKnown is the invitation that invite.accept would answer with without
// beginning one; empty: there is none.
type InviteKnown struct {
	Redacted `json:"-" tstype:"-"`
	Invite   *Invite `json:"invite,omitempty"`
}

type InviteArgs struct {
	Invite string `json:"invite"`
}

type WordsArgs struct {
	Redacted `json:"-" tstype:"-"`
	Text     string `json:"text"` // what was typed so far
}

// Words are completions of the whole typed text.
type Words struct {
	Completions []string `json:"completions"`
}

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
