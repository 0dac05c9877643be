package account

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
	"petmail/wasm/relayclient"
	"petmail/wasm/turn"
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
func (p *Part) draw(s *self, use doorUse) (*ownDoor, error) {
	door, err := address.NewDoor(p.config.Rand)
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

// through makes a fresh address.
func (p *Part) through(d *ownDoor) (address.Address, error) {
	s := p.self
	own, err := address.New(p.config.Rand, s.Relay, s.RelayID, s.Routing, d.door, s.box)
	if err != nil {
		return address.Address{}, fmt.Errorf("couldn't make address: %w", err)
	}
	return own, nil
}

// Through makes a fresh address through the door that conversations go by.
func (p *Part) Through() (own address.Address, door uint64, err error) {
	d := p.self.standing(forConversations)
	own, err = p.through(d)
	return own, d.N, err
}

// MovesFrom reports whether a conversation whose address leads through a door
// is to be given another.
func (p *Part) MovesFrom(door uint64) bool {
	d := p.self.standing(forConversations)
	return door != d.N && !d.Left
}

// Door returns how a door stands: whether it delivers, whether it is to be
// retired, and since when it is (unix ms; 0: it is not).
func (p *Part) Door(n uint64) (stands, left bool, retired int64) {
	d := p.self.doorN(n)
	if d == nil || d.Gone {
		return false, false, 0
	}
	return true, d.Left, d.Retired
}

// KnowsDoor reports whether a door's addresses still count.
func (p *Part) KnowsDoor(n uint64) bool { return p.self.doorN(n) != nil }

// LeaveDoors has doors moved whose addresses somebody knows who is not to write
// any more; nil: it is not known which these are, and all move.
func (p *Part) LeaveDoors(t turn.Turn, known []uint64) {
	s := p.self
	changed := false
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
		if _, err := p.draw(s, d.Use); err != nil {
			t.Fail(err)
		}
	}
	if changed {
		p.askDoors()
		p.save(t)
	}
}

// askDoors prepares what the relay has to be told. The caller stores self.
func (p *Part) askDoors() {
	s := p.self
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
	ask.Drop = append(p.surplus(forConversations, maxRetiringConversations, ask.Retire),
		p.surplus(forInvitations, maxRetiringInvitations, ask.Retire)...)
	s.Asked = ask
}

// surplus returns the retiring doors of a use that have to go early, if those
// in retire are retired, too: first such that no conversation depends on, then
// the oldest.
func (p *Part) surplus(use doorUse, most int, retire []uint64) []uint64 {
	s, used := p.self, p.receiver.DoorsInUse()
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
func (p *Part) registerAgain(t turn.Turn) {
	s := p.self
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
	p.save(t)
	p.doors.retryAt = 0
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

// tellDoors sends what the relay has to be told.
func (p *Part) tellDoors(net turn.Net) {
	s := p.self
	if s.Asked == nil || p.doors.busy || p.Now() < p.doors.retryAt {
		return
	}
	p.doors.busy = true
	asked, request, relay, key := s.Asked, s.Asked.message(s), s.Relay, s.mailboxKey()
	net.Go(func(ctx context.Context) {
		status, err := p.client.UpdateMailbox(ctx, relay, key, request)
		net.Post(turn.Input{Work: "doors", Do: func(t turn.Turn) {
			p.doors.busy = false
			if p.self.Asked == asked { // else there is another by now
				p.doorsAnswered(t, asked, status, err)
			}
		}})
	})
}

// doorsAnswered takes the relay's answer to Asked.
func (p *Part) doorsAnswered(t turn.Turn, asked *doorRequest, status relayproto.MailboxStatus, err error) {
	s, work := p.self, &p.doors
	if err != nil {
		p.config.Log.Warn("the relay did not change our doors", "error", err)
		work.retryAt = t.Now() + turn.Backoff(work.failed)
		work.failed++
		p.doorsRefused(t, asked, err)
		return
	}
	work.failed, work.retryAt = 0, 0
	s.Counter, s.Asked = status.Counter, nil
	for _, n := range asked.Add {
		s.doorN(n).Stands = true
	}
	for _, n := range asked.Retire {
		if d := s.doorN(n); d.Retired == 0 {
			d.Retired = t.Now()
		}
	}
	for _, n := range asked.Drop {
		s.doorN(n).Gone = true
	}
	p.askDoors()
	p.save(t)
	if asked.Register {
		t.Then(func() { p.mailbox.open.Nudge() })
	}
}

// doorsRefused changes Asked where the relay will never take it as it is.
func (p *Part) doorsRefused(t turn.Turn, asked *doorRequest, err error) {
	s := p.self
	var refused *relayclient.Error
	if !errors.As(err, &refused) {
		return
	}
	switch refused.Code {
	case relayproto.CodeNoMailbox:
		p.registerAgain(t)
	case relayproto.CodeDoorTaken:
		// An answer was lost for good, or somebody has our keys. New doors
		// are drawn again, since no address leads through them. Those of a
		// mailbox that was lost are there: somebody registered it again.
		s.Asked = nil
		for _, n := range asked.Add {
			if d := s.doorN(n); d != nil && !d.Stands {
				d.Gone = true
				if _, err := p.draw(s, d.Use); err != nil {
					t.Fail(err)
				}
			}
		}
		p.askDoors()
		p.save(t)
	}
}

// Due implements turn.Part: it does what has become due of the doors.
func (p *Part) Due(t turn.Turn) {
	s := p.self
	if s == nil {
		return
	}
	changed := false
	if !slices.ContainsFunc(s.Doors, func(d *ownDoor) bool { return d.Use == forInvitations && !d.Left && !d.Gone }) {
		if _, err := p.draw(s, forInvitations); err != nil {
			t.Fail(err)
		}
		changed = true
	}
	for _, d := range s.Doors {
		if d.Retired != 0 && !d.Gone && t.Now()-d.Retired >= relayproto.DoorRetirement.Milliseconds() {
			d.Gone, changed = true, true
		}
	}
	kept := len(s.Doors)
	s.Doors = slices.DeleteFunc(s.Doors, func(d *ownDoor) bool {
		return d.Gone && t.Now()-d.Retired >= doorKept.Milliseconds()
	})
	if s.Asked == nil {
		p.askDoors()
		changed = changed || s.Asked != nil
	}
	if changed || kept != len(s.Doors) {
		p.save(t)
	}
}

// Next implements turn.Part.
func (p *Part) Next() int64 {
	s := p.self
	if s == nil {
		return 0
	}
	var next int64
	at := func(ms int64) {
		if next == 0 || ms < next {
			next = ms
		}
	}
	if s.Asked != nil && p.mailbox.open != nil && !p.doors.busy {
		at(max(p.doors.retryAt, 1))
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
