package address

import (
	"fmt"
	"io"
	"log/slog"

	"petmail/shared/wire"
)

// MaxAddress is the largest encoded address, in bytes; with a usual relay URL
// it takes about 250.
const MaxAddress = 512

// Address is what one correspondent needs to deposit into a mailbox. It is a
// capability: printing or logging it gives "[redacted]".
type Address struct {
	Relay   string              `cbor:"1,keyasint"` // URL in the form of wire.CheckRelayURL
	RelayID [32]byte            `cbor:"2,keyasint"` // SHA-256 of the relay's keys (package relayproto)
	Routing RoutingPublic       `cbor:"3,keyasint"` // P
	Token   [2 * PointSize]byte `cbor:"4,keyasint"` // rB ‖ rP + T
	Box     [2 * PointSize]byte `cbor:"5,keyasint"` // gB ‖ gS
}

// New makes a fresh address that leads to door and opens with box. It needs
// nobody's help, and cannot be told from an address of another agent.
func New(rand io.Reader, relayURL string, relayID [32]byte, routing RoutingPublic, door Door, box BoxKey) (Address, error) {
	if err := wire.CheckRelayURL(relayURL); err != nil {
		return Address{}, fmt.Errorf("couldn't make an address: %w", err)
	}
	p, err := decodePoint(routing[:])
	if err != nil {
		return Address{}, fmt.Errorf("couldn't make an address: routing key: %w", err)
	}
	r, err := randomScalar(rand)
	if err != nil {
		return Address{}, fmt.Errorf("couldn't make an address: %w", err)
	}
	g, err := randomScalar(rand)
	if err != nil {
		return Address{}, fmt.Errorf("couldn't make an address: %w", err)
	}
	a := Address{Relay: relayURL, RelayID: relayID, Routing: routing}
	gB := mulBase(g)
	mulBase(r).Encode(a.Token[:0])
	add(mul(r, p), door.t).Encode(a.Token[:PointSize])
	gB.Encode(a.Box[:0])
	mul(box.s, gB).Encode(a.Box[:PointSize])
	return a, nil
}

// Bytes returns the encoding of a.
func (a Address) Bytes() ([]byte, error) { return wire.Marshal(a) }

// ParseAddress reads what Bytes returned and checks the URL and all five
// points.
func ParseAddress(data []byte) (Address, error) {
	var a Address
	if err := wire.Unmarshal(data, &a, MaxAddress); err != nil {
		return Address{}, fmt.Errorf("couldn't parse address: %w", err)
	}
	if err := a.Check(); err != nil {
		return Address{}, fmt.Errorf("couldn't parse address: %w", err)
	}
	return a, nil
}

// Check tells whether an address that was decoded as part of something else
// is usable: ParseAddress does this.
func (a Address) Check() error {
	if err := wire.CheckRelayURL(a.Relay); err != nil {
		return err
	}
	_, err := a.points()
	return err
}

// Format implements fmt.Formatter for every verb.
func (Address) Format(f fmt.State, verb rune) { wire.Redacted{}.Format(f, verb) }

// LogValue implements slog.LogValuer.
func (Address) LogValue() slog.Value { return wire.Redacted{}.LogValue() }
