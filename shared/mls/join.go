package mls

import (
	"bytes"
	"fmt"
	"io"
)

// JoinParams accompany a Welcome.
type JoinParams struct {
	redacted
	// KeyPackages are the private halves of this client's key packages; the
	// one the Welcome is for must not be used again, unless a last resort.
	KeyPackages []*KeyPackagePrivate
	// PSKs finds the keys the Welcome asks for.
	PSKs PSKLookup
	// RatchetTree is the tree, if the Welcome does not carry it.
	RatchetTree []byte
	// Parent is this client's state in the group that the new one replaces or
	// branches from; without it such a Welcome is refused.
	Parent *State
	Config Config
	// Now is the time in Unix seconds.
	Now int64
}

// Joining is how a Welcome let this member in, for the caller to judge before
// it takes the state.
type Joining struct {
	redacted
	// PSKs are the pre-shared keys that the Welcome asked for.
	PSKs []PSKID
	// Signer is the member who made it.
	Signer LeafInfo
}

// Join enters a group by a Welcome (RFC 9420 section 12.4.3.1). The caller
// checks that it is not in a group with this id already.
func Join(welcome []byte, p JoinParams) (*State, Joining, error) {
	var joining Joining
	s, err := join(welcome, p, &joining)
	if err != nil {
		return nil, Joining{}, err
	}
	return s, joining, nil
}

func join(welcome []byte, p JoinParams, how *Joining) (*State, error) {
	r, wire, err := openWithin(bytes.Clone(welcome), p.Config.Limits)
	if err != nil {
		return nil, err
	}
	if wire != wireWelcome {
		return nil, invalid("not a welcome")
	}
	w := r.welcome()
	if err := r.done(); err != nil {
		return nil, err
	}
	c, err := newCipher(w.suite, p.Config.Provider)
	if err != nil {
		return nil, err
	}
	priv, ct, err := findKeyPackage(c, w, p.KeyPackages)
	if err != nil {
		return nil, err
	}
	plain, err := c.openLabelled(priv.initPriv, "Welcome", w.info, ct)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	gr := newReader(plain)
	gs := gr.groupSecrets()
	if err := gr.done(); err != nil {
		return nil, err
	}
	resumes, err := checkWelcomePSKs(c, gs.psks)
	if err != nil {
		return nil, err
	}
	psk, err := c.pskSecret(gs.psks, joinLookup(p))
	if err != nil {
		return nil, err
	}
	defer clear(psk)
	info, err := openGroupInfo(c, w, gs.joiner, psk)
	if err != nil {
		return nil, err
	}
	s, err := stateFromInfo(c, info, p.RatchetTree, p.Config, p.Now)
	if err != nil {
		return nil, err
	}
	own, ok := s.ep.tree.findLeaf(priv.kp.leaf)
	if !ok {
		return nil, invalid("welcome is to a group without this member")
	}
	if own == info.signer {
		return nil, invalid("welcome is signed by its recipient")
	}
	s.ep.own, s.ep.sig = own, priv.sig
	*how = Joining{PSKs: clonePSKs(gs.psks), Signer: s.ep.tree.leaf(info.signer).info(info.signer)}
	s.ep.nodeKeys = nodeKeys{{node: own.node(), private: priv.leafPriv}}
	if gs.pathSecret != nil {
		if len(gs.pathSecret) != c.nh {
			return nil, invalid("path secret has a wrong size")
		}
		keys, err := keysFromWelcome(c, s.ep.tree, own, info.signer, bytes.Clone(gs.pathSecret))
		if err != nil {
			return nil, err
		}
		s.ep.nodeKeys = s.ep.nodeKeys.with(keys, nil)
	}
	e := c.epochFromJoiner(gs.joiner, psk, s.ep.contextRaw)
	defer clear(e.welcome)
	if !c.verifyMAC(e.confirmation, s.ep.context.transcript, info.confirmationTag) {
		return nil, invalid("confirmation tag is wrong")
	}
	s.ep.secrets = e.epochSecrets
	s.keys = newSecretTree(e.encryption, s.ep.tree.leaves())
	s.ep.confirm(e.confirmation)
	if resumes != nil {
		if err := checkResumption(s, *resumes, p.Parent); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func findKeyPackage(c *suiteCipher, w *welcome, list []*KeyPackagePrivate) (*KeyPackagePrivate, hpkeCiphertext, error) {
	for _, k := range list {
		if k == nil || k.kp.suite != w.suite {
			continue
		}
		ref := k.kp.ref(c)
		for _, s := range w.secrets {
			if bytes.Equal(s.ref, ref) {
				return k, s.ct, nil
			}
		}
	}
	return nil, hpkeCiphertext{}, ErrNoKeyPackage
}

// checkWelcomePSKs returns the PSK that continues another group, if any.
func checkWelcomePSKs(c *suiteCipher, ids []PSKID) (*PSKID, error) {
	var resumes *PSKID
	for i, id := range ids {
		if len(id.nonce) != c.nh {
			return nil, invalid("pre-shared key nonce has a wrong size")
		}
		for _, other := range ids[:i] {
			if id.equal(other) {
				return nil, invalid("pre-shared key occurs twice")
			}
		}
		if id.Type == ResumptionPSK && id.Usage != UsageApplication {
			if resumes != nil {
				return nil, invalid("welcome continues two groups")
			}
			resumes = &ids[i]
		}
	}
	return resumes, nil
}

func joinLookup(p JoinParams) PSKLookup {
	if p.Parent == nil {
		return p.PSKs
	}
	return p.Parent.PSKs(p.PSKs)
}

func openGroupInfo(c *suiteCipher, w *welcome, joiner, psk []byte) (*groupInfo, error) {
	secret := c.welcomeSecret(joiner, psk)
	key, nonce := c.welcomeKey(secret)
	clear(secret)
	plain, err := c.provider.Open(c.suite, key, nonce, nil, w.info)
	clear(key)
	if err != nil {
		return nil, invalid("group info does not decrypt")
	}
	r := newReader(plain)
	info := r.groupInfo()
	return info, r.done()
}

// stateFromInfo builds the public part of a state from a GroupInfo, fully
// verified but for the confirmation tag.
func stateFromInfo(c *suiteCipher, info *groupInfo, outOfBand []byte, cfg Config, now int64) (*State, error) {
	if info.context.suite != c.suite {
		return nil, invalid("group info is for another suite")
	}
	data, ok := FindExtension(info.extensions, ExtensionRatchetTree)
	if !ok {
		data = bytes.Clone(outOfBand)
	}
	if len(data) == 0 {
		return nil, invalid("there is no ratchet tree")
	}
	if len(data) > bounded(cfg.Limits.Message, MaxMessageSize) {
		return nil, invalid("ratchet tree too large")
	}
	r := &reader{b: data, limits: cfg.Limits}
	tree := r.ratchetTree()
	if err := r.done(); err != nil {
		return nil, err
	}
	signer := tree.leaf(info.signer)
	if signer == nil {
		return nil, invalid("group info is signed by nobody")
	}
	if !info.verify(c, signer.signatureKey) {
		return nil, invalid("group info signature is wrong")
	}
	if !bytes.Equal(tree.rootHash(c), info.context.treeHash) {
		return nil, invalid("tree hash is wrong")
	}
	if err := checkContextExtensions(info.context.extensions); err != nil {
		return nil, err
	}
	if err := cfg.Limits.checkContextSize(info.context.extensions); err != nil {
		return nil, err
	}
	checks := treeChecks{
		groupID: info.context.groupID, context: info.context.extensions, now: now,
		validate: cfg.ValidateCredential, limits: cfg.Limits,
	}
	if err := checkTree(c, tree, checks); err != nil {
		return nil, err
	}
	return &State{cfg: cfg, ep: &epochState{
		c: c, context: info.context, contextRaw: info.context.encode(), confirmationTag: info.confirmationTag,
		interim: c.interimHash(info.context.transcript, info.confirmationTag), tree: tree,
	}}, nil
}

// checkResumption checks that a group rightly continues its parent (RFC 9420
// sections 11.2 and 11.3).
func checkResumption(s *State, id PSKID, parent *State) error {
	if parent == nil || !bytes.Equal(parent.ep.context.groupID, id.GroupID) {
		return fmt.Errorf("couldn't check the parent group: %w", ErrMissingPSK)
	}
	if s.Epoch() != 1 {
		return invalid("continued group is not at its first epoch")
	}
	known := func(l LeafInfo, in []LeafInfo) bool {
		for _, m := range in {
			if m.Credential.Equal(l.Credential) {
				return true
			}
		}
		return false
	}
	old, members := parent.Members(), s.Members()
	for _, m := range members {
		if !known(m, old) {
			return invalid("continued group has a member the parent has not")
		}
	}
	if id.Usage == UsageBranch {
		if s.Suite() != parent.Suite() {
			return invalid("branch has another suite")
		}
		return nil
	}
	want, ok := parent.ReInit()
	if !ok || id.Epoch != parent.Epoch() {
		return invalid("parent was not closed for this group")
	}
	if !bytes.Equal(want.GroupID, s.ep.context.groupID) || want.Suite != s.Suite() ||
		!equalExtensions(want.Extensions, s.ep.context.extensions) {
		return invalid("group differs from what its parent agreed on")
	}
	for _, m := range old {
		if !known(m, members) {
			return invalid("continued group lacks a member of its parent")
		}
	}
	return nil
}

// externalKey reads an external_pub extension. Some implementations, ts-mls
// among them, leave out the length before the key.
func externalKey(c *suiteCipher, data []byte) ([]byte, error) {
	r := newReader(data)
	key := r.vec()
	err := r.done()
	if err == nil && c.provider.CheckPublicKey(c.suite, key) == nil {
		return key, nil
	}
	// A bare key may look like a vector, too: one in 256 begins with its
	// length less one.
	if c.provider.CheckPublicKey(c.suite, data) == nil {
		return data, nil
	}
	if err == nil {
		err = invalid("external key is unusable")
	}
	return nil, err
}

// ExternalParams accompany a GroupInfo.
type ExternalParams struct {
	redacted
	// Leaf is the joiner's leaf.
	Leaf LeafParams
	// Resync replaces this old leaf of the joiner.
	Resync *LeafIndex
	// PSKProposals mix in pre-shared keys, found by PSKs.
	PSKProposals []Proposal
	PSKs         PSKLookup
	// RatchetTree is the tree, if the GroupInfo does not carry it.
	RatchetTree []byte
	// AAD is authenticated and sent in the clear.
	AAD    []byte
	Config Config
	// Now is the time in Unix seconds.
	Now int64
}

// ExternalCommit joins a group by a commit of the joiner's own (RFC 9420
// section 12.4.3.2). The candidate's Current is nil: whoever loses the race
// needs a newer GroupInfo.
func ExternalCommit(rand io.Reader, groupInfo []byte, p ExternalParams) (*Candidate, error) {
	r, wire, err := openWithin(bytes.Clone(groupInfo), p.Config.Limits)
	if err != nil {
		return nil, err
	}
	if wire != wireGroupInfo {
		return nil, invalid("not a group info")
	}
	info := r.groupInfo()
	if err := r.done(); err != nil {
		return nil, err
	}
	c, err := newCipher(info.context.suite, p.Config.Provider)
	if err != nil {
		return nil, err
	}
	data, ok := FindExtension(info.extensions, ExtensionExternalPub)
	if !ok {
		return nil, invalid("group info has no external key")
	}
	external, err := externalKey(c, data)
	if err != nil {
		return nil, err
	}
	s, err := stateFromInfo(c, info, p.RatchetTree, p.Config, p.Now)
	if err != nil {
		return nil, err
	}
	kemOutput, initSecret, err := c.provider.ExportSend(c.suite, external, externalInitLabel, c.nh)
	if err != nil {
		return nil, invalid("external key is unusable")
	}
	defer clear(initSecret)
	props := []Proposal{{typ: proposalExternalInit, kemOutput: kemOutput}}
	if p.Resync != nil {
		props = append(props, Remove(*p.Resync))
	}
	props = append(props, p.PSKProposals...)
	from := sender{typ: SenderNewMemberCommit}
	b := &commitBuild{
		s: s, content: &commit{}, sender: from, signer: p.Leaf.SignatureKey, nextSig: p.Leaf.SignatureKey,
		init: initSecret, aad: p.AAD, wire: wirePublicMessage,
	}
	var list []sourced
	for _, prop := range props {
		if prop, err = prop.complete(rand, c); err != nil {
			return nil, err
		}
		list = append(list, sourced{proposal: prop, sender: from, pending: nil, signed: true})
		b.content.proposals = append(b.content.proposals, proposalOrRef{proposal: prop})
	}
	a, err := s.applyProposals(list, from, p.Now)
	if err != nil {
		return nil, fmt.Errorf("couldn't join: %w", err)
	}
	b.a, b.list = &a, list
	if b.own, err = a.tree.freeLeaf(); err != nil {
		return nil, err
	}
	leaf := newLeaf(p.Leaf, nil, sourceCommit)
	if err := s.checkResync(&a, leaf, b.own); err != nil {
		return nil, err
	}
	// The leaf has a place before it has content, as for its receivers.
	if b.psk, err = c.pskSecret(a.psks, p.PSKs); err != nil {
		return nil, err
	}
	defer clear(b.psk)
	if err := b.makePath(rand, leaf); err != nil {
		return nil, fmt.Errorf("couldn't join: %w", err)
	}
	auth, next, e, err := b.finish(p.Now)
	if err != nil {
		return nil, fmt.Errorf("couldn't join: %w", err)
	}
	clear(e.joiner)
	clear(e.welcome)
	b.path.erase()
	m := &publicMessage{authenticated: *auth}
	return &Candidate{Commit: message(wirePublicMessage, len(m.raw)+256, m.write), Next: next, Changes: b.changes()}, nil
}
