package vault

import (
	"encoding/binary"
	"errors"
	"sort"

	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/wasm/store"
)

// ref leads to a sealed value: its key, and the numbers of its parts.
type ref struct {
	wire.Redacted
	number uint64
	parts  int
	key    [keySize]byte
}

// node is a page of the tree. Once it is part of a committed tree it is not
// changed any more.
type node struct {
	leaf  bool
	items []item
}

// item is, in a leaf, a record; above, a page, with a key not greater than
// any below it. What lies before the first item's key belongs to it as well.
type item struct {
	key   string
	value []byte // not nil: the record itself, and there is no ref
	ref   ref
	fresh *node // the page itself, while it has no ref yet
}

// maxInline is the size of the largest value that lies in its leaf, in bytes:
// the leaf is written with every change of the record in any case.
const maxInline = 1024

// capacity is the size in bytes over which a page is split: with its length
// and its tag it fills 4 KiB.
const capacity = 4096 - text.PadOverhead

// A page: a byte 1 for a leaf, else 0; then the items, each as the length of
// what its key shares with the one before, the length of the rest, the rest,
// number, parts (numbers as unsigned varints), 32 bytes key. A value that lies
// in its leaf has number 0, then its length and the value.
const nodeHeader = 1

func (n *node) encode() []byte {
	b := make([]byte, 0, capacity)
	b = append(b, 0)
	if n.leaf {
		b[0] = 1
	}
	last := ""
	for _, it := range n.items {
		b = it.encode(b, last)
		last = it.key
	}
	return b
}

func sharedPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func (it *item) encode(b []byte, last string) []byte {
	shared := sharedPrefix(last, it.key)
	b = binary.AppendUvarint(b, uint64(shared))
	b = binary.AppendUvarint(b, uint64(len(it.key)-shared))
	b = append(b, it.key[shared:]...)
	if it.value != nil {
		b = append(b, 0)
		b = binary.AppendUvarint(b, uint64(len(it.value)))
		return append(b, it.value...)
	}
	b = binary.AppendUvarint(b, it.ref.number)
	b = binary.AppendUvarint(b, uint64(it.ref.parts))
	return append(b, it.ref.key[:]...)
}

// maxSize is at least what the item takes after one with the key last,
// whatever its number becomes.
func (it *item) maxSize(last string) int {
	rest := len(it.key) - sharedPrefix(last, it.key)
	if it.value != nil {
		return 2 + 2 + rest + 1 + 2 + len(it.value)
	}
	return 2 + 2 + rest + binary.MaxVarintLen64 + 2 + keySize
}

var errNode = errors.New("page is malformed")

// maxParts is how many parts the largest value has.
const maxParts = (store.MaxValue+store.MaxValue/8)/partSize + 1

// decodeNode reads a page; its values lie in b.
func decodeNode(b []byte) (*node, error) {
	if len(b) == 0 || b[0] > 1 {
		return nil, errNode
	}
	n := &node{leaf: b[0] == 1}
	b = b[nodeHeader:]
	number := func(limit uint64) uint64 {
		v, size := binary.Uvarint(b)
		if size <= 0 || v > limit {
			b = nil
			return 0
		}
		b = b[size:]
		return v
	}
	last := ""
	for len(b) > 0 {
		shared, rest := int(number(uint64(len(last)))), int(number(store.MaxKey))
		if len(b) < rest {
			return nil, errNode
		}
		it := item{key: last[:shared] + string(b[:rest])}
		b = b[rest:]
		if !n.leaf && len(n.items) == 1 && it.key != "" && it.key <= last {
			// Former versions kept a first key that keys put later were below.
			// It stands for all that is below the second.
			n.items[0].key, last = "", ""
		}
		if len(it.key) > store.MaxKey || len(n.items) > 0 && it.key <= last || n.leaf && it.key == "" {
			return nil, errNode
		}
		if n.leaf && len(b) > 0 && b[0] == 0 {
			b = b[1:]
			size, more := binary.Uvarint(b)
			if more <= 0 || size > maxInline || uint64(len(b)-more) < size {
				return nil, errNode
			}
			it.value, b = b[more:][:size:size], b[more+int(size):]
		} else {
			it.ref.number, it.ref.parts = number(1<<62), int(number(maxParts))
			if len(b) < keySize || it.ref.number == 0 || it.ref.parts == 0 {
				return nil, errNode
			}
			b = b[copy(it.ref.key[:], b):]
		}
		n.items = append(n.items, it)
		last = it.key
	}
	if !n.leaf && len(n.items) == 0 {
		return nil, errNode
	}
	return n, nil
}

// child returns the index of the page to which key belongs.
func (n *node) child(key string) int {
	return max(0, sort.Search(len(n.items), func(i int) bool { return n.items[i].key > key })-1)
}

// find returns the index of the first item whose key is not less than key.
func (n *node) find(key string) int {
	return sort.Search(len(n.items), func(i int) bool { return n.items[i].key >= key })
}

// size returns at most how many bytes items take as a page.
func size(items []item) int {
	total, last := nodeHeader, ""
	for i := range items {
		total += items[i].maxSize(last)
		last = items[i].key
	}
	return total
}

// split makes pages of items, each within capacity and about as full as the
// others. low is the key of the first one in the page above.
func split(leaf bool, low string, items []item) []item {
	if len(items) == 0 {
		return nil
	}
	total := size(items)
	if total <= capacity {
		return []item{{key: low, fresh: &node{leaf: leaf, items: items}}}
	}
	target := total / ((total + capacity - 1) / capacity)
	var pages []item
	for len(items) > 0 {
		n, used, last := 0, nodeHeader, ""
		for n < len(items) {
			more := items[n].maxSize(last)
			if n > 0 && (used+more > capacity || used >= target) {
				break
			}
			used, last = used+more, items[n].key
			n++
		}
		key := items[0].key
		if len(pages) == 0 {
			key = low
		}
		pages = append(pages, item{key: key, fresh: &node{leaf: leaf, items: items[:n:n]}})
		items = items[n:]
	}
	return pages
}
