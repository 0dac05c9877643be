package native_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/relayproto"
)

// asked asks a handler for a path as a client at addr that names host.
func asked(h http.Handler, addr, host, path string, header ...string) *http.Response {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr, r.Host = addr, host
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestMetrics(t *testing.T) {
	h := handler(t, native.Config{})
	slot := randomSlot(t)
	require.Equal(t, http.StatusCreated, from(h, "198.51.100.7:1", "PUT", slot, []byte("x")).StatusCode)
	require.Equal(t, http.StatusNotFound, asked(h, "198.51.100.7:1", "localhost", relayproto.RouteMetrics).StatusCode)
	r := asked(h, "127.0.0.1:1", "localhost:8787", relayproto.RouteMetrics)
	require.Equal(t, http.StatusOK, r.StatusCode)
	page := text(t, r)
	require.Contains(t, page, `petmail_requests_total{route="/slots/",status="201"} 1`)
	require.NotContains(t, page, "198.51.100.7")
	require.NotContains(t, page, strings.TrimPrefix(slot, relayproto.RouteSlots))
	require.Equal(t, "ok\n", text(t, from(h, "198.51.100.7:1", "GET", relayproto.RouteHealth, nil)))
}

// TestMetricsNameThisMachine checks that the metrics are shown to nobody who
// comes from this machine, but asks for another host: a browser here whose
// page's name has come to lead here.
func TestMetricsNameThisMachine(t *testing.T) {
	public := handler(t, native.Config{})
	own, err := native.Open(native.Config{DataDir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, own.Close(t.Context())) })
	for name, h := range map[string]http.Handler{"addr": public, "metrics-addr": own.MetricsHandler()} {
		t.Run(name, func(t *testing.T) {
			for _, peer := range []string{"127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"} {
				for _, host := range []string{"localhost", "localhost:8787", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8787", "127.9.9.9", "[::1]", "[::1]:8787"} {
					require.Equal(t, http.StatusOK, asked(h, peer, host, relayproto.RouteMetrics).StatusCode, "%s %s", peer, host)
				}
				for _, host := range []string{
					"evil.example", "evil.example:8787", "localhost.evil.example", "evil.localhost", "127.0.0.1.evil.example",
					"localhost@evil.example", "evil.example@localhost", "10.0.0.1", "0.0.0.0", "[::]", "[::1", "2130706433", "127.1", "0x7f.0.0.1",
					"localhost,evil.example", "", ":8787", "[fe80::1%25lo]", "[::1%25lo]", "[localhost.evil.example]",
				} {
					require.Equal(t, http.StatusNotFound, asked(h, peer, host, relayproto.RouteMetrics).StatusCode, "%s %s", peer, host)
				}
			}
		})
	}
	require.Equal(t, http.StatusNotFound, asked(public, "192.168.1.7:1", "localhost", relayproto.RouteMetrics).StatusCode)
	require.Equal(t, http.StatusOK, asked(own.MetricsHandler(), "192.168.1.7:1", "monitored.lan:9100", relayproto.RouteMetrics).StatusCode,
		"metrics-addr is for whoever reaches it")
}

// TestProxiedMetrics checks that a proxy on the same machine shows the
// metrics to nobody, whatever it makes of the Host header.
func TestProxiedMetrics(t *testing.T) {
	h := handler(t, native.Config{TrustedProxyHeader: "x-client"})
	for _, header := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP", "Forwarded", "Via", "X-Client", "CF-Connecting-IP",
	} {
		for _, value := range []string{"x", ""} {
			require.Equal(t, http.StatusNotFound,
				asked(h, "127.0.0.1:1", "localhost", relayproto.RouteMetrics, header, value).StatusCode, header)
		}
	}
}

// TestStrictTransport checks that browsers are told to keep to HTTPS where
// they came by it, on every kind of answer, and nowhere else.
func TestStrictTransport(t *testing.T) {
	webApp := fstest.MapFS{"index.html": {Data: []byte("app")}, "i/index.html": {Data: []byte("landing")}}
	h := handler(t, native.Config{Web: webApp})
	behind := handler(t, native.Config{Web: webApp, PublicHost: "relay.example"})
	sent := func(h http.Handler, secure bool, host, path string, header ...string) string {
		t.Helper()
		r := httptest.NewRequest("GET", path, nil)
		if r.Host = host; secure {
			r.TLS = new(tls.ConnectionState)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result().Header.Get("Strict-Transport-Security")
	}
	const year = "max-age=31536000"
	for _, path := range []string{"/", "/i/", "/nothing", "/i", "/petmail/i/", relayproto.RouteDescriptor, relayproto.RouteHealth, relayproto.RouteSlots + "x"} {
		require.Equal(t, year, sent(h, true, "relay.example", path), path)
		require.Empty(t, sent(h, false, "relay.example", path), path)
		require.Empty(t, sent(h, true, "localhost:8787", path), "other programs use that name, too")
		require.Equal(t, year, sent(behind, false, "relay.example", path), path)
		require.Equal(t, year, sent(behind, false, "Relay.Example", path, "X-Forwarded-Proto", "https"), path)
		require.Empty(t, sent(behind, false, "relay.example", path, "X-Forwarded-Proto", "http"), "the proxy's plain port")
		require.Empty(t, sent(behind, false, "relay.example:8787", path), "past the proxy")
		require.Empty(t, sent(behind, false, "127.0.0.1:8787", path), "past the proxy")
	}
	require.Empty(t, sent(h, false, "relay.example", "/", "X-Forwarded-Proto", "https"), "nobody has vouched for that")
}
