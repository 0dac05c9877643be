package outbox

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARelayThatAnswersHasRoom(t *testing.T) {
	var l lanes
	require.True(t, l.take("a", 1))
	require.False(t, l.take("a", 1), "one, until it has answered")
	l.done("a", 2, answered)
	for range maxAtRelay {
		require.True(t, l.take("a", 2))
	}
	require.False(t, l.take("a", 2), "the rest is others'")
	for i := range maxDeposits - maxAtRelay {
		require.True(t, l.take(fmt.Sprint(i), 2))
	}
	require.False(t, l.take("z", 2), "all")
}

func TestRelaysThatDoNotAnswerTakeHalf(t *testing.T) {
	var l lanes
	for i := range maxUnproven {
		require.True(t, l.take(fmt.Sprint(i), 1))
	}
	require.False(t, l.take("another that hangs", 1))
	require.Equal(t, maxUnproven, l.busy)
	l.of["good"] = &lane{proven: true}
	require.True(t, l.take("good", 1))
}

func TestARelayThatIsSilentWaits(t *testing.T) {
	var l lanes
	for failed := range 3 {
		now := int64(1_000_000 * (failed + 1))
		require.True(t, l.take("a", now))
		l.done("a", now, silent)
		require.Greater(t, l.opens("a"), now)
		require.False(t, l.take("a", l.opens("a")-1))
	}
	l.retryNow()
	require.True(t, l.take("a", 1))
	l.done("a", 1, answered)
	require.Zero(t, l.opens("a"))
	require.Zero(t, l.busy)
	require.Zero(t, l.unproven)
	require.True(t, l.take("b", 1))
	l.done("b", 1, unknown)
	require.Zero(t, l.opens("b"), "what did not get that far says nothing")
}

// TestLanesAreBounded: a contact that names one relay after another fills
// nothing.
func TestLanesAreBounded(t *testing.T) {
	var l lanes
	require.True(t, l.take("kept", 1))
	for i := range 10 * maxLanes {
		relay := fmt.Sprint(i)
		require.True(t, l.take(relay, 1))
		l.done(relay, 1, answered)
		l.opens(fmt.Sprint("asked ", i))
		require.LessOrEqual(t, len(l.of), maxLanes+1)
	}
	require.Equal(t, 1, l.of["kept"].busy)
}
