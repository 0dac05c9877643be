package core

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// closedRetention is how long the counters of a closed mailbox are kept.
const closedRetention = 365 * 24 * time.Hour

// maxCounter keeps counters exact on hosts that pass numbers as float64.
const maxCounter = 1<<53 - 1

// mailbox is a row of the table mailboxes.
type mailbox struct {
	id      MailboxID
	counter int64
	request []byte // SHA-256 of the last request, 32
	answer  []byte // CBOR MailboxStatus that it got
	closed  bool
}

func findMailbox(tx Tx, key ed25519.PublicKey) (m mailbox, found bool, err error) {
	if len(key) != ed25519.PublicKeySize {
		return mailbox{}, false, nil
	}
	err = tx.Query(`SELECT id, counter, request, answer, purge FROM mailboxes WHERE key = ?`, func(row Row) error {
		var id, purge int64
		found = true
		if err := row.Scan(&id, &m.counter, &m.request, &m.answer, &purge); err != nil {
			return err
		}
		m.id, m.closed = MailboxID(id), purge > 0
		return nil
	}, []byte(key))
	if err != nil {
		return mailbox{}, false, fmt.Errorf("couldn't look up a mailbox: %w", err)
	}
	return m, found, nil
}

// FindMailbox returns the open mailbox of key and how many envelopes wait.
func (r *Relay) FindMailbox(tx Tx, key ed25519.PublicKey) (id MailboxID, waiting uint64, found bool, err error) {
	m, found, err := findMailbox(tx, key)
	if err != nil || !found || m.closed {
		return 0, 0, false, err
	}
	n, _, err := queryInt(tx, `SELECT count(*) FROM envelopes WHERE mailbox = ?`, int64(m.id))
	if err != nil {
		return 0, 0, false, fmt.Errorf("couldn't count envelopes: %w", err)
	}
	return m.id, uint64(n), true, nil
}

// MailboxUpdate is a mailbox request whose form, signature and relay are
// right.
type MailboxUpdate struct {
	relayproto.MailboxRequest
	key  ed25519.PublicKey
	hash [sha256.Size]byte // of the body as posted
}

// OpenMailboxUpdate checks all of a posted mailbox request that needs no
// storage. The error is a *Refusal.
func (r *Relay) OpenMailboxUpdate(posted []byte) (MailboxUpdate, error) {
	req, key, err := relayproto.OpenMailboxRequest(posted)
	switch {
	case errors.Is(err, relayproto.ErrSignature):
		return MailboxUpdate{}, refuse(401, relayproto.CodeUnauthorized, "the signature is not the mailbox's")
	case err != nil:
		return MailboxUpdate{}, refuse(400, relayproto.CodeMalformed, "not a mailbox request")
	case req.RelayID != r.id:
		return MailboxUpdate{}, refuse(401, relayproto.CodeUnauthorized, "the request is for another relay")
	case req.Counter == 0 || req.Counter > maxCounter:
		return MailboxUpdate{}, refuse(400, relayproto.CodeMalformed, "the counter is out of range")
	}
	return MailboxUpdate{MailboxRequest: req, key: key, hash: sha256.Sum256(posted)}, nil
}

// UpdateMailbox carries out a request. It returns the encoded MailboxStatus,
// and the mailbox if the request closed it, so that the host can end its
// connections. The error is a *Refusal or the Tx's.
func (r *Relay) UpdateMailbox(tx Tx, req MailboxUpdate) (answer []byte, closed MailboxID, err error) {
	m, found, err := findMailbox(tx, req.key)
	if err != nil {
		return nil, 0, err
	}
	if found && int64(req.Counter) <= m.counter {
		if int64(req.Counter) == m.counter && string(req.hash[:]) == string(m.request) {
			return m.answer, 0, nil
		}
		refusal := refuse(409, relayproto.CodeConflict, "the counter was used already")
		refusal.Answer.Detail = uint64(m.counter)
		return nil, 0, refusal
	}
	open := found && !m.closed
	if !open && !req.Register {
		return nil, 0, refuse(404, relayproto.CodeNoMailbox, "no such mailbox; register it first")
	}
	if err := r.checkLimits(tx, m.id, found, req.MailboxRequest); err != nil {
		return nil, 0, err
	}

	// Nothing is refused from here on.
	if !found {
		if m.id, err = insertMailbox(tx, req.key); err != nil {
			return nil, 0, err
		}
	}
	status := relayproto.MailboxStatus{Counter: req.Counter}
	purge := int64(0)
	if req.Close {
		purge = unix(tx.Now().Add(closedRetention))
		if err := emptyMailbox(tx, m.id); err != nil {
			return nil, 0, err
		}
		closed = m.id
	} else {
		if err := changeDoors(tx, m.id, req.MailboxRequest); err != nil {
			return nil, 0, err
		}
		if status.Doors, status.Waiting, err = count(tx, m.id); err != nil {
			return nil, 0, err
		}
	}
	if answer, err = wire.Marshal(status); err != nil {
		return nil, 0, fmt.Errorf("couldn't encode a mailbox status: %w", err)
	}
	_, err = tx.Exec(`UPDATE mailboxes SET counter = ?, request = ?, answer = ?, purge = ? WHERE id = ?`,
		int64(req.Counter), req.hash[:], answer, purge, int64(m.id))
	if err != nil {
		return nil, 0, fmt.Errorf("couldn't update a mailbox: %w", err)
	}
	return answer, closed, nil
}

// checkLimits refuses doors that are taken, and counts over their limits.
func (r *Relay) checkLimits(tx Tx, id MailboxID, found bool, req relayproto.MailboxRequest) error {
	if !found {
		n, _, err := queryInt(tx, `SELECT n FROM totals WHERE name = 'mailboxes'`)
		if err != nil {
			return fmt.Errorf("couldn't count mailboxes: %w", err)
		}
		if n > r.cfg.MaxMailboxes {
			return refuse(422, relayproto.CodeLimit, "this relay takes no more mailboxes")
		}
	}
	if req.Close {
		return nil
	}
	seen := make(map[string]bool, len(req.AddDoors))
	for _, hash := range req.AddDoors {
		_, taken, err := queryInt(tx, `SELECT id FROM doors WHERE hash = ?`, hash)
		if err != nil {
			return fmt.Errorf("couldn't look up a door: %w", err)
		}
		if taken || seen[string(hash)] {
			return refuse(409, relayproto.CodeDoorTaken, "a door is taken")
		}
		seen[string(hash)] = true
	}
	if !found || len(req.AddDoors) == 0 {
		return nil
	}
	doors, _, err := queryInt(tx, `SELECT count(*) FROM doors WHERE mailbox = ?`, int64(id))
	if err != nil {
		return fmt.Errorf("couldn't count doors: %w", err)
	}
	if doors+int64(len(req.AddDoors)) > r.cfg.MaxDoors {
		return refuse(422, relayproto.CodeLimit, "the mailbox has too many doors")
	}
	return nil
}

func insertMailbox(tx Tx, key ed25519.PublicKey) (MailboxID, error) {
	_, err := tx.Exec(`INSERT INTO mailboxes (key, counter, request, answer, next_seq, bytes, purge)
		VALUES (?, 0, x'', x'', 1, 0, 0)`, []byte(key))
	if err != nil {
		return 0, fmt.Errorf("couldn't create a mailbox: %w", err)
	}
	id, _, err := queryInt(tx, `SELECT id FROM mailboxes WHERE key = ?`, []byte(key))
	if err != nil {
		return 0, fmt.Errorf("couldn't find a new mailbox: %w", err)
	}
	return MailboxID(id), nil
}

func emptyMailbox(tx Tx, id MailboxID) error {
	for _, statement := range []string{
		`DELETE FROM envelopes WHERE mailbox = ?`,
		`DELETE FROM doors WHERE mailbox = ?`,
		`UPDATE mailboxes SET bytes = 0 WHERE id = ?`,
	} {
		if _, err := tx.Exec(statement, int64(id)); err != nil {
			return fmt.Errorf("couldn't empty a mailbox: %w", err)
		}
	}
	return nil
}

// count returns the doors of a mailbox that still deliver and its envelopes.
func count(tx Tx, id MailboxID) (doors, waiting uint64, err error) {
	d, _, err := queryInt(tx, `SELECT count(*) FROM doors WHERE mailbox = ? AND (retire = 0 OR retire > ?)`,
		int64(id), unix(tx.Now()))
	if err != nil {
		return 0, 0, fmt.Errorf("couldn't count doors: %w", err)
	}
	w, _, err := queryInt(tx, `SELECT count(*) FROM envelopes WHERE mailbox = ?`, int64(id))
	if err != nil {
		return 0, 0, fmt.Errorf("couldn't count envelopes: %w", err)
	}
	return uint64(d), uint64(w), nil
}
