//go:build !js

package outbox

import (
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
	"petmail/wasm/store"
)

// records reads what a batch leaves.
func records(b *store.Batch) map[string][]byte {
	out := map[string][]byte{}
	for _, op := range b.Ops {
		out[op.Key] = op.Value
	}
	return out
}

// TestAnOldRowIsSplit: of a row of before, the body stands in one record and
// who lacks it in another.
func TestAnOldRowIsSplit(t *testing.T) {
	id := wire.ID{7}
	old := oldRow{
		N: 3, Kind: rowMessage, Leaf: 1, To: []byte("there"), Body: []byte("sealed"), Epoch: 4, Number: 5, Cursor: "ff",
		Created: 6, Next: 7, Tries: 8, Overdue: true, Stale: true, Again: 9,
	}
	value, err := wire.Marshal(old)
	require.NoError(t, err)
	var b store.Batch
	require.NoError(t, splitRow(id, kindRow.Key(id, rowRest(3)), value, &b))
	got := records(&b)
	require.Len(t, got, 2)
	var r row
	require.NoError(t, wire.Unmarshal(got[kindRow.Key(id, rowRest(3))], &r, store.MaxValue))
	require.Equal(t, row{
		N: 3, Kind: rowMessage, Body: []byte("sealed"), Epoch: 4, Number: 5, Cursor: "ff", Created: 6, Overdue: true, Stale: true, Again: 9,
	}, r)
	var o owed
	require.NoError(t, wire.Unmarshal(got[kindOwed.Key(id, owedRest(3, 1))], &o, store.MaxValue))
	require.Equal(t, owed{Leaf: 1, To: []byte("there"), Next: 7, Tries: 8}, o)

	for name, stored := range map[string][]byte{"split already": got[kindRow.Key(id, rowRest(3))], "damaged": {0xff}} {
		var again store.Batch
		require.NoError(t, splitRow(id, kindRow.Key(id, rowRest(3)), stored, &again), name)
		require.True(t, again.Empty(), name)
	}
	var other store.Batch
	require.NoError(t, splitRow(id, kindRow.Key(id, rowRest(4)), value, &other))
	require.True(t, other.Empty(), "another's key")
}
