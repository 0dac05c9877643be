package mls

import "errors"

// Errors that callers tell apart with errors.Is. Everything else that a
// message can do wrong is reported as ErrInvalid with the rule it broke.
var (
	// ErrInvalid marks bytes from outside that are malformed or break a rule
	// of RFC 9420. The message can be dropped; it will never become valid.
	ErrInvalid = errors.New("invalid MLS message")
	// ErrWrongGroup is returned for a message of another group.
	ErrWrongGroup = errors.New("message belongs to another group")
	// ErrFutureEpoch is returned for a message of an epoch this state has not
	// reached. It may become readable after the commits in between.
	ErrFutureEpoch = errors.New("message belongs to a later epoch")
	// ErrPastEpoch is returned for a message of an epoch whose keys have been
	// erased, and for handshake messages of any past epoch.
	ErrPastEpoch = errors.New("message belongs to a past epoch")
	// ErrReplay is returned for a message whose key has been used or has
	// fallen out of the window of skipped keys.
	ErrReplay = errors.New("message key is used or erased")
	// ErrOwnMessage is returned for a message this member sent itself: its
	// keys are gone, and the sender holds the candidate state already.
	ErrOwnMessage = errors.New("message was sent by this member")
	// ErrRemoved is returned by a state of a member that was removed.
	ErrRemoved = errors.New("this member was removed from the group")
	// ErrReInit is returned by a state whose group was closed by a ReInit.
	ErrReInit = errors.New("the group was closed for reinitialization")
	// ErrPendingProposals is returned by Encrypt while proposals wait for a
	// commit (RFC 9420 section 12.4).
	ErrPendingProposals = errors.New("pending proposals need a commit first")
	// ErrNoKeyPackage is returned by Join when the Welcome is for none of the
	// key packages given.
	ErrNoKeyPackage = errors.New("welcome is for none of the key packages")
	// ErrMissingPSK is returned when a commit or Welcome needs a pre-shared
	// key that the caller did not supply.
	ErrMissingPSK = errors.New("a pre-shared key is missing")
	// ErrUnknownProposal is returned for a commit that refers to a proposal
	// this state has not seen. It may be processed after that proposal.
	ErrUnknownProposal = errors.New("commit refers to a proposal not seen")
	// ErrUnsupported marks a suite, version or type this package does not do.
	ErrUnsupported = errors.New("unsupported")
	// ErrExhausted is returned when a counter has reached its end.
	ErrExhausted = errors.New("counter exhausted")
)

// ruleError is a broken rule; errors.Is(err, ErrInvalid) holds.
type ruleError struct{ rule string }

func (e *ruleError) Error() string { return "invalid MLS message: " + e.rule }
func (e *ruleError) Unwrap() error { return ErrInvalid }

// invalid makes an error for a broken rule. Rules are constant texts: nothing
// from a message is ever quoted.
func invalid(rule string) error { return &ruleError{rule} }
