//go:build js

package js

import (
	"context"
	"strings"
	"sync"
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/require"
)

// function makes a JavaScript function of its body, in which the arguments are
// a and b.
func function(body string) js.Value { return js.Global().Get("Function").New("a", "b", body) }

// object has one method, call.
func object(body string) js.Value {
	return js.ValueOf(map[string]any{"call": function(body)})
}

func TestTry(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"exception", `throw new TypeError("https://secret")`, "couldn't do it: TypeError"},
		{"DOMException", `throw new DOMException("secret", "QuotaExceededError")`, "couldn't do it: QuotaExceededError"},
		{"text", `throw "secret"`, "couldn't do it: UnknownError"},
		{"null", `throw null`, "couldn't do it: UnknownError"},
		{"no name", `throw {name: 1}`, "couldn't do it: UnknownError"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Try("do it", func() { function(c.body).Invoke() })
			require.EqualError(t, err, c.want)
			var refusal *Error
			require.ErrorAs(t, err, &refusal)
		})
	}
	require.NoError(t, Try("do it", func() { function(`return 1`).Invoke() }))
	require.PanicsWithValue(t, "ours", func() { _ = Try("do it", func() { panic("ours") }) })
}

func TestAwait(t *testing.T) {
	v, err := Await(t.Context(), "wait", object(`return Promise.resolve(a + b)`), "call", 1, 2)
	require.NoError(t, err)
	require.Equal(t, 3, v.Int())
	v, err = Await(t.Context(), "wait", object(`return Promise.resolve()`), "call")
	require.NoError(t, err)
	require.True(t, v.IsUndefined())
	_, err = Await(t.Context(), "wait", object(`return Promise.reject(new RangeError("secret"))`), "call")
	require.EqualError(t, err, "couldn't wait: RangeError")
	_, err = Await(t.Context(), "wait", object(`return Promise.reject()`), "call")
	require.EqualError(t, err, "couldn't wait: UnknownError")
	_, err = Await(t.Context(), "wait", object(`throw new RangeError("secret")`), "call")
	require.EqualError(t, err, "couldn't wait: RangeError")
}

// TestAwaitEndsWithContext: and a promise that is settled later calls nobody
// who is gone.
func TestAwaitEndsWithContext(t *testing.T) {
	for _, late := range []string{"resolve", "reject"} {
		ctx, cancel := context.WithCancel(t.Context())
		settles := object(`return this.promise = new Promise((resolve, reject) => Object.assign(this, {resolve, reject}))`)
		go cancel()
		_, err := Await(ctx, "wait", settles, "call")
		require.ErrorIs(t, err, context.Canceled)
		require.EqualError(t, err, "couldn't wait: context canceled")
		settles.Call(late, "late")
		// Called back after whoever waited before.
		_, err = Await(t.Context(), "wait", settles.Get("promise"), "finally")
		require.Equal(t, late == "reject", err != nil)
	}
}

func TestWaiters(t *testing.T) {
	ws := NewWaiters()
	for range 3 {
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				v, err := ws.Await("wait", function(`return Promise.resolve(a)`).Invoke(i))
				require.NoError(t, err)
				require.Equal(t, i, v.Int())
				_, err = ws.Await("wait", function(`return Promise.reject(new RangeError())`).Invoke())
				require.EqualError(t, err, "couldn't wait: RangeError")
			})
		}
		wg.Wait()
		require.LessOrEqual(t, len(ws.idle), 10)
	}
}

func TestHandlers(t *testing.T) {
	var h Handlers
	target := js.ValueOf(map[string]any{})
	var events []string
	h.On(target, "onopen", func(event js.Value) { events = append(events, event.String()) })
	h.On(target, "onclose", func(event js.Value) {
		events = append(events, event.String())
		h.Release()
	})
	target.Call("onopen", "first")
	target.Call("onopen", "second")
	target.Call("onclose", "last")
	require.Equal(t, []string{"first", "second", "last"}, events)
}

func TestBytes(t *testing.T) {
	for _, text := range []string{"", "a", strings.Repeat("bytes", 1000)} {
		array := Array([]byte(text))
		for _, v := range []js.Value{array, array.Get("buffer")} {
			b, ok := Bytes(v, len(text))
			require.True(t, ok)
			require.NotNil(t, b)
			require.Equal(t, text, string(b))
			_, ok = Bytes(v, len(text)-1)
			require.False(t, ok)
		}
	}
	part, ok := Bytes(Array([]byte("abcd")).Call("subarray", 1, 3), 2)
	require.True(t, ok)
	require.Equal(t, "bc", string(part))
	for _, none := range []string{`"text"`, `undefined`, `null`, `1`, `{}`, `[1]`, `new Uint16Array(1)`} {
		_, ok := Bytes(function(`return `+none).Invoke(), 1<<20)
		require.False(t, ok, none)
	}
}
