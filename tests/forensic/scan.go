package forensic

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

// Files returns every regular file below a folder.
func Files(folder string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't list files: %w", err)
	}
	return files, nil
}

const (
	keySize = 32
	// block is what filesystems align to, in bytes: the unit in which the same
	// bytes are recognised when a file is seen again in the image of its disk.
	block = 4096
	chunk = 256 * block
	// seekData is Linux's SEEK_DATA: an image is mostly holes.
	seekData = 3
)

// chunks calls f with the whole of a file, chunk by chunk at multiples of
// block, each with overlap bytes of the next. f may keep what it is given.
func chunks(path string, overlap int, f func(offset int64, b []byte)) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("couldn't examine: %w", err)
	}
	defer file.Close()
	for offset := int64(0); ; offset += chunk {
		switch next, err := file.Seek(offset, seekData); {
		case err == nil:
			offset = next / block * block
		case errors.Is(err, syscall.ENXIO):
			return nil // only a hole is left
		}
		b := make([]byte, chunk+overlap)
		n, err := file.ReadAt(b, offset)
		if n > 0 {
			f(offset, b[:n])
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("couldn't examine: %w", err)
		}
	}
}

// findSlots finds every slot that is or was in a root file.
func (x *examiner) findSlots() error {
	seen := map[string]bool{}
	for _, path := range x.files {
		err := chunks(path, slotSize, func(offset int64, b []byte) {
			for at := 0; ; at++ {
				i := bytes.Index(b[at:], []byte(slotMagic))
				if i < 0 {
					return
				}
				at += i
				whole := b[at:min(len(b), at+slotSize)]
				if s := parseSlot(whole); s != nil && !seen[string(whole)] {
					seen[string(whole)] = true
					x.slots = append(x.slots, s)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// scan tries every window of every file.
func (x *examiner) scan() error {
	work := make(chan []byte, 2)
	var windows, size atomic.Int64
	var workers sync.WaitGroup
	seen := blocks{seed: maphash.MakeSeed(), seen: make(map[uint64]bool)}
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for b := range work {
				size.Add(int64(min(len(b), chunk)))
				for at := 0; at < min(len(b), chunk); at += block {
					if piece := b[at:min(len(b), at+block+keySize-1)]; seen.fresh(piece) {
						windows.Add(x.windows(piece))
					}
				}
			}
		})
	}
	var err error
	for _, path := range x.files {
		if err = chunks(path, keySize-1, func(_ int64, b []byte) { work <- b }); err != nil {
			break
		}
	}
	close(work)
	workers.Wait()
	x.found.Windows, x.found.Bytes = windows.Load(), size.Load()
	return err
}

// blocks remembers what has been looked at.
type blocks struct {
	seed maphash.Seed
	mu   sync.Mutex
	seen map[uint64]bool
}

func (s *blocks) fresh(b []byte) bool {
	h := maphash.Bytes(s.seed, b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[h] {
		return false
	}
	s.seen[h] = true
	return true
}

// fewest is how many different bytes a window must have. Of 32 random bytes
// fewer than 20 are different once in 7 · 10^9 times; of text mostly.
const fewest = 20

// windows tries every window of b and returns how many there were.
func (x *examiner) windows(b []byte) int64 {
	var count [256]uint8
	var w window
	different, tried := 0, int64(0)
	for i, in := range b {
		if count[in]++; count[in] == 1 {
			different++
		}
		if i < keySize-1 {
			continue
		}
		from := i - keySize + 1
		if different >= fewest {
			w.set(b[from:])
			x.try(&w)
			tried++
		}
		out := b[from]
		if count[out]--; count[out] == 0 {
			different--
		}
	}
	return tried
}
