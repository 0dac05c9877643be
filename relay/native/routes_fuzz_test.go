package native_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"petmail/relay/core"
	"petmail/relay/native"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// fuzzRelay is one relay for all runs of a target.
func fuzzRelay(f *testing.F) (*native.Server, http.Handler) {
	f.Helper()
	server, err := native.Open(native.Config{
		DataDir: f.TempDir(), Limits: native.Unlimited(), MaxDatabaseBytes: 64 << 20,
		Core: core.Config{MaxMailboxes: 1000, MaxMeetings: 100, SlotRetention: time.Second},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := server.Close(f.Context()); err != nil {
			f.Error(err)
		}
	})
	return server, server.Handler()
}

// FuzzRoutes sends any method, path and body to the relay. Whatever they are,
// the answer is one of its own, and no failure of the storage.
func FuzzRoutes(f *testing.F) {
	_, h := fuzzRelay(f)
	slot := relayproto.RouteSlots + strings.Repeat("0a", relayproto.SlotIDSize)
	for _, seed := range []struct{ method, path, body string }{
		{"GET", relayproto.RouteDescriptor, ""},
		{"POST", relayproto.RouteDeposit, "envelope"},
		{"POST", relayproto.RouteMailbox, "\xa3\x01\x40\x02\x40\x03\x40"},
		{"PUT", slot, "value"},
		{"GET", slot, ""},
		{"PUT", relayproto.RouteSlots + "../..", "value"},
		{"OPTIONS", relayproto.RouteDeposit, ""},
		{"GET", relayproto.RouteRendezvous, ""},
		{"GET", relayproto.RouteMailbox, ""},
		{"GET", relayproto.RouteHealth, ""},
		{"GET", relayproto.RouteMetrics, ""},
		{"GET", "//slots//x?y#z", ""},
	} {
		f.Add(seed.method, seed.path, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		if len(body) > 1<<20 {
			return
		}
		r := httptest.NewRequest("GET", "/", bytes.NewReader(body))
		r.Method, r.URL = method, &url.URL{Path: "/" + strings.TrimPrefix(path, "/")}
		r.RemoteAddr = "192.0.2.1:1"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		checkAnswer(t, w.Result())
		if w.Code == http.StatusAccepted {
			t.Fatal("the fuzzer can't make envelopes, and yet one was accepted")
		}
		if path == relayproto.RouteMetrics && w.Code == http.StatusOK {
			t.Fatal("the metrics are for the own machine")
		}
	})
}

// checkAnswer checks the form of an answer of the API.
func checkAnswer(t *testing.T, resp *http.Response) {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode >= 500 {
		t.Fatalf("status %d: %q", resp.StatusCode, body)
	}
	if resp.StatusCode >= 400 && resp.Header.Get("Content-Type") == "application/cbor" {
		if _, err := relayproto.DecodeError(body); err != nil {
			t.Fatalf("not an error body: %x", body)
		}
	}
}

// FuzzEnvelopes puts any bytes into an envelope of each size. What is taken is
// answered alike.
func FuzzEnvelopes(f *testing.F) {
	_, h := fuzzRelay(f)
	f.Add([]byte{1}, uint8(0))
	f.Add(append([]byte{1}, bytes.Repeat([]byte{0}, 96)...), uint8(1))
	f.Add(append([]byte{1}, bytes.Repeat([]byte{2, 0xff}, 48)...), uint8(2))
	// Three times the base point of ristretto255.
	base := "\xe2\xf2\xae\x0a\x6a\xbc\x4e\x71\xa8\x84\xa9\x61\xc5\x00\x51\x5f\x58\xe3\x0b\x6a\xa5\x82\xdd\x8d\xb6\xa6\x59\x45\xe0\x8d\x2d\x76"
	f.Add([]byte("\x01"+base+base+base), uint8(0))
	f.Fuzz(func(t *testing.T, head []byte, size uint8) {
		envelope := make([]byte, []int{address.SmallEnvelope, address.MediumEnvelope, address.LargeEnvelope}[size%3])
		copy(envelope, head)
		r := httptest.NewRequest("POST", relayproto.RouteDeposit, bytes.NewReader(envelope))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusBadRequest:
		case http.StatusAccepted:
			if w.Body.String() != relayproto.DepositAnswer || envelope[0] != 1 {
				t.Fatalf("%q", w.Body)
			}
			for _, point := range [][]byte{envelope[1:33], envelope[33:65], envelope[65:97]} {
				if bytes.Equal(point, make([]byte, 32)) || point[31]&0x80 != 0 || point[0]&1 != 0 {
					t.Fatalf("took %x for a point", point)
				}
			}
		default:
			t.Fatalf("status %d", w.Code)
		}
	})
}

// FuzzSockets sends any bytes over an upgraded connection. The relay answers,
// or hangs up, and serves the next.
func FuzzSockets(f *testing.F) {
	server, h := fuzzRelay(f)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	f.Cleanup(func() { _ = l.Close() })
	masked := func(first byte, payload string) []byte {
		return append([]byte{first, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
	}
	f.Add(true, masked(0x81, `{"type":"bind","appid":"a","side":"b"}`))
	f.Add(true, append(masked(0x81, `{"type":"bind","appid":"a","side":"b"}`), masked(0x81, `{"type":"allocate"}`)...))
	f.Add(true, masked(0x88, "\x03\xe8"))
	f.Add(true, masked(0x01, "{"))
	f.Add(false, masked(0x82, "\xa1\x01\x04"))
	f.Add(false, masked(0xc2, "compressed"))
	f.Add(false, []byte{0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, rendezvous bool, data []byte) {
		route := relayproto.RouteMailbox
		if rendezvous {
			route = relayproto.RouteRendezvous
		}
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = io.WriteString(c, "GET "+route+" HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write(data) // the relay may have hung up
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			return
		}
		answer, _ := io.ReadAll(c)
		if !bytes.HasPrefix(answer, []byte("HTTP/1.1 101 ")) && len(answer) > 0 {
			t.Fatalf("%q", answer)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", relayproto.RouteDescriptor, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("the next is answered %d", w.Code)
		}
	})
}
