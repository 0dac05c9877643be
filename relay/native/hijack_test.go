package native_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/relayproto"
)

// TestEarlyFrames sends a WebSocket's first frames together with the request
// for it, more than a socket's buffer holds: each is answered.
func TestEarlyFrames(t *testing.T) {
	r := start(t, native.Config{})
	c, err := net.Dial("tcp", r.addr)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	const pings, size = 8, 100
	request := []byte("GET " + relayproto.RouteMailbox + " HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	for i := range pings {
		request = append(request, 0x89, 0x80|size, 0, 0, 0, 0) // a ping, masked with zeros
		request = append(request, bytes.Repeat([]byte{byte('a' + i)}, size)...)
	}
	_, err = c.Write(request)
	require.NoError(t, err)

	reader := bufio.NewReader(c)
	resp, err := http.ReadResponse(reader, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	for next := 0; next < pings; {
		header := make([]byte, 2)
		_, err := io.ReadFull(reader, header)
		require.NoError(t, err)
		require.Less(t, header[1], byte(126), "a short frame")
		payload := make([]byte, header[1])
		_, err = io.ReadFull(reader, payload)
		require.NoError(t, err)
		if header[0] == 0x8a { // a pong; the other is the challenge
			require.Equal(t, bytes.Repeat([]byte{byte('a' + next)}, size), payload)
			next++
		}
	}
}
