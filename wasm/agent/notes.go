package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"petmail/shared/relayproto"
	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/note"
	"petmail/wasm/relayclient"
)

const (
	// maxOpenNotes bounds the notes under way: each holds a socket.
	maxOpenNotes = 20
	// maxNotes bounds all that are kept.
	maxNotes = 200
	// forgetful is after how long without a connection the relay may have
	// dropped a mailbox of Magic Wormhole's.
	forgetful = 10 * time.Minute
)

func noteKey(id wire.ID) string { return prefNote + id.String() }

// noteWork is a note with what is known of its connection.
type noteWork struct {
	wire.Redacted
	n       *note.Note
	there   bool  // our pake has been seen in the mailbox on this rendezvous
	offline int64 // since when, unix ms; 0: connected
	// opened counts its rendezvous, so that what an earlier one still had to
	// say is passed over.
	opened int
}

func (t *turn) noteSend(args api.NoteSendArgs) (any, error) {
	switch {
	case strings.TrimSpace(args.Text) == "":
		return nil, refuse(api.ErrEmpty, "nothing to send")
	case !text.Visible(args.Text):
		return nil, refuse(api.ErrInvisible, "the note would show nothing")
	case len(args.Text) > api.MaxTextBytes:
		return nil, refuse(api.ErrTooLong, "text is too long")
	}
	if err := t.roomForNote(); err != nil {
		return nil, err
	}
	n, err := note.Send(t.a.config.Rand, t.now, t.a.state.self.Relay, args.Text)
	if errors.Is(err, note.ErrTooLong) {
		return nil, refuse(api.ErrTooLong, "text is too long")
	}
	return t.addNote(n, err)
}

func (t *turn) noteReceive(args api.NoteReceiveArgs) (any, error) {
	code, err := wormhole.ParseCode(args.Code)
	if args.Exact {
		code, err = wormhole.ParseForeignCode(args.Code)
	}
	if err != nil {
		return nil, badInvite(args.Code, err)
	}
	relay := t.a.state.self.Relay
	if strings.TrimSpace(args.Relay) != "" {
		if relay, err = mailboxServer(args.Relay); err != nil {
			return nil, refuse(api.ErrBadRelayURL, "not the address of a mailbox server that can be reached")
		}
	}
	if err := t.roomForNote(); err != nil {
		return nil, err
	}
	n, err := note.Receive(t.a.config.Rand, t.now, relay, code)
	return t.addNote(n, err)
}

// mailboxServer reads the address of a mailbox server as Magic Wormhole's
// users know it, "wss://host/v1", or as a relay's, and returns the latter.
func mailboxServer(text string) (string, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "/")
	for _, scheme := range [][2]string{{"wss://", "https://"}, {"ws://", "http://"}} {
		if len(text) >= len(scheme[0]) && strings.EqualFold(text[:len(scheme[0])], scheme[0]) {
			text = scheme[1] + text[len(scheme[0]):]
		}
	}
	relay, err := wire.NormalizeRelayURL(strings.TrimSuffix(text, relayproto.RouteRendezvous))
	if err == nil && strings.HasPrefix(relay, "http:") && !localRelay(relay) {
		err = errors.New("an unencrypted connection is refused by browsers")
	}
	return relay, err
}

// localRelay reports whether a relay's URL names this machine: no other may be
// reached without TLS (the pages' content security policy).
func localRelay(relay string) bool {
	host := strings.TrimPrefix(relay, "http://")
	host, _, _ = strings.Cut(host, "/")
	host, _, _ = strings.Cut(host, ":")
	return host == "localhost" || host == "127.0.0.1"
}

func (t *turn) roomForNote() error {
	open := 0
	for _, w := range t.a.state.notes {
		if !w.n.Progress.Ended() {
			open++
		}
	}
	if open >= maxOpenNotes || len(t.a.state.notes) >= maxNotes {
		return refuse(api.ErrTooMany, "too many notes")
	}
	return nil
}

func (t *turn) addNote(n *note.Note, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	w := &noteWork{n: n}
	t.a.state.notes[n.ID] = w
	t.noteChanged(w)
	return noteView(n), nil
}

func (t *turn) noteDismiss(args api.NoteArgs) (any, error) {
	id, err := wire.ParseID(args.Note)
	w := t.a.state.notes[id]
	if err != nil || w == nil || w.n.Dismissed {
		return nil, refuse(api.ErrNotFound, "no such note")
	}
	if err := w.n.Cancel(t.a.config.Rand, t.now); err != nil {
		return nil, err
	}
	w.n.Dismissed, w.n.Text, w.n.Problem = true, "", ""
	t.noteChanged(w)
	return nil, nil
}

// noteRendezvous takes an event of a note's rendezvous.
func (t *turn) noteRendezvous(w *noteWork, opened int, event relayclient.RendezvousEvent) {
	n := w.n
	if t.a.state.notes[n.ID] != w || w.opened != opened {
		return
	}
	t.scope = scope{meeting: &meeting{invite: n.ID}, work: "note"}
	if err := t.a.met(wire.ID{}, "note"); err != nil {
		t.fail(err)
	}
	t.a.log.Debug("note", "event", fmt.Sprintf("%T", event))
	switch ev := event.(type) {
	case relayclient.EventState:
		t.noteSocket(w, ev.State)
		return
	case relayclient.EventAllocated:
		if err := n.Allocated(t.a.config.Rand, ev.Nameplate); err != nil {
			t.fail(err)
		}
	case relayclient.EventClaimed:
		n.Mailbox = ev.MailboxID
	case relayclient.EventOpened:
		n.Opened(t.now, w.there)
	case relayclient.EventSent:
		n.Confirmed(ev.Phase)
	case relayclient.EventPhase:
		if ev.Own {
			w.there = w.there || ev.Phase == wormhole.PhasePAKE
			return
		}
		if err := n.Phase(t.a.config.Rand, t.now, ev.Side, ev.Phase, ev.Body); err != nil {
			t.fail(err)
		}
	case relayclient.EventReleased:
		n.Nameplate = ""
	case relayclient.EventFailed:
		if !ev.Final {
			return
		}
		n.Refuse(t.now, noteRefusal(ev.Reason))
	case relayclient.EventClosed:
		n.Closed = true
	default:
		return
	}
	t.noteChanged(w)
}

func noteRefusal(reason relayclient.FailReason) note.Progress {
	switch reason {
	case relayclient.FailUnknown:
		return note.Expired
	case relayclient.FailUsed, relayclient.FailCrowded:
		return note.Used
	default:
		return note.Unsupported
	}
}

// noteSocket follows the connection: after a long time without one, the relay
// may have forgotten the mailbox, which only a fresh rendezvous can see.
func (t *turn) noteSocket(w *noteWork, s relayclient.State) {
	switch {
	case s.Status == relayclient.Offline && w.offline == 0:
		w.offline = t.now
	case s.Status == relayclient.Connected && w.offline != 0:
		long := t.now-w.offline >= forgetful.Milliseconds()
		w.offline = 0
		if long && w.n.Mailbox != "" {
			t.then(func() {
				t.a.conn.dropNote(w)
				t.a.conn.syncNote(w)
			})
		}
	}
}

// noteChanged stores a note, has its connection follow, and deletes it when
// it has been dismissed and the relay knows that it is over.
func (t *turn) noteChanged(w *noteWork) {
	t.saveNote(w.n)
	t.then(func() { t.a.conn.syncNote(w) })
	if w.n.Dismissed && !w.n.Live() {
		delete(t.a.state.notes, w.n.ID)
		t.batch.Delete(noteKey(w.n.ID))
	}
}

func (t *turn) saveNote(n *note.Note) {
	t.put(noteKey(n.ID), n)
	if n.Dismissed {
		t.emit(api.Event{NoteRemoved: n.ID.String()})
		return
	}
	t.emit(api.Event{Note: noteView(n)})
}

// expireNotes ends the notes whose time is over.
func (t *turn) expireNotes() {
	for _, w := range t.a.state.notes {
		if w.n.Expire(t.now) {
			t.noteChanged(w)
		}
	}
}

func (a *Agent) loadNotes() (map[wire.ID]*noteWork, error) {
	notes := make(map[wire.ID]*noteWork)
	err := a.scan(prefNote, func(key string, value []byte) error {
		var n note.Note
		if err := a.decoding(wire.ID{}, key, func() error { return wire.Unmarshal(value, &n, maxRecord) }); err != nil {
			a.stray(key)
			return nil
		}
		notes[n.ID] = &noteWork{n: &n}
		return nil
	})
	return notes, err
}

// syncNote opens or closes the rendezvous of a note as it needs.
func (c *connections) syncNote(w *noteWork) {
	n, m := w.n, meeting{invite: w.n.ID}
	if !c.open {
		return
	}
	if !n.Live() || c.a.spoiled[m] {
		c.dropNote(w)
		return
	}
	r := c.rendezvous[m]
	if r == nil {
		r = c.openNote(w)
		c.rendezvous[m] = r
	}
	for _, p := range n.Pending {
		if err := r.Add(p.Name, p.Body); err != nil {
			c.a.log.Error("couldn't add phase", "error", err)
		}
	}
	// Once both are in the mailbox, nobody needs the nameplate any more.
	if n.Nameplate != "" && (n.Peer != "" || n.Mood != "") {
		r.Release()
	}
	if n.Mood != "" {
		r.CloseMailbox(n.Mood)
	}
}

// dropNote ends the rendezvous of a note, if it has one.
func (c *connections) dropNote(w *noteWork) {
	m := meeting{invite: w.n.ID}
	r := c.rendezvous[m]
	if r == nil {
		return
	}
	delete(c.rendezvous, m)
	c.start(func(context.Context) { r.Close() })
}

func (c *connections) openNote(w *noteWork) *relayclient.Rendezvous {
	w.there = false
	w.opened++
	n, opened := w.n, w.opened
	config := relayclient.RendezvousConfig{
		RelayURL: n.Relay, AppID: wormhole.TransferAppID, Side: n.Side,
		MailboxID: n.Mailbox, Nameplate: n.Nameplate,
		Allocate: n.Mailbox == "" && n.Nameplate == "",
		OnEvent: func(e relayclient.RendezvousEvent) {
			c.a.inbox.post(input{conn: c, do: func(t *turn) { t.noteRendezvous(w, opened, e) }})
		},
	}
	for _, p := range n.Pending {
		config.Pending = append(config.Pending, relayclient.Phase(p))
	}
	return relayclient.OpenRendezvous(c.a.client, config)
}
