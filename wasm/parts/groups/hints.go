package groups

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
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

// heldRest is how the key of a held body goes on after the owner.
func heldRest(n uint64) string { return fmt.Sprintf("%016x", n) }

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
func (t *step) hold(e *entry, body conversation.Body) {
	if t.holdNext(e, body) {
		t.touch(e)
		e.expectHint(t.now)
	}
}

// keep holds a body for a conversation that is aside, whose record stays as it
// is.
func (t *step) keep(e *entry, opened *address.Opened, body conversation.Body) {
	if err := turn.Safely(t.p.log, "body", func() error {
		if !e.c.CameThrough(opened) {
			return errNotThrough
		}
		return nil
	}); err != nil {
		return
	}
	t.holdNext(e, body)
}

var errNotThrough = errors.New("envelope came through another's address")

// holdNext holds a body if it is not held yet and there is room.
func (t *step) holdNext(e *entry, body conversation.Body) bool {
	n := e.nextN
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
	e.nextN++
	e.held = append(e.held, h)
	t.Put(kindHeld, e.id, heldRest(n), h.heldRecord)
	return true
}

// takeHeld tries what is held, for as long as it leads on.
func (t *step) takeHeld(e *entry) {
	for again := true; again; {
		again = false
		for _, h := range append([]held(nil), e.held...) {
			t.Trying(t.p.drop(e.id, h.n))
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
	t.Trying(nil)
	e.expectHint(t.now)
}

// drop returns what drops a body that is held, should it be what fails.
func (p *Part) drop(id wire.ID, n uint64) func(turn.Turn) {
	return func(t turn.Turn) {
		t.Delete(kindHeld, id, heldRest(n))
		if e := p.entries[id]; e != nil {
			e.held = slices.DeleteFunc(e.held, func(h held) bool { return h.n == n })
		}
	}
}

func (t *step) release(e *entry, h held) {
	for i := range e.held {
		if e.held[i].n == h.n {
			e.held = append(e.held[:i:i], e.held[i+1:]...)
			break
		}
	}
	t.Delete(kindHeld, e.id, heldRest(h.n))
	t.touch(e)
	e.expectHint(t.now)
}

// expireHeld drops what has been held for too long.
func (t *step) expireHeld(e *entry) {
	for _, h := range append([]held(nil), e.held...) {
		switch age := t.now - h.At; {
		case h.At == 0 || age < 0: // held by an older Petmail, or the clock was set back
			for i := range e.held {
				if e.held[i].n == h.n {
					e.held[i].At = t.now
					t.Put(kindHeld, e.id, heldRest(h.n), e.held[i].heldRecord)
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
		e.slot.hintAt = max(now, e.askAfter()) + rand.Int64N(hintDelay.Milliseconds())
	}
}

// hintDue returns when a hint has the slot read, unix ms; 0: never. Without
// our own relay nothing new can have come, and the reading would be for
// nothing.
func (p *Part) hintDue(e *entry) int64 {
	if !p.account.Connected() {
		return 0
	}
	return e.slot.hintAt
}

// followHint has the slot read for what is held, if it is time. The reading is
// paid for before it is made.
func (t *step) followHint(e *entry) {
	if a := e.asked; a != nil && a.After > t.now+hintMost.Milliseconds() {
		a.After = t.now + hintMost.Milliseconds() // the clock was set back
		e.slot.hintAt = 0
		e.expectHint(t.now)
		t.touch(e)
	}
	if at := t.p.hintDue(e); at == 0 || at > t.now {
		return
	}
	t.charge(e)
	e.slot.asks = true
}

// charge counts a reading; the next one has to wait.
func (t *step) charge(e *entry) {
	a := asked{}
	if e.asked != nil {
		a = *e.asked
	}
	pause := hintMost
	if a.Tries < 8 {
		pause = min(hintPause<<a.Tries, hintMost)
	}
	a.Tries++
	a.After = t.now + pause.Milliseconds()
	e.asked = &a
	e.slot.hintAt = 0
	e.expectHint(t.now)
	t.touch(e)
}

// foundGood: a slot held a good value of somebody else's.
func (t *step) foundGood(e *entry) {
	e.asked = nil
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
func (t *step) foundJunk(e *entry, charged bool) {
	if !charged || e.asked == nil { // nil: a good value ended the budget meanwhile
		t.charge(e)
	}
	e.asked.Junk = true
	t.touch(e)
}

func (e *entry) askAfter() int64 {
	if e.asked == nil {
		return 0
	}
	return e.asked.After
}

// junk reports whether the slot of the current epoch is known to hold no valid
// commit.
func (e *entry) junk() bool { return e.asked != nil && e.asked.Junk }

// otherSlot: the slot that counts is another one by now.
func (e *entry) otherSlot() {
	if e.junk() {
		e.asked = &asked{Tries: e.asked.Tries, After: e.asked.After}
	}
}
