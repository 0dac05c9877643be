package faulty_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
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
		return faulty.Wrap(disks[name].Open()), nil
	})
}

func put(key, value string) *store.Batch {
	var b store.Batch
	b.Put(key, []byte(value))
	return &b
}

func value(t *testing.T, s store.Store, key string) string {
	t.Helper()
	v, err := s.Get(key)
	require.NoError(t, err)
	return string(v)
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  faulty.Fault
		err    error
		stands string
		alive  bool
	}{
		{"none", faulty.None, nil, "new", true},
		{"fail before", faulty.FailBefore, faulty.ErrFault, "old", true},
		{"fail after", faulty.FailAfter, faulty.ErrFault, "new", true},
		{"crash before", faulty.CrashBefore, faulty.ErrCrashed, "old", false},
		{"crash after", faulty.CrashAfter, faulty.ErrCrashed, "new", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			disk := mem.NewDisk()
			s := faulty.Wrap(disk.Open())
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
				require.ErrorIs(t, err, faulty.ErrCrashed)
				_, err = s.Get("a")
				require.ErrorIs(t, err, faulty.ErrCrashed)
				require.ErrorIs(t, s.Close(), faulty.ErrCrashed)
				require.Equal(t, 1, crashes)
			}
			again := disk.Open()
			require.Equal(t, c.stands, value(t, again, "a"))
			require.Equal(t, "before", value(t, again, "b"))
			require.Equal(t, c.alive, value(t, again, "c") == "later")
		})
	}
}

func TestRestartFromTheCrash(t *testing.T) {
	disk := mem.NewDisk()
	s := faulty.Wrap(disk.Open())
	s.FaultAt(1, faulty.CrashAfter)
	var next store.Store
	s.OnCrash(func() { next = disk.Open() })
	require.ErrorIs(t, s.Commit(put("a", "1")), faulty.ErrCrashed)
	require.Equal(t, "1", value(t, next, "a"))
}
