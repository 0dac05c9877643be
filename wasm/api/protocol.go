package api

import "encoding/json"

// Request is a command of a page. ID is chosen by the page and repeated by
// the Reply.
type Request struct {
	ID      int             `json:"id"`
	Command Command         `json:"command"`
	Args    json.RawMessage `json:"args" tstype:"unknown"`
}

// Reply answers one Request: exactly one of Result and Error is set.
type Reply struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty" tstype:"unknown"`
	Error  *Error `json:"error,omitempty"`
}

// Error is a refusal. Pages choose the words for a person by Code; Message is
// for developers and never holds secrets or names.
type Error struct {
	Code    ErrorCode `json:"code"`
	Message string    `json:"message"`
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// ErrorCode names what went wrong in terms a person can act on.
type ErrorCode string

const (
	ErrBadRequest       ErrorCode = "bad_request"       // the page sent something malformed
	ErrUnknownCommand   ErrorCode = "unknown_command"   // page and agent of different versions
	ErrNotStarted       ErrorCode = "not_started"       // no persona yet: run "start" first
	ErrAlreadyStarted   ErrorCode = "already_started"   //
	ErrRelayUnreachable ErrorCode = "relay_unreachable" // try again later
	ErrRelayRefused     ErrorCode = "relay_refused"     // it answered, but not as a Petmail relay
	ErrBadRelayURL      ErrorCode = "bad_relay_url"     //
	ErrBadCode          ErrorCode = "bad_code"          // not a code or link at all; nothing was burnt
	ErrBadWord          ErrorCode = "bad_word"          // a word of the code is not in the list; Message holds a suggestion or nothing
	ErrPrivateHost      ErrorCode = "private_host"      // the link names a host inside the own machine or network; nothing was burnt
	ErrSeveral          ErrorCode = "several"           // different codes or links in one text; nothing was burnt
	ErrOwnInvite        ErrorCode = "own_invite"        // the code is one of this agent's own, and nobody has come by it
	ErrNotFound         ErrorCode = "not_found"         // no such conversation, message or invite
	ErrTooLong          ErrorCode = "too_long"          // text or name over its limit
	ErrInvisible        ErrorCode = "invisible"         // name or text holds only what shows nothing
	ErrTooMany          ErrorCode = "too_many"          // open invites over the limit
	ErrEmpty            ErrorCode = "empty"             // nothing to send or no name
	ErrAside            ErrorCode = "aside"             // the conversation is set aside and cannot be changed; it can be read and deleted
	ErrStorage          ErrorCode = "storage"           // the browser refused to store; nothing was changed
	ErrInternal         ErrorCode = "internal"          // a defect; the agent restarts if it must
)

// Command names a request.
type Command string

// Each command's Args and Result types; an absent type is an empty object.
const (
	CmdHello         Command = "hello"          // → Snapshot
	CmdStart         Command = "start"          // StartArgs → Snapshot
	CmdRename        Command = "rename"         // RenameArgs
	CmdInviteNew     Command = "invite.new"     // InviteNewArgs → Invite
	CmdInviteAccept  Command = "invite.accept"  // InviteAcceptArgs → Invite
	CmdInviteKnown   Command = "invite.known"   // InviteAcceptArgs → InviteKnown; changes nothing
	CmdInviteNote    Command = "invite.note"    // InviteNoteArgs; of one's own
	CmdInviteDismiss Command = "invite.dismiss" // InviteArgs; cancels an open one
	CmdMessages      Command = "messages"       // MessagesArgs → MessagesPage
	CmdSend          Command = "send"           // SendArgs → Message
	CmdDelete        Command = "delete"         // DeleteArgs
	CmdDeleteForAll  Command = "delete.all"     // DeleteArgs: ask the others' Petmails to delete it too
	CmdTimer         Command = "timer"          // TimerArgs
	CmdDraft         Command = "draft"          // DraftArgs
	CmdClear         Command = "clear"          // ConversationArgs: delete all its messages, keep the person
	CmdRead          Command = "read"           // ReadArgs
	CmdPetname       Command = "petname"        // PetnameArgs
	CmdForget        Command = "forget"         // ConversationArgs: delete a conversation with everything of it
	CmdAsideRetry    Command = "aside.retry"    // ConversationArgs: one that is set aside is tried again now
	CmdSafety        Command = "safety"         // ConversationArgs → Safety
	CmdVerify        Command = "verify"         // VerifyArgs
	CmdNameUse       Command = "name.use"       // NameArgs: show the name that they have given themselves since
	CmdNameDecline   Command = "name.decline"   // NameArgs: keep the one that is shown
	CmdRelayNoted    Command = "relay.noted"    // ConversationArgs: it was read that their mailbox is elsewhere
	CmdSettings      Command = "settings"       // Settings (all of them)
	CmdWords         Command = "words"          // WordsArgs → Words: completion for a spoken code
	CmdNudge         Command = "nudge"          // the network is back or the page visible: connect now
)

// Limits that pages show before the agent refuses.
const (
	MaxNameRunes = 64
	MaxTextBytes = 16000
	MaxPage      = 200   // messages in one MessagesPage
	MaxDraft     = 64000 // bytes of a draft; longer than what can be sent
)

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

type ConversationArgs struct {
	Conversation string `json:"conversation"`
}

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

// DraftArgs keeps what was typed and not sent; an empty text forgets it.
type DraftArgs struct {
	Redacted     `json:"-" tstype:"-"`
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
}

// ReadArgs marks everything received so far as read.
type ReadArgs struct {
	Conversation string `json:"conversation"`
}

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

type WordsArgs struct {
	Redacted `json:"-" tstype:"-"`
	Text     string `json:"text"` // what was typed so far
}

// Words are completions of the whole typed text.
type Words struct {
	Completions []string `json:"completions"`
}

// Safety is what two people compare to verify each other; both see the same.
type Safety struct {
	Redacted `json:"-" tstype:"-"`
	Words    []string `json:"words"` // 12
	Verified bool     `json:"verified"`
}
