package agent

import (
	"sync/atomic"
	"time"

	"petmail/wasm/api"
	"petmail/wasm/clock"
)

// Two clocks are kept apart. Everything that falls due, expires or is erased
// goes by the time that counts (package clock; turn.now), which no jump of the
// machine's clock can move. What a person is shown, and what orders messages,
// goes by the wall clock (turn.wall).
//
//	relay's answers ──Date──▶ heardDate ──▶ turn.clockRead ──▶ clock.Read ─┬▶ self.Clock
//	wall clock ───────────────────────────────────────────────────────────┘   api.Event.Clock

const (
	// readingEvery spaces readings of the relay's clock that nobody asked for.
	readingEvery = 30 * time.Second
	// storeClock is how much, in milliseconds, may have to be counted again
	// after a crash.
	storeClock = 10 * 60 * 1000
)

// clockWork is how the clock stands; owned by the loop, but for next.
type clockWork struct {
	clock  *clock.Clock
	began  time.Time    // of the process, where the host does not say how long it runs
	stored int64        // unix ms: what counted when it was stored
	next   atomic.Int64 // the process's time, ns, before which answers need not be read
	sure   bool         // the relay was read since the mailbox was last offline
}

// elapsed returns how long the process runs.
func (a *Agent) elapsed() time.Duration {
	if a.config.Elapsed != nil {
		return a.config.Elapsed()
	}
	return time.Since(a.clock.began)
}

// nowMilli returns the time that counts, unix milliseconds.
func (a *Agent) nowMilli() int64 { return a.clock.clock.Now(a.elapsed()) }

// wallMilli returns what the machine's clock shows, unix milliseconds.
func (a *Agent) wallMilli() int64 { return a.config.Now().UnixMilli() }

// shownMilli returns the time up to which nothing that is over is shown. After
// a start, and offline, the wall clock may well be right.
func (a *Agent) shownMilli() int64 {
	if a.clock.sure {
		return a.nowMilli()
	}
	return a.clock.clock.Plausible(a.wallMilli(), a.elapsed())
}

// startClock begins to count where the last process stopped.
func (a *Agent) startClock() {
	wall := a.wallMilli()
	stored := clock.Record{Wall: wall, Counted: wall}
	if s := a.state.self; s != nil && s.Clock != nil {
		stored = *s.Clock
	} else if known := min(a.lastKnown(), wall); known > 0 {
		// Stored by a Petmail that kept no time.
		stored = clock.Record{Wall: known, Counted: known}
	}
	a.clock.clock = clock.New(stored, a.elapsed())
}

// lastKnown returns the latest time, unix ms, that something was stored with;
// 0: there is nothing.
func (a *Agent) lastKnown() (known int64) {
	for _, e := range a.state.conversations {
		known = max(known, e.meta.Activity, e.meta.ReadAt, e.contact.Created, e.c.EpochTime)
		for _, r := range e.rows {
			known = max(known, r.Created)
		}
	}
	for _, inv := range a.state.invites {
		known = max(known, inv.Created)
	}
	for _, w := range a.state.notes {
		known = max(known, w.n.Created)
	}
	return known
}

// heardDate takes what a relay's answer says of the time. It is called by
// whoever made the request.
func (a *Agent) heardDate(relay string, date time.Time) {
	now := int64(a.elapsed())
	next := a.clock.next.Load()
	if now < next || !a.clock.next.CompareAndSwap(next, now+int64(readingEvery)) {
		return
	}
	a.inbox.post(input{do: func(t *turn) { t.clockRead(relay, date, now) }})
}

// readClock asks the relay for the time where the wall clock has not moved as
// the process ran: it was set, or the machine slept. It runs after each turn.
func (a *Agent) readClock() {
	if a.state.self != nil && a.relay.State == api.Connected && a.clock.clock.Doubtful(a.wallMilli(), a.elapsed()) {
		a.conn.checkRelay()
	}
}

// clockRead takes a reading of a relay's clock; only our own relay's counts.
func (t *turn) clockRead(relay string, date time.Time, heard int64) {
	a, s := t.a, t.a.state.self
	if s == nil || s.Relay != relay {
		a.clock.next.CompareAndSwap(heard+int64(readingEvery), heard)
		return
	}
	c, off, shown := a.clock.clock, a.clock.clock.Off(), a.shownMilli()
	before := a.nowMilli()
	var at int64
	if !date.IsZero() {
		at = max(date.UnixMilli(), 1)
	}
	c.Read(at, a.wallMilli(), a.elapsed())
	a.clock.sure = a.relay.State == api.Connected
	now := a.nowMilli()
	if now-before > clockSlack || now-a.clock.stored >= storeClock || s.Clock == nil || c.Off() != off {
		record := c.Record(a.elapsed())
		s.Clock, a.clock.stored = &record, now
		t.saveSelf()
	}
	if far(off, c.Off()) {
		t.emit(api.Event{Clock: &api.Clock{Off: c.Off()}})
	}
	if next := a.state.nextExpiry; next != 0 && next <= shown && shown-a.shownMilli() > clockSlack {
		// What was hidden is shown again.
		t.then(func() {
			a.hidePreviews()
			for p := range a.pages {
				p.deliver(api.Event{Snapshot: a.snapshot()})
			}
		})
	}
}

// far reports whether what a person is told of the clock has changed.
func far(told, off int64) bool {
	return (told == 0) != (off == 0) || told-off > clockSlack || off-told > clockSlack
}

// hidePreviews keeps the list from showing messages whose time may be over,
// but that are not deleted before that is sure.
func (a *Agent) hidePreviews() {
	shown := a.shownMilli()
	over := a.state.nextExpiry != 0 && a.state.nextExpiry <= shown
	for id, e := range a.state.conversations {
		e.previewOver = false
		if !over || e.meta.PreviewAt == "" {
			continue
		}
		m, err := a.storedMessage(id, e.meta.PreviewAt)
		e.previewOver = err == nil && expired(m, shown)
	}
}

// dated puts the times of what goes to a page, which are those that count,
// into the wall clock's.
func (a *Agent) dated(e api.Event) api.Event {
	by := a.wallMilli() - a.shownMilli()
	if by == 0 {
		return e
	}
	if e.Message != nil {
		copied := *e.Message
		copied.Message = datedMessage(copied.Message, by)
		e.Message = &copied
	}
	if e.Invite != nil {
		e.Invite = datedInvite(*e.Invite, by)
	}
	if e.Note != nil {
		copied := datedNote(*e.Note, by)
		e.Note = &copied
	}
	return e
}

func datedMessage(m api.Message, by int64) api.Message {
	if m.Expires != 0 {
		m.Expires += by
	}
	return m
}

func datedInvite(v api.Invite, by int64) *api.Invite {
	v.Created, v.CodeExpires, v.LinkExpires = v.Created+by, v.CodeExpires+by, v.LinkExpires+by
	return &v
}

func datedNote(v api.Note, by int64) api.Note {
	v.Created, v.Expires = v.Created+by, v.Expires+by
	return v
}
