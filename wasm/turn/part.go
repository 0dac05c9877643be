package turn

import (
	"context"

	"petmail/shared/wire"
	"petmail/wasm/api"
)

// Part is one feature of the agent. All its methods run in the loop's
// goroutine.
type Part interface {
	// Name is the part's own, a word for logs and for what waits.
	Name() string
	// Kinds are the records it owns: the same each time.
	Kinds() []*Kind
	// Load replaces all volatile state by what is stored; it is called at the
	// start and after each turn that failed. The error is the store's.
	Load(Reader) error
	// Commands are what pages may ask of it.
	Commands() []Command
	// View adds what a page shows at first. Times are those that count.
	View(*api.Snapshot)
	// Next is when something will be due, unix ms; 0: never. It is asked after
	// each turn.
	Next() int64
	// Due does what has become due. It runs in a turn of its own kind, never in
	// one with a command, so that what it cannot store costs nobody an answer.
	// If it fails, it waits by itself, and the other parts go on.
	Due(Turn)
	// Work starts what requests are needed. It is called after each turn,
	// once that is durable, and when the connections have been opened; it
	// changes only volatile state. Answers come by Net.Post.
	Work(Net)
}

// Base is the part that the loop itself asks: who we are, and what time it is.
type Base interface {
	Part
	// Started reports whether there is anybody yet: until then no part is given
	// work, and few commands are obeyed.
	Started() bool
	// Now is the time that counts, unix ms.
	Now() int64
	// Shown is the time, unix ms, up to which nothing that is over is shown.
	Shown() int64
	// Start begins to count where the last process stopped; something is known
	// to have been stored at that time (unix ms; 0: nothing). It is called before
	// the first Load, when nothing is known, and after it.
	Start(known int64)
	// Rewrite stores something again as it is, to see whether that can be done.
	Rewrite(Turn)
}

// What a part may do besides.
type (
	// Retrier forgets how long it was going to wait: the network is back.
	Retrier interface{ Retry() }
	// Waiter is told until when (unix ms) there will be no connections.
	Waiter interface{ Waits(until int64) }
	// Urgent, if it says so, does what is due before anybody is shown anything.
	Urgent interface{ Urgent() bool }
	// Settler ends what a turn has begun, before it is stored.
	Settler interface{ Settle(Turn) }
	// OwnerLoader reads again what it holds of one owner.
	OwnerLoader interface {
		LoadOwner(r Reader, owner wire.ID) error
	}
	// Checker decodes a record, of its own kinds, that did not decode before.
	Checker interface {
		Check(key string, value []byte) error
	}
	// Resumer does what has waited while an owner was set aside.
	Resumer interface{ Resume(t Turn, owner wire.ID) }
	// Forgetter lets go of an owner that is deleted: of what it holds, and of what
	// stands in other records than those that go with it.
	Forgetter interface{ Forget(t Turn, owner wire.ID) }
	// Shower has the pages see how an owner stands.
	Shower interface{ Show(t Turn, owner wire.ID) }
	// Leaver says goodbye outside when this Petmail is erased; ctx bounds it.
	Leaver interface{ Leave(ctx context.Context) }
)

// Bare does nothing of what a part may leave out: it has no records, no
// commands, nothing to show, nothing due and no requests. Parts embed it.
type Bare struct{}

// Kinds implements Part.
func (Bare) Kinds() []*Kind { return nil }

// Load implements Part.
func (Bare) Load(Reader) error { return nil }

// Commands implements Part.
func (Bare) Commands() []Command { return nil }

// View implements Part.
func (Bare) View(*api.Snapshot) {}

// Next implements Part.
func (Bare) Next() int64 { return 0 }

// Due implements Part.
func (Bare) Due(Turn) {}

// Work implements Part.
func (Bare) Work(Net) {}
