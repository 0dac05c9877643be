package mls

import "math/bits"

// The array representation of trees, RFC 9420 appendix C. Node 2i is leaf i;
// the trees here always have 2^d leaves and 2^(d+1)-1 nodes.

type nodeIndex uint32

func (l LeafIndex) node() nodeIndex { return nodeIndex(l) * 2 }
func (x nodeIndex) isLeaf() bool    { return x&1 == 0 }
func (x nodeIndex) leaf() LeafIndex { return LeafIndex(x / 2) }

// level is the height of x above the leaves.
func (x nodeIndex) level() int { return bits.TrailingZeros32(^uint32(x)) }

// left and right are the children of a parent node.
func (x nodeIndex) left() nodeIndex  { return x ^ 1<<(x.level()-1) }
func (x nodeIndex) right() nodeIndex { return x ^ 3<<(x.level()-1) }

// parent is the node above x; meaningless for the root.
func (x nodeIndex) parent() nodeIndex {
	k := x.level()
	b := (x >> (k + 1)) & 1
	return (x | 1<<k) ^ b<<(k+1)
}

// sibling is the other child of x's parent; meaningless for the root.
func (x nodeIndex) sibling() nodeIndex {
	p := x.parent()
	if x < p {
		return p.right()
	}
	return p.left()
}

// first and last are the outermost leaf nodes under x.
func (x nodeIndex) first() nodeIndex { return x - (1<<x.level() - 1) }
func (x nodeIndex) last() nodeIndex  { return x + (1<<x.level() - 1) }

// covers tells whether y is x or under x.
func (x nodeIndex) covers(y nodeIndex) bool { return y >= x.first() && y <= x.last() }

// rootOf is the root of a tree with leaves (a power of two) leaves.
func rootOf(leaves uint32) nodeIndex { return nodeIndex(leaves - 1) }

// commonAncestor is the lowest node that covers both leaves.
func commonAncestor(a, b LeafIndex) nodeIndex {
	x := a.node()
	for !x.covers(b.node()) {
		x = x.parent()
	}
	return x
}
