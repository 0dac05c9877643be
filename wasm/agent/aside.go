package agent

import (
	"errors"
	"strings"
	"time"

	"petmail/wasm/turn"

	"petmail/shared/wire"
	"petmail/wasm/api"
)

// A conversation whose data has caused an error is set aside, and the others
// go on: nothing of it is worked on until it is tried again.

// owner is one whose records are held back while it is set aside.
type owner struct {
	wire.Redacted
	aside    *aside // it has caused an error; nil: none that is remembered
	asideNew bool   // aside is not stored yet
	damage   error  // a record did not decode; nil: all did
}

var kindAside = &turn.Kind{Prefix: "aside/", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 1}

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

// isAside reports whether a conversation is set aside.
func (o *owner) isAside() bool { return o.aside != nil && o.aside.Next != 0 }

// For implements turn.Turn.
func (t *step) For(id wire.ID, work string, f func()) bool {
	o := t.a.owners[id]
	if o == nil || o.isAside() {
		return false
	}
	if t.posted {
		t.causes[id] = append(t.causes[id], t.input)
	}
	t.In(id, work, f)
	return true
}

// In implements turn.Turn.
func (t *step) In(id wire.ID, work string, f func()) {
	was := t.scope
	t.scope = scope{owner: id, work: work}
	f()
	t.scope = was // not deferred: a panic leaves it standing, to be looked at
}

// Own implements turn.Turn.
func (t *step) Own(id wire.ID, work string) { t.scope = scope{owner: id, work: work} }

// Trying implements turn.Turn.
func (t *step) Trying(undo func(turn.Turn)) {
	t.scope.undo = undo
	if undo != nil {
		t.tried[t.scope.owner] = append(t.tried[t.scope.owner], undo)
	}
}

// SetAside implements turn.Turn.
func (t *step) SetAside(id wire.ID, err error) {
	if isStore(err) {
		t.fail(err)
	}
	o := t.a.owners[id]
	if o == nil || o.isAside() && !t.again[id] {
		return
	}
	delete(t.again, id) // once a turn
	t.a.log.Error("conversation set aside", "work", t.scope.work, "code", codeOf(err))
	t.putAside(id, o, asideAfter(o.aside, t.scope.work, err, t.now, t.a.config.Version))
	t.show(id)
}

// show has the pages see how an owner stands.
func (t *step) show(id wire.ID) {
	for _, p := range t.a.parts {
		if s, ok := p.(turn.Shower); ok {
			s.Show(t, id)
		}
	}
}

// owners implements turn.Owners.
type owners struct {
	wire.Redacted
	a *Agent
}

func (s owners) Aside(id wire.ID) *api.Aside {
	o := s.a.owners[id]
	if o == nil || !o.isAside() {
		return nil
	}
	return &api.Aside{Next: o.aside.Next, Work: o.aside.Work, Code: o.aside.Code}
}

func (s owners) Damaged(id wire.ID) bool {
	o := s.a.owners[id]
	return o != nil && o.damage != nil
}

func (s owners) SetAside(id wire.ID, work string, err error) {
	s.a.inbox.post(input{do: func(t *step) {
		t.For(id, work, func() {
			if errors.Is(err, turn.ErrPanic) {
				t.fail(err)
			}
			t.SetAside(id, err)
		})
	}})
}

func (s owners) Met(id wire.ID, rule string) error { return s.a.met(id, rule) }

func (t *step) putAside(id wire.ID, o *owner, a *aside) {
	o.aside, o.asideNew = a, false
	t.Put(kindAside, id, "", a)
}

// asideAfter is how a conversation stands after one more error.
func asideAfter(was *aside, work string, err error, now int64, version string) *aside {
	a := &aside{Work: work, Code: codeOf(err), Times: 1, Version: version}
	if was != nil {
		a.Times = was.Times + 1
	}
	a.Next = now + min(asideFirst<<min(a.Times-1, 16), asideMost).Milliseconds()
	var damaged *turn.DecodeError
	if errors.As(err, &damaged) {
		a.Record = damaged.Key
	}
	return a
}

func codeOf(err error) string {
	var damaged *turn.DecodeError
	switch {
	case errors.Is(err, turn.ErrPanic):
		return codePanic
	case errors.As(err, &damaged):
		return codeDecode
	case errors.Is(err, turn.ErrTooBig):
		return codeSize
	default:
		return codeError
	}
}

// dueAside does what has become due of an owner that is aside, or was.
func (t *step) dueAside(id wire.ID, o *owner) {
	switch {
	case o.aside == nil:
	case o.isAside() && o.aside.Next <= t.now:
		scoped := t.scope
		t.scope, t.again[id] = scope{owner: id, work: "again"}, true
		t.tryAgain(id, o)
		t.scope = scoped
	case o.asideNew:
		t.putAside(id, o, o.aside)
	case !o.isAside() && t.now-o.aside.Since >= asideCalm.Milliseconds():
		o.aside = nil
		t.Delete(kindAside, id, "")
	}
}

// nextAside returns when dueAside has something to do; 0: never.
func (o *owner) nextAside() int64 {
	switch {
	case o.aside == nil:
		return 0
	case o.asideNew:
		return 1
	case o.isAside():
		return o.aside.Next
	default:
		return o.aside.Since + asideCalm.Milliseconds()
	}
}

// tryAgain lets an owner that was set aside do all that has waited. If that
// fails, it waits longer.
func (t *step) tryAgain(id wire.ID, o *owner) {
	was := o.aside
	if o.damage != nil {
		o.damage = nil
		for _, p := range t.a.parts {
			if l, ok := p.(turn.OwnerLoader); ok {
				if err := l.LoadOwner(reader{a: t.a, only: id}, id); err != nil {
					t.fail(err)
				}
			}
		}
		if o.damage != nil {
			t.SetAside(id, o.damage)
			return
		}
	}
	if was.Record != "" {
		if err := t.recheck(was.Record); err != nil {
			t.SetAside(id, err)
			return
		}
	}
	on := &aside{Work: was.Work, Code: was.Code, Times: was.Times, Version: was.Version, Since: t.now}
	o.aside = on
	t.In(id, "again", func() {
		for _, p := range t.a.parts {
			if r, ok := p.(turn.Resumer); ok {
				r.Resume(t, id)
			}
		}
	})
	if o.isAside() {
		return
	}
	t.putAside(id, o, on)
}

// recheck reads again what did not decode.
func (t *step) recheck(key string) error {
	b, err := t.get(key)
	if err != nil {
		t.fail(err)
	}
	if b == nil {
		return nil // it is gone
	}
	for _, p := range t.a.parts {
		c, ok := p.(turn.Checker)
		if !ok {
			continue
		}
		for _, k := range p.Kinds() {
			if strings.HasPrefix(key, k.Prefix) {
				return c.Check(key, b)
			}
		}
	}
	return nil
}

// asideRetry is the person's Try now.
func (t *step) asideRetry(args api.ConversationArgs) error {
	id, err := wire.ParseID(args.Conversation)
	o := t.a.owners[id]
	if err != nil || o == nil {
		return refuse(api.ErrNotFound, "no such conversation")
	}
	t.Own(id, "command")
	if o.isAside() {
		now := *o.aside
		now.Next = t.now
		t.putAside(id, o, &now)
		t.show(id)
	}
	return nil
}

// loadAside reads how the owners stand that have caused an error. Those whose
// records did not decode just now join them.
func (a *Agent) loadAside() error {
	now := a.nowMilli()
	if err := a.scan(kindAside.Prefix, func(key string, value []byte) error {
		id, ok := kindAside.OwnerOf(key)
		o := a.owners[id]
		if !ok || o == nil {
			return nil
		}
		var r aside
		if err := wire.Unmarshal(value, &r, maxRecord); err != nil {
			o.aside, o.asideNew = asideAfter(nil, "load", &turn.DecodeError{Key: key, Err: err}, now, a.config.Version), true
			return nil
		}
		if r.Next != 0 && r.Version != a.config.Version {
			r.Next = min(r.Next, now) // an update may know better
		}
		o.aside = &r
		return nil
	}); err != nil {
		return err
	}
	for _, o := range a.owners {
		if o.damage != nil && !o.isAside() {
			o.aside, o.asideNew = asideAfter(o.aside, "load", o.damage, now, a.config.Version), true
		}
	}
	return nil
}
