package native

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
)

// slimBuffer is the size in bytes of each buffer of a WebSocket. net/http's
// are 4 KiB, and a socket keeps both for as long as it is idle, which is
// nearly always. Frames of agents are smaller; larger ones to them pass by the
// buffer.
const slimBuffer = 256

// slimWriter gives a WebSocket smaller buffers than those of net/http.
type slimWriter struct{ http.ResponseWriter }

// Unwrap lets http.ResponseController reach the connection.
func (w slimWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack takes the connection over. What the client has sent early waits in
// the reader's buffer, as callers of http.Hijacker expect.
func (w slimWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't take over a connection: %w", err)
	}
	early, _ := rw.Reader.Peek(rw.Reader.Buffered()) // no more than is there: can't fail
	r := bufio.NewReaderSize(bytes.NewReader(bytes.Clone(early)), max(slimBuffer, len(early)))
	_, _ = r.Peek(len(early))
	return c, bufio.NewReadWriter(r, bufio.NewWriterSize(c, slimBuffer)), nil
}
