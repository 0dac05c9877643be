//go:build js

package js

import "syscall/js"

// Handlers are event handlers that are released together. The zero value has
// none. It is used by one goroutine at a time.
type Handlers struct{ funcs []js.Func }

// On makes f target's handler of an event, e.g. "onabort". What is set in the
// turn of the event loop that made target misses nothing.
func (h *Handlers) On(target js.Value, event string, f func(event js.Value)) {
	handler := js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	})
	h.funcs = append(h.funcs, handler)
	target.Set(event, handler)
}

// Release lets the handlers go, none of which may be called any more. A
// handler may call it itself.
func (h *Handlers) Release() {
	for _, f := range h.funcs {
		f.Release()
	}
}
