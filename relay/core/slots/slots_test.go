package slots_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/core/slots"
	"petmail/tests/sqltx"
)

// TestSlots checks that the first value stands until it has been swept.
func TestSlots(t *testing.T) {
	tx := sqltx.Open(t, ":memory:")
	_, err := core.Open(tx, rand.Reader, slots.Tables())
	require.NoError(t, err)
	s := slots.New(core.Config{SlotRetention: time.Hour}.WithDefaults())
	put := func(id byte, value string) (standing string, won bool) {
		t.Helper()
		bytes, won, err := s.Put(tx, slots.ID{id}, []byte(value))
		require.NoError(t, err)
		return string(bytes), won
	}
	sweep := func() int64 {
		t.Helper()
		n, err := s.Sweep(tx, 2)
		require.NoError(t, err)
		return n
	}
	for id := range byte(3) {
		_, won := put(id, "first")
		require.True(t, won)
	}
	tx.Pass(time.Hour - time.Second)
	_, won := put(9, "later")
	require.True(t, won)
	require.Zero(t, sweep())
	tx.Pass(time.Second)
	standing, won := put(0, "second")
	require.False(t, won, "expired, and not swept yet")
	require.Equal(t, "first", standing)
	require.Equal(t, int64(2), sweep(), "no more than the limit")
	require.Equal(t, int64(1), sweep())
	n, err := s.Stats(tx)
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	_, won = put(0, "second")
	require.True(t, won)
	value, found, err := s.Get(tx, slots.ID{9})
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "later", string(value))
	_, found, err = s.Get(tx, slots.ID{8})
	require.NoError(t, err)
	require.False(t, found)

	broken := errors.New("disk on fire")
	tx.Fail = broken
	_, _, err = s.Put(tx, slots.ID{7}, []byte("x"))
	require.ErrorIs(t, err, broken)
	tx.Fail = broken
	_, err = s.Sweep(tx, 2)
	require.ErrorIs(t, err, broken)
}
