package talk

import (
	"fmt"
	"unicode/utf8"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
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

// setDraft keeps what was typed and not sent.
func (t *step) setDraft(args api.DraftArgs) error {
	id, err := t.p.groups.FindAny(t, args.Conversation)
	switch {
	case err != nil:
		return err
	case len(args.Text) > api.MaxDraft:
		return turn.Refuse(api.ErrTooLong, "draft is too long")
	case !utf8.ValidString(args.Text):
		return turn.Refuse(api.ErrBadRequest, "not UTF-8")
	}
	return t.saveDraft(id, args.Text)
}

// saveDraft keeps a draft; an empty text ends it.
func (t *step) saveDraft(id wire.ID, text string) error {
	drafts := t.p.drafts
	d := drafts[id]
	switch {
	case text == "":
		t.endDraft(id)
		return nil
	case d.text == text:
		return nil
	case d.id == "":
		var err error
		if d.id, err = t.p.newDraftID(); err != nil {
			return err
		}
	}
	d.text = text
	drafts[id] = d
	t.PutBytes(kindDraft, id, "", []byte(text))
	t.Emit(api.EventDraft.Of(d.view(id)))
	return nil
}

func (p *Part) newDraftID() (string, error) {
	id, err := wire.NewID(p.config.Rand)
	if err != nil {
		return "", fmt.Errorf("couldn't name draft: %w", err)
	}
	return id.String(), nil
}

func (d draft) view(conversation wire.ID) api.Draft {
	return api.Draft{Conversation: conversation.String(), Text: d.text, ID: d.id}
}

// endDraft forgets the draft of a conversation, if there is one.
func (t *step) endDraft(id wire.ID) {
	if t.p.drafts[id].text == "" {
		return
	}
	delete(t.p.drafts, id)
	t.Delete(kindDraft, id, "")
	t.Emit(api.EventDraft.Of(api.Draft{Conversation: id.String()}))
}

// draftSent ends the draft of a conversation, which m has become.
func (t *step) draftSent(id wire.ID, m conversation.Message) {
	d := t.p.drafts[id]
	t.endDraft(id)
	if d.id != "" {
		t.p.sentDrafts[id] = sentDraft{d.id, m.Cursor}
	}
}

// sentBefore returns the message that another page has made of the same draft,
// if it says the same. What says something else is a message of its own:
// nothing that was typed is dropped.
func (t *step) sentBefore(id wire.ID, draft, text string) (conversation.Message, bool) {
	sent := t.p.sentDrafts[id]
	if draft == "" || draft != sent.id {
		return conversation.Message{}, false
	}
	m, ok := t.p.Message(t, id, sent.cursor)
	if !ok {
		return conversation.Message{}, false
	}
	said, _ := m.Text()
	return m, said == text
}

// loadDrafts reads what was typed and not sent.
func (p *Part) loadDrafts(r turn.Reader) error {
	p.drafts, p.sentDrafts = make(map[wire.ID]draft), make(map[wire.ID]sentDraft)
	return r.Scan(kindDraft, wire.ID{}, "", func(stored string, value []byte) error {
		owner, _ := kindDraft.OwnerOf(stored)
		if p.entries[owner] == nil {
			return nil
		}
		id, err := p.newDraftID()
		if err != nil {
			return err
		}
		p.drafts[owner] = draft{id: id, text: string(value)}
		return nil
	})
}
