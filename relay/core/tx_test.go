package core_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// storage is SQLite, natively and under Node.
type storage interface {
	Exec(query string, args ...any) (changed int64, err error)
	Query(query string, row func(core.Row) error, args ...any) error
	Close() error
}

// memoryTx is a Tx over SQLite with a clock that tests set. It commits every
// statement; the rules do not notice.
type memoryTx struct {
	db         storage
	now        time.Time
	statements []string // since the test last emptied it
	fail       error    // returned by the next Exec, if set
}

func newTx(t interface {
	require.TestingT
	Cleanup(func())
}, path string) *memoryTx {
	db := openStorage(t, path)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return &memoryTx{db: db, now: time.Unix(1_800_000_000, 0)}
}

func (tx *memoryTx) Exec(query string, args ...any) (int64, error) {
	tx.statements = append(tx.statements, query)
	if err := tx.fail; err != nil {
		tx.fail = nil
		return 0, err
	}
	return tx.db.Exec(query, args...)
}

func (tx *memoryTx) Query(query string, row func(core.Row) error, args ...any) error {
	tx.statements = append(tx.statements, query)
	return tx.db.Query(query, row, args...)
}

func (tx *memoryTx) Now() time.Time { return tx.now }

// int returns the single integer of a query.
func (tx *memoryTx) int(t require.TestingT, query string, args ...any) int64 {
	var n int64
	require.NoError(t, tx.db.Query(query, func(row core.Row) error { return row.Scan(&n) }, args...))
	return n
}

// changes counts every row that was ever changed.
func (tx *memoryTx) changes(t require.TestingT) int64 { return tx.int(t, `SELECT total_changes()`) }

// world is a relay with its tables in memory.
type world struct {
	t     require.TestingT
	tx    *memoryTx
	relay *core.Relay
}

func newWorld(t interface {
	require.TestingT
	Cleanup(func())
}, cfg core.Config) *world {
	tx := newTx(t, ":memory:")
	relay, err := core.Open(tx, rand.Reader, cfg)
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
	o.id, _, found, err = w.relay.FindMailbox(w.tx, key.Public().(ed25519.PublicKey))
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
	req.RelayID, req.Counter = o.w.relay.ID(), o.counter
	body, err := relayproto.SignMailboxRequest(o.key, req)
	require.NoError(o.w.t, err)
	update, err := o.w.relay.OpenMailboxUpdate(body)
	require.NoError(o.w.t, err)
	_, _, err = o.w.relay.UpdateMailbox(o.w.tx, update)
	return err
}

func (o *owner) ok(req relayproto.MailboxRequest) {
	require.NoError(o.w.t, o.update(req))
}

func (o *owner) pending() []core.Delivery {
	list, err := o.w.relay.Pending(o.w.tx, o.id, 0, 10_000, 1<<30)
	require.NoError(o.w.t, err)
	return list
}

func (w *world) deposit(door address.DoorID, size int) core.Deposited {
	d, err := w.relay.Deposit(w.tx, door, make([]byte, size))
	require.NoError(w.t, err)
	return d
}

func (w *world) sweep() core.Swept {
	var total core.Swept
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
	require.Zero(w.t, w.tx.int(w.t, `SELECT count(*) FROM mailboxes m WHERE bytes <>
		(SELECT coalesce(sum(size), 0) FROM envelopes e WHERE e.mailbox = m.id)`), "bytes of a mailbox")
	require.Zero(w.t, w.tx.int(w.t, `SELECT count(*) FROM doors d WHERE bytes <>
		(SELECT coalesce(sum(size), 0) FROM envelopes e WHERE e.door = d.id)`), "bytes of a door")
	require.Zero(w.t, w.tx.int(w.t, `SELECT count(*) FROM envelopes WHERE size <> length(data)`))
	require.Equal(w.t, w.tx.int(w.t, `SELECT count(*) FROM mailboxes`),
		w.tx.int(w.t, `SELECT n FROM totals WHERE name = 'mailboxes'`))
	require.Equal(w.t, w.tx.int(w.t, `SELECT count(*) FROM meetings`),
		w.tx.int(w.t, `SELECT n FROM totals WHERE name = 'meetings'`))
}

func TestOpenKeepsKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	tx := newTx(t, path)
	first, err := core.Open(tx, rand.Reader, core.Config{Version: "1"})
	require.NoError(t, err)
	second, err := core.Open(tx, rand.Reader, core.Config{Version: "1"})
	require.NoError(t, err)
	require.Equal(t, first.ID(), second.ID())
	require.Equal(t, first.Descriptor(), second.Descriptor())

	_, err = tx.db.Exec(`UPDATE schema_version SET version = 99`)
	require.NoError(t, err)
	_, err = core.Open(tx, rand.Reader, core.Config{})
	require.ErrorContains(t, err, "newer relay")
	_, err = tx.db.Exec(`UPDATE schema_version SET version = 1; UPDATE meta SET value = x'00' WHERE name = 'routing'`)
	require.NoError(t, err)
	_, err = core.Open(tx, rand.Reader, core.Config{})
	require.ErrorContains(t, err, "restore a backup")
}
