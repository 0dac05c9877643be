package mls

import (
	"crypto/hkdf"
	"crypto/hmac"
	"hash"
)

// hpkeKDF is the labelled key derivation of RFC 9180 section 4 under one
// suite_id.
type hpkeKDF struct {
	id      []byte // suite_id
	newHash func() hash.Hash
	nh      int // bytes
}

// hpkeKDF is that of the suite's HPKE.
func (p suiteParams) hpkeKDF() hpkeKDF {
	id := []byte{'H', 'P', 'K', 'E', byte(p.kem >> 8), byte(p.kem), byte(p.kdf >> 8), byte(p.kdf), byte(p.aead >> 8), byte(p.aead)}
	return hpkeKDF{id, p.newHash, p.nh}
}

// extract is LabeledExtract.
func (k hpkeKDF) extract(salt []byte, label string, ikm []byte) []byte {
	return k.mac(salt, []byte("HPKE-v1"), k.id, []byte(label), ikm)
}

// expand is LabeledExpand; length is at most 255 hashes.
func (k hpkeKDF) expand(prk []byte, label string, info []byte, length int) []byte {
	in := append([]byte{byte(length >> 8), byte(length)}, "HPKE-v1"...)
	in = append(append(append(in, k.id...), label...), info...)
	if length <= k.nh {
		return k.mac(prk, in, []byte{1})[:length:length] // the first block of HKDF
	}
	out, err := hkdf.Expand(k.newHash, prk, string(in), length)
	if err != nil {
		panic("mls: expand: " + err.Error()) // only a length beyond 255 hashes fails
	}
	return out
}

// mac is HMAC of parts one after the other.
func (k hpkeKDF) mac(key []byte, parts ...[]byte) []byte {
	m := hmac.New(k.newHash, key)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

// schedule is KeySchedule of section 5.1 in base mode, up to its secret. It
// overwrites shared.
func (k hpkeKDF) schedule(shared, info []byte) (secret, context []byte) {
	context = append(append([]byte{0}, k.extract(nil, "psk_id_hash", nil)...), k.extract(nil, "info_hash", info)...)
	secret = k.extract(shared, "secret", nil)
	clear(shared)
	return secret, context
}

// key returns what the single message is encrypted with.
func (k hpkeKDF) key(shared, info []byte, nk, nn int) (key, nonce []byte) {
	secret, context := k.schedule(shared, info)
	defer clear(secret)
	return k.expand(secret, "key", context, nk), k.expand(secret, "base_nonce", context, nn)
}

// export is section 5.3 with empty info.
func (k hpkeKDF) export(shared []byte, label string, length int) ([]byte, error) {
	if length < 0 || length > 255*k.nh {
		return nil, errCrypto
	}
	secret, context := k.schedule(shared, nil)
	defer clear(secret)
	exporter := k.expand(secret, "exp", context, k.nh)
	defer clear(exporter)
	return k.expand(exporter, "sec", []byte(label), length), nil
}

// SealHPKE implements [Provider]: the single-shot API of RFC 9180 section 6.1.
func (sp StandardProvider) SealHPKE(s Suite, public, info, plaintext []byte) (kemOutput, ciphertext []byte, err error) {
	p, err := s.params()
	if err != nil {
		return nil, nil, err
	}
	if p.nist() {
		return sealNIST(p, public, info, plaintext)
	}
	shared, enc, err := sp.curveKEM(p.kem).encap(public)
	if err != nil {
		return nil, nil, err
	}
	key, nonce := p.hpkeKDF().key(shared, info, p.nk, p.nn)
	defer clear(key)
	ciphertext, err = sp.Seal(s, key, nonce, nil, plaintext)
	return enc, ciphertext, err
}

// OpenHPKE implements [Provider].
func (sp StandardProvider) OpenHPKE(s Suite, private, kemOutput, info, ciphertext []byte) ([]byte, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	if p.nist() {
		return openNIST(p, private, kemOutput, info, ciphertext)
	}
	shared, err := sp.curveKEM(p.kem).decap(private, kemOutput)
	if err != nil {
		return nil, err
	}
	key, nonce := p.hpkeKDF().key(shared, info, p.nk, p.nn)
	defer clear(key)
	return sp.Open(s, key, nonce, nil, ciphertext)
}

// ExportSend implements [Provider]: the single-shot API of section 6.2.
func (sp StandardProvider) ExportSend(s Suite, public []byte, label string, length int) (kemOutput, secret []byte, err error) {
	p, err := s.params()
	if err != nil {
		return nil, nil, err
	}
	if p.nist() {
		return exportSendNIST(p, public, label, length)
	}
	shared, enc, err := sp.curveKEM(p.kem).encap(public)
	if err != nil {
		return nil, nil, err
	}
	secret, err = p.hpkeKDF().export(shared, label, length)
	return enc, secret, err
}

// ExportReceive implements [Provider].
func (sp StandardProvider) ExportReceive(s Suite, private, kemOutput []byte, label string, length int) ([]byte, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	if p.nist() {
		return exportReceiveNIST(p, private, kemOutput, label, length)
	}
	shared, err := sp.curveKEM(p.kem).decap(private, kemOutput)
	if err != nil {
		return nil, err
	}
	return p.hpkeKDF().export(shared, label, length)
}

// DeriveKeyPair implements [Provider].
func (sp StandardProvider) DeriveKeyPair(s Suite, ikm []byte) (private, public []byte, err error) {
	p, err := s.params()
	if err != nil {
		return nil, nil, err
	}
	if p.nist() {
		return deriveNIST(p, ikm)
	}
	return sp.curveKEM(p.kem).derive(ikm)
}

// CheckPublicKey implements [Provider].
func (sp StandardProvider) CheckPublicKey(s Suite, public []byte) error {
	p, err := s.params()
	if err != nil {
		return err
	}
	if p.nist() {
		return checkNIST(p, public)
	}
	if !sp.curveKEM(p.kem).check(public) {
		return errCrypto
	}
	return nil
}
