package agent

import (
	"slices"
	"strings"

	"petmail/wasm/store"
)

// aheadStore is a store on a disk that is full, with changes that it is ahead
// of: they are read as if they stood, and become durable with the next Commit.
// It is used by one goroutine at a time.
type aheadStore struct {
	store.Store
	changes map[string][]byte // nil: deleted
}

// ahead adds the changes of a batch.
func (s *aheadStore) ahead(b *store.Batch) {
	if s.changes == nil {
		s.changes = make(map[string][]byte)
	}
	for _, op := range b.Ops {
		s.changes[op.Key] = op.Value
	}
}

func (s *aheadStore) Get(key string) ([]byte, error) {
	if value, ok := s.changes[key]; ok {
		return slices.Clone(value), nil
	}
	return s.Store.Get(key)
}

func (s *aheadStore) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	if len(s.changes) == 0 {
		return s.Store.Scan(prefix, from, reverse, limit)
	}
	// Some of what is read may be deleted: enough has to be left, or what is
	// added could stand before records that were not read.
	records, err := s.Store.Scan(prefix, from, reverse, limit+len(s.changes))
	if err != nil {
		return nil, err
	}
	records = slices.DeleteFunc(records, func(r store.Record) bool {
		_, changed := s.changes[r.Key]
		return changed
	})
	for key, value := range s.changes {
		if value != nil && strings.HasPrefix(key, prefix) && (from == "" || !reverse && key > from || reverse && key < from) {
			records = append(records, store.Record{Key: key, Value: slices.Clone(value)})
		}
	}
	slices.SortFunc(records, func(x, y store.Record) int {
		if reverse {
			x, y = y, x
		}
		return strings.Compare(x.Key, y.Key)
	})
	return records[:min(len(records), limit)], nil
}

func (s *aheadStore) Commit(b *store.Batch) error {
	if len(s.changes) == 0 {
		return s.Store.Commit(b)
	}
	var all store.Batch
	for key, value := range s.changes {
		all.Ops = append(all.Ops, store.Op{Key: key, Value: value})
	}
	all.Ops = append(all.Ops, b.Ops...)
	if err := s.Store.Commit(&all); err != nil {
		return err
	}
	s.changes = nil
	return nil
}
