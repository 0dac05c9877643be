package core

import (
	"encoding/hex"
	"fmt"
	"strings"

	"petmail/shared/relayproto"
)

// SlotID names a write-once register.
type SlotID [relayproto.SlotIDSize]byte

// ParseSlotID reads the 64 lower-case hex digits of a slot's path.
func ParseSlotID(text string) (SlotID, bool) {
	var id SlotID
	if len(text) != hex.EncodedLen(len(id)) || strings.ToLower(text) != text {
		return SlotID{}, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil
}

// PutSlot writes value if the slot is empty (won), and otherwise returns the
// value that stands.
func (r *Relay) PutSlot(tx Tx, id SlotID, value []byte) (standing []byte, won bool, err error) {
	standing, found, err := r.Slot(tx, id)
	if err != nil || found {
		return standing, false, err
	}
	expires := unix(tx.Now().Add(r.cfg.SlotRetention))
	_, err = tx.Exec(`INSERT INTO slots (id, expires, value) VALUES (?, ?, ?)`, id[:], expires, value)
	if err != nil {
		return nil, false, fmt.Errorf("couldn't write a slot: %w", err)
	}
	return nil, true, nil
}

// Slot reads a slot. An expired value stands until Sweep deletes it, so that
// a wrong clock cannot make room for a second one.
func (r *Relay) Slot(tx Tx, id SlotID) (value []byte, found bool, err error) {
	err = tx.Query(`SELECT value FROM slots WHERE id = ?`, func(row Row) error {
		found = true
		return row.Scan(&value)
	}, id[:])
	if err != nil {
		return nil, false, fmt.Errorf("couldn't read a slot: %w", err)
	}
	return value, found, nil
}
