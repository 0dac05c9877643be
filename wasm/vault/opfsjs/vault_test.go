//go:build js

package opfsjs

import (
	"crypto/rand"
	"fmt"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	browser "petmail/wasm/js"
	"petmail/wasm/store"
	"petmail/wasm/store/idb"
	"petmail/wasm/store/storetest"
	"petmail/wasm/vault"
)

// counted counts what goes to a database.
type counted struct {
	*idb.Store
	writes, bytes int
	waited        time.Duration
}

func (c *counted) Commit(b *store.Batch) error {
	for _, op := range b.Ops {
		c.writes++
		c.bytes += len(op.Value)
	}
	began := time.Now()
	defer func() { c.waited += time.Since(began) }()
	return c.Store.Commit(b)
}

// openVault opens the vault of a browser: IndexedDB and the origin's private
// file system.
func openVault(name string) (*vault.Vault, *counted, error) {
	database, err := idb.Open(name, nil)
	if err != nil {
		return nil, nil, err
	}
	root, err := Open(name)
	if err != nil {
		return nil, nil, err
	}
	backing := &counted{Store: database}
	v, err := vault.Open(vault.Config{Backing: backing, Root: root, Rand: rand.Reader}, vault.Secret{})
	return v, backing, err
}

// TestVault runs the suite of store.Store over the vault as browsers have it.
func TestVault(t *testing.T) {
	prefix := fresh()
	storetest.Run(t, func(name string) (store.Store, error) {
		// A file's name has no slash.
		v, _, err := openVault(prefix + strings.ReplaceAll(name, "/", "-"))
		return v, err
	})
}

// kinds are the stores that are measured side by side.
var kinds = []struct {
	name string
	open func(name string) (store.Store, *counted, error)
}{
	{"vault", func(name string) (store.Store, *counted, error) { return openVault(name) }},
	{"plain", func(name string) (store.Store, *counted, error) {
		s, err := idb.Open(name, nil)
		if err != nil {
			return nil, nil, err
		}
		c := &counted{Store: s}
		return c, c, nil
	}},
}

const conversation = "0123456789abcdef0123456789abcdef"

func messageKey(i int) string { return fmt.Sprintf("msg/%s/%016x%016x", conversation, i, i*7) }

// A message of some 100 letters, a conversation and its group's state, in
// bytes as the agent stores them.
var message, entry, group = make([]byte, 180), make([]byte, 700), make([]byte, 6000)

// turn is what the agent stores for some received messages.
func turn(from, n int) *store.Batch {
	var b store.Batch
	for i := range n {
		b.Put(messageKey(from+i), message)
	}
	b.Put("conv/"+conversation, entry)
	b.Put("mls/"+conversation, group)
	return &b
}

func fill(b *testing.B, s store.Store, n int) {
	for from := 0; from < n; from += 2000 {
		require.NoError(b, s.Commit(turn(from, min(2000, n-from))))
	}
}

func BenchmarkCommit(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			s, c, err := kind.open(fresh())
			require.NoError(b, err)
			defer s.Close()
			fill(b, s, 5000)
			c.writes, c.bytes, c.waited = 0, 0, 0
			i := 5000
			for b.Loop() {
				require.NoError(b, s.Commit(turn(i, 1)))
				i++
			}
			b.ReportMetric(float64(c.writes)/float64(b.N), "writes/op")
			b.ReportMetric(float64(c.bytes)/float64(b.N), "bytes/op")
			b.ReportMetric(c.waited.Seconds()*1e9/float64(b.N), "database-ns/op")
		})
	}
}

// BenchmarkReceive stores 1,000 messages, so many a turn.
func BenchmarkReceive(b *testing.B) {
	for _, each := range []int{1, 16} {
		for _, kind := range kinds {
			b.Run(fmt.Sprintf("%d-a-turn/%s", each, kind.name), func(b *testing.B) {
				for b.Loop() {
					s, _, err := kind.open(fresh())
					require.NoError(b, err)
					for i := 0; i < 1000; i += each {
						require.NoError(b, s.Commit(turn(i, each)))
					}
					require.NoError(b, s.Close())
				}
				b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
			})
		}
	}
}

// BenchmarkLarge opens a store with 100,000 messages and reads what the first
// screen shows; then deletes 10,000 of them, a thousand at a time.
func BenchmarkLarge(b *testing.B) {
	const messages = 100_000
	for _, kind := range kinds {
		name := fresh()
		before := usage(b)
		s, _, err := kind.open(name)
		require.NoError(b, err)
		fill(b, s, messages)
		require.NoError(b, s.Close())
		b.Run("Open/"+kind.name, func(b *testing.B) {
			for b.Loop() {
				s, _, err := kind.open(name)
				require.NoError(b, err)
				for _, key := range []string{"self", "settings", "mls/" + conversation} {
					_, err := s.Get(key)
					require.NoError(b, err)
				}
				for _, prefix := range []string{"conv/", "out/", "held/", "inv/"} {
					_, err := s.Scan(prefix, "", false, 256)
					require.NoError(b, err)
				}
				screen, err := s.Scan("msg/"+conversation+"/", "", true, 50)
				require.NoError(b, err)
				require.Len(b, screen, 50)
				require.NoError(b, s.Close())
			}
			b.ReportMetric((usage(b)-before)/messages, "disk-bytes/message")
		})
		b.Run("Delete10000/"+kind.name, func(b *testing.B) {
			s, _, err := kind.open(name)
			require.NoError(b, err)
			defer s.Close()
			next := 0
			for b.Loop() {
				for range 10 {
					var batch store.Batch
					for range 1000 {
						batch.Delete(messageKey(next))
						next++
					}
					require.NoError(b, s.Commit(&batch))
				}
			}
		})
	}
}

// usage returns how many bytes the browser says the origin takes.
func usage(b *testing.B) float64 {
	estimate, err := browser.Await(b.Context(), "ask for usage", js.Global().Get("navigator").Get("storage"), "estimate")
	require.NoError(b, err)
	return estimate.Get("usage").Float()
}
