//go:build js

package webcryptojs

import (
	"errors"
	"syscall/js"
)

// subtle is crypto.subtle, typed. Its methods wait for promises.
type subtle struct {
	api, promise, bytes js.Value // crypto.subtle, Promise, Uint8Array
	signing, dh         js.Value // algorithms
	uses                map[string]js.Value
	waiters             *waiters
}

// newSubtle returns false where there is no WebCrypto: it is there only in
// secure contexts.
func newSubtle() (*subtle, bool) {
	crypto := js.Global().Get("crypto")
	if crypto.IsUndefined() || crypto.Get("subtle").IsUndefined() {
		return nil, false
	}
	s := &subtle{
		api:     crypto.Get("subtle"),
		promise: js.Global().Get("Promise"),
		bytes:   js.Global().Get("Uint8Array"),
		signing: js.ValueOf(map[string]any{"name": "Ed25519"}),
		dh:      js.ValueOf(map[string]any{"name": "X25519"}),
		uses:    map[string]js.Value{"": js.ValueOf([]any{})},
		waiters: &waiters{},
	}
	for _, use := range []string{"verify", "deriveBits"} {
		s.uses[use] = js.ValueOf([]any{use})
	}
	return s, true
}

var errSize = errors.New("the browser answered with another size")

// pkcs8X25519 is PKCS #8 (RFC 8410) up to the 32 bytes of a private key.
const pkcs8X25519 = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x6e\x04\x22\x04\x20"

func (s *subtle) array(b []byte) js.Value {
	a := s.bytes.New(len(b))
	js.CopyBytesToJS(a, b)
	return a
}

// take copies an ArrayBuffer of size bytes and overwrites it.
func (s *subtle) take(buffer js.Value, size int) ([]byte, error) {
	a := s.bytes.New(buffer)
	if a.Length() != size {
		return nil, errSize
	}
	b := make([]byte, size)
	js.CopyBytesToGo(b, a)
	a.Call("fill", 0)
	return b, nil
}

func (s *subtle) importPublic(algorithm js.Value, public []byte, use string) js.Value {
	return s.api.Call("importKey", "raw", s.array(public), algorithm, true, s.uses[use])
}

// importPrivate returns the promise of a key that is not extractable. The
// browser has copied the key when importKey returns.
func (s *subtle) importPrivate(private []byte) js.Value {
	encoded := append(append(make([]byte, 0, 48), pkcs8X25519...), private...)
	a := s.array(encoded)
	clear(encoded)
	promise := s.api.Call("importKey", "pkcs8", a, s.dh, false, s.uses["deriveBits"])
	a.Call("fill", 0)
	return promise
}

func (s *subtle) verifyingKey(public []byte) (js.Value, error) {
	return s.waiters.await(s.importPublic(s.signing, public, "verify"))
}

func (s *subtle) verify(key js.Value, message, signature []byte) (bool, error) {
	out, err := s.waiters.await(s.api.Call("verify", s.signing, key, s.array(signature), s.array(message)))
	if err != nil {
		return false, err
	}
	return out.Truthy(), nil
}

// derive is X25519. The keys are imported side by side.
func (s *subtle) derive(private, public []byte) ([]byte, error) {
	keys, err := s.waiters.await(s.promise.Call("all", []any{
		s.importPrivate(private),
		s.importPublic(s.dh, public, ""),
	}))
	if err != nil {
		return nil, err
	}
	algorithm := js.ValueOf(map[string]any{"name": "X25519", "public": keys.Index(1)})
	out, err := s.waiters.await(s.api.Call("deriveBits", algorithm, keys.Index(0), 256))
	if err != nil {
		return nil, err
	}
	return s.take(out, 32)
}
