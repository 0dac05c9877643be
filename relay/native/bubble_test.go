package native_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/native"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// pipeListener hands out the ends of net.Pipe, which the fake clock of a
// synctest bubble understands.
type pipeListener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (l *pipeListener) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// bubble is a relay inside a synctest bubble.
type bubble struct {
	t      *testing.T
	cfg    native.Config
	server *native.Server
	l      *pipeListener
	served chan error
	client *http.Client
}

func inBubble(t *testing.T, run func(t *testing.T, b *bubble)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, cfg: native.Config{DataDir: dir, Limits: native.Unlimited(), SweepInterval: 20 * time.Minute}}
		b.open()
		run(t, b)
		b.close()
	})
}

func (b *bubble) open() {
	var err error
	b.server, err = native.Open(b.cfg)
	require.NoError(b.t, err)
	b.l = newPipeListener()
	b.served = make(chan error, 1)
	go func() { b.served <- b.server.Serve(b.l) }()
	b.client = &http.Client{Transport: &http.Transport{DialContext: b.l.dial}}
}

func (b *bubble) close() {
	b.client.CloseIdleConnections()
	require.NoError(b.t, b.server.Close(context.Background()))
	require.NoError(b.t, <-b.served)
}

// pass lets the bubble's time pass.
func (b *bubble) pass(d time.Duration) { time.Sleep(d) }

func (b *bubble) get(path string) (int, []byte) {
	b.t.Helper()
	resp, err := b.client.Get("http://relay" + path)
	require.NoError(b.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp.StatusCode, body
}

func (b *bubble) dial(path string) *websocket.Conn {
	b.t.Helper()
	c, _, err := websocket.Dial(context.Background(), "ws://relay"+path, &websocket.DialOptions{HTTPClient: b.client})
	require.NoError(b.t, err)
	return c
}

func (b *bubble) put(path, value string) int {
	b.t.Helper()
	req, err := http.NewRequest("PUT", "http://relay"+path, stringReader(value))
	require.NoError(b.t, err)
	resp, err := b.client.Do(req)
	require.NoError(b.t, err)
	require.NoError(b.t, resp.Body.Close())
	return resp.StatusCode
}

func TestSlotExpires(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		path := relayproto.RouteSlots + zeros(64)
		require.Equal(t, http.StatusCreated, b.put(path, "value"))
		time.Sleep(relayproto.SlotRetention - time.Hour)
		status, value := b.get(path)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "value", string(value))
		time.Sleep(2 * time.Hour) // its time ends, and a sweep comes by
		status, _ = b.get(path)
		require.Equal(t, http.StatusNotFound, status)
		require.Equal(t, http.StatusCreated, b.put(path, "another"))
	})
}

func TestSilentSocketsEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		begin := time.Now()
		c := b.dial(relayproto.RouteMailbox)
		defer c.CloseNow()
		_, _, err := c.Read(context.Background()) // the challenge
		require.NoError(t, err)
		_, _, err = c.Read(context.Background())
		require.Error(t, err)
		require.InDelta(t, relayproto.AuthTimeout, time.Since(begin), float64(6*time.Second), "no auth in time")

		key := register(t, b)
		c = connect(t, b, key)
		defer c.CloseNow()
		begin = time.Now()
		_, _, err = c.Read(context.Background())
		require.Error(t, err)
		require.InDelta(t, 2*time.Minute, time.Since(begin), float64(6*time.Second), "no ping in time")
	})
}

// register makes a mailbox with doors.
func register(t *testing.T, b *bubble, doors ...[]byte) ed25519.PrivateKey {
	t.Helper()
	_, body := b.get(relayproto.RouteDescriptor)
	relay, err := relayproto.OpenDescriptor(body)
	require.NoError(t, err)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	post, err := relayproto.SignMailboxRequest(key, relayproto.MailboxRequest{RelayID: relay.ID, Counter: 1, Register: true, AddDoors: doors})
	require.NoError(t, err)
	resp, err := b.client.Post("http://relay"+relayproto.RouteMailbox, "", stringReader(string(post)))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return key
}

// connect opens an authenticated mailbox socket.
func connect(t *testing.T, b *bubble, key ed25519.PrivateKey) *websocket.Conn {
	t.Helper()
	_, body := b.get(relayproto.RouteDescriptor)
	relay, err := relayproto.OpenDescriptor(body)
	require.NoError(t, err)
	c := b.dial(relayproto.RouteMailbox)
	_, data, err := c.Read(context.Background())
	require.NoError(t, err)
	challenge, err := relayproto.DecodeFrame(data)
	require.NoError(t, err)
	auth, err := relayproto.EncodeFrame(relayproto.Frame{
		Type: relayproto.FrameAuth, Key: key.Public().(ed25519.PublicKey), Credit: 10,
		Signature: ed25519.Sign(key, relayproto.AuthMessage(relay.ID, challenge.Nonce)),
	})
	require.NoError(t, err)
	require.NoError(t, c.Write(context.Background(), websocket.MessageBinary, auth))
	_, _, err = c.Read(context.Background()) // ready
	require.NoError(t, err)
	return c
}

// say sends rendezvous messages and returns the last answer to each.
func say(t *testing.T, c *websocket.Conn, messages ...wormhole.ClientMessage) (last wormhole.ServerMessage) {
	t.Helper()
	for _, m := range append(messages, wormhole.ClientMessage{Type: wormhole.ClientPing, Ping: 1}) {
		data, err := m.Encode()
		require.NoError(t, err)
		require.NoError(t, c.Write(context.Background(), websocket.MessageText, data))
	}
	for {
		_, data, err := c.Read(context.Background())
		require.NoError(t, err)
		m, err := wormhole.ParseServer(data)
		require.NoError(t, err)
		switch m.Type {
		case wormhole.ServerPong:
			return last
		case wormhole.ServerAck:
		default:
			last = m
		}
	}
}

func bind(app, side string) wormhole.ClientMessage {
	return wormhole.ClientMessage{Type: wormhole.ClientBind, AppID: app, Side: side}
}

func TestInvitationsExpire(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		alice := b.dial(relayproto.RouteRendezvous)
		allocated := say(t, alice, bind(wormhole.AppID, "alice"), wormhole.ClientMessage{Type: wormhole.ClientAllocate})
		claim := wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: allocated.Nameplate}
		mailbox := say(t, alice, claim).Mailbox
		link := wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: "link"}
		say(t, b.dial(relayproto.RouteRendezvous), bind(wormhole.AppID, "alice"), link)
		alice.CloseNow()

		time.Sleep(relayproto.CodeLifetime - time.Minute)
		bob := b.dial(relayproto.RouteRendezvous)
		require.Equal(t, mailbox, say(t, bob, bind(wormhole.AppID, "bob"), claim).Mailbox)
		bob.CloseNow()

		time.Sleep(2 * time.Minute)
		carol := b.dial(relayproto.RouteRendezvous)
		require.Equal(t, "no such nameplate", say(t, carol, bind(wormhole.AppID, "carol"), claim).Error)
		require.Equal(t, "expired", say(t, carol, wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: mailbox}).Error)
		require.Empty(t, say(t, carol, link).Error)
		carol.CloseNow()

		time.Sleep(relayproto.LinkLifetime)
		dave := b.dial(relayproto.RouteRendezvous)
		require.Equal(t, "expired", say(t, dave, bind(wormhole.AppID, "dave"), link).Error)
		dave.CloseNow()
	})
}

// TestClassicMeetings checks that those of other programs live as long as
// somebody is connected, and little longer.
func TestClassicMeetings(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		const app = "example.org/other"
		alice := b.dial(relayproto.RouteRendezvous)
		nameplate := say(t, alice, bind(app, "alice"), wormhole.ClientMessage{Type: wormhole.ClientAllocate}).Nameplate
		claim := wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: nameplate}
		mailbox := say(t, alice, claim).Mailbox
		open := wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: mailbox}
		say(t, alice, open)
		reading := make(chan error, 1)
		go func() {
			_, _, err := alice.Read(context.Background())
			reading <- err
		}()
		time.Sleep(24 * time.Hour)
		bob := b.dial(relayproto.RouteRendezvous)
		require.Equal(t, mailbox, say(t, bob, bind(app, "bob"), claim).Mailbox)
		bob.CloseNow()
		alice.CloseNow()
		require.Error(t, <-reading)

		time.Sleep(time.Hour)
		carol := b.dial(relayproto.RouteRendezvous)
		require.NotEqual(t, mailbox, say(t, carol, bind(app, "carol"), claim).Mailbox)
		carol.CloseNow()
	})
}

// TestRestartInBubble checks that everything ends on Close, which synctest
// would notice otherwise, and begins again.
func TestRestartInBubble(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.Core = core.Config{Welcome: "hello"}
		key := register(t, b)
		c := connect(t, b, key)
		defer c.CloseNow()
		done := make(chan error, 1)
		go func() {
			_, _, err := c.Read(context.Background())
			done <- err
		}()
		b.close()
		require.Equal(t, websocket.StatusGoingAway, websocket.CloseStatus(<-done))
		b.open()
		c = connect(t, b, key)
		defer c.CloseNow()
		r := b.dial(relayproto.RouteRendezvous)
		require.Equal(t, "hello", say(t, r).Welcome.MOTD)
		r.CloseNow()
	})
}
