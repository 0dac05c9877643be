package webcryptojs

import (
	"crypto/ecdh"
	"crypto/rand"

	"filippo.io/edwards25519"
)

// goExchange is X25519 in Go: what the browser's answers are held against, and
// what answers where the browser refuses.
type goExchange struct{}

var _ exchange = goExchange{}

func (g goExchange) fresh(public []byte) (own, secret []byte, err error) {
	private := make([]byte, 32)
	defer clear(private)
	rand.Read(private)
	return g.shared(private, public)
}

func (goExchange) shared(private, public []byte) (own, secret []byte, err error) {
	sk, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	pk, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, nil, err
	}
	if secret, err = sk.ECDH(pk); err != nil {
		return nil, nil, err
	}
	return publicX25519(private), secret, nil
}

// publicX25519 is several times as fast as crypto/ecdh in wasm, which takes
// the Montgomery ladder for it.
func publicX25519(private []byte) []byte {
	scalar, err := new(edwards25519.Scalar).SetBytesWithClamping(private)
	if err != nil {
		panic("webcryptojs: X25519 key of a wrong size")
	}
	return new(edwards25519.Point).ScalarBaseMult(scalar).BytesMontgomery()
}
