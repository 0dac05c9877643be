package talk

import (
	"sort"

	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// View implements turn.Part.
func (p *Part) View(s *api.Snapshot) {
	s.Conversations, s.Drafts = []api.Conversation{}, []api.Draft{}
	for _, e := range p.entries {
		s.Conversations = append(s.Conversations, *p.viewOutside(e))
	}
	sort.Slice(s.Conversations, func(i, j int) bool {
		x, y := &s.Conversations[i], &s.Conversations[j]
		return x.Activity > y.Activity || x.Activity == y.Activity && x.ID < y.ID
	})
	for id, d := range p.drafts {
		s.Drafts = append(s.Drafts, d.view(id))
	}
}

// viewOutside is view outside of a turn. If that fails, the conversation is
// set aside in the next one.
func (p *Part) viewOutside(e *entry) *api.Conversation {
	var v *api.Conversation
	err := turn.Safely(p.log, "view", func() error {
		v = p.view(e)
		return nil
	})
	if err == nil {
		return v
	}
	p.config.Owners.SetAside(e.id, "view", err)
	return p.viewAlone(e)
}

// viewAlone is what can be shown without calling any rule.
func (p *Part) viewAlone(e *entry) *api.Conversation {
	v := &api.Conversation{
		ID: e.id.String(), State: api.ConversationOpen, Aside: p.config.Owners.Aside(e.id),
		Unread: int(e.meta.Unread), Activity: e.meta.Activity,
	}
	p.people.DescribeAlone(e.id, v)
	return v
}

// view is what a page sees of a conversation. One that is aside is shown
// whatever the rules do.
func (p *Part) view(e *entry) (v *api.Conversation) {
	aside := p.config.Owners.Aside(e.id)
	if aside != nil {
		defer func() {
			if recover() != nil {
				v = p.viewAlone(e)
			}
		}()
	}
	v = &api.Conversation{
		ID: e.id.String(), Aside: aside, Unread: int(e.meta.Unread), Activity: e.meta.Activity,
		Preview: e.meta.Preview, PreviewMine: e.meta.PreviewMine, PreviewUnknown: e.meta.PreviewAt != "" && e.meta.Preview == "",
	}
	p.people.Describe(e.id, v)
	p.groups.Describe(e.id, v)
	if e.previewEnds != 0 && e.previewEnds <= p.account.Shown() {
		v.Preview, v.PreviewMine, v.PreviewUnknown = "", false, false
	}
	return v
}

// messageView shows a message. Its page id is its cursor: unique in the
// conversation, and the way to its record.
func messageView(m conversation.Message) api.Message {
	v := api.Message{
		ID: m.Cursor, Cursor: m.Cursor, Mine: m.Mine, Kind: api.KindUnknown, Time: m.Time,
		Timer: int(m.Timer), Expires: m.Expires,
	}
	if text, ok := m.Text(); ok {
		v.Kind, v.Text = api.KindText, text
	}
	if seconds, ok := m.SetTo(); ok {
		v.Kind, v.Timer = api.KindTimer, int(seconds)
	}
	if m.Gone != nil {
		v.Kind, v.Text = api.KindDeleted, ""
		switch {
		case len(m.Gone.By) > 0:
			v.Deletion = api.DeletionDone
		case m.Mine:
			v.Deletion = api.DeletionAsked
		}
	}
	switch m.State {
	case conversation.Sending:
		v.State = api.StateSending
	case conversation.SentOut:
		v.State = api.StateSent
	case conversation.Delivered:
		v.State = api.StateDelivered
	case conversation.Undelivered:
		v.State = api.StateUndelivered
	default:
		v.State = api.StateReceived
	}
	return v
}
