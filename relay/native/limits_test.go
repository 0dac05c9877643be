package native_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// from asks a handler as a client with an address.
func from(h http.Handler, addr, method, path string, body []byte, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.RemoteAddr = addr
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func randomSlot(t *testing.T) string {
	t.Helper()
	id := make([]byte, relayproto.SlotIDSize)
	_, err := rand.Read(id)
	require.NoError(t, err)
	return fmt.Sprintf("%s%x", relayproto.RouteSlots, id)
}

func TestRates(t *testing.T) {
	few := native.Rate{PerSecond: 0.001, Burst: 3}
	h := handler(t, native.Config{Limits: native.Limits{Writes: few}})
	put := func(addr string, size int, header ...string) *http.Response {
		return from(h, addr, "PUT", randomSlot(t), make([]byte, size), header...)
	}
	for range 3 {
		require.Equal(t, http.StatusCreated, put("192.0.2.1:1", 100).StatusCode)
	}
	r := put("192.0.2.1:2", 100)
	require.Equal(t, http.StatusTooManyRequests, r.StatusCode)
	require.NotEmpty(t, r.Header.Get("Retry-After"))
	e, err := relayproto.DecodeError([]byte(text(t, r)))
	require.NoError(t, err)
	require.Equal(t, relayproto.CodeRateLimited, e.Code)
	require.InDelta(t, 1000, float64(e.Detail), 10, "seconds")

	require.Equal(t, http.StatusCreated, put("192.0.2.2:1", 100).StatusCode, "another address")
	require.Equal(t, http.StatusCreated, put("[2001:db8:1:1::1]:1", 3*4096).StatusCode, "a large body costs more")
	require.Equal(t, http.StatusTooManyRequests, put("[2001:db8:1:1:ffff::2]:1", 1).StatusCode, "the same /64")
	require.Equal(t, http.StatusCreated, put("[2001:db8:1:2::1]:1", 1).StatusCode, "another /64")
	require.Equal(t, http.StatusTooManyRequests, put("[::ffff:192.0.2.1]:1", 1).StatusCode, "the same IPv4 address")
	require.Equal(t, http.StatusTooManyRequests, put("192.0.2.1:1", 1, "X-Forwarded-For", "192.0.2.77").StatusCode,
		"a header that nobody vouches for changes nothing")
}

// TestProxyHeader checks whose word counts for where a request comes from.
func TestProxyHeader(t *testing.T) {
	h := handler(t, native.Config{
		Limits:             native.Limits{Writes: native.Rate{PerSecond: 0.001, Burst: 1}},
		TrustedProxyHeader: "X-Forwarded-For",
		TrustedProxies:     []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")},
	})
	put := func(client string, forwarded ...string) int {
		t.Helper()
		var header []string
		for _, f := range forwarded {
			header = append(header, "X-Forwarded-For", f)
		}
		return from(h, client, "PUT", randomSlot(t), []byte("x"), header...).StatusCode
	}
	const created, limited = http.StatusCreated, http.StatusTooManyRequests
	require.Equal(t, created, put("127.0.0.1:1", "192.0.2.1"))
	require.Equal(t, limited, put("127.0.0.1:1", "192.0.2.99, 192.0.2.1"), "what stands before is the client's claim")
	require.Equal(t, limited, put("127.0.0.1:2", "192.0.2.1:4711"), "with a port")
	require.Equal(t, limited, put("127.0.0.1:2", "192.0.2.1, 10.1.2.3, 127.0.0.1"), "through two more proxies of ours")
	require.Equal(t, limited, put("10.9.9.9:1", "192.0.2.1"), "another proxy of ours")
	require.Equal(t, limited, put("127.0.0.1:1", "192.0.2.77", "192.0.2.1"), "in two lines")
	require.Equal(t, created, put("127.0.0.1:1", "192.0.2.1, 192.0.2.2"))
	require.Equal(t, created, put("127.0.0.1:1", "2001:db8::1"))
	require.Equal(t, limited, put("127.0.0.1:1", "[2001:db8::2]:99"))

	// Who is not a proxy is what it is, whatever it says.
	require.Equal(t, created, put("198.51.100.1:1", "203.0.113.1"))
	for n := range 20 {
		require.Equal(t, limited, put("198.51.100.1:1", numbered("203.0.113.", n)), "spoofed")
	}
	require.Equal(t, created, put("127.0.0.1:1", "203.0.113.1"), "nobody else pays for it")

	// Nonsense of a proxy is one client, and none that is free.
	require.Equal(t, created, put("127.0.0.1:1", "unknown"))
	require.Equal(t, limited, put("127.0.0.1:1", "_hidden"))
}

func TestRateText(t *testing.T) {
	for text, rate := range map[string]native.Rate{
		"1000/20000": {PerSecond: 1000, Burst: 20_000}, "0.5m/1": {PerSecond: 0.5 / 60, Burst: 1},
		"2m/500": {PerSecond: 2.0 / 60, Burst: 500}, "off": {PerSecond: -1}, "2.5/3": {PerSecond: 2.5, Burst: 3},
	} {
		var r native.Rate
		require.NoError(t, r.UnmarshalText([]byte(text)))
		require.Equal(t, rate, r)
		again, err := r.MarshalText()
		require.NoError(t, err)
		require.Equal(t, text, string(again))
	}
	for _, text := range []string{"", "5", "/", "0/5", "-1/5", "NaN/5", "5/NaN", "Inf/5", "5/0", "5/1e99", "5s/5"} {
		require.Error(t, new(native.Rate).UnmarshalText([]byte(text)), text)
	}
}

func TestDefaultLimitsBearABrowserTest(t *testing.T) {
	h := handler(t, native.Config{})
	body := make([]byte, address.SmallEnvelope)
	for range 2000 {
		// Refused for its form, after the limits were asked.
		require.Equal(t, http.StatusBadRequest, from(h, "127.0.0.1:1", "POST", relayproto.RouteDeposit, body).StatusCode)
	}
}

// TestFullDisk checks that what cannot be stored is not answered for, and
// that the relay works again when there is room.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	r := start(t, native.Config{DataDir: dir, Limits: native.Unlimited(), MaxDatabaseBytes: 2 << 20})
	client := connections(1)
	defer client.CloseIdleConnections()
	put := func(path string, value []byte) (int, string) {
		t.Helper()
		req, err := http.NewRequest("PUT", r.url()+path, bytes.NewReader(value))
		require.NoError(t, err)
		resp, err := client.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		return resp.StatusCode, text(t, resp)
	}
	stored := map[string]bool{}
	var refused string
	for len(stored) < 100 && refused == "" {
		path := randomSlot(t)
		switch status, body := put(path, make([]byte, 256<<10)); status {
		case http.StatusCreated:
			stored[path] = true
		case http.StatusServiceUnavailable:
			e, err := relayproto.DecodeError([]byte(body))
			require.NoError(t, err)
			require.Equal(t, relayproto.CodeUnavailable, e.Code)
			refused = path
		default:
			require.Fail(t, "unexpected status", status)
		}
	}
	require.NotEmpty(t, stored)
	require.NotEmpty(t, refused, "the disk has to be full some time")
	for path := range stored {
		resp, err := client.Get(r.url() + path)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
	}
	resp, err := client.Get(r.url() + refused)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusNotFound, resp.StatusCode, "nothing of it was kept")

	r.cfg.MaxDatabaseBytes = 0
	r.restart()
	status, _ := put(refused, []byte("now"))
	require.Equal(t, http.StatusCreated, status)
}

// TestEndlessAndSlow checks requests that do not end: headers that trickle,
// bodies that are announced and never come, headers without end.
func TestEndlessAndSlow(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		for name, test := range map[string]struct {
			send string
			most time.Duration
		}{
			"half a header":    {"POST /deposit HTTP/1.1\r\nHost: relay\r\nX-", 11 * time.Second},
			"no body":          {"POST /deposit HTTP/1.1\r\nHost: relay\r\nContent-Length: 4096\r\n\r\n", 62 * time.Second},
			"nothing at all":   {"", 11 * time.Second},
			"too much header":  {"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 64<<10), 11 * time.Second},
			"a huge announced": {"PUT /slots/" + zeros(64) + " HTTP/1.1\r\nHost: relay\r\nContent-Length: 99999999999\r\n\r\n", 62 * time.Second},
		} {
			begin := time.Now()
			c, err := b.l.dial(t.Context(), "", "")
			require.NoError(t, err)
			go func() { _, _ = io.WriteString(c, test.send) }() // the relay may hang up before the end
			_, _ = io.Copy(io.Discard, c)
			require.LessOrEqual(t, time.Since(begin), test.most, name)
			require.NoError(t, c.Close())
		}
	})
}

func TestSocketLimits(t *testing.T) {
	l := native.Unlimited()
	l.MaxSocketsPerPrefix = 2
	r := start(t, native.Config{Limits: l})
	upgrade := func() (net.Conn, string) {
		t.Helper()
		c, err := net.Dial("tcp", r.addr)
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		_, err = io.WriteString(c, "GET /mailbox HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
		require.NoError(t, err)
		answer := make([]byte, 4096)
		n, err := c.Read(answer)
		require.NoError(t, err)
		return c, string(answer[:n])
	}
	first, answer := upgrade()
	require.Contains(t, answer, "101 Switching")
	require.NotContains(t, answer, "permessage-deflate", "no compression, no bombs")
	_, answer = upgrade()
	require.Contains(t, answer, "101 Switching")
	_, answer = upgrade()
	require.Contains(t, answer, "429 Too Many")

	require.NoError(t, first.Close())
	require.Eventually(t, func() bool {
		_, answer := upgrade()
		return strings.Contains(answer, "101 Switching")
	}, 10*time.Second, 10*time.Millisecond, "a socket that left makes room")
}
