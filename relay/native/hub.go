package native

import (
	"sync"

	"petmail/relay/core"
)

// Bounds of what a socket keeps in memory for a mailbox between commit and
// sending. What does not fit is read from the database later.
const (
	maxFresh      = 32       // envelopes
	maxFreshBytes = 64 << 10 // bytes, after the first envelope
)

// maxPongs is how many pings may wait for their pong before the client is
// taken for hostile.
const maxPongs = 16

// hub knows the connected socket of each mailbox.
type hub struct {
	mu      sync.Mutex
	inboxes map[core.MailboxID]*inbox
}

func newHub() *hub { return &hub{inboxes: make(map[core.MailboxID]*inbox)} }

// join makes in the mailbox's only inbox; the one before is told that it was
// replaced.
func (h *hub) join(id core.MailboxID, in *inbox) {
	h.mu.Lock()
	before := h.inboxes[id]
	h.inboxes[id] = in
	h.mu.Unlock()
	if before != nil {
		before.end(endReplaced)
	}
}

func (h *hub) leave(id core.MailboxID, in *inbox) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.inboxes[id] == in {
		delete(h.inboxes, id)
	}
}

// push offers a committed envelope to the mailbox's socket, if there is one.
// The writer calls it, in commit order; it does not block.
func (h *hub) push(id core.MailboxID, d core.Delivery) {
	h.mu.Lock()
	in := h.inboxes[id]
	h.mu.Unlock()
	if in != nil {
		in.offer(d)
	}
}

// drop ends the socket of a mailbox that was closed.
func (h *hub) drop(id core.MailboxID) {
	h.mu.Lock()
	in := h.inboxes[id]
	h.mu.Unlock()
	if in != nil {
		in.end(endClosed)
	}
}

// ending says why a mailbox socket ends.
type ending int

const (
	endNot      ending = iota
	endReplaced        // a newer socket of the same mailbox took over
	endClosed          // the mailbox was closed
	endAbuse           // the client broke the protocol
)

// inbox is what a mailbox socket's writing goroutine is to do. Everybody may
// call its methods; wake has room for one token and is filled after every
// change.
type inbox struct {
	wake chan struct{}

	mu         sync.Mutex
	fresh      []core.Delivery // committed, in order, newer than the database was read
	freshBytes int
	behind     bool // the database holds envelopes that are not in fresh
	credit     int  // envelopes that may be sent
	pongs      []uint64
	ended      ending
}

func newInbox(credit uint32) *inbox {
	return &inbox{wake: make(chan struct{}, 1), behind: true, credit: int(credit)}
}

func (in *inbox) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

func (in *inbox) offer(d core.Delivery) {
	in.mu.Lock()
	switch {
	case in.behind:
	case in.credit == 0, len(in.fresh) >= maxFresh, len(in.fresh) > 0 && in.freshBytes+len(d.Data) > maxFreshBytes:
		// What is in fresh comes first; from there on the database is read.
		in.behind = true
	default:
		in.fresh = append(in.fresh, d)
		in.freshBytes += len(d.Data)
	}
	in.mu.Unlock()
	in.signal()
}

// addCredit lets the relay send more, up to limit in all.
func (in *inbox) addCredit(n, limit int) {
	in.mu.Lock()
	in.credit = min(in.credit+n, limit)
	in.mu.Unlock()
	in.signal()
}

func (in *inbox) pong(token uint64) {
	in.mu.Lock()
	if len(in.pongs) >= maxPongs {
		in.ended = endAbuse
	} else {
		in.pongs = append(in.pongs, token)
	}
	in.mu.Unlock()
	in.signal()
}

func (in *inbox) end(why ending) {
	in.mu.Lock()
	if in.ended == endNot {
		in.ended = why
	}
	in.mu.Unlock()
	in.signal()
}

// work is what the writing goroutine does next.
type work struct {
	ended  ending
	pongs  []uint64
	fresh  []core.Delivery // to send; the credit is taken already
	behind bool            // read the database, from the last sent on, at most credit
	credit int
}

// take returns the next work, given the last sequence number that was sent.
// When it says behind, everything committed before take is in the database,
// and everything after comes through fresh.
func (in *inbox) take(sent uint64) work {
	in.mu.Lock()
	defer in.mu.Unlock()
	w := work{ended: in.ended, pongs: in.pongs}
	in.pongs = nil
	for len(in.fresh) > 0 && in.fresh[0].Seq <= sent { // came from the database meanwhile
		in.fresh = in.fresh[1:]
	}
	n := min(len(in.fresh), in.credit)
	w.fresh = in.fresh[:n:n]
	in.credit -= n
	if n < len(in.fresh) {
		in.behind = true // credit ran out: the rest is read again later
	}
	in.fresh, in.freshBytes = nil, 0
	if in.behind && in.credit > 0 {
		w.behind, w.credit = true, in.credit
		in.behind = false
	}
	return w
}

// spent takes credit for envelopes sent from the database; more says that
// there may be others, between those and what is in fresh.
func (in *inbox) spent(n int, more bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.credit -= n
	if more {
		in.behind = true
		in.fresh, in.freshBytes = nil, 0
	}
}
