package talk

import (
	"unicode/utf8"

	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// previewed shows m in the list if it is the newest.
func (t *step) previewed(e *entry, m conversation.Message) {
	if m.Cursor < e.meta.PreviewAt || !previewable(m) {
		return
	}
	e.meta.PreviewAt, e.meta.PreviewMine, e.previewEnds = m.Cursor, m.Mine, m.Expires
	e.meta.Activity = max(e.meta.Activity, m.Time)
	said, _ := m.Text()
	if shown := text.TrimUnseen(said); shown != "" {
		said = shown // what cannot be seen must not push it out of the preview
	}
	e.meta.Preview = shorten(said, 120)
}

func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
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
func (t *step) previewAgain() {
	for id, e := range t.hidden {
		if e.meta.PreviewAt != "" && t.p.entries[id] == e {
			t.In(e.id, "preview", func() { t.previewOf(id, e) })
		}
	}
}

func (t *step) previewOf(id wire.ID, e *entry) {
	if m, ok := t.p.Message(t, id, e.meta.PreviewAt); ok && previewable(m) {
		return
	}
	// What the list showed need not have been the last one.
	older := t.p.scan(t, id, "", true, maxPreviewSearch)
	e.previewNothing()
	for _, m := range older {
		if now, ok := t.p.Message(t, id, m.Cursor); ok && previewable(now) {
			t.previewed(e, now)
			break
		}
	}
	t.touch(e)
}

// previewNothing has the list show no message.
func (e *entry) previewNothing() {
	e.meta.Preview, e.meta.PreviewAt, e.meta.PreviewMine = "", "", false
}

// ReadPreviews reads when the messages that the list shows are over.
func (p *Part) ReadPreviews(r turn.Reader) error {
	for id, e := range p.entries {
		if e.meta.PreviewAt == "" {
			continue
		}
		b, err := r.Get(kindMessage, id, e.meta.PreviewAt)
		if err != nil {
			return err
		}
		var m conversation.Message
		if b != nil && wire.Unmarshal(b, &m, maxRecord) == nil {
			e.previewEnds = m.Expires
		}
	}
	return nil
}
