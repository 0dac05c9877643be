package mls

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

var benchSizes = []int{2, 10, 100, 500}

func eachBench(b *testing.B, f func(b *testing.B, group []*State)) {
	for _, suite := range []Suite{X25519AES128, XWingChaCha} {
		for _, n := range benchSizes {
			var group []*State
			b.Run(fmt.Sprintf("suite=%d/n=%d", uint16(suite), n), func(b *testing.B) {
				if group == nil {
					group = benchGroup(b, suite, n)
				}
				f(b, group)
			})
		}
	}
}

// benchGroup is a group of n, of whom only the first two have states; half
// of the members have committed, so that the tree is partly filled.
func benchGroup(b *testing.B, suite Suite, n int) []*State {
	b.Helper()
	first := newClient(b, suite, "member 0")
	s, err := NewGroup(rand.Reader, suite, []byte("bench"), first.leaf, nil, testConfig)
	require.NoError(b, err)
	var clients []client
	var adds []Proposal
	for i := 1; i < n; i++ {
		c := newClient(b, suite, fmt.Sprintf("member %d", i))
		clients = append(clients, c)
		adds = append(adds, Add(c.kp))
	}
	cand, err := s.Commit(rand.Reader, CommitParams{Proposals: adds, ForcePath: true, Now: testNow})
	require.NoError(b, err)
	group := []*State{cand.Next}
	for i := 0; i < len(clients); i += max(1, len(clients)/8) {
		j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{clients[i].priv}, Config: testConfig, Now: testNow})
		require.NoError(b, err)
		group = append(group, j)
	}
	for i := range group {
		commitBy(b, group, i, CommitParams{})
	}
	return group
}

func BenchmarkEncrypt(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		s, text := group[0], make([]byte, 1024)
		b.ReportAllocs()
		for b.Loop() {
			next, _, err := s.Encrypt(rand.Reader, text, nil, 0)
			if err != nil {
				b.Fatal(err)
			}
			s = next
		}
	})
}

func BenchmarkDecrypt(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		sender, s := group[0], group[1]
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			next, msg, err := sender.Encrypt(rand.Reader, make([]byte, 1024), nil, 0)
			require.NoError(b, err)
			sender = next
			b.StartTimer()
			s, _, err = s.Process(msg, ProcessParams{Now: testNow})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCommit(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		b.ReportAllocs()
		for b.Loop() {
			cand, err := group[0].Commit(rand.Reader, CommitParams{Now: testNow})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(cand.Commit)), "B/commit")
		}
	})
}

func BenchmarkProcess(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		cand, err := group[0].Commit(rand.Reader, CommitParams{Now: testNow})
		require.NoError(b, err)
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := group[1].Process(cand.Commit, ProcessParams{Now: testNow}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		c := newClient(b, group[0].Suite(), "joiner")
		b.ReportAllocs()
		for b.Loop() {
			cand, err := group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(c.kp)}, Now: testNow})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(cand.Welcome)), "B/welcome")
		}
	})
}

func BenchmarkJoin(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		c := newClient(b, group[0].Suite(), "joiner")
		cand, err := group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(c.kp)}, Now: testNow})
		require.NoError(b, err)
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{c.priv}, Config: testConfig, Now: testNow}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkMarshal(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		b.ReportAllocs()
		for b.Loop() {
			data, err := group[0].Marshal()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(data)), "B/state")
		}
	})
}

// BenchmarkParts makes the parts that a message changes: B/first of the
// sender's first message in an epoch, B/message of each other.
func BenchmarkParts(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		first, _, err := group[0].Encrypt(rand.Reader, nil, nil, 0)
		require.NoError(b, err)
		second, _, err := first.Encrypt(rand.Reader, nil, nil, 0)
		require.NoError(b, err)
		b.ReportAllocs()
		for b.Loop() {
			second.Parts(first)
		}
		b.ReportMetric(float64(bytesOf(first.Parts(group[0]))), "B/first")
		b.ReportMetric(float64(bytesOf(second.Parts(first))), "B/message")
	})
}

func BenchmarkUnmarshal(b *testing.B) {
	eachBench(b, func(b *testing.B, group []*State) {
		data, err := group[0].Marshal()
		require.NoError(b, err)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Unmarshal(data, testConfig); err != nil {
				b.Fatal(err)
			}
		}
	})
}
