package mls

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tests named TestAudit… each stand for a defect that was found in some
// MLS library. Forgeries are made with the package's own insides, as a
// malicious member or joiner could.

func TestAuditLostRaceKeepsState(t *testing.T) {
	for _, n := range []int{2, 3, 5, 50} {
		group := newTestGroup(t, X25519ChaCha, n)
		winner, loser := 1, 0
		win, err := group[winner].Commit(rand.Reader, CommitParams{Now: testNow})
		require.NoError(t, err)
		lost, err := group[loser].Commit(rand.Reader, CommitParams{Now: testNow})
		require.NoError(t, err)
		// The loser still talks in the old epoch, then follows the winner.
		group[loser] = lost.Current
		say(t, group, loser, "before the slot is decided")
		deliver(t, group, winner, win.Commit)
		group[winner] = win.Next
		requireAgree(t, group)
		say(t, group, loser, "after")
		// What lost is dead for everybody, its maker included.
		for i := range group {
			_, _, err := group[i].Process(lost.Commit, ProcessParams{Now: testNow})
			require.Error(t, err)
		}
		commitBy(t, group, loser, CommitParams{})
		requireAgree(t, group)
	}
}

func TestAuditRestoredStateProcessesCommits(t *testing.T) {
	for _, n := range []int{3, 4, 8} {
		for from := range n {
			group := newTestGroup(t, X25519AES128, n)
			for range 3 {
				for i := range group {
					group[i] = reload(t, group[i])
				}
				commitBy(t, group, from, CommitParams{})
				requireAgree(t, group)
			}
		}
	}
}

func TestAuditForgedWelcomeIsRefused(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	victim := newClient(t, X25519ChaCha, "victim")
	cand, err := group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(victim.kp)}, Now: testNow})
	require.NoError(t, err)
	s := cand.Next
	params := JoinParams{KeyPackages: []*KeyPackagePrivate{victim.priv}, Config: testConfig, Now: testNow}
	_, _, err = Join(forgery{}.welcome(t, s, victim), params)
	require.NoError(t, err, "the forgery's frame itself must be right")

	spoilLeaf := func(change func(*leafNode)) func(*ratchetTree) {
		return func(tree *ratchetTree) {
			l := *tree.nodes[2].leaf
			change(&l)
			w := writer{}
			l.body(&w)
			w.vec(l.signature)
			l.raw = w.b
			tree.nodes[2].leaf = &l
		}
	}
	cases := map[string]forgery{
		"signer out of range":          {info: func(g *groupInfo) { g.signer = 1 << 20 }},
		"signer at the end of indices": {info: func(g *groupInfo) { g.signer = math.MaxUint32 }},
		"signer blank":                 {tree: func(tree *ratchetTree) { tree.nodes[2] = treeNode{} }, info: func(g *groupInfo) { g.signer = 1 }},
		"signer another member":        {info: func(g *groupInfo) { g.signer = 1 }},
		"signer the victim":            {info: func(g *groupInfo) { g.signer = 3 }},
		"signature":                    {signed: func(g *groupInfo) { g.signature[3] ^= 1 }},
		"tree hash":                    {context: func(g *groupContext) { g.treeHash = make([]byte, 32) }},
		"confirmation tag":             {info: func(g *groupInfo) { g.confirmationTag = make([]byte, 32) }},
		"empty confirmation tag":       {info: func(g *groupInfo) { g.confirmationTag = nil }},
		"leaf signature":               {tree: spoilLeaf(func(l *leafNode) { l.signature = make([]byte, 64) })},
		"leaf content":                 {tree: spoilLeaf(func(l *leafNode) { l.credential = Basic([]byte("mallory")) })},
		"leaf twice":                   {tree: func(tree *ratchetTree) { tree.nodes[4] = tree.nodes[2] }},
		"parent hash": {tree: func(tree *ratchetTree) {
			p := *tree.nodes[1].parent
			p.parentHash = make([]byte, 32)
			tree.nodes[1].parent = &p
		}},
		"parent key": {tree: func(tree *ratchetTree) {
			p := *tree.nodes[1].parent
			p.encryptionKey = victim.kp.kp.initKey
			tree.nodes[1].parent = &p
		}},
		"parent of nobody": {tree: func(tree *ratchetTree) {
			tree.nodes[5] = treeNode{parent: &parentNode{encryptionKey: victim.kp.kp.initKey, unmerged: []LeafIndex{3}}}
		}},
		"unmerged leaf blank": {tree: func(tree *ratchetTree) {
			p := *tree.nodes[3].parent
			tree.nodes[4] = treeNode{}
			p.unmerged = []LeafIndex{2}
			tree.nodes[3].parent = &p
		}},
		"unknown suite":         {context: func(g *groupContext) { g.suite = 0xfafa }},
		"another suite":         {context: func(g *groupContext) { g.suite = X25519AES128 }},
		"unsupported extension": {context: func(g *groupContext) { g.extensions = []Extension{{Type: 0xf123}} }},
		"victim not in the tree": {tree: func(tree *ratchetTree) {
			tree.nodes[6] = treeNode{}
			p := *tree.nodes[3].parent
			p.unmerged = nil
			tree.nodes[3].parent = &p
		}},
		"no tree":                 {info: func(g *groupInfo) { g.extensions = nil }},
		"path secret":             {secrets: func(g *groupSecrets) { g.pathSecret = make([]byte, 32) }},
		"path secret of no size":  {secrets: func(g *groupSecrets) { g.pathSecret = []byte{} }},
		"path secret too large":   {secrets: func(g *groupSecrets) { g.pathSecret = make([]byte, 1<<16) }},
		"psk nobody has":          {secrets: func(g *groupSecrets) { g.psks = []PSKID{{Type: ExternalPSK, nonce: make([]byte, 32)}} }},
		"psk nonce of wrong size": {secrets: func(g *groupSecrets) { g.psks = []PSKID{{Type: ExternalPSK, nonce: make([]byte, 8)}} }},
		"joiner secret":           {secrets: func(g *groupSecrets) { g.joiner = make([]byte, 32) }},
	}
	want := map[string]string{
		"signer out of range":          "signed by nobody",
		"signer at the end of indices": "signed by nobody",
		"signer blank":                 "signed by nobody",
		"signer another member":        "group info signature",
		"signer the victim":            "group info signature",
		"signature":                    "group info signature",
		"tree hash":                    "tree hash is wrong",
		"confirmation tag":             "confirmation tag is wrong",
		"empty confirmation tag":       "confirmation tag is wrong",
		"leaf signature":               "leaf signature is wrong",
		"leaf content":                 "leaf signature is wrong",
		"leaf twice":                   "does not chain",
		"parent hash":                  "does not chain",
		"parent key":                   "does not chain",
		"parent of nobody":             "does not chain",
		"unmerged leaf blank":          "unmerged leaf is blank",
		"unknown suite":                "another suite",
		"another suite":                "another suite",
		"unsupported extension":        "group extension",
		"victim not in the tree":       "without this member",
		"no tree":                      "no ratchet tree",
		"path secret":                  "does not match the tree",
		"path secret of no size":       "wrong size",
		"path secret too large":        "wrong size",
		"psk nobody has":               "key is missing",
		"psk nonce of wrong size":      "nonce has a wrong size",
		"joiner secret":                "does not decrypt",
	}
	require.Len(t, want, len(cases))
	for name, f := range cases {
		t.Run(name, func(t *testing.T) {
			msg := f.welcome(t, s, victim)
			within(t, 5*time.Second, func() {
				_, _, err = Join(msg, params)
			})
			require.ErrorContains(t, err, want[name])
		})
	}
}

func TestAuditUnmergedLeafOutOfRange(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	for _, l := range []LeafIndex{3, 4, 1 << 20, math.MaxUint32} {
		tree := group[0].ep.tree.clone()
		p := *tree.nodes[1].parent
		p.unmerged = []LeafIndex{l}
		tree.nodes[1].parent = &p
		r := newReader(encode(tree.write))
		r.ratchetTree()
		require.ErrorIs(t, r.done(), ErrInvalid)
	}
}

func TestAuditBadConfirmationTag(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	for _, tag := range [][]byte{nil, {}, make([]byte, 32), make([]byte, 64)} {
		msg := forgeCommit(t, group[0], CommitParams{}, nil, func(a *authenticated) { a.auth.confirmationTag = tag })
		requireRefused(t, group[1], msg)
	}
	// Without a path as well.
	joiner := newClient(t, X25519ChaCha, "joiner")
	msg := forgeCommit(t, group[0], CommitParams{Proposals: []Proposal{Add(joiner.kp)}}, nil, func(a *authenticated) { a.auth.confirmationTag[0] ^= 1 })
	requireRefused(t, group[1], msg)
}

func TestAuditInlineUpdateOfAnother(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	// Member 1 makes a good Update; member 0 puts it, by value, into a commit.
	_, update, err := group[1].Propose(rand.Reader, Update(nil), ProposeParams{Public: true, Now: testNow})
	require.NoError(t, err)
	r, _, err := openMessage(update)
	require.NoError(t, err)
	prop := r.publicMessage().content.proposal
	msg := forgeCommit(t, group[0], CommitParams{}, func(a *authenticated) {
		a.content.commit.proposals = append(a.content.commit.proposals, proposalOrRef{proposal: prop})
	}, nil)
	requireRefused(t, group[2], msg)
	requireRefused(t, group[1], msg)
}

func TestAuditCommitRulesAreChecked(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 4)
	joiner := newClient(t, X25519ChaCha, "joiner")
	expired := newClient(t, X25519ChaCha, "expired")
	kp, _, err := NewKeyPackage(rand.Reader, X25519ChaCha, expired.leaf, Lifetime{NotBefore: 1, NotAfter: 2}, KeyPackageOptions{})
	require.NoError(t, err)
	other := newClient(t, X25519AES128, "other suite")
	same := LeafParams{Credential: Basic([]byte("member 1")), SignatureKey: group[1].SignatureKey()}
	twin, _, err := NewKeyPackage(rand.Reader, X25519ChaCha, same, Lifetime{NotAfter: math.MaxUint64}, KeyPackageOptions{})
	require.NoError(t, err)
	by := func(list ...Proposal) func(*authenticated) {
		return func(a *authenticated) {
			for _, p := range list {
				p, err := p.complete(rand.Reader, group[0].ep.c)
				require.NoError(t, err)
				a.content.commit.proposals = append(a.content.commit.proposals, proposalOrRef{proposal: p})
			}
		}
	}
	only := func(list ...Proposal) func(*authenticated) {
		return func(a *authenticated) {
			by(list...)(a)
			a.content.commit.path = nil
		}
	}
	psk, err := PSK([]byte("x")).complete(rand.Reader, group[0].ep.c)
	require.NoError(t, err)
	short := PSK([]byte("x"))
	short.psk.nonce = []byte{1}
	want := map[string]string{
		"removes its sender":          "removes its sender",
		"removes a blank":             "remove of a blank leaf",
		"removes far outside":         "remove of a blank leaf",
		"removes twice":               "two changes of one leaf",
		"adds twice":                  "key occurs twice",
		"adds a member again":         "signature key occurs twice",
		"adds with a bad signature":   "key package signature is wrong",
		"adds a leaf badly signed":    "leaf signature is wrong",
		"path leaf badly signed":      "leaf signature is wrong",
		"adds an expired one":         "outside its lifetime",
		"adds another suite":          "another suite",
		"changes the context twice":   "two changes of the group",
		"reinit beside another":       "reinit beside",
		"external init":               "may not make this proposal",
		"psk nonce of a wrong size":   "nonce has a wrong size",
		"psk twice":                   "occurs twice",
		"psk nobody has":              "key is missing",
		"branch psk out of place":     "out of place",
		"reinit psk out of place":     "out of place",
		"context nobody supports":     "does not support a group extension",
		"required capability lacking": "lacks a required capability",
		"malformed capabilities":      "truncated",
		"reference to nothing":        "not seen",
		"no path and no proposals":    "lacks a path",
		"no path for a remove":        "lacks a path",
		"path too short":              "wrong length",
		"path key of another":         "occurs in the tree",
		"path secret missing":         "wrong number of secrets",
		"path secret junk":            "decrypt a secret",
		"path leaf of another":        "wrong source",
	}
	for name, change := range map[string]func(*authenticated){
		"removes its sender":        by(Remove(0)),
		"removes a blank":           by(Remove(9)),
		"removes far outside":       by(Remove(math.MaxUint32)),
		"removes twice":             by(Remove(2), Remove(2)),
		"adds twice":                only(Add(joiner.kp), Add(joiner.kp)),
		"adds a member again":       only(Add(twin)),
		"adds an expired one":       by(Add(kp)),
		"adds with a bad signature": only(Proposal{typ: proposalAdd, keyPackage: spoilRaw(joiner.kp.kp, -1)}),
		"adds a leaf badly signed":  only(Proposal{typ: proposalAdd, keyPackage: spoilLeafSignature(t, joiner)}),
		"path leaf badly signed": func(a *authenticated) {
			leaf := *a.content.commit.path.leaf
			leaf.raw = append([]byte(nil), leaf.raw...)
			leaf.raw[len(leaf.raw)-1] ^= 1
			a.content.commit.path.leaf = &leaf
		},
		"adds another suite":          by(Add(other.kp)),
		"changes the context twice":   by(SetExtensions(nil), SetExtensions(nil)),
		"reinit beside another":       by(ReInitialize(ReInit{GroupID: []byte("n"), Suite: X25519ChaCha}), Remove(2)),
		"external init":               by(Proposal{typ: proposalExternalInit, kemOutput: make([]byte, 32)}),
		"psk nonce of a wrong size":   by(short),
		"psk twice":                   by(psk, psk),
		"psk nobody has":              by(PSK([]byte("unknown"))),
		"branch psk out of place":     by(BranchFrom(group[0])),
		"reinit psk out of place":     by(ReplaceClosed(group[0])),
		"context nobody supports":     by(SetExtensions([]Extension{{Type: 0xf00d}})),
		"required capability lacking": by(SetExtensions([]Extension{RequiredCapabilities{Extensions: []uint16{0xf00d}}.Extension()})),
		"malformed capabilities":      by(SetExtensions([]Extension{{Type: ExtensionRequiredCapabilities, Data: []byte{1}}})),
		"reference to nothing": func(a *authenticated) {
			a.content.commit.proposals = []proposalOrRef{{ref: make([]byte, 32)}}
		},
		"no path and no proposals": func(a *authenticated) { a.content.commit.path = nil },
		"no path for a remove": func(a *authenticated) {
			by(Remove(2))(a)
			a.content.commit.path = nil
		},
		"path too short": func(a *authenticated) {
			a.content.commit.path.nodes = a.content.commit.path.nodes[1:]
		},
		"path key of another": func(a *authenticated) {
			a.content.commit.path.nodes[0].encryptionKey = group[0].ep.tree.leaf(1).encryptionKey
		},
		"path secret missing": func(a *authenticated) {
			n := a.content.commit.path.nodes
			n[len(n)-1].secrets = n[len(n)-1].secrets[1:]
		},
		"path secret junk": func(a *authenticated) {
			for _, n := range a.content.commit.path.nodes {
				for _, s := range n.secrets {
					s.ciphertext[0] ^= 1
				}
			}
		},
		"path leaf of another": func(a *authenticated) {
			a.content.commit.path.leaf = group[0].ep.tree.leaf(2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := requireRefused(t, group[1], forgeCommit(t, group[0], CommitParams{}, change, nil))
			require.NotEmpty(t, want[name])
			require.ErrorContains(t, err, want[name])
		})
	}
}

func TestAuditUnsignedNewMemberProposal(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	joiner := newClient(t, X25519ChaCha, "joiner")
	good := newMemberProposal(t, group[0], joiner, nil)
	for name, spoil := range map[string]func(*authenticated){
		"no signature":   func(a *authenticated) { a.auth.signature = nil },
		"zero signature": func(a *authenticated) { a.auth.signature = make([]byte, 64) },
		"bad signature":  func(a *authenticated) { a.auth.signature[1] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) { requireRefused(t, group[1], newMemberProposal(t, group[0], joiner, spoil)) })
	}
	// The good one is taken only by those who want external proposals.
	_, rec, err := group[1].Process(good, ProcessParams{Now: testNow})
	require.NoError(t, err)
	require.Equal(t, SenderNewMemberProposal, rec.SenderType)
	closed := *group[1]
	closed.cfg.ExternalProposals = false
	requireRefused(t, &closed, good)
}

func TestAuditExternalCommitRemovesOnlyItself(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	info, err := group[0].GroupInfo(GroupInfoParams{})
	require.NoError(t, err)
	mallory := newClient(t, X25519ChaCha, "mallory")
	for victim := range LeafIndex(3) {
		// Mallory's own software lets her; nobody else's does.
		lax := testConfig
		lax.ValidateResync = func(LeafInfo, LeafInfo) error { return nil }
		cand, err := ExternalCommit(rand.Reader, info, ExternalParams{Leaf: mallory.leaf, Resync: &victim, Config: lax, Now: testNow})
		require.NoError(t, err)
		for _, s := range group {
			requireRefused(t, s, cand.Commit)
		}
		_, err = ExternalCommit(rand.Reader, info, ExternalParams{Leaf: mallory.leaf, Resync: &victim, Config: testConfig, Now: testNow})
		require.Error(t, err)
	}
	// The member itself may come back in place of its old leaf.
	key, err := NewSignatureKey(rand.Reader, X25519ChaCha)
	require.NoError(t, err)
	leaf := LeafParams{Credential: Basic([]byte("member 2")), SignatureKey: key}
	old := LeafIndex(2)
	cand, err := ExternalCommit(rand.Reader, info, ExternalParams{Leaf: leaf, Resync: &old, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	rest := []*State{group[0], group[1]}
	deliver(t, rest, -1, cand.Commit)
	_, rec, err := group[2].Process(cand.Commit, ProcessParams{Now: testNow})
	require.NoError(t, err)
	require.True(t, rec.SelfRemoved)
	rest = append(rest, cand.Next)
	requireAgree(t, rest)
	say(t, rest, 2, "back again")
	// External commits are refused where the configuration does not allow them.
	closed := *group[0]
	closed.cfg.ExternalCommits = false
	requireRefused(t, &closed, cand.Commit)
}

func TestAuditUnknownTypesDoNotPanic(t *testing.T) {
	_, err := NewGroup(rand.Reader, 0xfafa, []byte("g"), LeafParams{}, nil, testConfig)
	require.ErrorIs(t, err, ErrUnsupported)
	_, err = NewSignatureKey(rand.Reader, 4)
	require.ErrorIs(t, err, ErrUnsupported)
	_, err = ParseSignatureKey(6, make([]byte, 57))
	require.ErrorIs(t, err, ErrUnsupported)
	require.Zero(t, Suite(0).HashSize())
	require.False(t, Suite(0xfafa).Supported())
	require.NotEmpty(t, Suite(0xfafa).String())

	kp := newClient(t, X25519ChaCha, "c").kp.Bytes()
	unknownSuite := append([]byte(nil), kp...)
	binary.BigEndian.PutUint16(unknownSuite[6:], 0xfafa)
	_, err = ParseKeyPackage(unknownSuite)
	require.ErrorIs(t, err, ErrUnsupported)
	// The credential type follows version, suite, init key and two leaf keys.
	unknownCredential := append([]byte(nil), kp...)
	binary.BigEndian.PutUint16(unknownCredential[8+3*33:], 0xfafa)
	_, err = ParseKeyPackage(unknownCredential)
	require.ErrorIs(t, err, ErrInvalid)

	w := &welcome{suite: 0xfafa}
	_, _, err = Join(message(wireWelcome, 0, w.write), JoinParams{})
	require.ErrorIs(t, err, ErrUnsupported)
	g := groupInfo{context: groupContext{suite: 0xfafa}}
	_, err = ExternalCommit(rand.Reader, message(wireGroupInfo, 0, g.write), ExternalParams{})
	require.ErrorIs(t, err, ErrUnsupported)
}

func TestAuditHugeVectorsAllocateNothing(t *testing.T) {
	huge := []byte{0xbf, 0xff, 0xff, 0xff, 0x00} // a vector of 2^30-1 bytes in 5
	heads := [][]byte{{0, 1, 0, 1}, {0, 1, 0, 2}, {0, 1, 0, 3}, {0, 1, 0, 3, 0, 3}, {0, 1, 0, 4}, {0, 1, 0, 5}, {0, 1, 0, 5, 0, 1, 0, 3}}
	group := newTestGroup(t, X25519ChaCha, 2)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, head := range heads {
		msg := append(append([]byte(nil), head...), huge...)
		_, _, err := group[0].Process(msg, ProcessParams{})
		require.Error(t, err)
		_, _, err = Join(msg, JoinParams{})
		require.Error(t, err)
		_, err = ExternalCommit(rand.Reader, msg, ExternalParams{})
		require.Error(t, err)
		_, err = ParseKeyPackage(msg)
		require.Error(t, err)
	}
	for _, decode := range decoders() {
		r := newReader(huge)
		decode(r)
		require.Error(t, r.done())
	}
	_, err := Unmarshal(append([]byte{stateVersion}, huge...), testConfig)
	require.Error(t, err)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestAuditRemovedMemberReadsNothing(t *testing.T) {
	for _, byProposal := range []bool{false, true} {
		group := newTestGroup(t, X25519ChaCha, 4)
		say(t, group, 3, "still here")
		old := group[3]
		var cand *Candidate
		if byProposal {
			next, msg, err := group[1].Propose(rand.Reader, Remove(3), ProposeParams{Now: testNow})
			require.NoError(t, err)
			group[1] = next
			deliver(t, group, 1, msg)
			old = group[3]
			cand, err = group[0].Commit(rand.Reader, CommitParams{Now: testNow})
			require.NoError(t, err)
		} else {
			var err error
			cand, err = group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Remove(3)}, Now: testNow})
			require.NoError(t, err)
		}
		rec := deliver(t, group, 0, cand.Commit)
		group[0] = cand.Next
		require.True(t, rec[3].SelfRemoved)
		gone := group[3]
		group = group[:3]
		requireAgree(t, group)
		_, msg, err := group[0].Encrypt(rand.Reader, []byte("without you"), nil, 0)
		require.NoError(t, err)
		for _, s := range []*State{old, gone} {
			_, _, err = s.Process(msg, ProcessParams{Now: testNow})
			require.Error(t, err)
		}
		require.False(t, gone.Active())
		_, _, err = gone.Encrypt(rand.Reader, []byte("x"), nil, 0)
		require.ErrorIs(t, err, ErrRemoved)
		_, err = gone.Commit(rand.Reader, CommitParams{Now: testNow})
		require.ErrorIs(t, err, ErrRemoved)
		_, err = gone.Export("x", nil, 32)
		require.ErrorIs(t, err, ErrRemoved)
		require.Empty(t, gone.ep.secrets)
		require.Empty(t, gone.ep.nodeKeys)
		reload(t, gone)
		// Even with all its old keys it cannot open the path of the commit.
		r, _, err := openMessage(forgeCommit(t, old, CommitParams{}, nil, nil))
		require.NoError(t, err)
		require.NotNil(t, r.publicMessage().content.commit.path)
		k := old.groupKeys()
		rr, _, err := openMessage(cand.Commit)
		require.NoError(t, err)
		m := rr.privateMessage()
		sd, err := k.openSenderData(m)
		require.NoError(t, err)
		a, _, err := k.openPrivate(m, sd)
		require.NoError(t, err)
		for _, n := range a.content.commit.path.nodes {
			for _, ct := range n.secrets {
				for _, key := range old.ep.nodeKeys {
					next := cand.Next.ep.context
					next.transcript = old.ep.context.transcript
					_, err := old.ep.c.openLabelled(key.private, "UpdatePathNode", next.encode(), ct)
					require.Error(t, err)
				}
			}
		}
	}
}
