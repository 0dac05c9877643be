package native

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
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
	s.serveSocket(w, r, "mailbox", maxAgentFrame, s.mailboxSocket)
}

// serveSocket accepts a WebSocket, within the limits, and lets run have it
// until it or the server ends. ctx ends with the server.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request, kind string, maxFrame int64,
	run func(ctx context.Context, c *websocket.Conn, client prefix)) {
	client := s.clientPrefix(r)
	release, ok := s.enterSocket(w, client)
	if !ok {
		return
	}
	// Any origin may connect: nothing here rests on cookies.
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		release()
		return // Accept has answered
	}
	c.SetReadLimit(maxFrame)
	// A goroutine of its own, so that what the handler needed is not kept for
	// as long as the socket lives.
	go func() {
		defer release()
		defer c.CloseNow()
		s.metrics.socket(kind, 1)
		defer s.metrics.socket(kind, -1)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		defer context.AfterFunc(s.closing, func() {
			// The server ends: tell the client, then stop whatever waits.
			_ = c.Close(websocket.StatusGoingAway, "")
			cancel()
		})()
		run(ctx, c, client)
	}()
}

// mailboxSocket runs one authenticated socket. It reads; sendMailbox writes.
func (s *Server) mailboxSocket(ctx context.Context, c *websocket.Conn, _ prefix) {
	id, waiting, auth, err := s.authenticate(ctx, c)
	if err != nil {
		return
	}
	in := newInbox(auth.Credit)
	s.hub.join(id, in)
	defer s.hub.leave(id, in)

	ctx, cancel := context.WithCancel(ctx)
	var writing sync.WaitGroup
	writing.Go(func() {
		defer cancel()
		s.sendMailbox(ctx, c, id, in, waiting)
	})
	defer writing.Wait()
	defer cancel()
	pace := newPace()
	for {
		f, err := readFrame(ctx, c, silentTimeout)
		if err == nil {
			err = pace.wait(ctx)
		}
		if err != nil {
			if errors.Is(err, errHostile) {
				in.end(endAbuse)
				writing.Wait()
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
			writing.Wait()
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
	auth, err = readFrame(ctx, c, relayproto.AuthTimeout)
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

// sendMailbox writes all frames after authentication until ctx or the socket
// ends.
func (s *Server) sendMailbox(ctx context.Context, c *websocket.Conn, id core.MailboxID, in *inbox, waiting uint64) {
	if err := writeFrame(ctx, c, relayproto.Frame{Type: relayproto.FrameReady, Waiting: waiting}); err != nil {
		return
	}
	sent := uint64(0) // the last sequence number
	send := func(d core.Delivery) error {
		sent = d.Seq
		s.metrics.deliveries.Inc()
		return writeFrame(ctx, c, relayproto.Frame{Type: relayproto.FrameDeliver, Seq: d.Seq, Envelope: d.Data})
	}
	in.signal()
	for {
		select {
		case <-in.wake:
		case <-ctx.Done():
			return
		}
		w := in.take(sent)
		switch w.ended {
		case endReplaced:
			if writeFrame(ctx, c, relayproto.Frame{Type: relayproto.FrameReplaced}) == nil {
				_ = c.Close(websocket.StatusNormalClosure, "replaced")
			}
			return
		case endClosed:
			_ = s.refuseSocket(ctx, c, relayproto.CodeNoMailbox, "the mailbox was closed")
			return
		case endAbuse:
			_ = s.refuseSocket(ctx, c, relayproto.CodeMalformed, "not a frame for a relay")
			return
		}
		for _, token := range w.pongs {
			if writeFrame(ctx, c, relayproto.Frame{Type: relayproto.FramePong, Token: token}) != nil {
				return
			}
		}
		for _, d := range w.fresh {
			if send(d) != nil {
				return
			}
		}
		if w.behind {
			deliveries, err := s.relay.Pending(readTx{s.db}, id, sent, w.credit, pageBytes)
			if err != nil {
				s.log.Error("couldn't read a mailbox", "error", err)
				_ = s.refuseSocket(ctx, c, relayproto.CodeUnavailable, "the relay can't read its storage, try later")
				return
			}
			in.spent(len(deliveries), len(deliveries) > 0)
			for _, d := range deliveries {
				if send(d) != nil {
					return
				}
			}
			if len(deliveries) > 0 {
				in.signal() // perhaps there are more
			}
		}
	}
}

// readFrame reads one frame. errHostile means that it was none.
func readFrame(ctx context.Context, c *websocket.Conn, timeout time.Duration) (relayproto.Frame, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
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
