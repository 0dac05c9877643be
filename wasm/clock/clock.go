// Package clock counts the time that has surely passed. What can never be
// undone (a message whose time is over, the keys of an ended epoch, an
// invitation that expires) goes by it, so that a machine whose clock jumps
// ahead loses nothing.
//
// While a process runs, its own monotonic time counts. What passed besides
// (it did not run, or the machine slept) counts only as far as both the wall
// clock and a relay's clock have moved on since both were last read together.
// So a wrong clock counts nothing that did not pass, and neither does a relay
// that lies, alone; either can only delay.
package clock

import "time"

const (
	// tolerance is how far, in milliseconds, the wall clock and the process
	// may part before a relay should be asked.
	tolerance = 60 * 1000
	// tellable is how far, in milliseconds, the wall clock has to be off for
	// its owner to be told.
	tellable = 3600 * 1000
	// undated bounds what the wall clock alone may count, in milliseconds,
	// where the relay answers but does not say when.
	undated = 24 * 3600 * 1000
)

// Record is what is stored of a Clock. All are unix milliseconds.
type Record struct {
	// Relay and Wall are what a relay's clock and the wall clock showed when
	// both were last read, and Counted what was counted by then. Relay is 0
	// where none was read: then it is taken to have shown the same as Wall.
	Relay   int64 `cbor:"1,keyasint,omitempty"`
	Wall    int64 `cbor:"2,keyasint"`
	Counted int64 `cbor:"3,keyasint"`
	// Last is what was counted when this was stored.
	Last int64 `cbor:"4,keyasint"`
}

// Clock counts time. It is not for concurrent use. Its methods take the wall
// clock (unix milliseconds) and how long the process runs.
type Clock struct {
	anchor Record
	read   time.Duration // when anchor was taken, or the process began
	off    int64         // of the wall clock, ms; as last read
}

// New goes on from what was stored, in a process that has run for elapsed.
func New(stored Record, elapsed time.Duration) *Clock {
	return &Clock{anchor: stored, read: elapsed}
}

// Now returns the time that counts, unix milliseconds. It never goes back.
func (c *Clock) Now(elapsed time.Duration) int64 {
	return max(c.anchor.Last, c.anchor.Counted) + (elapsed - c.read).Milliseconds()
}

// Plausible returns the time that would count if the wall clock were right.
// It is never before Now.
func (c *Clock) Plausible(wall int64, elapsed time.Duration) int64 {
	return max(c.Now(elapsed), c.anchor.Counted+wall-c.anchor.Wall)
}

// Read takes what a relay's clock shows, unix milliseconds; 0: the relay
// answered, but does not say.
func (c *Clock) Read(relay, wall int64, elapsed time.Duration) {
	passed := wall - c.anchor.Wall
	c.off = 0
	if relay == 0 {
		passed = min(passed, undated)
	} else {
		from := c.anchor.Relay
		if from == 0 {
			from = c.anchor.Wall
		}
		passed = min(passed, relay-from)
		if off := wall - relay; off > tellable || off < -tellable {
			c.off = off
		}
	}
	now := max(c.Now(elapsed), c.anchor.Counted+passed)
	c.anchor, c.read = Record{Relay: relay, Wall: wall, Counted: now, Last: now}, elapsed
}

// Off returns how far the wall clock is ahead of the relay's, in milliseconds,
// as last read; 0 if it is right to the hour.
func (c *Clock) Off() int64 { return c.off }

// Doubtful reports whether the wall clock has not moved as the process ran
// since the last reading: a relay should be read.
func (c *Clock) Doubtful(wall int64, elapsed time.Duration) bool {
	apart := wall - c.anchor.Wall - (elapsed - c.read).Milliseconds()
	return apart > tolerance || apart < -tolerance
}

// Record returns what to store.
func (c *Clock) Record(elapsed time.Duration) Record {
	r := c.anchor
	r.Last = c.Now(elapsed)
	return r
}
