package agent

import (
	"math/rand/v2"
	"sort"
	"time"
	"unicode/utf8"

	"petmail/shared/address"
	"petmail/shared/text"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
)

// Acknowledgements wait a random time, so that a relay cannot tell from their
// timing who answers whom (design §10).
const (
	ackMean = 10 * time.Minute
	ackMost = 30 * time.Minute
	// With quick receipts, as the person may choose.
	ackQuickMean = time.Second
	ackQuickMost = 3 * time.Second
)

// received is called by the mailbox with envelopes; it blocks until they have
// been dealt with, so that the relay pushes no faster than we store.
func (a *Agent) received(conn *connections, envelopes []relayclient.Envelope) {
	done := make(chan struct{})
	for i, env := range envelopes {
		last := i == len(envelopes)-1
		a.inbox.post(input{
			conn: conn,
			do: func(t *turn) {
				t.receive(env.Data)
				t.then(func() { conn.mailbox.Ack(env.Seq) })
				if last {
					t.then(func() { close(done) })
				}
			},
			dropped: func(err error) {
				// Where the store failed, the envelope stays at the relay and
				// comes again; where it made us fail, it never will.
				if isStore(err) {
					return
				}
				if a.conn.mailbox != nil {
					a.conn.mailbox.Ack(env.Seq)
				} else if len(a.givenUp) < maxInputs {
					a.givenUp = append(a.givenUp, env.Seq)
				}
			},
		})
	}
	select {
	case <-done:
	case <-conn.ctx.Done():
	}
}

// receive takes one envelope. Whatever is wrong with it, it is dropped without
// a trace outside: no answer may depend on what an envelope held.
func (t *turn) receive(envelope []byte) {
	var opened *address.Opened
	var body conversation.Body
	if err := t.a.safely("envelope", func() (err error) {
		if opened, err = t.a.state.self.box.Open(envelope); err != nil {
			return err
		}
		body, err = conversation.DecodeBody(opened.Body)
		return err
	}); err != nil {
		t.a.log.Debug("envelope does not open, or its body is malformed")
		return
	}
	e := t.a.state.conversations[body.Conversation]
	if e == nil {
		t.a.log.Debug("envelope is not for any conversation")
		return
	}
	if !t.forOwner(e, "body", func() { t.receiveFor(e, opened, body) }) {
		t.keep(e, opened, body)
	}
}

func (t *turn) receiveFor(e *entry, opened *address.Opened, body conversation.Body) {
	if !e.c.CameThrough(opened) {
		t.a.log.Debug("envelope came through another's address")
		return
	}
	t.bodies[e.c.ID] = append(t.bodies[e.c.ID], t.input)
	t.take(e, body)
	if e.c.State == conversation.Open {
		t.takeHeld(e)
	}
}

// take hands a body to its conversation and stores what follows from it.
func (t *turn) take(e *entry, body conversation.Body) {
	r, err := e.c.Receive(t.now, body)
	if err != nil {
		t.a.log.Debug("body dropped", "error", err)
		if body.Kind == conversation.BodyWelcome && e.c.State == conversation.Waiting {
			t.welcomeUnfit(e)
		}
		return
	}
	if r.Behind {
		t.hold(e, body)
		return
	}
	t.applied(e, r)
}

// welcomeUnfit: only the inviter can have sent a Welcome to this address, and
// it is of no use. The person is told; one that is may still come.
func (t *turn) welcomeUnfit(e *entry) {
	for _, inv := range t.a.state.invites {
		if inv.Conversation == e.c.ID && !inv.Mine && !inv.Unfit && !inv.Ended() {
			inv.Unfit = true
			t.saveInvite(inv)
		}
	}
}

// applied stores and shows what a body or a slot did to a conversation.
func (t *turn) applied(e *entry, r conversation.Result) {
	t.touch(e)
	if r.Moved {
		t.met(e)
		t.redirect(e)
	}
	t.announced(e)
	if r.Joined {
		t.joined(e)
	} else if r.Moved && t.movedOn(e, r.Ours) {
		r.Owes = true
	}
	for _, removal := range r.Removals {
		t.removeTheirs(e, removal)
	}
	for _, carried := range r.Carried {
		t.carriedOut(e, carried)
	}
	if r.Heard || r.Acked {
		t.acknowledged(e)
	}
	if mean, most := t.ackDelays(); r.Owes && (e.c.AckDue == 0 || e.c.AckDue > t.now+most.Milliseconds()) {
		// Due later than any delay: quick receipts were chosen since, or the
		// clock was set back.
		e.c.AckDue = t.now + min(time.Duration(rand.ExpFloat64()*float64(mean)), most).Milliseconds() + 1
	}
	if r.Message != nil {
		t.arrived(e, *r.Message)
	}
}

// ackDelays returns the mean and the longest delay of acknowledgements.
func (t *turn) ackDelays() (mean, most time.Duration) {
	if t.a.state.settings.QuickReceipts {
		return ackQuickMean, ackQuickMost
	}
	return ackMean, ackMost
}

// met notes what the contact's leaf says of it now.
func (t *turn) met(e *entry) {
	peer := e.c.Peer()
	if peer == nil {
		return
	}
	e.known("Saw").Saw(shownBy(peer))
	t.compareKeys(peer.Address)
}

// compareKeys raises an alarm when a contact's address shows other keys of our
// relay than it shows us (design §6, key consistency).
func (t *turn) compareKeys(encoded []byte) {
	if t.a.state.self.showsOtherKeys(encoded) {
		t.a.relay.KeyAlarm = true
		t.emitRelay()
	}
}

// showsOtherKeys reports whether a contact's encoded address is at our relay,
// but under keys that are not those we know.
func (s *self) showsOtherKeys(encoded []byte) bool {
	where, err := address.ParseAddress(encoded)
	return err == nil && where.Relay == s.Relay && where.RelayID != s.RelayID
}

// joined: the inviter's Welcome has let us in. What was written meanwhile goes
// out.
func (t *turn) joined(e *entry) {
	for _, inv := range t.a.state.invites {
		if inv.Conversation == e.c.ID && !inv.Mine {
			inv.Opened()
			t.saveInvite(inv)
			t.syncRendezvous(inv)
		}
	}
	t.sealUnsent(e)
}

// sealUnsent encrypts what was written while it could not be: before the
// conversation opened, or while it was aside.
func (t *turn) sealUnsent(e *entry) {
	records, err := t.a.messages(e.c.ID, "", false, 0)
	if err != nil {
		t.fail(err)
	}
	var acked uint64
	if len(e.c.Members) > 0 {
		acked = e.c.Members[0].Acked
		for _, m := range e.c.Members[1:] {
			acked = min(acked, m.Acked)
		}
	}
	var unsent []conversation.Message
	wants := func(m conversation.Message) bool { return m.Number > acked && !e.hasRow(m.Number) }
	for _, m := range records {
		if m.Mine && m.State == conversation.Sending && m.Gone == nil && wants(m) {
			unsent = append(unsent, m)
		}
	}
	for _, request := range e.requests {
		if wants(request.Message) {
			unsent = append(unsent, request.Message)
		}
	}
	sort.Slice(unsent, func(i, j int) bool { return unsent[i].Number < unsent[j].Number })
	for _, m := range unsent {
		t.sealMessage(e, m)
	}
}

// arrived stores a new message.
func (t *turn) arrived(e *entry, m conversation.Message) {
	if m.Claimed != "" {
		t.batch.Put(movedKey(e.c.ID, m.Claimed), []byte(m.Cursor))
	}
	if m.Kind == conversation.KindTimer {
		// It is seen in the conversation; nobody need be called for it.
		t.saveMessage(e, m)
		t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: messageView(m)}})
		return
	}
	e.meta.Arrived++
	m.Arrival = e.meta.Arrived
	t.saveMessage(e, m)
	t.awaitReading(e, m)
	if e.meta.Unread == 0 || e.meta.PreviewMine {
		e.meta.PreviewAt = "" // what is new is shown, wherever it stands
	}
	e.meta.Unread++
	t.previewed(e, m)
	t.emit(api.Event{Message: &api.MessageEvent{Conversation: e.c.ID.String(), Message: messageView(m), Fresh: true}})
}

// previewed shows m in the list if it is the newest.
func (t *turn) previewed(e *entry, m conversation.Message) {
	if m.Cursor < e.meta.PreviewAt || !previewable(m) {
		return
	}
	e.meta.PreviewAt, e.meta.PreviewMine, e.previewOver = m.Cursor, m.Mine, false
	e.meta.Activity = max(e.meta.Activity, m.Time)
	said, _ := m.Text()
	if shown := text.TrimUnseen(said); shown != "" {
		said = shown // what cannot be seen must not push it out of the preview
	}
	e.meta.Preview = shorten(said, 120)
}

func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
