package mls

import (
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
)

// Suite is an MLS cipher suite (RFC 9420 section 17.1).
type Suite uint16

// The suites this package implements.
const (
	// X25519AES128 is MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519.
	X25519AES128 Suite = 1
	// P256AES128 is MLS_128_DHKEMP256_AES128GCM_SHA256_P256.
	P256AES128 Suite = 2
	// X25519ChaCha is MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519.
	X25519ChaCha Suite = 3
	// P521AES256 is MLS_256_DHKEMP521_AES256GCM_SHA512_P521.
	P521AES256 Suite = 5
	// P384AES256 is MLS_256_DHKEMP384_AES256GCM_SHA384_P384.
	P384AES256 Suite = 7
	// XWingAES is MLS_256_XWING_AES256GCM_SHA512_Ed25519, a code point of
	// ts-mls; IANA has assigned none yet.
	XWingAES Suite = 0x0053
	// XWingChaCha is MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519, a code
	// point of ts-mls; IANA has assigned none yet. The KEM is X-Wing
	// (ML-KEM-768 with X25519), HPKE uses HKDF-SHA512.
	XWingChaCha Suite = 0x0054

	// DefaultSuite is what a new group should use: safe against a recording
	// attacker with a quantum computer.
	DefaultSuite = XWingChaCha
)

// Suites returns the suites this package implements, the preferred one first.
func Suites() []Suite {
	return append([]Suite{XWingChaCha, XWingAES, X25519ChaCha, X25519AES128}, nistSuites[:]...)
}

// Supported tells whether this package implements s.
func (s Suite) Supported() bool {
	_, err := s.params()
	return err == nil
}

// HashSize returns KDF.Nh in bytes, the size of the suite's secrets, or 0 for
// an unknown suite.
func (s Suite) HashSize() int {
	p, err := s.params()
	if err != nil {
		return 0
	}
	return p.nh
}

func (s Suite) String() string {
	p, err := s.params()
	if err != nil {
		return fmt.Sprintf("MLS_UNKNOWN_%#04x", uint16(s))
	}
	return p.name
}

type signatureAlgorithm uint8

const (
	ed25519Signature signatureAlgorithm = iota + 1
	p256Signature
	p384Signature
	p521Signature
)

type suiteParams struct {
	name      string
	newHash   func() hash.Hash
	nh        int // KDF.Nh, bytes
	nk, nn    int // AEAD key and nonce, bytes
	kem       uint16
	kdf       uint16
	aead      uint16
	signature signatureAlgorithm
}

// HPKE's identifiers of KDFs and AEADs (RFC 9180 sections 7.2 and 7.3).
const (
	kdfSHA256 uint16 = 1
	kdfSHA512 uint16 = 3

	aeadAES128GCM        uint16 = 1
	aeadAES256GCM        uint16 = 2
	aeadChaCha20Poly1305 uint16 = 3
)

// nist tells whether KEM and signature are on a NIST curve.
func (p suiteParams) nist() bool { return p.signature != ed25519Signature }

func (s Suite) params() (suiteParams, error) {
	switch s {
	case X25519AES128:
		return suiteParams{"MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519", sha256.New, 32, 16, 12,
			kemX25519, kdfSHA256, aeadAES128GCM, ed25519Signature}, nil
	case X25519ChaCha:
		return suiteParams{"MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519", sha256.New, 32, 32, 12,
			kemX25519, kdfSHA256, aeadChaCha20Poly1305, ed25519Signature}, nil
	case XWingAES:
		return suiteParams{"MLS_256_XWING_AES256GCM_SHA512_Ed25519", sha512.New, 64, 32, 12,
			kemXWing, kdfSHA512, aeadAES256GCM, ed25519Signature}, nil
	case XWingChaCha:
		return suiteParams{"MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519", sha512.New, 64, 32, 12,
			kemXWing, kdfSHA512, aeadChaCha20Poly1305, ed25519Signature}, nil
	}
	if p, ok := s.nistParams(); ok {
		return p, nil
	}
	return suiteParams{}, fmt.Errorf("cipher suite: %w", ErrUnsupported)
}
