package opfsjs

import "errors"

// Error is a refusal of the browser's file system. Name is that of the
// DOMException.
type Error struct {
	Op   string
	Name string
}

func (e *Error) Error() string { return "couldn't " + e.Op + ": " + e.Name }

// Quota reports whether the disk or the browser's share for us is full.
func (e *Error) Quota() bool { return e.Name == "QuotaExceededError" }

// ErrInUse is returned by Open when another Worker holds the file: another
// agent runs.
var ErrInUse = errors.New("couldn't open root file: another agent holds it")

// ErrBounds is returned by reads and writes outside the file.
var ErrBounds = errors.New("couldn't reach root file: out of bounds")

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("root file is closed")
