package vault

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"petmail/shared/wire"
)

// Sizes of the root file in bytes. A slot is one block of common filesystems,
// so that overwriting it touches no other.
const (
	SlotSize = 4096
	RootSize = 2 * SlotSize
)

// RootFile is a file of RootSize bytes that is overwritten in place: WriteAt
// replaces bytes where they lie, and never moves, extends or truncates the
// file. Whoever opens it creates it, full of zeros, where there is none, and
// keeps others from opening it. Flush returns when all that was written is
// durable; until then a crash may leave any part of it. It is used by one
// goroutine at a time. Nobody retries.
type RootFile interface {
	io.ReaderAt
	io.WriterAt
	Flush() error
	Close() error
}

// A slot: 8 bytes magic, the last of which is the format's number, 8 sequence number, 2 length of the body, body
// (deterministic CBOR slotBody), zeros, and in the last 32 bytes the SHA-256 of
// all that is before them. All numbers are big-endian. An erased slot is all
// zeros.
const (
	slotMagic  = "petmvlt3"
	slotMagic2 = "petmvlt2" // the records in it are those of before
	slotMagic1 = "petmvlt1" // and no value lies in a leaf, and nothing is recent
	slotAny    = "petmvlt"
	slotHeader = 18
	slotEnd    = SlotSize - sha256.Size
	maxBody    = slotEnd - slotHeader
)

// slotBody is what a slot says.
type slotBody struct {
	wire.Redacted
	// Bare is the key under which Root is sealed, while there is no lock.
	Bare  []byte    `cbor:"1,keyasint,omitempty"`
	Locks []wrapped `cbor:"2,keyasint,omitempty"`
	// Root is a sealed root: nonce and ciphertext.
	Root []byte `cbor:"3,keyasint"`
}

// slot is a valid slot as read.
type slot struct {
	index int
	seq   uint64 // of the commit that wrote it, from 1; 1 has no directory
	body  slotBody
}

// root leads to the directory.
type root struct {
	wire.Redacted
	Key       [keySize]byte  `cbor:"1,keyasint"`
	NameKey   [nameSize]byte `cbor:"2,keyasint"`
	Directory uint64         `cbor:"3,keyasint"` // its number; 0: none yet
	Parts     int            `cbor:"4,keyasint"`
}

// slotState is what lies in a slot.
type slotState int

const (
	slotErased  slotState = iota // zeros
	slotValid                    //
	slotNewer                    // of a format that this program does not know
	slotDamaged                  // none of these: half written, or decayed
)

// readSlot reads one slot.
func readSlot(f RootFile, index int) (slot, slotState, error) {
	var b [SlotSize]byte
	if n, err := f.ReadAt(b[:], int64(index)*SlotSize); n < len(b) {
		return slot{}, slotDamaged, fmt.Errorf("couldn't read root file: %w", err)
	}
	if b == [SlotSize]byte{} {
		return slot{}, slotErased, nil
	}
	sum := sha256.Sum256(b[:slotEnd])
	n := int(binary.BigEndian.Uint16(b[16:]))
	magic := string(b[:8])
	switch {
	case !strings.HasPrefix(magic, slotAny) || subtle.ConstantTimeCompare(sum[:], b[slotEnd:]) != 1:
		return slot{}, slotDamaged, nil
	case magic > slotMagic:
		return slot{}, slotNewer, nil
	case magic < slotMagic1 || n > maxBody:
		return slot{}, slotDamaged, nil
	}
	s := slot{index: index, seq: binary.BigEndian.Uint64(b[8:])}
	body, rest := b[slotHeader:slotHeader+n], b[slotHeader+n:slotEnd]
	if len(bytes.TrimLeft(rest, "\x00")) > 0 || wire.Unmarshal(body, &s.body, maxBody) != nil || s.body.check() != nil {
		return slot{}, slotDamaged, nil
	}
	return s, slotValid, nil
}

func (b *slotBody) check() error {
	if (len(b.Bare) == keySize) == (len(b.Locks) > 0) || len(b.Bare) != 0 && len(b.Bare) != keySize {
		return errors.New("slot has not one way in")
	}
	if len(b.Locks) > MaxLocks {
		return errors.New("too many locks")
	}
	for _, w := range b.Locks {
		if err := w.check(); err != nil {
			return err
		}
	}
	return nil
}

// writeSlot writes a slot and makes it durable.
func writeSlot(f RootFile, s slot) error {
	body, err := wire.Marshal(s.body)
	if err != nil {
		return err
	}
	if len(body) > maxBody {
		return errors.New("couldn't write root file: slot too large")
	}
	var b [SlotSize]byte
	copy(b[:], slotMagic)
	binary.BigEndian.PutUint64(b[8:], s.seq)
	binary.BigEndian.PutUint16(b[16:], uint16(len(body)))
	copy(b[slotHeader:], body)
	sum := sha256.Sum256(b[:slotEnd])
	copy(b[slotEnd:], sum[:])
	defer clear(b[:])
	return overwrite(f, s.index, b[:])
}

// eraseSlot overwrites a slot with zeros and makes that durable.
func eraseSlot(f RootFile, index int) error {
	return overwrite(f, index, make([]byte, SlotSize))
}

func overwrite(f RootFile, index int, b []byte) error {
	if _, err := f.WriteAt(b, int64(index)*SlotSize); err != nil {
		return fmt.Errorf("couldn't write root file: %w", err)
	}
	if err := f.Flush(); err != nil {
		return fmt.Errorf("couldn't flush root file: %w", err)
	}
	return nil
}
