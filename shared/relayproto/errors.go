package relayproto

import (
	"fmt"

	"petmail/shared/wire"
)

// Code names a refusal. Codes are stable; messages are for people who read
// logs.
type Code string

const (
	CodeMalformed    Code = "malformed"    // 400: not decodable, or a field out of range
	CodeUnauthorized Code = "unauthorized" // 401: wrong signature, nonce or relay id
	CodeNotFound     Code = "not_found"    // 404
	CodeConflict     Code = "conflict"     // 409: the counter was used; Detail holds the last one
	CodeDoorTaken    Code = "door_taken"   // 409
	CodeLimit        Code = "limit"        // 422: a count over its limit
	CodeTooLarge     Code = "too_large"    // 413
	CodeRateLimited  Code = "rate_limited" // 429: try later; Detail holds seconds
	CodeUnavailable  Code = "unavailable"  // 503: shutting down or storage failed; try later
	CodeNoMailbox    Code = "no_mailbox"   // 404, or an error frame: register first
)

// Error is the CBOR body of every answer of 400 and above (outside the pages
// and the slots' 412), and of an error frame.
type Error struct {
	Code    Code   `cbor:"1,keyasint"`
	Message string `cbor:"2,keyasint,omitempty"` // one sentence, English
	Detail  uint64 `cbor:"3,keyasint,omitempty"` // see the code
}

func (e *Error) Error() string { return fmt.Sprintf("relay: %s: %s", e.Code, e.Message) }

// DecodeError parses an error body.
func DecodeError(data []byte) (*Error, error) {
	var e Error
	if err := wire.Unmarshal(data, &e, MaxErrorBody); err != nil {
		return nil, fmt.Errorf("couldn't decode error body: %w", err)
	}
	return &e, nil
}
