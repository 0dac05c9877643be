package idb

import "petmail/wasm/store"

// Error is a refusal of the browser's storage. Name is that of the
// DOMException. Nothing of the batch stands.
type Error struct {
	Op   string
	Name string
}

func (e *Error) Error() string { return "couldn't " + e.Op + ": " + e.Name }

// Quota reports whether the disk or the browser's share for us is full:
// deleting something, or freeing space, helps.
func (e *Error) Quota() bool { return e.Name == "QuotaExceededError" }

// Is has a full disk be a store.ErrNoRoom.
func (e *Error) Is(target error) bool { return target == store.ErrNoRoom && e.Quota() }

// Lost reports whether the database is gone for this process, because the
// person cleared the site's data or the browser closed it: only opening it
// again helps.
func (e *Error) Lost() bool { return e.Name == "InvalidStateError" }
