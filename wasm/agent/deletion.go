package agent

import (
	"fmt"
	"slices"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// retraction asks the others' agents to delete messages of our own. It stays
// until they have confirmed, or, where nothing here shows how it stands, until
// it has arrived.
type retraction struct {
	wire.Redacted
	Message conversation.Message `cbor:"1,keyasint"`
	Stones  []string             `cbor:"2,keyasint,omitempty"` // cursors of the tombstones that show how it stands
}

func requestKey(id wire.ID, n uint64) string     { return fmt.Sprintf("%s%s/%016x", prefRequest, id, n) }
func movedKey(id wire.ID, claimed string) string { return prefMoved + id.String() + "/" + claimed }

// deleteMessage deletes a message on this agent. One of our own that has not
// left yet is not sent any more.
func (t *turn) deleteMessage(args api.DeleteArgs) (any, error) {
	e, m, err := t.findMessage(args)
	if err != nil {
		return nil, err
	}
	if t.unsent(e, m) {
		t.withdraw(e, m)
		return nil, nil
	}
	t.discard(e, m)
	return nil, nil
}

// deleteForAll deletes a message of our own and asks the others' agents to do
// the same. A tombstone shows how that stands.
func (t *turn) deleteForAll(args api.DeleteArgs) (any, error) {
	e, m, err := t.findMessage(args)
	switch {
	case err != nil:
		return nil, err
	case !m.Mine || m.Gone != nil || m.Kind == conversation.KindTimer:
		return nil, refuse(api.ErrBadRequest, "only one's own messages can be deleted for everyone")
	case e.broken:
		return nil, refuse(api.ErrAside, "nothing can be asked of them now")
	case e.c.State == conversation.Failed:
		t.discard(e, m)
		return nil, nil
	case t.unsent(e, m):
		t.withdraw(e, m)
		return nil, nil
	}
	t.dropRows(e, m.Number)
	t.entomb(e, m, conversation.Gone{Request: t.ask(e, []conversation.Target{m.Target()}, []string{m.Cursor})})
	return nil, nil
}

func (t *turn) findMessage(args api.DeleteArgs) (*entry, conversation.Message, error) {
	e, err := t.findAny(args.Conversation)
	if err != nil {
		return nil, conversation.Message{}, err
	}
	if cursor, ok := cursorOf(args.Message); ok {
		if m, ok := t.message(e, cursor); ok {
			return e, m, nil
		}
	}
	return nil, conversation.Message{}, refuse(api.ErrNotFound, "no such message")
}

// unsent reports whether a message has not been given to a relay, as far as
// we know, and is not on its way just now.
func (t *turn) unsent(e *entry, m conversation.Message) bool {
	if !m.Mine || m.State != conversation.Sending || m.Gone != nil || e.broken {
		return false
	}
	for _, r := range e.rows {
		if r.Kind == rowMessage && r.Number == m.Number && e.sending.busy && e.sending.row == r.N {
			return false
		}
	}
	return true
}

// withdraw deletes a message of our own that was not sent. Its number must not
// be missed by the others, or they would never acknowledge what follows; and
// should it have slipped out before a crash, it goes there too.
func (t *turn) withdraw(e *entry, m conversation.Message) {
	t.dropRows(e, m.Number)
	t.discard(e, m)
	if e.c.State != conversation.Failed {
		t.ask(e, []conversation.Target{m.Target()}, nil)
	}
}

// dropRows takes a message out of the outbox.
func (t *turn) dropRows(e *entry, number uint64) {
	for _, r := range slices.Clone(e.rows) {
		if r.Kind == rowMessage && r.Number == number {
			t.drop(e, r)
		}
	}
}

// void gives up a row that can no longer be read there nor written again: the
// others are told not to wait for its number.
func (t *turn) void(e *entry, r *row) {
	t.drop(e, r)
	t.ask(e, []conversation.Target{{Number: r.Number}}, nil)
}

// ask writes a request to delete, and returns its number.
func (t *turn) ask(e *entry, targets []conversation.Target, stones []string) uint64 {
	m, err := e.c.WriteDeletion(t.a.config.Rand, t.now, targets)
	if err != nil {
		t.fail(err) // what was to be deleted stays
	}
	t.saveRequest(e, &retraction{Message: m, Stones: stones})
	if e.c.State == conversation.Open {
		t.sealMessage(e, m)
	}
	t.touch(e)
	return m.Number
}

func (t *turn) saveRequest(e *entry, r *retraction) {
	e.requests[r.Message.Number] = r
	t.put(requestKey(e.c.ID, r.Message.Number), r)
}

func (t *turn) dropRequest(e *entry, number uint64) {
	delete(e.requests, number)
	t.batch.Delete(requestKey(e.c.ID, number))
}

// requestArrived: the others have a message of that number. If it is a
// request whose outcome nobody sees, that is all we wanted to know.
func (t *turn) requestArrived(e *entry, number uint64) {
	if r := e.requests[number]; r != nil && len(r.Stones) == 0 {
		t.dropRequest(e, number)
	}
}

// carriedOut: a member has confirmed a request.
func (t *turn) carriedOut(e *entry, c conversation.Carried) {
	r := e.requests[c.Request]
	if r == nil {
		return
	}
	for _, cursor := range r.Stones {
		m, ok := t.message(e, cursor)
		if !ok || m.Gone == nil || slices.Contains(m.Gone.By, c.By) {
			continue
		}
		m.Gone = &conversation.Gone{By: append(slices.Clone(m.Gone.By), c.By), Request: m.Gone.Request}
		t.saveMessage(e, m)
		t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: messageView(m)}})
	}
	t.dropRequest(e, c.Request) // there is one other member
}

// plaintext returns what a row carries, to be encrypted again.
func (t *turn) plaintext(e *entry, r *row) (conversation.Message, bool) {
	if request := e.requests[r.Number]; request != nil {
		return request.Message, true
	}
	m, ok := t.message(e, r.Cursor)
	return m, ok && m.Gone == nil
}

// removeTheirs: the author of a message has deleted it for everyone.
func (t *turn) removeTheirs(e *entry, removal conversation.Removal) {
	m, ok := t.message(e, removal.Cursor)
	if !ok {
		at, err := t.get(movedKey(e.c.ID, removal.Cursor))
		if err != nil {
			t.fail(fmt.Errorf("couldn't read: %w", err))
		}
		if cursor, valid := cursorOf(string(at)); valid {
			m, ok = t.message(e, cursor)
		}
	}
	if ok && !m.Mine && m.ID == removal.ID && m.Gone == nil && m.Kind != conversation.KindTimer {
		t.entomb(e, m, conversation.Gone{})
	}
}

// entomb deletes what a message says and leaves a tombstone in its place,
// which a timer of the message will take away too.
func (t *turn) entomb(e *entry, m conversation.Message, gone conversation.Gone) {
	t.countRead(e, m)
	m.Gone, m.Body = &gone, nil
	t.saveMessage(e, m)
	t.hidden[e.c.ID] = e
	t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: messageView(m)}})
}

// discard deletes a message here, with everything that hangs on it.
func (t *turn) discard(e *entry, m conversation.Message) {
	t.countRead(e, m)
	t.discardRecords(e, m)
	t.hidden[e.c.ID] = e
	t.emit(api.Event{MessageRemoved: &api.MessageRef{Conversation: e.c.ID.String(), Message: m.Cursor}})
}

// discardRecords deletes a message's records, without telling anybody.
func (t *turn) discardRecords(e *entry, m conversation.Message) {
	t.batch.Delete(messageKey(e.c.ID, m.Cursor))
	t.dropTimer(e, m)
	if m.Claimed != "" {
		t.batch.Delete(movedKey(e.c.ID, m.Claimed))
	}
	if m.Gone == nil || m.Gone.Request == 0 {
		return
	}
	r := e.requests[m.Gone.Request]
	if r == nil {
		return
	}
	r.Stones = slices.DeleteFunc(slices.Clone(r.Stones), func(at string) bool { return at == m.Cursor })
	if len(r.Stones) == 0 && !e.hasRow(r.Message.Number) && e.c.State == conversation.Open {
		t.dropRequest(e, r.Message.Number)
		return
	}
	t.saveRequest(e, r)
}

func (e *entry) hasRow(number uint64) bool {
	return slices.ContainsFunc(e.rows, func(r *row) bool { return r.Kind == rowMessage && r.Number == number })
}

// countRead takes a message that goes out of the count of unread ones.
func (t *turn) countRead(e *entry, m conversation.Message) {
	if !m.Mine && m.Gone == nil && m.Arrival > e.meta.Read && e.meta.Unread > 0 {
		e.meta.Unread--
		t.touch(e)
	}
}

// previewable reports whether the list may show a message.
func previewable(m conversation.Message) bool {
	return m.Gone == nil && m.Kind != conversation.KindTimer && m.Kind != kindDamaged
}

// maxPreviewSearch bounds the messages looked at for one that the list may
// show.
const maxPreviewSearch = 256

// previewAgain has the list show what is the newest message now, where the
// one that it showed is gone.
func (t *turn) previewAgain() {
	for id, e := range t.hidden {
		if e.meta.PreviewAt != "" && t.a.state.conversations[id] == e {
			t.inScope(e, "preview", func() { t.previewOf(id, e) })
		}
	}
}

func (t *turn) previewOf(id wire.ID, e *entry) {
	if m, ok := t.message(e, e.meta.PreviewAt); ok && previewable(m) {
		return
	}
	// What the list showed need not have been the last one.
	older, err := t.a.messages(id, "", true, maxPreviewSearch)
	if err != nil {
		t.fail(err)
	}
	e.meta.Preview, e.meta.PreviewAt, e.meta.PreviewMine = "", "", false
	for _, m := range older {
		if now, ok := t.message(e, m.Cursor); ok && previewable(now) {
			t.previewed(e, now)
			break
		}
	}
	t.touch(e)
}
