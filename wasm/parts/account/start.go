package account

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/parts/refusal"
	"petmail/wasm/relayclient"
	"petmail/wasm/turn"
)

// start is the first run: it registers a mailbox at the relay and only then
// stores who we are, so a failure leaves nothing behind here.
func (p *Part) start(t turn.Turn, args api.StartArgs, answer turn.Answer[api.Snapshot]) error {
	if p.self != nil {
		return turn.Refuse(api.ErrAlreadyStarted, "this Petmail has a name already")
	}
	name, err := refusal.Name(args.Name)
	if err != nil {
		return err
	}
	relay, err := wire.NormalizeRelayURL(args.Relay)
	if err != nil {
		return turn.Refuse(api.ErrBadRelayURL, "not the address of a relay")
	}
	net := t.Net()
	t.Then(func() {
		net.Go(func(ctx context.Context) {
			s, err := p.register(ctx, name, relay)
			net.Post(turn.Input{
				Work:     "start",
				Do:       func(t turn.Turn) { p.registered(t, answer, s, err) },
				Dropped:  func(error) { answer.Fail(turn.Refuse(api.ErrStorage, "couldn't store")) },
				Unstored: func() { answer.Fail(turn.Refuse(api.ErrStorage, "couldn't store")) },
			})
		})
	})
	return nil
}

// register draws the keys of a new agent and opens its mailbox at relay.
func (p *Part) register(ctx context.Context, name, relay string) (*self, error) {
	rand := p.config.Rand
	d, err := p.client.Descriptor(ctx, relay)
	if err != nil {
		return nil, err
	}
	s := &self{Name: name, Relay: relay, RelayID: d.ID, Routing: [32]byte(d.Routing)}
	if s.Mailbox, err = wire.RandomBytes(rand, ed25519.SeedSize); err != nil {
		return nil, fmt.Errorf("couldn't draw mailbox key: %w", err)
	}
	if s.box, err = address.NewBoxKey(rand); err != nil {
		return nil, err
	}
	s.Box = s.box.Bytes()
	request := doorRequest{Counter: 1, Register: true}
	for _, use := range []doorUse{forConversations, forInvitations} {
		door, err := p.draw(s, use)
		if err != nil {
			return nil, err
		}
		door.Stands = true
		request.Add = append(request.Add, door.N)
	}
	status, err := p.client.UpdateMailbox(ctx, relay, s.mailboxKey(), request.message(s))
	if err != nil {
		return nil, err
	}
	s.Counter = status.Counter
	return s, nil
}

// registered ends the first run.
func (p *Part) registered(t turn.Turn, answer turn.Answer[api.Snapshot], s *self, err error) {
	switch {
	case err != nil:
		answer.Fail(refusalOf(err))
		return
	case p.self != nil: // two pages at once
		answer.Fail(turn.Refuse(api.ErrAlreadyStarted, "this Petmail has a name already"))
		return
	}
	record := p.clock.clock.Record(p.config.Elapsed())
	s.Clock = &record
	p.self = s
	p.save(t)
	p.relay.URL = s.Relay
	t.Then(func() { answer.Give(t.Snapshot()) })
	t.Refresh()
}

// refusalOf tells a person whether to try again.
func refusalOf(err error) error {
	var e *relayclient.Error
	if errors.As(err, &e) && !e.Retryable && (e.Status != 0 || e.Code != "") {
		return turn.Refuse(api.ErrRelayRefused, "it does not answer as a Petmail relay")
	}
	return turn.Refuse(api.ErrRelayUnreachable, "the relay cannot be reached")
}
