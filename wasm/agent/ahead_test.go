package agent

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/wasm/store"
	"petmail/wasm/store/mem"
)

// TestAheadReadsAsIfItStood compares a store that is ahead with one in which
// the same stands.
func TestAheadReadsAsIfItStood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[ab]{1,4}`)
		batch := func(name string) *store.Batch {
			var b store.Batch
			for _, k := range rapid.SliceOfN(key, 0, 12).Draw(t, name) {
				if rapid.IntRange(0, 3).Draw(t, "delete") == 0 {
					b.Delete(k)
				} else {
					b.Put(k, []byte(name+k))
				}
			}
			return &b
		}
		under, real := mem.New(), mem.New()
		first, later, last := batch("first"), batch("later"), batch("last")
		ahead := &aheadStore{Store: under}
		for _, b := range []*store.Batch{first, later} {
			require.NoError(t, real.Commit(b))
		}
		require.NoError(t, under.Commit(first))
		ahead.ahead(later)
		same := func() {
			prefix := rapid.StringMatching(`[ab]{0,2}`).Draw(t, "prefix")
			from := rapid.StringMatching(`[ab]{0,4}`).Draw(t, "from")
			reverse := rapid.Bool().Draw(t, "reverse")
			limit := rapid.IntRange(0, 20).Draw(t, "limit")
			want, err := real.Scan(prefix, from, reverse, limit)
			require.NoError(t, err)
			got, err := ahead.Scan(prefix, from, reverse, limit)
			require.NoError(t, err)
			require.Len(t, got, len(want))
			for i := range want {
				require.Equal(t, want[i].Key, got[i].Key)
				require.Equal(t, want[i].Value, got[i].Value)
			}
			k := key.Draw(t, "key")
			value, err := real.Get(k)
			require.NoError(t, err)
			mine, err := ahead.Get(k)
			require.NoError(t, err)
			require.Equal(t, value, mine)
		}
		same()
		require.NoError(t, real.Commit(last))
		require.NoError(t, ahead.Commit(last))
		same()
		require.Empty(t, ahead.changes)
	})
}
