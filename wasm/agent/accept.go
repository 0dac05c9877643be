package agent

import (
	"errors"
	"strings"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/invite"
)

// offer is the code or link that a text holds.
type offer struct {
	wire.Redacted
	link *wormhole.Link
	code *wormhole.Code
}

// readOffer finds the link or, where there is none, the code in a text. It
// refuses what is neither; nothing was sent then, so nothing is burnt.
func readOffer(text string) (offer, error) {
	link, err := wormhole.FindLink(text)
	if err == nil {
		return offer{link: &link}, nil
	}
	if errors.Is(err, wormhole.ErrSeveral) {
		return offer{}, refuse(api.ErrSeveral, "different links in one text")
	}
	code, err := wormhole.ParseCode(text)
	if err != nil {
		return offer{}, badInvite(text, err)
	}
	return offer{code: &code}, nil
}

// badInvite says what is wrong with a code.
func badInvite(text string, err error) error {
	var problem *wormhole.CodeError
	if !errors.As(err, &problem) || strings.Contains(text, "://") {
		return refuse(api.ErrBadCode, "not a code or link")
	}
	switch problem.Problem {
	case wormhole.ProblemSeveral:
		return refuse(api.ErrSeveral, "different codes in one text")
	case wormhole.ProblemUnknownWord, wormhole.ProblemWordOrder:
		return refuse(api.ErrBadWord, problem.Suggestion)
	}
	return refuse(api.ErrBadCode, "not a code or link")
}

// inviteAccept begins as the invitee, once for each invitation: one that is
// under way or has led to a conversation is answered as it stands.
func (t *turn) inviteAccept(args api.InviteAcceptArgs) (any, error) {
	o, err := readOffer(args.Text)
	if err != nil {
		return nil, err
	}
	if inv, err := t.known(o); inv != nil || err != nil {
		return inviteViewOrNil(inv), err
	}
	if err := t.checkOffer(o); err != nil {
		return nil, err
	}
	if t.a.openInvites() >= maxInvites {
		return nil, refuse(api.ErrTooMany, "too many open invitations")
	}
	persona, own, door, err := t.identity()
	if err != nil {
		return nil, err
	}
	var inv *invite.Invite
	if o.link != nil {
		inv, err = invite.AcceptLink(t.a.config.Rand, t.now, *o.link, persona, own)
	} else {
		inv, err = invite.AcceptCode(t.a.config.Rand, t.now, t.a.state.self.Relay, *o.code, persona, own)
	}
	if err != nil {
		return nil, err
	}
	inv.Door = door
	return t.addInvite(inv), nil
}

// checkOffer refuses a link that leads where nobody else may lead us.
func (t *turn) checkOffer(o offer) error {
	if o.link == nil {
		return nil
	}
	return t.checkLink(*o.link)
}

// inviteKnown finds the invitation that a text has led into already.
func (t *turn) inviteKnown(args api.InviteAcceptArgs) (any, error) {
	o, err := readOffer(args.Text)
	if err != nil {
		return nil, err
	}
	inv, err := t.known(o)
	if inv == nil && err == nil {
		err = t.checkOffer(o)
	}
	if err != nil {
		return nil, err
	}
	return api.InviteKnown{Invite: inviteViewOrNil(inv)}, nil
}

func inviteViewOrNil(inv *invite.Invite) *api.Invite {
	if inv == nil {
		return nil
	}
	return inviteView(inv)
}

// known returns the invitation that a code or link has led into and that goes
// on or has led to a conversation; nil if there is none. One's own that nobody
// has come by is refused. With a conversation, what is known of its invitation
// is forgotten.
func (t *turn) known(o offer) (*invite.Invite, error) {
	own := false
	for _, inv := range t.a.state.invites {
		if inv.Dismissed || !o.leads(inv) {
			continue
		}
		if t.a.state.conversations[inv.Conversation] != nil && (inv.Has(invite.Done) || !inv.Ended()) || !inv.Mine && !inv.Ended() {
			return inv, nil
		}
		own = own || inv.Mine
	}
	if own {
		return nil, refuse(api.ErrOwnInvite, "this is your own invitation")
	}
	return nil, nil
}

// leads reports whether an invitation is that of the code or link.
func (o offer) leads(inv *invite.Invite) bool {
	if o.link != nil {
		return inv.IsLink(*o.link)
	}
	return inv.IsCode(*o.code)
}
