package agent

import (
	"context"
	"sync"
	"time"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/invite"
	"petmail/wasm/relayclient"
)

// connections is everything of the agent that talks to relays, from one
// reading of the stored state to the next. It is owned by the loop.
type connections struct {
	wire.Redacted
	a      *Agent
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup // requests under way

	mailbox    *relayclient.Mailbox
	open       bool // false: after a failure, until the wait is over
	rendezvous map[meeting]*relayclient.Rendezvous
	deposits   int            // under way
	slots      map[string]int // requests for slots under way, by relay
	doors      doorWork
	checking   bool          // the relay's keys and clock are being read
	checkNext  time.Duration // the process's time when that is tried again
	unread     bool          // it failed
}

// meeting names one rendezvous: of an invitation or, where via is 0, of a
// note.
type meeting struct {
	invite wire.ID
	via    invite.Via
}

// newConnections returns connections that are not open yet: of these only
// start works.
func (a *Agent) newConnections() *connections {
	ctx, cancel := context.WithCancel(context.Background())
	return &connections{a: a, ctx: ctx, cancel: cancel, rendezvous: make(map[meeting]*relayclient.Rendezvous), slots: make(map[string]int)}
}

// connect opens the connections for the loaded state.
func (a *Agent) connect() {
	a.conn.open = true
	if a.state.self == nil {
		return
	}
	a.conn.openMailbox()
	for _, inv := range a.state.invites {
		a.conn.sync(inv)
	}
	for _, w := range a.state.notes {
		a.conn.syncNote(w)
	}
	a.conn.checkRelay()
	a.deposit()
	a.workSlots()
	a.workDoors()
}

// start runs f in a goroutine that close waits for; f must end with ctx.
func (c *connections) start(f func(ctx context.Context)) {
	c.group.Go(func() { f(c.ctx) })
}

// close ends all connections and waits for their goroutines. What they still
// post is passed over.
func (c *connections) close() {
	c.cancel()
	if c.mailbox != nil {
		c.mailbox.Close()
	}
	for _, r := range c.rendezvous {
		r.Close()
	}
	c.group.Wait()
}

func (c *connections) openMailbox() {
	if !c.open {
		return
	}
	s := c.a.state.self
	c.mailbox = relayclient.OpenMailbox(c.a.client, relayclient.MailboxConfig{
		RelayURL: s.Relay, RelayID: s.RelayID, Key: s.mailboxKey(),
		OnState: func(state relayclient.State) {
			c.a.inbox.post(input{conn: c, do: func(t *turn) { t.mailboxState(state) }})
		},
		OnEnvelopes: func(envelopes []relayclient.Envelope) { c.a.received(c, envelopes) },
	})
	c.mailbox.Ack(c.a.givenUp...)
	c.a.givenUp = nil
}

// mailboxState shows how the mailbox socket is.
func (t *turn) mailboxState(s relayclient.State) {
	r := &t.a.relay
	r.RetryAt = 0
	switch s.Status {
	case relayclient.Connected:
		r.State = api.Connected
		t.a.retryNow()
		if c := t.a.conn; !c.unread && t.a.elapsed() < c.checkNext {
			t.a.clock.sure = true // as of a moment ago
		} else {
			c.checkRelay()
		}
	case relayclient.Connecting:
		r.State = api.Connecting
	case relayclient.Offline:
		t.a.clock.sure = false
		r.State, r.RetryAt = api.Offline, t.wall+s.RetryIn.Milliseconds()
	}
	t.emitRelay()
	if s.NoMailbox {
		t.registerAgain()
	}
}

func (t *turn) emitRelay() {
	r := t.a.relay
	t.emit(api.Event{Relay: &r})
}

// retryNow forgets all waiting: the network is back.
func (a *Agent) retryNow() {
	a.conn.doors.retryAt, a.conn.doors.failed = 0, 0
	for _, e := range a.state.conversations {
		e.sending.retryAt, e.sending.failed = 0, 0
		e.slot.retryAt, e.slot.failed = 0, 0
	}
}

// nudge has everything that waits for the network try now.
func (c *connections) nudge() {
	c.a.retryNow()
	if c.mailbox != nil {
		c.mailbox.Nudge()
	}
	for _, r := range c.rendezvous {
		r.Nudge()
	}
}

// checkRelay compares the keys that our relay shows today with those we know,
// and reads its clock (heardDate). What has failed is not tried again at once.
func (c *connections) checkRelay() {
	if c.checking || c.unread && c.a.elapsed() < c.checkNext {
		return
	}
	c.checking = true
	relay, id := c.a.state.self.Relay, c.a.state.self.RelayID
	c.a.clock.next.Store(0)
	c.start(func(ctx context.Context) {
		now, err := c.a.client.Descriptor(ctx, relay)
		c.a.inbox.post(input{conn: c, do: func(t *turn) {
			c.checking, c.unread, c.checkNext = false, err != nil, c.a.elapsed()+readingEvery
			if err != nil {
				return
			}
			if now.ID != id && !t.a.relay.KeyAlarm {
				t.a.relay.KeyAlarm = true
				t.emitRelay()
			}
		}})
	})
}

// sync opens or closes the rendezvous of an invitation as its attempts need.
func (c *connections) sync(inv *invite.Invite) {
	if !c.open {
		return
	}
	for _, via := range []invite.Via{invite.ViaCode, invite.ViaLink} {
		a, m := inv.Attempt(via), meeting{inv.ID, via}
		r := c.rendezvous[m]
		live := a.Live() && !c.a.spoiled[m]
		switch {
		case !live && r != nil:
			delete(c.rendezvous, m)
			c.start(func(context.Context) { r.Close() })
			continue
		case !live:
			continue
		case r == nil:
			r = c.openRendezvous(m, a)
			c.rendezvous[m] = r
		}
		for _, p := range a.Pending {
			if err := r.Add(p.Name, p.Body); err != nil {
				c.a.log.Error("couldn't add phase", "error", err)
			}
		}
		if a.Mood != "" {
			if a.Nameplate != "" {
				r.Release()
			}
			r.CloseMailbox(a.Mood)
		}
	}
}

func (c *connections) openRendezvous(m meeting, a *invite.Attempt) *relayclient.Rendezvous {
	config := relayclient.RendezvousConfig{
		RelayURL: a.Relay, AppID: wormhole.AppID, Side: a.Side,
		MailboxID: a.Mailbox, Nameplate: a.Nameplate,
		Allocate: a.Mailbox == "" && a.Nameplate == "",
		OnEvent: func(e relayclient.RendezvousEvent) {
			c.a.inbox.post(input{conn: c, do: func(t *turn) { t.rendezvous(m, e) }})
		},
	}
	for _, p := range a.Pending {
		config.Pending = append(config.Pending, relayclient.Phase(p))
	}
	return relayclient.OpenRendezvous(c.a.others(), config)
}

// syncRendezvous has the connections follow an invitation once the turn is
// durable.
func (t *turn) syncRendezvous(inv *invite.Invite) {
	t.then(func() { t.a.conn.sync(inv) })
}
