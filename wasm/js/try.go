//go:build js

package js

import "syscall/js"

// Try runs f, which calls into JavaScript, and returns what that throws as an
// *Error.
func Try(op string, f func()) (err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case js.Error:
			err = Refusal(op, thrown.Value)
		default:
			panic(thrown)
		}
	}()
	f()
	return nil
}

// Refusal makes an *Error of an exception, whatever kind of value that is: one
// without a name is an UnknownError.
func Refusal(op string, exception js.Value) error {
	name := "UnknownError"
	if exception.Type() == js.TypeObject && exception.Get("name").Type() == js.TypeString {
		name = exception.Get("name").String()
	}
	return &Error{Op: op, Name: name}
}
