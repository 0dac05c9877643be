package mls

import (
	"bytes"
	"math"
	"slices"
)

// sourced is a proposal with who made it; pending is nil for proposals by
// value.
type sourced struct {
	proposal Proposal
	sender   sender
	pending  *pendingProposal
	// signed says that the signatures in the proposal are known to be good:
	// they were checked when it came in, or it is this member's own.
	signed bool
}

// applied is the group after a list of proposals and before the path.
type applied struct {
	tree         *ratchetTree // a copy
	extensions   []Extension
	added        []LeafIndex
	packages     []*keyPackage // of added
	removed      []LeafIndex
	updated      []LeafIndex
	psks         []PSKID
	reinit       *ReInit
	kemOutput    []byte           // external init
	ownUpdate    *pendingProposal // this member's Update, if committed
	pathRequired bool
	newContext   bool
}

// sortedProposals is a proposal list by type, checked for what may stand
// together (RFC 9420 section 12.2).
type sortedProposals struct {
	adds, updates, removes, psks []sourced
	context                      *sourced
	reinit                       *sourced
	external                     *sourced
}

func sortProposals(list []sourced, external bool) (sortedProposals, error) {
	var out sortedProposals
	for i := range list {
		p := list[i]
		if err := mayPropose(p.sender.typ, p.proposal.typ); err != nil {
			return out, err
		}
		switch p.proposal.typ {
		case proposalAdd:
			out.adds = append(out.adds, p)
		case proposalUpdate:
			out.updates = append(out.updates, p)
		case proposalRemove:
			out.removes = append(out.removes, p)
		case proposalPSK:
			out.psks = append(out.psks, p)
		case proposalGroupContextExtensions:
			if out.context != nil {
				return out, invalid("two changes of the group's extensions")
			}
			out.context = &p
		case proposalReInit:
			if len(list) != 1 {
				return out, invalid("reinit beside other proposals")
			}
			out.reinit = &p
		case proposalExternalInit:
			if !external || out.external != nil {
				return out, invalid("external init out of place")
			}
			out.external = &p
		default:
			return out, invalid("unsupported proposal type")
		}
	}
	if external {
		if out.external == nil || len(out.removes) > 1 || len(out.adds)+len(out.updates) > 0 ||
			out.context != nil || out.reinit != nil {
			return out, invalid("external commit with proposals it must not have")
		}
	}
	return out, nil
}

// mayPropose tells which proposals a kind of sender may make.
func mayPropose(s SenderType, typ uint16) error {
	ok := false
	switch s {
	case SenderMember:
		ok = defaultProposal(typ) && typ != proposalExternalInit
	case SenderExternal:
		ok = typ == proposalAdd || typ == proposalRemove || typ == proposalPSK || typ == proposalReInit ||
			typ == proposalGroupContextExtensions
	case SenderNewMemberProposal:
		ok = typ == proposalAdd
	case SenderNewMemberCommit:
		ok = typ == proposalExternalInit || typ == proposalRemove || typ == proposalPSK
	}
	if !ok {
		return invalid("sender may not make this proposal")
	}
	return nil
}

// applyProposals checks a list of proposals and applies it to a copy of the
// tree (RFC 9420 sections 12.2 and 12.3).
func (s *State) applyProposals(list []sourced, committer sender, now int64) (applied, error) {
	if s.ep.context.epoch == math.MaxUint64 {
		return applied{}, ErrExhausted
	}
	external := committer.typ == SenderNewMemberCommit
	sorted, err := sortProposals(list, external)
	if err != nil {
		return applied{}, err
	}
	a := applied{tree: s.ep.tree.clone(), extensions: s.ep.context.extensions}
	if sorted.context != nil {
		a.extensions = sorted.context.proposal.extensions
		a.newContext, a.pathRequired = true, true
		if err := checkContextExtensions(a.extensions); err != nil {
			return applied{}, err
		}
		if err := s.cfg.Limits.checkContextSize(a.extensions); err != nil {
			return applied{}, err
		}
	}
	if sorted.external != nil {
		a.kemOutput, a.pathRequired = sorted.external.proposal.kemOutput, true
	}
	if sorted.reinit != nil {
		a.reinit = &sorted.reinit.proposal.reinit
	}
	for _, p := range sorted.updates {
		if err := s.applyUpdate(&a, p, committer); err != nil {
			return applied{}, err
		}
	}
	for _, p := range sorted.removes {
		if err := s.applyRemove(&a, p, committer); err != nil {
			return applied{}, err
		}
	}
	if len(a.removed) > 0 {
		a.tree.truncate()
	}
	for _, p := range sorted.adds {
		if err := s.applyAdd(&a, p, now); err != nil {
			return applied{}, err
		}
	}
	for _, p := range sorted.psks {
		if err := s.checkPSK(p.proposal.psk); err != nil {
			return applied{}, err
		}
		if slices.ContainsFunc(a.psks, p.proposal.psk.equal) {
			return applied{}, invalid("pre-shared key occurs twice")
		}
		if len(a.psks) == maxPSKs {
			return applied{}, invalid("too many pre-shared keys")
		}
		a.psks = append(a.psks, p.proposal.psk)
	}
	if a.newContext {
		err := error(nil)
		a.tree.eachLeaf(func(i LeafIndex, l *leafNode) {
			// The committer's leaf is checked when its path replaces it.
			if err == nil && (committer.typ != SenderMember || uint32(i) != committer.index) {
				err = checkContextSupport(l.capabilities, a.extensions)
			}
		})
		if err != nil {
			return applied{}, err
		}
	}
	return a, nil
}

func (s *State) applyUpdate(a *applied, p sourced, committer sender) error {
	i := LeafIndex(p.sender.index)
	if committer.typ == SenderMember && i == LeafIndex(committer.index) {
		return invalid("commit holds an update of its sender")
	}
	if p.pending == nil {
		return invalid("update by value")
	}
	if slices.Contains(a.updated, i) {
		return invalid("two changes of one leaf")
	}
	if err := s.checkUpdate(p.proposal.leaf, i, a.extensions, p.signed); err != nil {
		return err
	}
	a.tree.update(i, p.proposal.leaf)
	a.updated = append(a.updated, i)
	a.pathRequired = true
	if i == s.ep.own {
		a.ownUpdate = p.pending
	}
	return nil
}

// checkUpdate checks the leaf of an Update proposal of the member at i.
func (s *State) checkUpdate(l *leafNode, i LeafIndex, context []Extension, signed bool) error {
	old := s.ep.tree.leaf(i)
	if old == nil {
		return invalid("update of a blank leaf")
	}
	if l.source != sourceUpdate {
		return invalid("update leaf has a wrong source")
	}
	if bytes.Equal(l.encryptionKey, old.encryptionKey) {
		return invalid("update keeps the old key")
	}
	if err := s.checkLeaf(l, i, context, signed); err != nil {
		return err
	}
	return s.validateCredential(l, i)
}

// checkLeaf checks a leaf made for this group; signed says that its signature
// is known to be good.
func (s *State) checkLeaf(l *leafNode, i LeafIndex, context []Extension, signed bool) error {
	if err := s.cfg.Limits.checkLeafSize(l); err != nil {
		return err
	}
	if signed {
		return checkLeafContent(s.ep.c, l, context)
	}
	return checkLeaf(s.ep.c, l, s.ep.context.groupID, i, context)
}

func (s *State) validateCredential(l *leafNode, i LeafIndex) error {
	if s.cfg.ValidateCredential != nil && s.cfg.ValidateCredential(l.info(i)) != nil {
		return invalid("credential was refused")
	}
	return nil
}

func (s *State) applyRemove(a *applied, p sourced, committer sender) error {
	i := p.proposal.removed
	if s.ep.tree.leaf(i) == nil {
		return invalid("remove of a blank leaf")
	}
	if committer.typ == SenderMember && i == LeafIndex(committer.index) {
		return invalid("commit removes its sender")
	}
	if slices.Contains(a.removed, i) || slices.Contains(a.updated, i) {
		return invalid("two changes of one leaf")
	}
	a.tree.remove(i)
	a.removed = append(a.removed, i)
	a.pathRequired = true
	return nil
}

func (s *State) applyAdd(a *applied, p sourced, now int64) error {
	if err := s.checkAdd(p.proposal.keyPackage, a.extensions, now, p.signed); err != nil {
		return err
	}
	i, err := a.tree.add(p.proposal.keyPackage.leaf)
	if err != nil {
		return err
	}
	a.added = append(a.added, i)
	a.packages = append(a.packages, p.proposal.keyPackage)
	return nil
}

// checkAdd checks a key package for this group.
func (s *State) checkAdd(k *keyPackage, context []Extension, now int64, signed bool) error {
	if k == nil {
		return invalid("add without a key package")
	}
	if !fits(len(k.raw), s.cfg.Limits.KeyPackage) {
		return invalid("key package too large")
	}
	if err := s.cfg.Limits.checkLeafSize(k.leaf); err != nil {
		return err
	}
	check := checkKeyPackage
	if signed {
		check = checkKeyPackageContent
	}
	if err := check(s.ep.c, k, context); err != nil {
		return err
	}
	l := k.leaf.lifetime
	if !l.contains(now) {
		return invalid("key package is outside its lifetime")
	}
	if s.cfg.MaxLifetime > 0 && l.NotAfter-l.NotBefore > s.cfg.MaxLifetime {
		return invalid("key package lifetime is too long")
	}
	return s.validateCredential(k.leaf, 0)
}

func (s *State) checkPSK(id PSKID) error {
	if len(id.nonce) != s.ep.c.nh {
		return invalid("pre-shared key nonce has a wrong size")
	}
	if id.Type == ResumptionPSK && id.Usage != UsageApplication && !s.resuming(id) {
		return invalid("resumption key used out of place")
	}
	return nil
}

// resuming tells whether a commit with this PSK may start a group that
// continues another one: it is the first commit of a group.
func (s *State) resuming(id PSKID) bool {
	return s.Epoch() == 0 && !bytes.Equal(id.GroupID, s.ep.context.groupID)
}

// checkPath checks the leaf and the keys of a path from the member at i
// against the tree the proposals have left (section 12.4.2). old is the leaf
// it replaces, nil for a joiner. signed says that the path is our own.
func (s *State) checkPath(a *applied, path *updatePath, i LeafIndex, old *leafNode, signed bool) error {
	l := path.leaf
	if l.source != sourceCommit {
		return invalid("path leaf has a wrong source")
	}
	if old != nil && bytes.Equal(l.encryptionKey, old.encryptionKey) {
		return invalid("path keeps the old leaf key")
	}
	if err := s.checkLeaf(l, i, a.extensions, signed); err != nil {
		return err
	}
	if err := s.validateCredential(l, i); err != nil {
		return err
	}
	keys := make(map[string]struct{}, len(a.tree.nodes))
	for _, n := range a.tree.nodes {
		if !n.blank() {
			keys[string(n.encryptionKey())] = struct{}{}
		}
	}
	if !insert(keys, l.encryptionKey) {
		return invalid("path key occurs in the tree")
	}
	for _, n := range path.nodes {
		if !insert(keys, n.encryptionKey) {
			return invalid("path key occurs in the tree")
		}
	}
	return nil
}
