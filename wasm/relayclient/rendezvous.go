package relayclient

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

const (
	// maxPhases and maxPhaseBytes bound what a mailbox may hold for us. An
	// invitation takes fewer than ten messages.
	maxPhases     = 64
	maxPhaseBytes = 1 << 20
)

// Phase is one message of the own side; Body is at most wormhole.MaxBody.
type Phase struct {
	wire.Redacted
	Name string
	Body []byte
}

// RendezvousConfig says which side of which invitation to serve. It is all
// the state that a Rendezvous needs to go on after a crash. It prints as
// [redacted].
type RendezvousConfig struct {
	wire.Redacted
	RelayURL string
	AppID    string
	Side     string // random, the same whenever this side is served again

	// One of these finds the mailbox; MailboxID wins, then Nameplate.
	MailboxID string // of a link, or from EventClaimed
	Nameplate string // of a code, or from EventAllocated
	Allocate  bool   // ask the relay for a nameplate

	// Pending are phases that may not have reached the relay yet. One that
	// has is not sent again.
	Pending []Phase

	// OnEvent is called with one event at a time, in order, on a goroutine of
	// the Rendezvous. It may block, and must return before Close can. Of
	// EventState and of EventFailed that are not final, only the newest waits.
	OnEvent func(RendezvousEvent)
}

// Rendezvous keeps a socket to the mailbox of one invitation, dialling again
// whenever it is lost. What was added stays to be sent until the relay has
// shown that it keeps it. Its methods may be called concurrently.
type Rendezvous struct {
	wire.Redacted
	client *Client
	config RendezvousConfig
	cancel context.CancelFunc
	ended  sync.WaitGroup

	nudge chan struct{} // Nudge → run
	work  chan struct{} // Add, Release, CloseMailbox → run
	wake  chan struct{} // run → notify

	mu        sync.Mutex
	nameplate string
	mailbox   string
	outgoing  []outgoing          // not known to be kept by the relay
	seen      map[phaseKey]digest // messages reported, with the hash of the body
	seenBytes int
	release   bool // asked for, not yet confirmed
	close     bool // asked for, not yet confirmed
	mood      string
	finished  bool              // a final EventFailed was reported: nothing runs any more
	events    []RendezvousEvent // to report
}

type outgoing struct {
	wire.Redacted
	Phase
	attempted bool // an earlier socket or run may have brought it to the relay
}

type phaseKey struct{ side, phase string }

type digest [sha256.Size]byte

// OpenRendezvous starts a Rendezvous. Close must be called to end it. A
// configuration that cannot work, for its relay too, is reported as FailInvalid, and nothing is
// tried.
func OpenRendezvous(c *Client, config RendezvousConfig) *Rendezvous {
	ctx, cancel := context.WithCancel(context.Background())
	r := &Rendezvous{
		client: c, config: config, cancel: cancel,
		nudge: make(chan struct{}, 1), work: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		nameplate: config.Nameplate, mailbox: config.MailboxID,
		seen: make(map[phaseKey]digest),
	}
	err := config.check()
	if err == nil {
		_, err = c.target(opRendezvous, config.RelayURL, relayproto.RouteRendezvous)
	}
	for _, p := range config.Pending {
		err = errors.Join(err, r.add(p, true))
	}
	if err == nil {
		r.ended.Go(func() { r.run(ctx) })
	} else {
		r.report(EventFailed{Reason: FailInvalid, Final: true})
	}
	r.ended.Go(func() { r.notify(ctx) })
	return r
}

// Add sends a phase of the own side. EventSent follows once the relay keeps
// it; until then the caller must be able to give it again as Pending. A phase
// is sent once: adding it again does nothing, with another body is an error.
func (r *Rendezvous) Add(phase string, body []byte) error {
	err := r.add(Phase{Name: phase, Body: body}, false)
	signal(r.work)
	return err
}

func (r *Rendezvous) add(p Phase, attempted bool) error {
	const op = "add phase"
	if _, err := (wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: p.Name, Body: p.Body}).Encode(); err != nil {
		return inputError(op, "phase has an unusable name or size")
	}
	p.Body = slices.Clone(p.Body)
	sum := digest(sha256.Sum256(p.Body))
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.seen[phaseKey{r.config.Side, p.Name}]; ok {
		if known != sum {
			return inputError(op, "phase is taken")
		}
		if sent := (EventSent{Phase: p.Name}); !slices.Contains(r.events, RendezvousEvent(sent)) {
			r.enqueue(sent)
		}
		return nil
	}
	for _, o := range r.outgoing {
		if o.Name == p.Name {
			if digest(sha256.Sum256(o.Body)) != sum {
				return inputError(op, "phase is taken")
			}
			return nil
		}
	}
	if len(r.outgoing) >= maxPhases {
		return inputError(op, "too many phases")
	}
	r.outgoing = append(r.outgoing, outgoing{Phase: p, attempted: attempted})
	return nil
}

// Release gives the nameplate back, once the mailbox behind it is claimed, so
// that nobody else can try the code. EventReleased follows.
func (r *Rendezvous) Release() {
	r.mu.Lock()
	r.release = true
	r.mu.Unlock()
	signal(r.work)
}

// CloseMailbox leaves the mailbox for good, once everything added is kept by
// the relay. mood, one of wormhole's, is for the relay's statistics.
// EventClosed follows.
func (r *Rendezvous) CloseMailbox(mood string) {
	if _, err := (wormhole.ClientMessage{Type: wormhole.ClientClose, Mood: mood}).Encode(); err != nil {
		mood = wormhole.MoodErrory
	}
	r.mu.Lock()
	if r.finished && !r.close {
		r.enqueue(EventClosed{}) // there is nothing to leave
	}
	if !r.close {
		r.close, r.mood = true, mood
	}
	r.mu.Unlock()
	signal(r.work)
}

// Nudge makes a Rendezvous that is waiting try now, and one that is connected
// find out whether it still is.
func (r *Rendezvous) Nudge() { signal(r.nudge) }

// Close ends the socket and waits for the goroutines, a callback under way
// included: it must not be called from one. The mailbox stays.
func (r *Rendezvous) Close() {
	r.cancel()
	r.ended.Wait()
}

// errFinished ends a session and the Rendezvous with it.
var errFinished = errors.New("rendezvous is finished")

// run holds the socket.
func (r *Rendezvous) run(ctx context.Context) {
	wait := backoff{rand: r.client.rand}
	for ctx.Err() == nil {
		r.report(EventState{State{Status: Connecting}})
		good, err := r.session(ctx)
		if ctx.Err() != nil || errors.Is(err, errFinished) {
			return
		}
		if good {
			wait.reset()
		}
		off := State{Status: Offline, RetryIn: wait.next()}
		if errors.As(err, &off.Err) {
			off.RetryIn = max(off.RetryIn, off.Err.RetryAfter)
		}
		r.client.log.Debug("rendezvous socket ended", "error", err)
		r.report(EventState{off})
		if sleep(ctx, off.RetryIn, r.nudge) {
			wait.reset()
		}
	}
}

func (r *Rendezvous) report(e RendezvousEvent) {
	r.mu.Lock()
	r.enqueue(e)
	r.mu.Unlock()
}

// enqueue queues an event; r.mu is held. Only EventState and EventFailed can
// come without end, so only the newest of each is kept.
func (r *Rendezvous) enqueue(e RendezvousEvent) {
	switch e.(type) {
	case EventState:
		r.events = slices.DeleteFunc(r.events, func(e RendezvousEvent) bool { _, ok := e.(EventState); return ok })
	case EventFailed:
		r.events = slices.DeleteFunc(r.events, func(e RendezvousEvent) bool { _, ok := e.(EventFailed); return ok })
	}
	r.events = append(r.events, e)
	signal(r.wake)
}

// notify calls the agent back.
func (r *Rendezvous) notify(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
		for ctx.Err() == nil {
			r.mu.Lock()
			if len(r.events) == 0 {
				r.mu.Unlock()
				break
			}
			e := r.events[0]
			r.events = r.events[1:]
			r.mu.Unlock()
			r.config.OnEvent(e)
		}
	}
}

// check reports whether a server would understand what the configuration
// makes us say.
func (c RendezvousConfig) check() error {
	say := []wormhole.ClientMessage{{Type: wormhole.ClientBind, AppID: c.AppID, Side: c.Side}}
	if c.MailboxID != "" {
		say = append(say, wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: c.MailboxID})
	}
	if c.Nameplate != "" {
		say = append(say, wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: c.Nameplate})
	}
	for _, m := range say {
		if _, err := m.Encode(); err != nil {
			return err
		}
	}
	if c.MailboxID == "" && c.Nameplate == "" && !c.Allocate {
		return errors.New("no way to a mailbox")
	}
	return nil
}
