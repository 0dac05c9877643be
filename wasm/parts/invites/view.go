package invites

import (
	"sort"

	"petmail/shared/relayproto"
	"petmail/wasm/api"
	"petmail/wasm/invite"
)

// View implements turn.Part.
func (p *Part) View(s *api.Snapshot) {
	s.Invites = []api.Invite{}
	for _, inv := range p.invites {
		if !inv.Dismissed {
			s.Invites = append(s.Invites, view(inv))
		}
	}
	sort.Slice(s.Invites, func(i, j int) bool {
		x, y := &s.Invites[i], &s.Invites[j]
		return x.Created > y.Created || x.Created == y.Created && x.ID < y.ID
	})
}

// view is what a page sees of an invitation.
func view(inv *invite.Invite) api.Invite {
	v := api.Invite{
		ID: inv.ID.String(), Mine: inv.Mine, Note: inv.Note, Created: inv.Created,
		CodeExpires: inv.Created + relayproto.CodeLifetime.Milliseconds(),
		LinkExpires: inv.Created + relayproto.LinkLifetime.Milliseconds(),
		State:       state(inv),
	}
	if !inv.Conversation.IsZero() {
		v.Conversation = inv.Conversation.String()
	}
	// Shown once the other side can use it although we fall asleep.
	if inv.Code.Kept() {
		v.Code = inv.Code.Code
	}
	if inv.Link.Kept() {
		v.Link = inv.Link.Link
	}
	if inv.Code != nil {
		v.CodeFailed = inv.Code.Progress == invite.Burnt
	}
	v.Met, v.Unfit = inv.Met, unfit(inv)
	return v
}

// unfit returns by which half of an own invitation, whose other half stands,
// somebody came whose Petmail sent what cannot be used; or "".
func unfit(inv *invite.Invite) api.Half {
	switch {
	case !inv.Mine || inv.Ended():
		return ""
	case inv.Code != nil && inv.Code.Progress == invite.Foreign:
		return api.HalfCode
	case inv.Link != nil && inv.Link.Progress == invite.Foreign:
		return api.HalfLink
	}
	return ""
}

// state puts the progress of one or two attempts into one word: the
// liveliest counts, and of ended ones the one that tells most.
func state(inv *invite.Invite) api.InviteState {
	if inv.Unfit {
		return api.InviteUnsupported
	}
	for _, word := range []struct {
		progress invite.Progress
		state    api.InviteState
	}{
		{invite.Done, api.InviteDone},
		{invite.Joining, api.InviteJoining},
		{invite.Waiting, api.InviteWaiting},
		{invite.Preparing, api.InvitePreparing},
		{invite.Burnt, api.InviteFailed},
		{invite.Foreign, api.InviteUnsupported},
		{invite.Used, api.InviteUsed},
		{invite.Unknown, api.InviteUnknown},
	} {
		if !inv.Has(word.progress) {
			continue
		}
		if word.progress == invite.Waiting && inv.Mine && !inv.Code.Kept() && !inv.Link.Kept() {
			return api.InvitePreparing // nobody can come before the relay has our half
		}
		return word.state
	}
	return api.InviteExpired
}
