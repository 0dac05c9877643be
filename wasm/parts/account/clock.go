package account

import (
	"sync/atomic"
	"time"

	"petmail/wasm/api"
	"petmail/wasm/clock"
	"petmail/wasm/turn"
)

// Two clocks are kept apart. Everything that falls due, expires or is erased
// goes by the time that counts (package clock; Turn.Now), which no jump of the
// machine's clock can move. What a person is shown, and what orders messages,
// goes by the wall clock (Turn.Wall).
//
//	relay's answers ──Date──▶ heardDate ──▶ clockRead ──▶ clock.Read ─┬▶ self.Clock
//	wall clock ───────────────────────────────────────────────────────┘   api.EventClock

const (
	// readingEvery spaces readings of the relay's clock that nobody asked for.
	readingEvery = 30 * time.Second
	// storeClock is how much, in milliseconds, may have to be counted again
	// after a crash.
	storeClock = 10 * 60 * 1000
	// clockSlack is how far, in milliseconds, clocks may differ before that
	// counts as one having been set.
	clockSlack = 60 * 1000
)

// clockWork is how the clock stands; owned by the loop, but for next and net.
type clockWork struct {
	clock  *clock.Clock
	stored int64 // unix ms: what counted when it was stored
	sure   bool  // the relay was read since the mailbox was last offline

	next atomic.Int64            // the process's time, ns, before which answers need not be read
	net  atomic.Pointer[present] // where readings go
}

// present are the connections that there are.
type present struct{ turn.Net }

// Now implements turn.Base.
func (p *Part) Now() int64 { return p.clock.clock.Now(p.config.Elapsed()) }

func (p *Part) wall() int64 { return p.config.Now().UnixMilli() }

// Shown implements turn.Base. After a start, and offline, the wall clock may
// well be right.
func (p *Part) Shown() int64 {
	if p.clock.sure {
		return p.Now()
	}
	return p.clock.clock.Plausible(p.wall(), p.config.Elapsed())
}

// Start implements turn.Base.
func (p *Part) Start(known int64) {
	wall := p.wall()
	stored := clock.Record{Wall: wall, Counted: wall}
	if s := p.self; s != nil && s.Clock != nil {
		stored = *s.Clock
	} else if known = min(known, wall); known > 0 {
		// Stored by a Petmail that kept no time.
		stored = clock.Record{Wall: known, Counted: known}
	}
	p.clock.clock = clock.New(stored, p.config.Elapsed())
}

// heardDate takes what a relay's answer says of the time. It is called by
// whoever made the request.
func (p *Part) heardDate(relay string, date time.Time) {
	now := int64(p.config.Elapsed())
	next := p.clock.next.Load()
	net := p.clock.net.Load()
	if net == nil || now < next || !p.clock.next.CompareAndSwap(next, now+int64(readingEvery)) {
		return
	}
	net.Post(turn.Input{Work: "clock", Do: func(t turn.Turn) { p.clockRead(t, relay, date, now) }})
}

// readClock asks the relay for the time where the wall clock has not moved as
// the process ran: it was set, or the machine slept. It runs after each turn.
func (p *Part) readClock(net turn.Net) {
	if now := p.clock.net.Load(); now == nil || now.Net != net {
		p.clock.net.Store(&present{net})
	}
	if p.Connected() && p.clock.clock.Doubtful(p.wall(), p.config.Elapsed()) {
		p.checkRelay(net)
	}
}

// clockRead takes a reading of a relay's clock; only our own relay's counts.
func (p *Part) clockRead(t turn.Turn, relay string, date time.Time, heard int64) {
	s := p.self
	if s == nil || s.Relay != relay {
		p.clock.next.CompareAndSwap(heard+int64(readingEvery), heard)
		return
	}
	c, off, shown := p.clock.clock, p.clock.clock.Off(), p.Shown()
	before := p.Now()
	var at int64
	if !date.IsZero() {
		at = max(date.UnixMilli(), 1)
	}
	c.Read(at, p.wall(), p.config.Elapsed())
	p.clock.sure = p.Connected()
	now := p.Now()
	if now-before > clockSlack || now-p.clock.stored >= storeClock || s.Clock == nil || c.Off() != off {
		record := c.Record(p.config.Elapsed())
		s.Clock, p.clock.stored = &record, now
		p.save(t)
	}
	if far(off, c.Off()) {
		t.Emit(api.EventClock.Of(api.Clock{Off: c.Off()}))
	}
	if shown-p.Shown() > clockSlack {
		t.Refresh() // what was hidden, since its time seemed over, is shown again
	}
}

// far reports whether what a person is told of the clock has changed.
func far(told, off int64) bool {
	return (told == 0) != (off == 0) || told-off > clockSlack || off-told > clockSlack
}
