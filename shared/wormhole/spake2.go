package wormhole

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"filippo.io/edwards25519"

	"petmail/shared/wire"
)

// PAKEMessageSize is the size in bytes of a PAKE message: the side "S" and an
// encoded point of Ed25519.
const PAKEMessageSize = 1 + 32

const (
	symmetricSide = 'S'
	maxPassword   = 1024 // bytes
	maxAppID      = 128  // bytes
	maxPAKEState  = 2048 // bytes of Marshal
)

var (
	// ErrPAKEMessage is returned by Finish for a message that no honest peer
	// sends: wrong size, another side, or a point that is not canonical or
	// outside the group of prime order.
	ErrPAKEMessage = errors.New("malformed PAKE message")
	// ErrReflected is returned by Finish for our own message.
	ErrReflected = errors.New("own PAKE message came back")
	// ErrFinished is returned by a second Finish: one code allows one guess.
	ErrFinished = errors.New("PAKE is already finished")
)

// PAKE is one side of SPAKE2 over Ed25519 in the symmetric form of
// python-spake2's SPAKE2_Symmetric, between Start and Finish. It is not safe
// for concurrent use.
type PAKE struct {
	wire.Redacted
	password []byte
	appID    string
	x        *edwards25519.Scalar
	message  [32]byte // without the side
	finished bool
}

// Start begins with a shared password, of 1 to 1,024 bytes (text in UTF-8,
// NFC), and returns the message for the peer.
func Start(rand io.Reader, password []byte, appID string) (*PAKE, []byte, error) {
	wide, err := wire.RandomBytes(rand, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't start PAKE: %w", err)
	}
	slices.Reverse(wide) // python-spake2 reads its randomness big-endian
	x, err := edwards25519.NewScalar().SetUniformBytes(wide)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't start PAKE: %w", err)
	}
	p, err := newPAKE(bytes.Clone(password), appID, x)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't start PAKE: %w", err)
	}
	return p, p.Message(), nil
}

func newPAKE(password []byte, appID string, x *edwards25519.Scalar) (*PAKE, error) {
	if len(password) == 0 || len(password) > maxPassword || len(appID) > maxAppID {
		return nil, errors.New("password or app id of an unusable size")
	}
	if x.Equal(edwards25519.NewScalar()) == 1 {
		return nil, errors.New("secret scalar is zero")
	}
	pw, err := passwordScalar(password)
	if err != nil {
		return nil, err
	}
	s, err := blinding()
	if err != nil {
		return nil, err
	}
	// X* = xB + pw·S
	x1 := new(edwards25519.Point).ScalarBaseMult(x)
	x1.Add(x1, new(edwards25519.Point).ScalarMult(pw, s))
	p := &PAKE{password: password, appID: appID, x: x}
	copy(p.message[:], x1.Bytes())
	return p, nil
}

// Message returns the message for the peer, as Start did.
func (p *PAKE) Message() []byte { return append([]byte{symmetricSide}, p.message[:]...) }

// Finish takes the peer's message and returns the key that both sides share
// if both had the same password and app id. A different password is not
// noticed here but when the first phase does not decrypt. Finish may be
// called once, whatever it returns; a caller that stored the PAKE deletes it.
func (p *PAKE) Finish(peer []byte) (Key, error) {
	if p.finished {
		return Key{}, ErrFinished
	}
	p.finished = true
	if len(peer) != PAKEMessageSize || peer[0] != symmetricSide {
		return Key{}, ErrPAKEMessage
	}
	peer = peer[1:]
	if bytes.Equal(peer, p.message[:]) {
		return Key{}, ErrReflected
	}
	y, err := decodePrimeOrder(peer)
	if err != nil {
		return Key{}, err
	}
	pw, err := passwordScalar(p.password)
	if err != nil {
		return Key{}, fmt.Errorf("couldn't finish PAKE: %w", err)
	}
	s, err := blinding()
	if err != nil {
		return Key{}, fmt.Errorf("couldn't finish PAKE: %w", err)
	}
	// K = x(Y* - pw·S)
	k := new(edwards25519.Point).ScalarMult(pw, s)
	k.Subtract(y, k)
	if isIdentity(k) {
		return Key{}, ErrPAKEMessage
	}
	k.ScalarMult(p.x, k)
	return p.transcript(peer, k.Bytes()), nil
}

// transcript hashes everything that was agreed on. Neither side is first, so
// the messages are sorted.
func (p *PAKE) transcript(peer, k []byte) Key {
	first, second := p.message[:], peer
	if bytes.Compare(first, second) > 0 {
		first, second = second, first
	}
	password, id := sha256.Sum256(p.password), sha256.Sum256([]byte(p.appID))
	h := sha256.New()
	for _, part := range [][]byte{password[:], id[:], first, second, k} {
		h.Write(part)
	}
	return Key(h.Sum(nil))
}

// pakeState is the stored form of a PAKE.
type pakeState struct {
	Version  uint8    `cbor:"1,keyasint"` // 1
	Password []byte   `cbor:"2,keyasint"`
	AppID    string   `cbor:"3,keyasint"`
	X        [32]byte `cbor:"4,keyasint"` // canonical scalar, little-endian
}

// Marshal returns the state between Start and Finish. It holds the password
// and the secret scalar; keep it encrypted, and delete it before the key from
// Finish is used, so that a crash cannot grant a second guess.
func (p *PAKE) Marshal() (wire.Secret, error) {
	if p.finished {
		return nil, ErrFinished
	}
	data, err := wire.Marshal(pakeState{Version: 1, Password: p.password, AppID: p.appID, X: [32]byte(p.x.Bytes())})
	if err != nil {
		return nil, fmt.Errorf("couldn't store PAKE: %w", err)
	}
	return data, nil
}

// UnmarshalPAKE restores what Marshal returned.
func UnmarshalPAKE(data []byte) (*PAKE, error) {
	var s pakeState
	if err := wire.Unmarshal(data, &s, maxPAKEState); err != nil {
		return nil, fmt.Errorf("couldn't restore PAKE: %w", err)
	}
	if s.Version != 1 {
		return nil, fmt.Errorf("couldn't restore PAKE: version %d", s.Version)
	}
	x, err := edwards25519.NewScalar().SetCanonicalBytes(s.X[:])
	if err != nil {
		return nil, errors.New("couldn't restore PAKE: scalar is not canonical")
	}
	p, err := newPAKE(s.Password, s.AppID, x)
	if err != nil {
		return nil, fmt.Errorf("couldn't restore PAKE: %w", err)
	}
	return p, nil
}

// passwordScalar is python-spake2's password_to_scalar: 48 bytes of HKDF,
// read big-endian, modulo the group order.
func passwordScalar(password []byte) (*edwards25519.Scalar, error) {
	oversized, err := hkdf.Key(sha256.New, password, nil, "SPAKE2 pw", 32+16)
	if err != nil {
		return nil, fmt.Errorf("couldn't derive password scalar: %w", err)
	}
	slices.Reverse(oversized)
	return edwards25519.NewScalar().SetUniformBytes(append(oversized, make([]byte, 64-48)...))
}

// blinding returns S, python-spake2's arbitrary element for the seed
// "symmetric". Nobody knows its discrete logarithm; a test derives it again.
func blinding() (*edwards25519.Point, error) {
	return new(edwards25519.Point).SetBytes([]byte{
		0x6f, 0x00, 0xda, 0xe8, 0x7c, 0x1b, 0xe1, 0xa7,
		0x3b, 0x59, 0x22, 0xef, 0x43, 0x1c, 0xd8, 0xf5,
		0x78, 0x79, 0x56, 0x9c, 0x22, 0x2d, 0x22, 0xb1,
		0xcd, 0x71, 0xe8, 0x54, 0x6a, 0xb8, 0xe6, 0xf1,
	})
}

// decodePrimeOrder accepts canonical encodings of points of prime order: the
// identity, small order and mixed order are refused.
func decodePrimeOrder(b []byte) (*edwards25519.Point, error) {
	p, err := new(edwards25519.Point).SetBytes(b)
	if err != nil || !bytes.Equal(p.Bytes(), b) || isIdentity(p) {
		return nil, ErrPAKEMessage
	}
	// The order of p divides l exactly if (l-1)p + p is the identity.
	one, err := edwards25519.NewScalar().SetCanonicalBytes(append([]byte{1}, make([]byte, 31)...))
	if err != nil {
		return nil, fmt.Errorf("couldn't check PAKE message: %w", err)
	}
	minusOne := edwards25519.NewScalar().Negate(one)
	if q := new(edwards25519.Point).ScalarMult(minusOne, p); !isIdentity(q.Add(q, p)) {
		return nil, ErrPAKEMessage
	}
	return p, nil
}

func isIdentity(p *edwards25519.Point) bool {
	return p.Equal(edwards25519.NewIdentityPoint()) == 1
}
