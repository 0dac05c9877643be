//go:build !mls_ed25519

package mls

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
)

// The suites on NIST curves. Built with the tag mls_ed25519 the package does
// without them: that takes a tenth off a program for the browser that uses
// Ed25519 alone.

// nistSuites are listed by Suites.
var nistSuites = [...]Suite{P256AES128, P384AES256, P521AES256}

// HPKE's identifiers of these suites (RFC 9180 sections 7.1 and 7.2).
const (
	kemP256 uint16 = 0x0010
	kemP384 uint16 = 0x0011
	kemP521 uint16 = 0x0012

	kdfSHA384 uint16 = 2
)

func (s Suite) nistParams() (suiteParams, bool) {
	switch s {
	case P256AES128:
		return suiteParams{"MLS_128_DHKEMP256_AES128GCM_SHA256_P256", sha256.New, 32, 16, 12,
			kemP256, kdfSHA256, aeadAES128GCM, p256Signature}, true
	case P521AES256:
		return suiteParams{"MLS_256_DHKEMP521_AES256GCM_SHA512_P521", sha512.New, 64, 32, 12,
			kemP521, kdfSHA512, aeadAES256GCM, p521Signature}, true
	case P384AES256:
		return suiteParams{"MLS_256_DHKEMP384_AES256GCM_SHA384_P384", sha512.New384, 48, 32, 12,
			kemP384, kdfSHA384, aeadAES256GCM, p384Signature}, true
	}
	return suiteParams{}, false
}

func curveOf(a signatureAlgorithm) (elliptic.Curve, crypto.Hash) {
	switch a {
	case p256Signature:
		return elliptic.P256(), crypto.SHA256
	case p384Signature:
		return elliptic.P384(), crypto.SHA384
	}
	return elliptic.P521(), crypto.SHA512
}

// ecdsaKey parses a scalar; some implementations drop its leading zeros.
func ecdsaKey(a signatureAlgorithm, private []byte) (*ecdsa.PrivateKey, error) {
	curve, _ := curveOf(a)
	scalar := make([]byte, (curve.Params().BitSize+7)/8)
	defer clear(scalar)
	if len(private) > len(scalar) {
		return nil, errors.New("signature key has a wrong size")
	}
	copy(scalar[len(scalar)-len(private):], private)
	key, err := ecdsa.ParseRawPrivateKey(curve, scalar)
	if err != nil {
		return nil, errors.New("signature key is malformed")
	}
	return key, nil
}

func generateECDSA(random io.Reader, a signatureAlgorithm) (private, public []byte, err error) {
	curve, _ := curveOf(a)
	size := (curve.Params().BitSize + 7) / 8
	for range 64 { // a random scalar is out of range less than half the time
		scalar := make([]byte, size)
		if _, err := io.ReadFull(random, scalar); err != nil {
			return nil, nil, fmt.Errorf("couldn't read randomness: %w", err)
		}
		if excess := size*8 - curve.Params().BitSize; excess > 0 {
			scalar[0] &= 0xff >> excess
		}
		key, err := ecdsa.ParseRawPrivateKey(curve, scalar)
		if err != nil {
			continue
		}
		pub, err := key.PublicKey.Bytes()
		return scalar, pub, err
	}
	return nil, nil, errors.New("couldn't make a signature key: bad randomness")
}

func publicECDSA(a signatureAlgorithm, private []byte) ([]byte, error) {
	key, err := ecdsaKey(a, private)
	if err != nil {
		return nil, err
	}
	return key.PublicKey.Bytes()
}

func signECDSA(a signatureAlgorithm, private, message []byte) ([]byte, error) {
	_, h := curveOf(a)
	key, err := ecdsaKey(a, private)
	if err != nil {
		return nil, err
	}
	d := h.New()
	d.Write(message)
	return ecdsa.SignASN1(rand.Reader, key, d.Sum(nil))
}

func verifyECDSA(a signatureAlgorithm, public, message, signature []byte) error {
	curve, h := curveOf(a)
	key, err := ecdsa.ParseUncompressedPublicKey(curve, public)
	if err != nil {
		return errCrypto
	}
	d := h.New()
	d.Write(message)
	if !ecdsa.VerifyASN1(key, d.Sum(nil), signature) {
		return errCrypto
	}
	return nil
}
