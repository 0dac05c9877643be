package vaulttest

import (
	"errors"
	"io"
	"math/rand/v2"
	"sync"

	"petmail/wasm/vault"
)

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// ErrHeld is returned by RootDisk.Open while the file is open.
var ErrHeld = errors.New("root file is held by another agent")

// ErrClosed is returned by a root file's methods after Close or Crash.
var ErrClosed = errors.New("root file is closed")

// RootDisk keeps the bytes of a root file beyond the life of the processes
// that open it.
type RootDisk struct {
	mu      sync.Mutex
	durable [vault.RootSize]byte
	holder  *RootFile
}

// Bytes returns a copy of what is durable.
func (d *RootDisk) Bytes() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]byte{}, d.durable[:]...)
}

// SetBytes replaces what is durable, as a person or a fault might.
func (d *RootDisk) SetBytes(b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	copy(d.durable[:], b)
}

// Open opens the file.
func (d *RootDisk) Open() (*RootFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holder != nil {
		return nil, ErrHeld
	}
	d.holder = &RootFile{disk: d, cached: d.durable}
	return d.holder, nil
}

// Crash ends the process that has the file open. Of the sectors it wrote and
// did not flush, each is durable or not, as rng draws.
func (d *RootDisk) Crash(rng *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holder == nil {
		return
	}
	for i := 0; i < vault.RootSize; i += sector {
		if rng.IntN(2) == 0 {
			copy(d.durable[i:i+sector], d.holder.cached[i:])
		}
	}
	d.holder = nil
}

// RootFile is an open vault.RootFile in memory.
type RootFile struct {
	disk   *RootDisk
	cached [vault.RootSize]byte
	step   func() error
}

var _ vault.RootFile = (*RootFile)(nil)

// OnStep has step called before each WriteAt and Flush; an error of it is the
// call's, which then does nothing.
func (f *RootFile) OnStep(step func() error) { f.step = step }

func (f *RootFile) begin(write bool) error {
	if f.disk.holder != f {
		return ErrClosed
	}
	if write && f.step != nil {
		return f.step()
	}
	return nil
}

// ReadAt implements io.ReaderAt.
func (f *RootFile) ReadAt(p []byte, off int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.begin(false); err != nil {
		return 0, err
	}
	if off < 0 || off >= vault.RootSize {
		return 0, io.EOF
	}
	n := copy(p, f.cached[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements io.WriterAt.
func (f *RootFile) WriteAt(p []byte, off int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.begin(true); err != nil {
		return 0, err
	}
	if off < 0 || off+int64(len(p)) > vault.RootSize {
		return 0, errors.New("write outside the root file")
	}
	return copy(f.cached[off:], p), nil
}

// Flush implements vault.RootFile.
func (f *RootFile) Flush() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.begin(true); err != nil {
		return err
	}
	f.disk.durable = f.cached
	return nil
}

// Close implements vault.RootFile.
func (f *RootFile) Close() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.begin(false); err != nil {
		return err
	}
	f.disk.holder = nil
	return nil
}
