package mls

import (
	"bytes"
	cryptorand "crypto/rand"
	"fmt"
	"io"
)

// SignatureKey is a member's private signature key with its public half. It
// prints as [redacted].
type SignatureKey struct {
	redacted
	suite           Suite
	private, public []byte
}

// NewSignatureKey makes a key for suite; it serves every suite with the same
// signature algorithm. A nil rand is the system's source.
func NewSignatureKey(rand io.Reader, suite Suite) (SignatureKey, error) {
	if rand == nil {
		rand = cryptorand.Reader
	}
	private, public, err := StandardProvider{}.GenerateSignatureKey(rand, suite)
	if err != nil {
		return SignatureKey{}, fmt.Errorf("couldn't make a signature key: %w", err)
	}
	return SignatureKey{suite: suite, private: private, public: public}, nil
}

// ParseSignatureKey reads what [SignatureKey.Bytes] returned: the 32-byte
// seed for Ed25519, the big-endian scalar for ECDSA.
func ParseSignatureKey(suite Suite, private []byte) (SignatureKey, error) {
	public, err := StandardProvider{}.SignaturePublic(suite, private)
	if err != nil {
		return SignatureKey{}, fmt.Errorf("couldn't parse signature key: %w", err)
	}
	return SignatureKey{suite: suite, private: bytes.Clone(private), public: public}, nil
}

// Public returns the public key: 32 bytes for Ed25519, the uncompressed point
// for ECDSA.
func (k SignatureKey) Public() []byte { return bytes.Clone(k.public) }

// Bytes returns the private key, a secret.
func (k SignatureKey) Bytes() []byte { return bytes.Clone(k.private) }

// Suite returns the suite the key was made for.
func (k SignatureKey) Suite() Suite { return k.suite }

// IsZero tells whether k holds no key.
func (k SignatureKey) IsZero() bool { return len(k.private) == 0 }

// Sign signs content under an application's label with SignWithLabel of
// RFC 9420 section 5.1.2. Labels of MLS itself are refused.
func (k SignatureKey) Sign(label string, content []byte) ([]byte, error) {
	if mlsSignatureLabel(label) {
		return nil, fmt.Errorf("signature label is reserved: %w", ErrUnsupported)
	}
	c, err := newCipher(k.suite, nil)
	if err != nil {
		return nil, err
	}
	return c.sign(k, label, content)
}

// VerifySignature checks what [SignatureKey.Sign] made.
func VerifySignature(suite Suite, public []byte, label string, content, signature []byte) bool {
	c, err := newCipher(suite, nil)
	return err == nil && c.verify(public, label, content, signature)
}

func mlsSignatureLabel(label string) bool {
	switch label {
	case "FramedContentTBS", "LeafNodeTBS", "KeyPackageTBS", "GroupInfoTBS":
		return true
	}
	return false
}
