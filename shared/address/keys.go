package address

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"petmail/shared/wire"
)

// RoutingKey is a relay's secret x. It tells which door an envelope is for,
// and nothing about who sent it or what it says.
type RoutingKey struct {
	wire.Redacted
	x      *ristretto255.Scalar
	router *router // the same x
}

// RoutingPublic is the encoding of P = xB, which stands in the relay's
// descriptor and in every address.
type RoutingPublic [PointSize]byte

// NewRoutingKey draws a routing key.
func NewRoutingKey(rand io.Reader) (RoutingKey, error) {
	x, err := randomScalar(rand)
	if err != nil {
		return RoutingKey{}, fmt.Errorf("couldn't make a routing key: %w", err)
	}
	return routingKey(x)
}

func routingKey(x *ristretto255.Scalar) (RoutingKey, error) {
	r, err := newRouter(x.Encode(nil))
	if err != nil {
		return RoutingKey{}, err
	}
	return RoutingKey{x: x, router: r}, nil
}

// ParseRoutingKey reads what Bytes returned.
func ParseRoutingKey(b []byte) (RoutingKey, error) {
	x, err := decodeScalar(b)
	if err != nil {
		return RoutingKey{}, fmt.Errorf("couldn't parse routing key: %w", err)
	}
	return routingKey(x)
}

// Bytes returns the secret, 32 bytes.
func (k RoutingKey) Bytes() wire.Secret { return k.x.Encode(nil) }

// Public returns P.
func (k RoutingKey) Public() RoutingPublic { return RoutingPublic(mulBase(k.x).Encode(nil)) }

// ParseRoutingPublic checks that b is a canonical point other than the
// identity, 32 bytes.
func ParseRoutingPublic(b []byte) (RoutingPublic, error) {
	if _, err := decodePoint(b); err != nil {
		return RoutingPublic{}, fmt.Errorf("couldn't parse routing public key: %w", err)
	}
	return RoutingPublic(b), nil
}

// DoorID is SHA-256 of a door: the name under which a relay knows it.
type DoorID [sha256.Size]byte

// Door is a secret point T of one mailbox. Whoever knows it can tell which
// addresses lead to it only with the relay's help, but could register it
// elsewhere, so it stays with the agent.
type Door struct {
	wire.Redacted
	t *ristretto255.Element
}

// NewDoor draws a door.
func NewDoor(rand io.Reader) (Door, error) {
	b, err := wire.RandomBytes(rand, 64)
	if err != nil {
		return Door{}, fmt.Errorf("couldn't make a door: %w", err)
	}
	t := ristretto255.NewElement().FromUniformBytes(b)
	if isIdentity(t) {
		return Door{}, errors.New("couldn't make a door: randomness is all zero")
	}
	return Door{t: t}, nil
}

// ParseDoor reads what Bytes returned.
func ParseDoor(b []byte) (Door, error) {
	t, err := decodePoint(b)
	if err != nil {
		return Door{}, fmt.Errorf("couldn't parse door: %w", err)
	}
	return Door{t: t}, nil
}

// Bytes returns the secret, 32 bytes.
func (d Door) Bytes() wire.Secret { return d.t.Encode(nil) }

// ID returns what to register at the relay.
func (d Door) ID() DoorID { return sha256.Sum256(d.t.Encode(nil)) }

// BoxKey is an agent's secret s, which opens envelopes. All addresses of the
// agent may share it: S = sB never leaves the agent.
type BoxKey struct {
	wire.Redacted
	s *ristretto255.Scalar
}

// NewBoxKey draws a box key.
func NewBoxKey(rand io.Reader) (BoxKey, error) {
	s, err := randomScalar(rand)
	if err != nil {
		return BoxKey{}, fmt.Errorf("couldn't make a box key: %w", err)
	}
	return BoxKey{s: s}, nil
}

// ParseBoxKey reads what Bytes returned.
func ParseBoxKey(b []byte) (BoxKey, error) {
	s, err := decodeScalar(b)
	if err != nil {
		return BoxKey{}, fmt.Errorf("couldn't parse box key: %w", err)
	}
	return BoxKey{s: s}, nil
}

// Bytes returns the secret, 32 bytes.
func (k BoxKey) Bytes() wire.Secret { return k.s.Encode(nil) }
