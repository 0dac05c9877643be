package turn

import (
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
)

// Turn is one step of the loop: changes of records, which are committed
// together, and what is to happen once they are durable. It ends with the call
// that it was handed to.
type Turn interface {
	// Itself is the turn, whatever a part has put around it.
	Itself() Turn
	Now() int64  // the time that counts, unix ms; see package clock
	Wall() int64 // what the machine's clock shows, unix ms

	// Get reads a record as this turn leaves it; nil: there is none.
	Get(k *Kind, owner wire.ID, rest string) []byte
	// Scan reads records whose keys begin with a kind's prefix and with
	// under, as they are stored, from (exclusively) a key on.
	Scan(k *Kind, under, from string, reverse bool, limit int) []store.Record
	// Put stores a record: v is encoded as CBOR. Kinds that were not declared
	// are refused.
	Put(k *Kind, owner wire.ID, rest string, v any)
	// PutBytes stores what is no CBOR.
	PutBytes(k *Kind, owner wire.ID, rest string, b []byte)
	Delete(k *Kind, owner wire.ID, rest string)

	// Emit sends an event to every page when the turn is durable. Times in it
	// are those that count.
	Emit(api.Event)
	// Then has f called when the turn is durable, before its events go out.
	Then(f func())

	// Refresh has every page told everything when the turn is durable.
	Refresh()
	// Snapshot is what a page shows at first, as things stand.
	Snapshot() api.Snapshot
	// Net is the connections that there are.
	Net() Net
	// Retry has every part try at once what waits to be tried again: the network
	// is back.
	Retry()

	// Begin makes an owner of records, Forget deletes all that an owner has: at
	// once what makes it one, and of its other records at most limit, of each of
	// which seen is told. It reports whether that was all; else it is to be called
	// again.
	Begin(owner wire.ID)
	Forget(owner wire.ID, limit int, seen func(k *Kind, key string)) (all bool)

	// For runs f, which is work of one conversation: a body, an answer of a
	// relay, what is due. It returns false, and leaves f out, where the
	// conversation is set aside. If f panics or calls Fail, and it is not the
	// store that failed, the turn is thrown away, the conversation set aside,
	// and the turn run again without it.
	For(owner wire.ID, work string, f func()) bool
	// In is For that leaves nothing out.
	In(owner wire.ID, work string, f func())
	// Own makes the rest of an input, or of a command, work of a conversation.
	Own(owner wire.ID, work string)
	// Trying has undo called, should the conversation be set aside because of what
	// follows, in the turn that does so; nil: no more of that follows.
	Trying(undo func(Turn))
	// SetAside has a conversation wait, because of err, until it is tried
	// again. What this turn has changed of it stands: call it where a rule
	// has returned an error and changed nothing.
	SetAside(owner wire.ID, err error)
	// Fail throws the turn away. It is for failures of the store and for
	// defects, not for bad input. It does not return.
	Fail(error)

	// Met is called before every call of a rule of an owner: tests have it
	// fail or panic there. It does nothing else.
	Met(owner wire.ID, rule string) error
}
