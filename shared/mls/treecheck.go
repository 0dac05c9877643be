package mls

import (
	"bytes"
	"slices"
)

// treeChecks are the inputs to a check of a whole tree.
type treeChecks struct {
	groupID  []byte
	context  []Extension
	now      int64
	validate func(LeafInfo) error
	limits   Limits
}

// checkTree applies RFC 9420 section 12.4.3.1 to a tree from outside: every
// leaf, every parent hash, unmerged leaves and the uniqueness of keys.
func checkTree(c *suiteCipher, t *ratchetTree, k treeChecks) error {
	err := k.limits.checkTreeSize(t)
	var filled []LeafIndex
	t.eachLeaf(func(i LeafIndex, l *leafNode) {
		filled = append(filled, i)
		if err == nil {
			err = k.limits.checkLeafSize(l)
		}
	})
	if err != nil {
		return err
	}
	err = each(len(filled), func(i int) error {
		return checkLeaf(c, t.leaf(filled[i]), k.groupID, filled[i], k.context)
	})
	if err != nil {
		return err
	}
	t.eachLeaf(func(i LeafIndex, l *leafNode) {
		if err != nil {
			return
		}
		// A lifetime that is over only says that the member joined long ago.
		if l.source == sourceKeyPackage && l.lifetime.NotBefore > uint64(max(k.now, 0)) {
			err = invalid("leaf is not valid yet")
			return
		}
		if k.validate != nil && k.validate(l.info(i)) != nil {
			err = invalid("credential was refused")
		}
	})
	if err != nil {
		return err
	}
	if err := checkUnmerged(t); err != nil {
		return err
	}
	if err := checkParentHashes(c, t); err != nil {
		return err
	}
	for _, n := range t.nodes {
		if n.parent != nil && c.provider.CheckPublicKey(c.suite, n.parent.encryptionKey) != nil {
			return invalid("parent encryption key is malformed")
		}
	}
	return checkMembers(t)
}

// checkUnmerged checks that unmerged leaves exist and are known to every
// parent between.
func checkUnmerged(t *ratchetTree) error {
	for x := 1; x < len(t.nodes); x += 2 {
		p := t.nodes[x].parent
		if p == nil {
			continue
		}
		for _, l := range p.unmerged {
			if t.leaf(l) == nil {
				return invalid("unmerged leaf is blank")
			}
			for y := l.node().parent(); y != nodeIndex(x); y = y.parent() {
				if q := t.nodes[y].parent; q != nil {
					if _, found := slices.BinarySearch(q.unmerged, l); !found {
						return invalid("unmerged leaf is missing in a parent between")
					}
				}
			}
		}
	}
	return nil
}

// checkParentHashes checks that each parent is chained to exactly one node
// below it (section 7.9.2).
func checkParentHashes(c *suiteCipher, t *ratchetTree) error {
	for i := 1; i < len(t.nodes); i += 2 {
		x := nodeIndex(i)
		p := t.nodes[x].parent
		if p == nil {
			continue
		}
		links := parentLinks(c, t, p, x.left(), x.right()) + parentLinks(c, t, p, x.right(), x.left())
		if links != 1 {
			return invalid("parent hash does not chain")
		}
	}
	return nil
}

// parentLinks counts the nodes under child, 0 or 1, that are valid with
// respect to p.
func parentLinks(c *suiteCipher, t *ratchetTree, p *parentNode, child, sibling nodeIndex) int {
	res := t.resolution(child)
	unmerged := under(p.unmerged, child)
	if len(res) != len(unmerged)+1 {
		return 0
	}
	// All of the resolution but one node must be the unmerged leaves.
	res = slices.DeleteFunc(res, func(y nodeIndex) bool {
		_, found := slices.BinarySearch(unmerged, y.leaf())
		return y.isLeaf() && found
	})
	if len(res) != 1 {
		return 0
	}
	var have []byte
	switch n := t.nodes[res[0]]; {
	case n.parent != nil:
		have = n.parent.parentHash
	case n.leaf.source == sourceCommit:
		have = n.leaf.parentHash
	default:
		return 0
	}
	if !bytes.Equal(have, t.parentHash(c, p, sibling)) {
		return 0
	}
	return 1
}

// checkMembers checks what the leaves and parents demand of each other: keys
// are unique, and every member supports every credential type in use.
func checkMembers(t *ratchetTree) error {
	keys := make(map[string]struct{}, len(t.nodes))
	signatures := make(map[string]struct{}, len(t.nodes)/2+1)
	var types []uint16
	for _, n := range t.nodes {
		if n.blank() {
			continue
		}
		if !insert(keys, n.encryptionKey()) {
			return invalid("encryption key occurs twice")
		}
		if n.leaf == nil {
			continue
		}
		if !insert(signatures, n.leaf.signatureKey) {
			return invalid("signature key occurs twice")
		}
		if !contains16(types, n.leaf.credential.Type) {
			types = append(types, n.leaf.credential.Type)
		}
	}
	var err error
	t.eachLeaf(func(_ LeafIndex, l *leafNode) {
		for _, typ := range types {
			if !contains16(l.capabilities.Credentials, typ) {
				err = invalid("member does not support a credential type in use")
			}
		}
	})
	return err
}

func insert(set map[string]struct{}, key []byte) bool {
	if _, dup := set[string(key)]; dup {
		return false
	}
	set[string(key)] = struct{}{}
	return true
}
