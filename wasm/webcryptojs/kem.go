//go:build js

package webcryptojs

import "petmail/shared/mls"

// subtleKEM is ML-KEM-768 by WebCrypto, and by Go where that refuses.
type subtleKEM struct{ *subtle }

var _ mls.MLKEM768 = subtleKEM{}

// Public implements [mls.MLKEM768].
func (k subtleKEM) Public(seed []byte) ([]byte, error) {
	if len(seed) == seedSize {
		if public, err := k.encapsulationKey(seed); err == nil {
			return public, nil
		}
	}
	return mls.GoMLKEM768{}.Public(seed)
}

// Encapsulate implements [mls.MLKEM768].
func (k subtleKEM) Encapsulate(public []byte) (secret, ciphertext []byte, err error) {
	if len(public) == publicSize {
		if secret, ciphertext, err = k.encapsulate(public); err == nil {
			return secret, ciphertext, nil
		}
	}
	return mls.GoMLKEM768{}.Encapsulate(public)
}

// Decapsulate implements [mls.MLKEM768].
func (k subtleKEM) Decapsulate(seed, ciphertext []byte) ([]byte, error) {
	if len(seed) == seedSize && len(ciphertext) == ciphertextSize {
		if secret, err := k.decapsulate(seed, ciphertext); err == nil {
			return secret, nil
		}
	}
	return mls.GoMLKEM768{}.Decapsulate(seed, ciphertext)
}
