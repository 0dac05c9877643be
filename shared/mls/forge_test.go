package mls

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// forgery says how to spoil a Welcome: each step may be nil.
type forgery struct {
	tree    func(*ratchetTree)
	context func(*groupContext)
	info    func(*groupInfo) // before it is signed
	signed  func(*groupInfo)
	secrets func(*groupSecrets)
}

// welcome makes a Welcome to the group of s, to which victim was added just
// now, with everything right but for the forgery.
func (f forgery) welcome(t *testing.T, s *State, victim client) []byte {
	t.Helper()
	c := s.ep.c
	tree, context := s.ep.tree.clone(), s.ep.context
	if f.tree != nil {
		f.tree(tree)
		clear(tree.hashes)
		context.treeHash = tree.rootHash(c)
	}
	if f.context != nil {
		f.context(&context)
	}
	joiner, err := random(rand.Reader, c.nh)
	require.NoError(t, err)
	e := c.epochFromJoiner(joiner, c.zero(), context.encode())
	info := &groupInfo{
		context: context, signer: s.ep.own, confirmationTag: c.mac(e.confirmation, context.transcript),
		extensions: []Extension{{Type: ExtensionRatchetTree, Data: encode(tree.write)}},
	}
	if f.info != nil {
		f.info(info)
	}
	require.NoError(t, info.sign(c, s.ep.sig))
	if f.signed != nil {
		f.signed(info)
	}
	key, nonce := c.welcomeKey(c.welcomeSecret(joiner, c.zero()))
	w := &welcome{suite: c.suite}
	w.info, err = c.provider.Seal(c.suite, key, nonce, nil, encode(info.write))
	require.NoError(t, err)
	gs := groupSecrets{joiner: joiner}
	if f.secrets != nil {
		f.secrets(&gs)
	}
	ct, err := c.sealLabelled(victim.kp.kp.initKey, "Welcome", w.info, encode(gs.write))
	require.NoError(t, err)
	w.secrets = []encryptedSecrets{{ref: victim.kp.Ref(), ct: ct}}
	return message(wireWelcome, 0, w.write)
}

// within fails the test if f takes longer than a forged message may take.
func within(t *testing.T, limit time.Duration, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatal("took too long")
	}
}

// forgeCommit takes a commit of from apart, lets change spoil it before it is
// signed and late after, and protects it again as a PublicMessage.
func forgeCommit(t *testing.T, from *State, p CommitParams, change func(*authenticated), late func(*authenticated)) []byte {
	t.Helper()
	p.Public, p.Now = true, testNow
	cand, err := from.Commit(rand.Reader, p)
	require.NoError(t, err)
	r, _, err := openMessage(cand.Commit)
	require.NoError(t, err)
	a := r.publicMessage().authenticated
	require.NoError(t, r.done())
	if change != nil {
		change(&a)
		a.content.body = encode(func(w *writer) { w.commit(a.content.commit) })
		a.raw = a.content.encode()
		require.NoError(t, a.sign(from.ep.c, from.ep.sig, from.ep.contextRaw))
	}
	if late != nil {
		late(&a)
	}
	return from.groupKeys().protectPublic(&a)
}

// requireRefused checks that a message is refused and changes nothing.
func requireRefused(t *testing.T, s *State, msg []byte) error {
	t.Helper()
	before, err := s.Marshal()
	require.NoError(t, err)
	next, rec, refusal := s.Process(msg, ProcessParams{Now: testNow})
	require.Error(t, refusal)
	require.Nil(t, next)
	require.Zero(t, rec.Epoch)
	after, err := s.Marshal()
	require.NoError(t, err)
	require.Equal(t, before, after, "a refused message changed the state")
	return refusal
}

func newMemberProposal(t *testing.T, s *State, c client, spoil func(*authenticated)) []byte {
	t.Helper()
	prop := Add(c.kp)
	f := &framedContent{
		groupID: s.GroupID(), epoch: s.Epoch(), sender: sender{typ: SenderNewMemberProposal}, typ: contentProposal,
		proposal: prop, body: encode(func(w *writer) { w.proposal(prop) }),
	}
	a := &authenticated{wire: wirePublicMessage, content: f, raw: f.encode()}
	require.NoError(t, a.sign(s.ep.c, c.leaf.SignatureKey, nil))
	if spoil != nil {
		spoil(a)
	}
	m := publicMessage{authenticated: *a}
	return message(wirePublicMessage, 0, m.write)
}

// decoders are all decoders of bytes from outside, by name.
func decoders() map[string]func(*reader) func(*writer) {
	return map[string]func(*reader) func(*writer){
		"tree":       func(r *reader) func(*writer) { return r.ratchetTree().write },
		"secrets":    func(r *reader) func(*writer) { return r.groupSecrets().write },
		"key":        func(r *reader) func(*writer) { return r.keyPackage().write },
		"info":       func(r *reader) func(*writer) { return r.groupInfo().write },
		"welcome":    func(r *reader) func(*writer) { return r.welcome().write },
		"private":    func(r *reader) func(*writer) { return r.privateMessage().write },
		"public":     func(r *reader) func(*writer) { return r.publicMessage().write },
		"extensions": func(r *reader) func(*writer) { e := r.extensions(); return func(w *writer) { w.extensions(e) } },
		"proposal":   func(r *reader) func(*writer) { p := r.proposal(); return func(w *writer) { w.proposal(p) } },
		"commit":     func(r *reader) func(*writer) { c := r.commit(); return func(w *writer) { w.commit(c) } },
		"leaf": func(r *reader) func(*writer) {
			l := r.leafNode()
			return func(w *writer) { l.body(w); w.vec(l.signature) }
		},
	}
}

// spoilRaw changes a byte in the encoding of a key package.
func spoilRaw(k *keyPackage, at int) *keyPackage {
	n := *k
	n.raw = append([]byte(nil), k.raw...)
	n.raw[(at+len(n.raw))%len(n.raw)] ^= 1
	return &n
}

// spoilLeafSignature makes a key package, well signed, around a leaf that is
// not.
func spoilLeafSignature(t *testing.T, c client) *keyPackage {
	t.Helper()
	cipher, err := newCipher(c.kp.Suite(), nil)
	require.NoError(t, err)
	k, leaf := *c.kp.kp, *c.kp.kp.leaf
	leaf.raw = append([]byte(nil), leaf.raw...)
	leaf.raw[len(leaf.raw)-1] ^= 1
	k.leaf = &leaf
	k.signature, err = cipher.sign(c.leaf.SignatureKey, "KeyPackageTBS", k.tbs())
	require.NoError(t, err)
	k.raw = encode(k.write)
	return &k
}
