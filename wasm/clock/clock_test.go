package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const day = 24 * 3600 * 1000

// world is a machine and a relay; real is the time that nobody knows.
type world struct {
	real  int64
	wall  int64 // the machine's clock is ahead so far
	relay int64 // the relay's
	ran   time.Duration
	c     *Clock
}

func begin() *world {
	const now = 1_800_000_000_000
	return &world{real: now, c: New(Record{Wall: now, Counted: now}, 0)}
}

func (w *world) now() int64       { return w.c.Now(w.ran) - 1_800_000_000_000 }
func (w *world) plausible() int64 { return w.c.Plausible(w.real+w.wall, w.ran) - 1_800_000_000_000 }
func (w *world) read()            { w.c.Read(w.real+w.relay, w.real+w.wall, w.ran) }

func (w *world) runs(ms int64) {
	w.real += ms
	w.ran += time.Duration(ms) * time.Millisecond
}

// sleeps: time passes that the process does not see.
func (w *world) sleeps(ms int64) { w.real += ms }

func (w *world) restarts() { w.c, w.ran = New(w.c.Record(w.ran), 0), 0 }

func TestWhatPasses(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(w *world)
		want int64
	}{
		"the process runs":       {func(w *world) { w.runs(5000) }, 5000},
		"it runs offline, twice": {func(w *world) { w.runs(5000); w.restarts(); w.runs(3000) }, 8000},
		"a jump while it runs":   {func(w *world) { w.wall = 400 * day; w.runs(5000) }, 5000},
		"and the relay is read":  {func(w *world) { w.wall = 400 * day; w.runs(5000); w.read() }, 5000},
		"a start after the jump": {func(w *world) { w.read(); w.wall = 400 * day; w.restarts(); w.read(); w.runs(3000) }, 3000},
		"a first start":          {func(w *world) { w.wall = 400 * day; w.restarts(); w.read() }, 0},
		"a week off":             {func(w *world) { w.read(); w.sleeps(7 * day); w.restarts(); w.read() }, 7 * day},
		"a week off, not read":   {func(w *world) { w.read(); w.sleeps(7 * day); w.restarts() }, 0},
		"a machine that slept":   {func(w *world) { w.read(); w.sleeps(day); w.runs(1000); w.read() }, day + 1000},
		"always two days behind": {func(w *world) {
			w.wall = -2 * day
			w.restarts()
			w.read()
			w.sleeps(day)
			w.restarts()
			w.read()
		}, day},
		"set right while it runs": {func(w *world) {
			w.wall = -2 * day
			w.read()
			w.runs(1000)
			w.wall = 0
			w.runs(1000)
			w.read()
		}, 2000},
		"set right while off": {func(w *world) {
			w.wall = -2 * day
			w.read()
			w.wall = 0
			w.sleeps(5000)
			w.restarts()
			w.read()
		}, 5000},
		"set back": {func(w *world) { w.read(); w.wall = -400 * day; w.runs(5000); w.read(); w.runs(1000) }, 6000},
		"a relay ahead": {func(w *world) {
			w.read()
			w.relay = 400 * day
			w.runs(5000)
			w.read()
			w.restarts()
			w.read()
		}, 5000},
		"a relay behind": {func(w *world) { w.relay = -400 * day; w.read(); w.relay = 0; w.runs(5000); w.read() }, 5000},
		"a relay without a date": {func(w *world) {
			w.wall = 400 * day
			w.runs(1000)
			w.c.Read(0, w.real+w.wall, w.ran)
			w.c.Read(0, w.real+w.wall, w.ran)
		}, day},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin()
			c.do(w)
			require.Equal(t, c.want, w.now())
			require.GreaterOrEqual(t, w.plausible(), w.now())
		})
	}
}

func TestPlausible(t *testing.T) {
	w := begin()
	w.read()
	w.sleeps(7 * day)
	w.restarts()
	require.EqualValues(t, 7*day, w.plausible())
	w.read()
	require.EqualValues(t, 7*day, w.plausible())
	w.wall = 400 * day
	require.EqualValues(t, 407*day, w.plausible())
	w.read()
	require.EqualValues(t, 7*day, w.plausible())
}

func TestOffAndDoubtful(t *testing.T) {
	w := begin()
	doubtful := func() bool { return w.c.Doubtful(w.real+w.wall, w.ran) }
	require.False(t, doubtful())
	for _, c := range []struct{ wall, off int64 }{{0, 0}, {tellable, 0}, {-tellable, 0}, {2 * tellable, 2 * tellable}, {-2 * day, -2 * day}, {0, 0}} {
		before := w.wall
		w.wall = c.wall
		w.runs(100)
		require.Equal(t, before != c.wall, doubtful())
		w.read()
		require.False(t, doubtful())
		require.Equal(t, c.off, w.c.Off())
	}
	w.sleeps(day)
	require.True(t, doubtful())
	w.wall = 2 * day
	w.read()
	w.c.Read(0, w.real, w.ran)
	require.Zero(t, w.c.Off(), "nobody says so any more")
}

// TestNeverMoreThanPassed, whatever jumps, as long as the relay is honest or
// the wall clock is right; and never back.
func TestNeverMoreThanPassed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := begin()
		liar := rapid.Bool().Draw(t, "the relay lies, the clock is right")
		start, before := w.real, w.now()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			jump := rapid.Int64Range(-400*day, 400*day).Draw(t, "jump")
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				w.runs(rapid.Int64Range(0, day).Draw(t, "runs"))
			case 1:
				w.sleeps(rapid.Int64Range(0, 60*day).Draw(t, "sleeps"))
			case 2:
				w.restarts()
			case 3:
				w.read()
			case 4:
				if liar {
					w.relay = jump
				} else {
					w.wall = jump
				}
			case 5:
				w.runs(1)
				w.read()
			}
			require.GreaterOrEqual(t, w.now(), before)
			require.LessOrEqual(t, w.now(), w.real-start)
			before = w.now()
		}
	})
}
