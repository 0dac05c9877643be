package agent

import (
	"fmt"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// step is one turn of the loop: changes of records, committed together, and
// what is to happen once they are durable.
type step struct {
	wire.Redacted
	a    *Agent
	now  int64 // the time that counts, unix ms (clockcheck.go)
	wall int64 // what the machine's clock shows, unix ms

	batch  store.Batch
	events []api.Event
	all    bool // pages are told everything
	after  []func()

	// Whose work this is, so that a failure stays with them.
	scope  scope
	input  int                           // number of the input that is being handled; -1: none
	posted bool                          // it came from outside, by Net.Post
	causes map[wire.ID][]int             // such inputs, by whose work they were
	tried  map[wire.ID][]func(turn.Turn) // what undoes what was tried
	again  map[wire.ID]bool              // owners that were set aside and are tried again
}

// then has f called when the turn is durable, before its events go out.
func (t *step) then(f func()) { t.after = append(t.after, f) }

// emit sends an event to every page when the turn is durable.
func (t *step) emit(e api.Event) {
	e.Data = t.a.dated(e.Data)
	t.events = append(t.events, e)
}

// put encodes a record and stores it.
func (t *step) put(key string, v any) {
	b, err := wire.Marshal(v)
	if err != nil {
		t.fail(fmt.Errorf("couldn't encode record: %w", err))
	}
	t.putBytes(key, b)
}

func (t *step) putBytes(key string, b []byte) {
	if len(b) > maxRecord {
		t.fail(turn.ErrTooBig)
	}
	t.batch.Put(key, b)
}

// maxRecord bounds a record, in bytes.
const maxRecord = store.MaxValue

// get reads a record as this turn leaves it.
func (t *step) get(key string) ([]byte, error) {
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
func (t *step) fail(err error) { panic(turnFailure{err}) }

// finish carries out what a durable turn leaves to do. A panic here is not
// recovered, since the turn stands: it ends the process, and the host starts
// a fresh one from the store.
func (a *Agent) finish(t *step) {
	for _, f := range t.after {
		f()
	}
	if t.all {
		t.events = append(t.events, api.EventSnapshot.Of(a.snapshot()))
	}
	for _, e := range t.events {
		for p := range a.pages {
			p.deliver(e)
		}
	}
	a.work()
}
