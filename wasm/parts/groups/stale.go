package groups

import (
	"time"
)

// What is sealed while nothing has shown for a day that the epoch stands is
// marked, and its slot is read first, staleWait at most. If that was in vain,
// nothing waits again for staleAgain.
const (
	staleWait  = 10 * time.Second
	staleAgain = 10 * time.Minute
)

// present is the latest that it may be, unix ms: after a start, until a relay
// was read, the time that counts stands where the last process stopped.
func (p *Part) present() int64 { return max(p.account.Now(), p.account.Shown()) }

// stale reports whether the current epoch may be over for the others.
func (t *step) stale(e *entry) bool { return e.c.Stale(t.p.present()) }

// doubt begins, or continues, the wait for the slot of an epoch that may be
// over, and returns until when, unix ms.
func (t *step) doubt(e *entry) int64 {
	w := &e.slot
	w.sure = false
	if e.junk() {
		return t.now // it says nothing
	}
	wait, again := staleWait.Milliseconds(), staleAgain.Milliseconds()
	if t.now >= w.until+again || w.until > t.now+wait {
		w.until, w.retryAt, w.failed = t.now+wait, 0, 0
	}
	return max(w.until, t.now)
}

// postponed puts off acknowledgements while the slot of an epoch that may be
// over is being read.
func (t *step) postponed(e *entry) bool {
	if !t.stale(e) {
		return false
	}
	at := t.doubt(e)
	if at <= t.now {
		return false
	}
	e.c.AckDue = at
	t.touch(e)
	return true
}

// wonders reports whether something waits to be sure that the epoch stands.
func (e *entry) wonders(now int64) bool {
	return !e.slot.sure && (now < e.slot.until || e.c.p.outbox.Marked(e.id))
}

// movedOn: the group has entered another epoch, by a commit of ours or of
// somebody else's. What was sealed when its epoch may have been over for the
// others is sealed again and deposited at once, and so are acknowledgements. It
// returns whether some are owed.
//
// A clock that stood still while we slept shows nothing stale. So until a slot
// has been read since the start, nothing that was sealed before somebody
// else's commit is trusted to have been read.
func (t *step) movedOn(e *entry, ours bool) (owes bool) {
	e.otherSlot()
	stale := t.stale(e)
	if ours && !stale {
		e.slot.sure = true
		t.stands(e, e.c.Epoch()-1)
		return false
	}
	doubt := stale || !e.slot.sure
	e.slot.until = 0 // we come further: wait for the end of the way
	t.p.outbox.Outdate(t, e.id, doubt)
	if doubt {
		e.c.Owe()
	}
	return doubt
}

// saw: the slot of the current epoch was found empty at a time (unix ms).
func (t *step) saw(e *entry, at int64) {
	e.c.Saw(at, t.p.present())
	e.slot.sure = true
	written := e.c.p.outbox.Marked(e.id)
	t.stands(e, e.c.Epoch())
	if written {
		t.renewAfter(e)
	}
	t.touch(e)
}

// renewAfter renews keys after something was written, if it is time. In an
// epoch that may be over nothing is committed before its slot was read: with a
// commit of our own under way we would follow nobody else's but by the slot.
func (t *step) renewAfter(e *entry) {
	if (e.c.Renewable(t.now) || t.movesNow(e)) && !t.stale(e) {
		t.renew(e)
	}
}

// stands: an epoch was the present one until just now. What was sealed in it
// can be read; what waited goes on, that of earlier epochs sealed again.
func (t *step) stands(e *entry, epoch uint64) {
	t.p.outbox.Stood(t, e.id, epoch)
	t.goOn(e)
}

// goOn ends the wait for a slot.
func (t *step) goOn(e *entry) {
	until := e.slot.until
	e.slot.until = 0
	t.p.outbox.GoOn(t, e.id, until)
}
