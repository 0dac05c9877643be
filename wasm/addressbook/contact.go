package addressbook

import (
	"bytes"
	"crypto/sha512"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

// Met tells how an addressbook entry came to be.
type Met uint8

const (
	MetByCode Met = 1
	MetByLink Met = 2
)

// Contact is one entry of the addressbook.
type Contact struct {
	wire.Redacted
	Petname   string `cbor:"1,keyasint,omitempty"` // what the person calls them; empty: TheirName
	TheirName string `cbor:"2,keyasint,omitempty"` // what they call themselves; empty until they were met
	Met       Met    `cbor:"3,keyasint"`
	Created   int64  `cbor:"4,keyasint"` // unix ms
	// PersonaKey is the Ed25519 key that the contact was met with, or that
	// was verified last.
	PersonaKey []byte `cbor:"5,keyasint,omitempty"`
	Verified   bool   `cbor:"6,keyasint,omitempty"`
	KeyAlarm   bool   `cbor:"7,keyasint,omitempty"` // the contact's key is no longer PersonaKey
}

// Name returns what to show.
func (c Contact) Name() string {
	if c.Petname != "" {
		return c.Petname
	}
	return c.TheirName
}

// Saw notes the name and persona key that the contact shows now. A key other
// than the known one raises the alarm and ends the verification.
func (c *Contact) Saw(name string, key []byte) {
	c.TheirName = name
	switch {
	case c.PersonaKey == nil:
		c.PersonaKey = bytes.Clone(key)
	case !bytes.Equal(c.PersonaKey, key):
		c.KeyAlarm, c.Verified = true, false
	default:
		c.KeyAlarm = false
	}
}

// SetVerified notes that the person has, or has not, compared the safety
// words of the contact's present key.
func (c *Contact) SetVerified(verified bool, key []byte) {
	c.Verified = verified
	if verified {
		c.PersonaKey, c.KeyAlarm = bytes.Clone(key), false
	}
}

// SafetyWords returns the twelve words (96 bits) that two people compare:
// the same for both, and others for any other pair of persona keys.
// (Two colliding pairs cost 2^48 key generations, a pair that matches a given
// one 2^96.)
func SafetyWords(a, b []byte) []string {
	if bytes.Compare(a, b) > 0 {
		a, b = b, a
	}
	h := sha512.New()
	h.Write([]byte("petmail/safety/1\x00"))
	h.Write(a)
	h.Write(b)
	return wormhole.SpellBytes(h.Sum(nil)[:12])
}
