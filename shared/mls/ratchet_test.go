package mls

import (
	"crypto/rand"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// send makes count messages of one member without delivering them.
func send(t testing.TB, s *State, count int) (*State, [][]byte) {
	t.Helper()
	out := make([][]byte, count)
	for i := range out {
		var err error
		s, out[i], err = s.Encrypt(rand.Reader, fmt.Appendf(nil, "message %d", i), nil, 0)
		require.NoError(t, err)
	}
	return s, out
}

func read(t testing.TB, s *State, msg []byte) (*State, Received) {
	t.Helper()
	next, rec, err := s.Process(msg, ProcessParams{Now: testNow})
	require.NoError(t, err)
	return next, rec
}

func TestAuditGenerationJump(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	jump := func(next uint32) []byte {
		s := *group[0]
		tree, lr, err := s.keys.sender(s.ep.c, s.OwnLeaf())
		require.NoError(t, err)
		r := lr.application
		r.next = next
		s.keys = tree.with(lr, false, r)
		_, msg, err := s.Encrypt(rand.Reader, []byte("far"), nil, 0)
		require.NoError(t, err)
		return msg
	}
	within(t, 5*time.Second, func() {
		for _, g := range []uint32{MaxGenerationJump + 1, 1 << 20, math.MaxInt32, math.MaxUint32 - 1} {
			requireRefused(t, group[1], jump(g))
		}
	})
	_, err := func() (*State, error) {
		s := *group[0]
		tree, lr, err := s.keys.sender(s.ep.c, s.OwnLeaf())
		require.NoError(t, err)
		r := lr.application
		r.next = math.MaxUint32
		s.keys = tree.with(lr, false, r)
		next, _, err := s.Encrypt(rand.Reader, []byte("end"), nil, 0)
		return next, err
	}()
	require.ErrorIs(t, err, ErrExhausted)
}

func TestJumpWithinBoundsKeepsTheNewestSkippedKeys(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	_, msgs := send(t, group[0], MaxGenerationJump+1)
	s, rec := read(t, group[1], msgs[MaxGenerationJump])
	require.EqualValues(t, MaxGenerationJump, rec.Generation)
	s = reload(t, s)
	for i := MaxGenerationJump - MaxSkippedKeys; i < MaxGenerationJump; i += 99 {
		s, _ = read(t, s, msgs[i])
	}
	for _, i := range []int{0, 1, MaxGenerationJump - MaxSkippedKeys - 1} {
		_, _, err := s.Process(msgs[i], ProcessParams{Now: testNow})
		require.ErrorIs(t, err, ErrReplay)
	}
}

func TestAuditOldMessagesAreUnreadable(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	_, msgs := send(t, group[0], 3011)
	s := group[1]
	for i, m := range msgs {
		if i == 5 { // lost on the way
			continue
		}
		s, _ = read(t, s, m)
	}
	// Whoever takes the state now can read neither what was read nor what was
	// lost 3,000 messages ago.
	stolen := reload(t, s)
	for _, i := range []int{0, 10, 3010} {
		_, _, err := stolen.Process(msgs[i], ProcessParams{Now: testNow})
		require.ErrorIs(t, err, ErrReplay)
	}
	_, lr, err := stolen.keys.sender(stolen.ep.c, 0)
	require.NoError(t, err)
	require.LessOrEqual(t, len(lr.application.skipped), 1)
}

func TestAuditReplay(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	next, msgs := send(t, group[0], 3)
	group[0] = next
	for _, m := range msgs[:2] {
		deliver(t, group, 0, m)
		requireRefused(t, group[1], m)
	}
	// A commit and a proposal are not taken twice either.
	prop, msg, err := group[1].Propose(rand.Reader, PSK([]byte("p")), ProposeParams{Public: true, Now: testNow})
	require.NoError(t, err)
	group[1] = prop
	deliver(t, group, 1, msg)
	requireRefused(t, group[0], msg)
	for i := range group {
		group[i] = group[i].DropPending()
	}
	cand := commitBy(t, group, 2, CommitParams{})
	requireRefused(t, group[0], cand.Commit)
	// In the next epoch the old one is read once more, and only once.
	for _, m := range msgs[:2] {
		requireRefused(t, group[1], m)
	}
	group[1] = reload(t, group[1])
	var rec Received
	group[1], rec = read(t, group[1], msgs[2])
	require.EqualValues(t, 1, rec.Epoch)
	requireRefused(t, group[1], msgs[2])
}

func TestAuditEchoCannotRewind(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	seen := make(map[uint32]bool)
	for i := range 6 {
		next, msg, err := group[0].Encrypt(rand.Reader, []byte("x"), nil, 0)
		require.NoError(t, err)
		_, _, err = next.Process(msg, ProcessParams{Now: testNow})
		require.ErrorIs(t, err, ErrOwnMessage)
		if i%2 == 0 {
			next = reload(t, next)
		}
		group[0] = next
		var rec Received
		group[1], rec = read(t, group[1], msg)
		require.False(t, seen[rec.Generation], "generation %d twice", rec.Generation)
		seen[rec.Generation] = true
	}
	// Handshake messages count apart, and their echo is refused as well.
	cand, err := group[0].Commit(rand.Reader, CommitParams{Now: testNow})
	require.NoError(t, err)
	_, _, err = cand.Current.Process(cand.Commit, ProcessParams{Now: testNow})
	require.ErrorIs(t, err, ErrOwnMessage)
	again, err := cand.Current.Commit(rand.Reader, CommitParams{Now: testNow})
	require.NoError(t, err)
	_, first, err := group[1].Process(cand.Commit, ProcessParams{Now: testNow})
	require.NoError(t, err)
	_, second, err := group[1].Process(again.Commit, ProcessParams{Now: testNow})
	require.NoError(t, err)
	require.NotEqual(t, first.Generation, second.Generation)
}

func TestAuditOutOfOrderForEver(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	_, msgs := send(t, group[0], 3000)
	s := group[1]
	read1 := 0
	for i := 0; i+1 < len(msgs); i += 2 {
		s, _ = read(t, s, msgs[i+1])
		s, _ = read(t, s, msgs[i])
		read1 += 2
	}
	require.Equal(t, 3000, read1)
	_, lr, err := s.keys.sender(s.ep.c, 0)
	require.NoError(t, err)
	require.Empty(t, lr.application.skipped)
}

func TestAuditLeafExtensionsSurvive(t *testing.T) {
	const custom = 0xf042
	ext := []Extension{{Type: custom, Data: []byte("address")}}
	mine := newClient(t, X25519ChaCha, "with extensions")
	mine.leaf.Extensions = ext
	kp, priv, err := NewKeyPackage(rand.Reader, X25519ChaCha, mine.leaf, Lifetime{NotAfter: math.MaxUint64}, KeyPackageOptions{})
	require.NoError(t, err)
	group := newTestGroup(t, X25519ChaCha, 3)
	cand := commitBy(t, group, 0, CommitParams{Proposals: []Proposal{Add(kp)}})
	j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{priv}, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	group = append(group, j)
	check := func(want []Extension) {
		for _, s := range group {
			m, ok := s.Member(3)
			require.True(t, ok)
			require.Equal(t, want, m.Extensions)
			require.Contains(t, m.Capabilities.Extensions, uint16(custom))
		}
	}
	check(ext)
	commitBy(t, group, 3, CommitParams{})
	check(ext)
	next, msg, err := group[3].Propose(rand.Reader, Update(nil), ProposeParams{Now: testNow})
	require.NoError(t, err)
	group[3] = next
	deliver(t, group, 3, msg)
	commitBy(t, group, 1, CommitParams{})
	check(ext)
	requireAgree(t, group)
	changed := []Extension{{Type: custom, Data: []byte("another address")}}
	commitBy(t, group, 3, CommitParams{LeafChange: &LeafChange{Extensions: &changed}})
	check(changed)
	commitBy(t, group, 3, CommitParams{Public: true})
	check(changed)
	requireAgree(t, group)
}

func TestPastEpochWindow(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2) // keeps 4 epochs for an hour
	var late [][]byte
	for range 6 {
		_, msgs := send(t, group[0], 1)
		late = append(late, msgs[0])
		commitBy(t, group, 1, CommitParams{})
	}
	group[1] = reload(t, group[1])
	for i, m := range late {
		_, _, err := group[1].Process(m, ProcessParams{Now: testNow})
		if i < 2 {
			require.ErrorIs(t, err, ErrPastEpoch)
		} else {
			require.NoError(t, err)
		}
		_, _, err = group[1].Process(m, ProcessParams{Now: testNow + 3601})
		require.ErrorIs(t, err, ErrPastEpoch)
	}
	require.Len(t, group[1].past, 4)
	require.Empty(t, group[1].Prune(testNow+3601).past)
	_, ok := group[1].ResumptionPSK(group[1].Epoch() - 4)
	require.True(t, ok)
	_, ok = group[1].ResumptionPSK(group[1].Epoch() - 5)
	require.False(t, ok)
}

// What was read between making a commit and winning with it stays read.
func TestAdoptKeepsWhatHappenedMeanwhile(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	cand, err := group[0].Commit(rand.Reader, CommitParams{Now: testNow})
	require.NoError(t, err)
	_, msgs := send(t, group[1], 3)
	s := cand.Current
	s, _ = read(t, s, msgs[1])
	s, err = s.Adopt(cand.Next, testNow)
	require.NoError(t, err)
	_, _, err = s.Process(msgs[1], ProcessParams{Now: testNow})
	require.ErrorIs(t, err, ErrReplay)
	s, _ = read(t, s, msgs[0])
	s, _ = read(t, s, msgs[2])
	require.Equal(t, cand.Next.EpochAuthenticator(), s.EpochAuthenticator())
	// A candidate of another epoch or group is not taken.
	_, err = s.Adopt(cand.Next, testNow)
	require.ErrorIs(t, err, ErrInvalid)
	other := newTestGroup(t, X25519ChaCha, 2)
	_, err = other[0].Adopt(cand.Next, testNow)
	require.ErrorIs(t, err, ErrInvalid)
}
