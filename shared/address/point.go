package address

import (
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"petmail/shared/wire"
)

// PointSize and ScalarSize are the sizes in bytes of encoded ristretto255
// points and scalars.
const (
	PointSize  = 32
	ScalarSize = 32
)

// ErrPoint is returned for 32 bytes that are not the canonical encoding of a
// point other than the identity.
var ErrPoint = errors.New("not a canonical point, or the identity")

func decodePoint(b []byte) (*ristretto255.Element, error) {
	p := ristretto255.NewElement()
	if err := p.Decode(b); err != nil || isIdentity(p) {
		return nil, ErrPoint
	}
	return p, nil
}

func isIdentity(p *ristretto255.Element) bool {
	return p.Equal(ristretto255.NewElement()) == 1
}

func decodeScalar(b []byte) (*ristretto255.Scalar, error) {
	s := ristretto255.NewScalar()
	if len(b) != ScalarSize || s.Decode(b) != nil || isZero(s) {
		return nil, errors.New("not a canonical scalar, or zero")
	}
	return s, nil
}

func isZero(s *ristretto255.Scalar) bool {
	return s.Equal(ristretto255.NewScalar()) == 1
}

// randomScalar draws 64 bytes and reduces them, so that the result is as good
// as uniform. Zero only comes out of a broken source.
func randomScalar(rand io.Reader) (*ristretto255.Scalar, error) {
	b, err := wire.RandomBytes(rand, 64)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw a scalar: %w", err)
	}
	s := ristretto255.NewScalar().FromUniformBytes(b)
	if isZero(s) {
		return nil, errors.New("couldn't draw a scalar: randomness is all zero")
	}
	return s, nil
}

// add, mul and mulBase return new points.

func add(p, q *ristretto255.Element) *ristretto255.Element {
	return ristretto255.NewElement().Add(p, q)
}

func mul(s *ristretto255.Scalar, p *ristretto255.Element) *ristretto255.Element {
	return ristretto255.NewElement().ScalarMult(s, p)
}

func mulBase(s *ristretto255.Scalar) *ristretto255.Element {
	return ristretto255.NewElement().ScalarBaseMult(s)
}
