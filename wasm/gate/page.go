package gate

import (
	"encoding/json"
	"errors"
	"sync"

	"petmail/shared/wire"
	"petmail/wasm/api"
)

// greeting is the id of the hello that the gate sends for a page; pages begin
// at 1.
const greeting = -1

// page is one attached page. The gate's mu guards what connects it to the
// agent.
type page struct {
	wire.Redacted
	gate *Gate

	greeted bool // it said hello, and waits for events
	receive func(api.Request)
	detach  func()

	mu      sync.Mutex // one message at a time
	silent  bool       // the agent has nothing to say to it any more
	deliver func(message any)
}

// Attach implements jsapi.Agent.
func (g *Gate) Attach(deliver func(message any)) (receive func(api.Request), detach func()) {
	p := &page{gate: g, deliver: deliver}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pages[p] = true
	if g.phase == opened {
		p.enter(g.agent)
	}
	return p.take, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.pages, p)
		p.leave()
	}
}

// enter connects the page to the agent; the gate's mu is held. A page that
// has waited gets its snapshot.
func (p *page) enter(a Agent) {
	p.receive, p.detach = a.Attach(p.fromAgent)
	if p.greeted {
		p.receive(api.Request{ID: greeting, Command: api.CmdHello.Name(), Args: json.RawMessage("{}")})
	}
}

// leave disconnects it; the gate's mu is held. Nothing of the agent reaches
// the page after that.
func (p *page) leave() {
	p.mu.Lock()
	p.silent = true
	p.mu.Unlock()
	if p.detach != nil {
		p.detach()
		p.receive, p.detach = nil, nil
	}
}

// tell sends a message of the gate's own.
func (p *page) tell(message any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deliver(message)
}

// fromAgent passes on what the agent says. Snapshots get the locks, which the
// agent does not know.
func (p *page) fromAgent(message any) {
	switch m := message.(type) {
	case api.Reply:
		snapshot, ok := m.Result.(api.Snapshot)
		switch {
		case ok && m.ID == greeting:
			message = api.EventSnapshot.Of(p.gate.withLocks(snapshot))
		case ok:
			m.Result = p.gate.withLocks(snapshot)
			message = m
		case m.ID == greeting:
			return // refused: the agent starts over, and tells everything then
		}
	case api.Event:
		if snapshot, ok := api.EventSnapshot.In(m); ok {
			message = api.EventSnapshot.Of(p.gate.withLocks(snapshot))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.silent {
		p.deliver(message)
	}
}

func (g *Gate) withLocks(s api.Snapshot) api.Snapshot {
	s.Locks = locksOf(g.current())
	return s
}

// take handles one request. It may take as long as opening the vault does.
func (p *page) take(r api.Request) {
	for _, c := range commands() {
		if c.Name == r.Command {
			p.tell(reply(r.ID, api.None{}, c.run(p.gate, r.Args)))
			return
		}
	}
	p.pass(r)
}

func (p *page) open() bool {
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	return p.receive != nil
}

// pass hands a request to the agent. Without one, only hello and erase have an
// answer.
func (p *page) pass(r api.Request) {
	if r.Command == api.CmdErase.Name() && !p.open() {
		p.tell(reply(r.ID, api.None{}, p.gate.erase()))
		return
	}
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	switch {
	case p.receive != nil:
		p.receive(r)
	case r.Command == api.CmdHello.Name():
		p.greeted = true
		p.tell(reply(r.ID, p.gate.snapshot(), nil))
	default:
		p.tell(reply(r.ID, nil, refuse(api.ErrLocked, "unlock first")))
	}
}

func reply(id int, result any, err error) api.Reply {
	var refusal *api.Error
	if errors.As(err, &refusal) {
		return api.Reply{ID: id, Error: refusal}
	}
	if err != nil {
		return api.Reply{ID: id, Error: &api.Error{Code: api.ErrInternal, Message: "couldn't do it"}}
	}
	return api.Reply{ID: id, Result: result}
}
