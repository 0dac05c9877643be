package protocol

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/core/slots"
)

// TestClockJumps checks that a wrong clock deletes nothing.
func TestClockJumps(t *testing.T) {
	w := newWorld(t, core.Config{})
	o := w.owner(door(1))
	w.deposit(door(1), 100)
	slot := slots.ID{1}
	_, won, err := w.relay.slots.Put(w.tx, slot, []byte("first"))
	require.NoError(t, err)
	require.True(t, won)
	sweep := func() Swept {
		t.Helper()
		s, err := w.relay.Sweep(w.tx, 10)
		require.NoError(t, err)
		return s
	}
	require.Zero(t, sweep())
	right := w.tx.Time

	// Eighty years ahead, for some hours, and back.
	for hours := range 23 {
		w.tx.Time = right.AddDate(80, 0, 0).Add(time.Duration(hours) * time.Hour)
		require.Equal(t, Swept{Doubt: true}, sweep())
	}
	_, won, err = w.relay.slots.Put(w.tx, slot, []byte("second"))
	require.NoError(t, err)
	require.False(t, won, "the first value stands")
	w.tx.Time = right.Add(time.Hour)
	require.Zero(t, sweep())
	require.Len(t, o.pending(), 1)

	// A wrong clock that wanders does not wear the doubt down.
	for year := range 5 {
		w.tx.Time = right.AddDate(10+10*year, 0, 0)
		require.Equal(t, Swept{Doubt: true}, sweep())
	}

	// A relay that was off for two years believes its clock after a day.
	w.tx.Time = right.AddDate(2, 0, 0)
	require.Equal(t, Swept{Doubt: true}, sweep())
	w.tx.Pass(24 * time.Hour)
	require.Equal(t, Swept{Envelopes: 1, Slots: 1}, sweep())

	// A clock that was set back is noticed at the start.
	_, err = Open(w.tx, rand.Reader, core.Config{})
	require.NoError(t, err)
	w.tx.Time = right
	_, err = Open(w.tx, rand.Reader, core.Config{})
	require.ErrorIs(t, err, core.ErrClock)
}
