package webcryptojs

import (
	"crypto/ed25519"
	"encoding/binary"
	"math/big"
	"slices"
	"testing"

	"filippo.io/edwards25519"
	"github.com/stretchr/testify/require"
)

type signed struct {
	name                       string
	public, message, signature []byte
}

func le(w [4]uint64) []byte {
	b := make([]byte, 32)
	for i := range w {
		binary.LittleEndian.PutUint64(b[8*i:], w[i])
	}
	return b
}

// addLE adds b to a, of 32 bytes each.
func addLE(a, b []byte) []byte {
	flip := func(x []byte) []byte { x = slices.Clone(x); slices.Reverse(x); return x }
	sum := new(big.Int).Add(new(big.Int).SetBytes(flip(a)), new(big.Int).SetBytes(flip(b)))
	return flip(sum.FillBytes(make([]byte, 32)))
}

// smallEncodings are all encodings of points of small order that anybody
// accepts: either sign, and y both canonical and, where that fits, with p
// added.
func smallEncodings() [][]byte {
	var all [][]byte
	for _, y := range smallOrder {
		encodings := [][]byte{le(y)}
		if y[0] < 2 && y[1] == 0 {
			encodings = append(encodings, addLE(le(y), le(prime)))
		}
		for _, e := range encodings {
			signed := slices.Clone(e)
			signed[31] |= 0x80
			all = append(all, e, signed)
		}
	}
	return all
}

// edgeCases are signatures about which implementations of Ed25519 disagree.
func edgeCases(t testing.TB) []signed {
	var all []signed
	for i, a := range smallEncodings() {
		for j, r := range smallEncodings() {
			for m := range byte(4) {
				all = append(all, signed{"small", a, []byte{byte(i), byte(j), m}, append(slices.Clone(r), make([]byte, 32)...)})
			}
		}
	}
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	public := []byte(key[32:])
	message := []byte("message")
	good := ed25519.Sign(key, message)
	put := func(name string, change func(s []byte)) {
		s := slices.Clone(good)
		change(s)
		all = append(all, signed{name, public, message, s})
	}
	put("good", func([]byte) {})
	put("S plus order", func(s []byte) { copy(s[32:], addLE(s[32:], le(order))) })
	put("S zero", func(s []byte) { clear(s[32:]) })
	put("S is the order", func(s []byte) { copy(s[32:], le(order)) })
	put("S has its highest bit", func(s []byte) { s[63] |= 0x80 })
	for bit := range 512 {
		put("flipped bit", func(s []byte) { s[bit/8] ^= 1 << (bit % 8) })
	}
	for _, r := range smallEncodings() {
		put("R of small order", func(s []byte) { copy(s, r) })
	}
	all = append(all, signed{"another message", public, []byte("messagf"), good}, signed{"empty message", public, nil, good},
		signed{"short", public, message, good[:63]}, signed{"long", public, message, append(slices.Clone(good), 0)},
		signed{"short key", public[:31], message, good}, signed{"no key", nil, message, good})
	notOnCurve := make([]byte, 32)
	notOnCurve[0] = 2
	all = append(all, signed{"key not on the curve", notOnCurve, message, good})

	// Keys and nonces with each part of small order; for one message in eight
	// the part vanishes and the signature is good for all.
	a, n := hashToScalar([]byte("a")), hashToScalar([]byte("n"))
	for _, small := range smallEncodings()[:14] {
		torsion, err := new(edwards25519.Point).SetBytes(small)
		if err != nil {
			continue
		}
		for _, both := range []bool{false, true} {
			r := new(edwards25519.Point).ScalarBaseMult(n)
			if both {
				r.Add(r, torsion)
			}
			pub := new(edwards25519.Point).ScalarBaseMult(a)
			pub.Add(pub, torsion)
			for m := range byte(16) {
				k := hashToScalar(r.Bytes(), pub.Bytes(), []byte{m})
				s := edwards25519.NewScalar().MultiplyAdd(k, a, n)
				all = append(all, signed{"mixed order", pub.Bytes(), []byte{m}, append(r.Bytes(), s.Bytes()...)})
			}
		}
	}
	p, m, s := cofactored()
	return append(all, signed{"with cofactor", p, m, s})
}

func TestCofactored(t *testing.T) {
	public, message, signature := cofactored()
	require.False(t, ed25519.Verify(public, message, signature))
	require.True(t, regular(public, signature), "the browser itself must be asked about it")

	a, err := new(edwards25519.Point).SetBytes(public)
	require.NoError(t, err)
	r, err := new(edwards25519.Point).SetBytes(signature[:32])
	require.NoError(t, err)
	s, err := edwards25519.NewScalar().SetCanonicalBytes(signature[32:])
	require.NoError(t, err)
	k := hashToScalar(signature[:32], public, message)
	left := new(edwards25519.Point).ScalarBaseMult(s)
	right := new(edwards25519.Point).ScalarMult(k, a)
	right.Add(right, r)
	require.Zero(t, left.Equal(right))
	require.Equal(t, 1, left.MultByCofactor(left).Equal(right.MultByCofactor(right)))
}

func TestRegular(t *testing.T) {
	for _, e := range smallEncodings() {
		require.False(t, regularPoint(e), "%x", e)
		p, err := new(edwards25519.Point).SetBytes(e)
		if err == nil {
			require.Equal(t, 1, p.MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()), "%x", e)
		}
	}
	// The eight points are found with what the table holds.
	points := map[string]bool{}
	for _, e := range smallEncodings() {
		if p, err := new(edwards25519.Point).SetBytes(e); err == nil {
			points[string(p.Bytes())] = true
		}
	}
	require.Len(t, points, 8)

	require.True(t, below(le(order), prime))
	require.False(t, below(le(order), order))
	require.False(t, regularPoint(le(prime)))
	require.True(t, regularPoint(edwards25519.NewGeneratorPoint().Bytes()))

	// All that Go accepts and the browser is not asked about is irregular in
	// the strict sense; ordinary signatures are regular.
	regulars := 0
	for _, c := range edgeCases(t) {
		if len(c.public) != 32 || len(c.signature) != 64 || !regular(c.public, c.signature) {
			continue
		}
		regulars++
		_, err := edwards25519.NewScalar().SetCanonicalBytes(c.signature[32:])
		require.NoError(t, err, c.name)
	}
	require.Greater(t, regulars, 500)
}
