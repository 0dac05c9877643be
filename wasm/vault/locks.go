package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"petmail/shared/wire"
)

// Kind says what kind of secret opens a Lock.
type Kind string

const (
	Passphrase Kind = "passphrase" // stretched by Argon2id (RFC 9106)
	Passkey    Kind = "passkey"    // WebAuthn's prf extension
)

// Bounds of locks.
const (
	MaxLocks  = 4
	MaxParams = 512 // bytes
	LockID    = 16  // bytes
)

// Lock is one way to open a locked vault. Params belong to whoever derives
// the key: salt, cost, credential. They lie on the disk in the clear.
type Lock struct {
	ID     []byte // LockID bytes
	Kind   Kind
	Params []byte // at most MaxParams bytes
}

// Secret is the key to a Lock: 32 bytes that cannot be guessed, or only at
// the cost that Params say.
type Secret struct {
	wire.Redacted
	Lock []byte
	Key  []byte
}

// NewLock is a Lock with its key.
type NewLock struct {
	wire.Redacted
	Lock
	Key []byte
}

// wrapped is a Lock in a slot, with the slot's key wrapped under its own.
type wrapped struct {
	ID     []byte `cbor:"1,keyasint"`
	Kind   Kind   `cbor:"2,keyasint"`
	Params []byte `cbor:"3,keyasint"`
	Key    []byte `cbor:"4,keyasint"`
}

const wrappedKey = chacha20poly1305.NonceSizeX + keySize + chacha20poly1305.Overhead

func (l Lock) check() error {
	if len(l.ID) != LockID || len(l.Params) > MaxParams || l.Kind != Passphrase && l.Kind != Passkey {
		return errors.New("lock is malformed")
	}
	return nil
}

func (w wrapped) lock() Lock { return Lock{ID: w.ID, Kind: w.Kind, Params: w.Params} }

func (w wrapped) check() error {
	if len(w.Key) != wrappedKey {
		return errors.New("lock is malformed")
	}
	return w.lock().check()
}

// CheckSecret returns ErrWrongSecret unless secret opens one of the locks. Without
// locks any does.
func (v *Vault) CheckSecret(secret Secret) error {
	v.commit.Lock()
	defer v.commit.Unlock()
	if _, err := v.current(); err != nil {
		return err
	}
	a, err := openSlot(slot{body: slotBody{Locks: v.access.locks}}, secret)
	clear(a.key)
	return err
}

// associated binds what a lock says of itself to the key that it wraps.
func (l Lock) associated() []byte {
	return bytes.Join([][]byte{[]byte("petmail/vault/lock"), l.ID, []byte(l.Kind), l.Params}, []byte{0})
}

// access is how the root is kept in a slot: the key that seals it, and the
// ways to that key.
type access struct {
	wire.Redacted
	key   []byte
	locks []wrapped // none: the key lies beside the root
}

func newAccess(rand io.Reader, locks []NewLock) (access, error) {
	if len(locks) > MaxLocks {
		return access{}, errors.New("too many locks")
	}
	a := access{key: make([]byte, keySize)}
	if _, err := io.ReadFull(rand, a.key); err != nil {
		return access{}, fmt.Errorf("couldn't draw a key: %w", err)
	}
	for i, l := range locks {
		if err := l.check(); err != nil {
			return access{}, err
		}
		for _, other := range locks[:i] {
			if bytes.Equal(other.ID, l.ID) {
				return access{}, errors.New("two locks of one id")
			}
		}
		if len(l.Key) != keySize {
			return access{}, errors.New("lock has no key")
		}
		key, err := wrap(rand, l.Key, a.key, l.associated())
		if err != nil {
			return access{}, err
		}
		// Bytes of ours: the caller may wipe its own.
		a.locks = append(a.locks, wrapped{ID: bytes.Clone(l.ID), Kind: l.Kind, Params: append([]byte{}, l.Params...), Key: key})
	}
	return a, nil
}

// openSlot finds the key of a slot, with ErrWrongSecret where the secret is
// not one of its locks'.
func openSlot(s slot, secret Secret) (access, error) {
	if len(s.body.Locks) == 0 {
		return access{key: s.body.Bare}, nil
	}
	for _, w := range s.body.Locks {
		if !bytes.Equal(w.ID, secret.Lock) {
			continue
		}
		key, err := unwrap(secret.Key, w.Key, w.lock().associated())
		if err != nil || len(key) != keySize {
			return access{}, ErrWrongSecret
		}
		return access{key: key, locks: s.body.Locks}, nil
	}
	return access{}, ErrWrongSecret
}

// associatedRoot binds a sealed root to its commit.
func associatedRoot(seq uint64) []byte { return fmt.Appendf(nil, "petmail/vault/root %d", seq) }

// slot makes the slot that leads to r.
func (a access) slot(rand io.Reader, index int, seq uint64, r root) (slot, error) {
	plain, err := wire.Marshal(r)
	if err != nil {
		return slot{}, err
	}
	defer clear(plain)
	sealed, err := wrap(rand, a.key, plain, associatedRoot(seq))
	if err != nil {
		return slot{}, err
	}
	s := slot{index: index, seq: seq, body: slotBody{Locks: a.locks, Root: sealed}}
	if len(a.locks) == 0 {
		s.body.Bare = a.key
	}
	return s, nil
}

// root opens the root in a slot.
func (a access) root(s slot) (root, error) {
	var r root
	plain, err := unwrap(a.key, s.body.Root, associatedRoot(s.seq))
	if err != nil {
		return r, err
	}
	defer clear(plain)
	if err := wire.Unmarshal(plain, &r, maxBody); err != nil {
		return root{}, errSealed
	}
	return r, nil
}
