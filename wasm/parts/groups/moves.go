package groups

import (
	"math/rand/v2"
	"time"

	"petmail/shared/relayproto"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
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
func (p *Part) wantsMove(e *entry) bool {
	return e.c.State == conversation.Open && e.c.Pending == nil && e.heardAll() && p.account.MovesFrom(e.c.Door)
}

// heardAll reports whether there are others in the group, and all of them have
// been heard.
func (e *entry) heardAll() bool {
	for _, m := range e.c.Members {
		if !m.Heard {
			return false
		}
	}
	return len(e.c.Members) > 0
}

// moveBy returns when a conversation that wantsMove has been told at the
// latest if all goes well, unix ms, and whether that matters more than
// anything else by now.
func (p *Part) moveBy(e *entry, now int64) (by int64, urgent bool) {
	switch stands, _, retired := p.account.Door(e.c.Door); {
	case !stands:
		return now, true
	case retired != 0:
		return retired + moveWithin.Milliseconds(), now-retired >= moveUrgent.Milliseconds()
	default:
		return p.people.Since(e.id) + moveWithin.Milliseconds(), false
	}
}

// moveDue draws when a conversation moves, and moves it then.
func (t *step) moveDue(e *entry) {
	t.dropFormers(e)
	switch {
	case !t.p.wantsMove(e):
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
func (t *step) drawMove(e *entry) int64 {
	by, urgent := t.p.moveBy(e, t.now)
	within := max(by-t.now, moveLeast.Milliseconds())
	if !urgent {
		waiting := int64(0)
		for _, other := range t.p.entries {
			if t.p.wantsMove(other) {
				waiting++
			}
		}
		within = max(within, waiting*moveApart.Milliseconds())
	}
	return t.now + 1 + rand.Int64N(within)
}

// dropFormers forgets the former addresses whose doors are forgotten.
func (t *step) dropFormers(e *entry) {
	if len(e.c.Formers) > 0 && e.c.DropFormers(t.p.account.KnowsDoor) {
		t.touch(e)
	}
}

// movesNow reports whether what is written in a conversation is to be followed
// by a new address at once, and not only when it is due.
func (t *step) movesNow(e *entry) bool {
	if !t.p.wantsMove(e) {
		return false
	}
	stands, left, _ := t.p.account.Door(e.c.Door)
	by, _ := t.p.moveBy(e, t.now)
	return !stands || left || by <= t.now
}

// prepareCommit prepares a commit of ours: with a new address in the card, if
// the members are to have one.
func (t *step) prepareCommit(e *entry) error {
	if !t.p.wantsMove(e) {
		return e.c.Renew(t.p.config.Rand, t.now)
	}
	own, door, err := t.p.account.Through()
	if err != nil {
		return err
	}
	return e.c.Move(t.p.config.Rand, t.now, door, own)
}

// leaveDoors has the doors moved that a conversation's members know addresses
// of. Forgetting works whatever is wrong with a conversation.
func (t *step) leaveDoors(e *entry) {
	var known []uint64
	_ = turn.Safely(t.p.log, "doors", func() error {
		known = e.c.Doors()
		return nil
	})
	t.p.account.LeaveDoors(t, known)
}
