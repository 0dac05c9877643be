package jsapi

import (
	"sync"

	"petmail/wasm/api"
)

// maxWaiting bounds the requests of one client that the agent has not taken
// yet. A page has a handful under way at most.
const maxWaiting = 256

// Agent is what the bridge connects clients to.
type Agent interface {
	// Attach adds a client. deliver takes api.Reply and api.Event values, is
	// called by one goroutine at a time and must not block; receive hands in
	// a request and may block; detach ends both and is called once, after the
	// last receive.
	Attach(deliver func(message any)) (receive func(api.Request), detach func())
}

// client is one attached page. Its goroutine, run, feeds the agent, so that
// a busy agent never blocks JavaScript.
type client struct {
	agent Agent
	send  func(text string)

	mu       sync.Mutex
	detached bool
	waiting  chan api.Request // closed by detach
}

func attach(agent Agent, send func(text string)) *client {
	c := &client{agent: agent, send: send, waiting: make(chan api.Request, maxWaiting)}
	go c.run()
	return c
}

func (c *client) run() {
	receive, detach := c.agent.Attach(c.deliver)
	for r := range c.waiting {
		receive(r)
	}
	detach()
}

func (c *client) deliver(message any) {
	text := string(encode(message))
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.detached {
		c.send(text)
	}
}

// receive takes one request as it came. It never blocks.
func (c *client) receive(text string) {
	r, refusal := decode([]byte(text))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.detached {
		return
	}
	if refusal == nil {
		select {
		case c.waiting <- r:
			return
		default:
			refusal = badRequest("too many requests at once")
		}
	}
	c.send(string(encode(api.Reply{ID: r.ID, Error: refusal})))
}

// detach ends the client. Nothing is sent to it any more.
func (c *client) detach() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.detached {
		c.detached = true
		close(c.waiting)
	}
}
