package mls

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var writeFixture = flag.Bool("write-fixture", false, "make testdata/group.json anew")

// fixture is a group kept in testdata/group.json, so that fuzzing has keys
// its corpus fits to, and so that old encodings stay readable.
type fixture struct {
	Comment    string
	States     []hexText // members 0, 1 and 2, at one epoch
	KeyPackage hexText   // private half of a client not in the group
	// Messages to member 1 at that epoch, and objects for outsiders.
	Application, PrivateCommit, PublicCommit, Proposal hexText
	Welcome, GroupInfo, Public                         hexText
}

type hexText []byte

func (h hexText) MarshalJSON() ([]byte, error) { return json.Marshal([]byte(h)) }
func (h *hexText) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, (*[]byte)(h))
}

func loadFixture(t testing.TB) fixture {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "group.json"))
	require.NoError(t, err)
	var f fixture
	require.NoError(t, json.Unmarshal(data, &f))
	return f
}

func (f fixture) member(t testing.TB, i int) *State {
	t.Helper()
	s, err := Unmarshal(f.States[i], testConfig)
	require.NoError(t, err)
	return s
}

func (f fixture) messages() [][]byte {
	return [][]byte{f.Application, f.PrivateCommit, f.PublicCommit, f.Proposal, f.Welcome, f.GroupInfo, f.Public}
}

// The state encoding is kept readable: a state of version 1 goes on.
func TestStateEncodingStaysReadable(t *testing.T) {
	if *writeFixture {
		makeFixture(t)
	}
	f := loadFixture(t)
	for i, data := range f.States {
		again, err := f.member(t, i).Marshal()
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, again))
	}
	s := f.member(t, 1)
	s, rec := read(t, s, f.Application)
	require.Equal(t, "kept", string(rec.Plaintext))
	_, rec = read(t, s, f.PrivateCommit)
	require.Len(t, rec.Changes.Added, 1)
	_, rec = read(t, s, f.PublicCommit)
	require.Equal(t, LeafIndex(2), rec.Sender)
	_, rec = read(t, s, f.Proposal)
	require.Equal(t, ProposalUpdate, rec.Proposal.Type())
	priv, err := UnmarshalKeyPackagePrivate(f.KeyPackage)
	require.NoError(t, err)
	_, _, err = Join(f.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{priv}, Config: testConfig, Now: testNow})
	require.NoError(t, err)
	_, err = ExternalCommit(rand.Reader, f.GroupInfo, ExternalParams{Leaf: newClient(t, X25519ChaCha, "x").leaf, Config: testConfig, Now: testNow})
	require.NoError(t, err)
}

func makeFixture(t *testing.T) {
	t.Helper()
	group := newTestGroup(t, X25519ChaCha, 3)
	commitBy(t, group, 1, CommitParams{})
	say(t, group, 0, "before")
	joiner := newClient(t, X25519ChaCha, "joiner")
	f := fixture{Comment: "Made by go test ./shared/mls -run StateEncoding -write-fixture", KeyPackage: joiner.priv.Marshal(), Public: joiner.kp.Bytes()}
	for _, s := range group {
		data, err := s.Marshal()
		require.NoError(t, err)
		f.States = append(f.States, data)
	}
	var err error
	_, f.Application, err = group[0].Encrypt(rand.Reader, []byte("kept"), []byte("aad"), 64)
	require.NoError(t, err)
	cand, err := group[0].Commit(rand.Reader, CommitParams{Proposals: []Proposal{Add(joiner.kp)}, ForcePath: true, Now: testNow})
	require.NoError(t, err)
	f.PrivateCommit, f.Welcome = cand.Commit, cand.Welcome
	cand, err = group[2].Commit(rand.Reader, CommitParams{Public: true, Now: testNow})
	require.NoError(t, err)
	f.PublicCommit = cand.Commit
	_, f.Proposal, err = group[2].Propose(rand.Reader, Update(nil), ProposeParams{Now: testNow})
	require.NoError(t, err)
	f.GroupInfo, err = group[0].GroupInfo(GroupInfoParams{})
	require.NoError(t, err)
	data, err := json.MarshalIndent(f, "", "\t")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("testdata", "group.json"), append(data, '\n'), 0o644))
}

// FuzzDecode gives bytes to every decoder. What one accepts it must write
// again as it was.
func FuzzDecode(f *testing.F) {
	fix := loadFixture(f)
	for _, m := range fix.messages() {
		f.Add(m)
		f.Add(m[4:])
	}
	all := decoders()
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, decode := range all {
			r := newReader(data)
			write := decode(r)
			if r.done() == nil && !bytes.Equal(data, encode(write)) {
				t.Fatalf("%s: decoded bytes are written differently", name)
			}
		}
	})
}

// FuzzOutsider gives a member, a joiner and a sponsor's guest messages from
// somebody who has no keys at all.
func FuzzOutsider(f *testing.F) {
	fix := loadFixture(f)
	s := fix.member(f, 1)
	priv, err := UnmarshalKeyPackagePrivate(fix.KeyPackage)
	require.NoError(f, err)
	guest := newClient(f, X25519ChaCha, "guest").leaf
	for _, m := range fix.messages() {
		f.Add(m)
	}
	before, err := s.Marshal()
	require.NoError(f, err)
	known := fix.messages()
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = PeekMessage(data)
		_, _ = WelcomeRefs(data)
		_, _ = ParseKeyPackage(data)
		next, _, err := s.Process(data, ProcessParams{Now: testNow})
		after, merr := s.Marshal()
		require.NoError(t, merr)
		require.True(t, bytes.Equal(before, after), "processing changed the state")
		isKnown := slices.ContainsFunc(known, func(m []byte) bool { return bytes.Equal(m, data) })
		if err == nil && !isKnown && !isNewMember(data) {
			t.Fatal("an outsider's message was accepted")
		}
		require.Equal(t, err == nil, next != nil)
		j, _, err := Join(data, JoinParams{KeyPackages: []*KeyPackagePrivate{priv}, Config: testConfig, Now: testNow})
		require.Equal(t, err == nil, j != nil)
		if err == nil && !isKnown {
			t.Fatal("an outsider's welcome was accepted")
		}
		_, err = ExternalCommit(rand.Reader, data, ExternalParams{Leaf: guest, Config: testConfig, Now: testNow})
		if err == nil && !isKnown {
			t.Fatal("an outsider's group info was accepted")
		}
	})
}

// isNewMember tells whether a message claims to come from no member, which
// anybody can sign for itself.
func isNewMember(data []byte) bool {
	r, wire, err := openMessage(data)
	return err == nil && wire == wirePublicMessage && r.publicMessage().content.sender.typ != SenderMember
}

// FuzzMember plays a malicious member, who can put anything into a message
// that is encrypted and signed as it should be.
func FuzzMember(f *testing.F) {
	fix := loadFixture(f)
	mallory, victim := fix.member(f, 0), fix.member(f, 1)
	for _, m := range [][]byte{fix.PublicCommit} {
		r, _, err := openMessage(m)
		require.NoError(f, err)
		p := r.publicMessage()
		f.Add(contentCommit, true, p.content.body, p.auth.confirmationTag)
	}
	prop := encode(func(w *writer) { w.proposal(Remove(2)) })
	f.Add(contentProposal, true, prop, []byte{})
	f.Add(contentProposal, false, encode(func(w *writer) { w.proposal(Add(newClient(f, X25519ChaCha, "c").kp)) }), []byte{})
	f.Add(contentApplication, false, []byte{1, 2}, []byte{})
	f.Add(contentCommit, false, encode(func(w *writer) {
		w.commit(&commit{proposals: []proposalOrRef{{proposal: Remove(2)}, {ref: make([]byte, 32)}}})
	}), make([]byte, 32))
	before, err := victim.Marshal()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, typ uint8, public bool, body, tag []byte) {
		fc := &framedContent{groupID: mallory.GroupID(), epoch: mallory.Epoch(), sender: memberSender(0), typ: typ, body: body}
		a := &authenticated{wire: wirePrivateMessage, content: fc, raw: fc.encode()}
		if public {
			a.wire = wirePublicMessage
		}
		require.NoError(t, a.sign(mallory.ep.c, mallory.ep.sig, mallory.ep.contextRaw))
		a.auth.confirmationTag = tag
		msg := mallory.groupKeys().protectPublic(a)
		if !public {
			var err error
			msg, _, err = mallory.groupKeys().protectPrivate(rand.Reader, a, 0)
			require.NoError(t, err)
		}
		next, rec, err := victim.Process(msg, ProcessParams{Now: testNow})
		after, merr := victim.Marshal()
		require.NoError(t, merr)
		require.True(t, bytes.Equal(before, after), "processing changed the state")
		if err != nil {
			require.Nil(t, next)
			return
		}
		if rec.Kind == KindCommit && !rec.SelfRemoved {
			t.Fatal("a commit without its confirmation tag was accepted")
		}
		reload(t, next)
	})
}

// FuzzServer plays the delivery service, which changes, cuts and mixes the
// messages of members.
func FuzzServer(f *testing.F) {
	fix := loadFixture(f)
	s := fix.member(f, 1)
	msgs := [][]byte{fix.Application, fix.PrivateCommit, fix.PublicCommit, fix.Proposal}
	f.Add(uint8(0), uint16(40), uint16(60), []byte{1})
	f.Add(uint8(1), uint16(0), uint16(0), []byte{})
	f.Add(uint8(2), uint16(100), uint16(101), []byte{0xff, 0})
	f.Add(uint8(3), uint16(10), uint16(400), []byte{})
	f.Fuzz(func(t *testing.T, which uint8, from, to uint16, insert []byte) {
		original := msgs[int(which)%len(msgs)]
		i := min(int(from), len(original))
		j := min(max(i, int(to)), len(original))
		msg := slices.Concat(original[:i], insert, original[j:])
		next, _, err := s.Process(msg, ProcessParams{Now: testNow})
		if bytes.Equal(msg, original) {
			require.NoError(t, err)
			return
		}
		require.Error(t, err, "a changed message was accepted")
		require.Nil(t, next)
	})
}

// FuzzState decodes states. What is accepted must be written as it was read,
// and must not panic when it is used.
func FuzzState(f *testing.F) {
	fix := loadFixture(f)
	for _, data := range fix.States {
		f.Add([]byte(data))
	}
	f.Add([]byte(fix.KeyPackage))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := UnmarshalKeyPackagePrivate(data); err == nil {
			require.True(t, bytes.Equal(data, p.Marshal()))
		}
		s, err := Unmarshal(data, testConfig)
		if err != nil {
			return
		}
		again, err := s.Marshal()
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, again))
		_, _, _ = s.Encrypt(rand.Reader, []byte("x"), nil, 0)
		_, _ = s.Commit(rand.Reader, CommitParams{Now: testNow})
		_, _ = s.Export("x", nil, 32)
		_, _, _ = s.Process(fix.Application, ProcessParams{Now: testNow})
		_, _, _ = s.Process(fix.PublicCommit, ProcessParams{Now: testNow})
	})
}
