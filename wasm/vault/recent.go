package vault

import (
	"slices"
	"sort"
)

// maxRecent is how many bytes of recent items a directory holds. More of them
// move into the tree, where each leaf costs a request of its own.
const maxRecent = 2048

// recent takes changes into the items that the directory holds, and returns
// these and what is left to do to the tree. A key is here or there, so that
// what replaces it replaces the only way to the old value.
func (t *txn) recent(s state, changes []change) ([]item, []change, error) {
	items := slices.Clone(s.recent.items)
	known := make(map[string]bool) // keys of changes that were there before
	var tree []change
	for _, c := range changes {
		i, there := at(items, c.key)
		if there {
			t.free(items[i].ref)
			items = slices.Delete(items, i, i+1)
		} else {
			found, err := t.v.lookup(s.top, c.key)
			if err != nil {
				return nil, nil, err
			}
			if there = len(found) > 0; there {
				tree = append(tree, change{key: c.key})
			}
		}
		if c.value == nil {
			continue
		}
		known[c.key] = there
		it, err := t.item(c)
		if err != nil {
			return nil, nil, err
		}
		items = slices.Insert(items, i, it)
	}
	if size(items) <= maxRecent {
		return items, tree, nil
	}
	// What was replaced just now will be again.
	stay := slices.DeleteFunc(slices.Clone(items), func(it item) bool { return !known[it.key] })
	if size(stay) > maxRecent/2 {
		stay = nil
	}
	for _, it := range items {
		if _, stays := at(stay, it.key); !stays {
			tree = append(tree, change{key: it.key, item: &it})
		}
	}
	return stay, last(tree), nil
}

// at returns where key is, or belongs, in items.
func at(items []item, key string) (int, bool) {
	i := sort.Search(len(items), func(i int) bool { return items[i].key >= key })
	return i, i < len(items) && items[i].key == key
}

// merge adds the recent items of the range to those found in the tree.
func (w *walk) merge(recent *node) {
	lo, hi := recent.find(w.lower), recent.find(w.upper)
	if lo < hi && w.lowerOpen && recent.items[lo].key == w.lower {
		lo++
	}
	if lo >= hi || w.limit <= 0 {
		return
	}
	w.found = slices.Concat(w.found, recent.items[lo:hi])
	sort.Slice(w.found, func(i, j int) bool {
		if w.reverse {
			i, j = j, i
		}
		return w.found[i].key < w.found[j].key
	})
	w.found = w.found[:min(len(w.found), w.limit)]
}
