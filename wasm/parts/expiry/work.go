package expiry

import (
	"petmail/shared/wire"
	"petmail/wasm/turn"
)

// Work is a part of the agent of its own, so that what fails waits by itself:
// something that goes away as time passes.
type Work struct {
	wire.Redacted
	turn.Bare
	name   string
	urgent bool
	next   func() int64
	due    func(*step)
	p      *Part
}

// Expire deletes messages whose time is over, before anybody is shown anything.
func (p *Part) Expire() *Work {
	return &Work{name: "expire", urgent: true, next: p.nextExpiring, due: (*step).expire, p: p}
}

// Timers begins the timers of messages that have been read.
func (p *Part) Timers() *Work {
	return &Work{name: "timers", urgent: true, next: p.nextTimers, due: (*step).startAll, p: p}
}

// Deletions goes on with what takes several turns.
func (p *Part) Deletions() *Work {
	return &Work{name: "deletions", next: p.nextDeletion, due: (*step).deleteMore, p: p}
}

// Name implements turn.Part.
func (w *Work) Name() string { return w.name }

// Next implements turn.Part.
func (w *Work) Next() int64 { return w.next() }

// Due implements turn.Part.
func (w *Work) Due(t turn.Turn) { w.due(w.p.of(t)) }

// Urgent implements turn.Urgent.
func (w *Work) Urgent() bool { return w.urgent }
