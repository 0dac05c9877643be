package store

import (
	"errors"
	"fmt"
)

// Bounds of keys and values, in bytes.
const (
	MaxKey   = 200
	MaxValue = 1 << 20
)

// ErrInvalid is wrapped by the errors for keys and values outside the bounds.
// Nothing of such a batch is applied.
var ErrInvalid = errors.New("invalid key or value")

// CheckKey returns an error wrapping ErrInvalid unless key is 1 to MaxKey
// bytes of printable ASCII.
func CheckKey(key string) error {
	if key == "" {
		return fmt.Errorf("%w: empty key", ErrInvalid)
	}
	return CheckPrefix(key)
}

// CheckPrefix is CheckKey for a part of a key, which may be empty.
func CheckPrefix(prefix string) error {
	if len(prefix) > MaxKey {
		return fmt.Errorf("%w: key of %d bytes", ErrInvalid, len(prefix))
	}
	for i := range len(prefix) {
		if prefix[i] < ' ' || prefix[i] > '~' {
			return fmt.Errorf("%w: key has a byte that is not printable ASCII", ErrInvalid)
		}
	}
	return nil
}

// Check returns an error wrapping ErrInvalid if a key or value of the batch
// is out of bounds.
func (b *Batch) Check() error {
	for _, op := range b.Ops {
		if err := CheckKey(op.Key); err != nil {
			return err
		}
		if len(op.Value) > MaxValue {
			return fmt.Errorf("%w: value of %d bytes", ErrInvalid, len(op.Value))
		}
	}
	return nil
}
