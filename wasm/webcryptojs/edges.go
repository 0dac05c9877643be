package webcryptojs

import (
	"crypto/sha512"
	"encoding/binary"

	"filippo.io/edwards25519"
)

// regular reports whether every implementation of Ed25519 judges the signature
// alike, but for the cofactor: the points are canonical and not of small
// order, and S is below the order of the base point. It looks at public bytes
// only and takes no care about time.
func regular(public, signature []byte) bool {
	return regularPoint(public) && regularPoint(signature[:32]) && below(signature[32:], order)
}

// Little-endian words of constants of edwards25519 (RFC 8032 section 5.1).
var (
	prime = [4]uint64{0xffffffffffffffed, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff}
	order = [4]uint64{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000}

	// The y coordinates of the eight points of small order: 0 and -1 with
	// two x each or one, 1, and those of order 8.
	smallOrder = [...][4]uint64{
		{0, 0, 0, 0},
		{1, 0, 0, 0},
		{0xffffffffffffffec, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff},
		{0x4fd84d3d706a17c7, 0x0f67100d760b3cba, 0xc6cc392cfa53202a, 0x7a03ac9277fdc74e},
		{0xb027b2c28f95e826, 0xf098eff289f4c345, 0x3933c6d305acdfd5, 0x05fc536d880238b1},
	}
)

func words(b []byte) (w [4]uint64) {
	for i := range w {
		w[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return w
}

func below(b []byte, limit [4]uint64) bool {
	w := words(b)
	for i := 3; i >= 0; i-- {
		if w[i] != limit[i] {
			return w[i] < limit[i]
		}
	}
	return false
}

func regularPoint(b []byte) bool {
	var y [32]byte
	copy(y[:], b)
	y[31] &= 0x7f // the sign of x
	if !below(y[:], prime) {
		return false
	}
	w := words(y[:])
	for _, small := range smallOrder {
		if w == small {
			return false
		}
	}
	return true
}

// cofactored returns a signature by a key with a part of small order, which
// holds in the equation with the cofactor and not in the one without, the
// one that crypto/ed25519 checks.
func cofactored() (public, message, signature []byte) {
	torsion := make([]byte, 32)
	for i, w := range smallOrder[3] {
		binary.LittleEndian.PutUint64(torsion[8*i:], w)
	}
	t, err := new(edwards25519.Point).SetBytes(torsion)
	if err != nil {
		panic("webcryptojs: point of order 8 is wrong")
	}
	a, r := hashToScalar([]byte("key")), hashToScalar([]byte("nonce"))
	key := new(edwards25519.Point).ScalarBaseMult(a)
	public = key.Add(key, t).Bytes()
	nonce := new(edwards25519.Point).ScalarBaseMult(r).Bytes()
	for i := byte(0); ; i++ {
		message = []byte{i}
		k := hashToScalar(nonce, public, message)
		if k.Bytes()[0]&7 == 0 {
			continue // the part of small order vanishes
		}
		s := edwards25519.NewScalar().MultiplyAdd(k, a, r)
		return public, message, append(nonce, s.Bytes()...)
	}
}

func hashToScalar(parts ...[]byte) *edwards25519.Scalar {
	h := sha512.New()
	for _, p := range parts {
		h.Write(p)
	}
	s, err := edwards25519.NewScalar().SetUniformBytes(h.Sum(nil))
	if err != nil {
		panic("webcryptojs: SHA-512 has another size")
	}
	return s
}
