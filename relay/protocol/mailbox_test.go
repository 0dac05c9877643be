package protocol

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/relay/core"
	"petmail/relay/core/slots"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// TestDepositsRunAlike checks that the statements of a deposit are the same
// wherever it leads, which is what makes it take the same time.
func TestDepositsRunAlike(t *testing.T) {
	w := newWorld(t, core.Config{MaxMailboxBytes: 1000})
	o := w.owner(door(1), door(2), door(3), door(4))
	w.deposit(door(2), 500)
	w.deposit(door(2), 250) // full: three quarters of the mailbox
	o.ok(relayproto.MailboxRequest{RetireDoors: list([]address.DoorID{door(3)})})
	w.tx.Pass(relayproto.DoorRetirement)
	o.ok(relayproto.MailboxRequest{RetireDoors: list([]address.DoorID{door(4)})})
	w.deposit(door(4), 100) // full: an eighth

	var sequences [][]string
	for name, test := range map[string]struct {
		door    address.DoorID
		arrives bool
	}{
		"valid": {door(1), true}, "unknown": {door(9), false}, "full": {door(2), false}, "retired": {door(3), false},
		"retiring and full": {door(4), false},
	} {
		w.tx.Statements = nil
		before := len(o.pending())
		w.tx.Statements = nil
		d := w.deposit(test.door, 100)
		sequences = append(sequences, w.tx.Statements)
		require.Equal(t, test.arrives, d.Mailbox == o.id, name)
		arrived := 0
		if test.arrives {
			arrived = 1
		}
		require.Len(t, o.pending(), before+arrived, name)
	}
	for _, s := range sequences[1:] {
		require.Equal(t, sequences[0], s)
	}
	w.checkCounts()
}

func TestChaffIsBounded(t *testing.T) {
	w := newWorld(t, core.Config{})
	trims := 0
	for range 200 {
		if w.deposit(door(9), address.LargeEnvelope).Trim {
			trims++
			require.NoError(t, w.relay.mailboxes.TrimChaff(w.tx))
			w.checkCounts()
		}
	}
	require.GreaterOrEqual(t, trims, 2)
	require.Less(t, w.tx.Int(t, `SELECT sum(size) FROM envelopes`), int64(5<<20))
}

func TestQuotas(t *testing.T) {
	w := newWorld(t, core.Config{MaxMailboxBytes: 1000})
	o := w.owner(door(1), door(2))
	for range 10 {
		w.deposit(door(1), 100)
	}
	require.Len(t, o.pending(), 7, "one door takes three quarters")
	for range 10 {
		w.deposit(door(2), 100)
	}
	require.Len(t, o.pending(), 10)
	require.NoError(t, w.relay.mailboxes.Queue().Acknowledge(w.tx, o.id, 3, []uint64{5}))
	w.checkCounts()
	for range 10 {
		w.deposit(door(1), 100)
	}
	list := o.pending()
	require.Len(t, list, 10, "what was acknowledged makes room")
	require.Equal(t, uint64(14), list[9].Seq)
}

func TestPendingPages(t *testing.T) {
	w := newWorld(t, core.Config{})
	o := w.owner(door(1))
	for range 5 {
		w.deposit(door(1), 100)
	}
	for _, test := range []struct {
		after uint64
		count int
		bytes int64
		want  []uint64
	}{
		{0, 10, 1000, []uint64{1, 2, 3, 4, 5}},
		{0, 2, 1000, []uint64{1, 2}},
		{2, 10, 250, []uint64{3, 4}},
		{2, 10, 1, []uint64{3}}, // one always
		{4, 0, 1000, nil},
		{5, 10, 1000, nil},
	} {
		list, err := w.relay.mailboxes.Queue().Pending(w.tx, o.id, test.after, test.count, test.bytes)
		require.NoError(t, err)
		var got []uint64
		for _, d := range list {
			got = append(got, d.Seq)
		}
		require.Equal(t, test.want, got)
	}
}

func TestExpiry(t *testing.T) {
	w := newWorld(t, core.Config{EnvelopeRetention: 10 * time.Hour})
	o := w.owner(door(1), door(2))
	for range 25 {
		w.deposit(door(1), 100)
	}
	w.tx.Pass(time.Hour)
	w.deposit(door(1), 100)
	o.ok(relayproto.MailboxRequest{RetireDoors: list([]address.DoorID{door(1), door(2)})})
	w.tx.Pass(9*time.Hour - time.Second)
	require.Zero(t, w.sweep())
	w.tx.Pass(time.Second)
	require.Equal(t, Swept{Envelopes: 25}, w.sweep())
	require.Len(t, o.pending(), 1)
	w.checkCounts()

	w.tx.Pass(relayproto.DoorRetirement)
	w.deposit(door(1), 100)
	require.Len(t, o.pending(), 1, "a retired door delivers no more")
	require.Equal(t, Swept{Envelopes: 1, Doors: 2}, w.sweep())
	w.checkCounts()
	other := w.owner(door(1))
	w.deposit(door(1), 100)
	require.Len(t, other.pending(), 1, "another may use it")

	other.ok(relayproto.MailboxRequest{Close: true})
	require.Error(t, other.update(relayproto.MailboxRequest{}))
	for range 3 { // a year in steps that the clock is believed
		w.tx.Pass(122 * 24 * time.Hour)
		w.sweep()
	}
	other.counter = 0
	other.ok(relayproto.MailboxRequest{Register: true})
	w.checkCounts()
}

// TestRefusalsChangeNothing counts changed rows.
func TestRefusalsChangeNothing(t *testing.T) {
	w := newWorld(t, core.Config{MaxDoors: 2, MaxMailboxes: 3})
	a, b := w.owner(door(1), door(2)), w.owner()
	before := w.tx.Changes(t)
	refused := func(code relayproto.Code, err error) {
		t.Helper()
		var r *core.Refusal
		require.ErrorAs(t, err, &r)
		require.Equal(t, code, r.Answer.Code)
		require.True(t, core.IsRefusal(err))
		require.Equal(t, before, w.tx.Changes(t))
	}
	refused(relayproto.CodeDoorTaken, b.update(relayproto.MailboxRequest{AddDoors: list([]address.DoorID{door(3), door(1)})}))
	refused(relayproto.CodeLimit, a.update(relayproto.MailboxRequest{AddDoors: list([]address.DoorID{door(3)})}))
	c := &owner{w: w, key: ed25519.NewKeyFromSeed(make([]byte, 32))}
	refused(relayproto.CodeNoMailbox, c.update(relayproto.MailboxRequest{}))
	refused(relayproto.CodeNoMailbox, c.update(relayproto.MailboxRequest{Close: true}))
	c.ok(relayproto.MailboxRequest{Register: true})
	before = w.tx.Changes(t)
	d := &owner{w: w, key: ed25519.NewKeyFromSeed(make([]byte, 31, 32)[:32])}
	d.key[31] ^= 1
	d.key = ed25519.NewKeyFromSeed(d.key[:32])
	refused(relayproto.CodeLimit, d.update(relayproto.MailboxRequest{Register: true}))
	b.counter--
	refused(relayproto.CodeConflict, func() error { b.counter--; return b.update(relayproto.MailboxRequest{Close: true}) }())
}

// TestStorageFailures checks that no statement's failure is passed over.
func TestStorageFailures(t *testing.T) {
	w := newWorld(t, core.Config{})
	o := w.owner(door(1))
	broken := errors.New("disk on fire")
	for name, run := range map[string]func() error{
		"deposit": func() error { _, err := w.relay.Deposit(w.tx, door(1), make([]byte, 100)); return err },
		"ack":     func() error { return w.relay.mailboxes.Queue().Acknowledge(w.tx, o.id, 1<<60, nil) },
		"slot":    func() error { _, _, err := w.relay.slots.Put(w.tx, slots.ID{1}, []byte("x")); return err },
		"update":  func() error { return o.update(relayproto.MailboxRequest{AddDoors: list([]address.DoorID{door(7)})}) },
		"sweep":   func() error { _, err := w.relay.Sweep(w.tx, 10); return err },
		"chaff":   func() error { return w.relay.mailboxes.TrimChaff(w.tx) },
	} {
		w.deposit(door(1), 100)
		w.tx.Fail = broken
		err := run()
		require.ErrorIs(t, err, broken, name)
		require.False(t, core.IsRefusal(err), name)
	}
}

// TestCountsStayTrue runs random histories and checks what is counted.
func TestCountsStayTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, core.Config{MaxMailboxBytes: 1200, EnvelopeRetention: time.Hour})
		owners := []*owner{w.owner(door(1), door(2)), w.owner(door(3))}
		model := map[core.MailboxID][]uint64{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			o := rapid.SampledFrom(owners).Draw(t, "owner")
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1, 2:
				d := w.deposit(door(byte(rapid.IntRange(1, 4).Draw(t, "door"))), 100)
				if d.Mailbox != 0 {
					model[d.Mailbox] = append(model[d.Mailbox], d.Seq)
				}
			case 3:
				upTo := rapid.Uint64Range(0, 8).Draw(t, "up to")
				seqs := rapid.SliceOfN(rapid.Uint64Range(0, 20), 0, 4).Draw(t, "seqs")
				require.NoError(t, w.relay.mailboxes.Queue().Acknowledge(w.tx, o.id, upTo, seqs))
				model[o.id] = slices.DeleteFunc(model[o.id], func(s uint64) bool {
					return s <= upTo || slices.Contains(seqs, s)
				})
			case 4:
				w.tx.Pass(10 * time.Minute)
			case 5:
				w.sweep()
				for _, o := range owners {
					model[o.id] = nil
					for _, d := range o.pending() {
						model[o.id] = append(model[o.id], d.Seq)
					}
				}
			}
			w.checkCounts()
		}
		for _, o := range owners {
			var got []uint64
			for _, d := range o.pending() {
				got = append(got, d.Seq)
			}
			require.Equal(t, len(model[o.id]), len(got))
			for i := range got {
				require.Equal(t, model[o.id][i], got[i])
			}
		}
	})
}
