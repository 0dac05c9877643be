package note

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

// How long a note waits.
const (
	// SendLifetime is how long a code of ours can be used, while we are
	// connected.
	SendLifetime = 24 * time.Hour
	// ReceiveLifetime is how long we wait for a sender who has not come.
	ReceiveLifetime = time.Hour
	// JoinLifetime is how long the other side may take once it is there.
	JoinLifetime = 5 * time.Minute
	// LeaveLifetime is how long we try to tell the relay that it is over.
	LeaveLifetime = time.Hour
)

// Progress is how far a note is.
type Progress uint8

const (
	Preparing   Progress = 1  // sender: no nameplate yet; receiver: the relay has not answered
	Waiting     Progress = 2  // the other side is not there
	Joining     Progress = 3  // it is; the text has not arrived yet
	Done        Progress = 4  // sender: the receiver has taken the text; receiver: it is here
	Wrong       Progress = 5  // another code was used: burnt
	Expired     Progress = 6  // nobody came, or the relay has forgotten the code
	Left        Progress = 7  // the other side came and did not finish
	Used        Progress = 8  // two others use this code already
	Refused     Progress = 9  // the other side has given up; Problem may say why
	File        Progress = 10 // receiver: it was a file, which we have refused
	Unsupported Progress = 11 // the other side or the relay speaks something else
	Cancelled   Progress = 12 // by the person
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

// Note is one text on its way. Its exported fields are its stored record.
type Note struct {
	wire.Redacted
	ID       wire.ID  `cbor:"1,keyasint"`
	Sender   bool     `cbor:"2,keyasint,omitempty"` // we send
	Created  int64    `cbor:"3,keyasint"`           // unix ms
	Relay    string   `cbor:"4,keyasint"`           // URL
	Progress Progress `cbor:"5,keyasint"`
	// Text is what is to be sent, until it has been taken, or what came.
	Text string `cbor:"6,keyasint,omitempty"`
	// Code is the sender's, as shown to the person; empty as soon as it is
	// spent.
	Code      string  `cbor:"7,keyasint,omitempty"`
	Side      string  `cbor:"8,keyasint"`
	Nameplate string  `cbor:"9,keyasint,omitempty"` // until given back
	Mailbox   string  `cbor:"10,keyasint,omitempty"`
	PAKE      []byte  `cbor:"11,keyasint,omitempty"` // until the key exists
	Key       []byte  `cbor:"12,keyasint,omitempty"` // until the note ends
	Peer      string  `cbor:"13,keyasint,omitempty"` // the other side's name
	Checked   bool    `cbor:"14,keyasint,omitempty"` // the other side has the same key
	Offered   bool    `cbor:"15,keyasint,omitempty"` // sender: the text is in Pending or at the relay
	Pending   []Phase `cbor:"16,keyasint,omitempty"` // not yet confirmed by the relay
	// Early are phases of Peer that came before its pake: a relay may reorder.
	Early   []Phase `cbor:"17,keyasint,omitempty"`
	Expires int64   `cbor:"18,keyasint"` // unix ms; once ended: until when we try to leave
	// Mood is set when the rendezvous mailbox is to be closed; Closed when
	// the relay has confirmed it.
	Mood   string `cbor:"19,keyasint,omitempty"`
	Closed bool   `cbor:"20,keyasint,omitempty"`
	// Problem is the other side's reason for giving up, in its words.
	Problem string `cbor:"21,keyasint,omitempty"`
	// Dismissed: the person does not want to see it any more.
	Dismissed bool `cbor:"22,keyasint,omitempty"`
}

// ErrTooLong is returned for a text that does not fit a message.
var ErrTooLong = errors.New("text does not fit a message")

// Send begins a note of ours; its code follows with Allocated.
func Send(rand io.Reader, now int64, relay, text string) (*Note, error) {
	if _, err := wormhole.EncodeTextOffer(text); err != nil {
		return nil, ErrTooLong
	}
	n, err := begin(rand, now, relay, SendLifetime)
	if err != nil {
		return nil, err
	}
	n.Sender, n.Text = true, text
	return n, nil
}

// Receive begins as the receiver of a code at relay.
func Receive(rand io.Reader, now int64, relay string, code wormhole.Code) (*Note, error) {
	n, err := begin(rand, now, relay, ReceiveLifetime)
	if err != nil {
		return nil, err
	}
	n.Nameplate = code.Nameplate
	return n, n.start(rand, code)
}

func begin(rand io.Reader, now int64, relay string, lifetime time.Duration) (*Note, error) {
	id, err := wire.NewID(rand)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw note id: %w", err)
	}
	side, err := wire.RandomBytes(rand, 8)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw side: %w", err)
	}
	return &Note{
		ID: id, Created: now, Relay: relay, Progress: Preparing,
		Side: hex.EncodeToString(side), Expires: now + lifetime.Milliseconds(),
	}, nil
}

// Allocated gives the sender's note its nameplate and draws the words.
func (n *Note) Allocated(rand io.Reader, nameplate string) error {
	if !n.Sender || n.Nameplate != "" || n.Progress != Preparing {
		return nil
	}
	code, err := wormhole.NewCode(rand, nameplate, wormhole.DefaultWords)
	if err != nil {
		return fmt.Errorf("couldn't draw code: %w", err)
	}
	n.Nameplate, n.Code, n.Progress = nameplate, code.String(), Waiting
	return n.start(rand, code)
}

// Opened notes that everything that stood in the mailbox has been seen on a
// connection. there: our own pake was among it.
func (n *Note) Opened(now int64, there bool) {
	switch {
	case n.Progress.Ended():
	case !there && !n.pending(wormhole.PhasePAKE):
		// The relay had it and has it no more: the code leads nowhere.
		n.end(now, Expired, wormhole.MoodLonely)
	case n.Progress == Preparing && !n.Sender:
		n.Progress = Waiting
	}
}

// Refuse notes that the relay will not let us in.
func (n *Note) Refuse(now int64, reason Progress) {
	if n.Progress.Ended() {
		n.Closed = true
		return
	}
	n.end(now, reason, wormhole.MoodErrory)
	n.Closed = true
}

// Cancel ends a note because the person wants that, and tells the other side
// if it is there.
func (n *Note) Cancel(rand io.Reader, now int64) error {
	if n.Progress.Ended() {
		return nil
	}
	if n.Checked {
		if err := n.giveUp(rand, "cancelled by the other person"); err != nil {
			return err
		}
	}
	n.end(now, Cancelled, wormhole.MoodErrory)
	return nil
}

// Expire ends a note whose time is over and reports whether it changed.
func (n *Note) Expire(now int64) bool {
	switch {
	case now < n.Expires || n.Closed:
		return false
	case n.Progress.Ended():
		n.Closed = true // the relay will clean up after us
	case n.Key != nil:
		n.end(now, Left, wormhole.MoodErrory)
	default:
		n.end(now, Expired, wormhole.MoodLonely)
	}
	return true
}

// NextExpiry returns when Expire will do something, unix ms; 0: never.
func (n *Note) NextExpiry() int64 {
	if n.Closed {
		return 0
	}
	return n.Expires
}

// Live reports whether the rendezvous still has to be connected.
func (n *Note) Live() bool { return !n.Closed }

// Shown reports whether the sender's code can be used: the relay has our half
// of it.
func (n *Note) Shown() bool {
	return n.Sender && n.Progress == Waiting && n.Mailbox != "" && !n.pending(wormhole.PhasePAKE)
}

// end closes the note and erases what it knew, texts that a person may still
// want to see excepted.
func (n *Note) end(now int64, p Progress, mood string) {
	n.Progress, n.Mood, n.Expires = p, mood, now+LeaveLifetime.Milliseconds()
	n.Code, n.PAKE, n.Key, n.Early = "", nil, nil, nil
	if n.Sender && (p == Done || p == Cancelled) {
		n.Text = ""
	}
	if n.Nameplate == "" && n.Mailbox == "" {
		n.Closed = true // the relay never heard of it
	}
}
