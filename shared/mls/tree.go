package mls

import (
	"bytes"
	"math/bits"
	"slices"
)

// parentNode is ParentNode of RFC 9420 section 7.1, immutable.
type parentNode struct {
	encryptionKey []byte
	parentHash    []byte
	unmerged      []LeafIndex // ascending
}

// treeNode is a node of the ratchet tree; both fields nil is a blank.
type treeNode struct {
	leaf   *leafNode
	parent *parentNode
}

func (n treeNode) blank() bool { return n.leaf == nil && n.parent == nil }

func (n treeNode) encryptionKey() []byte {
	if n.leaf != nil {
		return n.leaf.encryptionKey
	}
	return n.parent.encryptionKey
}

// ratchetTree is the public tree (RFC 9420 sections 4 and 7). Nodes are
// shared between copies; the methods that change a tree are called only on a
// copy made by clone that nobody else holds.
type ratchetTree struct {
	nodes  []treeNode // 2^(d+1)-1 of them
	hashes [][]byte   // cached tree hashes, nil where unknown
}

func newTree(leaf *leafNode) *ratchetTree {
	return &ratchetTree{nodes: []treeNode{{leaf: leaf}}, hashes: make([][]byte, 1)}
}

func (t *ratchetTree) clone() *ratchetTree {
	return &ratchetTree{nodes: slices.Clone(t.nodes), hashes: slices.Clone(t.hashes)}
}

func (t *ratchetTree) leaves() uint32  { return uint32(len(t.nodes)+1) / 2 }
func (t *ratchetTree) root() nodeIndex { return rootOf(t.leaves()) }

// leaf returns the leaf at i, nil if it is blank or outside the tree.
func (t *ratchetTree) leaf(i LeafIndex) *leafNode {
	if uint32(i) >= t.leaves() {
		return nil
	}
	return t.nodes[i.node()].leaf
}

// eachLeaf calls f for every member.
func (t *ratchetTree) eachLeaf(f func(LeafIndex, *leafNode)) {
	for x := 0; x < len(t.nodes); x += 2 {
		if l := t.nodes[x].leaf; l != nil {
			f(LeafIndex(x/2), l)
		}
	}
}

// set replaces a node and forgets the hashes above it.
func (t *ratchetTree) set(x nodeIndex, n treeNode) {
	t.nodes[x] = n
	for root := t.root(); ; x = x.parent() {
		t.hashes[x] = nil
		if x == root {
			return
		}
	}
}

// blankPath blanks the parents above a leaf.
func (t *ratchetTree) blankPath(i LeafIndex) {
	x := i.node()
	for root := t.root(); ; x = x.parent() {
		if !x.isLeaf() {
			t.nodes[x] = treeNode{}
		}
		t.hashes[x] = nil
		if x == root {
			return
		}
	}
}

// add puts a leaf at the leftmost blank and returns where (section 12.1.1).
func (t *ratchetTree) add(l *leafNode) (LeafIndex, error) {
	i, err := t.freeLeaf()
	if err != nil {
		return 0, err
	}
	t.set(i.node(), treeNode{leaf: l})
	for x := i.node(); x != t.root(); {
		x = x.parent()
		if p := t.nodes[x].parent; p != nil {
			n := *p
			at, _ := slices.BinarySearch(p.unmerged, i)
			n.unmerged = slices.Insert(slices.Clone(p.unmerged), at, i)
			t.nodes[x].parent = &n
		}
	}
	return i, nil
}

// freeLeaf finds the leftmost blank leaf, extending the tree if there is none.
func (t *ratchetTree) freeLeaf() (LeafIndex, error) {
	for x := 0; x < len(t.nodes); x += 2 {
		if t.nodes[x].blank() {
			return LeafIndex(x / 2), nil
		}
	}
	n := t.leaves()
	if 2*n > MaxMembers {
		return 0, invalid("too many members")
	}
	t.nodes = append(t.nodes, make([]treeNode, 2*n)...)
	t.hashes = append(t.hashes, make([][]byte, 2*n)...)
	return LeafIndex(n), nil
}

// update replaces a member's leaf (section 12.1.2).
func (t *ratchetTree) update(i LeafIndex, l *leafNode) {
	t.blankPath(i)
	t.nodes[i.node()] = treeNode{leaf: l}
}

// remove blanks a member's leaf (section 12.1.3); truncate follows.
func (t *ratchetTree) remove(i LeafIndex) {
	t.blankPath(i)
	t.nodes[i.node()] = treeNode{}
}

// truncate drops the right half while it is blank.
func (t *ratchetTree) truncate() {
	for t.leaves() > 1 {
		half := t.nodes[t.leaves():]
		for x := 0; x < len(half); x += 2 {
			if !half[x].blank() {
				return
			}
		}
		n := t.leaves() - 1
		clear(t.nodes[n:])
		t.nodes = t.nodes[:n]
		t.hashes = t.hashes[:n]
	}
}

// resolution lists the nodes that cover the members under x (section 4.1.1).
func (t *ratchetTree) resolution(x nodeIndex) []nodeIndex {
	return t.appendResolution(nil, x)
}

func (t *ratchetTree) appendResolution(out []nodeIndex, x nodeIndex) []nodeIndex {
	n := t.nodes[x]
	if n.leaf != nil {
		return append(out, x)
	}
	if n.parent != nil {
		out = append(out, x)
		for _, l := range n.parent.unmerged {
			out = append(out, l.node())
		}
		return out
	}
	if x.isLeaf() {
		return out
	}
	return t.appendResolution(t.appendResolution(out, x.left()), x.right())
}

// occupied tells whether the resolution of x is non-empty.
func (t *ratchetTree) occupied(x nodeIndex) bool {
	if !t.nodes[x].blank() {
		return true
	}
	if x.isLeaf() {
		return false
	}
	return t.occupied(x.left()) || t.occupied(x.right())
}

// pathStep is a node of a filtered direct path with its copath child.
type pathStep struct{ node, copath nodeIndex }

// filteredPath lists the parents above a leaf, bottom up, without those whose
// copath child has an empty resolution (section 4.1.2).
func (t *ratchetTree) filteredPath(i LeafIndex) []pathStep {
	var out []pathStep
	for x := i.node(); x != t.root(); x = x.parent() {
		if s := x.sibling(); t.occupied(s) {
			out = append(out, pathStep{node: x.parent(), copath: s})
		}
	}
	return out
}

// hash is the tree hash of x (section 7.8).
func (t *ratchetTree) hash(c *suiteCipher, x nodeIndex) []byte {
	if h := t.hashes[x]; h != nil {
		return h
	}
	var left, right []byte
	if !x.isLeaf() {
		left, right = t.hash(c, x.left()), t.hash(c, x.right())
	}
	h := hashNode(c, x, t.nodes[x], left, right)
	t.hashes[x] = h
	return h
}

func (t *ratchetTree) rootHash(c *suiteCipher) []byte { return t.hash(c, t.root()) }

func hashNode(c *suiteCipher, x nodeIndex, n treeNode, left, right []byte) []byte {
	var w writer
	if x.isLeaf() {
		w.u8(nodeTypeLeaf)
		w.u32(uint32(x.leaf()))
		w.optional(n.leaf != nil)
		if n.leaf != nil {
			w.raw(n.leaf.raw)
		}
	} else {
		w.u8(nodeTypeParent)
		w.optional(n.parent != nil)
		if n.parent != nil {
			w.parentNode(n.parent)
		}
		w.vec(left)
		w.vec(right)
	}
	return c.hash(w.b)
}

// hashWithout is the tree hash of x as it was before the leaves in without
// were added (section 7.9). without is ascending.
func (t *ratchetTree) hashWithout(c *suiteCipher, x nodeIndex, without []LeafIndex) []byte {
	without = under(without, x)
	if len(without) == 0 {
		return t.hash(c, x)
	}
	if x.isLeaf() {
		return hashNode(c, x, treeNode{}, nil, nil)
	}
	n := t.nodes[x]
	if n.parent != nil {
		p := *n.parent
		p.unmerged = slices.DeleteFunc(slices.Clone(p.unmerged), func(l LeafIndex) bool {
			_, found := slices.BinarySearch(without, l)
			return found
		})
		n.parent = &p
	}
	return hashNode(c, x, n, t.hashWithout(c, x.left(), without), t.hashWithout(c, x.right(), without))
}

// under is the part of an ascending list of leaves that lies under x.
func under(list []LeafIndex, x nodeIndex) []LeafIndex {
	lo, _ := slices.BinarySearch(list, x.first().leaf())
	hi, found := slices.BinarySearch(list, x.last().leaf())
	if found {
		hi++
	}
	return list[lo:hi]
}

// parentHash is the parent hash of p with copath child s (section 7.9).
func (t *ratchetTree) parentHash(c *suiteCipher, p *parentNode, s nodeIndex) []byte {
	return c.hash(encode(func(w *writer) {
		w.vec(p.encryptionKey)
		w.vec(p.parentHash)
		w.vec(t.hashWithout(c, s, p.unmerged))
	}))
}

const (
	nodeTypeLeaf   uint8 = 1
	nodeTypeParent uint8 = 2
)

func (w *writer) parentNode(p *parentNode) {
	w.vec(p.encryptionKey)
	w.vec(p.parentHash)
	w.varint(4 * len(p.unmerged))
	for _, l := range p.unmerged {
		w.u32(uint32(l))
	}
}

func (r *reader) parentNode() *parentNode {
	p := &parentNode{encryptionKey: r.vec(), parentHash: r.vec()}
	s := r.sub()
	for s.err == nil && len(s.b) > 0 {
		l := LeafIndex(s.u32())
		if n := len(p.unmerged); n > 0 && p.unmerged[n-1] >= l {
			s.fail("unmerged leaves not ascending")
		}
		if l >= MaxMembers {
			s.fail("unmerged leaf out of range")
		}
		p.unmerged = append(p.unmerged, l)
	}
	if s.err != nil && r.err == nil {
		r.err, r.b = s.err, nil
	}
	return p
}

// write encodes the tree as the ratchet_tree extension does (section
// 12.4.3.3).
func (t *ratchetTree) write(w *writer) {
	end := len(t.nodes)
	for end > 0 && t.nodes[end-1].blank() {
		end--
	}
	w.nested(func(w *writer) {
		for _, n := range t.nodes[:end] {
			switch {
			case n.leaf != nil:
				w.u8(1)
				w.u8(nodeTypeLeaf)
				w.raw(n.leaf.raw)
			case n.parent != nil:
				w.u8(1)
				w.u8(nodeTypeParent)
				w.parentNode(n.parent)
			default:
				w.u8(0)
			}
		}
	})
}

// ratchetTree decodes a tree; its form is checked, its meaning is not.
func (r *reader) ratchetTree() *ratchetTree {
	t := &ratchetTree{}
	r.list(2*bounded(r.limits.Leaves, MaxMembers)-1, func(r *reader) {
		var n treeNode
		if r.optional() {
			leafPosition := len(t.nodes)%2 == 0
			switch r.u8() {
			case nodeTypeLeaf:
				if !leafPosition {
					r.fail("leaf in the place of a parent")
				}
				n.leaf = r.leafNode()
			case nodeTypeParent:
				if leafPosition {
					r.fail("parent in the place of a leaf")
				}
				n.parent = r.parentNode()
			default:
				r.fail("bad node type")
			}
		}
		t.nodes = append(t.nodes, n)
	})
	if r.err != nil {
		return t
	}
	if len(t.nodes) == 0 || t.nodes[len(t.nodes)-1].blank() {
		r.fail("ratchet tree ends in a blank")
		return t
	}
	full := 1<<bits.Len(uint(len(t.nodes))) - 1
	t.nodes = append(t.nodes, make([]treeNode, full-len(t.nodes))...)
	t.hashes = make([][]byte, full)
	for x, n := range t.nodes {
		if n.parent != nil && len(under(n.parent.unmerged, nodeIndex(x))) != len(n.parent.unmerged) {
			r.fail("unmerged leaf out of range")
		}
	}
	return t
}

// findLeaf finds the leaf with exactly this encoding.
func (t *ratchetTree) findLeaf(l *leafNode) (LeafIndex, bool) {
	for x := 0; x < len(t.nodes); x += 2 {
		if n := t.nodes[x].leaf; n != nil && bytes.Equal(n.raw, l.raw) {
			return LeafIndex(x / 2), true
		}
	}
	return 0, false
}
