package expiry

import (
	"slices"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// retraction asks the others' agents to delete messages of our own. It stays
// until they have confirmed, or, where nothing here shows how it stands, until
// it has arrived.
type retraction struct {
	wire.Redacted
	Message conversation.Message `cbor:"1,keyasint"`
	Stones  []string             `cbor:"2,keyasint,omitempty"` // cursors of the tombstones that show how it stands
}

// deleteMessage deletes a message on this agent. One of our own that has not
// left yet is not sent any more.
func (t *step) deleteMessage(args api.DeleteArgs) error {
	id, m, err := t.findMessage(args)
	if err != nil {
		return err
	}
	if t.unsent(id, m) {
		t.withdraw(id, m)
		return nil
	}
	t.discard(id, m)
	return nil
}

// deleteForAll deletes a message of our own and asks the others' agents to do
// the same. A tombstone shows how that stands.
func (t *step) deleteForAll(args api.DeleteArgs) error {
	id, m, err := t.findMessage(args)
	switch {
	case err != nil:
		return err
	case !m.Mine || m.Gone != nil || m.Kind == conversation.KindTimer:
		return turn.Refuse(api.ErrBadRequest, "only one's own messages can be deleted for everyone")
	case !t.p.groups.Whole(id):
		return turn.Refuse(api.ErrAside, "nothing can be asked of them now")
	case t.p.groups.Failed(id):
		t.discard(id, m)
		return nil
	case t.unsent(id, m):
		t.withdraw(id, m)
		return nil
	}
	t.p.outbox.Drop(t, id, m.Number)
	t.p.talk.Entomb(t, id, m, conversation.Gone{Request: t.ask(id, []conversation.Target{m.Target()}, []string{m.Cursor})})
	return nil
}

func (t *step) findMessage(args api.DeleteArgs) (wire.ID, conversation.Message, error) {
	id, err := t.p.groups.FindAny(t, args.Conversation)
	if err != nil {
		return id, conversation.Message{}, err
	}
	if m, ok := t.p.talk.Message(t, id, args.Message); ok {
		return id, m, nil
	}
	return id, conversation.Message{}, turn.Refuse(api.ErrNotFound, "no such message")
}

// unsent reports whether a message has not been given to a relay, as far as
// we know, and is not on its way just now.
func (t *step) unsent(id wire.ID, m conversation.Message) bool {
	if !m.Mine || m.State != conversation.Sending || m.Gone != nil || !t.p.groups.Whole(id) {
		return false
	}
	for _, other := range t.p.groups.Members(id) {
		if m.Number <= other.Acked {
			return false
		}
	}
	return !t.p.outbox.Left(id, m.Number)
}

// withdraw deletes a message of our own that was not sent. Its number must not
// be missed by the others, or they would never acknowledge what follows; and
// should it have slipped out before a crash, it goes there too.
func (t *step) withdraw(id wire.ID, m conversation.Message) {
	t.p.outbox.Drop(t, id, m.Number)
	t.discard(id, m)
	if !t.p.groups.Failed(id) {
		t.ask(id, []conversation.Target{m.Target()}, nil)
	}
}

// ask writes a request to delete, and returns its number.
func (t *step) ask(id wire.ID, targets []conversation.Target, stones []string) uint64 {
	m, err := t.p.groups.WriteDeletion(t, id, targets)
	if err != nil {
		t.Fail(err) // what was to be deleted stays
	}
	t.saveRequest(id, &retraction{Message: m, Stones: stones})
	t.p.groups.Send(t, id, m)
	return m.Number
}

func (t *step) saveRequest(id wire.ID, r *retraction) {
	t.p.at(id).requests[r.Message.Number] = r
	t.Put(kindRequest, id, numberRest(r.Message.Number), r)
}

func (t *step) dropRequest(id wire.ID, number uint64) {
	delete(t.p.at(id).requests, number)
	t.Delete(kindRequest, id, numberRest(number))
}

// Request is the request of a number that has not been confirmed; false: it is
// none.
func (p *Part) Request(id wire.ID, number uint64) (conversation.Message, bool) {
	r := p.at(id).requests[number]
	if r == nil {
		return conversation.Message{}, false
	}
	return r.Message, true
}

// Requests are all that have not been confirmed.
func (p *Part) Requests(id wire.ID) (all []conversation.Message) {
	for _, r := range p.at(id).requests {
		all = append(all, r.Message)
	}
	return all
}

// Reached notes that all others have the message of a number. If it is a
// request whose outcome nobody sees, that is all we wanted to know.
func (p *Part) Reached(t turn.Turn, id wire.ID, number uint64) {
	if r := p.at(id).requests[number]; r != nil && len(r.Stones) == 0 {
		p.of(t).dropRequest(id, number)
	}
}

// Withhold has the others not wait for the message of a number, which can no
// longer be read there nor written again.
func (p *Part) Withhold(t turn.Turn, id wire.ID, number uint64) {
	p.of(t).ask(id, []conversation.Target{{Number: number}}, nil)
}

// Carried notes that a member has confirmed a request.
func (p *Part) Carried(s turn.Turn, id wire.ID, c conversation.Carried) {
	t, r := p.of(s), p.at(id).requests[c.Request]
	if r == nil {
		return
	}
	for _, cursor := range r.Stones {
		m, ok := p.talk.Message(t, id, cursor)
		if !ok || m.Gone == nil || slices.Contains(m.Gone.By, c.By) {
			continue
		}
		m.Gone = &conversation.Gone{By: append(slices.Clone(m.Gone.By), c.By), Request: m.Gone.Request}
		p.talk.Change(t, id, m)
	}
	t.dropRequest(id, c.Request) // there is one other member
}

// Removed notes that the author of a message has deleted it for everyone.
func (p *Part) Removed(t turn.Turn, id wire.ID, removal conversation.Removal) {
	m, ok := p.talk.Theirs(t, id, removal.Cursor)
	if ok && m.ID == removal.ID && m.Gone == nil && m.Kind != conversation.KindTimer {
		p.talk.Entomb(t, id, m, conversation.Gone{})
	}
}

// discard deletes a message here, with everything that hangs on it.
func (t *step) discard(id wire.ID, m conversation.Message) {
	t.p.talk.Remove(t, id, m)
	t.dropWaiting(id, m)
}

// dropWaiting deletes what waits for something to become of a message that is
// deleted here.
func (t *step) dropWaiting(id wire.ID, m conversation.Message) {
	t.dropTimer(id, m)
	if m.Gone == nil || m.Gone.Request == 0 {
		return
	}
	r := t.p.at(id).requests[m.Gone.Request]
	if r == nil {
		return
	}
	r.Stones = slices.DeleteFunc(slices.Clone(r.Stones), func(at string) bool { return at == m.Cursor })
	if len(r.Stones) == 0 && !t.p.outbox.Carries(id, r.Message.Number) && t.p.groups.Open(id) {
		t.dropRequest(id, r.Message.Number)
		return
	}
	t.saveRequest(id, r)
}
