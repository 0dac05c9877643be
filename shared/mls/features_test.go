package mls

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExternalPSKBindsTheGroupToACode(t *testing.T) {
	anna, ben := newClient(t, DefaultSuite, "anna"), newClient(t, DefaultSuite, "ben")
	s, err := NewGroup(rand.Reader, DefaultSuite, []byte("g"), anna.leaf, nil, testConfig)
	require.NoError(t, err)
	right := ExternalPSKs(map[string][]byte{"code": []byte("the shared secret")})
	wrong := ExternalPSKs(map[string][]byte{"code": []byte("another secret")})
	add := []Proposal{Add(ben.kp), PSK([]byte("code"))}
	_, err = s.Commit(rand.Reader, CommitParams{Proposals: add, Now: testNow})
	require.ErrorIs(t, err, ErrMissingPSK)
	cand, err := s.Commit(rand.Reader, CommitParams{Proposals: add, PSKs: right, Now: testNow})
	require.NoError(t, err)
	require.Len(t, cand.Changes.PSKs, 1)
	params := JoinParams{KeyPackages: []*KeyPackagePrivate{ben.priv}, Config: testConfig, Now: testNow}
	_, _, err = Join(cand.Welcome, params)
	require.ErrorIs(t, err, ErrMissingPSK)
	params.PSKs = wrong
	_, _, err = Join(cand.Welcome, params)
	require.ErrorIs(t, err, ErrInvalid)
	params.PSKs = right
	j, _, err := Join(cand.Welcome, params)
	require.NoError(t, err)
	group := []*State{cand.Next, j}
	requireAgree(t, group)
	say(t, group, 1, "hi")
	// A resumption PSK of an epoch both still know.
	commitBy(t, group, 0, CommitParams{})
	commitBy(t, group, 1, CommitParams{Proposals: []Proposal{Resume([]byte("g"), 1)}})
	requireAgree(t, group)
	refs, err := WelcomeRefs(cand.Welcome)
	require.NoError(t, err)
	require.Equal(t, [][]byte{ben.kp.Ref()}, refs)
}

func TestJoinNeedsTheRightKeyPackage(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	ben, other := newClient(t, X25519ChaCha, "ben"), newClient(t, X25519ChaCha, "other")
	cand, err := group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(ben.kp)}, TreeOutOfBand: true, Now: testNow})
	require.NoError(t, err)
	params := JoinParams{KeyPackages: []*KeyPackagePrivate{nil, other.priv}, Config: testConfig, Now: testNow}
	_, _, err = Join(cand.Welcome, params)
	require.ErrorIs(t, err, ErrNoKeyPackage)
	restored, err := UnmarshalKeyPackagePrivate(ben.priv.Marshal())
	require.NoError(t, err)
	params.KeyPackages = append(params.KeyPackages, restored)
	_, _, err = Join(cand.Welcome, params)
	require.ErrorContains(t, err, "no ratchet tree")
	params.RatchetTree = group[0].RatchetTree() // of the epoch before
	_, _, err = Join(cand.Welcome, params)
	require.ErrorContains(t, err, "tree hash")
	params.RatchetTree = cand.Next.RatchetTree()
	params.Config.ValidateCredential = func(l LeafInfo) error {
		if bytes.Equal(l.Credential.Identity, []byte("member 1")) {
			return errors.New("unknown to me")
		}
		return nil
	}
	_, _, err = Join(cand.Welcome, params)
	require.ErrorContains(t, err, "credential was refused")
	params.Config = testConfig
	j, _, err := Join(cand.Welcome, params)
	require.NoError(t, err)
	deliver(t, group, 0, cand.Commit)
	group[0] = cand.Next
	requireAgree(t, append(group, j))
}

func TestReInit(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	plan := ReInit{GroupID: []byte("the new group"), Suite: DefaultSuite, Extensions: []Extension{}}
	_, late, err := group[1].Encrypt(rand.Reader, []byte("late"), nil, 0)
	require.NoError(t, err)
	cand := commitBy(t, group, 0, CommitParams{Proposals: []Proposal{ReInitialize(plan)}})
	require.NotNil(t, cand.Changes.ReInit)
	for i, s := range group {
		s = reload(t, s)
		got, ok := s.ReInit()
		require.True(t, ok)
		require.Equal(t, plan.GroupID, got.GroupID)
		_, _, err := s.Encrypt(rand.Reader, []byte("x"), nil, 0)
		require.ErrorIs(t, err, ErrReInit)
		_, err = s.Commit(rand.Reader, CommitParams{Now: testNow})
		require.ErrorIs(t, err, ErrReInit)
		group[i] = s
	}
	_, rec := read(t, group[0], late)
	require.Equal(t, "late", string(rec.Plaintext))

	anna, ben := newClient(t, DefaultSuite, "member 0"), newClient(t, DefaultSuite, "member 1")
	mallory := newClient(t, DefaultSuite, "mallory")
	start := func(id []byte, adds ...KeyPackage) []byte {
		s, err := NewGroup(rand.Reader, DefaultSuite, id, anna.leaf, nil, testConfig)
		require.NoError(t, err)
		props := []Proposal{ReplaceClosed(group[0])}
		for _, kp := range adds {
			props = append(props, Add(kp))
		}
		cand, err := s.Commit(rand.Reader, CommitParams{Proposals: props, PSKs: group[0].PSKs(nil), Now: testNow})
		require.NoError(t, err)
		return cand.Welcome
	}
	params := JoinParams{KeyPackages: []*KeyPackagePrivate{ben.priv, mallory.priv}, Config: testConfig, Now: testNow, PSKs: group[1].PSKs(nil)}
	_, _, err = Join(start(plan.GroupID, ben.kp), params)
	require.Error(t, err, "without the parent nothing can be checked")
	params.Parent = group[1]
	_, _, err = Join(start([]byte("another id"), ben.kp), params)
	require.ErrorContains(t, err, "differs from what its parent agreed on")
	_, _, err = Join(start(plan.GroupID, ben.kp, mallory.kp), params)
	require.ErrorContains(t, err, "member the parent has not")
	s, _, err := Join(start(plan.GroupID, ben.kp), params)
	require.NoError(t, err)
	require.Equal(t, DefaultSuite, s.Suite())
}

func TestBranch(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	anna, ben := newClient(t, X25519ChaCha, "member 0"), newClient(t, X25519ChaCha, "member 1")
	s, err := NewGroup(rand.Reader, X25519ChaCha, []byte("branch"), anna.leaf, nil, testConfig)
	require.NoError(t, err)
	cand, err := s.Commit(rand.Reader, CommitParams{Proposals: []Proposal{BranchFrom(group[0]), Add(ben.kp)}, PSKs: group[0].PSKs(nil), Now: testNow})
	require.NoError(t, err)
	params := JoinParams{KeyPackages: []*KeyPackagePrivate{ben.priv}, Config: testConfig, Now: testNow, Parent: group[1]}
	j, _, err := Join(cand.Welcome, params)
	require.NoError(t, err)
	branch := []*State{cand.Next, j}
	requireAgree(t, branch)
	say(t, branch, 0, "just us")
}

func TestExternalSenders(t *testing.T) {
	key, err := NewSignatureKey(rand.Reader, X25519ChaCha)
	require.NoError(t, err)
	anna, ben := newClient(t, X25519ChaCha, "anna"), newClient(t, X25519ChaCha, "ben")
	exts := []Extension{ExternalSendersExtension([]ExternalSender{{SignatureKey: key.Public(), Credential: Basic([]byte("service"))}})}
	s, err := NewGroup(rand.Reader, X25519ChaCha, []byte("g"), anna.leaf, exts, testConfig)
	require.NoError(t, err)
	cand, err := s.Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(ben.kp)}, Now: testNow})
	require.NoError(t, err)
	s = cand.Next
	j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{ben.priv}, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	group := []*State{s, j}
	propose := func(prop Proposal, index uint32, signer SignatureKey) []byte {
		f := &framedContent{
			groupID: []byte("g"), epoch: group[0].Epoch(), sender: sender{SenderExternal, index}, typ: contentProposal,
			proposal: prop, body: encode(func(w *writer) { w.proposal(prop) }),
		}
		a := &authenticated{wire: wirePublicMessage, content: f, raw: f.encode()}
		require.NoError(t, a.sign(s.ep.c, signer, nil))
		m := publicMessage{authenticated: *a}
		return message(wirePublicMessage, 0, m.write)
	}
	requireRefused(t, group[0], propose(Remove(1), 1, key))
	requireRefused(t, group[0], propose(Remove(1), math.MaxUint32, key))
	requireRefused(t, group[0], propose(Remove(1), 0, ben.leaf.SignatureKey))
	requireRefused(t, group[0], propose(Remove(7), 0, key))
	requireRefused(t, group[0], propose(Proposal{typ: proposalExternalInit}, 0, key))
	group[0], _ = read(t, group[0], propose(Remove(1), 0, key))
	require.Len(t, group[0].Pending(), 1)
	require.Equal(t, SenderExternal, group[0].Pending()[0].SenderType)
	_, _, err = group[0].Encrypt(rand.Reader, []byte("x"), nil, 0)
	require.ErrorIs(t, err, ErrPendingProposals)
	group[0] = reload(t, group[0])
	cand, err = group[0].Commit(rand.Reader, CommitParams{Now: testNow})
	require.NoError(t, err)
	require.Len(t, cand.Changes.Removed, 1)
}

func TestNewMemberProposal(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	joiner := newClient(t, X25519ChaCha, "joiner")
	deliver(t, group, -1, newMemberProposal(t, group[0], joiner, nil))
	cand := commitBy(t, group, 2, CommitParams{})
	require.Len(t, cand.Changes.Added, 1)
	j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{joiner.priv}, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	requireAgree(t, append(group, j))
}

// Proposals of everybody in one epoch, and a commit that picks what can stand
// together.
func TestProposalsByReference(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 5)
	joiner := newClient(t, X25519ChaCha, "joiner")
	newKey, err := NewSignatureKey(rand.Reader, X25519ChaCha)
	require.NoError(t, err)
	propose := func(from int, p Proposal) {
		next, msg, err := group[from].Propose(rand.Reader, p, ProposeParams{Public: from%2 == 0, Padding: 200, Now: testNow})
		require.NoError(t, err)
		group[from] = next
		for i, rec := range deliver(t, group, from, msg) {
			if i != from {
				require.Equal(t, p.Type(), rec.Proposal.Type())
			}
		}
	}
	propose(1, Update(nil))
	propose(1, Update(&LeafChange{SignatureKey: &newKey}))
	propose(2, Update(nil))
	propose(3, Remove(2))
	propose(0, Remove(1)) // prevails over the updates of 1
	propose(4, Add(joiner.kp))
	propose(3, Add(joiner.kp)) // the second is dropped
	propose(4, SetExtensions([]Extension{RequiredCapabilities{Credentials: []uint16{BasicCredential}}.Extension()}))
	propose(3, SetExtensions(nil))
	propose(3, ReInitialize(ReInit{GroupID: []byte("x"), Suite: DefaultSuite}))
	propose(3, PSK([]byte("nobody has it")))
	for i := range group {
		group[i] = reload(t, group[i])
	}
	cand := commitBy(t, group, 4, CommitParams{})
	require.Len(t, cand.Changes.Removed, 2)
	require.Len(t, cand.Changes.Added, 1)
	require.True(t, cand.Changes.ContextChanged)
	require.Nil(t, cand.Changes.ReInit)
	require.Empty(t, cand.Changes.PSKs)
	require.Empty(t, cand.Next.Pending())
	rest := []*State{group[0], group[3], group[4]}
	j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{joiner.priv}, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	rest = append(rest, j)
	requireAgree(t, rest)
	// An update with a new signature key, committed by another.
	next, msg, err := rest[1].Propose(rand.Reader, Update(&LeafChange{SignatureKey: &newKey}), ProposeParams{Now: testNow})
	require.NoError(t, err)
	rest[1] = next
	deliver(t, rest, 1, msg)
	rest[1] = reload(t, rest[1])
	commitBy(t, rest, 0, CommitParams{})
	require.Equal(t, newKey.Public(), rest[1].SignatureKey().Public())
	say(t, rest, 1, "with the new key")
	commitBy(t, rest, 1, CommitParams{})
	requireAgree(t, rest)
	// And by a commit of its own.
	another, err := NewSignatureKey(rand.Reader, X25519ChaCha)
	require.NoError(t, err)
	cred := Basic([]byte("renamed"))
	commitBy(t, rest, 2, CommitParams{LeafChange: &LeafChange{SignatureKey: &another, Credential: &cred}})
	m, _ := rest[0].Member(rest[2].OwnLeaf())
	require.True(t, m.Credential.Equal(cred))
	say(t, rest, 2, "renamed")
	for i := range rest {
		say(t, rest, i, "all of us")
	}
}

func TestTheSameProposalTwiceIsOne(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	for range 2 {
		next, msg, err := group[0].Propose(rand.Reader, Remove(2), ProposeParams{Now: testNow})
		require.NoError(t, err)
		group[0] = next
		deliver(t, group, 0, msg)
	}
	require.Len(t, group[0].Pending(), 1)
	require.Len(t, group[1].Pending(), 1)
	next, msg, err := group[1].Propose(rand.Reader, Remove(2), ProposeParams{Public: true, Now: testNow})
	require.NoError(t, err)
	group[1] = next
	deliver(t, group, 1, msg)
	_, _, err = group[1].Propose(rand.Reader, Remove(2), ProposeParams{Public: true, Now: testNow})
	require.ErrorIs(t, err, ErrReplay)
	commitBy(t, group, 0, CommitParams{})
	require.False(t, group[2].Active())
}

func TestCommitOfAnUnseenProposalWaits(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 3)
	next, prop, err := group[0].Propose(rand.Reader, Remove(2), ProposeParams{Now: testNow})
	require.NoError(t, err)
	cand, err := next.Commit(rand.Reader, CommitParams{Now: testNow})
	require.NoError(t, err)
	_, _, err = group[1].Process(cand.Commit, ProcessParams{Now: testNow})
	require.ErrorIs(t, err, ErrUnknownProposal)
	s, _ := read(t, group[1], prop)
	s, rec := read(t, s, cand.Commit)
	require.Len(t, rec.Changes.Removed, 1)
	require.Equal(t, cand.Next.EpochAuthenticator(), s.EpochAuthenticator())
	_, _, err = group[1].Process(func() []byte {
		_, m, err := cand.Next.Encrypt(rand.Reader, []byte("early"), nil, 0)
		require.NoError(t, err)
		return m
	}(), ProcessParams{Now: testNow})
	require.ErrorIs(t, err, ErrFutureEpoch)
	other := newTestGroup(t, X25519ChaCha, 2)
	other[0].ep.context.groupID = []byte("another")
	_, msg, err := other[0].Encrypt(rand.Reader, []byte("x"), nil, 0)
	require.NoError(t, err)
	_, _, err = group[1].Process(msg, ProcessParams{Now: testNow})
	require.ErrorIs(t, err, ErrWrongGroup)
}

func TestPaddingHidesLength(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	sizes := make(map[int]bool)
	for _, n := range []int{0, 1, 60, 300} {
		next, msg, err := group[0].Encrypt(rand.Reader, make([]byte, n), nil, 512)
		require.NoError(t, err)
		group[0] = next
		sizes[len(msg)] = true
		var rec Received
		group[1], rec = read(t, group[1], msg)
		require.Len(t, rec.Plaintext, n)
	}
	require.Len(t, sizes, 1)
	_, _, err := group[0].Encrypt(rand.Reader, make([]byte, MaxMessageSize), nil, 0)
	require.ErrorIs(t, err, ErrInvalid)
}

func TestPeek(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	_, msg, err := group[0].Encrypt(rand.Reader, []byte("x"), []byte("aad"), 0)
	require.NoError(t, err)
	info, err := PeekMessage(msg)
	require.NoError(t, err)
	require.Equal(t, MessageInfo{Wire: WirePrivateMessage, GroupID: []byte("test group"), Epoch: 1, Kind: KindApplication}, info)
	cand, err := group[0].Commit(rand.Reader, CommitParams{Public: true, Now: testNow})
	require.NoError(t, err)
	info, err = PeekMessage(cand.Commit)
	require.NoError(t, err)
	require.Equal(t, MessageInfo{Wire: WirePublicMessage, GroupID: []byte("test group"), Epoch: 1, Kind: KindCommit}, info)
	gi, err := group[0].GroupInfo(GroupInfoParams{})
	require.NoError(t, err)
	info, err = PeekMessage(gi)
	require.NoError(t, err)
	require.Equal(t, WireGroupInfo, info.Wire)
	for cut := range msg[:20] {
		_, err := PeekMessage(msg[:cut])
		require.ErrorIs(t, err, ErrInvalid)
	}
}

func TestLastResortKeyPackage(t *testing.T) {
	c := newClient(t, X25519ChaCha, "c")
	kp, _, err := NewKeyPackage(rand.Reader, X25519ChaCha, c.leaf, Lifetime{NotAfter: math.MaxUint64}, KeyPackageOptions{LastResort: true})
	require.NoError(t, err)
	parsed, err := ParseKeyPackage(kp.Bytes())
	require.NoError(t, err)
	require.True(t, parsed.LastResort())
	require.Contains(t, parsed.Leaf().Capabilities.Extensions, ExtensionLastResort)
	require.False(t, c.kp.LastResort())
	group := newTestGroup(t, X25519ChaCha, 2)
	limited := *group[0]
	limited.cfg.MaxLifetime = 1000
	_, err = limited.Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(kp)}, Now: testNow})
	require.ErrorContains(t, err, "lifetime is too long")
}

func TestSecretsPrintAsRedacted(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	c := newClient(t, X25519ChaCha, "c")
	cand, err := group[0].Commit(rand.Reader, CommitParams{Now: testNow})
	require.NoError(t, err)
	for _, v := range []any{group[0], cand, c.leaf, c.leaf.SignatureKey, c.priv, Received{Plaintext: []byte("text")}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			require.Equal(t, "[redacted]", fmt.Sprintf(verb, v))
		}
		var buf bytes.Buffer
		slog.New(slog.NewTextHandler(&buf, nil)).Info("m", "v", v)
		require.Contains(t, buf.String(), "v=[redacted]")
	}
}

func TestSignatureLabelsOfMLSAreReserved(t *testing.T) {
	key, err := NewSignatureKey(rand.Reader, DefaultSuite)
	require.NoError(t, err)
	sig, err := key.Sign("Petmail certificate", []byte("content"))
	require.NoError(t, err)
	require.True(t, VerifySignature(DefaultSuite, key.Public(), "Petmail certificate", []byte("content"), sig))
	require.False(t, VerifySignature(DefaultSuite, key.Public(), "Petmail certificate", []byte("contents"), sig))
	for _, label := range []string{"FramedContentTBS", "LeafNodeTBS", "KeyPackageTBS", "GroupInfoTBS"} {
		_, err := key.Sign(label, nil)
		require.ErrorIs(t, err, ErrUnsupported)
	}
}

func TestMisuseIsAnError(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	for name, prop := range map[string]Proposal{"nothing": {}, "add of nothing": Add(KeyPackage{}), "branch": BranchFrom(group[0])} {
		_, _, err := group[0].Propose(rand.Reader, prop, ProposeParams{Now: testNow})
		require.Error(t, err, name)
		_, err = group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{prop}, Now: testNow})
		require.Error(t, err, name)
	}
	_, err := group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Update(nil)}, Now: testNow})
	require.ErrorContains(t, err, "update of its sender")
	_, err = NewGroup(rand.Reader, X25519ChaCha, []byte("g"), LeafParams{Credential: Basic(nil)}, nil, testConfig)
	require.Error(t, err, "a leaf without a key")
	_, err = NewGroup(rand.Reader, P256AES128, []byte("g"), newClient(t, X25519ChaCha, "x").leaf, nil, testConfig)
	require.ErrorIs(t, err, ErrUnsupported)
	for _, n := range []int{-1, 0, 255*32 + 1} {
		_, err := group[0].Export("x", nil, n)
		require.ErrorIs(t, err, ErrUnsupported)
	}
	_, err = group[0].Export("x", nil, 255*32)
	require.NoError(t, err)
	last := *group[0]
	ep := epochState{
		c: last.ep.c, context: last.ep.context, contextRaw: last.ep.contextRaw, interim: last.ep.interim,
		confirmationTag: last.ep.confirmationTag, tree: last.ep.tree, sig: last.ep.sig, nodeKeys: last.ep.nodeKeys, secrets: last.ep.secrets,
	}
	ep.context.epoch = math.MaxUint64
	last.ep = &ep
	_, err = last.Commit(rand.Reader, CommitParams{Now: testNow})
	require.ErrorIs(t, err, ErrExhausted)
}

// A reader that fails makes no half-done states.
func TestBadRandomnessIsAnError(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 2)
	empty := bytes.NewReader(nil)
	_, _, err := group[0].Encrypt(empty, []byte("x"), nil, 0)
	require.ErrorContains(t, err, "randomness")
	_, err = group[0].Commit(empty, CommitParams{Now: testNow})
	require.ErrorContains(t, err, "randomness")
	_, _, err = group[0].Propose(empty, Update(nil), ProposeParams{Now: testNow})
	require.ErrorContains(t, err, "randomness")
	_, err = NewSignatureKey(empty, X25519ChaCha)
	require.ErrorContains(t, err, "randomness")
	_, _, err = group[0].Encrypt(nil, []byte("x"), nil, 0)
	require.NoError(t, err, "nil is the system's source")
}
