package conversation

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestReceivedAgainstASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Received
		model := map[uint64]bool{}
		for _, n := range rapid.SliceOfN(rapid.Uint64Range(0, 60), 0, 120).Draw(t, "numbers") {
			next, ok := r.add(n)
			require.Equal(t, n != 0 && !model[n], ok)
			r = next
			if n != 0 {
				model[n] = true
			}
			var upTo uint64
			for model[upTo+1] {
				upTo++
			}
			require.Equal(t, upTo, r.UpTo)
			for k := uint64(1); k <= 62; k++ {
				require.Equal(t, model[k], r.has(k), "number %d", k)
			}
			for i, g := range r.Ranges {
				require.LessOrEqual(t, g.First, g.Last)
				if i == 0 {
					require.Greater(t, g.First, r.UpTo+1)
				} else {
					require.Greater(t, g.First, r.Ranges[i-1].Last+1)
				}
			}
		}
	})
}

func TestReceivedBoundsGaps(t *testing.T) {
	var r Received
	var ok bool
	for i := range uint64(maxRanges) {
		r, ok = r.add(2 + 2*i)
		require.True(t, ok)
	}
	same, ok := r.add(4 * maxRanges)
	require.False(t, ok, "one gap too many is refused, not remembered")
	require.Equal(t, r, same)
	r, ok = r.add(1)
	require.True(t, ok, "filling a gap is always possible")
	require.EqualValues(t, 2, r.UpTo)
	_, ok = r.add(^uint64(0))
	require.True(t, ok)
}
