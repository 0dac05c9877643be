package agent

import (
	"strings"
	"unicode/utf8"

	"petmail/shared/address"
	"petmail/shared/text"
	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// checkName makes a name that the person typed fit to be kept and shown.
func checkName(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", refuse(api.ErrEmpty, "no name")
	}
	name := text.Clean(typed)
	switch {
	case !text.Visible(name):
		return "", refuse(api.ErrInvisible, "the name shows nothing")
	case utf8.RuneCountInString(name) > api.MaxNameRunes:
		return "", refuse(api.ErrTooLong, "the name is too long")
	}
	return name, nil
}

// checkNote does the same with a name that may be missing.
func checkNote(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", nil
	}
	return checkName(typed)
}

// shownBy is what a member's leaf says of it.
func shownBy(m *conversation.Member) addressbook.Shown {
	return addressbook.Shown{Name: m.Name, Key: m.Persona, Relay: peerPlace(m)}
}

// complete notes where a contact's mailbox is, which older programs did not.
func complete(e *entry) {
	if peer := e.c.Peer(); peer != nil && e.contact.Relay.URL == "" {
		e.known("SawRelay").SawRelay(peerPlace(peer))
	}
}

// peerPlace is the relay in a member's address.
func peerPlace(m *conversation.Member) addressbook.Place {
	where, err := address.ParseAddress(m.Address)
	if err != nil {
		return addressbook.Place{}
	}
	return addressbook.Place{URL: where.Relay, ID: where.RelayID[:]}
}

// rename changes what people met from now on will see.
func (t *turn) rename(args api.RenameArgs) (any, error) {
	name, err := checkName(args.Name)
	if err != nil {
		return nil, err
	}
	t.a.state.self.Name = name
	t.saveSelf()
	t.emit(api.Event{Name: &name})
	return nil, nil
}

// petname changes what the person calls a contact.
func (t *turn) petname(args api.PetnameArgs) (any, error) {
	e, err := t.find(args.Conversation)
	if err != nil {
		return nil, err
	}
	if e.contact.Petname, err = checkNote(args.Name); err != nil {
		return nil, err
	}
	t.touch(e)
	return nil, nil
}

// viewWho shows what there is to tell of who the contact is.
func (e *entry) viewWho(v *api.Conversation) {
	c := &e.contact
	v.Name, v.TheirName, v.NewName = e.known("Name").Name(), c.TheirName, c.Claimed
	_, v.Renamed = e.known("Renamed").Renamed()
	v.LooksLike, v.NewNameLike = e.looksLike, e.claimsLike
	v.Verified, v.KeyAlarm, v.Differ, v.RelayAlarm = c.Verified, c.KeyAlarm, c.Differ, c.RelayAlarm
	if c.NewRelay.URL != "" {
		v.RelayWas = c.Relay.URL
	}
}

// nameUse has the name shown that a contact has given themselves since.
func (t *turn) nameUse(args api.NameArgs) (any, error) {
	return nil, t.renamed(args, func(e *entry) bool { return e.known("UseName").UseName(args.Name) })
}

// nameDecline keeps the name that is shown, and does not ask again.
func (t *turn) nameDecline(args api.NameArgs) (any, error) {
	return nil, t.renamed(args, func(e *entry) bool { return e.known("DeclineName").DeclineName(args.Name) })
}

func (t *turn) renamed(args api.NameArgs, answer func(*entry) bool) error {
	e, err := t.find(args.Conversation)
	if err != nil {
		return err
	}
	if !answer(e) {
		return refuse(api.ErrNotFound, "they call themselves by another name now")
	}
	t.touch(e)
	return nil
}

// relayNoted: the person has read that a contact's mailbox is elsewhere.
func (t *turn) relayNoted(args api.ConversationArgs) (any, error) {
	e, err := t.find(args.Conversation)
	if err != nil {
		return nil, err
	}
	e.known("NoteRelay").NoteRelay()
	t.touch(e)
	return nil, nil
}

// peer returns the contact of a conversation as a member of its group.
func (t *turn) peer(id string) (*entry, *conversation.Member, error) {
	e, err := t.find(id)
	if err != nil {
		return nil, nil, err
	}
	peer := e.c.Peer()
	if peer == nil {
		return nil, nil, refuse(api.ErrNotFound, "they have not joined yet")
	}
	return e, peer, nil
}

func (t *turn) safety(args api.ConversationArgs) (any, error) {
	e, peer, err := t.peer(args.Conversation)
	if err != nil {
		return nil, err
	}
	return api.Safety{
		Words:    e.safetyWords(peer.Persona),
		Verified: e.contact.Verified,
	}, nil
}

// verify keeps what the person found when they compared the words.
func (t *turn) verify(args api.VerifyArgs) (any, error) {
	e, peer, err := t.peer(args.Conversation)
	if err != nil {
		return nil, err
	}
	found := addressbook.Undone
	switch {
	case args.Verified && args.Differ:
		return nil, refuse(api.ErrBadRequest, "words that are the same and differ")
	case args.Verified:
		found = addressbook.AreSame
	case args.Differ:
		found = addressbook.AreOthers
	}
	e.known("Compare").Compare(found, shownBy(peer))
	t.touch(e)
	return nil, nil
}
