//go:build !js

package address

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/oasisprotocol/curve25519-voi/curve"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// slowRoute is Route as the specification writes it, over the other library.
func slowRoute(k RoutingKey, envelope []byte) (DoorID, error) {
	h, err := parseHeader(envelope)
	if err != nil {
		return DoorID{}, err
	}
	t := ristretto255.NewElement().Subtract(h.c2, mul(k.x, h.c1))
	return sha256.Sum256(t.Encode(nil)), nil
}

// TestRouteAgrees compares both libraries: on points, on what is not one, and
// on the identity as a result.
func TestRouteAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, err := NewRoutingKey(rand.Reader)
		require.NoError(t, err)
		envelope := make([]byte, SmallEnvelope)
		envelope[0] = version
		at := func(i int) []byte { return envelope[1+i*PointSize:][:PointSize] }
		point := rapid.Custom(func(t *rapid.T) []byte {
			return ristretto255.NewElement().FromUniformBytes(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "uniform")).Encode(nil)
		})
		for i := range 3 {
			copy(at(i), point.Draw(t, "point"))
		}
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0: // points
		case 1: // the door is the identity
			c1, err := decodePoint(at(0))
			require.NoError(t, err)
			copy(at(1), mul(k.x, c1).Encode(nil))
		case 2: // half of all even numbers are points
			b := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "bytes")
			b[0], b[31] = b[0]&0xfe, b[31]&0x7f
			copy(at(rapid.IntRange(0, 2).Draw(t, "where")), b)
		case 3: // one bit of a point
			bit := rapid.IntRange(0, 255).Draw(t, "bit")
			at(rapid.IntRange(0, 2).Draw(t, "where"))[bit/8] ^= 1 << (bit % 8)
		}
		want, wantErr := slowRoute(k, envelope)
		got, err := k.Route(envelope)
		require.Equal(t, wantErr, err)
		require.Equal(t, want, got)
	})
}

// TestDecodeEdges are the bad encodings of RFC 9496 §A.2 in kind: not
// canonical, negative, zero, and the encodings near the modulus.
func TestDecodeEdges(t *testing.T) {
	check := func(b []byte) {
		t.Helper()
		_, want := decodePoint(b)
		require.Equal(t, want, decodeFast(new(curve.RistrettoPoint), b), "%x", b)
	}
	check(nil)
	check(make([]byte, 31))
	check(make([]byte, 33))
	for low := range 256 {
		for _, fill := range []byte{0, 0xff} {
			for _, top := range []byte{0, 0x7f, 0x80, 0xff} {
				b := bytes.Repeat([]byte{fill}, 32)
				b[0], b[31] = byte(low), top
				check(b)
			}
		}
	}
}
