//go:build js

package relayclient

import (
	"context"
	"errors"
	"fmt"
	"time"

	"petmail/wasm/relayclient/netjs"
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
	status, date, data, err := netjs.Fetch(ctx, r.Method, r.URL, r.Body, r.MaxResponse)
	switch {
	case errors.Is(err, netjs.ErrTooLarge):
		return Response{Status: status}, ErrResponseTooLarge
	case errors.Is(err, netjs.ErrRedirected), err == nil && status/100 == 3:
		return Response{Status: status}, ErrRedirected
	case err != nil:
		return Response{}, fmt.Errorf("couldn't send request: %w", err)
	}
	return Response{Status: status, Body: data, Date: parseDate(date)}, nil
}

// parseDate reads a Date header; zero if it is none. RFC 9110 has servers write
// this one form; net/http, which knows the older ones, stays out of the browser.
func parseDate(header string) time.Time {
	date, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", header)
	if err != nil {
		return time.Time{}
	}
	return date
}

// Dial implements Transport.
func (n *Network) Dial(ctx context.Context, url string, maxMessage int64) (Conn, error) {
	socket, err := netjs.Dial(ctx, url, int(maxMessage))
	if err != nil {
		return nil, fmt.Errorf("couldn't open socket: %w", err)
	}
	return jsConn{socket}, nil
}

type jsConn struct{ socket *netjs.Socket }

func (c jsConn) Read(ctx context.Context) ([]byte, error) { return c.socket.Read(ctx) }

// Write never waits, so ctx is of no use.
func (c jsConn) Write(_ context.Context, data []byte, text bool) error {
	return c.socket.Write(data, text)
}

func (c jsConn) Close() error {
	c.socket.Close()
	return nil
}
