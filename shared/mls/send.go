package mls

import (
	"bytes"
	"io"
)

// Encrypt makes an application message. aad is authenticated and sent in the
// clear. The content is padded to a multiple of padding bytes; 0 pads nothing.
func (s *State) Encrypt(rand io.Reader, plaintext, aad []byte, padding int) (*State, []byte, error) {
	if err := s.usable(); err != nil {
		return nil, nil, err
	}
	if len(s.pending) > 0 {
		return nil, nil, ErrPendingProposals
	}
	if len(plaintext)+len(aad)+max(padding, 0) > MaxMessageSize-4096 {
		return nil, nil, invalid("message too large")
	}
	w := writer{b: make([]byte, 0, len(plaintext)+4)}
	w.vec(plaintext)
	f := &framedContent{
		groupID: s.ep.context.groupID, epoch: s.ep.context.epoch, sender: memberSender(s.ep.own),
		aad: aad, typ: contentApplication, body: w.b,
	}
	a := &authenticated{wire: wirePrivateMessage, content: f, raw: f.encode()}
	if err := a.sign(s.ep.c, s.ep.sig, s.ep.contextRaw); err != nil {
		return nil, nil, err
	}
	next := *s
	msg, keys, err := s.groupKeys().protectPrivate(rand, a, padding)
	if err != nil {
		return nil, nil, err
	}
	next.keys = keys
	return &next, msg, nil
}

// ProposeParams say how a proposal is sent.
type ProposeParams struct {
	// AAD is authenticated and sent in the clear.
	AAD []byte
	// Public sends a PublicMessage, signed but readable by all.
	Public bool
	// Padding pads a private message to a multiple of so many bytes.
	Padding int
	// Now is the time in Unix seconds.
	Now int64
}

// Propose makes a proposal message for others to commit. It is pending in the
// state returned. The same proposal again is one proposal; as a PublicMessage
// it is refused with ErrReplay.
func (s *State) Propose(rand io.Reader, prop Proposal, p ProposeParams) (*State, []byte, error) {
	if err := s.usable(); err != nil {
		return nil, nil, err
	}
	c := s.ep.c
	if prop.typ == proposalAdd && prop.keyPackage == nil {
		return nil, nil, invalid("add without a key package")
	}
	prop, err := prop.complete(rand, c)
	if err != nil {
		return nil, nil, err
	}
	own := &pendingProposal{}
	if prop.typ == proposalUpdate {
		if prop, err = s.signUpdate(rand, prop, own); err != nil {
			return nil, nil, err
		}
	}
	f := &framedContent{
		groupID: s.ep.context.groupID, epoch: s.ep.context.epoch, sender: memberSender(s.ep.own),
		aad: bytes.Clone(p.AAD), typ: contentProposal, proposal: prop, body: encode(func(w *writer) { w.proposal(prop) }),
	}
	a := &authenticated{wire: wirePrivateMessage, content: f, raw: f.encode()}
	if p.Public {
		a.wire = wirePublicMessage
	}
	if err := a.sign(c, s.ep.sig, s.ep.contextRaw); err != nil {
		return nil, nil, err
	}
	next := *s
	if err := next.keepProposal(a, p.Now); err != nil {
		return nil, nil, err
	}
	if own.leafPriv != nil { // an Update is always a new one
		last := next.pending[len(next.pending)-1]
		last.leafPriv, last.sig = own.leafPriv, own.sig
	}
	if p.Public {
		return &next, s.groupKeys().protectPublic(a), nil
	}
	msg, keys, err := s.groupKeys().protectPrivate(rand, a, p.Padding)
	if err != nil {
		return nil, nil, err
	}
	next.keys = keys
	return &next, msg, nil
}

// signUpdate makes the leaf of an Update and notes its keys in pend.
func (s *State) signUpdate(rand io.Reader, prop Proposal, pend *pendingProposal) (Proposal, error) {
	private, public, err := s.ep.c.newKeyPair(rand)
	if err != nil {
		return prop, err
	}
	pend.leafPriv, pend.sig = private, s.ep.sig
	if ch := prop.leafChange; ch != nil && ch.SignatureKey != nil {
		pend.sig = *ch.SignatureKey
	}
	leaf := prop.leafChange.apply(s.ep.tree.leaf(s.ep.own)).successor(public, sourceUpdate)
	if err := leaf.sign(s.ep.c, pend.sig, s.ep.context.groupID, s.ep.own); err != nil {
		return prop, err
	}
	prop.leaf, prop.leafChange = leaf, nil
	return prop, nil
}
