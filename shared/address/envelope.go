package address

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"
	"golang.org/x/crypto/chacha20poly1305"

	"petmail/shared/text"
	"petmail/shared/wire"
)

// An envelope is one of three sizes, in bytes:
//
//	version 1 ‖ C1 + aB 32 ‖ C2 + aP 32 ‖ R = e(gB) 32 ‖
//	ChaCha20-Poly1305(seed 32 ‖ length 4 ‖ body ‖ zeros) 16 more
const (
	SmallEnvelope  = 4096
	MediumEnvelope = 16384
	LargeEnvelope  = 65536

	version    = 1
	seedSize   = 32
	headerSize = 1 + 3*PointSize
	overhead   = headerSize + seedSize + text.PadOverhead + chacha20poly1305.Overhead

	// MaxBody is the largest body, in bytes: 65,387.
	MaxBody = LargeEnvelope - overhead
)

// Labels of HKDF-SHA256, one for each use of a secret.
const (
	labelKey = "petmail/envelope/1 key"
	labelA   = "petmail/envelope/1 a"
	labelE   = "petmail/envelope/1 e"
)

var (
	// ErrBodyTooLarge is returned for a body over MaxBody.
	ErrBodyTooLarge = errors.New("body too large for an envelope")
	// ErrEnvelope is wrapped by every refusal of an envelope's shape: size,
	// version or points. A relay answers 400.
	ErrEnvelope = errors.New("malformed envelope")
	// ErrOpen is returned for a well-formed envelope that the key does not
	// open: it is for somebody else, or damaged.
	ErrOpen = errors.New("envelope does not open with this key")
)

// EnvelopeSize returns the size in bytes of the envelope for a body of n bytes.
func EnvelopeSize(n int) (int, error) {
	for _, size := range [...]int{SmallEnvelope, MediumEnvelope, LargeEnvelope} {
		if n <= size-overhead {
			return size, nil
		}
	}
	return 0, ErrBodyTooLarge
}

// Seal puts body into a fresh envelope to a, of the smallest size that holds
// it. Two envelopes to one address share no bytes but the version.
func Seal(rand io.Reader, a Address, body []byte) ([]byte, error) {
	size, err := EnvelopeSize(len(body))
	if err != nil {
		return nil, err
	}
	points, err := a.points()
	if err != nil {
		return nil, fmt.Errorf("couldn't seal: %w", err)
	}
	seed, err := wire.RandomBytes(rand, seedSize)
	if err != nil {
		return nil, fmt.Errorf("couldn't seal: %w", err)
	}
	header, e, err := points.header(seed)
	if err != nil {
		return nil, fmt.Errorf("couldn't seal: %w", err)
	}
	padded, err := text.Pad(body, size-overhead+text.PadOverhead)
	if err != nil {
		return nil, fmt.Errorf("couldn't seal: %w", err)
	}
	aead, err := newAEAD(mul(e, points.gS), header)
	if err != nil {
		return nil, fmt.Errorf("couldn't seal: %w", err)
	}
	plain := append(make([]byte, 0, seedSize+len(padded)), seed...)
	plain = append(plain, padded...)
	envelope := append(make([]byte, 0, size), header...)
	return aead.Seal(envelope, make([]byte, chacha20poly1305.NonceSize), plain, nil), nil
}

// Route returns the door that an envelope is for. It fails, wrapping
// ErrEnvelope, for what no sender would make; whether there is such a door
// only the relay's table tells.
func (k RoutingKey) Route(envelope []byte) (DoorID, error) {
	if err := checkForm(envelope); err != nil {
		return DoorID{}, err
	}
	return k.router.route([headerSize]byte(envelope))
}

// Opened is an envelope that its box key opened. It is not to be acted upon
// before Matches confirmed the conversation that Body claims to belong to.
type Opened struct {
	wire.Redacted
	Body   []byte
	seed   [seedSize]byte
	header [headerSize]byte
}

// Open decrypts an envelope. It fails with ErrEnvelope (wrapped) or ErrOpen.
func (k BoxKey) Open(envelope []byte) (*Opened, error) {
	h, err := parseHeader(envelope)
	if err != nil {
		return nil, err
	}
	header, sealed := envelope[:headerSize], envelope[headerSize:]
	aead, err := newAEAD(mul(k.s, h.r), header)
	if err != nil {
		return nil, fmt.Errorf("couldn't open envelope: %w", err)
	}
	plain, err := aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), sealed, nil)
	if err != nil {
		return nil, ErrOpen
	}
	body, err := text.Unpad(plain[seedSize:])
	if err != nil {
		return nil, fmt.Errorf("couldn't open envelope: %w: %w", ErrOpen, err)
	}
	return &Opened{Body: body, seed: [seedSize]byte(plain), header: [headerSize]byte(header)}, nil
}

// Matches reports whether the envelope was sealed to exactly this address, by
// making its three points again from the seed. Without it two senders could
// swap the halves of their addresses and learn from an answer that they write
// to the same person. It takes the same time for every usable address.
func (o *Opened) Matches(a Address) bool {
	points, err := a.points()
	if err != nil {
		return false
	}
	header, _, err := points.header(o.seed[:])
	return err == nil && subtle.ConstantTimeCompare(header, o.header[:]) == 1
}

// points are the decoded points of an address.
type points struct {
	p, c1, c2, gB, gS *ristretto255.Element
}

func (a Address) points() (points, error) {
	var ps points
	for _, f := range []struct {
		name string
		to   **ristretto255.Element
		from []byte
	}{
		{"routing key", &ps.p, a.Routing[:]},
		{"token", &ps.c1, a.Token[:PointSize]},
		{"token", &ps.c2, a.Token[PointSize:]},
		{"box", &ps.gB, a.Box[:PointSize]},
		{"box", &ps.gS, a.Box[PointSize:]},
	} {
		p, err := decodePoint(f.from)
		if err != nil {
			return points{}, fmt.Errorf("address with an unusable %s: %w", f.name, err)
		}
		*f.to = p
	}
	return ps, nil
}

// header returns the header that seed gives for an address, and the scalar e
// of that seed.
func (ps points) header(seed []byte) (header []byte, e *ristretto255.Scalar, err error) {
	a, err := deriveScalar(seed, labelA)
	if err != nil {
		return nil, nil, err
	}
	if e, err = deriveScalar(seed, labelE); err != nil {
		return nil, nil, err
	}
	header = append(make([]byte, 0, headerSize), version)
	for _, p := range []*ristretto255.Element{
		add(ps.c1, mulBase(a)),
		add(ps.c2, mul(a, ps.p)),
		mul(e, ps.gB),
	} {
		if isIdentity(p) { // an address made for one seed
			return nil, nil, ErrPoint
		}
		header = p.Encode(header)
	}
	return header, e, nil
}

func deriveScalar(seed []byte, label string) (*ristretto255.Scalar, error) {
	wide, err := hkdf.Key(sha256.New, seed, nil, label, 64)
	if err != nil {
		return nil, fmt.Errorf("couldn't derive a scalar: %w", err)
	}
	return ristretto255.NewScalar().FromUniformBytes(wide), nil
}

// parsedHeader are the points of an envelope.
type parsedHeader struct {
	c1, c2, r *ristretto255.Element
}

// checkForm checks size and version.
func checkForm(envelope []byte) error {
	switch len(envelope) {
	case SmallEnvelope, MediumEnvelope, LargeEnvelope:
	default:
		return fmt.Errorf("%w: %d bytes", ErrEnvelope, len(envelope))
	}
	if envelope[0] != version {
		return fmt.Errorf("%w: version %d", ErrEnvelope, envelope[0])
	}
	return nil
}

func parseHeader(envelope []byte) (parsedHeader, error) {
	if err := checkForm(envelope); err != nil {
		return parsedHeader{}, err
	}
	return parsePoints(envelope[:headerSize])
}

func parsePoints(header []byte) (parsedHeader, error) {
	var ps [3]*ristretto255.Element
	for i := range ps {
		p, err := decodePoint(header[1+i*PointSize:][:PointSize])
		if err != nil {
			return parsedHeader{}, fmt.Errorf("%w: %w", ErrEnvelope, err)
		}
		ps[i] = p
	}
	return parsedHeader{c1: ps[0], c2: ps[1], r: ps[2]}, nil
}

// newAEAD keys the cipher for one envelope. The key depends on the whole
// header and is used once, so the nonce is zero.
func newAEAD(shared *ristretto255.Element, header []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, shared.Encode(nil), nil, labelKey+string(header), chacha20poly1305.KeySize)
	if err != nil {
		return nil, fmt.Errorf("couldn't derive an envelope key: %w", err)
	}
	return chacha20poly1305.New(key)
}
