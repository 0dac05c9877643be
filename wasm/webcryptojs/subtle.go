//go:build js

package webcryptojs

import (
	"errors"
	"sync"
	"syscall/js"

	browser "petmail/wasm/js"
)

// subtle is crypto.subtle, typed. Its methods wait for promises; all may be
// called concurrently. Functions are bound and strings made once: looking one
// up by name costs a call into JavaScript about a microsecond more.
type subtle struct {
	waiters *browser.Waiters

	importKey, verifyKey, deriveBits js.Value
	generateKey, exportKey           js.Value
	all, bytes                       js.Value // Promise.all, Uint8Array
	raw, pkcs8                       js.Value
	signing, dh                      js.Value // algorithms
	toVerify, toDerive, toNothing    js.Value // usages

	// mu guards what carries arguments: WebCrypto copies them before it
	// returns.
	mu        sync.Mutex
	private   js.Value // 48 bytes
	public    js.Value // 32 bytes
	signature js.Value // 64 bytes
	imports   js.Value // two promises
	agreement js.Value // {name: "X25519", public}
	wipe      js.Value // overwrites private
}

// newSubtle returns false where there is no WebCrypto: it is there only in
// secure contexts.
func newSubtle() (*subtle, bool) {
	crypto := js.Global().Get("crypto")
	if crypto.IsUndefined() || crypto.Get("subtle").IsUndefined() {
		return nil, false
	}
	bound := func(object js.Value, method string) js.Value {
		return object.Get(method).Call("bind", object)
	}
	api, promise, bytes := crypto.Get("subtle"), js.Global().Get("Promise"), js.Global().Get("Uint8Array")
	s := &subtle{
		waiters:     browser.NewWaiters(),
		importKey:   bound(api, "importKey"),
		verifyKey:   bound(api, "verify"),
		deriveBits:  bound(api, "deriveBits"),
		generateKey: bound(api, "generateKey"),
		exportKey:   bound(api, "exportKey"),
		all:         bound(promise, "all"),
		bytes:       bytes,
		raw:         js.ValueOf("raw"),
		pkcs8:       js.ValueOf("pkcs8"),
		signing:     js.ValueOf(map[string]any{"name": "Ed25519"}),
		dh:          js.ValueOf(map[string]any{"name": "X25519"}),
		toVerify:    js.ValueOf([]any{"verify"}),
		toDerive:    js.ValueOf([]any{"deriveBits"}),
		toNothing:   js.ValueOf([]any{}),
		private:     bytes.New(48),
		public:      bytes.New(32),
		signature:   bytes.New(64),
		imports:     js.ValueOf([]any{nil, nil}),
		agreement:   js.ValueOf(map[string]any{"name": "X25519"}),
	}
	s.wipe = bound(s.private, "fill")
	return s, true
}

var errSize = errors.New("the browser answered with another size")

// pkcs8X25519 is PKCS #8 (RFC 8410) up to the 32 bytes of a private key.
const pkcs8X25519 = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x6e\x04\x22\x04\x20"

// importPublic returns a promise; s.mu is held.
func (s *subtle) importPublic(algorithm js.Value, public []byte, uses js.Value) js.Value {
	js.CopyBytesToJS(s.public, public)
	return s.importKey.Invoke(s.raw, s.public, algorithm, true, uses)
}

// importPrivate returns the promise of a key that is not extractable; s.mu is
// held.
func (s *subtle) importPrivate(private []byte) js.Value {
	var encoded [48]byte
	copy(encoded[:], pkcs8X25519)
	copy(encoded[len(pkcs8X25519):], private)
	js.CopyBytesToJS(s.private, encoded[:])
	clear(encoded[:])
	promise := s.importKey.Invoke(s.pkcs8, s.private, s.dh, false, s.toDerive)
	s.wipe.Invoke(0)
	return promise
}

// await returns what a promise becomes. Why one is rejected does not matter: Go
// then computes the same itself.
func (s *subtle) await(promise js.Value) (js.Value, error) {
	return s.waiters.Await("ask WebCrypto", promise)
}

func (s *subtle) verifyingKey(public []byte) (js.Value, error) {
	s.mu.Lock()
	promise := s.importPublic(s.signing, public, s.toVerify)
	s.mu.Unlock()
	return s.await(promise)
}

// verify takes a signature of 64 bytes.
func (s *subtle) verify(key js.Value, message, signature []byte) (bool, error) {
	text := s.bytes.New(len(message))
	js.CopyBytesToJS(text, message)
	s.mu.Lock()
	js.CopyBytesToJS(s.signature, signature)
	promise := s.verifyKey.Invoke(s.signing, key, s.signature, text)
	s.mu.Unlock()
	out, err := s.await(promise)
	if err != nil {
		return false, err
	}
	return out.Type() == js.TypeBoolean && out.Bool(), nil
}

// derive is X25519 of keys of 32 bytes. The browser imports them side by side
// on threads of its own; Go does meanwhile in that time.
func (s *subtle) derive(private, public []byte, meanwhile func()) ([]byte, error) {
	s.mu.Lock()
	s.imports.SetIndex(0, s.importPrivate(private))
	s.imports.SetIndex(1, s.importPublic(s.dh, public, s.toNothing))
	promise := s.all.Invoke(s.imports)
	s.mu.Unlock()
	meanwhile()
	keys, err := s.await(promise)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.agreement.Set("public", keys.Index(1))
	promise = s.deriveBits.Invoke(s.agreement, keys.Index(0), 256)
	s.mu.Unlock()
	out, err := s.await(promise)
	if err != nil {
		return nil, err
	}
	return s.take(out)
}

// agree is X25519 of public and a fresh key, whose private half never leaves
// the browser.
func (s *subtle) agree(public []byte) (own, secret []byte, err error) {
	s.mu.Lock()
	s.imports.SetIndex(0, s.generateKey.Invoke(s.dh, false, s.toDerive))
	s.imports.SetIndex(1, s.importPublic(s.dh, public, s.toNothing))
	promise := s.all.Invoke(s.imports)
	s.mu.Unlock()
	keys, err := s.await(promise)
	if err != nil {
		return nil, nil, err
	}
	pair := keys.Index(0)
	s.mu.Lock()
	s.agreement.Set("public", keys.Index(1))
	s.imports.SetIndex(0, s.exportKey.Invoke(s.raw, pair.Get("publicKey")))
	s.imports.SetIndex(1, s.deriveBits.Invoke(s.agreement, pair.Get("privateKey"), 256))
	promise = s.all.Invoke(s.imports)
	s.mu.Unlock()
	out, err := s.await(promise)
	if err != nil {
		return nil, nil, err
	}
	if own, err = s.take(out.Index(0)); err != nil {
		return nil, nil, err
	}
	secret, err = s.take(out.Index(1))
	return own, secret, err
}

// take copies an ArrayBuffer of 32 bytes and overwrites it.
func (s *subtle) take(buffer js.Value) ([]byte, error) {
	array := s.bytes.New(buffer)
	b := make([]byte, 32, 33)
	n := js.CopyBytesToGo(b[:33], array)
	array.Call("fill", 0)
	if n != 32 {
		return nil, errSize
	}
	return b, nil
}
