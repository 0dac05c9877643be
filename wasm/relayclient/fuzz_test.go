//go:build !js

package relayclient

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// sinkConn takes everything.
type sinkConn struct{ written int }

func (c *sinkConn) Read(ctx context.Context) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }
func (c *sinkConn) Close() error                             { return nil }
func (c *sinkConn) Write(context.Context, []byte, bool) error {
	c.written++
	return nil
}

// newSocket is a socket whose frames the test hands over itself.
func newSocket(conn Conn) *socket {
	s := &socket{conn: conn, in: make(chan []byte), done: make(chan struct{}), cancel: func() {}}
	s.heart.start()
	return s
}

// FuzzRendezvousFrames plays a server that says each line of the input in
// turn, and checks what holds whatever it says.
func FuzzRendezvousFrames(f *testing.F) {
	f.Add([]byte(`{"type":"allocated","nameplate":"12"}
{"type":"claimed","mailbox":"mb"}
{"type":"message","side":"aa","phase":"pake","body":"01"}
{"type":"message","side":"bb","phase":"pake","body":"00"}
{"type":"pong","pong":1}
{"type":"released"}
{"type":"closed"}`))
	f.Add([]byte(`{"type":"error","error":"crowded","orig":{"type":"claim","nameplate":"1"}}`))
	f.Add([]byte(`{"type":"error","error":"used","orig":[]}`))
	f.Add([]byte("{\"type\":\"pong\",\"pong\":1e300}\n\x00"))
	f.Fuzz(func(t *testing.T, input []byte) {
		r := &Rendezvous{
			client: New(brokenTransport{}, Options{}),
			config: RendezvousConfig{AppID: wormhole.AppID, Side: "aa", Allocate: true},
			nudge:  make(chan struct{}, 1), work: make(chan struct{}, 1), wake: make(chan struct{}, 1),
			seen: make(map[phaseKey]digest),
		}
		require.NoError(t, r.Add("pake", []byte{1}))
		r.Release()
		conn := &sinkConn{}
		s := &rendezvousSession{Rendezvous: r, socket: newSocket(conn), sent: make(map[string]bool)}
		defer s.socket.heart.stop()
		lines := bytes.Split(input, []byte("\n"))
		for _, line := range lines {
			if s.receive(line) != nil || s.advance(t.Context()) != nil {
				break
			}
		}
		require.LessOrEqual(t, len(r.seen), maxPhases)
		require.LessOrEqual(t, r.seenBytes, maxPhaseBytes)
		require.LessOrEqual(t, conn.written, len(lines)+6)
		sent := 0
		for _, e := range r.events {
			switch e := e.(type) {
			case EventSent:
				sent++
				require.Equal(t, "pake", e.Phase)
			case EventPhase:
				require.Equal(t, e.Own, e.Side == "aa")
			}
		}
		require.Equal(t, sent, 1-len(r.outgoing))
	})
}

// FuzzMailboxFrames plays a relay that sends frames, each behind two bytes of
// length.
func FuzzMailboxFrames(f *testing.F) {
	var good []byte
	for _, frame := range []relayproto.Frame{
		{Type: relayproto.FrameDeliver, Seq: 1, Envelope: []byte("x")},
		{Type: relayproto.FramePong, Token: 1},
		{Type: relayproto.FrameDeliver, Seq: 5, Envelope: []byte("y")},
		{Type: relayproto.FrameError, Error: &relayproto.Error{Code: relayproto.CodeRateLimited, Detail: 9}},
	} {
		data, err := relayproto.EncodeFrame(frame)
		require.NoError(f, err)
		good = append(append(good, byte(len(data)>>8), byte(len(data))), data...)
	}
	f.Add(good)
	f.Add([]byte{0, 1, 0xa0})
	f.Fuzz(func(t *testing.T, input []byte) {
		m := &Mailbox{
			client: New(brokenTransport{}, Options{}), config: MailboxConfig{Credit: 4},
			acks: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		}
		m.Ack(5)
		s := &mailboxSession{Mailbox: m, socket: newSocket(&sinkConn{}), open: make(map[uint64]struct{})}
		defer s.socket.heart.stop()
		for len(input) >= 2 {
			n := min(int(input[0])<<8|int(input[1]), len(input)-2)
			if s.receive(input[2:2+n]) != nil {
				break
			}
			input = input[2+n:]
		}
		require.LessOrEqual(t, len(m.envelopes), 4)
		last := uint64(0)
		for _, e := range m.envelopes {
			require.Greater(t, e.Seq, last)
			require.NotEqual(t, uint64(5), e.Seq)
			last = e.Seq
		}
	})
}

// FuzzAnswerError checks that an error is made of our words alone.
func FuzzAnswerError(f *testing.F) {
	f.Add(404, []byte(errorBody(f, relayproto.Error{Code: relayproto.CodeNotFound, Message: "m"})))
	f.Add(429, []byte(errorBody(f, relayproto.Error{Code: relayproto.CodeRateLimited, Detail: 1 << 63})))
	f.Add(500, []byte("<html>"))
	f.Add(-1, []byte{})
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := answerError("try", Response{Status: status, Body: body})
		_, known := codeRetryable(e.Code)
		require.True(t, known || e.Code == "" && e.Retryable)
		require.LessOrEqual(t, e.RetryAfter, maxRetryAfter)
		require.GreaterOrEqual(t, int64(e.RetryAfter), int64(0))
		require.True(t, strings.HasPrefix(e.Error(), "couldn't try: "))
	})
}
