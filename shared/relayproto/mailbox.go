package relayproto

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"petmail/shared/wire"
)

// MailboxRequest changes one mailbox. All its parts take effect together or
// not at all. A mailbox is named by its Ed25519 public key.
//
// Counter makes a captured request worthless: it must be greater than that of
// every earlier request of the mailbox. A relay that has seen a higher one
// answers CodeConflict with the last counter in Detail. A repeated request
// (same counter, same bytes) is answered as the first time.
type MailboxRequest struct {
	RelayID [IDSize]byte `cbor:"1,keyasint"`
	Counter uint64       `cbor:"2,keyasint"`
	// Register creates the mailbox where there is none; otherwise it must
	// exist (CodeNoMailbox).
	Register bool `cbor:"3,keyasint,omitempty"`
	// AddDoors are SHA-256 of doors; one that another mailbox, or this one,
	// holds already is refused with CodeDoorTaken.
	AddDoors [][]byte `cbor:"4,keyasint,omitempty"`
	// RetireDoors stop delivering DoorRetirement from now, and hold little
	// until then (RetiringShare). One that is named twice stops at once.
	// Unknown ones are ignored.
	RetireDoors [][]byte `cbor:"5,keyasint,omitempty"`
	// Close deletes the mailbox, its doors and its queue.
	Close bool `cbor:"6,keyasint,omitempty"`
}

// SignedMailboxRequest is the body of POST RouteMailbox.
type SignedMailboxRequest struct {
	wire.Redacted
	Key       []byte `cbor:"1,keyasint"` // Ed25519 public key of the mailbox
	Request   []byte `cbor:"2,keyasint"` // encoding of MailboxRequest
	Signature []byte `cbor:"3,keyasint"`
}

// MailboxStatus answers a MailboxRequest with 200.
type MailboxStatus struct {
	Counter uint64 `cbor:"1,keyasint"`
	Doors   uint64 `cbor:"2,keyasint"` // doors that deliver, retiring ones included
	Waiting uint64 `cbor:"3,keyasint"` // queued envelopes
	Expires uint64 `cbor:"4,keyasint"` // end of the lease, unix seconds; 0: none
}

func mailboxMessage(request []byte) []byte {
	return append([]byte("petmail/mailbox-request/1\x00"), request...)
}

// SignMailboxRequest returns the body to post.
func SignMailboxRequest(key ed25519.PrivateKey, r MailboxRequest) ([]byte, error) {
	body, err := wire.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("couldn't encode mailbox request: %w", err)
	}
	return wire.Marshal(SignedMailboxRequest{
		Key:       key.Public().(ed25519.PublicKey),
		Request:   body,
		Signature: ed25519.Sign(key, mailboxMessage(body)),
	})
}

// OpenMailboxRequest parses a posted body, checks its limits and its
// signature, and returns the request with the mailbox's key. The caller
// checks RelayID and Counter.
func OpenMailboxRequest(data []byte) (MailboxRequest, ed25519.PublicKey, error) {
	var s SignedMailboxRequest
	if err := wire.Unmarshal(data, &s, MaxMailboxRequest); err != nil {
		return MailboxRequest{}, nil, fmt.Errorf("couldn't decode signed mailbox request: %w", err)
	}
	if len(s.Key) != ed25519.PublicKeySize || len(s.Signature) != ed25519.SignatureSize {
		return MailboxRequest{}, nil, errors.New("mailbox request with a wrong key or signature size")
	}
	if !ed25519.Verify(s.Key, mailboxMessage(s.Request), s.Signature) {
		return MailboxRequest{}, nil, ErrSignature
	}
	var r MailboxRequest
	if err := wire.Unmarshal(s.Request, &r, MaxMailboxRequest); err != nil {
		return MailboxRequest{}, nil, fmt.Errorf("couldn't decode mailbox request: %w", err)
	}
	if len(r.AddDoors) > MaxDoorsPerRequest || len(r.RetireDoors) > MaxDoorsPerRequest {
		return MailboxRequest{}, nil, errors.New("too many doors in one mailbox request")
	}
	for _, d := range append(append([][]byte{}, r.AddDoors...), r.RetireDoors...) {
		if len(d) != DoorIDSize {
			return MailboxRequest{}, nil, errors.New("door id of a wrong size")
		}
	}
	return r, s.Key, nil
}

// ErrSignature is returned by OpenMailboxRequest when the signature is not
// the mailbox's.
var ErrSignature = errors.New("mailbox request signature does not verify")
