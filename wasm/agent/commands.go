package agent

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"petmail/shared/address"
	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/invite"
)

// handlers lists every command.
func handlers() map[api.Command]handler {
	return map[api.Command]handler{
		api.CmdHello:         (*turn).hello,
		api.CmdStart:         (*turn).startAgent,
		api.CmdRename:        handle((*turn).rename),
		api.CmdInviteNew:     handle((*turn).inviteNew),
		api.CmdInviteAccept:  handle((*turn).inviteAccept),
		api.CmdInviteKnown:   handle((*turn).inviteKnown),
		api.CmdInviteNote:    handle((*turn).inviteNote),
		api.CmdInviteDismiss: handle((*turn).inviteDismiss),
		api.CmdNoteSend:      handle((*turn).noteSend),
		api.CmdNoteReceive:   handle((*turn).noteReceive),
		api.CmdNoteDismiss:   handle((*turn).noteDismiss),
		api.CmdMessages:      handle((*turn).messagesPage),
		api.CmdSend:          handle((*turn).send),
		api.CmdDelete:        handle((*turn).deleteMessage),
		api.CmdDeleteForAll:  handle((*turn).deleteForAll),
		api.CmdTimer:         handle((*turn).setTimer),
		api.CmdDraft:         handle((*turn).setDraft),
		api.CmdClear:         handle((*turn).clearConversation),
		api.CmdErase:         (*turn).erase,
		api.CmdRead:          handle((*turn).read),
		api.CmdPetname:       handle((*turn).petname),
		api.CmdForget:        handle((*turn).forgetConversation),
		api.CmdAsideRetry:    handle((*turn).asideRetry),
		api.CmdSafety:        handle((*turn).safety),
		api.CmdVerify:        handle((*turn).verify),
		api.CmdNameUse:       handle((*turn).nameUse),
		api.CmdNameDecline:   handle((*turn).nameDecline),
		api.CmdRelayNoted:    handle((*turn).relayNoted),
		api.CmdSettings:      handle((*turn).setSettings),
		api.CmdWords:         handle((*turn).words),
		api.CmdNudge:         handle((*turn).nudge),
	}
}

// hello answers with everything and, from then on, with every event.
func (t *turn) hello(q *request, _ json.RawMessage) (any, error) {
	t.then(func() {
		t.a.pages[q.page] = true
		q.reply(t.a.snapshot(), nil)
	})
	return nil, errLater
}

// identity makes what a new conversation needs of us: a fresh persona and an
// address that no other contact has, through the door with that number.
func (t *turn) identity() (conversation.Persona, address.Address, uint64, error) {
	persona, err := conversation.NewPersona(t.a.config.Rand, t.a.state.self.Name)
	if err != nil {
		return conversation.Persona{}, address.Address{}, 0, err
	}
	own, d, err := t.invitationAddress()
	if err != nil {
		return conversation.Persona{}, address.Address{}, 0, err
	}
	return persona, own, d.N, nil
}

func (t *turn) inviteNew(args api.InviteNewArgs) (any, error) {
	note, err := checkNote(args.Note)
	if err != nil {
		return nil, err
	}
	if t.a.openInvites() >= maxInvites {
		return nil, refuse(api.ErrTooMany, "too many open invitations")
	}
	persona, own, door, err := t.identity()
	if err != nil {
		return nil, err
	}
	inv, err := invite.New(t.a.config.Rand, t.now, t.a.state.self.Relay, note, persona, own)
	if err != nil {
		return nil, err
	}
	inv.Door = door
	return t.addInvite(inv), nil
}

func (t *turn) addInvite(inv *invite.Invite) *api.Invite {
	t.a.state.invites[inv.ID] = inv
	t.saveInvite(inv)
	t.syncRendezvous(inv)
	return datedInvite(*inviteView(inv), t.wall-t.a.shownMilli())
}

func (t *turn) inviteDismiss(args api.InviteArgs) (any, error) {
	id, err := wire.ParseID(args.Invite)
	inv := t.a.state.invites[id]
	if err != nil || inv == nil {
		return nil, refuse(api.ErrNotFound, "no such invitation")
	}
	if !inv.Mine && !inv.Ended() {
		t.invitationFailed(inv)
	}
	inv.Withdraw()
	inv.Dismissed = true
	t.saveInvite(inv)
	t.syncRendezvous(inv)
	t.sweepInvite(inv)
	return nil, nil
}

// findAny returns the conversation that a page names. What the command does
// from here on is that conversation's work. Its records may not decode: then
// it can only be read and deleted.
func (t *turn) findAny(id string) (*entry, error) {
	parsed, err := wire.ParseID(id)
	e := t.a.state.conversations[parsed]
	if err != nil || e == nil {
		return nil, refuse(api.ErrNotFound, "no such conversation")
	}
	t.scope = scope{owner: parsed, work: "command"}
	return e, nil
}

// find is findAny for commands that change what a conversation is.
func (t *turn) find(id string) (*entry, error) {
	e, err := t.findAny(id)
	if err == nil && e.broken {
		return nil, refuse(api.ErrAside, "this conversation cannot be changed now")
	}
	return e, err
}

func (t *turn) messagesPage(args api.MessagesArgs) (any, error) {
	e, err := t.findAny(args.Conversation)
	if err != nil {
		return nil, err
	}
	limit := min(max(args.Limit, 1), api.MaxPage)
	stored, err := t.shown(e, args.Before, limit+1)
	if err != nil {
		return nil, err
	}
	page := api.MessagesPage{Messages: []api.Message{}, More: len(stored) > limit}
	for _, m := range stored[:min(limit, len(stored))] {
		v := datedMessage(messageView(m), t.wall-t.a.shownMilli())
		v.Unread = !m.Mine && m.Arrival > e.meta.Read
		page.Messages = append(page.Messages, v)
	}
	slices.Reverse(page.Messages)
	return page, nil
}

// messages reads the stored messages of a conversation, from (exclusively)
// that cursor, at most limit; 0: all. One that does not decode is a
// damagedMessage.
func (a *Agent) messages(id wire.ID, from string, reverse bool, limit int) ([]conversation.Message, error) {
	prefix := messagePrefix(id)
	if from != "" {
		from = prefix + from
	}
	var out []conversation.Message
	for {
		n := 256
		if limit > 0 {
			n = min(n, limit-len(out))
		}
		records, err := a.config.Store.Scan(prefix, from, reverse, n)
		if err != nil {
			return nil, fmt.Errorf("couldn't read messages: %w", err)
		}
		for _, r := range records {
			m, err := a.decodeMessage(r.Key, r.Value)
			if err != nil {
				m = damagedMessage(r.Key)
			}
			out, from = append(out, m), r.Key
		}
		if len(records) < n || len(out) == limit {
			return out, nil
		}
	}
}

func (t *turn) send(args api.SendArgs) (any, error) {
	e, err := t.find(args.Conversation)
	switch {
	case err != nil:
		return nil, err
	case strings.TrimSpace(args.Text) == "":
		return nil, refuse(api.ErrEmpty, "nothing to send")
	case !text.Visible(args.Text):
		return nil, refuse(api.ErrInvisible, "the text would show nothing")
	case len(args.Text) > api.MaxTextBytes:
		return nil, refuse(api.ErrTooLong, "text is too long")
	case e.c.State == conversation.Failed:
		return nil, refuse(api.ErrNotFound, "the invitation of this conversation failed")
	}
	if m, ok := t.sentBefore(e, args.Draft, args.Text); ok {
		return messageView(m), nil
	}
	m, err := e.c.Write(t.a.config.Rand, t.now, args.Text)
	if err != nil {
		return nil, err
	}
	t.draftSent(e.c.ID, m)
	return t.written(e, m), nil
}

// written stores, shows and sends a message of our own.
func (t *turn) written(e *entry, m conversation.Message) api.Message {
	t.saveMessage(e, m)
	t.previewed(e, m)
	t.touch(e)
	if e.meta.Unread == 0 {
		e.c.ReadAll(t.now) // who writes has read what stands there
	}
	if e.c.State == conversation.Open {
		t.sealMessage(e, m)
	}
	view := messageView(m)
	t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: view}})
	return view
}

// sealMessage encrypts a message of our own and puts it into the outbox.
// Of a conversation that is aside it waits.
func (t *turn) sealMessage(e *entry, m conversation.Message) {
	if e.isAside() {
		return
	}
	out, err := e.c.Seal(t.a.config.Rand, m)
	if err != nil {
		t.setAside(e, err)
		return
	}
	t.enqueue(e, rowMessage, out, &m)
	t.renewAfter(e)
}

func (t *turn) read(args api.ReadArgs) (any, error) {
	e, err := t.findAny(args.Conversation)
	if err != nil {
		return nil, err
	}
	if e.meta.Unread != 0 || e.meta.Read != e.meta.Arrived {
		e.meta.Unread, e.meta.Read, e.meta.ReadAt = 0, e.meta.Arrived, t.now
		e.c.ReadAll(t.now)
		t.touch(e)
	}
	t.startTimers(e)
	return nil, nil
}

func (t *turn) setSettings(args api.Settings) (any, error) {
	if !slices.Contains([]string{"", "en", "de"}, args.Language) {
		return nil, refuse(api.ErrBadRequest, "unknown language")
	}
	if !slices.Contains([]int{0, 1, 5, 15, 60}, args.AutoLock) {
		return nil, refuse(api.ErrBadRequest, "unknown time until the lock")
	}
	t.a.state.settings = args
	t.saveSettings()
	t.emit(api.Event{Settings: &args})
	return nil, nil
}

func (t *turn) saveSettings() {
	b, err := json.Marshal(t.a.state.settings)
	if err != nil {
		t.fail(err)
	}
	t.batch.Put(keySettings, b)
}

func (t *turn) words(args api.WordsArgs) (any, error) {
	// Never null: pages take a list.
	completions := append([]string{}, wormhole.Complete(args.Text, wormhole.DefaultWords)...)
	return api.Words{Completions: completions[:min(len(completions), 8)]}, nil
}

func (t *turn) nudge(struct{}) (any, error) {
	t.then(func() { t.a.conn.nudge() })
	return nil, nil
}
