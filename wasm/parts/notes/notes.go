// Package notes is the part that exchanges single texts with Magic Wormhole's
// users: the rules are package note's, the record of each is note/<id>.
package notes

import (
	"errors"
	"io"
	"log/slog"
	"strings"

	"petmail/shared/relayproto"
	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/note"
	"petmail/wasm/parts/refusal"
	"petmail/wasm/relayclient"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

const (
	// maxOpen bounds the notes under way: each holds a socket.
	maxOpen = 20
	// maxNotes bounds all that are kept.
	maxNotes = 200
)

// Config is what the part needs.
type Config struct {
	Client *relayclient.Client
	Relay  func() string // URL of our own relay
	Rand   io.Reader     // cryptographic
	Log    *slog.Logger
}

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	config Config
	kind   *turn.Kind

	notes   map[wire.ID]*work
	changed map[wire.ID]*work // since Work
	// spoiled are the notes in whose rendezvous something came that cannot be
	// handled: it stays closed until the next start, since it would come again
	// with each connection.
	spoiled map[wire.ID]bool
}

// work is a note with what is known of its connection.
type work struct {
	wire.Redacted
	n *note.Note
	connection
}

// New makes the part.
func New(config Config) *Part {
	return &Part{
		config:  config,
		kind:    &turn.Kind{Prefix: "note/", Owner: turn.Nobody, Shared: turn.Own, Backup: turn.Never, Version: 1},
		spoiled: make(map[wire.ID]bool),
	}
}

// Name implements turn.Part.
func (p *Part) Name() string { return "notes" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{p.kind} }

// Commands implements turn.Part.
func (p *Part) Commands() []turn.Command {
	return []turn.Command{
		turn.Handle(api.CmdNoteSend, p.send),
		turn.Handle(api.CmdNoteReceive, p.receive),
		turn.Handle(api.CmdNoteDismiss, p.dismiss),
	}
}

// Load implements turn.Part.
func (p *Part) Load(r turn.Reader) error {
	p.notes, p.changed = make(map[wire.ID]*work), make(map[wire.ID]*work)
	return r.Each(p.kind, func(_ string, value []byte) error {
		var n note.Note
		if err := wire.Unmarshal(value, &n, store.MaxValue); err != nil {
			return err
		}
		w := &work{n: &n}
		p.notes[n.ID], p.changed[n.ID] = w, w
		return nil
	})
}

// Due implements turn.Part: it ends the notes whose time is over.
func (p *Part) Due(t turn.Turn) {
	for _, w := range p.notes {
		if w.n.Expire(t.Now()) {
			p.store(t, w)
		}
	}
}

// Next implements turn.Part.
func (p *Part) Next() (next int64) {
	for _, w := range p.notes {
		if at := w.n.NextExpiry(); at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	return next
}

func (p *Part) send(t turn.Turn, args api.NoteSendArgs) (api.Note, error) {
	switch {
	case strings.TrimSpace(args.Text) == "":
		return api.Note{}, turn.Refuse(api.ErrEmpty, "nothing to send")
	case !text.Visible(args.Text):
		return api.Note{}, turn.Refuse(api.ErrInvisible, "the note would show nothing")
	case len(args.Text) > api.MaxTextBytes:
		return api.Note{}, turn.Refuse(api.ErrTooLong, "text is too long")
	}
	if err := p.room(); err != nil {
		return api.Note{}, err
	}
	n, err := note.Send(p.config.Rand, t.Now(), p.config.Relay(), args.Text)
	if errors.Is(err, note.ErrTooLong) {
		return api.Note{}, turn.Refuse(api.ErrTooLong, "text is too long")
	}
	return p.add(t, n, err)
}

func (p *Part) receive(t turn.Turn, args api.NoteReceiveArgs) (api.Note, error) {
	code, err := wormhole.ParseCode(args.Code)
	if args.Exact {
		code, err = wormhole.ParseForeignCode(args.Code)
	}
	if err != nil {
		return api.Note{}, refusal.Code(args.Code, err)
	}
	relay := p.config.Relay()
	if strings.TrimSpace(args.Relay) != "" {
		if relay, err = mailboxServer(args.Relay); err != nil {
			return api.Note{}, turn.Refuse(api.ErrBadRelayURL, "not the address of a mailbox server that can be reached")
		}
	}
	if err := p.room(); err != nil {
		return api.Note{}, err
	}
	n, err := note.Receive(p.config.Rand, t.Now(), relay, code)
	return p.add(t, n, err)
}

// mailboxServer reads the address of a mailbox server as Magic Wormhole's
// users know it, "wss://host/v1", or as a relay's, and returns the latter.
func mailboxServer(typed string) (string, error) {
	typed = strings.TrimRight(strings.TrimSpace(typed), "/")
	for _, scheme := range [][2]string{{"wss://", "https://"}, {"ws://", "http://"}} {
		if len(typed) >= len(scheme[0]) && strings.EqualFold(typed[:len(scheme[0])], scheme[0]) {
			typed = scheme[1] + typed[len(scheme[0]):]
		}
	}
	relay, err := wire.NormalizeRelayURL(strings.TrimSuffix(typed, relayproto.RouteRendezvous))
	if err == nil && strings.HasPrefix(relay, "http:") && !local(relay) {
		err = errors.New("an unencrypted connection is refused by browsers")
	}
	return relay, err
}

// local reports whether a relay's URL names this machine: no other may be
// reached without TLS (the pages' content security policy).
func local(relay string) bool {
	host := strings.TrimPrefix(relay, "http://")
	host, _, _ = strings.Cut(host, "/")
	host, _, _ = strings.Cut(host, ":")
	return host == "localhost" || host == "127.0.0.1"
}

func (p *Part) room() error {
	open := 0
	for _, w := range p.notes {
		if !w.n.Progress.Ended() {
			open++
		}
	}
	if open >= maxOpen || len(p.notes) >= maxNotes {
		return turn.Refuse(api.ErrTooMany, "too many notes")
	}
	return nil
}

func (p *Part) add(t turn.Turn, n *note.Note, err error) (api.Note, error) {
	if err != nil {
		return api.Note{}, err
	}
	w := &work{n: n}
	p.notes[n.ID] = w
	p.store(t, w)
	return view(n), nil
}

func (p *Part) dismiss(t turn.Turn, args api.NoteArgs) (api.None, error) {
	id, err := wire.ParseID(args.Note)
	w := p.notes[id]
	if err != nil || w == nil || w.n.Dismissed {
		return api.None{}, turn.Refuse(api.ErrNotFound, "no such note")
	}
	if err := w.n.Cancel(p.config.Rand, t.Now()); err != nil {
		return api.None{}, err
	}
	w.n.Dismissed, w.n.Text, w.n.Problem = true, "", ""
	p.store(t, w)
	return api.None{}, nil
}

// store stores and shows a note, has its connection follow, and deletes it
// when it has been dismissed and the relay knows that it is over.
func (p *Part) store(t turn.Turn, w *work) {
	p.changed[w.n.ID] = w
	if w.n.Dismissed {
		t.Emit(api.EventNoteRemoved.Of(w.n.ID.String()))
	} else {
		t.Emit(api.EventNote.Of(view(w.n)))
	}
	if w.n.Dismissed && !w.n.Live() {
		delete(p.notes, w.n.ID)
		t.Delete(p.kind, wire.ID{}, w.n.ID.String())
		return
	}
	t.Put(p.kind, wire.ID{}, w.n.ID.String(), w.n)
}
