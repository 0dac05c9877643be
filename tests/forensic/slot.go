package forensic

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"

	"golang.org/x/crypto/chacha20poly1305"

	"petmail/shared/wire"
)

// From the vault's format (wasm/vault/rootfile.go, in bytes): a slot is magic,
// 8 bytes sequence number, 2 bytes length of the body, body, zeros, 32 bytes
// checksum. One whose checksum is wrong may be half erased, and counts.
const (
	slotMagic  = "petmvlt" // and the version
	slotHeader = 18
	slotSize   = 4096
)

// slotLock is a way to the key of a slot (wasm/vault/locks.go).
type slotLock struct {
	ID     []byte `cbor:"1,keyasint"`
	Kind   string `cbor:"2,keyasint"`
	Params []byte `cbor:"3,keyasint"`
	Key    []byte `cbor:"4,keyasint"` // nonce of 24 bytes, ciphertext of 48
}

func (l slotLock) associated() []byte {
	return bytes.Join([][]byte{[]byte("petmail/vault/lock"), l.ID, []byte(l.Kind), l.Params}, []byte{0})
}

// slot is what was found after the magic.
type slot struct {
	seq  uint64
	body struct {
		Bare  []byte     `cbor:"1,keyasint,omitempty"`
		Locks []slotLock `cbor:"2,keyasint,omitempty"`
		Root  []byte     `cbor:"3,keyasint"`
	}
	nonce [6]uint32
	locks []lockWords
}

// lockWords is what a lock wraps, as ChaCha20 reads it.
type lockWords struct {
	nonce   [6]uint32
	wrapped window
}

// parseSlot reads a slot at the magic; nil if it is none.
func parseSlot(b []byte) *slot {
	if len(b) < slotHeader || string(b[:len(slotMagic)]) != slotMagic {
		return nil
	}
	s := &slot{seq: binary.BigEndian.Uint64(b[8:])}
	n := int(binary.BigEndian.Uint16(b[16:]))
	if n > len(b)-slotHeader || wire.Unmarshal(b[slotHeader:slotHeader+n], &s.body, slotSize) != nil {
		return nil
	}
	const least = chacha20poly1305.NonceSizeX + tagSize
	if len(s.body.Root) < least+4 {
		return nil
	}
	s.nonce = nonceWords(s.body.Root)
	for _, l := range s.body.Locks {
		if len(l.Key) != least+keySize {
			return nil
		}
		words := lockWords{nonce: nonceWords(l.Key)}
		words.wrapped.set(l.Key[chacha20poly1305.NonceSizeX:])
		s.locks = append(s.locks, words)
	}
	return s
}

func nonceWords(b []byte) (n [6]uint32) {
	for i := range n {
		n[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return n
}

func (s *slot) associated() []byte { return fmt.Appendf(nil, "petmail/vault/root %d", s.seq) }

// rootStart is how the encoding of every root begins: a CBOR map of four, key
// 1, a byte string of 32.
const rootStart = 0xa4015820

// leads reports whether w might be the key of s.
func (s *slot) leads(w *window) bool {
	c := binary.BigEndian.Uint32(s.body.Root[chacha20poly1305.NonceSizeX:])
	return c^bits.ReverseBytes32(w.firstWordX(&s.nonce)) == rootStart
}

// openRoot returns the root of s if w is its key.
func (s *slot) openRoot(w *window) []byte {
	if !s.leads(w) {
		return nil
	}
	return unwrap(w.bytes(), s.body.Root, s.associated())
}

// openLock returns the key of s if w is the key of its lock i. What a lock
// wraps is known by what it opens in its turn.
func (s *slot) openLock(w *window, i int) []byte {
	inner := w.streamX(&s.locks[i].nonce)
	for j := range inner {
		inner[j] ^= s.locks[i].wrapped[j]
	}
	if !s.leads(&inner) {
		return nil
	}
	return unwrap(w.bytes(), s.body.Locks[i].Key, s.body.Locks[i].associated())
}

func unwrap(key [32]byte, sealed, associated []byte) []byte {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil
	}
	plain, err := aead.Open(nil, sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:], associated)
	if err != nil {
		return nil
	}
	return plain
}
