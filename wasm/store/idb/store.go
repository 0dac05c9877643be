//go:build js

package idb

import (
	"errors"
	"fmt"
	"sync"
	"syscall/js"

	browser "petmail/wasm/js"
	"petmail/wasm/store"
)

const (
	objectStore = "records"

	// scanPage is how many records one getAll fetches.
	scanPage = 256

	opRead = "read storage"
)

// Store is a store.Store. What the browser refuses is a
// *browser.Error: of the name InvalidStateError when the database is gone for
// this process, so that only opening it again helps.
type Store struct {
	db   js.Value
	lost browser.Handlers

	mu     sync.RWMutex // read-held over each operation, so that Close waits
	closed bool
}

var _ store.Store = (*Store)(nil)

// Open opens the database called name, creating it where there is none. Two
// Stores on one database see each other's changes; that there is one agent
// only is for the caller to ensure.
//
// lost, if not nil, is called in a goroutine of its own when the database is
// taken away, as when the person clears the site's data: from then on
// everything fails, and only opening it again helps.
func Open(name string, lost func()) (*Store, error) {
	db, err := openDatabase(name)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db}
	// Whoever wants to delete the database has to wait until it is closed.
	gone := func(js.Value) {
		db.Call("close")
		if lost != nil {
			go lost()
		}
	}
	s.lost.On(db, "onversionchange", gone)
	s.lost.On(db, "onclose", gone)
	return s, nil
}

// Get implements store.Store.
func (s *Store) Get(key string) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	if err := store.CheckKey(key); err != nil {
		return nil, err
	}
	var request js.Value
	err := transaction(s.db, opRead, "readonly", func(objects js.Value, _ *waiter) {
		request = objects.Call("get", key)
	})
	if err != nil {
		return nil, err
	}
	if request.Get("result").IsUndefined() {
		return nil, nil
	}
	return copied(request.Get("result"))
}

// GetMany returns the values under keys, in their order, nil where there is
// none. They are of one instant.
func (s *Store) GetMany(keys []string) ([][]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	for _, key := range keys {
		if err := store.CheckKey(key); err != nil {
			return nil, err
		}
	}
	values := make([][]byte, len(keys))
	if len(keys) == 0 {
		return values, nil
	}
	requests := make([]js.Value, len(keys))
	err := transaction(s.db, opRead, "readonly", func(objects js.Value, _ *waiter) {
		for i, key := range keys {
			requests[i] = objects.Call("get", key)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, request := range requests {
		if request.Get("result").IsUndefined() {
			continue
		}
		if values[i], err = copied(request.Get("result")); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// Scan implements store.Store. The records are of one instant.
func (s *Store) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	if err := store.CheckPrefix(prefix); err != nil {
		return nil, err
	}
	if err := store.CheckPrefix(from); err != nil {
		return nil, err
	}
	r := scanRange(prefix, from, reverse)
	if limit <= 0 || r.empty() {
		return nil, nil
	}
	scan := &scan{limit: limit}
	err := transaction(s.db, opRead, "readonly", func(objects js.Value, w *waiter) {
		if reverse {
			scan.backward(objects, w, r)
		} else {
			scan.forward(objects, w, r)
		}
	})
	if err == nil {
		err = scan.err
	}
	if err != nil {
		return nil, err
	}
	return scan.records, nil
}

// Commit implements store.Store.
func (s *Store) Commit(b *store.Batch) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	if err := b.Check(); err != nil {
		return err
	}
	if b.Empty() {
		return nil
	}
	err := transaction(s.db, "write storage", "readwrite", func(objects js.Value, _ *waiter) {
		for _, op := range b.Ops {
			if op.Value == nil {
				objects.Call("delete", op.Key)
			} else {
				objects.Call("put", browser.Array(op.Value), op.Key)
			}
		}
		// Without this the browser first reports on every request.
		objects.Get("transaction").Call("commit")
	})
	var refusal *browser.Error
	if errors.As(err, &refusal) && refusal.Name == "QuotaExceededError" {
		return fmt.Errorf("%w: %w", store.ErrNoRoom, err)
	}
	return err
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.closed = true
	s.db.Set("onversionchange", nil)
	s.db.Set("onclose", nil)
	s.lost.Release()
	return browser.Try("close storage", func() { s.db.Call("close") })
}

// copied copies a value out. One that is no bytes is none of ours.
func copied(v js.Value) ([]byte, error) {
	b, ok := browser.Bytes(v, store.MaxValue)
	if !ok {
		return nil, &browser.Error{Op: opRead, Name: "DataError"}
	}
	return b, nil
}
