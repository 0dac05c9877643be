package agenttest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

// TestTypedNames tries what a person may type or paste as a name, wherever one
// is typed.
func TestTypedNames(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		eve := w.Person("Eve", 3)
		c := Meet(ada, bob)
		inv := ada.Invite()
		places := map[string]func(name string) *api.Error{
			"one's own": func(name string) *api.Error { return ada.Ask(api.CmdRename, api.RenameArgs{Name: name}, nil) },
			"first run": func(name string) *api.Error {
				return eve.Ask(api.CmdStart, api.StartArgs{Name: name, Relay: RelayURL}, nil)
			},
			"petname": func(name string) *api.Error {
				return ada.Ask(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: name}, nil)
			},
			"invitation": func(name string) *api.Error {
				return ada.Ask(api.CmdInviteNew, api.InviteNewArgs{Note: name}, nil)
			},
			"invitation, later": func(name string) *api.Error {
				return ada.Ask(api.CmdInviteNote, api.InviteNoteArgs{Invite: inv.ID, Note: name}, nil)
			},
		}
		for place, set := range places {
			for _, name := range []string{
				"\u200b", "\u2060", "\u2800", "\u3164", "\u00ad", "\ufeff", "\u115f", "\u1160", "\u180b", "\ufe0f",
				"\U000e0020\U000e007f", "\x00", "\u200e", "\u2068\u2069", "\u202e", "\u0301", " \u200b ",
				strings.Repeat("\u3164", 2*api.MaxNameRunes),
			} {
				refused := set(name)
				require.NotNil(t, refused, "%s: %q", place, name)
				require.Equal(t, api.ErrInvisible, refused.Code, "%s: %q", place, name)
				require.NotContains(t, refused.Message, name)
			}
			require.Equal(t, api.ErrTooLong, set(strings.Repeat("é", api.MaxNameRunes+1)).Code, place)
		}
		require.Equal(t, api.ErrEmpty, places["one's own"]("  ").Code)
		seen, _ := ada.Conversation(c)
		require.Equal(t, "Bob", seen.Name, "what is refused changes nothing")

		for typed, kept := range map[string]string{
			"\u2068Mum\u2069": "Mum", " \u200eMum\u200f\u202c": "Mum", "Mum\ufeff\u00ad": "Mum", "M\nm\x00": "M m",
			"\u2066" + strings.Repeat("é", api.MaxNameRunes) + "\u2069": strings.Repeat("é", api.MaxNameRunes),
		} {
			for _, place := range []string{"one's own", "petname", "invitation, later"} {
				require.Nil(t, places[place](typed), "%s: %q", place, typed)
			}
			seen, _ := ada.Conversation(c)
			require.Equal(t, kept, seen.Name)
			require.Equal(t, kept, ada.Snapshot().Name)
			require.Equal(t, kept, ada.InviteState(inv.ID).Note)
		}
		require.Nil(t, places["petname"](" "), "back to the name they gave")
		seen, _ = ada.Conversation(c)
		require.Equal(t, "Bob", seen.Name)
		eve.Stop()
	})
}

// TestANewcomerOfALikeName is marked from the start, whoever of the two has
// given the name.
func TestANewcomerOfALikeName(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.do(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: "Mum"}, nil)
		mum := w.Person("mum.", 3)
		mum.Begin()
		newcomer := Meet(ada, mum)
		seen := func(id string) api.Conversation {
			v, _ := ada.Conversation(id)
			return v
		}
		require.Equal(t, "Mum", seen(newcomer).LooksLike)
		require.Equal(t, "mum.", seen(c).LooksLike)
		ada.Restart()
		require.Equal(t, "Mum", seen(newcomer).LooksLike)
		ada.do(api.CmdPetname, api.PetnameArgs{Conversation: newcomer, Name: "Eve"}, nil)
		require.Empty(t, seen(newcomer).LooksLike)
		require.Empty(t, seen(c).LooksLike)
		mum.Stop()
	})
}

// TestDifferingWordsStay has a person find that the words differ.
func TestDifferingWordsStay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		found := func() [2]bool {
			v, _ := ada.Conversation(c)
			return [2]bool{v.Verified, v.Differ}
		}
		say := func(same, differ bool) *api.Error {
			return ada.Ask(api.CmdVerify, api.VerifyArgs{Conversation: c, Verified: same, Differ: differ}, nil)
		}
		require.Nil(t, say(true, false))
		require.Nil(t, say(false, true))
		require.Equal(t, [2]bool{false, true}, found(), "the mark goes")
		require.Equal(t, api.ErrBadRequest, say(true, true).Code)
		ada.Crash()
		ada.Start()
		require.Equal(t, [2]bool{false, true}, found(), "what was found is stored")
		ada.Send(c, "hello")
		bob.AwaitTexts(c, "hello")
		require.Equal(t, [2]bool{false, true}, found())
		require.Nil(t, say(false, false))
		require.Equal(t, [2]bool{false, false}, found(), "taken back")
		require.Nil(t, say(false, true))
		require.Nil(t, say(true, false))
		require.Equal(t, [2]bool{true, false}, found(), "compared again")
	})
}
