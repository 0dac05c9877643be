package relayclient

import (
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

const opMailbox = "keep mailbox open"

// errReplaced ends a session whose place another connection has taken.
var errReplaced = errors.New("replaced by another connection")

// mailboxSession is one socket from dialling to its end.
type mailboxSession struct {
	wire.Redacted
	*Mailbox
	socket *socket
	// lastSeq is the newest envelope; the relay pushes them in order.
	lastSeq uint64
	// open are the envelopes whose credit has not been given back.
	open map[uint64]struct{}
}

// session serves one socket. good says that it has served long enough for
// the relay to count as well; err is never nil.
func (m *Mailbox) session(ctx context.Context) (good bool, err error) {
	// What the reader holds is bounded by the credit; a few more for pongs.
	sock, err := m.client.openSocket(ctx, opMailbox, m.config.RelayURL, relayproto.RouteMailbox, relayproto.MaxFrame, m.config.Credit+8)
	if err != nil {
		return false, err
	}
	defer sock.close()
	s := &mailboxSession{Mailbox: m, socket: sock, open: make(map[uint64]struct{})}
	ready, err := s.handshake(ctx)
	if err != nil {
		return false, err
	}
	m.report(State{Status: Connected, Waiting: ready.Waiting})
	since := time.Now()
	err = s.serve(ctx)
	if last := sock.rest(ctx, s.receive); last != nil {
		err = last
	}
	return time.Since(since) >= goodSession, err
}

// handshake proves that the mailbox is ours, for this relay and this socket.
func (s *mailboxSession) handshake(ctx context.Context) (relayproto.Frame, error) {
	challenge, err := s.expect(ctx, relayproto.FrameChallenge)
	if err != nil {
		return relayproto.Frame{}, err
	}
	err = s.write(ctx, relayproto.Frame{
		Type:      relayproto.FrameAuth,
		Key:       s.config.Key.Public().(ed25519.PublicKey),
		Signature: ed25519.Sign(s.config.Key, relayproto.AuthMessage(s.config.RelayID, challenge.Nonce)),
		Credit:    uint32(s.config.Credit),
	})
	if err != nil {
		return relayproto.Frame{}, err
	}
	return s.expect(ctx, relayproto.FrameReady)
}

// expect waits for the frame that the relay owes us.
func (s *mailboxSession) expect(ctx context.Context, want relayproto.FrameType) (relayproto.Frame, error) {
	data, err := s.socket.next(ctx, replyTimeout)
	if err != nil {
		return relayproto.Frame{}, err
	}
	f, err := decode(data)
	if err == nil && f.Type != want {
		err = protocolError(opMailbox, "relay sent a frame out of turn")
	}
	return f, err
}

// serve runs until the socket ends.
func (s *mailboxSession) serve(ctx context.Context) error {
	// Acknowledgements may have waited for a socket.
	if err := s.flush(ctx); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case data, ok := <-s.socket.in:
			if !ok {
				return s.socket.lost()
			}
			if err := s.receive(data); err != nil {
				return err
			}
		case <-s.acks:
			if err := s.flush(ctx); err != nil {
				return err
			}
		case <-s.nudge:
			if s.socket.heart.waiting {
				continue // its answer, or the lack of it, says as much
			}
			if err := s.ping(ctx, s.socket.heart.ping(nudgeTimeout)); err != nil {
				return err
			}
		case <-s.socket.heart.timer.C:
			token, dead := s.socket.heart.due()
			if dead {
				return protocolError(opMailbox, "relay does not answer pings")
			}
			if err := s.ping(ctx, token); err != nil {
				return err
			}
		}
	}
}

func (s *mailboxSession) receive(data []byte) error {
	f, err := decode(data)
	if err != nil {
		return err
	}
	switch f.Type {
	case relayproto.FrameDeliver:
		return s.deliver(f)
	case relayproto.FramePong:
		s.socket.heart.pong(int64(f.Token))
		return nil
	}
	return protocolError(opMailbox, "relay sent a frame out of turn")
}

func (s *mailboxSession) deliver(f relayproto.Frame) error {
	if f.Seq <= s.lastSeq {
		return protocolError(opMailbox, "relay sent envelopes out of order")
	}
	if len(s.open) >= s.config.Credit {
		return protocolError(opMailbox, "relay sent more envelopes than its credit")
	}
	s.lastSeq = f.Seq
	s.open[f.Seq] = struct{}{}
	s.mu.Lock()
	known := s.acked.has(f.Seq)
	if !known {
		s.envelopes = append(s.envelopes, Envelope{Seq: f.Seq, Data: f.Envelope})
	}
	s.mu.Unlock()
	if known { // the acknowledgement was lost with an earlier socket
		s.Ack(f.Seq)
		return nil
	}
	signal(s.wake)
	return nil
}

// flush writes the pending acknowledgements and gives their credit back.
func (s *mailboxSession) flush(ctx context.Context) error {
	for {
		s.mu.Lock()
		n := min(len(s.pending), relayproto.MaxAcksPerFrame)
		seqs := append([]uint64(nil), s.pending[:n]...)
		s.pending = append([]uint64(nil), s.pending[n:]...)
		s.mu.Unlock()
		if n == 0 {
			return nil
		}
		if err := s.write(ctx, relayproto.Frame{Type: relayproto.FrameAck, Seqs: seqs}); err != nil {
			return err
		}
		credit := uint32(0)
		for _, seq := range seqs {
			if _, ok := s.open[seq]; ok {
				delete(s.open, seq)
				credit++
			}
		}
		if credit == 0 {
			continue
		}
		if err := s.write(ctx, relayproto.Frame{Type: relayproto.FrameCredit, Credit: credit}); err != nil {
			return err
		}
	}
}

func (s *mailboxSession) ping(ctx context.Context, token int64) error {
	return s.write(ctx, relayproto.Frame{Type: relayproto.FramePing, Token: uint64(token)})
}

func (s *mailboxSession) write(ctx context.Context, f relayproto.Frame) error {
	data, err := relayproto.EncodeFrame(f)
	if err != nil {
		return inputError(opMailbox, "couldn't encode frame")
	}
	return s.socket.write(ctx, data, false)
}

// decode parses a frame of the relay; one that says goodbye becomes an error.
func decode(data []byte) (relayproto.Frame, error) {
	f, err := relayproto.DecodeFrame(data)
	if err != nil {
		return relayproto.Frame{}, protocolError(opMailbox, "relay sent an unreadable frame")
	}
	switch f.Type {
	case relayproto.FrameReplaced:
		return f, errReplaced
	case relayproto.FrameError:
		if e := refusal(opMailbox, 0, f.Error); e != nil {
			return f, e
		}
		return f, protocolError(opMailbox, "relay refused")
	}
	return f, nil
}
