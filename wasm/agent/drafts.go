package agent

import (
	"unicode/utf8"

	"petmail/shared/wire"
	"petmail/wasm/api"
)

func draftKey(id wire.ID) string { return prefDraft + id.String() }

// setDraft keeps what was typed and not sent.
func (t *turn) setDraft(args api.DraftArgs) (any, error) {
	e, err := t.find(args.Conversation)
	switch {
	case err != nil:
		return nil, err
	case len(args.Text) > api.MaxDraft:
		return nil, refuse(api.ErrTooLong, "draft is too long")
	case !utf8.ValidString(args.Text):
		return nil, refuse(api.ErrBadRequest, "not UTF-8")
	}
	t.saveDraft(e.c.ID, args.Text)
	return nil, nil
}

func (t *turn) saveDraft(id wire.ID, text string) {
	drafts := t.a.state.drafts
	if drafts[id] == text {
		return
	}
	if text == "" {
		delete(drafts, id)
		t.batch.Delete(draftKey(id))
	} else {
		drafts[id] = text
		t.batch.Put(draftKey(id), []byte(text))
	}
	t.emit(api.Event{Draft: &api.Draft{Conversation: id.String(), Text: text}})
}
