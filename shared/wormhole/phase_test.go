package wormhole

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

func TestPhaseVectors(t *testing.T) {
	vectors := readVectors(t).Phases
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			key := Key(v.Key)
			phaseKey, err := DerivePhaseKey(key, v.Side, v.Phase)
			require.NoError(t, err)
			require.Equal(t, Key(v.PhaseKey), phaseKey)
			body, err := EncryptPhase(bytes.NewReader(v.Nonce), key, v.Side, v.Phase, v.Plain)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Body), body)
			require.Len(t, body, len(v.Plain)+PhaseOverhead)
			plain, err := DecryptPhase(key, v.Side, v.Phase, body)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Plain), plain)

			for i := range body {
				changed := bytes.Clone(body)
				changed[i] ^= 1
				_, err := DecryptPhase(key, v.Side, v.Phase, changed)
				require.ErrorIs(t, err, ErrDecrypt)
			}
			for _, cut := range [][]byte{nil, body[:1], body[:PhaseOverhead-1], body[:len(body)-1]} {
				_, err := DecryptPhase(key, v.Side, v.Phase, cut)
				require.ErrorIs(t, err, ErrDecrypt)
			}
			_, err = DecryptPhase(key, v.Side+"x", v.Phase, body)
			require.ErrorIs(t, err, ErrDecrypt, "a phase of another side")
			_, err = DecryptPhase(key, v.Side, v.Phase+"x", body)
			require.ErrorIs(t, err, ErrDecrypt, "another phase")
		})
	}
}

func TestPurposeVectors(t *testing.T) {
	vectors := readVectors(t).Purposes
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		out, err := DeriveKey(Key(v.Key), v.Purpose, v.Length)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Out), []byte(out))
	}
	_, err := DeriveKey(Key{}, "x", 255*32+1)
	require.Error(t, err)
}

func TestPhaseLimits(t *testing.T) {
	body, err := EncryptPhase(rand.Reader, Key{1}, "a", "0", make([]byte, MaxPhase))
	require.NoError(t, err)
	require.Len(t, body, MaxBody)
	plain, err := DecryptPhase(Key{1}, "a", "0", body)
	require.NoError(t, err)
	require.Len(t, plain, MaxPhase)
	_, err = EncryptPhase(rand.Reader, Key{1}, "a", "0", make([]byte, MaxPhase+1))
	require.ErrorIs(t, err, wire.ErrTooLarge)
	_, err = DecryptPhase(Key{1}, "a", "0", make([]byte, MaxBody+1))
	require.ErrorIs(t, err, ErrDecrypt)
	_, err = EncryptPhase(bytes.NewReader(nil), Key{1}, "a", "0", nil)
	require.Error(t, err)
}

func TestPAKEBody(t *testing.T) {
	message := append([]byte{'S'}, make([]byte, 32)...)
	body := EncodePAKE(message)
	require.JSONEq(t, `{"pake_v1": "53`+strings.Repeat("00", 32)+`"}`, string(body))
	back, err := DecodePAKE(body)
	require.NoError(t, err)
	require.Equal(t, message, back)
	_, err = DecodePAKE([]byte(`{"pake_v1": "53", "feature": true}`))
	require.NoError(t, err, "other members are ignored, and Finish sees the size")
	for name, bad := range map[string]string{
		"empty": "", "not an object": `"53"`, "no pake_v1": "{}", "null": `{"pake_v1": null}`, "number": `{"pake_v1": 53}`,
		"not hexadecimal": `{"pake_v1": "S"}`, "too long": `{"pake_v1": "` + strings.Repeat("00", 34) + `"}`,
		"another name": `{"PAKE_V1": "53"}`, "twice": `{"pake_v1": "53", "pake_v1": "53"}`, "after the end": `{"pake_v1": "53"} 1`,
	} {
		_, err := DecodePAKE([]byte(bad))
		require.Error(t, err, name)
	}
}

func TestVersionBody(t *testing.T) {
	plain, err := EncodeVersion(nil)
	require.NoError(t, err)
	require.JSONEq(t, `{"app_versions": {}}`, string(plain))
	plain, err = EncodeVersion(json.RawMessage(`{"petmail": 1}`))
	require.NoError(t, err)
	versions, err := DecodeVersion(plain)
	require.NoError(t, err)
	require.JSONEq(t, `{"petmail": 1}`, string(versions))
	versions, err = DecodeVersion([]byte(`{"can-dilate": ["1"]}`))
	require.NoError(t, err)
	require.JSONEq(t, `{}`, string(versions))
	_, err = EncodeVersion(json.RawMessage(`[]`))
	require.Error(t, err)
	for _, bad := range []string{"", "[]", `{"app_versions": []}`, `{"app_versions": {"a":1,"a":2}}`} {
		_, err := DecodeVersion([]byte(bad))
		require.Error(t, err, bad)
	}
}
