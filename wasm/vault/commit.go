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
	return v.flip(s, changes(b), v.access, v.together)
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
	return v.flip(s, nil, a, v.inTurn)
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
func (v *Vault) flip(s state, changes []change, a access, write writer) error {
	t, next, slot, err := v.prepare(s, changes, a)
	if err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	if err := write(&t.batch, slot); err != nil {
		return err
	}
	if err := eraseSlot(v.config.Root, v.slot); err != nil {
		return v.fail(err)
	}
	v.access, v.slot, v.next, v.garbage = a, slot.index, t.next, slices.Concat(t.spare, t.freed)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state = next
	for _, key := range t.stale {
		delete(v.cache, key)
	}
	for key, n := range t.pages {
		v.remember(key, n)
	}
	return nil
}

// writer makes a batch and the slot that leads to it durable. When it fails
// and the vault goes on, neither the slot nor anything of the batch counts:
// the numbers are used again, and what may have been left is overwritten.
type writer func(*store.Batch, slot) error

// together writes the slot while the Backing is busy with the batch. A crash
// may leave a slot that leads nowhere: Open tells by the directory, and the
// same secrets open both slots.
func (v *Vault) together(b *store.Batch, s slot) error {
	written := make(chan error, 1)
	go func() { written <- writeSlot(v.config.Root, s) }()
	err := v.config.Backing.Commit(b)
	if rootErr := <-written; rootErr != nil {
		return v.fail(rootErr)
	}
	if err == nil {
		return nil
	}
	if rootErr := eraseSlot(v.config.Root, s.index); rootErr != nil {
		return v.fail(rootErr)
	}
	return fmt.Errorf("couldn't commit: %w", err)
}

// inTurn writes the slot when the batch is durable: whoever sees new locks has
// to find what they lead to.
func (v *Vault) inTurn(b *store.Batch, s slot) error {
	if err := v.config.Backing.Commit(b); err != nil {
		return fmt.Errorf("couldn't commit: %w", err)
	}
	if err := writeSlot(v.config.Root, s); err != nil {
		return v.fail(err)
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
	items, changes, err := t.recent(s, changes)
	if err != nil {
		return nil, state{}, slot{}, err
	}
	next.recent = &node{leaf: true, items: items}
	if next.top, err = t.tree(s.top, changes); err != nil {
		return nil, state{}, slot{}, err
	}
	if err = t.seal(next.top); err != nil {
		return nil, state{}, slot{}, err
	}
	t.free(s.directory)
	if next.directory, err = t.directory(next.top, next.recent); err != nil {
		return nil, state{}, slot{}, err
	}
	d := next.directory
	slot, err := a.slot(v.config.Rand, 1-v.slot, next.seq, root{Key: d.key, NameKey: v.nameKey, Directory: d.number, Parts: d.parts})
	return t, next, slot, err
}
