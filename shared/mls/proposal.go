package mls

import (
	"bytes"
	"io"
)

// Proposal types (RFC 9420 section 17.4).
const (
	proposalAdd                    uint16 = 1
	proposalUpdate                 uint16 = 2
	proposalRemove                 uint16 = 3
	proposalPSK                    uint16 = 4
	proposalReInit                 uint16 = 5
	proposalExternalInit           uint16 = 6
	proposalGroupContextExtensions uint16 = 7
)

// ProposalType says what a proposal does.
type ProposalType uint16

// The proposal types.
const (
	ProposalAdd                    = ProposalType(proposalAdd)
	ProposalUpdate                 = ProposalType(proposalUpdate)
	ProposalRemove                 = ProposalType(proposalRemove)
	ProposalPSK                    = ProposalType(proposalPSK)
	ProposalReInit                 = ProposalType(proposalReInit)
	ProposalExternalInit           = ProposalType(proposalExternalInit)
	ProposalGroupContextExtensions = ProposalType(proposalGroupContextExtensions)
)

// Proposal is a change to a group (RFC 9420 section 12.1), made by [Add],
// [Remove], [Update], [PSK], [ReInitialize] or [SetExtensions].
type Proposal struct {
	redacted
	typ        uint16
	keyPackage *keyPackage // add
	leaf       *leafNode   // update; nil until Propose has signed it
	leafChange *LeafChange // update, before Propose
	removed    LeafIndex
	psk        PSKID
	reinit     ReInit
	kemOutput  []byte // external init
	extensions []Extension
}

// ReInit closes a group in favour of a new one (RFC 9420 section 12.1.5).
type ReInit struct {
	redacted
	GroupID    []byte
	Suite      Suite
	Extensions []Extension
}

// LeafChange says what a member changes in its own leaf; nil fields stay.
type LeafChange struct {
	redacted
	Credential   *Credential
	SignatureKey *SignatureKey
	Extensions   *[]Extension
	Capabilities *Capabilities
}

func (ch *LeafChange) apply(l *leafNode) *leafNode {
	n := *l
	if ch == nil {
		return &n
	}
	if ch.Credential != nil {
		n.credential = *ch.Credential
	}
	if ch.SignatureKey != nil {
		n.signatureKey = ch.SignatureKey.Public()
	}
	if ch.Extensions != nil {
		n.extensions = cloneExtensions(*ch.Extensions)
	}
	if ch.Capabilities != nil {
		n.capabilities = *ch.Capabilities
	}
	return &n
}

// Add proposes to add the owner of a key package.
func Add(kp KeyPackage) Proposal { return Proposal{typ: proposalAdd, keyPackage: kp.kp} }

// Remove proposes to remove a member.
func Remove(leaf LeafIndex) Proposal { return Proposal{typ: proposalRemove, removed: leaf} }

// Update proposes to give the proposer a fresh leaf key, and other content if
// change is not nil. It is for Propose; a commit updates its sender anyway.
func Update(change *LeafChange) Proposal {
	if change == nil {
		change = &LeafChange{}
	}
	return Proposal{typ: proposalUpdate, leafChange: change}
}

// PSK proposes to mix in the external pre-shared key with this id.
func PSK(id []byte) Proposal {
	return Proposal{typ: proposalPSK, psk: PSKID{Type: ExternalPSK, ID: bytes.Clone(id)}}
}

// Resume proposes to mix in the resumption PSK of an earlier epoch of a group.
func Resume(groupID []byte, epoch uint64) Proposal {
	return Proposal{typ: proposalPSK, psk: PSKID{Type: ResumptionPSK, Usage: UsageApplication, GroupID: bytes.Clone(groupID), Epoch: epoch}}
}

// BranchFrom binds the first commit of a new group to a group it branches
// from: all its members must be members there (RFC 9420 section 11.3). The
// commit's PSKs are parent.PSKs(nil).
func BranchFrom(parent *State) Proposal { return continuing(parent, UsageBranch) }

// ReplaceClosed binds the first commit of a new group to the group, closed by
// a ReInit, that it replaces (RFC 9420 section 11.2). The commit's PSKs are
// parent.PSKs(nil).
func ReplaceClosed(parent *State) Proposal { return continuing(parent, UsageReInit) }

func continuing(parent *State, usage PSKUsage) Proposal {
	return Proposal{typ: proposalPSK, psk: PSKID{Type: ResumptionPSK, Usage: usage, GroupID: parent.GroupID(), Epoch: parent.Epoch()}}
}

// ReInitialize proposes to close the group in favour of a new one.
func ReInitialize(r ReInit) Proposal {
	r.GroupID, r.Extensions = bytes.Clone(r.GroupID), cloneExtensions(r.Extensions)
	return Proposal{typ: proposalReInit, reinit: r}
}

// SetExtensions proposes to replace all extensions of the group's context.
func SetExtensions(list []Extension) Proposal {
	return Proposal{typ: proposalGroupContextExtensions, extensions: cloneExtensions(list)}
}

// Type returns what the proposal does.
func (p Proposal) Type() ProposalType { return ProposalType(p.typ) }

// AddedLeaf is the leaf an Add would make; Index is 0.
func (p Proposal) AddedLeaf() (LeafInfo, bool) {
	if p.typ != proposalAdd || p.keyPackage == nil {
		return LeafInfo{}, false
	}
	return p.keyPackage.leaf.info(0), true
}

// RemovedLeaf is the leaf a Remove would remove.
func (p Proposal) RemovedLeaf() (LeafIndex, bool) { return p.removed, p.typ == proposalRemove }

// UpdatedLeaf is the new content of a received Update; Index is 0.
func (p Proposal) UpdatedLeaf() (LeafInfo, bool) {
	if p.typ != proposalUpdate || p.leaf == nil {
		return LeafInfo{}, false
	}
	return p.leaf.info(0), true
}

// NewExtensions are the group context extensions of a GroupContextExtensions.
func (p Proposal) NewExtensions() ([]Extension, bool) {
	return p.extensions, p.typ == proposalGroupContextExtensions
}

// complete fills in what a caller leaves to the package: PSK nonces.
func (p Proposal) complete(rand io.Reader, c *suiteCipher) (Proposal, error) {
	if p.typ == proposalPSK && len(p.psk.nonce) == 0 {
		nonce, err := random(rand, c.nh)
		if err != nil {
			return p, err
		}
		p.psk.nonce = nonce
	}
	return p, nil
}

func (r *reader) proposal() Proposal {
	p := Proposal{typ: r.u16()}
	switch p.typ {
	case proposalAdd:
		p.keyPackage = r.keyPackage()
	case proposalUpdate:
		p.leaf = r.leafNode()
	case proposalRemove:
		p.removed = LeafIndex(r.u32())
	case proposalPSK:
		p.psk = r.pskID()
	case proposalReInit:
		p.reinit.GroupID = r.vec()
		if r.u16() != protocolVersion {
			r.fail("reinit to an unknown version")
		}
		p.reinit.Suite = Suite(r.u16())
		p.reinit.Extensions = r.extensions()
	case proposalExternalInit:
		p.kemOutput = r.vec()
	case proposalGroupContextExtensions:
		p.extensions = r.extensions()
	default:
		r.fail("unsupported proposal type")
	}
	return p
}

func (w *writer) proposal(p Proposal) {
	w.u16(p.typ)
	switch p.typ {
	case proposalAdd:
		w.raw(p.keyPackage.raw)
	case proposalUpdate:
		w.raw(p.leaf.raw)
	case proposalRemove:
		w.u32(uint32(p.removed))
	case proposalPSK:
		w.pskID(p.psk)
	case proposalReInit:
		w.vec(p.reinit.GroupID)
		w.u16(protocolVersion)
		w.u16(uint16(p.reinit.Suite))
		w.extensions(p.reinit.Extensions)
	case proposalExternalInit:
		w.vec(p.kemOutput)
	case proposalGroupContextExtensions:
		w.extensions(p.extensions)
	}
}

// proposalOrRef is ProposalOrRef of section 12.4: ref is nil for a proposal
// by value.
type proposalOrRef struct {
	proposal Proposal
	ref      []byte
}

// commit is Commit of section 12.4.
type commit struct {
	proposals []proposalOrRef
	path      *updatePath
}

func (r *reader) commit() *commit {
	c := &commit{}
	r.list(bounded(r.limits.Proposals, maxProposals), func(r *reader) {
		var p proposalOrRef
		switch r.u8() {
		case 1:
			p.proposal = r.proposal()
		case 2:
			p.ref = r.vec()
		default:
			r.fail("bad proposal kind")
		}
		c.proposals = append(c.proposals, p)
	})
	if r.optional() {
		c.path = r.updatePath()
	}
	return c
}

func (w *writer) commit(c *commit) {
	w.nested(func(w *writer) {
		for _, p := range c.proposals {
			if p.ref != nil {
				w.u8(2)
				w.vec(p.ref)
				continue
			}
			w.u8(1)
			w.proposal(p.proposal)
		}
	})
	w.optional(c.path != nil)
	if c.path != nil {
		w.updatePath(c.path)
	}
}
