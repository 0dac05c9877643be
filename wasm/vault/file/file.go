//go:build !js

package file

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// Size of a root file, in bytes: as vault.RootSize.
const Size = 8192

// ErrBounds is returned by reads and writes that leave the file.
var ErrBounds = errors.New("couldn't reach root file: out of bounds")

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("root file is closed")

// Root is a vault.RootFile. That only one process has it open is for the
// caller to ensure. All methods may be called concurrently.
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
	if info.Size() > Size {
		return fmt.Errorf("it has %d bytes instead of %d", info.Size(), Size)
	}
	if info.Size() == Size {
		return nil
	}
	if _, err := f.WriteAt(make([]byte, Size-info.Size()), info.Size()); err != nil {
		return err
	}
	return f.Sync()
}

// ReadAt implements io.ReaderAt.
func (r *Root) ReadAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(p, off); err != nil {
		return 0, err
	}
	return r.file.ReadAt(p, off)
}

// WriteAt implements io.WriterAt; it writes within the file or not at all.
func (r *Root) WriteAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(p, off); err != nil {
		return 0, err
	}
	return r.file.WriteAt(p, off)
}

func (r *Root) check(p []byte, off int64) error {
	switch {
	case r.file == nil:
		return ErrClosed
	case off < 0 || off > Size-int64(len(p)):
		return ErrBounds
	}
	return nil
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
