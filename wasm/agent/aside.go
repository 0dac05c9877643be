package agent

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// A conversation whose data has caused an error is set aside, and the others
// go on: nothing of it is worked on until it is tried again.

const prefAside = "aside/" // aside/<conversation>: aside

func asideKey(id wire.ID) string { return prefAside + id.String() }

// aside is how a conversation stands that has caused an error.
type aside struct {
	wire.Redacted
	Work    string `cbor:"1,keyasint"`           // what was being done; a word of ours, never content
	Code    string `cbor:"2,keyasint"`           // one of the code… words
	Times   uint64 `cbor:"3,keyasint"`           // that it has failed within the last day
	Next    int64  `cbor:"4,keyasint"`           // unix ms: it is tried again then; 0: it goes on
	Version string `cbor:"5,keyasint"`           // of the program in which it has failed
	Record  string `cbor:"6,keyasint,omitempty"` // key of the record that did not decode
	Since   int64  `cbor:"7,keyasint,omitempty"` // unix ms: it goes on since then
}

// What is known of an error without quoting anything.
const (
	codePanic  = "panic"
	codeError  = "error"
	codeDecode = "decode"
	codeSize   = "size"
)

// Waits between two tries.
const (
	asideFirst = time.Minute // doubling
	asideMost  = 24 * time.Hour
)

// asideCalm is how long a conversation has to go on until its failures are
// forgotten, so that one that fails time and again is tried ever less.
const asideCalm = 24 * time.Hour

// decodeError is a record that does not decode.
type decodeError struct {
	wire.Redacted
	key string
	err error
}

func (e *decodeError) Error() string { return fmt.Sprintf("couldn't decode record: %v", e.err) }
func (e *decodeError) Unwrap() error { return e.err }

// isAside reports whether a conversation is set aside.
func (e *entry) isAside() bool { return e.aside != nil && e.aside.Next != 0 }

// forOwner runs f, which is work of one conversation: a body, the answer of a
// slot or of a deposit, due work. It returns false, and leaves f out, where
// the conversation is aside. If f panics or calls fail, and it is not the store
// that failed, the turn is thrown away, the conversation set aside, and the
// turn run again without it. Where a rule returns an error and has changed
// nothing, call setAside instead and go on.
func (t *turn) forOwner(e *entry, work string, f func()) bool {
	if e.isAside() {
		return false
	}
	t.inScope(e, work, f)
	return true
}

// setAside has a conversation wait, because of err, until it is tried again.
// What this turn has changed of it stands.
func (t *turn) setAside(e *entry, err error) {
	if isStore(err) {
		t.fail(err)
	}
	if e.isAside() && !t.again[e.c.ID] {
		return
	}
	delete(t.again, e.c.ID) // once a turn
	t.a.log.Error("conversation set aside", "work", t.scope.work, "code", codeOf(err))
	t.putAside(e, asideAfter(e.aside, t.scope.work, err, t.now, t.a.config.Version))
	t.emit(api.Event{Conversation: e.view()})
}

// failedOutside has a conversation set aside in the next turn, because of what
// failed outside of one. After a panic, memory is not to be trusted: that turn
// is thrown away first.
func (a *Agent) failedOutside(id wire.ID, work string, err error) {
	a.inbox.post(input{do: func(t *turn) {
		e := t.a.state.conversations[id]
		if e == nil {
			return
		}
		e.slot.busy = false
		t.forOwner(e, work, func() {
			if errors.Is(err, errPanic) {
				t.fail(err)
			}
			t.setAside(e, err)
		})
	}})
}

func (t *turn) putAside(e *entry, a *aside) {
	e.aside, e.asideNew = a, false
	t.put(asideKey(e.c.ID), a)
}

// asideAfter is how a conversation stands after one more error.
func asideAfter(was *aside, work string, err error, now int64, version string) *aside {
	a := &aside{Work: work, Code: codeOf(err), Times: 1, Version: version}
	if was != nil {
		a.Times = was.Times + 1
	}
	a.Next = now + min(asideFirst<<min(a.Times-1, 16), asideMost).Milliseconds()
	var damaged *decodeError
	if errors.As(err, &damaged) {
		a.Record = damaged.key
	}
	return a
}

func codeOf(err error) string {
	var damaged *decodeError
	switch {
	case errors.Is(err, errPanic):
		return codePanic
	case errors.As(err, &damaged):
		return codeDecode
	case errors.Is(err, errTooBig):
		return codeSize
	default:
		return codeError
	}
}

// dueAside does what has become due of a conversation that is aside, or was.
func (t *turn) dueAside(e *entry) {
	switch {
	case e.aside == nil:
	case e.isAside() && e.aside.Next <= t.now:
		scoped := t.scope
		t.scope, t.again[e.c.ID] = scope{owner: e.c.ID, work: "again"}, true
		t.tryAgain(e)
		t.scope = scoped
	case e.asideNew:
		t.putAside(e, e.aside)
	case !e.isAside() && t.now-e.aside.Since >= asideCalm.Milliseconds():
		e.aside = nil
		t.batch.Delete(asideKey(e.c.ID))
	}
}

// nextAside returns when dueAside has something to do; 0: never.
func (e *entry) nextAside() int64 {
	switch {
	case e.aside == nil:
		return 0
	case e.asideNew:
		return 1
	case e.isAside():
		return e.aside.Next
	default:
		return e.aside.Since + asideCalm.Milliseconds()
	}
}

// tryAgain lets a conversation that was set aside do all that has waited. If
// that fails, it waits longer.
func (t *turn) tryAgain(e *entry) {
	was, id := e.aside, e.c.ID
	if e.damage != nil {
		fresh, err := t.a.loadOwner(id)
		if err != nil {
			t.fail(err)
		}
		if fresh == nil {
			return
		}
		if fresh.damage != nil {
			t.setAside(e, fresh.damage)
			return
		}
		fresh.aside = was
		t.a.state.conversations[id] = fresh
		e = fresh
	}
	if was.Record != "" {
		if err := t.recheck(was.Record); err != nil {
			t.setAside(e, err)
			return
		}
	}
	on := &aside{Work: was.Work, Code: was.Code, Times: was.Times, Version: was.Version, Since: t.now}
	e.aside = on
	t.inScope(e, "again", func() {
		if e.c.State == conversation.Open {
			t.takeHeld(e)
			t.sealUnsent(e)
			t.dueOf(e)
		}
	})
	if e.isAside() {
		return
	}
	t.putAside(e, on)
	t.touch(e)
}

// recheck reads again what did not decode.
func (t *turn) recheck(key string) error {
	b, err := t.get(key)
	if err != nil {
		t.fail(err)
	}
	if b == nil || !strings.HasPrefix(key, prefMessage) {
		return nil // gone, or read with everything else
	}
	_, err = t.a.decodeMessage(key, b)
	return err
}

// asideRetry is the person's Try now.
func (t *turn) asideRetry(args api.ConversationArgs) (any, error) {
	e, err := t.findAny(args.Conversation)
	if err != nil {
		return nil, err
	}
	if e.isAside() {
		now := *e.aside
		now.Next = t.now
		t.putAside(e, &now)
	}
	return nil, nil
}

// loadAside reads how the conversations in s stand that have caused an error.
// Those whose records did not decode just now join them.
func (a *Agent) loadAside(s *state) error {
	now := a.nowMilli()
	if err := a.scan(prefAside, func(key string, value []byte) error {
		e := s.owner(key, prefAside)
		if e == nil {
			return nil
		}
		var r aside
		if err := wire.Unmarshal(value, &r, maxRecord); err != nil {
			e.aside, e.asideNew = asideAfter(nil, "load", &decodeError{key: key, err: err}, now, a.config.Version), true
			return nil
		}
		if r.Next != 0 && r.Version != a.config.Version {
			r.Next = min(r.Next, now) // an update may know better
		}
		e.aside = &r
		return nil
	}); err != nil {
		return err
	}
	for _, e := range s.conversations {
		if e.damage != nil && !e.isAside() {
			e.aside, e.asideNew = asideAfter(e.aside, "load", e.damage, now, a.config.Version), true
		}
	}
	return nil
}

// ownerOf returns the conversation that a key of the store belongs to.
func ownerOf(key string) (id wire.ID, ok bool) {
	for _, prefix := range ownedPrefixes() {
		if rest, found := strings.CutPrefix(key, prefix); found {
			rest, _, _ = strings.Cut(rest, "/")
			id, err := wire.ParseID(rest)
			return id, err == nil
		}
	}
	return id, false
}

// ownedPrefixes lists the kinds of records that belong to one conversation,
// which is named next in their keys.
func ownedPrefixes() []string {
	return []string{
		prefConv, prefGroup, prefMessage, prefRow, prefHeld, prefRequest, prefMoved, prefUnread, prefDraft, prefGoing, prefAside,
	}
}
