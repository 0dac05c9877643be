package addressbook

import (
	"bytes"
	"crypto/sha512"

	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

// Met tells how an addressbook entry came to be.
type Met uint8

const (
	MetByCode Met = 1
	MetByLink Met = 2
)

// Contact is one entry of the addressbook: what the person knows of somebody,
// and what that somebody says. The latter never replaces the former by itself.
type Contact struct {
	wire.Redacted
	Petname string `cbor:"1,keyasint,omitempty"` // what the person calls them; empty: TheirName
	// TheirName is the name under which they were met, or which the person
	// accepted last; empty until they were met.
	TheirName string `cbor:"2,keyasint,omitempty"`
	Met       Met    `cbor:"3,keyasint"`
	Created   int64  `cbor:"4,keyasint"` // unix ms
	// PersonaKey is the Ed25519 key that the contact was met with, or that
	// was verified last.
	PersonaKey []byte `cbor:"5,keyasint,omitempty"`
	Verified   bool   `cbor:"6,keyasint,omitempty"`
	// KeyAlarm: the contact has shown another key than PersonaKey, and nobody
	// has compared words since.
	KeyAlarm bool `cbor:"7,keyasint,omitempty"`
	// Claimed is what they call themselves now, where that is not TheirName.
	Claimed string `cbor:"8,keyasint,omitempty"`
	// Declined is the last claimed name that the person did not want to use.
	Declined string `cbor:"9,keyasint,omitempty"`
	// Differ: the person compared the words, and they were not the same.
	Differ bool `cbor:"10,keyasint,omitempty"`
	// Relay is where their mailbox was when they were met, or where the person
	// last read that it had gone; NewRelay where it is now, if elsewhere.
	Relay    Place `cbor:"11,keyasint,omitempty"`
	NewRelay Place `cbor:"12,keyasint,omitempty"`
	// RelayAlarm: one of the two has shown other keys than before, and nobody
	// has compared words since.
	RelayAlarm bool `cbor:"13,keyasint,omitempty"`
	// ID is the contact's own, whatever conversations there are with them.
	ID wire.ID `cbor:"14,keyasint,omitzero"`
	// Direct is the conversation with them alone; zero: there is none.
	Direct wire.ID `cbor:"15,keyasint,omitzero"`
}

// Place is a relay as a contact's address names it.
type Place struct {
	wire.Redacted
	URL string `cbor:"1,keyasint,omitempty"`
	ID  []byte `cbor:"2,keyasint,omitempty"` // hash of its keys, 32 bytes
}

// Shown is what a contact's credential and card say now.
type Shown struct {
	wire.Redacted
	Name  string
	Key   []byte // Ed25519 persona key
	Relay Place  // of their address
}

// Name returns what to show; empty if there is nothing that shows.
func (c Contact) Name() string {
	name := c.TheirName
	if c.Petname != "" {
		name = c.Petname
	}
	if !text.Visible(name) {
		return ""
	}
	return name
}

// Renamed returns the name that the person has to be told of: one that the
// contact has taken since, and that is neither what is shown already nor what
// was declined last.
func (c Contact) Renamed() (name string, ok bool) {
	return c.Claimed, c.Claimed != "" && c.Claimed != c.Declined && c.Claimed != c.Petname
}

// Saw notes what the contact shows now. The first name is kept; a later one
// stands beside it, the latest alone, and one that shows nothing is none. A
// key other than the known one raises the alarm and ends the verification;
// that the old one comes back does not end the alarm.
func (c *Contact) Saw(now Shown) {
	switch {
	case c.PersonaKey == nil:
		c.PersonaKey = bytes.Clone(now.Key)
	case !bytes.Equal(c.PersonaKey, now.Key):
		c.KeyAlarm, c.Verified = true, false
	}
	switch {
	case c.TheirName == "":
		c.TheirName = now.Name
	case now.Name == c.TheirName || !text.Visible(now.Name):
		c.Claimed = ""
	default:
		c.Claimed = now.Name
	}
	c.SawRelay(now.Relay)
}

// SawRelay notes where the contact's mailbox is. Another relay is only noted,
// another address at the same one not even that; other keys of a relay that is
// known raise the alarm.
func (c *Contact) SawRelay(now Place) {
	if now.URL == "" {
		return
	}
	now.ID = bytes.Clone(now.ID)
	switch now.URL {
	case c.Relay.URL:
		c.RelayAlarm = c.RelayAlarm || !bytes.Equal(now.ID, c.Relay.ID)
		c.NewRelay = Place{}
	case c.NewRelay.URL:
		c.RelayAlarm = c.RelayAlarm || !bytes.Equal(now.ID, c.NewRelay.ID)
	default:
		if c.Relay.URL == "" {
			c.Relay = now
		} else {
			c.NewRelay = now
		}
	}
}

// UseName has name shown from now on, in the place of any other, and reports
// whether it is what the contact calls themselves.
func (c *Contact) UseName(name string) bool {
	if name == "" || name != c.Claimed {
		return false
	}
	c.TheirName, c.Petname, c.Claimed, c.Declined = name, "", "", ""
	return true
}

// DeclineName has the person not be told of name again.
func (c *Contact) DeclineName(name string) bool {
	if name == "" || name != c.Claimed {
		return false
	}
	c.Declined = name
	return true
}

// NoteRelay notes that the person knows where the contact's mailbox is now.
func (c *Contact) NoteRelay() {
	if c.NewRelay.URL != "" {
		c.Relay, c.NewRelay = c.NewRelay, Place{}
	}
}

// Compared is what came of comparing words.
type Compared uint8

const (
	Undone    Compared = 0 // what was said before is taken back
	AreSame   Compared = 1
	AreOthers Compared = 2
)

// Compare notes what the person found when they compared the safety words of
// the key that the contact shows now. Only words that are the same end the
// alarms. They say that key and address are the contact's, not that a name is.
func (c *Contact) Compare(found Compared, now Shown) {
	c.Verified, c.Differ = found == AreSame, found == AreOthers
	if !c.Verified {
		return
	}
	c.PersonaKey, c.KeyAlarm, c.RelayAlarm = bytes.Clone(now.Key), false, false
	switch now.Relay.URL {
	case c.Relay.URL:
		c.Relay.ID = bytes.Clone(now.Relay.ID)
	case c.NewRelay.URL:
		c.NewRelay.ID = bytes.Clone(now.Relay.ID)
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
