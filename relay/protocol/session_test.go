package protocol

import (
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/relay/core"
	"petmail/shared/relayproto"
)

// TestSessionLosesNothing drives a session through every order of commits,
// offers, credit and reads: what is sent is what was committed, in order,
// without gap or repetition, and never more than the credit.
func TestSessionLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		granted := rapid.IntRange(0, 3).Draw(t, "credit")
		s := &Session{relay: newWorld(t, core.Config{}).relay, stage: stageOpen, behind: true, credit: granted}
		var committed, pushed, sent uint64
		size := rapid.SampledFrom([]int{100, maxFreshBytes / 2}).Draw(t, "size")
		delivery := func(seq uint64) core.Delivery { return core.Delivery{Seq: seq, Data: make([]byte, size)} }
		// push is what the host does after a commit, always in order.
		commit := func() { committed++ }
		push := func() {
			if pushed < committed {
				pushed++
				s.Offer(delivery(pushed))
			}
		}
		// Between the steps of the host anything may happen.
		quiet := false
		meanwhile := func() {
			if quiet {
				return
			}
			for range rapid.IntRange(0, 3).Draw(t, "meanwhile") {
				rapid.SampledFrom([]func(){commit, push, push}).Draw(t, "event")()
			}
		}
		// work is what the host does once it is told that something happened.
		work := func() {
			for {
				step := s.Next()
				meanwhile()
				for _, f := range step.Frames {
					require.Equal(t, relayproto.FrameDeliver, f.Type)
					require.Equal(t, sent+1, f.Seq)
					sent = f.Seq
					require.LessOrEqual(t, int(sent), granted)
				}
				if step.Call == nil {
					return
				}
				n := min(uint64(s.credit), committed-sent, rapid.Uint64Range(1, 4).Draw(t, "page"))
				var page []core.Delivery
				for i := range n {
					page = append(page, delivery(sent+i+1))
				}
				meanwhile()
				s.Done(step.Call, Result{done: func(s *Session) { s.turn(page) }}, nil)
			}
		}
		credit := func(n int) {
			data, err := relayproto.EncodeFrame(relayproto.Frame{Type: relayproto.FrameCredit, Credit: uint32(n)})
			require.NoError(t, err)
			require.Nil(t, s.Received(data, true))
			granted += n
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				commit()
			case 1:
				push()
			case 2:
				credit(rapid.IntRange(1, 3).Draw(t, "more credit"))
			default:
				work()
			}
		}
		quiet = true
		for pushed < committed {
			push()
		}
		credit(int(committed))
		work()
		require.Equal(t, committed, sent, "nothing is left")
	})
}

// agent is the other end of a session, and the host between.
type agent struct {
	*owner
	s     *Session
	nonce []byte
}

// connect begins a session, up to the challenge.
func (o *owner) connect() *agent {
	a := &agent{owner: o, nonce: make([]byte, relayproto.NonceSize)}
	a.nonce[0] = 1
	a.s = o.w.relay.NewSession(a.nonce)
	step := a.s.Next()
	require.Equal(o.w.t, []relayproto.Frame{{Type: relayproto.FrameChallenge, Nonce: a.nonce}}, step.Frames)
	require.Equal(o.w.t, relayproto.AuthTimeout, a.s.Patience())
	return a
}

func (a *agent) auth(credit uint32) relayproto.Frame {
	return relayproto.Frame{
		Type: relayproto.FrameAuth, Key: a.key.Public().(ed25519.PublicKey), Credit: credit,
		Signature: ed25519.Sign(a.key, relayproto.AuthMessage(a.w.relay.id, a.nonce)),
	}
}

// say sends a frame, and has its call done.
func (a *agent) say(f relayproto.Frame) {
	data, err := relayproto.EncodeFrame(f)
	require.NoError(a.w.t, err)
	if call := a.s.Received(data, true); call != nil {
		a.do(call)
	}
}

func (a *agent) do(call *SessionCall) {
	result, err := call.Run(a.w.tx)
	a.s.Done(call, result, err)
}

// hear returns all that is sent, and how the socket is closed.
func (a *agent) hear() (frames []relayproto.Frame, closed *Close) {
	for {
		step := a.s.Next()
		frames = append(frames, step.Frames...)
		if step.Close != nil {
			return frames, step.Close
		}
		if step.Call == nil {
			return frames, nil
		}
		a.do(step.Call)
	}
}

func (a *agent) hears(want ...relayproto.Frame) {
	frames, closed := a.hear()
	require.Nil(a.w.t, closed)
	require.Equal(a.w.t, want, frames)
}

// refused expects an error frame and the end.
func (a *agent) refused(code relayproto.Code) {
	require.True(a.w.t, a.s.Ended())
	frames, closed := a.hear()
	require.Equal(a.w.t, &Close{Code: 1008, Reason: string(code)}, closed)
	require.Equal(a.w.t, code, frames[len(frames)-1].Error.Code)
	data, err := relayproto.EncodeFrame(relayproto.Frame{Type: relayproto.FramePing, Token: 1})
	require.NoError(a.w.t, err)
	require.Nil(a.w.t, a.s.Received(data, true), "nothing is taken any more")
}

// TestSession has an agent and a session without a socket.
func TestSession(t *testing.T) {
	w := newWorld(t, core.Config{})
	o := w.owner(door(1))
	w.deposit(door(1), 100)
	w.deposit(door(1), 100)
	deliver := func(seq uint64) relayproto.Frame {
		return relayproto.Frame{Type: relayproto.FrameDeliver, Seq: seq, Envelope: make([]byte, 100)}
	}
	ping := func(token uint64) relayproto.Frame {
		return relayproto.Frame{Type: relayproto.FramePing, Token: token}
	}
	pong := func(token uint64) relayproto.Frame {
		return relayproto.Frame{Type: relayproto.FramePong, Token: token}
	}
	a := o.connect()
	require.Zero(t, a.s.Mailbox())
	a.say(a.auth(1))
	require.Equal(t, o.id, a.s.Mailbox())
	require.Equal(t, 2*time.Minute, a.s.Patience())
	a.hears(relayproto.Frame{Type: relayproto.FrameReady, Waiting: 2}, deliver(1))
	a.hears()
	a.say(relayproto.Frame{Type: relayproto.FrameAck, Seqs: []uint64{1}})
	a.say(ping(7))
	a.hears(pong(7))
	require.Len(t, o.pending(), 1)
	a.say(relayproto.Frame{Type: relayproto.FrameCredit, Credit: 2})
	a.hears(deliver(2))
	d := w.deposit(door(1), 100)
	a.s.Offer(core.Delivery{Seq: d.Seq, Data: make([]byte, 100)})
	a.hears(deliver(3))

	second := o.connect()
	second.say(second.auth(5))
	a.s.End(EndReplaced)
	frames, closed := a.hear()
	require.Equal(t, []relayproto.Frame{{Type: relayproto.FrameReplaced}}, frames)
	require.Equal(t, &Close{Code: 1000, Reason: "replaced"}, closed)
	second.hears(relayproto.Frame{Type: relayproto.FrameReady, Waiting: 2}, deliver(2), deliver(3))
	second.s.End(EndClosed)
	second.refused(relayproto.CodeNoMailbox)
}

// TestSessionEnds checks what is said to agents that can't go on.
func TestSessionEnds(t *testing.T) {
	w := newWorld(t, core.Config{})
	o := w.owner(door(1))
	open := func() *agent {
		a := o.connect()
		a.say(a.auth(1))
		a.hears(relayproto.Frame{Type: relayproto.FrameReady})
		return a
	}
	broken := errors.New("disk on fire")

	a := o.connect()
	a.say(relayproto.Frame{Type: relayproto.FramePing, Token: 1})
	a.refused(relayproto.CodeMalformed)
	a = o.connect()
	require.Nil(t, a.s.Received([]byte("text"), true))
	a.refused(relayproto.CodeMalformed)
	a = o.connect()
	forged := a.auth(1)
	forged.Signature[3] ^= 1
	a.say(forged)
	a.refused(relayproto.CodeUnauthorized)
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	a = (&owner{w: w, key: key}).connect()
	a.say(a.auth(1))
	require.Zero(t, a.s.Mailbox())
	a.refused(relayproto.CodeNoMailbox)
	a = o.connect()
	data, err := relayproto.EncodeFrame(a.auth(1))
	require.NoError(t, err)
	a.s.Done(a.s.Received(data, true), Result{}, broken)
	a.refused(relayproto.CodeUnavailable)

	a = open()
	a.say(a.auth(1))
	a.refused(relayproto.CodeMalformed)
	a = open()
	data, err = relayproto.EncodeFrame(relayproto.Frame{Type: relayproto.FramePing, Token: 1})
	require.NoError(t, err)
	require.Nil(t, a.s.Received(data, false), "a text message")
	a.refused(relayproto.CodeMalformed)
	a = open()
	for range maxPongs + 1 {
		a.say(relayproto.Frame{Type: relayproto.FramePing, Token: 1})
	}
	a.refused(relayproto.CodeMalformed)
	a = o.connect()
	a.say(a.auth(1))
	a.s.Done(a.s.Next().Call, Result{}, broken)
	a.refused(relayproto.CodeUnavailable)

	a = open()
	data, err = relayproto.EncodeFrame(relayproto.Frame{Type: relayproto.FrameAck, UpTo: 1})
	require.NoError(t, err)
	call := a.s.Received(data, true)
	require.False(t, call.Reads)
	a.s.Done(call, Result{}, broken)
	frames, closed := a.hear()
	require.Empty(t, frames, "the agent comes back and repeats it")
	require.Equal(t, &Close{}, closed)
}
