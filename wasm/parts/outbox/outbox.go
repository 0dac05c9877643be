// Package outbox is the part that brings envelope bodies to those whom they are
// for: a body stands once (out/<conversation>/<row>), and beside it whoever lacks
// it (owe/<conversation>/<row>/<leaf>), until that agent acknowledges it inside
// the conversation.
//
// # Goroutines
//
//	Part.depositTo   starts one for each deposit; turn.Net ends it
package outbox

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"petmail/shared/wire"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
	"petmail/wasm/turn"
)

// Config is what the part needs.
type Config struct {
	Rand    io.Reader // cryptographic
	Log     *slog.Logger
	Owners  turn.Owners
	Account Account
}

// Account is who we are.
type Account interface {
	Now() int64                  // the time that counts, unix ms
	Others() *relayclient.Client // for relays that a contact has named
}

// Groups are the conversations whose bodies these are.
type Groups interface {
	Stands(id wire.ID) bool // there is such a conversation
	Open(id wire.ID) bool   // its group is
	Members(id wire.ID) []conversation.Member
	Epoch(id wire.ID) uint64
	// Readable reports whether members surely still read what was sealed in an
	// epoch; Stale whether the present one may be over for them; Doubt, where it
	// may, until when to wait for that to be found out, unix ms.
	Readable(id wire.ID, epoch uint64, now int64) bool
	Stale(id wire.ID) bool
	Doubt(t turn.Turn, id wire.ID) int64
	Seal(id wire.ID, m conversation.Message) ([]conversation.Outgoing, error)
	// Remember notes where a message of ours stands that an older program wrote.
	Remember(id wire.ID, number uint64, cursor string)
	Touch(t turn.Turn, id wire.ID)
}

// Talk is what messages of ours say.
type Talk interface {
	// Message is the message at a cursor; false: it is deleted.
	Message(t turn.Turn, id wire.ID, cursor string) (conversation.Message, bool)
	// Move moves a message on, if it is in one of the states from.
	Move(t turn.Turn, id wire.ID, cursor string, to conversation.MessageState, from ...conversation.MessageState)
}

// Requests are those of ours that others' agents delete messages.
type Requests interface {
	// Request is the one of a number; false: it is none, or confirmed.
	Request(id wire.ID, number uint64) (conversation.Message, bool)
	// Reached notes that all others have the message of a number.
	Reached(t turn.Turn, id wire.ID, number uint64)
	// Withhold has the others not wait for the message of a number.
	Withhold(t turn.Turn, id wire.ID, number uint64)
}

var (
	kindRow  = &turn.Kind{Prefix: "out/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 2}
	kindOwed = &turn.Kind{Prefix: "owe/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 1}
)

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	turn.Bare
	config   Config
	groups   Groups
	talk     Talk
	requests Requests

	boxes map[wire.ID]*box
	net   turn.Net // the present connections; nil: they are not open
	lanes *lanes   // of deposits
}

// box is what one conversation has on its way.
type box struct {
	wire.Redacted
	id         wire.ID
	rows       []*row              // oldest first
	nextN      uint64              // number of the next row. Volatile: counted from what is stored.
	sending    map[uint32]*sending // by leaf; volatile
	redirected int64               // unix ms: what goes to a newer address once more is spread from then on. Volatile.
}

// New makes the part. Whose bodies it brings is known later: see Serve.
func New(config Config) *Part { return &Part{config: config} }

// Serve says whose bodies the part brings.
func (p *Part) Serve(groups Groups, talk Talk, requests Requests) {
	p.groups, p.talk, p.requests = groups, talk, requests
}

// Name implements turn.Part.
func (p *Part) Name() string { return "outbox" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{kindRow, kindOwed} }

// Load implements turn.Part. Conversations have been read before.
func (p *Part) Load(r turn.Reader) error {
	p.boxes, p.net, p.lanes = make(map[wire.ID]*box), nil, &lanes{}
	return p.read(r, wire.ID{})
}

// LoadOwner implements turn.OwnerLoader.
func (p *Part) LoadOwner(r turn.Reader, id wire.ID) error {
	was := p.at(id).nextN
	delete(p.boxes, id)
	err := p.read(r, id)
	p.at(id).nextN = max(p.at(id).nextN, was)
	return err
}

// read reads the rows of one conversation, or of all.
func (p *Part) read(r turn.Reader, only wire.ID) error {
	each := func(k *turn.Kind, f func(b *box, stored string, value []byte) error) error {
		return r.Scan(k, only, "", func(stored string, value []byte) error {
			owner, _ := k.OwnerOf(stored)
			if !p.groups.Stands(owner) {
				return nil
			}
			_, err := r.Decode(owner, stored, func() error { return f(p.at(owner), stored, value) })
			return err
		})
	}
	if err := each(kindRow, func(b *box, stored string, value []byte) error { return p.loadRow(r, b, stored, value) }); err != nil {
		return err
	}
	if err := each(kindOwed, (*box).loadOwed); err != nil {
		return err
	}
	for id, b := range p.boxes {
		if only.IsZero() || id == only {
			if n, err := b.checkRows(); err != nil {
				r.Damage(id, kindRow.Key(id, rowRest(n)), err)
			}
		}
	}
	return nil
}

// at is the box of a conversation.
func (p *Part) at(id wire.ID) *box {
	if p.boxes[id] == nil {
		p.boxes[id] = &box{id: id}
	}
	return p.boxes[id]
}

// rowRest is how the key of a row goes on after the owner, owedRest that of one
// who lacks it.
func rowRest(n uint64) string               { return fmt.Sprintf("%016x", n) }
func owedRest(n uint64, leaf uint32) string { return fmt.Sprintf("%016x/%08x", n, leaf) }

// numberIn returns the number that a key ends in.
func numberIn(key string) (uint64, error) {
	n, err := strconv.ParseUint(key[strings.LastIndexByte(key, '/')+1:], 16, 64)
	if err != nil {
		return 0, fmt.Errorf("couldn't decode key: %w", err)
	}
	return n, nil
}

// Next implements turn.Part.
func (p *Part) Next() (next int64) {
	for id, b := range p.boxes {
		if p.config.Owners.Aside(id) != nil {
			continue
		}
		if at := p.nextOut(b); at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	return next
}

// Due implements turn.Part.
func (p *Part) Due(t turn.Turn) {
	for id, b := range p.boxes {
		if p.groups.Open(id) {
			t.For(id, "outbox", func() { p.refreshRows(t, b) })
		}
	}
}

// Resume implements turn.Resumer.
func (p *Part) Resume(t turn.Turn, id wire.ID) {
	if p.groups.Open(id) {
		p.refreshRows(t, p.at(id))
	}
}

// Work implements turn.Part.
func (p *Part) Work(net turn.Net) {
	p.net = net
	p.deposit()
}

// Retry implements turn.Retrier.
func (p *Part) Retry() {
	p.lanes.retryNow()
	for _, b := range p.boxes {
		for _, s := range b.sending {
			s.retryAt, s.failed = 0, 0
		}
	}
}

// Message sends a message, until it is acknowledged.
func (p *Part) Message(t turn.Turn, id wire.ID, out []conversation.Outgoing, m conversation.Message) {
	p.enqueue(t, p.at(id), rowMessage, out, &m)
}

// Welcome sends a Welcome, until whom it lets in is heard.
func (p *Part) Welcome(t turn.Turn, id wire.ID, out conversation.Outgoing) {
	p.enqueue(t, p.at(id), rowWelcome, []conversation.Outgoing{out}, nil)
}

// Once sends what need not arrive: acknowledgements, and commits, which stand in
// their slots. One that gives members a new address is sent until they are heard
// in a later epoch.
func (p *Part) Once(t turn.Turn, id wire.ID, out []conversation.Outgoing, moves bool) {
	kind := rowOnce
	if moves {
		kind = rowMoved
	}
	p.enqueue(t, p.at(id), kind, out, nil)
}

// Heard drops what members have by now, as their acknowledgements and epochs say.
func (p *Part) Heard(t turn.Turn, id wire.ID) {
	p.acknowledged(t, p.at(id))
	p.announced(t, p.at(id))
}

// Followed drops the commits whose epochs members have followed.
func (p *Part) Followed(t turn.Turn, id wire.ID) { p.announced(t, p.at(id)) }

// Redirect has what is on its way go to the members' newest addresses.
func (p *Part) Redirect(t turn.Turn, id wire.ID) { p.redirect(t, p.at(id)) }

// Carries reports whether a message is on its way.
func (p *Part) Carries(id wire.ID, number uint64) bool {
	return slices.ContainsFunc(p.at(id).rows, func(r *row) bool { return r.Kind == rowMessage && r.Number == number })
}

// Left reports whether a message may have been given to a relay.
func (p *Part) Left(id wire.ID, number uint64) bool {
	b := p.at(id)
	return slices.ContainsFunc(b.rows, func(r *row) bool {
		return r.Kind == rowMessage && r.Number == number &&
			(b.underWay(r) || slices.ContainsFunc(r.owed, func(o *owed) bool { return o.Tries > 0 }))
	})
}

// Drop takes a message out of the outbox.
func (p *Part) Drop(t turn.Turn, id wire.ID, number uint64) {
	b := p.at(id)
	for _, r := range slices.Clone(b.rows) {
		if r.Kind == rowMessage && r.Number == number {
			p.drop(t, b, r)
		}
	}
}

// Forget implements turn.Forgetter.
func (p *Part) Forget(_ turn.Turn, id wire.ID) { delete(p.boxes, id) }

// isAside reports whether a conversation is set aside.
func (p *Part) isAside(id wire.ID) bool { return p.config.Owners.Aside(id) != nil }
