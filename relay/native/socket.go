package native

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"petmail/relay/core"
	"petmail/relay/protocol"
	"petmail/shared/relayproto"
)

// serveMailbox is GET /mailbox.
func (s *Server) serveMailbox(w http.ResponseWriter, r *http.Request) {
	s.serveSocket(w, r, "mailbox", protocol.MaxMessage, func(ctx context.Context, end func(), c *websocket.Conn, _ prefix) func() {
		session := s.authenticate(ctx, c)
		if session == nil {
			return func() {}
		}
		return func() { s.mailboxSocket(ctx, end, c, session) }
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

// authenticate runs a session until its agent has proved which mailbox is its
// own. It returns nil if that came to nothing; the agent has been told.
func (s *Server) authenticate(ctx context.Context, c *websocket.Conn) *protocol.Session {
	nonce := make([]byte, relayproto.NonceSize)
	if _, err := rand.Read(nonce); err != nil {
		return nil
	}
	session := s.relay.NewSession(nonce)
	if !s.take(ctx, c, session.Next()) {
		return nil
	}
	patient, cancel := context.WithTimeout(ctx, session.Patience())
	defer cancel()
	kind, message, err := c.Read(patient)
	if err != nil {
		return nil
	}
	if call := session.Received(message, kind == websocket.MessageBinary); call != nil {
		result, err := s.runCall(ctx, call)
		session.Done(call, result, err)
	}
	if session.Ended() {
		s.take(ctx, c, session.Next())
		return nil
	}
	return session
}

// mailboxSocket runs the session of an agent that has proved itself. It reads;
// the goroutine of its inbox writes.
func (s *Server) mailboxSocket(ctx context.Context, end func(), c *websocket.Conn, session *protocol.Session) {
	id, patience := session.Mailbox(), session.Patience()
	in := newInbox(session, func(in *inbox) {
		if !s.send(ctx, c, in) {
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
	silent := time.AfterFunc(patience, end)
	defer silent.Stop()
	for {
		// A context that can end would cost an idle socket half a kilobyte;
		// whoever ends ctx closes the socket.
		kind, message, err := c.Read(context.Background())
		silent.Reset(patience)
		if err != nil || pace.wait(ctx) != nil {
			return
		}
		var call *protocol.SessionCall
		over := false
		in.with(func(session *protocol.Session) {
			call = session.Received(message, kind == websocket.MessageBinary)
			over = session.Ended()
		})
		if call == nil {
			in.signal()
			if over {
				in.wait()
				return
			}
			continue
		}
		result, err := s.runCall(ctx, call)
		if err != nil {
			return // the agent comes back and acknowledges again
		}
		s.metrics.acks.Inc()
		in.with(func(session *protocol.Session) { session.Done(call, result, nil) })
	}
}

// runCall carries out what a session wants of the storage.
func (s *Server) runCall(ctx context.Context, call *protocol.SessionCall) (result protocol.Result, err error) {
	if call.Reads {
		if result, err = call.Run(readTx{s.db}); err != nil {
			s.log.Error("couldn't read a mailbox", "error", err)
		}
		return result, err
	}
	err = s.writer.write(ctx, func(tx core.Tx) (err error) {
		result, err = call.Run(tx)
		return err
	}, nil)
	return result, err
}

// send does what the session of in wants done. It returns false when the
// socket is of no more use.
func (s *Server) send(ctx context.Context, c *websocket.Conn, in *inbox) (ok bool) {
	for {
		var step protocol.Step
		in.with(func(session *protocol.Session) { step = session.Next() })
		if !s.take(ctx, c, step) {
			return false
		}
		if step.Call == nil {
			return true
		}
		result, err := s.runCall(ctx, step.Call)
		in.with(func(session *protocol.Session) { session.Done(step.Call, result, err) })
	}
}

// take writes the frames of a step, and closes the socket if it says so. It
// returns false when the socket is of no more use.
func (s *Server) take(ctx context.Context, c *websocket.Conn, step protocol.Step) (ok bool) {
	for _, f := range step.Frames {
		if f.Type == relayproto.FrameDeliver {
			s.metrics.deliveries.Inc()
		}
		if writeFrame(ctx, c, f) != nil {
			return false
		}
	}
	if step.Close == nil {
		return true
	}
	if step.Close.Code != 0 {
		_ = c.Close(websocket.StatusCode(step.Close.Code), step.Close.Reason)
	}
	return false
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
