package mls

import (
	"bytes"
	"fmt"
	"io"
	"slices"
)

// CommitParams say what a commit does. The zero value with Now set commits
// all pending proposals, or just updates the sender's keys.
type CommitParams struct {
	redacted
	// Proposals are committed by value, after the pending ones.
	Proposals []Proposal
	// IgnorePending leaves out the pending proposals, which then lapse.
	IgnorePending bool
	// PSKs finds the keys of PSK proposals.
	PSKs PSKLookup
	// ForcePath renews the sender's keys even where the proposals do not ask
	// for it.
	ForcePath bool
	// LeafChange changes the sender's leaf; it implies ForcePath.
	LeafChange *LeafChange
	// AAD is authenticated and sent in the clear.
	AAD []byte
	// Public sends the commit as a PublicMessage, signed but readable by all.
	Public bool
	// Padding pads a private commit to a multiple of so many bytes.
	Padding int
	// TreeOutOfBand leaves the ratchet tree out of the Welcome.
	TreeOutOfBand bool
	// WelcomeExtensions are added to the GroupInfo in the Welcome.
	WelcomeExtensions []Extension
	// Now is the time in Unix seconds.
	Now int64
}

// Changes are what a commit does, all of it.
type Changes struct {
	redacted
	// Proposals are what it commits, those by reference included.
	Proposals []Proposal
	// Path says that the committer renewed its keys, and its leaf from Before
	// to After. Before is zero if External: a joiner's own commit.
	Path          bool
	External      bool
	Before, After LeafInfo

	// Added, Updated and Removed members. Updated includes the committer if
	// it renewed its leaf. Removed shows the leaves as they were.
	Added, Updated, Removed []LeafInfo
	// PSKs are the pre-shared keys that went in.
	PSKs []PSKID
	// ContextChanged says that the group's extensions were replaced.
	ContextChanged bool
	// ReInit is set if the commit closed the group.
	ReInit *ReInit
}

// Candidate is a commit that may become the group's next epoch. It holds
// secrets.
type Candidate struct {
	redacted
	// Commit is the message for the members of the current epoch.
	Commit []byte
	// Welcome is the message for those added, nil if there are none.
	Welcome []byte
	// Next is this member's state in the new epoch, to be taken once the
	// commit has won; if the state moved on meanwhile, by [State.Adopt].
	Next *State
	// Current is this member's state in the current epoch, to be kept
	// meanwhile and if the commit loses. It differs from the state the
	// commit was made from in that the key of the commit is used up. It is nil
	// for an external commit.
	Current *State
	// Changes are what the commit does.
	Changes Changes
}

// Commit makes a commit. The state it is called on stays as it was.
func (s *State) Commit(rand io.Reader, p CommitParams) (*Candidate, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	list, refs, err := s.proposalsToCommit(rand, p)
	if err != nil {
		return nil, err
	}
	committer := memberSender(s.ep.own)
	a, err := s.applyProposals(list, committer, p.Now)
	if err != nil {
		return nil, fmt.Errorf("couldn't commit: %w", err)
	}
	pskSecret, err := s.ep.c.pskSecret(a.psks, s.PSKs(p.PSKs))
	if err != nil {
		return nil, err
	}
	defer clear(pskSecret)
	b := &commitBuild{
		s: s, a: &a, list: list, own: s.ep.own, content: &commit{proposals: refs}, sender: committer,
		signer: s.ep.sig, nextSig: s.ep.sig, nodeKeys: s.ep.nodeKeys, init: s.ep.secrets.init, psk: pskSecret, aad: p.AAD, wire: wirePrivateMessage,
	}
	if p.Public {
		b.wire = wirePublicMessage
	}
	if a.pathRequired || p.ForcePath || p.LeafChange != nil || len(list) == 0 {
		leaf := p.LeafChange.apply(s.ep.tree.leaf(s.ep.own))
		if p.LeafChange != nil && p.LeafChange.SignatureKey != nil {
			b.nextSig = *p.LeafChange.SignatureKey
		}
		if err := b.makePath(rand, leaf); err != nil {
			return nil, fmt.Errorf("couldn't commit: %w", err)
		}
	}
	auth, next, joiner, err := b.finish(p.Now)
	if err != nil {
		return nil, fmt.Errorf("couldn't commit: %w", err)
	}
	defer clear(joiner.joiner)
	defer clear(joiner.welcome)
	defer b.path.erase()
	current := *s
	cand := &Candidate{Current: &current, Next: next, Changes: b.changes()}
	keys := s.groupKeys()
	if p.Public {
		cand.Commit = keys.protectPublic(auth)
	} else if cand.Commit, current.keys, err = keys.protectPrivate(rand, auth, p.Padding); err != nil {
		return nil, fmt.Errorf("couldn't commit: %w", err)
	}
	next.past = s.endEpoch(current.keys, p.Now)
	if len(a.added) > 0 {
		if cand.Welcome, err = b.welcome(next, joiner, p); err != nil {
			return nil, fmt.Errorf("couldn't welcome: %w", err)
		}
	}
	return cand, nil
}

// proposalsToCommit lists what to commit: those pending proposals that can
// stand together, then those of the caller.
func (s *State) proposalsToCommit(rand io.Reader, p CommitParams) ([]sourced, []proposalOrRef, error) {
	if len(p.Proposals) > maxProposals {
		return nil, nil, invalid("too many proposals")
	}
	var list []sourced
	var refs []proposalOrRef
	if !p.IgnorePending {
		for _, pend := range s.committable(p) {
			list = append(list, sourced{proposal: pend.proposal, sender: pend.sender, pending: pend, signed: true})
			refs = append(refs, proposalOrRef{ref: pend.ref})
		}
	}
	for _, prop := range p.Proposals {
		prop, err := prop.complete(rand, s.ep.c)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, sourced{proposal: prop, sender: memberSender(s.ep.own), pending: nil, signed: true})
		refs = append(refs, proposalOrRef{proposal: prop})
	}
	return list, refs, nil
}

// committable chooses among the pending proposals: a Remove before an Update
// of the same leaf, the newest Update, the newest change of extensions, and a
// ReInit only if there is nothing else (section 12.2).
func (s *State) committable(p CommitParams) []*pendingProposal {
	var out []*pendingProposal
	taken := make(map[LeafIndex]bool)
	contextTaken := false
	for _, prop := range p.Proposals {
		if i, ok := prop.RemovedLeaf(); ok {
			taken[i] = true
		}
		contextTaken = contextTaken || prop.typ == proposalGroupContextExtensions
	}
	taken[s.ep.own] = true
	for _, pend := range s.pending {
		if i, ok := pend.proposal.RemovedLeaf(); ok && !taken[i] {
			taken[i] = true
			out = append(out, pend)
		}
	}
	var reinit *pendingProposal
	for _, pend := range slices.Backward(s.pending) {
		switch pend.proposal.typ {
		case proposalUpdate:
			if i := LeafIndex(pend.sender.index); !taken[i] {
				taken[i] = true
				out = append(out, pend)
			}
		case proposalGroupContextExtensions:
			if !contextTaken {
				contextTaken = true
				out = append(out, pend)
			}
		case proposalReInit:
			reinit = pend
		}
	}
	for _, pend := range s.pending {
		if pend.proposal.typ == proposalAdd || pend.proposal.typ == proposalPSK {
			out = append(out, pend)
		}
	}
	out = s.dropUnfit(out, p)
	if len(out) == 0 && len(p.Proposals) == 0 && reinit != nil {
		return []*pendingProposal{reinit}
	}
	return out
}

// dropUnfit leaves out pending Adds and PSKs that would spoil the commit: of
// members already there, expired, or with a key this member does not have.
func (s *State) dropUnfit(list []*pendingProposal, p CommitParams) []*pendingProposal {
	keys := make(map[string]struct{})
	s.ep.tree.eachLeaf(func(_ LeafIndex, l *leafNode) { keys[string(l.signatureKey)] = struct{}{} })
	for _, prop := range p.Proposals {
		if prop.typ == proposalAdd && prop.keyPackage != nil {
			keys[string(prop.keyPackage.leaf.signatureKey)] = struct{}{}
		}
	}
	lookup := s.PSKs(p.PSKs)
	return slices.DeleteFunc(slices.Clone(list), func(pend *pendingProposal) bool {
		switch pend.proposal.typ {
		case proposalAdd:
			k := pend.proposal.keyPackage
			return s.checkAdd(k, s.ep.context.extensions, p.Now, true) != nil || !insert(keys, k.leaf.signatureKey)
		case proposalPSK:
			_, ok := lookup(pend.proposal.psk)
			return !ok
		}
		return false
	})
}

// commitBuild gathers what goes into a commit, of a member or of a joiner.
type commitBuild struct {
	s        *State // for a joiner: the group as its GroupInfo shows it
	a        *applied
	list     []sourced
	own      LeafIndex
	content  *commit
	sender   sender
	signer   SignatureKey // of the commit
	nextSig  SignatureKey // of the new epoch
	nodeKeys nodeKeys
	init     []byte
	psk      []byte
	aad      []byte
	wire     uint16
	path     pathResult
}

// makePath gives the sender, whose next leaf is leaf, fresh keys.
func (b *commitBuild) makePath(rand io.Reader, leaf *leafNode) error {
	c := b.s.ep.c
	before := b.a.tree.clone()
	path, res, err := newPath(rand, c, b.a.tree, b.own, leaf, b.nextSig, b.s.ep.context.groupID)
	if err != nil {
		return err
	}
	check := *b.a
	check.tree = before
	if err := b.s.checkPath(&check, path, b.own, b.s.ep.tree.leaf(b.own), true); err != nil {
		return err
	}
	context := b.provisional()
	if err := encryptPath(c, b.a.tree, b.own, path, res, b.a.added, context.encode()); err != nil {
		return err
	}
	b.content.path, b.path = path, res
	return nil
}

// provisional is the GroupContext under which path secrets are encrypted.
func (b *commitBuild) provisional() groupContext {
	context := b.s.ep.context
	context.epoch++
	context.treeHash = b.a.tree.rootHash(b.s.ep.c)
	context.extensions = b.a.extensions
	return context
}

// finish signs the commit and computes the epoch it leads to.
func (b *commitBuild) finish(now int64) (*authenticated, *State, newEpoch, error) {
	c := b.s.ep.c
	if err := b.s.checkMembers(b.a.tree); err != nil {
		return nil, nil, newEpoch{}, err
	}
	f := &framedContent{
		groupID: b.s.ep.context.groupID, epoch: b.s.ep.context.epoch, sender: b.sender, aad: bytes.Clone(b.aad),
		typ: contentCommit, commit: b.content, body: encode(func(w *writer) { w.commit(b.content) }),
	}
	auth := &authenticated{wire: b.wire, content: f, raw: f.encode()}
	if err := auth.sign(c, b.signer, b.s.ep.contextRaw); err != nil {
		return nil, nil, newEpoch{}, err
	}
	commitSecret := b.path.commitSecret
	if commitSecret == nil {
		commitSecret = c.zero()
	}
	defer clear(commitSecret)
	next, e := b.s.nextEpoch(b.a, auth, b.init, commitSecret, b.psk)
	next.ep.confirm(e.confirmation)
	auth.auth.confirmationTag = next.ep.confirmationTag
	next.ep.own = b.own
	next.ep.sig = b.nextSig
	next.ep.nodeKeys = survivingKeys(b.nodeKeys, b.path.keys, b.a.tree, b.own, b.content.path != nil)
	return auth, next, e, nil
}

// nextEpoch runs the key schedule for the epoch after a commit. The result
// lacks confirmation tag, own leaf and private keys.
func (s *State) nextEpoch(a *applied, auth *authenticated, initSecret, commitSecret, pskSecret []byte) (*State, newEpoch) {
	c := s.ep.c
	context := groupContext{
		suite: s.ep.context.suite, groupID: s.ep.context.groupID, epoch: s.ep.context.epoch + 1,
		treeHash:   a.tree.rootHash(c),
		transcript: c.confirmedHash(s.ep.interim, auth.wire, auth.raw, auth.auth.signature),
		extensions: a.extensions,
	}
	raw := context.encode()
	joiner := c.joinerSecret(initSecret, commitSecret, raw)
	e := c.epochFromJoiner(joiner, pskSecret, raw)
	n := &State{
		cfg:  s.cfg,
		ep:   &epochState{c: c, context: context, contextRaw: raw, tree: a.tree, secrets: e.epochSecrets},
		keys: newSecretTree(e.encryption, a.tree.leaves()),
	}
	if a.reinit != nil {
		n.closed, n.reinit = closedReInit, a.reinit
	}
	return n, e
}

// survivingKeys are the private keys of a member after a commit: those of
// nodes that kept their public key, and those the path brought.
func survivingKeys(old, fresh nodeKeys, t *ratchetTree, committer LeafIndex, path bool) nodeKeys {
	return old.with(fresh, func(x nodeIndex) bool {
		return int(x) >= len(t.nodes) || t.nodes[x].blank() ||
			path && x != committer.node() && x.covers(committer.node()) || path && x == committer.node()
	})
}

// changes describes the commit for its caller.
func (b *commitBuild) changes() Changes {
	return describe(b.s.ep.tree, b.list, b.a, b.content.path != nil, b.own)
}

func describe(before *ratchetTree, list []sourced, a *applied, path bool, committer LeafIndex) Changes {
	ch := Changes{PSKs: a.psks, ContextChanged: a.newContext, ReInit: a.reinit, Path: path, External: a.kemOutput != nil}
	for _, p := range list {
		ch.Proposals = append(ch.Proposals, p.proposal)
	}
	for _, i := range a.added {
		ch.Added = append(ch.Added, a.tree.leaf(i).info(i))
	}
	for _, i := range a.updated {
		if l := a.tree.leaf(i); l != nil {
			ch.Updated = append(ch.Updated, l.info(i))
		}
	}
	for _, i := range a.removed {
		ch.Removed = append(ch.Removed, before.leaf(i).info(i))
	}
	if path {
		info := a.tree.leaf(committer).info(committer)
		ch.After = info
		if a.kemOutput != nil {
			ch.Added = append(ch.Added, info)
		} else {
			ch.Before = before.leaf(committer).info(committer)
			ch.Updated = append(ch.Updated, info)
		}
	}
	return ch
}

// welcome makes the Welcome for the members added (section 12.4.3.1).
func (b *commitBuild) welcome(next *State, e newEpoch, p CommitParams) ([]byte, error) {
	c := b.s.ep.c
	info, err := next.groupInfo(!p.TreeOutOfBand, false, p.WelcomeExtensions)
	if err != nil {
		return nil, err
	}
	key, nonce := c.welcomeKey(e.welcome)
	defer clear(key)
	w := &welcome{suite: c.suite}
	if w.info, err = c.provider.Seal(c.suite, key, nonce, nil, encode(info.write)); err != nil {
		return nil, err
	}
	w.secrets = make([]encryptedSecrets, len(b.a.added))
	err = each(len(b.a.added), func(i int) error {
		gs := groupSecrets{joiner: e.joiner, psks: b.a.psks}
		if b.content.path != nil {
			gs.pathSecret = b.path.pathSecretOf(commonAncestor(b.own, b.a.added[i]))
		}
		plain := encode(gs.write)
		ct, err := c.sealLabelled(b.a.packages[i].initKey, "Welcome", w.info, plain)
		clear(plain)
		w.secrets[i] = encryptedSecrets{ref: b.a.packages[i].ref(c), ct: ct}
		return err
	})
	if err != nil {
		return nil, err
	}
	return message(wireWelcome, len(w.info)+len(w.secrets)*256, w.write), nil
}

// groupInfo makes a signed GroupInfo of s.
func (s *State) groupInfo(tree, externalPub bool, more []Extension) (*groupInfo, error) {
	c := s.ep.c
	g := &groupInfo{context: s.ep.context, confirmationTag: s.ep.confirmationTag, signer: s.ep.own}
	if tree {
		g.extensions = append(g.extensions, Extension{Type: ExtensionRatchetTree, Data: encode(s.ep.tree.write)})
	}
	if externalPub {
		public, err := s.ExternalPub()
		if err != nil {
			return nil, err
		}
		g.extensions = append(g.extensions, Extension{Type: ExtensionExternalPub, Data: encode(func(w *writer) { w.vec(public) })})
	}
	for _, e := range more {
		if _, dup := FindExtension(g.extensions, e.Type); dup {
			return nil, fmt.Errorf("extension occurs twice: %w", ErrUnsupported)
		}
		g.extensions = append(g.extensions, e)
	}
	return g, g.sign(c, s.ep.sig)
}

// ExternalPub returns the public key to which outsiders encrypt when they
// join by an external commit (RFC 9420 section 8.3). It is in GroupInfos.
func (s *State) ExternalPub() ([]byte, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	private, public, err := s.ep.c.provider.DeriveKeyPair(s.ep.c.suite, s.ep.secrets.external)
	clear(private)
	return public, err
}

// GroupInfoParams say what a GroupInfo carries.
type GroupInfoParams struct {
	// TreeOutOfBand leaves the ratchet tree out.
	TreeOutOfBand bool
	// NoExternalPub leaves out the key that external commits need.
	NoExternalPub bool
	// Extensions are added.
	Extensions []Extension
}

// GroupInfo returns a signed description of the current epoch, with which an
// outsider can make an external commit (RFC 9420 section 12.4.3).
func (s *State) GroupInfo(p GroupInfoParams) ([]byte, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	g, err := s.groupInfo(!p.TreeOutOfBand, !p.NoExternalPub, p.Extensions)
	if err != nil {
		return nil, fmt.Errorf("couldn't make a group info: %w", err)
	}
	return message(wireGroupInfo, 1024, g.write), nil
}
