package native

import (
	"log/slog"
	"sync/atomic"
	"time"
)

// maxSetBack is how far the wall clock may fall behind the time that has
// passed since the start before it is no longer believed.
const maxSetBack = time.Hour

// clock tells the time for everything that is stored. A wall clock that is
// set back while the relay runs, as by a broken NTP server, would give new
// envelopes an end that has passed once it is right again: they would be
// deleted although they were answered for. So time is then counted from the
// start. Jumps ahead are the sweeper's business (core, clock.go): believing
// them here only keeps things longer.
type clock struct {
	wall   func() time.Time
	start  time.Time // by wall
	passed func() time.Duration
	log    *slog.Logger
	back   atomic.Bool // the wall clock was set back
}

func newClock(wall func() time.Time, log *slog.Logger) *clock {
	if wall == nil {
		wall = time.Now
	}
	start := time.Now()
	return &clock{wall: wall, start: wall(), passed: func() time.Duration { return time.Since(start) }, log: log}
}

func (c *clock) now() time.Time {
	wall := c.wall().Round(0) // without the monotonic reading, which comparisons would prefer
	counted := c.start.Round(0).Add(c.passed())
	if !wall.Before(counted.Add(-maxSetBack)) {
		if c.back.CompareAndSwap(true, false) {
			c.log.Info("the clock is right again")
		}
		return wall
	}
	if c.back.CompareAndSwap(false, true) {
		c.log.Error("the clock was set back; time is counted from the start of the relay until it is right again")
	}
	return counted
}
