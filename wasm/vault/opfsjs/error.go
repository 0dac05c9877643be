package opfsjs

import "errors"

// ErrInUse is returned by Open when another Worker holds the file: another
// agent runs.
var ErrInUse = errors.New("couldn't open root file: another agent holds it")

// ErrBounds is returned by reads and writes outside the file.
var ErrBounds = errors.New("couldn't reach root file: out of bounds")

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("root file is closed")
