//go:build js

package webcryptojs

// subtleExchange is X25519 by WebCrypto, and by Go where that refuses.
type subtleExchange struct{ *subtle }

var _ exchange = subtleExchange{}

func (x subtleExchange) fresh(public []byte) (own, secret []byte, err error) {
	own, secret, err = x.tryFresh(public)
	if err != nil || zero(secret) {
		return goExchange{}.fresh(public)
	}
	return own, secret, nil
}

func (x subtleExchange) tryFresh(public []byte) (own, secret []byte, err error) {
	pair, err := x.generate()
	if err != nil {
		return nil, nil, err
	}
	exported, peer, err := x.both(
		x.api.Call("exportKey", "raw", pair.Get("publicKey")),
		x.importPublic(x.dh, public, ""),
	)
	if err != nil {
		return nil, nil, err
	}
	if own, err = x.take(exported, 32); err != nil {
		return nil, nil, err
	}
	secret, err = x.derive(pair.Get("privateKey"), peer)
	return own, secret, err
}

func (x subtleExchange) shared(private, public []byte) (own, secret []byte, err error) {
	mine, peer, err := x.both(
		x.importPrivate(x.dh, pkcs8X25519, private, "deriveBits"),
		x.importPublic(x.dh, public, ""),
	)
	if err == nil {
		secret, err = x.derive(mine, peer)
	}
	if err != nil || zero(secret) {
		return goExchange{}.shared(private, public)
	}
	return publicX25519(private), secret, nil
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
