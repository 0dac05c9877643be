package mls

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Config is how a caller wants a group handled. It is not part of the state's
// encoding: give the same to Unmarshal.
type Config struct {
	// ValidateCredential judges every leaf that is to enter the group, and on
	// joining every leaf in it; an error refuses it. Nil accepts all.
	ValidateCredential func(leaf LeafInfo) error
	// ExternalCommits lets outsiders with a GroupInfo join by themselves.
	ExternalCommits bool
	// ValidateResync judges an external commit by which a member replaces its
	// own old leaf. Nil demands an identical credential.
	ValidateResync func(old, new LeafInfo) error
	// ExternalProposals accepts proposals of outsiders: of the senders in the
	// group's external_senders, and Adds of new members for themselves.
	ExternalProposals bool

	// PastEpochs is how many ended epochs stay readable for late messages;
	// zero keeps none.
	PastEpochs int
	// PastEpochAge is for how many seconds an ended epoch stays readable;
	// zero sets no bound.
	PastEpochAge int64
	// MaxLifetime is the longest key package lifetime accepted in an Add, in
	// seconds; zero sets no bound.
	MaxLifetime uint64

	// Limits bound what the group may grow to; they hold for what comes in,
	// not for a state that is stored already.
	Limits Limits

	// Provider computes the primitives; nil is StandardProvider.
	Provider Provider
}

// State is one member's view of a group in one epoch: an immutable value that
// holds secrets. All methods may be called concurrently.
type State struct {
	redacted
	cfg     Config
	ep      *epochState
	keys    secretTree
	pending []*pendingProposal
	past    []*pastEpoch // oldest first
	closed  closedReason
	reinit  *ReInit // set with closedReInit
}

type closedReason uint8

const (
	open          closedReason = 0
	closedRemoved closedReason = 1
	closedReInit  closedReason = 2
)

// epochState is what stays the same for a whole epoch.
type epochState struct {
	c               *suiteCipher
	context         groupContext
	contextRaw      []byte
	interim         []byte // interim_transcript_hash
	confirmationTag []byte
	tree            *ratchetTree
	own             LeafIndex
	sig             SignatureKey
	nodeKeys        nodeKeys
	secrets         epochSecrets

	sizeOnce sync.Once
	size     int // of the epoch's part, in bytes; see State.epochSize
}

// pastEpoch is what is left of an epoch to read late messages with.
type pastEpoch struct {
	epoch      uint64
	ended      int64 // Unix seconds
	contextRaw []byte
	senderData []byte
	resumption []byte
	own        LeafIndex
	tree       secretTree
	signers    [][]byte // signature keys by leaf, nil for blanks
}

// pendingProposal is a proposal seen in this epoch and not committed yet.
type pendingProposal struct {
	ref      []byte
	sender   sender
	proposal Proposal
	// For this member's own Update: the next leaf key and signature key.
	leafPriv []byte
	sig      SignatureKey
}

func (s *State) groupKeys() *groupKeys {
	return &groupKeys{
		c: s.ep.c, context: s.ep.contextRaw, senderData: s.ep.secrets.senderData,
		membership: s.ep.secrets.membership, tree: s.keys, limits: s.cfg.Limits,
	}
}

// usable returns an error once the group is closed for this member.
func (s *State) usable() error {
	switch s.closed {
	case closedRemoved:
		return ErrRemoved
	case closedReInit:
		return ErrReInit
	}
	return nil
}

// NewGroup creates a group with one member. extensions are those of the
// group's context and may be nil. A nil rand is the system's source.
func NewGroup(rand io.Reader, suite Suite, groupID []byte, leaf LeafParams, extensions []Extension, cfg Config) (*State, error) {
	c, err := newCipher(suite, cfg.Provider)
	if err != nil {
		return nil, err
	}
	private, public, err := c.newKeyPair(rand)
	if err != nil {
		return nil, err
	}
	secret, err := random(rand, c.nh)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	l := newLeaf(leaf, public, sourceKeyPackage)
	l.lifetime = Lifetime{NotAfter: ^uint64(0)}
	if err := l.sign(c, leaf.SignatureKey, nil, 0); err != nil {
		return nil, err
	}
	context := groupContext{suite: suite, groupID: bytes.Clone(groupID), transcript: []byte{}, extensions: cloneExtensions(extensions)}
	if err := checkContextExtensions(context.extensions); err != nil {
		return nil, err
	}
	if err := cfg.Limits.checkContextSize(context.extensions); err != nil {
		return nil, fmt.Errorf("couldn't create group: %w", err)
	}
	if err := cfg.Limits.checkLeafSize(l); err != nil {
		return nil, fmt.Errorf("couldn't create group: %w", err)
	}
	if err := checkLeaf(c, l, groupID, 0, context.extensions); err != nil {
		return nil, fmt.Errorf("couldn't create group: %w", err)
	}
	tree := newTree(l)
	context.treeHash = tree.rootHash(c)
	e := c.epochFromSecret(secret)
	ep := &epochState{
		c: c, context: context, contextRaw: context.encode(), tree: tree, sig: leaf.SignatureKey,
		nodeKeys: nodeKeys{{node: 0, private: private}}, secrets: e.epochSecrets,
	}
	ep.confirm(e.confirmation)
	return &State{cfg: cfg, ep: ep, keys: newSecretTree(e.encryption, 1)}, nil
}

// confirm sets the confirmation tag and the interim hash that follows.
func (ep *epochState) confirm(confirmationKey []byte) {
	ep.confirmationTag = ep.c.mac(confirmationKey, ep.context.transcript)
	ep.interim = ep.c.interimHash(ep.context.transcript, ep.confirmationTag)
	clear(confirmationKey)
}

// Suite returns the group's cipher suite.
func (s *State) Suite() Suite { return s.ep.context.suite }

// GroupID returns the group's id.
func (s *State) GroupID() []byte { return bytes.Clone(s.ep.context.groupID) }

// Epoch returns the number of the current epoch.
func (s *State) Epoch() uint64 { return s.ep.context.epoch }

// OwnLeaf returns where this member stands in the tree.
func (s *State) OwnLeaf() LeafIndex { return s.ep.own }

// SignatureKey returns this member's current signature key.
func (s *State) SignatureKey() SignatureKey { return s.ep.sig }

// Extensions returns the extensions of the group's context; not to be changed.
func (s *State) Extensions() []Extension { return s.ep.context.extensions }

// Active tells whether this member can still use the group.
func (s *State) Active() bool { return s.closed == open }

// ReInit returns the parameters of the group that replaces this one, if it
// was closed by a ReInit.
func (s *State) ReInit() (ReInit, bool) {
	if s.reinit == nil {
		return ReInit{}, false
	}
	return *s.reinit, true
}

// Members lists the members in the order of their leaves.
func (s *State) Members() []LeafInfo {
	var out []LeafInfo
	s.ep.tree.eachLeaf(func(i LeafIndex, l *leafNode) { out = append(out, l.info(i)) })
	return out
}

// Member returns the member at a leaf.
func (s *State) Member(i LeafIndex) (LeafInfo, bool) {
	l := s.ep.tree.leaf(i)
	if l == nil {
		return LeafInfo{}, false
	}
	return l.info(i), true
}

// EpochAuthenticator returns a value that members who agree on the epoch
// share; comparing it detects a split (RFC 9420 section 8.7). It is a secret.
func (s *State) EpochAuthenticator() []byte { return bytes.Clone(s.ep.secrets.authenticator) }

// RatchetTree returns the public tree in the encoding of the ratchet_tree
// extension, to be passed to joiners out of band.
func (s *State) RatchetTree() []byte { return encode(s.ep.tree.write) }

// Export derives a secret for an application from the current epoch
// (RFC 9420 section 8.5), 1 to 255 hashes long.
func (s *State) Export(label string, context []byte, length int) ([]byte, error) {
	if err := s.usable(); err != nil && s.closed != closedReInit {
		return nil, err
	}
	if length < 1 || length > 255*s.ep.c.nh || length > 1<<16-1 {
		return nil, fmt.Errorf("couldn't export: length out of range: %w", ErrUnsupported)
	}
	return s.ep.c.export(s.ep.secrets.exporter, label, context, length), nil
}

// ResumptionPSK returns the resumption PSK of the current epoch or of one in
// the window of past epochs, false if it is erased. It is a secret.
func (s *State) ResumptionPSK(epoch uint64) ([]byte, bool) {
	if epoch == s.Epoch() && s.closed != closedRemoved {
		return bytes.Clone(s.ep.secrets.resumption), true
	}
	for _, p := range s.past {
		if p.epoch == epoch {
			return bytes.Clone(p.resumption), true
		}
	}
	return nil, false
}

// PSKs finds the resumption PSKs of this group, and asks outside, which may
// be nil, for others. It is for commits and joins of groups that continue
// this one; its own commits find its PSKs anyway.
func (s *State) PSKs(outside PSKLookup) PSKLookup {
	return func(id PSKID) ([]byte, bool) {
		if id.Type == ResumptionPSK && bytes.Equal(id.GroupID, s.ep.context.groupID) {
			if psk, ok := s.ResumptionPSK(id.Epoch); ok {
				return psk, true
			}
		}
		if outside == nil {
			return nil, false
		}
		return outside(id)
	}
}

// PendingProposal is a proposal that waits for a commit.
type PendingProposal struct {
	redacted
	Proposal   Proposal
	SenderType SenderType
	// Sender is the proposing member if SenderType is SenderMember.
	Sender LeafIndex
}

// Pending lists the proposals that wait for a commit.
func (s *State) Pending() []PendingProposal {
	var out []PendingProposal
	for _, p := range s.pending {
		pp := PendingProposal{Proposal: p.proposal, SenderType: p.sender.typ}
		if p.sender.typ == SenderMember {
			pp.Sender = LeafIndex(p.sender.index)
		}
		out = append(out, pp)
	}
	return out
}

// DropPending returns the state without its pending proposals, for callers
// whose policy refuses them.
func (s *State) DropPending() *State {
	n := *s
	n.pending = nil
	return &n
}

// Prune returns the state without past epochs that are too many or too old.
// Process does so too; call Prune when a group is silent for long.
func (s *State) Prune(now int64) *State {
	past := prune(s.past, s.cfg, now)
	if len(past) == len(s.past) {
		return s
	}
	n := *s
	n.past = past
	return &n
}

func prune(past []*pastEpoch, cfg Config, now int64) []*pastEpoch {
	if over := len(past) - min(max(cfg.PastEpochs, 0), maxPastEpochs); over > 0 {
		past = past[over:]
	}
	if cfg.PastEpochAge > 0 {
		for len(past) > 0 && now-past[0].ended > cfg.PastEpochAge {
			past = past[1:]
		}
	}
	return trimLate(slices.Clone(past), cfg.Limits.LateKeys)
}

// endEpoch returns the past epochs once the current one has ended. keys are
// the message keys at its end.
func (s *State) endEpoch(keys secretTree, now int64) []*pastEpoch {
	if s.cfg.PastEpochs <= 0 {
		return nil
	}
	p := &pastEpoch{
		epoch: s.ep.context.epoch, ended: now, contextRaw: s.ep.contextRaw, senderData: s.ep.secrets.senderData,
		resumption: s.ep.secrets.resumption, own: s.ep.own, tree: keys.receiveOnly(s.ep.c, s.ep.own),
		signers: make([][]byte, s.ep.tree.leaves()),
	}
	s.ep.tree.eachLeaf(func(i LeafIndex, l *leafNode) { p.signers[i] = l.signatureKey })
	return prune(append(slices.Clone(s.past), p), s.cfg, now)
}

// checkContextExtensions checks the form of the extensions of a context that
// this package knows.
func checkContextExtensions(list []Extension) error {
	seen := make(map[uint16]bool)
	for _, e := range list {
		if seen[e.Type] {
			return invalid("extension occurs twice")
		}
		seen[e.Type] = true
		switch e.Type {
		case ExtensionRequiredCapabilities:
			if _, err := parseRequiredCapabilities(e.Data); err != nil {
				return err
			}
		case ExtensionExternalSenders:
			if _, err := parseExternalSenders(e.Data); err != nil {
				return err
			}
		}
	}
	return nil
}
