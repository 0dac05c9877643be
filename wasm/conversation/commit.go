package conversation

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"petmail/shared/mls"
	"petmail/shared/text"
	"petmail/shared/wire"
)

// Keys are renewed, by an update commit, after so many messages of our own in
// one epoch or when we write in an epoch of this age.
const (
	renewMessages = 100
	renewAge      = 24 * 3600 * 1000 // milliseconds
)

// maxSlotValue bounds a commit in a slot, in bytes.
const maxSlotValue = 512 << 10

// Pending is a commit of our own whose slot is not decided yet.
type Pending struct {
	wire.Redacted
	Commit    []byte `cbor:"1,keyasint"` // MLS PrivateMessage
	Value     []byte `cbor:"2,keyasint"` // what we write to the slot
	Candidate []byte `cbor:"3,keyasint"` // encoded mls.State after the commit
	// Own is the address that the commit puts into our card, Door the number
	// of its door; empty: they stay.
	Own  []byte `cbor:"23,keyasint,omitempty"`
	Door uint64 `cbor:"24,keyasint,omitempty"`
}

// Renewable reports whether it is time to renew keys: the rule applies when
// we have just written something.
func (c *Conversation) Renewable(now int64) bool {
	return c.State == Open && c.Pending == nil && len(c.Members) > 0 && c.Members[0].Heard &&
		(c.EpochSent >= renewMessages || now-c.EpochTime >= renewAge)
}

// Renew prepares an update commit. It takes effect when its slot is won:
// write Pending.Value to Slot and call Decide with the value that stands.
func (c *Conversation) Renew(rand io.Reader, now int64) error { return c.commit(rand, now, nil) }

// commit prepares an update commit, with a change of our leaf if there is one.
func (c *Conversation) commit(rand io.Reader, now int64, change *mls.LeafChange) error {
	candidate, err := c.prepare(rand, mls.CommitParams{ForcePath: true, LeafChange: change, Now: now / 1000})
	if err != nil {
		return err
	}
	value, err := c.sealSlot(rand, candidate.Commit)
	if err != nil {
		return err
	}
	state, err := candidate.Next.Marshal()
	if err != nil {
		return fmt.Errorf("couldn't encode candidate: %w", err)
	}
	// The key that encrypted the commit is used up, whether it wins or not.
	if err := c.step(candidate.Current); err != nil {
		return err
	}
	c.Pending, c.PendingAt = &Pending{Commit: candidate.Commit, Value: value, Candidate: state}, now
	return nil
}

// Slot returns the id of the slot that decides how the current epoch ends.
func (c *Conversation) Slot() (id [32]byte, err error) {
	b, err := c.group.Export("petmail/slot", nil, 32)
	if err != nil {
		return id, fmt.Errorf("couldn't derive slot id: %w", err)
	}
	return [32]byte(b), nil
}

// sealSlot hides a commit from the relay: its MLS header would link the slots
// of one group. value = nonce 24 ‖ XChaCha20-Poly1305(Export("petmail/slot-key"),
// ad = slot id, padded commit). The nonce is random because two members may
// race for one slot.
func (c *Conversation) sealSlot(rand io.Reader, commit []byte) ([]byte, error) {
	key, ad, err := c.slotKeys()
	if err != nil {
		return nil, err
	}
	nonce, err := wire.RandomBytes(rand, chacha20poly1305.NonceSizeX)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, err
	}
	padded, err := text.Pad(commit, int(text.Padme(uint64(len(commit)+text.PadOverhead))))
	if err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, padded, ad), nil
}

func (c *Conversation) openSlot(value []byte) ([]byte, error) {
	key, ad, err := c.slotKeys()
	if err != nil {
		return nil, err
	}
	if len(value) < chacha20poly1305.NonceSizeX || len(value) > maxSlotValue {
		return nil, errors.New("couldn't open slot: wrong size")
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, err
	}
	padded, err := aead.Open(nil, value[:chacha20poly1305.NonceSizeX], value[chacha20poly1305.NonceSizeX:], ad)
	if err != nil {
		return nil, errors.New("couldn't open slot: not written by a member")
	}
	return text.Unpad(padded)
}

func (c *Conversation) slotKeys() (key, ad []byte, err error) {
	id, err := c.Slot()
	if err != nil {
		return nil, nil, err
	}
	key, err = c.group.Export("petmail/slot-key", nil, chacha20poly1305.KeySize)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't derive slot key: %w", err)
	}
	return key, id[:], nil
}

// Decide ends the current epoch with the value that stands in its slot: our
// own pending commit, which is then announced to the members by the returned
// bodies, or another member's.
func (c *Conversation) Decide(now int64, value []byte) (Result, []Outgoing, error) {
	if c.State != Open {
		return Result{}, nil, ErrIgnored
	}
	if c.Pending != nil && bytes.Equal(value, c.Pending.Value) {
		announce, err := c.toAll(BodyCommit, c.Pending.Commit)
		if err != nil {
			return Result{}, nil, err
		}
		prepared := c.PendingAt
		r, err := c.decided(now)
		if err != nil {
			return Result{}, nil, err
		}
		c.began(prepared)
		r.Ours = true
		return r, announce, nil
	}
	commit, err := c.openSlot(value)
	if err != nil {
		return Result{}, nil, err
	}
	r, err := c.enter(now, commit)
	return r, nil, err
}

func (c *Conversation) receiveCommit(now int64, commit []byte, epoch uint64) (Result, error) {
	if epoch < c.group.Epoch() {
		return Result{}, ErrIgnored
	}
	if c.Pending != nil {
		// Our own commit races with this one; the slot decides, not the order
		// of arrival.
		return Result{}, ErrIgnored
	}
	return c.enter(now, commit)
}
