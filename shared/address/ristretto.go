//go:build !js

package address

import (
	"crypto/sha256"
	"fmt"

	"github.com/oasisprotocol/curve25519-voi/curve"
	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
)

// router computes Route, which is most of what a deposit costs a relay. It is
// ristretto255 (RFC 9496) over curve25519-voi, which multiplies with vector
// instructions where a server has them; the package ristretto255 is the faster
// and smaller one in wasm (ristretto_js.go) and stays everywhere else.
type router struct{ x *scalar.Scalar }

func newRouter(x []byte) (*router, error) {
	s, err := scalar.NewFromCanonicalBytes(x)
	if err != nil {
		return nil, fmt.Errorf("couldn't use a routing key: %w", err)
	}
	return &router{x: s}, nil
}

// route returns the hash of C2 - x C1. It takes as long for every envelope
// that it does not refuse, whatever x is.
func (r *router) route(header [headerSize]byte) (DoorID, error) {
	var ps [3]curve.RistrettoPoint
	for i := range ps {
		if err := decodeFast(&ps[i], header[1+i*PointSize:][:PointSize]); err != nil {
			return DoorID{}, fmt.Errorf("%w: %w", ErrEnvelope, err)
		}
	}
	var t curve.RistrettoPoint
	t.Mul(&ps[0], r.x)
	t.Sub(&ps[1], &t)
	var encoded curve.CompressedRistretto
	return sha256.Sum256(encoded.SetRistrettoPoint(&t)[:]), nil
}

// decodeFast is decodePoint over the other library. What it reads is public,
// so that it may return early.
func decodeFast(p *curve.RistrettoPoint, b []byte) error {
	var c curve.CompressedRistretto
	if _, err := c.SetBytes(b); err != nil || c == (curve.CompressedRistretto{}) {
		return ErrPoint
	}
	if _, err := p.SetCompressed(&c); err != nil {
		return ErrPoint
	}
	return nil
}
