package mls

import (
	"bytes"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func readVectors(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "vectors", name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, v))
}

// fixedX25519 draws the ephemeral key that a vector names.
type fixedX25519 struct {
	GoX25519
	private []byte
}

func (x fixedX25519) Fresh(public []byte) (own, secret []byte, err error) {
	return x.Shared(x.private, public)
}

func TestVectorXWing(t *testing.T) {
	var file struct {
		Vectors []struct{ Seed, Eseed, SS, SK, PK, CT hexBytes }
	}
	readVectors(t, "xwing.json", &file)
	require.Len(t, file.Vectors, 3)
	for _, v := range file.Vectors {
		require.Equal(t, v.Seed, v.SK)
		k := StandardProvider{X25519: fixedX25519{private: v.Eseed[32:]}}.curveKEM(kemXWing)
		expanded := xwingExpand(v.SK)
		pq, err := mlkem.NewDecapsulationKey768(expanded[:mlkem.SeedSize])
		require.NoError(t, err)
		require.EqualValues(t, v.PK, append(pq.EncapsulationKey().Bytes(), X25519Public(expanded[mlkem.SeedSize:])...))
		require.True(t, k.check(v.PK))
		secret, err := k.decap(v.SK, v.CT)
		require.NoError(t, err)
		require.EqualValues(t, v.SS, secret)

		// The sender's side, with the draws of the vector.
		ss, ct, err := mlkemtest.Encapsulate768(pq.EncapsulationKey(), v.Eseed[:32])
		require.NoError(t, err)
		own, dh, err := k.x.Fresh(v.PK[mlkem.EncapsulationKeySize768:])
		require.NoError(t, err)
		require.EqualValues(t, v.CT, append(ct, own...))
		require.EqualValues(t, v.SS, xwingSecret(ss, dh, own, v.PK[mlkem.EncapsulationKeySize768:]))

		// Our own encapsulation has the same X25519 half, and is understood.
		secret, enc, err := k.encap(v.PK)
		require.NoError(t, err)
		require.Equal(t, own, enc[mlkem.CiphertextSize768:])
		got, err := k.decap(v.SK, enc)
		require.NoError(t, err)
		require.Equal(t, secret, got)

		// Implicit rejection: a changed ciphertext gives another secret.
		wrong := bytes.Clone(v.CT)
		wrong[7] ^= 1
		secret, err = k.decap(v.SK, wrong)
		require.NoError(t, err)
		require.NotEqualValues(t, v.SS, secret)
	}
}

func TestVectorHPKE(t *testing.T) {
	var v struct {
		Info, IkmR, SkRm, PkRm, SkEm, Enc, Key hexBytes
		Shared                                 hexBytes `json:"shared_secret"`
		Secret                                 hexBytes
		Nonce                                  hexBytes `json:"base_nonce"`
		ExporterSecret                         hexBytes `json:"exporter_secret"`
		Exported                               hexBytes `json:"exported_value"`
	}
	readVectors(t, "hpke.json", &v)
	p, err := X25519AES128.params()
	require.NoError(t, err)
	provider := StandardProvider{X25519: fixedX25519{private: v.SkEm}}
	k := provider.curveKEM(p.kem)
	private, public, err := provider.DeriveKeyPair(X25519AES128, v.IkmR)
	require.NoError(t, err)
	require.EqualValues(t, v.PkRm, public)
	require.Equal(t, X25519Public(v.SkRm), X25519Public(private))
	shared, enc, err := k.encap(v.PkRm)
	require.NoError(t, err)
	require.EqualValues(t, v.Enc, enc)
	require.EqualValues(t, v.Shared, shared)
	again, err := k.decap(v.SkRm, v.Enc)
	require.NoError(t, err)
	require.Equal(t, shared, again)

	kdf := p.hpkeKDF()
	key, nonce := kdf.key(bytes.Clone(shared), v.Info, p.nk, p.nn)
	require.EqualValues(t, v.Key, key)
	require.EqualValues(t, v.Nonce, nonce)
	secret, context := kdf.schedule(shared, v.Info)
	require.EqualValues(t, v.Secret, secret)
	require.Equal(t, make([]byte, len(shared)), shared, "the shared secret outlives its use")
	exporter := kdf.expand(secret, "exp", context, kdf.nh)
	require.EqualValues(t, v.ExporterSecret, exporter)
	require.EqualValues(t, v.Exported, kdf.expand(exporter, "sec", nil, 32))
}
