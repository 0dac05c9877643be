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

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  mem.Fault
		err    error
		stands string
		alive  bool
	}{
		{"none", mem.None, nil, "new", true},
		{"fail before", mem.FailBefore, mem.ErrFault, "old", true},
		{"fail after", mem.FailAfter, mem.ErrFault, "new", true},
		{"crash before", mem.CrashBefore, mem.ErrCrashed, "old", false},
		{"crash after", mem.CrashAfter, mem.ErrCrashed, "new", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mem.New()
			crashes := 0
			s.OnCrash(func() { crashes++ })
			require.NoError(t, s.Commit(put("a", "old")))
			s.FaultAt(2, c.fault)
			require.NoError(t, s.Commit(put("b", "before")))
			require.NoError(t, s.Commit(&store.Batch{}), "an empty batch does not count")
			require.ErrorIs(t, s.Commit(put("a", "new")), c.err)

			err := s.Commit(put("c", "later"))
			if c.alive {
				require.NoError(t, err)
				require.Zero(t, crashes)
			} else {
				require.ErrorIs(t, err, mem.ErrCrashed)
				_, err = s.Get("a")
				require.ErrorIs(t, err, mem.ErrCrashed)
				require.ErrorIs(t, s.Close(), mem.ErrCrashed)
				require.Equal(t, 1, crashes)
			}
			s = s.Reopen()
			require.Equal(t, c.stands, value(t, s, "a"))
			require.Equal(t, "before", value(t, s, "b"))
			require.Equal(t, c.alive, value(t, s, "c") == "later")
		})
	}
}

func TestRestartFromTheCrash(t *testing.T) {
	s := mem.New()
	s.FaultAt(1, mem.CrashAfter)
	var next *mem.Store
	s.OnCrash(func() { next = s.Reopen() })
	require.ErrorIs(t, s.Commit(put("a", "1")), mem.ErrCrashed)
	require.Equal(t, "1", value(t, next, "a"))
}

func TestOneHolder(t *testing.T) {
	s := mem.New()
	require.NoError(t, s.Commit(put("a", "1")))
	next := s.Reopen()
	require.ErrorIs(t, s.Commit(put("a", "2")), mem.ErrCrashed)
	require.Equal(t, "1", value(t, next, "a"))
}

func TestClone(t *testing.T) {
	s := mem.New()
	require.NoError(t, s.Commit(put("a", "1")))
	c := s.Clone()
	require.NoError(t, s.Commit(put("a", "2")))
	require.NoError(t, c.Commit(put("b", "3")))
	require.Equal(t, "1", value(t, c, "a"))
	require.Equal(t, "2", value(t, s, "a"))
	require.Empty(t, value(t, s, "b"))
	records, bytes := c.Disk().Size()
	require.Equal(t, 2, records)
	require.Equal(t, 4, bytes)
}
