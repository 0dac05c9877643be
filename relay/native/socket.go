package native

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"petmail/relay/core"
	"petmail/shared/relayproto"
)

// pageBytes bounds the envelopes read from the database at once.
const pageBytes = 64 << 10

// maxAgentFrame bounds a frame from an agent, in bytes; the largest is an ack
// of MaxAcksPerFrame sequence numbers.
const maxAgentFrame = 12 << 10

// errHostile ends a socket whose client broke the protocol.
var errHostile = errors.New("the client broke the protocol")

// serveMailbox is GET /mailbox.
func (s *Server) serveMailbox(w http.ResponseWriter, r *http.Request) {
	s.serveSocket(w, r, "mailbox", maxAgentFrame, func(ctx context.Context, end func(), c *websocket.Conn, _ prefix) func() {
		id, waiting, auth, err := s.authenticate(ctx, c)
		if err != nil {
			return func() {}
		}
		credit := auth.Credit
		return func() { s.mailboxSocket(ctx, end, c, id, waiting, credit) }
	})
}

// serveSocket accepts a WebSocket, within the limits, and lets begin and then
// what it returns have it until it or the server ends. ctx ends with the
// server or by end, which closes the socket too. Each runs on a goroutine of its own, so that an idle socket keeps
// neither what the handler needed nor the stack that a signature takes.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request, kind string, maxFrame int64,
	begin func(ctx context.Context, end func(), c *websocket.Conn, client prefix) (run func())) {
	client := s.clientPrefix(r)
	release, ok := s.enterSocket(w, client)
	if !ok {
		return
	}
	// Any origin may connect: nothing here rests on cookies.
	c, err := websocket.Accept(slimWriter{w}, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		release()
		return // Accept has answered
	}
	c.SetReadLimit(maxFrame)
	ctx, cancel := context.WithCancel(context.Background())
	s.metrics.socket(kind, 1)
	unwatch := context.AfterFunc(s.closing, func() {
		// The server ends: tell the client, then stop whatever waits.
		_ = c.Close(websocket.StatusGoingAway, "")
		cancel()
	})
	end := func() {
		cancel()
		_ = c.CloseNow()
	}
	go func() {
		run := begin(ctx, end, c, client)
		go func() {
			defer release()
			defer s.metrics.socket(kind, -1)
			defer end()
			defer unwatch()
			run()
		}()
	}()
}

// mailboxSocket runs one authenticated socket. It reads; the
// goroutine of its inbox writes.
func (s *Server) mailboxSocket(ctx context.Context, end func(), c *websocket.Conn, id core.MailboxID, waiting uint64, credit uint32) {
	out := &sender{s: s, c: c, id: id, waiting: waiting}
	in := newInbox(credit, func(in *inbox) {
		if !out.send(ctx, in) {
			in.stop()
			end()
		}
	})
	s.hub.join(id, in)
	defer s.hub.leave(id, in)
	defer in.wait()
	defer in.stop()
	defer end()
	in.signal()
	pace := newPace()
	silent := time.AfterFunc(silentTimeout, end)
	defer silent.Stop()
	for {
		// A context that can end would cost an idle socket half a kilobyte;
		// whoever ends ctx closes the socket.
		f, err := readFrame(context.Background(), c)
		silent.Reset(silentTimeout)
		if err == nil {
			err = pace.wait(ctx)
		}
		if err != nil {
			if errors.Is(err, errHostile) {
				in.end(endAbuse)
				in.wait()
			}
			return
		}
		switch f.Type {
		case relayproto.FrameAck:
			// Waiting for the commit orders a pong after the acks before it.
			err = s.writer.write(ctx, func(tx core.Tx) error {
				return s.relay.Acknowledge(tx, id, f.UpTo, f.Seqs)
			}, nil)
			if err != nil {
				return // the agent comes back and acknowledges again
			}
			s.metrics.acks.Inc()
		case relayproto.FrameCredit:
			in.addCredit(int(f.Credit), relayproto.MaxCredit)
		case relayproto.FramePing:
			in.pong(f.Token)
		default:
			in.end(endAbuse)
			in.wait()
			return
		}
	}
}

// authenticate sends the challenge and checks the answer.
func (s *Server) authenticate(ctx context.Context, c *websocket.Conn) (id core.MailboxID, waiting uint64, auth relayproto.Frame, err error) {
	nonce := make([]byte, relayproto.NonceSize)
	if _, err := rand.Read(nonce); err != nil {
		return 0, 0, auth, err
	}
	if err := writeFrame(ctx, c, relayproto.Frame{Type: relayproto.FrameChallenge, Nonce: nonce}); err != nil {
		return 0, 0, auth, err
	}
	patient, cancel := context.WithTimeout(ctx, relayproto.AuthTimeout)
	defer cancel()
	auth, err = readFrame(patient, c)
	switch {
	case errors.Is(err, errHostile), err == nil && auth.Type != relayproto.FrameAuth:
		return 0, 0, auth, s.refuseSocket(ctx, c, relayproto.CodeMalformed, "expected an auth frame")
	case err != nil:
		return 0, 0, auth, err
	case !relayproto.VerifyAuth(auth, s.relay.ID(), nonce):
		return 0, 0, auth, s.refuseSocket(ctx, c, relayproto.CodeUnauthorized, "the signature is not the mailbox's for this socket")
	}
	id, waiting, found, err := s.relay.FindMailbox(readTx{s.db}, ed25519.PublicKey(auth.Key))
	if err != nil {
		s.log.Error("couldn't look up a mailbox", "error", err)
		return 0, 0, auth, s.refuseSocket(ctx, c, relayproto.CodeUnavailable, "the relay can't read its storage, try later")
	}
	if !found {
		return 0, 0, auth, s.refuseSocket(ctx, c, relayproto.CodeNoMailbox, "no such mailbox; register it first")
	}
	return id, waiting, auth, nil
}

// refuseSocket sends an error frame, closes, and returns an error.
func (s *Server) refuseSocket(ctx context.Context, c *websocket.Conn, code relayproto.Code, message string) error {
	e := &relayproto.Error{Code: code, Message: message}
	if err := writeFrame(ctx, c, relayproto.Frame{Type: relayproto.FrameError, Error: e}); err != nil {
		return err
	}
	_ = c.Close(websocket.StatusPolicyViolation, string(code))
	return e
}

// sender writes the frames of a mailbox socket after authentication.
type sender struct {
	s       *Server
	c       *websocket.Conn
	id      core.MailboxID
	waiting uint64 // envelopes, when the socket was authenticated
	ready   bool   // the first frame was sent
	sent    uint64 // the last sequence number
}

// send does the work that waits in in. It returns false when the socket is
// of no more use.
func (o *sender) send(ctx context.Context, in *inbox) (ok bool) {
	if !o.ready {
		o.ready = true
		if writeFrame(ctx, o.c, relayproto.Frame{Type: relayproto.FrameReady, Waiting: o.waiting}) != nil {
			return false
		}
	}
	w := in.take(o.sent)
	switch w.ended {
	case endReplaced:
		if writeFrame(ctx, o.c, relayproto.Frame{Type: relayproto.FrameReplaced}) == nil {
			_ = o.c.Close(websocket.StatusNormalClosure, "replaced")
		}
		return false
	case endClosed:
		_ = o.s.refuseSocket(ctx, o.c, relayproto.CodeNoMailbox, "the mailbox was closed")
		return false
	case endAbuse:
		_ = o.s.refuseSocket(ctx, o.c, relayproto.CodeMalformed, "not a frame for a relay")
		return false
	}
	for _, token := range w.pongs {
		if writeFrame(ctx, o.c, relayproto.Frame{Type: relayproto.FramePong, Token: token}) != nil {
			return false
		}
	}
	if !o.deliver(ctx, w.fresh) {
		return false
	}
	if !w.behind {
		return true
	}
	deliveries, err := o.s.relay.Pending(readTx{o.s.db}, o.id, o.sent, w.credit, pageBytes)
	if err != nil {
		o.s.log.Error("couldn't read a mailbox", "error", err)
		_ = o.s.refuseSocket(ctx, o.c, relayproto.CodeUnavailable, "the relay can't read its storage, try later")
		return false
	}
	in.spent(len(deliveries), len(deliveries) > 0)
	if !o.deliver(ctx, deliveries) {
		return false
	}
	if len(deliveries) > 0 {
		in.signal() // perhaps there are more
	}
	return true
}

func (o *sender) deliver(ctx context.Context, deliveries []core.Delivery) (ok bool) {
	for _, d := range deliveries {
		o.sent = d.Seq
		o.s.metrics.deliveries.Inc()
		if writeFrame(ctx, o.c, relayproto.Frame{Type: relayproto.FrameDeliver, Seq: d.Seq, Envelope: d.Data}) != nil {
			return false
		}
	}
	return true
}

// readFrame reads one frame. errHostile means that it was none.
func readFrame(ctx context.Context, c *websocket.Conn) (relayproto.Frame, error) {
	kind, data, err := c.Read(ctx)
	if err != nil {
		return relayproto.Frame{}, err
	}
	f, err := relayproto.DecodeFrame(data)
	if err != nil || kind != websocket.MessageBinary {
		return relayproto.Frame{}, errHostile
	}
	return f, nil
}

func writeFrame(ctx context.Context, c *websocket.Conn, f relayproto.Frame) error {
	data, err := relayproto.EncodeFrame(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, frameTimeout)
	defer cancel()
	return c.Write(ctx, websocket.MessageBinary, data)
}
