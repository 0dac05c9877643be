package vault

import (
	"fmt"
	"io"
	"slices"
	"sort"

	"petmail/wasm/store"
)

// txn is a Commit being prepared: what is to be written and what falls away.
// It changes nothing of the vault.
type txn struct {
	v     *Vault
	batch store.Batch
	next  uint64 // the first number never used
	// spare are numbers in the Backing to which nothing leads, not even from
	// the state before: they are used again first, so that what lies there is
	// replaced.
	spare []uint64
	freed []uint64                // numbers that nothing will lead to any more
	stale [][keySize]byte         // keys of pages that are replaced
	pages map[[keySize]byte]*node // new ones
}

// change is the last thing a batch does to a key: it puts value, or item as it
// is, or deletes the key.
type change struct {
	key   string
	value []byte
	item  *item
}

// changes returns one change a key, in key order.
func changes(b *store.Batch) []change {
	out := make([]change, 0, len(b.Ops))
	for _, op := range b.Ops {
		out = append(out, change{key: op.Key, value: op.Value})
	}
	return last(out)
}

// last sorts changes and keeps the last one of each key.
func last(out []change) []change {
	sort.SliceStable(out, func(i, j int) bool { return out[i].key < out[j].key })
	kept := out[:0]
	for i, c := range out {
		if i+1 == len(out) || out[i+1].key != c.key {
			kept = append(kept, c)
		}
	}
	return kept
}

// store seals a value under a key of its own.
func (t *txn) store(value []byte) (ref, error) {
	return t.storeAt(t.number(partsOf(padded(len(value)))), value)
}

func (t *txn) storeAt(number uint64, value []byte) (ref, error) {
	r := ref{number: number}
	if _, err := io.ReadFull(t.v.config.Rand, r.key[:]); err != nil {
		return ref{}, fmt.Errorf("couldn't draw a key: %w", err)
	}
	name := t.v.partName(r.number)
	parts, err := seal(r.key, value, name)
	if err != nil {
		return ref{}, err
	}
	r.parts = len(parts)
	for i, part := range parts {
		t.batch.Put(name(i), part)
	}
	return r, nil
}

// number returns the first of n numbers in a row for a new value.
func (t *txn) number(n int) uint64 {
	if last := len(t.spare) - 1; n == 1 && last >= 0 {
		number := t.spare[last]
		t.spare = t.spare[:last]
		return number
	}
	number := t.next
	t.next += uint64(n)
	return number
}

func (t *txn) free(r ref) {
	for i := range r.parts {
		t.freed = append(t.freed, r.number+uint64(i))
	}
}

// load returns a page that is going to be replaced.
func (t *txn) load(it item) (*node, error) {
	if it.fresh != nil {
		return it.fresh, nil
	}
	n, err := t.v.page(it.ref)
	if err != nil {
		return nil, err
	}
	t.free(it.ref)
	t.stale = append(t.stale, it.ref.key)
	return n, nil
}

// tree returns the top of the tree that changes make of top.
func (t *txn) tree(top *node, changes []change) (*node, error) {
	pages, err := t.apply(top, "", changes)
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return &node{leaf: true}, nil
	}
	for len(pages) > 1 {
		pages = split(false, "", pages)
	}
	top = pages[0].fresh
	for !top.leaf && len(top.items) == 1 {
		below, err := t.load(top.items[0])
		if err != nil {
			return nil, damaged(err, top, 0)
		}
		top = below
	}
	return top, nil
}

// apply returns the pages that take the place of n, none if nothing is left.
// low is not above any key below n, and becomes the key of the first of them:
// the page that had it may have gone, and what comes first then may be above
// keys that are put later.
func (t *txn) apply(n *node, low string, changes []change) ([]item, error) {
	if n.leaf {
		return split(true, low, t.applyLeaf(n, changes)), nil
	}
	var out []item
	for i, it := range n.items {
		mine := changes
		if i+1 < len(n.items) {
			upper := n.items[i+1].key
			mine = changes[:sort.Search(len(changes), func(i int) bool { return changes[i].key >= upper })]
		}
		changes = changes[len(mine):]
		if len(mine) == 0 {
			out = append(out, it)
			continue
		}
		child, err := t.load(it)
		if err != nil {
			return nil, damaged(err, n, i)
		}
		from := it.key
		if i == 0 {
			from = low
		}
		pages, err := t.apply(child, from, mine)
		if err != nil {
			return nil, err
		}
		out = append(out, pages...)
	}
	if len(out) > 0 {
		out[0].key = low
	}
	out, err := t.join(out)
	return split(false, low, out), err
}

func (t *txn) applyLeaf(n *node, changes []change) []item {
	out := make([]item, 0, len(n.items)+len(changes))
	old := n.items
	for _, c := range changes {
		i := sort.Search(len(old), func(i int) bool { return old[i].key >= c.key })
		out = append(out, old[:i]...)
		old = old[i:]
		if len(old) > 0 && old[0].key == c.key {
			t.free(old[0].ref)
			old = old[1:]
		}
		if c.item != nil {
			out = append(out, *c.item)
		}
	}
	return append(out, old...)
}

// item makes an item of what a change puts.
func (t *txn) item(c change) (item, error) {
	if len(c.value) <= maxInline {
		// Not the caller's bytes; an empty value is not nil.
		return item{key: c.key, value: append([]byte{}, c.value...)}, nil
	}
	r, err := t.store(c.value)
	return item{key: c.key, ref: r}, err
}

// join has pages that have become small share the items of a neighbour.
func (t *txn) join(pages []item) ([]item, error) {
	for i := 0; i < len(pages) && len(pages) > 1; i++ {
		if pages[i].fresh == nil || size(pages[i].fresh.items) >= capacity/4 {
			continue
		}
		first := min(i, len(pages)-2)
		above := &node{items: pages}
		a, err := t.load(pages[first])
		if err != nil {
			return nil, damaged(err, above, first)
		}
		b, err := t.load(pages[first+1])
		if err != nil {
			return nil, damaged(err, above, first+1)
		}
		items := slices.Concat(a.items, b.items)
		if !a.leaf {
			items[len(a.items)].key = pages[first+1].key // the first of b no longer
		}
		joined := split(a.leaf, pages[first].key, items)
		pages = slices.Replace(pages, first, first+2, joined...)
		i = first + len(joined) - 1
	}
	return pages, nil
}

// seal gives every fresh page below n a ref.
func (t *txn) seal(n *node) error {
	for i := range n.items {
		it := &n.items[i]
		if it.fresh == nil {
			continue
		}
		if err := t.seal(it.fresh); err != nil {
			return err
		}
		r, err := t.store(it.fresh.encode())
		if err != nil {
			return err
		}
		t.pages[r.key] = it.fresh
		it.ref, it.fresh = r, nil
	}
	return nil
}

// directory stores the directory. It tells which numbers are free beside its
// own, so those are drawn first.
func (t *txn) directory(top, recent *node) (ref, error) {
	spare, next := t.spare, t.next
	for parts := 1; ; parts++ {
		t.spare, t.next = spare, next
		number := t.number(parts)
		b, err := encodeDirectory(top, recent, slices.Concat(t.spare, t.freed), t.next)
		if err != nil {
			return ref{}, err
		}
		if partsOf(padded(len(b))) <= parts {
			return t.storeAt(number, b)
		}
	}
}
