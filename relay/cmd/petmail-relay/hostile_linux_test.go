package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// attacker is where hostile clients come from. Honest ones come from
// 127.0.0.1, so that each has limits of its own.
const attacker = "127.0.0.66"

// siege is a relay under attack.
type siege struct {
	*process
	t    testing.TB
	data string
	addr string
}

// TestHostileClients attacks the real binary and watches its memory: the peak
// of the resident set may grow by the bound, in MiB, and an honest client is
// served throughout.
func TestHostileClients(t *testing.T) {
	for _, test := range []struct {
		name   string
		bound  int
		env    []string
		attack func(s *siege)
	}{
		{"slowloris", 32, nil, slowloris},
		{"half-open WebSockets", 48, nil, halfOpen},
		{"headers without end", 16, nil, endlessHeaders},
		{"bodies without end", 16, nil, endlessBodies},
		{"frames that announce exabytes", 16, nil, hugeFrames},
		{"frames without end", 24, nil, endlessFrames},
		{"compressed frames", 16, nil, compressedFrames},
		{"malformed CBOR", 16, nil, malformedCBOR},
		{"malformed JSON", 24, nil, malformedJSON},
		{"answers that nobody reads", 80, nil, unreadAnswers},
		{"mailboxes that nobody reads", 80, nil, unreadMailboxes},
		{"more mailboxes than there may be", 32,
			[]string{"PETMAIL_MAX_MAILBOXES=2000", "PETMAIL_LIMIT_MAILBOXES=off"}, registrations},
		{"squatted nameplates", 24, nil, squatting},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			p := spawn(t, append([]string{"PETMAIL_DATA=" + dir, "PETMAIL_DRAIN_SECONDS=1"}, test.env...)...)
			s := &siege{process: p, t: t, data: dir, addr: strings.TrimPrefix(p.url, "http://")}
			s.honest()
			s.resetPeak()
			before := s.peak()
			test.attack(s)
			s.honest()
			grown := s.peak() - before
			t.Logf("memory: %d MiB before, %d MiB more at the peak; bound %d", before, grown, test.bound)
			require.LessOrEqual(t, grown, test.bound)
			p.kill()
		})
	}
}

// honest is somebody else, who must be served whatever happens.
func (s *siege) honest() {
	s.t.Helper()
	begin := time.Now()
	path := slotPath()
	require.Equal(s.t, http.StatusCreated, s.putSlot(path, []byte("honest")))
	status, value, err := s.try("GET", path, nil)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, status)
	require.Equal(s.t, "honest", string(value))
	s.t.Logf("an honest client was served in %s", time.Since(begin).Round(time.Millisecond))
}

func (s *siege) proc(name string) string {
	return filepath.Join("/proc", itoa(s.cmd.Process.Pid), name)
}

// resetPeak makes the peak of the resident set what it is now.
func (s *siege) resetPeak() {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(s.proc("clear_refs"), []byte("5"), 0o600))
}

// peak of the resident set, in MiB.
func (s *siege) peak() int {
	s.t.Helper()
	status, err := os.ReadFile(s.proc("status"))
	require.NoError(s.t, err)
	_, rest, found := strings.Cut(string(status), "VmHWM:")
	require.True(s.t, found)
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(s.t, err)
	return kib / 1024
}

// each attacks n times, 50 at once.
func (s *siege) each(n int, attack func(i int)) {
	var running sync.WaitGroup
	var next atomic.Int64
	for range 50 {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				attack(i)
			}
		})
	}
	running.Wait()
}

// dial connects as the attacker; the connection ends with the test.
func (s *siege) dial() net.Conn {
	s.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(attacker)}}
	c, err := d.Dial("tcp", s.addr)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { c.Close() })
	require.NoError(s.t, c.SetDeadline(time.Now().Add(2*patience)))
	return c
}

func (s *siege) write(c net.Conn, text string) {
	s.t.Helper()
	_, err := io.WriteString(c, text)
	require.NoError(s.t, err)
}

// upgrade opens a WebSocket as the attacker.
func (s *siege) upgrade(route string) (net.Conn, *bufio.Reader) {
	s.t.Helper()
	c := s.dial()
	s.write(c, "GET "+route+" HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusSwitchingProtocols, resp.StatusCode)
	require.Empty(s.t, resp.Header.Get("Sec-WebSocket-Extensions"), "no compression is agreed on")
	return c, r
}

// frame is a WebSocket frame of a client with a mask of zeros. first holds
// FIN, the reserved bits and the opcode.
func frame(first byte, announced uint64, payload []byte) []byte {
	f := append([]byte{first, 0x80 | 127}, binary.BigEndian.AppendUint64(nil, announced)...)
	return append(append(f, 0, 0, 0, 0), payload...)
}

// ends waits for the relay to hang up.
func (s *siege) ends(c net.Conn) {
	s.t.Helper()
	_, err := io.Copy(io.Discard, c)
	var timeout net.Error
	if err != nil && errors.As(err, &timeout) && timeout.Timeout() {
		require.Fail(s.t, "the relay did not hang up")
	}
}

func slowloris(s *siege) {
	s.each(1000, func(int) { s.write(s.dial(), "POST /deposit HTTP/1.1\r\nHost: relay\r\nX-Slow: ") })
}

func halfOpen(s *siege) {
	for range 500 {
		s.upgrade(relayproto.RouteMailbox) // and never an auth
		s.upgrade(relayproto.RouteRendezvous)
	}
}

func endlessHeaders(s *siege) {
	s.each(100, func(int) {
		c := s.dial()
		s.write(c, "GET / HTTP/1.1\r\nHost: relay\r\n")
		line := []byte("X-Long: " + strings.Repeat("x", 1000) + "\r\n")
		sent := 0
		for sent < 8<<20 {
			n, err := c.Write(line)
			if sent += n; err != nil {
				break
			}
		}
		require.Less(s.t, sent, 8<<20, "the relay hangs up")
	})
}

func endlessBodies(s *siege) {
	chunk := []byte("10000\r\n" + strings.Repeat("x", 0x10000) + "\r\n")
	s.each(60, func(i int) {
		c := s.dial()
		route := []string{"POST /deposit", "POST /mailbox", "PUT " + slotPath()}[i%3]
		s.write(c, route+" HTTP/1.1\r\nHost: relay\r\nTransfer-Encoding: chunked\r\n\r\n")
		sent := 0
		for sent < 16<<20 {
			n, err := c.Write(chunk)
			if sent += n; err != nil {
				return
			}
		}
		s.t.Error("the relay read on in a body without end")
	})
}

func hugeFrames(s *siege) {
	s.each(200, func(i int) {
		c, _ := s.upgrade([]string{relayproto.RouteMailbox, relayproto.RouteRendezvous}[i%2])
		_, _ = c.Write(frame(0x82, 1<<62, bytes.Repeat([]byte{1}, 100_000))) // may be cut off
		s.ends(c)
	})
}

func endlessFrames(s *siege) {
	piece := frame(0x00, 4096, bytes.Repeat([]byte{' '}, 4096)) // a continuation, not the last
	s.each(100, func(i int) {
		c, _ := s.upgrade([]string{relayproto.RouteMailbox, relayproto.RouteRendezvous}[i%2])
		_, err := c.Write(frame(0x01+byte(i%2), 1, []byte{'{'}))
		sent := 0
		for err == nil {
			_, err = c.Write(piece)
			sent++
			require.Less(s.t, sent, 1<<12, "the relay hangs up")
		}
	})
}

func compressedFrames(s *siege) {
	s.each(100, func(i int) {
		c, _ := s.upgrade([]string{relayproto.RouteMailbox, relayproto.RouteRendezvous}[i%2])
		_, err := c.Write(frame(0xc2, 1000, make([]byte, 1000))) // RSV1: permessage-deflate
		require.NoError(s.t, err)
		s.ends(c)
	})
}

func malformedCBOR(s *siege) {
	bodies := [][]byte{
		bytes.Repeat([]byte{0x81}, 10_000),                              // arrays in arrays
		bytes.Repeat([]byte{0xa1, 0x01}, 5_000),                         // maps in maps
		{0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},          // 2^63 items
		{0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},          // 2^63 bytes
		append([]byte{0xbf}, bytes.Repeat([]byte{0x01, 0x01}, 4000)...), // a map without end, one key
		{0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0},                            // not a number
	}
	s.each(300, func(i int) {
		body := bodies[i%len(bodies)]
		resp := s.post(relayproto.RouteMailbox, body)
		require.Contains(s.t, []int{http.StatusBadRequest, http.StatusTooManyRequests}, resp)
	})
	s.each(48, func(i int) {
		c, _ := s.upgrade(relayproto.RouteMailbox)
		body := bodies[i%len(bodies)]
		_, err := c.Write(frame(0x82, uint64(len(body)), body))
		require.NoError(s.t, err)
		s.ends(c)
	})
}

// post sends one request as the attacker and returns the status.
func (s *siege) post(route string, body []byte) int {
	s.t.Helper()
	c := s.dial()
	defer c.Close()
	s.write(c, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: relay\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", route, len(body), body))
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(s.t, err)
	require.NoError(s.t, resp.Body.Close())
	return resp.StatusCode
}

func malformedJSON(s *siege) {
	s.each(200, func(i int) {
		c, _ := s.upgrade(relayproto.RouteRendezvous)
		body := []string{
			strings.Repeat("[", 60_000),
			strings.Repeat(`{"type":`, 7000),
			`{"type":"bind","appid":"` + strings.Repeat(`\u0000`, 9000) + `"}`,
			`{"type":"add","body":"` + strings.Repeat("0", 60_001) + `"}`,
			`{"type":"` + strings.Repeat("x", 60_000) + `"}`,
			"\xff\xfe",
		}[i%6]
		for range 20 {
			if _, err := c.Write(frame(0x81, uint64(len(body)), []byte(body))); err != nil {
				break // what is no object ends the socket
			}
		}
		c.Close()
	})
}

// unreadAnswers asks for large values over and over, and reads none.
func unreadAnswers(s *siege) {
	path := slotPath()
	require.Equal(s.t, http.StatusCreated, s.putSlot(path, make([]byte, relayproto.MaxSlotValue)))
	ask := strings.Repeat("GET "+path+" HTTP/1.1\r\nHost: relay\r\n\r\n", 20)
	for range 400 {
		c := s.dial()
		require.NoError(s.t, c.(*net.TCPConn).SetReadBuffer(4096))
		s.write(c, ask)
	}
	// Until there is no room for more of this client's.
	require.Eventually(s.t, func() bool {
		_, page, err := s.try("GET", relayproto.RouteMetrics, nil)
		return err == nil && strings.Contains(string(page), `petmail_limited_total{limit="answers"}`)
	}, patience, tick)
}

// unreadMailboxes fills mailboxes whose agents are connected and never read.
func unreadMailboxes(s *siege) {
	mailboxes := 20
	if testing.Short() {
		mailboxes = 4
	}
	for range mailboxes {
		c := newCrasher(s.t.(*testing.T), s.process)
		conn, err := c.connect(s.t.Context())
		require.NoError(s.t, err)
		s.t.Cleanup(conn.close)
		routing, err := address.ParseRoutingPublic(c.relay.Routing)
		require.NoError(s.t, err)
		to, err := address.New(rand.Reader, "https://relay.example", c.relay.ID, routing, c.door, c.box)
		require.NoError(s.t, err)
		envelope, err := address.Seal(rand.Reader, to, make([]byte, address.MaxBody))
		require.NoError(s.t, err)
		for range 60 {
			status, _, err := s.try("POST", relayproto.RouteDeposit, envelope)
			require.NoError(s.t, err)
			require.Equal(s.t, http.StatusAccepted, status)
		}
		// Nothing is lost by it.
		again, err := c.connect(s.t.Context())
		require.NoError(s.t, err)
		require.Equal(s.t, uint64(60), again.ready.Waiting)
		s.t.Cleanup(again.close)
	}
}

// registrations asks for more mailboxes than there may be, and tells what a
// million of them takes.
func registrations(s *siege) {
	const most = 2000
	_, body, err := s.try("GET", relayproto.RouteDescriptor, nil)
	require.NoError(s.t, err)
	relay, err := relayproto.OpenDescriptor(body)
	require.NoError(s.t, err)
	size := func() int64 {
		copied := filepath.Join(s.t.TempDir(), "size.db")
		require.NoError(s.t, native.Backup(s.t.Context(), s.data, copied))
		info, err := os.Stat(copied)
		require.NoError(s.t, err)
		return info.Size()
	}
	before := size()
	var made, refused atomic.Int64
	s.each(most*5/4, func(int) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(s.t, err)
		door := make([]byte, relayproto.DoorIDSize)
		_, _ = rand.Read(door) // never fails
		request, err := relayproto.SignMailboxRequest(key, relayproto.MailboxRequest{
			RelayID: relay.ID, Counter: 1, Register: true, AddDoors: [][]byte{door},
		})
		require.NoError(s.t, err)
		status, answer, err := s.try("POST", relayproto.RouteMailbox, request)
		require.NoError(s.t, err)
		if status == http.StatusOK {
			made.Add(1)
			return
		}
		e, err := relayproto.DecodeError(answer)
		require.NoError(s.t, err)
		require.Equal(s.t, relayproto.CodeLimit, e.Code)
		refused.Add(1)
	})
	require.Equal(s.t, int64(most), made.Load())
	require.Equal(s.t, int64(most/4), refused.Load())
	s.t.Logf("%d bytes on disk for each mailbox with one door: %d MiB for a million",
		(size()-before)/most, (size()-before)/most*1_000_000>>20)
}

// squatting allocates nameplates until it may no more, each on a connection
// of its own as the protocol has it.
func squatting(s *siege) {
	var held atomic.Int64
	s.each(600, func(int) {
		c, r := s.upgrade(relayproto.RouteRendezvous)
		for _, m := range []wormhole.ClientMessage{
			{Type: wormhole.ClientBind, AppID: wormhole.AppID, Side: randomHex(8)}, {Type: wormhole.ClientAllocate},
		} {
			data, err := m.Encode()
			require.NoError(s.t, err)
			_, err = c.Write(frame(0x81, uint64(len(data)), data))
			require.NoError(s.t, err)
		}
		for answered := false; !answered; {
			data, err := serverFrame(r)
			require.NoError(s.t, err)
			m, err := wormhole.ParseServer(data)
			require.NoError(s.t, err)
			switch m.Type {
			case wormhole.ServerAllocated:
				answered = true
				held.Add(1)
			case wormhole.ServerError:
				answered = true
				require.Equal(s.t, "too many requests, try later", m.Error)
			}
		}
		c.Close()
	})
	s.t.Logf("one address holds %d nameplates of 9,000 with four digits", held.Load())
	require.GreaterOrEqual(s.t, held.Load(), int64(400))
	require.Less(s.t, held.Load(), int64(560))
}

// serverFrame reads the payload of one frame of a server.
func serverFrame(r *bufio.Reader) ([]byte, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	size := uint64(head[1])
	switch size {
	case 126:
		var n uint16
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			return nil, err
		}
		size = uint64(n)
	case 127:
		return nil, fmt.Errorf("a frame too large")
	}
	data := make([]byte, size)
	_, err := io.ReadFull(r, data)
	return data, err
}
