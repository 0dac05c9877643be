package mls

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// world is a group as its delivery service and its members see it. The log
// holds, for each epoch, the messages sent in it and the commit that ended it;
// each member works it off at its own pace, with messages lost and reordered.
type world struct {
	t       *rapid.T
	suite   Suite
	now     int64
	names   int
	live    []*actor
	removed []*actor
	commits map[uint64][]byte   // by the epoch they end
	handed  map[uint64][][]byte // proposals of an epoch, in order
	auth    map[uint64][]byte   // epoch authenticators
	latest  uint64
	sent    []sentMessage
}

type sentMessage struct {
	from  string
	epoch uint64
	text  string
	msg   []byte
	read  map[string]bool
}

type actor struct {
	name string
	s    *State
	seen int // proposals of the current epoch taken in
	disk disk
}

func (w *world) client() client {
	name := fmt.Sprintf("member %d", w.names)
	w.names++
	key, err := NewSignatureKey(rand.Reader, w.suite)
	require.NoError(w.t, err)
	leaf := LeafParams{Credential: Basic([]byte(name)), SignatureKey: key}
	kp, priv, err := NewKeyPackage(rand.Reader, w.suite, leaf, Lifetime{NotBefore: 1, NotAfter: uint64(testNow) * 2}, KeyPackageOptions{})
	require.NoError(w.t, err)
	return client{leaf, kp, priv}
}

// pick draws a member; only members at the newest epoch can commit and win.
func (w *world) pick(label string) *actor {
	return rapid.SampledFrom(w.live).Draw(w.t, label)
}

// catchUp lets a member process the log until it is at the newest epoch.
func (w *world) catchUp(a *actor) {
	for a.s.Active() && a.s.Epoch() < w.latest {
		epoch := a.s.Epoch()
		w.takeProposals(a)
		next, rec, err := a.s.Process(w.commits[epoch], ProcessParams{Now: w.now})
		require.NoError(w.t, err, "%s at epoch %d", a.name, epoch)
		a.s, a.seen = next, 0
		if rec.SelfRemoved {
			w.drop(a)
			return
		}
		require.Equal(w.t, w.auth[a.s.Epoch()], a.s.EpochAuthenticator())
	}
}

func (w *world) takeProposals(a *actor) {
	list := w.handed[a.s.Epoch()]
	for ; a.seen < len(list); a.seen++ {
		next, _, err := a.s.Process(list[a.seen], ProcessParams{Now: w.now})
		if errors.Is(err, ErrOwnMessage) {
			continue
		}
		require.NoError(w.t, err)
		a.s = next
	}
}

func (w *world) drop(a *actor) {
	for i, l := range w.live {
		if l == a {
			w.live = append(w.live[:i], w.live[i+1:]...)
		}
	}
	w.removed = append(w.removed, a)
}

// won publishes a commit as the end of the newest epoch.
func (w *world) won(cand *Candidate) {
	w.commits[w.latest] = cand.Commit
	w.latest++
	w.auth[w.latest] = cand.Next.EpochAuthenticator()
}

func (w *world) commit() {
	a := w.pick("committer")
	w.catchUp(a)
	if !a.s.Active() {
		return
	}
	w.takeProposals(a)
	p := CommitParams{Now: w.now, Public: rapid.Bool().Draw(w.t, "public"), ForcePath: rapid.Bool().Draw(w.t, "path")}
	var joiner *client
	switch rapid.IntRange(0, 3).Draw(w.t, "kind") {
	case 1:
		if len(w.live) < 12 {
			c := w.client()
			joiner = &c
			p.Proposals = append(p.Proposals, Add(c.kp))
		}
	case 2:
		members := a.s.Members()
		victim := rapid.SampledFrom(members).Draw(w.t, "victim").Index
		if victim != a.s.OwnLeaf() && len(members) > 2 {
			p.Proposals = append(p.Proposals, Remove(victim))
		}
	}
	cand, err := a.s.Commit(rand.Reader, p)
	require.NoError(w.t, err)
	if rapid.IntRange(0, 3).Draw(w.t, "race") == 0 {
		// Another member's commit was faster; this candidate is dropped.
		b := w.pick("rival")
		w.catchUp(b)
		if b != a && b.s.Active() {
			w.takeProposals(b)
			rival, err := b.s.Commit(rand.Reader, CommitParams{Now: w.now})
			require.NoError(w.t, err)
			a.s = cand.Current
			b.s, b.seen = rival.Next, 0
			w.won(rival)
			return
		}
	}
	a.s, a.seen = cand.Next, 0
	w.won(cand)
	if joiner != nil {
		j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{joiner.priv}, Config: testConfig, Now: w.now})
		require.NoError(w.t, err)
		w.live = append(w.live, &actor{name: string(joiner.leaf.Credential.Identity), s: j})
	}
}

func (w *world) propose() {
	a := w.pick("proposer")
	w.catchUp(a)
	if !a.s.Active() {
		return
	}
	w.takeProposals(a)
	prop := Update(nil)
	if rapid.Bool().Draw(w.t, "remove") {
		members := a.s.Members()
		if len(members) > 3 {
			prop = Remove(rapid.SampledFrom(members).Draw(w.t, "proposed").Index)
		}
	}
	public := rapid.Bool().Draw(w.t, "public")
	next, msg, err := a.s.Propose(rand.Reader, prop, ProposeParams{Now: w.now, Public: public})
	if public && errors.Is(err, ErrReplay) {
		return // the same words from the same member are the same message
	}
	require.NoError(w.t, err)
	a.s = next
	w.handed[w.latest] = append(w.handed[w.latest], msg)
}

func (w *world) joinExternally() {
	if len(w.live) >= 12 {
		return
	}
	a := w.pick("sponsor")
	w.catchUp(a)
	if !a.s.Active() {
		return
	}
	info, err := a.s.GroupInfo(GroupInfoParams{})
	require.NoError(w.t, err)
	c := w.client()
	cand, err := ExternalCommit(rand.Reader, info, ExternalParams{Leaf: c.leaf, Config: testConfig, Now: w.now})
	require.NoError(w.t, err)
	w.won(cand)
	w.live = append(w.live, &actor{name: string(c.leaf.Credential.Identity), s: cand.Next})
}

func (w *world) send() {
	a := w.pick("sender")
	text := fmt.Sprintf("%s: %d", a.name, len(w.sent))
	next, msg, err := a.s.Encrypt(rand.Reader, []byte(text), nil, 0)
	if errors.Is(err, ErrPendingProposals) {
		return
	}
	require.NoError(w.t, err)
	a.s = next
	w.sent = append(w.sent, sentMessage{a.name, a.s.Epoch(), text, msg, map[string]bool{a.name: true}})
}

// deliver hands any message, again or late, to anybody, removed or not.
func (w *world) deliver() {
	if len(w.sent) == 0 {
		return
	}
	m := &w.sent[rapid.IntRange(0, len(w.sent)-1).Draw(w.t, "message")]
	a := rapid.SampledFrom(append(append([]*actor(nil), w.live...), w.removed...)).Draw(w.t, "receiver")
	next, rec, err := a.s.Process(m.msg, ProcessParams{Now: w.now})
	if err != nil {
		require.Nil(w.t, next)
		if a.s.Active() && a.s.Epoch() == m.epoch && !m.read[a.name] {
			require.NoError(w.t, err, "%s couldn't read %q", a.name, m.text)
		}
		return
	}
	require.Equal(w.t, m.text, string(rec.Plaintext))
	require.False(w.t, m.read[a.name], "%s read %q twice", a.name, m.text)
	require.True(w.t, a.s.Active(), "a removed member read %q", m.text)
	m.read[a.name] = true
	a.s = next
}

func (w *world) restore() {
	a := w.pick("restored")
	data, err := a.s.Marshal()
	require.NoError(w.t, err)
	a.s, err = Unmarshal(data, testConfig)
	require.NoError(w.t, err)
	again, err := a.s.Marshal()
	require.NoError(w.t, err)
	require.True(w.t, bytes.Equal(data, again))
	w.store(a)
	a.s = a.disk.load(w.t)
}

func (w *world) store(a *actor) { a.disk.put(w.t, a.s) }

// Whatever happens, honest members agree or stay behind, everybody reads each
// message at most once, and removed members read nothing.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{
			t: t, suite: X25519ChaCha, now: testNow,
			commits: make(map[uint64][]byte), handed: make(map[uint64][][]byte), auth: make(map[uint64][]byte),
		}
		first := w.client()
		s, err := NewGroup(rand.Reader, w.suite, []byte("world"), first.leaf, nil, testConfig)
		require.NoError(t, err)
		second := w.client()
		cand, err := s.Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(second.kp)}, Now: w.now})
		require.NoError(t, err)
		j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{second.priv}, Config: testConfig, Now: w.now})
		require.NoError(t, err)
		w.live = []*actor{{name: "member 0", s: cand.Next}, {name: "member 1", s: j}}
		w.latest = 1
		w.auth[1] = j.EpochAuthenticator()
		steps := map[string]func(){
			"commit": w.commit, "propose": w.propose, "external": w.joinExternally, "send": w.send,
			"deliver": w.deliver, "restore": w.restore, "store": func() { w.store(w.pick("stored")) },
			"catch up": func() { w.catchUp(w.pick("late")) },
		}
		names := []string{"commit", "commit", "propose", "external", "send", "send", "deliver", "deliver", "deliver", "restore", "store", "catch up"}
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			steps[rapid.SampledFrom(names).Draw(t, "step")]()
		}
		for _, a := range append([]*actor(nil), w.live...) {
			w.catchUp(a)
		}
		for _, a := range w.live {
			require.Equal(t, w.latest, a.s.Epoch())
			require.Equal(t, w.auth[w.latest], a.s.EpochAuthenticator())
			require.Len(t, a.s.Members(), len(w.live))
		}
	})
}
