package conversation

import (
	"crypto/rand"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
	"petmail/shared/wire"
)

// olderForm returns what a Petmail without parts stored of c.
func olderForm(t testing.TB, c *Conversation) (record, group []byte) {
	t.Helper()
	group, err := c.group.Marshal()
	require.NoError(t, err)
	return marshal(t, whole{Conversation: *c, Members: c.Members, Pending: c.Pending}), group
}

// TestPartsGoOn has two write, renew and acknowledge, and each of them read
// again from its parts after every step; what stands there is all, and nothing
// else.
func TestPartsGoOn(t *testing.T) {
	ada, bob := pair(t)
	disks := disk{}
	again := func(c **Conversation) {
		t.Helper()
		record, parts := disks.put(t, *c)
		_, all := inFull(t, *c)
		require.Equal(t, all, parts)
		loaded, err := Load(record, mls.StandardProvider{}, parts)
		require.NoError(t, err)
		require.Equal(t, storedForm(t, *c), storedForm(t, loaded))
		changed, err := loaded.Changes()
		require.NoError(t, err)
		require.Empty(t, changed, "what was read stands")
		disks[loaded] = parts
		*c = loaded
	}
	for range 3 {
		for range 3 {
			require.Equal(t, "hello", hear(t, bob, say(t, ada, "hello")))
			again(&ada)
			again(&bob)
			require.Equal(t, "hi", hear(t, ada, say(t, bob, "hi")))
			again(&ada)
			again(&bob)
		}
		require.NoError(t, ada.Renew(rand.Reader, begin))
		again(&ada)
		require.Contains(t, disks[ada], partCommit)
		value := ada.Pending.Value
		for _, c := range []**Conversation{&bob, &ada} {
			r, _, err := (*c).Decide(begin, value)
			require.NoError(t, err)
			require.True(t, r.Moved)
			again(c)
		}
		require.NotContains(t, disks[ada], partCommit)
	}
}

// TestAMessageChangesFewParts: of the group its sender's ratchets, and of the
// members the one whose counters move.
func TestAMessageChangesFewParts(t *testing.T) {
	ada, bob := pair(t)
	hear(t, bob, say(t, ada, "first"))
	hear(t, ada, say(t, bob, "first"))
	names := func(c *Conversation) (names []string) {
		changed, err := c.Changes()
		require.NoError(t, err)
		for _, p := range changed {
			names = append(names, p.Name)
		}
		slices.Sort(names)
		return names
	}
	names(ada)
	names(bob)
	hear(t, bob, say(t, ada, "second"))
	require.Equal(t, []string{"member/0001", "sender/0000"}, names(ada), "it acknowledges as it sends")
	require.Equal(t, []string{"member/0000", "sender/0000"}, names(bob))
}

func TestSplitOfWhatOlderPetmailsStored(t *testing.T) {
	ada, bob := pair(t)
	hear(t, bob, say(t, ada, "hello"))
	late := say(t, bob, "arrives after the split")
	require.NoError(t, ada.Renew(rand.Reader, begin))
	record, group := olderForm(t, ada)
	record, parts, err := Split(record, group, mls.StandardProvider{})
	require.NoError(t, err)
	stand := make(map[string][]byte)
	for _, p := range parts {
		stand[p.Name] = p.Data
	}
	again, err := Load(record, mls.StandardProvider{}, stand)
	require.NoError(t, err)
	require.Equal(t, storedForm(t, ada), storedForm(t, again))
	require.Equal(t, "arrives after the split", hear(t, again, late))
	r, _, err := again.Decide(begin, again.Pending.Value)
	require.NoError(t, err)
	require.True(t, r.Ours)

	where, _ := own(t)
	waiting, _, err := Await(rand.Reader, mls.StandardProvider{}, begin, wire.ID{9}, []byte("psk"), persona(t, "Eve"), where)
	require.NoError(t, err)
	record, parts, err = Split(marshal(t, whole{Conversation: *waiting}), nil, mls.StandardProvider{})
	require.NoError(t, err)
	require.Empty(t, parts)
	again, err = Load(record, mls.StandardProvider{}, nil)
	require.NoError(t, err)
	require.Equal(t, storedForm(t, waiting), storedForm(t, again))
}

func TestPartsThatDoNotFit(t *testing.T) {
	ada, bob := pair(t)
	hear(t, bob, say(t, ada, "hello"))
	require.NoError(t, bob.Renew(rand.Reader, begin))
	record, parts := inFull(t, bob)
	for name, data := range parts {
		for what, change := range map[string]func(map[string][]byte){
			"cut":    func(all map[string][]byte) { all[name] = data[:len(data)/2] },
			"empty":  func(all map[string][]byte) { all[name] = []byte{} },
			"longer": func(all map[string][]byte) { all[name] = append(slices.Clone(data), 0) },
			"moved":  func(all map[string][]byte) { delete(all, name); all["member/0044"] = data },
			"no one": func(all map[string][]byte) { delete(all, name); all["other"] = data },
		} {
			all := maps.Clone(parts)
			change(all)
			_, err := Load(record, mls.StandardProvider{}, all)
			require.Error(t, err, "%s %s", name, what)
			if name != "member/0000" {
				require.Equal(t, "Ada", Remains(bob.ID, record, all).Peer().Name, "%s %s", name, what)
			}
		}
	}
	where, _ := own(t)
	waiting, _, err := Await(rand.Reader, mls.StandardProvider{}, begin, bob.ID, []byte("psk"), persona(t, "Bob"), where)
	require.NoError(t, err)
	record, _ = inFull(t, waiting)
	_, err = Load(record, mls.StandardProvider{}, parts)
	require.Error(t, err)
}
