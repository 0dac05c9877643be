package relayclient

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"sync"
	"time"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

const (
	// DefaultCredit is how many envelopes a relay may push ahead of their
	// acknowledgements.
	DefaultCredit = 32
	// replacedWait is how long a Mailbox stays away after another connection
	// has taken its place.
	replacedWait = time.Minute
	// maxPendingAcks bounds acknowledgements that wait for a socket; the
	// oldest fall out, and their envelopes come again.
	maxPendingAcks = 4 * relayproto.MaxAcksPerFrame
	// rememberedAcks bounds what is known as acknowledged. A relay cannot
	// have missed more of them than it may push ahead.
	rememberedAcks = 2 * relayproto.MaxCredit
)

// Status says how a socket is.
type Status uint8

const (
	Connecting Status = iota + 1
	Connected
	Offline
)

func (s Status) String() string {
	switch s {
	case Connecting:
		return "connecting"
	case Connected:
		return "connected"
	case Offline:
		return "offline"
	}
	return "unknown"
}

// State is what a Mailbox reports of itself.
type State struct {
	Status  Status
	Waiting uint64 // Connected: envelopes that were queued at the relay
	// The rest is set when Offline.
	RetryIn   time.Duration // until the next attempt, unless nudged
	Replaced  bool          // a newer connection of the same mailbox took over
	NoMailbox bool          // the relay does not know the mailbox: register it, then Nudge
	Err       *Error        // why
}

// Envelope is one envelope of the mailbox, still sealed.
type Envelope struct {
	Seq  uint64
	Data []byte
}

// MailboxConfig says which mailbox to keep open. It prints as [redacted].
type MailboxConfig struct {
	wire.Redacted
	RelayURL string
	RelayID  [relayproto.IDSize]byte // the signature is good at this relay only
	Key      ed25519.PrivateKey      // of the mailbox
	Credit   int                     // envelopes; 0: DefaultCredit; at most relayproto.MaxCredit

	// OnState is called with each change of state. While the agent is busy in
	// a callback, older states give way to newer ones.
	OnState func(State)
	// OnEnvelopes is called with envelopes as they come, in the order of their
	// sequence numbers. Each comes again after a reconnect, or in the next
	// Mailbox, until it has been acknowledged. One that has does not come
	// again in the life of this Mailbox.
	//
	// Callbacks run on one goroutine of the Mailbox and may block: meanwhile
	// the relay pushes no more than the credit. They must return before Close
	// can.
	OnEnvelopes func([]Envelope)
}

// Mailbox keeps one authenticated socket to a mailbox for as long as it is
// open: it dials again, at growing random intervals, whenever the socket is
// lost. Its methods may be called concurrently.
type Mailbox struct {
	wire.Redacted
	client *Client
	config MailboxConfig
	cancel context.CancelFunc
	ended  sync.WaitGroup

	nudge chan struct{} // Nudge → run
	acks  chan struct{} // Ack → run: pending is not empty
	wake  chan struct{} // run → notify

	mu        sync.Mutex
	pending   []uint64   // acknowledged by the agent, not yet written
	acked     acked      // seqs not to be handed to the agent again
	state     *State     // to report
	envelopes []Envelope // to report; at most credit
}

// OpenMailbox starts a Mailbox. Close must be called to end it. A
// configuration that cannot work is reported as Offline with an Err that is
// not Retryable, and nothing is tried.
func OpenMailbox(c *Client, config MailboxConfig) *Mailbox {
	if config.Credit == 0 {
		config.Credit = DefaultCredit
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &Mailbox{
		client: c, config: config, cancel: cancel,
		nudge: make(chan struct{}, 1), acks: make(chan struct{}, 1), wake: make(chan struct{}, 1),
	}
	m.ended.Go(func() { m.run(ctx) })
	m.ended.Go(func() { m.notify(ctx) })
	return m
}

func (c MailboxConfig) check() error {
	if _, err := routeURL(c.RelayURL, relayproto.RouteMailbox); err != nil {
		return inputError(opMailbox, err.Error())
	}
	if c.Credit < 0 || c.Credit > relayproto.MaxCredit || len(c.Key) != ed25519.PrivateKeySize {
		return inputError(opMailbox, "configuration is unusable")
	}
	return nil
}

// Ack tells the relay, soon and without waiting here, that the envelopes are
// safe with the agent: it deletes them and pushes as many others. If the
// connection is lost before that, the Mailbox acknowledges them again; if the
// agent is lost, they come again.
func (m *Mailbox) Ack(seqs ...uint64) {
	if len(seqs) == 0 {
		return
	}
	m.mu.Lock()
	for _, seq := range seqs {
		m.acked.add(seq)
	}
	m.pending = append(m.pending, seqs...)
	if over := len(m.pending) - maxPendingAcks; over > 0 {
		m.pending = slices.Delete(m.pending, 0, over)
	}
	m.mu.Unlock()
	signal(m.acks)
}

// Nudge makes a Mailbox that is waiting try now, and one that is connected
// find out whether it still is: for when the network has come back, or the
// machine has woken.
func (m *Mailbox) Nudge() { signal(m.nudge) }

// Close ends the socket and waits for the goroutines, a callback under way
// included: it must not be called from one. What is not acknowledged at the
// relay then comes again next time.
func (m *Mailbox) Close() {
	m.cancel()
	m.ended.Wait()
}

// run holds the socket.
func (m *Mailbox) run(ctx context.Context) {
	off := State{Status: Offline}
	if errors.As(m.config.check(), &off.Err) {
		m.report(off)
		return
	}
	wait := backoff{rand: m.client.rand}
	for ctx.Err() == nil {
		m.report(State{Status: Connecting})
		good, err := m.session(ctx)
		if ctx.Err() != nil {
			return
		}
		if good {
			wait.reset()
		}
		off := State{Status: Offline, RetryIn: wait.next()}
		switch {
		case errors.Is(err, errReplaced):
			off.Replaced, off.RetryIn = true, replacedWait
		case errors.As(err, &off.Err):
			off.NoMailbox = off.Err.Code == relayproto.CodeNoMailbox
			off.RetryIn = max(off.RetryIn, off.Err.RetryAfter)
		}
		m.client.log.Debug("mailbox socket ended", "error", err)
		m.report(off)
		if sleep(ctx, off.RetryIn, m.nudge) {
			wait.reset()
		}
	}
}

// report queues a state for the agent. With the connection go the envelopes
// that the agent has not been given yet: the next one brings them again.
func (m *Mailbox) report(s State) {
	m.mu.Lock()
	m.state = &s
	if s.Status != Connected {
		m.envelopes = nil
	}
	m.mu.Unlock()
	signal(m.wake)
}

// notify calls the agent back.
func (m *Mailbox) notify(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		}
		m.mu.Lock()
		state, envelopes := m.state, m.envelopes
		m.state, m.envelopes = nil, nil
		// The agent may have acknowledged an earlier copy by now.
		envelopes = slices.DeleteFunc(envelopes, func(e Envelope) bool { return m.acked.has(e.Seq) })
		m.mu.Unlock()
		if state != nil {
			m.config.OnState(*state)
		}
		if len(envelopes) > 0 && ctx.Err() == nil {
			m.config.OnEnvelopes(envelopes)
		}
	}
}

// signal wakes the one receiver of a channel with room for one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// acked remembers the newest acknowledged sequence numbers.
type acked struct {
	set   map[uint64]struct{}
	order []uint64 // a ring once full
	next  int
}

func (a *acked) add(seq uint64) {
	if a.has(seq) {
		return
	}
	if a.set == nil {
		a.set = make(map[uint64]struct{})
	}
	if len(a.order) < rememberedAcks {
		a.order = append(a.order, seq)
	} else {
		delete(a.set, a.order[a.next])
		a.order[a.next] = seq
		a.next = (a.next + 1) % rememberedAcks
	}
	a.set[seq] = struct{}{}
}

func (a *acked) has(seq uint64) bool {
	_, ok := a.set[seq]
	return ok
}
