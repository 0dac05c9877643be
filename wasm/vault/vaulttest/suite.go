package vaulttest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/vault"
)

// RunRootFile runs the conformance suite of vault.RootFile. open opens the
// file called name, creating it where there is none; names are fresh.
func RunRootFile(t *testing.T, open func(name string) (vault.RootFile, error)) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, open func() (vault.RootFile, error))
	}{
		{"NewIsZeros", testNew},
		{"WritesInPlace", testInPlace},
		{"StandsAfterFlush", testStands},
		{"SizeIsFixed", testFixed},
		{"OneHolder", testHolder},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.run(t, func() (vault.RootFile, error) { return open("root-" + c.name) })
		})
	}
}

func mustOpen(t *testing.T, open func() (vault.RootFile, error)) vault.RootFile {
	t.Helper()
	f, err := open()
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() }) // a second Close only fails
	return f
}

func read(t *testing.T, f vault.RootFile) []byte {
	t.Helper()
	b := make([]byte, vault.RootSize)
	n, err := f.ReadAt(b, 0)
	require.Equal(t, vault.RootSize, n, "%v", err)
	return b
}

func testNew(t *testing.T, open func() (vault.RootFile, error)) {
	require.Equal(t, make([]byte, vault.RootSize), read(t, mustOpen(t, open)))
}

func testInPlace(t *testing.T, open func() (vault.RootFile, error)) {
	f := mustOpen(t, open)
	want := make([]byte, vault.RootSize)
	for i, c := range []struct{ off, n int }{{0, vault.RootSize}, {0, 1}, {1, 31}, {vault.SlotSize, vault.SlotSize}, {vault.RootSize - 1, 1}} {
		part := bytes.Repeat([]byte{byte(i + 1)}, c.n)
		n, err := f.WriteAt(part, int64(c.off))
		require.NoError(t, err)
		require.Equal(t, c.n, n)
		copy(want[c.off:], part)
		require.Equal(t, want, read(t, f), "write %d", i)
	}
}

func testStands(t *testing.T, open func() (vault.RootFile, error)) {
	for i := range 3 {
		f := mustOpen(t, open)
		require.Equal(t, byte(i), read(t, f)[vault.SlotSize])
		_, err := f.WriteAt([]byte{byte(i + 1)}, vault.SlotSize)
		require.NoError(t, err)
		require.NoError(t, f.Flush())
		require.NoError(t, f.Close())
		require.Error(t, f.Flush())
		_, err = f.WriteAt([]byte{9}, 0)
		require.Error(t, err)
		_, err = f.ReadAt(make([]byte, 1), 0)
		require.Error(t, err)
		require.Error(t, f.Close())
	}
}

func testFixed(t *testing.T, open func() (vault.RootFile, error)) {
	f := mustOpen(t, open)
	for _, off := range []int64{-1, vault.RootSize - 1, vault.RootSize, 1 << 40} {
		_, err := f.WriteAt([]byte{1, 2}, off)
		require.Error(t, err, fmt.Sprint(off))
	}
	require.Equal(t, make([]byte, vault.RootSize), read(t, f))
	n, err := f.ReadAt(make([]byte, 10), vault.RootSize-4)
	require.Equal(t, 4, n)
	require.Error(t, err)
}

func testHolder(t *testing.T, open func() (vault.RootFile, error)) {
	f := mustOpen(t, open)
	_, err := open()
	require.Error(t, err)
	require.NoError(t, f.Close())
	mustOpen(t, open)
}
