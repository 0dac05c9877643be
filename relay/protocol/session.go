package protocol

import (
	"crypto/ed25519"
	"time"

	"petmail/relay/core"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// MaxMessage bounds a message from an agent, in bytes; the largest is an ack
// of relayproto.MaxAcksPerFrame sequence numbers.
const MaxMessage = 12 << 10

// silentTimeout is how long an agent may say nothing, not even ping.
const silentTimeout = 2 * time.Minute

// Bounds of what a session keeps in memory between commit and sending. What
// does not fit is read from the queue later.
const (
	maxFresh      = 32       // envelopes
	maxFreshBytes = 64 << 10 // bytes, after the first envelope
)

// pageBytes bounds the envelopes read from the queue at once.
const pageBytes = 64 << 10

// maxPongs is how many pings may wait for their pong before the agent is taken
// for hostile.
const maxPongs = 16

// Session is one mailbox socket as a state machine: it does no I/O and looks
// at no clock. The host tells it what happens,
//
//	Received, Offer, End, and Done for each Step's and each message's call
//
// and asks Next what to send: at the start, then whenever the socket takes more
// after something has happened, but not while a Step's call is under way. A
// session's methods are called one at a time.
type Session struct {
	wire.Redacted
	relay *Relay
	stage stage
	nonce []byte // of the challenge, until it is answered

	mailbox core.MailboxID
	waiting uint64 // envelopes, when the agent had proved itself

	sent       uint64          // the last sequence number
	credit     int             // envelopes that may be sent
	fresh      []core.Delivery // committed, in order, newer than the queue was read
	freshBytes int
	page       []core.Delivery // read, and not sent yet
	behind     bool            // the queue holds envelopes that are neither in fresh nor in page
	pongs      []uint64
	ended      Ending
}

type stage uint8

const (
	stageNew    stage = iota
	stageProof        // the challenge was sent
	stageLookup       // the proof is right, the mailbox is being looked for
	stageFound        // Ready comes next
	stageOpen
)

// Ending says why a session ends.
type Ending uint8

const (
	endNot      Ending = iota
	EndReplaced        // a newer session of the same mailbox took over
	EndClosed          // the mailbox was closed
	endAbuse           // the agent broke the protocol
	endNoProof         // it did so before it had proved anything
	endForged          // the proof is wrong
	endUnknown         // there is no such mailbox
	endUnread          // the storage can't be read
	endUnstored        // an ack could not be stored: the agent comes back and repeats it
)

// SessionCall is what a session wants of the storage. The host runs it, then
// gives the result to Done.
type SessionCall struct {
	Reads bool // it changes nothing
	run   func(tx core.Tx) (Result, error)
	fails Ending // of the session, if it fails
}

// Result is what a SessionCall has found.
type Result struct{ done func(s *Session) }

// Run carries the call out in tx. The error is the Tx's.
func (c *SessionCall) Run(tx core.Tx) (Result, error) { return c.run(tx) }

// Step is what a host does next for a session: send Frames in order, then run
// Call, if there is one, or end the socket if Close says so.
type Step struct {
	Frames []relayproto.Frame
	Call   *SessionCall
	Close  *Close
}

// Close ends a socket.
type Close struct {
	Code   int // of WebSocket; 0: without a word
	Reason string
}

// Codes of Close, RFC 6455 §7.4.1.
const (
	normalClosure   = 1000
	policyViolation = 1008
)

// NewSession begins a session. nonce is random, of relayproto.NonceSize bytes.
func (r *Relay) NewSession(nonce []byte) *Session { return &Session{relay: r, nonce: nonce} }

// Patience is how long the agent may be silent from now on. A host whose alarm
// goes off then ends the socket without a word.
func (s *Session) Patience() time.Duration {
	if s.stage < stageFound {
		return relayproto.AuthTimeout
	}
	return silentTimeout
}

// Mailbox is the one that the agent has proved to be its own; 0: none yet.
// From then on the host hands on what is deposited there, before it asks Next.
func (s *Session) Mailbox() core.MailboxID { return s.mailbox }

// Ended tells whether the session is over but for what Next says last. No
// message is read any more.
func (s *Session) Ended() bool { return s.ended != endNot }

// Received takes a message of the agent. The host runs the call, if there is
// one, and has it Done before it reads the next message: that puts a pong
// behind the acks before its ping.
func (s *Session) Received(message []byte, binary bool) *SessionCall {
	if s.Ended() {
		return nil
	}
	f, err := relayproto.DecodeFrame(message)
	malformed := err != nil || !binary
	if s.stage != stageFound && s.stage != stageOpen {
		if malformed || f.Type != relayproto.FrameAuth || s.stage != stageProof {
			s.End(endNoProof)
			return nil
		}
		return s.prove(f)
	}
	if malformed {
		s.End(endAbuse)
		return nil
	}
	switch f.Type {
	case relayproto.FrameAck:
		id, upTo, seqs := s.mailbox, f.UpTo, f.Seqs
		queue := s.relay.mailboxes.Queue()
		return &SessionCall{fails: endUnstored, run: func(tx core.Tx) (Result, error) {
			return Result{}, queue.Acknowledge(tx, id, upTo, seqs)
		}}
	case relayproto.FrameCredit:
		s.credit = min(s.credit+int(f.Credit), relayproto.MaxCredit)
	case relayproto.FramePing:
		if len(s.pongs) >= maxPongs {
			s.End(endAbuse)
			return nil
		}
		s.pongs = append(s.pongs, f.Token)
	default:
		s.End(endAbuse)
	}
	return nil
}

// prove checks the answer to the challenge.
func (s *Session) prove(f relayproto.Frame) *SessionCall {
	if !relayproto.VerifyAuth(f, s.relay.id, s.nonce) {
		s.End(endForged)
		return nil
	}
	s.nonce, s.stage = nil, stageLookup
	key, credit, mailboxes := ed25519.PublicKey(f.Key), int(f.Credit), s.relay.mailboxes
	return &SessionCall{Reads: true, fails: endUnread, run: func(tx core.Tx) (Result, error) {
		id, waiting, found, err := mailboxes.Find(tx, key)
		return Result{done: func(s *Session) {
			if !found {
				s.End(endUnknown)
				return
			}
			s.stage, s.mailbox, s.waiting, s.credit, s.behind = stageFound, id, waiting, credit, true
		}}, err
	}}
}

// Done takes what a call has found, or why it could not be carried out.
func (s *Session) Done(call *SessionCall, result Result, err error) {
	switch {
	case err != nil:
		s.End(call.fails)
	case result.done != nil:
		result.done(s)
	}
}

// Offer takes an envelope that was committed to the mailbox, in the order of
// commits.
func (s *Session) Offer(d core.Delivery) {
	switch {
	case s.behind:
	case s.credit == 0, len(s.fresh) >= maxFresh, len(s.fresh) > 0 && s.freshBytes+len(d.Data) > maxFreshBytes:
		// What is in fresh comes first; from there on the queue is read.
		s.behind = true
	default:
		s.fresh = append(s.fresh, d)
		s.freshBytes += len(d.Data)
	}
}

// End ends the session. What was said first stands.
func (s *Session) End(why Ending) {
	if s.ended == endNot {
		s.ended = why
	}
}

// Next returns what to do now. An empty Step says that there is nothing until
// something happens. When it holds a call that reads, everything committed
// before is in the queue, and everything after comes by Offer.
func (s *Session) Next() (step Step) {
	send := func(f relayproto.Frame) { step.Frames = append(step.Frames, f) }
	switch s.stage {
	case stageNew:
		s.stage = stageProof
		send(relayproto.Frame{Type: relayproto.FrameChallenge, Nonce: s.nonce})
		return step
	case stageFound:
		s.stage = stageOpen
		send(relayproto.Frame{Type: relayproto.FrameReady, Waiting: s.waiting})
	}
	if s.Ended() {
		s.last(&step)
		return step
	}
	for _, token := range s.pongs {
		send(relayproto.Frame{Type: relayproto.FramePong, Token: token})
	}
	s.pongs = nil
	for _, d := range s.take() {
		s.sent = d.Seq
		send(relayproto.Frame{Type: relayproto.FrameDeliver, Seq: d.Seq, Envelope: d.Data})
	}
	if s.behind && s.credit > 0 {
		s.behind = false
		step.Call = s.read()
	}
	return step
}

// take returns what is to be delivered from memory, and takes the credit for
// it.
func (s *Session) take() []core.Delivery {
	if page := s.page; page != nil {
		s.page = nil
		return page // the credit was taken when it was read
	}
	for len(s.fresh) > 0 && s.fresh[0].Seq <= s.sent { // came from the queue meanwhile
		s.fresh = s.fresh[1:]
	}
	n := min(len(s.fresh), s.credit)
	list := s.fresh[:n:n]
	s.credit -= n
	if n < len(s.fresh) {
		s.behind = true // credit ran out: the rest is read again later
	}
	s.fresh, s.freshBytes = nil, 0
	return list
}

// read asks for the envelopes after the last that was sent.
func (s *Session) read() *SessionCall {
	id, sent, credit := s.mailbox, s.sent, s.credit
	queue := s.relay.mailboxes.Queue()
	return &SessionCall{Reads: true, fails: endUnread, run: func(tx core.Tx) (Result, error) {
		list, err := queue.Pending(tx, id, sent, credit, pageBytes)
		return Result{done: func(s *Session) { s.turn(list) }}, err
	}}
}

// turn takes a page of the queue. If there is anything on it, there may be
// more behind it, before what is in fresh.
func (s *Session) turn(list []core.Delivery) {
	if len(list) == 0 {
		return
	}
	s.credit -= len(list)
	s.page, s.behind = list, true
	s.fresh, s.freshBytes = nil, 0
}

// last says how a session that has ended ends.
func (s *Session) last(step *Step) {
	refuse := func(code relayproto.Code, message string) {
		step.Frames = append(step.Frames, relayproto.Frame{Type: relayproto.FrameError, Error: &relayproto.Error{Code: code, Message: message}})
		step.Close = &Close{Code: policyViolation, Reason: string(code)}
	}
	switch s.ended {
	case EndReplaced:
		step.Frames = append(step.Frames, relayproto.Frame{Type: relayproto.FrameReplaced})
		step.Close = &Close{Code: normalClosure, Reason: "replaced"}
	case EndClosed:
		refuse(relayproto.CodeNoMailbox, "the mailbox was closed")
	case endAbuse:
		refuse(relayproto.CodeMalformed, "not a frame for a relay")
	case endNoProof:
		refuse(relayproto.CodeMalformed, "expected an auth frame")
	case endForged:
		refuse(relayproto.CodeUnauthorized, "the signature is not the mailbox's for this socket")
	case endUnknown:
		refuse(relayproto.CodeNoMailbox, "no such mailbox; register it first")
	case endUnread:
		refuse(relayproto.CodeUnavailable, "the relay can't read its storage, try later")
	default:
		step.Close = &Close{}
	}
}
