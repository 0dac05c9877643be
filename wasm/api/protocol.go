package api

import "encoding/json"

// Request is a command of a page. ID is chosen by the page and repeated by
// the Reply.
type Request struct {
	ID      int             `json:"id"`
	Command Command         `json:"command" tstype:"string"`
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

// None is the arguments of a command that takes none, and the result of one
// that has none: an empty object.
type None struct{}
