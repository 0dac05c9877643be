package mailbox

import (
	"fmt"

	"petmail/relay/core"
)

// Swept counts what one Sweep deleted.
type Swept struct {
	Envelopes, Mailboxes int64
	Freed                []core.Claim // of the doors that were deleted
}

// Sweep deletes what has expired: at most limit envelopes, doors and closed
// mailboxes each.
func (b *Mailboxes) Sweep(tx core.Tx, limit int) (s Swept, err error) {
	now, n := tx.Now().Unix(), int64(limit)
	if s.Envelopes, err = b.queue.Sweep(tx, limit); err != nil {
		return Swept{}, err
	}
	if s.Freed, err = sweepDoors(tx, now, n); err != nil {
		return Swept{}, err
	}
	s.Mailboxes, err = tx.Exec(`DELETE FROM mailboxes WHERE id IN
		(SELECT id FROM mailboxes WHERE purge > 0 AND purge <= ? LIMIT ?)`, now, n)
	if err != nil {
		return Swept{}, fmt.Errorf("couldn't sweep closed mailboxes: %w", err)
	}
	return s, nil
}

// sweepDoors deletes doors whose time is over. One with queued envelopes
// stays, silent, until they are gone: the queue counts them by its row.
func sweepDoors(tx core.Tx, now, limit int64) (freed []core.Claim, err error) {
	var ids []int64
	err = tx.Query(`SELECT d.id, d.hash, m.key FROM doors d JOIN mailboxes m ON m.id = d.mailbox
		WHERE d.retire > 0 AND d.retire <= ? AND d.bytes = 0 LIMIT ?`, func(row core.Row) error {
		var id int64
		var hash, key []byte
		if err := row.Scan(&id, &hash, &key); err != nil {
			return err
		}
		ids = append(ids, id)
		freed = append(freed, core.ClaimOf(key, hash))
		return nil
	}, now, limit)
	if err != nil {
		return nil, fmt.Errorf("couldn't find retired doors: %w", err)
	}
	for _, id := range ids {
		if _, err := tx.Exec(`DELETE FROM doors WHERE id = ?`, id); err != nil {
			return nil, fmt.Errorf("couldn't sweep doors: %w", err)
		}
	}
	return freed, nil
}

// Stats are totals for the operator.
type Stats struct{ Mailboxes, Doors, Envelopes, EnvelopeBytes int64 }

// Stats counts the tables. It reads whole indexes: call it rarely.
func (b *Mailboxes) Stats(tx core.Tx) (s Stats, err error) {
	if s.Mailboxes, _, err = core.QueryInt(tx, `SELECT count(*) FROM mailboxes WHERE purge = 0 AND key <> x''`); err != nil {
		return Stats{}, fmt.Errorf("couldn't count mailboxes: %w", err)
	}
	if s.Doors, _, err = core.QueryInt(tx, `SELECT count(*) FROM doors`); err != nil {
		return Stats{}, fmt.Errorf("couldn't count doors: %w", err)
	}
	s.Envelopes, s.EnvelopeBytes, err = b.queue.Stats(tx)
	return s, err
}
