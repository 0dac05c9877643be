package expiry

import (
	"math"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

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

// slow reports whether the deletion takes long enough to be shown.
func (g *going) slow(now int64) bool { return now-g.Began >= 1000 }

func (g *going) view(id wire.ID) api.Deletion {
	return api.Deletion{Conversation: id.String(), Done: int(g.Done), Total: int(max(g.Total, g.Done))}
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

// Cleared reports whether a message that is still stored counts as deleted.
func (p *Part) Cleared(id wire.ID, m conversation.Message) bool {
	g := p.going[id]
	return g != nil && g.takes(m)
}

// said bounds the number of messages in a conversation from above.
func (p *Part) said(id wire.ID) uint64 {
	total := p.groups.Sent(id)
	for _, m := range p.groups.Members(id) {
		total += m.Received.UpTo
	}
	return total
}

// loadGoing reads the deletions that are under way.
func (p *Part) loadGoing(r turn.Reader) error {
	return r.Scan(kindGoing, wire.ID{}, "", func(stored string, value []byte) error {
		id, ok := kindGoing.OwnerOf(stored)
		if !ok {
			p.config.Log.Warn("a record is passed over", "kind", "going")
			return nil
		}
		var g going
		ok, err := r.Decode(id, stored, func() error { return wire.Unmarshal(value, &g, maxRecord) })
		switch {
		case ok:
			p.going[id] = &g
		case err == nil && !p.groups.Stands(id): // all of it goes, whatever the record said
			p.going[id] = &going{Sweep: true, Began: r.Now()}
		}
		return err
	})
}

// nextDeletion returns when a deletion goes on.
func (p *Part) nextDeletion() int64 {
	for id := range p.going {
		if !p.waits(id) {
			return 1
		}
	}
	return 0
}

// waits reports whether the deletion of messages waits because their
// conversation, which stays, is aside: what others are to be told of it cannot
// be written.
func (p *Part) waits(id wire.ID) bool {
	return p.going[id].Keep && p.groups.Stands(id) && p.isAside(id) && p.groups.Whole(id)
}

// deleteMore goes on with what takes several turns.
func (t *step) deleteMore() {
	for id, g := range t.p.going {
		if t.p.waits(id) {
			continue
		}
		if g.Keep && t.p.groups.Stands(id) {
			t.In(id, "clear", func() { t.clearSome(id, g) })
		} else {
			g.Keep = false
			t.progress(id, g, t.forgetRecords(id, g))
		}
		return // one a turn
	}
}

// forgetConversation deletes everything with a person.
func (t *step) forgetConversation(args api.ConversationArgs) error {
	id, err := t.p.groups.FindAny(t, args.Conversation)
	if err != nil {
		return err
	}
	t.p.invitations.Forgotten(t, id)
	t.p.Delete(t, id)
	return nil
}

// Delete deletes a conversation: what makes it one, so that it never comes back,
// and as many of its records as one turn may. The turns that follow do the rest,
// and find what this one stores besides.
func (p *Part) Delete(s turn.Turn, id wire.ID) {
	t, g := p.of(s), &going{Total: p.said(id), Began: s.Now()}
	t.forgetRecords(id, g)
	t.saveGoing(id, g)
	t.Emit(api.EventConversationRemoved.Of(id.String()))
}

func (t *step) saveGoing(id wire.ID, g *going) {
	t.p.going[id] = g
	t.Put(kindGoing, id, "", g)
}

// forgetRecords deletes stored records of a conversation, at most maxDeletions,
// and reports whether that was all.
func (t *step) forgetRecords(id wire.ID, g *going) (all bool) {
	if !t.Forget(id, maxDeletions, func(k *turn.Kind, stored string) {
		switch m, is, err := t.p.talk.Stored(t, k, stored); {
		case !is:
		case err != nil:
			g.Done++
			g.Sweep = true
		default:
			g.Done++
			t.forgetDue(id, m)
		}
	}) {
		return false
	}
	return !g.Sweep || t.sweepDue(id)
}

// forgetDue deletes what waits for the timer of a message to end.
func (t *step) forgetDue(id wire.ID, m conversation.Message) {
	if m.Expires != 0 {
		t.Delete(kindDue, wire.ID{}, dueKey(m.Timer, m.Expires, id, m.Cursor))
	}
}

// sweepDue deletes what waits for timers of messages that did not decode, and
// reports whether that was all.
func (t *step) sweepDue(id wire.ID) (all bool) {
	left := maxDeletions
	for _, timer := range conversation.TimerSteps() {
		for from := ""; ; {
			records := t.Scan(kindDue, dueUnder(timer), from, false, 256)
			for _, r := range records {
				from = r.Key
				if due, err := parseDue(r.Key); err != nil || due.conversation != id {
					continue
				}
				if left == 0 {
					return false
				}
				left--
				t.Delete(kindDue, wire.ID{}, kindDue.RestOf(r.Key))
			}
			if len(records) < 256 {
				break
			}
		}
	}
	return true
}

// progress stores how far a deletion has come, and shows it if it takes long.
func (t *step) progress(id wire.ID, g *going, ended bool) {
	if ended {
		t.Delete(kindGoing, id, "")
		delete(t.p.going, id)
	} else {
		t.saveGoing(id, g)
	}
	if g.slow(t.now) {
		v := g.view(id)
		v.Ended = ended
		t.Emit(api.EventDeletion.Of(v))
	}
}

// clearConversation deletes all messages with a person, here: as many as one
// turn may at once, the rest in the turns that follow, which find what this one
// stores besides.
func (t *step) clearConversation(args api.ConversationArgs) error {
	id, err := t.p.groups.FindAny(t, args.Conversation)
	if err != nil {
		return err
	}
	g := &going{Keep: true, Sent: t.p.groups.Sent(id), Arrived: t.p.talk.Clear(t, id), Total: t.p.said(id), Began: t.now}
	if !t.p.groups.Whole(id) {
		g.Sent, g.Arrived = math.MaxUint64, math.MaxUint64
	}
	if !t.p.isAside(id) {
		var now []conversation.Message // as this turn leaves them
		for _, m := range t.p.talk.Messages(t, id, "", maxDeletions) {
			if m, ok := t.p.talk.Message(t, id, m.Cursor); ok {
				now = append(now, m)
			}
		}
		t.clearThese(id, g, now)
	}
	t.saveGoing(id, g)
	t.Emit(api.EventConversationCleared.Of(id.String()))
	return nil
}

// clearSome deletes messages of a conversation that stays. What has not been
// sent is not sent any more.
func (t *step) clearSome(id wire.ID, g *going) {
	page := t.p.talk.Messages(t, id, g.From, maxDeletions)
	if len(page) > 0 {
		g.From = page[len(page)-1].Cursor
	}
	t.clearThese(id, g, page)
	ended := len(page) < maxDeletions
	if ended {
		t.Emit(api.EventConversationCleared.Of(id.String()))
	}
	t.progress(id, g, ended)
}

// clearThese deletes those of the messages that go.
func (t *step) clearThese(id wire.ID, g *going, messages []conversation.Message) {
	var unsent []conversation.Target
	for _, m := range messages {
		if !g.takes(m) {
			continue
		}
		g.Done++
		if t.unsent(id, m) {
			t.p.outbox.Drop(t, id, m.Number)
			unsent = append(unsent, m.Target())
		}
		t.p.talk.Delete(t, id, m)
		t.dropWaiting(id, m)
	}
	for len(unsent) > 0 && t.p.groups.Whole(id) && !t.p.groups.Failed(id) {
		n := min(len(unsent), conversation.MaxTargets)
		t.ask(id, unsent[:n], nil)
		unsent = unsent[n:]
	}
}
