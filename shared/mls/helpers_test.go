package mls

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// testNow is the time in all tests, in Unix seconds.
const testNow int64 = 1_800_000_000

var testConfig = Config{PastEpochs: 4, PastEpochAge: 3600, ExternalCommits: true, ExternalProposals: true}

type client struct {
	leaf LeafParams
	kp   KeyPackage
	priv *KeyPackagePrivate
}

func newClient(t testing.TB, suite Suite, name string) client {
	t.Helper()
	key, err := NewSignatureKey(rand.Reader, suite)
	require.NoError(t, err)
	leaf := LeafParams{Credential: Basic([]byte(name)), SignatureKey: key}
	kp, priv, err := NewKeyPackage(rand.Reader, suite, leaf, Lifetime{NotBefore: 1, NotAfter: uint64(testNow) + 1000}, KeyPackageOptions{})
	require.NoError(t, err)
	return client{leaf, kp, priv}
}

// newTestGroup makes a group of n members who all committed once.
func newTestGroup(t testing.TB, suite Suite, n int) []*State {
	t.Helper()
	first := newClient(t, suite, "member 0")
	s, err := NewGroup(rand.Reader, suite, []byte("test group"), first.leaf, nil, testConfig)
	require.NoError(t, err)
	group := []*State{s}
	if n == 1 {
		return group
	}
	var clients []client
	var adds []Proposal
	for i := 1; i < n; i++ {
		c := newClient(t, suite, fmt.Sprintf("member %d", i))
		clients = append(clients, c)
		adds = append(adds, Add(c.kp))
	}
	cand, err := s.Commit(rand.Reader, CommitParams{Proposals: adds, ForcePath: true, Now: testNow})
	require.NoError(t, err)
	group[0] = cand.Next
	for _, c := range clients {
		j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{c.priv}, Config: testConfig, Now: testNow})
		require.NoError(t, err)
		group = append(group, j)
	}
	requireAgree(t, group)
	return group
}

// requireAgree checks that all states are in the same epoch.
func requireAgree(t testing.TB, group []*State) {
	t.Helper()
	for _, s := range group[1:] {
		require.Equal(t, group[0].Epoch(), s.Epoch())
		require.Equal(t, group[0].EpochAuthenticator(), s.EpochAuthenticator())
		require.Equal(t, group[0].RatchetTree(), s.RatchetTree())
	}
}

// deliver processes a message with every member but the sender.
func deliver(t testing.TB, group []*State, from int, msg []byte) []Received {
	t.Helper()
	out := make([]Received, len(group))
	for i := range group {
		if i == from {
			continue
		}
		next, rec, err := group[i].Process(msg, ProcessParams{Now: testNow})
		require.NoError(t, err, "member %d", i)
		group[i], out[i] = next, rec
	}
	return out
}

// commitBy lets one member commit and all others follow.
func commitBy(t testing.TB, group []*State, from int, p CommitParams) *Candidate {
	t.Helper()
	p.Now = testNow
	cand, err := group[from].Commit(rand.Reader, p)
	require.NoError(t, err)
	deliver(t, group, from, cand.Commit)
	group[from] = cand.Next
	return cand
}

// say sends a message from one member and checks that all others read it.
func say(t testing.TB, group []*State, from int, text string) {
	t.Helper()
	next, msg, err := group[from].Encrypt(rand.Reader, []byte(text), nil, 0)
	require.NoError(t, err)
	group[from] = next
	for i, rec := range deliver(t, group, from, msg) {
		if i != from {
			require.Equal(t, text, string(rec.Plaintext))
			require.Equal(t, group[from].OwnLeaf(), rec.Sender)
		}
	}
}

// reload encodes and decodes a state and checks that nothing gets lost.
func reload(t testing.TB, s *State) *State {
	t.Helper()
	data, err := s.Marshal()
	require.NoError(t, err)
	out, err := Unmarshal(data, s.cfg)
	require.NoError(t, err)
	again, err := out.Marshal()
	require.NoError(t, err)
	require.Equal(t, data, again, "encoding is not deterministic")
	return out
}
