package conversation

import (
	"fmt"

	"petmail/shared/wire"
)

// BodyKind tells what an envelope carries.
type BodyKind uint8

const (
	BodyMessage BodyKind = 1 // an MLS PrivateMessage: application message
	BodyWelcome BodyKind = 2 // an MLS Welcome
	BodyCommit  BodyKind = 3 // an MLS PrivateMessage: the commit that ended an epoch
)

// Body is what stands inside an envelope.
type Body struct {
	wire.Redacted
	Conversation wire.ID  `cbor:"1,keyasint"` // MLS group id
	Kind         BodyKind `cbor:"2,keyasint"`
	Payload      []byte   `cbor:"3,keyasint"`
}

// EncodeBody returns the plaintext to seal into an envelope.
func EncodeBody(b Body) ([]byte, error) { return wire.Marshal(b) }

// DecodeBody parses the plaintext of an opened envelope.
func DecodeBody(data []byte) (Body, error) {
	var b Body
	if err := wire.Unmarshal(data, &b, 64<<10); err != nil {
		return Body{}, fmt.Errorf("couldn't decode envelope body: %w", err)
	}
	return b, nil
}
