package invites

import (
	"fmt"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/invite"
	"petmail/wasm/relayclient"
	"petmail/wasm/turn"
)

// meeting names one rendezvous of an invitation.
type meeting struct {
	invite wire.ID
	via    invite.Via
}

// room is a rendezvous that is open.
type room struct {
	wire.Redacted
	*relayclient.Rendezvous
	release func() // closes it
}

// Work implements turn.Part.
func (p *Part) Work(net turn.Net) {
	for id, inv := range p.changed {
		delete(p.changed, id)
		p.sync(net, inv)
	}
}

// sync opens or closes the rendezvous of an invitation as its attempts need.
func (p *Part) sync(net turn.Net, inv *invite.Invite) {
	for _, via := range []invite.Via{invite.ViaCode, invite.ViaLink} {
		a, m := inv.Attempt(via), meeting{inv.ID, via}
		r := p.rooms[m]
		live := a.Live() && !p.spoiled[m]
		switch {
		case !live && r != nil:
			delete(p.rooms, m)
			r.release()
			continue
		case !live:
			continue
		case r == nil:
			r = p.enter(net, m, a)
			p.rooms[m] = r
		}
		for _, phase := range a.Pending {
			if err := r.Add(phase.Name, phase.Body); err != nil {
				p.config.Log.Error("couldn't add phase", "error", err)
			}
		}
		if a.Mood != "" {
			if a.Nameplate != "" {
				r.Release()
			}
			r.CloseMailbox(a.Mood)
		}
	}
}

func (p *Part) enter(net turn.Net, m meeting, a *invite.Attempt) *room {
	config := relayclient.RendezvousConfig{
		RelayURL: a.Relay, AppID: wormhole.AppID, Side: a.Side,
		MailboxID: a.Mailbox, Nameplate: a.Nameplate,
		Allocate: a.Mailbox == "" && a.Nameplate == "",
		OnEvent: func(e relayclient.RendezvousEvent) {
			net.Post(turn.Input{
				Work:    "rendezvous",
				Do:      func(t turn.Turn) { p.heard(t, m, e) },
				Dropped: func(error) { p.spoiled[m] = true },
			})
		},
	}
	for _, phase := range a.Pending {
		config.Pending = append(config.Pending, relayclient.Phase(phase))
	}
	r := relayclient.OpenRendezvous(p.config.Client.Foreign(p.config.Account.Relay()), config)
	return &room{Rendezvous: r, release: net.Keep(r)}
}

// heard takes an event of an invitation's rendezvous.
func (p *Part) heard(t turn.Turn, m meeting, event relayclient.RendezvousEvent) {
	inv := p.invites[m.invite]
	if inv == nil {
		return
	}
	if err := t.Met(wire.ID{}, "rendezvous"); err != nil {
		t.Fail(err)
	}
	a := inv.Attempt(m.via)
	p.config.Log.Debug("rendezvous", "event", fmt.Sprintf("%T", event), "via", m.via)
	switch ev := event.(type) {
	case relayclient.EventAllocated:
		if err := inv.Allocated(p.config.Rand, ev.Nameplate); err != nil {
			p.config.Log.Error("couldn't begin an invitation", "error", err)
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
		p.phase(t, inv, m.via, ev)
	case relayclient.EventFailed:
		if !ev.Final {
			return
		}
		p.stepped(t, inv, m.via, inv.Refused(m.via, refused(ev.Reason)))
	case relayclient.EventClosed:
		a.Closed = true
	default:
		return
	}
	p.store(t, inv)
}

// phase takes what the other side has left in the rendezvous.
func (p *Part) phase(t turn.Turn, inv *invite.Invite, via invite.Via, ev relayclient.EventPhase) {
	p.config.Log.Debug("phase", "name", ev.Phase)
	if err := p.readdress(inv); err != nil {
		t.Fail(err)
	}
	step, err := inv.Phase(p.config.Rand, p.config.Provider, t.Now(), via, ev.Side, ev.Phase, ev.Body)
	if err != nil {
		p.config.Log.Debug("invitation phase dropped", "error", err)
	}
	p.stepped(t, inv, via, step)
}

// readdress gives an invitation that has shown its address to nobody one
// through the door of today.
func (p *Part) readdress(inv *invite.Invite) error {
	if !inv.Conversation.IsZero() || inv.Ended() {
		return nil
	}
	own, door, ok, err := p.config.Account.Address(inv.Door)
	if !ok || err != nil {
		return err
	}
	where, err := own.Bytes()
	if err != nil {
		return err
	}
	inv.Own, inv.Door = where, door
	return nil
}

func refused(reason relayclient.FailReason) invite.Progress {
	switch reason {
	case relayclient.FailUnknown:
		return invite.Unknown
	case relayclient.FailUsed, relayclient.FailCrowded:
		return invite.Used
	default:
		return invite.Foreign
	}
}
