package agenttest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// renames has a contact whose program was changed put a card into its leaf,
// again and again.
type renames struct {
	*Talk
	own address.Address
}

func (m *Mallory) renames(t *testing.T, conversation string) *renames {
	talk := m.Talk(conversation)
	own, err := address.ParseAddress(talk.Own)
	require.NoError(t, err)
	return &renames{talk, own}
}

// to commits a card and waits for nothing.
func (r *renames) to(t *testing.T, name string, where address.Address) {
	t.Helper()
	encoded, err := where.Bytes()
	require.NoError(t, err)
	candidate := r.Commit(r.Card(conversation.Card{Name: name, Address: encoded}))
	r.PutSlot(r.SealSlot(candidate.Commit))
	r.Body(conversation.BodyCommit, candidate.Commit)
	r.Group = candidate.Next
}

// TestRenameVerified has a verified contact call herself otherwise, in every
// order with restarts, answers and other names.
func TestRenameVerified(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		mum, eve := w.Person("Mum", 3), w.Person("Anna", 4)
		mum.Begin()
		eve.Begin()
		withBob, withMum, c := Meet(ada, bob), Meet(ada, mum), Meet(ada, eve)
		ada.do(api.CmdVerify, api.VerifyArgs{Conversation: c, Verified: true}, nil)
		seen := func() api.Conversation {
			t.Helper()
			v, _ := ada.Conversation(c)
			return v
		}
		claims := func(name string) {
			t.Helper()
			ada.wait("the new name", func() bool { return seen().NewName == name })
		}
		mallory := eve.Turn()
		leaf := mallory.renames(t, c)

		leaf.to(t, "Мum", leaf.own)
		claims("Мum")
		require.Equal(t, "Anna", seen().Name, "a name is kept")
		require.True(t, seen().Renamed)
		require.True(t, seen().Verified, "the key is still hers")
		require.Equal(t, "Mum", seen().NewNameLike)
		require.Empty(t, seen().LooksLike)
		require.Empty(t, seen().RelayWas)
		ada.Crash()
		ada.Start()
		claims("Мum")
		require.Equal(t, "Anna", seen().Name, "also across restarts")

		for i := range 5 {
			leaf.to(t, fmt.Sprint("Anna ", i), leaf.own)
		}
		claims("Anna 4")
		refused := ada.Ask(api.CmdNameUse, api.NameArgs{Conversation: c, Name: "Мum"}, nil)
		require.NotNil(t, refused)
		require.Equal(t, api.ErrNotFound, refused.Code, "what is used is what was seen")
		require.Equal(t, "Anna", seen().Name)
		ada.do(api.CmdNameDecline, api.NameArgs{Conversation: c, Name: "Anna 4"}, nil)
		require.False(t, seen().Renamed)
		require.Equal(t, "Anna 4", seen().NewName)

		leaf.to(t, "Mum", leaf.own)
		claims("Mum")
		ada.do(api.CmdNameUse, api.NameArgs{Conversation: c, Name: "Mum"}, nil)
		require.Equal(t, "Mum", seen().Name, "she asked for it")
		require.Equal(t, "Mum", seen().LooksLike)
		other, _ := ada.Conversation(withMum)
		require.Equal(t, "Mum", other.LooksLike, "both are marked")
		third, _ := ada.Conversation(withBob)
		require.Empty(t, third.LooksLike)

		moved := leaf.own
		moved.Relay = "https://other.example"
		leaf.to(t, "Mum", moved)
		ada.wait("the move", func() bool { return seen().RelayWas == RelayURL })
		require.Equal(t, "https://other.example", seen().Relay)
		require.False(t, seen().RelayAlarm)
		ada.do(api.CmdRelayNoted, api.ConversationArgs{Conversation: c}, nil)
		require.Empty(t, seen().RelayWas)
		moved.RelayID[0] ^= 1
		leaf.to(t, "Mum", moved)
		ada.wait("the alarm", func() bool { return seen().RelayAlarm })
		ada.Restart()
		require.True(t, seen().RelayAlarm)
		ada.do(api.CmdVerify, api.VerifyArgs{Conversation: c, Verified: true}, nil)
		require.False(t, seen().RelayAlarm, "words that are the same end it")

		ada.do(api.CmdForget, api.ConversationArgs{Conversation: withMum}, nil)
		require.Empty(t, seen().LooksLike, "there is no other any more")
		require.Zero(t, ada.Restarts())
		mallory.Close()
		mum.Stop()
	})
}
