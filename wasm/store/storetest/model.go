package storetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/wasm/store"
)

// testModel runs random batches, reads, scans and reopenings against a plain
// map.
func testModel(t *testing.T, p *place) {
	stores := 0
	rapid.Check(t, func(t *rapid.T) {
		stores++
		name := fmt.Sprintf("%s/%d", p.name, stores)
		open := func() store.Store {
			s, err := p.open(name)
			require.NoError(t, err)
			return s
		}
		s, model := open(), map[string][]byte{}
		defer func() { s.Close() }()
		// Few short keys, so that batches meet and prefixes nest.
		key := rapid.StringMatching(`[ a~]{1,3}`)
		part := rapid.StringMatching(`[ a~]{0,3}`)

		t.Repeat(map[string]func(*rapid.T){
			"commit": func(t *rapid.T) {
				var b store.Batch
				for range rapid.IntRange(0, 5).Draw(t, "ops") {
					k := key.Draw(t, "key")
					if rapid.Bool().Draw(t, "delete") {
						b.Delete(k)
						delete(model, k)
						continue
					}
					v := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "value")
					b.Put(k, v)
					model[k] = v
				}
				require.NoError(t, s.Commit(&b))
			},
			"refused": func(t *rapid.T) {
				var b store.Batch
				b.Put(key.Draw(t, "key"), []byte("must not stand"))
				b.Put("", nil)
				require.ErrorIs(t, s.Commit(&b), store.ErrInvalid)
			},
			"get": func(t *rapid.T) {
				k := key.Draw(t, "key")
				got, err := s.Get(k)
				require.NoError(t, err)
				want, ok := model[k]
				require.Equal(t, ok, got != nil)
				require.Equal(t, string(want), string(got))
			},
			"scan": func(t *rapid.T) {
				prefix, from := part.Draw(t, "prefix"), part.Draw(t, "from")
				reverse, limit := rapid.Bool().Draw(t, "reverse"), rapid.IntRange(0, 12).Draw(t, "limit")
				got, err := s.Scan(prefix, from, reverse, limit)
				require.NoError(t, err)
				want := scanModel(model, prefix, from, reverse, limit)
				require.Equal(t, len(want), len(got))
				for i, r := range got {
					require.Equal(t, want[i], r.Key)
					require.Equal(t, string(model[r.Key]), string(r.Value))
				}
			},
			"reopen": func(t *rapid.T) {
				require.NoError(t, s.Close())
				s = open()
			},
		})
		all, err := s.Scan("", "", false, 1000)
		require.NoError(t, err)
		require.Len(t, all, len(model))
	})
}

func scanModel(model map[string][]byte, prefix, from string, reverse bool, limit int) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(model)) {
		after := from == "" || (reverse && k < from) || (!reverse && k > from)
		if strings.HasPrefix(k, prefix) && after {
			out = append(out, k)
		}
	}
	if reverse {
		slices.Reverse(out)
	}
	return out[:min(limit, len(out))]
}
