package agent

import (
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
)

// turn is one step of the loop: changes of records, committed together, and
// what is to happen once they are durable.
type turn struct {
	wire.Redacted
	a    *Agent
	now  int64 // the time that counts, unix ms (clockcheck.go)
	wall int64 // what the machine's clock shows, unix ms

	batch  store.Batch
	dirty  map[wire.ID]*entry // conversations to be stored
	hidden map[wire.ID]*entry // conversations whose previewed message is gone
	events []api.Event
	after  []func()

	// Whose work this is, so that a failure stays with them.
	scope  scope
	input  int                  // number of the input that is being handled; -1: none
	bodies map[wire.ID][]int    // inputs that were bodies, by conversation
	tried  map[wire.ID][]uint64 // held bodies that were tried
	again  map[wire.ID]bool     // conversations that were set aside and are tried again
}

// then has f called when the turn is durable, before its events go out.
func (t *turn) then(f func()) { t.after = append(t.after, f) }

// emit sends an event to every page when the turn is durable.
func (t *turn) emit(e api.Event) { t.events = append(t.events, t.a.dated(e)) }

// touch has a conversation stored, and shown to the pages, with this turn.
func (t *turn) touch(e *entry) { t.dirty[e.c.ID] = e }

// get reads a record as this turn leaves it.
func (t *turn) get(key string) ([]byte, error) {
	for i := len(t.batch.Ops) - 1; i >= 0; i-- {
		if t.batch.Ops[i].Key == key {
			return t.batch.Ops[i].Value, nil
		}
	}
	return t.a.config.Store.Get(key)
}

// fail ends the turn: nothing of it takes effect, and the state is read again.
// It is for failures of the store and for defects, not for bad input. In the
// work of one conversation, all but failures of the store have it set aside.
func (t *turn) fail(err error) { panic(turnFailure{err}) }

// finish carries out what a durable turn leaves to do. A panic here is not
// recovered, since the turn stands: it ends the process, and the host starts
// a fresh one from the store.
func (a *Agent) finish(t *turn) {
	for _, f := range t.after {
		f()
	}
	for _, e := range t.events {
		for p := range a.pages {
			p.deliver(e)
		}
	}
	a.deposit()
	a.workSlots()
	a.workDoors()
	a.readClock()
}
