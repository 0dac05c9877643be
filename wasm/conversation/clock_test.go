package conversation

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClockNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var clock Stamp
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now := rapid.Int64Range(0, 10*maxAhead).Draw(t, "now")
			before := clock
			if rapid.Bool().Draw(t, "own") {
				clock = clock.next(now)
				require.True(t, before.less(clock))
				continue
			}
			r := Stamp{rapid.Int64Range(-5, 20*maxAhead).Draw(t, "theirs"), uint16(rapid.Int().Draw(t, "counter"))}
			var order Stamp
			clock, order = clock.witness(r, now)
			require.False(t, clock.less(before))
			require.False(t, clock.less(order), "what we write next stands below what we have seen")
		}
	})
}

func TestAStampFromTheFutureDoesNotMoveTheClock(t *testing.T) {
	clock, order := Stamp{Milli: 1000}.witness(Stamp{Milli: 1 << 60}, 2000)
	require.Equal(t, Stamp{Milli: 2000}, clock)
	require.Equal(t, Stamp{Milli: 2000}, order)
}

func TestCursorsOrderAsStamps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stamp := rapid.Custom(func(t *rapid.T) Stamp {
			return Stamp{rapid.Int64Range(0, 1<<47).Draw(t, "milli"), rapid.Uint16().Draw(t, "counter")}
		})
		a, b := stamp.Draw(t, "a"), stamp.Draw(t, "b")
		if a.less(b) {
			require.Less(t, a.cursor([]byte{1}, 9), b.cursor([]byte{2}, 8))
			require.Len(t, a.cursor(nil, 0), CursorSize)
		}
	})
}

// TestAnswersStandBelowWhatTheyAnswer on both screens, where one of the
// machines is set to the time zone of another part of the world.
func TestAnswersStandBelowWhatTheyAnswer(t *testing.T) {
	for _, hours := range []int64{-23, -1, 0, 1, 23} {
		ada, bob := pair(t)
		clocks := map[*Conversation]int64{ada: begin + hours*60*60*1000, bob: begin}
		seen := map[*Conversation]string{}
		for i := range 6 {
			from, to := ada, bob
			if i%2 == 1 {
				from, to = bob, ada
			}
			m, err := from.Write(rand.Reader, clocks[from], "text")
			r, err := to.Receive(clocks[to], write(t, from, m, err))
			require.NoError(t, err)
			require.Greater(t, m.Cursor, seen[from])
			require.Greater(t, r.Message.Cursor, seen[to])
			seen[from], seen[to] = m.Cursor, r.Message.Cursor
			clocks[ada] += 1000
			clocks[bob] += 1000
		}
	}
}
