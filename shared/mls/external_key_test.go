package mls

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExternalKeyWithAndWithoutItsLength(t *testing.T) {
	c, err := newCipher(X25519AES128, nil)
	require.NoError(t, err)
	for first := range 256 {
		bare := append([]byte{byte(first)}, bytes.Repeat([]byte{9}, 31)...)
		key, err := externalKey(c, bare)
		require.NoError(t, err)
		require.Equal(t, bare, key)
		key, err = externalKey(c, append([]byte{32}, bare...))
		require.NoError(t, err)
		require.Equal(t, bare, key)
	}
	for _, bad := range [][]byte{nil, {0}, {31, 1}, make([]byte, 31), make([]byte, 34)} {
		_, err := externalKey(c, bad)
		require.Error(t, err)
	}
}
