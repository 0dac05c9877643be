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

// inbox is what is to be written to a mailbox socket. Everybody may call its
// methods. After every change work runs, on a goroutine that lives only as
// long as there is any: an idle socket has none.
type inbox struct {
	work    func(*inbox) // one goroutine at a time
	running sync.WaitGroup

	mu         sync.Mutex
	changed    bool            // since work began
	busy       bool            // there is a goroutine
	stopped    bool            // there will be no other
	fresh      []core.Delivery // committed, in order, newer than the database was read
	freshBytes int
	behind     bool // the database holds envelopes that are not in fresh
	credit     int  // envelopes that may be sent
	pongs      []uint64
	ended      ending
}

func newInbox(credit uint32, work func(*inbox)) *inbox {
	return &inbox{work: work, behind: true, credit: int(credit)}
}

// signal lets work run, once more if it is running.
func (in *inbox) signal() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.changed = true
	if !in.busy && !in.stopped {
		in.busy = true
		in.running.Go(in.run)
	}
}

func (in *inbox) run() {
	for in.again() {
		in.work(in)
	}
}

// again ends the goroutine when nothing has changed since work began.
func (in *inbox) again() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.busy = in.changed && !in.stopped
	in.changed = false
	return in.busy
}

// stop lets work end and not begin again.
func (in *inbox) stop() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stopped = true
}

// wait returns when no work is running.
func (in *inbox) wait() { in.running.Wait() }

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

// task is what the writing goroutine does next.
type task struct {
	ended  ending
	pongs  []uint64
	fresh  []core.Delivery // to send; the credit is taken already
	behind bool            // read the database, from the last sent on, at most credit
	credit int
}

// take returns the next task, given the last sequence number that was sent.
// When it says behind, everything committed before take is in the database,
// and everything after comes through fresh.
func (in *inbox) take(sent uint64) task {
	in.mu.Lock()
	defer in.mu.Unlock()
	w := task{ended: in.ended, pongs: in.pongs}
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
