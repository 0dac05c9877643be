package mls

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
)

// suiteCipher is a suite computed by a provider: the labelled operations of
// RFC 9420 sections 5 and 8.
type suiteCipher struct {
	suite    Suite
	nh       int
	nk, nn   int
	provider Provider
}

func newCipher(s Suite, p Provider) (*suiteCipher, error) {
	params, err := s.params()
	if err != nil {
		return nil, err
	}
	if p == nil {
		p = StandardProvider{}
	}
	return &suiteCipher{suite: s, nh: params.nh, nk: params.nk, nn: params.nn, provider: p}, nil
}

// random reads n bytes. A nil reader is the system's source.
func random(r io.Reader, n int) ([]byte, error) {
	if r == nil {
		r = rand.Reader
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("couldn't read randomness: %w", err)
	}
	return b, nil
}

func (c *suiteCipher) newHash() hash.Hash { return c.provider.NewHash(c.suite) }

func (c *suiteCipher) hash(parts ...[]byte) []byte {
	h := c.newHash()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// zero is a secret of Nh zero bytes.
func (c *suiteCipher) zero() []byte { return make([]byte, c.nh) }

// extract is KDF.Extract, which is HMAC(salt, ikm).
func (c *suiteCipher) extract(salt, ikm []byte) []byte { return c.mac(salt, ikm) }

// mac is HMAC with the suite's hash.
func (c *suiteCipher) mac(key, data []byte) []byte {
	m := hmac.New(c.newHash, key)
	m.Write(data)
	return m.Sum(nil)
}

func (c *suiteCipher) verifyMAC(key, data, tag []byte) bool {
	return subtle.ConstantTimeCompare(c.mac(key, data), tag) == 1
}

// expandWithLabel is ExpandWithLabel of RFC 9420 section 8. The label is one
// of ours or bounded by the caller; length is at most 255 hashes.
func (c *suiteCipher) expandWithLabel(secret []byte, label string, context []byte, length int) []byte {
	w := writer{b: make([]byte, 0, 16+len(label)+len(context))}
	w.u16(uint16(length))
	w.varint(len("MLS 1.0 ") + len(label))
	w.b = append(w.b, "MLS 1.0 "...)
	w.b = append(w.b, label...)
	w.vec(context)
	if length <= c.nh {
		m := hmac.New(c.newHash, secret)
		w.u8(1)
		m.Write(w.b)
		return m.Sum(nil)[:length:length]
	}
	out, err := hkdf.Expand(c.newHash, secret, string(w.b), length)
	if err != nil {
		// Only a length beyond 255 hashes fails, and callers bound it.
		panic("mls: expand: " + err.Error())
	}
	return out
}

func (c *suiteCipher) deriveSecret(secret []byte, label string) []byte {
	return c.expandWithLabel(secret, label, nil, c.nh)
}

// deriveTreeSecret is DeriveTreeSecret of RFC 9420 section 9.1.
func (c *suiteCipher) deriveTreeSecret(secret []byte, label string, generation uint32, length int) []byte {
	var g [4]byte
	binary.BigEndian.PutUint32(g[:], generation)
	return c.expandWithLabel(secret, label, g[:], length)
}

// refHash is RefHash of RFC 9420 section 5.2, with the whole label.
func (c *suiteCipher) refHash(label string, value []byte) []byte {
	w := writer{b: make([]byte, 0, 8+len(label)+len(value))}
	w.vec([]byte(label))
	w.vec(value)
	return c.hash(w.b)
}

func labelled(label string, content []byte) []byte {
	w := writer{b: make([]byte, 0, 16+len(label)+len(content))}
	w.vec([]byte("MLS 1.0 " + label))
	w.vec(content)
	return w.b
}

func (c *suiteCipher) sign(key SignatureKey, label string, content []byte) ([]byte, error) {
	if key.suite != c.suite && !sameSignature(key.suite, c.suite) {
		return nil, fmt.Errorf("couldn't sign: key is of another suite: %w", ErrUnsupported)
	}
	sig, err := c.provider.Sign(c.suite, key.private, key.public, labelled(label, content))
	if err != nil {
		return nil, fmt.Errorf("couldn't sign: %w", err)
	}
	return sig, nil
}

func (c *suiteCipher) verify(public []byte, label string, content, signature []byte) bool {
	return c.provider.Verify(c.suite, public, labelled(label, content), signature) == nil
}

func (c *suiteCipher) sealLabelled(public []byte, label string, context, plaintext []byte) (hpkeCiphertext, error) {
	enc, ct, err := c.provider.SealHPKE(c.suite, public, labelled(label, context), plaintext)
	if err != nil {
		return hpkeCiphertext{}, invalid("encryption key is unusable")
	}
	return hpkeCiphertext{kemOutput: enc, ciphertext: ct}, nil
}

func (c *suiteCipher) openLabelled(private []byte, label string, context []byte, ct hpkeCiphertext) ([]byte, error) {
	out, err := c.provider.OpenHPKE(c.suite, private, ct.kemOutput, labelled(label, context), ct.ciphertext)
	if err != nil {
		return nil, invalid("couldn't decrypt a secret")
	}
	return out, nil
}

// newKeyPair derives a fresh KEM key pair.
func (c *suiteCipher) newKeyPair(r io.Reader) (private, public []byte, err error) {
	ikm, err := random(r, c.nh)
	if err != nil {
		return nil, nil, err
	}
	defer clear(ikm)
	return c.provider.DeriveKeyPair(c.suite, ikm)
}

func sameSignature(a, b Suite) bool {
	pa, errA := a.params()
	pb, errB := b.params()
	return errA == nil && errB == nil && pa.signature == pb.signature
}

// hpkeCiphertext is HPKECiphertext of RFC 9420 section 7.6.
type hpkeCiphertext struct{ kemOutput, ciphertext []byte }

func (r *reader) hpkeCiphertext() hpkeCiphertext {
	return hpkeCiphertext{kemOutput: r.vec(), ciphertext: r.vec()}
}

func (w *writer) hpkeCiphertext(c hpkeCiphertext) {
	w.vec(c.kemOutput)
	w.vec(c.ciphertext)
}
