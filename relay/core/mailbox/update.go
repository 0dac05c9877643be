package mailbox

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"petmail/relay/core"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// Update is a mailbox request whose form, signature and relay are right.
type Update struct {
	relayproto.MailboxRequest
	key  ed25519.PublicKey
	hash [sha256.Size]byte // of the body as posted
}

// Claims are the doors that the request adds, as claims of its mailbox.
func (u Update) Claims() []core.Claim {
	list := make([]core.Claim, len(u.AddDoors))
	for i, hash := range u.AddDoors {
		list[i] = core.ClaimOf(u.key, hash)
	}
	return list
}

// OpenUpdate checks all of a posted mailbox request that needs no storage. The
// error is a *core.Refusal.
func (b *Mailboxes) OpenUpdate(posted []byte) (Update, error) {
	req, key, err := relayproto.OpenMailboxRequest(posted)
	switch {
	case errors.Is(err, relayproto.ErrSignature):
		return Update{}, core.Refuse(401, relayproto.CodeUnauthorized, "the signature is not the mailbox's")
	case err != nil:
		return Update{}, core.Refuse(400, relayproto.CodeMalformed, "not a mailbox request")
	case req.RelayID != b.relay:
		return Update{}, core.Refuse(401, relayproto.CodeUnauthorized, "the request is for another relay")
	case req.Counter == 0 || req.Counter > maxCounter:
		return Update{}, core.Refuse(400, relayproto.CodeMalformed, "the counter is out of range")
	}
	return Update{MailboxRequest: req, key: key, hash: sha256.Sum256(posted)}, nil
}

// Checked is an Update that the rules allow. It is carried out in the
// transaction that it was checked in.
type Checked struct {
	Update
	Repeated []byte // the answer that the same request got before; it is not carried out again
	row      mailbox
	found    bool
}

// Check tells whether an update may be carried out, and changes nothing. taken
// says that another mailbox has claimed one of the doors it adds. The error is
// a *core.Refusal or the Tx's.
func (b *Mailboxes) Check(tx core.Tx, u Update, taken bool) (Checked, error) {
	m, found, err := findMailbox(tx, u.key)
	if err != nil {
		return Checked{}, err
	}
	if found && int64(u.Counter) <= m.counter {
		if int64(u.Counter) == m.counter && string(u.hash[:]) == string(m.request) {
			return Checked{Repeated: m.answer}, nil
		}
		refusal := core.Refuse(409, relayproto.CodeConflict, "the counter was used already")
		refusal.Answer.Detail = uint64(m.counter)
		return Checked{}, refusal
	}
	open := found && !m.closed
	if !open && !u.Register {
		return Checked{}, core.Refuse(404, relayproto.CodeNoMailbox, "no such mailbox; register it first")
	}
	if err := b.checkLimits(tx, m.id, found, taken, u.MailboxRequest); err != nil {
		return Checked{}, err
	}
	return Checked{Update: u, row: m, found: found}, nil
}

// Updated is what an update has led to.
type Updated struct {
	Answer []byte         // encoded MailboxStatus
	Closed core.MailboxID // the mailbox, if the request closed it: its connections end
	Freed  []core.Claim   // of the doors that it had
}

// Carry carries out what Check allows. The error is the Tx's.
func (b *Mailboxes) Carry(tx core.Tx, c Checked) (done Updated, err error) {
	id := c.row.id
	if !c.found {
		if id, err = insertMailbox(tx, c.key); err != nil {
			return Updated{}, err
		}
	}
	status := relayproto.MailboxStatus{Counter: c.Counter}
	purge := int64(0)
	if c.Close {
		purge = tx.Now().Add(closedRetention).Unix()
		if done.Freed, err = doorsOf(tx, id, c.key); err != nil {
			return Updated{}, err
		}
		if err := b.empty(tx, id); err != nil {
			return Updated{}, err
		}
		done.Closed = id
	} else {
		if err := changeDoors(tx, id, c.MailboxRequest); err != nil {
			return Updated{}, err
		}
		if status.Doors, status.Waiting, err = b.count(tx, id); err != nil {
			return Updated{}, err
		}
	}
	if done.Answer, err = wire.Marshal(status); err != nil {
		return Updated{}, fmt.Errorf("couldn't encode a mailbox status: %w", err)
	}
	_, err = tx.Exec(`UPDATE mailboxes SET counter = ?, request = ?, answer = ?, purge = ? WHERE id = ?`,
		int64(c.Counter), c.hash[:], done.Answer, purge, int64(id))
	if err != nil {
		return Updated{}, fmt.Errorf("couldn't update a mailbox: %w", err)
	}
	return done, nil
}

// checkLimits refuses doors that are taken, and counts over their limits.
func (b *Mailboxes) checkLimits(tx core.Tx, id core.MailboxID, found, taken bool, req relayproto.MailboxRequest) error {
	if !found {
		n, _, err := core.QueryInt(tx, `SELECT n FROM totals WHERE name = 'mailboxes'`)
		if err != nil {
			return fmt.Errorf("couldn't count mailboxes: %w", err)
		}
		if n > b.cfg.MaxMailboxes {
			return core.Refuse(422, relayproto.CodeLimit, "this relay takes no more mailboxes")
		}
	}
	if req.Close {
		return nil
	}
	seen := make(map[string]bool, len(req.AddDoors))
	for _, hash := range req.AddDoors {
		_, own, err := core.QueryInt(tx, `SELECT id FROM doors WHERE hash = ?`, hash)
		if err != nil {
			return fmt.Errorf("couldn't look up a door: %w", err)
		}
		if taken || own || seen[string(hash)] {
			return core.Refuse(409, relayproto.CodeDoorTaken, "a door is taken")
		}
		seen[string(hash)] = true
	}
	if !found || len(req.AddDoors) == 0 {
		return nil
	}
	doors, _, err := core.QueryInt(tx, `SELECT count(*) FROM doors WHERE mailbox = ?`, int64(id))
	if err != nil {
		return fmt.Errorf("couldn't count doors: %w", err)
	}
	if doors+int64(len(req.AddDoors)) > b.cfg.MaxDoors {
		return core.Refuse(422, relayproto.CodeLimit, "the mailbox has too many doors")
	}
	return nil
}

// doorsOf lists the doors of the mailbox of key.
func doorsOf(tx core.Tx, id core.MailboxID, key ed25519.PublicKey) (list []core.Claim, err error) {
	err = tx.Query(`SELECT hash FROM doors WHERE mailbox = ?`, func(row core.Row) error {
		var hash []byte
		if err := row.Scan(&hash); err != nil {
			return err
		}
		list = append(list, core.ClaimOf(key, hash))
		return nil
	}, int64(id))
	if err != nil {
		return nil, fmt.Errorf("couldn't list doors: %w", err)
	}
	return list, nil
}
