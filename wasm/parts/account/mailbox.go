package account

import (
	"context"
	"errors"
	"time"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/relayclient"
	"petmail/wasm/turn"
)

// mailbox is how the connection to our mailbox stands; volatile.
type mailbox struct {
	wire.Redacted
	open *relayclient.Mailbox // nil: it is not
	// givenUp are envelopes that made us fail, to be acknowledged once there is
	// a mailbox again.
	givenUp []uint64

	checking  bool          // the relay's keys and clock are being read
	checkNext time.Duration // the process's time when that is tried again
	unread    bool          // it failed
}

// maxGivenUp bounds them.
const maxGivenUp = 256

// listen opens the mailbox, if it is not.
func (p *Part) listen(net turn.Net) {
	if p.mailbox.open != nil {
		return
	}
	s := p.self
	m := relayclient.OpenMailbox(p.client, relayclient.MailboxConfig{
		RelayURL: s.Relay, RelayID: s.RelayID, Key: s.mailboxKey(),
		OnState: func(state relayclient.State) {
			net.Post(turn.Input{Work: "mailbox", Do: func(t turn.Turn) { p.mailboxState(t, net, state) }})
		},
		OnEnvelopes: func(envelopes []relayclient.Envelope) { p.received(net, envelopes) },
	})
	net.Keep(m)
	m.Ack(p.mailbox.givenUp...)
	p.mailbox.open, p.mailbox.givenUp = m, nil
	p.checkRelay(net)
}

// mailboxState shows how the mailbox socket is.
func (p *Part) mailboxState(t turn.Turn, net turn.Net, s relayclient.State) {
	p.relay.RetryAt = 0
	switch s.Status {
	case relayclient.Connected:
		p.relay.State = api.Connected
		t.Retry()
		if m := &p.mailbox; !m.unread && p.config.Elapsed() < m.checkNext {
			p.clock.sure = true // as of a moment ago
		} else {
			p.checkRelay(net)
		}
	case relayclient.Connecting:
		p.relay.State = api.Connecting
	case relayclient.Offline:
		p.clock.sure = false
		p.relay.State, p.relay.RetryAt = api.Offline, t.Wall()+s.RetryIn.Milliseconds()
	}
	p.Tell(t)
	if s.NoMailbox {
		p.registerAgain(t)
	}
}

// Waits implements turn.Waiter.
func (p *Part) Waits(until int64) {
	if p.self != nil {
		p.relay.State, p.relay.RetryAt = api.Offline, until
	}
}

// Retry implements turn.Retrier.
func (p *Part) Retry() { p.doors.retryAt, p.doors.failed = 0, 0 }

// received is called by the mailbox with envelopes; it blocks until they have
// been dealt with, so that the relay pushes no faster than we store.
func (p *Part) received(net turn.Net, envelopes []relayclient.Envelope) {
	done := make(chan struct{})
	for i, env := range envelopes {
		last := i == len(envelopes)-1
		net.Post(turn.Input{
			Work: "envelope",
			Do: func(t turn.Turn) {
				p.receive(t, env.Data)
				t.Then(func() { p.ack(env.Seq) })
				if last {
					t.Then(func() { close(done) })
				}
			},
			// Where the store failed, the envelope stays at the relay and comes
			// again; where it made us fail, it never will.
			Dropped: func(error) { p.ack(env.Seq) },
		})
	}
	select {
	case <-done:
	case <-net.Done():
	}
}

// ack tells the relay that an envelope need not be kept.
func (p *Part) ack(seq uint64) {
	if p.mailbox.open != nil {
		p.mailbox.open.Ack(seq)
	} else if len(p.mailbox.givenUp) < maxGivenUp {
		p.mailbox.givenUp = append(p.mailbox.givenUp, seq)
	}
}

// receive takes one envelope. Whatever is wrong with it, it is dropped without
// a trace outside: no answer may depend on what an envelope held.
func (p *Part) receive(t turn.Turn, envelope []byte) {
	var opened *address.Opened
	if err := turn.Safely(p.config.Log, "envelope", func() (err error) {
		opened, err = p.self.box.Open(envelope)
		return err
	}); err != nil {
		p.config.Log.Debug("envelope does not open")
		return
	}
	p.receiver.Receive(t, opened)
}

// checkRelay compares the keys that our relay shows today with those we know,
// and reads its clock (heardDate). What has failed is not tried again at once.
func (p *Part) checkRelay(net turn.Net) {
	m := &p.mailbox
	if m.checking || m.unread && p.config.Elapsed() < m.checkNext {
		return
	}
	m.checking = true
	relay, id := p.self.Relay, p.self.RelayID
	p.clock.next.Store(0)
	net.Go(func(ctx context.Context) {
		now, err := p.client.Descriptor(ctx, relay)
		net.Post(turn.Input{Work: "descriptor", Do: func(t turn.Turn) {
			m.checking, m.unread, m.checkNext = false, err != nil, p.config.Elapsed()+readingEvery
			if err == nil && now.ID != id && !p.relay.KeyAlarm {
				p.relay.KeyAlarm = true
				p.Tell(t)
			}
		}})
	})
}

// goodbye is how long the relay is given to delete our mailbox.
const goodbye = 5 * time.Second

// Leave implements turn.Leaver: it asks our relay to delete the mailbox with
// what waits in it. It is a courtesy: nobody else can open what is there.
func (p *Part) Leave(ctx context.Context) {
	s := p.self
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, goodbye)
	defer cancel()
	_, err := p.client.UpdateMailbox(ctx, s.Relay, s.mailboxKey(), relayproto.MailboxRequest{
		RelayID: s.RelayID, Counter: s.Counter + 1, Close: true,
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		p.config.Log.Debug("the relay was not told", "error", err)
	}
}
