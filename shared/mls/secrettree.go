package mls

import (
	"math"
	"slices"
)

// Limits of the message ratchets.
const (
	// MaxSkippedKeys is how many keys of messages not yet seen are kept for
	// each sender, epoch and kind; older ones are erased first.
	MaxSkippedKeys = 1000
	// MaxGenerationJump is how far ahead of the newest known generation a
	// message may be.
	MaxGenerationJump = 10000
)

// secretTree is the secret tree of an epoch (RFC 9420 section 9), a value.
// frontier holds the node secrets not expanded yet, no node above another;
// leaves holds the ratchets of the senders expanded so far.
type secretTree struct {
	frontier []treeSecret   // ascending by node
	leaves   []*leafRatchet // ascending by leaf
}

type treeSecret struct {
	node   nodeIndex
	secret []byte
}

// leafRatchet are one sender's two ratchets, immutable.
type leafRatchet struct {
	leaf        LeafIndex
	handshake   ratchet
	application ratchet
}

// ratchet is a hash ratchet: secret yields generation next and those after
// it; skipped are keys of earlier generations, ascending.
type ratchet struct {
	secret  []byte // nil once a past epoch needs it no more
	next    uint32
	skipped []messageKey
}

// messageKey is the key of one message.
type messageKey struct {
	generation uint32
	key, nonce []byte
}

func newSecretTree(encryptionSecret []byte, leaves uint32) secretTree {
	return secretTree{frontier: []treeSecret{{node: rootOf(leaves), secret: encryptionSecret}}}
}

// sender returns the ratchets of a leaf, expanding the tree down to it. The
// result is a tree without any secret from which they could be derived again.
func (t secretTree) sender(c *suiteCipher, leaf LeafIndex) (secretTree, *leafRatchet, error) {
	i, found := t.find(leaf)
	if found {
		return t, t.leaves[i], nil
	}
	at := slices.IndexFunc(t.frontier, func(s treeSecret) bool { return s.node.covers(leaf.node()) })
	if at < 0 {
		return t, nil, ErrReplay
	}
	node := t.frontier[at]
	var left, right []treeSecret // siblings passed on the way down
	for node.node != leaf.node() {
		l := treeSecret{node: node.node.left(), secret: c.expandWithLabel(node.secret, "tree", []byte("left"), c.nh)}
		r := treeSecret{node: node.node.right(), secret: c.expandWithLabel(node.secret, "tree", []byte("right"), c.nh)}
		if l.node.covers(leaf.node()) {
			node, right = l, append(right, r)
		} else {
			node, left = r, append(left, l)
		}
	}
	slices.Reverse(right)
	n := secretTree{frontier: slices.Concat(t.frontier[:at], left, right, t.frontier[at+1:])}
	lr := &leafRatchet{
		leaf:        leaf,
		handshake:   ratchet{secret: c.expandWithLabel(node.secret, "handshake", nil, c.nh)},
		application: ratchet{secret: c.expandWithLabel(node.secret, "application", nil, c.nh)},
	}
	n.leaves = slices.Insert(slices.Clone(t.leaves), i, lr)
	return n, lr, nil
}

func (t secretTree) find(leaf LeafIndex) (int, bool) {
	return slices.BinarySearchFunc(t.leaves, leaf, func(l *leafRatchet, leaf LeafIndex) int { return int(l.leaf) - int(leaf) })
}

// with replaces one sender's ratchet.
func (t secretTree) with(lr *leafRatchet, handshake bool, r ratchet) secretTree {
	n := *lr
	if handshake {
		n.handshake = r
	} else {
		n.application = r
	}
	i, _ := t.find(lr.leaf)
	t.leaves = slices.Clone(t.leaves)
	t.leaves[i] = &n
	return t
}

func (l *leafRatchet) of(handshake bool) ratchet {
	if handshake {
		return l.handshake
	}
	return l.application
}

// nextKey takes the next key of a sender, which must be this member.
func (t secretTree) nextKey(c *suiteCipher, leaf LeafIndex, handshake bool) (secretTree, messageKey, error) {
	t, lr, err := t.sender(c, leaf)
	if err != nil {
		return t, messageKey{}, err
	}
	r := lr.of(handshake)
	if r.secret == nil || r.next == math.MaxUint32 {
		return t, messageKey{}, ErrExhausted
	}
	var k messageKey
	r, k = r.step(c)
	return t.with(lr, handshake, r), k, nil
}

// keyFor takes the key of one generation of a sender. Keys between are kept
// for messages that arrive late.
func (t secretTree) keyFor(c *suiteCipher, leaf LeafIndex, handshake bool, generation uint32) (secretTree, messageKey, error) {
	t, lr, err := t.sender(c, leaf)
	if err != nil {
		return t, messageKey{}, err
	}
	r := lr.of(handshake)
	if generation < r.next {
		i, found := slices.BinarySearchFunc(r.skipped, generation, func(k messageKey, g uint32) int {
			switch {
			case k.generation < g:
				return -1
			case k.generation > g:
				return 1
			}
			return 0
		})
		if !found {
			return t, messageKey{}, ErrReplay
		}
		k := r.skipped[i]
		r.skipped = slices.Concat(r.skipped[:i], r.skipped[i+1:])
		return t.with(lr, handshake, r), k, nil
	}
	if r.secret == nil {
		return t, messageKey{}, ErrReplay
	}
	if generation-r.next > MaxGenerationJump || generation == math.MaxUint32 {
		return t, messageKey{}, invalid("generation jumps too far")
	}
	if generation > r.next {
		r.skipped = slices.Clone(r.skipped)
	}
	var k messageKey
	for r.next < generation {
		if generation-r.next > MaxSkippedKeys {
			r.secret, r.next = c.deriveTreeSecret(r.secret, "secret", r.next, c.nh), r.next+1
			continue
		}
		r, k = r.step(c)
		r.skipped = append(r.skipped, k)
	}
	if over := len(r.skipped) - MaxSkippedKeys; over > 0 {
		r.skipped = slices.Clone(r.skipped[over:])
	}
	r, k = r.step(c)
	return t.with(lr, handshake, r), k, nil
}

// step derives the key of generation next and moves on.
func (r ratchet) step(c *suiteCipher) (ratchet, messageKey) {
	k := messageKey{
		generation: r.next,
		key:        c.deriveTreeSecret(r.secret, "key", r.next, c.nk),
		nonce:      c.deriveTreeSecret(r.secret, "nonce", r.next, c.nn),
	}
	r.secret = c.deriveTreeSecret(r.secret, "secret", r.next, c.nh)
	r.next++
	return r, k
}

// receiveOnly is the tree of an epoch that has ended: nothing is sent in it
// any more and no handshake message of it accepted, so those keys go.
func (t secretTree) receiveOnly(c *suiteCipher, own LeafIndex) secretTree {
	// Expanding the own leaf takes it out of the frontier.
	if n, _, err := t.sender(c, own); err == nil {
		t = n
	}
	out := secretTree{frontier: t.frontier}
	for _, l := range t.leaves {
		if l.leaf == own {
			continue
		}
		out.leaves = append(out.leaves, &leafRatchet{leaf: l.leaf, application: l.application})
	}
	return out
}
