package mls

import (
	"bytes"
	"slices"
)

// ProcessParams accompany a received message.
type ProcessParams struct {
	// PSKs finds the keys of PSK proposals that a commit covers.
	PSKs PSKLookup
	// Now is the time in Unix seconds.
	Now int64
}

// Received is what a message said. It prints as [redacted].
type Received struct {
	redacted
	Kind  Kind
	Epoch uint64
	// Public says that it came as a PublicMessage.
	Public     bool
	SenderType SenderType
	// Sender is the sending member; for an external commit, the leaf it took.
	Sender LeafIndex
	// Generation counts the sender's private messages of one kind in an epoch.
	Generation uint32
	AAD        []byte
	// Plaintext is the content of an application message.
	Plaintext []byte
	// Proposal is set for proposals.
	Proposal *Proposal
	// Changes are set for commits.
	Changes Changes
	// SelfRemoved says that the commit removed this member. The next state
	// holds no keys and can do nothing.
	SelfRemoved bool
}

// Process takes in a group message and returns the state after it. On an
// error there is no next state and nothing has changed: the message may be
// tried again or dropped.
func (s *State) Process(msg []byte, p ProcessParams) (*State, Received, error) {
	if s.closed == closedRemoved {
		return nil, Received{}, ErrRemoved
	}
	// What is kept of a message must not change when the caller's buffer does.
	r, wire, err := openWithin(bytes.Clone(msg), s.cfg.Limits)
	if err != nil {
		return nil, Received{}, err
	}
	switch wire {
	case wirePublicMessage:
		m := r.publicMessage()
		if err := r.done(); err != nil {
			return nil, Received{}, err
		}
		return s.processPublic(m, p)
	case wirePrivateMessage:
		m := r.privateMessage()
		if err := r.done(); err != nil {
			return nil, Received{}, err
		}
		return s.processPrivate(m, p)
	}
	return nil, Received{}, invalid("not a group message")
}

// checkEpoch sorts a message by group and epoch.
func (s *State) checkEpoch(groupID []byte, epoch uint64) error {
	switch {
	case !bytes.Equal(groupID, s.ep.context.groupID):
		return ErrWrongGroup
	case epoch > s.ep.context.epoch:
		return ErrFutureEpoch
	case epoch < s.ep.context.epoch:
		return ErrPastEpoch
	}
	return nil
}

func (s *State) processPublic(m *publicMessage, p ProcessParams) (*State, Received, error) {
	if err := s.checkEpoch(m.content.groupID, m.content.epoch); err != nil {
		return nil, Received{}, err
	}
	if err := s.usable(); err != nil {
		return nil, Received{}, err
	}
	if m.content.typ == contentApplication {
		return nil, Received{}, invalid("application message in the clear")
	}
	from := m.content.sender
	if from.typ == SenderMember {
		if !s.groupKeys().checkPublic(m) {
			return nil, Received{}, invalid("membership tag is wrong")
		}
		if LeafIndex(from.index) == s.ep.own {
			return nil, Received{}, ErrOwnMessage
		}
	}
	return s.processAuthenticated(&m.authenticated, s.keys, 0, p)
}

func (s *State) processPrivate(m *privateMessage, p ProcessParams) (*State, Received, error) {
	err := s.checkEpoch(m.groupID, m.epoch)
	if err == ErrPastEpoch {
		return s.processLate(m, p)
	}
	if err != nil {
		return nil, Received{}, err
	}
	if err := s.usable(); err != nil {
		return nil, Received{}, err
	}
	keys := s.groupKeys()
	sd, err := keys.openSenderData(m)
	if err != nil {
		return nil, Received{}, err
	}
	if sd.leaf == s.ep.own {
		return nil, Received{}, ErrOwnMessage
	}
	if s.ep.tree.leaf(sd.leaf) == nil {
		return nil, Received{}, invalid("sender is not a member")
	}
	a, tree, err := keys.openPrivate(m, sd)
	if err != nil {
		return nil, Received{}, err
	}
	return s.processAuthenticated(a, tree, sd.generation, p)
}

// processLate reads an application message of an epoch in the window.
func (s *State) processLate(m *privateMessage, p ProcessParams) (*State, Received, error) {
	past := prune(s.past, s.cfg, p.Now)
	i := slices.IndexFunc(past, func(e *pastEpoch) bool { return e.epoch == m.epoch })
	if i < 0 || m.typ != contentApplication {
		return nil, Received{}, ErrPastEpoch
	}
	e := past[i]
	keys := &groupKeys{c: s.ep.c, context: e.contextRaw, senderData: e.senderData, tree: e.tree, limits: s.cfg.Limits}
	sd, err := keys.openSenderData(m)
	if err != nil {
		return nil, Received{}, err
	}
	if sd.leaf == e.own {
		return nil, Received{}, ErrOwnMessage
	}
	if int(sd.leaf) >= len(e.signers) || e.signers[sd.leaf] == nil {
		return nil, Received{}, invalid("sender is not a member")
	}
	a, tree, err := keys.openPrivate(m, sd)
	if err != nil {
		return nil, Received{}, err
	}
	if !a.verify(s.ep.c, e.signers[sd.leaf], e.contextRaw) {
		return nil, Received{}, invalid("message signature is wrong")
	}
	used := *e
	used.tree = tree
	past[i] = &used
	next := *s
	next.past = trimLate(past, s.cfg.Limits.LateKeys)
	return &next, received(a, sd.generation), nil
}

func received(a *authenticated, generation uint32) Received {
	f := a.content
	rec := Received{Kind: Kind(f.typ), Epoch: f.epoch, Public: a.wire == wirePublicMessage, SenderType: f.sender.typ, Generation: generation, AAD: f.aad}
	if f.sender.typ == SenderMember {
		rec.Sender = LeafIndex(f.sender.index)
	}
	if f.typ == contentApplication {
		rec.Plaintext = f.application
	}
	return rec
}

// processAuthenticated goes on once a message is decrypted, or its membership
// tag checked. keys are the message keys after it.
func (s *State) processAuthenticated(a *authenticated, keys secretTree, generation uint32, p ProcessParams) (*State, Received, error) {
	signer, err := s.signerOf(a.content)
	if err != nil {
		return nil, Received{}, err
	}
	if !a.verify(s.ep.c, signer, s.ep.contextRaw) {
		return nil, Received{}, invalid("message signature is wrong")
	}
	next := *s
	next.keys = keys
	next.past = prune(s.past, s.cfg, p.Now)
	rec := received(a, generation)
	switch a.content.typ {
	case contentApplication:
		return &next, rec, nil
	case contentProposal:
		if err := next.keepProposal(a, p.Now); err != nil {
			return nil, Received{}, err
		}
		rec.Proposal = &a.content.proposal
		return &next, rec, nil
	}
	if a.content.sender.typ == SenderNewMemberCommit {
		return next.processExternalCommit(a, rec, p)
	}
	return next.processCommit(a, rec, p)
}

// signerOf finds the key that must have signed a message (section 6.1).
func (s *State) signerOf(f *framedContent) ([]byte, error) {
	switch f.sender.typ {
	case SenderMember:
		if l := s.ep.tree.leaf(LeafIndex(f.sender.index)); l != nil {
			return l.signatureKey, nil
		}
		return nil, invalid("sender is not a member")
	case SenderExternal:
		if f.typ != contentProposal || !s.cfg.ExternalProposals {
			return nil, invalid("external proposals are not accepted")
		}
		data, ok := FindExtension(s.ep.context.extensions, ExtensionExternalSenders)
		if !ok {
			return nil, invalid("group has no external senders")
		}
		senders, err := parseExternalSenders(data)
		if err != nil {
			return nil, err
		}
		if uint64(f.sender.index) >= uint64(len(senders)) {
			return nil, invalid("unknown external sender")
		}
		return senders[f.sender.index].SignatureKey, nil
	case SenderNewMemberProposal:
		if f.typ != contentProposal || f.proposal.typ != proposalAdd || !s.cfg.ExternalProposals {
			return nil, invalid("external proposals are not accepted")
		}
		return f.proposal.keyPackage.leaf.signatureKey, nil
	}
	if f.typ != contentCommit || f.commit.path == nil || !s.cfg.ExternalCommits {
		return nil, invalid("external commits are not accepted")
	}
	return f.commit.path.leaf.signatureKey, nil
}

// keepProposal checks a signed proposal and adds it to the pending ones.
func (s *State) keepProposal(a *authenticated, now int64) error {
	f := a.content
	prop := f.proposal
	if err := mayPropose(f.sender.typ, prop.typ); err != nil {
		return err
	}
	if len(s.pending) >= maxProposals {
		return invalid("too many proposals")
	}
	var err error
	switch prop.typ {
	case proposalAdd:
		err = s.checkAdd(prop.keyPackage, s.ep.context.extensions, now, false)
	case proposalUpdate:
		err = s.checkUpdate(prop.leaf, LeafIndex(f.sender.index), s.ep.context.extensions, false)
	case proposalRemove:
		if s.ep.tree.leaf(prop.removed) == nil {
			err = invalid("remove of a blank leaf")
		}
	case proposalPSK:
		err = s.checkPSK(prop.psk)
	case proposalGroupContextExtensions:
		err = checkContextExtensions(prop.extensions)
	}
	if err != nil {
		return err
	}
	ref := a.ref(s.ep.c)
	for _, have := range s.pending {
		if !bytes.Equal(have.ref, ref) {
			continue
		}
		if a.wire == wirePublicMessage {
			return ErrReplay
		}
		return nil // said twice, under another key
	}
	s.pending = append(slices.Clone(s.pending), &pendingProposal{ref: ref, sender: f.sender, proposal: prop})
	return nil
}

// resolve finds the proposals of a commit; those by reference must have been
// seen.
func (s *State) resolve(list []proposalOrRef, from sender) ([]sourced, error) {
	out := make([]sourced, 0, len(list))
	seen := make(map[string]*pendingProposal, len(s.pending))
	for _, pend := range s.pending {
		seen[string(pend.ref)] = pend
	}
	for _, p := range list {
		if p.ref == nil {
			out = append(out, sourced{proposal: p.proposal, sender: from, pending: nil, signed: false})
			continue
		}
		pend, ok := seen[string(p.ref)]
		if !ok {
			return nil, ErrUnknownProposal
		}
		if pend == nil {
			return nil, invalid("proposal committed twice")
		}
		seen[string(p.ref)] = nil
		out = append(out, sourced{proposal: pend.proposal, sender: pend.sender, pending: pend, signed: true})
	}
	return out, nil
}

// processCommit applies a member's commit; s is a copy of the state already.
func (s *State) processCommit(a *authenticated, rec Received, p ProcessParams) (*State, Received, error) {
	c, com := s.ep.c, a.content.commit
	list, err := s.resolve(com.proposals, a.content.sender)
	if err != nil {
		return nil, Received{}, err
	}
	ap, err := s.applyProposals(list, a.content.sender, p.Now)
	if err != nil {
		return nil, Received{}, err
	}
	if com.path == nil && (ap.pathRequired || len(list) == 0) {
		return nil, Received{}, invalid("commit lacks a path")
	}
	own, sig, keys := s.ep.own, s.ep.sig, s.ep.nodeKeys
	if u := ap.ownUpdate; u != nil {
		keys = keys.with(nodeKeys{{node: own.node(), private: u.leafPriv}}, nil)
		sig = u.sig
	}
	if com.path != nil {
		if err := s.mergeCommitPath(&ap, com.path, rec.Sender, s.ep.tree.leaf(rec.Sender)); err != nil {
			return nil, Received{}, err
		}
	} else if err := s.checkMembers(ap.tree); err != nil {
		return nil, Received{}, err
	}
	rec.Changes = describe(s.ep.tree, list, &ap, com.path != nil, rec.Sender)
	if slices.Contains(ap.removed, own) {
		rec.SelfRemoved = true
		return s.removed(), rec, nil
	}
	commitSecret := c.zero()
	if com.path != nil {
		res, err := s.openCommitPath(&ap, com.path, rec.Sender, keys)
		if err != nil {
			return nil, Received{}, err
		}
		commitSecret = res.commitSecret
		keys = survivingKeys(keys, res.keys, ap.tree, rec.Sender, true)
	} else {
		keys = survivingKeys(keys, nil, ap.tree, rec.Sender, false)
	}
	defer clear(commitSecret)
	next, err := s.enter(&ap, a, s.ep.secrets.init, commitSecret, p)
	if err != nil {
		return nil, Received{}, err
	}
	next.ep.own, next.ep.sig, next.ep.nodeKeys = own, sig, keys
	return next, rec, nil
}

// mergeCommitPath checks a commit's path and merges it into ap.tree.
func (s *State) mergeCommitPath(ap *applied, path *updatePath, from LeafIndex, old *leafNode) error {
	if err := s.checkPath(ap, path, from, old, false); err != nil {
		return err
	}
	if err := applyPath(s.ep.c, ap.tree, from, path); err != nil {
		return err
	}
	return s.checkMembers(ap.tree)
}

// checkMembers is the package's, within the limits of the configuration.
func (s *State) checkMembers(t *ratchetTree) error {
	if err := s.cfg.Limits.checkTreeSize(t); err != nil {
		return err
	}
	return checkMembers(t)
}

func (s *State) openCommitPath(ap *applied, path *updatePath, from LeafIndex, keys nodeKeys) (pathResult, error) {
	context := s.ep.context
	context.epoch++
	context.treeHash = ap.tree.rootHash(s.ep.c)
	context.extensions = ap.extensions
	// Nodes the proposals blanked have no key any more.
	keys = keys.with(nil, func(x nodeIndex) bool { return int(x) >= len(ap.tree.nodes) || ap.tree.nodes[x].blank() })
	return openPath(s.ep.c, ap.tree, s.ep.own, from, path, keys, ap.added, context.encode())
}

// enter computes the next epoch and checks the commit's confirmation tag.
func (s *State) enter(ap *applied, a *authenticated, initSecret, commitSecret []byte, p ProcessParams) (*State, error) {
	c := s.ep.c
	psk, err := c.pskSecret(ap.psks, s.PSKs(p.PSKs))
	if err != nil {
		return nil, err
	}
	defer clear(psk)
	next, e := s.nextEpoch(ap, a, initSecret, commitSecret, psk)
	defer clear(e.joiner)
	defer clear(e.welcome)
	if !c.verifyMAC(e.confirmation, next.ep.context.transcript, a.auth.confirmationTag) {
		return nil, invalid("confirmation tag is wrong")
	}
	next.ep.confirm(e.confirmation)
	next.past = s.endEpoch(s.keys, p.Now)
	return next, nil
}

// removed is the state of a member that was removed: it holds no secrets.
func (s *State) removed() *State {
	return &State{
		cfg: s.cfg, closed: closedRemoved,
		ep: &epochState{
			c: s.ep.c, context: s.ep.context, contextRaw: s.ep.contextRaw, interim: s.ep.interim,
			confirmationTag: s.ep.confirmationTag, tree: s.ep.tree, own: s.ep.own,
		},
	}
}

// processExternalCommit applies the commit of a joiner.
func (s *State) processExternalCommit(a *authenticated, rec Received, p ProcessParams) (*State, Received, error) {
	c, com := s.ep.c, a.content.commit
	if slices.ContainsFunc(com.proposals, func(p proposalOrRef) bool { return p.ref != nil }) {
		return nil, Received{}, invalid("external commit refers to proposals")
	}
	list, err := s.resolve(com.proposals, a.content.sender)
	if err != nil {
		return nil, Received{}, err
	}
	ap, err := s.applyProposals(list, a.content.sender, p.Now)
	if err != nil {
		return nil, Received{}, err
	}
	leaf, err := ap.tree.freeLeaf()
	if err != nil {
		return nil, Received{}, err
	}
	rec.Sender = leaf
	if err := s.checkResync(&ap, com.path.leaf, leaf); err != nil {
		return nil, Received{}, err
	}
	var old *leafNode
	if len(ap.removed) == 1 {
		old = s.ep.tree.leaf(ap.removed[0])
	}
	if err := s.mergeCommitPath(&ap, com.path, leaf, old); err != nil {
		return nil, Received{}, err
	}
	rec.Changes = describe(s.ep.tree, list, &ap, true, leaf)
	if slices.Contains(ap.removed, s.ep.own) {
		rec.SelfRemoved = true
		return s.removed(), rec, nil
	}
	res, err := s.openCommitPath(&ap, com.path, leaf, s.ep.nodeKeys)
	if err != nil {
		return nil, Received{}, err
	}
	defer clear(res.commitSecret)
	private, _, err := c.provider.DeriveKeyPair(c.suite, s.ep.secrets.external)
	if err != nil {
		return nil, Received{}, err
	}
	defer clear(private)
	initSecret, err := c.provider.ExportReceive(c.suite, private, ap.kemOutput, externalInitLabel, c.nh)
	if err != nil {
		return nil, Received{}, invalid("external init does not open")
	}
	defer clear(initSecret)
	next, err := s.enter(&ap, a, initSecret, res.commitSecret, p)
	if err != nil {
		return nil, Received{}, err
	}
	next.ep.own, next.ep.sig = s.ep.own, s.ep.sig
	next.ep.nodeKeys = survivingKeys(s.ep.nodeKeys, res.keys, ap.tree, leaf, true)
	return next, rec, nil
}

const externalInitLabel = "MLS 1.0 external init secret"

// checkResync checks that the only member an external commit removes is the
// joiner itself.
func (s *State) checkResync(ap *applied, joiner *leafNode, at LeafIndex) error {
	if len(ap.removed) == 0 {
		return nil
	}
	old := s.ep.tree.leaf(ap.removed[0])
	if s.cfg.ValidateResync != nil {
		if s.cfg.ValidateResync(old.info(ap.removed[0]), joiner.info(at)) != nil {
			return invalid("resync was refused")
		}
		return nil
	}
	if !old.credential.Equal(joiner.credential) {
		return invalid("external commit removes somebody else")
	}
	return nil
}
