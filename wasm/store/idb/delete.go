//go:build js

package idb

import (
	"syscall/js"

	browser "petmail/wasm/js"
)

// Delete deletes the database called name, which nobody may have open: it
// waits for whoever has. The browser's files may keep its bytes for months.
func Delete(name string) error {
	const op = "delete storage"
	w := newWaiter()
	defer w.Release()
	err := browser.Try(op, func() {
		request := js.Global().Get("indexedDB").Call("deleteDatabase", name)
		w.on(request, "onsuccess", func() (bool, error) { return true, nil })
		w.on(request, "onerror", func() (bool, error) { return true, failed(op, request.Get("error")) })
	})
	if err != nil {
		return err
	}
	return <-w.done
}
