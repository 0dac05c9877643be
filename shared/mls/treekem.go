package mls

import (
	"bytes"
	"io"
	"slices"
	"sort"
)

// updatePath is UpdatePath of RFC 9420 section 7.6.
type updatePath struct {
	leaf  *leafNode
	nodes []updatePathNode
}

type updatePathNode struct {
	encryptionKey []byte
	secrets       []hpkeCiphertext
}

func (r *reader) updatePath() *updatePath {
	p := &updatePath{leaf: r.leafNode()}
	room := MaxMembers // each member gets at most one secret
	r.list(32, func(r *reader) {
		n := updatePathNode{encryptionKey: r.vec()}
		r.list(room, func(r *reader) { n.secrets = append(n.secrets, r.hpkeCiphertext()) })
		room -= len(n.secrets)
		p.nodes = append(p.nodes, n)
	})
	return p
}

func (w *writer) updatePath(p *updatePath) {
	w.raw(p.leaf.raw)
	w.nested(func(w *writer) {
		for _, n := range p.nodes {
			w.vec(n.encryptionKey)
			w.nested(func(w *writer) {
				for _, s := range n.secrets {
					w.hpkeCiphertext(s)
				}
			})
		}
	})
}

// nodeKey is the private key of a node this member knows.
type nodeKey struct {
	node    nodeIndex
	private []byte
}

// nodeKeys are a member's private keys, ascending by node; a value.
type nodeKeys []nodeKey

func (k nodeKeys) get(x nodeIndex) []byte {
	i, found := slices.BinarySearchFunc(k, x, func(e nodeKey, x nodeIndex) int { return int(e.node) - int(x) })
	if !found {
		return nil
	}
	return k[i].private
}

// with returns k with the keys in add set and those for which drop holds gone.
func (k nodeKeys) with(add nodeKeys, drop func(nodeIndex) bool) nodeKeys {
	out := make(nodeKeys, 0, len(k)+len(add))
	for _, e := range k {
		if add.has(e.node) || drop != nil && drop(e.node) {
			continue
		}
		out = append(out, e)
	}
	out = append(out, add...)
	sort.Slice(out, func(i, j int) bool { return out[i].node < out[j].node })
	return out
}

func (k nodeKeys) has(x nodeIndex) bool {
	return slices.ContainsFunc(k, func(e nodeKey) bool { return e.node == x })
}

// pathResult is what making or opening an UpdatePath yields.
type pathResult struct {
	keys         nodeKeys // of the path's nodes, and of the leaf for its maker
	commitSecret []byte
	// secrets are the path secrets by node, for Welcomes; the maker's only.
	secrets []pathSecret
}

type pathSecret struct {
	node   nodeIndex
	secret []byte
}

// erase wipes the secrets that no state keeps.
func (p pathResult) erase() {
	clear(p.commitSecret)
	for _, s := range p.secrets {
		clear(s.secret)
	}
}

// pathSecretOf finds the path secret of a node, nil if there is none.
func (p pathResult) pathSecretOf(x nodeIndex) []byte {
	for _, s := range p.secrets {
		if s.node == x {
			return s.secret
		}
	}
	return nil
}

func (c *suiteCipher) nodeKeyPair(pathSecret []byte) (private, public []byte, err error) {
	secret := c.deriveSecret(pathSecret, "node")
	defer clear(secret)
	return c.provider.DeriveKeyPair(c.suite, secret)
}

// nodeKeyPairs is nodeKeyPair of many, in their order.
func (c *suiteCipher) nodeKeyPairs(secrets []pathSecret) (nodeKeys, [][]byte, error) {
	keys, publics := make(nodeKeys, len(secrets)), make([][]byte, len(secrets))
	err := each(len(secrets), func(i int) error {
		private, public, err := c.nodeKeyPair(secrets[i].secret)
		keys[i], publics[i] = nodeKey{node: secrets[i].node, private: private}, public
		return err
	})
	return keys, publics, err
}

// mergePath writes a path's public keys into t, on which the proposals have
// been applied, and sets their parent hashes. It returns the parent hash the
// sender's leaf must carry (sections 7.5 and 7.9).
func mergePath(c *suiteCipher, t *ratchetTree, sender LeafIndex, steps []pathStep, keys [][]byte) []byte {
	t.blankPath(sender)
	var above []byte
	for i := len(steps) - 1; i >= 0; i-- {
		p := &parentNode{encryptionKey: keys[i], parentHash: above}
		t.set(steps[i].node, treeNode{parent: p})
		above = t.parentHash(c, p, steps[i].copath)
	}
	return above
}

// newPath gives the sender fresh keys up to the root: t is changed to hold
// them. leaf is the sender's next leaf but for keys, hash and signature.
func newPath(rand io.Reader, c *suiteCipher, t *ratchetTree, sender LeafIndex, leaf *leafNode, key SignatureKey, groupID []byte) (*updatePath, pathResult, error) {
	steps := t.filteredPath(sender)
	secret, err := random(rand, c.nh)
	if err != nil {
		return nil, pathResult{}, err
	}
	var res pathResult
	for _, step := range steps {
		res.secrets = append(res.secrets, pathSecret{node: step.node, secret: secret})
		secret = c.deriveSecret(secret, "path")
	}
	res.commitSecret = secret
	keys, publics, err := c.nodeKeyPairs(res.secrets)
	if err != nil {
		return nil, pathResult{}, err
	}
	private, public, err := c.newKeyPair(rand)
	if err != nil {
		return nil, pathResult{}, err
	}
	res.keys = append(keys, nodeKey{node: sender.node(), private: private})
	leaf = leaf.successor(public, sourceCommit)
	leaf.parentHash = mergePath(c, t, sender, steps, publics)
	if err := leaf.sign(c, key, groupID, sender); err != nil {
		return nil, pathResult{}, err
	}
	t.set(sender.node(), treeNode{leaf: leaf})
	path := &updatePath{leaf: leaf}
	for _, p := range publics {
		path.nodes = append(path.nodes, updatePathNode{encryptionKey: p})
	}
	return path, res, nil
}

// encryptPath fills in the ciphertexts of a path made by newPath. t holds the
// path already; members in added learn their secrets from the Welcome.
func encryptPath(c *suiteCipher, t *ratchetTree, sender LeafIndex, path *updatePath, res pathResult, added []LeafIndex, context []byte) error {
	type letter struct {
		public, secret []byte
		to             *hpkeCiphertext
	}
	var letters []letter
	for i, step := range t.filteredPath(sender) {
		to := recipients(t, step.copath, added)
		path.nodes[i].secrets = make([]hpkeCiphertext, len(to))
		for j, y := range to {
			letters = append(letters, letter{t.nodes[y].encryptionKey(), res.secrets[i].secret, &path.nodes[i].secrets[j]})
		}
	}
	return each(len(letters), func(i int) (err error) {
		l := letters[i]
		*l.to, err = c.sealLabelled(l.public, "UpdatePathNode", context, l.secret)
		return err
	})
}

// recipients is the resolution of x without the members just added.
func recipients(t *ratchetTree, x nodeIndex, added []LeafIndex) []nodeIndex {
	res := t.resolution(x)
	if len(added) == 0 {
		return res
	}
	return slices.DeleteFunc(res, func(y nodeIndex) bool {
		return y.isLeaf() && slices.Contains(added, y.leaf())
	})
}

// applyPath merges a received path into t after checking its shape and the
// parent hash of its leaf. The leaf itself was checked by the caller.
func applyPath(c *suiteCipher, t *ratchetTree, sender LeafIndex, path *updatePath) error {
	steps := t.filteredPath(sender)
	if len(steps) != len(path.nodes) {
		return invalid("path has a wrong length")
	}
	publics := make([][]byte, len(steps))
	for i, n := range path.nodes {
		if c.provider.CheckPublicKey(c.suite, n.encryptionKey) != nil {
			return invalid("path key is malformed")
		}
		publics[i] = n.encryptionKey
	}
	want := mergePath(c, t, sender, steps, publics)
	if !bytes.Equal(want, path.leaf.parentHash) {
		return invalid("parent hash of the path is wrong")
	}
	t.set(sender.node(), treeNode{leaf: path.leaf})
	return nil
}

// openPath decrypts a merged path for the member at own, whose keys are keys.
func openPath(c *suiteCipher, t *ratchetTree, own, sender LeafIndex, path *updatePath, keys nodeKeys, added []LeafIndex, context []byte) (pathResult, error) {
	steps := t.filteredPath(sender)
	var secrets []pathSecret
	defer func() {
		for _, s := range secrets {
			clear(s.secret)
		}
	}()
	var secret []byte
	first := len(steps) // whose secret this member can open
	for i, step := range steps {
		to := recipients(t, step.copath, added)
		if len(to) != len(path.nodes[i].secrets) {
			return pathResult{}, invalid("path has a wrong number of secrets")
		}
		if secret == nil && step.copath.covers(own.node()) {
			opened, err := openPathSecret(c, to, path.nodes[i].secrets, keys, context)
			if err != nil {
				return pathResult{}, err
			}
			if len(opened) != c.nh {
				return pathResult{}, invalid("path secret has a wrong size")
			}
			secret, first = opened, i
		}
		if secret != nil {
			secrets = append(secrets, pathSecret{node: step.node, secret: secret})
			secret = c.deriveSecret(secret, "path")
		}
	}
	if secret == nil {
		return pathResult{}, invalid("path does not reach this member")
	}
	keys, publics, err := c.nodeKeyPairs(secrets)
	if err != nil {
		return pathResult{}, err
	}
	for i, public := range publics {
		if !bytes.Equal(public, path.nodes[first+i].encryptionKey) {
			return pathResult{}, invalid("path secret does not match its key")
		}
	}
	return pathResult{keys: keys, commitSecret: secret}, nil
}

func openPathSecret(c *suiteCipher, to []nodeIndex, secrets []hpkeCiphertext, keys nodeKeys, context []byte) ([]byte, error) {
	for j, y := range to {
		if private := keys.get(y); private != nil {
			return c.openLabelled(private, "UpdatePathNode", context, secrets[j])
		}
	}
	return nil, invalid("path is not encrypted to this member")
}

// keysFromWelcome derives the private keys above a new member from the path
// secret in its Welcome, which it erases (section 12.4.3.1).
func keysFromWelcome(c *suiteCipher, t *ratchetTree, own, signer LeafIndex, secret []byte) (nodeKeys, error) {
	var secrets []pathSecret
	defer func() {
		for _, s := range secrets {
			clear(s.secret)
		}
		clear(secret)
	}()
	start := commonAncestor(own, signer)
	started := false
	for _, step := range t.filteredPath(signer) {
		if step.node == start {
			started = true
		}
		if !started {
			continue
		}
		secrets = append(secrets, pathSecret{node: step.node, secret: secret})
		secret = c.deriveSecret(secret, "path")
	}
	if !started {
		return nil, invalid("path secret has no place in the tree")
	}
	keys, publics, err := c.nodeKeyPairs(secrets)
	if err != nil {
		return nil, err
	}
	for i, s := range secrets {
		n := t.nodes[s.node]
		if n.parent == nil || !bytes.Equal(publics[i], n.parent.encryptionKey) {
			return nil, invalid("path secret does not match the tree")
		}
	}
	return keys, nil
}
