package webcryptojs

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/mlkem"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"errors"
	"hash"

	"petmail/shared/mls"
)

// errHPKE says no more than that an input was refused.
var errHPKE = errors.New("cryptographic check failed")

// exchange is X25519 by whoever is fastest at it.
type exchange interface {
	// fresh makes a key pair and returns its public key and the secret it
	// shares with public.
	fresh(public []byte) (own, secret []byte, err error)
	// shared returns the secret of two keys, an error if it is zero, and
	// private's public key.
	shared(private, public []byte) (own, secret []byte, err error)
}

// hpke is base mode of RFC 9180 for the suites whose KEM contains X25519.
type hpke struct {
	suite   mls.Suite
	id      []byte // suite_id
	newHash func() hash.Hash
	nh      int // bytes
	nk      int // bytes of the AEAD's key
	xwing   bool
}

// suiteHPKE returns false for suites with another KEM.
func suiteHPKE(s mls.Suite) (hpke, bool) {
	id := func(kem, kdf, aead uint16) []byte {
		return []byte{'H', 'P', 'K', 'E', byte(kem >> 8), byte(kem), byte(kdf >> 8), byte(kdf), byte(aead >> 8), byte(aead)}
	}
	switch s {
	case mls.X25519AES128:
		return hpke{s, id(0x20, 1, 1), sha256.New, 32, 16, false}, true
	case mls.X25519ChaCha:
		return hpke{s, id(0x20, 1, 3), sha256.New, 32, 32, false}, true
	case mls.XWingAES:
		return hpke{s, id(0x647a, 3, 2), sha512.New, 64, 32, true}, true
	case mls.XWingChaCha:
		return hpke{s, id(0x647a, 3, 3), sha512.New, 64, 32, true}, true
	}
	return hpke{}, false
}

// seal is the single-shot API of section 6.1 without AAD.
func seal(p mls.Provider, x exchange, s mls.Suite, public, info, plaintext []byte) (enc, ciphertext []byte, err error) {
	h, ok := suiteHPKE(s)
	if !ok {
		return nil, nil, mls.ErrUnsupported
	}
	shared, enc, err := h.encap(x, public)
	if err != nil {
		return nil, nil, err
	}
	key, nonce, err := h.key(shared, info)
	if err != nil {
		return nil, nil, err
	}
	defer clear(key)
	ciphertext, err = p.Seal(s, key, nonce, nil, plaintext)
	return enc, ciphertext, err
}

func open(p mls.Provider, x exchange, s mls.Suite, private, enc, info, ciphertext []byte) ([]byte, error) {
	h, ok := suiteHPKE(s)
	if !ok {
		return nil, mls.ErrUnsupported
	}
	shared, err := h.decap(x, private, enc)
	if err != nil {
		return nil, err
	}
	key, nonce, err := h.key(shared, info)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return p.Open(s, key, nonce, nil, ciphertext)
}

// exportSend is the single-shot API of section 6.2 with empty info.
func exportSend(x exchange, s mls.Suite, public []byte, label string, length int) (enc, secret []byte, err error) {
	h, ok := suiteHPKE(s)
	if !ok {
		return nil, nil, mls.ErrUnsupported
	}
	shared, enc, err := h.encap(x, public)
	if err != nil {
		return nil, nil, err
	}
	secret, err = h.export(shared, label, length)
	return enc, secret, err
}

func exportReceive(x exchange, s mls.Suite, private, enc []byte, label string, length int) ([]byte, error) {
	h, ok := suiteHPKE(s)
	if !ok {
		return nil, mls.ErrUnsupported
	}
	shared, err := h.decap(x, private, enc)
	if err != nil {
		return nil, err
	}
	return h.export(shared, label, length)
}

// encap is Encap of section 4.1, or of draft-connolly-cfrg-xwing-kem.
func (h hpke) encap(x exchange, public []byte) (secret, enc []byte, err error) {
	if !h.xwing {
		if len(public) != 32 {
			return nil, nil, errHPKE
		}
		own, dh, err := x.fresh(public)
		if err != nil {
			return nil, nil, errHPKE
		}
		defer clear(dh)
		secret, err = dhSecret(dh, own, public)
		return secret, own, err
	}
	if len(public) != mlkem.EncapsulationKeySize768+32 {
		return nil, nil, errHPKE
	}
	pq, err := mlkem.NewEncapsulationKey768(public[:mlkem.EncapsulationKeySize768])
	if err != nil {
		return nil, nil, errHPKE
	}
	public = public[mlkem.EncapsulationKeySize768:]
	own, dh, err := x.fresh(public)
	if err != nil {
		return nil, nil, errHPKE
	}
	defer clear(dh)
	ss, ct := pq.Encapsulate()
	defer clear(ss)
	return xwingSecret(ss, dh, own, public), append(ct, own...), nil
}

func (h hpke) decap(x exchange, private, enc []byte) ([]byte, error) {
	if !h.xwing {
		if len(private) != 32 || len(enc) != 32 {
			return nil, errHPKE
		}
		own, dh, err := x.shared(private, enc)
		if err != nil {
			return nil, errHPKE
		}
		defer clear(dh)
		return dhSecret(dh, enc, own)
	}
	if len(private) != 32 || len(enc) != mlkem.CiphertextSize768+32 {
		return nil, errHPKE
	}
	expanded := sha3.SumSHAKE256(private, mlkem.SeedSize+32)
	defer clear(expanded)
	pq, err := mlkem.NewDecapsulationKey768(expanded[:mlkem.SeedSize])
	if err != nil {
		return nil, errHPKE
	}
	ss, err := pq.Decapsulate(enc[:mlkem.CiphertextSize768])
	if err != nil {
		return nil, errHPKE
	}
	defer clear(ss)
	enc = enc[mlkem.CiphertextSize768:]
	own, dh, err := x.shared(expanded[mlkem.SeedSize:], enc)
	if err != nil {
		return nil, errHPKE
	}
	defer clear(dh)
	return xwingSecret(ss, dh, enc, own), nil
}

// dhSecret is ExtractAndExpand of DHKEM(X25519, HKDF-SHA256).
func dhSecret(dh, enc, public []byte) ([]byte, error) {
	kem := hpke{id: []byte("KEM\x00\x20"), newHash: sha256.New, nh: 32}
	prk := kem.extract(nil, "eae_prk", dh)
	defer clear(prk)
	return kem.expand(prk, "shared_secret", append(append(make([]byte, 0, 64), enc...), public...), 32)
}

// xwingSecret is the combiner of X-Wing.
func xwingSecret(pq, dh, enc, public []byte) []byte {
	in := make([]byte, 0, 4*32+6)
	defer func() { clear(in) }()
	for _, part := range [][]byte{pq, dh, enc, public, []byte(`\.//^\`)} {
		in = append(in, part...)
	}
	sum := sha3.Sum256(in)
	return sum[:]
}

// schedule is KeySchedule of section 5.1 in base mode, up to its secret. It
// overwrites shared.
func (h hpke) schedule(shared, info []byte) (secret, context []byte) {
	context = append(append([]byte{0}, h.extract(nil, "psk_id_hash", nil)...), h.extract(nil, "info_hash", info)...)
	secret = h.extract(shared, "secret", nil)
	clear(shared)
	return secret, context
}

// key returns what the single message is encrypted with.
func (h hpke) key(shared, info []byte) (key, nonce []byte, err error) {
	secret, context := h.schedule(shared, info)
	defer clear(secret)
	if key, err = h.expand(secret, "key", context, h.nk); err != nil {
		return nil, nil, err
	}
	nonce, err = h.expand(secret, "base_nonce", context, 12)
	return key, nonce, err
}

// export is section 5.3.
func (h hpke) export(shared []byte, label string, length int) ([]byte, error) {
	secret, context := h.schedule(shared, nil)
	defer clear(secret)
	exporter, err := h.expand(secret, "exp", context, h.nh)
	if err != nil {
		return nil, err
	}
	defer clear(exporter)
	return h.expand(exporter, "sec", []byte(label), length)
}

// extract is LabeledExtract of section 4.
func (h hpke) extract(salt []byte, label string, ikm []byte) []byte {
	return h.mac(salt, []byte("HPKE-v1"), h.id, []byte(label), ikm)
}

// expand is LabeledExpand; lengths above 255 hashes are an error.
func (h hpke) expand(prk []byte, label string, info []byte, length int) ([]byte, error) {
	if length < 0 || length > 255*h.nh {
		return nil, errHPKE
	}
	in := append([]byte{byte(length >> 8), byte(length)}, "HPKE-v1"...)
	in = append(append(append(in, h.id...), label...), info...)
	if length <= h.nh {
		return h.mac(prk, in, []byte{1})[:length], nil // the first block of HKDF
	}
	return hkdf.Expand(h.newHash, prk, string(in), length)
}

func (h hpke) mac(key []byte, parts ...[]byte) []byte {
	m := hmac.New(h.newHash, key)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}
