// Package slots is the relay's write-once registers: the first value that
// comes for an id stands.
package slots

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"petmail/relay/core"
	"petmail/shared/relayproto"
)

// ID names a slot.
type ID [relayproto.SlotIDSize]byte

// ParseID reads the 64 lower-case hex digits of a slot's path.
func ParseID(text string) (ID, bool) {
	var id ID
	if len(text) != hex.EncodedLen(len(id)) || strings.ToLower(text) != text {
		return ID{}, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil
}

// Tables are the slots' migrations.
func Tables() core.Tables {
	return core.Tables{Noun: "slots", Steps: []core.Step{core.Published}}
}

// Slots are the rules. Methods may be called concurrently, each with a Tx of
// its own.
type Slots struct{ retention time.Duration }

// New takes SlotRetention from cfg, which has its defaults.
func New(cfg core.Config) Slots { return Slots{cfg.SlotRetention} }

// Put writes value if the slot is empty (won), and otherwise returns the value
// that stands. The error is the Tx's.
func (s Slots) Put(tx core.Tx, id ID, value []byte) (standing []byte, won bool, err error) {
	standing, found, err := s.Get(tx, id)
	if err != nil || found {
		return standing, false, err
	}
	expires := tx.Now().Add(s.retention).Unix()
	_, err = tx.Exec(`INSERT INTO slots (id, expires, value) VALUES (?, ?, ?)`, id[:], expires, value)
	if err != nil {
		return nil, false, fmt.Errorf("couldn't write a slot: %w", err)
	}
	return nil, true, nil
}

// Get reads a slot. An expired value stands until Sweep deletes it, so that a
// wrong clock cannot make room for a second one. The error is the Tx's.
func (s Slots) Get(tx core.Tx, id ID) (value []byte, found bool, err error) {
	err = tx.Query(`SELECT value FROM slots WHERE id = ?`, func(row core.Row) error {
		found = true
		return row.Scan(&value)
	}, id[:])
	if err != nil {
		return nil, false, fmt.Errorf("couldn't read a slot: %w", err)
	}
	return value, found, nil
}

// Sweep deletes at most limit slots that have expired.
func (s Slots) Sweep(tx core.Tx, limit int) (deleted int64, err error) {
	deleted, err = tx.Exec(`DELETE FROM slots WHERE rowid IN
		(SELECT rowid FROM slots WHERE expires <= ? LIMIT ?)`, tx.Now().Unix(), int64(limit))
	if err != nil {
		return 0, fmt.Errorf("couldn't sweep slots: %w", err)
	}
	return deleted, nil
}

// Stats counts the slots. It reads a whole index: call it rarely.
func (s Slots) Stats(tx core.Tx) (slots int64, err error) {
	slots, _, err = core.QueryInt(tx, `SELECT count(*) FROM slots`)
	if err != nil {
		return 0, fmt.Errorf("couldn't count slots: %w", err)
	}
	return slots, nil
}
