package invite

import (
	"encoding/hex"
	"fmt"
	"io"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

// Via is how the secret of an attempt travels.
type Via uint8

const (
	ViaCode Via = 1 // spoken
	ViaLink Via = 2 // in a link's fragment
)

// Progress is how far one attempt is.
type Progress uint8

const (
	Preparing Progress = 1 // inviter: no nameplate yet; invitee: the inviter's pake has not been seen
	Waiting   Progress = 2 // inviter: nobody came; invitee: all is left at the relay, the inviter sleeps
	Joining   Progress = 3 // both keys exist
	Done      Progress = 4
	Burnt     Progress = 5 // a wrong code was tried
	Expired   Progress = 6
	Used      Progress = 7  // invitee: used before, or withdrawn
	Unknown   Progress = 8  // invitee: no such nameplate
	Withdrawn Progress = 9  // inviter: not needed any more
	Foreign   Progress = 10 // the other side does not speak our protocol
)

// Ended reports whether nothing can happen any more.
func (p Progress) Ended() bool { return p >= Done }

// Phase is a message to leave in the rendezvous mailbox until the relay has
// confirmed it.
type Phase struct {
	wire.Redacted
	Name string `cbor:"1,keyasint"`
	Body []byte `cbor:"2,keyasint"`
}

// Attempt is one rendezvous: an inviter has up to two, by code and by link.
type Attempt struct {
	wire.Redacted
	Via       Via      `cbor:"1,keyasint"`
	Relay     string   `cbor:"2,keyasint"` // URL
	Progress  Progress `cbor:"3,keyasint"`
	Side      string   `cbor:"4,keyasint"`
	Nameplate string   `cbor:"5,keyasint,omitempty"`
	Mailbox   string   `cbor:"6,keyasint,omitempty"`
	// Code is the spoken code, Link the link, as shown to the person; empty
	// as soon as they are spent.
	Code    string  `cbor:"7,keyasint,omitempty"`
	Link    string  `cbor:"8,keyasint,omitempty"`
	PAKE    []byte  `cbor:"9,keyasint,omitempty"`  // until the key exists
	Key     []byte  `cbor:"10,keyasint,omitempty"` // until the attempt ends
	Peer    string  `cbor:"11,keyasint,omitempty"` // the other side's name
	Checked bool    `cbor:"12,keyasint,omitempty"` // the other side has the same key
	Pending []Phase `cbor:"13,keyasint,omitempty"` // not yet confirmed by the relay
	Expires int64   `cbor:"14,keyasint"`           // unix ms
	// Mood is set when the rendezvous mailbox is to be closed; Closed when
	// the relay has confirmed it.
	Mood   string `cbor:"15,keyasint,omitempty"`
	Closed bool   `cbor:"16,keyasint,omitempty"`
	// Early are phases of Peer that came before its pake: a relay may reorder.
	Early []Phase `cbor:"17,keyasint,omitempty"`
}

// maxEarly bounds the phases kept early: an invitation has two after pake.
const maxEarly = 2

// Moods of a closed rendezvous mailbox (Magic Wormhole mailbox protocol).
const (
	moodHappy  = "happy"
	moodLonely = "lonely"
	moodScary  = "scary"
	moodErrory = "errory"
)

// Names of the phases after "pake" and "version".
const (
	phasePAKE    = "pake"
	phaseVersion = "version"
	phaseCard    = "0"
)

func newAttempt(rand io.Reader, via Via, relay string, expires int64) (*Attempt, error) {
	side, err := wire.RandomBytes(rand, 8)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw side: %w", err)
	}
	return &Attempt{Via: via, Relay: relay, Progress: Preparing, Side: hex.EncodeToString(side), Expires: expires}, nil
}

// begin draws the PAKE message for password and queues it.
func (a *Attempt) begin(rand io.Reader, password []byte) error {
	pake, message, err := wormhole.Start(rand, password, wormhole.AppID)
	if err != nil {
		return fmt.Errorf("couldn't start key exchange: %w", err)
	}
	if a.PAKE, err = pake.Marshal(); err != nil {
		return fmt.Errorf("couldn't encode key exchange: %w", err)
	}
	a.Pending = append(a.Pending, Phase{Name: phasePAKE, Body: wormhole.EncodePAKE(message)})
	return nil
}

// finish takes the other side's PAKE message: one, ever.
func (a *Attempt) finish(peer string, body []byte) error {
	message, err := wormhole.DecodePAKE(body)
	if err != nil {
		return err
	}
	pake, err := wormhole.UnmarshalPAKE(a.PAKE)
	if err != nil {
		return fmt.Errorf("couldn't decode key exchange: %w", err)
	}
	key, err := pake.Finish(message)
	if err != nil {
		return err
	}
	a.Peer, a.Key, a.PAKE = peer, key[:], nil
	return nil
}

// queue encrypts a phase under the attempt's key.
func (a *Attempt) queue(rand io.Reader, name string, plaintext []byte) error {
	body, err := wormhole.EncryptPhase(rand, wormhole.Key(a.Key), a.Side, name, plaintext)
	if err != nil {
		return fmt.Errorf("couldn't encrypt phase: %w", err)
	}
	a.Pending = append(a.Pending, Phase{Name: name, Body: body})
	return nil
}

func (a *Attempt) decrypt(name string, body []byte) ([]byte, error) {
	return wormhole.DecryptPhase(wormhole.Key(a.Key), a.Peer, name, body)
}

// Confirmed notes that the relay has stored a phase of ours.
func (a *Attempt) Confirmed(name string) {
	var rest []Phase
	for _, p := range a.Pending {
		if p.Name != name {
			rest = append(rest, p)
		}
	}
	a.Pending = rest
}

// end closes the attempt and erases what it knew.
func (a *Attempt) end(p Progress, mood string) {
	a.Progress, a.Mood = p, mood
	a.Code, a.Link, a.PAKE, a.Key, a.Early = "", "", nil, nil, nil
	if a.Nameplate == "" && a.Mailbox == "" {
		a.Closed = true // the relay never heard of it
	}
}

// Live reports whether the rendezvous still has to be connected: something is
// expected from it, or it is to be closed.
func (a *Attempt) Live() bool { return a != nil && !a.Closed }

// Kept reports whether the relay has everything of ours: the other side can
// go on without us.
func (a *Attempt) Kept() bool {
	return a != nil && !a.Progress.Ended() && a.Progress != Preparing && len(a.Pending) == 0
}

func lifetime(via Via) int64 {
	if via == ViaLink {
		return relayproto.LinkLifetime.Milliseconds()
	}
	return relayproto.CodeLifetime.Milliseconds()
}
