package wire

import (
	"encoding/hex"
	"fmt"
	"io"
)

// IDSize is the size in bytes of a random id.
const IDSize = 16

// ID is a random name of 128 bits: of a message, a conversation, a row.
type ID [IDSize]byte

// NewID draws an id.
func NewID(rand io.Reader) (ID, error) {
	var id ID
	if _, err := io.ReadFull(rand, id[:]); err != nil {
		return ID{}, fmt.Errorf("couldn't draw an id: %w", err)
	}
	return id, nil
}

// String returns 32 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether id was never drawn.
func (id ID) IsZero() bool { return id == ID{} }

// ParseID reads what String wrote, and nothing else.
func ParseID(text string) (ID, error) {
	var id ID
	if len(text) != 2*IDSize {
		return ID{}, fmt.Errorf("couldn't parse id: %d characters where %d are needed", len(text), 2*IDSize)
	}
	for _, c := range []byte(text) {
		if 'A' <= c && c <= 'F' {
			return ID{}, fmt.Errorf("couldn't parse id: upper-case digits")
		}
	}
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return ID{}, fmt.Errorf("couldn't parse id: not hexadecimal")
	}
	return id, nil
}

// RandomBytes draws n bytes.
func RandomBytes(rand io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, fmt.Errorf("couldn't draw random bytes: %w", err)
	}
	return b, nil
}
