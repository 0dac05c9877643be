// Package mailbox is the relay's mailboxes: the requests of their owners, the
// doors that lead to them, and the envelopes that wait in them.
package mailbox

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"time"

	"petmail/relay/core"
	"petmail/shared/relayproto"
)

// Tables are the migrations of mailboxes, doors and envelopes.
func Tables() core.Tables {
	return core.Tables{Noun: "mailbox", Steps: []core.Step{core.Published}}
}

// Mailboxes are the rules. Methods may be called concurrently, each with a Tx
// of its own.
type Mailboxes struct {
	cfg       core.Config
	relay     [relayproto.IDSize]byte
	queue     core.Queue
	chaffHash []byte // of the door behind which refused deposits end
	chaff     door
}

// Open takes its limits from cfg, which has its defaults, and makes the chaff
// mailbox where it is missing. Envelopes wait in queue. The error is the Tx's,
// or says that the data is damaged.
func Open(tx core.Tx, cfg core.Config, keys core.Keys, queue core.Queue) (*Mailboxes, error) {
	// Known to nobody, so that no deposit is addressed to it.
	chaff := sha256.Sum256(append([]byte("petmail/chaff/1\x00"), keys.Identity.Seed()...))
	b := &Mailboxes{cfg: cfg, relay: keys.ID, queue: queue, chaffHash: chaff[:]}
	return b, b.openChaff(tx)
}

// closedRetention is how long the counters of a closed mailbox are kept.
const closedRetention = 365 * 24 * time.Hour

// maxCounter keeps counters exact on hosts that pass numbers as float64.
const maxCounter = 1<<53 - 1

// mailbox is a row of the table mailboxes.
type mailbox struct {
	id      core.MailboxID
	counter int64
	request []byte // SHA-256 of the last request, 32
	answer  []byte // CBOR MailboxStatus that it got
	closed  bool
}

func findMailbox(tx core.Tx, key ed25519.PublicKey) (m mailbox, found bool, err error) {
	if len(key) != ed25519.PublicKeySize {
		return mailbox{}, false, nil
	}
	err = tx.Query(`SELECT id, counter, request, answer, purge FROM mailboxes WHERE key = ?`, func(row core.Row) error {
		var id, purge int64
		found = true
		if err := row.Scan(&id, &m.counter, &m.request, &m.answer, &purge); err != nil {
			return err
		}
		m.id, m.closed = core.MailboxID(id), purge > 0
		return nil
	}, []byte(key))
	if err != nil {
		return mailbox{}, false, fmt.Errorf("couldn't look up a mailbox: %w", err)
	}
	return m, found, nil
}

// Queue is where the envelopes wait.
func (b *Mailboxes) Queue() core.Queue { return b.queue }

// Find returns the open mailbox of key and how many envelopes wait.
func (b *Mailboxes) Find(tx core.Tx, key ed25519.PublicKey) (id core.MailboxID, waiting uint64, found bool, err error) {
	m, found, err := findMailbox(tx, key)
	if err != nil || !found || m.closed {
		return 0, 0, false, err
	}
	if waiting, err = b.queue.Waiting(tx, m.id); err != nil {
		return 0, 0, false, err
	}
	return m.id, waiting, true, nil
}

func insertMailbox(tx core.Tx, key ed25519.PublicKey) (core.MailboxID, error) {
	_, err := tx.Exec(`INSERT INTO mailboxes (key, counter, request, answer, next_seq, bytes, purge)
		VALUES (?, 0, x'', x'', 1, 0, 0)`, []byte(key))
	if err != nil {
		return 0, fmt.Errorf("couldn't create a mailbox: %w", err)
	}
	id, _, err := core.QueryInt(tx, `SELECT id FROM mailboxes WHERE key = ?`, []byte(key))
	if err != nil {
		return 0, fmt.Errorf("couldn't find a new mailbox: %w", err)
	}
	return core.MailboxID(id), nil
}

// empty leaves a closed mailbox without envelopes and doors.
func (b *Mailboxes) empty(tx core.Tx, id core.MailboxID) error {
	if err := b.queue.Empty(tx, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM doors WHERE mailbox = ?`, int64(id)); err != nil {
		return fmt.Errorf("couldn't delete doors: %w", err)
	}
	return nil
}

// count returns the doors of a mailbox that still deliver and its envelopes.
func (b *Mailboxes) count(tx core.Tx, id core.MailboxID) (doors, waiting uint64, err error) {
	d, _, err := core.QueryInt(tx, `SELECT count(*) FROM doors WHERE mailbox = ? AND (retire = 0 OR retire > ?)`,
		int64(id), tx.Now().Unix())
	if err != nil {
		return 0, 0, fmt.Errorf("couldn't count doors: %w", err)
	}
	waiting, err = b.queue.Waiting(tx, id)
	return uint64(d), waiting, err
}
