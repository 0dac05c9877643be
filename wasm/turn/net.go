package turn

import (
	"context"

	"petmail/shared/wire"
)

// Net is the connections of an agent from one reading of its state to the
// next. After a failure there is another one.
type Net interface {
	// Go runs f in a goroutine that ends with the connections: f must return
	// when ctx ends.
	Go(f func(ctx context.Context))
	// Post hands an input to the loop. It may be called from any goroutine.
	// What comes after the connections have ended is passed over.
	Post(Input)
	// Keep has a connection closed when all are, and nudged when the network
	// is back. release closes it earlier, without waiting for that.
	Keep(Connection) (release func())
	// Done is closed when the connections end.
	Done() <-chan struct{}
}

// Connection is one that a part has opened. Both methods may be called from
// any goroutine; Close returns when nothing of it runs any more.
type Connection interface {
	Close()
	Nudge() // try now
}

// Input is something that came from outside and belongs to no conversation.
type Input struct {
	wire.Redacted
	Work string // a word of ours, never content
	Do   func(Turn)
	// Dropped, if set, is told when Do had no effect because it failed, and not
	// because the store did. What it fails for comes again with each
	// connection: see to it that it does not. It is called after Load.
	Dropped func(error)
	// Unstored, if set, is told when Do had no effect because the store failed.
	// What comes from a relay comes again with the next connections.
	Unstored func()
}
