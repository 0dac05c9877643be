package mls

import (
	"bytes"
	"fmt"
)

// The encoding of a state as a whole. It is deterministic. Version 1:
//
//	struct {
//	    uint8  version = 1;
//	    opaque epoch<V>;     // what stays for the whole epoch: State.writeEpoch
//	    opaque ratchets<V>;  // what messages change: State.writeRatchets
//	} State;
//
// What is stored with every message is stored in parts: parts.go.
const stateVersion = 1

// maxPastEpochs bounds Config.PastEpochs.
const maxPastEpochs = 1 << 12

// Marshal encodes the whole state, a secret, for [Unmarshal]. What is stored
// with every message is stored in parts instead (Parts).
func (s *State) Marshal() ([]byte, error) {
	w := writer{b: make([]byte, 0, 4096)}
	w.u8(stateVersion)
	w.nested(s.writeEpoch)
	w.nested(s.writeRatchets)
	return w.b, nil
}

// epochPart encodes what stays for a whole epoch.
func (s *State) epochPart() []byte {
	epoch := encode(s.writeEpoch)
	s.ep.sized(len(epoch))
	return epoch
}

// epochSize is the size of the epoch's part, in bytes.
func (s *State) epochSize() int {
	s.ep.sizeOnce.Do(func() { s.ep.size = len(encode(s.writeEpoch)) })
	return s.ep.size
}

func (ep *epochState) sized(n int) { ep.sizeOnce.Do(func() { ep.size = n }) }

// Unmarshal decodes what Marshal wrote. The state behaves as the one that was
// encoded, given the same configuration.
func Unmarshal(data []byte, cfg Config) (*State, error) {
	r := newReader(bytes.Clone(data))
	if r.u8() != stateVersion {
		r.fail("unknown encoding version")
	}
	s := &State{cfg: cfg}
	epoch, ratchets := r.sub(), r.sub()
	s.readEpoch(epoch)
	for _, part := range []func() error{r.done, epoch.done, func() error { s.readRatchets(ratchets); return ratchets.done() }, s.check} {
		if err := part(); err != nil {
			return nil, fmt.Errorf("couldn't decode state: %w", err)
		}
	}
	return s, nil
}

// check judges what decoding by itself does not.
func (s *State) check() error {
	if s.ep.tree.leaf(s.ep.own) == nil {
		return invalid("own leaf is blank")
	}
	if !bytes.Equal(s.ep.tree.rootHash(s.ep.c), s.ep.context.treeHash) {
		return invalid("tree hash is wrong")
	}
	return nil
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
	s.writePending(w)
	w.nested(func(w *writer) {
		for _, p := range s.past {
			writePast(w, p, s.ep.tree)
		}
	})
}

func (s *State) writePending(w *writer) {
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
}

func (s *State) readRatchets(r *reader) {
	if r.u64() != s.ep.context.epoch {
		r.fail("parts of two epochs")
	}
	s.keys = r.secretTree(s.ep.c)
	s.readPending(r)
	r.list(maxPastEpochs, func(r *reader) { s.past = append(s.past, s.readPast(r)) })
}

func (s *State) readPending(r *reader) {
	c := s.ep.c
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
}

// How a signer of a past epoch is written.
const (
	signerBlank uint8 = 0
	signerSame  uint8 = 1 // as at the same leaf of the tree that stands beside it
	signerOther uint8 = 2
)

// writePast writes an ended epoch. Keys of signers that are the same in beside
// are only marked; nil: none is, since what stands beside it may change.
func writePast(w *writer, p *pastEpoch, beside *ratchetTree) {
	w.u64(p.epoch)
	w.u64(uint64(p.ended))
	w.vec(p.contextRaw)
	w.vec(p.senderData)
	w.vec(p.resumption)
	w.u32(uint32(p.own))
	w.secretTree(p.tree)
	w.nested(func(w *writer) {
		for i, key := range p.signers {
			var today *leafNode
			if beside != nil {
				today = beside.leaf(LeafIndex(i))
			}
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

// treeSecrets writes secrets without lengths: all of one suite have one size.
func (w *writer) treeSecrets(all []treeSecret) {
	w.nested(func(w *writer) {
		for _, s := range all {
			w.u32(uint32(s.node))
			w.raw(s.secret)
		}
	})
}

func (w *writer) secretTree(t secretTree) {
	w.treeSecrets(t.frontier)
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

func (r *reader) treeSecrets(c *suiteCipher) (all []treeSecret) {
	r.list(2*MaxMembers, func(r *reader) {
		all = append(all, treeSecret{node: nodeIndex(r.u32()), secret: r.take(c.nh)})
	})
	return all
}

func (r *reader) secretTree(c *suiteCipher) secretTree {
	t := secretTree{frontier: r.treeSecrets(c)}
	r.list(MaxMembers, func(r *reader) {
		t.leaves = append(t.leaves, &leafRatchet{leaf: LeafIndex(r.u32()), handshake: r.ratchet(c), application: r.ratchet(c)})
	})
	if err := t.check(); err != nil && r.err == nil {
		r.err, r.b = err, nil
	}
	return t
}

// check judges a tree that was read.
func (t secretTree) check() error {
	for i, s := range t.frontier {
		if s.node >= 2*MaxMembers || i > 0 && t.frontier[i-1].node.last() >= s.node.first() {
			return invalid("secret tree out of order")
		}
	}
	for i, l := range t.leaves {
		if l.leaf >= MaxMembers || i > 0 && t.leaves[i-1].leaf >= l.leaf {
			return invalid("ratchets out of order")
		}
	}
	for _, s := range t.frontier {
		if i, _ := t.find(s.node.first().leaf()); i < len(t.leaves) && s.node.covers(t.leaves[i].leaf.node()) {
			return invalid("secret tree holds a secret twice")
		}
	}
	return nil
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
