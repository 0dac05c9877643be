package mem_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
	"petmail/wasm/store/mem"
	"petmail/wasm/store/storetest"
)

func TestConformance(t *testing.T) {
	var mu sync.Mutex
	disks := map[string]*mem.Disk{}
	storetest.Run(t, func(name string) (store.Store, error) {
		mu.Lock()
		defer mu.Unlock()
		if disks[name] == nil {
			disks[name] = mem.NewDisk()
		}
		return disks[name].Open(), nil
	})
}

func put(key, value string) *store.Batch {
	var b store.Batch
	b.Put(key, []byte(value))
	return &b
}

func value(t *testing.T, s *mem.Store, key string) string {
	t.Helper()
	v, err := s.Get(key)
	require.NoError(t, err)
	return string(v)
}

func TestOneHolder(t *testing.T) {
	s := mem.New()
	require.NoError(t, s.Commit(put("a", "1")))
	next := s.Disk().Open()
	require.ErrorIs(t, s.Commit(put("a", "2")), mem.ErrKilled)
	require.Equal(t, "1", value(t, next, "a"))
}

func TestClone(t *testing.T) {
	s := mem.New()
	require.NoError(t, s.Commit(put("a", "1")))
	c := s.Disk().Clone().Open()
	require.NoError(t, s.Commit(put("a", "2")))
	require.NoError(t, c.Commit(put("b", "3")))
	require.Equal(t, "1", value(t, c, "a"))
	require.Equal(t, "2", value(t, s, "a"))
	require.Empty(t, value(t, s, "b"))
	records, bytes := c.Disk().Size()
	require.Equal(t, 2, records)
	require.Equal(t, 4, bytes)
}
