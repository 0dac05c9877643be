package agent

import (
	"errors"
	"fmt"
	"runtime/debug"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
)

// turn is one step of the loop: changes of records, committed together, and
// what is to happen once they are durable.
type turn struct {
	a   *Agent
	now int64 // unix ms

	batch  store.Batch
	dirty  map[wire.ID]*entry // conversations to be stored
	hidden map[wire.ID]*entry // conversations whose previewed message is gone
	events []api.Event
	after  []func()
}

// then has f called when the turn is durable, before its events go out.
func (t *turn) then(f func()) { t.after = append(t.after, f) }

// emit sends an event to every page when the turn is durable.
func (t *turn) emit(e api.Event) { t.events = append(t.events, e) }

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
// It is for failures of the store and for defects, not for bad input.
func (t *turn) fail(err error) { panic(turnFailure{err}) }

type turnFailure struct{ err error }

var errPanic = errors.New("a defect was met")

// run handles inputs in one turn. If that fails, the state is restored and
// each is tried in a turn of its own, so that one poisonous input cannot take
// others with it, nor come back for ever: dropped is told to give it up.
func (a *Agent) run(inputs []input) {
	conn := a.conn
	t, err := a.attempt(conn, inputs)
	if err == nil {
		a.finish(t)
		return
	}
	a.recover(err)
	for _, in := range inputs {
		if a.fatal != nil {
			return
		}
		if len(inputs) > 1 {
			if t, err = a.attempt(conn, []input{in}); err == nil {
				a.finish(t)
				continue
			}
			a.recover(err)
		}
		if in.dropped != nil && a.fatal == nil {
			in.dropped(err)
		}
	}
}

// attempt runs one turn; inputs of other connections than conn are out of
// date and are passed over. On error nothing has been stored and nothing sent,
// but the state in memory is not to be trusted.
func (a *Agent) attempt(conn *connections, inputs []input) (t *turn, err error) {
	t = &turn{a: a, now: a.nowMilli(), dirty: make(map[wire.ID]*entry), hidden: make(map[wire.ID]*entry)}
	a.look(t.now)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case turnFailure:
			err = r.err
		default:
			// The value of a panic may quote what it choked on; the place is
			// enough to mend it.
			a.log.Error("turn panicked", "type", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	for _, in := range inputs {
		if in.conn == nil || in.conn == conn {
			in.do(t)
		}
	}
	t.previewAgain()
	for _, e := range t.dirty {
		t.save(e)
		t.emit(api.Event{Conversation: e.view()})
	}
	if !t.batch.Empty() {
		if err := a.config.Store.Commit(&t.batch); err != nil {
			return nil, fmt.Errorf("couldn't store: %w", err)
		}
	}
	return t, nil
}

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
}

// recover puts the stored state back after a failed turn, with connections of
// its own: envelopes that were not acknowledged come again over the new ones.
func (a *Agent) recover(cause error) {
	a.log.Error("restoring the stored state", "cause", cause)
	a.pause = a.nowMilli() + pauseAfterFailure.Milliseconds()
	a.conn.close()
	if err := a.load(); err != nil {
		// Nothing can be trusted any more.
		a.fatal = fmt.Errorf("couldn't restore state: %w", err)
		return
	}
	if errors.Is(cause, errPanic) {
		a.restarted = a.config.Now()
	}
	a.connect()
	for p := range a.pages {
		p.deliver(api.Event{Snapshot: a.snapshot()})
	}
}
