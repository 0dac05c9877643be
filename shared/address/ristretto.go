package address

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
)

// router computes Route, which is most of what a deposit costs a relay. It is
// ristretto255 (RFC 9496) over filippo.io/edwards25519, which is the faster one
// on servers; the package ristretto255 is the faster one in wasm and stays
// everywhere else.
type router struct {
	x *edwards25519.Scalar
	curve
}

func newRouter(x []byte) (*router, error) {
	s, err := edwards25519.NewScalar().SetCanonicalBytes(x)
	if err != nil {
		return nil, fmt.Errorf("couldn't use a routing key: %w", err)
	}
	return &router{x: s, curve: newCurve()}, nil
}

// route returns the hash of C2 - x C1. It takes as long for every envelope
// that it does not refuse, whatever x is.
func (r *router) route(header [headerSize]byte) (DoorID, error) {
	var ps [3]*edwards25519.Point
	for i := range ps {
		p, err := r.decode(header[1+i*PointSize:][:PointSize])
		if err != nil {
			return DoorID{}, fmt.Errorf("%w: %w", ErrEnvelope, err)
		}
		ps[i] = p
	}
	t := new(edwards25519.Point).ScalarMult(r.x, ps[0])
	return sha256.Sum256(r.encode(t.Subtract(ps[1], t))), nil
}

// curve holds the constants of RFC 9496 §4.1.
type curve struct {
	one, zero      *field.Element
	d              *field.Element
	sqrtM1         *field.Element
	invSqrtAMinusD *field.Element
}

func newCurve() curve {
	le := func(b [32]byte) *field.Element {
		e, _ := new(field.Element).SetBytes(b[:]) // fails for other lengths only
		return e
	}
	return curve{
		one: new(field.Element).One(), zero: new(field.Element),
		d: le([32]byte{
			0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41, 0x41, 0x4d, 0x0a, 0x70, 0x00,
			0x98, 0xe8, 0x79, 0x77, 0x79, 0x40, 0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52,
		}),
		sqrtM1: le([32]byte{
			0xb0, 0xa0, 0x0e, 0x4a, 0x27, 0x1b, 0xee, 0xc4, 0x78, 0xe4, 0x2f, 0xad, 0x06, 0x18, 0x43, 0x2f,
			0xa7, 0xd7, 0xfb, 0x3d, 0x99, 0x00, 0x4d, 0x2b, 0x0b, 0xdf, 0xc1, 0x4f, 0x80, 0x24, 0x83, 0x2b,
		}),
		invSqrtAMinusD: le([32]byte{
			0xea, 0x40, 0x5d, 0x80, 0xaa, 0xfd, 0xc8, 0x99, 0xbe, 0x72, 0x41, 0x5a, 0x17, 0x16, 0x2f, 0x9d,
			0x40, 0xd8, 0x01, 0xfe, 0x91, 0x7b, 0xc2, 0x16, 0xa2, 0xfc, 0xaf, 0xcf, 0x05, 0x89, 0x6c, 0x78,
		}),
	}
}

// decode is RFC 9496 §4.3.1, and refuses the identity. What it reads is
// public, so that it may return early.
func (c curve) decode(b []byte) (*edwards25519.Point, error) {
	var s, ss, u1, u2, u2Sqr, v, invSqrt, denX, denY, x, y, t field.Element
	if _, err := s.SetBytes(b); err != nil || !bytes.Equal(s.Bytes(), b) || s.IsNegative() == 1 || s.Equal(c.zero) == 1 {
		return nil, ErrPoint
	}
	ss.Square(&s)
	u1.Subtract(c.one, &ss)
	u2.Add(c.one, &ss)
	u2Sqr.Square(&u2)
	v.Square(&u1)
	v.Multiply(&v, c.d)
	v.Negate(&v)
	v.Subtract(&v, &u2Sqr)
	_, wasSquare := invSqrt.SqrtRatio(c.one, t.Multiply(&v, &u2Sqr))
	denX.Multiply(&invSqrt, &u2)
	denY.Multiply(&invSqrt, &denX)
	denY.Multiply(&denY, &v)
	x.Add(&s, &s)
	x.Multiply(&x, &denX)
	x.Absolute(&x)
	y.Multiply(&u1, &denY)
	t.Multiply(&x, &y)
	if wasSquare == 0 || t.IsNegative() == 1 || y.Equal(c.zero) == 1 {
		return nil, ErrPoint
	}
	p, err := new(edwards25519.Point).SetExtendedCoordinates(&x, &y, c.one, &t)
	if err != nil {
		return nil, ErrPoint
	}
	return p, nil
}

// encode is RFC 9496 §4.3.2, in constant time.
func (c curve) encode(p *edwards25519.Point) []byte {
	x0, y0, z0, t0 := p.ExtendedCoordinates()
	var u1, u2, invSqrt, den1, den2, zInv, ix, iy, enchanted, x, y, denInv, tmp field.Element
	u1.Add(z0, y0)
	u1.Multiply(&u1, tmp.Subtract(z0, y0))
	u2.Multiply(x0, y0)
	tmp.Square(&u2)
	invSqrt.SqrtRatio(c.one, tmp.Multiply(&tmp, &u1)) // always a square
	den1.Multiply(&invSqrt, &u1)
	den2.Multiply(&invSqrt, &u2)
	zInv.Multiply(&den1, &den2)
	zInv.Multiply(&zInv, t0)
	ix.Multiply(x0, c.sqrtM1)
	iy.Multiply(y0, c.sqrtM1)
	enchanted.Multiply(&den1, c.invSqrtAMinusD)
	rotate := tmp.Multiply(t0, &zInv).IsNegative()
	x.Select(&iy, x0, rotate)
	y.Select(&ix, y0, rotate)
	denInv.Select(&enchanted, &den2, rotate)
	negative := tmp.Multiply(&x, &zInv).IsNegative()
	y.Select(tmp.Negate(&y), &y, negative)
	tmp.Subtract(z0, &y)
	tmp.Multiply(&tmp, &denInv)
	return tmp.Absolute(&tmp).Bytes()
}
