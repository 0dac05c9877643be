package mls

import (
	"bytes"
	"slices"
)

// groupContext is GroupContext of RFC 9420 section 8.1.
type groupContext struct {
	suite      Suite
	groupID    []byte
	epoch      uint64
	treeHash   []byte
	transcript []byte // confirmed_transcript_hash
	extensions []Extension
}

func (g *groupContext) write(w *writer) {
	w.u16(protocolVersion)
	w.u16(uint16(g.suite))
	w.vec(g.groupID)
	w.u64(g.epoch)
	w.vec(g.treeHash)
	w.vec(g.transcript)
	w.extensions(g.extensions)
}

func (g *groupContext) encode() []byte { return encode(g.write) }

func (r *reader) groupContext() groupContext {
	if r.u16() != protocolVersion {
		r.fail("group has another version")
	}
	return groupContext{
		suite: Suite(r.u16()), groupID: r.vec(), epoch: r.u64(), treeHash: r.vec(), transcript: r.vec(), extensions: r.extensions(),
	}
}

// epochSecrets are the secrets of an epoch that live as long as it does, but
// for the secret tree (RFC 9420 section 8).
type epochSecrets struct {
	senderData    []byte
	exporter      []byte
	external      []byte
	membership    []byte
	resumption    []byte
	authenticator []byte
	init          []byte // for the next epoch
}

// newEpoch is what the key schedule yields once; confirmation and encryption
// are used up while the epoch is set up, joiner goes into Welcomes.
type newEpoch struct {
	epochSecrets
	joiner       []byte
	welcome      []byte
	confirmation []byte
	encryption   []byte
}

// joinerSecret is the part of the key schedule before the PSKs.
func (c *suiteCipher) joinerSecret(initSecret, commitSecret, context []byte) []byte {
	pre := c.extract(initSecret, commitSecret)
	defer clear(pre)
	return c.expandWithLabel(pre, "joiner", context, c.nh)
}

// welcomeSecret is the secret under which a GroupInfo travels in a Welcome.
func (c *suiteCipher) welcomeSecret(joiner, pskSecret []byte) []byte {
	member := c.extract(joiner, pskSecret)
	defer clear(member)
	return c.deriveSecret(member, "welcome")
}

// epochFromJoiner is the part of the key schedule after the joiner secret.
func (c *suiteCipher) epochFromJoiner(joiner, pskSecret, context []byte) newEpoch {
	member := c.extract(joiner, pskSecret)
	defer clear(member)
	epoch := c.expandWithLabel(member, "epoch", context, c.nh)
	defer clear(epoch)
	e := c.epochFromSecret(epoch)
	e.joiner = joiner
	e.welcome = c.deriveSecret(member, "welcome")
	return e
}

func (c *suiteCipher) epochFromSecret(epoch []byte) newEpoch {
	return newEpoch{
		epochSecrets: epochSecrets{
			senderData:    c.deriveSecret(epoch, "sender data"),
			exporter:      c.deriveSecret(epoch, "exporter"),
			external:      c.deriveSecret(epoch, "external"),
			membership:    c.deriveSecret(epoch, "membership"),
			resumption:    c.deriveSecret(epoch, "resumption"),
			authenticator: c.deriveSecret(epoch, "authentication"),
			init:          c.deriveSecret(epoch, "init"),
		},
		confirmation: c.deriveSecret(epoch, "confirm"),
		encryption:   c.deriveSecret(epoch, "encryption"),
	}
}

// export is MLS-Exporter (section 8.5).
func (c *suiteCipher) export(exporter []byte, label string, context []byte, length int) []byte {
	secret := c.deriveSecret(exporter, label)
	defer clear(secret)
	return c.expandWithLabel(secret, "exported", c.hash(context), length)
}

// welcomeKey derives the key and nonce of an encrypted GroupInfo.
func (c *suiteCipher) welcomeKey(welcome []byte) (key, nonce []byte) {
	return c.expandWithLabel(welcome, "key", nil, c.nk), c.expandWithLabel(welcome, "nonce", nil, c.nn)
}

// confirmedHash and interimHash advance the transcript (section 8.2).
func (c *suiteCipher) confirmedHash(interim []byte, wire uint16, content, signature []byte) []byte {
	w := writer{b: make([]byte, 0, len(content)+len(signature)+8)}
	w.u16(wire)
	w.raw(content)
	w.vec(signature)
	return c.hash(interim, w.b)
}

func (c *suiteCipher) interimHash(confirmed, confirmationTag []byte) []byte {
	var w writer
	w.vec(confirmationTag)
	return c.hash(confirmed, w.b)
}

// PSKType tells how a pre-shared key came about (RFC 9420 section 8.4).
type PSKType uint8

// The PSK types.
const (
	ExternalPSK   PSKType = 1
	ResumptionPSK PSKType = 2
)

// PSKUsage says what a resumption PSK is for.
type PSKUsage uint8

// The usages of resumption PSKs.
const (
	UsageApplication PSKUsage = 1
	UsageReInit      PSKUsage = 2
	UsageBranch      PSKUsage = 3
)

// PSKID names a pre-shared key.
type PSKID struct {
	redacted
	Type PSKType
	// ID names an external PSK.
	ID []byte
	// Usage, GroupID and Epoch name a resumption PSK.
	Usage   PSKUsage
	GroupID []byte
	Epoch   uint64

	nonce []byte
}

// clonePSKs copies ids out of a buffer that is to be erased.
func clonePSKs(ids []PSKID) []PSKID {
	out := slices.Clone(ids)
	for i := range out {
		out[i].ID, out[i].GroupID, out[i].nonce = bytes.Clone(out[i].ID), bytes.Clone(out[i].GroupID), bytes.Clone(out[i].nonce)
	}
	return out
}

// PSKLookup returns the pre-shared key of an id, and false if it has none.
// The key is read, not kept and not changed; erase it once the epoch it went
// into is adopted.
type PSKLookup func(id PSKID) ([]byte, bool)

// ExternalPSKs is a lookup in a map from external PSK ids to keys.
func ExternalPSKs(keys map[string][]byte) PSKLookup {
	return func(id PSKID) ([]byte, bool) {
		if id.Type != ExternalPSK {
			return nil, false
		}
		k, ok := keys[string(id.ID)]
		return k, ok
	}
}

func (p PSKID) equal(q PSKID) bool {
	return p.Type == q.Type && p.Usage == q.Usage && p.Epoch == q.Epoch &&
		bytes.Equal(p.ID, q.ID) && bytes.Equal(p.GroupID, q.GroupID) && bytes.Equal(p.nonce, q.nonce)
}

func (r *reader) pskID() PSKID {
	p := PSKID{Type: PSKType(r.u8())}
	switch p.Type {
	case ExternalPSK:
		p.ID = r.vec()
	case ResumptionPSK:
		p.Usage = PSKUsage(r.u8())
		if p.Usage < UsageApplication || p.Usage > UsageBranch {
			r.fail("bad PSK usage")
		}
		p.GroupID = r.vec()
		p.Epoch = r.u64()
	default:
		r.fail("bad PSK type")
	}
	p.nonce = r.vec()
	return p
}

func (w *writer) pskID(p PSKID) {
	w.u8(uint8(p.Type))
	if p.Type == ExternalPSK {
		w.vec(p.ID)
	} else {
		w.u8(uint8(p.Usage))
		w.vec(p.GroupID)
		w.u64(p.Epoch)
	}
	w.vec(p.nonce)
}

// pskSecret combines pre-shared keys (section 8.4). ids is bounded by its
// callers far below 2^16.
func (c *suiteCipher) pskSecret(ids []PSKID, lookup PSKLookup) ([]byte, error) {
	out := c.zero()
	for i, id := range ids {
		if lookup == nil {
			return nil, ErrMissingPSK
		}
		psk, ok := lookup(id)
		if !ok {
			return nil, ErrMissingPSK
		}
		extracted := c.extract(c.zero(), psk)
		label := encode(func(w *writer) {
			w.pskID(id)
			w.u16(uint16(i))
			w.u16(uint16(len(ids)))
		})
		input := c.expandWithLabel(extracted, "derived psk", label, c.nh)
		next := c.extract(input, out)
		clear(extracted)
		clear(input)
		clear(out)
		out = next
	}
	return out, nil
}
