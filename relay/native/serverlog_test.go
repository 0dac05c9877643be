package native

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestServerLog(t *testing.T) {
	lines := []string{
		"http: TLS handshake error from 192.0.2.7:4711: EOF",
		"http: TLS handshake error from [2001:db8::7]:4711: EOF",
		"http: panic serving 192.0.2.7:4711: boom\ngoroutine 1 [running]:",
		"http: panic serving [2001:db8::7]:4711: again",
		"http: Accept error: accept tcp 127.0.0.1:8787: accept4: too many open files; retrying in 5ms",
		"http: Accept error: accept tcp 127.0.0.1:8787: accept4: too many open files; retrying in 10ms",
		"http: URL query contains semicolon from 192.0.2.7:1",
	}
	write := func(addresses bool, after time.Duration) string {
		var out bytes.Buffer
		now := time.Unix(0, 0)
		l := newServerLog(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})), addresses)
		l.now = func() time.Time { return now }
		l.last = make(map[string]time.Time)
		now = now.Add(serverLogEvery)
		for _, line := range lines {
			n, err := l.Write([]byte(line + "\n"))
			require.NoError(t, err)
			require.Equal(t, len(line)+1, n)
			now = now.Add(after)
		}
		return out.String()
	}
	out := write(false, 0)
	require.NotContains(t, out, "192.0.2.7")
	require.NotContains(t, out, "2001:db8")
	require.NotContains(t, out, "4711")
	require.Contains(t, out, "boom", "the operator hears of what is broken")
	require.NotContains(t, out, "again", "once a minute")
	require.Contains(t, out, "too many open files; retrying in 5ms")
	require.NotContains(t, out, "10ms")
	require.Contains(t, write(false, serverLogEvery), "10ms")

	out = write(true, 0)
	require.Contains(t, out, "handshake error from 192.0.2.7:4711", "when asked for")
}

// TestPanicsAreTold has a handler panic in a real http.Server.
func TestPanicsAreTold(t *testing.T) {
	var out bytes.Buffer
	l := newServerLog(slog.New(slog.NewTextHandler(&out, nil)), false)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
	server.Config.ErrorLog = (&Server{serverLog: l}).ErrorLog()
	server.Start()
	resp, err := http.Get(server.URL)
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		require.NoError(t, resp.Body.Close())
	}
	server.Close() // waits for the connection's end
	require.Contains(t, out.String(), "panic serving [client]: boom")
}
