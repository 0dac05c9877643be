//go:build js

package opfsjs

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall/js"
	"time"

	browser "petmail/wasm/js"
	"petmail/wasm/vault"
)

var _ vault.RootFile = (*Root)(nil)

// A browser lets go of the handles of a Worker that has ended only after a
// moment, so Open tries this often with this pause.
const (
	attempts = 40
	pause    = 50 * time.Millisecond
)

const (
	opOpen   = "open root file"
	opRead   = "read root file"
	opWrite  = "write root file"
	opRemove = "remove root file"
)

// Root is a vault.RootFile. All methods may be called concurrently. What the
// browser refuses is a *browser.Error.
type Root struct {
	mu     sync.Mutex
	handle js.Value // undefined: closed
	buffer js.Value // a Uint8Array of vault.RootSize bytes
}

// Open opens the root file called name; where there is none, or one that a
// crash has left shorter, it is filled up with zeros, durably. It returns
// ErrInUse, after two seconds, if another Worker holds the file.
func Open(name string) (*Root, error) {
	directory, err := folder(opOpen)
	if err != nil {
		return nil, err
	}
	file, err := browser.Await(context.Background(), opOpen, directory, "getFileHandle", name, map[string]any{"create": true})
	if err != nil {
		return nil, err
	}
	handle, err := hold(file)
	if err != nil {
		return nil, err
	}
	r := &Root{handle: handle, buffer: js.Global().Get("Uint8Array").New(vault.RootSize)}
	if err := r.fill(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// folder returns the root directory of the origin's file system.
func folder(op string) (js.Value, error) {
	storage := js.Global().Get("navigator").Get("storage")
	if !storage.Truthy() || storage.Get("getDirectory").Type() != js.TypeFunction {
		return js.Value{}, &browser.Error{Op: op, Name: "NotSupportedError"}
	}
	return browser.Await(context.Background(), op, storage, "getDirectory")
}

// hold takes the exclusive handle of a file.
func hold(file js.Value) (js.Value, error) {
	for i := 0; ; i++ {
		handle, err := browser.Await(context.Background(), opOpen, file, "createSyncAccessHandle")
		var refusal *browser.Error
		if !errors.As(err, &refusal) || refusal.Name != "NoModificationAllowedError" && refusal.Name != "InvalidStateError" {
			return handle, err
		}
		if i == attempts {
			return js.Value{}, ErrInUse
		}
		time.Sleep(pause)
	}
}

func (r *Root) fill() error {
	size := 0
	if err := browser.Try(opOpen, func() { size = r.handle.Call("getSize").Int() }); err != nil {
		return err
	}
	switch {
	case size > vault.RootSize:
		return &browser.Error{Op: opOpen, Name: "DataError"}
	case size == vault.RootSize:
		return nil
	}
	if err := r.write(make([]byte, vault.RootSize-size), int64(size)); err != nil {
		return err
	}
	return browser.Try(opOpen, func() { r.handle.Call("flush") })
}

// ReadAt implements io.ReaderAt.
func (r *Root) ReadAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.handle.IsUndefined():
		return 0, ErrClosed
	case off < 0:
		return 0, ErrBounds
	}
	whole := p
	p = p[:min(int64(len(p)), max(0, vault.RootSize-off))]
	view := r.buffer.Call("subarray", 0, len(p))
	n := 0
	if err := browser.Try(opRead, func() { n = r.handle.Call("read", view, map[string]any{"at": off}).Int() }); err != nil {
		return 0, err
	}
	if n != len(p) {
		return 0, &browser.Error{Op: opRead, Name: "DataError"}
	}
	js.CopyBytesToGo(p, view)
	if err := r.wipe(); err != nil || n == len(whole) {
		return n, err
	}
	return n, io.EOF
}

// WriteAt implements io.WriterAt; it writes within the file or not at all.
func (r *Root) WriteAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.handle.IsUndefined():
		return 0, ErrClosed
	case off < 0 || off > vault.RootSize-int64(len(p)):
		return 0, ErrBounds
	}
	if err := r.write(p, off); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (r *Root) write(p []byte, off int64) error {
	view := r.buffer.Call("subarray", 0, len(p))
	js.CopyBytesToJS(view, p)
	n := 0
	if err := browser.Try(opWrite, func() { n = r.handle.Call("write", view, map[string]any{"at": off}).Int() }); err != nil {
		return err
	}
	if n != len(p) {
		return &browser.Error{Op: opWrite, Name: "QuotaExceededError"}
	}
	return r.wipe()
}

// wipe leaves nothing of a root in JavaScript's memory.
func (r *Root) wipe() error {
	return browser.Try(opWrite, func() { r.buffer.Call("fill", 0) })
}

// Flush returns once everything written is on the disk.
func (r *Root) Flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.handle.IsUndefined() {
		return ErrClosed
	}
	return browser.Try("flush root file", func() { r.handle.Call("flush") })
}

// Close lets the file go.
func (r *Root) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.handle.IsUndefined() {
		return ErrClosed
	}
	handle := r.handle
	r.handle = js.Undefined()
	return browser.Try("close root file", func() { handle.Call("close") })
}

// Remove deletes a root file that is closed; there may be none. What it held
// has to be overwritten before: deleting overwrites nothing.
func Remove(name string) error {
	directory, err := folder(opRemove)
	if err != nil {
		return err
	}
	_, err = browser.Await(context.Background(), opRemove, directory, "removeEntry", name)
	var refusal *browser.Error
	if errors.As(err, &refusal) && refusal.Name == "NotFoundError" {
		return nil
	}
	return err
}
