package outbox

import (
	"fmt"

	"petmail/shared/wire"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// Split adds to b what the rows of a conversation become that an older program
// has stored. damage: one of them makes us fail; err is the store's.
func (p *Part) Split(r turn.Reader, id wire.ID, b *store.Batch) (damage, err error) {
	err = r.Scan(kindRow, id, "", func(stored string, value []byte) error {
		if damage == nil {
			damage = turn.Safely(p.config.Log, "migrate", func() error { return splitRow(id, stored, value, b) })
		}
		return nil
	})
	return damage, err
}

// oldRow is out/<conversation>/<row> as long as body and recipient stood in it.
type oldRow struct {
	wire.Redacted
	N       uint64  `cbor:"1,keyasint"`
	Kind    rowKind `cbor:"2,keyasint"`
	Leaf    uint32  `cbor:"3,keyasint"`
	To      []byte  `cbor:"4,keyasint"`
	Body    []byte  `cbor:"5,keyasint"`
	Epoch   uint64  `cbor:"6,keyasint"`
	Number  uint64  `cbor:"7,keyasint,omitempty"`
	Cursor  string  `cbor:"8,keyasint,omitempty"`
	Created int64   `cbor:"9,keyasint"`
	Next    int64   `cbor:"10,keyasint"`
	Tries   uint64  `cbor:"11,keyasint,omitempty"`
	Overdue bool    `cbor:"12,keyasint,omitempty"`
	Stale   bool    `cbor:"13,keyasint,omitempty"`
	Again   int64   `cbor:"14,keyasint,omitempty"`
}

// splitRow adds to b what an old out/ record becomes: the body, and who lacks
// it. One that is no such record stays, and sets its conversation aside.
func splitRow(id wire.ID, stored string, value []byte, b *store.Batch) error {
	var old oldRow
	if wire.Unmarshal(value, &old, store.MaxValue) != nil || stored != kindRow.Key(id, rowRest(old.N)) {
		return nil
	}
	body, err := wire.Marshal(&row{
		N: old.N, Kind: old.Kind, Body: old.Body, Epoch: old.Epoch, Number: old.Number, Cursor: old.Cursor,
		Created: old.Created, Overdue: old.Overdue, Stale: old.Stale, Again: old.Again,
	})
	if err != nil {
		return fmt.Errorf("couldn't encode record: %w", err)
	}
	lacks, err := wire.Marshal(&owed{Leaf: old.Leaf, To: old.To, Next: old.Next, Tries: old.Tries})
	if err != nil {
		return fmt.Errorf("couldn't encode record: %w", err)
	}
	b.Put(stored, body)
	b.Put(kindOwed.Key(id, owedRest(old.N, old.Leaf)), lacks)
	return nil
}
