//go:build js

package js

import (
	"context"
	"fmt"
	"sync"
	"syscall/js"
)

// Await calls a method of target that returns a promise, and returns what that
// becomes; there has to be such a method.
// It blocks its goroutine, which must not be that of a JavaScript callback nor
// hold an IndexedDB transaction open. An exception and a rejection are an
// *Error. When ctx ends, its error is returned at once, wrapped; what the
// browser does goes on.
func Await(ctx context.Context, op string, target js.Value, method string, args ...any) (js.Value, error) {
	w := newWaiter()
	err := Try(op, func() { target.Call(method, args...).Call("then", w.fulfilled, w.rejected) })
	if err != nil {
		w.release()
		return js.Value{}, err
	}
	select {
	case o := <-w.settled:
		w.release()
		return o.result(op)
	case <-ctx.Done():
		// Ends with the promise, which calls back until then.
		go func() {
			<-w.settled
			w.release()
		}()
		return js.Value{}, fmt.Errorf("couldn't %s: %w", op, ctx.Err())
	}
}

// waiter is a pair of callbacks for one promise at a time.
type waiter struct {
	fulfilled, rejected js.Func
	settled             chan outcome
}

type outcome struct {
	value    js.Value
	rejected bool // value is the exception
}

func newWaiter() *waiter {
	w := &waiter{settled: make(chan outcome, 1)}
	w.fulfilled = js.FuncOf(func(_ js.Value, args []js.Value) any {
		w.settled <- outcome{value: args[0]}
		return nil
	})
	w.rejected = js.FuncOf(func(_ js.Value, args []js.Value) any {
		w.settled <- outcome{value: args[0], rejected: true}
		return nil
	})
	return w
}

func (w *waiter) release() {
	w.fulfilled.Release()
	w.rejected.Release()
}

func (o outcome) result(op string) (js.Value, error) {
	if o.rejected {
		return js.Value{}, Refusal(op, o.value)
	}
	return o.value, nil
}

// Waiters wait for promises with callbacks that are used again: making them
// costs as much as a promise itself. As many are kept as were ever needed at
// once. All methods may be called concurrently.
type Waiters struct {
	then js.Value // then(promise, fulfilled, rejected)

	mu   sync.Mutex
	idle []*waiter
}

// NewWaiters returns Waiters without callbacks yet.
func NewWaiters() *Waiters {
	call := js.Global().Get("Function").Get("prototype").Get("call")
	return &Waiters{then: call.Call("bind", js.Global().Get("Promise").Get("prototype").Get("then"))}
}

// Await returns what a promise becomes; a rejection is an *Error. It blocks its
// goroutine, which must not be that of a JavaScript callback.
func (ws *Waiters) Await(op string, promise js.Value) (js.Value, error) {
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
	o := <-w.settled
	ws.mu.Lock()
	ws.idle = append(ws.idle, w)
	ws.mu.Unlock()
	return o.result(op)
}
