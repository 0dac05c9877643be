package agent

import (
	"time"

	"petmail/wasm/conversation"
)

// due does what has become due: acknowledgements, rows to be deposited again,
// invitations that expire. Deposits and slots follow by themselves after each
// turn.
func (t *turn) due() {
	t.expire()
	t.deleteMore()
	for _, e := range t.a.state.conversations {
		if e.c.State != conversation.Open {
			continue
		}
		if e.c.AckDue != 0 && e.c.AckDue <= t.now {
			out, err := e.c.SealAcks(t.a.config.Rand, t.now)
			if err != nil {
				t.fail(err)
			}
			t.enqueue(e, rowOnce, out, nil)
		}
		t.refreshRows(e)
	}
	t.expireInvites()
	t.expireNotes()
}

// pauseAfterFailure keeps deletions that the store refuses from being tried
// without end.
const pauseAfterFailure = 5 * time.Second

// idle is how long the loop sleeps when nothing is due.
const idle = time.Hour

// untilDue returns how long nothing will be due.
func (a *Agent) untilDue() time.Duration {
	now := a.nowMilli()
	next := now + idle.Milliseconds()
	at := func(ms int64) {
		if ms != 0 {
			next = min(next, ms)
		}
	}
	at(a.nextDeletion())
	for _, e := range a.state.conversations {
		at(e.c.AckDue)
		for _, r := range e.rows {
			if r.Next != 0 && !e.sending.busy {
				at(max(r.Next, e.sending.retryAt))
			}
			if r.Kind == rowMessage && !r.Overdue {
				at(r.Created + undeliveredAfter.Milliseconds())
			}
		}
		if e.wantsSlot() && !e.slot.busy {
			at(max(e.slot.retryAt, now+1))
		}
	}
	for _, inv := range a.state.invites {
		at(inv.NextExpiry())
	}
	for _, w := range a.state.notes {
		at(w.n.NextExpiry())
	}
	// Timers of the browser may fire a little early.
	return time.Duration(max(next-now, 1)+1) * time.Millisecond
}
