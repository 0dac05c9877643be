package groups

import (
	"math/rand/v2"
	"sort"
	"time"

	"petmail/shared/address"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// Acknowledgements wait a random time, so that a relay cannot tell from their
// timing who answers whom (shared/spec/conversation.md, Delivery).
const (
	ackMean = 10 * time.Minute
	ackMost = 30 * time.Minute
	// With quick receipts, as the person may choose.
	ackQuickMean = time.Second
	ackQuickMost = 3 * time.Second
)

// Receive takes what an envelope held. Whatever is wrong with it, it is dropped
// without a trace outside: no answer may depend on what an envelope held.
func (p *Part) Receive(s turn.Turn, opened *address.Opened) {
	t := p.of(s)
	var body conversation.Body
	if err := turn.Safely(t.p.log, "envelope", func() (err error) {
		body, err = conversation.DecodeBody(opened.Body)
		return err
	}); err != nil {
		t.p.log.Debug("the body of an envelope is malformed")
		return
	}
	e := t.p.entries[body.Conversation]
	if e == nil {
		t.p.log.Debug("envelope is not for any conversation")
		return
	}
	if !t.For(e.id, "body", func() { t.receiveFor(e, opened, body) }) {
		t.keep(e, opened, body)
	}
}

func (t *step) receiveFor(e *entry, opened *address.Opened, body conversation.Body) {
	if !e.c.CameThrough(opened) {
		t.p.log.Debug("envelope came through another's address")
		return
	}
	t.take(e, body)
	if e.c.State == conversation.Open {
		t.takeHeld(e)
	}
}

// take hands a body to its conversation and stores what follows from it.
func (t *step) take(e *entry, body conversation.Body) {
	r, err := e.c.Receive(t.now, body)
	if err != nil {
		t.p.log.Debug("body dropped", "error", err)
		if body.Kind == conversation.BodyWelcome && e.c.State == conversation.Waiting {
			t.p.invitations.Unfit(t, e.id)
		}
		return
	}
	if r.Behind {
		t.hold(e, body)
		return
	}
	t.applied(e, r)
}

// applied stores and shows what a body or a slot did to a conversation.
func (t *step) applied(e *entry, r conversation.Result) {
	t.touch(e)
	if r.Moved {
		t.met(e)
		t.p.outbox.Redirect(t, e.id)
	}
	t.p.outbox.Followed(t, e.id)
	if r.Joined {
		t.joined(e)
	} else if r.Moved && t.movedOn(e, r.Ours) {
		r.Owes = true
	}
	for _, removal := range r.Removals {
		t.p.deletions.Removed(t, e.id, removal)
	}
	for _, carried := range r.Carried {
		t.p.deletions.Carried(t, e.id, carried)
	}
	if r.Heard || r.Acked {
		t.p.outbox.Heard(t, e.id)
	}
	if mean, most := t.ackDelays(); r.Owes && (e.c.AckDue == 0 || e.c.AckDue > t.now+most.Milliseconds()) {
		// Due later than any delay: quick receipts were chosen since, or the
		// clock was set back.
		e.c.AckDue = t.now + min(time.Duration(rand.ExpFloat64()*float64(mean)), most).Milliseconds() + 1
	}
	if r.Message != nil {
		t.p.talk.Arrived(t, e.id, *r.Message)
	}
}

// ackDelays returns the mean and the longest delay of acknowledgements.
func (t *step) ackDelays() (mean, most time.Duration) {
	if t.p.account.QuickReceipts() {
		return ackQuickMean, ackQuickMost
	}
	return ackMean, ackMost
}

// met notes what the contact's leaf says of it now.
func (t *step) met(e *entry) {
	peer := e.theirs()
	if peer == nil {
		return
	}
	t.p.people.Saw(e.id, peer)
	if t.p.account.SeesOtherKeys(peer.Address) {
		t.p.account.Tell(t)
	}
}

// joined: the inviter's Welcome has let us in. What was written meanwhile goes
// out.
func (t *step) joined(e *entry) {
	t.p.invitations.Opened(t, e.id)
	t.sealUnsent(e)
}

// sealUnsent encrypts what was written while it could not be: before the
// conversation opened, or while it was aside.
func (t *step) sealUnsent(e *entry) {
	acked := e.ackedByAll()
	var unsent []conversation.Message
	for _, m := range append(t.p.talk.Sending(t, e.id), t.p.deletions.Requests(e.id)...) {
		if m.Number > acked && !t.p.outbox.Carries(e.id, m.Number) {
			unsent = append(unsent, m)
		}
	}
	sort.Slice(unsent, func(i, j int) bool { return unsent[i].Number < unsent[j].Number })
	for _, m := range unsent {
		t.sealMessage(e, m)
	}
}

// ackedByAll returns up to which number every other member has our messages.
func (e *entry) ackedByAll() (acked uint64) {
	for i, m := range e.c.Members {
		if i == 0 || m.Acked < acked {
			acked = m.Acked
		}
	}
	return acked
}
