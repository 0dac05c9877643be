package vault_test

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
	"petmail/wasm/store/mem"
	"petmail/wasm/store/storetest"
	"petmail/wasm/vault"
	"petmail/wasm/vault/vaulttest"
)

// disk is where one vault lives.
type disk struct {
	records *mem.Disk
	root    *vaulttest.RootDisk
}

func newDisk() *disk { return &disk{mem.NewDisk(), &vaulttest.RootDisk{}} }

func (d *disk) config() (vault.Config, error) {
	root, err := d.root.Open()
	if err != nil {
		return vault.Config{}, err
	}
	return vault.Config{Backing: d.records.Open(), Root: root, Rand: rand.Reader}, nil
}

// open opens the vault; where it does not open the disk is free again.
func (d *disk) open(secret vault.Secret) (*vault.Vault, error) {
	c, err := d.config()
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(c, secret)
	if err != nil {
		_ = c.Root.Close()
		return nil, err
	}
	return v, nil
}

func (d *disk) mustOpen(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := d.open(vault.Secret{})
	require.NoError(t, err)
	return v
}

func (d *disk) inspect() (vault.State, error) {
	c, err := d.config()
	if err != nil {
		return vault.State{}, err
	}
	defer c.Root.Close()
	return vault.Inspect(c)
}

func put(t testing.TB, s store.Store, pairs ...string) {
	t.Helper()
	var b store.Batch
	for i := 0; i < len(pairs); i += 2 {
		b.Put(pairs[i], []byte(pairs[i+1]))
	}
	require.NoError(t, s.Commit(&b))
}

func value(t testing.TB, s store.Store, key string) string {
	t.Helper()
	v, err := s.Get(key)
	require.NoError(t, err)
	return string(v)
}

func TestConformance(t *testing.T) {
	var mu sync.Mutex
	disks := map[string]*disk{}
	storetest.Run(t, func(name string) (store.Store, error) {
		mu.Lock()
		defer mu.Unlock()
		if disks[name] == nil {
			disks[name] = newDisk()
		}
		return disks[name].open(vault.Secret{})
	})
}

// TestGrowsAndShrinks has every page split and join.
func TestGrowsAndShrinks(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	const n = 20_000
	key := func(i int) string { return fmt.Sprintf("msg/%032x/%08d", i%3, i) }
	for from := 0; from < n; from += 1000 {
		var b store.Batch
		for i := from; i < from+1000; i++ {
			b.Put(key(i), fmt.Append(nil, i))
		}
		require.NoError(t, v.Commit(&b))
	}
	require.NoError(t, v.Close())
	v = d.mustOpen(t)
	report, err := v.Check()
	require.NoError(t, err)
	require.Equal(t, n, report.Records)
	require.Empty(t, report.Damage)
	require.Less(t, report.Pages, 500)
	require.Equal(t, "12345", value(t, v, key(12345)))

	last := ""
	for seen := 0; seen < n; {
		records, err := v.Scan("", last, false, 777)
		require.NoError(t, err)
		require.NotEmpty(t, records)
		for _, r := range records {
			require.Greater(t, r.Key, last)
			last = r.Key
		}
		seen += len(records)
	}
	for i := range n {
		if i%10 == 0 {
			var b store.Batch
			for j := i; j < i+10 && j < n-5; j++ {
				b.Delete(key(j))
			}
			require.NoError(t, v.Commit(&b))
		}
	}
	report, err = v.Check()
	require.NoError(t, err)
	require.Equal(t, 5, report.Records)
	require.Equal(t, 1, report.Pages)
	require.Equal(t, "19999", value(t, v, key(n-1)))
	for range 40 {
		put(t, v, "self", "x") // each takes garbage out
	}
	require.Less(t, vault.Cached(v), 5, "what was replaced is not kept in memory")
	records, _ := d.records.Size()
	require.Less(t, records, 100, "what nothing leads to is removed, but for a reserve")
}

// reformat rewrites the root of a closed vault as one of another format.
func (d *disk) reformat(format byte) {
	b := d.root.Bytes()
	slot := b[bytes.Index(b, []byte("petmvlt3")):][:vault.SlotSize]
	slot[7] = format
	sum := sha256.Sum256(slot[:vault.SlotSize-sha256.Size])
	copy(slot[vault.SlotSize-sha256.Size:], sum[:])
	d.root.SetBytes(b)
}

// TestNewer: what a newer program has written is not called damaged, and stays
// as it is.
func TestNewer(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	put(t, v, "a", "1")
	require.NoError(t, v.Close())
	d.reformat('4')
	before := d.root.Bytes()
	_, err := d.open(vault.Secret{})
	require.ErrorIs(t, err, vault.ErrNewer)
	require.Equal(t, before, d.root.Bytes())
	before[7]++ // neither slot has a right checksum now
	before[vault.SlotSize+7]++
	d.root.SetBytes(before)
	_, err = d.open(vault.Secret{})
	require.NotErrorIs(t, err, vault.ErrNewer)
	require.Error(t, err)
}

// TestFormat2: a vault of the format before is one of this from its first
// commit on, and none before that.
func TestFormat2(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	put(t, v, "a", "1")
	require.NoError(t, v.Close())
	d.reformat('2')
	v = d.mustOpen(t)
	require.Equal(t, "1", value(t, v, "a"))
	require.NoError(t, v.Close())
	require.Contains(t, string(d.root.Bytes()), "petmvlt2")
	v = d.mustOpen(t)
	put(t, v, "b", "2")
	require.NoError(t, v.Close())
	require.NotContains(t, string(d.root.Bytes()), "petmvlt2")
	v = d.mustOpen(t)
	require.Equal(t, "1", value(t, v, "a"))
}

// TestFormat1: a vault of the first format, in which every value has a record
// of its own, goes on as one of this.
func TestFormat1(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	large := strings.Repeat("x", 2000)
	put(t, v, "a", large, "b", large) // so that the pages are those of format 1
	require.NoError(t, v.Close())
	d.reformat('1')
	v = d.mustOpen(t)
	put(t, v, "b", "small")
	require.NoError(t, v.Close())
	require.NotContains(t, string(d.root.Bytes()), "petmvlt1")
	v = d.mustOpen(t)
	require.Equal(t, large, value(t, v, "a"))
	require.Equal(t, "small", value(t, v, "b"))
}

// TestNamesAreUsedAgain: a record that is replaced in every commit, as a
// group's state is, takes no more room for it.
func TestNamesAreUsedAgain(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	for i := range 300 {
		put(t, v, "state", strings.Repeat("x", 5000), fmt.Sprintf("msg/%d", i), "text")
	}
	records, _ := d.records.Size()
	require.Less(t, records, 30)
}

// TestNothingInTheClear looks for keys and values in all that is stored.
func TestNothingInTheClear(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	put(t, v, "conv/marker-of-a-key", "marker-of-a-value", "self", "marker-of-another")
	require.NoError(t, v.Close())
	records, err := d.records.Open().Scan("", "", false, 100)
	require.NoError(t, err)
	require.NotEmpty(t, records)
	for _, r := range records {
		require.Regexp(t, "^[0-9a-f]{32}$", r.Key)
		require.NotContains(t, string(r.Value), "marker")
	}
	require.NotContains(t, string(d.root.Bytes()), "marker")
}

// TestSizesAreHidden: texts of every usual length make records of few sizes.
func TestSizesAreHidden(t *testing.T) {
	sizes := map[int]bool{}
	for n := range 1000 {
		d := newDisk()
		v := d.mustOpen(t)
		require.NoError(t, v.Commit(&store.Batch{Ops: []store.Op{{Key: "m", Value: make([]byte, n)}}}))
		require.NoError(t, v.Close())
		_, bytes := d.records.Size()
		sizes[bytes] = true
	}
	require.LessOrEqual(t, len(sizes), 3)
}

func TestCorruption(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	var b store.Batch
	content := func(i int) string {
		if i%4 == 0 {
			return fmt.Sprint(i) // in its leaf
		}
		return fmt.Sprint(i) + strings.Repeat("x", 1024)
	}
	for i := range 1000 {
		b.Put(fmt.Sprintf("k%04d", i), []byte(content(i)))
	}
	require.NoError(t, v.Commit(&b))
	require.NoError(t, v.Close())
	all, err := d.records.Open().Scan("", "", false, 10_000)
	require.NoError(t, err)

	kinds := map[string]int{}
	for i, r := range all {
		c := &disk{d.records.Clone(), &vaulttest.RootDisk{}}
		c.root.SetBytes(d.root.Bytes())
		bad := store.Batch{}
		switch i % 3 {
		case 0:
			flipped := bytes.Clone(r.Value)
			flipped[i%len(flipped)] ^= 1
			bad.Put(r.Key, flipped)
		case 1:
			bad.Delete(r.Key)
		case 2:
			bad.Put(r.Key, all[(i+1)%len(all)].Value) // another of the vault's own
		}
		require.NoError(t, c.records.Open().Commit(&bad))
		v, err := c.open(vault.Secret{})
		if err != nil {
			require.ErrorIs(t, err, vault.ErrDamaged)
			kinds["directory"]++
			continue
		}
		report, err := v.Check()
		require.NoError(t, err)
		require.Len(t, report.Damage, 1)
		damage := report.Damage[0]
		inside := func(key string) bool { return key >= damage.From && (damage.To == "" || key < damage.To) }
		lost := 0
		for n := range 1000 {
			key := fmt.Sprintf("k%04d", n)
			if n%50 != 0 && !inside(key) {
				continue
			}
			got, err := v.Get(key)
			if inside(key) {
				var named *vault.DamageError
				require.ErrorAs(t, err, &named)
				require.Equal(t, damage, named)
				lost++
			} else {
				require.NoError(t, err)
				require.Equal(t, content(n), string(got))
			}
		}
		require.Equal(t, 1000-report.Records, lost)
		if damage.Page {
			kinds["page"]++
			require.Greater(t, lost, 1)
		} else {
			kinds["record"]++
			require.Equal(t, 1, lost)
		}
		err = v.Commit(&store.Batch{Ops: []store.Op{{Key: cmp.Or(damage.From, "k0000"), Value: []byte("new")}}})
		if damage.Page {
			require.ErrorAs(t, err, new(*vault.DamageError))
		} else {
			require.NoError(t, err, "a damaged record can be replaced")
			require.Equal(t, "new", value(t, v, cmp.Or(damage.From, "k0000")))
		}
	}
	require.Equal(t, 1, kinds["directory"])
	require.Equal(t, 750, kinds["record"])
	require.Greater(t, kinds["page"], 5)
}
