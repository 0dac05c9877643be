package roottest

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Size of a root file, in bytes: as vault.RootSize.
const Size = 8192

// File is a vault.RootFile.
type File interface {
	io.ReaderAt
	io.WriterAt
	Flush() error
	Close() error
}

// Open opens the root file called name, making it where there is none.
type Open func(name string) (File, error)

// Run runs the whole suite. Names given to open are fresh as long as the
// place that open uses is. exclusive: a file that is open cannot be opened
// again.
func Run(t *testing.T, exclusive bool, open Open) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *place)
	}{
		{"FreshIsZero", testFresh},
		{"WriteInPlace", testWrite},
		{"Reopen", testReopen},
		{"Bounds", testBounds},
		{"Closed", testClosed},
		{"NamesAreApart", testNames},
		{"Model", testModel},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, &place{name: c.name, open: open}) })
	}
	if exclusive {
		t.Run("Exclusive", func(t *testing.T) { testExclusive(t, &place{name: "exclusive", open: open}) })
	}
}

// place is one named file over its openings.
type place struct {
	name string
	open Open
}

func (p *place) file(t *testing.T) File {
	t.Helper()
	f, err := p.open(p.name)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() }) // a second Close only answers an error
	return f
}

func all(t require.TestingT, f File) []byte {
	b := make([]byte, Size)
	n, err := f.ReadAt(b, 0)
	if !errors.Is(err, io.EOF) { // allowed at the very end
		require.NoError(t, err)
	}
	require.Equal(t, Size, n)
	return b
}

func testFresh(t *testing.T, p *place) {
	require.Equal(t, make([]byte, Size), all(t, p.file(t)))
}

func testWrite(t *testing.T, p *place) {
	f := p.file(t)
	n, err := f.WriteAt([]byte("first"), 0)
	require.NoError(t, err)
	require.Equal(t, 5, n)
	n, err = f.WriteAt([]byte("last"), Size-4)
	require.NoError(t, err)
	require.Equal(t, 4, n)
	n, err = f.WriteAt(nil, 100)
	require.NoError(t, err)
	require.Zero(t, n)
	require.NoError(t, f.Flush())
	_, err = f.WriteAt([]byte("F"), 0)
	require.NoError(t, err)

	want := make([]byte, Size)
	copy(want, "First")
	copy(want[Size-4:], "last")
	require.Equal(t, want, all(t, f))
	part := make([]byte, 3)
	_, err = f.ReadAt(part, 1)
	require.NoError(t, err)
	require.Equal(t, "irs", string(part))
}

func testReopen(t *testing.T, p *place) {
	f := p.file(t)
	slot := bytes.Repeat([]byte{0xa5}, Size/2)
	_, err := f.WriteAt(slot, Size/2)
	require.NoError(t, err)
	require.NoError(t, f.Flush())
	require.NoError(t, f.Close())

	again := p.file(t)
	require.Equal(t, append(make([]byte, Size/2), slot...), all(t, again))
}

// testBounds: the file never grows, and nothing is written halfway.
func testBounds(t *testing.T, p *place) {
	f := p.file(t)
	for _, at := range []int64{-1, Size - 3, Size, 1 << 40} {
		_, err := f.WriteAt([]byte("over"), at)
		require.Error(t, err, at)
		_, err = f.ReadAt(make([]byte, 4), at)
		require.Error(t, err, at)
	}
	require.Equal(t, make([]byte, Size), all(t, f))
}

func testClosed(t *testing.T, p *place) {
	f := p.file(t)
	require.NoError(t, f.Close())
	_, err := f.ReadAt(make([]byte, 1), 0)
	require.Error(t, err)
	_, err = f.WriteAt(make([]byte, 1), 0)
	require.Error(t, err)
	require.Error(t, f.Flush())
	require.Error(t, f.Close())
}

func testNames(t *testing.T, p *place) {
	one := p.file(t)
	other := (&place{name: p.name + "-2", open: p.open}).file(t)
	_, err := one.WriteAt([]byte("one"), 0)
	require.NoError(t, err)
	require.Equal(t, make([]byte, Size), all(t, other))
}

func testModel(t *testing.T, p *place) {
	f := p.file(t)
	model := make([]byte, Size)
	rapid.Check(t, func(t *rapid.T) {
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				at := rapid.IntRange(0, Size).Draw(t, "at")
				b := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.IntRange(0, Size-at).Draw(t, "n"))
				n, err := f.WriteAt(b, int64(at))
				require.NoError(t, err)
				require.Equal(t, len(b), n)
				copy(model[at:], b)
			},
			"reopen": func(t *rapid.T) {
				require.NoError(t, f.Flush())
				require.NoError(t, f.Close())
				var err error
				f, err = p.open(p.name)
				require.NoError(t, err)
			},
			"": func(t *rapid.T) { require.True(t, bytes.Equal(model, all(t, f)), "the file differs") },
		})
	})
	require.NoError(t, f.Close())
}

func testExclusive(t *testing.T, p *place) {
	f := p.file(t)
	_, err := p.open(p.name)
	require.Error(t, err)
	require.NoError(t, f.Close())
	p.file(t)
}
