package mem

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"petmail/shared/wire"
	"petmail/wasm/store"
)

// Disk holds records beyond the life of the Stores that use it. The zero
// value is not usable: NewDisk. All methods may be called concurrently.
type Disk struct {
	wire.Redacted
	mu      sync.RWMutex
	records map[string][]byte // values are never changed in place
	keys    []string          // sorted
	holder  *Store
}

// NewDisk returns an empty disk.
func NewDisk() *Disk { return &Disk{records: map[string][]byte{}} }

// Open returns a Store on the disk. One that still holds the disk is killed
// first, as a browser ends the old worker before the new one gets the lock.
func (d *Disk) Open() *Store {
	d.mu.RLock()
	old := d.holder
	d.mu.RUnlock()
	if old != nil {
		_ = old.end(ErrKilled)
	}
	s := &Store{disk: d}
	d.mu.Lock()
	d.holder = s
	d.mu.Unlock()
	return s
}

// Clone returns an independent disk with the same records.
func (d *Disk) Clone() *Disk {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return &Disk{records: maps.Clone(d.records), keys: slices.Clone(d.keys)}
}

// Size returns the number of records and the bytes of their keys and values.
func (d *Disk) Size() (records, bytes int) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for k, v := range d.records {
		bytes += len(k) + len(v)
	}
	return len(d.records), bytes
}

// Records returns a copy of all records.
func (d *Disk) Records() map[string][]byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	out := make(map[string][]byte, len(d.records))
	for k, v := range d.records {
		out[k] = clone(v)
	}
	return out
}

func (d *Disk) getMany(keys []string) [][]byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	values := make([][]byte, len(keys))
	for i, key := range keys {
		values[i] = clone(d.records[key])
	}
	return values
}

func (d *Disk) scan(prefix, from string, reverse bool, limit int) []store.Record {
	d.mu.RLock()
	defer d.mu.RUnlock()
	// keys[lo:hi] begin with prefix: no byte of a key is above '~'.
	lo := sort.SearchStrings(d.keys, prefix)
	hi := sort.SearchStrings(d.keys, prefix+"\x7f")
	if from != "" {
		if reverse {
			hi = min(hi, sort.SearchStrings(d.keys, from))
		} else {
			lo = max(lo, sort.SearchStrings(d.keys, from+"\x00"))
		}
	}
	var out []store.Record
	for lo < hi && len(out) < limit {
		var key string
		if reverse {
			hi--
			key = d.keys[hi]
		} else {
			key = d.keys[lo]
			lo++
		}
		out = append(out, store.Record{Key: strings.Clone(key), Value: clone(d.records[key])})
	}
	return out
}

func (d *Disk) apply(b *store.Batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, op := range b.Ops {
		i, found := slices.BinarySearch(d.keys, op.Key)
		switch {
		case op.Value == nil && found:
			d.keys = slices.Delete(d.keys, i, i+1)
			delete(d.records, op.Key)
		case op.Value != nil:
			if !found {
				d.keys = slices.Insert(d.keys, i, op.Key)
			}
			d.records[op.Key] = clone(op.Value)
		}
	}
}

// clone copies b and keeps nil apart from empty.
func clone(b []byte) []byte {
	if b == nil {
		return nil
	}
	return append([]byte{}, b...)
}
