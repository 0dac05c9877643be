package native_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/native"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// lockedBuffer is a log that many write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestNothingNamesAnybody sends every kind of traffic, right and wrong, and
// then looks for whatever could name somebody in the log, at its most
// talkative, and in the labels of the metrics.
func TestNothingNamesAnybody(t *testing.T) {
	var log lockedBuffer
	limits := native.Unlimited()
	limits.Mailboxes = native.Rate{PerSecond: 0.001, Burst: 4}
	r := start(t, native.Config{
		Limits: limits, Core: core.Config{MaxMailboxBytes: 20_000}, MaxDatabaseBytes: 2 << 20,
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	names := map[string][]byte{} // what must not be seen, by what it is
	traffic(t, r, names)

	resp, err := http.Get(r.url() + relayproto.RouteMetrics)
	require.NoError(t, err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	r.close()
	r.open() // for the clean-up

	require.Contains(t, log.String(), "couldn't commit", "it does tell what the operator has to know")
	for what, name := range names {
		for _, form := range []string{
			string(name), hex.EncodeToString(name), base64.StdEncoding.EncodeToString(name), base64.RawURLEncoding.EncodeToString(name),
		} {
			require.NotContains(t, log.String(), form, what)
			require.NotContains(t, string(page), form, what)
		}
	}
	require.NotContains(t, log.String(), "127.0.0.1", "addresses only when asked for")

	labels := regexp.MustCompile(`([a-z_]+)="([^"]*)"`).FindAllStringSubmatch(string(page), -1)
	require.Greater(t, len(labels), 50)
	for _, l := range labels {
		require.Regexp(t, labelValues[l[1]], l[2], l[0])
	}
}

// labelValues are all labels that a metric may have, and their values.
var labelValues = map[string]string{
	"route":    `^(/\.well-known/petmail-relay|/deposit|/mailbox|/slots/|/v1)$`,
	"status":   `^[1-5][0-9][0-9]$`,
	"result":   `^(ok|failed|delivered|full|nobody)$`,
	"limit":    `^[a-z_]+$`,
	"kind":     `^[a-z_]+$`,
	"type":     `^(bind|list|allocate|claim|release|open|add|close|ping)$`,
	"le":       `^(\+Inf|[0-9.e+-]+)$`,
	"quantile": `^[0-9.]+$`,
	"version":  `^go[0-9]`,
}

func traffic(t *testing.T, r *running, names map[string][]byte) {
	t.Helper()
	do := func(method, path string, body []byte) int {
		t.Helper()
		req, err := http.NewRequest(method, r.url()+path, bytes.NewReader(body))
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}
	somebody, nobody := newTarget(t, r.url(), true), newTarget(t, r.url(), false)
	names["a mailbox's key"] = somebody.key.Public().(ed25519.PublicKey)
	for range 6 { // until the mailbox is full
		envelope := somebody.envelope(t)
		names["an envelope"] = envelope[1:33]
		require.Equal(t, http.StatusAccepted, do("POST", relayproto.RouteDeposit, envelope))
	}
	require.Equal(t, http.StatusAccepted, do("POST", relayproto.RouteDeposit, nobody.envelope(t)))
	require.Equal(t, http.StatusBadRequest, do("POST", relayproto.RouteDeposit, []byte("malformed-deposit")))
	names["a malformed body"] = []byte("malformed-deposit")

	slot := randomSlot(t)
	names["a slot"] = []byte(strings.TrimPrefix(slot, relayproto.RouteSlots))
	names["a value"] = []byte("the-slot's-value")
	require.Equal(t, http.StatusCreated, do("PUT", slot, names["a value"]))
	require.Equal(t, http.StatusPreconditionFailed, do("PUT", slot, []byte("other")))
	require.Equal(t, http.StatusOK, do("GET", slot, nil))
	require.Equal(t, http.StatusBadRequest, do("GET", relayproto.RouteSlots+"wrong-slot-name", nil))
	names["a wrong slot"] = []byte("wrong-slot-name")
	require.Equal(t, http.StatusMethodNotAllowed, do("ODDMETHOD", slot, nil))
	names["a method"] = []byte("ODDMETHOD")
	require.Equal(t, http.StatusNotFound, do("GET", "/i/secret-path?secret-query", nil))
	for _, path := range []string{"/i/%23peti1secret-of-a-link", "/i/?peti1secret-of-a-link", "/peti1secret-of-a-link"} {
		do("GET", path, nil)
		do("POST", path, nil)
	}
	names["the secret of a link"] = []byte("secret-of-a-link")
	names["a path"], names["a query"] = []byte("secret-path"), []byte("secret-query")

	request, err := relayproto.SignMailboxRequest(somebody.key, relayproto.MailboxRequest{RelayID: somebody.relay.ID, Counter: 1})
	require.NoError(t, err)
	require.Equal(t, http.StatusConflict, do("POST", relayproto.RouteMailbox, request))
	require.Equal(t, http.StatusBadRequest, do("POST", relayproto.RouteMailbox, []byte("malformed-request")))
	for do("POST", relayproto.RouteMailbox, request) != http.StatusTooManyRequests {
	}

	// The mailbox's socket: deliveries and an ack, then abuse.
	ctx := context.Background()
	c := dialMailbox(t, r, somebody)
	_, data, err := c.Read(ctx)
	require.NoError(t, err)
	f, err := relayproto.DecodeFrame(data)
	require.NoError(t, err)
	ack, err := relayproto.EncodeFrame(relayproto.Frame{Type: relayproto.FrameAck, Seqs: []uint64{f.Seq}})
	require.NoError(t, err)
	require.NoError(t, c.Write(ctx, websocket.MessageBinary, ack))
	require.NoError(t, c.Write(ctx, websocket.MessageBinary, []byte("malformed-frame")))
	for err == nil {
		_, _, err = c.Read(ctx)
	}
	c.CloseNow()

	names["a side"], names["an app"], names["a phase"] = []byte("side-of-alice"), []byte("example.org/secret-app"), []byte("phase-one")
	w, _, err := websocket.Dial(ctx, "ws://"+r.addr+relayproto.RouteRendezvous, nil)
	require.NoError(t, err)
	defer w.CloseNow()
	allocated := say(t, w, bind("example.org/secret-app", "side-of-alice"), wormhole.ClientMessage{Type: wormhole.ClientAllocate})
	claimed := say(t, w, wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: allocated.Nameplate})
	names["a rendezvous mailbox"] = []byte(claimed.Mailbox)
	say(t, w,
		wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: claimed.Mailbox},
		wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "phase-one", Body: []byte("the-body")},
		wormhole.ClientMessage{Type: wormhole.ClientRelease}, wormhole.ClientMessage{Type: wormhole.ClientList})
	require.NoError(t, w.Write(ctx, websocket.MessageText, []byte(`{"type":"odd-type","odd-member":1}`)))
	require.NotEmpty(t, say(t, w, wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: "4711"}).Error)
	names["an odd type"], names["an odd member"] = []byte("odd-type"), []byte("odd-member")

	// What is no HTTP at all.
	for _, garbage := range []string{
		"\x16\x03\x01\x02\x00garbage-of-tls", "GET / HTTP/9.9\r\n\r\n", "POST /deposit HTTP/1.1\r\nHost: secret-host\r\nContent-Length: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: secret-host\r\nX: " + strings.Repeat("x", 40_000) + "\r\n\r\n",
		"GET /v1 HTTP/1.1\r\nHost: secret-host\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", r.addr)
		require.NoError(t, err)
		names["a port"] = []byte(conn.LocalAddr().String())
		_, err = io.WriteString(conn, garbage)
		require.NoError(t, err)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		_, _ = io.Copy(io.Discard, conn) // the relay may reset it
		require.NoError(t, conn.Close())
	}
	for { // until the storage fails
		slot := randomSlot(t)
		names["a slot that was not stored"] = []byte(strings.TrimPrefix(slot, relayproto.RouteSlots))
		if do("PUT", slot, make([]byte, 256<<10)) == http.StatusServiceUnavailable {
			break
		}
	}
	names["a host"], names["garbage"] = []byte("secret-host"), []byte("garbage-of-tls")
}

// dialMailbox opens the socket of a target's mailbox and reads its ready.
func dialMailbox(t *testing.T, r *running, to target) *websocket.Conn {
	t.Helper()
	ctx := context.Background()
	c, _, err := websocket.Dial(ctx, "ws://"+r.addr+relayproto.RouteMailbox, nil)
	require.NoError(t, err)
	c.SetReadLimit(relayproto.MaxFrame)
	_, data, err := c.Read(ctx)
	require.NoError(t, err)
	challenge, err := relayproto.DecodeFrame(data)
	require.NoError(t, err)
	auth, err := relayproto.EncodeFrame(relayproto.Frame{
		Type: relayproto.FrameAuth, Key: to.key.Public().(ed25519.PublicKey), Credit: 10,
		Signature: ed25519.Sign(to.key, relayproto.AuthMessage(to.relay.ID, challenge.Nonce)),
	})
	require.NoError(t, err)
	require.NoError(t, c.Write(ctx, websocket.MessageBinary, auth))
	_, _, err = c.Read(ctx) // ready
	require.NoError(t, err)
	return c
}
