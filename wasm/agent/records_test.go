//go:build !js

package agent_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
	"petmail/wasm/agenttest"
	"petmail/wasm/api"
	"petmail/wasm/parts"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// garbage is no CBOR.
var garbage = []byte{0xff, 0x00, 0xff}

// damage puts garbage into a record of a kind that a conversation has, or into
// one that it might have, and returns what undoes that.
func damage(t *testing.T, disk store.Store, prefix, conversation string) (undo store.Batch) {
	t.Helper()
	records, err := disk.Scan(prefix+conversation, "", true, 1)
	require.NoError(t, err)
	key := prefix + conversation
	if prefix == "who/" {
		records = contactsOf(t, disk, conversation)
	}
	switch {
	case len(records) > 0:
		key = records[0].Key
		undo.Put(key, records[0].Value)
	case prefix == "mls/":
		key += "/epoch/0000"
		undo.Delete(key)
	case prefix == "owe/":
		key += "/00000000000000ff/00000001"
		undo.Delete(key)
	case strings.Contains("out/ held/ req/ new/ mov/", prefix):
		key += "/00000000000000ff"
		undo.Delete(key)
	default:
		undo.Delete(key)
	}
	var b store.Batch
	b.Put(key, garbage)
	require.NoError(t, disk.Commit(&b))
	return undo
}

// contactsOf returns the records of those whom a conversation is with.
func contactsOf(t *testing.T, disk store.Store, conversation string) (found []store.Record) {
	t.Helper()
	id, err := wire.ParseID(conversation)
	require.NoError(t, err)
	records, err := disk.Scan("who/", "", false, 1000)
	require.NoError(t, err)
	for _, r := range records {
		if bytes.Contains(r.Value, id[:]) {
			found = append(found, r)
		}
	}
	return found
}

// keysOf returns the keys of all records that name a conversation.
func keysOf(t *testing.T, disk store.Store, conversation string) []string {
	t.Helper()
	records, err := disk.Scan("", "", false, 1<<20)
	require.NoError(t, err)
	var keys []string
	for _, r := range records {
		if strings.Contains(r.Key, conversation) && !strings.HasPrefix(r.Key, "inv/") {
			keys = append(keys, r.Key)
		}
	}
	for _, r := range contactsOf(t, disk, conversation) {
		keys = append(keys, r.Key)
	}
	return keys
}

// TestARecordThatDoesNotDecodeSetsItsOwnerAside damages one record of each
// kind of two of ten conversations: the others go on, its history can be read,
// it goes on when the record is whole again, and it can be deleted as it is.
func TestARecordThatDoesNotDecodeSetsItsOwnerAside(t *testing.T) {
	for _, prefix := range ownedPrefixes() {
		if testing.Short() && prefix != "conv/" && prefix != "msg/" {
			continue
		}
		t.Run(prefix, func(t *testing.T) {
			tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, planted *faults, all []string) {
				damaged(t, ada, bob, planted, all, prefix)
			})
		})
	}
}

func damaged(t *testing.T, ada, bob *agenttest.Person, planted *faults, all []string, prefix string) {
	mended, deleted, eight := all[0], all[1], all[2:]
	for _, c := range all[:2] {
		require.Nil(t, ada.Ask(api.CmdTimer, api.TimerArgs{Conversation: c, Seconds: api.TimerFourWeek}, nil))
		ada.Send(c, "history of Ada")
		bob.Send(c, "history of Bob")
		ada.AwaitTexts(c, "history of Bob")
		require.Nil(t, ada.Ask(api.CmdRead, api.ReadArgs{Conversation: c}, nil))
	}
	advance(time.Minute)
	ada.Stop()
	undo := damage(t, ada.Disk(), prefix, mended)
	damage(t, ada.Disk(), prefix, deleted)
	ada.Start()
	planted.count()
	for _, c := range all[:2] {
		texts := append(ada.Texts(c, false), ada.Texts(c, true)...)
		if prefix != "msg/" {
			require.Subset(t, texts, []string{"history of Ada", "history of Bob"}, "it can be read")
		}
		bob.Send(c, "meanwhile")
	}
	othersTalk(t, ada, bob, eight, "during")
	switch prefix {
	case "draft/", "mov/": // these are text, and are looked up only
		require.Empty(t, asides(ada))
	default:
		require.ElementsMatch(t, all[:2], asides(ada), "the page names them")
	}
	_ = ada.Ask(api.CmdSend, api.SendArgs{Conversation: mended, Text: "waits"}, nil)
	advance(10 * time.Minute)
	_, turns := planted.count()
	require.Less(t, turns, 1000)

	require.Nil(t, ada.Ask(api.CmdForget, api.ConversationArgs{Conversation: deleted}, nil))
	advance(10 * time.Second)
	require.NotContains(t, asides(ada), deleted)

	ada.Stop()
	require.Empty(t, keysOf(t, ada.Disk(), deleted), "all of it is gone")
	people, err := ada.Disk().Scan("who/", "", false, 1000)
	require.NoError(t, err)
	require.Len(t, people, len(all)-1, "and whom it was with")
	require.NoError(t, ada.Disk().Commit(&undo))
	ada.Start()
	require.Nil(t, ada.Ask(api.CmdAsideRetry, api.ConversationArgs{Conversation: mended}, nil))
	advance(time.Minute)
	require.Empty(t, asides(ada), "it goes on")
	bob.Send(mended, "at last")
	advance(25 * time.Hour)
	require.Subset(t, ada.Texts(mended, false), []string{"history of Bob", "meanwhile", "at last"})
	require.Equal(t, texts(ada, mended, true), texts(bob, mended, false))
	othersTalk(t, ada, bob, eight, "at last")
}

// TestForgettingTakesARecordOfEveryKind puts records of all kinds beside those
// that a conversation has.
func TestForgettingTakesARecordOfEveryKind(t *testing.T) {
	tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, _ *faults, all []string) {
		c := all[0]
		bob.Send(c, "history")
		ada.AwaitTexts(c, "history")
		ada.Stop()
		for _, prefix := range ownedPrefixes() {
			there, err := ada.Disk().Scan(prefix+c, "", false, 1)
			require.NoError(t, err)
			if len(there) == 0 && prefix != "who/" {
				damage(t, ada.Disk(), prefix, c)
			}
		}
		require.GreaterOrEqual(t, len(keysOf(t, ada.Disk(), c)), len(ownedPrefixes()))
		ada.Start()
		require.Nil(t, ada.Ask(api.CmdForget, api.ConversationArgs{Conversation: c}, nil))
		advance(time.Minute)
		ada.Stop()
		require.Empty(t, keysOf(t, ada.Disk(), c))
		ada.Start()
		othersTalk(t, ada, bob, all[1:], "on")
	})
}

// TestADamagedInvitationOrNoteDoesNotStopTheAgent: they have no conversation
// that could be set aside.
func TestADamagedInvitationOrNoteDoesNotStopTheAgent(t *testing.T) {
	tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, _ *faults, all []string) {
		ada.Invite()
		require.Nil(t, ada.Ask(api.CmdNoteSend, api.NoteSendArgs{Text: "a note"}, nil))
		ada.Stop()
		var keys []string
		var b store.Batch
		for _, prefix := range []string{"inv/", "note/"} {
			records, err := ada.Disk().Scan(prefix, "", false, 100)
			require.NoError(t, err)
			require.NotEmpty(t, records)
			for _, r := range records {
				b.Put(r.Key, garbage)
				keys = append(keys, r.Key)
			}
		}
		b.Put("inv/nobody's", garbage)
		b.Put("out/nobody's/1", garbage)
		b.Put("due/00000e10/nobody's", garbage)
		b.Put("conv/nobody's", garbage)
		require.NoError(t, ada.Disk().Commit(&b))
		ada.Start()
		othersTalk(t, ada, bob, all, "all the same")
		require.Empty(t, ada.Snapshot().Invites)
		require.Empty(t, ada.Snapshot().Notes)
		require.Len(t, ada.Snapshot().Conversations, len(all))
		ada.Stop()
		for _, key := range keys {
			kept, err := ada.Disk().Get(key)
			require.NoError(t, err)
			require.Equal(t, garbage, kept, "nothing is thrown away")
		}
		ada.Start()
	})
}

// TestAMessageThatDoesNotDecodeCanBeDeleted: it stands where it stood, and
// without it the conversation goes on.
func TestAMessageThatDoesNotDecodeCanBeDeleted(t *testing.T) {
	tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, _ *faults, all []string) {
		c := all[0]
		for _, text := range []string{"one", "two", "three"} {
			bob.Send(c, text)
			advance(time.Minute)
		}
		var b store.Batch
		ada.Stop()
		records, err := ada.Disk().Scan("msg/"+c, "", false, 10)
		require.NoError(t, err)
		require.Len(t, records, 3)
		b.Put(records[1].Key, garbage)
		require.NoError(t, ada.Disk().Commit(&b))
		ada.Start()
		messages := ada.Messages(c)
		require.Len(t, messages, 3)
		require.Equal(t, api.KindUnknown, messages[1].Kind)
		require.Equal(t, "three", messages[2].Text)
		require.Equal(t, []string{c}, asides(ada))
		require.Nil(t, ada.Ask(api.CmdAsideRetry, api.ConversationArgs{Conversation: c}, nil))
		advance(time.Minute)
		require.Equal(t, []string{c}, asides(ada), "it is looked at again")
		require.Nil(t, ada.Ask(api.CmdDelete, api.DeleteArgs{Conversation: c, Message: messages[1].ID}, nil))
		require.Nil(t, ada.Ask(api.CmdAsideRetry, api.ConversationArgs{Conversation: c}, nil))
		advance(time.Minute)
		require.Empty(t, asides(ada))
		require.Equal(t, []string{"one", "three"}, ada.Texts(c, false))
		othersTalk(t, ada, bob, all, "all")
	})
}

// ownedPrefixes are the kinds of records that belong to one conversation, its
// contact included.
func ownedPrefixes() []string {
	prefixes := []string{"aside/", "who/"}
	for _, p := range parts.All(parts.Config{})(nil) {
		for _, k := range p.Kinds() {
			if k.Owner == turn.Conversation {
				prefixes = append(prefixes, k.Prefix)
			}
		}
	}
	return prefixes
}
