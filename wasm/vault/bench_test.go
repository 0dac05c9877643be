package vault_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
)

// BenchmarkCommit is what the vault itself takes for a message received: a
// record, a conversation and its group's state, beside 5,000 messages.
func BenchmarkCommit(b *testing.B) {
	v := newDisk().mustOpen(b)
	message, entry, group := make([]byte, 180), make([]byte, 700), make([]byte, 6000)
	commit := func(from, n int) {
		var batch store.Batch
		for i := range n {
			batch.Put(fmt.Sprintf("msg/%032x/%032x", 7, from+i), message)
		}
		batch.Put("conv/1", entry)
		batch.Put("mls/1", group)
		require.NoError(b, v.Commit(&batch))
	}
	commit(0, 5000)
	i := 5000
	b.ReportAllocs()
	for b.Loop() {
		commit(i, 1)
		i++
	}
}
