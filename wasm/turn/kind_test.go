package turn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

func conversations(prefix string) *Kind {
	return &Kind{Prefix: prefix, Owner: Conversation, Shared: Own, Backup: Kept, Version: 1}
}

func TestKeys(t *testing.T) {
	id := wire.ID{1, 2}
	msg, self := conversations("msg/"), &Kind{Prefix: "self", Owner: Nobody, Shared: Own, Backup: Never, Version: 1}
	var all Kinds
	require.NoError(t, all.Add(msg, self))
	require.Equal(t, "msg/"+id.String()+"/a", msg.Key(id, "a"))
	require.Equal(t, "msg/"+id.String(), msg.Key(id, ""))
	require.Equal(t, "self", self.Key(wire.ID{}, ""))
	require.Equal(t, "a/b", msg.RestOf(msg.Key(id, "a/b")))
	require.Empty(t, msg.RestOf(msg.Key(id, "")))
	require.Empty(t, self.RestOf("self"))
	for key, owned := range map[string]bool{
		msg.Key(id, "a/b"): true, msg.Key(id, ""): true, "self": false, "msg/": false,
		"msg/0102": false, "new/" + id.String(): false,
	} {
		owner, ok := all.OwnerOf(key)
		require.Equal(t, owned, ok, key)
		require.Equal(t, owned, owner == id, key)
	}
}

func TestKindsThatCannotBeToldApart(t *testing.T) {
	for name, kinds := range map[string][]*Kind{
		"the same":             {conversations("msg/"), conversations("msg/")},
		"one within the other": {{Prefix: "msg", Owner: Nobody, Shared: Own, Backup: Kept, Version: 1}, conversations("msg/")},
		"no prefix":            {conversations("")},
		"no room for an owner": {conversations("msg")},
		"no word on owner":     {{Prefix: "a/", Shared: Own, Backup: Kept, Version: 1}},
		"no word on siblings":  {{Prefix: "a/", Owner: Nobody, Backup: Kept, Version: 1}},
		"no word on backups":   {{Prefix: "a/", Owner: Nobody, Shared: Own, Version: 1}},
		"no version":           {{Prefix: "a/", Owner: Nobody, Shared: Own, Backup: Kept}},
	} {
		var all Kinds
		require.Error(t, all.Add(kinds...), name)
	}
}
