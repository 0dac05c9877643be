package agent

import (
	"time"

	"petmail/wasm/conversation"
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
func (a *Agent) present() int64 { return max(a.nowMilli(), a.shownMilli()) }

// stale reports whether the current epoch may be over for the others.
func (t *turn) stale(e *entry) bool { return e.c.Stale(t.a.present()) }

// doubt begins, or continues, the wait for the slot of an epoch that may be
// over, and returns until when, unix ms.
func (t *turn) doubt(e *entry) int64 {
	w := &e.slot
	w.sure = false
	if e.meta.junk() {
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
func (t *turn) postponed(e *entry) bool {
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

// mark has a row of the current epoch that was just sealed, or is to be
// deposited again, wait if that may be over; the caller stores it.
func (t *turn) mark(e *entry, r *row) {
	if r.Kind == rowMessage && t.stale(e) {
		r.Stale, r.Next = true, t.doubt(e)
	}
	r.ready = true
}

// outdated reports whether a row has to be sealed again before it goes out.
func (e *entry) outdated(r *row, now int64) bool {
	return r.Kind == rowMessage && r.Epoch != e.c.Epoch() && (r.Stale || !e.c.Readable(r.Epoch, now))
}

// wonders reports whether something waits to be sure that the epoch stands.
func (e *entry) wonders(now int64) bool {
	return !e.slot.sure && (now < e.slot.until || e.marked())
}

// marked reports whether something was sealed in an epoch that may have been
// over.
func (e *entry) marked() bool {
	for _, r := range e.rows {
		if r.Kind == rowMessage && r.Stale {
			return true
		}
	}
	return false
}

// sealAgain encrypts what a row carries under the current epoch.
func (t *turn) sealAgain(e *entry, r *row) {
	m, ok := t.plaintext(e, r)
	if !ok {
		t.void(e, r) // deleted here and no longer readable there
		return
	}
	out, err := e.c.Seal(t.a.config.Rand, m)
	if err != nil {
		t.setAside(e, err)
		return
	}
	t.touch(e)
	for _, o := range out {
		if o.Leaf == r.Leaf {
			r.Body, r.To, r.Epoch, r.Stale = o.Body, o.To, o.Epoch, t.stale(e)
			t.put(rowKey(e.c.ID, r.N), r)
			return
		}
	}
	t.drop(e, r) // for a leaf that is not there any more
}

// movedOn: the group has entered another epoch, by a commit of ours or of
// somebody else's. What was sealed when its epoch may have been over for the
// others is sealed again and deposited at once, and so are acknowledgements. It
// returns whether some are owed.
//
// A clock that stood still while we slept shows nothing stale. So until a slot
// has been read since the start, nothing that was sealed before somebody
// else's commit is trusted to have been read.
func (t *turn) movedOn(e *entry, ours bool) (owes bool) {
	e.meta.otherSlot()
	stale := t.stale(e)
	if ours && !stale {
		e.slot.sure = true
		t.stands(e, e.c.Epoch()-1)
		return false
	}
	doubt := stale || !e.slot.sure
	e.slot.until = 0 // we come further: wait for the end of the way
	for _, r := range e.rows {
		if r.Kind != rowMessage {
			continue
		}
		r.Stale, r.ready = r.Stale || doubt, false
		if !e.outdated(r, t.now) {
			continue
		}
		r.Next, r.Again = t.now, t.now
		if doubt {
			r.Next = t.doubt(e)
		}
		t.put(rowKey(e.c.ID, r.N), r)
	}
	if doubt {
		e.c.Owe()
	}
	return doubt
}

// saw: the slot of the current epoch was found empty at a time (unix ms).
func (t *turn) saw(e *entry, at int64) {
	e.c.Saw(at, t.a.present())
	e.slot.sure = true
	written := e.marked()
	t.stands(e, e.c.Epoch())
	if written {
		t.renewAfter(e)
	}
	t.touch(e)
}

// renewAfter renews keys after something was written, if it is time. In an
// epoch that may be over nothing is committed before its slot was read: with a
// commit of our own under way we would follow nobody else's but by the slot.
func (t *turn) renewAfter(e *entry) {
	if (e.c.Renewable(t.now) || t.movesNow(e)) && !t.stale(e) {
		t.renew(e)
	}
}

// stands: an epoch was the present one until just now. What was sealed in it
// can be read; what waited goes on, that of earlier epochs sealed again.
func (t *turn) stands(e *entry, epoch uint64) {
	for _, r := range e.rows {
		if r.Kind != rowMessage || !r.Stale {
			continue
		}
		if r.Stale = r.Epoch != epoch; r.Stale {
			r.Next = t.now
		}
		t.put(rowKey(e.c.ID, r.N), r)
	}
	t.goOn(e)
}

// goOn ends the wait for a slot.
func (t *turn) goOn(e *entry) {
	until := e.slot.until
	e.slot.until = 0
	for _, r := range e.rows {
		if r.Kind == rowMessage && r.Next > t.now && r.Next <= until {
			r.Next = t.now
			t.put(rowKey(e.c.ID, r.N), r)
		}
	}
}

// refreshRows brings the rows of a conversation up to date: those whose time
// for another deposit has come are encrypted again if their epoch may be over,
// and those without acknowledgement for too long are shown as undelivered.
func (t *turn) refreshRows(e *entry) {
	for _, r := range append([]*row(nil), e.rows...) {
		if r.Kind != rowMessage {
			continue
		}
		if !r.Overdue && t.now-r.Created >= undeliveredAfter.Milliseconds() {
			r.Overdue = true
			t.put(rowKey(e.c.ID, r.N), r)
			t.setMessageState(e, r.Cursor, conversation.Undelivered, conversation.Sending, conversation.SentOut)
		}
		if r.Next == 0 || r.Next > t.now {
			continue
		}
		if e.outdated(r, t.now) {
			if t.sealAgain(e, r); e.isAside() {
				return
			}
		} else if !r.Stale && r.Epoch == e.c.Epoch() && !(e.sending.busy && e.sending.row == r.N) {
			if t.mark(e, r); r.Stale {
				t.put(rowKey(e.c.ID, r.N), r)
			}
		}
		r.ready = true
	}
}
