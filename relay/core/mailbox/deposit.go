package mailbox

import (
	"errors"
	"fmt"

	"petmail/relay/core"
	"petmail/shared/address"
)

// chaffMailbox swallows the deposits that reach nobody. Its key is empty, so
// that no request can name it.
const chaffMailbox core.MailboxID = 1

// maxChaffBytes is how much of what reached nobody is kept, for no other
// reason than that a refused deposit costs exactly what an accepted one does.
const maxChaffBytes = 4 << 20

// Deposited says where a deposit went, for the host's eyes only: the sender
// gets the same answer always.
type Deposited struct {
	Mailbox core.MailboxID // 0 when it reached nobody
	Seq     uint64
	// Full: its door is there, but it or its mailbox holds all that it may.
	Full bool
	// Trim is set when the host should call TrimChaff in a later transaction.
	Trim bool
}

func (b *Mailboxes) openChaff(tx core.Tx) error {
	_, err := tx.Exec(`INSERT OR IGNORE INTO mailboxes (id, key, counter, request, answer, next_seq, bytes, purge)
		VALUES (?, x'', 0, x'', x'', 1, 0, 0)`, int64(chaffMailbox))
	if err != nil {
		return fmt.Errorf("couldn't create the chaff mailbox: %w", err)
	}
	_, err = tx.Exec(`INSERT OR IGNORE INTO doors (hash, mailbox, bytes, retire) VALUES (?, ?, 0, 0)`,
		b.chaffHash, int64(chaffMailbox))
	if err != nil {
		return fmt.Errorf("couldn't create the chaff door: %w", err)
	}
	row, found, err := core.QueryInt(tx, `SELECT id FROM doors WHERE hash = ? AND mailbox = ?`, b.chaffHash, int64(chaffMailbox))
	if err != nil {
		return fmt.Errorf("couldn't find the chaff door: %w", err)
	}
	if !found {
		return errors.New("the chaff door is missing: the data is damaged")
	}
	b.chaff = door{row: core.DoorRow(row), mailbox: chaffMailbox}
	return nil
}

// Deposit queues an envelope behind a door of the mailbox that has claimed it,
// name. An unknown, retired or full door, or one of another mailbox, sends it
// to the chaff mailbox by the same statements, so that neither the answer nor
// the time it takes tells the sender which it was.
func (b *Mailboxes) Deposit(tx core.Tx, name core.MailboxName, id address.DoorID, envelope []byte) (Deposited, error) {
	now, size := tx.Now().Unix(), int64(len(envelope))
	d, err := b.findDoor(tx, name, id, now)
	if err != nil {
		return Deposited{}, err
	}
	inMailbox, behindDoor, err := b.queue.Room(tx, d.mailbox, d.row)
	if err != nil {
		return Deposited{}, err
	}
	full := d.mailbox != chaffMailbox && (behindDoor+size > b.room(d) || inMailbox+size > b.cfg.MaxMailboxBytes)
	if full {
		d = b.chaff
	}
	seq, inMailbox, err := b.queue.Put(tx, core.Queued{
		Mailbox: d.mailbox, Door: d.row, Expires: now + int64(b.cfg.EnvelopeRetention.Seconds()), Data: envelope,
	})
	if err != nil {
		return Deposited{}, err
	}
	if d.mailbox == chaffMailbox {
		return Deposited{Full: full, Trim: inMailbox > maxChaffBytes}, nil
	}
	return Deposited{Mailbox: d.mailbox, Seq: seq}, nil
}

// findDoor returns the door of the mailbox name if it delivers, and else the
// chaff's.
func (b *Mailboxes) findDoor(tx core.Tx, name core.MailboxName, id address.DoorID, now int64) (door, error) {
	found := b.chaff
	err := tx.Query(`SELECT d.id, d.mailbox, d.retire, m.key FROM doors d JOIN mailboxes m ON m.id = d.mailbox WHERE d.hash = ?`,
		func(r core.Row) error {
			var row, mailbox, retire int64
			var key []byte
			if err := r.Scan(&row, &mailbox, &retire, &key); err != nil {
				return err
			}
			d := door{row: core.DoorRow(row), mailbox: core.MailboxID(mailbox), retire: retire}
			if d.delivers(now) && core.NameOf(key) == name {
				found = d
			}
			return nil
		}, id[:])
	if err != nil {
		return door{}, fmt.Errorf("couldn't look up a door: %w", err)
	}
	return found, nil
}

// TrimChaff forgets the deposits that reached nobody.
func (b *Mailboxes) TrimChaff(tx core.Tx) error { return b.queue.Empty(tx, chaffMailbox) }
