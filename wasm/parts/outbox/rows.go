package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"petmail/wasm/store"
	"petmail/wasm/turn"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
	"petmail/wasm/conversation"
)

// maxRecipients bounds those whom a row may be owed.
const maxRecipients = mls.MaxMembers

// row is one envelope body on its way, stored once whoever lacks it. It holds
// ciphertext only, and goes with the last that does.
type row struct {
	wire.Redacted
	N       uint64  `cbor:"1,keyasint"`
	Kind    rowKind `cbor:"2,keyasint"` // 3 and 4 are of older programs
	Body    []byte  `cbor:"5,keyasint"`
	Epoch   uint64  `cbor:"6,keyasint"`
	Number  uint64  `cbor:"7,keyasint,omitempty"`  // of the message; rowMessage
	Cursor  string  `cbor:"8,keyasint,omitempty"`  // of the message; rowMessage
	Created int64   `cbor:"9,keyasint"`            // unix ms
	Overdue bool    `cbor:"12,keyasint,omitempty"` // the page was told: not delivered
	Stale   bool    `cbor:"13,keyasint,omitempty"` // its epoch may have been over for the others when it was sealed
	Again   int64   `cbor:"14,keyasint,omitempty"` // unix ms: its deposits until then were perhaps in vain; 0: none were

	owed []*owed // who lacks it, in an order drawn anew; never empty
}

// owed is one recipient that a row is owed: until that agent acknowledges it
// inside the conversation, for a relay never says whether a deposit arrived
// (shared/spec/conversation.md, Delivery).
type owed struct {
	wire.Redacted
	Leaf  uint32 `cbor:"1,keyasint"`
	To    []byte `cbor:"2,keyasint"` // encoding of address.Address
	Next  int64  `cbor:"3,keyasint"` // unix ms: deposit it (again) then; 0: never
	Tries uint64 `cbor:"4,keyasint,omitempty"`

	ready bool   // volatile: its epoch was looked at, and it may be deposited
	url   string // volatile: of the relay in To; empty: not looked at, or there is none
}

type rowKind uint8

const (
	rowMessage rowKind = 1 // kept until acknowledged
	rowWelcome rowKind = 2 // kept until the member is heard
	rowOnce    rowKind = 3 // acknowledgements and announced commits: deposited once
	rowMoved   rowKind = 4 // an announced commit with a new address: kept until the member is heard in a later epoch
)

// undeliveredAfter is when the page is told that a message has not arrived.
const undeliveredAfter = 7 * 24 * time.Hour

// relay returns the URL of the relay that a recipient's address names; empty:
// none.
func (o *owed) relay() string {
	if o.url == "" {
		if where, err := address.ParseAddress(o.To); err == nil {
			o.url = where.Relay
		}
	}
	return o.url
}

// move has a recipient be reached at another address.
func (o *owed) move(to []byte) { o.To, o.url = to, "" }

// to returns how a row stands with a leaf; nil: it is not owed.
func (r *row) to(leaf uint32) *owed {
	for _, o := range r.owed {
		if o.Leaf == leaf {
			return o
		}
	}
	return nil
}

// tried reports whether relays have taken the row for everybody who lacks it.
func (r *row) tried() bool {
	return !slices.ContainsFunc(r.owed, func(o *owed) bool { return o.Tries == 0 })
}

// rowN returns the row of a number; nil: there is none.
func (b *box) rowN(n uint64) *row {
	i := sort.Search(len(b.rows), func(i int) bool { return b.rows[i].N >= n })
	if i == len(b.rows) || b.rows[i].N != n {
		return nil
	}
	return b.rows[i]
}

// enqueue adds rows for what a conversation wants sent: one for each body.
func (p *Part) enqueue(t turn.Turn, b *box, kind rowKind, out []conversation.Outgoing, m *conversation.Message) {
	for len(out) > 0 {
		n := 1
		for n < len(out) && bytes.Equal(out[n].Body, out[0].Body) {
			n++
		}
		p.enqueueOne(t, b, kind, out[:n], m)
		out = out[n:]
	}
	p.groups.Touch(t, b.id)
}

func (p *Part) enqueueOne(t turn.Turn, b *box, kind rowKind, out []conversation.Outgoing, m *conversation.Message) {
	r := &row{N: b.nextN, Kind: kind, Body: out[0].Body, Epoch: out[0].Epoch, Created: t.Now()}
	if m != nil {
		r.Number, r.Cursor = m.Number, m.Cursor
	}
	for _, to := range out {
		o := &owed{Leaf: to.Leaf, To: to.To, Next: t.Now()}
		r.owed = append(r.owed, o)
		p.mark(t, b, r, o)
		if s := b.sendingTo(o.Leaf); kind == rowMessage {
			s.retryAt = min(s.retryAt, t.Now()+turn.Backoff(s.failed))
		}
		p.putOwed(t, b, r, o)
	}
	r.shuffle()
	b.nextN++
	b.rows = append(b.rows, r)
	p.putRow(t, b, r)
}

// shuffle draws the order in which recipients are served.
func (r *row) shuffle() {
	rand.Shuffle(len(r.owed), func(i, j int) { r.owed[i], r.owed[j] = r.owed[j], r.owed[i] })
}

// putRow stores a body, putOwed who lacks it.
func (p *Part) putRow(t turn.Turn, b *box, r *row) { t.Put(kindRow, b.id, rowRest(r.N), r) }
func (p *Part) putOwed(t turn.Turn, b *box, r *row, o *owed) {
	t.Put(kindOwed, b.id, owedRest(r.N, o.Leaf), o)
}

// drop removes a row for good, with all that is owed.
func (p *Part) drop(t turn.Turn, b *box, r *row) {
	for _, o := range r.owed {
		t.Delete(kindOwed, b.id, owedRest(r.N, o.Leaf))
	}
	if p.config.Owners.Damaged(b.id) { // there may be more than decodes
		under := b.id.String() + "/" + rowRest(r.N) + "/"
		for _, lacks := range t.Scan(kindOwed, under, "", false, maxRecipients) {
			t.Delete(kindOwed, b.id, strings.TrimPrefix(lacks.Key, kindOwed.Key(b.id, "")+"/"))
		}
	}
	p.removeRow(t, b, r)
}

func (p *Part) removeRow(t turn.Turn, b *box, r *row) {
	b.rows = slices.DeleteFunc(slices.Clone(b.rows), func(other *row) bool { return other == r })
	t.Delete(kindRow, b.id, rowRest(r.N))
}

// has ends what is owed one recipient, and with the last of them the row. It
// reports whether that was the last.
func (p *Part) has(t turn.Turn, b *box, r *row, o *owed) (all bool) {
	r.owed = slices.DeleteFunc(slices.Clone(r.owed), func(other *owed) bool { return other == o })
	t.Delete(kindOwed, b.id, owedRest(r.N, o.Leaf))
	if len(r.owed) > 0 {
		return false
	}
	p.removeRow(t, b, r)
	return true
}

// acknowledged drops what the members have by now. A message has arrived when
// nobody lacks it.
func (p *Part) acknowledged(t turn.Turn, b *box) {
	for _, m := range p.groups.Members(b.id) {
		for _, r := range slices.Clone(b.rows) {
			o := r.to(m.Leaf)
			switch {
			case o == nil:
			case r.Kind == rowWelcome && m.Heard:
				p.has(t, b, r, o)
			case r.Kind == rowMessage && r.Number <= m.Acked:
				if p.has(t, b, r, o) {
					p.requests.Reached(t, b.id, r.Number)
					p.talk.Move(t, b.id, r.Cursor, conversation.Delivered,
						conversation.Sending, conversation.SentOut, conversation.Undelivered)
				}
			}
		}
	}
}

// loadRow adds a stored body to a conversation.
func (p *Part) loadRow(r turn.Reader, b *box, stored string, value []byte) error {
	n, err := numberIn(stored)
	if err != nil {
		return err
	}
	b.nextN = max(b.nextN, n+1)
	var w row
	if err := wire.Unmarshal(value, &w, store.MaxValue); err != nil {
		return err
	}
	if w.N != n {
		return errors.New("couldn't decode row: it is another")
	}
	b.rows = append(b.rows, &w)
	r.Known(w.Created)
	if w.Kind == rowMessage {
		p.groups.Remember(b.id, w.Number, w.Cursor)
	}
	return nil
}

// loadOwed adds one that lacks a stored body, once all bodies are there.
func (b *box) loadOwed(stored string, value []byte) error {
	parts := strings.Split(stored, "/") // owe, conversation, row, leaf
	if len(parts) != 4 {
		return fmt.Errorf("couldn't decode key of %d parts", len(parts))
	}
	n, err := strconv.ParseUint(parts[2], 16, 64)
	if err != nil {
		return fmt.Errorf("couldn't decode key: %w", err)
	}
	b.nextN = max(b.nextN, n+1)
	var o owed
	if err := wire.Unmarshal(value, &o, store.MaxValue); err != nil {
		return err
	}
	r := b.rowN(n)
	switch {
	case r == nil:
		return errors.New("couldn't decode what is owed: there is no such row")
	case stored != kindOwed.Key(b.id, owedRest(n, o.Leaf)):
		return errors.New("couldn't decode what is owed: it is another's")
	}
	r.owed = append(r.owed, &o)
	return nil
}

// checkRows ends the loading of rows. A body that nobody lacks is damage: one
// that did has a record that is gone.
func (b *box) checkRows() (damaged uint64, err error) {
	for _, r := range b.rows {
		if len(r.owed) == 0 {
			return r.N, errNobodyLacks
		}
		r.shuffle()
	}
	return 0, nil
}

var errNobodyLacks = errors.New("couldn't decode row: nobody lacks it")
