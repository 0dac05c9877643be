package agent

import (
	"fmt"
	"strconv"
	"strings"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// maxDeletions bounds the messages deleted in one turn.
const maxDeletions = 1000

// clockSlack is how far, in milliseconds, clocks may differ before that counts
// as one having been set.
const clockSlack = 60 * 1000

func unreadKey(id wire.ID, cursor string) string { return prefUnread + id.String() + "/" + cursor }

// dueKey orders the messages whose timer runs by when they disappear, those of
// one lifetime together: so what lies further ahead than that lifetime, because
// the clock was set back, is found without looking at all of them.
func dueKey(timer uint64, at int64, id wire.ID, cursor string) string {
	return fmt.Sprintf("%s%012x/%s/%s", duePrefix(timer), at, id, cursor)
}

func duePrefix(timer uint64) string { return fmt.Sprintf("%s%08x/", prefDue, timer) }

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
func (t *turn) setTimer(args api.TimerArgs) (any, error) {
	e, err := t.find(args.Conversation)
	switch {
	case err != nil:
		return nil, err
	case args.Seconds < 0 || conversation.TimerStep(uint64(args.Seconds)) != uint64(args.Seconds):
		return nil, refuse(api.ErrBadRequest, "not one of the lifetimes to choose from")
	case e.c.State == conversation.Failed:
		return nil, refuse(api.ErrNotFound, "the invitation of this conversation failed")
	case e.c.Timer == uint64(args.Seconds):
		return nil, nil
	}
	m, err := e.c.WriteTimer(t.a.config.Rand, t.now, uint64(args.Seconds))
	if err != nil {
		return nil, err
	}
	t.written(e, m)
	return nil, nil
}

// awaitReading: the timer of a received message begins when it is read.
func (t *turn) awaitReading(e *entry, m conversation.Message) {
	if m.Timer != 0 {
		t.put(unreadKey(e.c.ID, m.Cursor), m.Arrival)
		e.waiting++
	}
}

// startTimers: everything received has been read. The timers begin in a turn
// of their own, which sees what this one stores.
func (t *turn) startTimers(e *entry) { e.starting = e.waiting > 0 }

// starting reports whether timers of messages that have been read wait to
// begin.
func (a *Agent) starting() bool {
	for _, e := range a.state.conversations {
		if e.starting && !e.isAside() {
			return true
		}
	}
	return false
}

func (t *turn) startAll() {
	for _, e := range t.a.state.conversations {
		if e.starting {
			t.forOwner(e, "timers", func() { t.startMore(e) })
		}
	}
}

// startMore begins the timers of messages that have been read.
func (t *turn) startMore(e *entry) {
	from, started := "", 0
	prefix := prefUnread + e.c.ID.String() + "/"
	for started < maxDeletions {
		records, err := t.a.config.Store.Scan(prefix, from, false, 256)
		if err != nil {
			t.fail(fmt.Errorf("couldn't read: %w", err))
		}
		for _, r := range records {
			from = r.Key
			var arrival uint64
			if err := wire.Unmarshal(r.Value, &arrival, maxRecord); err != nil {
				t.fail(&decodeError{key: r.Key, err: err})
			}
			if arrival > e.meta.Read {
				continue
			}
			started++
			m, ok := t.message(e, strings.TrimPrefix(r.Key, prefix))
			if !ok {
				t.batch.Delete(r.Key)
				e.waiting--
				continue
			}
			t.startTimer(e, &m, min(e.meta.ReadAt, t.now))
			t.saveMessage(e, m)
			t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: messageView(m)}})
		}
		if len(records) < 256 {
			e.starting = false
			return
		}
	}
}

// startTimer begins the timer of a message that was read, or, of our own,
// sent, at that time (unix ms); the caller stores the message.
func (t *turn) startTimer(e *entry, m *conversation.Message, at int64) {
	if m.Timer == 0 || m.Expires != 0 {
		return
	}
	t.dropTimer(e, *m)
	m.Expires = at + int64(m.Timer)*1000
	t.batch.Put(dueKey(m.Timer, m.Expires, e.c.ID, m.Cursor), nil)
	t.a.state.expiryAt(m.Expires)
}

// dropTimer deletes what waits for a message's timer to begin or to end.
func (t *turn) dropTimer(e *entry, m conversation.Message) {
	switch {
	case m.Timer == 0:
	case m.Expires != 0:
		t.batch.Delete(dueKey(m.Timer, m.Expires, e.c.ID, m.Cursor))
	case !m.Mine:
		t.batch.Delete(unreadKey(e.c.ID, m.Cursor))
		e.waiting--
	}
}

// expired reports whether a message's time is over.
func expired(m conversation.Message, now int64) bool { return m.Expires != 0 && m.Expires <= now }

// expireFirst deletes what has expired, before anybody is shown anything.
func (a *Agent) expireFirst() {
	for a.fatal == nil && !a.full {
		now := a.nowMilli()
		over := a.state.nextExpiry != 0 && a.state.nextExpiry <= now && now >= a.kinds["expire"].until
		starting := a.starting() && now >= a.kinds["deletions"].until
		if now < max(a.pause, a.dueAfter) || !over && !starting {
			return
		}
		a.run([]input{{recurring: true, do: func(t *turn) {
			if over {
				t.forKind("expire", t.expire)
			} else {
				t.forKind("deletions", t.startAll)
			}
		}}})
	}
}

// expire deletes messages whose time is over, at most maxDeletions.
func (t *turn) expire() {
	s := &t.a.state
	if t.now < t.a.pause {
		return
	}
	if s.clockSet {
		t.clockSet()
	}
	if s.nextExpiry == 0 || s.nextExpiry > t.now {
		return
	}
	s.nextExpiry = 0
	left := maxDeletions
	for _, timer := range conversation.TimerSteps() {
		left -= t.expireOf(timer, left)
	}
}

// expireOne deletes a message whose time is over.
func (t *turn) expireOne(e *entry, due dueMessage) {
	if m, ok := t.message(e, due.cursor); ok && m.Expires == due.at {
		t.discard(e, m)
	}
}

// expireAside deletes a message whose time is over from a conversation that is
// aside: nothing of it is worked on, and yet nothing of it stays longer.
func (t *turn) expireAside(e *entry, due dueMessage) {
	key := messageKey(e.c.ID, due.cursor)
	b, err := t.get(key)
	if err != nil {
		t.fail(fmt.Errorf("couldn't read message: %w", err))
	}
	if b == nil {
		return
	}
	m, err := t.a.decodeMessage(key, b)
	if err == nil && m.Expires != due.at {
		return
	}
	t.batch.Delete(key)
	if err == nil && m.Claimed != "" {
		t.batch.Delete(movedKey(e.c.ID, m.Claimed))
	}
	if e.meta.PreviewAt == due.cursor && !e.broken {
		e.meta.Preview, e.meta.PreviewAt, e.meta.PreviewMine = "", "", false
		t.touch(e)
	}
	t.emit(api.Event{MessageRemoved: &api.MessageRef{Conversation: e.c.ID.String(), Message: due.cursor}})
}

// expireOf deletes the messages of one lifetime whose time is over, and notes
// when the next one's is.
func (t *turn) expireOf(timer uint64, limit int) (deleted int) {
	from := ""
	for {
		records, err := t.a.config.Store.Scan(duePrefix(timer), from, false, 64)
		if err != nil {
			t.fail(fmt.Errorf("couldn't read: %w", err))
		}
		for _, r := range records {
			from = r.Key
			due, err := parseDue(r.Key)
			if err != nil {
				continue // nobody's
			}
			if due.at > t.now || deleted == limit {
				t.a.state.expiryAt(due.at)
				return deleted
			}
			deleted++
			t.batch.Delete(r.Key)
			if e := t.a.state.conversations[due.conversation]; e != nil {
				if !t.forOwner(e, "expire", func() { t.expireOne(e, due) }) {
					t.expireAside(e, due)
				}
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
func (t *turn) clockSet() {
	left := maxDeletions
	for _, timer := range conversation.TimerSteps() {
		at := t.now + int64(timer)*1000
		prefix := duePrefix(timer)
		records, err := t.a.config.Store.Scan(prefix, fmt.Sprintf("%s%012x", prefix, at+clockSlack), false, max(left, 1))
		if err != nil {
			t.fail(fmt.Errorf("couldn't read: %w", err))
		}
		for _, r := range records {
			left--
			due, err := parseDue(r.Key)
			if err != nil {
				continue // nobody's
			}
			e := t.a.state.conversations[due.conversation]
			if e == nil {
				t.batch.Delete(r.Key)
				continue
			}
			t.forOwner(e, "timers", func() {
				t.batch.Delete(r.Key)
				m, ok := t.message(e, due.cursor)
				if !ok || m.Expires != due.at {
					return
				}
				m.Expires = at
				t.batch.Put(dueKey(timer, at, e.c.ID, m.Cursor), nil)
				t.saveMessage(e, m)
				t.a.state.expiryAt(at)
				t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: messageView(m)}})
			})
		}
	}
	t.a.state.clockSet = left < maxDeletions // until nothing is found
}
