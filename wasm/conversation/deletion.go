package conversation

import (
	"errors"
	"fmt"
	"io"

	"petmail/shared/wire"
)

// Deletion is the body of KindDelete: its author asks the others' agents to
// delete messages of the author's own.
type Deletion struct {
	Targets []Target `cbor:"1,keyasint"`
}

// Target is one message to be deleted. Number and Time lead to it by way of
// the sender's persona, so nobody can name another's message. With a zero ID
// nothing is deleted: the number only says that no message comes under it.
type Target struct {
	ID     wire.ID `cbor:"1,keyasint"`
	Number uint64  `cbor:"2,keyasint"`
	Time   Stamp   `cbor:"3,keyasint"`
}

const (
	// MaxTargets bounds the messages of one request.
	MaxTargets = 256
	// maxDone bounds the requests remembered as carried out, the latest of
	// each member: each is told again with every acknowledgement, since one
	// that was lost is not missed by anybody.
	maxDone = 64
)

// Gone is what a tombstone knows.
type Gone struct {
	// By are the leaves of the members whose agents have confirmed that they
	// deleted a message of our own.
	By []uint32 `cbor:"1,keyasint,omitempty"`
	// Request is the number of our request to delete; 0: not our message.
	Request uint64 `cbor:"2,keyasint,omitempty"`
}

// Removal is a message that its author has deleted: the one with ID that
// stands at Cursor, or has that as its Claimed.
type Removal struct {
	ID     wire.ID
	Cursor string
}

// Carried tells that the member at leaf By has carried out a request of ours.
type Carried struct {
	Request uint64 // its number
	By      uint32
}

func (c Content) deletion() (Deletion, error) {
	var d Deletion
	if err := wire.UnmarshalLoose(c.Body, &d, maxContent); err != nil {
		return Deletion{}, fmt.Errorf("couldn't decode deletion: %w", err)
	}
	if len(d.Targets) == 0 || len(d.Targets) > MaxTargets {
		return Deletion{}, errors.New("couldn't accept deletion: none or too many messages")
	}
	for _, target := range d.Targets {
		if target.Number == 0 || target.Number == c.Number {
			return Deletion{}, errors.New("couldn't accept deletion: no message has that number")
		}
	}
	return d, nil
}

// Target names a message of our own for WriteDeletion.
func (m Message) Target() Target { return Target{ID: m.ID, Number: m.Number, Time: m.Stamp} }

// WriteDeletion makes the request to delete messages of our own for everyone.
// It goes out with Seal, is acknowledged like any message, and is confirmed by
// Result.Carried.
func (c *Conversation) WriteDeletion(rand io.Reader, now int64, targets []Target) (Message, error) {
	body, err := wire.Marshal(Deletion{targets})
	if err != nil {
		return Message{}, err
	}
	if _, err := (Content{Body: body}).deletion(); err != nil {
		return Message{}, err
	}
	return c.compose(rand, now, KindDelete, body)
}

// carryOut notes a member's request. What has not arrived yet counts as
// arrived: when it comes, it is dropped as a repetition.
func (m *Member) carryOut(content Content) []Removal {
	d, err := content.deletion()
	if err != nil {
		return nil // decodeContent has looked
	}
	var out []Removal
	for _, target := range d.Targets {
		if arrived, fresh := m.Received.add(target.Number); fresh {
			m.Received = arrived
		}
		if !target.ID.IsZero() {
			out = append(out, Removal{target.ID, target.Time.cursor(m.Persona, target.Number)})
		}
	}
	m.Done = append(m.Done, content.Number)
	if len(m.Done) > maxDone {
		m.Done = append([]uint64(nil), m.Done[len(m.Done)-maxDone:]...)
	}
	return out
}
