package mls

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// withLimits returns s as a member who sets limits has it.
func withLimits(t *testing.T, s *State, limits Limits) *State {
	t.Helper()
	data, err := s.Marshal()
	require.NoError(t, err)
	cfg := s.cfg
	cfg.Limits = limits
	out, err := Unmarshal(data, cfg)
	require.NoError(t, err)
	return out
}

func TestLimitsOnCommits(t *testing.T) {
	group := newTestGroup(t, X25519AES128, 2)
	joiner := newClient(t, X25519AES128, "joiner")
	caps := group[1].Members()[1].Capabilities
	caps.Proposals = make([]uint16, 500)
	large := []Extension{{Type: ExtensionApplicationID, Data: make([]byte, 500)}}
	for name, c := range map[string]struct {
		commit    CommitParams
		low, high Limits
	}{
		"message":     {CommitParams{ForcePath: true}, Limits{Message: 300}, Limits{Message: 3000}},
		"proposals":   {CommitParams{Proposals: []Proposal{Resume([]byte("test group"), 1), Add(joiner.kp)}}, Limits{Proposals: 1}, Limits{Proposals: 2}},
		"leaves":      {CommitParams{Proposals: []Proposal{Add(joiner.kp)}}, Limits{Leaves: 2}, Limits{Leaves: 4}},
		"key package": {CommitParams{Proposals: []Proposal{Add(joiner.kp)}}, Limits{KeyPackage: 100}, Limits{KeyPackage: 1000}},
		"leaf added":  {CommitParams{Proposals: []Proposal{Add(joiner.kp)}}, Limits{Leaf: 100}, Limits{Leaf: 1000}},
		"leaf":        {CommitParams{LeafChange: &LeafChange{Capabilities: &caps}}, Limits{Leaf: 1000}, Limits{Leaf: 2000}},
		"context":     {CommitParams{Proposals: []Proposal{SetExtensions(large)}}, Limits{Context: 500}, Limits{Context: 600}},
	} {
		t.Run(name, func(t *testing.T) {
			c.commit.Now = testNow
			candidate, err := group[1].Commit(rand.Reader, c.commit)
			require.NoError(t, err)
			requireRefused(t, withLimits(t, group[0], c.low), candidate.Commit)
			_, _, err = withLimits(t, group[0], c.high).Process(candidate.Commit, ProcessParams{Now: testNow})
			require.NoError(t, err)
			if name != "message" && name != "proposals" { // of those our own are the caller's
				_, err = withLimits(t, group[1], c.low).Commit(rand.Reader, c.commit)
				require.ErrorIs(t, err, ErrInvalid, "our own keep to it, too")
			}
		})
	}
}

func TestLimitsOnWelcomes(t *testing.T) {
	first, joiner := newClient(t, X25519AES128, "first"), newClient(t, X25519AES128, "joiner")
	large := []Extension{{Type: ExtensionApplicationID, Data: make([]byte, 500)}}
	group, err := NewGroup(rand.Reader, X25519AES128, []byte("x"), first.leaf, large, testConfig)
	require.NoError(t, err)
	candidate, err := group.Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(joiner.kp)}, Now: testNow})
	require.NoError(t, err)
	join := func(limits Limits) error {
		cfg := testConfig
		cfg.Limits = limits
		_, _, err := Join(candidate.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{joiner.priv}, Config: cfg, Now: testNow})
		return err
	}
	require.NoError(t, join(Limits{Message: 4000, Leaves: 2, Leaf: 1000, Context: 600}))
	for name, limits := range map[string]Limits{
		"message": {Message: 500}, "leaves": {Leaves: 1}, "leaf": {Leaf: 100}, "context": {Context: 500},
	} {
		require.ErrorIs(t, join(limits), ErrInvalid, name)
	}
}

// TestLateKeysAreBounded: of all ended epochs together, the oldest keys first,
// and a message whose key is still there can be read.
func TestLateKeysAreBounded(t *testing.T) {
	group := newTestGroup(t, X25519AES128, 2)
	receiver := withLimits(t, group[0], Limits{LateKeys: 50})
	process := func(msg []byte) error {
		next, _, err := receiver.Process(msg, ProcessParams{Now: testNow})
		if err == nil {
			receiver = next
		}
		return err
	}
	var missing [][]byte
	for range 3 {
		var msg []byte
		for range 31 {
			next, sent, err := group[1].Encrypt(rand.Reader, []byte("x"), nil, 0)
			require.NoError(t, err)
			group[1], msg = next, sent
			missing = append(missing, sent)
		}
		require.NoError(t, process(msg))
		candidate, err := group[1].Commit(rand.Reader, CommitParams{Now: testNow})
		require.NoError(t, err)
		require.NoError(t, process(candidate.Commit))
		group[1] = candidate.Next
		kept := 0
		for _, p := range receiver.past {
			kept += p.tree.lateKeys()
		}
		require.LessOrEqual(t, kept, 50)
	}
	receiver = reload(t, receiver)
	require.Error(t, process(missing[0]), "the oldest went first")
	require.NoError(t, process(missing[31+25]))
	require.NoError(t, process(missing[2*31]))
	require.ErrorIs(t, process(missing[2*31]), ErrReplay)
}

// TestJoinTellsHow: who let us in, and by which pre-shared keys.
func TestJoinTellsHow(t *testing.T) {
	group := newTestGroup(t, X25519AES128, 2)
	joiner := newClient(t, X25519AES128, "joiner")
	psks := ExternalPSKs(map[string][]byte{"a": []byte("1"), "b": []byte("2")})
	candidate, err := group[1].Commit(rand.Reader, CommitParams{
		Proposals: []Proposal{Add(joiner.kp), PSK([]byte("a")), PSK([]byte("b"))}, PSKs: psks, Now: testNow,
	})
	require.NoError(t, err)
	_, how, err := Join(candidate.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{joiner.priv}, PSKs: psks, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	require.Equal(t, LeafIndex(1), how.Signer.Index)
	require.Equal(t, "member 1", string(how.Signer.Credential.Identity))
	require.Len(t, how.PSKs, 2)
	require.Equal(t, "a", string(how.PSKs[0].ID))
	require.Equal(t, "b", string(how.PSKs[1].ID))
}

// TestChangesTellAll: what a commit does, to its receivers and to its sender.
func TestChangesTellAll(t *testing.T) {
	group := newTestGroup(t, X25519AES128, 2)
	joiner := newClient(t, X25519AES128, "joiner")
	next, proposal, err := group[0].Propose(rand.Reader, Remove(1), ProposeParams{Now: testNow})
	require.NoError(t, err)
	require.NotNil(t, next)
	other, _, err := group[1].Process(proposal, ProcessParams{Now: testNow})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		from      *State
		to        *State
		p         CommitParams
		proposals []ProposalType
		path      bool
	}{
		"renewal":      {group[1], group[0], CommitParams{ForcePath: true}, nil, true},
		"add":          {group[1], group[0], CommitParams{Proposals: []Proposal{Add(joiner.kp)}}, []ProposalType{ProposalAdd}, false},
		"reinit":       {group[1], group[0], CommitParams{Proposals: []Proposal{ReInitialize(ReInit{Suite: X25519AES128})}}, []ProposalType{ProposalReInit}, false},
		"by reference": {next, other, CommitParams{}, []ProposalType{ProposalRemove}, true},
	} {
		t.Run(name, func(t *testing.T) {
			c.p.Now = testNow
			candidate, err := c.from.Commit(rand.Reader, c.p)
			require.NoError(t, err)
			_, rec, err := c.to.Process(candidate.Commit, ProcessParams{Now: testNow})
			require.NoError(t, err)
			for _, ch := range []Changes{candidate.Changes, rec.Changes} {
				var types []ProposalType
				for _, p := range ch.Proposals {
					types = append(types, p.Type())
				}
				require.Equal(t, c.proposals, types)
				require.Equal(t, c.path, ch.Path)
				require.False(t, ch.External)
				if c.path {
					require.Equal(t, c.from.OwnLeaf(), ch.After.Index)
					require.Equal(t, ch.Before.SignatureKey, ch.After.SignatureKey)
					require.NotEqual(t, ch.Before.EncryptionKey, ch.After.EncryptionKey)
				}
			}
			require.False(t, rec.Public)
		})
	}
}
