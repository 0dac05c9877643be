//go:build !mls_ed25519

package mls

import "crypto/hpke"

// nistHPKE is the suite's HPKE by the standard library.
func nistHPKE(p suiteParams) (kem hpke.KEM, kdf hpke.KDF, aead hpke.AEAD, err error) {
	if kem, err = hpke.NewKEM(p.kem); err != nil {
		return nil, nil, nil, errCrypto
	}
	if kdf, err = hpke.NewKDF(p.kdf); err != nil {
		return nil, nil, nil, errCrypto
	}
	if aead, err = hpke.NewAEAD(p.aead); err != nil {
		return nil, nil, nil, errCrypto
	}
	return kem, kdf, aead, nil
}

func nistSender(p suiteParams, public, info []byte) ([]byte, *hpke.Sender, error) {
	kem, kdf, aead, err := nistHPKE(p)
	if err != nil {
		return nil, nil, err
	}
	key, err := kem.NewPublicKey(public)
	if err != nil {
		return nil, nil, errCrypto
	}
	enc, sender, err := hpke.NewSender(key, kdf, aead, info)
	if err != nil {
		return nil, nil, errCrypto
	}
	return enc, sender, nil
}

func nistRecipient(p suiteParams, private, kemOutput, info []byte) (*hpke.Recipient, error) {
	kem, kdf, aead, err := nistHPKE(p)
	if err != nil {
		return nil, err
	}
	// Some implementations drop a scalar's leading zeros.
	curve, _ := curveOf(p.signature) // the KEM is over the same curve
	if size := (curve.Params().BitSize + 7) / 8; len(private) < size {
		private = append(make([]byte, size-len(private), size), private...)
	}
	key, err := kem.NewPrivateKey(private)
	if err != nil {
		return nil, errCrypto
	}
	recipient, err := hpke.NewRecipient(kemOutput, key, kdf, aead, info)
	if err != nil {
		return nil, errCrypto
	}
	return recipient, nil
}

func sealNIST(p suiteParams, public, info, plaintext []byte) (kemOutput, ciphertext []byte, err error) {
	enc, sender, err := nistSender(p, public, info)
	if err != nil {
		return nil, nil, err
	}
	ciphertext, err = sender.Seal(nil, plaintext)
	return enc, ciphertext, err
}

func openNIST(p suiteParams, private, kemOutput, info, ciphertext []byte) ([]byte, error) {
	recipient, err := nistRecipient(p, private, kemOutput, info)
	if err != nil {
		return nil, err
	}
	out, err := recipient.Open(nil, ciphertext)
	if err != nil {
		return nil, errCrypto
	}
	return out, nil
}

func exportSendNIST(p suiteParams, public []byte, label string, length int) (kemOutput, secret []byte, err error) {
	enc, sender, err := nistSender(p, public, nil)
	if err != nil {
		return nil, nil, err
	}
	secret, err = sender.Export(label, length)
	return enc, secret, err
}

func exportReceiveNIST(p suiteParams, private, kemOutput []byte, label string, length int) ([]byte, error) {
	recipient, err := nistRecipient(p, private, kemOutput, nil)
	if err != nil {
		return nil, err
	}
	return recipient.Export(label, length)
}

func deriveNIST(p suiteParams, ikm []byte) (private, public []byte, err error) {
	kem, _, _, err := nistHPKE(p)
	if err != nil {
		return nil, nil, err
	}
	key, err := kem.DeriveKeyPair(ikm)
	if err != nil {
		return nil, nil, errCrypto
	}
	if private, err = key.Bytes(); err != nil {
		return nil, nil, errCrypto
	}
	return private, key.PublicKey().Bytes(), nil
}

func checkNIST(p suiteParams, public []byte) error {
	kem, _, _, err := nistHPKE(p)
	if err != nil {
		return err
	}
	if _, err := kem.NewPublicKey(public); err != nil {
		return errCrypto
	}
	return nil
}
