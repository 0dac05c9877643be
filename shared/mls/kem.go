package mls

import (
	"crypto/ecdh"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha3"

	"filippo.io/edwards25519"
)

// X25519 is the function of RFC 7748 as HPKE needs it: who has a faster one
// gives it to a [StandardProvider]. All methods may be called concurrently and
// must not keep their arguments.
type X25519 interface {
	// Fresh makes a key pair and returns its public key and the secret it
	// shares with public, of 32 bytes each; an error if that is zero.
	Fresh(public []byte) (own, secret []byte, err error)
	// Shared returns private's public key and the secret it shares with
	// public; an error if that is zero.
	Shared(private, public []byte) (own, secret []byte, err error)
}

// HPKE KEM identifiers (RFC 9180 section 7.1; draft-connolly-cfrg-xwing-kem).
const (
	kemX25519 = 0x0020
	kemXWing  = 0x647a
)

// GoX25519 is X25519 by the standard library.
type GoX25519 struct{}

var _ X25519 = GoX25519{}

// Fresh implements [X25519].
func (g GoX25519) Fresh(public []byte) (own, secret []byte, err error) {
	private := make([]byte, 32)
	defer clear(private)
	rand.Read(private)
	return g.Shared(private, public)
}

// Shared implements [X25519].
func (GoX25519) Shared(private, public []byte) (own, secret []byte, err error) {
	sk, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	pk, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, nil, err
	}
	if secret, err = sk.ECDH(pk); err != nil {
		return nil, nil, err
	}
	return X25519Public(private), secret, nil
}

// X25519Public returns the public key of a private one of 32 bytes. It finds it
// on the Edwards form of the curve, in a fraction of the time that the
// Montgomery ladder of crypto/ecdh takes.
func X25519Public(private []byte) []byte {
	scalar, err := new(edwards25519.Scalar).SetBytesWithClamping(private)
	if err != nil {
		panic("mls: X25519 key of a wrong size")
	}
	return new(edwards25519.Point).ScalarBaseMult(scalar).BytesMontgomery()
}

// curveKEM is a KEM that contains X25519: DHKEM(X25519, HKDF-SHA256) of
// RFC 9180 section 4.1, or X-Wing.
type curveKEM struct {
	x     X25519
	xwing bool
}

func (p StandardProvider) curveKEM(kem uint16) curveKEM {
	k := curveKEM{x: p.X25519, xwing: kem == kemXWing}
	if k.x == nil {
		k.x = GoX25519{}
	}
	return k
}

const xwingKeySize, xwingCiphertextSize = mlkem.EncapsulationKeySize768 + 32, mlkem.CiphertextSize768 + 32 // bytes

// derive is DeriveKeyPair. For X-Wing it is SHAKE256, as in ts-mls and the
// earlier HPKE draft.
func (k curveKEM) derive(ikm []byte) (private, public []byte, err error) {
	if !k.xwing {
		private = deriveX25519(ikm)
		return private, X25519Public(private), nil
	}
	private = sha3.SumSHAKE256(ikm, 32)
	expanded := xwingExpand(private)
	defer clear(expanded)
	pq, err := mlkem.NewDecapsulationKey768(expanded[:mlkem.SeedSize])
	if err != nil {
		return nil, nil, errCrypto
	}
	return private, append(pq.EncapsulationKey().Bytes(), X25519Public(expanded[mlkem.SeedSize:])...), nil
}

// xwingExpand is expandDecapsulationKey: the seed of ML-KEM, and the private
// key of X25519.
func xwingExpand(private []byte) []byte { return sha3.SumSHAKE256(private, mlkem.SeedSize+32) }

// check tells whether public is well-formed. X25519 takes any 32 bytes.
func (k curveKEM) check(public []byte) bool {
	if !k.xwing {
		return len(public) == 32
	}
	return len(public) == xwingKeySize && reduced(public[:mlkem.EncapsulationKeySize768-32])
}

// reduced is the modulus check of FIPS 203 section 7.2: coefficients of 12
// bits, two in three bytes, are all below q.
func reduced(coefficients []byte) bool {
	const q = 3329
	for ; len(coefficients) >= 3; coefficients = coefficients[3:] {
		a, b, c := uint16(coefficients[0]), uint16(coefficients[1]), uint16(coefficients[2])
		if a|b&15<<8 >= q || b>>4|c<<4 >= q {
			return false
		}
	}
	return true
}

func (k curveKEM) encap(public []byte) (secret, enc []byte, err error) {
	if !k.xwing {
		if len(public) != 32 {
			return nil, nil, errCrypto
		}
		own, dh, err := k.x.Fresh(public)
		if err != nil {
			return nil, nil, errCrypto
		}
		defer clear(dh)
		return dhSecret(dh, own, public), own, nil
	}
	if len(public) != xwingKeySize {
		return nil, nil, errCrypto
	}
	pq, err := mlkem.NewEncapsulationKey768(public[:mlkem.EncapsulationKeySize768])
	if err != nil {
		return nil, nil, errCrypto
	}
	x := public[mlkem.EncapsulationKeySize768:]
	own, dh, err := k.x.Fresh(x)
	if err != nil {
		return nil, nil, errCrypto
	}
	defer clear(dh)
	ss, ct := pq.Encapsulate()
	defer clear(ss)
	return xwingSecret(ss, dh, own, x), append(ct, own...), nil
}

func (k curveKEM) decap(private, enc []byte) ([]byte, error) {
	if len(private) != 32 {
		return nil, errCrypto
	}
	if !k.xwing {
		if len(enc) != 32 {
			return nil, errCrypto
		}
		own, dh, err := k.x.Shared(private, enc)
		if err != nil {
			return nil, errCrypto
		}
		defer clear(dh)
		return dhSecret(dh, enc, own), nil
	}
	if len(enc) != xwingCiphertextSize {
		return nil, errCrypto
	}
	expanded := xwingExpand(private)
	defer clear(expanded)
	pq, err := mlkem.NewDecapsulationKey768(expanded[:mlkem.SeedSize])
	if err != nil {
		return nil, errCrypto
	}
	ss, err := pq.Decapsulate(enc[:mlkem.CiphertextSize768])
	if err != nil {
		return nil, errCrypto
	}
	defer clear(ss)
	x := enc[mlkem.CiphertextSize768:]
	own, dh, err := k.x.Shared(expanded[mlkem.SeedSize:], x)
	if err != nil {
		return nil, errCrypto
	}
	defer clear(dh)
	return xwingSecret(ss, dh, x, own), nil
}

// deriveX25519 is the private half of DeriveKeyPair for
// DHKEM(X25519, HKDF-SHA256), RFC 9180 section 7.1.3.
func deriveX25519(ikm []byte) []byte {
	kem := dhkemHPKE()
	prk := kem.extract(nil, "dkp_prk", ikm)
	defer clear(prk)
	sk := kem.expand(prk, "sk", nil, 32)
	sk[0] &= 248 // clamped, as private keys are serialized
	sk[31] = sk[31]&127 | 64
	return sk
}

// dhSecret is ExtractAndExpand of DHKEM(X25519, HKDF-SHA256).
func dhSecret(dh, enc, public []byte) []byte {
	kem := dhkemHPKE()
	prk := kem.extract(nil, "eae_prk", dh)
	defer clear(prk)
	return kem.expand(prk, "shared_secret", append(append(make([]byte, 0, 64), enc...), public...), 32)
}

// dhkemHPKE is HPKE's labelled KDF as the KEM uses it.
func dhkemHPKE() hpkeKDF {
	return hpkeKDF{id: []byte("KEM\x00\x20"), newHash: sha256.New, nh: sha256.Size}
}

// xwingSecret is the combiner of X-Wing.
func xwingSecret(pq, dh, enc, public []byte) []byte {
	in := make([]byte, 0, 4*32+6)
	defer func() { clear(in[:cap(in)]) }()
	for _, part := range [][]byte{pq, dh, enc, public, []byte(`\.//^\`)} {
		in = append(in, part...)
	}
	sum := sha3.Sum256(in)
	return sum[:]
}
