package conversation

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"petmail/shared/wire"
)

// Kind tells what the content of an application message is.
type Kind uint8

const (
	KindAck    Kind = 0 // acknowledgements only: no number, not stored
	KindText   Kind = 1 // Body: Text
	KindDelete Kind = 2 // Body: Deletion; not shown
	KindTimer  Kind = 3 // Body: Timer
)

// MaxText bounds the text of one message, in bytes of UTF-8.
const MaxText = 16000

// maxContent bounds a decoded content, in bytes: text, or what a newer Petmail
// sends, within one envelope.
const maxContent = 64 << 10

// maxAcks bounds the acknowledgements in one message: one for each agent.
const maxAcks = 1024

// Content is the plaintext of one MLS application message
// (shared/spec/conversation.md, "Content").
type Content struct {
	wire.Redacted
	ID     wire.ID  `cbor:"1,keyasint"`           // random; zero in KindAck
	Number uint64   `cbor:"2,keyasint,omitempty"` // 1, 2, 3, … of this sender in this conversation; 0 in KindAck
	Time   Stamp    `cbor:"3,keyasint"`
	Kind   Kind     `cbor:"4,keyasint"`
	Body   wire.Raw `cbor:"5,keyasint,omitempty"` // by Kind; kept as it came if Kind is unknown
	Acks   []Ack    `cbor:"6,keyasint,omitempty"`
	Timer  uint64   `cbor:"7,keyasint,omitempty"` // seconds from reading until it disappears; 0: it stays
}

// Ack acknowledges every message of the member at leaf Of up to number UpTo.
type Ack struct {
	Of   uint32 `cbor:"1,keyasint"`
	UpTo uint64 `cbor:"2,keyasint"`
	// Deleted are the numbers of that member's latest requests to delete that
	// have been carried out. A Petmail that does not know such requests
	// acknowledges that they arrived and names none here.
	Deleted []uint64 `cbor:"3,keyasint,omitempty"`
}

// Text is the body of KindText.
type Text struct {
	wire.Redacted
	Text string `cbor:"1,keyasint"`
}

func (c Content) encode() ([]byte, error) { return wire.Marshal(c) }

// decodeContent parses and checks what a contact sent. Unknown kinds pass, so
// that they can be kept and shown as "needs a newer Petmail".
func decodeContent(data []byte) (Content, error) {
	var c Content
	if err := wire.UnmarshalLoose(data, &c, maxContent); err != nil {
		return Content{}, fmt.Errorf("couldn't decode content: %w", err)
	}
	if len(c.Acks) > maxAcks {
		return Content{}, errors.New("couldn't accept content: too many acknowledgements")
	}
	for _, a := range c.Acks {
		if len(a.Deleted) > maxDone {
			return Content{}, errors.New("couldn't accept content: too many deletions")
		}
	}
	if c.Kind == KindAck {
		if c.Number != 0 {
			return Content{}, errors.New("couldn't accept content: numbered acknowledgement")
		}
		return c, nil
	}
	if c.Number == 0 || c.ID.IsZero() {
		return Content{}, errors.New("couldn't accept content: no number or no id")
	}
	var err error
	switch c.Kind {
	case KindText:
		_, err = c.text()
	case KindDelete:
		_, err = c.deletion()
	case KindTimer:
		_, err = c.timer()
	}
	if err != nil {
		return Content{}, err
	}
	return c, nil
}

func (c Content) text() (string, error) {
	var t Text
	if err := wire.UnmarshalLoose(c.Body, &t, maxContent); err != nil {
		return "", fmt.Errorf("couldn't decode text: %w", err)
	}
	if len(t.Text) > MaxText || t.Text == "" || !utf8.ValidString(t.Text) {
		return "", errors.New("couldn't accept text: empty, too long or not UTF-8")
	}
	return t.Text, nil
}
