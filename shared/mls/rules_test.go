package mls

import (
	"crypto/rand"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// leafRules are ways to break a leaf, each with the rule that must catch it.
// They are applied before the leaf is signed.
var leafRules = map[string]struct {
	spoil func(*leafNode)
	want  string
}{
	"version":            {func(l *leafNode) { l.capabilities.Versions = []uint16{2} }, "does not support the version"},
	"suite":              {func(l *leafNode) { l.capabilities.Suites = []Suite{0xfafa} }, "does not support the suite"},
	"credential type":    {func(l *leafNode) { l.capabilities.Credentials = []uint16{X509Credential} }, "its own credential type"},
	"unlisted extension": {func(l *leafNode) { l.extensions = []Extension{{Type: 0xf00d}} }, "extension it does not list"},
	"extension twice": {func(l *leafNode) {
		l.capabilities.Extensions = []uint16{0xf00d}
		l.extensions = []Extension{{Type: 0xf00d}, {Type: 0xf00d}}
	}, "extension occurs twice"},
	"malformed key": {func(l *leafNode) { l.encryptionKey = l.encryptionKey[1:] }, "encryption key is malformed"},
}

func TestLeafRulesOfUpdates(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	mallory := group[1]
	rules := map[string]struct {
		spoil func(*leafNode)
		want  string
	}{
		"old key":            {func(l *leafNode) { l.encryptionKey = mallory.ep.tree.leaf(1).encryptionKey }, "keeps the old key"},
		"source":             {func(l *leafNode) { l.source, l.parentHash = sourceCommit, []byte{} }, "wrong source"},
		"refused credential": {func(l *leafNode) { l.credential = Basic([]byte("admin")) }, "credential was refused"},
	}
	for name, r := range leafRules {
		rules[name] = r
	}
	victim := *group[0]
	victim.cfg.ValidateCredential = func(l LeafInfo) error {
		require.Equal(t, LeafIndex(1), l.Index)
		if string(l.Credential.Identity) == "admin" {
			return errors.New("not the admin")
		}
		return nil
	}
	send := func(spoil func(*leafNode), index LeafIndex) []byte {
		prop, err := mallory.signUpdate(rand.Reader, Update(nil), &pendingProposal{})
		require.NoError(t, err)
		if spoil != nil {
			spoil(prop.leaf)
		}
		require.NoError(t, prop.leaf.sign(mallory.ep.c, mallory.ep.sig, mallory.ep.context.groupID, index))
		f := &framedContent{
			groupID: mallory.GroupID(), epoch: mallory.Epoch(), sender: memberSender(1), typ: contentProposal,
			body: encode(func(w *writer) { w.proposal(prop) }),
		}
		a := &authenticated{wire: wirePublicMessage, content: f, raw: f.encode()}
		require.NoError(t, a.sign(mallory.ep.c, mallory.ep.sig, mallory.ep.contextRaw))
		return mallory.groupKeys().protectPublic(a)
	}
	read(t, &victim, send(nil, 1))
	require.ErrorContains(t, requireRefused(t, &victim, send(nil, 2)), "leaf signature is wrong")
	for name, r := range rules {
		t.Run(name, func(t *testing.T) { require.ErrorContains(t, requireRefused(t, &victim, send(r.spoil, 1)), r.want) })
	}
}

func TestKeyPackageRules(t *testing.T) {
	c, err := newCipher(X25519ChaCha, nil)
	require.NoError(t, err)
	owner := newClient(t, X25519ChaCha, "owner")
	make1 := func(spoil func(*leafNode), late func(*keyPackage)) []byte {
		kp := *owner.kp.kp
		leaf := *kp.leaf
		kp.leaf = &leaf
		if spoil != nil {
			spoil(&leaf)
		}
		require.NoError(t, leaf.sign(c, owner.leaf.SignatureKey, nil, 0))
		if late != nil {
			late(&kp)
		}
		sig, err := c.sign(owner.leaf.SignatureKey, "KeyPackageTBS", kp.tbs())
		require.NoError(t, err)
		kp.signature = sig
		return message(wireKeyPackage, 0, kp.write)
	}
	_, err = ParseKeyPackage(make1(nil, nil))
	require.NoError(t, err)
	for name, r := range leafRules {
		t.Run(name, func(t *testing.T) {
			_, err := ParseKeyPackage(make1(r.spoil, nil))
			require.ErrorContains(t, err, r.want)
		})
	}
	for name, r := range map[string]struct {
		late func(*keyPackage)
		want string
	}{
		"one key twice": {func(k *keyPackage) { k.initKey = k.leaf.encryptionKey }, "one key twice"},
		"init key":      {func(k *keyPackage) { k.initKey = []byte{1} }, "init key is malformed"},
		"leaf changed":  {func(k *keyPackage) { k.leaf.raw[len(k.leaf.raw)-1] ^= 1 }, "leaf signature is wrong"},
		"another suite": {func(k *keyPackage) { k.suite = XWingChaCha }, "malformed"},
		"unknown suite": {func(k *keyPackage) { k.suite = 6 }, "unsupported"},
		"leaf of a path": {func(k *keyPackage) {
			k.leaf = k.leaf.successor(k.leaf.encryptionKey, sourceCommit)
			k.leaf.parentHash = []byte{}
			require.NoError(t, k.leaf.sign(c, owner.leaf.SignatureKey, nil, 0))
		}, "wrong source"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseKeyPackage(make1(nil, r.late))
			require.ErrorContains(t, err, r.want)
		})
	}
	spoiled := owner.kp.Bytes()
	spoiled[len(spoiled)-1] ^= 1
	_, err = ParseKeyPackage(spoiled)
	require.ErrorContains(t, err, "key package signature is wrong")
}

func TestRequiredCapabilities(t *testing.T) {
	const ext, prop = 0xf001, 0xf002
	required := RequiredCapabilities{Extensions: []uint16{ext, ExtensionApplicationID}, Proposals: []uint16{prop, proposalAdd}, Credentials: []uint16{BasicCredential}}
	able, unable := newClient(t, X25519ChaCha, "able"), newClient(t, X25519ChaCha, "unable")
	able.leaf.Capabilities = Capabilities{Extensions: []uint16{ext}, Proposals: []uint16{prop}}
	s, err := NewGroup(rand.Reader, X25519ChaCha, []byte("g"), able.leaf, []Extension{required.Extension()}, testConfig)
	require.NoError(t, err)
	_, err = NewGroup(rand.Reader, X25519ChaCha, []byte("g"), unable.leaf, []Extension{required.Extension()}, testConfig)
	require.ErrorContains(t, err, "lacks a required capability")
	_, err = s.Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(unable.kp)}, Now: testNow})
	require.ErrorContains(t, err, "lacks a required capability")
	second := newClient(t, X25519ChaCha, "second")
	second.leaf.Capabilities = able.leaf.Capabilities
	kp, _, err := NewKeyPackage(rand.Reader, X25519ChaCha, second.leaf, Lifetime{NotAfter: math.MaxUint64}, KeyPackageOptions{})
	require.NoError(t, err)
	_, err = s.Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(kp)}, Now: testNow})
	require.NoError(t, err)
	// A commit can lower the bar for those it adds.
	_, err = s.Commit(rand.Reader, CommitParams{Proposals: []Proposal{SetExtensions(nil), Add(unable.kp)}, Now: testNow})
	require.NoError(t, err)
	none := RequiredCapabilities{Credentials: []uint16{0xf003}}
	_, err = s.Commit(rand.Reader, CommitParams{Proposals: []Proposal{SetExtensions([]Extension{none.Extension()})}, Now: testNow})
	require.ErrorContains(t, err, "lacks a required capability")
	list, ok := SetExtensions([]Extension{none.Extension()}).NewExtensions()
	require.True(t, ok)
	require.Len(t, list, 1)
}

func TestX509CredentialsAreCarried(t *testing.T) {
	cred := Credential{Type: X509Credential, Certificates: [][]byte{[]byte("leaf certificate"), []byte("issuer")}}
	c := newClient(t, X25519ChaCha, "x")
	c.leaf.Credential = cred
	kp, priv, err := NewKeyPackage(rand.Reader, X25519ChaCha, c.leaf, Lifetime{NotAfter: math.MaxUint64}, KeyPackageOptions{})
	require.NoError(t, err)
	group := newTestGroup(t, X25519ChaCha, 2)
	cand := commitBy(t, group, 0, CommitParams{Proposals: []Proposal{Add(kp)}})
	j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{priv}, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	group = append(group, j)
	requireAgree(t, group)
	m, ok := reload(t, group[1]).Member(2)
	require.True(t, ok)
	require.True(t, m.Credential.Equal(cred))
	cred.Certificates = [][]byte{[]byte("leaf certificate"), []byte("another")}
	require.False(t, m.Credential.Equal(cred))
	require.False(t, m.Credential.Equal(Basic(nil)))
	// Who does not list a credential type keeps its users out.
	only := newClient(t, X25519ChaCha, "basic only")
	only.leaf.Capabilities.Credentials = []uint16{BasicCredential}
	kp, _, err = NewKeyPackage(rand.Reader, X25519ChaCha, only.leaf, Lifetime{NotAfter: math.MaxUint64}, KeyPackageOptions{})
	require.NoError(t, err)
	_, err = group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(kp)}, Now: testNow})
	require.ErrorContains(t, err, "credential type in use")
}

func TestAccessors(t *testing.T) {
	c := newClient(t, P256AES128, "c")
	key, err := ParseSignatureKey(P256AES128, c.leaf.SignatureKey.Bytes())
	require.NoError(t, err)
	require.Equal(t, c.leaf.SignatureKey.Public(), key.Public())
	require.Equal(t, P256AES128, key.Suite())
	require.False(t, key.IsZero())
	require.True(t, SignatureKey{}.IsZero())
	require.True(t, KeyPackage{}.IsZero())
	require.Equal(t, P256AES128, c.kp.Suite())
	require.Equal(t, c.kp.Bytes(), c.priv.KeyPackage().Bytes())
	added, ok := Add(c.kp).AddedLeaf()
	require.True(t, ok)
	require.Equal(t, key.Public(), added.SignatureKey)
	_, ok = Remove(1).AddedLeaf()
	require.False(t, ok)
	_, ok = Update(nil).UpdatedLeaf()
	require.False(t, ok, "an update has no leaf before it is proposed")
	group := newTestGroup(t, P256AES128, 2)
	next, msg, err := group[0].Propose(rand.Reader, Update(nil), ProposeParams{Now: testNow})
	require.NoError(t, err)
	require.Equal(t, LeafIndex(0), next.Pending()[0].Sender)
	_, rec := read(t, group[1], msg)
	_, ok = rec.Proposal.UpdatedLeaf()
	require.True(t, ok)
	require.Empty(t, group[0].Extensions())
	_, ok = group[0].Member(9)
	require.False(t, ok)
	_, ok = group[0].ReInit()
	require.False(t, ok)
}
