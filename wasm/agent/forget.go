package agent

import (
	"fmt"
	"math"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// deletions is the part of the state that is about things going away.
type deletions struct {
	wire.Redacted
	drafts     map[wire.ID]draft
	sentDrafts map[wire.ID]sentDraft // volatile
	going      map[wire.ID]*going
	nextExpiry int64 // unix ms: no message disappears before; 0: none will
	clockSet   bool  // timers may lie too far ahead
}

// expiryAt notes that a message disappears at that time.
func (d *deletions) expiryAt(at int64) {
	if d.nextExpiry == 0 || at < d.nextExpiry {
		d.nextExpiry = at
	}
}

// going is a conversation on its way out: it, or all that was said in it, is
// deleted in several turns, and a restart goes on with it. Nothing of it is
// shown from the first turn on.
type going struct {
	wire.Redacted
	Keep    bool   `cbor:"1,keyasint,omitempty"` // the conversation stays; these messages go:
	Sent    uint64 `cbor:"2,keyasint,omitempty"` // our own up to this number
	Arrived uint64 `cbor:"3,keyasint,omitempty"` // theirs up to this Arrival
	From    string `cbor:"4,keyasint,omitempty"` // Keep: messages up to this cursor have been looked at
	Done    uint64 `cbor:"5,keyasint,omitempty"` // messages deleted
	Total   uint64 `cbor:"6,keyasint,omitempty"` // at most so many
	Began   int64  `cbor:"7,keyasint"`           // unix ms
	Sweep   bool   `cbor:"8,keyasint,omitempty"` // a message did not decode: its timer is searched for
}

func goingKey(id wire.ID) string { return prefGoing + id.String() }

// slow reports whether the deletion takes long enough to be shown.
func (g *going) slow(now int64) bool { return now-g.Began >= 1000 }

func (g *going) view(id wire.ID) *api.Deletion {
	return &api.Deletion{Conversation: id.String(), Done: int(g.Done), Total: int(max(g.Total, g.Done))}
}

// takes reports whether a message is one of those that go.
func (g *going) takes(m conversation.Message) bool {
	if !g.Keep {
		return true
	}
	if m.Mine {
		return m.Number <= g.Sent
	}
	return m.Arrival <= g.Arrived
}

// cleared reports whether a message that is still stored counts as deleted.
func (d *deletions) cleared(id wire.ID, m conversation.Message) bool {
	g := d.going[id]
	return g != nil && g.takes(m)
}

// said bounds the number of messages in a conversation from above.
func (e *entry) said() uint64 {
	total := e.c.Sent
	for _, m := range e.c.Members {
		total += m.Received.UpTo
	}
	return total
}

// loadDeletions reads what is about things going away into s.
func (a *Agent) loadDeletions(s *state) error {
	s.drafts, s.sentDrafts = make(map[wire.ID]draft), make(map[wire.ID]sentDraft)
	s.going, s.clockSet = make(map[wire.ID]*going), true
	if err := a.scan(prefGoing, func(key string, value []byte) error {
		id, err := wire.ParseID(key[len(prefGoing):])
		if err != nil {
			a.stray(key)
			return nil
		}
		var g going
		err = a.decoding(id, key, func() error { return wire.Unmarshal(value, &g, maxRecord) })
		switch e := s.conversations[id]; {
		case err == nil:
			s.going[id] = &g
		case e != nil:
			e.damages(err)
		default: // all of it goes, whatever the record said
			s.going[id] = &going{Sweep: true, Began: a.nowMilli()}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := a.scan(prefDraft, func(key string, value []byte) error {
		e := s.owner(key, prefDraft)
		if e == nil {
			return nil
		}
		id, err := a.newDraftID()
		if err != nil {
			return err
		}
		s.drafts[e.c.ID] = draft{id: id, text: string(value)}
		return nil
	}); err != nil {
		return err
	}
	for _, timer := range conversation.TimerSteps() {
		first, err := a.config.Store.Scan(duePrefix(timer), "", false, 1)
		if err != nil {
			return fmt.Errorf("couldn't read: %w", err)
		}
		for _, r := range first {
			if due, err := parseDue(r.Key); err == nil {
				s.expiryAt(due.at)
			}
		}
	}
	return nil
}

// nextDeletion returns when messages disappear next, and when a deletion goes
// on, unix ms; 0: never.
func (a *Agent) nextDeletion() (expiry, deletion int64) {
	expiry = a.state.nextExpiry
	if a.state.clockSet {
		expiry = 1
	}
	if a.state.deleting() || a.starting() {
		deletion = 1
	}
	if expiry != 0 {
		expiry = max(expiry, a.pause)
	}
	if deletion != 0 {
		deletion = max(deletion, a.pause)
	}
	return expiry, deletion
}

// waits reports whether the deletion of messages waits because their
// conversation, which stays, is aside: what others are to be told of it cannot
// be written.
func (s *state) waits(id wire.ID) bool {
	e, g := s.conversations[id], s.going[id]
	return e != nil && g.Keep && e.isAside() && !e.broken
}

// deleting reports whether a deletion can go on.
func (s *state) deleting() bool {
	for id := range s.going {
		if !s.waits(id) {
			return true
		}
	}
	return false
}

// deleteMore goes on with what takes several turns.
func (t *turn) deleteMore() {
	if t.now < t.a.pause {
		return
	}
	t.startAll()
	for id, g := range t.a.state.going {
		if t.a.state.waits(id) {
			continue
		}
		if e := t.a.state.conversations[id]; e != nil && g.Keep {
			t.inScope(e, "clear", func() { t.clearSome(e, g) })
		} else {
			g.Keep = false
			t.forgetSome(id, g)
		}
		return // one a turn
	}
}

// forgetConversation deletes everything with a person.
func (t *turn) forgetConversation(args api.ConversationArgs) (any, error) {
	e, err := t.findAny(args.Conversation)
	if err != nil {
		return nil, err
	}
	for _, inv := range t.a.state.invites {
		if inv.Conversation == e.c.ID {
			inv.Withdraw()
			inv.Dismissed = true
			t.saveInvite(inv)
			t.syncRendezvous(inv)
			t.sweepInvite(inv)
		}
	}
	t.forget(e)
	return nil, nil
}

// forget deletes a conversation: what makes it one, so that it never comes
// back, and as many of its records as one turn may. The turns that follow do
// the rest, and find what this one stores besides.
func (t *turn) forget(e *entry) {
	id := e.c.ID
	t.leaveDoors(e)
	t.batch.Delete(groupKey(id))
	t.batch.Delete(convKey(id))
	t.batch.Delete(asideKey(id))
	t.endDraft(id)
	g := &going{Total: e.said(), Began: t.now}
	t.forgetRecords(id, g)
	t.saveGoing(id, g)
	delete(t.a.state.conversations, id)
	delete(t.dirty, id)
	delete(t.hidden, id)
	t.emit(api.Event{ConversationRemoved: id.String()})
}

func (t *turn) saveGoing(id wire.ID, g *going) {
	t.a.state.going[id] = g
	t.put(goingKey(id), g)
}

// forgetSome deletes records of a conversation that is gone.
func (t *turn) forgetSome(id wire.ID, g *going) {
	t.progress(id, g, t.forgetRecords(id, g))
}

// forgetRecords deletes stored records of a conversation, at most maxDeletions,
// and reports whether that was all.
func (t *turn) forgetRecords(id wire.ID, g *going) (all bool) {
	left := maxDeletions
	for _, prefix := range []string{prefMessage, prefRow, prefHeld, prefRequest, prefUnread, prefMoved} {
		if left == 0 {
			break
		}
		records, err := t.a.config.Store.Scan(prefix+id.String()+"/", "", false, left)
		if err != nil {
			t.fail(fmt.Errorf("couldn't read: %w", err))
		}
		left -= len(records)
		for _, r := range records {
			if prefix == prefMessage {
				g.Done++
				t.forgetDue(id, g, r.Key)
			}
			t.batch.Delete(r.Key)
		}
	}
	if left == 0 {
		return false
	}
	return !g.Sweep || t.sweepDue(id)
}

// forgetDue deletes what waits for the timer of a message, as this turn leaves
// it, to end.
func (t *turn) forgetDue(id wire.ID, g *going, key string) {
	value, err := t.get(key)
	if err != nil {
		t.fail(fmt.Errorf("couldn't read message: %w", err))
	}
	if value == nil {
		return
	}
	m, err := t.a.decodeMessage(key, value)
	if err != nil {
		g.Sweep = true
	} else if m.Expires != 0 {
		t.batch.Delete(dueKey(m.Timer, m.Expires, id, m.Cursor))
	}
}

// sweepDue deletes what waits for timers of messages that did not decode, and
// reports whether that was all.
func (t *turn) sweepDue(id wire.ID) (all bool) {
	left := maxDeletions
	for _, timer := range conversation.TimerSteps() {
		for from := ""; ; {
			records, err := t.a.config.Store.Scan(duePrefix(timer), from, false, 256)
			if err != nil {
				t.fail(fmt.Errorf("couldn't read: %w", err))
			}
			for _, r := range records {
				from = r.Key
				if due, err := parseDue(r.Key); err != nil || due.conversation != id {
					continue
				}
				if left == 0 {
					return false
				}
				left--
				t.batch.Delete(r.Key)
			}
			if len(records) < 256 {
				break
			}
		}
	}
	return true
}

// progress stores how far a deletion has come, and shows it if it takes long.
func (t *turn) progress(id wire.ID, g *going, ended bool) {
	if ended {
		t.batch.Delete(goingKey(id))
		delete(t.a.state.going, id)
	} else {
		t.saveGoing(id, g)
	}
	if g.slow(t.now) {
		v := g.view(id)
		v.Ended = ended
		t.emit(api.Event{Deletion: v})
	}
}

// clearConversation deletes all messages with a person, here: as many as one
// turn may at once, the rest in the turns that follow, which find what this one
// stores besides.
func (t *turn) clearConversation(args api.ConversationArgs) (any, error) {
	e, err := t.findAny(args.Conversation)
	if err != nil {
		return nil, err
	}
	e.meta.Unread, e.meta.Read, e.meta.ReadAt = 0, e.meta.Arrived, t.now
	e.c.ReadAll(t.now)
	e.meta.Preview, e.meta.PreviewAt, e.meta.PreviewMine = "", "", false
	t.endDraft(e.c.ID)
	g := &going{Keep: true, Sent: e.c.Sent, Arrived: e.meta.Arrived, Total: e.said(), Began: t.now}
	if e.broken {
		g.Sent, g.Arrived = math.MaxUint64, math.MaxUint64
	}
	if e.isAside() {
		t.saveGoing(e.c.ID, g)
		t.touch(e)
		t.emit(api.Event{ConversationCleared: e.c.ID.String()})
		return nil, nil
	}
	page, err := t.a.messages(e.c.ID, "", false, maxDeletions)
	if err != nil {
		t.fail(err)
	}
	var now []conversation.Message // as this turn leaves them
	for _, m := range page {
		if m, ok := t.message(e, m.Cursor); ok {
			now = append(now, m)
		}
	}
	t.clearThese(e, g, now)
	t.saveGoing(e.c.ID, g)
	t.touch(e)
	t.emit(api.Event{ConversationCleared: e.c.ID.String()})
	return nil, nil
}

// clearSome deletes messages of a conversation that stays. What has not been
// sent is not sent any more.
func (t *turn) clearSome(e *entry, g *going) {
	id := e.c.ID
	page, err := t.a.messages(id, g.From, false, maxDeletions)
	if err != nil {
		t.fail(err)
	}
	if len(page) > 0 {
		g.From = page[len(page)-1].Cursor
	}
	t.clearThese(e, g, page)
	ended := len(page) < maxDeletions
	if ended {
		t.emit(api.Event{ConversationCleared: id.String()})
	}
	t.progress(id, g, ended)
}

// clearThese deletes those of the messages that go.
func (t *turn) clearThese(e *entry, g *going, messages []conversation.Message) {
	var unsent []conversation.Target
	for _, m := range messages {
		if !g.takes(m) {
			continue
		}
		g.Done++
		if t.unsent(e, m) {
			t.dropRows(e, m.Number)
			unsent = append(unsent, m.Target())
		}
		t.discardRecords(e, m)
	}
	for len(unsent) > 0 && !e.broken && e.c.State != conversation.Failed {
		n := min(len(unsent), conversation.MaxTargets)
		t.ask(e, unsent[:n], nil)
		unsent = unsent[n:]
	}
}

// shown reads the messages before a cursor, newest first, that a page may see.
func (t *turn) shown(e *entry, before string, limit int) ([]conversation.Message, error) {
	var out []conversation.Message
	for hidden := 0; hidden < 5*maxDeletions; {
		page, err := t.a.messages(e.c.ID, before, true, limit)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			before = m.Cursor
			if m.Kind == kindDamaged {
				t.setAside(e, &decodeError{key: messageKey(e.c.ID, m.Cursor), err: errDamaged})
			}
			if t.a.state.cleared(e.c.ID, m) || expired(m, t.a.shownMilli()) {
				hidden++
			} else if out = append(out, m); len(out) == limit {
				return out, nil
			}
		}
		if len(page) < limit {
			break
		}
	}
	return out, nil
}
