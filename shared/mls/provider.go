package mls

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"errors"
	"fmt"
	"hash"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// Provider computes the primitives of a suite. [StandardProvider] is built on
// Go's standard library; another one can embed it and replace what the
// platform does faster, for example signatures through WebCrypto. A method
// may block. All methods may be called concurrently, must not keep their
// arguments, and must give the same results as StandardProvider.
type Provider interface {
	// NewHash returns the suite's hash, also used for HKDF and HMAC.
	NewHash(s Suite) hash.Hash

	// GenerateSignatureKey makes a key pair. The private form is what
	// SignatureKey.Bytes returns.
	GenerateSignatureKey(rand io.Reader, s Suite) (private, public []byte, err error)
	// SignaturePublic returns the public key of a private one.
	SignaturePublic(s Suite, private []byte) ([]byte, error)
	// Sign signs message: Ed25519 as R ‖ S, ECDSA as ASN.1 DER.
	Sign(s Suite, private, public, message []byte) ([]byte, error)
	// Verify returns nil if the signature is good.
	Verify(s Suite, public, message, signature []byte) error

	// DeriveKeyPair is KEM.DeriveKeyPair of RFC 9180; for X-Wing the seed is
	// SHAKE256(ikm, 32 bytes).
	DeriveKeyPair(s Suite, ikm []byte) (private, public []byte, err error)
	// CheckPublicKey returns nil if public is a well-formed KEM key.
	CheckPublicKey(s Suite, public []byte) error
	// SealHPKE and OpenHPKE are the single-shot base mode with empty AAD.
	SealHPKE(s Suite, public, info, plaintext []byte) (kemOutput, ciphertext []byte, err error)
	OpenHPKE(s Suite, private, kemOutput, info, ciphertext []byte) ([]byte, error)
	// ExportSend and ExportReceive are base mode with empty info, then
	// context.export(label, length).
	ExportSend(s Suite, public []byte, label string, length int) (kemOutput, secret []byte, err error)
	ExportReceive(s Suite, private, kemOutput []byte, label string, length int) ([]byte, error)

	// Seal and Open are the suite's AEAD.
	Seal(s Suite, key, nonce, aad, plaintext []byte) ([]byte, error)
	Open(s Suite, key, nonce, aad, ciphertext []byte) ([]byte, error)
}

// StandardProvider computes everything with Go's standard library and
// golang.org/x/crypto. KEM encapsulation draws from the system's random
// source, whatever reader the caller passes elsewhere.
type StandardProvider struct {
	// X25519 is part of the KEMs of the suites on Curve25519; nil is
	// [GoX25519].
	X25519 X25519
}

var _ Provider = StandardProvider{}

var errCrypto = errors.New("cryptographic check failed")

// NewHash implements [Provider].
func (StandardProvider) NewHash(s Suite) hash.Hash {
	p, err := s.params()
	if err != nil {
		panic("mls: hash of an unknown suite")
	}
	return p.newHash()
}

// GenerateSignatureKey implements [Provider].
func (StandardProvider) GenerateSignatureKey(random io.Reader, s Suite) (private, public []byte, err error) {
	p, err := s.params()
	if err != nil {
		return nil, nil, err
	}
	if p.signature == ed25519Signature {
		seed := make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(random, seed); err != nil {
			return nil, nil, fmt.Errorf("couldn't read randomness: %w", err)
		}
		key := ed25519.NewKeyFromSeed(seed)
		return seed, key[ed25519.SeedSize:], nil
	}
	return generateECDSA(random, p.signature)
}

// SignaturePublic implements [Provider].
func (StandardProvider) SignaturePublic(s Suite, private []byte) ([]byte, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	if p.signature == ed25519Signature {
		if len(private) != ed25519.SeedSize {
			return nil, errors.New("signature key has a wrong size")
		}
		return ed25519.NewKeyFromSeed(private)[ed25519.SeedSize:], nil
	}
	return publicECDSA(p.signature, private)
}

// Sign implements [Provider].
func (StandardProvider) Sign(s Suite, private, public, message []byte) ([]byte, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	if p.signature == ed25519Signature {
		if len(private) != ed25519.SeedSize || len(public) != ed25519.PublicKeySize {
			return nil, errors.New("signature key has a wrong size")
		}
		var key [ed25519.PrivateKeySize]byte
		copy(key[:], private)
		copy(key[ed25519.SeedSize:], public)
		sig := ed25519.Sign(key[:], message)
		clear(key[:])
		return sig, nil
	}
	return signECDSA(p.signature, private, message)
}

// Verify implements [Provider].
func (StandardProvider) Verify(s Suite, public, message, signature []byte) error {
	p, err := s.params()
	if err != nil {
		return err
	}
	if p.signature == ed25519Signature {
		if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, message, signature) {
			return errCrypto
		}
		return nil
	}
	return verifyECDSA(p.signature, public, message, signature)
}

func newAEAD(s Suite, key []byte) (cipher.AEAD, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	if len(key) != p.nk {
		return nil, errCrypto
	}
	if p.aead == aeadChaCha20Poly1305 {
		return chacha20poly1305.New(key)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errCrypto
	}
	return cipher.NewGCM(block)
}

// Seal implements [Provider].
func (StandardProvider) Seal(s Suite, key, nonce, aad, plaintext []byte) ([]byte, error) {
	a, err := newAEAD(s, key)
	if err != nil {
		return nil, err
	}
	return a.Seal(make([]byte, 0, len(plaintext)+a.Overhead()), nonce, plaintext, aad), nil
}

// Open implements [Provider].
func (StandardProvider) Open(s Suite, key, nonce, aad, ciphertext []byte) ([]byte, error) {
	a, err := newAEAD(s, key)
	if err != nil {
		return nil, err
	}
	out, err := a.Open(nil, nonce, ciphertext, aad)
	if err != nil {
		return nil, errCrypto
	}
	return out, nil
}
