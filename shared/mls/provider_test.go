package mls

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// The fast derivation of key pairs gives what crypto/hpke and crypto/ecdh do.
func TestDeriveKeyPairIsThatOfTheLibrary(t *testing.T) {
	for range 50 {
		ikm := make([]byte, 64)
		_, _ = rand.Read(ikm)
		want, err := hpke.DHKEM(ecdh.X25519()).DeriveKeyPair(ikm)
		require.NoError(t, err)
		wantPrivate, err := want.Bytes()
		require.NoError(t, err)
		private, public, err := StandardProvider{}.DeriveKeyPair(X25519AES128, ikm)
		require.NoError(t, err)
		require.Equal(t, want.PublicKey().Bytes(), public)
		require.Equal(t, wantPrivate, private)

		private, public, err = StandardProvider{}.DeriveKeyPair(XWingChaCha, ikm)
		require.NoError(t, err)
		xwing, err := hpke.MLKEM768X25519().NewPrivateKey(private)
		require.NoError(t, err)
		require.Equal(t, xwing.PublicKey().Bytes(), public)
	}
}

// Each suite's primitives fit together, and refuse what is not theirs.
func TestProviderRefusesMalformedKeys(t *testing.T) {
	p := StandardProvider{}
	for _, s := range Suites() {
		private, public, err := p.DeriveKeyPair(s, make([]byte, 64))
		require.NoError(t, err)
		require.NoError(t, p.CheckPublicKey(s, public))
		for _, bad := range [][]byte{nil, {}, public[1:], append(bytes.Clone(public), 0), make([]byte, 1)} {
			require.Error(t, p.CheckPublicKey(s, bad))
			_, _, err := p.SealHPKE(s, bad, nil, nil)
			require.Error(t, err)
		}
		enc, ct, err := p.SealHPKE(s, public, []byte("info"), []byte("text"))
		require.NoError(t, err)
		for _, bad := range [][]byte{nil, enc[1:], append(bytes.Clone(enc), 0)} {
			_, err := p.OpenHPKE(s, private, bad, []byte("info"), ct)
			require.Error(t, err)
		}
		_, err = p.OpenHPKE(s, private, enc, []byte("other"), ct)
		require.Error(t, err)
		out, err := p.OpenHPKE(s, private, enc, []byte("info"), ct)
		require.NoError(t, err)
		require.Equal(t, "text", string(out))
		enc, secret, err := p.ExportSend(s, public, "label", 32)
		require.NoError(t, err)
		got, err := p.ExportReceive(s, private, enc, "label", 32)
		require.NoError(t, err)
		require.Equal(t, secret, got)
		_, err = p.Seal(s, make([]byte, 7), make([]byte, 12), nil, nil)
		require.Error(t, err)
		sk, pk, err := p.GenerateSignatureKey(rand.Reader, s)
		require.NoError(t, err)
		sig, err := p.Sign(s, sk, pk, []byte("m"))
		require.NoError(t, err)
		require.NoError(t, p.Verify(s, pk, []byte("m"), sig))
		for _, bad := range [][]byte{nil, sig[1:], make([]byte, len(sig))} {
			require.Error(t, p.Verify(s, pk, []byte("m"), bad))
		}
		require.Error(t, p.Verify(s, pk[1:], []byte("m"), sig))
		_, err = p.SignaturePublic(s, make([]byte, 100))
		require.Error(t, err)
	}
}
