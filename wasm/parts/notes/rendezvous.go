package notes

import (
	"fmt"
	"time"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/note"
	"petmail/wasm/relayclient"
	"petmail/wasm/turn"
)

// forgetful is after how long without a connection the relay may have dropped
// a mailbox of Magic Wormhole's.
const forgetful = 10 * time.Minute

// connection is how a note's rendezvous stands; volatile.
type connection struct {
	wire.Redacted
	r       *relayclient.Rendezvous // nil: none
	release func()                  // closes r
	there   bool                    // our pake has been seen in the mailbox on r
	offline int64                   // since when, unix ms; 0: connected
	// opened counts the rendezvous, so that what an earlier one still had to
	// say is passed over.
	opened int
	again  bool // r has to be opened anew
}

// Work implements turn.Part.
func (p *Part) Work(net turn.Net) {
	for id, w := range p.changed {
		delete(p.changed, id)
		p.sync(net, w)
	}
}

// sync opens or closes the rendezvous of a note as it needs.
func (p *Part) sync(net turn.Net, w *work) {
	n := w.n
	if w.again {
		w.drop()
	}
	if !n.Live() || p.spoiled[n.ID] {
		w.drop()
		return
	}
	if w.r == nil {
		w.r = p.open(net, w)
		w.release = net.Keep(w.r)
	}
	for _, phase := range n.Pending {
		if err := w.r.Add(phase.Name, phase.Body); err != nil {
			p.config.Log.Error("couldn't add phase", "error", err)
		}
	}
	// Once both are in the mailbox, nobody needs the nameplate any more.
	if n.Nameplate != "" && (n.Peer != "" || n.Mood != "") {
		w.r.Release()
	}
	if n.Mood != "" {
		w.r.CloseMailbox(n.Mood)
	}
}

// drop ends the rendezvous of a note, if it has one.
func (w *work) drop() {
	if w.r != nil {
		w.release()
	}
	w.r, w.again = nil, false
}

func (p *Part) open(net turn.Net, w *work) *relayclient.Rendezvous {
	w.there = false
	w.opened++
	n, opened := w.n, w.opened
	config := relayclient.RendezvousConfig{
		RelayURL: n.Relay, AppID: wormhole.TransferAppID, Side: n.Side,
		MailboxID: n.Mailbox, Nameplate: n.Nameplate,
		Allocate: n.Mailbox == "" && n.Nameplate == "",
		OnEvent: func(e relayclient.RendezvousEvent) {
			net.Post(turn.Input{
				Work:    "note",
				Do:      func(t turn.Turn) { p.heard(t, w, opened, e) },
				Dropped: func(error) { p.spoiled[n.ID] = true },
			})
		},
	}
	for _, phase := range n.Pending {
		config.Pending = append(config.Pending, relayclient.Phase(phase))
	}
	return relayclient.OpenRendezvous(p.config.Client, config)
}

// heard takes an event of a note's rendezvous.
func (p *Part) heard(t turn.Turn, w *work, opened int, event relayclient.RendezvousEvent) {
	n := w.n
	if p.notes[n.ID] != w || w.opened != opened {
		return
	}
	if err := t.Met(wire.ID{}, "note"); err != nil {
		t.Fail(err)
	}
	p.config.Log.Debug("note", "event", fmt.Sprintf("%T", event))
	switch ev := event.(type) {
	case relayclient.EventState:
		p.socket(t, w, ev.State)
		return
	case relayclient.EventAllocated:
		if err := n.Allocated(p.config.Rand, ev.Nameplate); err != nil {
			t.Fail(err)
		}
	case relayclient.EventClaimed:
		n.Mailbox = ev.MailboxID
	case relayclient.EventOpened:
		n.Opened(t.Now(), w.there)
	case relayclient.EventSent:
		n.Confirmed(ev.Phase)
	case relayclient.EventPhase:
		if ev.Own {
			w.there = w.there || ev.Phase == wormhole.PhasePAKE
			return
		}
		if err := n.Phase(p.config.Rand, t.Now(), ev.Side, ev.Phase, ev.Body); err != nil {
			t.Fail(err)
		}
	case relayclient.EventReleased:
		n.Nameplate = ""
	case relayclient.EventFailed:
		if !ev.Final {
			return
		}
		n.Refuse(t.Now(), refused(ev.Reason))
	case relayclient.EventClosed:
		n.Closed = true
	default:
		return
	}
	p.store(t, w)
}

func refused(reason relayclient.FailReason) note.Progress {
	switch reason {
	case relayclient.FailUnknown:
		return note.Expired
	case relayclient.FailUsed, relayclient.FailCrowded:
		return note.Used
	default:
		return note.Unsupported
	}
}

// socket follows the connection: after a long time without one, the relay may
// have forgotten the mailbox, which only a fresh rendezvous can see.
func (p *Part) socket(t turn.Turn, w *work, s relayclient.State) {
	switch {
	case s.Status == relayclient.Offline && w.offline == 0:
		w.offline = t.Now()
	case s.Status == relayclient.Connected && w.offline != 0:
		long := t.Now()-w.offline >= forgetful.Milliseconds()
		w.offline = 0
		if long && w.n.Mailbox != "" {
			w.again, p.changed[w.n.ID] = true, w
		}
	}
}
