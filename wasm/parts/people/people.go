// Package people is the part of whom the person knows: what they are called,
// whether they were verified, whom they could be mistaken for. The rules are
// package addressbook's, the record of each is who/<contact>. Whom a
// conversation is with is found by what that says and by what the contact's own
// record says, so that one of the two may be damaged.
package people

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// Config is what the part needs.
type Config struct {
	Rand   io.Reader // cryptographic
	Log    *slog.Logger
	Owners turn.Owners
}

// Groups are the direct conversations in which people are met.
type Groups interface {
	// Find returns the conversation that a page names, for a command that changes
	// what is known of whom it is with, and makes the command its work.
	Find(t turn.Turn, id string) (wire.ID, error)
	// Peer is whom a conversation is with, as a member of its group; nil: they
	// have not joined yet.
	Peer(id wire.ID) *conversation.Member
	// PersonaKey is the key by which they know us.
	PersonaKey(id wire.ID) []byte
	// Failed reports whether the invitation of a conversation has come to nothing.
	Failed(id wire.ID) bool
	// Touch has a conversation shown to the pages with this turn.
	Touch(t turn.Turn, id wire.ID)
}

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	turn.Bare
	config Config
	groups Groups
	kind   *turn.Kind

	people   map[wire.ID]*person // by their direct conversations
	compared int                 // of how many the names have been compared
}

// person is whom a direct conversation is with.
type person struct {
	wire.Redacted
	p       *Part
	met     wire.ID              // their conversation
	contact *addressbook.Contact // never nil; without ID: nobody, and never stored
	rest    string               // of the record's key, whether that decodes or not; empty: unknown
	stored  []byte               // the record as it is stored, or is to be with this turn
	likeness
}

// New makes the part. In which conversations people are met is known later: see
// Meet.
func New(config Config) *Part {
	// It goes with the conversation that it names.
	kind := &turn.Kind{Prefix: "who/", Owner: turn.Nobody, Shared: turn.Common, Backup: turn.Kept, Version: 1}
	return &Part{config: config, kind: kind}
}

// MeetIn says where people are met.
func (p *Part) MeetIn(groups Groups) { p.groups = groups }

// Name implements turn.Part.
func (p *Part) Name() string { return "people" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{p.kind} }

// Commands implements turn.Part.
func (p *Part) Commands() []turn.Command {
	return []turn.Command{
		turn.Handle(api.CmdPetname, p.petname),
		turn.Handle(api.CmdSafety, p.safety),
		turn.Handle(api.CmdVerify, p.verify),
		turn.Handle(api.CmdNameUse, p.nameUse),
		turn.Handle(api.CmdNameDecline, p.nameDecline),
		turn.Handle(api.CmdRelayNoted, p.relayNoted),
	}
}

// Load implements turn.Part: people are read with their conversations.
func (p *Part) Load(turn.Reader) error {
	p.people, p.compared = make(map[wire.ID]*person), 0
	return nil
}

// Read reads whom a conversation is with. known: the conversation says it, with
// a contact's id, which is zero where it is with nobody alone.
func (p *Part) Read(r turn.Reader, id wire.ID, known bool, with wire.ID) error {
	x := &person{p: p, met: id, contact: &addressbook.Contact{}}
	p.people[id] = x
	switch {
	case !known:
		return p.find(r, x)
	case with.IsZero():
		return nil
	}
	x.rest = with.String()
	value, err := r.Get(p.kind, wire.ID{}, x.rest)
	if err != nil {
		return err
	}
	var c addressbook.Contact
	ok, err := r.Decode(id, p.kind.Key(wire.ID{}, x.rest), func() error { return decode(value, with, &c) })
	if ok {
		x.contact, x.stored = &c, value
		r.Known(c.Created)
	}
	return err
}

// find looks for whom a conversation is with, by whose it is.
func (p *Part) find(r turn.Reader, x *person) error {
	return r.Scan(p.kind, wire.ID{}, "", func(stored string, value []byte) error {
		var c addressbook.Contact
		err := turn.Safely(p.config.Log, "decode", func() error { return wire.Unmarshal(value, &c, store.MaxValue) })
		if err == nil && c.Direct == x.met && stored == p.kind.Key(wire.ID{}, c.ID.String()) {
			x.contact, x.rest, x.stored = &c, c.ID.String(), bytes.Clone(value)
		}
		return nil
	})
}

func decode(value []byte, id wire.ID, c *addressbook.Contact) error {
	if value == nil {
		return errNoContact
	}
	if err := wire.Unmarshal(value, c, store.MaxValue); err != nil {
		return err
	}
	if c.ID != id {
		return errors.New("couldn't decode contact: it is another")
	}
	return nil
}

var errNoContact = errors.New("couldn't decode contact: there is none")

// Record is what is stored of a contact that an older program kept elsewhere: it
// gets an id of its own.
func (p *Part) Record(c addressbook.Contact, direct wire.ID) (id wire.ID, key string, value []byte, err error) {
	if id, err = wire.NewID(p.config.Rand); err != nil {
		return id, "", nil, fmt.Errorf("couldn't name contact: %w", err)
	}
	c.ID, c.Direct = id, direct
	value, err = wire.Marshal(&c)
	return id, p.kind.Key(wire.ID{}, id.String()), value, err
}

// Meet begins with somebody who is met in a direct conversation; petname may be
// empty. It returns the contact's id.
func (p *Part) Meet(t turn.Turn, direct wire.ID, petname string, met addressbook.Met) wire.ID {
	id, err := wire.NewID(p.config.Rand)
	if err != nil {
		t.Fail(fmt.Errorf("couldn't name contact: %w", err))
	}
	p.people[direct] = &person{
		p: p, met: direct, rest: id.String(),
		contact: &addressbook.Contact{ID: id, Direct: direct, Petname: petname, Met: met, Created: t.Wall()},
	}
	return id
}

// Forget implements turn.Forgetter: whom a conversation was with goes with it.
func (p *Part) Forget(t turn.Turn, direct wire.ID) {
	x := p.people[direct]
	if x == nil {
		return
	}
	if x.rest != "" {
		t.Delete(p.kind, wire.ID{}, x.rest)
	}
	delete(p.people, direct)
}

// IsDirect reports whether a conversation is with somebody alone who is known.
func (p *Part) IsDirect(id wire.ID) bool {
	x := p.people[id]
	return x != nil && x.contact.Direct == id
}

// Since returns when somebody was met, unix ms; 0: it is not known.
func (p *Part) Since(direct wire.ID) int64 {
	if x := p.people[direct]; x != nil {
		return x.contact.Created
	}
	return 0
}

// Saw notes what somebody's leaf says of them now.
func (p *Part) Saw(direct wire.ID, m *conversation.Member) {
	if x := p.people[direct]; x != nil {
		x.known("Saw").Saw(shownBy(m))
	}
}

// Complete notes where somebody's mailbox is, which older programs did not.
func (p *Part) Complete(direct wire.ID, m *conversation.Member) {
	if x := p.people[direct]; x != nil && x.contact.Relay.URL == "" {
		x.known("SawRelay").SawRelay(place(m))
	}
}

// Call changes what somebody is called from was to petname, if they still are,
// and reports whether they were.
func (p *Part) Call(direct wire.ID, was, petname string) bool {
	x := p.people[direct]
	if x == nil || x.contact.Petname != was {
		return false
	}
	x.contact.Petname = petname
	return true
}

// Settle stores what has changed of the people of the conversations that a turn
// has touched, and compares names. It returns whose conversations are to be shown
// otherwise than before, though they were not touched.
func (p *Part) Settle(t turn.Turn, touched []wire.ID) []wire.ID {
	marked := p.compareNames(t, touched)
	for _, id := range touched {
		if x := p.people[id]; x != nil && !x.contact.ID.IsZero() {
			t.In(id, "save", func() { p.save(t, x) })
		}
	}
	return marked
}

// save stores a contact where it has changed.
func (p *Part) save(t turn.Turn, x *person) {
	b, err := wire.Marshal(x.contact)
	if err != nil {
		t.Fail(fmt.Errorf("couldn't encode contact: %w", err))
	}
	if !bytes.Equal(b, x.stored) {
		x.stored = b
		t.PutBytes(p.kind, wire.ID{}, x.contact.ID.String(), b)
	}
}
