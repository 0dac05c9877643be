package wormhole

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"testing"

	"filippo.io/edwards25519"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSPAKE2Vectors(t *testing.T) {
	vectors := readVectors(t).SPAKE2
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			a, m1, err := Start(bytes.NewReader(v.Entropy1), v.Password, v.AppID)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Message1), m1)
			b, m2, err := Start(bytes.NewReader(v.Entropy2), v.Password, v.AppID)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Message2), m2)

			stored, err := a.Marshal()
			require.NoError(t, err)
			a, err = UnmarshalPAKE(stored)
			require.NoError(t, err)
			require.Equal(t, m1, a.Message(), "message after a restart")

			k1, err := a.Finish(m2)
			require.NoError(t, err)
			k2, err := b.Finish(m1)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Key), k1[:])
			require.Equal(t, k1, k2)
			verifier, err := Verifier(k1)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Verifier), []byte(verifier))
		})
	}
}

func TestWrongPasswordGivesOtherKeys(t *testing.T) {
	v := readVectors(t).Mismatch
	a, m1, err := Start(bytes.NewReader(v.Entropy1), v.Password1, v.AppID)
	require.NoError(t, err)
	b, m2, err := Start(bytes.NewReader(v.Entropy2), v.Password2, v.AppID)
	require.NoError(t, err)
	k1, err := a.Finish(m2)
	require.NoError(t, err)
	k2, err := b.Finish(m1)
	require.NoError(t, err)
	require.Equal(t, []byte(v.Key1), k1[:])
	require.Equal(t, []byte(v.Key2), k2[:])
	require.NotEqual(t, k1, k2)

	body, err := EncryptPhase(rand.Reader, k1, "s1", PhaseVersion, []byte("{}"))
	require.NoError(t, err)
	_, err = DecryptPhase(k2, "s1", PhaseVersion, body)
	require.ErrorIs(t, err, ErrDecrypt)
}

func TestFinishRefuses(t *testing.T) {
	file := readVectors(t)
	own := file.SPAKE2[0]
	require.NotEmpty(t, file.Refused)
	for _, v := range file.Refused {
		t.Run(v.Name, func(t *testing.T) {
			p, _, err := Start(bytes.NewReader(own.Entropy1), own.Password, own.AppID)
			require.NoError(t, err)
			_, err = p.Finish(v.Message)
			require.ErrorIs(t, err, map[string]error{"malformed": ErrPAKEMessage, "reflected": ErrReflected}[v.Error])
			_, err = p.Finish(own.Message2)
			require.ErrorIs(t, err, ErrFinished, "a refused message uses up the guess")
			_, err = p.Marshal()
			require.ErrorIs(t, err, ErrFinished)
		})
	}
}

// TestBlinding derives S as python-spake2 does: HKDF to a number y mod 2^255-19,
// the next y on the curve with even x, times the cofactor.
func TestBlinding(t *testing.T) {
	wide, err := hkdf.Key(sha256.New, []byte("symmetric"), nil, "SPAKE2 arbitrary element", 48)
	require.NoError(t, err)
	q := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	y := new(big.Int).SetBytes(wide)
	var point *edwards25519.Point
	for err = errors.New("not tried"); err != nil; y.Add(y, big.NewInt(1)) {
		encoded := y.Mod(y, q).FillBytes(make([]byte, 32))
		slices.Reverse(encoded)
		point, err = new(edwards25519.Point).SetBytes(encoded)
	}
	point.MultByCofactor(point)
	s, err := blinding()
	require.NoError(t, err)
	require.Equal(t, point.Bytes(), s.Bytes())
	require.Equal(t, []byte(readVectors(t).Blinding), s.Bytes())
}

func TestStartRefuses(t *testing.T) {
	_, _, err := Start(rand.Reader, nil, AppID)
	require.ErrorContains(t, err, "unusable size")
	_, _, err = Start(rand.Reader, make([]byte, maxPassword+1), AppID)
	require.ErrorContains(t, err, "unusable size")
	_, _, err = Start(rand.Reader, []byte("x"), string(make([]byte, maxAppID+1)))
	require.ErrorContains(t, err, "unusable size")
	_, _, err = Start(bytes.NewReader(make([]byte, 63)), []byte("x"), AppID)
	require.ErrorContains(t, err, "random")
	_, _, err = Start(bytes.NewReader(make([]byte, 64)), []byte("x"), AppID)
	require.ErrorContains(t, err, "zero")
}

func TestUnmarshalPAKERefuses(t *testing.T) {
	p, _, err := Start(rand.Reader, []byte("x"), AppID)
	require.NoError(t, err)
	good, err := p.Marshal()
	require.NoError(t, err)
	_, err = UnmarshalPAKE(good)
	require.NoError(t, err)
	for i := range good {
		_, err := UnmarshalPAKE(good[:i])
		require.Error(t, err, "cut to %d bytes", i)
	}
	_, err = UnmarshalPAKE(append(bytes.Clone(good), 0))
	require.Error(t, err)
	other := bytes.Clone(good)
	other[2] = 2 // version
	_, err = UnmarshalPAKE(other)
	require.ErrorContains(t, err, "version")
	other = bytes.Clone(good)
	copy(other[len(other)-32:], bytes.Repeat([]byte{0xff}, 32))
	_, err = UnmarshalPAKE(other)
	require.ErrorContains(t, err, "canonical")
}

func TestSecretsPrintRedacted(t *testing.T) {
	p, _, err := Start(rand.Reader, []byte("hush-hush"), AppID)
	require.NoError(t, err)
	code := Code{Nameplate: "7", Words: []string{"hush"}}
	link := Link{Relay: "https://hush.example"}
	for _, v := range []any{p, *p, Key{'h', 'u', 's', 'h'}, code, &code, link, &link} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
			require.Equal(t, "[redacted]", fmt.Sprintf(verb, v))
		}
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("made", "it", v)
		require.Contains(t, out.String(), "it=[redacted]")
		require.NotContains(t, out.String(), "hush")
	}
}

func TestPAKEAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "password")
		other := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "other password")
		appIDs := rapid.SliceOfN(rapid.SampledFrom([]string{AppID, "a", ""}), 2, 2).Draw(t, "app ids")
		if rapid.Bool().Draw(t, "same password") {
			other = password
		}
		a, m1, err := Start(rand.Reader, password, appIDs[0])
		require.NoError(t, err)
		b, m2, err := Start(rand.Reader, other, appIDs[1])
		require.NoError(t, err)
		k1, err := a.Finish(m2)
		require.NoError(t, err)
		k2, err := b.Finish(m1)
		require.NoError(t, err)
		require.Equal(t, bytes.Equal(password, other) && appIDs[0] == appIDs[1], k1 == k2)
	})
}

func FuzzFinish(f *testing.F) {
	file := readVectors(f)
	for _, v := range file.Refused {
		f.Add([]byte(v.Message))
	}
	own := file.SPAKE2[0]
	f.Add([]byte(own.Message2))
	f.Fuzz(func(t *testing.T, message []byte) {
		p, _, err := Start(bytes.NewReader(own.Entropy1), own.Password, own.AppID)
		require.NoError(t, err)
		key, err := p.Finish(message)
		if err != nil {
			require.Zero(t, key)
			return
		}
		y, err := new(edwards25519.Point).SetBytes(message[1:])
		require.NoError(t, err)
		require.Equal(t, message[1:], y.Bytes())
	})
}

func BenchmarkPAKE(b *testing.B) {
	_, peer, err := Start(rand.Reader, []byte("7-guitarist-revenge"), AppID)
	require.NoError(b, err)
	for b.Loop() {
		p, _, err := Start(rand.Reader, []byte("7-guitarist-revenge"), AppID)
		require.NoError(b, err)
		_, err = p.Finish(peer)
		require.NoError(b, err)
	}
}
