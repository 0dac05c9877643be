package relayclient

import (
	"context"
	"encoding/binary"
	"io"
	"time"
)

const (
	backoffMin = 500 * time.Millisecond // ceiling of the first wait
	backoffMax = 60 * time.Second       // ceiling of the last
	// goodSession is how long a socket must have served for the next loss to
	// count as the first.
	goodSession = 20 * time.Second
)

// backoff says how long to wait between attempts: a random time up to a
// ceiling that doubles. The full range keeps the agents of a relay that came
// back from arriving together.
type backoff struct {
	rand     io.Reader
	attempts int
}

func (b *backoff) reset() { b.attempts = 0 }

func (b *backoff) next() time.Duration {
	ceiling := min(backoffMin<<min(b.attempts, 10), backoffMax)
	b.attempts++
	var r [8]byte
	if _, err := io.ReadFull(b.rand, r[:]); err != nil {
		return ceiling
	}
	// 53 bits make a float in [0, 1) exactly.
	return time.Duration(float64(binary.BigEndian.Uint64(r[:])>>11) / (1 << 53) * float64(ceiling))
}

// sleep waits for d, a nudge or the end of ctx. Only a nudge returns true.
func sleep(ctx context.Context, d time.Duration, nudge <-chan struct{}) (nudged bool) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-nudge:
		return true
	}
	return false
}
