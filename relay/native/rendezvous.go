package native

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"petmail/relay/core"
	"petmail/relay/protocol"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// Bounds of what waits to be sent to rendezvous clients, in bytes. A client
// that lets more wait is disconnected; it finds everything again when it
// comes back.
const (
	maxPeerQueue  = 1 << 20
	maxQueueTotal = 128 << 20
)

// maxListeners bounds the connections at one meeting. The oldest makes room.
const maxListeners = 8

// meetings knows who listens to which meeting.
type meetings struct {
	queued atomic.Int64 // bytes that wait in all peers

	mu        sync.Mutex
	listeners map[protocol.MeetingID][]*peerConn
}

func newMeetings() *meetings {
	return &meetings{listeners: make(map[protocol.MeetingID][]*peerConn)}
}

// apply carries out what a durable message leads to. The writer calls it, in
// commit order; it does not block.
func (m *meetings) apply(p *peerConn, e protocol.Exchange) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, reply := range e.Replies {
		p.enqueue(reply)
	}
	switch {
	case e.Open:
		m.listen(e.Meeting, p)
	case e.Close:
		m.forget(e.Meeting, p)
	}
	if e.Broadcast != nil {
		for _, listener := range m.listeners[e.Meeting] {
			listener.enqueue(*e.Broadcast)
		}
	}
}

func (m *meetings) listen(id protocol.MeetingID, p *peerConn) {
	if p.gone() {
		return // it left while its message was being committed
	}
	list := m.listeners[id]
	if len(list) >= maxListeners {
		list[0].drop()
		list = slices.Clone(list[1:])
	}
	m.listeners[id] = append(list, p)
	p.at = &id
}

func (m *meetings) forget(id protocol.MeetingID, p *peerConn) {
	list := slices.DeleteFunc(m.listeners[id], func(q *peerConn) bool { return q == p })
	if len(list) == 0 {
		delete(m.listeners, id)
		return
	}
	m.listeners[id] = list
}

// leave ends p's part; a connection listens to one meeting at most.
func (m *meetings) leave(p *peerConn) {
	p.drop()
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.at != nil {
		m.forget(*p.at, p)
	}
}

// live lists the meetings that somebody listens to.
func (m *meetings) live() []protocol.MeetingID {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := make([]protocol.MeetingID, 0, len(m.listeners))
	for id := range m.listeners {
		ids = append(ids, id)
	}
	return ids
}

// peerConn is what waits to be sent to one rendezvous client.
type peerConn struct {
	total  *atomic.Int64
	wake   chan struct{} // room for one token
	cancel context.CancelFunc
	at     *protocol.MeetingID // that it listens to; guarded by meetings.mu

	mu      sync.Mutex
	queue   [][]byte
	bytes   int64
	dropped bool
}

func (p *peerConn) enqueue(m wormhole.ServerMessage) {
	frame, err := m.Encode()
	if err != nil {
		p.drop() // a message that can't be said is better not passed over in silence
		return
	}
	p.mu.Lock()
	size := int64(len(frame))
	full := p.dropped || p.bytes+size > maxPeerQueue || p.total.Load()+size > maxQueueTotal
	if !full {
		p.queue = append(p.queue, frame)
		p.bytes += size
		p.total.Add(size)
	}
	p.mu.Unlock()
	if full {
		p.drop()
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// take returns what waits.
func (p *peerConn) take() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	queue := p.queue
	p.total.Add(-p.bytes)
	p.queue, p.bytes = nil, 0
	return queue
}

// drop ends the connection and forgets what waits.
func (p *peerConn) drop() {
	p.mu.Lock()
	p.dropped = true
	p.mu.Unlock()
	p.take()
	p.cancel()
}

func (p *peerConn) gone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dropped
}

// serveRendezvous is GET /v1.
func (s *Server) serveRendezvous(w http.ResponseWriter, r *http.Request) {
	s.serveSocket(w, r, "rendezvous", relayproto.MaxRendezvousFrame,
		func(ctx context.Context, _ func(), c *websocket.Conn, client prefix) func() {
			return func() { s.rendezvousSocket(ctx, c, client) }
		})
}

// rendezvousSocket reads; two more goroutines write and ping.
func (s *Server) rendezvousSocket(ctx context.Context, c *websocket.Conn, client prefix) {
	ctx, cancel := context.WithCancel(ctx)
	p := &peerConn{total: &s.meetings.queued, wake: make(chan struct{}, 1), cancel: cancel}
	var running sync.WaitGroup
	defer running.Wait()
	defer s.meetings.leave(p) // cancels ctx
	running.Go(func() { sendRendezvous(ctx, c, p) })
	running.Go(func() { keepAlive(ctx, c, cancel) })

	p.enqueue(s.relay.Welcome(time.Now()))
	var peer protocol.Peer
	pace := newPace()
	for {
		_, raw, err := c.Read(ctx)
		if err != nil || pace.wait(ctx) != nil {
			return
		}
		m, replies, err := s.relay.OpenMessage(time.Now(), raw)
		if err != nil {
			_ = c.Close(websocket.StatusUnsupportedData, err.Error())
			return
		}
		if replies != nil {
			s.answerUncommitted(p, replies)
			continue
		}
		if m.Scarce {
			if _, ok := s.nameplateRate.take(client, 1); !ok {
				s.metrics.limited.WithLabelValues("nameplates").Inc()
				s.answerUncommitted(p, s.relay.BusyWith(time.Now(), m))
				continue
			}
		}
		var x protocol.Exchange
		err = s.writer.write(ctx, func(tx core.Tx) (err error) {
			x, err = s.relay.Exchange(tx, peer, m, func() bool { return s.invitationRate.holds(client, 1) })
			return err
		}, func() { s.meetings.apply(p, x) })
		if err != nil {
			_ = c.Close(websocket.StatusTryAgainLater, "storage is not available")
			return
		}
		if x.Created {
			s.invitationRate.take(client, 1)
		}
		if x.Refused {
			s.metrics.limited.WithLabelValues("invitations").Inc()
		}
		peer = x.Peer
		s.metrics.rendezvous.WithLabelValues(m.Kind).Inc()
	}
}

// answerUncommitted sends replies that no change leads to. Those of earlier
// messages may still be in the writer's hands; clients tell answers apart by
// type and id, not by order.
func (s *Server) answerUncommitted(p *peerConn, replies []wormhole.ServerMessage) {
	for _, reply := range replies {
		p.enqueue(reply)
	}
}

func sendRendezvous(ctx context.Context, c *websocket.Conn, p *peerConn) {
	defer p.drop()
	for {
		select {
		case <-p.wake:
		case <-ctx.Done():
			return
		}
		for _, frame := range p.take() {
			if writeText(ctx, c, frame) != nil {
				return
			}
		}
	}
}

func writeText(ctx context.Context, c *websocket.Conn, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, frameTimeout)
	defer cancel()
	return c.Write(ctx, websocket.MessageText, frame)
}

// keepAlive finds out that a client is gone, which may be silent for hours.
func keepAlive(ctx context.Context, c *websocket.Conn, gone context.CancelFunc) {
	ticker := time.NewTicker(pingInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		ping, cancel := context.WithTimeout(ctx, frameTimeout)
		err := c.Ping(ping)
		cancel()
		if err != nil {
			gone()
			return
		}
	}
}
