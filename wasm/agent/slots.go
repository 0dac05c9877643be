package agent

import (
	"bytes"
	"context"

	"petmail/wasm/conversation"
)

// slotWork is how the slot of a conversation's current epoch stands; volatile.
type slotWork struct {
	busy    bool
	retryAt int64 // unix ms; 0: not waiting
	failed  int
}

// renew prepares a commit that renews our keys, and our address where that is
// wanted; slots carries it out.
func (t *turn) renew(e *entry) {
	if err := t.prepareCommit(e); err != nil {
		t.setAside(e, err)
		return
	}
	t.touch(e)
}

// wantsSlot reports whether the slot of the current epoch has to be written
// (a commit of ours is undecided) or read (something of a later epoch is here).
func (e *entry) wantsSlot() bool {
	return e.c.State == conversation.Open && (e.c.Pending != nil || len(e.held) > 0)
}

// workSlots starts what the slots of all conversations need.
func (a *Agent) workSlots() {
	now := a.nowMilli()
	for _, e := range a.state.conversations {
		if !a.conn.open || e.isAside() || e.slot.busy || now < e.slot.retryAt || !e.wantsSlot() {
			continue
		}
		e.slot.busy = true
		a.workSlot(e)
	}
}

func (a *Agent) workSlot(e *entry) {
	conn, id, relay := a.conn, e.c.ID, e.c.SlotRelay
	client := a.others()
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
	conn.start(func(ctx context.Context) {
		var standing []byte
		var err error
		if value != nil {
			standing, _, err = client.PutSlot(ctx, relay, slot, value)
		} else {
			standing, _, err = client.GetSlot(ctx, relay, slot)
		}
		a.inbox.post(input{conn: conn, do: func(t *turn) {
			if e := t.a.state.conversations[id]; e != nil {
				e.slot.busy = false
				t.forOwner(e, "slot", func() { t.slotRead(e, epoch, standing, err) })
			}
		}})
	})
}

// slotRead takes what stands in the slot of epoch; nil: nothing yet.
func (t *turn) slotRead(e *entry, epoch uint64, standing []byte, err error) {
	if err != nil || standing == nil {
		if err != nil {
			t.a.log.Debug("slot failed", "error", err)
		}
		e.slot.retryAt = t.now + backoff(e.slot.failed)
		e.slot.failed++
		return
	}
	e.slot.failed, e.slot.retryAt = 0, 0
	if e.c.Epoch() != epoch {
		return // a commit arrived meanwhile
	}
	own := e.c.Pending != nil && bytes.Equal(standing, e.c.Pending.Value)
	kind := e.announces()
	r, announce, err := e.c.Decide(t.now, standing)
	if err != nil && own {
		t.setAside(e, err)
		return
	}
	if err != nil {
		// The relay lies, or a member wrote what no honest member can take.
		// Our own commit may stand all the same: ask again, and meanwhile
		// write on in this epoch.
		t.a.log.Warn("slot holds no valid commit", "error", err)
		e.slot.retryAt, e.slot.failed = t.now+backoff(9), 9
		return
	}
	t.applied(e, r)
	t.enqueue(e, kind, announce, nil)
	t.takeHeld(e)
}
