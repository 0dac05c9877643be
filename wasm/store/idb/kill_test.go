//go:build js

package idb

import (
	"fmt"
	"os"
	"strconv"
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
)

// killKeys are written together by each batch, with one value.
const killKeys = 20

// TestKillWrites writes batch after batch and says so, until the starter
// (extension/tests/wasm/kill.mjs) kills the browser; TestKillReads then runs
// in the same profile.
func TestKillWrites(t *testing.T) {
	s := open(t, "kill")
	for i := 1; i < 1_000_000; i++ {
		var b store.Batch
		for k := range killKeys {
			b.Put(fmt.Sprintf("key/%02d", k), fmt.Appendf(make([]byte, 4096), "%d", i))
		}
		require.NoError(t, s.Commit(&b))
		js.Global().Call("report", i)
	}
	t.Fatal("the browser was not killed")
}

// TestKillReads finds the last batch that was said to be committed, or a later
// one, and all of it.
func TestKillReads(t *testing.T) {
	said, err := strconv.Atoi(os.Getenv("COMMITTED"))
	require.NoError(t, err)
	records, err := open(t, "kill").Scan("key/", "", false, 100)
	require.NoError(t, err)
	require.Len(t, records, killKeys)
	stands, err := strconv.Atoi(string(records[0].Value[4096:]))
	require.NoError(t, err)
	require.GreaterOrEqual(t, stands, said)
	for _, r := range records {
		require.Equal(t, records[0].Value, r.Value, r.Key)
	}
	t.Logf("batch %d was committed, %d stands", said, stands)
}
