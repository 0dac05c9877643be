package address

import (
	"crypto/sha256"
	"fmt"

	"github.com/gtank/ristretto255"
)

// router computes Route as the specification writes it.
type router struct{ x *ristretto255.Scalar }

func newRouter(x []byte) (*router, error) {
	s, err := decodeScalar(x)
	if err != nil {
		return nil, fmt.Errorf("couldn't use a routing key: %w", err)
	}
	return &router{x: s}, nil
}

// route returns the hash of C2 - x C1.
func (r *router) route(header [headerSize]byte) (DoorID, error) {
	h, err := parsePoints(header[:])
	if err != nil {
		return DoorID{}, err
	}
	t := ristretto255.NewElement().Subtract(h.c2, mul(r.x, h.c1))
	return sha256.Sum256(t.Encode(nil)), nil
}
