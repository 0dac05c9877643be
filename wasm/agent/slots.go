package agent

import (
	"bytes"
	"context"
	"math/rand/v2"
	"time"

	"petmail/wasm/conversation"
)

// slotWork is how the slot of a conversation's current epoch stands; volatile.
type slotWork struct {
	busy    bool
	retryAt int64 // unix ms; 0: not waiting
	failed  int   // in a row

	sure   bool  // since the start a slot showed which epoch is the present one, and nothing was stale since
	until  int64 // unix ms: what was sealed in an epoch that may be over waits until then
	asks   bool  // a reading for what is held is paid for
	hintAt int64 // unix ms: when the next one is due; 0: never
}

// slotTimeout bounds the reading of a slot.
const slotTimeout = 10 * time.Second

// maxSlots bounds the requests for slots under way at one relay, so that one
// that hangs does not take the others' turn.
const maxSlots = 8

// renew prepares a commit that renews our keys, and our address where that is
// wanted; slots carries it out.
func (t *turn) renew(e *entry) {
	if err := t.prepareCommit(e); err != nil {
		t.setAside(e, err)
		return
	}
	t.touch(e)
}

// slotDue returns when the slot of the current epoch has to be written (a commit
// of ours is undecided) or read (the epoch may be over, or something of a later
// one is here), unix ms; 0: never.
func (e *entry) slotDue(now int64) int64 {
	switch {
	case e.c.State != conversation.Open || e.slot.busy:
		return 0
	case e.slot.asks:
		return now
	case e.c.Pending == nil && !e.wonders(now):
		return 0
	case e.meta.junk():
		return max(e.meta.askAfter(), now)
	}
	return max(e.slot.retryAt, now)
}

// workSlots starts what the slots of all conversations need.
func (a *Agent) workSlots() {
	now := a.nowMilli()
	for _, e := range a.state.conversations {
		if at := e.slotDue(now); !a.conn.open || e.isAside() || at == 0 || at > now || a.conn.slots[e.c.SlotRelay] >= maxSlots {
			continue
		}
		a.workSlot(e)
	}
}

func (a *Agent) workSlot(e *entry) {
	conn, id, relay, began := a.conn, e.c.ID, e.c.SlotRelay, a.present()
	client := a.others()
	charged := e.slot.asks
	e.slot.busy, e.slot.asks = true, false
	var epoch uint64
	var slot [32]byte
	if err := a.safely("slot", func() (err error) {
		epoch = e.c.Epoch()
		slot, err = e.c.Slot()
		return err
	}); err != nil {
		a.failedOutside(id, "slot", err)
		return
	}
	var value []byte
	if e.c.Pending != nil {
		value = e.c.Pending.Value
	}
	conn.slots[relay]++
	conn.start(func(ctx context.Context) {
		var standing []byte
		var err error
		if value != nil {
			standing, _, err = client.PutSlot(ctx, relay, slot, value)
		} else {
			ctx, cancel := context.WithTimeout(ctx, slotTimeout)
			defer cancel()
			standing, _, err = client.GetSlot(ctx, relay, slot)
		}
		a.inbox.post(input{conn: conn, do: func(t *turn) {
			t.then(func() { conn.slots[relay]-- })
			if e := t.a.state.conversations[id]; e != nil {
				e.slot.busy = false
				t.forOwner(e, "slot", func() { t.slotRead(e, slotAnswer{epoch, began, standing, charged}, err) })
			}
		}})
	})
}

// slotAnswer is what a relay said of a slot.
type slotAnswer struct {
	epoch    uint64
	began    int64  // unix ms: asked then
	standing []byte // nil: nothing yet
	charged  bool   // it was asked on a hint
}

// slotRead takes what stands in the slot of an epoch.
func (t *turn) slotRead(e *entry, a slotAnswer, err error) {
	if err != nil {
		t.a.log.Debug("slot failed", "error", err)
		e.slot.retryAt = t.now + slotBackoff(e.slot.failed)
		e.slot.failed++
		return
	}
	e.slot.failed, e.slot.retryAt = 0, 0
	if e.c.Epoch() != a.epoch {
		return // a commit arrived meanwhile
	}
	if a.standing == nil {
		t.saw(e, a.began)
		return
	}
	own := e.c.Pending != nil && bytes.Equal(a.standing, e.c.Pending.Value)
	kind := e.announces()
	r, announce, err := e.c.Decide(t.now, a.standing)
	if err != nil && own {
		t.setAside(e, err)
		return
	}
	if err != nil {
		// Our own commit may stand all the same: ask again, and meanwhile
		// write on in this epoch.
		t.a.log.Warn("slot holds no valid commit", "error", err)
		t.foundJunk(e, a.charged)
		t.goOn(e)
		return
	}
	t.applied(e, r)
	t.enqueue(e, kind, announce, nil)
	t.takeHeld(e)
	if !r.Ours {
		t.foundGood(e)
	}
}

// depositBackoff returns the wait, in milliseconds, after a failed deposit. What
// only answers a contact, whose relay may be theirs, is tried as rarely as its
// slots.
func (e *entry) depositBackoff() int64 {
	for _, r := range e.rows {
		if r.Kind == rowMessage && r.Next != 0 {
			return backoff(e.sending.failed)
		}
	}
	return slotBackoff(e.sending.failed)
}

// slotBackoff returns the wait, in milliseconds, after so many failures in a
// row: 1 s doubling to a day, with full jitter in its upper half. The relay may
// be the contact's, who must not learn from its refusals when we are there.
func slotBackoff(failed int) int64 {
	limit := min(time.Second<<min(failed, 17), hintMost).Milliseconds()
	return limit/2 + rand.Int64N(limit/2)
}
