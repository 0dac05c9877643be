package mls

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/mlkem"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var curveSuites = []Suite{XWingChaCha, XWingAES, X25519ChaCha, X25519AES128}

// library is a suite's HPKE by crypto/hpke.
func library(t require.TestingT, s Suite) (hpke.KEM, hpke.KDF, hpke.AEAD) {
	p, err := s.params()
	require.NoError(t, err)
	kem, err := hpke.NewKEM(p.kem)
	require.NoError(t, err)
	kdf, err := hpke.NewKDF(p.kdf)
	require.NoError(t, err)
	aead, err := hpke.NewAEAD(p.aead)
	require.NoError(t, err)
	return kem, kdf, aead
}

// Our HPKE and the library's read each other, for any input.
func TestHPKEIsThatOfTheLibrary(t *testing.T) {
	blob := rapid.SliceOfN(rapid.Byte(), 0, 300)
	for _, s := range curveSuites {
		kem, kdf, aead := library(t, s)
		t.Run(s.String(), rapid.MakeCheck(func(t *rapid.T) {
			ours := StandardProvider{}
			private, public, err := ours.DeriveKeyPair(s, rapid.SliceOfN(rapid.Byte(), 32, 80).Draw(t, "ikm"))
			require.NoError(t, err)
			theirs, err := kem.NewPrivateKey(private)
			require.NoError(t, err)
			require.Equal(t, theirs.PublicKey().Bytes(), public)
			info, text := blob.Draw(t, "info"), blob.Draw(t, "text")
			label, length := rapid.String().Draw(t, "label"), rapid.IntRange(0, 255*s.HashSize()).Draw(t, "length")

			enc, ct, err := ours.SealHPKE(s, public, info, text)
			require.NoError(t, err)
			recipient, err := hpke.NewRecipient(enc, theirs, kdf, aead, info)
			require.NoError(t, err)
			got, err := recipient.Open(nil, ct)
			require.NoError(t, err)
			require.True(t, bytes.Equal(text, got))

			enc, sender, err := hpke.NewSender(theirs.PublicKey(), kdf, aead, info)
			require.NoError(t, err)
			ct, err = sender.Seal(nil, text)
			require.NoError(t, err)
			got, err = ours.OpenHPKE(s, private, enc, info, ct)
			require.NoError(t, err)
			require.True(t, bytes.Equal(text, got))

			enc, secret, err := ours.ExportSend(s, public, label, length)
			require.NoError(t, err)
			recipient, err = hpke.NewRecipient(enc, theirs, kdf, aead, nil)
			require.NoError(t, err)
			want, err := recipient.Export(label, length)
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, secret))
			secret, err = ours.ExportReceive(s, private, enc, label, length)
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, secret))
		}))
	}
}

// What the library refuses, we refuse: wrong sizes, points of small order,
// keys of ML-KEM that are not reduced.
func TestHPKERefusesWhatTheLibraryRefuses(t *testing.T) {
	order8 := []byte{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00}
	ours := StandardProvider{}
	for _, s := range curveSuites {
		kem, kdf, aead := library(t, s)
		private, public, err := ours.DeriveKeyPair(s, make([]byte, 64))
		require.NoError(t, err)
		theirs, err := kem.NewPrivateKey(private)
		require.NoError(t, err)
		enc, _, err := ours.ExportSend(s, public, "l", 32)
		require.NoError(t, err)
		refused := 0
		for name, change := range map[string]func(b []byte) []byte{
			"nothing":        func(b []byte) []byte { return b },
			"empty":          func([]byte) []byte { return nil },
			"short":          func(b []byte) []byte { return b[1:] },
			"long":           func(b []byte) []byte { return append(b, 0) },
			"zero point":     func(b []byte) []byte { clear(b[len(b)-32:]); return b },
			"point of order": func(b []byte) []byte { copy(b[len(b)-32:], order8); return b },
			"high bit":       func(b []byte) []byte { b[len(b)-1] ^= 0x80; return b },
			"noise": func(b []byte) []byte {
				_, _ = rand.Read(b[:len(b)-32])
				return b
			},
		} {
			bad := change(bytes.Clone(public))
			key, errKey := kem.NewPublicKey(bad)
			require.Equal(t, errKey != nil, ours.CheckPublicKey(s, bad) != nil, "%s: %s", s, name)
			want := errKey
			if want == nil {
				_, _, want = hpke.NewSender(key, kdf, aead, nil)
			}
			_, _, got := ours.SealHPKE(s, bad, nil, nil)
			require.Equal(t, want != nil, got != nil, "%s: sealing to %s: %v, not %v", s, name, got, want)
			if want != nil {
				refused++
			}
			bad = change(bytes.Clone(enc))
			var secret []byte
			recipient, want := hpke.NewRecipient(bad, theirs, kdf, aead, nil)
			if want == nil {
				secret, want = recipient.Export("l", 32)
			}
			received, got := ours.ExportReceive(s, private, bad, "l", 32)
			require.Equal(t, want != nil, got != nil, "%s: receiving %s: %v, not %v", s, name, got, want)
			require.Equal(t, secret, received, name)
		}
		require.GreaterOrEqual(t, refused, 5)
		for _, length := range []int{-1, 255*s.HashSize() + 1, 1 << 20} {
			_, err := ours.ExportReceive(s, private, enc, "l", length)
			require.Error(t, err)
			_, _, err = ours.ExportSend(s, public, "l", length)
			require.Error(t, err)
		}
	}
}

// The modulus check is that of crypto/mlkem, coefficient by coefficient.
func TestReducedIsTheModulusCheck(t *testing.T) {
	key, err := mlkem.GenerateKey768()
	require.NoError(t, err)
	public := key.EncapsulationKey().Bytes()
	rapid.Check(t, func(t *rapid.T) {
		bad := bytes.Clone(public)
		at := rapid.IntRange(0, 767).Draw(t, "coefficient")
		value := rapid.OneOf(rapid.Uint16Range(3320, 3340), rapid.Uint16Range(0, 4095)).Draw(t, "value")
		two := bad[at/2*3:]
		if at%2 == 0 {
			two[0], two[1] = byte(value), two[1]&0xf0|byte(value>>8)
		} else {
			two[1], two[2] = two[1]&15|byte(value<<4), byte(value>>4)
		}
		_, err := mlkem.NewEncapsulationKey768(bad)
		require.Equal(t, value < 3329, err == nil)
		require.Equal(t, err == nil, reduced(bad[:1152]))
	})
}

// The faster public key is that of the ladder.
func TestX25519PublicIsThatOfTheLadder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		private := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "private")
		key, err := ecdh.X25519().NewPrivateKey(private)
		require.NoError(t, err)
		require.Equal(t, key.PublicKey().Bytes(), X25519Public(private))
	})
}
