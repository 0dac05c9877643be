//go:build js

package idb

import (
	"syscall/js"

	browser "petmail/wasm/js"
	"petmail/wasm/store"
)

// keyRange is what a Scan walks: from lower, exclusively if lowerOpen, up to
// upper, exclusively.
type keyRange struct {
	lower, upper string
	lowerOpen    bool
}

func scanRange(prefix, from string, reverse bool) keyRange {
	// No byte of a key is above '~'.
	r := keyRange{lower: prefix, upper: prefix + "\x7f"}
	switch {
	case from == "":
	case reverse:
		r.upper = min(r.upper, from)
	case from >= prefix:
		r.lower, r.lowerOpen = from, true
	}
	return r
}

// empty reports whether the range is one that IDBKeyRange refuses.
func (r keyRange) empty() bool { return r.lower >= r.upper }

func (r keyRange) value() js.Value {
	return js.Global().Get("IDBKeyRange").Call("bound", r.lower, r.upper, r.lowerOpen, true)
}

// scan collects records in the handlers of requests of one transaction.
type scan struct {
	limit   int
	records []store.Record
	err     error
}

func (s *scan) add(key, value js.Value) bool {
	b, err := copied(value)
	if err != nil {
		s.err = err
		return false
	}
	s.records = append(s.records, store.Record{Key: key.String(), Value: b})
	return true
}

// forward fetches a page, and in the handler of its values the next one.
func (s *scan) forward(objects js.Value, w *waiter, r keyRange) {
	page := min(s.limit-len(s.records), scanPage)
	bounds := r.value()
	keys := objects.Call("getAllKeys", bounds, page)
	values := objects.Call("getAll", bounds, page)
	// Requests of a transaction end in order: the keys are there by then.
	w.on(values, "onsuccess", func() (bool, error) {
		keys, values := keys.Get("result"), values.Get("result")
		n := min(keys.Length(), values.Length())
		for i := range n {
			if !s.add(keys.Index(i), values.Index(i)) {
				return false, nil
			}
		}
		if n == page && len(s.records) < s.limit {
			r.lower, r.lowerOpen = s.records[len(s.records)-1].Key, true
			s.err = browser.Try(opRead, func() { s.forward(objects, w, r) })
		}
		return false, nil
	})
}

// backward walks a cursor: getAll has no direction.
func (s *scan) backward(objects js.Value, w *waiter, r keyRange) {
	request := objects.Call("openCursor", r.value(), "prev")
	w.on(request, "onsuccess", func() (bool, error) {
		cursor := request.Get("result")
		if cursor.IsNull() || !s.add(cursor.Get("key"), cursor.Get("value")) {
			return false, nil
		}
		if len(s.records) < s.limit {
			s.err = browser.Try(opRead, func() { cursor.Call("continue") })
		}
		return false, nil
	})
}
