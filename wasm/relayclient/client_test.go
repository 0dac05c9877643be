//go:build !js

package relayclient

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

func errorBody(t testing.TB, e relayproto.Error) string {
	t.Helper()
	body, err := wire.Marshal(e)
	require.NoError(t, err)
	return string(body)
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestDepositAnswers(t *testing.T) {
	tests := []struct {
		name       string
		status     int
		body       string
		ok         bool
		code       relayproto.Code
		retryable  bool
		retryAfter time.Duration
	}{
		{name: "accepted", status: 202, body: relayproto.DepositAnswer, ok: true},
		{name: "accepted in other words", status: 202, body: "thanks\n", retryable: true},
		{name: "page of a captive portal", status: 200, body: "<html>please log in</html>", retryable: true},
		{name: "malformed", status: 400, body: errorBody(t, relayproto.Error{Code: relayproto.CodeMalformed, Message: "secret words"}), code: relayproto.CodeMalformed},
		{name: "too large", status: 413, body: errorBody(t, relayproto.Error{Code: relayproto.CodeTooLarge}), code: relayproto.CodeTooLarge},
		{name: "rate limited", status: 429, body: errorBody(t, relayproto.Error{Code: relayproto.CodeRateLimited, Detail: 7}), code: relayproto.CodeRateLimited, retryable: true, retryAfter: 7 * time.Second},
		{name: "rate limited for ever", status: 429, body: errorBody(t, relayproto.Error{Code: relayproto.CodeRateLimited, Detail: math.MaxUint64}), code: relayproto.CodeRateLimited, retryable: true, retryAfter: maxRetryAfter},
		{name: "unavailable", status: 503, body: errorBody(t, relayproto.Error{Code: relayproto.CodeUnavailable}), code: relayproto.CodeUnavailable, retryable: true},
		{name: "code of a newer relay", status: 400, body: errorBody(t, relayproto.Error{Code: "secret words"}), retryable: true},
		{name: "refusal of a proxy", status: 403, body: "no", retryable: true},
		{name: "truncated error", status: 400, body: errorBody(t, relayproto.Error{Code: relayproto.CodeMalformed})[:5], retryable: true},
		{name: "huge error", status: 500, body: strings.Repeat("x", 8<<20), retryable: true},
		{name: "empty", status: 500, retryable: true},
		{name: "no content", status: 204, retryable: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := New(serve(t, answer(tt.status, tt.body)), Options{})
			err := c.Deposit(t.Context(), testURL, []byte("envelope"))
			if tt.ok {
				require.NoError(t, err)
				return
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tt.code, e.Code)
			require.Equal(t, tt.retryable, e.Retryable)
			require.Equal(t, tt.retryAfter, e.RetryAfter)
			require.Equal(t, tt.status, e.Status)
			require.NotContains(t, e.Error(), "secret")
			require.NotContains(t, e.Error(), "relay.test")
		})
	}
}

func TestDepositSendsNothingButTheEnvelope(t *testing.T) {
	envelope := bytes.Repeat([]byte{7}, 4096)
	c := New(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		// Content-Length belongs to the transfer; everything else would tell.
		r.Header.Del("Content-Length")
		if r.Method != "POST" || r.URL.Path != "/base/deposit" || !bytes.Equal(body, envelope) || len(r.Header) > 0 {
			w.WriteHeader(500)
			return
		}
		answer(202, relayproto.DepositAnswer)(w, r)
	})), Options{})
	require.NoError(t, c.Deposit(t.Context(), testURL+"/base/", envelope))
}

func TestRedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			var followed atomic.Int32
			c := New(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					followed.Add(1)
				}
				http.Redirect(w, r, "/elsewhere", status)
			})), Options{})
			err := c.Deposit(t.Context(), testURL, []byte("envelope"))
			var e *Error
			require.ErrorAs(t, err, &e)
			require.True(t, e.Retryable)
			_, err = c.Descriptor(t.Context(), testURL)
			require.Error(t, err)
			_, err = c.transport.Dial(t.Context(), testURL+"/mailbox", 100)
			require.Error(t, err)
			require.Zero(t, followed.Load())
		})
	}
}

func TestInputIsCheckedBeforeAnythingIsSent(t *testing.T) {
	var requests atomic.Int32
	c := New(serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) })), Options{})
	ctx := t.Context()
	_, _, key := newKey(t)
	fail := func(err error) {
		t.Helper()
		var e *Error
		require.ErrorAs(t, err, &e)
		require.False(t, e.Retryable)
		require.NotContains(t, e.Error(), "user")
	}
	for _, u := range []string{"", "relay.test", "ftp://relay.test", "http://user:pw@relay.test", "http://relay.test?user", "http://relay.test#user", "http://" + strings.Repeat("a", 300)} {
		fail(c.Deposit(ctx, u, []byte("x")))
	}
	fail(c.Deposit(ctx, testURL, nil))
	fail(c.Deposit(ctx, testURL, make([]byte, relayproto.MaxFrame+1)))
	_, _, err := c.PutSlot(ctx, testURL, [32]byte{}, nil)
	fail(err)
	_, _, err = c.PutSlot(ctx, testURL, [32]byte{}, make([]byte, relayproto.MaxSlotValue+1))
	fail(err)
	_, err = c.UpdateMailbox(ctx, testURL, key[:10], relayproto.MailboxRequest{})
	fail(err)
	_, err = c.UpdateMailbox(ctx, testURL, key, relayproto.MailboxRequest{AddDoors: [][]byte{make([]byte, 20000)}})
	fail(err)
	foreign := c.Foreign("https://relay.example")
	for _, u := range []string{"http://localhost", "http://127.0.0.1:9", "https://10.0.0.1", "https://printer", "http://2130706433", "http://[::1]"} {
		private := func(err error) {
			t.Helper()
			fail(err)
			require.ErrorIs(t, err, wire.ErrPrivateHost)
			require.NotContains(t, err.Error(), u)
		}
		private(foreign.Deposit(ctx, u, []byte("x")))
		_, _, err = foreign.PutSlot(ctx, u, [32]byte{}, []byte("x"))
		private(err)
		_, _, err = foreign.GetSlot(ctx, u, [32]byte{})
		private(err)
		_, err = foreign.Descriptor(ctx, u)
		private(err)
		_, err = foreign.openSocket(ctx, "rendezvous", u, relayproto.RouteRendezvous, 1, 1)
		private(err)
	}
	require.Zero(t, requests.Load())
}

func TestSlots(t *testing.T) {
	mine, other := []byte("my commit"), []byte("their commit")
	notFound := errorBody(t, relayproto.Error{Code: relayproto.CodeNotFound})
	var id [32]byte
	id[0], id[31] = 0xab, 0x01

	t.Run("put", func(t *testing.T) {
		tests := []struct {
			name     string
			status   int
			body     string
			standing []byte
			won, bad bool
		}{
			{name: "won", status: 201, standing: mine, won: true},
			{name: "written before by an attempt whose answer was lost", status: 412, body: string(mine), standing: mine, won: true},
			{name: "lost", status: 412, body: string(other), standing: other},
			{name: "lost to nothing", status: 412, bad: true},
			{name: "lost to too much", status: 412, body: strings.Repeat("x", relayproto.MaxSlotValue+1), bad: true},
			{name: "ok of something else", status: 200, bad: true},
			{name: "unavailable", status: 503, body: errorBody(t, relayproto.Error{Code: relayproto.CodeUnavailable}), bad: true},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				c := New(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method != "PUT" || r.URL.Path != "/slots/ab"+strings.Repeat("00", 30)+"01" {
						w.WriteHeader(500)
						return
					}
					answer(tt.status, tt.body)(w, r)
				})), Options{})
				standing, won, err := c.PutSlot(t.Context(), testURL, id, mine)
				require.Equal(t, tt.bad, err != nil, err)
				require.Equal(t, tt.won, won)
				require.Equal(t, tt.standing, standing)
			})
		}
	})
	t.Run("get", func(t *testing.T) {
		full := strings.Repeat("v", relayproto.MaxSlotValue)
		tests := []struct {
			name       string
			status     int
			body       string
			value      []byte
			found, bad bool
		}{
			{name: "found", status: 200, body: full, value: []byte(full), found: true},
			{name: "not found", status: 404, body: notFound},
			{name: "not found by somebody else", status: 404, body: "404 page not found", bad: true},
			{name: "empty", status: 200, bad: true},
			{name: "too large", status: 200, body: full + "v", bad: true},
			{name: "no mailbox makes no sense", status: 404, body: errorBody(t, relayproto.Error{Code: relayproto.CodeNoMailbox}), bad: true},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				c := New(serve(t, answer(tt.status, tt.body)), Options{})
				value, found, err := c.GetSlot(t.Context(), testURL, id)
				require.Equal(t, tt.bad, err != nil, err)
				require.Equal(t, tt.found, found)
				require.Equal(t, tt.value, value)
			})
		}
	})
}

func newKey(t testing.TB) (relayID [32]byte, public ed25519.PublicKey, private ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	relayID[5] = 42
	return relayID, public, private
}

// counterRelay answers mailbox requests by the rule of counters.
func counterRelay(t *testing.T, last uint64, requests *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		body, _ := io.ReadAll(r.Body)
		req, _, err := relayproto.OpenMailboxRequest(body)
		switch {
		case err != nil:
			answer(400, errorBody(t, relayproto.Error{Code: relayproto.CodeMalformed}))(w, r)
		case req.Counter <= last:
			answer(409, errorBody(t, relayproto.Error{Code: relayproto.CodeConflict, Detail: last}))(w, r)
		default:
			last = req.Counter
			status, _ := wire.Marshal(relayproto.MailboxStatus{Counter: req.Counter, Doors: uint64(len(req.AddDoors))})
			w.Write(status)
		}
	}
}

func TestUpdateMailboxTakesTheNextCounter(t *testing.T) {
	relayID, _, key := newKey(t)
	var requests atomic.Int32
	c := New(serve(t, counterRelay(t, 40, &requests)), Options{})
	r := relayproto.MailboxRequest{RelayID: relayID, Counter: 3, Register: true, AddDoors: [][]byte{make([]byte, 32)}}
	status, err := c.UpdateMailbox(t.Context(), testURL, key, r)
	require.NoError(t, err)
	require.Equal(t, relayproto.MailboxStatus{Counter: 41, Doors: 1}, status)
	require.EqualValues(t, 2, requests.Load())
	require.EqualValues(t, 3, r.Counter)
}

func TestUpdateMailboxGivesUp(t *testing.T) {
	relayID, _, key := newKey(t)
	r := relayproto.MailboxRequest{RelayID: relayID, Counter: 3}
	status := func(counter uint64) string {
		data, err := wire.Marshal(relayproto.MailboxStatus{Counter: counter})
		require.NoError(t, err)
		return string(data)
	}
	conflict := func(last uint64) string {
		return errorBody(t, relayproto.Error{Code: relayproto.CodeConflict, Detail: last})
	}
	tests := []struct {
		name     string
		status   int
		body     string
		code     relayproto.Code
		requests int32
	}{
		{"conflict with a counter below", 409, conflict(2), relayproto.CodeConflict, 1},
		{"conflict with the last counter there is", 409, conflict(math.MaxUint64), relayproto.CodeConflict, 1},
		{"conflict without end", 409, conflict(1 << 60), relayproto.CodeConflict, 2},
		{"status for another counter", 200, status(4), "", 1},
		{"status that is none", 200, "ok", "", 1},
		{"no mailbox", 404, errorBody(t, relayproto.Error{Code: relayproto.CodeNoMailbox}), relayproto.CodeNoMailbox, 1},
		{"door taken", 409, errorBody(t, relayproto.Error{Code: relayproto.CodeDoorTaken}), relayproto.CodeDoorTaken, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var requests atomic.Int32
			c := New(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				answer(tt.status, tt.body)(w, r)
			})), Options{})
			_, err := c.UpdateMailbox(t.Context(), testURL, key, r)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tt.code, e.Code)
			require.Equal(t, tt.requests, requests.Load())
		})
	}
	t.Run("conflict that runs ahead", func(t *testing.T) {
		var requests atomic.Int32
		last := uint64(10)
		c := New(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			last += 100
			answer(409, conflict(last))(w, r)
		})), Options{})
		_, err := c.UpdateMailbox(t.Context(), testURL, key, r)
		require.Error(t, err)
		require.EqualValues(t, 1+conflictRetries, requests.Load())
	})
}

func TestDescriptor(t *testing.T) {
	_, public, key := newKey(t)
	body, err := relayproto.SignDescriptor(key, relayproto.DescriptorKeys{Identity: public, Routing: make([]byte, 32)}, relayproto.Descriptor{Version: "1", LeasePolicy: "open"})
	require.NoError(t, err)
	c := New(serve(t, answer(200, string(body))), Options{})
	d, err := c.Descriptor(t.Context(), testURL)
	require.NoError(t, err)
	require.Equal(t, "open", d.LeasePolicy)
	require.Equal(t, relayproto.RelayID(d.Keys), d.ID)

	bad := bytes.Clone(body)
	bad[len(bad)-1] ^= 1
	for name, b := range map[string]string{
		"wrong signature": string(bad), "truncated": string(body[:len(body)-1]), "page": "<html>",
		"oversized": strings.Repeat("x", relayproto.MaxDescriptor+1), "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(serve(t, answer(200, b)), Options{}).Descriptor(t.Context(), testURL)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.True(t, e.Retryable)
		})
	}
}

func TestHangingServer(t *testing.T) {
	tests := map[string]http.HandlerFunc{
		"before the answer": func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // or the server does not notice that we leave
			<-r.Context().Done()
		},
		"within the body": func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(202)
			io.WriteString(w, relayproto.DepositAnswer) // all of it, but no end
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := New(serve(t, h), Options{})
				start := time.Now()
				err := c.Deposit(context.Background(), testURL, []byte("x"))
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, requestTimeout, time.Since(start))
				var e *Error
				require.ErrorAs(t, err, &e)
				require.True(t, e.Retryable)
			})
		})
		t.Run(name+", cancelled", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := New(serve(t, h), Options{})
				ctx, cancel := context.WithCancel(context.Background())
				time.AfterFunc(time.Second, cancel)
				start := time.Now()
				_, _, err := c.GetSlot(ctx, testURL, [32]byte{})
				require.ErrorIs(t, err, context.Canceled)
				require.Equal(t, time.Second, time.Since(start))
			})
		})
	}
}

func TestBodyCutShort(t *testing.T) {
	c := New(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(200)
		io.WriteString(w, "half a value")
	})), Options{})
	_, _, err := c.GetSlot(t.Context(), testURL, [32]byte{})
	var e *Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Retryable)
}

func TestErrorsOfTheNetworkNameNothing(t *testing.T) {
	c := New(brokenTransport{errors.New("dial tcp: lookup secret-relay.example: no such host")}, Options{})
	id := [32]byte{1, 2, 3}
	for _, err := range []error{
		c.Deposit(t.Context(), testURL, []byte("x")),
		func() error { _, _, err := c.GetSlot(t.Context(), testURL, id); return err }(),
		func() error { _, err := c.openSocket(t.Context(), "x", testURL, "/v1", 1, 1); return err }(),
	} {
		require.Error(t, err)
		require.NotContains(t, fmt.Sprintf("%v %+v", err, err), "secret")
		require.NotContains(t, fmt.Sprintf("%v %+v", err, err), "010203")
	}
}

// brokenTransport fails at everything.
type brokenTransport struct{ err error }

func (b brokenTransport) Do(context.Context, Request) (Response, error) { return Response{}, b.err }
func (b brokenTransport) Dial(context.Context, string, int64) (Conn, error) {
	return nil, b.err
}
