package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"petmail/wasm/turn"

	"petmail/shared/address"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
)

// redeposits are the times, after a row was written, at which it is deposited
// again with whoever has not acknowledged it (shared/spec/conversation.md, Delivery).
var redeposits = [...]time.Duration{time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour}

// sending is how the deposits with one recipient stand; volatile. They go out
// one at a time, so that they arrive in order.
type sending struct {
	busy    bool
	row     uint64 // under way, if busy
	retryAt int64  // unix ms; 0: not waiting
	failed  int    // in a row
}

// sendingTo returns how the deposits with a leaf stand.
func (b *box) sendingTo(leaf uint32) *sending {
	if b.sending == nil {
		b.sending = make(map[uint32]*sending)
	}
	if b.sending[leaf] == nil {
		b.sending[leaf] = &sending{}
	}
	return b.sending[leaf]
}

// underWay reports whether a deposit of a row is.
func (b *box) underWay(r *row) bool {
	for _, s := range b.sending {
		if s.busy && s.row == r.N {
			return true
		}
	}
	return false
}

// deposit starts whatever deposits are due and allowed. It runs after each
// turn, outside of it: it changes only volatile state.
func (p *Part) deposit() {
	now := p.config.Account.Now()
	for _, b := range p.boxes {
		if p.lanes.busy >= maxDeposits {
			return
		}
		if p.isAside(b.id) {
			continue
		}
		for _, r := range b.rows {
			for _, o := range r.owed {
				p.depositTo(b, r, o, now)
			}
		}
	}
}

// depositTo starts a deposit with one recipient if it is due, and ready: due
// sees to that. Rows come here oldest first.
func (p *Part) depositTo(b *box, r *row, o *owed, now int64) {
	if o.Next == 0 || o.Next > now || !o.ready && r.Kind == rowMessage {
		return
	}
	s := b.sendingTo(o.Leaf)
	if s.busy || now < s.retryAt {
		return
	}
	relay := o.relay()
	if !p.lanes.take(relay, now) {
		return
	}
	s.busy, s.row = true, r.N
	net, lanes, id, n, leaf, epoch, to, body := p.net, p.lanes, b.id, r.N, o.Leaf, r.Epoch, o.To, r.Body
	client := p.config.Account.Others()
	net.Go(func(ctx context.Context) {
		err := turn.Safely(p.config.Log, "deposit", func() error { return p.sealAndDeposit(ctx, client, to, body) })
		net.Post(turn.Input{Work: "deposit", Do: func(t turn.Turn) {
			t.Then(func() { lanes.done(relay, t.Now(), outcomeOf(err)) })
			if outcomeOf(err) == silent {
				p.unready(relay)
			}
			b := p.boxes[id]
			if b == nil {
				return
			}
			b.sendingTo(leaf).busy = false
			t.For(b.id, "deposit", func() { p.deposited(t, b, n, leaf, epoch, to, err) })
		}})
	})
}

// outcomeOf tells what a deposit has shown of its relay. One that is refused
// for good is its recipient's fault alone, whose address it may be.
func outcomeOf(err error) outcome {
	var refused *relayclient.Error
	switch {
	case err == nil:
		return answered
	case !errors.As(err, &refused):
		return unknown
	case refused.Retryable:
		return silent
	case refused.Status != 0:
		return answered
	}
	return unknown
}

// unready has whatever waits for a relay be looked at again before it goes out.
func (p *Part) unready(relay string) {
	for _, b := range p.boxes {
		for _, r := range b.rows {
			for _, o := range r.owed {
				if o.ready && o.relay() == relay {
					o.ready = false
				}
			}
		}
	}
}

func (p *Part) sealAndDeposit(ctx context.Context, client *relayclient.Client, to, body []byte) error {
	where, err := address.ParseAddress(to)
	if err != nil {
		return fmt.Errorf("couldn't decode address: %w", err)
	}
	envelope, err := address.Seal(p.config.Rand, where, body)
	if err != nil {
		return fmt.Errorf("couldn't seal envelope: %w", err)
	}
	return client.Deposit(ctx, where.Relay, envelope)
}

// deposited takes the outcome of a deposit with a leaf, at the address to, of
// what was sealed in epoch.
func (p *Part) deposited(t turn.Turn, b *box, n uint64, leaf uint32, epoch uint64, to []byte, err error) {
	if errors.Is(err, turn.ErrPanic) {
		t.SetAside(b.id, err)
		return
	}
	s := b.sendingTo(leaf)
	if err != nil {
		p.config.Log.Debug("deposit failed", "error", err)
		s.retryAt = t.Now() + b.depositBackoff(leaf)
		s.failed++
		for _, r := range b.rows {
			if o := r.to(leaf); o != nil {
				o.ready = false
			}
		}
		return
	}
	s.failed, s.retryAt = 0, 0
	r := b.rowN(n)
	if r == nil || r.to(leaf) == nil {
		return
	}
	o := r.to(leaf)
	if r.Kind == rowOnce {
		p.has(t, b, r, o)
		return
	}
	if r.Epoch != epoch || p.outdated(b, r, t.Now()) {
		return // it is, or will be, sealed again meanwhile, and goes out then
	}
	o.Next, o.ready = nextDeposit(r, t.Now()), false
	if !bytes.Equal(o.To, to) { // the member has moved meanwhile
		o.Next = t.Now()
		p.refreshRows(t, b)
	}
	if r.Kind == rowMoved && o.Next == 0 {
		p.has(t, b, r, o) // it stands in its slot
		return
	}
	o.Tries++
	p.putOwed(t, b, r, o)
	if r.Kind == rowMessage && !r.Overdue && r.tried() {
		p.talk.Move(t, b.id, r.Cursor, conversation.SentOut, conversation.Sending)
	}
}

// nextDeposit returns when a row is deposited again: by the schedule, spread
// by a tenth either way so that rows written together do not show themselves
// by coming again together.
func nextDeposit(r *row, now int64) int64 {
	for _, d := range redeposits {
		due := max(r.Created, r.Again) + int64(float64(d.Milliseconds())*(0.9+0.2*rand.Float64()))
		if due > now+d.Milliseconds()/10 {
			return due
		}
	}
	return 0
}

// depositBackoff returns the wait, in milliseconds, after a failed deposit. What
// only answers a contact, whose relay may be theirs, is tried as rarely as its
// slots.
func (b *box) depositBackoff(leaf uint32) int64 {
	failed := b.sendingTo(leaf).failed
	for _, r := range b.rows {
		if o := r.to(leaf); o != nil && r.Kind == rowMessage && o.Next != 0 {
			return turn.Backoff(failed)
		}
	}
	return turn.SlowBackoff(failed)
}

// nextOut returns when something in the outbox of a conversation is due, unix
// ms; 0: never, or not before a deposit that is under way has ended.
func (p *Part) nextOut(b *box) (next int64) {
	sooner := func(ms int64) {
		if next == 0 || ms < next {
			next = ms
		}
	}
	for _, r := range b.rows {
		if r.Kind == rowMessage && !r.Overdue {
			sooner(r.Created + undeliveredAfter.Milliseconds())
		}
		for _, o := range r.owed {
			if o.Next == 0 || p.net == nil {
				continue
			}
			s := b.sendingTo(o.Leaf)
			if relay := o.relay(); !s.busy && p.lanes.room(relay) {
				sooner(max(o.Next, s.retryAt, p.lanes.opens(relay)))
			}
		}
	}
	return next
}
