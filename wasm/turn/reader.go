package turn

import (
	"errors"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
)

// Reader reads what is stored while a part loads. Its errors are the store's.
type Reader interface {
	// Now is the time that counts, unix ms.
	Now() int64
	// Known tells that something was stored at a time (unix ms): the time that
	// counts is no earlier.
	Known(at int64)
	// Owner tells that there is an owner of records.
	Owner(id wire.ID)
	// Get reads a record; nil: there is none.
	Get(k *Kind, owner wire.ID, rest string) ([]byte, error)
	// Each calls f with every record of a kind, in the order of keys, or, where
	// one owner is loaded again, with those of that one. A record for which f
	// fails or panics is kept and passed over; its owner is set aside.
	Each(k *Kind, f func(key string, value []byte) error) error
	// Scan calls f with every record of a kind, or of one owner (zero: of all, or
	// of the one that is loaded again), whose key goes on with under. An error of
	// f ends it: ErrStop without one.
	Scan(k *Kind, owner wire.ID, under string, f func(key string, value []byte) error) error
	// Decode runs f, which decodes what stands under key. ok: it neither failed
	// nor panicked; else owner is set aside, unless it is zero.
	Decode(owner wire.ID, key string, f func() error) (ok bool, err error)
	// Damage sets an owner aside.
	Damage(owner wire.ID, key string, err error)
	// Migrate stores what an older program has stored otherwise. On a full disk
	// it is read as if it had been.
	Migrate(b *store.Batch) error
}

// ErrStop ends a Scan.
var ErrStop = errors.New("enough was read")

// Owners are those whose records are held back while they are set aside. Called
// from the loop.
type Owners interface {
	// Aside tells how an owner stands that is set aside; nil: it is not.
	Aside(owner wire.ID) *api.Aside
	// Damaged reports whether a record of an owner did not decode.
	Damaged(owner wire.ID) bool
	// SetAside has an owner set aside in the next turn, because of what failed
	// outside of one. After a panic, memory is not to be trusted: all is loaded
	// again first.
	SetAside(owner wire.ID, work string, err error)
	// Met is Turn.Met outside of a turn.
	Met(owner wire.ID, rule string) error
}
