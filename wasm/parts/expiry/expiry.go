// Package expiry is the part in which things go away: messages when their time
// is over, messages that are deleted here or for everyone, and conversations
// with all that was said in them. What is to be deleted stands with the others;
// its own records say what waits for that:
//
//	new/<conversation>/<cursor>                     a timer that begins when its message is read
//	due/<timer>/<unix ms>/<conversation>/<cursor>   a message that disappears then
//	req/<conversation>/<number>                     others' agents are asked to delete
//	going/<conversation>                            a deletion that takes several turns
package expiry

import (
	"fmt"
	"log/slog"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// Config is what the part needs.
type Config struct {
	Log     *slog.Logger
	Owners  turn.Owners
	Account Account
	Groups  Groups
	Talk    Talk
	Outbox  Outbox
}

// Account is who we are.
type Account interface {
	Now() int64 // the time that counts, unix ms
}

// Outbox is what is on its way.
type Outbox interface {
	Carries(id wire.ID, number uint64) bool // a message is on its way
	Left(id wire.ID, number uint64) bool    // it may have been given to a relay
	Drop(t turn.Turn, id wire.ID, number uint64)
}

// Groups are the conversations.
type Groups interface {
	// FindAny returns the conversation that a page names, and makes the command
	// its work; Find refuses one whose record does not decode.
	Find(t turn.Turn, id string) (wire.ID, error)
	FindAny(t turn.Turn, id string) (wire.ID, error)
	Stands(id wire.ID) bool // there is such a conversation
	Whole(id wire.ID) bool  // its record decodes
	Open(id wire.ID) bool   // its group is
	Failed(id wire.ID) bool // its invitation has come to nothing
	Members(id wire.ID) []conversation.Member
	Sent(id wire.ID) uint64  // number of the newest message of ours
	Timer(id wire.ID) uint64 // seconds that new messages stay once read; 0: for good
	WriteTimer(t turn.Turn, id wire.ID, seconds uint64) (conversation.Message, error)
	WriteDeletion(t turn.Turn, id wire.ID, targets []conversation.Target) (conversation.Message, error)
	// Send sends a message as soon as the group is open.
	Send(t turn.Turn, id wire.ID, m conversation.Message)
}

// Talk is what was said in the conversations.
type Talk interface {
	// Message is the message at a cursor, as this turn leaves it; false: it is
	// deleted, or counts as such (Cleared).
	Message(t turn.Turn, id wire.ID, cursor string) (conversation.Message, bool)
	// Theirs is the message of somebody else's whose author says that it stands
	// at a cursor.
	Theirs(t turn.Turn, id wire.ID, cursor string) (conversation.Message, bool)
	// Messages are those that are stored, oldest first, from (exclusively) a cursor
	// on, at most limit.
	Messages(t turn.Turn, id wire.ID, from string, limit int) []conversation.Message
	// Stored is the message that a record holds, as this turn leaves it; a zero
	// one: it is deleted. is: records of that kind are messages.
	Stored(t turn.Turn, k *turn.Kind, key string) (m conversation.Message, is bool, err error)
	// ReadTo tells up to which Arrival messages have been read, and when the last
	// of them were, unix ms.
	ReadTo(id wire.ID) (arrival uint64, at int64)

	// Written stores, shows and sends a message of ours.
	Written(t turn.Turn, id wire.ID, m conversation.Message) api.Message
	// Change stores and shows what has become of a message.
	Change(t turn.Turn, id wire.ID, m conversation.Message)
	// Entomb leaves a tombstone of a message.
	Entomb(t turn.Turn, id wire.ID, m conversation.Message, gone conversation.Gone)
	// Remove deletes a message; Delete does so without telling anybody.
	Remove(t turn.Turn, id wire.ID, m conversation.Message)
	Delete(t turn.Turn, id wire.ID, m conversation.Message)
	// RemoveAside deletes a message of a conversation that is aside, if it
	// disappears at a time, unix ms, or does not decode.
	RemoveAside(t turn.Turn, id wire.ID, cursor string, expires int64)
	// Clear shows a conversation in which all is deleted that has been said, up to
	// that Arrival.
	Clear(t turn.Turn, id wire.ID) (arrival uint64)
	// ReadPreviews reads when what the list shows is over.
	ReadPreviews(r turn.Reader) error
}

// Invitations hear that nothing is to come any more of the conversations that
// they have led to.
type Invitations interface {
	Forgotten(t turn.Turn, conversation wire.ID)
}

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	turn.Bare
	config      Config
	groups      Groups
	talk        Talk
	outbox      Outbox
	invitations Invitations

	entries    map[wire.ID]*entry
	going      map[wire.ID]*going
	nextExpiry int64 // unix ms: no message disappears before; 0: none will
	clockSet   bool  // timers may lie too far ahead
}

// entry is what waits in one conversation.
type entry struct {
	wire.Redacted
	requests map[uint64]*retraction // of ours, not confirmed yet, by number
	waiting  int                    // messages whose timer waits to be read
	starting bool                   // of those some have been read
}

// New makes the part. Where conversations come from is known later: see Withdraw.
func New(config Config) *Part {
	return &Part{config: config, groups: config.Groups, talk: config.Talk, outbox: config.Outbox}
}

// Withdraw says whom the end of a conversation is told.
func (p *Part) Withdraw(invitations Invitations) { p.invitations = invitations }

// The records. Ids are 32 hexadecimal digits, numbers 16.
var (
	kindUnread  = &turn.Kind{Prefix: "new/", Owner: turn.Conversation, Shared: turn.Common, Backup: turn.Kept, Version: 1} // Arrival of the message
	kindRequest = &turn.Kind{Prefix: "req/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 1}   // retraction
	kindGoing   = &turn.Kind{Prefix: "going/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 1} // going
	kindDue     = &turn.Kind{Prefix: "due/", Owner: turn.Nobody, Shared: turn.Own, Backup: turn.Derived, Version: 1}       // empty
)

// maxRecord bounds a decoded record, in bytes.
const maxRecord = store.MaxValue

// Name implements turn.Part.
func (p *Part) Name() string { return "expiry" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{kindUnread, kindRequest, kindGoing, kindDue} }

// Commands implements turn.Part.
func (p *Part) Commands() []turn.Command {
	return []turn.Command{
		obey(p, api.CmdDelete, (*step).deleteMessage),
		obey(p, api.CmdDeleteForAll, (*step).deleteForAll),
		obey(p, api.CmdTimer, (*step).setTimer),
		obey(p, api.CmdClear, (*step).clearConversation),
		obey(p, api.CmdForget, (*step).forgetConversation),
	}
}

// obey makes a command of a function that has nothing to answer.
func obey[Args any](p *Part, kind api.CommandKind[Args, api.None], f func(*step, Args) error) turn.Command {
	return turn.Handle(kind, func(t turn.Turn, args Args) (api.None, error) { return api.None{}, f(p.of(t), args) })
}

// View implements turn.Part.
func (p *Part) View(s *api.Snapshot) {
	s.Deletions = []api.Deletion{}
	for id, g := range p.going {
		if g.slow(p.config.Account.Now()) {
			s.Deletions = append(s.Deletions, g.view(id))
		}
	}
}

// Next implements turn.Part: see Expire, Timers and Deletions.
func (p *Part) Next() int64 { return 0 }

// Load implements turn.Part. Conversations have been read before.
func (p *Part) Load(r turn.Reader) error {
	p.entries, p.going = make(map[wire.ID]*entry), make(map[wire.ID]*going)
	p.nextExpiry, p.clockSet = 0, true
	if err := p.loadOwned(r); err != nil {
		return err
	}
	for _, timer := range conversation.TimerSteps() {
		if err := r.Scan(kindDue, wire.ID{}, dueUnder(timer), func(stored string, _ []byte) error {
			if due, err := parseDue(stored); err == nil {
				p.expiryAt(due.at)
			}
			return turn.ErrStop
		}); err != nil {
			return err
		}
	}
	if p.nextExpiry == 0 {
		return nil
	}
	return p.talk.ReadPreviews(r)
}

// LoadOwner implements turn.OwnerLoader.
func (p *Part) LoadOwner(r turn.Reader, id wire.ID) error {
	delete(p.entries, id)
	return p.loadOwned(r)
}

// loadOwned reads what waits in conversations, and the deletions that are under
// way.
func (p *Part) loadOwned(r turn.Reader) error {
	each := func(k *turn.Kind, f func(id wire.ID, e *entry, value []byte) error) error {
		return r.Scan(k, wire.ID{}, "", func(stored string, value []byte) error {
			id, _ := k.OwnerOf(stored)
			if !p.groups.Stands(id) {
				return nil
			}
			_, err := r.Decode(id, stored, func() error { return f(id, p.at(id), value) })
			return err
		})
	}
	if err := each(kindRequest, func(_ wire.ID, e *entry, value []byte) error {
		var asked retraction
		err := wire.Unmarshal(value, &asked, maxRecord)
		if err == nil {
			e.requests[asked.Message.Number] = &asked
		}
		return err
	}); err != nil {
		return err
	}
	if err := each(kindUnread, func(id wire.ID, e *entry, value []byte) error {
		var arrival uint64
		err := wire.Unmarshal(value, &arrival, maxRecord)
		if err == nil {
			read, _ := p.talk.ReadTo(id)
			e.waiting++
			e.starting = e.starting || arrival <= read
		}
		return err
	}); err != nil {
		return err
	}
	return p.loadGoing(r)
}

// at is what waits in a conversation.
func (p *Part) at(id wire.ID) *entry {
	if p.entries[id] == nil {
		p.entries[id] = &entry{requests: make(map[uint64]*retraction)}
	}
	return p.entries[id]
}

// Forget implements turn.Forgetter.
func (p *Part) Forget(_ turn.Turn, id wire.ID) { delete(p.entries, id) }

// isAside reports whether a conversation is set aside.
func (p *Part) isAside(id wire.ID) bool { return p.config.Owners.Aside(id) != nil }

// step is a turn with what this part does in it.
type step struct {
	wire.Redacted
	turn.Turn
	p   *Part
	now int64
}

func (p *Part) of(t turn.Turn) *step { return &step{Turn: t.Itself(), p: p, now: t.Now()} }

// numberRest is how the key of a request goes on after the owner.
func numberRest(n uint64) string { return fmt.Sprintf("%016x", n) }
