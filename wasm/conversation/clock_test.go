package conversation

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCursorsOrderAsStamps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stamp := rapid.Custom(func(t *rapid.T) Stamp {
			return Stamp{rapid.Int64Range(0, 1<<47).Draw(t, "milli"), rapid.Uint16().Draw(t, "counter")}
		})
		a, b := stamp.Draw(t, "a"), stamp.Draw(t, "b")
		if a.less(b) {
			require.Less(t, a.cursor([]byte{1}, 9), b.cursor([]byte{2}, 8))
			require.Len(t, a.cursor(nil, 0), CursorSize)
			back, ok := stampOf(a.cursor([]byte{1}, 9))
			require.True(t, ok)
			require.Equal(t, a, back)
		}
	})
}
