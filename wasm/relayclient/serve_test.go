//go:build !js

package relayclient

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

const testURL = "http://relay.test"

// pipeListener hands out in-memory connections, which testing/synctest can
// see through.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func (l *pipeListener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	mine, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return mine, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// serve runs h behind the real Network over in-memory connections.
func serve(t *testing.T, h http.Handler) *Network {
	t.Helper()
	l := newPipeListener()
	server := &http.Server{Handler: h}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		server.Serve(l)
	}()
	n := Net(NetOptions{DialContext: l.Dial})
	t.Cleanup(func() {
		n.CloseIdle()
		server.Close()
		<-ended
	})
	return n
}

// serveSocket runs script for each socket in turn, the last one for all that
// follow, and closes the socket without a handshake when it returns.
func serveSocket(t *testing.T, scripts ...func(ctx context.Context, ws *websocket.Conn)) *Network {
	t.Helper()
	var mu sync.Mutex
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	n := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			return
		}
		ws.SetReadLimit(1 << 20)
		mu.Lock()
		script := scripts[0]
		if len(scripts) > 1 {
			scripts = scripts[1:]
		}
		mu.Unlock()
		running.Add(1)
		defer running.Done()
		defer ws.CloseNow()
		script(ctx, ws)
	}))
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return n
}

// watch collects what callbacks report, to be waited for.
type watch[T any] struct{ C chan T }

func newWatch[T any]() watch[T] { return watch[T]{make(chan T, 4096)} }

func (w watch[T]) Add(v T) { w.C <- v }

// until returns the first value that ok accepts, passing over the others.
func (w watch[T]) Until(t testing.TB, what string, ok func(T) bool) T {
	t.Helper()
	for {
		select {
		case v := <-w.C:
			if ok(v) {
				return v
			}
		case <-t.Context().Done():
			require.FailNow(t, "never came", what)
		}
	}
}

// pass lets d pass on the clock of a testing/synctest bubble.
func pass(d time.Duration) { <-time.After(d) }
