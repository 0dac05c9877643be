package relayproto

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"petmail/shared/wire"
)

// DescriptorKeys are the long-lived keys of a relay. SHA-256 of their
// encoding is the relay's id: it travels in every address, so that contacts
// can notice a relay that shows different keys to different people.
type DescriptorKeys struct {
	Identity []byte `cbor:"1,keyasint"` // Ed25519 public key, 32
	Routing  []byte `cbor:"2,keyasint"` // ristretto255 point P, 32 (package address)
}

// Descriptor is what a relay says of itself.
type Descriptor struct {
	Keys              []byte `cbor:"1,keyasint"` // encoding of DescriptorKeys
	Version           string `cbor:"2,keyasint"` // of the relay program
	LeasePolicy       string `cbor:"3,keyasint"` // "open": a mailbox costs nothing
	EnvelopeRetention uint64 `cbor:"4,keyasint"` // seconds
	SlotRetention     uint64 `cbor:"5,keyasint"` // seconds
	MaxMailboxBytes   uint64 `cbor:"6,keyasint"` // queued envelopes of one mailbox
	MaxDoors          uint64 `cbor:"7,keyasint"`
}

// SignedDescriptor is the body of RouteDescriptor.
type SignedDescriptor struct {
	Descriptor []byte `cbor:"1,keyasint"` // encoding of Descriptor
	Signature  []byte `cbor:"2,keyasint"` // Ed25519 by Keys.Identity over DescriptorMessage
}

// Relay is a verified descriptor.
type Relay struct {
	ID [IDSize]byte
	DescriptorKeys
	Descriptor
}

func descriptorMessage(descriptor []byte) []byte {
	return append([]byte("petmail/relay-descriptor/1\x00"), descriptor...)
}

// RelayID returns the id that belongs to encoded DescriptorKeys.
func RelayID(keys []byte) [IDSize]byte {
	return sha256.Sum256(append([]byte("petmail/relay-id/1\x00"), keys...))
}

// SignDescriptor fills d.Keys from keys and returns the body to serve.
func SignDescriptor(identity ed25519.PrivateKey, keys DescriptorKeys, d Descriptor) ([]byte, error) {
	var err error
	if d.Keys, err = wire.Marshal(keys); err != nil {
		return nil, fmt.Errorf("couldn't encode relay keys: %w", err)
	}
	body, err := wire.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("couldn't encode descriptor: %w", err)
	}
	return wire.Marshal(SignedDescriptor{Descriptor: body, Signature: ed25519.Sign(identity, descriptorMessage(body))})
}

// OpenDescriptor parses and verifies a descriptor body.
func OpenDescriptor(data []byte) (*Relay, error) {
	var s SignedDescriptor
	if err := wire.Unmarshal(data, &s, MaxDescriptor); err != nil {
		return nil, fmt.Errorf("couldn't decode signed descriptor: %w", err)
	}
	var r Relay
	// A newer relay may say more of itself; the id covers all of its keys.
	if err := wire.UnmarshalLoose(s.Descriptor, &r.Descriptor, MaxDescriptor); err != nil {
		return nil, fmt.Errorf("couldn't decode descriptor: %w", err)
	}
	if err := wire.UnmarshalLoose(r.Descriptor.Keys, &r.DescriptorKeys, MaxDescriptor); err != nil {
		return nil, fmt.Errorf("couldn't decode relay keys: %w", err)
	}
	if len(r.Identity) != ed25519.PublicKeySize || len(r.Routing) != 32 {
		return nil, errors.New("relay keys of a wrong size")
	}
	if !ed25519.Verify(ed25519.PublicKey(r.Identity), descriptorMessage(s.Descriptor), s.Signature) {
		return nil, errors.New("descriptor signature does not verify")
	}
	r.ID = RelayID(r.Descriptor.Keys)
	return &r, nil
}
