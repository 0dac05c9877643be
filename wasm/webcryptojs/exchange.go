//go:build js

package webcryptojs

import "crypto/rand"

// subtleExchange is X25519 by WebCrypto, and by Go where that refuses.
type subtleExchange struct {
	*subtle
	// generates says that the browser is faster at making key pairs, too:
	// Chromium is, Firefox takes milliseconds.
	generates bool
}

var _ exchange = subtleExchange{}

func (x subtleExchange) fresh(public []byte) (own, secret []byte, err error) {
	if x.generates {
		own, secret, err = x.agree(public)
		if err != nil || zero(secret) {
			return goExchange{}.fresh(public)
		}
		return own, secret, nil
	}
	private := make([]byte, 32)
	defer clear(private)
	rand.Read(private)
	return x.shared(private, public)
}

func (x subtleExchange) shared(private, public []byte) (own, secret []byte, err error) {
	secret, err = x.derive(private, public, func() { own = publicX25519(private) })
	if err != nil || zero(secret) {
		return goExchange{}.shared(private, public)
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
