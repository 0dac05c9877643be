package groups

import (
	"petmail/shared/wire"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// Due implements turn.Part: acknowledgements, new addresses. Slots follow
// by themselves after each turn.
func (p *Part) Due(s turn.Turn) {
	t := p.of(s)
	for _, e := range p.entries {
		t.For(e.id, "due", func() { t.dueOf(e) })
	}
}

// dueOf does what has become due of one conversation.
func (t *step) dueOf(e *entry) {
	t.expireHeld(e)
	if e.c.State != conversation.Open {
		return
	}
	t.followHint(e)
	if e.c.AckDue != 0 && e.c.AckDue <= t.now && !t.postponed(e) {
		out, err := e.c.SealAcks(t.p.config.Rand, t.now)
		if err != nil {
			t.SetAside(e.id, err)
			return
		}
		t.p.outbox.Once(t, e.id, out, false)
	}
	t.moveDue(e)
}

// Next implements turn.Part.
func (p *Part) Next() (next int64) {
	at := func(ms int64) {
		if ms != 0 && (next == 0 || ms < next) {
			next = ms
		}
	}
	now := p.account.Now()
	for _, e := range p.entries {
		if p.isAside(e.id) {
			continue
		}
		at(e.c.AckDue)
		if p.wantsMove(e) {
			at(max(e.moveAt, 1))
		}
		if p.net != nil {
			at(e.slotDue(now))
			at(p.hintDue(e))
		}
	}
	return next
}

// Resume implements turn.Resumer: a conversation that was set aside does all
// that has waited.
func (p *Part) Resume(s turn.Turn, id wire.ID) {
	t, e := p.of(s), p.entries[id]
	if e == nil {
		return
	}
	e.slot.busy = false
	if e.c.State == conversation.Open {
		t.takeHeld(e)
		t.sealUnsent(e)
		t.dueOf(e)
	}
	t.touch(e)
}
