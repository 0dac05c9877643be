package forensic

import (
	"sync"
)

// Secret derives the key of a lock from what the person knows; nil if it is
// not for that kind of lock.
type Secret func(kind string, params []byte) []byte

// Findings is what an examination found.
type Findings struct {
	Windows int64 // tried as keys
	Bytes   int64 // looked at, repeated blocks included
	Slots   int   // found, old ones included
	Roots   int   // of those that opened
	Opened  int   // records
	// Plain are the plaintexts of records, roots not included, and the values
	// that lie in leaves among them.
	Plain [][]byte
}

// Examine tries every window of the files on all evidence, and every key that
// it finds along the way.
func Examine(e *Evidence, files []string, secrets ...Secret) (*Findings, error) {
	x := &examiner{evidence: e, files: files, opened: make(map[*record]bool)}
	if err := x.findSlots(); err != nil {
		return nil, err
	}
	for _, s := range x.slots {
		for i, l := range s.body.Locks {
			for _, secret := range secrets {
				if key := secret(l.Kind, l.Params); len(key) == 32 {
					x.learn(s.openLockWith(key, i))
				}
			}
		}
	}
	if err := x.scan(); err != nil {
		return nil, err
	}
	x.found.Slots = len(x.slots)
	x.found.Opened = len(x.opened)
	return &x.found, nil
}

func (s *slot) openLockWith(key []byte, i int) []byte {
	var w window
	w.set(key)
	return s.openLock(&w, i)
}

type examiner struct {
	evidence *Evidence
	files    []string
	slots    []*slot

	mu     sync.Mutex
	opened map[*record]bool
	roots  map[*slot]bool
	locks  map[*slot]bool
	found  Findings
}

// try takes w as a key of everything. It is called from many goroutines.
func (x *examiner) try(w *window) {
	word := w.firstWord()
	for _, r := range x.evidence.maybe(word) {
		x.tryRecord(r, w, word)
	}
	for _, s := range x.slots {
		if root := s.openRoot(w); root != nil {
			x.once(&x.roots, s, root, func() { x.found.Roots++ })
		}
		for i := range s.body.Locks {
			if key := s.openLock(w, i); key != nil {
				x.once(&x.locks, s, key, func() {})
			}
		}
	}
}

func (x *examiner) tryRecord(r *record, w *window, word uint32) {
	plain, parts := x.evidence.open(r, w.bytes(), word)
	if plain == nil {
		return
	}
	x.mu.Lock()
	again := x.opened[r]
	for _, part := range parts {
		x.opened[part] = true
	}
	if !again {
		x.found.Plain = append(x.found.Plain, plain)
		for _, item := range Leaf(plain) {
			if item.Value != nil {
				x.found.Plain = append(x.found.Plain, item.Value)
			}
		}
	}
	x.mu.Unlock()
	if !again {
		x.learn(plain)
	}
}

// once learns what a slot holds the first time that it is opened.
func (x *examiner) once(done *map[*slot]bool, s *slot, plain []byte, count func()) {
	x.mu.Lock()
	again := (*done)[s]
	if *done == nil {
		*done = make(map[*slot]bool)
	}
	(*done)[s] = true
	if !again {
		count()
	}
	x.mu.Unlock()
	if !again {
		x.learn(plain)
	}
}

// learn takes every window of something that was opened as a key: of whatever
// form pages, directories and roots are, the keys in them are 32 bytes long.
func (x *examiner) learn(plain []byte) {
	var w window
	for i := 0; i+32 <= len(plain); i++ {
		w.set(plain[i:])
		x.try(&w)
	}
}
