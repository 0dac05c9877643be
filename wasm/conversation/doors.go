package conversation

import (
	"fmt"
	"io"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
)

// Former is an address that the members had of this agent.
type Former struct {
	wire.Redacted
	Address []byte `cbor:"1,keyasint"`           // encoding of address.Address
	Door    uint64 `cbor:"2,keyasint,omitempty"` // as Conversation.Door
}

// maxFormers bounds the former addresses of a conversation. They go with their
// doors, of which an agent has fewer.
const maxFormers = 16

// Move prepares an update commit, as Renew does, that also puts a new address
// of this agent into its card. door is the caller's number of the door that
// the address leads through. Once the commit may be in its slot, envelopes to
// either address count as this conversation's.
func (c *Conversation) Move(rand io.Reader, now int64, door uint64, own address.Address) error {
	where, err := own.Bytes()
	if err != nil {
		return err
	}
	leaf, ok := c.group.Member(c.group.OwnLeaf())
	if !ok {
		return fmt.Errorf("couldn't move: own leaf is missing")
	}
	card, _, err := leafCard(leaf)
	if err != nil {
		return fmt.Errorf("couldn't move: %w", err)
	}
	card.Address = where
	encoded, err := wire.Marshal(card)
	if err != nil {
		return err
	}
	extensions := make([]mls.Extension, 0, len(leaf.Extensions))
	for _, e := range leaf.Extensions {
		if e.Type == cardExtension {
			e.Data = encoded
		}
		extensions = append(extensions, e)
	}
	if err := c.commit(rand, now, &mls.LeafChange{Extensions: &extensions}); err != nil {
		return err
	}
	c.Pending.Own, c.Pending.Door = where, door
	return nil
}

// address returns the address that the commit puts into our card, if any.
func (p *Pending) address() (own address.Address, moves bool, err error) {
	if len(p.Own) == 0 {
		return address.Address{}, false, nil
	}
	own, err = address.ParseAddress(p.Own)
	return own, true, err
}

// decided adopts our own commit, which has won its slot.
func (c *Conversation) decided(now int64) (Result, error) {
	pending := c.Pending
	own, moves, err := pending.address()
	if err != nil {
		return Result{}, fmt.Errorf("couldn't decode pending commit: %w", err)
	}
	r, err := c.adopt(now)
	if err != nil || !moves {
		return r, err
	}
	formers := append(c.Formers[:len(c.Formers):len(c.Formers)], Former{Address: c.Own, Door: c.Door})
	c.Formers = formers[max(len(formers)-maxFormers, 0):]
	c.Own, c.own, c.Door = pending.Own, own, pending.Door
	return r, nil
}

// CameThrough reports whether an opened envelope was sealed to an address that
// this conversation's members have, or had and may still use. Nothing else of
// the envelope may be looked at before it is (shared/spec/address.md, Who can do
// what: two colluding senders must not learn that they write to the same agent).
func (c *Conversation) CameThrough(o *address.Opened) bool {
	if o.Matches(c.own) {
		return true
	}
	for _, encoded := range c.otherAddresses() {
		if where, err := address.ParseAddress(encoded); err == nil && o.Matches(where) {
			return true
		}
	}
	return false
}

func (c *Conversation) otherAddresses() (out [][]byte) {
	if c.Pending != nil && len(c.Pending.Own) > 0 {
		out = append(out, c.Pending.Own)
	}
	for i := len(c.Formers) - 1; i >= 0; i-- {
		out = append(out, c.Formers[i].Address)
	}
	return out
}

// Doors returns the numbers of the doors that the members know an address of;
// none where the record did not decode (Remains).
func (c *Conversation) Doors() []uint64 {
	if len(c.Own) == 0 {
		return nil
	}
	doors := []uint64{c.Door}
	if c.Pending != nil && len(c.Pending.Own) > 0 {
		doors = append(doors, c.Pending.Door)
	}
	for _, f := range c.Formers {
		doors = append(doors, f.Door)
	}
	return doors
}

// DropFormers forgets the former addresses through doors that are not kept,
// and reports whether there were any.
func (c *Conversation) DropFormers(kept func(door uint64) bool) (dropped bool) {
	var rest []Former
	for _, f := range c.Formers {
		if kept(f.Door) {
			rest = append(rest, f)
		}
	}
	dropped = len(rest) != len(c.Formers)
	c.Formers = rest
	return dropped
}
