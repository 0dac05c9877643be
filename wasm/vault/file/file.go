//go:build !js

package file

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"petmail/wasm/vault"
)

var _ vault.RootFile = (*Root)(nil)

// ErrBounds is returned by reads and writes outside the file.
var ErrBounds = errors.New("couldn't reach root file: out of bounds")

// ErrInUse is returned by Open when another agent has the file open. It is
// noticed on Unix only.
var ErrInUse = errors.New("couldn't open root file: another agent holds it")

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("root file is closed")

// Root is a vault.RootFile. All methods may be called concurrently.
type Root struct {
	mu   sync.Mutex
	file *os.File // nil: closed
}

// Open opens the root file at path; where there is none, or one that a crash
// has left shorter, it is filled up with zeros, durably.
func Open(path string) (*Root, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("couldn't open root file: %w", err)
	}
	if !lock(f) {
		f.Close()
		return nil, ErrInUse
	}
	if err := fill(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("couldn't open root file: %w", err)
	}
	return &Root{file: f}, nil
}

func fill(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > vault.RootSize {
		return fmt.Errorf("it has %d bytes instead of %d", info.Size(), vault.RootSize)
	}
	if info.Size() == vault.RootSize {
		return nil
	}
	if _, err := f.WriteAt(make([]byte, vault.RootSize-info.Size()), info.Size()); err != nil {
		return err
	}
	return f.Sync()
}

// ReadAt implements io.ReaderAt.
func (r *Root) ReadAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return 0, ErrClosed
	}
	return r.file.ReadAt(p, off)
}

// WriteAt implements io.WriterAt; it writes within the file or not at all.
func (r *Root) WriteAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.file == nil:
		return 0, ErrClosed
	case off < 0 || off > vault.RootSize-int64(len(p)):
		return 0, ErrBounds
	}
	return r.file.WriteAt(p, off)
}

// Flush returns once everything written is on the disk.
func (r *Root) Flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return ErrClosed
	}
	return r.file.Sync()
}

// Close closes the file.
func (r *Root) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return ErrClosed
	}
	err := r.file.Close()
	r.file = nil
	return err
}
