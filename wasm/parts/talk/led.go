package talk

import (
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// Stands reports whether there is a conversation.
func (p *Part) Stands(id wire.ID) bool { return p.entries[id] != nil }

// Begin stores a conversation that an invitation has led to.
func (p *Part) Begin(t turn.Turn, begun *conversation.Conversation, petname string, met addressbook.Met, door uint64, welcome *conversation.Outgoing) {
	contact := p.people.Meet(t, begun.ID, petname, met)
	p.entries[begun.ID] = &entry{id: begun.ID, meta: convMeta{Activity: t.Wall(), With: contact}, listed: true}
	p.groups.Begin(t, begun, door, welcome)
}

// Fail ends a conversation that waited for an invitation in vain. If nothing
// was written in it, nothing is left to see.
func (p *Part) Fail(t turn.Turn, id wire.ID) (gone bool) {
	if !p.Stands(id) {
		return false
	}
	t.In(id, "invitation", func() {
		if gone = len(p.scan(t, id, "", true, 1)) == 0; gone {
			p.expiry.Delete(t, id)
		} else {
			p.groups.Fail(t, id)
		}
	})
	return gone
}

// Call changes what somebody is called from was to petname, if they still are.
func (p *Part) Call(t turn.Turn, id wire.ID, was, petname string) {
	if p.Stands(id) && p.people.Call(id, was, petname) {
		p.Touch(t, id)
	}
}
