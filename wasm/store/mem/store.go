package mem

import (
	"errors"
	"sync"

	"petmail/shared/wire"
	"petmail/wasm/store"
)

// ErrKilled is returned by every method once another Store has taken the
// disk.
var ErrKilled = errors.New("another process has taken the disk")

// Store is a store.Store on a Disk.
type Store struct {
	wire.Redacted
	disk *Disk

	mu   sync.RWMutex // held over each operation, so that Close and Kill wait
	dead error        // what every method returns from now on
}

var _ store.Store = (*Store)(nil)

// New returns a Store on a new, empty disk.
func New() *Store { return NewDisk().Open() }

// Disk returns the disk, which outlives the Store.
func (s *Store) Disk() *Disk { return s.disk }

// Get implements store.Store.
func (s *Store) Get(key string) ([]byte, error) {
	values, err := s.GetMany([]string{key})
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

// GetMany returns the values under keys, in their order, nil where there is
// none. They are of one instant.
func (s *Store) GetMany(keys []string) ([][]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.dead != nil {
		return nil, s.dead
	}
	for _, key := range keys {
		if err := store.CheckKey(key); err != nil {
			return nil, err
		}
	}
	return s.disk.getMany(keys), nil
}

// Scan implements store.Store. The records are of one instant.
func (s *Store) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.dead != nil {
		return nil, s.dead
	}
	if err := store.CheckPrefix(prefix); err != nil {
		return nil, err
	}
	if err := store.CheckPrefix(from); err != nil {
		return nil, err
	}
	return s.disk.scan(prefix, from, reverse, limit), nil
}

// Commit implements store.Store.
func (s *Store) Commit(b *store.Batch) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.dead != nil {
		return s.dead
	}
	if err := b.Check(); err != nil {
		return err
	}
	s.disk.apply(b)
	return nil
}

// Close implements store.Store.
func (s *Store) Close() error { return s.end(store.ErrClosed) }

// end makes every later call return reason, and returns what it would have
// returned until now.
func (s *Store) end(reason error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.dead
	if was == nil {
		s.dead = reason
	}
	return was
}
