package core

import (
	"errors"
	"fmt"

	"petmail/shared/address"
)

// MailboxID names a mailbox inside one relay.
type MailboxID int64

// chaffMailbox swallows the deposits that reach nobody. Its key is empty, so
// that no request can name it.
const chaffMailbox MailboxID = 1

// maxChaffBytes is how much of what reached nobody is kept, for no other
// reason than that a refused deposit costs exactly what an accepted one does.
const maxChaffBytes = 4 << 20

// Delivery is one queued envelope.
type Delivery struct {
	Seq  uint64
	Data []byte
}

// Deposited says where a deposit went, for the host's eyes only: the sender
// gets the same answer always.
type Deposited struct {
	Mailbox MailboxID // 0 when it reached nobody
	Seq     uint64
	// Full: its door is there, but it or its mailbox holds all that it may.
	Full bool
	// Trim is set when the host should call TrimChaff in a later transaction.
	Trim bool
}

func (r *Relay) openChaff(tx Tx) error {
	_, err := tx.Exec(`INSERT OR IGNORE INTO mailboxes (id, key, counter, request, answer, next_seq, bytes, purge)
		VALUES (?, x'', 0, x'', x'', 1, 0, 0)`, int64(chaffMailbox))
	if err != nil {
		return fmt.Errorf("couldn't create the chaff mailbox: %w", err)
	}
	_, err = tx.Exec(`INSERT OR IGNORE INTO doors (hash, mailbox, bytes, retire) VALUES (?, ?, 0, 0)`,
		r.chaff, int64(chaffMailbox))
	if err != nil {
		return fmt.Errorf("couldn't create the chaff door: %w", err)
	}
	return nil
}

// Deposit queues an envelope behind a door. An unknown, retired or full door
// sends it to the chaff mailbox by the same statements, so that neither the
// answer nor the time it takes tells the sender which it was.
func (r *Relay) Deposit(tx Tx, id address.DoorID, envelope []byte) (Deposited, error) {
	type target struct {
		door, mailbox, seq, chaffBytes int64
		found                          bool
	}
	var real, chaff target
	full := false
	now, size := unix(tx.Now()), int64(len(envelope))
	err := tx.Query(`SELECT d.id, d.mailbox, d.bytes, d.retire, m.next_seq, m.bytes
			FROM doors d JOIN mailboxes m ON m.id = d.mailbox WHERE d.hash IN (?, ?)`,
		func(row Row) error {
			var t target
			var d door
			var mailboxBytes int64
			if err := row.Scan(&t.door, &t.mailbox, &d.bytes, &d.retire, &t.seq, &mailboxBytes); err != nil {
				return err
			}
			if MailboxID(t.mailbox) == chaffMailbox {
				t.chaffBytes, t.found = mailboxBytes, true
				chaff = t
				return nil
			}
			fits := d.bytes+size <= r.room(d) && mailboxBytes+size <= r.cfg.MaxMailboxBytes
			t.found, full = d.delivers(now) && fits, d.delivers(now) && !fits
			real = t
			return nil
		}, id[:], r.chaff)
	if err != nil {
		return Deposited{}, fmt.Errorf("couldn't look up a door: %w", err)
	}
	t := real
	if !t.found {
		t = chaff
	}
	if !t.found {
		return Deposited{}, errors.New("the chaff door is missing: the data is damaged")
	}

	_, err = tx.Exec(`INSERT INTO envelopes (mailbox, seq, door, expires, size, data) VALUES (?, ?, ?, ?, ?, ?)`,
		t.mailbox, t.seq, t.door, now+int64(r.cfg.EnvelopeRetention.Seconds()), size, envelope)
	if err != nil {
		return Deposited{}, fmt.Errorf("couldn't store an envelope: %w", err)
	}
	if _, err := tx.Exec(`UPDATE mailboxes SET next_seq = next_seq + 1, bytes = bytes + ? WHERE id = ?`, size, t.mailbox); err != nil {
		return Deposited{}, fmt.Errorf("couldn't count an envelope: %w", err)
	}
	if _, err := tx.Exec(`UPDATE doors SET bytes = bytes + ? WHERE id = ?`, size, t.door); err != nil {
		return Deposited{}, fmt.Errorf("couldn't count an envelope: %w", err)
	}
	if MailboxID(t.mailbox) == chaffMailbox {
		return Deposited{Full: full, Trim: t.chaffBytes+size > maxChaffBytes}, nil
	}
	return Deposited{Mailbox: MailboxID(t.mailbox), Seq: uint64(t.seq)}, nil
}

// TrimChaff forgets the deposits that reached nobody.
func (r *Relay) TrimChaff(tx Tx) error {
	for _, statement := range []string{
		`DELETE FROM envelopes WHERE mailbox = ?`,
		`UPDATE mailboxes SET bytes = 0 WHERE id = ?`,
		`UPDATE doors SET bytes = 0 WHERE mailbox = ?`,
	} {
		if _, err := tx.Exec(statement, int64(chaffMailbox)); err != nil {
			return fmt.Errorf("couldn't trim the chaff: %w", err)
		}
	}
	return nil
}

// Pending returns queued envelopes of a mailbox with Seq > after, in order:
// at most count, and after the first no more than fit in bytes.
func (r *Relay) Pending(tx Tx, mailbox MailboxID, after uint64, count int, bytes int64) ([]Delivery, error) {
	var sizes []int64
	err := tx.Query(`SELECT size FROM envelopes WHERE mailbox = ? AND seq > ? ORDER BY seq LIMIT ?`,
		func(row Row) error {
			var size int64
			if err := row.Scan(&size); err != nil {
				return err
			}
			sizes = append(sizes, size)
			return nil
		}, int64(mailbox), int64(after), int64(count))
	if err != nil {
		return nil, fmt.Errorf("couldn't list envelopes: %w", err)
	}
	fit := 0
	for total := int64(0); fit < len(sizes); fit++ {
		if total += sizes[fit]; fit > 0 && total > bytes {
			break
		}
	}
	deliveries := make([]Delivery, 0, fit)
	err = tx.Query(`SELECT seq, data FROM envelopes WHERE mailbox = ? AND seq > ? ORDER BY seq LIMIT ?`,
		func(row Row) error {
			var seq int64
			var data []byte
			if err := row.Scan(&seq, &data); err != nil {
				return err
			}
			deliveries = append(deliveries, Delivery{Seq: uint64(seq), Data: data})
			return nil
		}, int64(mailbox), int64(after), int64(fit))
	if err != nil {
		return nil, fmt.Errorf("couldn't read envelopes: %w", err)
	}
	return deliveries, nil
}

// Acknowledge deletes the envelopes with Seq ≤ upTo, and those in seqs.
// Sequence numbers that are not queued are ignored.
func (r *Relay) Acknowledge(tx Tx, mailbox MailboxID, upTo uint64, seqs []uint64) error {
	if upTo > 0 {
		if err := r.drop(tx, mailbox, `seq <= ?`, int64(min(upTo, 1<<53-1))); err != nil {
			return err
		}
	}
	for _, seq := range seqs {
		if seq <= upTo || seq >= 1<<53 {
			continue
		}
		if err := r.drop(tx, mailbox, `seq = ?`, int64(seq)); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes the envelopes of a mailbox that match where, and keeps the
// byte counts of the mailbox and its doors in step.
func (r *Relay) drop(tx Tx, mailbox MailboxID, where string, arg int64) error {
	type sum struct{ door, bytes int64 }
	var sums []sum
	err := tx.Query(`SELECT door, sum(size) FROM envelopes WHERE mailbox = ? AND `+where+` GROUP BY door`,
		func(row Row) error {
			var s sum
			if err := row.Scan(&s.door, &s.bytes); err != nil {
				return err
			}
			sums = append(sums, s)
			return nil
		}, int64(mailbox), arg)
	if err != nil {
		return fmt.Errorf("couldn't count acknowledged envelopes: %w", err)
	}
	if len(sums) == 0 {
		return nil
	}
	if _, err := tx.Exec(`DELETE FROM envelopes WHERE mailbox = ? AND `+where, int64(mailbox), arg); err != nil {
		return fmt.Errorf("couldn't delete acknowledged envelopes: %w", err)
	}
	var total int64
	for _, s := range sums {
		total += s.bytes
		if _, err := tx.Exec(`UPDATE doors SET bytes = bytes - ? WHERE id = ?`, s.bytes, s.door); err != nil {
			return fmt.Errorf("couldn't count a door: %w", err)
		}
	}
	if _, err := tx.Exec(`UPDATE mailboxes SET bytes = bytes - ? WHERE id = ?`, total, int64(mailbox)); err != nil {
		return fmt.Errorf("couldn't count a mailbox: %w", err)
	}
	return nil
}
