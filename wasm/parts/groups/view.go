package groups

import (
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// Describe shows how a conversation's group stands.
func (p *Part) Describe(id wire.ID, v *api.Conversation) {
	e := p.entries[id]
	v.Timer = int(e.c.Timer)
	switch e.c.State {
	case conversation.Waiting:
		v.State = api.ConversationWaiting
	case conversation.Failed:
		v.State = api.ConversationFailed
	default:
		v.State = api.ConversationOpen
	}
	if peer := e.theirs(); peer != nil {
		v.Relay = peer.Relay()
		v.RelayRefused = e.outOfBounds(v.Relay)
	}
}

// theirs is whom a conversation is with as a member of its group; nil where they
// have not joined yet, or the group is not theirs alone.
func (e *entry) theirs() *conversation.Member {
	if !e.c.p.people.IsDirect(e.id) {
		return nil
	}
	return e.c.Peer()
}

// outOfBounds reports whether nothing is sent to a contact, since its address
// names a host inside our own machine or network. Its commits count all the
// same: all members have to judge alike.
func (e *entry) outOfBounds(relay string) bool {
	return wire.CheckForeignRelay(e.c.OwnRelay(), relay) != nil
}
