package outbox

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"time"

	"petmail/shared/wire"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// mark has a row of the current epoch that was just sealed, or is to be
// deposited again with o, wait if that may be over; the caller stores both.
func (p *Part) mark(t turn.Turn, b *box, r *row, o *owed) {
	if r.Kind == rowMessage && p.groups.Stale(b.id) {
		r.Stale, o.Next = true, p.groups.Doubt(t, b.id)
	}
	o.ready = true
}

// outdated reports whether a row has to be sealed again before it goes out.
func (p *Part) outdated(b *box, r *row, now int64) bool {
	return r.Kind == rowMessage && r.Epoch != p.groups.Epoch(b.id) && (r.Stale || !p.groups.Readable(b.id, r.Epoch, now))
}

// Marked reports whether something was sealed in an epoch that may have been
// over.
func (p *Part) Marked(id wire.ID) bool {
	for _, r := range p.at(id).rows {
		if r.Kind == rowMessage && r.Stale {
			return true
		}
	}
	return false
}

// sealAgain encrypts what a row carries under the current epoch.
func (p *Part) sealAgain(t turn.Turn, b *box, r *row) {
	m, ok := p.plaintext(t, b, r)
	if !ok { // deleted here and no longer readable there
		p.drop(t, b, r)
		p.requests.Withhold(t, b.id, r.Number)
		return
	}
	out, err := p.groups.Seal(b.id, m)
	if err != nil {
		t.SetAside(b.id, err)
		return
	}
	p.groups.Touch(t, b.id)
	to := make(map[uint32]conversation.Outgoing)
	for _, o := range out {
		to[o.Leaf] = o
	}
	for _, o := range slices.Clone(r.owed) {
		sealed, there := to[o.Leaf]
		if !there {
			p.has(t, b, r, o) // that leaf is not there any more
			continue
		}
		r.Body, r.Epoch, r.Stale = sealed.Body, sealed.Epoch, p.groups.Stale(b.id)
		if !bytes.Equal(o.To, sealed.To) {
			o.move(sealed.To)
			p.putOwed(t, b, r, o)
		}
	}
	if len(r.owed) > 0 {
		p.putRow(t, b, r)
	}
}

// plaintext is what a row says; false: there is nothing to send any more.
func (p *Part) plaintext(t turn.Turn, b *box, r *row) (conversation.Message, bool) {
	if m, ok := p.requests.Request(b.id, r.Number); ok {
		return m, true
	}
	m, ok := p.talk.Message(t, b.id, r.Cursor)
	return m, ok && m.Gone == nil
}

// refreshRows brings the rows of a conversation up to date: those whose time
// for another deposit has come are encrypted again if their epoch may be over,
// and those without acknowledgement for too long are shown as undelivered.
func (p *Part) refreshRows(t turn.Turn, b *box) {
	for _, r := range slices.Clone(b.rows) {
		if r.Kind != rowMessage {
			continue
		}
		if !r.Overdue && t.Now()-r.Created >= undeliveredAfter.Milliseconds() {
			r.Overdue = true
			p.putRow(t, b, r)
			p.talk.Move(t, b.id, r.Cursor, conversation.Undelivered, conversation.Sending, conversation.SentOut)
		}
		if !slices.ContainsFunc(r.owed, func(o *owed) bool { return o.due(t.Now()) }) {
			continue
		}
		if p.outdated(b, r, t.Now()) {
			if p.sealAgain(t, b, r); p.isAside(b.id) {
				return
			}
		} else if !r.Stale && r.Epoch == p.groups.Epoch(b.id) {
			p.markDue(t, b, r)
		}
		for _, o := range r.owed {
			o.ready = o.ready || o.due(t.Now())
		}
	}
}

// due reports whether a deposit is.
func (o *owed) due(now int64) bool { return o.Next != 0 && o.Next <= now }

// markDue marks a row with those whose deposit is due and not under way.
func (p *Part) markDue(t turn.Turn, b *box, r *row) {
	marked := false
	for _, o := range r.owed {
		if s := b.sendingTo(o.Leaf); !o.due(t.Now()) || s.busy && s.row == r.N {
			continue
		}
		if p.mark(t, b, r, o); r.Stale {
			marked = true
			p.putOwed(t, b, r, o)
		}
	}
	if marked {
		p.putRow(t, b, r)
	}
}

// announced drops the rows of commits whose epochs the member has followed.
func (p *Part) announced(t turn.Turn, b *box) {
	for _, m := range p.groups.Members(b.id) {
		for _, r := range slices.Clone(b.rows) {
			if o := r.to(m.Leaf); o != nil && r.Kind == rowMoved && m.Epoch > r.Epoch {
				p.has(t, b, r, o)
			}
		}
	}
}

// redirect has what is on its way to a member go to its newest address. What
// was deposited at another, and not acknowledged, is deposited again within an
// hour: the door there may be gone. A member that moves again and again makes
// nobody deposit more often than that.
func (p *Part) redirect(t turn.Turn, b *box) {
	const spread = time.Hour / time.Millisecond
	from := max(t.Now(), b.redirected)
	for _, m := range p.groups.Members(b.id) {
		for _, r := range b.rows {
			o := r.to(m.Leaf)
			if o == nil || string(o.To) == string(m.Address) {
				continue
			}
			o.move(m.Address)
			again := from + 1 + rand.Int64N(int64(spread))
			if o.Tries > 0 && (o.Next == 0 || o.Next > again) {
				o.Next, b.redirected = again, from+int64(spread)
			}
			p.putOwed(t, b, r, o)
		}
	}
}

// Outdate has everything sealed again that was sealed in an epoch that may have
// been over for the others, now that the group has entered another; doubt:
// nothing that was sealed before is trusted to have been read.
func (p *Part) Outdate(t turn.Turn, id wire.ID, doubt bool) {
	b := p.at(id)
	for _, r := range b.rows {
		if r.Kind != rowMessage {
			continue
		}
		r.Stale = r.Stale || doubt
		outdated := p.outdated(b, r, t.Now())
		for _, o := range r.owed {
			o.ready = false
			if !outdated {
				continue
			}
			o.Next = t.Now()
			if doubt {
				o.Next = p.groups.Doubt(t, id)
			}
			p.putOwed(t, b, r, o)
		}
		if outdated {
			r.Again = t.Now()
			p.putRow(t, b, r)
		}
	}
}

// Stood notes that an epoch was the present one until just now: what was sealed
// in it can be read, what was sealed before is sealed again.
func (p *Part) Stood(t turn.Turn, id wire.ID, epoch uint64) {
	b := p.at(id)
	for _, r := range b.rows {
		if r.Kind != rowMessage || !r.Stale {
			continue
		}
		if r.Stale = r.Epoch != epoch; r.Stale {
			for _, o := range r.owed {
				o.Next = t.Now()
				p.putOwed(t, b, r, o)
			}
		}
		p.putRow(t, b, r)
	}
}

// GoOn has nothing wait any more that was to wait until a time (unix ms).
func (p *Part) GoOn(t turn.Turn, id wire.ID, until int64) {
	b := p.at(id)
	for _, r := range b.rows {
		if r.Kind != rowMessage {
			continue
		}
		for _, o := range r.owed {
			if o.Next > t.Now() && o.Next <= until {
				o.Next = t.Now()
				p.putOwed(t, b, r, o)
			}
		}
	}
}
