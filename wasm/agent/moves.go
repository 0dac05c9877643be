package agent

import (
	"math/rand/v2"
	"slices"
	"time"

	"petmail/shared/relayproto"
	"petmail/wasm/conversation"
)

// Conversations are told of a new door one by one, at random times, so that
// the relay cannot tell from their commits that they belong together.
const (
	moveWithin = 20 * time.Hour   // of the door's retirement, or of the meeting at an invitation's door
	moveApart  = 2 * time.Minute  // on average, where that time is over
	moveLeast  = 10 * time.Minute // the shortest time that is drawn from
	// moveUrgent is when a retired door has so little time left that being
	// told matters more than how many others are.
	moveUrgent = relayproto.DoorRetirement - 3*24*time.Hour
)

// wantsMove reports whether a conversation's members are to be given another
// address: through the door of today, or for the first time one that is not
// an invitation's.
func (a *Agent) wantsMove(e *entry) bool {
	d := a.state.self.standing(forConversations)
	return e.c.State == conversation.Open && e.c.Pending == nil &&
		len(e.c.Members) > 0 && e.c.Members[0].Heard && e.c.Door != d.N && !d.Left
}

// moveBy returns when a conversation that wantsMove has been told at the
// latest if all goes well, unix ms, and whether that matters more than
// anything else by now.
func (a *Agent) moveBy(e *entry, now int64) (by int64, urgent bool) {
	switch d := a.state.self.doorN(e.c.Door); {
	case d == nil || d.Gone:
		return now, true
	case d.Retired != 0:
		return d.Retired + moveWithin.Milliseconds(), now-d.Retired >= moveUrgent.Milliseconds()
	default:
		return e.contact.Created + moveWithin.Milliseconds(), false
	}
}

// moveDue draws when a conversation moves, and moves it then.
func (t *turn) moveDue(e *entry) {
	t.dropFormers(e)
	switch {
	case !t.a.wantsMove(e):
		e.moveAt = 0
	case e.moveAt == 0:
		e.moveAt = t.drawMove(e)
	case e.moveAt <= t.now:
		e.moveAt = 0
		t.renew(e)
	}
}

// drawMove draws when a conversation moves. What is drawn is not stored: an
// agent that starts anew draws from what is left of the time.
func (t *turn) drawMove(e *entry) int64 {
	by, urgent := t.a.moveBy(e, t.now)
	within := max(by-t.now, moveLeast.Milliseconds())
	if !urgent {
		waiting := int64(0)
		for _, other := range t.a.state.conversations {
			if t.a.wantsMove(other) {
				waiting++
			}
		}
		within = max(within, waiting*moveApart.Milliseconds())
	}
	return t.now + 1 + rand.Int64N(within)
}

// dropFormers forgets the former addresses whose doors are forgotten.
func (t *turn) dropFormers(e *entry) {
	s := t.a.state.self
	if len(e.c.Formers) > 0 && e.c.DropFormers(func(n uint64) bool { return s.doorN(n) != nil }) {
		t.touch(e)
	}
}

// movesNow reports whether what is written in a conversation is to be followed
// by a new address at once, and not only when it is due.
func (t *turn) movesNow(e *entry) bool {
	if !t.a.wantsMove(e) {
		return false
	}
	d := t.a.state.self.doorN(e.c.Door)
	by, _ := t.a.moveBy(e, t.now)
	return d == nil || d.Left || d.Gone || by <= t.now
}

// prepareCommit prepares a commit of ours: with a new address in the card, if
// the members are to have one.
func (t *turn) prepareCommit(e *entry) error {
	if !t.a.wantsMove(e) {
		return e.c.Renew(t.a.config.Rand, t.now)
	}
	d := t.a.state.self.standing(forConversations)
	own, err := t.a.addressThrough(d)
	if err != nil {
		return err
	}
	return e.c.Move(t.a.config.Rand, t.now, d.N, own)
}

// announces returns the kind of the rows that announce our pending commit. One
// with a new address is deposited until the member is heard in what follows.
func (e *entry) announces() rowKind {
	if e.c.Pending != nil && len(e.c.Pending.Own) > 0 {
		return rowMoved
	}
	return rowOnce
}

// announced drops the rows of commits whose epochs the member has followed.
func (t *turn) announced(e *entry) {
	for _, m := range e.c.Members {
		for _, r := range slices.Clone(e.rows) {
			if r.Kind == rowMoved && r.Leaf == m.Leaf && m.Epoch > r.Epoch {
				t.drop(e, r)
			}
		}
	}
}

// redirect has what is on its way to a member go to its newest address. What
// was deposited at another, and not acknowledged, is deposited again within an
// hour: the door there may be gone. A member that moves again and again makes
// nobody deposit more often than that.
func (t *turn) redirect(e *entry) {
	const spread = time.Hour / time.Millisecond
	from := max(t.now, e.redirected)
	for _, m := range e.c.Members {
		for _, r := range e.rows {
			if r.Leaf != m.Leaf || string(r.To) == string(m.Address) {
				continue
			}
			r.To = m.Address
			again := from + 1 + rand.Int64N(int64(spread))
			if r.Tries > 0 && (r.Next == 0 || r.Next > again) {
				r.Next, e.redirected = again, from+int64(spread)
			}
			t.put(rowKey(e.c.ID, r.N), r)
		}
	}
}
