//go:build js

package opfsjs

import "syscall/js"

// try runs f, which calls into JavaScript, and turns what that throws into an
// *Error.
func try(op string, f func()) (err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case js.Error:
			err = exception(op, thrown.Value)
		default:
			panic(thrown)
		}
	}()
	f()
	return nil
}

func exception(op string, e js.Value) error {
	name := "UnknownError"
	if e.Type() == js.TypeObject && e.Get("name").Type() == js.TypeString {
		name = e.Get("name").String()
	}
	return &Error{Op: op, Name: name}
}

// await calls a method that returns a promise, and returns what that becomes.
// It blocks its goroutine, which must not be that of a JavaScript callback nor
// hold an IndexedDB transaction open.
func await(op string, target js.Value, method string, args ...any) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	fulfilled := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	defer fulfilled.Release()
	rejected := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{err: exception(op, args[0])}
		return nil
	})
	defer rejected.Release()
	if err := try(op, func() { target.Call(method, args...).Call("then", fulfilled, rejected) }); err != nil {
		return js.Value{}, err
	}
	out := <-settled
	return out.value, out.err
}

// folder returns the root directory of the origin's file system.
func folder(op string) (js.Value, error) {
	storage := js.Global().Get("navigator").Get("storage")
	if !storage.Truthy() || storage.Get("getDirectory").Type() != js.TypeFunction {
		return js.Value{}, &Error{Op: op, Name: "NotSupportedError"}
	}
	return await(op, storage, "getDirectory")
}
