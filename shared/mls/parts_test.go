package mls

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// disk is where a state is stored in parts.
type disk struct {
	at    *State // what is stored
	parts map[string][]byte
}

// put stores what has changed, and returns it. What stands afterwards is what a
// state that is stored for the first time writes: nothing of an older one.
func (d *disk) put(t require.TestingT, s *State) []Part {
	changed := s.Parts(d.at)
	if d.parts == nil {
		d.parts = make(map[string][]byte)
	}
	for _, p := range changed {
		require.Regexp(t, "^[a-z0-9/]{1,32}$", p.Name)
		if p.Data == nil {
			require.Contains(t, d.parts, p.Name)
			delete(d.parts, p.Name)
			continue
		}
		d.parts[p.Name] = p.Data
	}
	d.at = s
	whole := make(map[string][]byte)
	for _, p := range s.Parts(nil) {
		whole[p.Name] = p.Data
	}
	require.Equal(t, slices.Sorted(maps.Keys(whole)), slices.Sorted(maps.Keys(d.parts)))
	for name, data := range whole {
		require.True(t, bytes.Equal(data, d.parts[name]), "%s is not what it was written as", name)
	}
	return changed
}

// load reads the state again; it is the one that was stored.
func (d *disk) load(t require.TestingT) *State {
	s, err := UnmarshalParts(d.parts, d.at.cfg)
	require.NoError(t, err)
	want, err := d.at.Marshal()
	require.NoError(t, err)
	got, err := s.Marshal()
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got))
	d.at = s
	return s
}

func bytesOf(parts []Part) (n int) {
	for _, p := range parts {
		n += len(p.Data)
	}
	return n
}

// TestAMessageWritesItsSendersRatchets, and nothing that grows with the group:
// a sender's first message in an epoch the secrets on its path, too.
func TestAMessageWritesItsSendersRatchets(t *testing.T) {
	for _, suite := range []Suite{X25519ChaCha, XWingChaCha} {
		group := newTestGroup(t, suite, 70)[:3]
		var d disk
		d.put(t, group[0])
		sent := func() []Part {
			next, _, err := group[0].Encrypt(rand.Reader, []byte("x"), nil, 0)
			require.NoError(t, err)
			group[0] = next
			return d.put(t, next)
		}
		received := func(from int) []Part {
			next, msg, err := group[from].Encrypt(rand.Reader, []byte("x"), nil, 0)
			require.NoError(t, err)
			group[from] = next
			group[0], _ = read(t, group[0], msg)
			return d.put(t, group[0])
		}
		for name, message := range map[string]func() []Part{
			"our own": sent, "one's": func() []Part { return received(1) }, "another's": func() []Part { return received(2) },
		} {
			require.Less(t, bytesOf(message()), 1000, name)
			again := message()
			require.Len(t, again, 1, name)
			require.Less(t, bytesOf(again), 200, name)
		}
		group[0] = d.load(t)
		require.Len(t, received(2), 1, "a state that was read knows what is stored")
	}
}

// TestPartsOfALargeEpoch: its part is cut, and pieces that a smaller one no
// longer has go.
func TestPartsOfALargeEpoch(t *testing.T) {
	c := newClient(t, X25519ChaCha, "alone")
	c.leaf.Capabilities.Extensions = []uint16{0xf0aa}
	alone, err := NewGroup(rand.Reader, X25519ChaCha, []byte("large"), c.leaf, nil, testConfig)
	require.NoError(t, err)
	group := []*State{alone}
	var d disk
	d.put(t, group[0])
	require.Contains(t, d.parts, epochName(0))
	require.NotContains(t, d.parts, epochName(1))
	for _, size := range []int{3 * MaxPart, MaxPart + 100, 10, MaxPart} {
		commitBy(t, group, 0, CommitParams{Proposals: []Proposal{SetExtensions([]Extension{{Type: 0xf0aa, Data: make([]byte, size)}})}})
		d.put(t, group[0])
		for name, data := range d.parts {
			require.True(t, len(data) <= MaxPart || len(name) > 5 && name[:5] == partPast, name)
		}
		group[0] = d.load(t)
	}
	require.Contains(t, d.parts, epochName(1))
}

func TestPartsThatDoNotFit(t *testing.T) {
	group := newTestGroup(t, X25519ChaCha, 5)
	say(t, group, 0, "of an epoch that ends")
	commitBy(t, group, 1, CommitParams{})
	say(t, group, 2, "hello")
	next, proposal, err := group[3].Propose(rand.Reader, Remove(4), ProposeParams{Now: testNow})
	require.NoError(t, err)
	group[3] = next
	deliver(t, group, 3, proposal)

	var d, later disk
	d.put(t, group[0])
	commitBy(t, group, 2, CommitParams{})
	say(t, group[:4], 2, "later")
	later.put(t, group[0])

	refused := func(what string, change func(parts map[string][]byte)) {
		t.Helper()
		parts := maps.Clone(d.parts)
		change(parts)
		_, err := UnmarshalParts(parts, testConfig)
		require.Error(t, err, what)
	}
	refused("nothing", func(parts map[string][]byte) { clear(parts) })
	for name, data := range d.parts {
		for _, n := range []int{0, len(data) / 2, len(data) - 1} {
			refused(fmt.Sprintf("%s cut at %d", name, n), func(parts map[string][]byte) { parts[name] = data[:n] })
		}
		refused(name+" with more", func(parts map[string][]byte) { parts[name] = append(bytes.Clone(data), 0) })
		for _, other := range []string{"sender/0044", "sender/2", "tree/0/0044", "tree/4/0000", "past/0000000000000044", "epoch/0007", "epoch/1", "other", "", "pending/1"} {
			refused(name+" as "+other, func(parts map[string][]byte) {
				delete(parts, name)
				parts[other] = data
			})
		}
		if name != partPending && name[:5] != partPast {
			refused("without "+name, func(parts map[string][]byte) { delete(parts, name) })
		}
		if of := later.parts[name]; of != nil && !bytes.Equal(of, data) {
			refused(name+" of a later epoch", func(parts map[string][]byte) { parts[name] = of })
		}
	}
	require.NotContains(t, later.parts, partPending, "a proposal goes with its epoch")
}

func FuzzUnmarshalParts(f *testing.F) {
	fixture := loadFixture(f)
	parts := fixture.member(f, 0).Parts(nil)
	for _, p := range parts {
		f.Add(p.Name, p.Data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		all := make(map[string][]byte)
		for _, p := range parts {
			all[p.Name] = p.Data
		}
		all[name] = data
		s, err := UnmarshalParts(all, testConfig)
		if err != nil {
			return
		}
		again := make(map[string][]byte)
		for _, p := range s.Parts(nil) {
			again[p.Name] = p.Data
		}
		require.Equal(t, all, again, "it is written as it was read")
	})
}
