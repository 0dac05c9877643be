package store

import (
	"errors"

	"petmail/shared/wire"
)

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("store is closed")

// ErrNoRoom is wrapped by an error of Commit when the disk, or what the browser
// leaves to us of it, is full. Nothing of the batch stands.
var ErrNoRoom = errors.New("no room to store")

// Record is one key with its value.
type Record struct {
	wire.Redacted
	Key   string
	Value []byte
}

// Store is an ordered map from keys to bytes.
//
// Durability: when Commit returns nil, the whole batch survives the death of
// the process and of the machine; when it returns an error, or the process
// dies inside it, either all of the batch or nothing of it stands.
// Concurrency: all methods may be called from any goroutine; a Get or Scan
// that begins after a Commit returned sees it. Nobody retries: an error is
// the caller's.
// Keys are 1 to 200 bytes of printable ASCII; values are at most 1 MiB.
// Values passed in and handed out are not shared.
type Store interface {
	// Get returns the value under key, or nil, nil where there is none. A
	// stored empty value comes back as an empty, non-nil slice.
	Get(key string) ([]byte, error)
	// Scan returns at most limit records whose keys begin with prefix, in
	// key order. With reverse, the order is from the last key down.
	// A non-empty from bounds the walk, exclusively: forward it returns keys
	// greater than from, in reverse keys less than from.
	Scan(prefix, from string, reverse bool, limit int) ([]Record, error)
	// Commit applies the batch atomically and durably. Later operations of
	// the batch on the same key win. An empty batch is a no-op.
	Commit(*Batch) error
	// Close releases the store. It waits for a Commit under way.
	Close() error
}

// Batch collects changes. The zero value is empty and ready to use.
type Batch struct {
	wire.Redacted
	Ops []Op
}

// Op puts Value under Key, or deletes Key if Value is nil.
type Op struct {
	wire.Redacted
	Key   string
	Value []byte
}

// Put sets key to value; a nil value is stored as an empty one.
func (b *Batch) Put(key string, value []byte) {
	if value == nil {
		value = []byte{}
	}
	b.Ops = append(b.Ops, Op{Key: key, Value: value})
}

// Delete removes key, whether or not it is there.
func (b *Batch) Delete(key string) { b.Ops = append(b.Ops, Op{Key: key, Value: nil}) }

// Empty reports whether the batch would change nothing.
func (b *Batch) Empty() bool { return len(b.Ops) == 0 }
