//go:build js

package webcryptojs

import (
	"crypto/mlkem"
	"syscall/js"
)

// ML-KEM-768 of "Modern Algorithms in the Web Cryptography API" (WICG).

const (
	seedSize       = mlkem.SeedSize
	publicSize     = mlkem.EncapsulationKeySize768
	ciphertextSize = mlkem.CiphertextSize768
)

// encapsulationKey returns the public key of a seed.
func (s *subtle) encapsulationKey(seed []byte) ([]byte, error) {
	private, err := s.seedKey(seed)
	if err != nil {
		return nil, err
	}
	public, err := s.waiters.await(s.getPublicKey.Invoke(private, s.toEncapsulate))
	if err != nil {
		return nil, err
	}
	out, err := s.waiters.await(s.exportKey.Invoke(s.rawPublic, public))
	if err != nil {
		return nil, err
	}
	return s.take(out, publicSize)
}

// encapsulate takes a key of publicSize.
func (s *subtle) encapsulate(public []byte) (secret, ciphertext []byte, err error) {
	s.mu.Lock()
	js.CopyBytesToJS(s.kemPublic, public)
	promise := s.importKey.Invoke(s.rawPublic, s.kemPublic, s.kem, false, s.toEncapsulate)
	s.mu.Unlock()
	key, err := s.waiters.await(promise)
	if err != nil {
		return nil, nil, err
	}
	out, err := s.waiters.await(s.encapsulateBits.Invoke(s.kem, key))
	if err != nil {
		return nil, nil, err
	}
	if secret, err = s.take(out.Get("sharedKey"), mlkem.SharedKeySize); err != nil {
		return nil, nil, err
	}
	ciphertext, err = s.take(out.Get("ciphertext"), ciphertextSize)
	return secret, ciphertext, err
}

// decapsulate takes a seed of seedSize and a ciphertext of ciphertextSize.
func (s *subtle) decapsulate(seed, ciphertext []byte) ([]byte, error) {
	key, err := s.seedKey(seed)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	js.CopyBytesToJS(s.kemCiphertext, ciphertext)
	promise := s.decapsulateBits.Invoke(s.kem, key, s.kemCiphertext)
	s.mu.Unlock()
	out, err := s.waiters.await(promise)
	if err != nil {
		return nil, err
	}
	return s.take(out, mlkem.SharedKeySize)
}

// seedKey imports a private key, not extractable.
func (s *subtle) seedKey(seed []byte) (js.Value, error) {
	s.mu.Lock()
	js.CopyBytesToJS(s.seed, seed)
	promise := s.importKey.Invoke(s.rawSeed, s.seed, s.kem, false, s.toDecapsulate)
	s.wipeSeed.Invoke(0)
	s.mu.Unlock()
	return s.waiters.await(promise)
}
