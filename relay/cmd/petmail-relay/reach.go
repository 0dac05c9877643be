package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"petmail/relay/native"
	"petmail/shared/relayproto"
)

// reachTime bounds every request of checkReachable.
const reachTime = 15 * time.Second

// maxSkew is how far the clocks of two machines may be apart.
const maxSkew = 5 * time.Minute

// checkReachable looks at a relay as agents do, at its public URL, through
// whatever stands before it. id is that of the data folder, zero if unknown.
func checkReachable(ctx context.Context, f *findings, url string, id [relayproto.IDSize]byte) {
	url = strings.TrimSuffix(url, "/")
	ctx, cancel := context.WithTimeout(ctx, 3*reachTime)
	defer cancel()
	if _, rest, _ := strings.Cut(url, "://"); strings.Contains(rest, "/") {
		f.problem("%s has %s", url, pathProblem)
	}
	status, header, body, err := request(ctx, http.MethodGet, url+relayproto.RouteDescriptor, nil)
	if err != nil {
		f.problem("the relay can't be reached: %v", err)
		return
	}
	relay, err := relayproto.OpenDescriptor(body)
	switch {
	case status != http.StatusOK:
		f.problem("%s answers %d: it does not lead to a relay", url, status)
		return
	case err != nil:
		f.problem("%s leads to something that is no relay: %v", url, err)
		return
	case id != [relayproto.IDSize]byte{} && relay.ID != id:
		f.problem("%s leads to another relay than that of the data folder", url)
		return
	}
	f.ok("%s leads to the relay, version %s", url, relay.Version)
	if !strings.HasPrefix(url, "https://") {
		f.note("browsers use a relay over https only, but for localhost")
	}
	if header.Get("Access-Control-Allow-Origin") != "*" {
		f.problem("a proxy removes Access-Control-Allow-Origin; web pages elsewhere can't use the relay")
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		if skew := time.Since(date).Abs(); skew > maxSkew {
			f.problem("the clocks of this machine and of the relay are %s apart; set them by NTP", skew.Round(time.Second))
		}
	}
	reachPages(ctx, f, url, header)
	// A slot with no name is refused, but only by a relay that got it.
	status, _, _, err = request(ctx, http.MethodPut, url+relayproto.RouteSlots+"check", make([]byte, relayproto.MaxSlotValue))
	switch {
	case err == nil && status == http.StatusBadRequest:
		f.ok("large bodies get through")
	case err == nil && status == http.StatusTooManyRequests:
		f.note("the relay limits this machine's requests now; check again later")
	default:
		f.problem("bodies of %d KiB do not get through (%v): raise the proxy's limit", relayproto.MaxSlotValue>>10, orStatus(err, status))
	}
	for _, route := range []string{relayproto.RouteMailbox, relayproto.RouteRendezvous} {
		if err := reachSocket(ctx, "ws"+strings.TrimPrefix(url, "http")+route); err != nil {
			f.problem("WebSockets to %s do not get through (%v): let the proxy pass them", route, err)
			continue
		}
		f.ok("WebSockets to %s get through", route)
	}
}

// reachPages looks at what concerns browsers and the operator: header is that
// of the relay's answer.
func reachPages(ctx context.Context, f *findings, url string, header http.Header) {
	if strings.HasPrefix(url, "https://") && header.Get("Strict-Transport-Security") == "" {
		f.note("browsers are not told to keep to https: set public-url, and let the proxy pass the Host header on")
	}
	if strings.HasPrefix(url, "http://localhost") || strings.HasPrefix(url, "http://127.") || strings.HasPrefix(url, "http://[::1]") {
		return // this machine may read the metrics
	}
	status, _, page, err := request(ctx, http.MethodGet, url+relayproto.RouteMetrics, nil)
	if err == nil && status == http.StatusOK && bytes.HasPrefix(page, []byte("# HELP ")) {
		f.problem("everybody can read %s%s: let the proxy pass the headers Host and X-Forwarded-For, by which the relay tells them from its own machine", url, relayproto.RouteMetrics)
	}
}

func orStatus(err error, status int) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("status %d", status)
}

func request(ctx context.Context, method, url string, body []byte) (int, http.Header, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // a redirect is not what agents follow
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, relayproto.MaxDescriptor+1))
	return resp.StatusCode, resp.Header, answer, err
}

// reachSocket opens a WebSocket and waits for what the relay says first.
func reachSocket(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	return native.TrySocket(ctx, url)
}
