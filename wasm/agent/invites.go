package agent

import (
	"fmt"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/invite"
	"petmail/wasm/relayclient"
)

// maxInvites bounds the invitations under way at once: each holds up to two
// sockets.
const maxInvites = 20

// inviteNote changes whom an invitation is said to be for.
func (t *turn) inviteNote(args api.InviteNoteArgs) (any, error) {
	note, err := checkNote(args.Note)
	if err != nil {
		return nil, err
	}
	id, err := wire.ParseID(args.Invite)
	inv := t.a.state.invites[id]
	if err != nil || inv == nil || !inv.Mine || inv.Dismissed {
		return nil, refuse(api.ErrNotFound, "no such invitation")
	}
	// The page may not know yet that somebody has come.
	if e := t.a.state.conversations[inv.Conversation]; e != nil && e.contact.Petname == inv.Note {
		e.contact.Petname = note
		t.touch(e)
	}
	inv.Note = note
	t.saveInvite(inv)
	return nil, nil
}

// rendezvous takes an event of an invitation's rendezvous.
func (t *turn) rendezvous(m meeting, event relayclient.RendezvousEvent) {
	inv := t.a.state.invites[m.invite]
	if inv == nil {
		return
	}
	t.scope = scope{meeting: &m, work: "rendezvous"}
	if err := t.a.met(wire.ID{}, "rendezvous"); err != nil {
		t.fail(err)
	}
	a := inv.Attempt(m.via)
	t.a.log.Debug("rendezvous", "event", fmt.Sprintf("%T", event), "via", m.via)
	switch ev := event.(type) {
	case relayclient.EventAllocated:
		if err := inv.Allocated(t.a.config.Rand, ev.Nameplate); err != nil {
			t.a.log.Error("couldn't begin an invitation", "error", err)
			return
		}
	case relayclient.EventClaimed:
		if a.Mailbox == ev.MailboxID {
			return
		}
		a.Mailbox = ev.MailboxID
	case relayclient.EventSent:
		a.Confirmed(ev.Phase)
	case relayclient.EventPhase:
		if ev.Own {
			return
		}
		t.a.log.Debug("phase", "name", ev.Phase)
		if err := t.readdress(inv); err != nil {
			t.fail(err)
		}
		step, err := inv.Phase(t.a.config.Rand, t.a.config.Provider, t.now, m.via, ev.Side, ev.Phase, ev.Body)
		if err != nil {
			t.a.log.Debug("invitation phase dropped", "error", err)
		}
		t.stepped(inv, m.via, step)
	case relayclient.EventFailed:
		if !ev.Final {
			return
		}
		t.stepped(inv, m.via, inv.Refused(m.via, refusal(ev.Reason)))
	case relayclient.EventClosed:
		a.Closed = true
	default:
		return
	}
	t.saveInvite(inv)
	t.syncRendezvous(inv)
	t.sweepInvite(inv)
}

// sweepInvite deletes a dismissed invitation once the relay knows that it is
// over.
func (t *turn) sweepInvite(inv *invite.Invite) {
	if inv.Dismissed && inv.Silent() {
		delete(t.a.state.invites, inv.ID)
		t.batch.Delete(inviteKey(inv.ID))
	}
}

func refusal(reason relayclient.FailReason) invite.Progress {
	switch reason {
	case relayclient.FailUnknown:
		return invite.Unknown
	case relayclient.FailUsed, relayclient.FailCrowded:
		return invite.Used
	default:
		return invite.Foreign
	}
}

// stepped stores the conversation that an invitation has led to.
func (t *turn) stepped(inv *invite.Invite, via invite.Via, step invite.Step) {
	if step.Failed {
		t.invitationFailed(inv)
	}
	if step.Conversation == nil {
		return
	}
	if t.a.state.conversations[step.Conversation.ID] != nil {
		t.a.log.Debug("invitation leads to a conversation that stands already")
		return
	}
	e := &entry{
		c:       t.a.ruled(step.Conversation),
		contact: addressbook.Contact{Petname: inv.Note, Met: metBy(via), Created: t.wall},
		meta:    convMeta{Activity: t.wall},

		requests: make(map[uint64]*retraction),
	}
	e.c.Door = inv.Door
	t.a.state.conversations[e.c.ID] = e
	t.inScope(e, "welcome", func() {
		t.touch(e)
		t.met(e)
		if step.Welcome != nil {
			t.enqueue(e, rowWelcome, []conversation.Outgoing{*step.Welcome}, nil)
		}
	})
}

func metBy(via invite.Via) addressbook.Met {
	if via == invite.ViaLink {
		return addressbook.MetByLink
	}
	return addressbook.MetByCode
}

// invitationFailed ends the conversation that waited for an invitation. If
// nothing was written in it, nothing is left to see.
func (t *turn) invitationFailed(inv *invite.Invite) {
	e := t.a.state.conversations[inv.Conversation]
	if inv.Conversation.IsZero() || e == nil {
		return
	}
	t.inScope(e, "invitation", func() {
		written, err := t.a.messages(e.c.ID, "", true, 1)
		if err != nil {
			t.fail(err)
		}
		if len(written) == 0 {
			inv.Conversation = wire.ID{}
			t.forget(e)
			return
		}
		t.leaveDoors(e)
		e.c.Fail()
		t.touch(e)
	})
}

// expireInvites ends the invitations whose time is over.
func (t *turn) expireInvites() {
	for _, inv := range t.a.state.invites {
		changed, step := inv.Expire(t.now)
		if !changed {
			continue
		}
		t.stepped(inv, invite.ViaCode, step)
		t.saveInvite(inv)
		t.syncRendezvous(inv)
		t.sweepInvite(inv)
	}
}

// openInvites counts the invitations that may still lead somewhere.
func (a *Agent) openInvites() int {
	n := 0
	for _, inv := range a.state.invites {
		if !inv.Ended() {
			n++
		}
	}
	return n
}

// inviteView is what a page sees of an invitation.
func inviteView(inv *invite.Invite) *api.Invite {
	v := &api.Invite{
		ID: inv.ID.String(), Mine: inv.Mine, Note: inv.Note, Created: inv.Created,
		CodeExpires: inv.Created + relayproto.CodeLifetime.Milliseconds(),
		LinkExpires: inv.Created + relayproto.LinkLifetime.Milliseconds(),
		State:       inviteState(inv),
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

// inviteState puts the progress of one or two attempts into one word: the
// liveliest counts, and of ended ones the one that tells most.
func inviteState(inv *invite.Invite) api.InviteState {
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
