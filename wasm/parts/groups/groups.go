// Package groups is the part that keeps the groups in which people meet: who is
// in them, which epoch is the present one and who decides on the next, what can
// be read and what cannot yet, when acknowledgements and new addresses go out.
// The rules are package conversation's. Its records are the conversation
// (conv/<conversation>), the parts of its group as they change
// (mls/<conversation>/<part>) and the bodies that belong to an epoch which we
// have not entered yet (held/<conversation>/<number>).
//
// # Goroutines
//
//	Part.workSlot   starts one for each slot that is read or written; turn.Net
//	                ends it
package groups

import (
	"io"
	"log/slog"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// Config is what the part needs.
type Config struct {
	Rand     io.Reader // cryptographic
	Provider mls.Provider
	Log      *slog.Logger
	Wall     func() int64 // what the machine's clock shows, unix ms
	Owners   turn.Owners
	Account  Account
	People   People
	Outbox   Outbox
}

// Account is who we are.
type Account interface {
	Now() int64   // the time that counts, unix ms
	Shown() int64 // the time, unix ms, up to which nothing that is over is shown
	// Others is for relays that a contact has named; Connected tells that our own
	// brings what comes.
	Others() *relayclient.Client
	Connected() bool
	QuickReceipts() bool
	// SeesOtherKeys raises an alarm where an address is at our own relay, but under
	// other keys than it shows us, and reports whether it is one; Tell shows that.
	SeesOtherKeys(encoded []byte) bool
	Tell(t turn.Turn)
	// Through makes an address through the door that conversations go by; MovesFrom
	// reports whether they are to leave another for that.
	Through() (own address.Address, door uint64, err error)
	MovesFrom(door uint64) bool
	Door(n uint64) (stands, left bool, retired int64)
	KnowsDoor(n uint64) bool
	LeaveDoors(t turn.Turn, known []uint64)
}

// People are those whom the direct conversations are with.
type People interface {
	// Record is what is stored of a contact that an older program kept elsewhere.
	Record(c addressbook.Contact, direct wire.ID) (id wire.ID, key string, value []byte, err error)
	// IsDirect reports whether a conversation is with somebody alone who is known.
	IsDirect(id wire.ID) bool
	Since(direct wire.ID) int64 // unix ms: they were met then
	Saw(direct wire.ID, m *conversation.Member)
	Complete(direct wire.ID, m *conversation.Member)
}

// Outbox brings what a conversation wants sent to its members.
type Outbox interface {
	// Split adds to b what its records become that an older program has stored.
	Split(r turn.Reader, id wire.ID, b *store.Batch) (damage, err error)
	Message(t turn.Turn, id wire.ID, out []conversation.Outgoing, m conversation.Message)
	Welcome(t turn.Turn, id wire.ID, out conversation.Outgoing)
	Once(t turn.Turn, id wire.ID, out []conversation.Outgoing, moves bool)
	Heard(t turn.Turn, id wire.ID)    // members have acknowledged something
	Followed(t turn.Turn, id wire.ID) // they may have followed a commit
	Redirect(t turn.Turn, id wire.ID) // they may have other addresses
	// Marked reports whether something was sealed in an epoch that may have been
	// over. Outdate has it sealed again in the one that was entered, Stood does so
	// with all but that of an epoch which was the present one, GoOn has nothing
	// wait until that time any more.
	Marked(id wire.ID) bool
	Outdate(t turn.Turn, id wire.ID, doubt bool)
	Stood(t turn.Turn, id wire.ID, epoch uint64)
	GoOn(t turn.Turn, id wire.ID, until int64)
	Carries(id wire.ID, number uint64) bool // a message is on its way
}

// Talk is what is said in the conversations, and what the list shows of them.
type Talk interface {
	// Record is what is stored of what an older program's list showed, which is
	// given as it was encoded; with: the contact that the conversation is with.
	Record(id wire.ID, old []byte, with wire.ID) (key string, value []byte, err error)
	// Touch has a conversation shown to the pages with this turn.
	Touch(t turn.Turn, id wire.ID)
	// Arrived stores and shows a new message.
	Arrived(t turn.Turn, id wire.ID, m conversation.Message)
	// Sending are the messages of ours that no relay has.
	Sending(t turn.Turn, id wire.ID) []conversation.Message
}

// Deletions are what members ask each other to delete.
type Deletions interface {
	// Requests are those of ours that are not confirmed.
	Requests(id wire.ID) []conversation.Message
	// Removed notes that the author of a message has deleted it for everyone.
	Removed(t turn.Turn, id wire.ID, removal conversation.Removal)
	// Carried notes that a member has confirmed a request.
	Carried(t turn.Turn, id wire.ID, c conversation.Carried)
}

// Invitations hear what becomes of the conversations that they have led to.
type Invitations interface {
	Opened(t turn.Turn, conversation wire.ID) // the Welcome has let us in
	Unfit(t turn.Turn, conversation wire.ID)  // it was of no use
}

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	turn.Bare
	config      Config
	log         *slog.Logger
	account     Account
	people      People
	outbox      Outbox
	talk        Talk
	deletions   Deletions
	invitations Invitations

	entries map[wire.ID]*entry
	net     turn.Net       // the present connections; nil: they are not open
	slots   map[string]int // requests for slots under way, by relay
	step    *step          // of the turn that runs
}

// New makes the part. Whom it tells of groups is known later: see Serve.
func New(config Config) *Part {
	return &Part{config: config, log: config.Log, account: config.Account, people: config.People, outbox: config.Outbox}
}

// Serve says who hears what comes out of groups, and what becomes of them.
func (p *Part) Serve(talk Talk, deletions Deletions, invitations Invitations) {
	p.talk, p.deletions, p.invitations = talk, deletions, invitations
}

// The records. Ids are 32 hexadecimal digits, numbers 16.
var (
	kindConv  = &turn.Kind{Prefix: "conv/", Owner: turn.Conversation, Shared: turn.Common, Backup: turn.Kept, Version: 2} // convRecord
	kindGroup = &turn.Kind{Prefix: "mls/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 2}    // conversation.Changes
	kindHeld  = &turn.Kind{Prefix: "held/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 1}   // heldRecord
)

// maxRecord bounds a decoded record, in bytes.
const maxRecord = store.MaxValue

// step is a turn with what this part does in it.
type step struct {
	wire.Redacted
	turn.Turn
	p   *Part
	now int64

	dirty map[wire.ID]*entry // conversations to be stored
}

// of returns what this part does in a turn.
func (p *Part) of(t turn.Turn) *step {
	if t = t.Itself(); p.step == nil || p.step.Turn != t {
		p.step = &step{Turn: t, p: p, now: t.Now(), dirty: make(map[wire.ID]*entry)}
	}
	return p.step
}

// touch has a conversation stored, and shown to the pages, with this turn.
func (t *step) touch(e *entry) {
	t.dirty[e.id] = e
	t.p.talk.Touch(t, e.id)
}

// Name implements turn.Part.
func (p *Part) Name() string { return "groups" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{kindConv, kindGroup, kindHeld} }

// Settle implements turn.Settler.
func (p *Part) Settle(s turn.Turn) {
	t := p.of(s)
	for _, e := range t.dirty {
		t.In(e.id, "save", func() { t.save(e) })
	}
}

// Work implements turn.Part.
func (p *Part) Work(net turn.Net) {
	p.net = net
	p.workSlots()
}

// Retry implements turn.Retrier.
func (p *Part) Retry() {
	for _, e := range p.entries {
		e.slot.retryAt, e.slot.failed = 0, 0
	}
}

// Forget implements turn.Forgetter.
func (p *Part) Forget(s turn.Turn, id wire.ID) {
	t := p.of(s)
	t.leaveDoors(p.entries[id])
	delete(p.entries, id)
	delete(t.dirty, id)
}

// isAside reports whether a conversation is set aside.
func (p *Part) isAside(id wire.ID) bool { return p.config.Owners.Aside(id) != nil }
