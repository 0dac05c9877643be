package agent

import (
	"time"

	"petmail/wasm/conversation"
)

// due does what has become due: acknowledgements, rows to be deposited again,
// invitations that expire. Deposits and slots follow by themselves after each
// turn.
func (t *turn) due() {
	t.then(func() { t.a.dueFailed = 0 })
	t.forKind("expire", t.expire)
	t.forKind("deletions", t.deleteMore)
	t.forKind("doors", t.doorsDue)
	for _, e := range t.a.state.conversations {
		t.dueAside(e)
	}
	for _, e := range t.a.state.conversations {
		t.forOwner(e, "due", func() { t.dueOf(e) })
	}
	t.forKind("invites", t.expireInvites)
	t.forKind("notes", t.expireNotes)
}

// dueOf does what has become due of one conversation.
func (t *turn) dueOf(e *entry) {
	t.expireHeld(e)
	if e.c.State != conversation.Open {
		return
	}
	t.followHint(e)
	if e.c.AckDue != 0 && e.c.AckDue <= t.now && !t.postponed(e) {
		out, err := e.c.SealAcks(t.a.config.Rand, t.now)
		if err != nil {
			t.setAside(e, err)
			return
		}
		t.enqueue(e, rowOnce, out, nil)
	}
	t.refreshRows(e)
	t.moveDue(e)
}

// idle is how long the loop sleeps when nothing is due.
const idle = time.Hour

// untilDue returns how long nothing will be due.
func (a *Agent) untilDue() time.Duration {
	now := a.nowMilli()
	if a.full {
		return time.Duration(max(a.reconnectAt-now, 1)+1) * time.Millisecond
	}
	next := now + idle.Milliseconds()
	at := func(ms int64) {
		if ms != 0 {
			next = min(next, ms)
		}
	}
	kind := func(kind string, ms int64) {
		if ms != 0 {
			at(max(ms, a.kinds[kind].until))
		}
	}
	expiry, deletion := a.nextDeletion()
	kind("expire", expiry)
	kind("deletions", deletion)
	kind("doors", a.nextDoors())
	for _, e := range a.state.conversations {
		at(e.nextAside())
		if e.isAside() {
			continue
		}
		at(e.c.AckDue)
		if a.state.self != nil && a.wantsMove(e) {
			at(max(e.moveAt, 1))
		}
		for _, r := range e.rows {
			if r.Next != 0 && !e.sending.busy && a.conn.open {
				at(max(r.Next, e.sending.retryAt))
			}
			if r.Kind == rowMessage && !r.Overdue {
				at(r.Created + undeliveredAfter.Milliseconds())
			}
		}
		if a.conn.open {
			at(e.slotDue(now))
			at(a.hintDue(e))
		}
	}
	for _, inv := range a.state.invites {
		kind("invites", inv.NextExpiry())
	}
	for _, w := range a.state.notes {
		kind("notes", w.n.NextExpiry())
	}
	next = max(next, a.dueAfter)
	at(a.reconnectAt)
	// Timers of the browser may fire a little early.
	return time.Duration(max(next-now, 1)+1) * time.Millisecond
}
