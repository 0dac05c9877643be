package conversation

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Stamp is a hybrid logical clock reading (Kulkarni et al., "Logical Physical
// Clocks", 2014): messages that depend on each other are ordered even where
// the clocks of two machines disagree.
type Stamp struct {
	Milli   int64  `cbor:"1,keyasint"`           // unix milliseconds
	Counter uint16 `cbor:"2,keyasint,omitempty"` // orders events within one millisecond
}

// maxAhead is how far, in milliseconds, a contact's clock may run ahead of
// ours before its stamps stop moving our clock and are taken as received now.
// A day covers a machine that is set to a wrong time zone.
const maxAhead = 24 * 60 * 60 * 1000

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

// witness returns our clock after a message stamped r arrived at now, and the
// stamp to order that message by: r, unless it comes from the future.
func (s Stamp) witness(r Stamp, now int64) (clock, order Stamp) {
	if r.Milli > now+maxAhead || r.Milli < 0 {
		c := s.next(now)
		return c, c
	}
	if s.less(r) {
		return r, r
	}
	return s, r
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
