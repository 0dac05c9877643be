package mailbox

import (
	"errors"
	"fmt"

	"petmail/relay/core"
)

// SQLQueue is a core.Queue in the table envelopes. It counts in the rows of
// mailboxes (next_seq, bytes) and doors (bytes), which have to be there.
type SQLQueue struct{}

// Room is of core.Queue.
func (q SQLQueue) Room(tx core.Tx, mailbox core.MailboxID, door core.DoorRow) (inMailbox, behindDoor int64, err error) {
	err = tx.Query(`SELECT m.bytes, d.bytes FROM mailboxes m, doors d WHERE m.id = ? AND d.id = ?`, func(row core.Row) error {
		return row.Scan(&inMailbox, &behindDoor)
	}, int64(mailbox), int64(door))
	if err != nil {
		return 0, 0, fmt.Errorf("couldn't look up the room of a mailbox: %w", err)
	}
	return inMailbox, behindDoor, nil
}

// Put is of core.Queue.
func (q SQLQueue) Put(tx core.Tx, e core.Queued) (seq uint64, inMailbox int64, err error) {
	size := int64(len(e.Data))
	next := int64(0)
	err = tx.Query(`UPDATE mailboxes SET next_seq = next_seq + 1, bytes = bytes + ? WHERE id = ? RETURNING next_seq, bytes`,
		func(row core.Row) error { return row.Scan(&next, &inMailbox) }, size, int64(e.Mailbox))
	if err != nil {
		return 0, 0, fmt.Errorf("couldn't count an envelope: %w", err)
	}
	if next == 0 {
		return 0, 0, errors.New("a mailbox is missing: the data is damaged")
	}
	seq = uint64(next - 1)
	_, err = tx.Exec(`INSERT INTO envelopes (mailbox, seq, door, expires, size, data) VALUES (?, ?, ?, ?, ?, ?)`,
		int64(e.Mailbox), int64(seq), int64(e.Door), e.Expires, size, e.Data)
	if err != nil {
		return 0, 0, fmt.Errorf("couldn't store an envelope: %w", err)
	}
	if _, err := tx.Exec(`UPDATE doors SET bytes = bytes + ? WHERE id = ?`, size, int64(e.Door)); err != nil {
		return 0, 0, fmt.Errorf("couldn't count an envelope: %w", err)
	}
	return seq, inMailbox, nil
}

// Waiting is of core.Queue.
func (q SQLQueue) Waiting(tx core.Tx, mailbox core.MailboxID) (uint64, error) {
	n, _, err := core.QueryInt(tx, `SELECT count(*) FROM envelopes WHERE mailbox = ?`, int64(mailbox))
	if err != nil {
		return 0, fmt.Errorf("couldn't count envelopes: %w", err)
	}
	return uint64(n), nil
}

// Pending is of core.Queue.
func (q SQLQueue) Pending(tx core.Tx, mailbox core.MailboxID, after uint64, count int, bytes int64) ([]core.Delivery, error) {
	var sizes []int64
	err := tx.Query(`SELECT size FROM envelopes WHERE mailbox = ? AND seq > ? ORDER BY seq LIMIT ?`,
		func(row core.Row) error {
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
	deliveries := make([]core.Delivery, 0, fit)
	err = tx.Query(`SELECT seq, data FROM envelopes WHERE mailbox = ? AND seq > ? ORDER BY seq LIMIT ?`,
		func(row core.Row) error {
			var seq int64
			var data []byte
			if err := row.Scan(&seq, &data); err != nil {
				return err
			}
			deliveries = append(deliveries, core.Delivery{Seq: uint64(seq), Data: data})
			return nil
		}, int64(mailbox), int64(after), int64(fit))
	if err != nil {
		return nil, fmt.Errorf("couldn't read envelopes: %w", err)
	}
	return deliveries, nil
}

// Acknowledge is of core.Queue.
func (q SQLQueue) Acknowledge(tx core.Tx, mailbox core.MailboxID, upTo uint64, seqs []uint64) error {
	if upTo > 0 {
		if err := q.drop(tx, mailbox, `seq <= ?`, int64(min(upTo, 1<<53-1))); err != nil {
			return err
		}
	}
	for _, seq := range seqs {
		if seq <= upTo || seq >= 1<<53 {
			continue
		}
		if err := q.drop(tx, mailbox, `seq = ?`, int64(seq)); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes the envelopes of a mailbox that match where, and keeps the
// byte counts of the mailbox and its doors in step.
func (q SQLQueue) drop(tx core.Tx, mailbox core.MailboxID, where string, arg int64) error {
	type sum struct{ door, bytes int64 }
	var sums []sum
	err := tx.Query(`SELECT door, sum(size) FROM envelopes WHERE mailbox = ? AND `+where+` GROUP BY door`,
		func(row core.Row) error {
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

// Empty is of core.Queue.
func (q SQLQueue) Empty(tx core.Tx, mailbox core.MailboxID) error {
	for _, statement := range []string{
		`DELETE FROM envelopes WHERE mailbox = ?`,
		`UPDATE mailboxes SET bytes = 0 WHERE id = ?`,
		`UPDATE doors SET bytes = 0 WHERE mailbox = ?`,
	} {
		if _, err := tx.Exec(statement, int64(mailbox)); err != nil {
			return fmt.Errorf("couldn't empty a mailbox: %w", err)
		}
	}
	return nil
}

// Sweep is of core.Queue.
func (q SQLQueue) Sweep(tx core.Tx, limit int) (deleted int64, err error) {
	type expired struct {
		mailbox core.MailboxID
		seq     int64
	}
	var rows []expired
	err = tx.Query(`SELECT mailbox, seq FROM envelopes WHERE expires <= ? LIMIT ?`, func(row core.Row) error {
		var e expired
		var id int64
		if err := row.Scan(&id, &e.seq); err != nil {
			return err
		}
		e.mailbox = core.MailboxID(id)
		rows = append(rows, e)
		return nil
	}, tx.Now().Unix(), int64(limit))
	if err != nil {
		return 0, fmt.Errorf("couldn't find expired envelopes: %w", err)
	}
	for _, e := range rows {
		if err := q.drop(tx, e.mailbox, `seq = ?`, e.seq); err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}

// Stats is of core.Queue.
func (q SQLQueue) Stats(tx core.Tx) (envelopes, bytes int64, err error) {
	if envelopes, _, err = core.QueryInt(tx, `SELECT count(*) FROM envelopes`); err != nil {
		return 0, 0, fmt.Errorf("couldn't count envelopes: %w", err)
	}
	if bytes, _, err = core.QueryInt(tx, `SELECT coalesce(sum(bytes), 0) FROM mailboxes`); err != nil {
		return 0, 0, fmt.Errorf("couldn't add up envelopes: %w", err)
	}
	return envelopes, bytes, nil
}
