package vault

// walk collects the leaf items of a Scan: keys from lower, exclusively if
// lowerOpen, up to upper, exclusively.
type walk struct {
	lower, upper string
	lowerOpen    bool
	reverse      bool
	limit        int
	found        []item
}

func newWalk(prefix, from string, reverse bool, limit int) *walk {
	// No byte of a key is above '~'.
	w := &walk{lower: prefix, upper: prefix + "\x7f", reverse: reverse, limit: limit}
	switch {
	case from == "":
	case reverse:
		w.upper = min(w.upper, from)
	case from >= prefix:
		w.lower, w.lowerOpen = from, true
	}
	return w
}

func (w *walk) full() bool { return len(w.found) >= w.limit }

// visit walks the part of a page that is in the range.
func (w *walk) visit(v *Vault, n *node) error {
	if w.full() || w.lower >= w.upper {
		return nil
	}
	lo, hi := n.find(w.lower), n.find(w.upper)
	if !n.leaf {
		lo = n.child(w.lower)
		hi = max(hi, lo+1)
	}
	for step := range hi - lo {
		i := lo + step
		if w.reverse {
			i = hi - 1 - step
		}
		if w.full() {
			return nil
		}
		if n.leaf {
			if !w.lowerOpen || n.items[i].key != w.lower {
				w.found = append(w.found, n.items[i])
			}
			continue
		}
		child, err := v.page(n.items[i].ref)
		if err != nil {
			return damaged(err, n, i)
		}
		if err := w.visit(v, child); err != nil {
			return err
		}
	}
	return nil
}
