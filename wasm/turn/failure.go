package turn

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"petmail/shared/wire"
)

// ErrPanic stands for the value of a panic, which may quote what it choked on.
var ErrPanic = errors.New("a defect was met")

// ErrTooBig: a record is larger than the store takes.
var ErrTooBig = errors.New("couldn't store: a record is too big")

// DecodeError is a record that does not decode. Set aside because of it, its
// owner waits until it does (Checker).
type DecodeError struct {
	wire.Redacted
	Key string
	Err error
}

func (e *DecodeError) Error() string { return fmt.Sprintf("couldn't decode record: %v", e.Err) }
func (e *DecodeError) Unwrap() error { return e.Err }

// Safely runs what changes nothing, and makes an error of its panic.
func Safely(log *slog.Logger, work string, f func() error) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			// The place is enough to mend it.
			log.Error("panicked", "type", fmt.Sprintf("%T", thrown), "work", work, "stack", string(debug.Stack()))
			err = ErrPanic
		}
	}()
	return f()
}

// Backoff returns the wait, in milliseconds, after so many failures in a row:
// 1 s doubling to 5 min, with full jitter in its upper half.
func Backoff(failed int) int64 { return backoff(failed, 5*time.Minute) }

// SlowBackoff is Backoff up to a day: for relays that may be a contact's, who
// must not learn from its refusals when we are there.
func SlowBackoff(failed int) int64 { return backoff(failed, 24*time.Hour) }

func backoff(failed int, most time.Duration) int64 {
	limit := min(time.Second<<min(failed, 17), most).Milliseconds()
	return limit/2 + rand.Int64N(limit/2)
}
