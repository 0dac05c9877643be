package mailbox

import (
	"fmt"

	"petmail/relay/core"
	"petmail/shared/relayproto"
)

// door is a row of the table doors, as a deposit needs it.
type door struct {
	row     core.DoorRow
	mailbox core.MailboxID
	retire  int64 // unix seconds: it delivers until then; 0: it stays
}

// delivers reports whether what comes to the door still reaches its mailbox.
func (d door) delivers(now int64) bool { return d.retire == 0 || now < d.retire }

// room returns how many bytes of envelopes may lie behind the door: most of
// the mailbox, so that one flooded door leaves room for the others, or little
// when it is being retired, since then those know its addresses who were shown
// out. As the smallest envelope has 4,096 bytes, this bounds their number, too.
func (b *Mailboxes) room(d door) int64 {
	if d.retire == 0 {
		return b.cfg.MaxDoorBytes
	}
	return min(b.cfg.MaxDoorBytes, b.cfg.MaxMailboxBytes/relayproto.RetiringShare)
}

// changeDoors adds and retires the doors of a request. A door that the request
// names twice among those to retire goes at once; one that is being retired
// already keeps its time otherwise.
func changeDoors(tx core.Tx, id core.MailboxID, req relayproto.MailboxRequest) error {
	for _, hash := range req.AddDoors {
		_, err := tx.Exec(`INSERT INTO doors (hash, mailbox, bytes, retire) VALUES (?, ?, 0, 0)`, hash, int64(id))
		if err != nil {
			return fmt.Errorf("couldn't add a door: %w", err)
		}
	}
	now, retire := tx.Now().Unix(), tx.Now().Add(relayproto.DoorRetirement).Unix()
	named := make(map[string]bool, len(req.RetireDoors))
	for _, hash := range req.RetireDoors {
		statement, until := `UPDATE doors SET retire = ? WHERE hash = ? AND mailbox = ? AND retire = 0`, retire
		if named[string(hash)] {
			statement, until = `UPDATE doors SET retire = ? WHERE hash = ? AND mailbox = ?`, now
		}
		named[string(hash)] = true
		if _, err := tx.Exec(statement, until, hash, int64(id)); err != nil {
			return fmt.Errorf("couldn't retire a door: %w", err)
		}
	}
	return nil
}
