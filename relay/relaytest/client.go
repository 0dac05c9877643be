package relaytest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// patience is how long an event may take before a test fails.
const patience = 20 * time.Second

// relay is an Instance seen through its descriptor.
type relay struct {
	*Instance
	t    *testing.T
	desc *relayproto.Relay
}

func open(t *testing.T, i *Instance) *relay {
	t.Helper()
	r := &relay{Instance: i, t: t}
	status, _, body := r.do("GET", relayproto.RouteDescriptor, nil)
	require.Equal(t, http.StatusOK, status)
	var err error
	r.desc, err = relayproto.OpenDescriptor(body)
	require.NoError(t, err)
	return r
}

// do makes one request and returns the whole answer.
func (r *relay) do(method, path string, body []byte) (int, http.Header, []byte) {
	r.t.Helper()
	status, header, answer, err := r.try(method, path, body)
	require.NoError(r.t, err)
	return status, header, answer
}

func (r *relay) try(method, path string, body []byte) (int, http.Header, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, r.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, resp.Header, answer, err
}

// refused checks that a request is answered with a status and an error code.
func (r *relay) refused(status int, code relayproto.Code, method, path string, body []byte) *relayproto.Error {
	r.t.Helper()
	got, header, answer := r.do(method, path, body)
	require.Equal(r.t, status, got)
	require.Equal(r.t, "application/cbor", header.Get("Content-Type"))
	e, err := relayproto.DecodeError(answer)
	require.NoError(r.t, err)
	require.Equal(r.t, code, e.Code)
	require.NotEmpty(r.t, e.Message, "a refusal says why in a sentence")
	return e
}

// agent is somebody with a mailbox.
type agent struct {
	r       *relay
	key     ed25519.PrivateKey
	counter uint64
	door    address.Door
	box     address.BoxKey
}

// newAgent draws keys; register makes the mailbox.
func (r *relay) newAgent() *agent {
	r.t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(r.t, err)
	a := &agent{r: r, key: key}
	a.door, err = address.NewDoor(rand.Reader)
	require.NoError(r.t, err)
	a.box, err = address.NewBoxKey(rand.Reader)
	require.NoError(r.t, err)
	return a
}

// registered returns an agent with a mailbox and one door.
func (r *relay) registered() *agent {
	r.t.Helper()
	a := r.newAgent()
	id := a.door.ID()
	a.update(relayproto.MailboxRequest{Register: true, AddDoors: [][]byte{id[:]}})
	return a
}

// sign fills in relay and next counter, and returns the body to post.
func (a *agent) sign(req relayproto.MailboxRequest) []byte {
	a.r.t.Helper()
	a.counter++
	req.RelayID, req.Counter = a.r.desc.ID, a.counter
	body, err := relayproto.SignMailboxRequest(a.key, req)
	require.NoError(a.r.t, err)
	return body
}

func (a *agent) update(req relayproto.MailboxRequest) relayproto.MailboxStatus {
	a.r.t.Helper()
	status, _, answer := a.r.do("POST", relayproto.RouteMailbox, a.sign(req))
	require.Equal(a.r.t, http.StatusOK, status)
	var s relayproto.MailboxStatus
	require.NoError(a.r.t, wire.Unmarshal(answer, &s, relayproto.MaxErrorBody))
	return s
}

// address returns a fresh address of a's door.
func (a *agent) address() address.Address { return a.addressOf(a.door) }

func (a *agent) addressOf(door address.Door) address.Address {
	a.r.t.Helper()
	routing, err := address.ParseRoutingPublic(a.r.desc.Routing)
	require.NoError(a.r.t, err)
	// Addresses forbid http URLs nowhere; the URL plays no part at the relay.
	to, err := address.New(rand.Reader, a.r.URL, a.r.desc.ID, routing, door, a.box)
	require.NoError(a.r.t, err)
	return to
}

func (r *relay) seal(to address.Address, body string) []byte {
	r.t.Helper()
	envelope, err := address.Seal(rand.Reader, to, []byte(body))
	require.NoError(r.t, err)
	return envelope
}

// send deposits a body for a and requires the one answer.
func (a *agent) send(body string) {
	a.r.t.Helper()
	status, _, answer := a.r.do("POST", relayproto.RouteDeposit, a.r.seal(a.address(), body))
	require.Equal(a.r.t, http.StatusAccepted, status)
	require.Equal(a.r.t, relayproto.DepositAnswer, string(answer))
}

// socket is a WebSocket of which a reader goroutine hands on the frames.
type socket struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan []byte
}

// dial opens a WebSocket, which ends with the test.
func (r *relay) dial(path string) *socket {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.URL, "http")+path, nil)
	require.NoError(r.t, err)
	conn.SetReadLimit(1 << 20)
	s := &socket{t: r.t, conn: conn, frames: make(chan []byte)}
	reading, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(s.frames)
		for {
			_, data, err := conn.Read(reading)
			if err != nil {
				return
			}
			select {
			case s.frames <- data:
			case <-reading.Done():
				return
			}
		}
	}()
	r.t.Cleanup(func() {
		stop()
		conn.CloseNow()
		<-done
	})
	return s
}

// next returns the next frame; closed says that there is none.
func (s *socket) next() (data []byte, closed bool) {
	s.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case data, ok := <-s.frames:
		return data, !ok
	case <-timer.C:
		require.Fail(s.t, "no frame came in time")
		return nil, true
	}
}

// ends waits until the relay ends the socket.
func (s *socket) ends() {
	s.t.Helper()
	for {
		if _, closed := s.next(); closed {
			return
		}
	}
}

func (s *socket) write(kind websocket.MessageType, data []byte) {
	s.t.Helper()
	require.NoError(s.t, s.tryWrite(kind, data))
}

func (s *socket) tryWrite(kind websocket.MessageType, data []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.conn.Write(ctx, kind, data)
}

// close leaves without goodbye, as a device that goes to sleep.
func (s *socket) close() { s.conn.CloseNow() }

// mailboxSocket speaks frames.
type mailboxSocket struct{ *socket }

// challenged opens a mailbox socket and returns its nonce.
func (r *relay) challenged() (mailboxSocket, []byte) {
	r.t.Helper()
	m := mailboxSocket{r.dial(relayproto.RouteMailbox)}
	return m, m.expect(relayproto.FrameChallenge).Nonce
}

// connect opens an authenticated socket and returns its Ready frame.
func (a *agent) connect(credit uint32) (mailboxSocket, relayproto.Frame) {
	a.r.t.Helper()
	m, nonce := a.r.challenged()
	m.send(a.auth(nonce, credit))
	return m, m.expect(relayproto.FrameReady)
}

func (a *agent) auth(nonce []byte, credit uint32) relayproto.Frame {
	return relayproto.Frame{
		Type:      relayproto.FrameAuth,
		Key:       a.key.Public().(ed25519.PublicKey),
		Signature: ed25519.Sign(a.key, relayproto.AuthMessage(a.r.desc.ID, nonce)),
		Credit:    credit,
	}
}

func (m mailboxSocket) send(f relayproto.Frame) {
	m.t.Helper()
	data, err := relayproto.EncodeFrame(f)
	require.NoError(m.t, err)
	m.write(websocket.MessageBinary, data)
}

func (m mailboxSocket) expect(kind relayproto.FrameType) relayproto.Frame {
	m.t.Helper()
	data, closed := m.next()
	require.False(m.t, closed, "the relay ended the socket")
	f, err := relayproto.DecodeFrame(data)
	require.NoError(m.t, err)
	require.Equal(m.t, kind, f.Type)
	return f
}

// expectError expects an error frame and then the end.
func (m mailboxSocket) expectError(code relayproto.Code) {
	m.t.Helper()
	f := m.expect(relayproto.FrameError)
	require.Equal(m.t, code, f.Error.Code)
	m.ends()
}

// pass sends a ping and expects its pong next: everything before it was
// handled, and nothing else was due.
func (m mailboxSocket) pass(token uint64) {
	m.t.Helper()
	m.send(relayproto.Frame{Type: relayproto.FramePing, Token: token})
	require.Equal(m.t, token, m.expect(relayproto.FramePong).Token)
}

// expectBody expects the delivery of an envelope with this body.
func (a *agent) expectBody(m mailboxSocket, body string) uint64 {
	a.r.t.Helper()
	f := m.expect(relayproto.FrameDeliver)
	opened, err := a.box.Open(f.Envelope)
	require.NoError(a.r.t, err)
	require.Equal(a.r.t, body, string(opened.Body))
	return f.Seq
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s %d", prefix, i) }
