package agent

import (
	"encoding/json"
	"errors"
	"time"

	"petmail/wasm/api"
	"petmail/wasm/turn"
)

// page is one attached page. Its fields are owned by the loop.
type page struct {
	deliver func(message any)
}

// Attach connects a page. deliver is called with each api.Reply and api.Event
// for it, in order, from one goroutine at a time; it must not block.
// The returned functions may be called from anywhere and do not block:
// receive takes the page's requests, detach forgets the page.
func (a *Agent) Attach(deliver func(message any)) (receive func(api.Request), detach func()) {
	p := &page{deliver: deliver}
	receive = func(r api.Request) {
		q := &request{page: p, id: r.ID}
		a.inbox.post(input{
			do: func(t *step) { t.command(q, r) },
			dropped: func(err error) {
				code := api.ErrInternal
				if isStore(err) {
					code = api.ErrStorage
				}
				q.reply(nil, &api.Error{Code: code, Message: "the command had no effect"})
			},
		})
	}
	detach = func() {
		a.inbox.post(input{do: func(t *step) { delete(t.a.pages, p) }})
	}
	return receive, detach
}

// request is a command that has to be answered once.
type request struct {
	page     *page
	id       int
	answered bool
}

// reply answers from the loop.
func (q *request) reply(result any, err *api.Error) {
	if q.answered {
		return
	}
	q.answered = true
	q.page.deliver(api.Reply{ID: q.id, Result: result, Error: err})
}

// handler runs one command within a turn. It returns the result, or an error
// for the page; errLater means that the answer comes in another turn.
type handler func(t *step, q *request, args json.RawMessage) (result any, err error)

// errLater is returned by handlers that answer later themselves.
var errLater = errors.New("the answer comes later")

// command is one that the agent answers itself.
type command struct {
	api.Signature
	run handler
}

// handle makes a command of a function that answers.
func handle[Args, Result any](kind api.CommandKind[Args, Result], f func(*step, Args) (Result, error)) command {
	return command{kind.Signature(), func(t *step, _ *request, raw json.RawMessage) (any, error) {
		args, err := turn.Decode[Args](raw)
		if err != nil {
			return nil, err
		}
		return f(t, args)
	}}
}

// obey makes a command of a function that has nothing to answer.
func obey[Args any](kind api.CommandKind[Args, api.None], f func(*step, Args) error) command {
	return handle(kind, func(t *step, args Args) (api.None, error) { return api.None{}, f(t, args) })
}

// later makes a command of a function that, without an error, has q answered
// when the turn is durable or in another one.
func later[Args, Result any](kind api.CommandKind[Args, Result], f func(t *step, q *request, args Args) error) command {
	return command{kind.Signature(), func(t *step, q *request, raw json.RawMessage) (any, error) {
		args, err := turn.Decode[Args](raw)
		if err == nil {
			err = f(t, q, args)
		}
		if err == nil {
			err = errLater
		}
		return nil, err
	}}
}

// ownCommands lists the commands that no part has.
func ownCommands() []command {
	return []command{
		later(api.CmdHello, (*step).hello),
		later(api.CmdErase, (*step).erase),
		obey(api.CmdAsideRetry, (*step).asideRetry),
		obey(api.CmdNudge, (*step).nudge),
	}
}

// hello answers with everything and, from then on, with every event.
func (t *step) hello(q *request, _ api.None) error {
	t.then(func() {
		t.a.pages[q.page] = true
		q.reply(t.a.snapshot(), nil)
	})
	return nil
}

func (t *step) nudge(api.None) error {
	t.then(func() { t.a.conn.nudge() })
	return nil
}

// snapshot is what a page shows at first.
func (a *Agent) snapshot() api.Snapshot {
	s := api.Snapshot{
		Version: a.config.Version, Trouble: a.trouble(), DiskFull: a.full,
		Restarted: !a.restarted.IsZero() && a.config.Now().Sub(a.restarted) < restartedFor,
	}
	for _, p := range a.parts {
		p.View(&s)
	}
	return a.dated(s).(api.Snapshot)
}

// restartedFor is how long after a recovery pages that say hello are told.
const restartedFor = 30 * time.Second

// command answers one request. The answer waits until the turn is durable.
func (t *step) command(q *request, r api.Request) {
	h, known := t.a.handlers[r.Command]
	switch {
	case !known:
		t.answer(q, nil, &api.Error{Code: api.ErrUnknownCommand, Message: "page and agent are of different versions"})
		return
	case !t.a.base.Started() && !beforeStart(r.Command):
		t.answer(q, nil, &api.Error{Code: api.ErrNotStarted, Message: "there is no persona yet"})
		return
	}
	result, err := h(t, q, r.Args)
	if errors.Is(err, errLater) {
		return
	}
	t.answer(q, result, err)
}

// beforeStart reports whether a command needs no persona.
func beforeStart(c api.Command) bool {
	switch c {
	case api.CmdHello.Name(), api.CmdStart.Name(), api.CmdSettings.Name(), api.CmdNudge.Name():
		return true
	}
	return false
}

func (t *step) answer(q *request, result any, err error) {
	var refusal *api.Error
	if err != nil {
		if !errors.As(err, &refusal) {
			t.fail(err)
		}
		result = nil
	}
	t.then(func() { q.reply(t.a.dated(result), refusal) })
}

func refuse(code api.ErrorCode, message string) error {
	return turn.Refuse(code, message)
}
