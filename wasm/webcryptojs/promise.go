//go:build js

package webcryptojs

import (
	"errors"
	"sync"
	"syscall/js"
)

// errRefused is what a rejected promise becomes. Why it was rejected does not
// matter: Go then computes the same itself.
var errRefused = errors.New("the browser refused")

// waiter is a pair of callbacks for one promise at a time. Making callbacks
// costs as much as the promise itself, so they are used again.
type waiter struct {
	fulfilled, rejected js.Func
	settled             chan outcome
}

type outcome struct {
	value js.Value
	err   error
}

func newWaiter() *waiter {
	w := &waiter{settled: make(chan outcome, 1)}
	w.fulfilled = js.FuncOf(func(_ js.Value, args []js.Value) any {
		w.settled <- outcome{value: args[0]}
		return nil
	})
	w.rejected = js.FuncOf(func(js.Value, []js.Value) any {
		w.settled <- outcome{err: errRefused}
		return nil
	})
	return w
}

// waiters lends out waiters. It keeps as many as were ever needed at once.
type waiters struct {
	then js.Value // then(promise, fulfilled, rejected)

	mu   sync.Mutex
	idle []*waiter
}

func newWaiters() *waiters {
	call := js.Global().Get("Function").Get("prototype").Get("call")
	return &waiters{then: call.Call("bind", js.Global().Get("Promise").Get("prototype").Get("then"))}
}

// await returns what a promise becomes. It blocks its goroutine, which
// therefore must not be that of a JavaScript callback.
func (ws *waiters) await(promise js.Value) (js.Value, error) {
	ws.mu.Lock()
	var w *waiter
	if last := len(ws.idle) - 1; last >= 0 {
		w, ws.idle = ws.idle[last], ws.idle[:last]
	}
	ws.mu.Unlock()
	if w == nil {
		w = newWaiter()
	}
	ws.then.Invoke(promise, w.fulfilled, w.rejected)
	out := <-w.settled
	ws.mu.Lock()
	ws.idle = append(ws.idle, w)
	ws.mu.Unlock()
	return out.value, out.err
}
