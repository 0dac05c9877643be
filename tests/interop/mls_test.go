package interop

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
)

// installPeer makes sure that the pinned packages of the peer are there.
var installPeer = sync.OnceValue(func() error {
	out, err := exec.Command("sh", "../../scripts/npm-ci.sh", "../..").CombinedOutput()
	if err != nil {
		return &installError{string(out)}
	}
	return nil
})

type installError struct{ output string }

func (e *installError) Error() string { return "couldn't install ts-mls: " + e.output }

// peer is a member run by ts-mls in a process of its own.
type peer struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
	kp  mls.KeyPackage
}

// answer is the union of what the peer answers.
type answer struct {
	Error         string
	KeyPackage    []byte
	Commit        []byte
	Welcome       []byte
	Message       []byte
	GroupInfo     []byte
	Text          []byte
	Epoch         uint64
	Authenticator []byte
	Exported      []byte
	Leaf          mls.LeafIndex
}

func newPeer(t *testing.T, suite mls.Suite, name string) *peer {
	t.Helper()
	require.NoError(t, installPeer())
	node := os.Getenv("NODE")
	if node == "" {
		node = "node"
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, node, "peer.mjs")
	cmd.Dir = "peer"
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
		cancel()
	})
	p := &peer{t: t, in: in, out: bufio.NewScanner(out)}
	p.out.Buffer(nil, 16<<20)
	a := p.do("start", map[string]any{"suite": suite.String(), "identity": []byte(name)})
	p.kp, err = mls.ParseKeyPackage(a.KeyPackage)
	require.NoError(t, err)
	return p
}

// do sends one request and returns the answer.
func (p *peer) do(command string, args map[string]any) answer {
	p.t.Helper()
	a := p.try(command, args)
	require.Empty(p.t, a.Error, command)
	return a
}

func (p *peer) try(command string, args map[string]any) answer {
	p.t.Helper()
	if args == nil {
		args = map[string]any{}
	}
	args["do"] = command
	line, err := json.Marshal(args)
	require.NoError(p.t, err)
	_, err = p.in.Write(append(line, '\n'))
	require.NoError(p.t, err)
	require.True(p.t, p.out.Scan(), "peer ended")
	var a answer
	require.NoError(p.t, json.Unmarshal(p.out.Bytes(), &a))
	return a
}

func (p *peer) process(msg []byte) answer {
	p.t.Helper()
	return p.do("process", map[string]any{"message": msg})
}

var config = mls.Config{PastEpochs: 4, ExternalCommits: true}

type member struct {
	t     *testing.T
	state *mls.State
	leaf  mls.LeafParams
	kp    mls.KeyPackage
	priv  *mls.KeyPackagePrivate
	psks  map[string][]byte
}

func now() int64 { return time.Now().Unix() }

func newMember(t *testing.T, suite mls.Suite, name string) *member {
	t.Helper()
	key, err := mls.NewSignatureKey(rand.Reader, suite)
	require.NoError(t, err)
	leaf := mls.LeafParams{Credential: mls.Basic([]byte(name)), SignatureKey: key}
	life := mls.Lifetime{NotBefore: uint64(now() - 60), NotAfter: uint64(now() + 3600)}
	kp, priv, err := mls.NewKeyPackage(rand.Reader, suite, leaf, life, mls.KeyPackageOptions{})
	require.NoError(t, err)
	return &member{t: t, leaf: leaf, kp: kp, priv: priv, psks: map[string][]byte{}}
}

func (m *member) join(welcome []byte) {
	m.t.Helper()
	s, _, err := mls.Join(welcome, mls.JoinParams{
		KeyPackages: []*mls.KeyPackagePrivate{m.priv}, PSKs: mls.ExternalPSKs(m.psks), Config: config, Now: now(),
	})
	require.NoError(m.t, err)
	m.state = s
}

// commit commits and adopts at once: the test is the delivery service.
func (m *member) commit(p mls.CommitParams) *mls.Candidate {
	m.t.Helper()
	p.Now, p.PSKs = now(), mls.ExternalPSKs(m.psks)
	c, err := m.state.Commit(rand.Reader, p)
	require.NoError(m.t, err)
	m.state = c.Next
	return c
}

func (m *member) process(msg []byte) mls.Received {
	m.t.Helper()
	next, rec, err := m.state.Process(msg, mls.ProcessParams{PSKs: mls.ExternalPSKs(m.psks), Now: now()})
	require.NoError(m.t, err)
	m.state = next
	return rec
}

// agree checks that ours and theirs share an epoch, an export and messages
// both ways.
func agree(t *testing.T, ours []*member, theirs []*peer) {
	t.Helper()
	want, err := ours[0].state.Export("interop", []byte("context"), 40)
	require.NoError(t, err)
	for _, m := range ours {
		require.Equal(t, ours[0].state.EpochAuthenticator(), m.state.EpochAuthenticator())
		next, msg, err := m.state.Encrypt(rand.Reader, []byte("from Go"), []byte("aad"), 64)
		require.NoError(t, err)
		m.state = next
		for _, p := range theirs {
			require.Equal(t, "from Go", string(p.process(msg).Text))
		}
		for _, other := range ours {
			if other != m {
				require.Equal(t, "from Go", string(other.process(msg).Plaintext))
			}
		}
	}
	for _, p := range theirs {
		a := p.do("state", map[string]any{"label": "interop", "context": []byte("context"), "length": 40})
		require.Equal(t, ours[0].state.Epoch(), a.Epoch)
		require.Equal(t, ours[0].state.EpochAuthenticator(), a.Authenticator)
		require.Equal(t, want, a.Exported)
		msg := p.do("encrypt", map[string]any{"text": []byte("from TypeScript")}).Message
		for _, m := range ours {
			require.Equal(t, "from TypeScript", string(m.process(msg).Plaintext))
		}
		for _, other := range theirs {
			if other != p {
				require.Equal(t, "from TypeScript", string(other.process(msg).Text))
			}
		}
	}
}

func eachSuite(t *testing.T, f func(t *testing.T, suite mls.Suite)) {
	for _, suite := range []mls.Suite{mls.X25519AES128, mls.X25519ChaCha, mls.XWingChaCha} {
		t.Run(suite.String(), func(t *testing.T) { f(t, suite) })
	}
}

// Go creates the group; ts-mls is welcomed with a pre-shared key; all commit,
// in the open and encrypted; a third member is added and removed.
func TestTSMLSInOurGroup(t *testing.T) {
	eachSuite(t, func(t *testing.T, suite mls.Suite) {
		anna, carla, ben := newMember(t, suite, "anna"), newMember(t, suite, "carla"), newPeer(t, suite, "ben")
		var err error
		anna.state, err = mls.NewGroup(rand.Reader, suite, []byte("interop"), anna.leaf, nil, config)
		require.NoError(t, err)
		psk := make([]byte, 32)
		_, err = rand.Read(psk)
		require.NoError(t, err)
		anna.psks["code"] = psk
		carla.psks["code"] = psk
		ben.do("psk", map[string]any{"id": []byte("code"), "key": psk})

		c := anna.commit(mls.CommitParams{Proposals: []mls.Proposal{mls.Add(ben.kp), mls.PSK([]byte("code"))}, ForcePath: true})
		ben.do("join", map[string]any{"welcome": c.Welcome})
		agree(t, []*member{anna}, []*peer{ben})

		for _, open := range []bool{false, true} {
			ben.process(anna.commit(mls.CommitParams{Public: open}).Commit)
			agree(t, []*member{anna}, []*peer{ben})
			anna.process(ben.do("commit", map[string]any{"open": open}).Commit)
			agree(t, []*member{anna}, []*peer{ben})
		}

		// ts-mls welcomes a Go member, with the pre-shared key.
		a := ben.do("commit", map[string]any{"proposals": []any{
			map[string]any{"type": "add", "keyPackage": carla.kp.Bytes()},
			map[string]any{"type": "psk", "id": []byte("code")},
		}})
		anna.process(a.Commit)
		carla.join(a.Welcome)
		agree(t, []*member{anna, carla}, []*peer{ben})
		for _, m := range []*member{carla, anna} {
			other := anna
			if m == anna {
				other = carla
			}
			c := m.commit(mls.CommitParams{})
			other.process(c.Commit)
			ben.process(c.Commit)
			agree(t, []*member{anna, carla}, []*peer{ben})
		}

		// An Update by proposal, committed by ts-mls.
		next, update, err := carla.state.Propose(rand.Reader, mls.Update(nil), mls.ProposeParams{Now: now()})
		require.NoError(t, err)
		carla.state = next
		anna.process(update)
		ben.process(update)
		a = ben.do("commit", nil)
		anna.process(a.Commit)
		carla.process(a.Commit)
		agree(t, []*member{anna, carla}, []*peer{ben})

		// ts-mls proposes the removal, Go commits it.
		remove := ben.do("propose", map[string]any{"proposal": map[string]any{"type": "remove", "leaf": carla.state.OwnLeaf()}, "open": false}).Message
		anna.process(remove)
		carla.process(remove)
		c = anna.commit(mls.CommitParams{})
		require.Len(t, c.Changes.Removed, 1)
		ben.process(c.Commit)
		require.True(t, carla.process(c.Commit).SelfRemoved)
		agree(t, []*member{anna}, []*peer{ben})
	})
}

// ts-mls creates the group; Go joins by Welcome and by an external commit;
// ts-mls joins ours by an external commit.
func TestOursInTSMLSGroup(t *testing.T) {
	eachSuite(t, func(t *testing.T, suite mls.Suite) {
		anna, carla := newMember(t, suite, "anna"), newMember(t, suite, "carla")
		ben, dora := newPeer(t, suite, "ben"), newPeer(t, suite, "dora")
		ben.do("create", map[string]any{"groupID": []byte("theirs")})
		a := ben.do("commit", map[string]any{"proposals": []any{map[string]any{"type": "add", "keyPackage": anna.kp.Bytes()}}})
		anna.join(a.Welcome)
		agree(t, []*member{anna}, []*peer{ben})

		info := ben.do("groupInfo", nil).GroupInfo
		c, err := mls.ExternalCommit(rand.Reader, info, mls.ExternalParams{Leaf: carla.leaf, Config: config, Now: now()})
		require.NoError(t, err)
		anna.process(c.Commit)
		ben.process(c.Commit)
		carla.state = c.Next
		agree(t, []*member{anna, carla}, []*peer{ben})

		// ts-mls takes external_pub without its length, so give it that form.
		pub, err := carla.state.ExternalPub()
		require.NoError(t, err)
		own, err := carla.state.GroupInfo(mls.GroupInfoParams{
			NoExternalPub: true, Extensions: []mls.Extension{{Type: mls.ExtensionExternalPub, Data: pub}},
		})
		require.NoError(t, err)
		joined := dora.do("joinExternal", map[string]any{"groupInfo": own}).Commit
		anna.process(joined)
		carla.process(joined)
		ben.process(joined)
		agree(t, []*member{anna, carla}, []*peer{ben, dora})

		c = carla.commit(mls.CommitParams{Proposals: []mls.Proposal{mls.Remove(1)}})
		require.True(t, anna.process(c.Commit).SelfRemoved)
		ben.process(c.Commit)
		dora.process(c.Commit)
		agree(t, []*member{carla}, []*peer{ben, dora})
	})
}
