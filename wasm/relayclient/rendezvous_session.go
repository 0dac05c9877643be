package relayclient

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

const opRendezvous = "keep rendezvous open"

// rendezvousSession is one socket from dialling to its end. All fields but
// the embedded Rendezvous belong to its run goroutine.
type rendezvousSession struct {
	wire.Redacted
	*Rendezvous
	socket   *socket
	asked    wormhole.ServerType // the answer that is due before anything else can be sent
	overdue  <-chan time.Time    // fires when that answer, or the one to close, is late
	openSent bool                // the mailbox was opened on this socket
	opened   bool                // and all that stood in it has been seen
	barrier  int64               // token of the ping whose pong says so
	sent     map[string]bool     // phases added on this socket
	released bool                // release was sent on this socket
	closing  bool                // close was sent on this socket
}

// session serves one socket; see Mailbox.session. errFinished says that there
// is nothing left to do, ever.
func (r *Rendezvous) session(ctx context.Context) (good bool, err error) {
	sock, err := r.client.openSocket(ctx, opRendezvous, r.config.RelayURL, relayproto.RouteRendezvous, relayproto.MaxRendezvousFrame, maxPhases)
	if err != nil {
		return false, err
	}
	defer sock.close()
	s := &rendezvousSession{Rendezvous: r, socket: sock, sent: make(map[string]bool)}
	if err := s.greet(ctx); err != nil {
		return false, err
	}
	s.report(EventState{State{Status: Connected}})
	since := time.Now()
	err = s.serve(ctx)
	if last := sock.rest(ctx, s.receive); last != nil {
		err = last
	}
	return time.Since(since) >= goodSession, err
}

// greet takes the server's welcome and says who we are.
func (s *rendezvousSession) greet(ctx context.Context) error {
	data, err := s.socket.next(ctx, replyTimeout)
	if err != nil {
		return err
	}
	m, err := wormhole.ParseServer(data)
	switch {
	case err != nil || m.Type != wormhole.ServerWelcome && m.Type != wormhole.ServerError:
		return protocolError(opRendezvous, "relay sent no welcome")
	case m.Type == wormhole.ServerError || m.Welcome.Error != "":
		return s.refused(m)
	}
	return s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientBind, AppID: s.config.AppID, Side: s.config.Side})
}

// serve runs until the socket ends.
func (s *rendezvousSession) serve(ctx context.Context) error {
	if err := s.advance(ctx); err != nil {
		return err
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case data, ok := <-s.socket.in:
			if !ok {
				return s.socket.lost()
			}
			err = s.receive(data)
		case <-s.work:
		case <-s.nudge:
			if !s.socket.heart.waiting {
				err = s.ping(ctx, s.socket.heart.ping(nudgeTimeout))
			}
		case <-s.socket.heart.timer.C:
			token, dead := s.socket.heart.due()
			if dead {
				return protocolError(opRendezvous, "relay does not answer pings")
			}
			err = s.ping(ctx, token)
		case <-s.overdue:
			return protocolError(opRendezvous, "relay owes an answer")
		}
		if err != nil {
			return err
		}
		if err := s.advance(ctx); err != nil {
			return err
		}
	}
}

// advance sends whatever can be sent now. It is called after every change,
// and doing nothing is its usual case.
func (s *rendezvousSession) advance(ctx context.Context) error {
	if s.asked != "" {
		return nil
	}
	s.mu.Lock()
	nameplate, mailbox, release, leave, mood := s.nameplate, s.mailbox, s.release, s.close, s.mood
	outgoing := slices.Clone(s.outgoing)
	s.mu.Unlock()

	switch {
	case mailbox == "" && nameplate == "" && leave:
		return s.finish(EventClosed{}) // never got as far as a mailbox
	case mailbox == "" && nameplate == "":
		s.expect(wormhole.ServerAllocated)
		return s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientAllocate})
	case mailbox == "":
		s.expect(wormhole.ServerClaimed)
		return s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: nameplate})
	case !s.openSent:
		s.openSent = true
		if err := s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: mailbox}); err != nil {
			return err
		}
		// The server has no answer to open; it has one to ping, and answers in
		// order.
		s.barrier = s.socket.heart.ping(relayproto.PongTimeout)
		if err := s.ping(ctx, s.barrier); err != nil {
			return err
		}
	}
	for _, o := range outgoing {
		if s.sent[o.Name] {
			continue
		}
		if o.attempted && !s.opened {
			break // it may be standing in the mailbox already, and later ones come after it
		}
		s.attempt(o.Name)
		if err := s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: o.Name, Body: o.Body}); err != nil {
			return err
		}
	}
	if release && nameplate != "" && !s.released {
		s.released = true
		if err := s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientRelease, Nameplate: nameplate}); err != nil {
			return err
		}
	}
	if leave && s.opened && len(outgoing) == 0 && !s.closing {
		s.closing = true
		s.overdue = time.After(replyTimeout)
		return s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientClose, Mailbox: mailbox, Mood: mood})
	}
	return nil
}

// expect holds everything else back until the answer has come, or none "".
func (s *rendezvousSession) expect(answer wormhole.ServerType) {
	s.asked, s.overdue = answer, nil
	if answer != "" {
		s.overdue = time.After(replyTimeout)
	}
}

func (s *rendezvousSession) attempt(phase string) {
	s.sent[phase] = true
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.outgoing {
		if s.outgoing[i].Name == phase {
			s.outgoing[i].attempted = true
		}
	}
}

func (s *rendezvousSession) receive(data []byte) error {
	m, err := wormhole.ParseServer(data)
	if errors.Is(err, wormhole.ErrUnknownType) {
		return nil // of a newer server
	}
	if err != nil {
		return protocolError(opRendezvous, "relay sent an unreadable message")
	}
	switch m.Type {
	case wormhole.ServerAllocated:
		if s.asked != m.Type {
			return protocolError(opRendezvous, "relay sent a message out of turn")
		}
		s.expect("")
		s.mu.Lock()
		s.nameplate = m.Nameplate
		s.enqueue(EventAllocated{Nameplate: m.Nameplate})
		s.mu.Unlock()
	case wormhole.ServerClaimed:
		if s.asked != m.Type {
			return protocolError(opRendezvous, "relay sent a message out of turn")
		}
		s.expect("")
		s.mu.Lock()
		s.mailbox = m.Mailbox
		s.enqueue(EventClaimed{MailboxID: m.Mailbox})
		s.mu.Unlock()
	case wormhole.ServerMail:
		return s.arrive(m)
	case wormhole.ServerPong:
		s.socket.heart.pong(m.Ping)
		if s.openSent && !s.opened && m.Ping == s.barrier {
			s.opened = true
			s.report(EventOpened{})
		}
	case wormhole.ServerReleased:
		s.confirmRelease()
	case wormhole.ServerClosed:
		if s.closing {
			return s.finish(EventClosed{})
		}
	case wormhole.ServerError:
		return s.refused(m)
	}
	return nil
}

// arrive takes a message of the mailbox, its first copy only.
func (s *rendezvousSession) arrive(m wormhole.ServerMessage) error {
	if !s.openSent {
		return protocolError(opRendezvous, "relay sent a message out of turn")
	}
	key, sum := phaseKey{m.Side, m.Phase}, digest(sha256.Sum256(m.Body))
	own := m.Side == s.config.Side
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.seen[key]; ok {
		return nil
	}
	if len(s.seen) >= maxPhases || s.seenBytes+len(m.Body) > maxPhaseBytes {
		s.finished = true
		s.enqueue(EventFailed{Reason: FailFlooded, Final: true})
		return errFinished
	}
	s.seen[key] = sum
	s.seenBytes += len(m.Body)
	if own {
		i := slices.IndexFunc(s.outgoing, func(o outgoing) bool { return o.Name == m.Phase })
		if i >= 0 && !bytes.Equal(s.outgoing[i].Body, m.Body) {
			s.finished = true
			s.enqueue(EventFailed{Reason: FailConflict, Final: true})
			return errFinished
		}
		if i >= 0 {
			s.outgoing = slices.Delete(s.outgoing, i, i+1)
			s.enqueue(EventSent{Phase: m.Phase})
		}
	}
	s.enqueue(EventPhase{Side: m.Side, Phase: m.Phase, Body: m.Body, Own: own})
	return nil
}

func (s *rendezvousSession) confirmRelease() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.release && s.released {
		s.release, s.nameplate = false, ""
		s.enqueue(EventReleased{})
	}
}

// refused handles the server's error: final ones end the Rendezvous.
func (s *rendezvousSession) refused(m wormhole.ServerMessage) error {
	about, err := wormhole.ParseClient(m.Orig)
	reason := failReason(m.Error)
	switch {
	case err == nil && about.Type == wormhole.ClientRelease && s.released:
		s.confirmRelease() // it is not ours any more
		return nil
	case reason != FailOther:
		return s.end(reason)
	}
	s.report(EventFailed{Reason: FailOther})
	return protocolError(opRendezvous, "relay refused")
}

// failReason reads the words of Petmail's relay and of the Magic Wormhole
// mailbox server.
func failReason(text string) FailReason {
	switch {
	case strings.HasPrefix(text, wormhole.ErrorCrowded):
		return FailCrowded
	case strings.HasPrefix(text, "no such nameplate"):
		return FailUnknown
	case strings.HasPrefix(text, "used"), strings.HasPrefix(text, "expired"), strings.HasPrefix(text, wormhole.ErrorReclaimed):
		return FailUsed
	}
	return FailOther
}

// end reports that there is no such mailbox for us: to somebody who wanted to
// leave it, that it is left.
func (s *rendezvousSession) end(reason FailReason) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.close {
		s.enqueue(EventClosed{})
		return errFinished
	}
	s.finished = true
	s.enqueue(EventFailed{Reason: reason, Final: true})
	return errFinished
}

// finish reports the last event.
func (s *rendezvousSession) finish(last RendezvousEvent) error {
	s.report(last)
	return errFinished
}

func (s *rendezvousSession) ping(ctx context.Context, token int64) error {
	return s.write(ctx, wormhole.ClientMessage{Type: wormhole.ClientPing, Ping: token})
}

func (s *rendezvousSession) write(ctx context.Context, m wormhole.ClientMessage) error {
	data, err := m.Encode()
	if err != nil {
		return inputError(opRendezvous, "couldn't encode message")
	}
	return s.socket.write(ctx, data, true)
}
