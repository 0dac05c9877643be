package agent

import (
	"context"
	"sync"

	"petmail/shared/wire"
	"petmail/wasm/turn"
)

// connections is everything of the agent that talks to relays, from one
// reading of the stored state to the next. It is owned by the loop.
type connections struct {
	wire.Redacted
	a      *Agent
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup // requests under way

	open     bool                       // false: after a failure, until the wait is over
	kept     map[uint64]turn.Connection // opened by parts
	nextKept uint64
}

// newConnections returns connections that are not open yet: of these only
// start works.
func (a *Agent) newConnections() *connections {
	ctx, cancel := context.WithCancel(context.Background())
	return &connections{a: a, ctx: ctx, cancel: cancel, kept: make(map[uint64]turn.Connection)}
}

// connect opens the connections for the loaded state.
func (a *Agent) connect() {
	a.conn.open = true
	a.work()
}

// work starts what requests are needed. It runs after each turn, outside of it:
// it changes only volatile state.
func (a *Agent) work() {
	if !a.conn.open || !a.base.Started() {
		return
	}
	for _, p := range a.parts {
		p.Work(a.conn)
	}
}

// start runs f in a goroutine that close waits for; f must end with ctx.
func (c *connections) start(f func(ctx context.Context)) {
	c.group.Go(func() { f(c.ctx) })
}

// close ends all connections and waits for their goroutines. What they still
// post is passed over.
func (c *connections) close() {
	c.cancel()
	for _, k := range c.kept {
		k.Close()
	}
	c.group.Wait()
}

// retryNow forgets all waiting: the network is back.
func (a *Agent) retryNow() {
	for _, p := range a.parts {
		if r, ok := p.(turn.Retrier); ok {
			r.Retry()
		}
	}
}

// nudge has everything that waits for the network try now.
func (c *connections) nudge() {
	c.a.retryNow()
	for _, k := range c.kept {
		k.Nudge()
	}
}
