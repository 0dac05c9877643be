package groups

import (
	"bytes"
	"context"
	"time"

	"petmail/wasm/conversation"
	"petmail/wasm/turn"
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
func (t *step) renew(e *entry) {
	if err := t.prepareCommit(e); err != nil {
		t.SetAside(e.id, err)
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
	case e.junk():
		return max(e.askAfter(), now)
	}
	return max(e.slot.retryAt, now)
}

// workSlots starts what the slots of all conversations need.
func (p *Part) workSlots() {
	now := p.account.Now()
	for _, e := range p.entries {
		if at := e.slotDue(now); p.isAside(e.id) || at == 0 || at > now || p.slots[e.c.SlotRelay] >= maxSlots {
			continue
		}
		p.workSlot(e)
	}
}

func (p *Part) workSlot(e *entry) {
	net, slots, id, relay, began := p.net, p.slots, e.id, e.c.SlotRelay, p.present()
	client := p.account.Others()
	charged := e.slot.asks
	e.slot.busy, e.slot.asks = true, false
	var epoch uint64
	var slot [32]byte
	if err := turn.Safely(p.log, "slot", func() (err error) {
		epoch = e.c.Epoch()
		slot, err = e.c.Slot()
		return err
	}); err != nil {
		p.config.Owners.SetAside(id, "slot", err)
		return
	}
	var value []byte
	if e.c.Pending != nil {
		value = e.c.Pending.Value
	}
	slots[relay]++
	net.Go(func(ctx context.Context) {
		var standing []byte
		var err error
		if value != nil {
			standing, _, err = client.PutSlot(ctx, relay, slot, value)
		} else {
			ctx, cancel := context.WithTimeout(ctx, slotTimeout)
			defer cancel()
			standing, _, err = client.GetSlot(ctx, relay, slot)
		}
		net.Post(turn.Input{Work: "slot", Do: func(s turn.Turn) {
			t := p.of(s)
			t.Then(func() { slots[relay]-- })
			if e := t.p.entries[id]; e != nil {
				e.slot.busy = false
				t.For(e.id, "slot", func() { t.slotRead(e, slotAnswer{epoch, began, standing, charged}, err) })
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
func (t *step) slotRead(e *entry, a slotAnswer, err error) {
	if err != nil {
		t.p.log.Debug("slot failed", "error", err)
		e.slot.retryAt = t.now + turn.SlowBackoff(e.slot.failed)
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
	moves := e.c.Pending != nil && len(e.c.Pending.Own) > 0
	r, announce, err := e.c.Decide(t.now, a.standing)
	if err != nil && own {
		t.SetAside(e.id, err)
		return
	}
	if err != nil {
		// Our own commit may stand all the same: ask again, and meanwhile
		// write on in this epoch.
		t.p.log.Warn("slot holds no valid commit", "error", err)
		t.foundJunk(e, a.charged)
		t.goOn(e)
		return
	}
	t.applied(e, r)
	if len(announce) > 0 {
		t.p.outbox.Once(t, e.id, announce, moves)
	}
	t.takeHeld(e)
	if !r.Ours {
		t.foundGood(e)
	}
}
