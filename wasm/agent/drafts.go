package agent

import (
	"fmt"
	"unicode/utf8"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// draft is what was typed in a conversation and not sent. Its id is volatile.
type draft struct {
	wire.Redacted
	id   string
	text string
}

// sentDraft is the newest draft of a conversation that was sent, as long as
// this process runs.
type sentDraft struct {
	id     string
	cursor string // of the message
}

func draftKey(id wire.ID) string { return prefDraft + id.String() }

// setDraft keeps what was typed and not sent.
func (t *turn) setDraft(args api.DraftArgs) (any, error) {
	e, err := t.findAny(args.Conversation)
	switch {
	case err != nil:
		return nil, err
	case len(args.Text) > api.MaxDraft:
		return nil, refuse(api.ErrTooLong, "draft is too long")
	case !utf8.ValidString(args.Text):
		return nil, refuse(api.ErrBadRequest, "not UTF-8")
	}
	return nil, t.saveDraft(e.c.ID, args.Text)
}

// saveDraft keeps a draft; an empty text ends it.
func (t *turn) saveDraft(id wire.ID, text string) error {
	drafts := t.a.state.drafts
	d := drafts[id]
	switch {
	case text == "":
		t.endDraft(id)
		return nil
	case d.text == text:
		return nil
	case d.id == "":
		var err error
		if d.id, err = t.a.newDraftID(); err != nil {
			return err
		}
	}
	d.text = text
	drafts[id] = d
	t.batch.Put(draftKey(id), []byte(text))
	t.emit(api.Event{Draft: d.view(id)})
	return nil
}

func (a *Agent) newDraftID() (string, error) {
	id, err := wire.NewID(a.config.Rand)
	if err != nil {
		return "", fmt.Errorf("couldn't name draft: %w", err)
	}
	return id.String(), nil
}

func (d draft) view(conversation wire.ID) *api.Draft {
	return &api.Draft{Conversation: conversation.String(), Text: d.text, ID: d.id}
}

// endDraft forgets the draft of a conversation, if there is one.
func (t *turn) endDraft(id wire.ID) {
	if t.a.state.drafts[id].text == "" {
		return
	}
	delete(t.a.state.drafts, id)
	t.batch.Delete(draftKey(id))
	t.emit(api.Event{Draft: &api.Draft{Conversation: id.String()}})
}

// draftSent ends the draft of a conversation, which m has become.
func (t *turn) draftSent(id wire.ID, m conversation.Message) {
	d := t.a.state.drafts[id]
	t.endDraft(id)
	if d.id != "" {
		t.a.state.sentDrafts[id] = sentDraft{d.id, m.Cursor}
	}
}

// sentBefore returns the message that another page has made of the same draft,
// if it says the same. What says something else is a message of its own:
// nothing that was typed is dropped.
func (t *turn) sentBefore(e *entry, draft, text string) (conversation.Message, bool) {
	sent := t.a.state.sentDrafts[e.c.ID]
	if draft == "" || draft != sent.id {
		return conversation.Message{}, false
	}
	m, ok := t.message(e, sent.cursor)
	if !ok {
		return conversation.Message{}, false
	}
	said, _ := m.Text()
	return m, said == text
}
