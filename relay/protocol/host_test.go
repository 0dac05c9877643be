//go:build !js

package protocol

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/relaytest"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
	"petmail/tests/sqltx"
)

// host is the least that a host has to be: one lock, one database, and a
// goroutine for each socket that writes without the lock.
type host struct {
	t      *testing.T
	path   string
	addr   string
	server *http.Server
	served chan error

	mu        sync.Mutex
	tx        *sqltx.Tx
	relay     *Relay
	sessions  map[core.MailboxID]*line
	listeners map[MeetingID][]*line
	sockets   sync.WaitGroup
	open      map[*line]bool
}

// line is one socket; session is nil at the rendezvous.
type line struct {
	c       *websocket.Conn
	session *Session
	out     chan func() // what is written, in order
}

// say has a message written.
func (l *line) say(kind websocket.MessageType, data []byte) {
	l.out <- func() { _ = l.c.Write(context.Background(), kind, data) }
}

// close says why, after all that was said before.
func (l *line) close(code int, reason string) {
	l.out <- func() { _ = l.c.Close(websocket.StatusCode(code), reason) }
}

// TestLeastHost runs the suite against a host that is not native's: what a
// relay is does not hide in its host.
func TestLeastHost(t *testing.T) {
	relaytest.Run(t, func(t *testing.T) *relaytest.Instance {
		h := &host{t: t, path: filepath.Join(t.TempDir(), "relay.db"), addr: "127.0.0.1:0"}
		h.start()
		return &relaytest.Instance{URL: "http://" + h.addr, Restart: func() {
			h.stop()
			h.start()
		}}
	})
}

func (h *host) start() {
	h.tx = sqltx.Open(h.t, h.path)
	h.t.Cleanup(h.stop) // before the database closes
	h.tx.Do(h.t, `PRAGMA synchronous = OFF`)
	h.tx.Time = time.Now()
	var err error
	h.relay, err = Open(h.tx, rand.Reader, core.Config{MaxMailboxBytes: relaytest.MailboxBytes})
	require.NoError(h.t, err)
	h.sessions, h.listeners, h.open = map[core.MailboxID]*line{}, map[MeetingID][]*line{}, map[*line]bool{}
	mux := http.NewServeMux()
	for _, route := range Routes() {
		mux.HandleFunc(route.Path, func(w http.ResponseWriter, r *http.Request) { h.serve(w, r, route) })
	}
	l, err := net.Listen("tcp", h.addr)
	require.NoError(h.t, err)
	h.addr = l.Addr().String()
	h.server, h.served = &http.Server{Handler: mux}, make(chan error, 1)
	go func() { h.served <- h.server.Serve(l) }()
}

func (h *host) stop() {
	if h.server == nil {
		return
	}
	http.DefaultClient.CloseIdleConnections() // or the suite would ask by one that ends
	require.NoError(h.t, h.server.Close())
	require.ErrorIs(h.t, <-h.served, http.ErrServerClosed)
	h.server = nil
	h.mu.Lock()
	for l := range h.open {
		_ = l.c.CloseNow()
	}
	h.open = nil
	h.mu.Unlock()
	h.sockets.Wait()
}

// begin takes the lock and begins a transaction.
func (h *host) begin() (commit func()) {
	h.mu.Lock()
	h.tx.Time, h.tx.Statements = time.Now(), nil
	h.tx.Do(h.t, `BEGIN`)
	return func() {
		h.tx.Do(h.t, `COMMIT`)
		h.mu.Unlock()
	}
}

func (h *host) serve(w http.ResponseWriter, r *http.Request, route Route) {
	for _, field := range CommonHeader() {
		w.Header().Set(field.Name, field.Value)
	}
	e, ready := h.relay.Find(route, r.Method, r.URL.Path[len(route.Path):])
	switch {
	case ready != nil:
		write(w, *ready)
	case e.Socket != NoSocket:
		h.socket(w, r, e.Socket)
	default:
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, e.MaxBody))
		if err != nil && e.MaxBody > 0 {
			write(w, TooLarge(e.MaxBody))
			return
		}
		call, ready := e.Open(body)
		if ready != nil {
			write(w, *ready)
			return
		}
		write(w, h.run(call))
	}
}

func (h *host) run(call Call) Answer {
	defer h.begin()()
	a, err := call.Run(h.tx)
	if err != nil {
		return Failed(err)
	}
	if l := h.sessions[a.After.Deliver]; l != nil {
		l.session.Offer(a.After.Delivery)
		h.send(l)
	}
	if l := h.sessions[a.After.Closed]; l != nil {
		l.session.End(EndClosed)
		h.send(l)
	}
	if a.After.Trim {
		require.NoError(h.t, h.relay.TrimChaff(h.tx))
	}
	return a
}

func write(w http.ResponseWriter, a Answer) {
	for _, field := range a.Header {
		w.Header().Set(field.Name, field.Value)
	}
	if a.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

func (h *host) socket(w http.ResponseWriter, r *http.Request, kind Socket) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	l := &line{c: c, out: make(chan func(), 1<<12)} // more than the suite lets wait
	if !h.enter(l) {
		_ = c.CloseNow()
		return
	}
	defer h.sockets.Done()
	defer h.leave(l)
	if kind == MailboxSocket {
		h.mailbox(l)
	} else {
		h.meet(l)
	}
}

// enter has what is said to l written, until it leaves.
func (h *host) enter(l *line) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil {
		return false // the host has stopped
	}
	h.open[l] = true
	h.sockets.Add(1)
	h.sockets.Go(func() {
		for write := range l.out {
			write()
		}
	})
	return true
}

func (h *host) leave(l *line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, l)
	if l.session != nil && h.sessions[l.session.Mailbox()] == l {
		delete(h.sessions, l.session.Mailbox())
	}
	for id, list := range h.listeners {
		h.listeners[id] = slices.DeleteFunc(list, func(other *line) bool { return other == l })
	}
	close(l.out)
	l.c.CloseNow()
}

// mailbox runs a session.
func (h *host) mailbox(l *line) {
	l.c.SetReadLimit(MaxMessage)
	nonce := make([]byte, relayproto.NonceSize)
	_, _ = rand.Read(nonce)
	l.session = h.relay.NewSession(nonce)
	func() {
		defer h.begin()()
		h.send(l)
	}()
	for {
		kind, message, err := l.c.Read(context.Background())
		if err != nil {
			return
		}
		h.received(l, message, kind == websocket.MessageBinary)
	}
}

func (h *host) received(l *line, message []byte, binary bool) {
	defer h.begin()()
	if l.session.Ended() {
		return // it is being closed
	}
	unknown := l.session.Mailbox() == 0
	if call := l.session.Received(message, binary); call != nil {
		result, err := call.Run(h.tx)
		l.session.Done(call, result, err)
	}
	if id := l.session.Mailbox(); unknown && id != 0 {
		if before := h.sessions[id]; before != nil {
			before.session.End(EndReplaced)
			h.send(before)
		}
		h.sessions[id] = l
	}
	h.send(l)
}

// send does all that a session wants done.
func (h *host) send(l *line) {
	for {
		step := l.session.Next()
		for _, f := range step.Frames {
			data, err := relayproto.EncodeFrame(f)
			require.NoError(h.t, err)
			l.say(websocket.MessageBinary, data)
		}
		if step.Close != nil {
			l.close(step.Close.Code, step.Close.Reason)
			return
		}
		if step.Call == nil {
			return
		}
		result, err := step.Call.Run(h.tx)
		l.session.Done(step.Call, result, err)
	}
}

// meet runs a peer of the rendezvous.
func (h *host) meet(l *line) {
	l.c.SetReadLimit(relayproto.MaxRendezvousFrame)
	say := func(l *line, replies ...wormhole.ServerMessage) {
		for _, reply := range replies {
			data, err := reply.Encode()
			require.NoError(h.t, err)
			l.say(websocket.MessageText, data)
		}
	}
	var peer Peer
	say(l, h.relay.Welcome(time.Now()))
	for {
		_, raw, err := l.c.Read(context.Background())
		if err != nil {
			return
		}
		m, replies, err := h.relay.OpenMessage(time.Now(), raw)
		if err != nil {
			l.close(int(websocket.StatusUnsupportedData), err.Error())
			_, _, _ = l.c.Read(context.Background()) // until it is closed
			return
		}
		if replies != nil {
			say(l, replies...)
			continue
		}
		func() {
			defer h.begin()()
			x, err := h.relay.Exchange(h.tx, peer, m, func() bool { return true })
			require.NoError(h.t, err)
			peer = x.Peer
			say(l, x.Replies...)
			if x.Open {
				h.listeners[x.Meeting] = append(h.listeners[x.Meeting], l)
			}
			if x.Close {
				h.listeners[x.Meeting] = slices.DeleteFunc(h.listeners[x.Meeting], func(other *line) bool { return other == l })
			}
			if x.Broadcast != nil {
				for _, other := range h.listeners[x.Meeting] {
					say(other, *x.Broadcast)
				}
			}
		}()
	}
}
