package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/wasm/invite"
	"petmail/wasm/relayclient"
)

// Whoever is forgotten keeps an address of ours, and could fill the mailbox
// for everybody. So the door that the address leads through is retired, and
// all others are given an address through a new one: doors move. A door's life:
//
//	drawn → asked for (Asked, stored first) → Stands at the relay → Left, and
//	asked to be retired → Retired, delivers 14 days → Gone → mail behind it has
//	expired, too: forgotten, with the former addresses through it.

// ownDoor is a door of our mailbox.
type ownDoor struct {
	wire.Redacted
	N       uint64  `cbor:"1,keyasint"` // its number, never used again
	Secret  []byte  `cbor:"2,keyasint"` // encoding of address.Door
	Use     doorUse `cbor:"3,keyasint"`
	Stands  bool    `cbor:"4,keyasint,omitempty"` // the relay has it; no address leads through it before
	Left    bool    `cbor:"5,keyasint,omitempty"` // it is to be retired
	Retired int64   `cbor:"6,keyasint,omitempty"` // unix ms: the relay was told
	Gone    bool    `cbor:"7,keyasint,omitempty"` // it delivers no more

	door address.Door
}

type doorUse uint8

const (
	forConversations doorUse = 1
	// forInvitations: what strangers get. A conversation leaves it with its
	// first commit, so that junk on it is cut off alone.
	forInvitations doorUse = 2
)

// So many doors of a use may be delivering while they are being retired. The
// oldest makes room: with the one in use, conversations have four.
const (
	maxRetiringConversations = 3
	maxRetiringInvitations   = 2
)

// maxDoors bounds the doors that are remembered.
const maxDoors = 32

// doorKept is how long a retired door's addresses still count: it delivers for
// the first part, and what it delivered last may wait for the second.
const doorKept = relayproto.DoorRetirement + relayproto.EnvelopeRetention + 24*time.Hour

// doorRequest is a mailbox request whose answer has not come. It is stored
// before it is sent, and sent again as it is: the relay answers the same.
type doorRequest struct {
	Counter  uint64   `cbor:"1,keyasint"`
	Register bool     `cbor:"2,keyasint,omitempty"` // the relay has lost the mailbox
	Add      []uint64 `cbor:"3,keyasint,omitempty"` // numbers of doors
	Retire   []uint64 `cbor:"4,keyasint,omitempty"`
	Drop     []uint64 `cbor:"5,keyasint,omitempty"` // to go at once
}

// doorWork is how Asked stands; volatile.
type doorWork struct {
	busy    bool
	retryAt int64 // unix ms; 0: not waiting
	failed  int
}

func (s *self) doorN(n uint64) *ownDoor {
	for _, d := range s.Doors {
		if d.N == n {
			return d
		}
	}
	return nil
}

// standing returns the door whose addresses are given out; nil: the relay has
// none of that use yet.
func (s *self) standing(use doorUse) *ownDoor {
	for _, d := range s.Doors {
		if d.Use == use && d.Stands && d.Retired == 0 && !d.Gone {
			return d
		}
	}
	return nil
}

// draw adds a new door that the relay does not know yet.
func (a *Agent) draw(s *self, use doorUse) (*ownDoor, error) {
	door, err := address.NewDoor(a.config.Rand)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw door: %w", err)
	}
	d := &ownDoor{N: s.NextDoor, Secret: door.Bytes(), Use: use, door: door}
	s.NextDoor++
	s.Doors = append(s.Doors, d)
	for i := 0; len(s.Doors) > maxDoors && i < len(s.Doors); {
		if s.Doors[i].Gone {
			s.Doors = slices.Delete(s.Doors, i, i+1)
		} else {
			i++
		}
	}
	return d, nil
}

// parseDoors reads the doors of a stored self. One that was stored before
// doors moved has a single door, which everything leads through.
func (s *self) parseDoors() error {
	if len(s.Doors) == 0 {
		s.Doors, s.NextDoor = []*ownDoor{{Secret: s.Door, Use: forConversations, Stands: true}}, 1
	}
	s.Door = nil
	for _, d := range s.Doors {
		var err error
		if d.door, err = address.ParseDoor(d.Secret); err != nil {
			return fmt.Errorf("couldn't decode door: %w", err)
		}
	}
	if s.standing(forConversations) == nil {
		return errors.New("couldn't decode self: no door for conversations")
	}
	return nil
}

// addressThrough makes a fresh address.
func (a *Agent) addressThrough(d *ownDoor) (address.Address, error) {
	s := a.state.self
	own, err := address.New(a.config.Rand, s.Relay, s.RelayID, s.Routing, d.door, s.box)
	if err != nil {
		return address.Address{}, fmt.Errorf("couldn't make address: %w", err)
	}
	return own, nil
}

// invitationAddress makes the address for a conversation to come.
func (t *turn) invitationAddress() (address.Address, *ownDoor, error) {
	d := t.a.state.self.standing(forInvitations)
	if d == nil {
		d = t.a.state.self.standing(forConversations)
	}
	own, err := t.a.addressThrough(d)
	return own, d, err
}

// readdress gives an invitation that has shown its address to nobody one
// through the door of today.
func (t *turn) readdress(inv *invite.Invite) error {
	d := t.a.state.self.standing(forInvitations)
	if d == nil || inv.Door == d.N || !inv.Conversation.IsZero() || inv.Ended() {
		return nil
	}
	own, err := t.a.addressThrough(d)
	if err != nil {
		return err
	}
	where, err := own.Bytes()
	if err != nil {
		return err
	}
	inv.Own, inv.Door = where, d.N
	return nil
}

// leaveDoors has the doors moved that a conversation's members know addresses
// of: they are not to be written from any more. Where it is not known which
// these are, all move.
func (t *turn) leaveDoors(e *entry) {
	s := t.a.state.self
	changed := false
	var known []uint64
	// Forgetting works whatever is wrong with a conversation.
	_ = t.a.safely("doors", func() error {
		known = e.c.Doors()
		return nil
	})
	if known == nil {
		for _, d := range s.Doors {
			known = append(known, d.N)
		}
	}
	for _, n := range known {
		d := s.doorN(n)
		if d == nil || !d.Stands || d.Left || d.Gone {
			continue
		}
		d.Left, changed = true, true
		if _, err := t.a.draw(s, d.Use); err != nil {
			t.fail(err)
		}
	}
	if changed {
		t.askDoors()
		t.saveSelf()
	}
}

// askDoors prepares what the relay has to be told. The caller stores self.
func (t *turn) askDoors() {
	s := t.a.state.self
	if s.Asked != nil {
		return
	}
	ask := &doorRequest{Counter: s.Counter + 1}
	for _, d := range s.Doors {
		switch {
		case !d.Stands && !d.Gone && len(ask.Add) < relayproto.MaxDoorsPerRequest/4:
			ask.Add = append(ask.Add, d.N)
		case d.Stands && d.Left && d.Retired == 0 && !d.Gone:
			ask.Retire = append(ask.Retire, d.N)
		}
	}
	if len(ask.Add)+len(ask.Retire) == 0 {
		return
	}
	ask.Drop = append(t.a.surplus(forConversations, maxRetiringConversations, ask.Retire),
		t.a.surplus(forInvitations, maxRetiringInvitations, ask.Retire)...)
	s.Asked = ask
}

// surplus returns the retiring doors of a use that have to go early, if those
// in retire are retired, too: first such that no conversation depends on, then
// the oldest.
func (a *Agent) surplus(use doorUse, most int, retire []uint64) []uint64 {
	s := a.state.self
	used := make(map[uint64]bool)
	for _, e := range a.state.conversations {
		used[e.c.Door] = true
	}
	var retiring []*ownDoor
	for _, d := range s.Doors {
		if d.Use != use || d.Gone {
			continue
		}
		if slices.Contains(retire, d.N) {
			most--
		} else if d.Retired != 0 {
			retiring = append(retiring, d)
		}
	}
	sort.Slice(retiring, func(i, j int) bool {
		x, y := retiring[i].N, retiring[j].N
		if used[x] != used[y] {
			return used[y]
		}
		return x < y
	})
	var out []uint64
	for _, d := range retiring[:max(len(retiring)-max(most, 0), 0)] {
		out = append(out, d.N)
	}
	return out
}

// registerAgain asks a relay that has lost our mailbox for it, with all doors
// that still deliver.
func (t *turn) registerAgain() {
	s := t.a.state.self
	if s.Asked != nil && s.Asked.Register {
		return
	}
	ask := &doorRequest{Counter: s.Counter + 1, Register: true}
	for _, d := range s.Doors {
		if d.Gone {
			continue
		}
		ask.Add = append(ask.Add, d.N)
		if d.Left {
			ask.Retire = append(ask.Retire, d.N)
		}
	}
	s.Asked = ask
	t.saveSelf()
	t.a.conn.doors.retryAt = 0
}

// message is the request as the relay gets it. A door that is named twice goes
// at once.
func (r *doorRequest) message(s *self) relayproto.MailboxRequest {
	hashes := func(numbers ...uint64) (out [][]byte) {
		for _, n := range numbers {
			if d := s.doorN(n); d != nil {
				id := d.door.ID()
				out = append(out, id[:])
			}
		}
		return out
	}
	retire := append(append(slices.Clone(r.Retire), r.Drop...), r.Drop...)
	return relayproto.MailboxRequest{
		RelayID: s.RelayID, Counter: r.Counter, Register: r.Register,
		AddDoors: hashes(r.Add...), RetireDoors: hashes(retire...),
	}
}

// workDoors sends what the relay has to be told. It runs after each turn,
// outside of it: it changes only volatile state.
func (a *Agent) workDoors() {
	s, conn := a.state.self, a.conn
	if s == nil || s.Asked == nil || !conn.open || conn.doors.busy || a.nowMilli() < conn.doors.retryAt {
		return
	}
	conn.doors.busy = true
	asked, request, relay, key := s.Asked, s.Asked.message(s), s.Relay, s.mailboxKey()
	conn.start(func(ctx context.Context) {
		status, err := a.client.UpdateMailbox(ctx, relay, key, request)
		a.inbox.post(input{conn: conn, do: func(t *turn) {
			conn.doors.busy = false
			if t.a.state.self.Asked == asked { // else there is another by now
				t.doorsAnswered(asked, status, err)
			}
		}})
	})
}

// doorsAnswered takes the relay's answer to Asked.
func (t *turn) doorsAnswered(asked *doorRequest, status relayproto.MailboxStatus, err error) {
	s, work := t.a.state.self, &t.a.conn.doors
	if err != nil {
		t.a.log.Warn("the relay did not change our doors", "error", err)
		work.retryAt = t.now + backoff(work.failed)
		work.failed++
		t.doorsRefused(asked, err)
		return
	}
	work.failed, work.retryAt = 0, 0
	s.Counter, s.Asked = status.Counter, nil
	for _, n := range asked.Add {
		s.doorN(n).Stands = true
	}
	for _, n := range asked.Retire {
		if d := s.doorN(n); d.Retired == 0 {
			d.Retired = t.now
		}
	}
	for _, n := range asked.Drop {
		s.doorN(n).Gone = true
	}
	t.askDoors()
	t.saveSelf()
	if asked.Register {
		t.then(func() { t.a.conn.mailbox.Nudge() })
	}
}

// doorsRefused changes Asked where the relay will never take it as it is.
func (t *turn) doorsRefused(asked *doorRequest, err error) {
	s := t.a.state.self
	var refused *relayclient.Error
	if !errors.As(err, &refused) {
		return
	}
	switch refused.Code {
	case relayproto.CodeNoMailbox:
		t.registerAgain()
	case relayproto.CodeDoorTaken:
		// An answer was lost for good, or somebody has our keys. New doors
		// are drawn again, since no address leads through them. Those of a
		// mailbox that was lost are there: somebody registered it again.
		s.Asked = nil
		for _, n := range asked.Add {
			if d := s.doorN(n); d != nil && !d.Stands {
				d.Gone = true
				if _, err := t.a.draw(s, d.Use); err != nil {
					t.fail(err)
				}
			}
		}
		t.askDoors()
		t.saveSelf()
	}
}

// doorsDue does what has become due of the doors.
func (t *turn) doorsDue() {
	s := t.a.state.self
	if s == nil {
		return
	}
	changed := false
	if !slices.ContainsFunc(s.Doors, func(d *ownDoor) bool { return d.Use == forInvitations && !d.Left && !d.Gone }) {
		if _, err := t.a.draw(s, forInvitations); err != nil {
			t.fail(err)
		}
		changed = true
	}
	for _, d := range s.Doors {
		if d.Retired != 0 && !d.Gone && t.now-d.Retired >= relayproto.DoorRetirement.Milliseconds() {
			d.Gone, changed = true, true
		}
	}
	kept := len(s.Doors)
	s.Doors = slices.DeleteFunc(s.Doors, func(d *ownDoor) bool {
		return d.Gone && t.now-d.Retired >= doorKept.Milliseconds()
	})
	if s.Asked == nil {
		t.askDoors()
		changed = changed || s.Asked != nil
	}
	if changed || kept != len(s.Doors) {
		t.saveSelf()
	}
}

// nextDoors returns when doorsDue or workDoors has something to do, unix ms;
// 0: never.
func (a *Agent) nextDoors() int64 {
	s := a.state.self
	if s == nil {
		return 0
	}
	var next int64
	at := func(ms int64) {
		if next == 0 || ms < next {
			next = ms
		}
	}
	if s.Asked != nil && a.conn.open && !a.conn.doors.busy {
		at(max(a.conn.doors.retryAt, 1))
	}
	invitations := false
	for _, d := range s.Doors {
		invitations = invitations || d.Use == forInvitations && !d.Left && !d.Gone
		switch {
		case d.Retired == 0:
		case !d.Gone:
			at(d.Retired + relayproto.DoorRetirement.Milliseconds())
		default:
			at(d.Retired + doorKept.Milliseconds())
		}
	}
	if !invitations {
		at(1)
	}
	return next
}
