package agent

import (
	"encoding/json"
	"errors"
	"time"

	"petmail/wasm/api"
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
			do: func(t *turn) { t.command(q, r) },
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
		a.inbox.post(input{do: func(t *turn) { delete(t.a.pages, p) }})
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
type handler func(t *turn, q *request, args json.RawMessage) (result any, err error)

// errLater is returned by handlers that answer later themselves.
var errLater = errors.New("the answer comes later")

// none is the result of commands without one.
type none struct{}

// restartedFor is how long after a recovery pages that say hello are told.
const restartedFor = 30 * time.Second

// command answers one request. The answer waits until the turn is durable.
func (t *turn) command(q *request, r api.Request) {
	h, known := t.a.handlers[r.Command]
	switch {
	case !known:
		t.answer(q, nil, &api.Error{Code: api.ErrUnknownCommand, Message: "page and agent are of different versions"})
		return
	case t.a.state.self == nil && r.Command != api.CmdHello && r.Command != api.CmdStart && r.Command != api.CmdSettings && r.Command != api.CmdNudge:
		t.answer(q, nil, &api.Error{Code: api.ErrNotStarted, Message: "there is no persona yet"})
		return
	}
	result, err := h(t, q, r.Args)
	if errors.Is(err, errLater) {
		return
	}
	t.answer(q, result, err)
}

func (t *turn) answer(q *request, result any, err error) {
	var refusal *api.Error
	switch {
	case err == nil:
		if result == nil {
			result = none{}
		}
	case !errors.As(err, &refusal):
		t.fail(err)
	}
	t.then(func() { q.reply(result, refusal) })
}

// handle adapts a typed command.
func handle[Args any](f func(t *turn, args Args) (any, error)) handler {
	return func(t *turn, _ *request, raw json.RawMessage) (any, error) {
		args, err := decodeArgs[Args](raw)
		if err != nil {
			return nil, err
		}
		return f(t, args)
	}
}

func decodeArgs[Args any](raw json.RawMessage) (Args, error) {
	var args Args
	if len(raw) == 0 {
		return args, nil
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		return args, &api.Error{Code: api.ErrBadRequest, Message: "arguments do not fit the command"}
	}
	return args, nil
}

func refuse(code api.ErrorCode, message string) error {
	return &api.Error{Code: code, Message: message}
}
