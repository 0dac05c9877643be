package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"petmail/shared/wire"
	"petmail/wasm/store"
)

// Backing keeps what the vault has sealed. Only Commit, Scan and GetMany are
// used while the vault is open.
type Backing interface {
	store.Store
	// GetMany returns the values under keys, in their order, nil where there
	// is none. They are of one instant.
	GetMany(keys []string) ([][]byte, error)
}

// Config is what a vault is made of. Backing and Root are the vault's alone
// and closed with it.
type Config struct {
	Backing Backing
	Root    RootFile
	Rand    io.Reader // cryptographic
}

var (
	// ErrWrongSecret is returned by Open when no lock opens with the secret,
	// or the vault is locked and there is none.
	ErrWrongSecret = errors.New("wrong secret")
	// ErrRootGone is returned when there are sealed records and no root: what
	// they say is lost.
	ErrRootGone = errors.New("root file is gone")
	// ErrStoreGone is returned when there is a root and no record.
	ErrStoreGone = errors.New("sealed records are gone")
	// ErrDamaged is returned when root file or directory are there and make
	// no sense.
	ErrDamaged = errors.New("vault is damaged")
	// ErrNewer is returned when a later version of Petmail has written the
	// root file. Nothing was changed.
	ErrNewer = errors.New("vault needs a newer program")
)

// Vault is a store.Store. Get and Scan wrap a *DamageError where a page or
// record does not open; others stay readable.
type Vault struct {
	wire.Redacted
	config Config

	commit sync.Mutex // held over a whole Commit

	mu    sync.RWMutex
	state state
	dead  error                   // what every method returns from now on
	cache map[[keySize]byte]*node // pages by their keys

	// Owned by whoever holds commit.
	names   names
	nameKey [nameSize]byte
	access  access
	slot    int      // index of the slot that holds the root
	next    uint64   // the first number never used
	garbage []uint64 // numbers below it to which nothing leads
}

// state is one version of the tree.
type state struct {
	seq       uint64
	top       *node
	recent    *node // a leaf of items that are not in the tree
	directory ref   // its key is the root
}

var _ store.Store = (*Vault)(nil)

// maxCached is how many pages are kept in memory, each of some 8 KiB; those
// that a Commit replaces go.
const maxCached = 1024

func (v *Vault) partName(number uint64) func(int) string {
	return func(part int) string { return v.names.name(number + uint64(part)) }
}

func (v *Vault) current() (state, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.state, v.dead
}

// fetch opens sealed values.
func (v *Vault) fetch(refs []ref) ([][]byte, error) {
	var keys []string
	for _, r := range refs {
		for i := range r.parts {
			keys = append(keys, v.names.name(r.number+uint64(i)))
		}
	}
	sealed, err := v.config.Backing.GetMany(keys)
	if err != nil {
		return nil, err
	}
	values := make([][]byte, len(refs))
	for i, r := range refs {
		parts := sealed[:r.parts]
		sealed = sealed[r.parts:]
		value, err := open(r.key, parts, v.partName(r.number))
		if err != nil {
			return nil, &sealedError{i}
		}
		values[i] = value
	}
	return values, nil
}

// sealedError says which of the values asked for did not open.
type sealedError struct{ index int }

func (e *sealedError) Error() string { return errSealed.Error() }

// page returns a page of the tree.
func (v *Vault) page(r ref) (*node, error) {
	v.mu.RLock()
	n := v.cache[r.key]
	v.mu.RUnlock()
	if n != nil {
		return n, nil
	}
	values, err := v.fetch([]ref{r})
	if err != nil {
		return nil, err
	}
	if n, err = decodeNode(values[0]); err != nil {
		return nil, &sealedError{}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.remember(r.key, n)
	return n, nil
}

// remember keeps a page in memory; mu is held.
func (v *Vault) remember(key [keySize]byte, n *node) {
	for old := range v.cache {
		if len(v.cache) < maxCached {
			break
		}
		delete(v.cache, old)
	}
	v.cache[key] = n
}

// DamageError says what does not open: one record, or the page of all records
// from From up to To, exclusively; an empty To means up to the last.
type DamageError struct {
	Page     bool
	From, To string
}

func (e *DamageError) Error() string {
	if e.Page {
		return "couldn't read storage: a page of records is damaged"
	}
	return "couldn't read storage: a record is damaged"
}

// damaged says of which child of n err speaks, if it is a sealedError.
func damaged(err error, n *node, i int) error {
	if se := (*sealedError)(nil); !errors.As(err, &se) {
		return err
	}
	e := &DamageError{Page: true, From: n.items[i].key}
	if i+1 < len(n.items) {
		e.To = n.items[i+1].key
	}
	return e
}

// Get implements store.Store.
func (v *Vault) Get(key string) ([]byte, error) {
	if err := store.CheckKey(key); err != nil {
		return nil, v.or(err)
	}
	records, err := v.read(func(s state) ([]item, error) {
		if i, there := at(s.recent.items, key); there {
			return s.recent.items[i : i+1], nil
		}
		return v.lookup(s.top, key)
	})
	if err != nil || len(records) == 0 {
		return nil, err
	}
	return records[0].Value, nil
}

// or returns err, unless the vault is dead.
func (v *Vault) or(err error) error {
	if _, dead := v.current(); dead != nil {
		return dead
	}
	return err
}

// Scan implements store.Store. The records are of one instant.
func (v *Vault) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	if err := store.CheckPrefix(prefix); err != nil {
		return nil, v.or(err)
	}
	if err := store.CheckPrefix(from); err != nil {
		return nil, v.or(err)
	}
	w := newWalk(prefix, from, reverse, limit)
	return v.read(func(s state) ([]item, error) {
		w.found = nil
		err := w.visit(v, s.top)
		w.merge(s.recent)
		return w.found, err
	})
}

// read finds items and opens their records, all of one state. When a Commit
// has taken something away in between, it begins again with the new state.
func (v *Vault) read(find func(state) ([]item, error)) ([]store.Record, error) {
	for {
		s, err := v.current()
		if err != nil {
			return nil, err
		}
		records, err := v.readAt(s, find)
		if err == nil {
			return records, nil
		}
		if now, dead := v.current(); dead != nil || now.seq == s.seq {
			return nil, errors.Join(dead, err)
		}
	}
}

func (v *Vault) readAt(s state, find func(state) ([]item, error)) ([]store.Record, error) {
	items, err := find(s)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	records := make([]store.Record, len(items))
	var refs []ref
	var far []int // the items that refs are of
	for i, it := range items {
		records[i] = store.Record{Key: it.key, Value: bytes.Clone(it.value)}
		if it.value == nil {
			refs, far = append(refs, it.ref), append(far, i)
		}
	}
	if len(refs) == 0 {
		return records, nil
	}
	values, err := v.fetch(refs)
	if se := (*sealedError)(nil); errors.As(err, &se) {
		key := items[far[se.index]].key
		return nil, &DamageError{From: key, To: key + "\x00"}
	}
	if err != nil {
		return nil, err
	}
	for i, value := range values {
		records[far[i]].Value = value
	}
	return records, nil
}

func (v *Vault) lookup(n *node, key string) ([]item, error) {
	for !n.leaf {
		i := n.child(key)
		child, err := v.page(n.items[i].ref)
		if err != nil {
			return nil, damaged(err, n, i)
		}
		n = child
	}
	if i := n.find(key); i < len(n.items) && n.items[i].key == key {
		return n.items[i : i+1], nil
	}
	return nil, nil
}

// Close implements store.Store. It also closes Backing and root file.
func (v *Vault) Close() error {
	v.commit.Lock()
	defer v.commit.Unlock()
	if !v.end(store.ErrClosed) {
		return v.dead
	}
	return errors.Join(v.config.Backing.Close(), v.config.Root.Close())
}

// end makes every later call return reason; false if there was one before.
func (v *Vault) end(reason error) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.dead != nil {
		return false
	}
	v.dead = reason
	v.state = state{}
	clear(v.cache)
	clear(v.access.key)
	return true
}

// fail ends the vault: what stands on the disk is only known after Open.
func (v *Vault) fail(err error) error {
	err = fmt.Errorf("couldn't commit: %w", err)
	v.end(err)
	return err
}
