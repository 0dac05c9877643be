//go:build js

package js

import "syscall/js"

// Array returns a Uint8Array with a copy of b.
func Array(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}

// Bytes returns a copy of what a Uint8Array or an ArrayBuffer holds, never nil,
// and false if v is neither or holds more than limit bytes.
func Bytes(v js.Value, limit int) ([]byte, bool) {
	uint8Array := js.Global().Get("Uint8Array")
	if !v.InstanceOf(uint8Array) {
		if !v.InstanceOf(js.Global().Get("ArrayBuffer")) {
			return nil, false
		}
		v = uint8Array.New(v)
	}
	n := v.Get("length").Int()
	if n > limit {
		return nil, false
	}
	b := make([]byte, n)
	js.CopyBytesToGo(b, v)
	return b, true
}
