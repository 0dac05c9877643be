//go:build js

package webcryptojs

import (
	"crypto/rand"

	"petmail/shared/mls"
)

// subtleExchange is X25519 by WebCrypto, and by Go where that refuses.
type subtleExchange struct {
	*subtle
	// generates says that the browser is faster at making key pairs, too:
	// Chromium is, Firefox takes milliseconds.
	generates bool
}

var _ mls.X25519 = subtleExchange{}

// Fresh implements [mls.X25519].
func (x subtleExchange) Fresh(public []byte) (own, secret []byte, err error) {
	if x.generates {
		own, secret, err = x.agree(public)
		if err != nil || zero(secret) {
			return mls.GoX25519{}.Fresh(public)
		}
		return own, secret, nil
	}
	private := make([]byte, 32)
	defer clear(private)
	rand.Read(private)
	return x.Shared(private, public)
}

// Shared implements [mls.X25519].
func (x subtleExchange) Shared(private, public []byte) (own, secret []byte, err error) {
	secret, err = x.derive(private, public, func() { own = mls.X25519Public(private) })
	if err != nil || zero(secret) {
		return mls.GoX25519{}.Shared(private, public)
	}
	return own, secret, nil
}

// zero reports whether public was of small order: it leaks no more than the
// refusal that follows.
func zero(secret []byte) bool {
	var or byte
	for _, b := range secret {
		or |= b
	}
	return or == 0
}
