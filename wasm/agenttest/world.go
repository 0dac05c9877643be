package agenttest

import (
	"context"
	crand "crypto/rand"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/native"
	"petmail/wasm/relayclient"
)

// RelayURL is where the world's relay is found.
const RelayURL = "http://relay.test"

// World is one relay and the people around it. Make it inside a synctest
// bubble; it ends with the test.
type World struct {
	TB    testing.TB
	dir   string
	Relay *native.Server
	// Core are the relay's limits from its next start on.
	Core core.Config

	people   []*Person
	captured captured

	mu       sync.Mutex
	listener *pipeListener // nil: the relay is down
	served   chan struct{}
}

// New starts a world. Call Close before the bubble ends.
func New(tb testing.TB) *World {
	dir, err := os.MkdirTemp("", "petmail-world-*")
	require.NoError(tb, err)
	return NewAt(tb, dir)
}

// NewAt starts a world whose relay has its data in dir, which Close deletes.
func NewAt(tb testing.TB, dir string) *World {
	w := &World{TB: tb, dir: dir}
	w.StartRelay()
	return w
}

// Close stops the relay and deletes its data. People must have been stopped.
func (w *World) Close() {
	w.StopRelay()
	require.NoError(w.TB, os.RemoveAll(w.dir))
}

// StartRelay starts the relay on its data.
func (w *World) StartRelay() {
	server, err := native.Open(native.Config{DataDir: w.dir, Limits: native.Unlimited(), Core: w.Core})
	require.NoError(w.TB, err)
	l := newPipeListener()
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := server.Serve(l); err != nil {
			w.TB.Errorf("relay: %v", err)
		}
	}()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Relay, w.listener, w.served = server, l, served
}

// StopRelay stops the relay, if it runs, as for a restart.
func (w *World) StopRelay() {
	w.mu.Lock()
	l, served := w.listener, w.served
	w.listener = nil
	w.mu.Unlock()
	if l == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	require.NoError(w.TB, w.Relay.Close(ctx))
	<-served
}

// RestartRelay stops and starts the relay.
func (w *World) RestartRelay() {
	w.StopRelay()
	w.StartRelay()
}

// ReplaceRelay puts a relay without any data, and so with other keys, in the
// place of the old one.
func (w *World) ReplaceRelay() {
	w.StopRelay()
	require.NoError(w.TB, os.RemoveAll(w.dir))
	w.StartRelay()
}

var errDown = errors.New("nobody listens")

func (w *World) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	w.mu.Lock()
	l := w.listener
	w.mu.Unlock()
	if l == nil {
		return nil, errDown
	}
	return l.dial(ctx)
}

// network returns a fresh, faultless way to the relay.
func (w *World) network() *relayclient.Network {
	return relayclient.Net(relayclient.NetOptions{DialContext: w.dial})
}

// Get fetches a path of the relay over a connection of its own.
func (w *World) Get(path string) *http.Response {
	client := &http.Client{Transport: &http.Transport{DialContext: w.dial, DisableKeepAlives: true}}
	r, err := client.Get(RelayURL + path)
	require.NoError(w.TB, err)
	return r
}

// pipeListener accepts in-memory connections.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, errDown
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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

func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "127.0.0.1:1" }

// advance lets false time pass.
func advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

var randomness = crand.Reader
