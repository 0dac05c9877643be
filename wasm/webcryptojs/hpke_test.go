//go:build js

package webcryptojs

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
)

var hpkeSuites = []mls.Suite{mls.X25519AES128, mls.X25519ChaCha, mls.XWingAES, mls.XWingChaCha}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// checkHPKE holds a provider's HPKE against mls.StandardProvider's, on random
// inputs and on every kind of input that must be refused.
func checkHPKE(t *testing.T, p mls.Provider, rounds int) {
	standard := mls.StandardProvider{}
	pairs := []struct{ from, to mls.Provider }{{p, standard}, {standard, p}, {p, p}}
	for _, s := range hpkeSuites {
		t.Run(s.String(), func(t *testing.T) {
			for i := range rounds {
				private, public, err := p.DeriveKeyPair(s, randomBytes(32+i))
				require.NoError(t, err)
				info, text := randomBytes(i*7), randomBytes(i*31)
				for _, pair := range pairs {
					enc, ct, err := pair.from.SealHPKE(s, public, info, text)
					require.NoError(t, err)
					got, err := pair.to.OpenHPKE(s, private, enc, info, ct)
					require.NoError(t, err)
					require.True(t, bytes.Equal(text, got))

					enc, sent, err := pair.from.ExportSend(s, public, "label", 32+i)
					require.NoError(t, err)
					received, err := pair.to.ExportReceive(s, private, enc, "label", 32+i)
					require.NoError(t, err)
					require.Equal(t, sent, received)
				}
			}
			checkHPKERefusals(t, p, s)
		})
	}
}

func checkHPKERefusals(t *testing.T, p mls.Provider, s mls.Suite) {
	standard := mls.StandardProvider{}
	private, public, err := standard.DeriveKeyPair(s, randomBytes(32))
	require.NoError(t, err)
	enc, ct, err := standard.SealHPKE(s, public, []byte("info"), []byte("text"))
	require.NoError(t, err)
	x25519At := len(public) - 32
	encAt := len(enc) - 32

	// Keys: wrong sizes, points of small order with and without the ignored
	// highest bit, coordinates from p on.
	publics := map[string][]byte{"good": public, "empty": {}, "short": public[1:], "long": append(bytes.Clone(public), 0)}
	encs := map[string][]byte{"good": enc, "empty": {}, "short": enc[1:], "long": append(bytes.Clone(enc), 0)}
	for name, u := range x25519Edges() {
		publics[name] = append(bytes.Clone(public[:x25519At]), u...)
		encs[name] = append(bytes.Clone(enc[:encAt]), u...)
	}
	if x25519At > 0 {
		publics["ML-KEM key not reduced"] = append(bytes.Repeat([]byte{0xff}, x25519At), public[x25519At:]...)
		barely := bytes.Clone(public)
		barely[0], barely[1] = 0x01, barely[1]&0xf0|0x0d // a coefficient of 3329
		publics["ML-KEM key not reduced in one place"] = barely
		encs["ML-KEM ciphertext of noise"] = append(randomBytes(encAt), enc[encAt:]...)
	}
	refused := 0
	for name, public := range publics {
		_, _, want := standard.SealHPKE(s, public, nil, nil)
		_, _, got := p.SealHPKE(s, public, nil, nil)
		require.Equal(t, want != nil, got != nil, "seal to %s: %v, not %v", name, got, want)
		_, _, want = standard.ExportSend(s, public, "l", 32)
		_, _, got = p.ExportSend(s, public, "l", 32)
		require.Equal(t, want != nil, got != nil, "export to %s: %v, not %v", name, got, want)
		if want != nil {
			refused++
		}
	}
	require.Greater(t, refused, 4)
	for name, enc := range encs {
		want, errWant := standard.ExportReceive(s, private, enc, "l", 32)
		got, errGot := p.ExportReceive(s, private, enc, "l", 32)
		require.Equal(t, errWant != nil, errGot != nil, "receive from %s: %v, not %v", name, errGot, errWant)
		require.Equal(t, want, got, name)
	}
	for name, in := range map[string]struct{ private, info, ct []byte }{
		"private key too short": {private[1:], []byte("info"), ct},
		"private key too long":  {append(bytes.Clone(private), 0), []byte("info"), ct},
		"no private key":        {nil, []byte("info"), ct},
		"another private key":   {randomBytes(len(private)), []byte("info"), ct},
		"another info":          {private, []byte("infp"), ct},
		"ciphertext cut":        {private, []byte("info"), ct[:len(ct)-1]},
		"ciphertext empty":      {private, []byte("info"), nil},
		"ciphertext changed":    {private, []byte("info"), append([]byte{ct[0] ^ 1}, ct[1:]...)},
	} {
		_, err := standard.OpenHPKE(s, in.private, enc, in.info, in.ct)
		require.Error(t, err, name)
		_, err = p.OpenHPKE(s, in.private, enc, in.info, in.ct)
		require.Error(t, err, name)
	}
	for _, length := range []int{-1, 0, 1, 255 * s.HashSize(), 255*s.HashSize() + 1, 1 << 16} {
		want, errWant := standard.ExportReceive(s, private, enc, "l", length)
		got, errGot := p.ExportReceive(s, private, enc, "l", length)
		require.Equal(t, errWant != nil, errGot != nil, "%d bytes: %v, not %v", length, errGot, errWant)
		require.True(t, bytes.Equal(want, got), length)
	}
	_, _, err = p.SealHPKE(0x7777, public, nil, nil)
	require.Error(t, err)
}

// x25519Edges are u coordinates at which implementations differ: of small
// order (RFC 7748 section 6.1) or not canonical.
func x25519Edges() map[string][]byte {
	order8 := []byte{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00}
	other8 := []byte{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
		0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57}
	number := func(n uint64) []byte { return le([4]uint64{n}) }
	edges := map[string][]byte{
		"0": number(0), "1": number(1), "order 8": order8, "order 8, the other": other8,
		"p-1": le(smallOrder[2]), "p": le(prime), "p+1": addLE(le(prime), number(1)),
		"9": number(9), "p+9": addLE(le(prime), number(9)), "p+18": addLE(le(prime), number(18)),
	}
	high := make(map[string][]byte)
	for name, u := range edges {
		u = bytes.Clone(u)
		u[31] |= 0x80
		high[name+" with the highest bit"] = u
	}
	for name, u := range high {
		edges[name] = u
	}
	return edges
}
