package agenttest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

// known returns the invitation that a text has led into already; a zero one if
// there is none.
func (p *Person) known(text string) api.Invite {
	var known api.InviteKnown
	p.do(api.CmdInviteKnown, api.InviteAcceptArgs{Text: text}, &known)
	if known.Invite == nil {
		return api.Invite{}
	}
	return *known.Invite
}

// TestUsedByOneself: who opens an invitation that they have used themselves
// comes to its conversation, however long it is over, and on both sides.
func TestUsedByOneself(t *testing.T) {
	for _, by := range []string{"link", "code"} {
		t.Run(by, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				inv := ada.Invite()
				text := inv.Link
				if by == "code" {
					text = inv.Code
				}
				require.Zero(t, bob.known(text))
				accepted := bob.Accept(text)
				require.Equal(t, accepted.ID, bob.Accept(text).ID, "it is under way")
				require.Equal(t, accepted.ID, bob.known(text).ID)
				c := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
				bob.AwaitInvite(accepted.ID, api.InviteDone)
				bob.AwaitOpen(c)

				for _, again := range []string{text, "Open this: " + text + "."} {
					require.Equal(t, c, bob.Accept(again).Conversation)
					require.Equal(t, api.InviteDone, bob.known(again).State)
					require.Equal(t, c, ada.Accept(again).Conversation, "one's own, too")
				}
				bob.Restart()
				ada.Restart()
				advance(49 * time.Hour)
				require.Equal(t, c, bob.Accept(text).Conversation)
				require.Equal(t, c, ada.Accept(text).Conversation)
				require.Len(t, bob.Snapshot().Invites, 1, "none was begun")
				require.Len(t, ada.Snapshot().Invites, 1)

				bob.do(api.CmdForget, api.ConversationArgs{Conversation: c}, nil)
				require.Zero(t, bob.known(text), "nothing is known of what was forgotten")
				late := bob.Accept(text)
				require.NotEqual(t, accepted.ID, late.ID)
				require.Equal(t, c, ada.known(text).Conversation)
			})
		})
	}
}

// TestUsedWhileTheirPetmailSleeps: the conversation that waits is opened.
func TestUsedWhileTheirPetmailSleeps(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		ada.Stop()
		accepted := bob.Accept(inv.Link)
		waiting := bob.AwaitInvite(accepted.ID, api.InviteWaiting)
		require.NotEmpty(t, waiting.Conversation)
		require.Equal(t, waiting.Conversation, bob.Accept(inv.Link).Conversation)
	})
}

// TestTooManyInvitationsDoNotHideOne: one that is used already is opened also
// when no other may be begun.
func TestTooManyInvitationsDoNotHideOne(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		accepted := bob.Accept(inv.Link)
		c := bob.AwaitInvite(accepted.ID, api.InviteDone).Conversation
		for err := (*api.Error)(nil); err == nil; {
			err = bob.Ask(api.CmdInviteNew, api.InviteNewArgs{}, nil)
		}
		require.Equal(t, c, bob.Accept(inv.Link).Conversation)
	})
}

// TestFailedInvitationsAreTriedAgain: an invitation that came to nothing is no
// reason to refuse another try.
func TestFailedInvitationsAreTriedAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		inv := ada.Invite()
		ada.do(api.CmdInviteDismiss, api.InviteArgs{Invite: inv.ID}, nil)
		advance(time.Minute)
		failed := bob.Accept(inv.Link)
		bob.AwaitInvite(failed.ID, api.InviteUsed)
		require.Zero(t, bob.known(inv.Link))
		require.NotEqual(t, failed.ID, bob.Accept(inv.Link).ID)
	})
}

// TestOffersInTexts: codes and links are taken out of what people paste, and
// what is not clear burns nothing.
func TestOffersInTexts(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		one, two := ada.Invite(), ada.Invite()
		words := strings.SplitN(one.Code, "-", 2)
		for text, code := range map[string]api.ErrorCode{
			one.Link + "\n" + two.Link:              api.ErrSeveral,
			one.Code + " or " + two.Code:            api.ErrSeveral,
			"My code is " + one.Code + "-x.":        api.ErrBadWord,
			words[0] + ", " + words[1][1:] + ".":    api.ErrBadWord,
			one.Link[:len(one.Link)-1]:              api.ErrBadCode,
			one.Link + strings.Repeat(" ", 64<<10):  api.ErrBadCode,
			strings.Repeat("1 guitarist ", 512<<10): api.ErrBadCode,
		} {
			err := bob.Ask(api.CmdInviteAccept, api.InviteAcceptArgs{Text: text}, nil)
			require.NotNil(t, err, text)
			require.Equal(t, code, err.Code, text)
		}
		require.Empty(t, bob.Snapshot().Invites)
		by := bob.Accept("(" + one.Link + "?fbclid=x).")
		bob.AwaitInvite(by.ID, api.InviteDone)
		by = bob.Accept("Mein Code: „#" + two.Code + "“, bis gleich.")
		bob.AwaitInvite(by.ID, api.InviteDone)
	})
}
