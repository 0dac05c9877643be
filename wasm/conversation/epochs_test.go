package conversation

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadableGoesByTheEndOfTheEpoch: not by the age of a message.
func TestReadableGoesByTheEndOfTheEpoch(t *testing.T) {
	ada, bob := pair(t)
	require.True(t, ada.Readable(1, begin+90*day), "the current one, however old")
	hear(t, bob, say(t, ada, "we talk"))
	hear(t, ada, say(t, bob, "we do"))

	// Bob renews; his commit waits nine days for Ada.
	commit := renew(t, bob)
	back := begin + 9*day
	require.True(t, ada.Stale(back))
	require.True(t, must(ada.Receive(back, commit))(t).Moved)
	require.False(t, ada.Readable(1, back), "it may have ended nine days ago")
	require.True(t, ada.Stale(back), "an old commit says nothing of today")
	ada = reload(t, ada)
	require.False(t, ada.Readable(1, back))

	ada.Saw(back, back)
	require.False(t, ada.Stale(back))
	require.False(t, ada.Readable(1, back))
	require.NoError(t, ada.Renew(rand.Reader, back+day/2))
	r, _, err := ada.Decide(back+day/2, ada.Pending.Value)
	require.NoError(t, err)
	require.True(t, r.Ours)
	require.False(t, ada.Stale(back+day), "our own commit began it")
	require.True(t, ada.Readable(2, back+day/2+readableFor-1))
	require.False(t, ada.Readable(2, back+day/2+readableFor))
	require.False(t, ada.Readable(4, back), "not there yet")
}

// TestReadableCountsEpochs: receivers keep only so many.
func TestReadableCountsEpochs(t *testing.T) {
	ada, _ := pair(t)
	for range 2 * pastEpochs {
		renew(t, ada)
		require.LessOrEqual(t, len(ada.Ended), readableEpochs)
	}
	now := ada.Epoch()
	require.True(t, ada.Readable(now-readableEpochs+1, begin))
	require.False(t, ada.Readable(now-readableEpochs, begin))
}

// TestStale: what counts as a sign that an epoch stands.
func TestStale(t *testing.T) {
	ada, bob := pair(t)
	require.False(t, ada.Stale(begin+day-1))
	require.True(t, ada.Stale(begin+day))
	require.True(t, ada.Stale(begin-day), "the clock was ahead when it was seen")

	write := func(stamped, now int64) {
		m, err := bob.Write(rand.Reader, stamped, "x")
		require.NoError(t, err)
		out, err := bob.Seal(rand.Reader, m)
		require.NoError(t, err)
		must(ada.Receive(now, body(t, out[0])))(t)
	}
	write(begin+2*day, begin+4*day)
	require.True(t, ada.Stale(begin+4*day), "stamped long ago")
	write(begin+4*day, begin+4*day+day/2)
	require.False(t, ada.Stale(begin+4*day+day/2))
	require.True(t, ada.Stale(begin+5*day), "it counts from the stamp")
	write(begin+9*day, begin+7*day)
	require.True(t, ada.Stale(begin+7*day), "a stamp far ahead says nothing")

	// A commit that was prepared long ago, and stands, does not say either
	// that its epoch is the present one.
	require.NoError(t, ada.Renew(rand.Reader, begin+7*day))
	_, _, err := ada.Decide(begin+20*day, ada.Pending.Value)
	require.NoError(t, err)
	require.True(t, ada.Stale(begin+20*day))
	require.False(t, ada.Readable(1, begin+20*day))

	// A record of before this was kept goes by when the epoch was entered.
	ada.Seen, ada.Ended = 0, nil
	require.True(t, ada.Stale(begin+40*day))
	require.False(t, ada.Readable(1, begin+20*day))
}
