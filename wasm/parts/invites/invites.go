// Package invites is the part that has people meet: the rules of an invitation
// are package invite's, the record of each is inv/<id>. What it leads to is
// another part's: it hands over a conversation, and hears how that goes on.
package invites

import (
	"io"
	"log/slog"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/invite"
	"petmail/wasm/relayclient"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// maxOpen bounds the invitations under way at once: each holds up to two
// sockets.
const maxOpen = 20

// Config is what the part needs.
type Config struct {
	Client        *relayclient.Client
	Rand          io.Reader // cryptographic
	Provider      mls.Provider
	Log           *slog.Logger
	Account       Account
	Conversations Conversations
}

// Account is who we are.
type Account interface {
	Relay() string // URL of our own relay
	// Identity makes what a new conversation needs of us: a fresh persona and an
	// address that no other contact has, through the door with that number.
	Identity() (conversation.Persona, address.Address, uint64, error)
	// Address makes another address through the door that invitations go by
	// today, unless that is door; false: it is, or there is none.
	Address(door uint64) (own address.Address, now uint64, ok bool, err error)
}

// Conversations are what invitations lead to.
type Conversations interface {
	// Stands reports whether there is a conversation.
	Stands(id wire.ID) bool
	// Begin stores one that an invitation has led to, with somebody who is
	// called petname; door is that of our address in it. welcome, if there is
	// one, lets them in.
	Begin(t turn.Turn, c *conversation.Conversation, petname string, met addressbook.Met, door uint64, welcome *conversation.Outgoing)
	// Fail ends one that waited for an invitation in vain. gone: nothing was
	// written in it, and nothing is left to see.
	Fail(t turn.Turn, id wire.ID) (gone bool)
	// Call changes what somebody is called from was to petname, if they still
	// are.
	Call(t turn.Turn, id wire.ID, was, petname string)
}

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	config Config
	kind   *turn.Kind

	invites map[wire.ID]*invite.Invite
	rooms   map[meeting]*room
	changed map[wire.ID]*invite.Invite // since Work
	// spoiled are the rendezvous in which something came that cannot be handled:
	// they stay closed until the next start, since it would come again with each
	// connection.
	spoiled map[meeting]bool
}

// New makes the part.
func New(config Config) *Part {
	return &Part{
		config:  config,
		kind:    &turn.Kind{Prefix: "inv/", Owner: turn.Nobody, Shared: turn.Common, Backup: turn.Never, Version: 1},
		spoiled: make(map[meeting]bool),
	}
}

// Name implements turn.Part.
func (p *Part) Name() string { return "invites" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{p.kind} }

// Commands implements turn.Part.
func (p *Part) Commands() []turn.Command {
	return []turn.Command{
		turn.Handle(api.CmdInviteNew, p.open),
		turn.Handle(api.CmdInviteAccept, p.accept),
		turn.Handle(api.CmdInviteKnown, p.isKnown),
		turn.Handle(api.CmdInviteNote, p.note),
		turn.Handle(api.CmdInviteDismiss, p.dismiss),
		turn.Handle(api.CmdWords, words),
	}
}

// Load implements turn.Part.
func (p *Part) Load(r turn.Reader) error {
	p.invites, p.changed = make(map[wire.ID]*invite.Invite), make(map[wire.ID]*invite.Invite)
	p.rooms = make(map[meeting]*room)
	return r.Each(p.kind, func(_ string, value []byte) error {
		var inv invite.Invite
		if err := wire.Unmarshal(value, &inv, store.MaxValue); err != nil {
			return err
		}
		p.invites[inv.ID], p.changed[inv.ID] = &inv, &inv
		r.Known(inv.Created)
		return nil
	})
}

// Due implements turn.Part: it ends the invitations whose time is over.
func (p *Part) Due(t turn.Turn) {
	for _, inv := range p.invites {
		changed, step := inv.Expire(t.Now())
		if changed {
			p.stepped(t, inv, invite.ViaCode, step)
			p.store(t, inv)
		}
	}
}

// Next implements turn.Part.
func (p *Part) Next() (next int64) {
	for _, inv := range p.invites {
		if at := inv.NextExpiry(); at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	return next
}

// store stores and shows an invitation, has its rendezvous follow, and deletes
// it when it has been dismissed and the relay knows that it is over.
func (p *Part) store(t turn.Turn, inv *invite.Invite) {
	p.changed[inv.ID] = inv
	if !inv.Dismissed {
		t.Emit(api.EventInvite.Of(view(inv)))
	} else {
		t.Emit(api.EventInviteRemoved.Of(inv.ID.String()))
	}
	if inv.Dismissed && inv.Silent() {
		delete(p.invites, inv.ID)
		t.Delete(p.kind, wire.ID{}, inv.ID.String())
		return
	}
	t.Put(p.kind, wire.ID{}, inv.ID.String(), inv)
}

// stepped hands over the conversation that an invitation has led to, or ends
// the one that waited for it.
func (p *Part) stepped(t turn.Turn, inv *invite.Invite, via invite.Via, step invite.Step) {
	if step.Failed {
		p.failed(t, inv)
	}
	if step.Conversation == nil {
		return
	}
	if p.config.Conversations.Stands(step.Conversation.ID) {
		p.config.Log.Debug("invitation leads to a conversation that stands already")
		return
	}
	met := addressbook.MetByCode
	if via == invite.ViaLink {
		met = addressbook.MetByLink
	}
	p.config.Conversations.Begin(t, step.Conversation, inv.Note, met, inv.Door, step.Welcome)
}

// failed ends the conversation that waited for an invitation.
func (p *Part) failed(t turn.Turn, inv *invite.Invite) {
	if !inv.Conversation.IsZero() && p.config.Conversations.Fail(t, inv.Conversation) {
		inv.Conversation = wire.ID{}
	}
}

// Opened notes that the inviter's Welcome has let us into a conversation.
func (p *Part) Opened(t turn.Turn, conversation wire.ID) {
	for _, inv := range p.invites {
		if inv.Conversation == conversation && !inv.Mine {
			inv.Opened()
			p.store(t, inv)
		}
	}
}

// Unfit notes that a Welcome into a conversation was of no use. Only the inviter
// can have sent it; one that is may still come.
func (p *Part) Unfit(t turn.Turn, conversation wire.ID) {
	for _, inv := range p.invites {
		if inv.Conversation == conversation && !inv.Mine && !inv.Unfit && !inv.Ended() {
			inv.Unfit = true
			p.store(t, inv)
		}
	}
}

// Forgotten withdraws the invitation to a conversation that is forgotten.
func (p *Part) Forgotten(t turn.Turn, conversation wire.ID) {
	for _, inv := range p.invites {
		if inv.Conversation == conversation {
			p.withdraw(t, inv)
		}
	}
}

func (p *Part) withdraw(t turn.Turn, inv *invite.Invite) {
	inv.Withdraw()
	inv.Dismissed = true
	p.store(t, inv)
}
