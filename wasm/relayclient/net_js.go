//go:build js

package relayclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/coder/websocket"

	"petmail/wasm/relayclient/fetchjs"
)

// NetOptions has nothing to adjust in a browser.
type NetOptions struct{}

// Network is the real Transport: fetch and WebSocket.
type Network struct{}

var _ Transport = (*Network)(nil)

func newNetwork(NetOptions) *Network { return &Network{} }

// CloseIdle does nothing: connections are the browser's.
func (n *Network) CloseIdle() {}

// Do implements Transport.
func (n *Network) Do(ctx context.Context, r Request) (Response, error) {
	status, data, err := fetchjs.Do(ctx, r.Method, r.URL, r.Body, r.MaxResponse)
	switch {
	case errors.Is(err, fetchjs.ErrTooLarge):
		return Response{Status: status}, ErrResponseTooLarge
	case err != nil:
		return Response{}, fmt.Errorf("couldn't send request: %w", err)
	case status == 0:
		return Response{}, ErrRedirected // the browser did not follow it
	}
	return Response{Status: status, Body: data}, nil
}

// Dial implements Transport. The library closes with codes that browsers
// refuse (they take only 1000 and 3000–4999) when a context ends, and leaves
// the socket open: so it never sees ctx, and a socket that opens too late is
// closed here.
func (n *Network) Dial(ctx context.Context, url string, maxMessage int64) (Conn, error) {
	type result struct {
		ws  *websocket.Conn
		err error
	}
	dialed := make(chan result, 1)
	go func() {
		ws, _, err := websocket.Dial(context.Background(), url, nil)
		dialed <- result{ws, err}
	}()
	select {
	case r := <-dialed:
		if r.err != nil {
			return nil, fmt.Errorf("couldn't open socket: %w", r.err)
		}
		r.ws.SetReadLimit(maxMessage)
		return &jsConn{ws: r.ws, read: make(chan message, 1), closed: make(chan struct{})}, nil
	case <-ctx.Done():
		go func() {
			if r := <-dialed; r.err == nil {
				r.ws.Close(websocket.StatusNormalClosure, "")
			}
		}()
		return nil, fmt.Errorf("couldn't open socket: %w", ctx.Err())
	}
}

type message struct {
	data []byte
	err  error
}

// jsConn has one read of the library under way at a time, in a goroutine that
// ends with the browser's close event at the latest.
type jsConn struct {
	ws     *websocket.Conn
	read   chan message
	once   sync.Once
	closed chan struct{}
}

func (c *jsConn) Read(ctx context.Context) ([]byte, error) {
	go func() { c.read <- c.next() }()
	var err error
	select {
	case m := <-c.read:
		if m.err == nil {
			return m.data, nil
		}
		err = m.err
	case <-ctx.Done():
		err = ctx.Err()
	case <-c.closed:
		err = net.ErrClosed
	}
	c.Close()
	return nil, err
}

// next reads one message. When the socket has closed while messages wait, the
// library picks between the two at random, so an answer "closed" is worth
// asking again: a refusal often comes just before the close.
func (c *jsConn) next() message {
	const attempts = 32
	for i := 1; ; i++ {
		_, data, err := c.ws.Read(context.Background())
		if err != nil && errors.Is(err, net.ErrClosed) && i < attempts {
			continue
		}
		return message{data, err}
	}
}

// Write never waits: the browser keeps what it cannot send yet.
func (c *jsConn) Write(_ context.Context, data []byte, text bool) error {
	if text {
		return c.ws.Write(context.Background(), websocket.MessageText, data)
	}
	return c.ws.Write(context.Background(), websocket.MessageBinary, data)
}

// Close does not wait for the browser's close event, which comes seconds
// later when the relay does not answer.
func (c *jsConn) Close() error {
	c.once.Do(func() {
		close(c.closed)
		go c.ws.Close(websocket.StatusNormalClosure, "")
	})
	return nil
}
