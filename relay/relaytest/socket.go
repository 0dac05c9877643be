package relaytest

import (
	"crypto/ed25519"
	"net/http"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
)

func testSocketPush(t *testing.T, r *relay) {
	a := r.registered()
	m, ready := a.connect(100)
	assert.Zero(t, ready.Waiting)
	m.pass(1)
	for i := 1; i <= 20; i++ {
		a.send(numbered("message", i))
		assert.Equal(t, uint64(i), a.expectBody(m, numbered("message", i)), "numbers start at 1 and rise by one")
	}
	m.send(relayproto.Frame{Type: relayproto.FrameAck, UpTo: 20})
	m.pass(2)
	assert.Zero(t, a.update(relayproto.MailboxRequest{}).Waiting)
}

func testSocketRedelivery(t *testing.T, r *relay) {
	a := r.registered()
	for i := 1; i <= 5; i++ {
		a.send(numbered("m", i))
	}
	m, ready := a.connect(100)
	assert.Equal(t, uint64(5), ready.Waiting)
	for i := 1; i <= 5; i++ {
		a.expectBody(m, numbered("m", i))
	}
	// 1, 2 and 4 are acknowledged, and numbers that were never given.
	m.send(relayproto.Frame{Type: relayproto.FrameAck, UpTo: 2, Seqs: []uint64{1, 4, 77, 1<<64 - 1}})
	m.pass(1)
	m.close()

	m, ready = a.connect(100)
	assert.Equal(t, uint64(2), ready.Waiting)
	assert.Equal(t, uint64(3), a.expectBody(m, "m 3"))
	assert.Equal(t, uint64(5), a.expectBody(m, "m 5"))
	m.pass(2)
	m.send(relayproto.Frame{Type: relayproto.FrameAck, UpTo: 1<<64 - 1})
	m.pass(3)
	a.send("m 6")
	assert.Equal(t, uint64(6), a.expectBody(m, "m 6"))
}

func testSocketRestart(t *testing.T, r *relay) {
	a := r.registered()
	a.send("acknowledged")
	a.send("waiting")
	m, _ := a.connect(100)
	a.expectBody(m, "acknowledged")
	m.send(relayproto.Frame{Type: relayproto.FrameAck, Seqs: []uint64{1}})
	a.expectBody(m, "waiting")
	m.pass(1) // the ack is durable
	r.Restart()
	m.ends()
	m, ready := a.connect(100)
	assert.Equal(t, uint64(1), ready.Waiting)
	assert.Equal(t, uint64(2), a.expectBody(m, "waiting"))
	a.send("after")
	assert.Equal(t, uint64(3), a.expectBody(m, "after"))
}

func testSocketCredit(t *testing.T, r *relay) {
	a := r.registered()
	m, _ := a.connect(2)
	for i := 1; i <= 6; i++ {
		a.send(numbered("m", i))
	}
	a.expectBody(m, "m 1")
	a.expectBody(m, "m 2")
	m.pass(1)
	m.send(relayproto.Frame{Type: relayproto.FrameCredit, Credit: 1})
	a.expectBody(m, "m 3")
	m.pass(2)
	m.send(relayproto.Frame{Type: relayproto.FrameCredit, Credit: 2})
	a.expectBody(m, "m 4")
	a.expectBody(m, "m 5")
	m.pass(3)
	m.send(relayproto.Frame{Type: relayproto.FrameCredit, Credit: relayproto.MaxCredit})
	a.expectBody(m, "m 6")
	a.send("m 7")
	a.expectBody(m, "m 7")

	none, _ := a.connect(0)
	none.pass(4)
}

func testSocketReplaced(t *testing.T, r *relay) {
	a := r.registered()
	first, _ := a.connect(10)
	second, _ := a.connect(10)
	first.expect(relayproto.FrameReplaced)
	first.ends()
	a.send("to the last")
	a.expectBody(second, "to the last")
}

func testSocketClosedMailbox(t *testing.T, r *relay) {
	a := r.registered()
	m, _ := a.connect(10)
	a.update(relayproto.MailboxRequest{Close: true})
	m.expectError(relayproto.CodeNoMailbox)
}

func testSocketAuth(t *testing.T, r *relay) {
	a, b := r.registered(), r.registered()
	for name, test := range map[string]struct {
		code relayproto.Code
		auth func(nonce []byte) relayproto.Frame
	}{
		"unknown mailbox": {relayproto.CodeNoMailbox, func(nonce []byte) relayproto.Frame {
			return r.newAgent().auth(nonce, 1)
		}},
		"replayed from another socket": {relayproto.CodeUnauthorized, func([]byte) relayproto.Frame {
			_, other := r.challenged()
			return a.auth(other, 1)
		}},
		"another key's signature": {relayproto.CodeUnauthorized, func(nonce []byte) relayproto.Frame {
			f := a.auth(nonce, 1)
			f.Key = b.key.Public().(ed25519.PublicKey)
			return f
		}},
		"made for another relay": {relayproto.CodeUnauthorized, func(nonce []byte) relayproto.Frame {
			f, id := a.auth(nonce, 1), r.desc.ID
			id[31] ^= 1
			f.Signature = ed25519.Sign(a.key, relayproto.AuthMessage(id, nonce))
			return f
		}},
		"no auth at all": {relayproto.CodeMalformed, func([]byte) relayproto.Frame {
			return relayproto.Frame{Type: relayproto.FramePing, Token: 1}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			m, nonce := r.challenged()
			m.send(test.auth(nonce))
			m.expectError(test.code)
		})
	}
	m, _ := a.connect(1)
	m.pass(1) // nobody was disturbed
}

func testSocketHostile(t *testing.T, r *relay) {
	a := r.registered()
	a.send("safe")
	encode := func(f relayproto.Frame) []byte {
		data, err := relayproto.EncodeFrame(f)
		require.NoError(t, err)
		return data
	}
	for name, test := range map[string]struct {
		kind websocket.MessageType
		data []byte
	}{
		"not CBOR":           {websocket.MessageBinary, []byte("hello")},
		"empty":              {websocket.MessageBinary, nil},
		"text":               {websocket.MessageText, encode(relayproto.Frame{Type: relayproto.FramePing, Token: 1})},
		"a relay's frame":    {websocket.MessageBinary, encode(relayproto.Frame{Type: relayproto.FrameDeliver, Seq: 1, Envelope: []byte{1}})},
		"auth again":         {websocket.MessageBinary, encode(a.auth(make([]byte, relayproto.NonceSize), 1))},
		"unknown type":       {websocket.MessageBinary, encode(relayproto.Frame{Type: 9})},
		"credit over limit":  {websocket.MessageBinary, encode(relayproto.Frame{Type: relayproto.FrameCredit, Credit: relayproto.MaxCredit + 1})},
		"too many acks":      {websocket.MessageBinary, encode(relayproto.Frame{Type: relayproto.FrameAck, Seqs: make([]uint64, relayproto.MaxAcksPerFrame+1)})},
		"1 GB in five bytes": {websocket.MessageBinary, []byte{0x5a, 0x40, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := a.connect(0)
			m.write(test.kind, test.data)
			m.expectError(relayproto.CodeMalformed)
		})
	}
	m, _ := a.connect(0)
	// The relay may end the socket before it has read all of it.
	_ = m.tryWrite(websocket.MessageBinary, make([]byte, 1<<20))
	m.ends()

	m, _ = a.connect(1)
	assert.Equal(t, uint64(1), a.expectBody(m, "safe"), "hostile sockets lose nothing")
}

// testSocketManyEnvelopes has deposits, deliveries and acks cross each other.
func testSocketManyEnvelopes(t *testing.T, r *relay) {
	a := r.registered()
	const total = 300
	envelopes := make([][]byte, total)
	for i := range envelopes {
		envelopes[i] = r.seal(a.address(), numbered("m", i))
	}
	failed := make(chan error, 4)
	for worker := range 4 {
		go func() {
			for i := worker; i < total; i += 4 {
				status, _, _, err := r.try("POST", relayproto.RouteDeposit, envelopes[i])
				if err == nil && status != http.StatusAccepted {
					err = assert.AnError
				}
				if err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	seen := make(map[string]bool)
	var last, unacked uint64
	m, _ := a.connect(8)
	for len(seen) < total {
		f := m.expect(relayproto.FrameDeliver)
		require.Greater(t, f.Seq, last)
		last = f.Seq
		opened, err := a.box.Open(f.Envelope)
		require.NoError(t, err)
		require.False(t, seen[string(opened.Body)], "within one connection nothing comes twice")
		seen[string(opened.Body)] = true
		if unacked++; unacked == 4 {
			m.send(relayproto.Frame{Type: relayproto.FrameAck, UpTo: last})
			m.send(relayproto.Frame{Type: relayproto.FrameCredit, Credit: 4})
			unacked = 0
		}
	}
	for range 4 {
		require.NoError(t, <-failed)
	}
	m.send(relayproto.Frame{Type: relayproto.FrameAck, UpTo: last})
	m.pass(1)
	assert.Zero(t, a.update(relayproto.MailboxRequest{}).Waiting)
}
