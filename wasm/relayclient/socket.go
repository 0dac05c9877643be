package relayclient

import (
	"context"
	"time"

	"petmail/shared/relayproto"
)

const (
	dialTimeout  = 15 * time.Second
	replyTimeout = 15 * time.Second // an answer that the protocol owes us
	writeTimeout = 10 * time.Second
	restTimeout  = time.Second // for what was read before a write failed
	// nudgeTimeout is for the ping that a nudge sends: the machine may have
	// slept, and the socket be dead without knowing.
	nudgeTimeout = 5 * time.Second
)

// socket is a Conn with its reading goroutine, which ends with close.
type socket struct {
	op     string
	conn   Conn
	in     chan []byte // closed by the reader; then err is set
	err    error
	cancel context.CancelFunc
	done   chan struct{}
	heart  heartbeat
	broken bool // a write has failed
}

// openSocket dials route at the relay. ahead is how many messages may lie
// read and unhandled.
func (c *Client) openSocket(ctx context.Context, op, relayURL, route string, maxMessage int64, ahead int) (*socket, error) {
	target, err := c.target(op, relayURL, route)
	if err != nil {
		return nil, err
	}
	dialCtx, cancelDial := context.WithTimeout(ctx, dialTimeout)
	defer cancelDial()
	conn, err := c.transport.Dial(dialCtx, target, maxMessage)
	if err != nil {
		return nil, networkError(op, 0, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &socket{op: op, conn: conn, in: make(chan []byte, ahead), cancel: cancel, done: make(chan struct{})}
	s.heart.start()
	go s.read(ctx)
	return s, nil
}

func (s *socket) read(ctx context.Context) {
	defer close(s.done)
	defer close(s.in)
	for {
		data, err := s.conn.Read(ctx)
		if err != nil {
			s.err = err
			return
		}
		select {
		case s.in <- data:
		case <-ctx.Done():
			s.err = ctx.Err()
			return
		}
	}
}

// next waits for one message, at most until timeout or the end of ctx.
func (s *socket) next(ctx context.Context, timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	select {
	case data, ok := <-s.in:
		if !ok {
			return nil, s.lost()
		}
		return data, nil
	case <-ctx.Done():
		return nil, networkError(s.op, 0, ctx.Err())
	}
}

// lost is the error of a socket whose channel in has been closed.
func (s *socket) lost() error { return networkError(s.op, 0, s.err) }

func (s *socket) write(ctx context.Context, data []byte, text bool) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := s.conn.Write(ctx, data, text); err != nil {
		s.broken = true
		return networkError(s.op, 0, err)
	}
	return nil
}

// rest hands over what had come before a write failed: as a rule the relay
// has said why, and closed.
func (s *socket) rest(ctx context.Context, receive func([]byte) error) error {
	if !s.broken {
		return nil
	}
	timeout := time.NewTimer(restTimeout)
	defer timeout.Stop()
	for {
		select {
		case data, ok := <-s.in:
			if !ok {
				return nil
			}
			if err := receive(data); err != nil {
				return err
			}
		case <-timeout.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *socket) close() {
	s.heart.stop()
	s.cancel()
	s.conn.Close()
	<-s.done
}

// heartbeat decides when to ping and when a socket is dead. A browser's
// WebSocket can do neither by itself. It has one ping under way at a time.
type heartbeat struct {
	timer   *time.Timer
	token   int64
	waiting bool
}

func (h *heartbeat) start() { h.timer = time.NewTimer(relayproto.PingInterval) }
func (h *heartbeat) stop()  { h.timer.Stop() }

// due is called when the timer fires: it says whether to send ping(token), or
// that the answer to the last one is overdue.
func (h *heartbeat) due() (token int64, dead bool) {
	if h.waiting {
		return 0, true
	}
	return h.ping(relayproto.PongTimeout), false
}

// ping starts a new wait for an answer.
func (h *heartbeat) ping(timeout time.Duration) (token int64) {
	h.token++
	h.waiting = true
	h.timer.Reset(timeout)
	return h.token
}

// pong takes an answer and says whether it is the one waited for.
func (h *heartbeat) pong(token int64) bool {
	if !h.waiting || token != h.token {
		return false
	}
	h.waiting = false
	h.timer.Reset(relayproto.PingInterval)
	return true
}
