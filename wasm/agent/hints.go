package agent

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// The epoch that a body claims is not authenticated. That of a later one is a
// hint that the slot of ours holds something, and no more than that: it must
// not make a beacon of us, nor fill the store.
const (
	// maxHeld and maxHeldBytes bound the bodies held for one conversation.
	maxHeld      = 64
	maxHeldBytes = 1 << 20
	// heldFor is how long a body is held: twice as long as its sender goes on
	// depositing it.
	heldFor = 14 * 24 * time.Hour

	// A hint has the slot read after a random time up to hintDelay. If nothing
	// good stood there, not again within hintPause, which doubles each time up
	// to hintMost, until a good value has been found.
	hintDelay = 30 * time.Second
	hintPause = 10 * time.Minute
	hintMost  = 24 * time.Hour
)

// asked is what has come of reading slots on a hint. It is stored, so that
// neither restarts nor reconnecting begin the count anew.
type asked struct {
	Tries uint64 `cbor:"1,keyasint,omitempty"` // readings since a good value was found
	After int64  `cbor:"2,keyasint,omitempty"` // unix ms: no further one before
	// Junk: the slot of the current epoch was found to hold no valid commit.
	Junk bool `cbor:"3,keyasint,omitempty"`
}

// held is a body that cannot be read yet.
type held struct {
	n    uint64
	sum  [sha256.Size]byte // of the encoded body
	size int               // of the encoded body, bytes
	heldRecord
}

// heldRecord is its stored form: an encoded conversation.Body, and since when.
type heldRecord struct {
	wire.Redacted
	Conversation wire.ID               `cbor:"1,keyasint"`
	Kind         conversation.BodyKind `cbor:"2,keyasint"`
	Payload      []byte                `cbor:"3,keyasint"`
	At           int64                 `cbor:"4,keyasint,omitempty"` // unix ms; absent in older records
}

func (h heldRecord) body() conversation.Body {
	return conversation.Body{Conversation: h.Conversation, Kind: h.Kind, Payload: h.Payload}
}

func newHeld(n uint64, h heldRecord) (held, error) {
	b, err := conversation.EncodeBody(h.body())
	if err != nil {
		return held{}, fmt.Errorf("couldn't encode body: %w", err)
	}
	return held{n: n, sum: sha256.Sum256(b), size: len(b), heldRecord: h}, nil
}

func decodeHeld(n uint64, value []byte) (held, error) {
	var h heldRecord
	if err := wire.Unmarshal(value, &h, maxRecord); err != nil {
		return held{}, fmt.Errorf("couldn't decode held body: %w", err)
	}
	return newHeld(n, h)
}

// hold keeps a body that belongs to an epoch, or a group, that we have not
// entered yet: each once. Only members can have sent it, so a full hold harms
// nobody else; what does not fit is deposited again by its sender.
func (t *turn) hold(e *entry, body conversation.Body) {
	if t.holdAt(e, e.meta.NextRow, body) {
		e.meta.NextRow++
		t.touch(e)
		e.expectHint(t.now)
	}
}

// keep holds a body for a conversation that is aside, whose record stays as it
// is.
func (t *turn) keep(e *entry, opened *address.Opened, body conversation.Body) {
	if err := t.a.safely("body", func() error {
		if !e.c.CameThrough(opened) {
			return errNotThrough
		}
		return nil
	}); err != nil {
		return
	}
	n := e.meta.NextRow
	for _, h := range e.held {
		n = max(n, h.n+1)
	}
	t.holdAt(e, n, body)
}

var errNotThrough = errors.New("envelope came through another's address")

// holdAt holds a body as number n if it is not held yet and there is room.
func (t *turn) holdAt(e *entry, n uint64, body conversation.Body) bool {
	h, err := newHeld(n, heldRecord{Conversation: body.Conversation, Kind: body.Kind, Payload: body.Payload, At: t.now})
	if err != nil || len(e.held) >= maxHeld {
		return false
	}
	total := h.size
	for _, other := range e.held {
		total += other.size
		if other.sum == h.sum {
			return false
		}
	}
	if total > maxHeldBytes {
		return false
	}
	e.held = append(e.held, h)
	t.put(heldKey(e.c.ID, n), h.heldRecord)
	return true
}

// takeHeld tries what is held, for as long as it leads on.
func (t *turn) takeHeld(e *entry) {
	for again := true; again; {
		again = false
		for _, h := range append([]held(nil), e.held...) {
			t.scope.held = &h
			t.tried[e.c.ID] = append(t.tried[e.c.ID], h.n)
			r, err := e.c.Receive(t.now, h.body())
			if err == nil && r.Behind {
				continue
			}
			t.release(e, h)
			if err != nil {
				continue
			}
			t.applied(e, r)
			again = again || r.Moved
		}
	}
	t.scope.held = nil
	e.expectHint(t.now)
}

func (t *turn) release(e *entry, h held) {
	for i := range e.held {
		if e.held[i].n == h.n {
			e.held = append(e.held[:i:i], e.held[i+1:]...)
			break
		}
	}
	t.batch.Delete(heldKey(e.c.ID, h.n))
	t.touch(e)
	e.expectHint(t.now)
}

// expireHeld drops what has been held for too long.
func (t *turn) expireHeld(e *entry) {
	for _, h := range append([]held(nil), e.held...) {
		switch age := t.now - h.At; {
		case h.At == 0 || age < 0: // held by an older Petmail, or the clock was set back
			for i := range e.held {
				if e.held[i].n == h.n {
					e.held[i].At = t.now
					t.put(heldKey(e.c.ID, h.n), e.held[i].heldRecord)
				}
			}
		case age >= heldFor.Milliseconds():
			t.release(e, h)
		}
	}
}

// expectHint sets when the slot is to be read for what is held.
func (e *entry) expectHint(now int64) {
	switch {
	case len(e.held) == 0 || e.c.State != conversation.Open:
		e.slot.hintAt = 0
	case e.slot.hintAt == 0:
		e.slot.hintAt = max(now, e.meta.askAfter()) + rand.Int64N(hintDelay.Milliseconds())
	}
}

// hintDue returns when a hint has the slot read, unix ms; 0: never. Without
// our own relay nothing new can have come, and the reading would be for
// nothing.
func (a *Agent) hintDue(e *entry) int64 {
	if a.relay.State != api.Connected {
		return 0
	}
	return e.slot.hintAt
}

// followHint has the slot read for what is held, if it is time. The reading is
// paid for before it is made.
func (t *turn) followHint(e *entry) {
	if a := e.meta.Asked; a != nil && a.After > t.now+hintMost.Milliseconds() {
		a.After = t.now + hintMost.Milliseconds() // the clock was set back
		e.slot.hintAt = 0
		e.expectHint(t.now)
		t.touch(e)
	}
	if at := t.a.hintDue(e); at == 0 || at > t.now {
		return
	}
	t.charge(e)
	e.slot.asks = true
}

// charge counts a reading; the next one has to wait.
func (t *turn) charge(e *entry) {
	a := asked{}
	if e.meta.Asked != nil {
		a = *e.meta.Asked
	}
	pause := hintMost
	if a.Tries < 8 {
		pause = min(hintPause<<a.Tries, hintMost)
	}
	a.Tries++
	a.After = t.now + pause.Milliseconds()
	e.meta.Asked = &a
	e.slot.hintAt = 0
	e.expectHint(t.now)
	t.touch(e)
}

// foundGood: a slot held a good value of somebody else's.
func (t *turn) foundGood(e *entry) {
	e.meta.Asked = nil
	e.slot.hintAt = 0
	if len(e.held) > 0 {
		// It leads on, perhaps for many epochs: no need to wait at each.
		t.charge(e)
		e.slot.asks = true
	}
	t.touch(e)
}

// foundJunk: the slot of the current epoch holds no valid commit. The relay
// lies, or a member wrote what no honest member can take; in either case it is
// asked again as rarely as on a hint, whoever wants to know.
func (t *turn) foundJunk(e *entry, charged bool) {
	if !charged || e.meta.Asked == nil { // nil: a good value ended the budget meanwhile
		t.charge(e)
	}
	e.meta.Asked.Junk = true
	t.touch(e)
}

func (m *convMeta) askAfter() int64 {
	if m.Asked == nil {
		return 0
	}
	return m.Asked.After
}

// junk reports whether the slot of the current epoch is known to hold no valid
// commit.
func (m *convMeta) junk() bool { return m.Asked != nil && m.Asked.Junk }

// otherSlot: the slot that counts is another one by now.
func (m *convMeta) otherSlot() {
	if m.junk() {
		m.Asked = &asked{Tries: m.Asked.Tries, After: m.Asked.After}
	}
}
