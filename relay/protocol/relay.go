package protocol

import (
	"fmt"
	"io"
	"time"

	"petmail/relay/core"
	"petmail/relay/core/claims"
	"petmail/relay/core/mailbox"
	"petmail/relay/core/rendezvous"
	"petmail/relay/core/slots"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// Relay is the part of a relay that does not change while it runs: keys,
// limits and rules. What changes lies in the tables behind a Tx that the host
// passes to every call. Methods may be called concurrently, each with a Tx of
// its own.
//
// The contract of every method that writes: a refusal (a *core.Refusal, or a
// result that says so) has written nothing; any other error comes from the
// Tx, and the host rolls the whole transaction back and answers nobody with
// success.
type Relay struct {
	id         [relayproto.IDSize]byte
	routing    address.RoutingKey
	descriptor []byte

	claims     claims.Claims
	mailboxes  *mailbox.Mailboxes
	slots      slots.Slots
	rendezvous *rendezvous.Rendezvous
}

// tables are those of all nouns.
func tables() []core.Tables {
	return []core.Tables{mailbox.Tables(), claims.Tables(), slots.Tables(), rendezvous.Tables()}
}

// Open brings the tables to the newest version and loads the relay's keys,
// drawing them from rand the first time. The caller commits tx. It returns
// core.ErrClock when the clock has been set back.
func Open(tx core.Tx, rand io.Reader, cfg core.Config) (*Relay, error) {
	cfg = cfg.WithDefaults()
	keys, err := core.Open(tx, rand, tables()...)
	if err != nil {
		return nil, err
	}
	r := &Relay{id: keys.ID, routing: keys.Routing, slots: slots.New(cfg), rendezvous: rendezvous.New(cfg, rand)}
	r.descriptor, err = relayproto.SignDescriptor(keys.Identity, keys.Public, relayproto.Descriptor{
		Version:           cfg.Version,
		LeasePolicy:       "open",
		EnvelopeRetention: uint64(cfg.EnvelopeRetention / time.Second),
		SlotRetention:     uint64(cfg.SlotRetention / time.Second),
		MaxMailboxBytes:   uint64(cfg.MaxMailboxBytes),
		MaxDoors:          uint64(cfg.MaxDoors),
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't sign the descriptor: %w", err)
	}
	r.mailboxes, err = mailbox.Open(tx, cfg, keys, mailbox.SQLQueue{})
	return r, err
}

// Inspect is core.Inspect of all tables.
func Inspect(tx core.Tx) (core.Inspection, error) { return core.Inspect(tx, tables()...) }

// Restored makes the tables of a backup ready for use. The error is the Tx's.
func Restored(tx core.Tx) error { return mailbox.Restored(tx) }

// Deposit queues an envelope behind a door. Where it leads shows neither in the
// statements nor in the answer to its sender. The error is the Tx's.
func (r *Relay) Deposit(tx core.Tx, door address.DoorID, envelope []byte) (mailbox.Deposited, error) {
	name, _, err := r.claims.Resolve(tx, door)
	if err != nil {
		return mailbox.Deposited{}, err
	}
	return r.mailboxes.Deposit(tx, name, door, envelope)
}

// updateMailbox carries out a mailbox request. The error is a *core.Refusal or
// the Tx's.
func (r *Relay) updateMailbox(tx core.Tx, u mailbox.Update) (mailbox.Updated, error) {
	claimed := u.Claims()
	taken, err := r.claims.Taken(tx, claimed...)
	if err != nil {
		return mailbox.Updated{}, err
	}
	checked, err := r.mailboxes.Check(tx, u, taken)
	if err != nil {
		return mailbox.Updated{}, err
	}
	if checked.Repeated != nil {
		return mailbox.Updated{Answer: checked.Repeated}, nil
	}
	done, err := r.mailboxes.Carry(tx, checked)
	if err != nil {
		return mailbox.Updated{}, err
	}
	if done.Closed == 0 {
		return done, r.claims.Claim(tx, claimed...)
	}
	return done, r.claims.Release(tx, done.Freed...)
}

// TrimChaff forgets the deposits that reached nobody.
func (r *Relay) TrimChaff(tx core.Tx) error { return r.mailboxes.TrimChaff(tx) }

// Swept counts what one Sweep deleted.
type Swept struct {
	Envelopes, Slots, Doors, Nameplates, Meetings int64
	// More is set when a limit was reached: call again soon.
	More bool
	// Doubt is set when the clock has jumped far ahead: nothing was deleted.
	Doubt bool
}

// Sweep deletes what has expired, at most about limit rows of each kind, so
// that no transaction holds the writer for long.
func (r *Relay) Sweep(tx core.Tx, limit int) (s Swept, err error) {
	believed, err := core.BelieveClock(tx)
	if err != nil || !believed {
		return Swept{Doubt: err == nil}, err
	}
	boxes, err := r.mailboxes.Sweep(tx, limit)
	if err != nil {
		return Swept{}, err
	}
	if err := r.claims.Release(tx, boxes.Freed...); err != nil {
		return Swept{}, err
	}
	if s.Slots, err = r.slots.Sweep(tx, limit); err != nil {
		return Swept{}, err
	}
	met, err := r.rendezvous.Sweep(tx, limit)
	if err != nil {
		return Swept{}, err
	}
	s.Envelopes, s.Doors = boxes.Envelopes, int64(len(boxes.Freed))
	s.Nameplates, s.Meetings = met.Nameplates, met.Meetings
	s.More = max(s.Envelopes, s.Doors, boxes.Mailboxes, s.Slots, s.Nameplates, s.Meetings) >= int64(limit)
	return s, nil
}

// Stats are totals for the operator.
type Stats struct {
	mailbox.Stats
	Claims, Slots int64
	Rendezvous    rendezvous.Stats
}

// Stats counts the tables. It reads whole indexes: call it rarely.
func (r *Relay) Stats(tx core.Tx) (s Stats, err error) {
	if s.Stats, err = r.mailboxes.Stats(tx); err != nil {
		return Stats{}, err
	}
	if s.Claims, err = r.claims.Stats(tx); err != nil {
		return Stats{}, err
	}
	if s.Slots, err = r.slots.Stats(tx); err != nil {
		return Stats{}, err
	}
	s.Rendezvous, err = r.rendezvous.Stats(tx)
	return s, err
}
