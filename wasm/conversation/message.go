package conversation

import (
	"errors"
	"fmt"
	"io"

	"petmail/shared/mls"
	"petmail/shared/wire"
)

// MessageState is what became of a message.
type MessageState uint8

const (
	Sending     MessageState = 1 // written, not yet accepted by the contact's relay
	SentOut     MessageState = 2 // accepted by the relay
	Delivered   MessageState = 3 // acknowledged by the contact's agent
	Undelivered MessageState = 4 // not acknowledged for UndeliveredAfter
	Arrived     MessageState = 5 // not mine
)

// Message is one line of a conversation, as it is stored.
type Message struct {
	wire.Redacted
	ID     wire.ID      `cbor:"1,keyasint"`
	Cursor string       `cbor:"2,keyasint"` // order on screen; unique in the conversation
	Mine   bool         `cbor:"3,keyasint,omitempty"`
	Kind   Kind         `cbor:"4,keyasint"`
	Body   wire.Raw     `cbor:"5,keyasint,omitempty"`
	Time   int64        `cbor:"6,keyasint"` // unix ms: written or received
	State  MessageState `cbor:"7,keyasint"`
	Number uint64       `cbor:"8,keyasint"`
	Stamp  Stamp        `cbor:"9,keyasint"`
	// Timer is how long, in seconds, the message stays after it was read
	// here, or, of our own, sent; 0: for good.
	Timer uint64 `cbor:"10,keyasint,omitempty"`
	// Expires is when it disappears, unix ms; 0: its timer has not begun.
	Expires int64 `cbor:"11,keyasint,omitempty"`
	// Gone is set in a tombstone: the author has deleted the message for
	// everyone, and there is no Body any more.
	Gone *Gone `cbor:"12,keyasint,omitempty"`
	// Arrival numbers received messages by their arrival here, from 1; 0: of
	// our own, or not to be counted as unread.
	Arrival uint64 `cbor:"13,keyasint,omitempty"`
	// Claimed is the cursor that the sender's stamp gives, if the message
	// stands at another one (place).
	Claimed string `cbor:"14,keyasint,omitempty"`
	// Seen is, of our own message, one more than the number up to which the
	// other's had arrived when it was written; 0: not noted.
	Seen uint64 `cbor:"15,keyasint,omitempty"`
}

// Text returns what a text message says; ok is false for other kinds.
func (m Message) Text() (text string, ok bool) {
	if m.Kind != KindText {
		return "", false
	}
	text, err := Content{Body: m.Body}.text()
	return text, err == nil
}

// Write makes a text message of our own at now (unix ms). It goes out with
// Seal; while the conversation is Waiting it only waits.
func (c *Conversation) Write(rand io.Reader, now int64, text string) (Message, error) {
	body, err := wire.Marshal(Text{Text: text})
	if err != nil {
		return Message{}, err
	}
	if _, err := (Content{Body: body}).text(); err != nil {
		return Message{}, err
	}
	m, err := c.compose(rand, now, KindText, body)
	if err != nil {
		return Message{}, err
	}
	m.Timer = c.Timer
	return m, nil
}

// compose numbers and stamps a message of our own.
func (c *Conversation) compose(rand io.Reader, now int64, kind Kind, body []byte) (Message, error) {
	id, err := wire.NewID(rand)
	if err != nil {
		return Message{}, fmt.Errorf("couldn't draw message id: %w", err)
	}
	c.Sent++
	now = c.wallNow(now)
	c.Clock = c.Clock.next(now)
	c.mark(c.Sent, c.Clock)
	seen := uint64(1)
	if peer := c.Peer(); peer != nil {
		seen += peer.Received.UpTo
	}
	return Message{
		ID: id, Cursor: c.Clock.cursor(c.PersonaKey(), c.Sent), Mine: true, Kind: kind, Body: body,
		Time: now, State: Sending, Number: c.Sent, Stamp: c.Clock, Seen: seen,
	}, nil
}

// Seal encrypts one of our own messages once, under the current epoch, for
// every member, with all acknowledgements owed. Calling it again for the same
// message (its epoch has left the window) is harmless: receivers know its
// number.
func (c *Conversation) Seal(rand io.Reader, m Message) ([]Outgoing, error) {
	seen := ^uint64(0)
	if m.Seen > 0 {
		seen = m.Seen - 1
	}
	return c.encrypt(rand, Content{ID: m.ID, Number: m.Number, Time: m.Stamp, Kind: m.Kind, Body: m.Body, Timer: m.Timer}, seen)
}

// SealAcks encrypts a message that only acknowledges; none if nothing is owed.
// It is deposited once and forgotten.
func (c *Conversation) SealAcks(rand io.Reader, now int64) ([]Outgoing, error) {
	owed := false
	for _, m := range c.Members {
		owed = owed || m.Owed
	}
	if !owed {
		c.AckDue = 0
		return nil, nil
	}
	at := c.Clock.next(c.wallNow(now))
	out, err := c.encrypt(rand, Content{Time: at, Kind: KindAck}, ^uint64(0))
	if err == nil {
		c.Clock = at
	}
	return out, err
}

// encrypt seals a content with acknowledgements up to number seen. A message
// always has one, owed or not: where it stands hangs on what its author had
// seen, also where it is encrypted again after more has come.
func (c *Conversation) encrypt(rand io.Reader, content Content, seen uint64) ([]Outgoing, error) {
	if c.group == nil {
		return nil, errors.New("couldn't encrypt: conversation is not open")
	}
	for _, m := range c.Members {
		ack := Ack{Of: m.Leaf, UpTo: min(m.Received.UpTo, seen)}
		if m.Owed {
			ack.Deleted = m.Done
		}
		if m.Owed || content.Kind != KindAck {
			content.Acks = append(content.Acks, ack)
		}
	}
	plaintext, err := content.encode()
	if err != nil {
		return nil, fmt.Errorf("couldn't encode content: %w", err)
	}
	next, message, err := c.group.Encrypt(rand, plaintext, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("couldn't encrypt: %w", err)
	}
	out, err := c.toAll(BodyMessage, message)
	if err != nil {
		return nil, err
	}
	if err := c.step(next); err != nil {
		return nil, err
	}
	c.EpochSent++
	owed := false
	for i := range c.Members {
		m := &c.Members[i]
		m.Owed = m.Owed && m.Received.UpTo > seen
		owed = owed || m.Owed
	}
	if !owed {
		c.AckDue = 0
	}
	return out, nil
}

func (c *Conversation) toAll(kind BodyKind, payload []byte) ([]Outgoing, error) {
	body, err := EncodeBody(Body{Conversation: c.ID, Kind: kind, Payload: payload})
	if err != nil {
		return nil, err
	}
	var out []Outgoing
	for _, m := range c.Members {
		out = append(out, Outgoing{To: m.Address, Leaf: m.Leaf, Body: body, Epoch: c.group.Epoch()})
	}
	return out, nil
}

// Epoch returns the group's epoch, 0 before there is one.
func (c *Conversation) Epoch() uint64 {
	if c.group == nil {
		return 0
	}
	return c.group.Epoch()
}

// Result is what an arriving body did.
type Result struct {
	wire.Redacted
	// Message is a new message to store and show, or nil.
	Message *Message
	// Removals are messages that their author has deleted for everyone.
	Removals []Removal
	// Carried are requests of ours to delete that a member has carried out.
	Carried []Carried
	// Acked members have our messages up to their Acked.
	Acked bool
	// Owes: an acknowledgement is owed from now on; AckDue is the caller's to
	// set.
	Owes bool
	// Joined: the conversation has just become Open; what was written before
	// may now be sealed.
	Joined bool
	// Heard: a member was heard for the first time: its Welcome arrived.
	Heard bool
	// Moved: the group entered a new epoch.
	Moved bool
	// Ours: by a commit of our own.
	Ours bool
	// Behind: the body belongs to a later epoch. The slot of the current one
	// (Slot) tells how it ended; keep the body until then.
	Behind bool
}

// ErrIgnored is returned for bodies that change nothing and are not worth a
// second look: replays, old epochs, a second Welcome.
var ErrIgnored = errors.New("nothing new")

// Receive takes one envelope body that CameThrough this conversation, at now
// (unix ms). An error means that the body is dropped and nothing has changed.
func (c *Conversation) Receive(now int64, b Body) (Result, error) {
	switch b.Kind {
	case BodyWelcome:
		if c.State == Open {
			return c.repeated(), nil
		}
		if c.State != Waiting {
			return Result{}, ErrIgnored
		}
		if err := c.open(now, b.Payload); err != nil {
			return Result{}, err
		}
		// The inviter learns that we are in by our first acknowledgement.
		r := c.repeated()
		for i := range c.Members {
			c.Members[i].Heard = true
		}
		r.Joined, r.Moved = true, true
		return r, nil
	case BodyMessage, BodyCommit:
		if c.State == Waiting {
			return Result{Behind: true}, nil
		}
		if c.State != Open {
			return Result{}, ErrIgnored
		}
		info, err := mls.PeekMessage(b.Payload)
		if err != nil {
			return Result{}, fmt.Errorf("couldn't read message header: %w", err)
		}
		if info.Epoch > c.group.Epoch() {
			return Result{Behind: true}, nil
		}
		if b.Kind == BodyCommit {
			return c.receiveCommit(now, b.Payload, info.Epoch)
		}
		return c.receiveMessage(now, b.Payload)
	}
	return Result{}, fmt.Errorf("couldn't accept body: unknown kind %d", b.Kind)
}

// repeated is for what somebody deposits although we have it: our
// acknowledgement was lost, and is owed again.
func (c *Conversation) repeated() Result {
	for i := range c.Members {
		c.Members[i].Owed = true
	}
	return Result{Owes: true}
}

func (c *Conversation) receiveMessage(now int64, message []byte) (Result, error) {
	next, received, err := c.group.Process(message, mls.ProcessParams{Now: now / 1000})
	if errors.Is(err, mls.ErrReplay) {
		return c.repeated(), nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("couldn't decrypt: %w", err)
	}
	if received.Kind != mls.KindApplication {
		return Result{}, errors.New("couldn't accept message: not an application message")
	}
	// The key is spent, whatever the content turns out to be.
	if err := c.step(next); err != nil {
		return Result{}, err
	}
	m := c.member(uint32(received.Sender))
	content, err := decodeContent(received.Plaintext)
	if err != nil || m == nil {
		return Result{}, nil
	}
	var r Result
	m.Epoch = max(m.Epoch, received.Epoch)
	if !m.Heard {
		m.Heard, r.Heard = true, true
	}
	if received.Epoch == c.group.Epoch() {
		c.sawStamp(content.Time.Milli, now)
	}
	// Without acknowledgement its author has seen what it had acknowledged
	// before: all that we know of, if this is the newest.
	seen := m.Acked
	if m.Placed != nil && content.Number < m.Placed.Number {
		seen = 0
	}
	for _, a := range content.Acks {
		if a.Of != uint32(c.group.OwnLeaf()) {
			continue
		}
		seen = min(a.UpTo, c.Sent)
		if a.UpTo > m.Acked && a.UpTo <= c.Sent {
			m.Acked, r.Acked = a.UpTo, true
		}
		for _, number := range a.Deleted {
			r.Carried = append(r.Carried, Carried{Request: number, By: m.Leaf})
		}
	}
	if content.Kind == KindAck {
		return r, nil
	}
	m.Owed, r.Owes = true, true
	arrived, fresh := m.Received.add(content.Number)
	if !fresh {
		return r, nil
	}
	m.Received = arrived
	order := c.place(m, content.Number, content.Time, seen, now)
	if content.Kind == KindDelete {
		r.Removals = m.carryOut(content)
		return r, nil
	}
	r.Message = &Message{
		ID: content.ID, Cursor: order.cursor(m.Persona, content.Number), Kind: content.Kind, Body: content.Body,
		Time: c.wallNow(now), State: Arrived, Number: content.Number, Stamp: order, Timer: TimerStep(content.Timer),
	}
	if order != content.Time {
		r.Message.Claimed = content.Time.cursor(m.Persona, content.Number)
	}
	if content.Kind == KindTimer {
		r.Message.Timer = 0
		c.timerSet(*r.Message)
	}
	return r, nil
}
