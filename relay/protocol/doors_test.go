package protocol

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

func retire(doors ...address.DoorID) relayproto.MailboxRequest {
	return relayproto.MailboxRequest{RetireDoors: list(doors)}
}

// TestRetiringDoorHoldsAnEighth floods doors that are being retired: what waits
// already stays, what exceeds an eighth goes nowhere, and the door that
// replaces them has its room.
func TestRetiringDoorHoldsAnEighth(t *testing.T) {
	w := newWorld(t, core.Config{MaxMailboxBytes: 1600}) // an eighth: 200
	o := w.owner(door(1), door(2), door(3))
	for range 4 {
		require.NotZero(t, w.deposit(door(1), 100).Mailbox) // more than an eighth, while it was live
	}
	o.ok(relayproto.MailboxRequest{AddDoors: list([]address.DoorID{door(4)}), RetireDoors: list([]address.DoorID{door(1), door(2), door(3)})})
	full := 0
	for range 50 {
		for _, id := range []address.DoorID{door(1), door(2), door(3)} {
			if d := w.deposit(id, 100); d.Full {
				require.Zero(t, d.Mailbox)
				full++
			}
		}
	}
	require.Equal(t, 146, full, "counted")
	require.Len(t, o.pending(), 4+2+2, "what waited is kept, and an eighth behind each of the others")
	for range 8 {
		require.NotZero(t, w.deposit(door(4), 100).Mailbox, "the new door has what is left")
	}
	require.NoError(t, w.relay.mailboxes.Queue().Acknowledge(w.tx, o.id, 4, nil))
	require.NotZero(t, w.deposit(door(1), 100).Mailbox, "what was acknowledged makes room")
	require.NotZero(t, w.deposit(door(1), 100).Mailbox)
	require.True(t, w.deposit(door(1), 100).Full)
	require.False(t, w.deposit(door(9), 100).Full, "unknown is not full")
	w.checkCounts()
}

// TestRetiredDoorDelivers14Days checks the time of a door that is retired once,
// again, and by being named twice.
func TestRetiredDoorDelivers14Days(t *testing.T) {
	w := newWorld(t, core.Config{MaxMailboxBytes: 8000})
	o := w.owner(door(1), door(2), door(3))
	deliver := func(id address.DoorID, want bool) {
		t.Helper()
		require.Equal(t, want, w.deposit(id, 1).Mailbox == o.id)
	}
	o.ok(retire(door(1), door(2)))
	w.tx.Pass(7 * 24 * time.Hour)
	o.ok(retire(door(1))) // its time does not begin anew
	w.tx.Pass(7*24*time.Hour - time.Second)
	deliver(door(1), true)
	w.tx.Pass(time.Second)
	deliver(door(1), false)
	deliver(door(3), true)

	o.ok(retire(door(3), door(3)))
	deliver(door(3), false)
	require.Len(t, o.pending(), 2, "what waits behind it stays")
	o.ok(relayproto.MailboxRequest{AddDoors: list([]address.DoorID{door(4)})})
	o.ok(retire(door(4)))
	deliver(door(4), true)
	o.ok(retire(door(4), door(4), door(4)))
	deliver(door(4), false)

	other := w.owner(door(5))
	o.ok(retire(door(5), door(5)))
	require.Equal(t, other.id, w.deposit(door(5), 1).Mailbox, "another's door is not touched")
	require.NoError(t, w.relay.mailboxes.Queue().Acknowledge(w.tx, o.id, 100, nil))
	require.Equal(t, int64(4), w.sweep().Doors)
	w.checkCounts()
}
