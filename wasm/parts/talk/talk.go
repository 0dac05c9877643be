// Package talk is the part in which people write to each other: what was said,
// what was typed and not sent, and what the list shows of each conversation. The
// groups in which that happens, and what goes away of it, are other parts'. Its
// records are the messages (msg/<conversation>/<cursor>), where those stand that
// could not stand where their author says (mov/<conversation>/<claimed cursor>),
// the list (view/<conversation>) and drafts (draft/<conversation>).
package talk

import (
	"io"
	"log/slog"
	"maps"
	"slices"

	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// Config is what the part needs.
type Config struct {
	Rand    io.Reader // cryptographic
	Log     *slog.Logger
	Owners  turn.Owners
	Account Account
	People  People
	Groups  Groups
}

// Account is who we are.
type Account interface {
	Shown() int64 // the time, unix ms, up to which nothing that is over is shown
}

// People are those whom the direct conversations are with.
type People interface {
	// Read reads whom a conversation is with. known: with says it, a contact's id.
	Read(r turn.Reader, id wire.ID, known bool, with wire.ID) error
	// Compare compares all names, once all are read.
	Compare()
	// Meet begins with somebody, and returns the contact's id.
	Meet(t turn.Turn, direct wire.ID, petname string, met addressbook.Met) wire.ID
	// Call changes what somebody is called from was to petname, if they still are,
	// and reports whether they were.
	Call(direct wire.ID, was, petname string) bool
	// Settle stores what has changed of the people of the conversations that a
	// turn has touched, and returns which others are to be shown.
	Settle(t turn.Turn, touched []wire.ID) []wire.ID
	Describe(direct wire.ID, v *api.Conversation)
	DescribeAlone(direct wire.ID, v *api.Conversation) // without calling any rule
}

// Groups are the conversations. What changes one of them has it shown.
type Groups interface {
	All() []wire.ID
	Stands(id wire.ID) bool
	// Complete ends the loading of a conversation, once it has been read whom it is
	// with. read: all that stands in it had been read then, unix ms; 0: that is not
	// known.
	Complete(r turn.Reader, id wire.ID, read int64) error
	// FindAny returns the conversation that a page names, and makes the command
	// its work; Find refuses one whose record does not decode.
	Find(t turn.Turn, id string) (wire.ID, error)
	FindAny(t turn.Turn, id string) (wire.ID, error)
	// Begin stores a conversation; door is that of our address in it. welcome, if
	// there is one, lets somebody in. Fail ends one that has waited in vain.
	Begin(t turn.Turn, c *conversation.Conversation, door uint64, welcome *conversation.Outgoing)
	Fail(t turn.Turn, id wire.ID)
	Failed(id wire.ID) bool
	// Write writes a text; Send sends it as soon as the group is open.
	Write(t turn.Turn, id wire.ID, text string) (conversation.Message, error)
	Send(t turn.Turn, id wire.ID, m conversation.Message)
	// ReadAll notes that all that stands in a conversation has been read.
	ReadAll(t turn.Turn, id wire.ID)
	Describe(id wire.ID, v *api.Conversation)
}

// Expiry is what goes away, by itself or because somebody has deleted it.
type Expiry interface {
	// Cleared reports whether a message that is still stored counts as deleted.
	Cleared(id wire.ID, m conversation.Message) bool
	// Await has the timer of a received message begin when it is read.
	Await(t turn.Turn, id wire.ID, m conversation.Message)
	// Read notes that everything received has been read.
	Read(id wire.ID)
	// Start begins the timer of a message, which the caller stores, at a time
	// (unix ms).
	Start(t turn.Turn, id wire.ID, m *conversation.Message, at int64)
	// Delete deletes a conversation.
	Delete(t turn.Turn, id wire.ID)
}

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	turn.Bare
	config  Config
	log     *slog.Logger
	account Account
	people  People
	groups  Groups
	expiry  Expiry

	entries    map[wire.ID]*entry
	drafts     map[wire.ID]draft
	sentDrafts map[wire.ID]sentDraft // volatile
	step       *step                 // of the turn that runs
}

// New makes the part. What goes away is known later: see Expire.
func New(config Config) *Part {
	return &Part{config: config, log: config.Log, account: config.Account, people: config.People, groups: config.Groups}
}

// Expire says what has messages go away.
func (p *Part) Expire(expiry Expiry) { p.expiry = expiry }

// The records. Ids are 32 hexadecimal digits.
var (
	kindMessage = &turn.Kind{Prefix: "msg/", Owner: turn.Conversation, Shared: turn.Common, Backup: turn.Kept, Version: 1}    // conversation.Message
	kindMoved   = &turn.Kind{Prefix: "mov/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Derived, Version: 1}    // cursor
	kindView    = &turn.Kind{Prefix: "view/", Owner: turn.Conversation, Shared: turn.Common, Backup: turn.Kept, Version: 1}   // convMeta
	kindDraft   = &turn.Kind{Prefix: "draft/", Owner: turn.Conversation, Shared: turn.Common, Backup: turn.Never, Version: 1} // text
)

// maxRecord bounds a decoded record, in bytes.
const maxRecord = store.MaxValue

// entry is what is kept of one conversation.
type entry struct {
	wire.Redacted
	id          wire.ID
	meta        convMeta
	listed      bool   // meta is what is stored, or is to be
	storedView  []byte // of meta, as it is stored or is to be with this turn
	previewEnds int64  // unix ms: the time of the previewed message is over then; 0: never. Volatile.
}

// step is a turn with what this part does in it.
type step struct {
	wire.Redacted
	turn.Turn
	p *Part

	dirty  map[wire.ID]*entry // conversations to be shown
	hidden map[wire.ID]*entry // conversations whose previewed message is gone
}

// of returns what this part does in a turn.
func (p *Part) of(t turn.Turn) *step {
	if t = t.Itself(); p.step == nil || p.step.Turn != t {
		p.step = &step{Turn: t, p: p, dirty: make(map[wire.ID]*entry), hidden: make(map[wire.ID]*entry)}
	}
	return p.step
}

// touch has a conversation shown to the pages with this turn.
func (t *step) touch(e *entry) { t.dirty[e.id] = e }

// Touch has a conversation shown to the pages with a turn.
func (p *Part) Touch(t turn.Turn, id wire.ID) { p.of(t).touch(p.entries[id]) }

// Name implements turn.Part.
func (p *Part) Name() string { return "talk" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{kindMessage, kindMoved, kindView, kindDraft} }

// Settle implements turn.Settler.
func (p *Part) Settle(s turn.Turn) {
	t := p.of(s)
	t.previewAgain()
	for _, id := range p.people.Settle(t, slices.Collect(maps.Keys(t.dirty))) {
		if e := p.entries[id]; e != nil {
			t.In(id, "view", func() { t.Emit(api.EventConversation.Of(*p.view(e))) })
		}
	}
	for id, e := range t.dirty {
		t.In(id, "save", func() {
			t.saveView(e)
			t.Emit(api.EventConversation.Of(*p.view(e)))
		})
	}
}

// Show implements turn.Shower.
func (p *Part) Show(t turn.Turn, id wire.ID) {
	if e := p.entries[id]; e != nil {
		t.Emit(api.EventConversation.Of(*p.view(e)))
	}
}

// Check implements turn.Checker: all but messages is read with everything else.
func (p *Part) Check(stored string, value []byte) error {
	if _, ok := kindMessage.OwnerOf(stored); !ok {
		return nil
	}
	_, err := p.decodeMessage(stored, value)
	return err
}

// Forget implements turn.Forgetter.
func (p *Part) Forget(s turn.Turn, id wire.ID) {
	t := p.of(s)
	t.endDraft(id)
	delete(p.entries, id)
	delete(t.dirty, id)
	delete(t.hidden, id)
}

// isAside reports whether a conversation is set aside.
func (p *Part) isAside(id wire.ID) bool { return p.config.Owners.Aside(id) != nil }
