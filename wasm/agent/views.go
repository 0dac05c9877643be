package agent

import (
	"sort"
	"strings"

	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// snapshot is what a page shows at first.
func (a *Agent) snapshot() *api.Snapshot {
	s := &api.Snapshot{
		Phase: api.PhaseNew, Version: a.config.Version, Relay: a.relay, Settings: a.state.settings,
		Conversations: []api.Conversation{}, Invites: []api.Invite{}, Notes: a.noteViews(),
		Trouble: a.trouble(), DiskFull: a.full,
		Drafts: []api.Draft{}, Deletions: []api.Deletion{},
		Restarted: !a.restarted.IsZero() && a.config.Now().Sub(a.restarted) < restartedFor,
	}
	if off := a.clock.clock.Off(); off != 0 {
		s.Clock = &api.Clock{Off: off}
	}
	if a.state.self == nil {
		return s
	}
	by := a.wallMilli() - a.shownMilli()
	for i := range s.Notes {
		s.Notes[i] = datedNote(s.Notes[i], by)
	}
	s.Phase, s.Name = api.PhaseReady, a.state.self.Name
	for _, e := range a.state.conversations {
		s.Conversations = append(s.Conversations, *a.viewOutside(e))
	}
	sort.Slice(s.Conversations, func(i, j int) bool {
		x, y := &s.Conversations[i], &s.Conversations[j]
		return newer(x.Activity, y.Activity, x.ID, y.ID)
	})
	for id, d := range a.state.drafts {
		s.Drafts = append(s.Drafts, *d.view(id))
	}
	for id, g := range a.state.going {
		if g.slow(a.nowMilli()) {
			s.Deletions = append(s.Deletions, *g.view(id))
		}
	}
	for _, inv := range a.state.invites {
		if !inv.Dismissed {
			s.Invites = append(s.Invites, *datedInvite(*inviteView(inv), by))
		}
	}
	sort.Slice(s.Invites, func(i, j int) bool {
		x, y := &s.Invites[i], &s.Invites[j]
		return newer(x.Created, y.Created, x.ID, y.ID)
	})
	return s
}

// newer is the order of lists: what is newest first, ids where that is equal.
func newer(x, y int64, xID, yID string) bool { return x > y || x == y && xID < yID }

// viewOutside is view outside of a turn. If that fails, the conversation is
// set aside in the next one.
func (a *Agent) viewOutside(e *entry) *api.Conversation {
	var v *api.Conversation
	err := a.safely("view", func() error {
		v = e.view()
		return nil
	})
	if err == nil {
		return v
	}
	a.failedOutside(e.c.ID, "view", err)
	return e.viewAlone()
}

// viewAlone is what can be shown without calling any rule.
func (e *entry) viewAlone() *api.Conversation {
	c := &e.contact
	v := &api.Conversation{
		ID: e.c.ID.String(), Name: c.Petname, TheirName: c.TheirName, Verified: c.Verified,
		KeyAlarm: c.KeyAlarm, Differ: c.Differ, RelayAlarm: c.RelayAlarm,
		Met: api.MetByCode, State: api.ConversationOpen, Aside: e.viewAside(),
		Unread: int(e.meta.Unread), Activity: e.meta.Activity, Created: c.Created,
	}
	if v.Name == "" {
		v.Name = v.TheirName
	}
	return v
}

func (e *entry) viewAside() *api.Aside {
	if !e.isAside() {
		return nil
	}
	return &api.Aside{Next: e.aside.Next, Work: e.aside.Work, Code: e.aside.Code}
}

// view is what a page sees of a conversation. One that is aside is shown
// whatever the rules do.
func (e *entry) view() (v *api.Conversation) {
	if e.isAside() {
		defer func() {
			if recover() != nil {
				v = e.viewAlone()
			}
		}()
	}
	v = &api.Conversation{
		ID: e.c.ID.String(), Aside: e.viewAside(), Met: api.MetByCode,
		Unread: int(e.meta.Unread), Activity: e.meta.Activity, Created: e.contact.Created,
		Preview: e.meta.Preview, PreviewMine: e.meta.PreviewMine, PreviewUnknown: e.meta.PreviewAt != "" && e.meta.Preview == "", Timer: int(e.c.Timer),
	}
	e.viewWho(v)
	if e.contact.Met == addressbook.MetByLink {
		v.Met = api.MetByLink
	}
	switch e.c.State {
	case conversation.Waiting:
		v.State = api.ConversationWaiting
	case conversation.Failed:
		v.State = api.ConversationFailed
	default:
		v.State = api.ConversationOpen
	}
	if e.previewOver {
		v.Preview, v.PreviewMine, v.PreviewUnknown = "", false, false
	}
	if peer := e.c.Peer(); peer != nil {
		v.Relay = peer.Relay()
		v.RelayRefused = e.outOfBounds(v.Relay)
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

// cursorOf returns the cursor that a message's page id stands for.
func cursorOf(id string) (string, bool) {
	return id, len(id) == conversation.CursorSize && strings.Trim(id, "0123456789abcdef") == ""
}
