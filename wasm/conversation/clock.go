package conversation

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
)

// Stamp is a hybrid logical clock reading (Kulkarni et al., "Logical Physical
// Clocks", 2014): messages that depend on each other are ordered even where
// the clocks of two machines disagree.
type Stamp struct {
	Milli   int64  `cbor:"1,keyasint"`           // unix milliseconds
	Counter uint16 `cbor:"2,keyasint,omitempty"` // orders events within one millisecond
}

// next returns the stamp of an event of our own at now.
func (s Stamp) next(now int64) Stamp {
	if now > s.Milli {
		return Stamp{Milli: now}
	}
	if s.Counter == ^uint16(0) {
		return Stamp{Milli: s.Milli + 1}
	}
	return Stamp{s.Milli, s.Counter + 1}
}

func (s Stamp) less(t Stamp) bool {
	return s.Milli < t.Milli || s.Milli == t.Milli && s.Counter < t.Counter
}

// CursorSize is the length of a cursor in characters.
const CursorSize = 12 + 4 + 2*cursorTag

const cursorTag = 16 // bytes

// cursor returns the key by which a message is ordered and found: fixed width,
// compared as a string. Its tail names the message by its sender and number,
// so that nobody can write a message over another's, or over an earlier one.
func (s Stamp) cursor(persona []byte, number uint64) string {
	h := sha256.New()
	h.Write([]byte("petmail/cursor/1\x00"))
	h.Write(persona)
	h.Write(binary.BigEndian.AppendUint64(nil, number))
	return fmt.Sprintf("%012x%04x%x", s.Milli, s.Counter, h.Sum(nil)[:cursorTag])
}

// stampOf returns the stamp that a cursor begins with.
func stampOf(cursor string) (s Stamp, ok bool) {
	if len(cursor) != CursorSize {
		return s, false
	}
	milli, err := strconv.ParseInt(cursor[:12], 16, 64)
	counter, err2 := strconv.ParseUint(cursor[12:16], 16, 16)
	return Stamp{milli, uint16(counter)}, err == nil && err2 == nil
}
