//go:build !js

package relayclient

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
)

// side is the relay's end of a mailbox socket in a test.
type side struct {
	ws  *websocket.Conn
	ctx context.Context
}

func (s side) send(f relayproto.Frame) error {
	data, err := relayproto.EncodeFrame(f)
	if err != nil {
		return err
	}
	return s.ws.Write(s.ctx, websocket.MessageBinary, data)
}

func (s side) receive() (relayproto.Frame, error) {
	_, data, err := s.ws.Read(s.ctx)
	if err != nil {
		return relayproto.Frame{}, err
	}
	return relayproto.DecodeFrame(data)
}

// welcome plays the handshake; it returns the credit.
func (s side) welcome(key ed25519.PublicKey, relayID [32]byte, waiting uint64) (credit int, err error) {
	nonce := make([]byte, relayproto.NonceSize)
	rand.Read(nonce)
	if err := s.send(relayproto.Frame{Type: relayproto.FrameChallenge, Nonce: nonce}); err != nil {
		return 0, err
	}
	f, err := s.receive()
	if err != nil {
		return 0, err
	}
	if !relayproto.VerifyAuth(f, relayID, nonce) || !key.Equal(ed25519.PublicKey(f.Key)) {
		return 0, s.send(relayproto.Frame{Type: relayproto.FrameError, Error: &relayproto.Error{Code: relayproto.CodeUnauthorized}})
	}
	return int(f.Credit), s.send(relayproto.Frame{Type: relayproto.FrameReady, Waiting: waiting})
}

// idle answers pings until the socket ends.
func (s side) idle() {
	for {
		f, err := s.receive()
		if err != nil {
			return
		}
		if f.Type == relayproto.FramePing {
			s.send(relayproto.Frame{Type: relayproto.FramePong, Token: f.Token})
		}
	}
}

type script = func(ctx context.Context, ws *websocket.Conn)

// mailboxTest opens a Mailbox against scripts.
type mailboxTest struct {
	relayID   [32]byte
	public    ed25519.PublicKey
	config    MailboxConfig
	states    watch[State]
	envelopes watch[Envelope]
}

func newMailboxTest(t *testing.T) *mailboxTest {
	t.Helper()
	m := &mailboxTest{states: newWatch[State](), envelopes: newWatch[Envelope]()}
	var key ed25519.PrivateKey
	m.relayID, m.public, key = newKey(t)
	m.config = MailboxConfig{
		RelayURL: testURL, RelayID: m.relayID, Key: key,
		OnState: m.states.Add,
		OnEnvelopes: func(es []Envelope) {
			for _, e := range es {
				m.envelopes.Add(e)
			}
		},
	}
	return m
}

func (m *mailboxTest) open(t *testing.T, transport Transport) *Mailbox {
	t.Helper()
	box := OpenMailbox(New(transport, Options{Rand: ceilings{}}), m.config)
	t.Cleanup(box.Close)
	return box
}

func (m *mailboxTest) status(t *testing.T, want Status) State {
	t.Helper()
	return m.states.Until(t, want.String(), func(s State) bool { return s.Status == want })
}

// script turns f into a script that begins with the handshake.
func (m *mailboxTest) script(f func(s side, credit int)) script {
	return func(ctx context.Context, ws *websocket.Conn) {
		s := side{ws, ctx}
		if credit, err := s.welcome(m.public, m.relayID, 3); err == nil {
			f(s, credit)
		}
	}
}

// ceilings makes every wait the longest that it can be.
type ceilings struct{}

func (ceilings) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0xff
	}
	return len(p), nil
}

func deliver(s side, seqs ...uint64) {
	for _, seq := range seqs {
		s.send(relayproto.Frame{Type: relayproto.FrameDeliver, Seq: seq, Envelope: fmt.Appendf(nil, "envelope %d", seq)})
	}
}

func TestMailboxDeliversAndAcknowledges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		m.config.Credit = 5
		acks, credits := newWatch[uint64](), newWatch[uint32]()
		box := m.open(t, serveSocket(t, m.script(func(s side, credit int) {
			deliver(s, 4, 7, 9)
			for {
				f, err := s.receive()
				if err != nil {
					return
				}
				for _, seq := range f.Seqs {
					acks.Add(seq)
				}
				if f.Type == relayproto.FrameCredit {
					credits.Add(f.Credit)
				}
			}
		})))
		require.EqualValues(t, 3, m.status(t, Connected).Waiting)
		for _, want := range []uint64{4, 7, 9} {
			e := <-m.envelopes.C
			require.Equal(t, Envelope{Seq: want, Data: fmt.Appendf(nil, "envelope %d", want)}, e)
		}
		box.Ack(4, 9)
		require.EqualValues(t, 4, <-acks.C)
		require.EqualValues(t, 9, <-acks.C)
		require.EqualValues(t, 2, <-credits.C)
		box.Ack(9) // again: no credit for it
		box.Ack()
		require.EqualValues(t, 9, <-acks.C)
		synctest.Wait()
		require.Empty(t, credits.C)
		box.Ack(7)
		require.EqualValues(t, 7, <-acks.C)
		require.EqualValues(t, 1, <-credits.C)
	})
}

func TestMailboxManyAcksFitTheirFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		got := make(map[uint64]bool)
		var mu sync.Mutex
		box := m.open(t, serveSocket(t, m.script(func(s side, _ int) {
			for {
				f, err := s.receive() // refuses frames over the limit
				if err != nil {
					return
				}
				mu.Lock()
				for _, seq := range f.Seqs {
					got[seq] = true
				}
				mu.Unlock()
			}
		})))
		seqs := make([]uint64, maxPendingAcks+10)
		for i := range seqs {
			seqs[i] = uint64(i + 1)
		}
		box.Ack(seqs...) // before there is a socket
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		require.Len(t, got, maxPendingAcks)
		require.Equal(t, uint64(11), slices.Min(slices.Collect(maps.Keys(got))))
	})
}

// An acknowledgement is lost with its socket: the agent does not see the
// envelope again, the relay sees the acknowledgement again. An envelope that
// was not acknowledged comes again.
func TestMailboxLostAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		acks := newWatch[uint64]()
		drop := make(chan struct{})
		box := m.open(t, serveSocket(t,
			m.script(func(s side, _ int) {
				deliver(s, 1, 2)
				<-drop
			}),
			m.script(func(s side, _ int) {
				deliver(s, 1, 2)
				for {
					f, err := s.receive()
					if err != nil {
						return
					}
					for _, seq := range f.Seqs {
						acks.Add(seq)
					}
				}
			}),
		))
		require.EqualValues(t, 1, (<-m.envelopes.C).Seq)
		require.EqualValues(t, 2, (<-m.envelopes.C).Seq)
		close(drop)
		m.status(t, Offline)
		box.Ack(1)
		require.EqualValues(t, 1, <-acks.C)
		require.EqualValues(t, 2, (<-m.envelopes.C).Seq)
		synctest.Wait()
		require.Empty(t, m.envelopes.C)
	})
}

// While the agent is busy the socket lives on, and the relay can push no more
// than its credit.
func TestMailboxBusyAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		m.config.Credit = 4
		busy, pings := make(chan struct{}), newWatch[uint64]()
		batches := newWatch[int]()
		m.config.OnEnvelopes = func(es []Envelope) {
			batches.Add(len(es))
			<-busy
		}
		m.open(t, serveSocket(t, m.script(func(s side, credit int) {
			for seq := range uint64(credit) {
				deliver(s, seq+1)
			}
			for {
				f, err := s.receive()
				if err != nil {
					return
				}
				if f.Type == relayproto.FramePing {
					pings.Add(f.Token)
					s.send(relayproto.Frame{Type: relayproto.FramePong, Token: f.Token})
				}
			}
		})))
		m.status(t, Connected)
		for range 10 {
			<-pings.C
		}
		close(busy)
		synctest.Wait()
		total := 0
		for len(batches.C) > 0 {
			total += <-batches.C
		}
		require.Equal(t, 4, total)
		require.Empty(t, m.states.C)
	})
}

func TestMailboxHostileRelay(t *testing.T) {
	raw := func(data []byte) func(side, int) {
		return func(s side, _ int) {
			s.ws.Write(s.ctx, websocket.MessageBinary, data)
			s.idle()
		}
	}
	send := func(f relayproto.Frame) func(side, int) {
		return func(s side, _ int) {
			s.send(f)
			s.idle()
		}
	}
	pong, err := relayproto.EncodeFrame(relayproto.Frame{Type: relayproto.FramePong, Token: 9})
	require.NoError(t, err)
	tests := []struct {
		name   string
		first  script // instead of the handshake
		then   func(s side, credit int)
		reason string
		code   relayproto.Code
	}{
		{name: "truncated frame", then: raw(pong[:len(pong)-1]), reason: "unreadable"},
		{name: "empty frame", then: raw(nil), reason: "unreadable"},
		{name: "text", then: func(s side, _ int) { s.ws.Write(s.ctx, websocket.MessageText, []byte("hello")); s.idle() }, reason: "unreadable"},
		{name: "a gigabyte in five bytes", then: raw([]byte{0x5a, 0x3b, 0x9a, 0xca, 0x00}), reason: "unreadable"},
		{name: "oversized frame", then: raw(make([]byte, relayproto.MaxFrame+1)), reason: "network failed"},
		{name: "frame that only agents send", then: send(relayproto.Frame{Type: relayproto.FrameCredit, Credit: 1}), reason: "out of turn"},
		{name: "second challenge", then: send(relayproto.Frame{Type: relayproto.FrameChallenge, Nonce: make([]byte, 32)}), reason: "out of turn"},
		{name: "close at once", then: func(side, int) {}, reason: "network failed"},
		{name: "close by handshake", then: func(s side, _ int) { s.ws.Close(websocket.StatusGoingAway, "bye") }, reason: "network failed"},
		{name: "endless pushes", then: func(s side, _ int) {
			for seq := uint64(1); s.send(relayproto.Frame{Type: relayproto.FrameDeliver, Seq: seq, Envelope: make([]byte, 60000)}) == nil; seq++ {
			}
		}, reason: "credit"},
		{name: "falling numbers", then: func(s side, _ int) { deliver(s, 2, 1); s.idle() }, reason: "order"},
		{name: "repeated number", then: func(s side, _ int) { deliver(s, 2, 2); s.idle() }, reason: "order"},
		{name: "unavailable", then: send(relayproto.Frame{Type: relayproto.FrameError, Error: &relayproto.Error{Code: relayproto.CodeUnavailable}}), code: relayproto.CodeUnavailable},
		{name: "silence", first: func(ctx context.Context, _ *websocket.Conn) { <-ctx.Done() }, reason: "in time"},
		{name: "short nonce", first: func(ctx context.Context, ws *websocket.Conn) {
			s := side{ws, ctx}
			s.send(relayproto.Frame{Type: relayproto.FrameChallenge, Nonce: make([]byte, 31)})
			s.idle()
		}, reason: "unreadable"},
		{name: "ready without a challenge", first: func(ctx context.Context, ws *websocket.Conn) {
			s := side{ws, ctx}
			s.send(relayproto.Frame{Type: relayproto.FrameReady})
			s.idle()
		}, reason: "out of turn"},
		{name: "challenge, then silence", first: func(ctx context.Context, ws *websocket.Conn) {
			side{ws, ctx}.send(relayproto.Frame{Type: relayproto.FrameChallenge, Nonce: make([]byte, 32)})
			<-ctx.Done()
		}, reason: "in time"},
		{name: "another relay's challenge", first: func(ctx context.Context, ws *websocket.Conn) {
			s := side{ws, ctx}
			s.welcome(make([]byte, 32), [32]byte{1}, 0) // verifies for its own id: refuses
			s.idle()
		}, code: relayproto.CodeUnauthorized},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMailboxTest(t)
				script := tt.first
				if script == nil {
					script = m.script(tt.then)
				}
				m.open(t, serveSocket(t, script, m.script(func(s side, _ int) { s.idle() })))
				s := m.status(t, Offline)
				require.NotNil(t, s.Err)
				require.Equal(t, tt.code, s.Err.Code)
				require.Contains(t, s.Err.Error(), tt.reason)
				require.NotContains(t, s.Err.Error(), "bye")
				require.False(t, s.NoMailbox || s.Replaced)
				// And it comes back by itself.
				m.status(t, Connected)
			})
		})
	}
}

func TestMailboxNoMailbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		box := m.open(t, serveSocket(t,
			func(ctx context.Context, ws *websocket.Conn) {
				s := side{ws, ctx}
				s.send(relayproto.Frame{Type: relayproto.FrameChallenge, Nonce: make([]byte, 32)})
				s.receive()
				s.send(relayproto.Frame{Type: relayproto.FrameError, Error: &relayproto.Error{Code: relayproto.CodeNoMailbox}})
				s.receive()
			},
			m.script(func(s side, _ int) { s.idle() }),
		))
		require.True(t, m.status(t, Offline).NoMailbox)
		start := time.Now()
		box.Nudge()
		m.status(t, Connected)
		require.Zero(t, time.Since(start))
	})
}

func TestMailboxDoesNotFightItsReplacement(t *testing.T) {
	replaced := func(s side, _ int) {
		s.send(relayproto.Frame{Type: relayproto.FrameReplaced})
		s.receive()
	}
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		box := m.open(t, serveSocket(t, m.script(replaced), m.script(replaced), m.script(func(s side, _ int) { s.idle() })))
		s := m.status(t, Offline)
		require.True(t, s.Replaced)
		require.Equal(t, time.Minute, s.RetryIn)
		start := time.Now()
		require.True(t, m.status(t, Offline).Replaced)
		require.Equal(t, time.Minute, time.Since(start))
		box.Nudge()
		m.status(t, Connected)
		require.Equal(t, time.Minute, time.Since(start))
	})
}

// The relay says goodbye and closes while we write.
func TestMailboxHearsTheLastWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		// States that follow each other at once are told as one: the relay waits
		// until we have seen that we are connected.
		seen := make(chan struct{})
		said := make(chan struct{}, 1)
		box := m.open(t, serveSocket(t, m.script(func(s side, _ int) {
			<-seen
			s.send(relayproto.Frame{Type: relayproto.FrameReplaced})
			said <- struct{}{}
		})))
		m.status(t, Connected)
		close(seen)
		box.Ack(1)
		<-said
		require.True(t, m.status(t, Offline).Replaced)
	})
}

func TestMailboxWaitsLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		m.open(t, brokenTransport{io.ErrUnexpectedEOF})
		ceiling := 500 * time.Millisecond
		s := m.status(t, Offline)
		for range 10 {
			require.InDelta(t, ceiling, s.RetryIn, float64(time.Microsecond))
			start, wait := time.Now(), s.RetryIn
			s = m.status(t, Offline)
			require.Equal(t, wait, time.Since(start))
			ceiling = min(2*ceiling, time.Minute)
		}
		require.Equal(t, time.Minute, ceiling)
	})
}

func TestBackoffIsSpreadOverItsRange(t *testing.T) {
	b := backoff{rand: rand.Reader, attempts: 100}
	low, high := 0, 0
	for range 200 {
		switch d := b.next(); {
		case d < 0 || d >= backoffMax:
			require.Fail(t, "out of range")
		case d < backoffMax/4:
			low++
		case d > 3*backoffMax/4:
			high++
		}
	}
	// Either is expected 50 times; fewer than 10 is a chance of 1e-14.
	require.Greater(t, low, 10)
	require.Greater(t, high, 10)
	b.reset()
	require.Less(t, b.next(), backoffMin)
}

func TestMailboxForgetsFailuresAfterAGoodSession(t *testing.T) {
	for _, tt := range []struct {
		served time.Duration
		waits  []time.Duration
	}{
		{goodSession, []time.Duration{500 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond}},
		{goodSession - 1, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}},
	} {
		t.Run(tt.served.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMailboxTest(t)
				m.open(t, serveSocket(t, m.script(func(s side, _ int) {
					select {
					case <-time.After(tt.served):
					case <-s.ctx.Done():
					}
				})))
				for _, wait := range tt.waits {
					require.InDelta(t, wait, m.status(t, Offline).RetryIn, float64(time.Microsecond))
				}
			})
		})
	}
}

func TestMailboxFindsADeadSocket(t *testing.T) {
	deaf := func(s side, _ int) { // takes everything, answers nothing
		for {
			if _, err := s.receive(); err != nil {
				return
			}
		}
	}
	t.Run("by itself", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMailboxTest(t)
			m.open(t, serveSocket(t, m.script(deaf)))
			m.status(t, Connected)
			start := time.Now()
			s := m.status(t, Offline)
			require.Equal(t, relayproto.PingInterval+relayproto.PongTimeout, time.Since(start))
			require.Contains(t, s.Err.Error(), "pings")
		})
	})
	t.Run("when nudged", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMailboxTest(t)
			box := m.open(t, serveSocket(t, m.script(deaf)))
			m.status(t, Connected)
			start := time.Now()
			box.Nudge()
			box.Nudge()
			m.status(t, Offline)
			require.Equal(t, nudgeTimeout, time.Since(start))
		})
	})
	t.Run("that does not even read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMailboxTest(t)
			box := m.open(t, serveSocket(t, m.script(func(s side, _ int) { <-s.ctx.Done() })))
			m.status(t, Connected)
			start := time.Now()
			box.Ack(1)
			m.status(t, Offline)
			require.Equal(t, writeTimeout, time.Since(start))
		})
	})
	t.Run("not one that answers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMailboxTest(t)
			box := m.open(t, serveSocket(t, m.script(func(s side, _ int) { s.idle() })))
			m.status(t, Connected)
			for range 100 {
				pass(7 * time.Second) // of the bubble's clock
				box.Nudge()
			}
			synctest.Wait()
			require.Empty(t, m.states.C)
		})
	})
}

func TestMailboxClosesWhateverItDoes(t *testing.T) {
	forever := script(func(ctx context.Context, _ *websocket.Conn) { <-ctx.Done() })
	tests := map[string]func(t *testing.T, m *mailboxTest) Transport{
		"connected": func(t *testing.T, m *mailboxTest) Transport {
			return serveSocket(t, m.script(func(s side, _ int) { s.idle() }))
		},
		"in the handshake": func(t *testing.T, m *mailboxTest) Transport { return serveSocket(t, forever) },
		"dialling":         func(t *testing.T, m *mailboxTest) Transport { return hangingTransport{} },
		"waiting":          func(t *testing.T, m *mailboxTest) Transport { return brokenTransport{io.EOF} },
	}
	for name, transport := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMailboxTest(t)
				box := OpenMailbox(New(transport(t, m), Options{}), m.config)
				synctest.Wait()
				start := time.Now()
				box.Close()
				box.Close()
				require.Zero(t, time.Since(start))
				box.Ack(1) // harmless afterwards
				box.Nudge()
			})
		})
	}
}

// hangingTransport answers nothing.
type hangingTransport struct{}

func (hangingTransport) Do(ctx context.Context, _ Request) (Response, error) {
	<-ctx.Done()
	return Response{}, ctx.Err()
}

func (hangingTransport) Dial(ctx context.Context, _ string, _ int64) (Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestMailboxDialIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailboxTest(t)
		start := time.Now()
		m.open(t, hangingTransport{})
		s := m.status(t, Offline)
		require.Equal(t, dialTimeout, time.Since(start))
		require.ErrorIs(t, s.Err, context.DeadlineExceeded)
	})
}

func TestMailboxUnusableConfiguration(t *testing.T) {
	for name, spoil := range map[string]func(*MailboxConfig){
		"key":         func(c *MailboxConfig) { c.Key = c.Key[:32] },
		"url":         func(c *MailboxConfig) { c.RelayURL = "relay.test" },
		"credit":      func(c *MailboxConfig) { c.Credit = relayproto.MaxCredit + 1 },
		"less credit": func(c *MailboxConfig) { c.Credit = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMailboxTest(t)
				spoil(&m.config)
				m.open(t, brokenTransport{io.EOF})
				s := m.status(t, Offline)
				require.False(t, s.Err.Retryable)
				pass(time.Hour) // of the bubble's clock
				require.Empty(t, m.states.C)
			})
		})
	}
}

// faultyRelay keeps a queue by the relay's rules, and drops sockets at random.
type faultyRelay struct {
	mu      sync.Mutex
	random  *mathrand.Rand
	queue   []uint64
	broken  string // the first rule that the agent has broken
	dropped int
}

func (r *faultyRelay) serve(s side, credit int) {
	pushed := make(map[uint64]bool)
	push := func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, seq := range r.queue {
			if credit == 0 {
				break
			}
			if pushed[seq] {
				continue
			}
			if r.random.IntN(40) == 0 {
				r.dropped++
				return false
			}
			pushed[seq] = true
			credit--
			deliver(s, seq)
		}
		return true
	}
	for push() {
		f, err := s.receive()
		if err != nil {
			return
		}
		r.mu.Lock()
		switch f.Type {
		case relayproto.FrameAck:
			if r.random.IntN(10) == 0 { // received, then forgotten with the socket
				r.dropped++
				r.mu.Unlock()
				return
			}
			r.queue = slices.DeleteFunc(r.queue, func(seq uint64) bool { return slices.Contains(f.Seqs, seq) })
		case relayproto.FrameCredit:
			credit += int(f.Credit)
			if outstanding := credit + len(pushed); credit > 8 {
				r.broken = fmt.Sprintf("credit %d, outstanding %d", credit, outstanding)
			}
		case relayproto.FramePing:
			s.send(relayproto.Frame{Type: relayproto.FramePong, Token: f.Token})
		}
		r.mu.Unlock()
	}
}

// Whatever is lost, every envelope reaches the agent, every acknowledgement
// the relay, and nothing that was acknowledged is seen again.
func TestMailboxLosesNothing(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const count = 200
				m := newMailboxTest(t)
				m.config.Credit = 8
				relay := &faultyRelay{random: mathrand.New(mathrand.NewPCG(seed, 1))}
				for seq := range uint64(count) {
					relay.queue = append(relay.queue, seq+1)
				}
				agent := mathrand.New(mathrand.NewPCG(seed, 2))
				var box *Mailbox
				opened, done := make(chan struct{}), make(chan struct{})
				acked, held := make(map[uint64]bool), make(map[uint64]bool)
				again := newWatch[uint64]()
				m.config.OnEnvelopes = func(es []Envelope) {
					<-opened
					for _, e := range es {
						if acked[e.Seq] {
							again.Add(e.Seq)
						}
						held[e.Seq] = true
					}
					if agent.IntN(4) == 0 { // busy
						pass(time.Duration(agent.IntN(int(2 * time.Minute))))
					}
					// Acknowledge in handfuls and in any order, now or later.
					if agent.IntN(3) == 0 || len(held) >= 4 || len(acked)+len(held) == count {
						seqs := slices.Collect(maps.Keys(held))
						for _, seq := range seqs {
							acked[seq] = true
						}
						box.Ack(seqs...)
						clear(held)
						if len(acked) == count {
							close(done)
						}
					}
				}
				box = m.open(t, serveSocket(t, m.script(relay.serve)))
				close(opened)
				<-done
				pass(10 * time.Minute) // of the bubble's clock: the last acks get through
				relay.mu.Lock()
				defer relay.mu.Unlock()
				require.Empty(t, relay.queue)
				require.Empty(t, relay.broken)
				require.NotZero(t, relay.dropped)
				require.Empty(t, again.C)
			})
		})
	}
}

func TestConfigurationsPrintRedacted(t *testing.T) {
	m := newMailboxTest(t)
	for _, v := range []any{m.config, &m.config, RendezvousConfig{Side: "secret"}, EventAllocated{Nameplate: "secret"}, EventPhase{Body: []byte("secret")}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			require.Equal(t, "[redacted]", fmt.Sprintf(verb, v))
		}
	}
}
