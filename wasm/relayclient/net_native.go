//go:build !js

package relayclient

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// NetOptions adjusts the native network.
type NetOptions struct {
	// DialContext, if set, makes every connection, and no proxy is used. The
	// default is TCP, through the proxy that the environment names.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// HTTP, if set, sends requests and handshakes instead; DialContext is
	// then ignored. Redirects are refused whatever it says.
	HTTP *http.Client
}

// Network is the real Transport.
type Network struct {
	http   *http.Client
	socket *http.Client
}

var _ Transport = (*Network)(nil)

func newNetwork(o NetOptions) *Network {
	if o.HTTP != nil {
		c := *o.HTTP
		c.CheckRedirect = refuseRedirect
		return &Network{http: &c, socket: &c}
	}
	// Deposits never share a connection with the mailbox socket: two
	// transports, two pools (shared/spec/address.md, Who can do what).
	return &Network{http: newHTTPClient(o), socket: newHTTPClient(o)}
}

func newHTTPClient(o NetOptions) *http.Client {
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 16 << 10,
		DisableCompression:     true, // a body has one length: the one that is bounded
	}
	if o.DialContext != nil {
		t.Proxy, t.DialContext = nil, o.DialContext
	}
	return &http.Client{Transport: t, CheckRedirect: refuseRedirect}
}

// CloseIdle closes connections that are kept for later requests.
func (n *Network) CloseIdle() {
	n.http.CloseIdleConnections()
	n.socket.CloseIdleConnections()
}

// Do implements Transport.
func (n *Network) Do(ctx context.Context, r Request) (Response, error) {
	var body io.Reader
	if len(r.Body) > 0 {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return Response{}, fmt.Errorf("couldn't build request: %w", err)
	}
	req.Header.Set("User-Agent", "") // set empty: none is sent
	resp, err := n.http.Do(req)
	if err != nil {
		return Response{}, fmt.Errorf("couldn't send request: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 3 {
		return Response{Status: resp.StatusCode}, ErrRedirected
	}
	if resp.ContentLength > int64(r.MaxResponse) {
		return Response{Status: resp.StatusCode}, ErrResponseTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(r.MaxResponse)+1))
	if err != nil {
		return Response{}, fmt.Errorf("couldn't read response: %w", err)
	}
	if len(data) > r.MaxResponse {
		return Response{Status: resp.StatusCode}, ErrResponseTooLarge
	}
	date, _ := http.ParseTime(resp.Header.Get("Date")) // zero if there is none
	return Response{Status: resp.StatusCode, Body: data, Date: date}, nil
}

func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Dial implements Transport.
func (n *Network) Dial(ctx context.Context, url string, maxMessage int64) (Conn, error) {
	ws, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient:      n.socket,
		HTTPHeader:      http.Header{"User-Agent": {""}},
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't open socket: %w", err)
	}
	ws.SetReadLimit(maxMessage)
	return nativeConn{ws}, nil
}

type nativeConn struct{ ws *websocket.Conn }

func (c nativeConn) Read(ctx context.Context) ([]byte, error) {
	_, data, err := c.ws.Read(ctx)
	if err != nil {
		c.ws.CloseNow()
		return nil, err
	}
	return data, nil
}

func (c nativeConn) Write(ctx context.Context, data []byte, text bool) error {
	return c.ws.Write(ctx, messageType(text), data)
}

// Close does without the closing handshake, which may wait ten seconds for a
// relay that has gone; the relay learns as much from the end of the stream.
func (c nativeConn) Close() error { return c.ws.CloseNow() }

func messageType(text bool) websocket.MessageType {
	if text {
		return websocket.MessageText
	}
	return websocket.MessageBinary
}
