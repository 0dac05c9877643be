package relayproto

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"petmail/shared/wire"
)

// FrameType tells the frames of the mailbox socket apart. Values below 64 go
// from agent to relay, the others from relay to agent.
type FrameType uint8

const (
	FrameAuth   FrameType = 1 // Key, Signature, Credit
	FrameAck    FrameType = 2 // UpTo, Seqs
	FrameCredit FrameType = 3 // Credit
	FramePing   FrameType = 4 // Token

	FrameChallenge FrameType = 64 // Nonce
	FrameReady     FrameType = 65 // Waiting
	FrameDeliver   FrameType = 66 // Seq, Envelope
	FramePong      FrameType = 67 // Token
	FrameReplaced  FrameType = 68 // a newer connection of the same mailbox took over; the relay closes after it
	FrameError     FrameType = 69 // Error; the relay closes after it
)

// Frame is one message on the mailbox socket. The comment at each FrameType
// names the fields that it carries; all others are zero.
//
// The order is: the relay sends Challenge; the agent answers Auth within
// AuthTimeout; the relay sends Ready and then Deliver while credit lasts (one
// credit an envelope), oldest first, each envelope again after every
// reconnect until it is acknowledged. Sequence numbers of a mailbox rise,
// start at 1 and are never used twice.
type Frame struct {
	wire.Redacted
	Type      FrameType `cbor:"1,keyasint"`
	Key       []byte    `cbor:"2,keyasint,omitempty"`  // Ed25519 public key, 32
	Signature []byte    `cbor:"3,keyasint,omitempty"`  // over AuthMessage, 64
	Nonce     []byte    `cbor:"4,keyasint,omitempty"`  // 32
	Credit    uint32    `cbor:"5,keyasint,omitempty"`  // envelopes
	UpTo      uint64    `cbor:"6,keyasint,omitempty"`  // every envelope with Seq ≤ UpTo is acknowledged
	Seqs      []uint64  `cbor:"7,keyasint,omitempty"`  // and these
	Token     uint64    `cbor:"8,keyasint,omitempty"`  // a ping's, repeated by its pong
	Waiting   uint64    `cbor:"9,keyasint,omitempty"`  // envelopes queued when the socket got ready
	Seq       uint64    `cbor:"10,keyasint,omitempty"` // of the envelope
	Envelope  []byte    `cbor:"11,keyasint,omitempty"`
	Error     *Error    `cbor:"12,keyasint,omitempty"`
}

// EncodeFrame returns f's only encoding.
func EncodeFrame(f Frame) ([]byte, error) { return wire.Marshal(f) }

// DecodeFrame parses and checks one frame: sizes of fixed fields, and that no
// list or credit exceeds its limit.
func DecodeFrame(data []byte) (Frame, error) {
	var f Frame
	if err := wire.Unmarshal(data, &f, MaxFrame); err != nil {
		return Frame{}, fmt.Errorf("couldn't decode frame: %w", err)
	}
	if err := f.check(); err != nil {
		return Frame{}, fmt.Errorf("couldn't accept frame: %w", err)
	}
	return f, nil
}

func (f Frame) check() error {
	if !f.plain() {
		return errors.New("a field that does not belong to the type")
	}
	switch f.Type {
	case FrameAuth:
		if len(f.Key) != MailboxKeySize || len(f.Signature) != SignatureSize {
			return errors.New("auth with a wrong key or signature size")
		}
	case FrameChallenge:
		if len(f.Nonce) != NonceSize {
			return errors.New("challenge with a wrong nonce size")
		}
	case FrameDeliver:
		if f.Seq == 0 || len(f.Envelope) == 0 {
			return errors.New("delivery without sequence number or envelope")
		}
	case FrameError:
		if f.Error == nil {
			return errors.New("error frame without an error")
		}
	case FrameAck, FrameCredit, FramePing, FrameReady, FramePong, FrameReplaced:
	default:
		return errors.New("unknown frame type")
	}
	if f.Credit > MaxCredit {
		return errors.New("credit over the limit")
	}
	if len(f.Seqs) > MaxAcksPerFrame {
		return errors.New("too many acknowledgements in one frame")
	}
	return nil
}

// plain tells whether f has no fields but those of its type.
func (f Frame) plain() bool {
	rest := f
	switch f.Type {
	case FrameAuth:
		rest.Key, rest.Signature, rest.Credit = nil, nil, 0
	case FrameAck:
		rest.UpTo, rest.Seqs = 0, nil
	case FrameCredit:
		rest.Credit = 0
	case FramePing, FramePong:
		rest.Token = 0
	case FrameChallenge:
		rest.Nonce = nil
	case FrameReady:
		rest.Waiting = 0
	case FrameDeliver:
		rest.Seq, rest.Envelope = 0, nil
	case FrameError:
		rest.Error = nil
	}
	return rest.Key == nil && rest.Signature == nil && rest.Nonce == nil && rest.Credit == 0 &&
		rest.UpTo == 0 && rest.Seqs == nil && rest.Token == 0 && rest.Waiting == 0 &&
		rest.Seq == 0 && rest.Envelope == nil && rest.Error == nil
}

// AuthMessage is what an agent signs to prove that a mailbox is its own: the
// relay's id keeps the signature from being replayed at another relay, the
// nonce from being replayed at this one.
func AuthMessage(relayID [IDSize]byte, nonce []byte) []byte {
	return append(append([]byte("petmail/mailbox-auth/1\x00"), relayID[:]...), nonce...)
}

// VerifyAuth checks an Auth frame against the nonce of its socket.
func VerifyAuth(f Frame, relayID [IDSize]byte, nonce []byte) bool {
	return f.Type == FrameAuth && len(f.Key) == ed25519.PublicKeySize &&
		ed25519.Verify(ed25519.PublicKey(f.Key), AuthMessage(relayID, nonce), f.Signature)
}
