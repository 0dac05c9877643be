package vault

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is decoded here is authenticated, except for slots; it shall not be
// able to do harm all the same.

func FuzzPage(f *testing.F) {
	for _, n := range []*node{
		{leaf: true},
		{leaf: true, items: []item{{key: "a", ref: ref{number: 1, parts: 1}}, {key: "ab", ref: ref{number: 300, parts: 2}}}},
		{leaf: true, items: []item{{key: "a", value: []byte{}}, {key: "ab", value: make([]byte, maxInline)}}},
		{items: []item{{key: "", ref: ref{number: 7, parts: 1}}, {key: "msg/", ref: ref{number: 8, parts: 1}}}},
	} {
		f.Add(n.encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := decodeNode(b)
		if err != nil {
			return
		}
		again, err := decodeNode(n.encode())
		require.NoError(t, err)
		require.Equal(t, n, again)
		n.child("m")
		n.find("m")
	})
}

func FuzzDirectory(f *testing.F) {
	for _, garbage := range [][]uint64{nil, {1}, {1, 2, 3, 9, 70_000}} {
		b, err := encodeDirectory(&node{leaf: true}, &node{leaf: true, items: []item{{key: "a", value: []byte("1")}}}, garbage, 80_000)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decodeDirectory(b)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(c.garbage), maxGarbage)
		encoded, err := encodeDirectory(c.top, c.recent, c.garbage, c.next)
		require.NoError(t, err)
		again, err := decodeDirectory(encoded)
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}

func FuzzSlot(f *testing.F) {
	memory := &bytesFile{}
	a := access{key: make([]byte, keySize)}
	s, err := a.slot(zeros{}, 0, 3, root{Directory: 9, Parts: 1})
	require.NoError(f, err)
	require.NoError(f, writeSlot(memory, s))
	f.Add(memory[:SlotSize])
	f.Add(make([]byte, SlotSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := &bytesFile{}
		copy(file[:slotEnd], b)
		sum := sha256.Sum256(file[:slotEnd]) // so that more than noise gets through
		copy(file[slotEnd:], sum[:])
		s, found, err := readSlot(file, 0)
		require.NoError(t, err)
		if found != slotValid {
			return
		}
		again := &bytesFile{}
		require.NoError(t, writeSlot(again, s))
		require.Equal(t, file[len(slotMagic):slotEnd], again[len(slotMagic):slotEnd], "one form only")
		if a, err := openSlot(s, Secret{}); err == nil {
			_, _ = a.root(s)
		}
	})
}

// bytesFile is a RootFile.
type bytesFile [RootSize]byte

func (f *bytesFile) ReadAt(p []byte, off int64) (int, error)  { return copy(p, f[off:]), nil }
func (f *bytesFile) WriteAt(p []byte, off int64) (int, error) { return copy(f[off:], p), nil }
func (f *bytesFile) Flush() error                             { return nil }
func (f *bytesFile) Close() error                             { return nil }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
