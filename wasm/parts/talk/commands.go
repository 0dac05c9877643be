package talk

import (
	"slices"
	"strings"

	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// Commands implements turn.Part.
func (p *Part) Commands() []turn.Command {
	return []turn.Command{
		handle(p, api.CmdMessages, (*step).messagesPage),
		handle(p, api.CmdSend, (*step).send),
		obey(p, api.CmdDraft, (*step).setDraft),
		obey(p, api.CmdRead, (*step).read),
	}
}

// handle makes a command of a function that answers.
func handle[Args, Result any](p *Part, kind api.CommandKind[Args, Result], f func(*step, Args) (Result, error)) turn.Command {
	return turn.Handle(kind, func(t turn.Turn, args Args) (Result, error) { return f(p.of(t), args) })
}

// obey makes a command of a function that has nothing to answer.
func obey[Args any](p *Part, kind api.CommandKind[Args, api.None], f func(*step, Args) error) turn.Command {
	return handle(p, kind, func(t *step, args Args) (api.None, error) { return api.None{}, f(t, args) })
}

func (t *step) messagesPage(args api.MessagesArgs) (api.MessagesPage, error) {
	id, err := t.p.groups.FindAny(t, args.Conversation)
	if err != nil {
		return api.MessagesPage{}, err
	}
	e := t.p.entries[id]
	limit := min(max(args.Limit, 1), api.MaxPage)
	stored := t.shown(e, args.Before, limit+1)
	page := api.MessagesPage{Messages: []api.Message{}, More: len(stored) > limit}
	for _, m := range stored[:min(limit, len(stored))] {
		v := messageView(m)
		v.Unread = !m.Mine && m.Arrival > e.meta.Read
		page.Messages = append(page.Messages, v)
	}
	slices.Reverse(page.Messages)
	return page, nil
}

func (t *step) send(args api.SendArgs) (api.Message, error) {
	id, err := t.p.groups.Find(t, args.Conversation)
	switch {
	case err != nil:
		return api.Message{}, err
	case strings.TrimSpace(args.Text) == "":
		return api.Message{}, turn.Refuse(api.ErrEmpty, "nothing to send")
	case !text.Visible(args.Text):
		return api.Message{}, turn.Refuse(api.ErrInvisible, "the text would show nothing")
	case len(args.Text) > api.MaxTextBytes:
		return api.Message{}, turn.Refuse(api.ErrTooLong, "text is too long")
	case t.p.groups.Failed(id):
		return api.Message{}, turn.Refuse(api.ErrNotFound, "the invitation of this conversation failed")
	}
	if m, ok := t.sentBefore(id, args.Draft, args.Text); ok {
		return messageView(m), nil
	}
	m, err := t.p.groups.Write(t, id, args.Text)
	if err != nil {
		return api.Message{}, err
	}
	t.draftSent(id, m)
	return t.p.Written(t, id, m), nil
}

// Written stores, shows and sends a message of our own.
func (p *Part) Written(s turn.Turn, id wire.ID, m conversation.Message) api.Message {
	t, e := p.of(s), p.entries[id]
	t.saveMessage(e, m)
	t.previewed(e, m)
	t.touch(e)
	if e.meta.Unread == 0 {
		p.groups.ReadAll(t, id) // who writes has read what stands there
	}
	p.groups.Send(t, id, m)
	view := messageView(m)
	t.Emit(api.EventMessage.Of(api.MessageEvent{Conversation: id.String(), Message: view}))
	return view
}

func (t *step) read(args api.ReadArgs) error {
	id, err := t.p.groups.FindAny(t, args.Conversation)
	if err != nil {
		return err
	}
	if e := t.p.entries[id]; e.meta.Unread != 0 || e.meta.Read != e.meta.Arrived {
		t.readAll(e)
	}
	t.p.expiry.Read(id)
	return nil
}

// readAll notes that all that stands in a conversation has been read.
func (t *step) readAll(e *entry) {
	e.meta.Unread, e.meta.Read, e.meta.ReadAt = 0, e.meta.Arrived, t.Now()
	t.p.groups.ReadAll(t, e.id)
	t.touch(e)
}

// ReadTo tells up to which Arrival messages have been read, and when the last of
// them were, unix ms.
func (p *Part) ReadTo(id wire.ID) (arrival uint64, at int64) {
	e := p.entries[id]
	return e.meta.Read, e.meta.ReadAt
}

// Clear shows a conversation in which all is deleted that has been said, up to
// that Arrival.
func (p *Part) Clear(s turn.Turn, id wire.ID) (arrival uint64) {
	t, e := p.of(s), p.entries[id]
	t.readAll(e)
	e.previewNothing()
	t.endDraft(id)
	return e.meta.Arrived
}
