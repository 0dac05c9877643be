//go:build js

package idb

import "syscall/js"

// Delete deletes the database called name, which nobody may have open: it
// waits for whoever has. The browser's files may keep its bytes for months.
func Delete(name string) error {
	const op = "delete storage"
	w := newWaiter()
	defer w.release()
	err := try(op, func() {
		request := js.Global().Get("indexedDB").Call("deleteDatabase", name)
		w.on(request, "onsuccess", func() (bool, error) { return true, nil })
		w.on(request, "onerror", func() (bool, error) { return true, exception(op, request.Get("error")) })
	})
	if err != nil {
		return err
	}
	return <-w.done
}

// Exists reports whether there is a database called name.
func Exists(name string) (bool, error) {
	const op = "look for storage"
	w := newWaiter()
	defer w.release()
	found := false
	fulfilled := js.FuncOf(func(_ js.Value, args []js.Value) any {
		for i := range args[0].Length() {
			found = found || args[0].Index(i).Get("name").String() == name
		}
		w.done <- nil
		return nil
	})
	rejected := js.FuncOf(func(_ js.Value, args []js.Value) any {
		w.done <- exception(op, args[0])
		return nil
	})
	w.funcs = append(w.funcs, fulfilled, rejected)
	err := try(op, func() {
		js.Global().Get("indexedDB").Call("databases").Call("then", fulfilled, rejected)
	})
	if err != nil {
		return false, err
	}
	return found, <-w.done
}
