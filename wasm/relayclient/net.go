package relayclient

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// Net returns the real network: fetch and WebSocket in a browser, net/http
// and coder/websocket elsewhere.
func Net(o NetOptions) *Network { return newNetwork(o) }

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
	prepareRequest(req)
	resp, err := n.http.Do(req)
	if err != nil {
		return Response{}, fmt.Errorf("couldn't send request: %w", err)
	}
	defer resp.Body.Close()
	// A browser reports a redirect that it did not follow as status 0.
	if resp.StatusCode == 0 || resp.StatusCode/100 == 3 {
		return Response{Status: resp.StatusCode}, ErrRedirected
	}
	if resp.ContentLength > int64(r.MaxResponse) {
		return Response{Status: resp.StatusCode}, ErrResponseTooLarge
	}
	// net/http in a browser does not watch ctx while it reads the body:
	// closing ends the read there, as a clean end of the body.
	stop := context.AfterFunc(ctx, func() { resp.Body.Close() })
	defer stop()
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(r.MaxResponse)+1))
	if ctx.Err() != nil {
		return Response{}, fmt.Errorf("couldn't read response: %w", ctx.Err())
	}
	if err != nil {
		return Response{}, fmt.Errorf("couldn't read response: %w", err)
	}
	if len(data) > r.MaxResponse {
		return Response{Status: resp.StatusCode}, ErrResponseTooLarge
	}
	return Response{Status: resp.StatusCode, Body: data}, nil
}

func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
