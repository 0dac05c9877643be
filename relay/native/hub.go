package native

import (
	"sync"

	"petmail/relay/core"
	"petmail/relay/protocol"
)

// hub knows the connected session of each mailbox.
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
		before.end(protocol.EndReplaced)
	}
}

func (h *hub) leave(id core.MailboxID, in *inbox) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.inboxes[id] == in {
		delete(h.inboxes, id)
	}
}

// push offers a committed envelope to the mailbox's session, if there is one.
// The writer calls it, in commit order; it does not block.
func (h *hub) push(id core.MailboxID, d core.Delivery) {
	h.mu.Lock()
	in := h.inboxes[id]
	h.mu.Unlock()
	if in != nil {
		in.with(func(s *protocol.Session) { s.Offer(d) })
		in.signal()
	}
}

// drop ends the session of a mailbox that was closed.
func (h *hub) drop(id core.MailboxID) {
	h.mu.Lock()
	in := h.inboxes[id]
	h.mu.Unlock()
	if in != nil {
		in.end(protocol.EndClosed)
	}
}

// inbox is a session that several goroutines tell what happens. Everybody may
// call its methods. After each signal work runs, on a goroutine that lives only
// as long as there is anything to do: an idle socket has none.
type inbox struct {
	work    func(*inbox) // one goroutine at a time
	running sync.WaitGroup

	mu      sync.Mutex
	session *protocol.Session
	changed bool // since work began
	busy    bool // there is a goroutine
	stopped bool // there will be no other
}

func newInbox(s *protocol.Session, work func(*inbox)) *inbox { return &inbox{session: s, work: work} }

// with has f use the session.
func (in *inbox) with(f func(*protocol.Session)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	f(in.session)
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

func (in *inbox) end(why protocol.Ending) {
	in.with(func(s *protocol.Session) { s.End(why) })
	in.signal()
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
