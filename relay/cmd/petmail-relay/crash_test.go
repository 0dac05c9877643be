package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// crashRounds is how often the relay is killed: 10 times, or PETMAIL_SOAK.
func crashRounds(t *testing.T) int {
	t.Helper()
	soak := os.Getenv("PETMAIL_SOAK")
	if soak == "" {
		return 10
	}
	n, err := strconv.Atoi(soak)
	require.NoError(t, err)
	return n
}

// promise is what the relay has answered for, over all rounds.
type promise struct {
	mu       sync.Mutex
	sent     map[string]bool   // bodies of answered deposits
	received map[string]bool   // bodies that the load received, ack on the way
	acked    map[string]bool   // those whose ack was durable: a pong came after it
	slots    map[string]string // path to the value that won
	doors    [][]byte          // registered by an answered request
}

// crasher is the mixed load on one mailbox.
type crasher struct {
	t       *testing.T
	env     string
	p       *process
	relay   *relayproto.Relay
	key     ed25519.PrivateKey
	door    address.Door
	box     address.BoxKey
	counter uint64
	promise promise
}

// TestNothingAnsweredIsLost kills the relay again and again under load, and
// checks after each start that all it has answered for is true.
func TestNothingAnsweredIsLost(t *testing.T) {
	env := "PETMAIL_DATA=" + t.TempDir()
	c := newCrasher(t, spawn(t, env))
	c.env = env

	rounds := crashRounds(t)
	for round := range rounds {
		c.load(round)
		c.p = spawn(t, c.env)
		c.verify()
	}
	c.p.terminate()
	t.Logf("%d rounds: %d deposits, %d acks, %d slots, %d doors", rounds,
		len(c.promise.sent), len(c.promise.acked), len(c.promise.slots), len(c.promise.doors))
	require.NotEmpty(t, c.promise.sent)
	require.NotEmpty(t, c.promise.acked)
	require.NotEmpty(t, c.promise.slots)
	require.NotEmpty(t, c.promise.doors)
}

// workers is the concurrency of each kind of load.
const workers = 4

// killAfter is how many deposits are answered before the kill.
const killAfter = 60

// load runs deposits, acks, slots and registrations until the relay, killed
// in the middle, answers no more.
func (c *crasher) load(round int) {
	answered := make(chan struct{}, 1<<16)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var running sync.WaitGroup
	for w := range workers {
		running.Go(func() {
			c.until(func(i int) error { return c.deposit(fmt.Sprintf("%d/%d/%d", round, w, i), answered) })
		})
		running.Go(func() { c.until(func(i int) error { return c.slot(fmt.Sprintf("%d/%d", w, i)) }) })
	}
	running.Go(func() {
		c.until(func(int) error {
			door := make([]byte, relayproto.DoorIDSize)
			_, _ = rand.Read(door)
			if len(c.promise.doors) >= relayproto.MaxDoorsPerMailbox-8 {
				return errors.New("enough doors")
			}
			return c.register(door)
		})
	})
	running.Go(func() { _, _ = c.receive(ctx, c.note) })
	for range killAfter {
		<-answered
	}
	c.p.kill()
	running.Wait()
}

// note remembers what the load received, before its ack is sent.
func (c *crasher) note(body string) (ack bool) {
	c.promise.mu.Lock()
	defer c.promise.mu.Unlock()
	c.promise.received[body] = true
	return true
}

// until repeats step until it fails, as it does when the relay is killed.
func (c *crasher) until(step func(i int) error) {
	for i := 0; ; i++ {
		if step(i) != nil {
			return
		}
	}
}

func (c *crasher) deposit(body string, answered chan<- struct{}) error {
	routing, err := address.ParseRoutingPublic(c.relay.Routing)
	if err != nil {
		return err
	}
	to, err := address.New(rand.Reader, "https://relay.example", c.relay.ID, routing, c.door, c.box)
	if err != nil {
		return err
	}
	envelope, err := address.Seal(rand.Reader, to, []byte(body))
	if err != nil {
		return err
	}
	status, _, err := c.p.try("POST", relayproto.RouteDeposit, envelope)
	if err != nil {
		return err
	}
	if status != http.StatusAccepted {
		return fmt.Errorf("status %d", status)
	}
	c.promise.mu.Lock()
	c.promise.sent[body] = true
	c.promise.mu.Unlock()
	answered <- struct{}{}
	return nil
}

func (c *crasher) slot(value string) error {
	id := make([]byte, relayproto.SlotIDSize)
	_, _ = rand.Read(id)
	path := relayproto.RouteSlots + hex.EncodeToString(id)
	status, _, err := c.p.try("PUT", path, []byte(value))
	if err != nil {
		return err
	}
	if status != http.StatusCreated {
		return fmt.Errorf("status %d", status)
	}
	c.promise.mu.Lock()
	c.promise.slots[path] = value
	c.promise.mu.Unlock()
	return nil
}

// register adds a door to the mailbox, which it makes the first time.
func (c *crasher) register(door []byte) error {
	c.counter++
	body, err := relayproto.SignMailboxRequest(c.key, relayproto.MailboxRequest{
		RelayID: c.relay.ID, Counter: c.counter, Register: true, AddDoors: [][]byte{door},
	})
	if err != nil {
		return err
	}
	status, answer, err := c.p.try("POST", relayproto.RouteMailbox, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("status %d: %q", status, answer)
	}
	c.promise.doors = append(c.promise.doors, door)
	return nil
}

// receive reads the mailbox and acknowledges each body for which ack says so.
// With a ctx that can end it goes on until that or the relay's death; with
// another it returns the bodies that waited.
func (c *crasher) receive(ctx context.Context, ack func(body string) bool) (bodies []string, err error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.close()
	read, write, ready := conn.read, conn.write, conn.ready
	pending := make(map[uint64]string) // by the token of the ping after the ack
	for len(bodies) < int(ready.Waiting) || ctx.Done() != nil {
		f, err := read()
		if err != nil {
			return bodies, err
		}
		switch f.Type {
		case relayproto.FramePong:
			c.promise.mu.Lock()
			c.promise.acked[pending[f.Token]] = true
			c.promise.mu.Unlock()
			delete(pending, f.Token)
		case relayproto.FrameDeliver:
			opened, err := c.box.Open(f.Envelope)
			if err != nil {
				return bodies, err
			}
			body := string(opened.Body)
			bodies = append(bodies, body)
			if err := write(relayproto.Frame{Type: relayproto.FrameCredit, Credit: 1}); err != nil {
				return bodies, err
			}
			if !ack(body) {
				continue
			}
			pending[f.Seq] = body
			if err := write(relayproto.Frame{Type: relayproto.FrameAck, Seqs: []uint64{f.Seq}}); err != nil {
				return bodies, err
			}
			if err := write(relayproto.Frame{Type: relayproto.FramePing, Token: f.Seq}); err != nil {
				return bodies, err
			}
		default:
			return bodies, fmt.Errorf("unexpected frame %d", f.Type)
		}
	}
	return bodies, nil
}

// connection is an authenticated mailbox socket.
type connection struct {
	ctx   context.Context
	conn  *websocket.Conn
	ready relayproto.Frame
}

func (c *connection) close() { c.conn.CloseNow() }

func (c *connection) read() (f relayproto.Frame, err error) {
	_, data, err := c.conn.Read(c.ctx)
	if err != nil {
		return f, err
	}
	return relayproto.DecodeFrame(data)
}

func (c *connection) write(f relayproto.Frame) error {
	data, err := relayproto.EncodeFrame(f)
	if err != nil {
		return err
	}
	return c.conn.Write(c.ctx, websocket.MessageBinary, data)
}

// connect opens the mailbox's socket.
func (c *crasher) connect(ctx context.Context) (_ *connection, err error) {
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(c.p.url, "http")+relayproto.RouteMailbox, nil)
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(relayproto.MaxFrame)
	conn := &connection{ctx: ctx, conn: ws}
	defer func() {
		if err != nil {
			conn.close()
		}
	}()
	challenge, err := conn.read()
	if err != nil {
		return nil, err
	}
	err = conn.write(relayproto.Frame{
		Type: relayproto.FrameAuth, Key: c.key.Public().(ed25519.PublicKey), Credit: relayproto.MaxCredit,
		Signature: ed25519.Sign(c.key, relayproto.AuthMessage(c.relay.ID, challenge.Nonce)),
	})
	if err != nil {
		return nil, err
	}
	conn.ready, err = conn.read()
	return conn, err
}

// verify compares a relay that has just started with what it promised before.
func (c *crasher) verify() {
	t := c.t
	waiting := make(map[string]bool)
	bodies, err := c.receive(context.Background(), func(string) bool { return false })
	require.NoError(t, err)
	for _, body := range bodies {
		require.False(t, c.promise.acked[body], "an acknowledged envelope came again: %s", body)
		require.False(t, waiting[body], "twice in one queue: %s", body)
		waiting[body] = true
	}
	for body := range c.promise.sent {
		require.True(t, waiting[body] || c.promise.received[body], "an answered deposit is gone: %s", body)
	}
	for path, value := range c.promise.slots {
		status, got, err := c.p.try("GET", path, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, value, string(got))
	}
	for _, door := range c.promise.doors {
		c.counter++
		body, err := relayproto.SignMailboxRequest(c.key, relayproto.MailboxRequest{
			RelayID: c.relay.ID, Counter: c.counter, AddDoors: [][]byte{door},
		})
		require.NoError(t, err)
		status, _, err := c.p.try("POST", relayproto.RouteMailbox, body)
		require.NoError(t, err)
		require.Equal(t, http.StatusConflict, status, "a registered door is gone")
	}
}
