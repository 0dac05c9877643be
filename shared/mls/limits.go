package mls

// Limits bound what others can make this member decode, hold and store. A zero
// field leaves the bound to this package.
type Limits struct {
	// Message is the largest message, Welcome, GroupInfo or tree out of band,
	// in bytes. It is looked at before anything is decoded.
	Message int
	// Proposals is how many a commit may hold.
	Proposals int
	// Leaves is how many places a tree may have, blank ones included.
	Leaves int
	// Leaf is the largest leaf node, in bytes.
	Leaf int
	// KeyPackage is the largest key package in an Add, in bytes.
	KeyPackage int
	// Context is how many bytes the extensions of the group's context may
	// have, encoded.
	Context int
	// LateKeys is how many keys of messages not seen yet are kept for all
	// ended epochs together; those of the oldest epoch go first.
	LateKeys int
}

// fits tells whether n keeps a limit.
func fits(n, limit int) bool { return limit <= 0 || n <= limit }

// bounded returns the smaller of a limit and the package's own bound.
func bounded(limit, most int) int {
	if limit <= 0 {
		return most
	}
	return min(limit, most)
}

// checkLeafSize, checkContextSize and checkTreeSize are looked at before a
// leaf, a context or a tree is adopted.
func (l Limits) checkLeafSize(n *leafNode) error {
	if !fits(len(n.raw), l.Leaf) {
		return invalid("leaf too large")
	}
	return nil
}

func (l Limits) checkContextSize(list []Extension) error {
	if l.Context > 0 && len(encode(func(w *writer) { w.extensions(list) })) > l.Context {
		return invalid("extensions of the group too large")
	}
	return nil
}

func (l Limits) checkTreeSize(t *ratchetTree) error {
	if !fits(int(t.leaves()), l.Leaves) {
		return invalid("too many members")
	}
	return nil
}

// trimLate keeps the keys of messages not seen yet, in all ended epochs
// together, within limit. past is the caller's own; its elements are not.
func trimLate(past []*pastEpoch, limit int) []*pastEpoch {
	if limit <= 0 {
		return past
	}
	over := -limit
	for _, p := range past {
		over += p.tree.lateKeys()
	}
	for i := 0; i < len(past) && over > 0; i++ {
		n := past[i].tree.lateKeys()
		if n == 0 {
			continue
		}
		p := *past[i]
		p.tree = p.tree.forget(min(n, over))
		past[i], over = &p, over-n
	}
	return past
}

// lateKeys counts the keys of messages not seen yet.
func (t secretTree) lateKeys() (n int) {
	for _, l := range t.leaves {
		n += len(l.handshake.skipped) + len(l.application.skipped)
	}
	return n
}

// forget drops n keys of messages not seen yet, of each sender the oldest
// first.
func (t secretTree) forget(n int) secretTree {
	out := secretTree{frontier: t.frontier, leaves: make([]*leafRatchet, len(t.leaves))}
	for i, l := range t.leaves {
		kept := *l
		for _, r := range []*ratchet{&kept.handshake, &kept.application} {
			k := min(n, len(r.skipped))
			r.skipped, n = append([]messageKey(nil), r.skipped[k:]...), n-k
		}
		out.leaves[i] = &kept
	}
	return out
}
