package forensic

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/chacha20poly1305"
)

// TestFirstWord compares our one block with the library's.
func TestFirstWord(t *testing.T) {
	for range 50 {
		var key [32]byte
		var nonce [chacha20poly1305.NonceSizeX]byte
		rand.Read(key[:])
		rand.Read(nonce[:])
		var w window
		w.set(key[:])
		require.Equal(t, key, w.bytes())

		aead, err := chacha20poly1305.New(key[:])
		require.NoError(t, err)
		stream := aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), make([]byte, 4), nil)
		require.Equal(t, binary.LittleEndian.Uint32(stream), w.firstWord())

		aead, err = chacha20poly1305.NewX(key[:])
		require.NoError(t, err)
		stream = aead.Seal(nil, nonce[:], make([]byte, 32), nil)
		words := nonceWords(nonce[:])
		require.Equal(t, binary.LittleEndian.Uint32(stream), w.firstWordX(&words))
		whole := w.streamX(&words)
		got := whole.bytes()
		require.Equal(t, stream[:32], got[:])
	}
}

func BenchmarkWindows(b *testing.B) {
	e := NewEvidence()
	for range 5000 {
		sealed := make([]byte, 1024+tagSize)
		rand.Read(sealed)
		e.Add("name", sealed)
	}
	x := &examiner{evidence: e}
	random := make([]byte, block+keySize-1)
	rand.Read(random)
	tried := int64(0)
	b.SetBytes(block)
	for b.Loop() {
		tried += x.windows(random)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(tried), "ns/window")
	require.False(b, bytes.Equal(random, nil))
}
