package people

import (
	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/parts/refusal"
	"petmail/wasm/turn"
)

// shownBy is what a member's leaf says of it.
func shownBy(m *conversation.Member) addressbook.Shown {
	return addressbook.Shown{Name: m.Name, Key: m.Persona, Relay: place(m)}
}

// place is the relay in a member's address.
func place(m *conversation.Member) addressbook.Place {
	where, err := address.ParseAddress(m.Address)
	if err != nil {
		return addressbook.Place{}
	}
	return addressbook.Place{URL: where.Relay, ID: where.RelayID[:]}
}

// findKnown returns the person that a command is about.
func (p *Part) findKnown(t turn.Turn, conversation string) (*person, error) {
	id, err := p.groups.Find(t, conversation)
	if err != nil {
		return nil, err
	}
	if x := p.people[id]; x != nil && !x.contact.ID.IsZero() {
		return x, nil
	}
	return nil, turn.Refuse(api.ErrAside, "this contact cannot be changed now")
}

// petname changes what the person calls a contact.
func (p *Part) petname(t turn.Turn, args api.PetnameArgs) (api.None, error) {
	x, err := p.findKnown(t, args.Conversation)
	if err != nil {
		return api.None{}, err
	}
	if x.contact.Petname, err = refusal.Note(args.Name); err != nil {
		return api.None{}, err
	}
	p.groups.Touch(t, x.met)
	return api.None{}, nil
}

// nameUse has the name shown that a contact has given themselves since.
func (p *Part) nameUse(t turn.Turn, args api.NameArgs) (api.None, error) {
	return api.None{}, p.renamed(t, args, func(x *person) bool { return x.known("UseName").UseName(args.Name) })
}

// nameDecline keeps the name that is shown, and does not ask again.
func (p *Part) nameDecline(t turn.Turn, args api.NameArgs) (api.None, error) {
	return api.None{}, p.renamed(t, args, func(x *person) bool { return x.known("DeclineName").DeclineName(args.Name) })
}

func (p *Part) renamed(t turn.Turn, args api.NameArgs, answer func(*person) bool) error {
	x, err := p.findKnown(t, args.Conversation)
	if err != nil {
		return err
	}
	if !answer(x) {
		return turn.Refuse(api.ErrNotFound, "they call themselves by another name now")
	}
	p.groups.Touch(t, x.met)
	return nil
}

// relayNoted: the person has read that a contact's mailbox is elsewhere.
func (p *Part) relayNoted(t turn.Turn, args api.ConversationArgs) (api.None, error) {
	x, err := p.findKnown(t, args.Conversation)
	if err != nil {
		return api.None{}, err
	}
	x.known("NoteRelay").NoteRelay()
	p.groups.Touch(t, x.met)
	return api.None{}, nil
}

// peer returns the person that a command is about as a member of their group.
func (p *Part) peer(t turn.Turn, conversation string) (*person, *conversation.Member, error) {
	x, err := p.findKnown(t, conversation)
	if err != nil {
		return nil, nil, err
	}
	if peer := p.groups.Peer(x.met); peer != nil && x.contact.Direct == x.met {
		return x, peer, nil
	}
	return nil, nil, turn.Refuse(api.ErrNotFound, "they have not joined yet")
}

func (p *Part) safety(t turn.Turn, args api.ConversationArgs) (api.Safety, error) {
	x, peer, err := p.peer(t, args.Conversation)
	if err != nil {
		return api.Safety{}, err
	}
	return api.Safety{Words: p.safetyWords(x.met, peer.Persona), Verified: x.contact.Verified}, nil
}

// verify keeps what the person found when they compared the words.
func (p *Part) verify(t turn.Turn, args api.VerifyArgs) (api.None, error) {
	x, peer, err := p.peer(t, args.Conversation)
	if err != nil {
		return api.None{}, err
	}
	found := addressbook.Undone
	switch {
	case args.Verified && args.Differ:
		return api.None{}, turn.Refuse(api.ErrBadRequest, "words that are the same and differ")
	case args.Verified:
		found = addressbook.AreSame
	case args.Differ:
		found = addressbook.AreOthers
	}
	x.known("Compare").Compare(found, shownBy(peer))
	p.groups.Touch(t, x.met)
	return api.None{}, nil
}

// Describe shows what there is to tell of whom a conversation is with.
func (p *Part) Describe(direct wire.ID, v *api.Conversation) {
	x := p.people[direct]
	if x == nil {
		return
	}
	p.DescribeAlone(direct, v)
	c := x.contact
	v.Name, v.NewName = x.known("Name").Name(), c.Claimed
	_, v.Renamed = x.known("Renamed").Renamed()
	v.LooksLike, v.NewNameLike = x.looksLike, x.claimsLike
	if c.NewRelay.URL != "" {
		v.RelayWas = c.Relay.URL
	}
}

// DescribeAlone shows what can be told without calling any rule.
func (p *Part) DescribeAlone(direct wire.ID, v *api.Conversation) {
	x := p.people[direct]
	if x == nil {
		return
	}
	c := x.contact
	v.Name, v.TheirName, v.Created = c.Petname, c.TheirName, c.Created
	if v.Name == "" {
		v.Name = v.TheirName
	}
	v.Verified, v.KeyAlarm, v.Differ, v.RelayAlarm = c.Verified, c.KeyAlarm, c.Differ, c.RelayAlarm
	v.Met = api.MetByCode
	if c.Met == addressbook.MetByLink {
		v.Met = api.MetByLink
	}
}
