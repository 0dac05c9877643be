package wire

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Redacted, embedded in a struct that holds secrets, makes the struct print
// and log as "[redacted]". It has no fields and leaves no trace in CBOR.
type Redacted struct{}

// Format implements fmt.Formatter for every verb.
func (Redacted) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (Redacted) LogValue() slog.Value { return slog.StringValue(redacted) }

// Secret is a byte string that prints and logs as "[redacted]" and has no
// text or JSON form. In CBOR it is an ordinary byte string. In a struct its
// field must be exported, or the struct embed Redacted: fmt does not call
// methods of unexported fields.
type Secret []byte

// Format implements fmt.Formatter for every verb.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText fails: a log handler that encodes JSON must not find the bytes.
func (Secret) MarshalText() ([]byte, error) { return nil, errors.New("a secret has no text form") }

// Equal compares in constant time for a given length.
func (s Secret) Equal(other []byte) bool { return subtle.ConstantTimeCompare(s, other) == 1 }

// Wipe overwrites the bytes, as far as Go allows: copies made before, by the
// runtime included, are out of reach.
func (s Secret) Wipe() { clear(s) }
