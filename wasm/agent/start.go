package agent

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/relayclient"
)

// startAgent is the first run: it registers a mailbox at the relay and only
// then stores who we are, so a failure leaves nothing behind here.
func (t *turn) startAgent(q *request, raw json.RawMessage) (any, error) {
	args, err := decodeArgs[api.StartArgs](raw)
	if err != nil {
		return nil, err
	}
	if t.a.state.self != nil {
		return nil, refuse(api.ErrAlreadyStarted, "this Petmail has a name already")
	}
	name, err := checkName(args.Name)
	if err != nil {
		return nil, err
	}
	relay, err := wire.NormalizeRelayURL(args.Relay)
	if err != nil {
		return nil, refuse(api.ErrBadRelayURL, "not the address of a relay")
	}
	conn := t.a.conn
	t.then(func() {
		conn.start(func(ctx context.Context) {
			s, err := t.a.register(ctx, name, relay)
			t.a.inbox.post(input{
				conn:    conn,
				do:      func(t *turn) { t.registered(q, s, err) },
				dropped: func(error) { q.reply(nil, &api.Error{Code: api.ErrStorage, Message: "couldn't store"}) },
			})
		})
	})
	return nil, errLater
}

// register draws the keys of a new agent and opens its mailbox at relay.
func (a *Agent) register(ctx context.Context, name, relay string) (*self, error) {
	rand := a.config.Rand
	d, err := a.client.Descriptor(ctx, relay)
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
		door, err := a.draw(s, use)
		if err != nil {
			return nil, err
		}
		door.Stands = true
		request.Add = append(request.Add, door.N)
	}
	status, err := a.client.UpdateMailbox(ctx, relay, s.mailboxKey(), request.message(s))
	if err != nil {
		return nil, err
	}
	s.Counter = status.Counter
	return s, nil
}

// registered ends the first run.
func (t *turn) registered(q *request, s *self, err error) {
	switch {
	case err != nil:
		t.answer(q, nil, relayError(err))
		return
	case t.a.state.self != nil: // two pages at once
		t.answer(q, nil, refuse(api.ErrAlreadyStarted, "this Petmail has a name already"))
		return
	}
	record := t.a.clock.clock.Record(t.a.elapsed())
	s.Clock = &record
	t.a.state.self = s
	t.saveSelf()
	t.a.relay.URL = s.Relay
	t.then(func() {
		t.a.conn.openMailbox()
		snapshot := t.a.snapshot()
		q.reply(snapshot, nil)
		for p := range t.a.pages {
			p.deliver(api.Event{Snapshot: snapshot})
		}
	})
}

// relayError tells a person whether to try again.
func relayError(err error) error {
	var e *relayclient.Error
	if errors.As(err, &e) && !e.Retryable && (e.Status != 0 || e.Code != "") {
		return refuse(api.ErrRelayRefused, "it does not answer as a Petmail relay")
	}
	return refuse(api.ErrRelayUnreachable, "the relay cannot be reached")
}
