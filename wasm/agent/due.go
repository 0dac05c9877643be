package agent

import (
	"time"

	"petmail/wasm/turn"
)

// due does what has become due.
func (t *step) due() {
	t.then(func() { t.a.dueFailed = 0 })
	for id, o := range t.a.owners {
		t.dueAside(id, o)
	}
	for _, p := range t.a.parts {
		t.forKind(p.Name(), func() { p.Due(t) })
	}
}

// mostFirst bounds the turns that what waits in the inbox waits for: whatever a
// part takes for urgent, pages are answered.
const mostFirst = 100

// dueFirst does what is due before anybody is shown anything.
func (a *Agent) dueFirst() {
	for turns := 0; turns < mostFirst && a.fatal == nil && !a.full; turns++ {
		now := a.nowMilli()
		if now < a.dueAfter {
			return
		}
		p := a.urgent(now)
		if p == nil {
			return
		}
		a.run([]input{{recurring: true, do: func(t *step) { t.forKind(p.Name(), func() { p.Due(t) }) }}})
	}
}

// urgent returns a part that has something of that kind; nil: none has.
func (a *Agent) urgent(now int64) turn.Part {
	for _, p := range a.parts {
		if u, ok := p.(turn.Urgent); ok && u.Urgent() {
			if next := a.nextOf(p); next != 0 && next <= now {
				return p
			}
		}
	}
	return nil
}

// nextOf returns when something of a part is due that need not wait; 0: never.
func (a *Agent) nextOf(p turn.Part) int64 {
	next := p.Next()
	if next == 0 {
		return 0
	}
	return max(next, a.kinds[p.Name()].until, a.pause)
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
	for _, o := range a.owners {
		at(o.nextAside())
	}
	for _, p := range a.parts {
		at(a.nextOf(p))
	}
	next = max(next, a.dueAfter)
	at(a.reconnectAt)
	// Timers of the browser may fire a little early.
	return time.Duration(max(next-now, 1)+1) * time.Millisecond
}
