package protocol

import (
	"crypto/ed25519"
	"crypto/rand"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/core/mailbox"
	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/tests/sqltx"
)

// world is a relay with its tables in memory.
type world struct {
	t     require.TestingT
	tx    *sqltx.Tx
	relay *Relay
}

func newWorld(t sqltx.T, cfg core.Config) *world {
	tx := sqltx.Open(t, ":memory:")
	relay, err := Open(tx, rand.Reader, cfg)
	require.NoError(t, err)
	return &world{t: t, tx: tx, relay: relay}
}

// owner is somebody with a mailbox.
type owner struct {
	w       *world
	key     ed25519.PrivateKey
	counter uint64
	id      core.MailboxID
}

func (w *world) owner(doors ...address.DoorID) *owner {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(w.t, err)
	o := &owner{w: w, key: key}
	o.ok(relayproto.MailboxRequest{Register: true, AddDoors: list(doors)})
	var found bool
	o.id, _, found, err = w.relay.mailboxes.Find(w.tx, key.Public().(ed25519.PublicKey))
	require.NoError(w.t, err)
	require.True(w.t, found)
	return o
}

func list(doors []address.DoorID) (out [][]byte) {
	for _, d := range doors {
		out = append(out, d[:])
	}
	return out
}

func (o *owner) update(req relayproto.MailboxRequest) error {
	o.counter++
	req.RelayID, req.Counter = o.w.relay.id, o.counter
	body, err := relayproto.SignMailboxRequest(o.key, req)
	require.NoError(o.w.t, err)
	update, err := o.w.relay.mailboxes.OpenUpdate(body)
	require.NoError(o.w.t, err)
	_, err = o.w.relay.updateMailbox(o.w.tx, update)
	return err
}

func (o *owner) ok(req relayproto.MailboxRequest) {
	require.NoError(o.w.t, o.update(req))
}

func (o *owner) pending() []core.Delivery {
	list, err := o.w.relay.mailboxes.Queue().Pending(o.w.tx, o.id, 0, 10_000, 1<<30)
	require.NoError(o.w.t, err)
	return list
}

func (w *world) deposit(door address.DoorID, size int) mailbox.Deposited {
	d, err := w.relay.Deposit(w.tx, door, make([]byte, size))
	require.NoError(w.t, err)
	return d
}

func (w *world) sweep() Swept {
	var total Swept
	for {
		s, err := w.relay.Sweep(w.tx, 10)
		require.NoError(w.t, err)
		total.Envelopes += s.Envelopes
		total.Slots += s.Slots
		total.Doors += s.Doors
		total.Nameplates += s.Nameplates
		total.Meetings += s.Meetings
		if !s.More {
			return total
		}
	}
}

func door(b byte) address.DoorID { return address.DoorID{31: b} }

// checkCounts compares the counted bytes with what lies there.
func (w *world) checkCounts() {
	require.Zero(w.t, w.tx.Int(w.t, `SELECT count(*) FROM mailboxes m WHERE bytes <>
		(SELECT coalesce(sum(size), 0) FROM envelopes e WHERE e.mailbox = m.id)`), "bytes of a mailbox")
	require.Zero(w.t, w.tx.Int(w.t, `SELECT count(*) FROM doors d WHERE bytes <>
		(SELECT coalesce(sum(size), 0) FROM envelopes e WHERE e.door = d.id)`), "bytes of a door")
	require.Zero(w.t, w.tx.Int(w.t, `SELECT count(*) FROM envelopes WHERE size <> length(data)`))
	require.Equal(w.t, w.tx.Int(w.t, `SELECT count(*) FROM mailboxes`),
		w.tx.Int(w.t, `SELECT n FROM totals WHERE name = 'mailboxes'`))
	require.Equal(w.t, w.tx.Int(w.t, `SELECT count(*) FROM claims`), w.tx.Int(w.t, `SELECT count(*) FROM doors d
		JOIN claims c ON c.hash = d.hash JOIN mailboxes m ON m.id = d.mailbox WHERE m.key <> x''`))
	require.Equal(w.t, w.tx.Int(w.t, `SELECT count(*) FROM claims`), w.tx.Int(w.t, `SELECT count(*) - 1 FROM doors`), "but for that of the chaff")
	require.Equal(w.t, w.tx.Int(w.t, `SELECT count(*) FROM meetings`),
		w.tx.Int(w.t, `SELECT n FROM totals WHERE name = 'meetings'`))
}
