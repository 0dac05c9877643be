//go:build !js

package groups

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/conversation"
	"petmail/wasm/parts/people"
	"petmail/wasm/parts/talk"
	"petmail/wasm/store"
	"petmail/wasm/store/mem"
	"petmail/wasm/turn"
)

// diskReader reads a store as a part does.
type diskReader struct {
	turn.Reader
	disk store.Store
}

func (r diskReader) Scan(k *turn.Kind, owner wire.ID, under string, f func(string, []byte) error) error {
	records, err := r.disk.Scan(k.Key(owner, under), "", false, 1000)
	for _, stored := range records {
		if err == nil {
			err = f(stored.Key, stored.Value)
		}
	}
	return err
}

// olderConversation returns what an older program stored of a conversation and,
// if it was open, of its group.
func olderConversation(t *testing.T, id wire.ID, open bool) (record wire.Raw, group []byte) {
	t.Helper()
	provider := mls.StandardProvider{}
	where := func() address.Address {
		routing, err := address.NewRoutingKey(rand.Reader)
		require.NoError(t, err)
		door, err := address.NewDoor(rand.Reader)
		require.NoError(t, err)
		box, err := address.NewBoxKey(rand.Reader)
		require.NoError(t, err)
		own, err := address.New(rand.Reader, "https://relay.example", [32]byte{7}, routing.Public(), door, box)
		require.NoError(t, err)
		return own
	}
	persona, err := conversation.NewPersona(rand.Reader, "Ada")
	require.NoError(t, err)
	c, keyPackage, err := conversation.Await(rand.Reader, provider, 1, id, []byte("psk"), persona, where())
	require.NoError(t, err)
	if open {
		c, _, err = conversation.Create(rand.Reader, provider, 1, id, []byte("psk"), persona, where(), keyPackage)
		require.NoError(t, err)
	}
	record, err = c.Record()
	require.NoError(t, err)
	if !open {
		return record, nil
	}
	parts, err := c.Changes()
	require.NoError(t, err)
	var all map[uint64]any
	require.NoError(t, wire.Unmarshal(record, &all, maxRecord))
	state := make(map[string][]byte)
	var members []any
	for _, p := range parts {
		if !strings.HasPrefix(p.Name, "member/") {
			state[p.Name] = p.Data
			continue
		}
		var m any
		require.NoError(t, wire.Unmarshal(p.Data, &m, maxRecord))
		members = append(members, m)
	}
	all[6] = members
	record, err = wire.Marshal(all)
	require.NoError(t, err)
	s, err := mls.UnmarshalParts(state, mls.Config{})
	require.NoError(t, err)
	group, err = s.Marshal()
	require.NoError(t, err)
	return record, group
}

// TestAnOldConversationIsSplit: nothing of an old record is lost, each thing
// stands in a record of its own, and doing it again does nothing.
func TestAnOldConversationIsSplit(t *testing.T) {
	id := wire.ID{7}
	for name, how := range map[string]struct{ open, damaged bool }{
		"waits": {}, "open": {open: true}, "group does not decode": {open: true, damaged: true},
	} {
		t.Run(name, func(t *testing.T) {
			inner, group := olderConversation(t, id, how.open)
			if how.damaged {
				group = group[:len(group)/2]
			}
			hinted := &asked{Tries: 7, After: 8, Junk: true}
			meta, err := wire.Marshal(map[uint64]any{1: 1, 2: 2, 3: "hello", 14: hinted})
			require.NoError(t, err)
			old := oldConvRecord{
				Conversation: inner,
				Contact:      addressbook.Contact{Petname: "Bob", TheirName: "Robert", Met: addressbook.MetByLink, Created: 5, Verified: true},
				Meta:         meta,
			}
			value, err := wire.Marshal(old)
			require.NoError(t, err)
			disk := mem.New()
			var before, b store.Batch
			before.Put(kindConv.Key(id, ""), value)
			if group != nil {
				before.Put(oldGroupKey(id), group)
			}
			require.NoError(t, disk.Commit(&before))
			p := New(Config{Rand: rand.Reader, Provider: mls.StandardProvider{}, People: people.New(people.Config{Rand: rand.Reader})})
			p.Serve(talk.New(talk.Config{}), nil, nil)
			require.NoError(t, p.splitConversation(id, value, group, &b))
			require.NoError(t, disk.Commit(&b))

			read := func(key string, v any) {
				t.Helper()
				b, err := disk.Get(key)
				require.NoError(t, err)
				require.NoError(t, wire.Unmarshal(b, v, maxRecord))
			}
			var c convRecord
			read(kindConv.Key(id, ""), &c)
			require.Equal(t, hinted, c.Asked)
			parts, err := readParts(diskReader{disk: disk}, id)
			require.NoError(t, err)
			loaded, err := conversation.Load(c.Conversation, mls.StandardProvider{}, parts)
			rest, errGet := disk.Get(oldGroupKey(id))
			require.NoError(t, errGet)
			if how.damaged {
				require.Error(t, err)
				require.Equal(t, group, rest, "it stays as it is")
				loaded = conversation.Remains(id, c.Conversation, parts)
			} else {
				require.NoError(t, err)
				require.Nil(t, rest)
			}
			require.Equal(t, how.open, loaded.Peer() != nil)
			if how.open {
				require.Equal(t, "Ada", loaded.Peer().Name)
			}

			var view map[uint64]any
			read("view/"+id.String(), &view)
			require.EqualValues(t, "hello", view[3])
			with := wire.ID(view[10].([]byte))
			require.NotEqual(t, id, with, "an id of its own")
			var who addressbook.Contact
			read("who/"+with.String(), &who)
			want := old.Contact
			want.ID, want.Direct = with, id
			require.Equal(t, want, who)

			require.True(t, isOld(value))
			now, err := disk.Get(kindConv.Key(id, ""))
			require.NoError(t, err)
			require.False(t, isOld(now))
			bare, err := wire.Marshal(convRecord{Conversation: inner})
			require.NoError(t, err)
			require.False(t, isOld(bare))
			var again store.Batch
			require.Error(t, p.splitConversation(id, []byte{0xff}, group, &again))
			require.True(t, again.Empty())
		})
	}
}
