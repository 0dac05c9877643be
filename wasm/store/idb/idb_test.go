//go:build js

package idb

import (
	"crypto/rand"
	"fmt"
	"syscall/js"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	browser "petmail/wasm/js"
	"petmail/wasm/store"
	"petmail/wasm/store/storetest"
)

// This test binary runs in a page, started by extension/tests/wasm.

func fresh() string { return fmt.Sprintf("test-%d/", time.Now().UnixNano()) }

func TestConformance(t *testing.T) {
	prefix := fresh()
	storetest.Run(t, func(name string) (store.Store, error) { return Open(prefix+name, nil) })
}

func open(t *testing.T, name string) *Store {
	t.Helper()
	s, err := Open(name, nil)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// TestAbortWithoutReason: an aborted transaction has no error of its own when
// the browser gives up on it, and must not count as stored.
func TestAbortWithoutReason(t *testing.T) {
	s := open(t, fresh())
	err := transaction(s.db, "write storage", "readwrite", func(objects js.Value, _ *waiter) {
		objects.Call("put", browser.Array([]byte("v")), "k")
		objects.Get("transaction").Call("abort")
	})
	require.EqualError(t, err, "couldn't write storage: AbortError")
	v, err := s.Get("k")
	require.NoError(t, err)
	require.Nil(t, v)
}

// TestRefusedRequest: what the browser refuses takes the whole batch with it.
func TestRefusedRequest(t *testing.T) {
	s := open(t, fresh())
	err := transaction(s.db, "write storage", "readwrite", func(objects js.Value, _ *waiter) {
		objects.Call("put", browser.Array([]byte("v")), "k")
		objects.Call("put", js.Global().Get("console").Get("log"), "function")
	})
	require.EqualError(t, err, "couldn't write storage: DataCloneError")
	v, err := s.Get("k")
	require.NoError(t, err)
	require.Nil(t, v)
}

func TestForeignValue(t *testing.T) {
	s := open(t, fresh())
	require.NoError(t, transaction(s.db, "write storage", "readwrite", func(objects js.Value, _ *waiter) {
		objects.Call("put", "a string", "k")
	}))
	_, err := s.Get("k")
	require.EqualError(t, err, "couldn't read storage: DataError")
	_, err = s.Scan("k", "", false, 1)
	require.EqualError(t, err, "couldn't read storage: DataError")
	_, err = s.Scan("k", "", true, 1)
	require.EqualError(t, err, "couldn't read storage: DataError")
}

// TestDeletedUnderneath: a person clears the site's data while the agent
// runs.
func TestDeletedUnderneath(t *testing.T) {
	name := fresh()
	lost := make(chan struct{})
	s, err := Open(name, func() { close(lost) })
	require.NoError(t, err)
	var b store.Batch
	b.Put("k", []byte("v"))
	require.NoError(t, s.Commit(&b))

	w := newWaiter()
	defer w.Release()
	request := js.Global().Get("indexedDB").Call("deleteDatabase", name)
	w.on(request, "onsuccess", func() (bool, error) { return true, nil })
	w.on(request, "onerror", func() (bool, error) { return true, failed("delete", request.Get("error")) })
	require.NoError(t, <-w.done)
	<-lost

	_, err = s.Get("k")
	require.EqualError(t, err, "couldn't read storage: InvalidStateError")
	require.EqualError(t, s.Commit(&b), "couldn't write storage: InvalidStateError")
	require.NoError(t, s.Close())

	again := open(t, name)
	v, err := again.Get("k")
	require.NoError(t, err)
	require.Nil(t, v)
}

func TestStrictDurability(t *testing.T) {
	s := open(t, fresh())
	require.NoError(t, transaction(s.db, "write storage", "readwrite", func(objects js.Value, _ *waiter) {
		require.Equal(t, "strict", objects.Get("transaction").Get("durability").String())
	}))
}

// TestQuota fills the little that the page's quota leaves. It needs a browser
// whose quota the runner can set, and a fresh profile: Chromium remembers for
// seconds how much was left.
func TestQuota(t *testing.T) {
	_, err := browser.Await(t.Context(), "set the quota", js.Global(), "overrideQuota", 5<<20)
	require.NoError(t, err)

	s := open(t, fresh())
	var b store.Batch
	b.Put("before", []byte("v"))
	require.NoError(t, s.Commit(&b))

	large := make([]byte, store.MaxValue)
	rand.Read(large) // or the browser compresses it
	for i := 0; i < 20 && err == nil; i++ {
		b = store.Batch{}
		b.Put(fmt.Sprintf("large/%d/a", i), large)
		b.Put(fmt.Sprintf("large/%d/b", i), large)
		err = s.Commit(&b)
	}
	require.ErrorIs(t, err, store.ErrNoRoom)
	require.ErrorContains(t, err, "couldn't write storage: QuotaExceededError")
	records, err := s.Scan("large/", "", false, 100)
	require.NoError(t, err)
	require.Zero(t, len(records)%2, "half a batch stands")
	v, err := s.Get("before")
	require.NoError(t, err)
	require.Equal(t, []byte("v"), v)
}

func BenchmarkCommit(b *testing.B) {
	s, err := Open(fresh(), nil)
	require.NoError(b, err)
	defer s.Close()
	value := make([]byte, 4096)
	for i := 0; b.Loop(); i++ {
		var batch store.Batch
		for j := range 5 {
			batch.Put(fmt.Sprintf("k/%d/%d", i%100, j), value)
		}
		require.NoError(b, s.Commit(&batch))
	}
}

func BenchmarkScan200(b *testing.B) {
	for _, reverse := range []bool{false, true} {
		b.Run(fmt.Sprintf("reverse=%v", reverse), func(b *testing.B) {
			s, err := Open(fresh(), nil)
			require.NoError(b, err)
			defer s.Close()
			var batch store.Batch
			for i := range 1000 {
				batch.Put(fmt.Sprintf("k/%04d", i), make([]byte, 300))
			}
			require.NoError(b, s.Commit(&batch))
			for b.Loop() {
				records, err := s.Scan("k/", "", reverse, 200)
				require.NoError(b, err)
				require.Len(b, records, 200)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	name := fresh()
	require.False(t, exists(t, name))
	require.NoError(t, Delete(name))

	s, err := Open(name, nil)
	require.NoError(t, err)
	var b store.Batch
	b.Put("k", []byte("v"))
	require.NoError(t, s.Commit(&b))
	require.True(t, exists(t, name))
	require.NoError(t, s.Close())
	require.NoError(t, Delete(name))
	require.False(t, exists(t, name))

	v, err := open(t, name).Get("k")
	require.NoError(t, err)
	require.Nil(t, v)
}

// exists reports whether there is a database called name.
func exists(t *testing.T, name string) bool {
	t.Helper()
	all, err := browser.Await(t.Context(), "look for storage", js.Global().Get("indexedDB"), "databases")
	require.NoError(t, err)
	found := false
	for i := range all.Length() {
		found = found || all.Index(i).Get("name").String() == name
	}
	return found
}
