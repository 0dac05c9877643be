package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
)

// row is one envelope body on its way to one agent. It stays until that agent
// acknowledges it inside the conversation, for a relay never says whether a
// deposit arrived (design §9). It holds ciphertext only.
type row struct {
	wire.Redacted
	N       uint64  `cbor:"1,keyasint"`
	Kind    rowKind `cbor:"2,keyasint"`
	Leaf    uint32  `cbor:"3,keyasint"` // of the recipient
	To      []byte  `cbor:"4,keyasint"` // encoding of address.Address
	Body    []byte  `cbor:"5,keyasint"`
	Epoch   uint64  `cbor:"6,keyasint"`
	Number  uint64  `cbor:"7,keyasint,omitempty"` // of the message; rowMessage
	Cursor  string  `cbor:"8,keyasint,omitempty"` // of the message; rowMessage
	Created int64   `cbor:"9,keyasint"`           // unix ms
	Next    int64   `cbor:"10,keyasint"`          // unix ms: deposit it (again) then; 0: never
	Tries   uint64  `cbor:"11,keyasint,omitempty"`
	Overdue bool    `cbor:"12,keyasint,omitempty"` // the page was told: not delivered
	Stale   bool    `cbor:"13,keyasint,omitempty"` // its epoch may have been over for the others when it was sealed
	Again   int64   `cbor:"14,keyasint,omitempty"` // unix ms: its deposits until then were perhaps in vain; 0: none were

	ready bool // volatile: its epoch was looked at, and it may be deposited
}

type rowKind uint8

const (
	rowMessage rowKind = 1 // kept until acknowledged
	rowWelcome rowKind = 2 // kept until the member is heard
	rowOnce    rowKind = 3 // acknowledgements and announced commits: deposited once
	rowMoved   rowKind = 4 // an announced commit with a new address: kept until the member is heard in a later epoch
)

// redeposits are the times, after a row was written, at which a row without
// acknowledgement is deposited again (design §9).
var redeposits = [...]time.Duration{time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour}

// undeliveredAfter is when the page is told that a message has not arrived.
const undeliveredAfter = 7 * 24 * time.Hour

// maxDeposits bounds the deposits under way at once.
const maxDeposits = 8

// sending is how the deposits of one conversation stand; volatile. They go
// out one at a time, so that they arrive in order.
type sending struct {
	busy    bool
	row     uint64 // under way, if busy
	retryAt int64  // unix ms; 0: not waiting
	failed  int    // in a row
}

// enqueue adds rows for what a conversation wants sent.
func (t *turn) enqueue(e *entry, kind rowKind, out []conversation.Outgoing, m *conversation.Message) {
	for _, o := range out {
		r := &row{
			N: e.meta.NextRow, Kind: kind, Leaf: o.Leaf, To: o.To, Body: o.Body, Epoch: o.Epoch,
			Created: t.now, Next: t.now,
		}
		if m != nil {
			r.Number, r.Cursor = m.Number, m.Cursor
		}
		t.mark(e, r)
		if kind == rowMessage {
			e.sending.retryAt = min(e.sending.retryAt, t.now+backoff(e.sending.failed))
		}
		e.meta.NextRow++
		e.rows = append(e.rows, r)
		t.put(rowKey(e.c.ID, r.N), r)
	}
	t.touch(e)
}

// drop removes a row for good.
func (t *turn) drop(e *entry, r *row) {
	for i := range e.rows {
		if e.rows[i] == r {
			e.rows = append(e.rows[:i:i], e.rows[i+1:]...)
			break
		}
	}
	t.batch.Delete(rowKey(e.c.ID, r.N))
}

// deposit starts whatever deposits are due and allowed. It runs after each
// turn, outside of it: it changes only volatile state.
func (a *Agent) deposit() {
	now := a.nowMilli()
	for _, e := range a.state.conversations {
		if !a.conn.open || a.conn.deposits >= maxDeposits {
			return
		}
		if e.isAside() || e.sending.busy || now < e.sending.retryAt {
			continue
		}
		if r := e.nextRow(now); r != nil {
			e.sending.busy, e.sending.row = true, r.N
			a.conn.deposits++
			a.depositRow(e, r)
		}
	}
}

// nextRow returns the oldest row that is due, and ready: due sees to that.
func (e *entry) nextRow(now int64) *row {
	for _, r := range e.rows {
		if r.Next != 0 && r.Next <= now && (r.ready || r.Kind != rowMessage) {
			return r
		}
	}
	return nil
}

// depositRow seals and deposits r in a goroutine of its own.
func (a *Agent) depositRow(e *entry, r *row) {
	conn, id, n, epoch, to, body := a.conn, e.c.ID, r.N, r.Epoch, r.To, r.Body
	client := a.others()
	conn.start(func(ctx context.Context) {
		err := a.safely("deposit", func() error { return a.sealAndDeposit(ctx, client, to, body) })
		a.inbox.post(input{conn: conn, do: func(t *turn) {
			t.then(func() { conn.deposits-- })
			e := t.a.state.conversations[id]
			if e == nil {
				return
			}
			e.sending.busy = false
			t.forOwner(e, "deposit", func() { t.deposited(e, n, epoch, to, err) })
		}})
	})
}

func (a *Agent) sealAndDeposit(ctx context.Context, client *relayclient.Client, to, body []byte) error {
	where, err := address.ParseAddress(to)
	if err != nil {
		return fmt.Errorf("couldn't decode address: %w", err)
	}
	envelope, err := address.Seal(a.config.Rand, where, body)
	if err != nil {
		return fmt.Errorf("couldn't seal envelope: %w", err)
	}
	return client.Deposit(ctx, where.Relay, envelope)
}

// deposited takes the outcome of a deposit, at the address to, of what was
// sealed in epoch.
func (t *turn) deposited(e *entry, n, epoch uint64, to []byte, err error) {
	if errors.Is(err, errPanic) {
		t.setAside(e, err)
		return
	}
	if err != nil {
		t.a.log.Debug("deposit failed", "error", err)
		e.sending.retryAt = t.now + e.depositBackoff()
		e.sending.failed++
		for _, r := range e.rows {
			r.ready = false
		}
		return
	}
	e.sending.failed, e.sending.retryAt = 0, 0
	for _, r := range e.rows {
		if r.N != n {
			continue
		}
		if r.Kind == rowOnce {
			t.drop(e, r)
			return
		}
		if r.Epoch != epoch || e.outdated(r, t.now) {
			return // it is, or will be, sealed again meanwhile, and goes out then
		}
		r.Next, r.ready = nextDeposit(r, t.now), false
		if !bytes.Equal(r.To, to) { // the member has moved meanwhile
			r.Next = t.now
			t.refreshRows(e)
		}
		if r.Kind == rowMoved && r.Next == 0 {
			t.drop(e, r) // it stands in its slot
			return
		}
		r.Tries++
		t.put(rowKey(e.c.ID, r.N), r)
		if r.Kind == rowMessage && !r.Overdue {
			t.setMessageState(e, r.Cursor, conversation.SentOut, conversation.Sending)
		}
		return
	}
}

// nextDeposit returns when a row is deposited again: by the schedule, spread
// by a tenth either way so that rows written together do not show themselves
// by coming again together.
func nextDeposit(r *row, now int64) int64 {
	for _, d := range redeposits {
		due := max(r.Created, r.Again) + int64(float64(d.Milliseconds())*(0.9+0.2*rand.Float64()))
		if due > now+d.Milliseconds()/10 {
			return due
		}
	}
	return 0
}

// backoff returns the wait, in milliseconds, after so many failures in a row:
// 1 s doubling to 5 min, with full jitter in its upper half.
func backoff(failed int) int64 {
	limit := int64(1000) << min(failed, 9)
	limit = min(limit, 5*60*1000)
	return limit/2 + rand.Int64N(limit/2)
}

// setMessageState moves a message of our own on, if it is in one of the
// states from.
func (t *turn) setMessageState(e *entry, cursor string, to conversation.MessageState, from ...conversation.MessageState) {
	m, ok := t.message(e, cursor)
	if !ok {
		return // deleted by the person; its row goes on
	}
	for _, s := range from {
		if m.State == s {
			m.State = to
			if to != conversation.Undelivered {
				t.startTimer(e, &m, t.now)
			}
			t.saveMessage(e, m)
			t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: messageView(m)}})
			return
		}
	}
}

// acknowledged drops what the members have by now.
func (t *turn) acknowledged(e *entry) {
	for _, m := range e.c.Members {
		for _, r := range append([]*row(nil), e.rows...) {
			switch {
			case r.Leaf != m.Leaf:
			case r.Kind == rowWelcome && m.Heard:
				t.drop(e, r)
			case r.Kind == rowMessage && r.Number <= m.Acked:
				t.drop(e, r)
				t.requestArrived(e, r.Number)
				t.setMessageState(e, r.Cursor, conversation.Delivered,
					conversation.Sending, conversation.SentOut, conversation.Undelivered)
			}
		}
	}
}
