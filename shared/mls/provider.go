package mls

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/mlkem"
	"crypto/sha256"
	"crypto/sha3"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/edwards25519"
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
type StandardProvider struct{}

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

// DeriveKeyPair implements [Provider]. It does for X25519 what crypto/hpke
// does, but finds the public key on the Edwards form of the curve, which is
// several times faster; commits derive a key pair for each level of the tree.
func (StandardProvider) DeriveKeyPair(s Suite, ikm []byte) (private, public []byte, err error) {
	p, err := s.params()
	if err != nil {
		return nil, nil, err
	}
	switch p.kem.ID() {
	case kemX25519:
		private = deriveX25519(ikm)
		return private, x25519Public(private), nil
	case kemXWing:
		// draft-connolly-cfrg-xwing-kem; crypto/hpke follows a later draft.
		private = sha3.SumSHAKE256(ikm, 32)
		expanded := sha3.SumSHAKE256(private, mlkem.SeedSize+32)
		defer clear(expanded)
		pq, err := mlkem.NewDecapsulationKey768(expanded[:mlkem.SeedSize])
		if err != nil {
			return nil, nil, errCrypto
		}
		return private, append(pq.EncapsulationKey().Bytes(), x25519Public(expanded[mlkem.SeedSize:])...), nil
	}
	key, err := p.kem.DeriveKeyPair(ikm)
	if err != nil {
		return nil, nil, errCrypto
	}
	private, err = key.Bytes()
	if err != nil {
		return nil, nil, errCrypto
	}
	return private, key.PublicKey().Bytes(), nil
}

// HPKE KEM identifiers (RFC 9180 section 7.1).
const (
	kemX25519 = 0x0020
	kemXWing  = 0x647a
)

// deriveX25519 is the private half of DeriveKeyPair for
// DHKEM(X25519, HKDF-SHA256), RFC 9180 section 7.1.3.
func deriveX25519(ikm []byte) []byte {
	const suiteID = "KEM\x00\x20"
	mac := func(key []byte, parts ...[]byte) []byte {
		m := hmac.New(sha256.New, key)
		for _, p := range parts {
			m.Write(p)
		}
		return m.Sum(nil)
	}
	prk := mac(make([]byte, sha256.Size), []byte("HPKE-v1"+suiteID+"dkp_prk"), ikm)
	defer clear(prk)
	sk := mac(prk, []byte("\x00\x20HPKE-v1"+suiteID+"sk\x01"))
	sk[0] &= 248 // clamped, as private keys are serialized
	sk[31] = sk[31]&127 | 64
	return sk
}

func x25519Public(private []byte) []byte {
	scalar, err := new(edwards25519.Scalar).SetBytesWithClamping(private)
	if err != nil {
		panic("mls: X25519 key of a wrong size")
	}
	return new(edwards25519.Point).ScalarBaseMult(scalar).BytesMontgomery()
}

// CheckPublicKey implements [Provider].
func (StandardProvider) CheckPublicKey(s Suite, public []byte) error {
	p, err := s.params()
	if err != nil {
		return err
	}
	if _, err := p.kem.NewPublicKey(public); err != nil {
		return errCrypto
	}
	return nil
}

func (StandardProvider) sender(s Suite, public, info []byte) ([]byte, *hpke.Sender, error) {
	p, err := s.params()
	if err != nil {
		return nil, nil, err
	}
	key, err := p.kem.NewPublicKey(public)
	if err != nil {
		return nil, nil, errCrypto
	}
	enc, snd, err := hpke.NewSender(key, p.kdf, p.aead, info)
	if err != nil {
		return nil, nil, errCrypto
	}
	return enc, snd, nil
}

func (StandardProvider) recipient(s Suite, private, kemOutput, info []byte) (*hpke.Recipient, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	key, err := p.kem.NewPrivateKey(p.padScalar(private))
	if err != nil {
		return nil, errCrypto
	}
	rcp, err := hpke.NewRecipient(kemOutput, key, p.kdf, p.aead, info)
	if err != nil {
		return nil, errCrypto
	}
	return rcp, nil
}

// padScalar restores leading zeros of a NIST scalar that some implementations
// drop.
func (p suiteParams) padScalar(private []byte) []byte {
	if p.signature == ed25519Signature {
		return private
	}
	size := scalarSize(p.signature) // the KEM is over the same curve
	if len(private) >= size {
		return private
	}
	return append(make([]byte, size-len(private), size), private...)
}

// SealHPKE implements [Provider].
func (sp StandardProvider) SealHPKE(s Suite, public, info, plaintext []byte) (kemOutput, ciphertext []byte, err error) {
	enc, snd, err := sp.sender(s, public, info)
	if err != nil {
		return nil, nil, err
	}
	ciphertext, err = snd.Seal(nil, plaintext)
	return enc, ciphertext, err
}

// OpenHPKE implements [Provider].
func (sp StandardProvider) OpenHPKE(s Suite, private, kemOutput, info, ciphertext []byte) ([]byte, error) {
	rcp, err := sp.recipient(s, private, kemOutput, info)
	if err != nil {
		return nil, err
	}
	out, err := rcp.Open(nil, ciphertext)
	if err != nil {
		return nil, errCrypto
	}
	return out, nil
}

// ExportSend implements [Provider].
func (sp StandardProvider) ExportSend(s Suite, public []byte, label string, length int) (kemOutput, secret []byte, err error) {
	enc, snd, err := sp.sender(s, public, nil)
	if err != nil {
		return nil, nil, err
	}
	secret, err = snd.Export(label, length)
	return enc, secret, err
}

// ExportReceive implements [Provider].
func (sp StandardProvider) ExportReceive(s Suite, private, kemOutput []byte, label string, length int) ([]byte, error) {
	rcp, err := sp.recipient(s, private, kemOutput, nil)
	if err != nil {
		return nil, err
	}
	return rcp.Export(label, length)
}

func newAEAD(s Suite, key []byte) (cipher.AEAD, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	if len(key) != p.nk {
		return nil, errCrypto
	}
	if p.aead.ID() == hpke.ChaCha20Poly1305().ID() {
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
