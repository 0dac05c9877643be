package agent

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"petmail/wasm/turn"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
)

// storeError is a failure of the store: no conversation's fault. Whatever else
// fails is a defect, or what somebody's data has brought about.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

func isStore(err error) bool {
	var e *storeError
	return errors.As(err, &e)
}

// recovery is how the agent stands after what has failed; volatile.
type recovery struct {
	failures    int   // in a row, that were nobody's
	lastFailure int64 // unix ms
	reconnectAt int64 // unix ms: connections are opened then; 0: they are
	full        bool  // there is no room on the disk
	refused     int   // in a row: commits for which there was no room
	dueFailed   int   // in a row: all due work
	dueAfter    int64 // unix ms: no due work before
	kinds       map[string]wait
	told        bool // that due work fails again and again
}

// typedStore has the store's failures told by their type. A batch that the
// store's bounds forbid is none of them.
type typedStore struct{ store.Store }

func typed(err error) error {
	if err == nil || errors.Is(err, store.ErrInvalid) {
		return err
	}
	return &storeError{err}
}

func (s typedStore) Get(key string) ([]byte, error) {
	b, err := s.Store.Get(key)
	return b, typed(err)
}

func (s typedStore) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	records, err := s.Store.Scan(prefix, from, reverse, limit)
	return records, typed(err)
}

func (s typedStore) Commit(b *store.Batch) error { return typed(s.Store.Commit(b)) }

// scope is whose work a turn is doing: one conversation's, a part's, or
// nobody's.
type scope struct {
	wire.Redacted
	owner wire.ID
	work  string          // a word of ours, never content
	undo  func(turn.Turn) // undoes what is being tried; nil: nothing is
	alone bool            // an input that came from outside, to a part
	due   string
}

// forKind runs due work that is no conversation's. If it fails, it waits by
// itself, and everything else goes on.
func (t *step) forKind(kind string, f func()) {
	if t.now < max(t.a.kinds[kind].until, t.a.pause) {
		return
	}
	was := t.scope
	t.scope = scope{due: kind, work: kind}
	if err := t.a.met(wire.ID{}, "due "+kind); err != nil {
		t.fail(err)
	}
	f()
	t.scope = was
	if t.a.kinds[kind].failed > 0 {
		t.then(func() {
			delete(t.a.kinds, kind)
			t.a.tellTrouble()
		})
	}
}

// wait is how a kind of due work stands that has failed; volatile.
type wait struct {
	failed int   // in a row
	until  int64 // unix ms
}

// troubleAfter is after how many failures in a row a kind of due work is shown
// to the person.
const troubleAfter = 3

// failure is why a turn was thrown away.
type failure struct {
	wire.Redacted
	scope
	err    error
	again  bool              // the conversation was set aside, and tried again
	causes []int             // inputs that brought it about and are not to be run again
	undo   []func(turn.Turn) // what undoes what did
}

// turnFailure is what turn.fail throws.
type turnFailure struct{ err error }

// failed makes a failure of what was thrown.
func (t *step) failed(thrown any) *failure {
	f := &failure{scope: t.scope, again: t.again[t.scope.owner]}
	if failed, ok := thrown.(turnFailure); ok {
		f.err = failed.err
	} else {
		// The place is enough to mend it.
		t.a.log.Error("turn panicked", "type", fmt.Sprintf("%T", thrown), "work", t.scope.work, "stack", string(debug.Stack()))
		f.err = turn.ErrPanic
	}
	switch {
	case isStore(f.err):
		f.scope = scope{}
	case t.scope.undo != nil:
		f.undo = []func(turn.Turn){t.scope.undo}
	case t.input >= 0:
		f.causes = []int{t.input}
	default: // while storing: whatever came for it in this turn
		f.causes, f.undo = t.causes[t.scope.owner], t.tried[t.scope.owner]
	}
	return f
}

// run handles inputs in one turn. If that fails, the state is restored. What
// one conversation caused has it set aside, what one kind of due work caused
// has that wait, and the other inputs run again in one turn without it.
// Otherwise each is tried in a turn of its own, so that one poisonous input
// cannot take others with it, nor come back for ever: dropped is told to give
// it up.
func (a *Agent) run(inputs []input) {
	conn := a.conn
	for {
		t, f := a.attempt(conn, inputs)
		if f == nil {
			a.finish(t)
			return
		}
		a.restore(f)
		if a.fatal != nil {
			return
		}
		if !a.contain(f) {
			if len(inputs) == 1 {
				a.drop(inputs[0], f)
				return
			}
			break
		}
		if a.fatal != nil {
			return
		}
		var rest []input
		for i, in := range inputs {
			if !in.recurring && slices.Contains(f.causes, i) {
				a.drop(in, f)
			} else {
				rest = append(rest, in)
			}
		}
		if inputs = rest; len(inputs) == 0 {
			return
		}
	}
	for i := range inputs {
		if a.fatal == nil {
			in := inputs[i]
			if in.conn == conn && conn != a.conn {
				in.conn = a.conn // it came before the failure
			}
			a.run([]input{in})
		}
	}
}

// drop gives up an input.
func (a *Agent) drop(in input, f *failure) {
	if in.recurring {
		a.dueAfter = a.nowMilli() + turn.Backoff(a.dueFailed)
		a.dueFailed++
	}
	if in.dropped != nil {
		in.dropped(f.err)
	}
}

// contain keeps what has failed from the next turns; false: it is nobody's, or
// that cannot be stored. Each time that it returns true, less is left to run,
// so that run ends.
func (a *Agent) contain(f *failure) bool {
	if f.due != "" {
		w := a.kinds[f.due]
		a.kinds[f.due] = wait{failed: w.failed + 1, until: a.nowMilli() + turn.Backoff(w.failed)}
		a.tellTrouble()
		return true
	}
	o := a.owners[f.owner]
	if f.owner.IsZero() || o == nil || o.isAside() && !f.again {
		return false
	}
	t, g := a.attempt(a.conn, []input{{do: func(t *step) {
		for _, undo := range f.undo {
			undo(t)
		}
		t.scope, t.again[f.owner] = f.scope, true
		t.scope.undo = nil
		t.SetAside(f.owner, f.err)
	}}})
	if g != nil {
		a.restore(g)
		return false
	}
	a.finish(t)
	return true
}

// attempt runs one turn; inputs of other connections than conn are out of
// date and are passed over. On failure nothing has been stored and nothing
// sent, but the state in memory is not to be trusted.
func (a *Agent) attempt(conn *connections, inputs []input) (t *step, f *failure) {
	t = &step{
		a: a, now: a.nowMilli(), wall: a.wallMilli(),
		causes: make(map[wire.ID][]int), tried: make(map[wire.ID][]func(turn.Turn)), again: make(map[wire.ID]bool),
	}
	defer func() {
		if thrown := recover(); thrown != nil {
			f = t.failed(thrown)
		}
	}()
	if err := a.met(wire.ID{}, "turn"); err != nil {
		t.fail(err)
	}
	for i, in := range inputs {
		if in.conn == nil || in.conn == conn {
			t.input, t.posted, t.scope = i, in.posted, scope{}
			in.do(t)
		}
	}
	t.input, t.posted, t.scope = -1, false, scope{}
	for _, p := range a.parts {
		if s, ok := p.(turn.Settler); ok {
			s.Settle(t)
		}
	}
	t.checkSizes()
	if !t.batch.Empty() {
		t.checkRoom()
		if err := a.config.Store.Commit(&t.batch); err != nil {
			t.fail(fmt.Errorf("couldn't store: %w", err))
		}
		a.stored()
	}
	return t, nil
}

// checkSizes finds a record that the store would not take, and whose it is.
func (t *step) checkSizes() {
	for _, op := range t.batch.Ops {
		if len(op.Value) <= store.MaxValue {
			continue
		}
		if id, ok := t.a.declared.OwnerOf(op.Key); ok {
			t.scope = scope{owner: id, work: "save"}
		}
		t.fail(turn.ErrTooBig)
	}
}

// restore puts the stored state back after a failed turn, with connections of
// its own: envelopes that were not acknowledged come again over the new ones.
// These are opened after a wait, so that whatever fails again and again does
// not keep the machine, or the relay, busy.
func (a *Agent) restore(f *failure) {
	a.log.Error("restoring the stored state", "cause", f.err, "work", f.work)
	open := a.conn.open
	a.conn.close()
	if err := a.load(); err != nil {
		// Nothing can be trusted any more.
		a.fatal = fmt.Errorf("couldn't restore state: %w", err)
		return
	}
	now := a.nowMilli()
	failed := 0 // of one conversation or part: these wait by themselves
	nobodys := f.owner.IsZero() && !f.alone && f.due == ""
	if nobodys && errors.Is(f.err, turn.ErrPanic) {
		a.restarted = a.config.Now()
	}
	if nobodys && open {
		if now-a.lastFailure > calm.Milliseconds() {
			a.failures = 0
		}
		failed = a.failures
		a.failures++
		a.lastFailure = now
		a.pause = now + turn.Backoff(failed)
	}
	a.reconnectAt = max(a.reconnectAt, now+turn.Backoff(failed))
	a.conn = a.newConnections()
	for _, p := range a.parts {
		if w, ok := p.(turn.Waiter); ok {
			w.Waits(a.reconnectAt)
		}
	}
	a.fullDisk(f.err)
	for p := range a.pages {
		p.deliver(api.EventSnapshot.Of(a.snapshot()))
	}
}

// calm is how long nothing may fail until that is forgotten.
const calm = 10 * time.Minute

// reconnect opens the connections after a failure, when their wait is over.
func (a *Agent) reconnect() {
	if a.reconnectAt == 0 || a.nowMilli() < a.reconnectAt {
		return
	}
	if !a.roomYet() {
		return
	}
	a.reconnectAt = 0
	a.connect()
}

// tellTrouble shows the pages whether due work fails again and again.
func (a *Agent) tellTrouble() {
	trouble := a.trouble()
	if trouble == a.told {
		return
	}
	a.told = trouble
	for p := range a.pages {
		p.deliver(api.EventTrouble.Of(trouble))
	}
}

func (a *Agent) trouble() bool {
	for _, w := range a.kinds {
		if w.failed >= troubleAfter {
			return true
		}
	}
	return false
}

// safely runs what changes nothing, and makes an error of its panic.
func (a *Agent) safely(work string, f func() error) error { return turn.Safely(a.log, work, f) }

// met is called before every call of a rule: tests have it fail or panic
// there. It does nothing else.
func (a *Agent) met(owner wire.ID, rule string) error {
	if a.config.fault == nil {
		return nil
	}
	return a.config.fault(owner, rule)
}
