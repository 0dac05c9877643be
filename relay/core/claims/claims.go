// Package claims is the relay's memory of which mailbox a door leads to. It
// knows no mailbox but by its name: where each has a database of its own,
// claims tell in which one to look.
package claims

import (
	"fmt"

	"petmail/relay/core"
	"petmail/shared/address"
)

// Tables are the claims' migrations. hash and mailbox are 32 bytes.
func Tables() core.Tables {
	return core.Tables{Noun: "claims", Steps: []core.Step{
		func(tx core.Tx) error {
			if err := core.Statements(`CREATE TABLE claims (hash BLOB PRIMARY KEY, mailbox BLOB NOT NULL) WITHOUT ROWID`)(tx); err != nil {
				return err
			}
			return claimPublished(tx)
		},
	}}
}

// claimPublished claims the doors that the first schema has, page by page.
func claimPublished(tx core.Tx) error {
	const page = 1000
	for last, n := int64(0), page; n == page; {
		var list []core.Claim
		err := tx.Query(`SELECT d.id, d.hash, m.key FROM doors d JOIN mailboxes m ON m.id = d.mailbox
			WHERE d.id > ? AND m.key <> x'' ORDER BY d.id LIMIT ?`, func(row core.Row) error {
			var hash, key []byte
			if err := row.Scan(&last, &hash, &key); err != nil {
				return err
			}
			list = append(list, core.ClaimOf(key, hash))
			return nil
		}, last, int64(page))
		if err != nil {
			return err
		}
		if err := (Claims{}).Claim(tx, list...); err != nil {
			return err
		}
		n = len(list)
	}
	return nil
}

// Claims are the rules. Methods may be called concurrently, each with a Tx of
// its own; their errors are the Tx's. A claim does not expire: the mailbox
// gives it back.
type Claims struct{}

// Resolve returns the mailbox that has claimed a door.
func (Claims) Resolve(tx core.Tx, door address.DoorID) (mailbox core.MailboxName, found bool, err error) {
	err = tx.Query(`SELECT mailbox FROM claims WHERE hash = ?`, func(row core.Row) error {
		var name []byte
		if err := row.Scan(&name); err != nil {
			return err
		}
		found = copy(mailbox[:], name) == len(mailbox)
		return nil
	}, door[:])
	if err != nil {
		return core.MailboxName{}, false, fmt.Errorf("couldn't look up a claim: %w", err)
	}
	return mailbox, found, nil
}

// Taken tells whether another mailbox has claimed one of the doors.
func (c Claims) Taken(tx core.Tx, list ...core.Claim) (bool, error) {
	for _, claim := range list {
		mailbox, found, err := c.Resolve(tx, claim.Door)
		if err != nil || found && mailbox != claim.Mailbox {
			return err == nil, err
		}
	}
	return false, nil
}

// Claim claims doors, none of which may be Taken. Those that the mailbox has
// claimed already stay its own.
func (Claims) Claim(tx core.Tx, list ...core.Claim) error {
	for _, claim := range list {
		_, err := tx.Exec(`INSERT INTO claims (hash, mailbox) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING`,
			claim.Door[:], claim.Mailbox[:])
		if err != nil {
			return fmt.Errorf("couldn't claim a door: %w", err)
		}
	}
	return nil
}

// Release gives claims back. Those of another mailbox stay.
func (Claims) Release(tx core.Tx, list ...core.Claim) error {
	for _, claim := range list {
		_, err := tx.Exec(`DELETE FROM claims WHERE hash = ? AND mailbox = ?`, claim.Door[:], claim.Mailbox[:])
		if err != nil {
			return fmt.Errorf("couldn't give a claim back: %w", err)
		}
	}
	return nil
}

// Stats counts the claims. It reads a whole table: call it rarely.
func (Claims) Stats(tx core.Tx) (claims int64, err error) {
	claims, _, err = core.QueryInt(tx, `SELECT count(*) FROM claims`)
	if err != nil {
		return 0, fmt.Errorf("couldn't count claims: %w", err)
	}
	return claims, nil
}
