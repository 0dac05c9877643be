package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// What the loop does with its parts, and what it is to them: turn is a
// turn.Turn, connections are a turn.Net.

// join takes in the parts: no two may own a kind of records or a command.
func (a *Agent) join(parts []turn.Part) error {
	if err := a.declared.Add(ownKinds()...); err != nil {
		return err
	}
	for _, c := range ownCommands() {
		a.handlers[c.Name] = c.run
	}
	for _, p := range parts {
		if err := a.declared.Add(p.Kinds()...); err != nil {
			return fmt.Errorf("part %s: %w", p.Name(), err)
		}
		for _, c := range p.Commands() {
			if a.handlers[c.Name] != nil {
				return fmt.Errorf("part %s: command %q is another's", p.Name(), c.Name)
			}
			a.handlers[c.Name] = handlerOf(c)
		}
		a.parts = append(a.parts, p)
		if base, ok := p.(turn.Base); ok {
			a.base = base
		}
	}
	if a.base == nil {
		return errors.New("there is no part that says who we are")
	}
	return nil
}

// handlerOf has a part's command run.
func handlerOf(c turn.Command) handler {
	if c.Later == nil {
		return func(t *step, _ *request, args json.RawMessage) (any, error) { return c.Run(t, args) }
	}
	return func(t *step, q *request, args json.RawMessage) (any, error) {
		err := c.Later(t, args, func(result any, err error) {
			var refusal *api.Error
			if err != nil && !errors.As(err, &refusal) {
				refusal = &api.Error{Code: api.ErrInternal, Message: "the command had no effect"}
			}
			q.reply(result, refusal)
		})
		if err == nil {
			err = errLater
		}
		return nil, err
	}
}

// reader is what parts load from.
type reader struct {
	wire.Redacted
	a    *Agent
	only wire.ID // the owner that is loaded again; zero: all are
}

// Now implements turn.Reader.
func (r reader) Now() int64 { return r.a.nowMilli() }

// Known implements turn.Reader.
func (r reader) Known(at int64) { r.a.known = max(r.a.known, at) }

// Owner implements turn.Reader.
func (r reader) Owner(id wire.ID) {
	if r.a.owners[id] == nil {
		r.a.owners[id] = &owner{}
	}
}

// Get implements turn.Reader.
func (r reader) Get(k *turn.Kind, owner wire.ID, rest string) ([]byte, error) {
	return r.a.config.Store.Get(k.Key(owner, rest))
}

// Scan implements turn.Reader.
func (r reader) Scan(k *turn.Kind, owner wire.ID, under string, f func(key string, value []byte) error) error {
	prefix := k.Prefix + under
	if owner.IsZero() && k.Owner != turn.Nobody {
		owner = r.only
	}
	if !owner.IsZero() {
		prefix = k.Key(owner, under)
	}
	err := r.a.scan(prefix, f)
	if errors.Is(err, turn.ErrStop) {
		return nil
	}
	return err
}

// Each implements turn.Reader.
func (r reader) Each(k *turn.Kind, f func(key string, value []byte) error) error {
	return r.Scan(k, wire.ID{}, "", func(key string, value []byte) error {
		owner, _ := k.OwnerOf(key)
		ok, err := r.Decode(owner, key, func() error { return f(key, value) })
		if !ok && err == nil && owner.IsZero() {
			r.a.log.Warn("a record is passed over", "kind", strings.TrimSuffix(k.Prefix, "/"))
		}
		return err
	})
}

// Decode implements turn.Reader.
func (r reader) Decode(owner wire.ID, key string, f func() error) (ok bool, err error) {
	kind, _, _ := strings.Cut(key, "/")
	err = r.a.safely("decode", func() error {
		if err := r.a.met(owner, "decode "+kind); err != nil {
			return err
		}
		return f()
	})
	if err != nil && !isStore(err) {
		r.Damage(owner, key, err)
		return false, nil
	}
	return err == nil, err
}

// Damage implements turn.Reader.
func (r reader) Damage(owner wire.ID, key string, err error) {
	if o := r.a.owners[owner]; o != nil && o.damage == nil {
		o.damage = &turn.DecodeError{Key: key, Err: err}
	}
}

// Migrate implements turn.Reader.
func (r reader) Migrate(b *store.Batch) error {
	err := error(&storeError{store.ErrNoRoom})
	if r.a.config.Room == nil || r.a.config.Room() {
		err = r.a.config.Store.Commit(b)
	}
	if errors.Is(err, store.ErrNoRoom) {
		r.a.ahead.ahead(b) // so that all can be read meanwhile
		return nil
	}
	return err
}

// Itself implements turn.Turn.
func (t *step) Itself() turn.Turn { return t }

// Now implements turn.Turn.
func (t *step) Now() int64 { return t.now }

// Wall implements turn.Turn.
func (t *step) Wall() int64 { return t.wall }

// Get implements turn.Turn.
func (t *step) Get(k *turn.Kind, owner wire.ID, rest string) []byte {
	b, err := t.get(k.Key(owner, rest))
	if err != nil {
		t.fail(fmt.Errorf("couldn't read: %w", err))
	}
	return b
}

// Scan implements turn.Turn.
func (t *step) Scan(k *turn.Kind, under, from string, reverse bool, limit int) []store.Record {
	records, err := t.a.config.Store.Scan(k.Prefix+under, from, reverse, limit)
	if err != nil {
		t.fail(fmt.Errorf("couldn't read: %w", err))
	}
	return records
}

// Put implements turn.Turn.
func (t *step) Put(k *turn.Kind, owner wire.ID, rest string, v any) {
	t.isDeclared(k)
	t.put(k.Key(owner, rest), v)
}

// PutBytes implements turn.Turn.
func (t *step) PutBytes(k *turn.Kind, owner wire.ID, rest string, b []byte) {
	t.isDeclared(k)
	t.putBytes(k.Key(owner, rest), b)
}

// Refresh implements turn.Turn.
func (t *step) Refresh() { t.all = true }

// Snapshot implements turn.Turn.
func (t *step) Snapshot() api.Snapshot { return t.a.snapshot() }

// Net implements turn.Turn.
func (t *step) Net() turn.Net { return t.a.conn }

// Retry implements turn.Turn.
func (t *step) Retry() { t.a.retryNow() }

// Delete implements turn.Turn.
func (t *step) Delete(k *turn.Kind, owner wire.ID, rest string) {
	t.isDeclared(k)
	t.batch.Delete(k.Key(owner, rest))
}

var errUndeclared = errors.New("a kind of records is not declared")

func (t *step) isDeclared(k *turn.Kind) {
	for _, known := range t.a.declared {
		if known == k {
			return
		}
	}
	t.fail(errUndeclared)
}

// Emit implements turn.Turn.
func (t *step) Emit(e api.Event) { t.emit(e) }

// Then implements turn.Turn.
func (t *step) Then(f func()) { t.then(f) }

// Begin implements turn.Turn.
func (t *step) Begin(id wire.ID) {
	if t.a.owners[id] == nil {
		t.a.owners[id] = &owner{}
	}
}

// Forget implements turn.Turn.
func (t *step) Forget(id wire.ID, limit int, seen func(k *turn.Kind, key string)) (all bool) {
	if t.a.owners[id] != nil {
		for _, p := range t.a.parts {
			if f, ok := p.(turn.Forgetter); ok {
				f.Forget(t, id)
			}
		}
	}
	for _, k := range t.a.owned() {
		t.batch.Delete(k.Key(id, ""))
	}
	delete(t.a.owners, id)
	left := limit
	for _, k := range t.a.owned() {
		if left == 0 {
			break
		}
		records, err := t.a.config.Store.Scan(k.Key(id, "")+"/", "", false, left)
		if err != nil {
			t.fail(fmt.Errorf("couldn't read: %w", err))
		}
		left -= len(records)
		for _, r := range records {
			seen(k, r.Key)
			t.batch.Delete(r.Key)
		}
	}
	return left > 0
}

// Fail implements turn.Turn.
func (t *step) Fail(err error) { t.fail(err) }

// Met implements turn.Turn.
func (t *step) Met(owner wire.ID, rule string) error { return t.a.met(owner, rule) }

// Go implements turn.Net.
func (c *connections) Go(f func(ctx context.Context)) { c.start(f) }

// Post implements turn.Net.
func (c *connections) Post(in turn.Input) {
	c.a.inbox.post(input{
		conn: c, posted: true,
		do: func(t *step) {
			t.scope = scope{alone: true, work: in.Work}
			in.Do(t)
		},
		dropped: func(err error) {
			switch {
			case isStore(err):
				if in.Unstored != nil {
					in.Unstored()
				}
			case in.Dropped != nil:
				in.Dropped(err)
			}
		},
	})
}

// Done implements turn.Net.
func (c *connections) Done() <-chan struct{} { return c.ctx.Done() }

// Keep implements turn.Net.
func (c *connections) Keep(k turn.Connection) (release func()) {
	n := c.nextKept
	c.nextKept++
	c.kept[n] = k
	return func() {
		if c.kept[n] != nil {
			delete(c.kept, n)
			c.start(func(context.Context) { k.Close() })
		}
	}
}
