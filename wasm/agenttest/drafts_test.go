package agenttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

// TestADraftIsSentOnce has two tabs show the same draft and send it in the
// same moment.
func TestADraftIsSentOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		draft := func(text string) api.Draft {
			ada.do(api.CmdDraft, api.DraftArgs{Conversation: c, Text: text}, nil)
			return ada.Snapshot().Drafts[0]
		}
		send := func(text, draft string) api.Message {
			var m api.Message
			ada.do(api.CmdSend, api.SendArgs{Conversation: c, Text: text, Draft: draft}, &m)
			return m
		}
		first := draft("he")
		first = draft("hello")
		one, two := send("hello", first.ID), send("hello", first.ID)
		require.Equal(t, one.ID, two.ID, "both tabs show the one message")

		// Who went on writing in one of them loses nothing.
		send("hello again", first.ID)

		// A tab that has not heard of its draft's id yet.
		second := draft("hello")
		require.NotEqual(t, first.ID, second.ID)
		send("hello", "")
		send("hello", second.ID)

		// The same words again, on purpose.
		third := draft("hello")
		send("hello", third.ID)
		send("hello", "")

		bob.AwaitTexts(c, "hello", "hello again", "hello", "hello", "hello")
		require.Empty(t, ada.Snapshot().Drafts)

		// What has been deleted meanwhile is no reason to drop anything.
		fourth := draft("last")
		m := send("last", fourth.ID)
		ada.delete(c, m.ID)
		require.NotEqual(t, m.ID, send("last", fourth.ID).ID)
	})
}

func TestATextThatShowsNothingIsRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		send := func(text string) *api.Error {
			return ada.Ask(api.CmdSend, api.SendArgs{Conversation: c, Text: text}, nil)
		}
		for _, text := range []string{"\u200b", "\u2060\u2800\u3164\u00ad", "\U000e0041", "\u0000", "\u202e\u2069"} {
			require.Equal(t, api.ErrInvisible, send(text).Code, "%q", text)
		}
		require.Equal(t, api.ErrEmpty, send(" \n\u3000").Code)
		require.Nil(t, send("\u200bx"))
		require.Equal(t, []string{"\u200bx"}, ada.Texts(c, true))
	})
}
