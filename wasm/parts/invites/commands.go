package invites

import (
	"errors"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/invite"
	"petmail/wasm/parts/refusal"
	"petmail/wasm/turn"
)

// open begins an invitation of our own.
func (p *Part) open(t turn.Turn, args api.InviteNewArgs) (api.Invite, error) {
	note, err := refusal.Note(args.Note)
	if err != nil {
		return api.Invite{}, err
	}
	if err := p.room(); err != nil {
		return api.Invite{}, err
	}
	persona, own, door, err := p.config.Account.Identity()
	if err != nil {
		return api.Invite{}, err
	}
	inv, err := invite.New(p.config.Rand, t.Now(), p.config.Account.Relay(), note, persona, own)
	if err != nil {
		return api.Invite{}, err
	}
	inv.Door = door
	return p.add(t, inv), nil
}

func (p *Part) add(t turn.Turn, inv *invite.Invite) api.Invite {
	p.invites[inv.ID] = inv
	p.store(t, inv)
	return view(inv)
}

// room refuses one invitation more than may be under way.
func (p *Part) room() error {
	n := 0
	for _, inv := range p.invites {
		if !inv.Ended() {
			n++
		}
	}
	if n >= maxOpen {
		return turn.Refuse(api.ErrTooMany, "too many open invitations")
	}
	return nil
}

// note changes whom an invitation is said to be for.
func (p *Part) note(t turn.Turn, args api.InviteNoteArgs) (api.None, error) {
	note, err := refusal.Note(args.Note)
	if err != nil {
		return api.None{}, err
	}
	id, err := wire.ParseID(args.Invite)
	inv := p.invites[id]
	if err != nil || inv == nil || !inv.Mine || inv.Dismissed {
		return api.None{}, turn.Refuse(api.ErrNotFound, "no such invitation")
	}
	// The page may not know yet that somebody has come.
	p.config.Conversations.Call(t, inv.Conversation, inv.Note, note)
	inv.Note = note
	p.store(t, inv)
	return api.None{}, nil
}

func (p *Part) dismiss(t turn.Turn, args api.InviteArgs) (api.None, error) {
	id, err := wire.ParseID(args.Invite)
	inv := p.invites[id]
	if err != nil || inv == nil {
		return api.None{}, turn.Refuse(api.ErrNotFound, "no such invitation")
	}
	if !inv.Mine && !inv.Ended() {
		p.failed(t, inv)
	}
	p.withdraw(t, inv)
	return api.None{}, nil
}

func words(_ turn.Turn, args api.WordsArgs) (api.Words, error) {
	// Never null: pages take a list.
	completions := append([]string{}, wormhole.Complete(args.Text, wormhole.DefaultWords)...)
	return api.Words{Completions: completions[:min(len(completions), 8)]}, nil
}

// offer is the code or link that a text holds.
type offer struct {
	wire.Redacted
	link *wormhole.Link
	code *wormhole.Code
}

// readOffer finds the link or, where there is none, the code in a text. It
// refuses what is neither; nothing was sent then, so nothing is burnt.
func readOffer(text string) (offer, error) {
	link, err := wormhole.FindLink(text)
	if err == nil {
		return offer{link: &link}, nil
	}
	if errors.Is(err, wormhole.ErrSeveral) {
		return offer{}, turn.Refuse(api.ErrSeveral, "different links in one text")
	}
	code, err := wormhole.ParseCode(text)
	if err != nil {
		return offer{}, refusal.Code(text, err)
	}
	return offer{code: &code}, nil
}

// leads reports whether an invitation is that of the code or link.
func (o offer) leads(inv *invite.Invite) bool {
	if o.link != nil {
		return inv.IsLink(*o.link)
	}
	return inv.IsCode(*o.code)
}

// check refuses a link into the own machine or network, before anything is used
// up: nobody else may lead us there.
func (p *Part) check(o offer) error {
	if o.link != nil && wire.CheckForeignRelay(p.config.Account.Relay(), o.link.Relay) != nil {
		return turn.Refuse(api.ErrPrivateHost, "the link leads into the own machine or network")
	}
	return nil
}

// accept begins as the invitee, once for each invitation: one that is under way
// or has led to a conversation is answered as it stands.
func (p *Part) accept(t turn.Turn, args api.InviteAcceptArgs) (api.Invite, error) {
	o, err := readOffer(args.Text)
	if err != nil {
		return api.Invite{}, err
	}
	switch inv, err := p.known(o); {
	case err != nil:
		return api.Invite{}, err
	case inv != nil:
		return view(inv), nil
	}
	if err := p.check(o); err != nil {
		return api.Invite{}, err
	}
	if err := p.room(); err != nil {
		return api.Invite{}, err
	}
	persona, own, door, err := p.config.Account.Identity()
	if err != nil {
		return api.Invite{}, err
	}
	var inv *invite.Invite
	if o.link != nil {
		inv, err = invite.AcceptLink(p.config.Rand, t.Now(), *o.link, persona, own)
	} else {
		inv, err = invite.AcceptCode(p.config.Rand, t.Now(), p.config.Account.Relay(), *o.code, persona, own)
	}
	if err != nil {
		return api.Invite{}, err
	}
	inv.Door = door
	return p.add(t, inv), nil
}

// isKnown finds the invitation that a text has led into already.
func (p *Part) isKnown(_ turn.Turn, args api.InviteAcceptArgs) (api.InviteKnown, error) {
	o, err := readOffer(args.Text)
	if err != nil {
		return api.InviteKnown{}, err
	}
	inv, err := p.known(o)
	switch {
	case err != nil:
		return api.InviteKnown{}, err
	case inv == nil:
		return api.InviteKnown{}, p.check(o)
	}
	v := view(inv)
	return api.InviteKnown{Invite: &v}, nil
}

// known returns the invitation that a code or link has led into and that goes
// on or has led to a conversation; nil if there is none. One's own that nobody
// has come by is refused. With a conversation, what is known of its invitation
// is forgotten.
func (p *Part) known(o offer) (*invite.Invite, error) {
	own := false
	for _, inv := range p.invites {
		if inv.Dismissed || !o.leads(inv) {
			continue
		}
		if p.config.Conversations.Stands(inv.Conversation) && (inv.Has(invite.Done) || !inv.Ended()) || !inv.Mine && !inv.Ended() {
			return inv, nil
		}
		own = own || inv.Mine
	}
	if own {
		return nil, turn.Refuse(api.ErrOwnInvite, "this is your own invitation")
	}
	return nil, nil
}
