package vault_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/wasm/store"
	"petmail/wasm/vault"
)

// model is what a vault has to hold.
type model map[string]string

func (m model) apply(b *store.Batch) {
	for _, op := range b.Ops {
		if op.Value == nil {
			delete(m, op.Key)
		} else {
			m[op.Key] = string(op.Value)
		}
	}
}

// keys returns all of them in order.
func (m model) keys() []string { return slices.Sorted(maps.Keys(m)) }

// equals compares everything, by key and in order.
func (m model) equals(t require.TestingT, v *vault.Vault) {
	records, err := v.Scan("", "", false, 1<<20)
	require.NoError(t, err)
	var found []string
	for _, r := range records {
		found = append(found, r.Key)
	}
	require.Equal(t, append([]string{}, m.keys()...), append([]string{}, found...))
	for key, value := range m {
		got, err := v.Get(key)
		require.NoError(t, err)
		require.Equal(t, value, string(got), key)
	}
}

// TestTheLowestPageGoes and what comes first then is above what is put later.
func TestTheLowestPageGoes(t *testing.T) {
	d, m := newDisk(), model{}
	v := d.mustOpen(t)
	commit := func(f func(b *store.Batch)) {
		t.Helper()
		var b store.Batch
		f(&b)
		require.NoError(t, v.Commit(&b))
		m.apply(&b)
		require.NoError(t, v.Close())
		v = d.mustOpen(t)
		m.equals(t, v)
	}
	value := bytes.Repeat([]byte("v"), 100)
	commit(func(b *store.Batch) {
		for i := range 3000 { // three levels
			b.Put(fmt.Sprintf("m%06d", i), value)
		}
	})
	for round, goes := range []int{20, 60, 1000, 2500} {
		commit(func(b *store.Batch) { // the lowest
			for _, key := range m.keys()[:goes] {
				b.Delete(key)
			}
		})
		for i := range 40 {
			commit(func(b *store.Batch) {
				for j := range 5 {
					b.Put(fmt.Sprintf("%c%03d/%d", 'k'-round, i, j), value)
				}
			})
		}
	}
	require.NoError(t, v.Close())
}

// TestAnyChanges: whatever is put and deleted, the vault holds what a map
// does, also for who opens it again.
func TestAnyChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, m := newDisk(), model{}
		v, err := d.open(vault.Secret{})
		require.NoError(t, err)
		key := func(n int) string { return fmt.Sprintf("%c/%03d", 'a'+n%7, n) }
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			var b store.Batch
			from, count := rapid.IntRange(0, 300).Draw(t, "from"), rapid.IntRange(1, 200).Draw(t, "count")
			step := rapid.SampledFrom([]int{1, 7}).Draw(t, "step") // 7: all of one prefix
			size := rapid.SampledFrom([]int{-1, 0, 60, 700, 2000}).Draw(t, "size")
			for i := range count {
				if size < 0 {
					b.Delete(key(from + i*step))
				} else {
					b.Put(key(from+i*step), bytes.Repeat([]byte{byte(i)}, size))
				}
			}
			require.NoError(t, v.Commit(&b))
			m.apply(&b)
			m.equals(t, v)
			if rapid.Bool().Draw(t, "again") {
				require.NoError(t, v.Close())
				v, err = d.open(vault.Secret{})
				require.NoError(t, err)
				m.equals(t, v)
			}
		}
		require.NoError(t, v.Close())
	})
}
