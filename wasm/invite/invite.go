package invite

import (
	"errors"
	"fmt"
	"io"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/conversation"
)

// Invite is an invitation, on either side. Its exported fields are its stored
// record.
type Invite struct {
	wire.Redacted
	ID      wire.ID              `cbor:"1,keyasint"`
	Mine    bool                 `cbor:"2,keyasint,omitempty"` // we are the inviter
	Note    string               `cbor:"3,keyasint,omitempty"`
	Created int64                `cbor:"4,keyasint"` // unix ms
	Persona conversation.Persona `cbor:"5,keyasint"`
	// Own is the encoded address made for the conversation to come.
	Own  []byte   `cbor:"6,keyasint"`
	Code *Attempt `cbor:"7,keyasint,omitempty"`
	Link *Attempt `cbor:"8,keyasint,omitempty"`
	// Conversation is the group id once there is one.
	Conversation wire.ID `cbor:"9,keyasint"`
	// Dismissed: the person does not want to see it any more.
	Dismissed bool `cbor:"10,keyasint,omitempty"`
	// Door is the agent's number of the door that Own leads through.
	Door uint64 `cbor:"20,keyasint,omitempty"`
	// Met: as the invitee, we have agreed on a key with the inviter.
	Met bool `cbor:"23,keyasint,omitempty"`
	// Unfit: as the invitee, we were sent a Welcome that we cannot use.
	Unfit bool `cbor:"24,keyasint,omitempty"`
	// CodeMark tells the code again when it is spent (mark.go).
	CodeMark []byte `cbor:"26,keyasint,omitempty"`
}

// card is what the invitee leaves for the inviter.
type card struct {
	Flags      uint64 `cbor:"1,keyasint"` // cardContact
	KeyPackage []byte `cbor:"2,keyasint"` // MLS KeyPackage; its leaf holds name, persona and address
}

const cardContact = 1

// maxCard bounds a decoded card, in bytes.
const maxCard = 16 << 10

// Step is what an event led to, beside the changed Invite.
type Step struct {
	wire.Redacted
	// Conversation is a new conversation to store: open (inviter) or waiting
	// (invitee).
	Conversation *conversation.Conversation
	// Welcome goes to the new contact; set with an open Conversation.
	Welcome *conversation.Outgoing
	// Failed: the waiting conversation of this invite will never open.
	Failed bool
}

// and returns what two steps in a row led to.
func (s Step) and(next Step) Step {
	if next.Conversation != nil {
		s.Conversation, s.Welcome = next.Conversation, next.Welcome
	}
	s.Failed = s.Failed || next.Failed
	return s
}

// New opens an invitation as the inviter. The link works at once; the code
// follows with Allocated.
func New(rand io.Reader, now int64, relay, note string, persona conversation.Persona, own address.Address) (*Invite, error) {
	inv, err := newInvite(rand, now, persona, own)
	if err != nil {
		return nil, err
	}
	inv.Mine, inv.Note = true, note
	if inv.Code, err = newAttempt(rand, ViaCode, relay, now+lifetime(ViaCode)); err != nil {
		return nil, err
	}
	if inv.Link, err = newAttempt(rand, ViaLink, relay, now+lifetime(ViaLink)); err != nil {
		return nil, err
	}
	link, err := wormhole.NewLink(rand, relay)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw link: %w", err)
	}
	inv.Link.Link, inv.Link.Progress = link.String(), Waiting
	return inv, inv.Link.enter(rand, link)
}

func newInvite(rand io.Reader, now int64, persona conversation.Persona, own address.Address) (*Invite, error) {
	id, err := wire.NewID(rand)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw invite id: %w", err)
	}
	where, err := own.Bytes()
	if err != nil {
		return nil, err
	}
	return &Invite{ID: id, Created: now, Persona: persona, Own: where}, nil
}

// AcceptCode begins as the invitee of a spoken code at relay.
func AcceptCode(rand io.Reader, now int64, relay string, code wormhole.Code, persona conversation.Persona, own address.Address) (*Invite, error) {
	inv, err := newInvite(rand, now, persona, own)
	if err != nil {
		return nil, err
	}
	if inv.Code, err = newAttempt(rand, ViaCode, relay, now+lifetime(ViaCode)); err != nil {
		return nil, err
	}
	inv.Code.Nameplate, inv.CodeMark = code.Nameplate, codeMark(relay, code)
	return inv, inv.Code.begin(rand, code.Password())
}

// AcceptLink begins as the invitee of a link.
func AcceptLink(rand io.Reader, now int64, link wormhole.Link, persona conversation.Persona, own address.Address) (*Invite, error) {
	inv, err := newInvite(rand, now, persona, own)
	if err != nil {
		return nil, err
	}
	if inv.Link, err = newAttempt(rand, ViaLink, link.Relay, now+lifetime(ViaLink)); err != nil {
		return nil, err
	}
	return inv, inv.Link.enter(rand, link)
}

// enter begins in the mailbox and with the password that link stands for.
func (a *Attempt) enter(rand io.Reader, link wormhole.Link) (err error) {
	if a.Mailbox, err = link.MailboxID(); err != nil {
		return err
	}
	password, err := link.Password()
	if err != nil {
		return err
	}
	return a.begin(rand, password)
}

// Attempt returns the attempt by via, or nil.
func (inv *Invite) Attempt(via Via) *Attempt {
	if via == ViaCode {
		return inv.Code
	}
	return inv.Link
}

// Allocated gives the inviter's code its nameplate and draws its words.
func (inv *Invite) Allocated(rand io.Reader, nameplate string) error {
	a := inv.Code
	if a.Nameplate != "" || a.Progress != Preparing {
		return nil
	}
	code, err := wormhole.NewCode(rand, nameplate, 2)
	if err != nil {
		return fmt.Errorf("couldn't draw code: %w", err)
	}
	a.Nameplate, a.Code, a.Progress = nameplate, code.String(), Waiting
	inv.CodeMark = codeMark(a.Relay, code)
	return a.begin(rand, code.Password())
}

// Phase takes a message of the other side. An error is for the log: the
// message is dropped and nothing has changed.
func (inv *Invite) Phase(rand io.Reader, provider mls.Provider, now int64, via Via, side, name string, body []byte) (Step, error) {
	a := inv.Attempt(via)
	if a == nil || a.Progress.Ended() || side == a.Side {
		return Step{}, nil
	}
	if a.Peer != "" && side != a.Peer {
		return Step{}, errors.New("couldn't accept phase: from a third side")
	}
	switch {
	case name == phasePAKE && a.Key == nil && a.PAKE != nil:
		step, err := inv.meet(rand, provider, now, a, side, body)
		early := a.Early
		a.Early = nil
		for _, p := range early {
			if a.Progress.Ended() || err != nil {
				break
			}
			var next Step
			next, err = inv.Phase(rand, provider, now, via, side, p.Name, p.Body)
			step = step.and(next)
		}
		return step, err
	case a.Key == nil && a.PAKE != nil && (name == phaseVersion || name == phaseCard):
		if len(a.Early) < maxEarly {
			a.Peer = side
			a.Early = append(a.Early, Phase{Name: name, Body: body})
		}
		return Step{}, nil
	case name == phaseVersion && a.Key != nil && !a.Checked:
		if _, err := a.decrypt(name, body); err != nil {
			inv.burn(a)
			return Step{Failed: !inv.Mine}, nil
		}
		a.Checked = true
		return Step{}, nil
	case name == phaseCard && a.Key != nil && inv.Mine:
		plaintext, err := a.decrypt(name, body)
		if err != nil {
			inv.burn(a)
			return Step{}, nil
		}
		return inv.complete(rand, provider, now, a, plaintext)
	}
	return Step{}, nil
}

// meet takes the other side's PAKE message and answers with ours.
func (inv *Invite) meet(rand io.Reader, provider mls.Provider, now int64, a *Attempt, side string, body []byte) (Step, error) {
	if err := a.finish(side, body); err != nil {
		// One guess: whatever this was, nobody gets a second one.
		inv.burn(a)
		return Step{Failed: !inv.Mine}, nil
	}
	a.Progress = Joining
	if err := a.queue(rand, phaseVersion, []byte(`{"app_versions":{}}`)); err != nil {
		return Step{}, err
	}
	if inv.Mine {
		return Step{}, nil
	}
	own, err := address.ParseAddress(inv.Own)
	if err != nil {
		return Step{}, err
	}
	id, psk, err := a.bind()
	if err != nil {
		return Step{}, err
	}
	c, keyPackage, err := conversation.Await(rand, provider, now, id, psk, inv.Persona, own)
	if err != nil {
		return Step{}, err
	}
	left, err := wire.Marshal(card{Flags: cardContact, KeyPackage: keyPackage})
	if err != nil {
		return Step{}, err
	}
	if err := a.queue(rand, phaseCard, left); err != nil {
		return Step{}, err
	}
	a.Progress, inv.Conversation, inv.Met = Waiting, id, true
	return Step{Conversation: c}, nil
}

// complete makes the conversation from the invitee's card.
func (inv *Invite) complete(rand io.Reader, provider mls.Provider, now int64, a *Attempt, plaintext []byte) (Step, error) {
	foreign := func(err error) (Step, error) {
		a.end(Foreign, moodErrory)
		return Step{}, fmt.Errorf("couldn't accept card: %w", err)
	}
	var c card
	if err := wire.UnmarshalLoose(plaintext, &c, maxCard); err != nil {
		return foreign(err)
	}
	if c.Flags != cardContact {
		return foreign(errors.New("unknown flags"))
	}
	own, err := address.ParseAddress(inv.Own)
	if err != nil {
		return Step{}, err
	}
	id, psk, err := a.bind()
	if err != nil {
		return Step{}, err
	}
	open, welcome, err := conversation.Create(rand, provider, now, id, psk, inv.Persona, own, c.KeyPackage)
	if err != nil {
		return foreign(err)
	}
	a.end(Done, moodHappy)
	for _, other := range []*Attempt{inv.Code, inv.Link} {
		if other != a && other != nil && !other.Progress.Ended() {
			other.end(Withdrawn, moodLonely)
		}
	}
	inv.Conversation = id
	return Step{Conversation: open, Welcome: &welcome}, nil
}

// bind derives from the invitation's key what ties the group to it.
func (a *Attempt) bind() (id wire.ID, psk []byte, err error) {
	group, err := wormhole.DeriveKey(wormhole.Key(a.Key), "petmail/invite/group", len(id))
	if err != nil {
		return id, nil, err
	}
	psk, err = wormhole.DeriveKey(wormhole.Key(a.Key), "petmail/invite/psk", 32)
	return wire.ID(group), psk, err
}

func (inv *Invite) burn(a *Attempt) { a.end(Burnt, moodScary) }

// Opened notes, as the invitee, that the inviter's Welcome has arrived.
func (inv *Invite) Opened() {
	inv.Unfit = false
	for _, a := range []*Attempt{inv.Code, inv.Link} {
		if a != nil && !a.Progress.Ended() {
			a.end(Done, moodHappy)
		}
	}
}

// Refused notes that the relay will not let us in.
func (inv *Invite) Refused(via Via, reason Progress) Step {
	a := inv.Attempt(via)
	if a == nil || a.Progress.Ended() {
		return Step{}
	}
	a.end(reason, moodErrory)
	a.Closed = true
	return Step{Failed: !inv.Mine}
}

// Withdraw ends an open invitation because the person dismissed it.
func (inv *Invite) Withdraw() {
	for _, a := range []*Attempt{inv.Code, inv.Link} {
		if a != nil && !a.Progress.Ended() {
			a.end(Withdrawn, moodLonely)
		}
	}
}

// Expire ends the attempts whose time is over and reports whether any did. An
// invitee that has left its card waits for the Welcome as long as the relay
// keeps one for it.
func (inv *Invite) Expire(now int64) (changed bool, step Step) {
	for _, a := range []*Attempt{inv.Code, inv.Link} {
		if a == nil || a.Progress.Ended() || now < inv.expiry(a) {
			continue
		}
		a.end(Expired, moodLonely)
		changed = true
		step.Failed = !inv.Mine
	}
	return changed, step
}

// NextExpiry returns when Expire will do something, unix ms; 0: never.
func (inv *Invite) NextExpiry() int64 {
	var next int64
	for _, a := range []*Attempt{inv.Code, inv.Link} {
		if a == nil || a.Progress.Ended() {
			continue
		}
		if e := inv.expiry(a); next == 0 || e < next {
			next = e
		}
	}
	return next
}

func (inv *Invite) expiry(a *Attempt) int64 {
	if !inv.Mine && a.Key != nil {
		return a.Expires + relayproto.EnvelopeRetention.Milliseconds()
	}
	return a.Expires
}

// Has reports whether an attempt has come exactly so far.
func (inv *Invite) Has(p Progress) bool {
	return inv.Code != nil && inv.Code.Progress == p || inv.Link != nil && inv.Link.Progress == p
}

// Ended reports whether no attempt can succeed any more, or one has.
func (inv *Invite) Ended() bool {
	for _, a := range []*Attempt{inv.Code, inv.Link} {
		if a != nil && !a.Progress.Ended() {
			return false
		}
	}
	return true
}

// Silent reports whether the rendezvous is over, too: nothing is left to
// connect for.
func (inv *Invite) Silent() bool { return !inv.Code.Live() && !inv.Link.Live() }
