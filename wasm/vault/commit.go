package vault

import (
	"fmt"
	"slices"

	"petmail/wasm/store"
)

// Garbage is kept as a reserve of names that the next Commits use again, up to
// reserve; of more, one Commit removes so many.
const (
	reserve = 64
	cleaned = 256
)

// Commit implements store.Store. When it returns nil, there is no key on the
// disk any more to what it deleted or replaced. An error of the root file ends
// the vault: it must be opened again.
func (v *Vault) Commit(b *store.Batch) error {
	v.commit.Lock()
	defer v.commit.Unlock()
	s, err := v.current()
	if err != nil {
		return err
	}
	if err := b.Check(); err != nil {
		return err
	}
	if b.Empty() {
		return nil
	}
	return v.flip(s, changes(b), v.access)
}

// SetLocks replaces the locks: the root is wrapped under a fresh key, and that
// one under the keys given. Without any, the vault opens without a secret. The
// old locks open nothing any more when it returns.
func (v *Vault) SetLocks(locks []NewLock) error {
	v.commit.Lock()
	defer v.commit.Unlock()
	s, err := v.current()
	if err != nil {
		return err
	}
	a, err := newAccess(v.config.Rand, locks)
	if err != nil {
		return fmt.Errorf("couldn't set locks: %w", err)
	}
	return v.flip(s, nil, a)
}

// Locks returns the locks, in the order they were set.
func (v *Vault) Locks() []Lock {
	v.commit.Lock()
	defer v.commit.Unlock()
	return locksOf(v.access.locks)
}

func locksOf(wrapped []wrapped) []Lock {
	var out []Lock
	for _, w := range wrapped {
		out = append(out, w.lock())
	}
	return out
}

// flip makes the state after changes, has it written, leads the root to it and
// erases the old root. commit is held.
func (v *Vault) flip(s state, changes []change, a access) error {
	t, next, slot, err := v.prepare(s, changes, a)
	if err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	// If this fails, the numbers are used again and what it may have left is
	// overwritten.
	if err := v.config.Backing.Commit(&t.batch); err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	if err := writeSlot(v.config.Root, slot); err != nil {
		return v.fail(err)
	}
	if err := eraseSlot(v.config.Root, v.slot); err != nil {
		return v.fail(err)
	}
	v.access, v.slot, v.next, v.garbage = a, slot.index, t.next, slices.Concat(t.spare, t.freed)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state = next
	for key, n := range t.pages {
		v.remember(key, n)
	}
	return nil
}

// prepare makes everything that flip writes.
func (v *Vault) prepare(s state, changes []change, a access) (*txn, state, slot, error) {
	surplus := min(cleaned, max(0, len(v.garbage)-reserve))
	t := &txn{v: v, next: v.next, spare: slices.Clone(v.garbage[surplus:]), pages: make(map[[keySize]byte]*node)}
	for _, number := range v.garbage[:surplus] {
		t.batch.Delete(v.names.name(number))
	}
	next := state{seq: s.seq + 1}
	var err error
	if next.top, err = t.tree(s.top, changes); err != nil {
		return nil, state{}, slot{}, err
	}
	if err = t.seal(next.top); err != nil {
		return nil, state{}, slot{}, err
	}
	t.free(s.directory)
	if next.directory, err = t.directory(next.top); err != nil {
		return nil, state{}, slot{}, err
	}
	d := next.directory
	slot, err := a.slot(v.config.Rand, 1-v.slot, next.seq, root{Key: d.key, NameKey: v.nameKey, Directory: d.number, Parts: d.parts})
	return t, next, slot, err
}
