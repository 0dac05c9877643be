//go:build js

package idb

import (
	"errors"
	"syscall/js"
	"time"

	browser "petmail/wasm/js"
)

// waiter is told of the end of a transaction or request by event handlers.
type waiter struct {
	browser.Handlers
	done chan error
}

func newWaiter() *waiter { return &waiter{done: make(chan error, 1)} }

// on sets handler as target's handler of an event, e.g. "onabort". The first
// handler that returns finished ends the wait.
func (w *waiter) on(target js.Value, event string, handler func() (finished bool, err error)) {
	w.On(target, event, func(js.Value) {
		if finished, err := handler(); finished {
			select {
			case w.done <- err:
			default:
			}
		}
	})
}

// failed makes an error of a transaction's or request's. There is none where
// the browser gives up without giving a reason.
func failed(op string, reason js.Value) error {
	if reason.IsNull() {
		return &browser.Error{Op: op, Name: "AbortError"}
	}
	return browser.Refusal(op, reason)
}

// transaction runs f, which places requests, in one transaction of db and
// returns when that has completed, all of it, or was aborted, all of it.
// Handlers that f sets may place further requests.
func transaction(db js.Value, op, mode string, f func(objects js.Value, w *waiter)) error {
	w := newWaiter()
	defer w.Release()
	var refused error
	err := browser.Try(op, func() {
		tx := db.Call("transaction", objectStore, mode, map[string]any{"durability": "strict"})
		w.on(tx, "oncomplete", func() (bool, error) { return true, nil })
		w.on(tx, "onabort", func() (bool, error) { return true, failed(op, tx.Get("error")) })
		// A request that cannot even be placed must take the others with it.
		refused = browser.Try(op, func() { f(tx.Call("objectStore", objectStore), w) })
		if refused != nil {
			tx.Call("abort")
		}
	})
	if err != nil {
		return err
	}
	if err := <-w.done; refused == nil {
		return err
	}
	return refused
}

// openTimeout is far above what opening takes, and is met only when another
// process holds on to a database that is being deleted.
const openTimeout = 20 * time.Second

// ErrTimeout is returned by Open when the browser does not answer.
var ErrTimeout = errors.New("couldn't open storage: the browser does not answer")

// openDatabase opens the database called name and makes its object store if
// it is new.
func openDatabase(name string) (js.Value, error) {
	const op = "open storage"
	var db js.Value
	w := newWaiter()
	factory := js.Global().Get("indexedDB")
	if !factory.Truthy() {
		return db, &browser.Error{Op: op, Name: "NotSupportedError"}
	}
	err := browser.Try(op, func() {
		request := factory.Call("open", name, 1)
		w.on(request, "onupgradeneeded", func() (bool, error) {
			request.Get("result").Call("createObjectStore", objectStore)
			return false, nil
		})
		w.on(request, "onsuccess", func() (bool, error) {
			db = request.Get("result")
			return true, nil
		})
		w.on(request, "onerror", func() (bool, error) { return true, failed(op, request.Get("error")) })
	})
	if err != nil {
		w.Release()
		return db, err
	}
	timer := time.NewTimer(openTimeout)
	defer timer.Stop()
	select {
	case err := <-w.done:
		w.Release()
		return db, err
	case <-timer.C:
		go func() {
			if <-w.done == nil {
				db.Call("close")
			}
			w.Release()
		}()
		return js.Value{}, ErrTimeout
	}
}
