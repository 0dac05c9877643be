package expiry

import (
	"fmt"
	"strconv"
	"strings"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// maxDeletions bounds the messages deleted in one turn.
const maxDeletions = 1000

// clockSlack is how far, in milliseconds, clocks may differ before that counts
// as one having been set.
const clockSlack = 60 * 1000

// dueKey is how a key goes on after the kind's prefix. It orders the messages
// whose timer runs by when they disappear, those of one lifetime together: so
// what lies further ahead than that lifetime, because the clock was set back, is
// found without looking at all of them.
func dueKey(timer uint64, at int64, id wire.ID, cursor string) string {
	return fmt.Sprintf("%s%012x/%s/%s", dueUnder(timer), at, id, cursor)
}

// dueUnder is how the keys of one lifetime go on after the kind's prefix.
func dueUnder(timer uint64) string { return fmt.Sprintf("%08x/", timer) }

type dueMessage struct {
	at           int64 // unix ms
	conversation wire.ID
	cursor       string
}

func parseDue(key string) (dueMessage, error) {
	parts := strings.Split(key, "/") // due, timer, time, conversation, cursor
	if len(parts) != 5 {
		return dueMessage{}, fmt.Errorf("couldn't decode key of %d parts", len(parts))
	}
	at, err := strconv.ParseInt(parts[2], 16, 64)
	if err != nil {
		return dueMessage{}, fmt.Errorf("couldn't decode key: %w", err)
	}
	id, err := wire.ParseID(parts[3])
	if err != nil {
		return dueMessage{}, fmt.Errorf("couldn't decode key: %w", err)
	}
	return dueMessage{at, id, parts[4]}, nil
}

// setTimer sets how long messages of a conversation stay from now on.
func (t *step) setTimer(args api.TimerArgs) error {
	id, err := t.p.groups.Find(t, args.Conversation)
	seconds := uint64(args.Seconds)
	switch {
	case err != nil:
		return err
	case args.Seconds < 0 || conversation.TimerStep(seconds) != seconds:
		return turn.Refuse(api.ErrBadRequest, "not one of the lifetimes to choose from")
	case t.p.groups.Failed(id):
		return turn.Refuse(api.ErrNotFound, "the invitation of this conversation failed")
	case t.p.groups.Timer(id) == seconds:
		return nil
	}
	m, err := t.p.groups.WriteTimer(t, id, seconds)
	if err != nil {
		return err
	}
	t.p.talk.Written(t, id, m)
	return nil
}

// Await has the timer of a received message begin when it is read.
func (p *Part) Await(t turn.Turn, id wire.ID, m conversation.Message) {
	if m.Timer != 0 {
		t.Put(kindUnread, id, m.Cursor, m.Arrival)
		p.at(id).waiting++
	}
}

// Read notes that everything received has been read. The timers begin in a turn
// of their own, which sees what this one stores.
func (p *Part) Read(id wire.ID) {
	e := p.at(id)
	e.starting = e.waiting > 0
}

// nextTimers returns when timers of messages that have been read are to begin.
func (p *Part) nextTimers() int64 {
	for id, e := range p.entries {
		if e.starting && !p.isAside(id) {
			return 1
		}
	}
	return 0
}

func (t *step) startAll() {
	for id, e := range t.p.entries {
		if e.starting {
			t.For(id, "timers", func() { t.startMore(id, e) })
		}
	}
}

// startMore begins the timers of messages that have been read.
func (t *step) startMore(id wire.ID, e *entry) {
	read, readAt := t.p.talk.ReadTo(id)
	from, started := "", 0
	for started < maxDeletions {
		records := t.Scan(kindUnread, id.String()+"/", from, false, 256)
		for _, r := range records {
			from = r.Key
			var arrival uint64
			if err := wire.Unmarshal(r.Value, &arrival, maxRecord); err != nil {
				t.Fail(&turn.DecodeError{Key: r.Key, Err: err})
			}
			if arrival > read {
				continue
			}
			started++
			cursor := kindUnread.RestOf(r.Key)
			m, ok := t.p.talk.Message(t, id, cursor)
			if !ok {
				t.Delete(kindUnread, id, cursor)
				e.waiting--
				continue
			}
			t.p.Start(t, id, &m, min(readAt, t.now))
			t.p.talk.Change(t, id, m)
		}
		if len(records) < 256 {
			e.starting = false
			return
		}
	}
}

// Start begins the timer of a message that was read, or, of our own, sent, at
// that time (unix ms); the caller stores the message.
func (p *Part) Start(t turn.Turn, id wire.ID, m *conversation.Message, at int64) {
	if m.Timer == 0 || m.Expires != 0 {
		return
	}
	p.of(t).dropTimer(id, *m)
	m.Expires = at + int64(m.Timer)*1000
	t.PutBytes(kindDue, wire.ID{}, dueKey(m.Timer, m.Expires, id, m.Cursor), nil)
	p.expiryAt(m.Expires)
}

// dropTimer deletes what waits for a message's timer to begin or to end.
func (t *step) dropTimer(id wire.ID, m conversation.Message) {
	switch {
	case m.Timer == 0:
	case m.Expires != 0:
		t.Delete(kindDue, wire.ID{}, dueKey(m.Timer, m.Expires, id, m.Cursor))
	case !m.Mine:
		t.Delete(kindUnread, id, m.Cursor)
		t.p.at(id).waiting--
	}
}

// expiryAt notes that a message disappears at that time.
func (p *Part) expiryAt(at int64) {
	if p.nextExpiry == 0 || at < p.nextExpiry {
		p.nextExpiry = at
	}
}

// nextExpiring returns when messages disappear next, unix ms; 0: never.
func (p *Part) nextExpiring() int64 {
	if p.clockSet {
		return 1
	}
	return p.nextExpiry
}

// expire deletes messages whose time is over, at most maxDeletions.
func (t *step) expire() {
	p := t.p
	if p.clockSet {
		t.clockSet()
	}
	if p.nextExpiry == 0 || p.nextExpiry > t.now {
		return
	}
	p.nextExpiry = 0
	left := maxDeletions
	for _, timer := range conversation.TimerSteps() {
		left -= t.expireOf(timer, left)
	}
}

// expireOne deletes a message whose time is over.
func (t *step) expireOne(due dueMessage) {
	if m, ok := t.p.talk.Message(t, due.conversation, due.cursor); ok && m.Expires == due.at {
		t.discard(due.conversation, m)
	}
}

// expireOf deletes the messages of one lifetime whose time is over, and notes
// when the next one's is.
func (t *step) expireOf(timer uint64, limit int) (deleted int) {
	from := ""
	for {
		records := t.Scan(kindDue, dueUnder(timer), from, false, 64)
		for _, r := range records {
			from = r.Key
			due, err := parseDue(r.Key)
			if err != nil {
				continue // nobody's
			}
			if due.at > t.now || deleted == limit {
				t.p.expiryAt(due.at)
				return deleted
			}
			deleted++
			t.Delete(kindDue, wire.ID{}, kindDue.RestOf(r.Key))
			if !t.p.groups.Stands(due.conversation) {
				continue
			}
			if !t.For(due.conversation, "expire", func() { t.expireOne(due) }) {
				t.p.talk.RemoveAside(t, due.conversation, due.cursor, due.at)
			}
		}
		if len(records) < 64 {
			return deleted
		}
	}
}

// clockSet brings forward what would disappear later than a whole lifetime
// from now: it was stored by a Petmail that went by a clock that was ahead. It
// is looked for once after each start.
func (t *step) clockSet() {
	left, again := maxDeletions, false
	for _, timer := range conversation.TimerSteps() {
		at := t.now + int64(timer)*1000
		under := dueUnder(timer)
		records := t.Scan(kindDue, under, fmt.Sprintf("%s%s%012x", kindDue.Prefix, under, at+clockSlack), false, max(left, 1))
		for _, r := range records {
			left--
			due, err := parseDue(r.Key)
			if err != nil {
				continue // nobody's
			}
			id := due.conversation
			if !t.p.groups.Stands(id) {
				t.Delete(kindDue, wire.ID{}, kindDue.RestOf(r.Key))
				again = true
				continue
			}
			again = t.For(id, "timers", func() {
				t.Delete(kindDue, wire.ID{}, kindDue.RestOf(r.Key))
				m, ok := t.p.talk.Message(t, id, due.cursor)
				if !ok || m.Expires != due.at {
					return
				}
				m.Expires = at
				t.PutBytes(kindDue, wire.ID{}, dueKey(timer, at, id, m.Cursor), nil)
				t.p.expiryAt(at)
				t.p.talk.Change(t, id, m)
			}) || again
		}
	}
	t.p.clockSet = again // until nothing is found
}
