package protocol

import (
	"strings"

	"petmail/relay/core"
	"petmail/relay/core/mailbox"
	"petmail/relay/core/slots"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// Route is a path of the API. One that ends with "/" goes on with an id.
type Route struct {
	Path      string
	endpoints []method
}

type method struct {
	name string
	find func(r *Relay, rest string) (Endpoint, *Answer)
}

// Routes are all routes of the API.
func Routes() []Route {
	return []Route{
		{relayproto.RouteDescriptor, []method{{"GET", (*Relay).descriptorEndpoint}}},
		{relayproto.RouteDeposit, []method{{"POST", (*Relay).depositEndpoint}}},
		{relayproto.RouteMailbox, []method{{"GET", socket(MailboxSocket)}, {"POST", (*Relay).mailboxEndpoint}}},
		{relayproto.RouteSlots, []method{{"GET", (*Relay).readEndpoint}, {"PUT", (*Relay).putEndpoint}}},
		{relayproto.RouteRendezvous, []method{{"GET", socket(RendezvousSocket)}}},
	}
}

// Socket is a kind of WebSocket.
type Socket int

const (
	NoSocket Socket = iota
	MailboxSocket
	RendezvousSocket
)

// Budget is what a client pays a request from.
type Budget int

const (
	Reads Budget = iota
	Writes
	Mailboxes
)

// Endpoint is what a request asks for, as known before its body is read.
type Endpoint struct {
	// Socket is the WebSocket that is asked for; the rest is zero then.
	Socket Socket

	Pays Budget
	// BySize: it pays by the body's size, once that was read; otherwise 1,
	// before.
	BySize bool
	// PaysLate: it pays by the answer's size, too, once that is known.
	PaysLate bool
	MaxBody  int64 // bytes; 0: no body is read
	// Value: the answer may hold a slot's value, up to
	// relayproto.MaxSlotValue bytes.
	Value bool

	open func(body []byte) (Call, *Answer)
}

// Call is a request whose form is right. It waits for a transaction.
type Call struct {
	Reads bool // it changes nothing
	run   func(tx core.Tx) (Answer, error)
}

// Run carries the call out in tx. The error is a *core.Refusal or the Tx's:
// see Failed.
func (c Call) Run(tx core.Tx) (Answer, error) { return c.run(tx) }

// Find looks for what is to be done with a request of route, rest being what
// follows the route's path. Where there is nothing left to do, it returns the
// answer.
func (r *Relay) Find(route Route, name, rest string) (Endpoint, *Answer) {
	var names []string
	for _, m := range route.endpoints {
		if m.name == name {
			return m.find(r, rest)
		}
		names = append(names, m.name)
	}
	list := strings.Join(names, ", ")
	if name == "OPTIONS" {
		return Endpoint{}, &Answer{Status: 204, Header: []Field{
			{"Access-Control-Allow-Methods", list},
			{"Access-Control-Allow-Headers", "*"},
			{"Access-Control-Max-Age", "86400"},
		}}
	}
	a := answerError(405, relayproto.Error{Code: relayproto.CodeNotFound, Message: "no such method here"})
	a.Header = append(a.Header, Field{"Allow", list + ", OPTIONS"})
	return Endpoint{}, &a
}

// Open looks at a body, as far as that needs no storage, and returns the call
// that it is, or the answer.
func (e Endpoint) Open(body []byte) (Call, *Answer) { return e.open(body) }

func socket(kind Socket) func(*Relay, string) (Endpoint, *Answer) {
	return func(*Relay, string) (Endpoint, *Answer) { return Endpoint{Socket: kind}, nil }
}

func (r *Relay) descriptorEndpoint(string) (Endpoint, *Answer) {
	return Endpoint{Pays: Reads, open: func([]byte) (Call, *Answer) {
		a := answer(200, cborType, r.descriptor)
		return Call{}, &a
	}}, nil
}

func (r *Relay) depositEndpoint(string) (Endpoint, *Answer) {
	return Endpoint{Pays: Writes, BySize: true, MaxBody: address.LargeEnvelope, open: func(envelope []byte) (Call, *Answer) {
		door, err := r.routing.Route(envelope)
		if err != nil {
			a := answerError(400, relayproto.Error{Code: relayproto.CodeMalformed, Message: "not an envelope"})
			return Call{}, &a
		}
		return Call{run: func(tx core.Tx) (Answer, error) {
			d, err := r.Deposit(tx, door, envelope)
			if err != nil {
				return Answer{}, err
			}
			a := answer(202, textType, []byte(relayproto.DepositAnswer))
			a.After = afterDeposit(d, envelope)
			return a, nil
		}}, nil
	}}, nil
}

func afterDeposit(d mailbox.Deposited, envelope []byte) After {
	after := After{Deposit: Delivered, Trim: d.Trim}
	switch {
	case d.Full:
		after.Deposit = Full
	case d.Mailbox == 0:
		after.Deposit = Nobody
	default:
		after.Deliver, after.Delivery = d.Mailbox, core.Delivery{Seq: d.Seq, Data: envelope}
	}
	return after
}

func (r *Relay) mailboxEndpoint(string) (Endpoint, *Answer) {
	return Endpoint{Pays: Mailboxes, MaxBody: relayproto.MaxMailboxRequest, open: func(body []byte) (Call, *Answer) {
		update, err := r.mailboxes.OpenUpdate(body)
		if err != nil {
			a := Failed(err)
			return Call{}, &a
		}
		return Call{run: func(tx core.Tx) (Answer, error) {
			done, err := r.updateMailbox(tx, update)
			if err != nil {
				return Answer{}, err
			}
			a := answer(200, cborType, done.Answer)
			a.After.Closed = done.Closed
			return a, nil
		}}, nil
	}}, nil
}

func parseSlot(text string) (slots.ID, *Answer) {
	id, ok := slots.ParseID(text)
	if !ok {
		a := answerError(400, relayproto.Error{Code: relayproto.CodeMalformed, Message: "a slot id has 64 lower-case hex digits"})
		return id, &a
	}
	return id, nil
}

func (r *Relay) readEndpoint(rest string) (Endpoint, *Answer) {
	id, refused := parseSlot(rest)
	if refused != nil {
		return Endpoint{}, refused
	}
	return Endpoint{Pays: Reads, PaysLate: true, Value: true, open: func([]byte) (Call, *Answer) {
		return Call{Reads: true, run: func(tx core.Tx) (Answer, error) {
			value, found, err := r.slots.Get(tx, id)
			if err != nil {
				return Answer{}, err
			}
			if !found {
				return answerError(404, relayproto.Error{Code: relayproto.CodeNotFound, Message: "nothing was written there"}), nil
			}
			return answer(200, bytesType, value), nil
		}}, nil
	}}, nil
}

func (r *Relay) putEndpoint(rest string) (Endpoint, *Answer) {
	id, refused := parseSlot(rest)
	if refused != nil {
		return Endpoint{}, refused
	}
	return Endpoint{Pays: Writes, BySize: true, MaxBody: relayproto.MaxSlotValue, Value: true, open: func(value []byte) (Call, *Answer) {
		if len(value) == 0 {
			a := answerError(400, relayproto.Error{Code: relayproto.CodeMalformed, Message: "a slot's value is not empty"})
			return Call{}, &a
		}
		return Call{run: func(tx core.Tx) (Answer, error) {
			standing, won, err := r.slots.Put(tx, id, value)
			switch {
			case err != nil:
				return Answer{}, err
			case won:
				return Answer{Status: 201}, nil
			}
			return answer(412, bytesType, standing), nil
		}}, nil
	}}, nil
}
