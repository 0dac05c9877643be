package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
)

// Open opens the store called name, creating it empty where there is none.
// Once a Store is closed, opening its name again finds what was committed.
type Open func(name string) (store.Store, error)

// Run runs the whole suite. Names given to open are fresh as long as the
// place that open uses is.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *place)
	}{
		{"Get", testGet},
		{"ValuesAreNotShared", testNotShared},
		{"AllBytesAndSizes", testBytes},
		{"BatchOrder", testBatchOrder},
		{"InvalidBatchChangesNothing", testInvalid},
		{"Scan", testScan},
		{"ScanMany", testScanMany},
		{"Reopen", testReopen},
		{"NamesAreApart", testNames},
		{"Closed", testClosed},
		{"Concurrent", testConcurrent},
		{"Model", testModel},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, &place{t: t, name: c.name, open: open}) })
	}
}

// place is one named store over its openings.
type place struct {
	t    *testing.T
	name string
	open Open
}

func (p *place) store() store.Store {
	p.t.Helper()
	s, err := p.open(p.name)
	require.NoError(p.t, err)
	p.t.Cleanup(func() { s.Close() }) // a second Close only answers ErrClosed
	return s
}

func put(t testing.TB, s store.Store, pairs ...string) {
	t.Helper()
	var b store.Batch
	for i := 0; i < len(pairs); i += 2 {
		b.Put(pairs[i], []byte(pairs[i+1]))
	}
	require.NoError(t, s.Commit(&b))
}

func get(t testing.TB, s store.Store, key string) []byte {
	t.Helper()
	v, err := s.Get(key)
	require.NoError(t, err)
	return v
}

func keys(t testing.TB, s store.Store, prefix, from string, reverse bool, limit int) []string {
	t.Helper()
	records, err := s.Scan(prefix, from, reverse, limit)
	require.NoError(t, err)
	out := []string{}
	for _, r := range records {
		out = append(out, r.Key)
	}
	return out
}

func testGet(t *testing.T, p *place) {
	s := p.store()
	require.Nil(t, get(t, s, "missing"))
	put(t, s, "k", "one")
	require.Equal(t, []byte("one"), get(t, s, "k"))
	put(t, s, "k", "two")
	require.Equal(t, []byte("two"), get(t, s, "k"))

	var b store.Batch
	b.Put("empty", nil)
	b.Put("empty2", []byte{})
	require.NoError(t, s.Commit(&b))
	for _, k := range []string{"empty", "empty2"} {
		v := get(t, s, k)
		require.NotNil(t, v, k)
		require.Empty(t, v, k)
	}
	records, err := s.Scan("empty", "", false, 10)
	require.NoError(t, err)
	require.Equal(t, []store.Record{{Key: "empty", Value: []byte{}}, {Key: "empty2", Value: []byte{}}}, records)

	b = store.Batch{}
	b.Delete("k")
	b.Delete("was never there")
	require.NoError(t, s.Commit(&b))
	require.Nil(t, get(t, s, "k"))
	require.NoError(t, s.Commit(&store.Batch{}), "an empty batch is a no-op")
	for _, k := range []string{"", "ü", "a\nb", strings.Repeat("k", store.MaxKey+1)} {
		_, err := s.Get(k)
		require.ErrorIs(t, err, store.ErrInvalid)
	}
}

func testNotShared(t *testing.T, p *place) {
	s := p.store()
	value := []byte("value")
	var b store.Batch
	b.Put("k", value)
	require.NoError(t, s.Commit(&b))
	value[0] = 'X'
	require.Equal(t, []byte("value"), get(t, s, "k"))
	get(t, s, "k")[0] = 'Y'
	require.Equal(t, []byte("value"), get(t, s, "k"))
	records, err := s.Scan("k", "", false, 1)
	require.NoError(t, err)
	records[0].Value[0] = 'Z'
	require.Equal(t, []byte("value"), get(t, s, "k"))
}

func testBytes(t *testing.T, p *place) {
	s := p.store()
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	ascii := ""
	for c := byte(' '); c <= '~'; c++ {
		ascii += string(c)
	}
	large := bytes.Repeat(all, store.MaxValue/len(all))
	long := strings.Repeat("~", store.MaxKey)
	var b store.Batch
	b.Put(ascii, all)
	b.Put(long, large)
	b.Put(" ", []byte{0})
	require.NoError(t, s.Commit(&b))
	require.Equal(t, all, get(t, s, ascii))
	require.True(t, bytes.Equal(large, get(t, s, long)))
	require.Equal(t, []string{" ", ascii, long}, keys(t, s, "", "", false, 10))
	require.Equal(t, []string{long}, keys(t, s, long, "", true, 10))
	require.Empty(t, keys(t, s, long, long, false, 10))
}

func testBatchOrder(t *testing.T, p *place) {
	s := p.store()
	put(t, s, "a", "old", "b", "old", "c", "old")
	var b store.Batch
	b.Put("a", []byte("1"))
	b.Put("a", []byte("2"))
	b.Put("b", []byte("1"))
	b.Delete("b")
	b.Delete("c")
	b.Put("c", []byte("1"))
	b.Put("d", []byte("1"))
	b.Delete("d")
	require.NoError(t, s.Commit(&b))
	require.Equal(t, []byte("2"), get(t, s, "a"))
	require.Nil(t, get(t, s, "b"))
	require.Equal(t, []byte("1"), get(t, s, "c"))
	require.Nil(t, get(t, s, "d"))
}

func testInvalid(t *testing.T, p *place) {
	s := p.store()
	for _, op := range []store.Op{
		{Key: "", Value: []byte("v")},
		{Key: "", Value: nil},
		{Key: "ü", Value: []byte("v")},
		{Key: "a\x00", Value: []byte("v")},
		{Key: "\x7f", Value: nil},
		{Key: strings.Repeat("k", store.MaxKey+1), Value: []byte("v")},
		{Key: "k", Value: make([]byte, store.MaxValue+1)},
	} {
		var b store.Batch
		b.Put("good", []byte("v"))
		b.Ops = append(b.Ops, op)
		require.ErrorIs(t, s.Commit(&b), store.ErrInvalid)
		require.Nil(t, get(t, s, "good"))
	}
	_, err := s.Scan("ü", "", false, 1)
	require.ErrorIs(t, err, store.ErrInvalid)
	_, err = s.Scan("", "\x00", false, 1)
	require.ErrorIs(t, err, store.ErrInvalid)
}

func testScan(t *testing.T, p *place) {
	s := p.store()
	put(t, s, "b/3", "3", "a/1", "x", "b/1", "1", "c", "x", "b/2", "2", "b", "x", "b0", "x", "b/", "0")
	for _, c := range []struct {
		prefix, from string
		reverse      bool
		limit        int
		want         []string
	}{
		{"b/", "", false, 10, []string{"b/", "b/1", "b/2", "b/3"}},
		{"b/", "", true, 10, []string{"b/3", "b/2", "b/1", "b/"}},
		{"b/", "", false, 2, []string{"b/", "b/1"}},
		{"b/", "", true, 2, []string{"b/3", "b/2"}},
		{"b/", "b/1", false, 10, []string{"b/2", "b/3"}},
		{"b/", "b/2", true, 10, []string{"b/1", "b/"}},
		{"b/", "b/15", false, 10, []string{"b/2", "b/3"}},
		{"b/", "b/15", true, 10, []string{"b/1", "b/"}},
		{"b/", "b/3", false, 10, []string{}},
		{"b/", "b/", true, 10, []string{}},
		{"b/", "a", false, 1, []string{"b/"}},
		{"b/", "z", false, 10, []string{}},
		{"b/", "z", true, 1, []string{"b/3"}},
		{"b/", "a", true, 10, []string{}},
		{"b", "b/3", false, 10, []string{"b0"}},
		{"", "", false, 10, []string{"a/1", "b", "b/", "b/1", "b/2", "b/3", "b0", "c"}},
		{"", "b0", true, 3, []string{"b/3", "b/2", "b/1"}},
		{"", "c", false, 10, []string{}},
		{"d", "", false, 10, []string{}},
		{"b/", "", false, 0, []string{}},
		{"b/", "", false, -1, []string{}},
	} {
		require.Equal(t, c.want, keys(t, s, c.prefix, c.from, c.reverse, c.limit), "%+v", c)
	}
	records, err := s.Scan("b/", "b/", false, 2)
	require.NoError(t, err)
	require.Equal(t, []store.Record{{Key: "b/1", Value: []byte("1")}, {Key: "b/2", Value: []byte("2")}}, records)
}

// testScanMany walks more records than an implementation would fetch at once,
// in pages and in one go.
func testScanMany(t *testing.T, p *place) {
	s := p.store()
	const n = 1500
	var b store.Batch
	var want []string
	for i := range n {
		key := fmt.Sprintf("m/%04d", i)
		want = append(want, key)
		b.Put(key, bytes.Repeat([]byte{byte(i)}, 500))
	}
	require.NoError(t, s.Commit(&b))
	require.Equal(t, want, keys(t, s, "m/", "", false, 10*n))
	var paged []string
	for from := ""; ; {
		page := keys(t, s, "m/", from, true, 400)
		if len(page) == 0 {
			break
		}
		paged = append(page, paged...)
		from = page[len(page)-1]
	}
	require.Len(t, paged, n)
	b = store.Batch{}
	for _, k := range want {
		b.Delete(k)
	}
	require.NoError(t, s.Commit(&b))
	require.Empty(t, keys(t, s, "", "", false, 10))
}

func testReopen(t *testing.T, p *place) {
	s := p.store()
	put(t, s, "a", "1", "b", "1")
	require.NoError(t, s.Close())
	s = p.store()
	require.Equal(t, []byte("1"), get(t, s, "a"))
	var b store.Batch
	b.Delete("a")
	b.Put("c", []byte("2"))
	require.NoError(t, s.Commit(&b))
	require.NoError(t, s.Close())
	s = p.store()
	require.Equal(t, []string{"b", "c"}, keys(t, s, "", "", false, 10))
}

func testNames(t *testing.T, p *place) {
	other := &place{t: t, name: p.name + "/other", open: p.open}
	put(t, p.store(), "a", "1")
	require.Empty(t, keys(t, other.store(), "", "", false, 10))
}

func testClosed(t *testing.T, p *place) {
	s := p.store()
	require.NoError(t, s.Close())
	_, err := s.Get("a")
	require.ErrorIs(t, err, store.ErrClosed)
	_, err = s.Scan("", "", false, 1)
	require.ErrorIs(t, err, store.ErrClosed)
	var b store.Batch
	b.Put("a", nil)
	require.ErrorIs(t, s.Commit(&b), store.ErrClosed)
	require.ErrorIs(t, s.Close(), store.ErrClosed)
	require.Empty(t, keys(t, p.store(), "", "", false, 10))
}

// testConcurrent has writers that set two keys to one value while readers
// check that a Scan never sees one without the other, and that whoever
// committed sees it.
func testConcurrent(t *testing.T, p *place) {
	s := p.store()
	const writers, rounds = 4, 10
	errs := make(chan error, 2*writers)
	var wg sync.WaitGroup
	for w := range writers {
		prefix := fmt.Sprintf("w%d/", w)
		wg.Go(func() {
			errs <- func() error {
				for i := range rounds {
					value := []byte{byte(i)}
					var b store.Batch
					b.Put(prefix+"a", value)
					b.Put(prefix+"b", value)
					if err := s.Commit(&b); err != nil {
						return err
					}
					if got, err := s.Get(prefix + "b"); err != nil || !bytes.Equal(got, value) {
						return fmt.Errorf("after Commit of %x: got %x, %v", value, got, err)
					}
				}
				return nil
			}()
		})
		wg.Go(func() {
			errs <- func() error {
				for range rounds {
					got, err := s.Scan(prefix, "", false, 10)
					if err != nil {
						return err
					}
					if len(got) != 0 && (len(got) != 2 || !bytes.Equal(got[0].Value, got[1].Value)) {
						return fmt.Errorf("scan saw half a batch: %x", got)
					}
				}
				return nil
			}()
		})
	}
	wg.Wait()
	for range 2 * writers {
		require.NoError(t, <-errs)
	}
	require.Len(t, keys(t, s, "w", "", false, 100), 2*writers)
}
