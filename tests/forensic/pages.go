package forensic

import (
	"encoding/binary"

	"petmail/shared/wire"
)

// Item is what a leaf of the vault says of one key: its value, or the key under
// which that is sealed.
type Item struct {
	Name       string
	Value, Key []byte
}

// directory is the record to which the root leads, as far as it matters here.
type directory struct {
	wire.Redacted
	Top     []byte `cbor:"1,keyasint"`
	Garbage []byte `cbor:"2,keyasint"`
	Next    uint64 `cbor:"3,keyasint"`
	Recent  []byte `cbor:"4,keyasint,omitempty"`
}

// Leaf returns the items of a leaf, or those that a directory holds; none if
// plain is neither. From the vault's format: a leaf is a byte 1, then
// items: shared, rest, bytes; number, parts, 32 bytes key; or number 0, length
// and value. Numbers are unsigned LEB128.
func Leaf(plain []byte) []Item {
	var d directory
	if wire.Unmarshal(plain, &d, len(plain)) == nil {
		return append(Leaf(d.Top), Leaf(d.Recent)...)
	}
	if len(plain) == 0 || plain[0] != 1 {
		return nil
	}
	r := reader{rest: plain[1:]}
	var items []Item
	name := ""
	for len(r.rest) > 0 && !r.failed {
		shared, own := r.number(), r.number()
		name = name[:min(shared, uint64(len(name)))] + string(r.take(own))
		item := Item{Name: name}
		if r.number() == 0 {
			item.Value = r.take(r.number())
		} else {
			r.number()
			item.Key = r.take(32)
		}
		items = append(items, item)
	}
	if r.failed {
		return nil
	}
	return items
}

// reader takes a page apart.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.failed, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.failed, r.rest = true, nil
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}
