package mlsgroup

import (
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
)

// The group that is measured in browsers, natively: what a profile of it shows
// is the same work.
func BenchmarkGroupOf100(b *testing.B) {
	for _, suite := range []mls.Suite{mls.X25519AES128, mls.XWingChaCha} {
		g, err := New(suite, mls.StandardProvider{}, 100)
		require.NoError(b, err)
		for _, operation := range []string{"commit", "add", "join"} {
			b.Run(suite.String()+"/"+operation, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := g.Run(operation); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func TestEveryOperation(t *testing.T) {
	for _, suite := range []mls.Suite{mls.X25519AES128, mls.XWingChaCha} {
		g, err := New(suite, mls.StandardProvider{}, 5)
		require.NoError(t, err)
		for range 2 {
			for _, operation := range []string{"encrypt", "decrypt", "commit", "process", "add", "join"} {
				took, err := g.Run(operation)
				require.NoError(t, err)
				require.Positive(t, took)
			}
		}
		require.Equal(t, g.a.EpochAuthenticator(), g.b.EpochAuthenticator())
		require.Positive(t, g.StateSize())
	}
	g := &Group{}
	_, err := g.Run("nothing")
	require.ErrorIs(t, err, errUnknown)
}
