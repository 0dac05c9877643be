package groups

import (
	"maps"
	"slices"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// Stands reports whether there is a conversation.
func (p *Part) Stands(id wire.ID) bool { return p.entries[id] != nil }

// All are the conversations.
func (p *Part) All() []wire.ID { return slices.Collect(maps.Keys(p.entries)) }

// FindAny returns the conversation that a page names. What the command does from
// here on is that conversation's work. Its record may not decode: then it can
// only be read and deleted.
func (p *Part) FindAny(t turn.Turn, id string) (wire.ID, error) {
	parsed, err := wire.ParseID(id)
	if err != nil || !p.Stands(parsed) {
		return wire.ID{}, turn.Refuse(api.ErrNotFound, "no such conversation")
	}
	t.Own(parsed, "command")
	return parsed, nil
}

// Find is FindAny for commands that change what a conversation is.
func (p *Part) Find(t turn.Turn, id string) (wire.ID, error) {
	found, err := p.FindAny(t, id)
	if err == nil && p.entries[found].broken {
		return wire.ID{}, turn.Refuse(api.ErrAside, "this conversation cannot be changed now")
	}
	return found, err
}

// Touch has a conversation stored and shown with a turn.
func (p *Part) Touch(t turn.Turn, id wire.ID) {
	if e := p.entries[id]; e != nil {
		p.of(t).touch(e)
	}
}

// Begin stores a conversation that an invitation has led to; door is that of our
// address in it. welcome, if there is one, lets somebody in.
func (p *Part) Begin(s turn.Turn, begun *conversation.Conversation, door uint64, welcome *conversation.Outgoing) {
	t, e := p.of(s), &entry{id: begun.ID, c: p.ruled(begun)}
	e.c.Door = door
	p.entries[e.id] = e
	t.Begin(e.id)
	t.In(e.id, "welcome", func() {
		t.touch(e)
		t.met(e)
		if welcome != nil {
			p.outbox.Welcome(t, e.id, *welcome)
		}
	})
}

// Fail ends a conversation that waited for an invitation in vain.
func (p *Part) Fail(s turn.Turn, id wire.ID) {
	t, e := p.of(s), p.entries[id]
	t.leaveDoors(e)
	e.c.Fail()
	t.touch(e)
}

// Failed reports whether the invitation of a conversation has come to nothing.
func (p *Part) Failed(id wire.ID) bool {
	e := p.entries[id]
	return e != nil && e.c.State == conversation.Failed
}

// Peer is whom a conversation is with, as a member of its group; nil: they have
// not joined yet.
func (p *Part) Peer(id wire.ID) *conversation.Member { return p.entries[id].c.Peer() }

// PersonaKey is the key by which they know us.
func (p *Part) PersonaKey(id wire.ID) []byte { return p.entries[id].c.PersonaKey() }

// DoorsInUse are the numbers of the doors that conversations depend on.
func (p *Part) DoorsInUse() map[uint64]bool {
	used := make(map[uint64]bool)
	for _, e := range p.entries {
		used[e.c.Door] = true
	}
	return used
}

// Open reports whether a conversation's group is.
func (p *Part) Open(id wire.ID) bool {
	e := p.entries[id]
	return e != nil && e.c.State == conversation.Open
}

// Members are the others in a conversation.
func (p *Part) Members(id wire.ID) []conversation.Member { return p.entries[id].c.Members }

// Epoch is the present one of a conversation.
func (p *Part) Epoch(id wire.ID) uint64 { return p.entries[id].c.Epoch() }

// Readable reports whether members surely still read what was sealed in an
// epoch.
func (p *Part) Readable(id wire.ID, epoch uint64, now int64) bool {
	return p.entries[id].c.Readable(epoch, now)
}

// Stale reports whether the present epoch may be over for the others.
func (p *Part) Stale(id wire.ID) bool { return p.entries[id].c.Stale(p.present()) }

// Doubt begins, or continues, the wait for the slot of an epoch that may be over,
// and returns until when, unix ms.
func (p *Part) Doubt(t turn.Turn, id wire.ID) int64 { return p.of(t).doubt(p.entries[id]) }

// Seal encrypts a message of ours.
func (p *Part) Seal(id wire.ID, m conversation.Message) ([]conversation.Outgoing, error) {
	return p.entries[id].c.Seal(p.config.Rand, m)
}

// Remember notes where a message of ours stands that an older program wrote.
func (p *Part) Remember(id wire.ID, number uint64, cursor string) {
	if e := p.entries[id]; !e.broken {
		e.c.Remember(number, cursor)
	}
}

// Whole reports whether a conversation's record decodes.
func (p *Part) Whole(id wire.ID) bool { return !p.entries[id].broken }

// Sent is the number of the newest message of ours.
func (p *Part) Sent(id wire.ID) uint64 { return p.entries[id].c.Sent }

// Timer is how many seconds new messages stay once read; 0: for good.
func (p *Part) Timer(id wire.ID) uint64 { return p.entries[id].c.Timer }

// Write writes a text, which is to be sent.
func (p *Part) Write(t turn.Turn, id wire.ID, text string) (conversation.Message, error) {
	return p.written(t, id, func(e *entry) (conversation.Message, error) { return e.c.Write(p.config.Rand, t.Now(), text) })
}

// WriteTimer is Write for how many seconds messages stay from now on.
func (p *Part) WriteTimer(t turn.Turn, id wire.ID, seconds uint64) (conversation.Message, error) {
	return p.written(t, id, func(e *entry) (conversation.Message, error) {
		return e.c.WriteTimer(p.config.Rand, t.Now(), seconds)
	})
}

// WriteDeletion is Write for a request to delete messages of ours.
func (p *Part) WriteDeletion(t turn.Turn, id wire.ID, targets []conversation.Target) (conversation.Message, error) {
	return p.written(t, id, func(e *entry) (conversation.Message, error) {
		return e.c.WriteDeletion(p.config.Rand, t.Now(), targets)
	})
}

func (p *Part) written(t turn.Turn, id wire.ID, write func(*entry) (conversation.Message, error)) (conversation.Message, error) {
	e := p.entries[id]
	m, err := write(e)
	if err == nil {
		p.of(t).touch(e)
	}
	return m, err
}

// ReadAll notes that all that stands in a conversation has been read.
func (p *Part) ReadAll(t turn.Turn, id wire.ID) {
	e := p.entries[id]
	e.c.ReadAll(t.Now())
	p.of(t).touch(e)
}

// Send encrypts a message of ours and has it brought, once the group is open. Of
// a conversation that is aside it waits.
func (p *Part) Send(t turn.Turn, id wire.ID, m conversation.Message) {
	if e := p.entries[id]; e.c.State == conversation.Open {
		p.of(t).sealMessage(e, m)
	}
}

// sealMessage encrypts a message of our own and puts it into the outbox.
// Of a conversation that is aside it waits.
func (t *step) sealMessage(e *entry, m conversation.Message) {
	if t.p.isAside(e.id) {
		return
	}
	out, err := e.c.Seal(t.p.config.Rand, m)
	if err != nil {
		t.SetAside(e.id, err)
		return
	}
	t.p.outbox.Message(t, e.id, out, m)
	t.renewAfter(e)
}
