package protocol

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// ask sends a request through all its stages.
func (w *world) ask(path, method, rest, body string) Answer {
	for _, route := range Routes() {
		if route.Path != path {
			continue
		}
		e, ready := w.relay.Find(route, method, rest)
		if ready != nil {
			return *ready
		}
		call, ready := e.Open([]byte(body))
		if ready != nil {
			return *ready
		}
		a, err := call.Run(w.tx)
		if err != nil {
			return Failed(err)
		}
		return a
	}
	require.Fail(w.t, "no such route", path)
	return Answer{}
}

// TestRoutes asks without a host for what needs no session.
func TestRoutes(t *testing.T) {
	w := newWorld(t, core.Config{MaxMailboxBytes: 3 * address.SmallEnvelope})
	door, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)
	id := door.ID()
	owner := w.owner(id)
	box, err := address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	relay, err := relayproto.OpenDescriptor(w.ask(relayproto.RouteDescriptor, "GET", "", "").Body)
	require.NoError(t, err)
	require.Equal(t, w.relay.id, relay.ID)
	routing, err := address.ParseRoutingPublic(relay.Routing)
	require.NoError(t, err)
	seal := func(door address.Door) string {
		to, err := address.New(rand.Reader, "https://relay.example", relay.ID, routing, door, box)
		require.NoError(t, err)
		envelope, err := address.Seal(rand.Reader, to, []byte("hello"))
		require.NoError(t, err)
		return string(envelope)
	}
	unknown, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)

	for _, test := range []struct {
		envelope string
		after    After
	}{
		{seal(door), After{Deposit: Delivered, Deliver: owner.id, Delivery: core.Delivery{Seq: 1}}},
		{seal(door), After{Deposit: Delivered, Deliver: owner.id, Delivery: core.Delivery{Seq: 2}}},
		{seal(door), After{Deposit: Full}},
		{seal(unknown), After{Deposit: Nobody}},
	} {
		a := w.ask(relayproto.RouteDeposit, "POST", "", test.envelope)
		if test.after.Deliver != 0 {
			test.after.Data = []byte(test.envelope)
		}
		require.Equal(t, test.after, a.After)
		a.After = After{}
		require.Equal(t, Answer{Status: 202, Header: []Field{{"Content-Type", "text/plain; charset=utf-8"}}, Body: []byte(relayproto.DepositAnswer)}, a)
	}

	zeros := strings.Repeat("0", 64)
	require.Equal(t, Answer{Status: 201}, w.ask(relayproto.RouteSlots, "PUT", zeros, "value"))
	read := w.ask(relayproto.RouteSlots, "GET", zeros, "")
	require.Equal(t, "value", string(read.Body))
	require.Equal(t, []Field{{"Content-Type", "application/octet-stream"}}, read.Header)
	stands := w.ask(relayproto.RouteSlots, "PUT", zeros, "another")
	require.Equal(t, 412, stands.Status)
	require.Equal(t, "value", string(stands.Body))

	owner.counter++
	post, err := relayproto.SignMailboxRequest(owner.key, relayproto.MailboxRequest{RelayID: relay.ID, Counter: owner.counter, Close: true})
	require.NoError(t, err)
	closed := w.ask(relayproto.RouteMailbox, "POST", "", string(post))
	require.Equal(t, 200, closed.Status)
	require.Equal(t, After{Closed: owner.id}, closed.After)
	again := w.ask(relayproto.RouteMailbox, "POST", "", string(post))
	require.Equal(t, closed.Body, again.Body)
	require.Equal(t, After{}, again.After, "a repeated request closes nothing")

	preflight := w.ask(relayproto.RouteSlots, "OPTIONS", "x", "")
	require.Equal(t, 204, preflight.Status)
	require.Contains(t, preflight.Header, Field{"Access-Control-Allow-Methods", "GET, PUT"})
	wrong := w.ask(relayproto.RouteMailbox, "DELETE", "", "")
	require.Contains(t, wrong.Header, Field{"Allow", "GET, POST, OPTIONS"})
	for _, test := range []struct {
		path, method, rest, body string
		status                   int
		code                     relayproto.Code
	}{
		{relayproto.RouteDeposit, "POST", "", "short", 400, relayproto.CodeMalformed},
		{relayproto.RouteDeposit, "GET", "", "", 405, relayproto.CodeNotFound},
		{relayproto.RouteMailbox, "POST", "", "x", 400, relayproto.CodeMalformed},
		{relayproto.RouteSlots, "GET", "x", "", 400, relayproto.CodeMalformed},
		{relayproto.RouteSlots, "PUT", "x", "value", 400, relayproto.CodeMalformed},
		{relayproto.RouteSlots, "PUT", zeros, "", 400, relayproto.CodeMalformed},
		{relayproto.RouteSlots, "GET", zeros[:63] + "1", "", 404, relayproto.CodeNotFound},
	} {
		a := w.ask(test.path, test.method, test.rest, test.body)
		require.Equal(t, test.status, a.Status, test)
		e, err := relayproto.DecodeError(a.Body)
		require.NoError(t, err)
		require.Equal(t, test.code, e.Code)
		require.Equal(t, After{}, a.After)
	}
}
