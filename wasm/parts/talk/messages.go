package talk

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// kindDamaged marks a message whose record does not decode. No content has it,
// and it is never stored.
const kindDamaged conversation.Kind = 255

var errDamaged = errors.New("couldn't decode message")

func (p *Part) decodeMessage(key string, value []byte) (m conversation.Message, err error) {
	owner, _ := kindMessage.OwnerOf(key)
	err = turn.Safely(p.log, "decode", func() error {
		if err := p.config.Owners.Met(owner, "decode msg"); err != nil {
			return err
		}
		return wire.Unmarshal(value, &m, maxRecord)
	})
	if err != nil {
		return m, &turn.DecodeError{Key: key, Err: err}
	}
	return m, nil
}

// damagedMessage stands in for a message that does not decode: its key still
// tells where it stands.
func damagedMessage(key string) conversation.Message {
	cursor := key[strings.LastIndexByte(key, '/')+1:]
	at, _ := strconv.ParseInt(cursor[:min(12, len(cursor))], 16, 64)
	return conversation.Message{Cursor: cursor, Kind: kindDamaged, Time: at, State: conversation.Arrived}
}

// isCursor reports whether a text can be a cursor.
func isCursor(s string) bool {
	return len(s) == conversation.CursorSize && strings.Trim(s, "0123456789abcdef") == ""
}

// Message is the message at a cursor, as this turn leaves it; false: it is
// deleted, or counts as such.
func (p *Part) Message(t turn.Turn, id wire.ID, cursor string) (conversation.Message, bool) {
	if !isCursor(cursor) {
		return conversation.Message{}, false
	}
	b := t.Get(kindMessage, id, cursor)
	if b == nil {
		return conversation.Message{}, false
	}
	key := kindMessage.Key(id, cursor)
	m, err := p.decodeMessage(key, b)
	if err != nil {
		if !p.isAside(id) {
			t.Fail(err)
		}
		m = damagedMessage(key)
	}
	if p.expiry.Cleared(id, m) {
		return conversation.Message{}, false
	}
	return m, true
}

// Theirs is the message of somebody else's whose author says that it stands at a
// cursor.
func (p *Part) Theirs(t turn.Turn, id wire.ID, cursor string) (conversation.Message, bool) {
	m, ok := p.Message(t, id, cursor)
	if !ok {
		m, ok = p.Message(t, id, string(t.Get(kindMoved, id, cursor)))
	}
	return m, ok && !m.Mine
}

// Messages are the stored messages of a conversation, oldest first, from
// (exclusively) that cursor on, at most limit. One that does not decode is a
// damagedMessage.
func (p *Part) Messages(t turn.Turn, id wire.ID, from string, limit int) []conversation.Message {
	return p.scan(t, id, from, false, limit)
}

// scan is Messages, newest first if reverse; limit 0: all.
func (p *Part) scan(t turn.Turn, id wire.ID, from string, reverse bool, limit int) (out []conversation.Message) {
	if from != "" {
		from = kindMessage.Key(id, from)
	}
	for {
		n := 256
		if limit > 0 {
			n = min(n, limit-len(out))
		}
		records := t.Scan(kindMessage, id.String()+"/", from, reverse, n)
		for _, r := range records {
			m, err := p.decodeMessage(r.Key, r.Value)
			if err != nil {
				m = damagedMessage(r.Key)
			}
			out, from = append(out, m), r.Key
		}
		if len(records) < n || len(out) == limit {
			return out
		}
	}
}

// Stored is the message that a record holds, as this turn leaves it; a zero one:
// it is deleted. is: records of that kind are messages.
func (p *Part) Stored(t turn.Turn, k *turn.Kind, key string) (m conversation.Message, is bool, err error) {
	if k != kindMessage {
		return m, false, nil
	}
	id, _ := k.OwnerOf(key)
	if b := t.Get(k, id, k.RestOf(key)); b != nil {
		m, err = p.decodeMessage(key, b)
	}
	return m, true, err
}

// maxHidden bounds the messages passed over for one page: those that count as
// deleted and are still stored.
const maxHidden = 5000

// shown reads the messages before a cursor, newest first, that a page may see.
func (t *step) shown(e *entry, before string, limit int) (out []conversation.Message) {
	for hidden := 0; hidden < maxHidden; {
		page := t.p.scan(t, e.id, before, true, limit)
		for _, m := range page {
			before = m.Cursor
			if m.Kind == kindDamaged {
				t.SetAside(e.id, &turn.DecodeError{Key: kindMessage.Key(e.id, m.Cursor), Err: errDamaged})
			}
			if t.p.expiry.Cleared(e.id, m) || m.Expires != 0 && m.Expires <= t.p.account.Shown() {
				hidden++
			} else if out = append(out, m); len(out) == limit {
				return out
			}
		}
		if len(page) < limit {
			break
		}
	}
	return out
}

func (t *step) saveMessage(e *entry, m conversation.Message) {
	if m.Kind == kindDamaged {
		return // there may be more in it than we can read
	}
	t.Put(kindMessage, e.id, m.Cursor, m)
	if m.Cursor == e.meta.PreviewAt {
		e.previewEnds = m.Expires
	}
}

// Change stores and shows what has become of a message.
func (p *Part) Change(s turn.Turn, id wire.ID, m conversation.Message) {
	p.of(s).saveMessage(p.entries[id], m)
	s.Emit(api.EventMessage.Of(api.MessageEvent{Conversation: id.String(), Message: messageView(m)}))
}

// Arrived stores and shows a new message.
func (p *Part) Arrived(s turn.Turn, id wire.ID, m conversation.Message) {
	t, e := p.of(s), p.entries[id]
	if m.Claimed != "" {
		t.PutBytes(kindMoved, id, m.Claimed, []byte(m.Cursor))
	}
	if m.Kind == conversation.KindTimer {
		p.Change(t, id, m) // it is seen in the conversation; nobody need be called for it
		return
	}
	e.meta.Arrived++
	m.Arrival = e.meta.Arrived
	t.saveMessage(e, m)
	p.expiry.Await(t, id, m)
	if e.meta.Unread == 0 || e.meta.PreviewMine {
		e.meta.PreviewAt = "" // what is new is shown, wherever it stands
	}
	e.meta.Unread++
	t.previewed(e, m)
	t.touch(e)
	t.Emit(api.EventMessage.Of(api.MessageEvent{Conversation: id.String(), Message: messageView(m), Fresh: true}))
}

// Move moves a message of ours on, if it is in one of the states from.
func (p *Part) Move(t turn.Turn, id wire.ID, cursor string, to conversation.MessageState, from ...conversation.MessageState) {
	m, ok := p.Message(t, id, cursor)
	if !ok || !slices.Contains(from, m.State) {
		return // deleted by the person: its row goes on
	}
	m.State = to
	if to != conversation.Undelivered {
		p.expiry.Start(t, id, &m, t.Now())
	}
	p.Change(t, id, m)
}

// Sending are the messages of ours that no relay has.
func (p *Part) Sending(t turn.Turn, id wire.ID) (out []conversation.Message) {
	for _, m := range p.scan(t, id, "", false, 0) {
		if m.Mine && m.State == conversation.Sending && m.Gone == nil {
			out = append(out, m)
		}
	}
	return out
}

// Entomb deletes what a message says and leaves a tombstone in its place, which a
// timer of the message will take away too.
func (p *Part) Entomb(s turn.Turn, id wire.ID, m conversation.Message, gone conversation.Gone) {
	t, e := p.of(s), p.entries[id]
	t.countRead(e, m)
	m.Gone, m.Body = &gone, nil
	t.hidden[id] = e
	p.Change(t, id, m)
}

// Remove deletes a message.
func (p *Part) Remove(s turn.Turn, id wire.ID, m conversation.Message) {
	t, e := p.of(s), p.entries[id]
	t.countRead(e, m)
	p.Delete(t, id, m)
	t.hidden[id] = e
	t.Emit(api.EventMessageRemoved.Of(api.MessageRef{Conversation: id.String(), Message: m.Cursor}))
}

// Delete deletes a message without telling anybody.
func (p *Part) Delete(t turn.Turn, id wire.ID, m conversation.Message) {
	t.Delete(kindMessage, id, m.Cursor)
	if m.Claimed != "" {
		t.Delete(kindMoved, id, m.Claimed)
	}
}

// RemoveAside deletes a message of a conversation that is aside, if it disappears
// at a time, unix ms, or does not decode: nothing of it is worked on, and yet
// nothing of it stays longer.
func (p *Part) RemoveAside(s turn.Turn, id wire.ID, cursor string, expires int64) {
	t, e := p.of(s), p.entries[id]
	b := t.Get(kindMessage, id, cursor)
	if b == nil {
		return
	}
	m, err := p.decodeMessage(kindMessage.Key(id, cursor), b)
	switch {
	case err != nil:
		m = conversation.Message{Cursor: cursor}
	case m.Expires != expires:
		return
	}
	p.Delete(t, id, m)
	if e.meta.PreviewAt == cursor {
		e.previewNothing()
		t.touch(e)
	}
	t.Emit(api.EventMessageRemoved.Of(api.MessageRef{Conversation: id.String(), Message: cursor}))
}

// countRead takes a message that goes out of the count of unread ones.
func (t *step) countRead(e *entry, m conversation.Message) {
	if !m.Mine && m.Gone == nil && m.Arrival > e.meta.Read && e.meta.Unread > 0 {
		e.meta.Unread--
		t.touch(e)
	}
}
