//go:build !js

package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"petmail/wasm/store"
)

// Store is a store.Store.
type Store struct {
	db *sql.DB

	mu     sync.RWMutex // read-held over each operation, so that Close waits
	closed bool
}

var _ store.Store = (*Store)(nil)

// Open opens the file at path, making it where there is none. That one
// process has it open is for the caller to ensure.
func Open(path string) (*Store, error) {
	// A write-ahead log, synced before a commit is answered. No memory mapping
	// and no temporary file, so that nothing lies anywhere else.
	pragmas := url.Values{"_pragma": {
		"journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)", "busy_timeout(10000)",
	}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: pragmas.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("couldn't open storage: %w", err)
	}
	// One connection: reads see every commit that has returned.
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID`); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't open storage: %w", err), db.Close())
	}
	return &Store{db: db}, nil
}

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
	if s.closed {
		return nil, store.ErrClosed
	}
	for _, key := range keys {
		if err := store.CheckKey(key); err != nil {
			return nil, err
		}
	}
	tx, err := s.db.Begin()
	if err != nil {
		return nil, fmt.Errorf("couldn't read storage: %w", err)
	}
	defer tx.Rollback()
	values := make([][]byte, len(keys))
	for i, key := range keys {
		value := []byte{} // an empty one is found all the same
		err := tx.QueryRow(`SELECT value FROM records WHERE key = ?`, key).Scan(&value)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("couldn't read storage: %w", err)
		}
		values[i] = notNil(value)
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
	if limit <= 0 {
		return nil, nil
	}
	// No byte of a key is above '~'.
	query := `SELECT key, value FROM records WHERE key >= ? AND key < ? AND (? = '' OR key > ?) ORDER BY key LIMIT ?`
	if reverse {
		query = `SELECT key, value FROM records WHERE key >= ? AND key < ? AND (? = '' OR key < ?) ORDER BY key DESC LIMIT ?`
	}
	rows, err := s.db.Query(query, prefix, prefix+"\x7f", from, from, limit)
	if err != nil {
		return nil, fmt.Errorf("couldn't read storage: %w", err)
	}
	defer rows.Close()
	var records []store.Record
	for rows.Next() {
		var r store.Record
		if err := rows.Scan(&r.Key, &r.Value); err != nil {
			return nil, fmt.Errorf("couldn't read storage: %w", err)
		}
		r.Value = notNil(r.Value)
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("couldn't read storage: %w", err)
	}
	return records, nil
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
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
	if err := s.write(b); err != nil {
		return fmt.Errorf("couldn't write storage: %w", err)
	}
	return nil
}

func (s *Store) write(b *store.Batch) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // without effect after Commit
	for _, op := range b.Ops {
		if op.Value == nil {
			_, err = tx.Exec(`DELETE FROM records WHERE key = ?`, op.Key)
		} else {
			_, err = tx.Exec(`INSERT INTO records VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, op.Key, op.Value)
		}
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.closed = true
	return s.db.Close()
}
