package relayclient

import (
	"context"
	"errors"
	"fmt"
	"time"

	"petmail/shared/relayproto"
)

// Error is what every method of Client returns when it fails, and what State
// and EventFailed report. Its text comes from this package alone: nothing that
// a relay, a URL or a key holds gets into it.
type Error struct {
	Op     string // what was tried, e.g. "deposit"
	Reason string // why it failed
	Status int    // of HTTP; 0: no answer, or a socket
	// Code is the relay's refusal; empty if none was understood, because of
	// the network or because something that is no relay answered.
	Code   relayproto.Code
	Detail uint64 // see Code
	// Retryable: the same request may succeed later. Not set when the relay
	// refused for good, or the request cannot be sent at all.
	Retryable bool
	// RetryAfter is how long the relay asks to wait at least; 0 if it does
	// not. Never over maxRetryAfter.
	RetryAfter time.Duration

	cause error // context.Canceled, context.DeadlineExceeded, wire.ErrPrivateHost or nil
}

func (e *Error) Error() string {
	switch {
	case e.Code != "":
		return fmt.Sprintf("couldn't %s: relay answered %s", e.Op, e.Code)
	case e.Status != 0:
		return fmt.Sprintf("couldn't %s: %s (status %d)", e.Op, e.Reason, e.Status)
	default:
		return fmt.Sprintf("couldn't %s: %s", e.Op, e.Reason)
	}
}

// Unwrap returns the error of the context that ended the attempt, if one did,
// or wire.ErrPrivateHost if nothing was tried for that.
func (e *Error) Unwrap() error { return e.cause }

// maxRetryAfter bounds the wait that a relay can impose.
const maxRetryAfter = 15 * time.Minute

// retryable tells the codes of this version apart; a code that is not here is
// treated as none, so that text from outside never becomes part of an error.
func codeRetryable(c relayproto.Code) (retryable, known bool) {
	switch c {
	case relayproto.CodeRateLimited, relayproto.CodeUnavailable:
		return true, true
	case relayproto.CodeMalformed, relayproto.CodeUnauthorized, relayproto.CodeNotFound,
		relayproto.CodeConflict, relayproto.CodeDoorTaken, relayproto.CodeLimit,
		relayproto.CodeTooLarge, relayproto.CodeNoMailbox:
		return false, true
	}
	return false, false
}

// refusal turns a relay's error into ours; nil if its code is unknown.
func refusal(op string, status int, r *relayproto.Error) *Error {
	retryable, known := codeRetryable(r.Code)
	if !known {
		return nil
	}
	e := &Error{Op: op, Reason: "refused", Status: status, Code: r.Code, Detail: r.Detail, Retryable: retryable}
	if r.Code == relayproto.CodeRateLimited {
		e.RetryAfter = time.Duration(min(r.Detail, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	return e
}

// answerError is for an answer other than the expected one.
func answerError(op string, r Response) *Error {
	if r.Status >= 400 {
		if body, err := relayproto.DecodeError(r.Body); err == nil {
			if e := refusal(op, r.Status, body); e != nil {
				return e
			}
		}
	}
	// A proxy, a captive portal or a relay in trouble: it says nothing about
	// the request, so that must not be given up for it.
	return &Error{Op: op, Reason: "answer is not a relay's", Status: r.Status, Retryable: true}
}

// networkError is for an error of Transport or Conn, whose text may hold URLs.
func networkError(op string, status int, err error) *Error {
	e := &Error{Op: op, Reason: "network failed", Status: status, Retryable: true}
	switch {
	case errors.Is(err, context.Canceled):
		e.Reason, e.cause = "cancelled", context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		e.Reason, e.cause = "no answer in time", context.DeadlineExceeded
	case errors.Is(err, ErrRedirected):
		e.Reason = "answer is a redirect"
	case errors.Is(err, ErrResponseTooLarge):
		e.Reason = "answer is too large"
	}
	return e
}

func protocolError(op, reason string) *Error {
	return &Error{Op: op, Reason: reason, Retryable: true}
}

func inputError(op, reason string) *Error {
	return &Error{Op: op, Reason: reason}
}
