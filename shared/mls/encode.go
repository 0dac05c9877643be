package mls

import (
	"bytes"
	"fmt"
	"slices"
)

// The encoding of a state. It is deterministic, and in two parts: what stays
// for a whole epoch, and what every message changes. Version 1:
//
//	struct {
//	    uint8  version = 1;
//	    opaque epoch<V>;     // EpochPart
//	    opaque ratchets<V>;  // RatchetPart
//	} State;
//
// The parts are laid out by epochState.write and State.writeRatchets.
const stateVersion = 1

// maxPastEpochs bounds Config.PastEpochs.
const maxPastEpochs = 1 << 12

// Marshal encodes the whole state, a secret, for [Unmarshal].
func (s *State) Marshal() ([]byte, error) {
	epoch, ratchets := s.epochPart(), s.ratchetPart()
	w := writer{b: make([]byte, 0, len(epoch)+len(ratchets)+16)}
	w.u8(stateVersion)
	w.vec(epoch)
	w.vec(ratchets)
	return w.b, nil
}

// MarshalParts encodes the state, a secret, in two parts: epoch changes only
// with commits, ratchets with every message. A caller that stores them apart
// writes little for each message. [UnmarshalParts] takes them back; both must
// be of the same epoch.
func (s *State) MarshalParts() (epoch, ratchets []byte) {
	return bytes.Clone(s.epochPart()), s.ratchetPart()
}

// epochPart is made once for an epoch, and goes when the epoch does.
func (s *State) epochPart() []byte {
	s.ep.encodeOnce.Do(func() {
		w := writer{b: make([]byte, 0, 2048)}
		s.writeEpoch(&w)
		s.ep.encoded = w.b
	})
	return s.ep.encoded
}

func (s *State) ratchetPart() []byte {
	w := writer{b: make([]byte, 0, 1024)}
	s.writeRatchets(&w)
	return w.b
}

// Unmarshal decodes what Marshal wrote. The state behaves as the one that was
// encoded, given the same configuration.
func Unmarshal(data []byte, cfg Config) (*State, error) {
	r := newReader(bytes.Clone(data))
	if r.u8() != stateVersion {
		r.fail("unknown encoding version")
	}
	epoch, ratchets := r.vec(), r.vec()
	if err := r.done(); err != nil {
		return nil, fmt.Errorf("couldn't decode state: %w", err)
	}
	return unmarshalParts(epoch, ratchets, cfg)
}

// UnmarshalParts decodes what MarshalParts wrote.
func UnmarshalParts(epoch, ratchets []byte, cfg Config) (*State, error) {
	return unmarshalParts(bytes.Clone(epoch), bytes.Clone(ratchets), cfg)
}

func unmarshalParts(epoch, ratchets []byte, cfg Config) (*State, error) {
	s := &State{cfg: cfg}
	r := newReader(epoch)
	s.readEpoch(r)
	if err := r.done(); err != nil {
		return nil, fmt.Errorf("couldn't decode state: %w", err)
	}
	r = newReader(ratchets)
	s.readRatchets(r)
	if err := r.done(); err != nil {
		return nil, fmt.Errorf("couldn't decode state: %w", err)
	}
	if s.ep.tree.leaf(s.ep.own) == nil {
		return nil, fmt.Errorf("couldn't decode state: %w", invalid("own leaf is blank"))
	}
	if !bytes.Equal(s.ep.tree.rootHash(s.ep.c), s.ep.context.treeHash) {
		return nil, fmt.Errorf("couldn't decode state: %w", invalid("tree hash is wrong"))
	}
	return s, nil
}

func (s *State) writeEpoch(w *writer) {
	ep := s.ep
	w.vec(ep.contextRaw)
	w.vec(ep.confirmationTag)
	ep.tree.write(w)
	w.u32(uint32(ep.own))
	w.vec(ep.sig.private)
	w.nested(func(w *writer) {
		for _, k := range ep.nodeKeys {
			w.u32(uint32(k.node))
			w.vec(k.private)
		}
	})
	for _, secret := range ep.secrets.all() {
		w.vec(*secret)
	}
	w.u8(uint8(s.closed))
	if s.closed == closedReInit {
		w.proposal(Proposal{typ: proposalReInit, reinit: *s.reinit})
	}
}

func (e *epochSecrets) all() []*[]byte {
	return []*[]byte{&e.senderData, &e.exporter, &e.external, &e.membership, &e.resumption, &e.authenticator, &e.init}
}

func (s *State) readEpoch(r *reader) {
	ep := &epochState{contextRaw: r.vec()}
	s.ep = ep
	cr := newReader(ep.contextRaw)
	ep.context = cr.groupContext()
	if err := cr.done(); err != nil {
		r.fail("bad group context")
		return
	}
	c, err := newCipher(ep.context.suite, s.cfg.Provider)
	if err != nil {
		r.fail("unsupported suite")
		return
	}
	ep.c = c
	ep.confirmationTag = r.vec()
	ep.interim = c.interimHash(ep.context.transcript, ep.confirmationTag)
	ep.tree = r.ratchetTree()
	ep.own = LeafIndex(r.u32())
	ep.sig = SignatureKey{suite: c.suite, private: r.vec()}
	if r.err != nil {
		return
	}
	if l := ep.tree.leaf(ep.own); l != nil {
		ep.sig.public = l.signatureKey
	}
	r.list(64, func(r *reader) {
		k := nodeKey{node: nodeIndex(r.u32()), private: r.vec()}
		if n := len(ep.nodeKeys); n > 0 && ep.nodeKeys[n-1].node >= k.node || int(k.node) >= len(ep.tree.nodes) {
			r.fail("bad node keys")
		}
		ep.nodeKeys = append(ep.nodeKeys, k)
	})
	for _, secret := range ep.secrets.all() {
		*secret = r.vec()
	}
	s.closed = closedReason(r.u8())
	switch s.closed {
	case open, closedRemoved:
	case closedReInit:
		p := r.proposal()
		if p.typ != proposalReInit {
			r.fail("bad reinit")
		}
		s.reinit = &p.reinit
	default:
		r.fail("bad state of the group")
	}
}

func (s *State) writeRatchets(w *writer) {
	w.u64(s.ep.context.epoch)
	w.secretTree(s.keys)
	w.nested(func(w *writer) {
		for _, p := range s.pending {
			w.vec(p.ref)
			w.sender(p.sender)
			w.proposal(p.proposal)
			w.optional(p.leafPriv != nil)
			if p.leafPriv != nil {
				w.vec(p.leafPriv)
				w.vec(p.sig.private)
			}
		}
	})
	w.nested(func(w *writer) {
		for _, p := range s.past {
			s.writePast(w, p)
		}
	})
}

func (s *State) readRatchets(r *reader) {
	c := s.ep.c
	if r.u64() != s.ep.context.epoch {
		r.fail("parts of two epochs")
	}
	s.keys = r.secretTree(c)
	r.list(maxProposals, func(r *reader) {
		p := &pendingProposal{ref: r.vec(), sender: r.sender(), proposal: r.proposal()}
		if r.optional() {
			p.leafPriv = r.vec()
			p.sig = SignatureKey{suite: c.suite, private: r.vec()}
			if p.proposal.typ != proposalUpdate {
				r.fail("bad pending proposal")
				return
			}
			p.sig.public = p.proposal.leaf.signatureKey
		}
		s.pending = append(s.pending, p)
	})
	r.list(maxPastEpochs, func(r *reader) { s.past = append(s.past, s.readPast(r)) })
}

// How a signer of a past epoch is written.
const (
	signerBlank uint8 = 0
	signerSame  uint8 = 1 // as at the same leaf today
	signerOther uint8 = 2
)

func (s *State) writePast(w *writer, p *pastEpoch) {
	w.u64(p.epoch)
	w.u64(uint64(p.ended))
	w.vec(p.contextRaw)
	w.vec(p.senderData)
	w.vec(p.resumption)
	w.u32(uint32(p.own))
	w.secretTree(p.tree)
	w.nested(func(w *writer) {
		for i, key := range p.signers {
			today := s.ep.tree.leaf(LeafIndex(i))
			switch {
			case key == nil:
				w.u8(signerBlank)
			case today != nil && bytes.Equal(today.signatureKey, key):
				w.u8(signerSame)
			default:
				w.u8(signerOther)
				w.vec(key)
			}
		}
	})
}

func (s *State) readPast(r *reader) *pastEpoch {
	p := &pastEpoch{
		epoch: r.u64(), ended: int64(r.u64()), contextRaw: r.vec(), senderData: r.vec(), resumption: r.vec(), own: LeafIndex(r.u32()),
	}
	p.tree = r.secretTree(s.ep.c)
	if n := len(s.past); p.epoch >= s.ep.context.epoch || n > 0 && s.past[n-1].epoch >= p.epoch {
		r.fail("past epochs out of order")
	}
	r.list(MaxMembers, func(r *reader) {
		var key []byte
		switch r.u8() {
		case signerBlank:
		case signerSame:
			if l := s.ep.tree.leaf(LeafIndex(len(p.signers))); l != nil {
				key = l.signatureKey
			} else {
				r.fail("past signer is not here today")
			}
		case signerOther:
			key = r.vec()
		default:
			r.fail("bad past signer")
		}
		p.signers = append(p.signers, key)
	})
	return p
}

// secretTree writes secrets without lengths: all of one suite have one size.
func (w *writer) secretTree(t secretTree) {
	w.nested(func(w *writer) {
		for _, s := range t.frontier {
			w.u32(uint32(s.node))
			w.raw(s.secret)
		}
	})
	w.nested(func(w *writer) {
		for _, l := range t.leaves {
			w.u32(uint32(l.leaf))
			w.ratchet(l.handshake)
			w.ratchet(l.application)
		}
	})
}

func (w *writer) ratchet(r ratchet) {
	w.optional(r.secret != nil)
	if r.secret != nil {
		w.raw(r.secret)
	}
	w.u32(r.next)
	w.nested(func(w *writer) {
		for _, k := range r.skipped {
			w.u32(k.generation)
			w.raw(k.key)
			w.raw(k.nonce)
		}
	})
}

func (r *reader) secretTree(c *suiteCipher) secretTree {
	var t secretTree
	r.list(2*MaxMembers, func(r *reader) {
		s := treeSecret{node: nodeIndex(r.u32()), secret: r.take(c.nh)}
		if n := len(t.frontier); s.node >= 2*MaxMembers || n > 0 && t.frontier[n-1].node.last() >= s.node.first() {
			r.fail("secret tree out of order")
		}
		t.frontier = append(t.frontier, s)
	})
	r.list(MaxMembers, func(r *reader) {
		l := &leafRatchet{leaf: LeafIndex(r.u32()), handshake: r.ratchet(c), application: r.ratchet(c)}
		if n := len(t.leaves); l.leaf >= MaxMembers || n > 0 && t.leaves[n-1].leaf >= l.leaf {
			r.fail("ratchets out of order")
		}
		t.leaves = append(t.leaves, l)
	})
	if slices.ContainsFunc(t.frontier, func(s treeSecret) bool {
		i, _ := t.find(s.node.first().leaf())
		return i < len(t.leaves) && s.node.covers(t.leaves[i].leaf.node())
	}) {
		r.fail("secret tree holds a secret twice")
	}
	return t
}

func (r *reader) ratchet(c *suiteCipher) ratchet {
	var out ratchet
	if r.optional() {
		out.secret = r.take(c.nh)
	}
	out.next = r.u32()
	r.list(MaxSkippedKeys, func(r *reader) {
		k := messageKey{generation: r.u32(), key: r.take(c.nk), nonce: r.take(c.nn)}
		if n := len(out.skipped); n > 0 && out.skipped[n-1].generation >= k.generation || k.generation >= out.next {
			r.fail("skipped keys out of order")
		}
		out.skipped = append(out.skipped, k)
	})
	return out
}
