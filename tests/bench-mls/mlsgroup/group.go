package mlsgroup

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"petmail/shared/mls"
)

// Group is a group as its creator and its second member see it. The creator
// added all others in one commit, so most of the tree is blank.
type Group struct {
	provider mls.Provider
	suite    mls.Suite
	a, b     *mls.State
	text     []byte // what a encrypted last
	commit   []byte // what a committed last
	joiner   *client
	welcome  []byte // for joiner
}

type client struct {
	public  mls.KeyPackage
	private *mls.KeyPackagePrivate
}

const messageSize = 1024 // bytes

var errUnknown = errors.New("unknown operation")

func (g *Group) config() mls.Config { return mls.Config{Provider: g.provider, PastEpochs: 1} }

func (g *Group) leaf(i int) (mls.LeafParams, error) {
	key, err := mls.NewSignatureKey(rand.Reader, g.suite)
	return mls.LeafParams{Credential: mls.Basic(fmt.Appendf(nil, "member %d", i)), SignatureKey: key}, err
}

func (g *Group) client(i int) (*client, error) {
	leaf, err := g.leaf(i)
	if err != nil {
		return nil, err
	}
	now := uint64(time.Now().Unix())
	lifetime := mls.Lifetime{NotBefore: now - 3600, NotAfter: now + 3600}
	public, private, err := mls.NewKeyPackage(rand.Reader, g.suite, leaf, lifetime, mls.KeyPackageOptions{Provider: g.provider})
	return &client{public, private}, err
}

// New makes a group of so many members with keys of provider.
func New(suite mls.Suite, provider mls.Provider, members int) (*Group, error) {
	g := &Group{suite: suite, provider: provider}
	leaf, err := g.leaf(0)
	if err != nil {
		return nil, err
	}
	if g.a, err = mls.NewGroup(rand.Reader, suite, []byte("bench"), leaf, nil, g.config()); err != nil {
		return nil, err
	}
	var second *client
	var adds []mls.Proposal
	for i := 1; i < members; i++ {
		c, err := g.client(i)
		if err != nil {
			return nil, err
		}
		if i == 1 {
			second = c
		}
		adds = append(adds, mls.Add(c.public))
	}
	made, err := g.a.Commit(rand.Reader, mls.CommitParams{Proposals: adds, ForcePath: true, Now: time.Now().Unix()})
	if err != nil {
		return nil, err
	}
	g.a = made.Next
	if g.b, err = g.join(made.Welcome, second); err != nil {
		return nil, err
	}
	g.joiner, err = g.client(members)
	return g, err
}

func (g *Group) join(welcome []byte, c *client) (*mls.State, error) {
	s, _, err := mls.Join(welcome, mls.JoinParams{KeyPackages: []*mls.KeyPackagePrivate{c.private}, Config: g.config(), Now: time.Now().Unix()})
	return s, err
}

// StateSize is the size of the second member's state in bytes.
func (g *Group) StateSize() int {
	data, err := g.b.Marshal()
	if err != nil {
		return 0
	}
	return len(data)
}

// Run does one operation of encrypt, decrypt, commit, process, add, join, and
// tells how long it took, with the encoding of what it changed in the state: an
// agent stores it each time. Decrypt takes what the last encrypt made, process the last commit,
// join the last add.
func (g *Group) Run(operation string) (time.Duration, error) {
	step, ok := map[string]func() (*mls.State, error){
		"encrypt": g.encrypt, "decrypt": g.decrypt, "commit": g.makeCommit, "process": g.process, "add": g.add, "join": g.joinGroup,
	}[operation]
	if !ok {
		return 0, errUnknown
	}
	before := map[string]*mls.State{"encrypt": g.a, "decrypt": g.b, "commit": g.a, "process": g.b, "add": g.a}[operation]
	start := time.Now()
	s, err := step()
	if err != nil {
		return 0, fmt.Errorf("couldn't %s: %w", operation, err)
	}
	s.Parts(before)
	return time.Since(start), nil
}

func (g *Group) encrypt() (s *mls.State, err error) {
	g.a, g.text, err = g.a.Encrypt(rand.Reader, make([]byte, messageSize), nil, 0)
	return g.a, err
}

func (g *Group) decrypt() (*mls.State, error) {
	s, got, err := g.b.Process(g.text, mls.ProcessParams{Now: time.Now().Unix()})
	if err != nil {
		return nil, err
	}
	if len(got.Plaintext) != messageSize {
		return nil, errors.New("another text")
	}
	g.b = s
	return s, nil
}

func (g *Group) makeCommit() (*mls.State, error) {
	made, err := g.a.Commit(rand.Reader, mls.CommitParams{ForcePath: true, Now: time.Now().Unix()})
	if err != nil {
		return nil, err
	}
	g.a, g.commit = made.Next, made.Commit
	return g.a, nil
}

func (g *Group) process() (s *mls.State, err error) {
	g.b, _, err = g.b.Process(g.commit, mls.ProcessParams{Now: time.Now().Unix()})
	return g.b, err
}

// add adds somebody, without a path as the others do it, and forgets it again.
func (g *Group) add() (*mls.State, error) {
	made, err := g.a.Commit(rand.Reader, mls.CommitParams{Proposals: []mls.Proposal{mls.Add(g.joiner.public)}, Now: time.Now().Unix()})
	if err != nil {
		return nil, err
	}
	g.welcome = made.Welcome
	return made.Next, nil
}

func (g *Group) joinGroup() (*mls.State, error) { return g.join(g.welcome, g.joiner) }
