package mls

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVectorMessageProtection(t *testing.T) {
	type vector struct {
		Suite           Suite    `json:"cipher_suite"`
		GroupID         hexBytes `json:"group_id"`
		Epoch           uint64   `json:"epoch"`
		TreeHash        hexBytes `json:"tree_hash"`
		Transcript      hexBytes `json:"confirmed_transcript_hash"`
		SignaturePriv   hexBytes `json:"signature_priv"`
		SignaturePub    hexBytes `json:"signature_pub"`
		Encryption      hexBytes `json:"encryption_secret"`
		SenderData      hexBytes `json:"sender_data_secret"`
		Membership      hexBytes `json:"membership_key"`
		Proposal        hexBytes `json:"proposal"`
		ProposalPub     hexBytes `json:"proposal_pub"`
		ProposalPriv    hexBytes `json:"proposal_priv"`
		Commit          hexBytes `json:"commit"`
		CommitPub       hexBytes `json:"commit_pub"`
		CommitPriv      hexBytes `json:"commit_priv"`
		Application     hexBytes `json:"application"`
		ApplicationPriv hexBytes `json:"application_priv"`
	}
	eachSuite(t, vectors[vector](t, "message-protection.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		g := groupContext{suite: v.Suite, groupID: v.GroupID, epoch: v.Epoch, treeHash: v.TreeHash, transcript: v.Transcript}
		fresh := func() *groupKeys {
			return &groupKeys{c: c, context: g.encode(), senderData: v.SenderData, membership: v.Membership, tree: newSecretTree(v.Encryption, 2)}
		}
		key, err := ParseSignatureKey(v.Suite, v.SignaturePriv)
		require.NoError(t, err)
		openPub := func(msg []byte) []byte {
			r, wire, err := openMessage(msg)
			require.NoError(t, err)
			require.Equal(t, wirePublicMessage, wire)
			m := r.publicMessage()
			require.NoError(t, r.done())
			require.True(t, fresh().checkPublic(m))
			require.True(t, m.verify(c, v.SignaturePub, g.encode()))
			return m.content.body
		}
		openPriv := func(msg []byte) []byte {
			r, wire, err := openMessage(msg)
			require.NoError(t, err)
			require.Equal(t, wirePrivateMessage, wire)
			m := r.privateMessage()
			require.NoError(t, r.done())
			k := fresh()
			sd, err := k.openSenderData(m)
			require.NoError(t, err)
			require.Equal(t, LeafIndex(1), sd.leaf)
			a, _, err := k.openPrivate(m, sd)
			require.NoError(t, err)
			require.True(t, a.verify(c, v.SignaturePub, g.encode()))
			return a.content.body
		}
		protect := func(typ uint8, body, tag []byte, wire uint16) []byte {
			f := &framedContent{groupID: v.GroupID, epoch: v.Epoch, sender: memberSender(1), typ: typ, body: body}
			a := &authenticated{wire: wire, content: f, raw: f.encode()}
			require.NoError(t, a.sign(c, key, g.encode()))
			a.auth.confirmationTag = tag
			k := fresh()
			if wire == wirePublicMessage {
				return k.protectPublic(a)
			}
			out, _, err := k.protectPrivate(rand.Reader, a, 100)
			require.NoError(t, err)
			return out
		}
		require.EqualValues(t, v.Proposal, openPub(v.ProposalPub))
		require.EqualValues(t, v.Commit, openPub(v.CommitPub))
		require.EqualValues(t, v.Proposal, openPriv(v.ProposalPriv))
		require.EqualValues(t, v.Commit, openPriv(v.CommitPriv))
		application := encode(func(w *writer) { w.vec(v.Application) })
		require.EqualValues(t, application, openPriv(v.ApplicationPriv))
		tag := c.zero()
		require.EqualValues(t, v.Proposal, openPub(protect(contentProposal, v.Proposal, nil, wirePublicMessage)))
		require.EqualValues(t, v.Commit, openPub(protect(contentCommit, v.Commit, tag, wirePublicMessage)))
		require.EqualValues(t, v.Proposal, openPriv(protect(contentProposal, v.Proposal, nil, wirePrivateMessage)))
		require.EqualValues(t, v.Commit, openPriv(protect(contentCommit, v.Commit, tag, wirePrivateMessage)))
		require.EqualValues(t, application, openPriv(protect(contentApplication, application, nil, wirePrivateMessage)))
	})
}

func TestVectorWelcome(t *testing.T) {
	type vector struct {
		Suite      Suite    `json:"cipher_suite"`
		InitPriv   hexBytes `json:"init_priv"`
		SignerPub  hexBytes `json:"signer_pub"`
		KeyPackage hexBytes `json:"key_package"`
		Welcome    hexBytes `json:"welcome"`
	}
	eachSuite(t, vectors[vector](t, "welcome.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		r, wire, err := openMessage(v.KeyPackage)
		require.NoError(t, err)
		require.Equal(t, wireKeyPackage, wire)
		kp := r.keyPackage()
		require.NoError(t, r.done())
		r, wire, err = openMessage(v.Welcome)
		require.NoError(t, err)
		require.Equal(t, wireWelcome, wire)
		w := r.welcome()
		require.NoError(t, r.done())
		priv, ct, err := findKeyPackage(c, w, []*KeyPackagePrivate{{kp: kp, initPriv: v.InitPriv}})
		require.NoError(t, err)
		plain, err := c.openLabelled(priv.initPriv, "Welcome", w.info, ct)
		require.NoError(t, err)
		gr := newReader(plain)
		gs := gr.groupSecrets()
		require.NoError(t, gr.done())
		info, err := openGroupInfo(c, w, gs.joiner, c.zero())
		require.NoError(t, err)
		require.True(t, info.verify(c, v.SignerPub))
		e := c.epochFromJoiner(gs.joiner, c.zero(), info.context.encode())
		require.True(t, c.verifyMAC(e.confirmation, info.context.transcript, info.confirmationTag))
	})
}

func TestVectorTreeOperations(t *testing.T) {
	type vector struct {
		Suite      Suite    `json:"cipher_suite"`
		Before     hexBytes `json:"tree_before"`
		Proposal   hexBytes `json:"proposal"`
		Sender     uint32   `json:"proposal_sender"`
		HashBefore hexBytes `json:"tree_hash_before"`
		After      hexBytes `json:"tree_after"`
		HashAfter  hexBytes `json:"tree_hash_after"`
	}
	eachSuite(t, vectors[vector](t, "tree-operations.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		r := newReader(v.Before)
		before := r.ratchetTree()
		require.NoError(t, r.done())
		require.EqualValues(t, v.HashBefore, before.rootHash(c))
		r = newReader(v.Proposal)
		p := r.proposal()
		require.NoError(t, r.done())
		tree := before.clone()
		switch p.typ {
		case proposalAdd:
			_, err := tree.add(p.keyPackage.leaf)
			require.NoError(t, err)
		case proposalUpdate:
			tree.update(LeafIndex(v.Sender), p.leaf)
		case proposalRemove:
			tree.remove(p.removed)
			tree.truncate()
		}
		require.EqualValues(t, v.After, encode(tree.write))
		require.EqualValues(t, v.HashAfter, tree.rootHash(c))
		require.EqualValues(t, v.Before, encode(before.write), "the tree before has changed")
	})
}

func TestVectorTreeValidation(t *testing.T) {
	type vector struct {
		Suite       Suite         `json:"cipher_suite"`
		Tree        hexBytes      `json:"tree"`
		GroupID     hexBytes      `json:"group_id"`
		Resolutions [][]nodeIndex `json:"resolutions"`
		Hashes      []hexBytes    `json:"tree_hashes"`
	}
	eachSuite(t, vectors[vector](t, "tree-validation.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		r := newReader(v.Tree)
		tree := r.ratchetTree()
		require.NoError(t, r.done())
		require.Len(t, tree.nodes, len(v.Hashes))
		for x := range tree.nodes {
			require.EqualValues(t, v.Hashes[x], tree.hash(c, nodeIndex(x)))
			require.Equal(t, append([]nodeIndex{}, v.Resolutions[x]...), append([]nodeIndex{}, tree.resolution(nodeIndex(x))...))
		}
		require.NoError(t, checkTree(c, tree, treeChecks{groupID: v.GroupID, now: testNow}))
	})
}

func TestVectorTreeKEM(t *testing.T) {
	type vector struct {
		Suite      Suite    `json:"cipher_suite"`
		GroupID    hexBytes `json:"group_id"`
		Epoch      uint64   `json:"epoch"`
		Transcript hexBytes `json:"confirmed_transcript_hash"`
		Tree       hexBytes `json:"ratchet_tree"`
		Leaves     []struct {
			Index         LeafIndex
			EncryptionKey hexBytes `json:"encryption_priv"`
			SignatureKey  hexBytes `json:"signature_priv"`
			PathSecrets   []struct {
				Node   nodeIndex
				Secret hexBytes `json:"path_secret"`
			} `json:"path_secrets"`
		} `json:"leaves_private"`
		Paths []struct {
			Sender        LeafIndex
			Path          hexBytes   `json:"update_path"`
			PathSecrets   []hexBytes `json:"path_secrets"`
			CommitSecret  hexBytes   `json:"commit_secret"`
			TreeHashAfter hexBytes   `json:"tree_hash_after"`
		} `json:"update_paths"`
	}
	eachSuite(t, vectors[vector](t, "treekem.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		r := newReader(v.Tree)
		before := r.ratchetTree()
		require.NoError(t, r.done())
		keys := make(map[LeafIndex]nodeKeys)
		signers := make(map[LeafIndex]SignatureKey)
		for _, l := range v.Leaves {
			sig, err := ParseSignatureKey(v.Suite, l.SignatureKey)
			require.NoError(t, err)
			require.Equal(t, sig.Public(), before.leaf(l.Index).signatureKey)
			signers[l.Index] = sig
			own := nodeKeys{{node: l.Index.node(), private: l.EncryptionKey}}
			for _, p := range l.PathSecrets {
				private, public, err := c.nodeKeyPair(p.Secret)
				require.NoError(t, err)
				require.Equal(t, before.nodes[p.Node].parent.encryptionKey, public)
				own = own.with(nodeKeys{{node: p.Node, private: private}}, nil)
			}
			keys[l.Index] = own
		}
		context := func(tree *ratchetTree) []byte {
			g := groupContext{suite: v.Suite, groupID: v.GroupID, epoch: v.Epoch, treeHash: tree.rootHash(c), transcript: v.Transcript}
			return g.encode()
		}
		for _, p := range v.Paths {
			r := newReader(p.Path)
			path := r.updatePath()
			require.NoError(t, r.done())
			require.True(t, path.leaf.verify(c, v.GroupID, p.Sender))
			tree := before.clone()
			require.NoError(t, applyPath(c, tree, p.Sender, path))
			require.EqualValues(t, p.TreeHashAfter, tree.rootHash(c))
			for leaf, own := range keys {
				if leaf == p.Sender {
					continue
				}
				res, err := openPath(c, tree, leaf, p.Sender, path, own, nil, context(tree))
				require.NoError(t, err)
				require.EqualValues(t, p.CommitSecret, res.commitSecret)
				private, _, err := c.nodeKeyPair(p.PathSecrets[leaf])
				require.NoError(t, err)
				require.Equal(t, private, res.keys[0].private, "path secret differs")
			}
			// A path of our own reaches everybody too.
			tree = before.clone()
			mine, made, err := newPath(rand.Reader, c, tree, p.Sender, before.leaf(p.Sender), signers[p.Sender], v.GroupID)
			require.NoError(t, err)
			require.NoError(t, encryptPath(c, tree, p.Sender, mine, made, nil, context(tree)))
			theirs := before.clone()
			require.NoError(t, applyPath(c, theirs, p.Sender, mine))
			for leaf, own := range keys {
				if leaf != p.Sender {
					res, err := openPath(c, theirs, leaf, p.Sender, mine, own, nil, context(theirs))
					require.NoError(t, err)
					require.Equal(t, made.commitSecret, res.commitSecret)
				}
			}
		}
	})
}

func TestVectorPassiveClient(t *testing.T) {
	type vector struct {
		Suite        Suite `json:"cipher_suite"`
		ExternalPSKs []struct {
			ID  hexBytes `json:"psk_id"`
			PSK hexBytes `json:"psk"`
		} `json:"external_psks"`
		KeyPackage     hexBytes `json:"key_package"`
		SignaturePriv  hexBytes `json:"signature_priv"`
		EncryptionPriv hexBytes `json:"encryption_priv"`
		InitPriv       hexBytes `json:"init_priv"`
		Welcome        hexBytes `json:"welcome"`
		Tree           hexBytes `json:"ratchet_tree"`
		Authenticator  hexBytes `json:"initial_epoch_authenticator"`
		Epochs         []struct {
			Proposals     []hexBytes `json:"proposals"`
			Commit        hexBytes   `json:"commit"`
			Authenticator hexBytes   `json:"epoch_authenticator"`
		} `json:"epochs"`
	}
	// The vectors' key packages have lifetimes around the time of their making.
	run := func(t *testing.T, v vector, restore bool) {
		kp, err := ParseKeyPackage(v.KeyPackage)
		require.NoError(t, err)
		sig, err := ParseSignatureKey(v.Suite, v.SignaturePriv)
		require.NoError(t, err)
		psks := make(map[string][]byte)
		for _, p := range v.ExternalPSKs {
			psks[string(p.ID)] = p.PSK
		}
		life := kp.Leaf().Lifetime
		now := testNow
		if life.NotAfter < uint64(testNow) {
			now = int64(life.NotBefore/2 + life.NotAfter/2)
		}
		priv := &KeyPackagePrivate{kp: kp.kp, initPriv: v.InitPriv, leafPriv: v.EncryptionPriv, sig: sig}
		s, _, err := Join(v.Welcome, JoinParams{
			KeyPackages: []*KeyPackagePrivate{priv}, PSKs: ExternalPSKs(psks), RatchetTree: v.Tree, Now: now,
			Config: Config{PastEpochs: 100, ExternalCommits: true, ExternalProposals: true},
		})
		require.NoError(t, err)
		require.True(t, bytes.Equal(v.Authenticator, s.EpochAuthenticator()))
		params := ProcessParams{PSKs: ExternalPSKs(psks), Now: now}
		for i, e := range v.Epochs {
			if restore {
				s = reload(t, s)
			}
			for _, p := range e.Proposals {
				next, rec, err := s.Process(p, params)
				require.NoError(t, err, "proposal of epoch %d", i)
				require.Equal(t, KindProposal, rec.Kind)
				s = next
				if restore {
					s = reload(t, s)
				}
			}
			next, rec, err := s.Process(e.Commit, params)
			require.NoError(t, err, "commit of epoch %d", i)
			require.Equal(t, KindCommit, rec.Kind)
			s = next
			require.True(t, bytes.Equal(e.Authenticator, s.EpochAuthenticator()), "epoch %d", i)
		}
	}
	files := []string{"passive-client-welcome.json", "passive-client-handling-commit.json"}
	if hasVector(t, "passive-client-random.json") {
		files = append(files, "passive-client-random.json")
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			cases := vectors[vector](t, file)
			for _, restore := range []bool{false, true} {
				eachSuite(t, cases, func(v vector) Suite { return v.Suite }, func(t *testing.T, _ *suiteCipher, v vector) { run(t, v, restore) })
			}
		})
	}
}

// What a client of a suite we lack is given is refused, by name.
func TestVectorSuitesWeLackAreRefused(t *testing.T) {
	type vector struct {
		Suite         Suite    `json:"cipher_suite"`
		KeyPackage    hexBytes `json:"key_package"`
		SignaturePriv hexBytes `json:"signature_priv"`
		Welcome       hexBytes `json:"welcome"`
	}
	known := newClient(t, X25519ChaCha, "known")
	for _, v := range vectors[vector](t, "passive-client-welcome.json") {
		if v.Suite.Supported() {
			continue
		}
		_, err := ParseKeyPackage(v.KeyPackage)
		require.ErrorIs(t, err, ErrUnsupported)
		_, err = ParseSignatureKey(v.Suite, v.SignaturePriv)
		require.ErrorIs(t, err, ErrUnsupported)
		_, _, err = Join(v.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{known.priv}, Config: testConfig, Now: testNow})
		require.ErrorIs(t, err, ErrUnsupported)
		_, err = NewGroup(rand.Reader, v.Suite, []byte("g"), known.leaf, nil, testConfig)
		require.ErrorIs(t, err, ErrUnsupported)
	}
}
