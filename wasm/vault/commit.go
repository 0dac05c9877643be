package vault

import (
	"fmt"
	"slices"

	"petmail/wasm/store"
)

// cleaned is how much garbage one Commit takes out of the Backing. A Commit
// of a few records leaves about four names behind.
const cleaned = 256

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
	t := &txn{v: v, next: v.next, pages: make(map[uint64]*node)}
	top, err := t.tree(s.top, changes)
	if err == nil {
		err = t.seal(top)
	}
	if err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	clean := v.garbage[:min(cleaned, len(v.garbage))]
	if s.directory.parts > 0 {
		t.free(s.directory)
	}
	garbage := slices.Concat(v.garbage[len(clean):], t.freed)
	b, err := encodeDirectory(top, garbage)
	if err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	next := state{seq: s.seq + 1, top: top}
	if next.directory, err = t.store(b); err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	r := root{Key: next.directory.key, NameKey: v.nameKey, Directory: next.directory.number, Parts: next.directory.parts}
	slot, err := a.slot(v.config.Rand, 1-v.slot, next.seq, r)
	if err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	for _, number := range clean {
		t.batch.Delete(v.names.name(number))
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
	v.access, v.slot, v.next, v.garbage = a, slot.index, t.next, garbage
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state = next
	for _, number := range t.freed {
		delete(v.cache, number)
	}
	for number, n := range t.pages {
		v.remember(number, n)
	}
	return nil
}
