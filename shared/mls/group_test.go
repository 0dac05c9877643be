package mls

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConversation(t *testing.T) {
	for _, suite := range Suites() {
		t.Run(suite.String(), func(t *testing.T) {
			group := newTestGroup(t, suite, 2)
			say(t, group, 0, "hello")
			say(t, group, 1, "hello back")
			commitBy(t, group, 1, CommitParams{})
			requireAgree(t, group)
			say(t, group, 0, "after")
			commitBy(t, group, 0, CommitParams{Public: true})
			say(t, group, 1, "again")
			a, err := group[0].Export("petmail/slot", []byte("x"), 32)
			require.NoError(t, err)
			b, err := group[1].Export("petmail/slot", []byte("x"), 32)
			require.NoError(t, err)
			require.Equal(t, a, b)
		})
	}
}

func TestEveryMemberCommits(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 8, 13} {
		group := newTestGroup(t, X25519ChaCha, n)
		for from := range group {
			commitBy(t, group, from, CommitParams{Public: from%2 == 0})
			requireAgree(t, group)
			say(t, group, from, "hi")
		}
	}
}

// A state that was written down and read again goes on like the one in
// memory, for each member and each commit.
func TestRestoredStateGoesOn(t *testing.T) {
	for _, n := range []int{2, 3, 4, 8} {
		group := newTestGroup(t, X25519AES128, n)
		for round := range 2 * n {
			for i := range group {
				group[i] = reload(t, group[i])
			}
			say(t, group, round%n, "before")
			for i := range group {
				group[i] = reload(t, group[i])
			}
			commitBy(t, group, round%n, CommitParams{Public: round%2 == 0})
			requireAgree(t, group)
		}
	}
}

// A member of a hundred, all of whose tree is filled, needs less than 50 KB.
func TestStateStaysSmall(t *testing.T) {
	group := newTestGroup(t, X25519AES128, 100)
	for from := 0; from < len(group); from += 2 {
		cand, err := group[from].Commit(rand.Reader, CommitParams{Now: testNow})
		require.NoError(t, err)
		deliver(t, group, from, cand.Commit)
		group[from] = cand.Next
	}
	for x := 1; x < len(group[99].ep.tree.nodes); x += 2 {
		if n := group[99].ep.tree.nodes[x]; x < 2*len(group)-2 {
			require.NotNil(t, n.parent, "node %d is blank", x)
		}
	}
	for _, s := range group {
		data, err := s.Marshal()
		require.NoError(t, err)
		require.Less(t, len(data), 50_000)
	}
	data, err := group[99].Marshal()
	require.NoError(t, err)
	t.Logf("%d bytes, with 4 past epochs", len(data))
}
