//go:build !js

package relayclient

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// server is the relay's end of a rendezvous socket in a test.
type server struct {
	ws  *websocket.Conn
	ctx context.Context
}

func (s server) send(m wormhole.ServerMessage) {
	data, err := m.Encode()
	if err != nil {
		panic(err)
	}
	s.ws.Write(s.ctx, websocket.MessageText, data)
}

// receive returns the next message that is not a ping, and acknowledges it;
// pings it answers.
func (s server) receive() (wormhole.ClientMessage, error) {
	for {
		_, data, err := s.ws.Read(s.ctx)
		if err != nil {
			return wormhole.ClientMessage{}, err
		}
		m, err := wormhole.ParseClient(data)
		if err != nil {
			return wormhole.ClientMessage{}, err
		}
		s.send(wormhole.ServerMessage{Type: wormhole.ServerAck, ID: m.ID})
		if m.Type != wormhole.ClientPing {
			return m, nil
		}
		s.send(wormhole.ServerMessage{Type: wormhole.ServerPong, Ping: m.Ping})
	}
}

func (s server) idle() {
	for {
		if _, err := s.receive(); err != nil {
			return
		}
	}
}

// greeted turns f into a script that begins with welcome and bind.
func greeted(f func(s server)) script {
	return func(ctx context.Context, ws *websocket.Conn) {
		s := server{ws, ctx}
		s.send(wormhole.ServerMessage{Type: wormhole.ServerWelcome})
		if m, err := s.receive(); err == nil && m.Type == wormhole.ClientBind && m.Side == "aa" && m.AppID == wormhole.AppID {
			f(s)
		}
	}
}

// opening turns f into a script that goes on until the mailbox is opened.
func opening(f func(s server)) script {
	return greeted(func(s server) {
		for {
			m, err := s.receive()
			if err != nil {
				return
			}
			if m.Type == wormhole.ClientOpen {
				f(s)
				return
			}
		}
	})
}

func mail(side, phase, body string) wormhole.ServerMessage {
	return wormhole.ServerMessage{Type: wormhole.ServerMail, Side: side, Phase: phase, Body: []byte(body)}
}

type rendezvousTest struct {
	config RendezvousConfig
	events watch[RendezvousEvent]
}

func newRendezvousTest() *rendezvousTest {
	r := &rendezvousTest{events: newWatch[RendezvousEvent]()}
	r.config = RendezvousConfig{
		RelayURL: testURL, AppID: wormhole.AppID, Side: "aa", MailboxID: "mb", OnEvent: r.events.Add,
	}
	return r
}

func (r *rendezvousTest) open(t *testing.T, transport Transport) *Rendezvous {
	t.Helper()
	v := OpenRendezvous(New(transport, Options{Rand: ceilings{}}), r.config)
	t.Cleanup(v.Close)
	return v
}

// event waits for the next event of a type.
func event[E RendezvousEvent](t *testing.T, r *rendezvousTest) E {
	t.Helper()
	var zero E
	e := r.events.Until(t, fmt.Sprintf("%T", zero), func(e RendezvousEvent) bool { _, ok := e.(E); return ok })
	return e.(E)
}

// status waits for a state.
func (r *rendezvousTest) status(t *testing.T, want Status) EventState {
	t.Helper()
	return r.events.Until(t, want.String(), func(e RendezvousEvent) bool {
		s, ok := e.(EventState)
		return ok && s.Status == want
	}).(EventState)
}

// A phase that was sent on a lost socket is sent again only if the relay has
// not kept it, and a new one goes out without waiting to know.
func TestRendezvousSendsAgainWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRendezvousTest()
		r.config.Pending = []Phase{{Name: "kept", Body: []byte("1")}, {Name: "lost", Body: []byte("2")}}
		added := newWatch[string]()
		v := r.open(t, serveSocket(t, opening(func(s server) {
			s.send(mail("aa", "kept", "1"))
			s.send(mail("bb", "theirs", "3"))
			s.send(mail("bb", "theirs", "not the first"))
			for {
				m, err := s.receive()
				if err != nil {
					return
				}
				if m.Type == wormhole.ClientAdd {
					added.Add(m.Phase)
					s.send(mail("aa", m.Phase, string(m.Body)))
				}
			}
		})))
		require.Equal(t, "kept", event[EventSent](t, r).Phase)
		require.True(t, event[EventPhase](t, r).Own)
		e := event[EventPhase](t, r)
		require.Equal(t, EventPhase{Side: "bb", Phase: "theirs", Body: []byte("3")}, e)
		event[EventOpened](t, r)
		require.Equal(t, "lost", event[EventSent](t, r).Phase)
		require.NoError(t, v.Add("new", []byte("4")))
		require.Equal(t, "new", event[EventSent](t, r).Phase)
		require.Equal(t, "lost", <-added.C)
		require.Equal(t, "new", <-added.C)

		require.NoError(t, v.Add("kept", []byte("1"))) // says so again
		require.Equal(t, "kept", event[EventSent](t, r).Phase)
		require.Error(t, v.Add("kept", []byte("2")))
		require.Error(t, v.Add("new phase", make([]byte, wormhole.MaxBody+1)))
		require.Error(t, v.Add("", []byte("1")))
		synctest.Wait()
		require.Empty(t, added.C)
	})
}

func TestRendezvousAllocatesClaimsAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRendezvousTest()
		r.config.MailboxID, r.config.Allocate = "", true
		said := newWatch[wormhole.ClientMessage]()
		v := r.open(t, serveSocket(t, greeted(func(s server) {
			for {
				m, err := s.receive()
				if err != nil {
					return
				}
				said.Add(m)
				switch m.Type {
				case wormhole.ClientAllocate:
					s.send(wormhole.ServerMessage{Type: wormhole.ServerAllocated, Nameplate: "1234"})
				case wormhole.ClientClaim:
					s.send(wormhole.ServerMessage{Type: wormhole.ServerClaimed, Mailbox: "mb"})
				case wormhole.ClientAdd:
					s.send(mail("aa", m.Phase, string(m.Body)))
				case wormhole.ClientRelease:
					s.send(wormhole.ServerMessage{Type: wormhole.ServerReleased})
				case wormhole.ClientClose:
					s.send(wormhole.ServerMessage{Type: wormhole.ServerClosed})
				}
			}
		})))
		require.NoError(t, v.Add("pake", []byte("1")))
		require.Equal(t, "1234", event[EventAllocated](t, r).Nameplate)
		v.Release()
		v.CloseMailbox(strings.Repeat("unheard-of ", 10)) // not one of wormhole's moods
		require.Equal(t, "mb", event[EventClaimed](t, r).MailboxID)
		event[EventClosed](t, r)
		for _, want := range []wormhole.ClientMessage{
			{Type: wormhole.ClientAllocate},
			{Type: wormhole.ClientClaim, Nameplate: "1234"},
			{Type: wormhole.ClientOpen, Mailbox: "mb"},
			{Type: wormhole.ClientAdd, Phase: "pake", Body: []byte("1")},
			{Type: wormhole.ClientRelease, Nameplate: "1234"},
			{Type: wormhole.ClientClose, Mailbox: "mb", Mood: wormhole.MoodErrory},
		} {
			require.Equal(t, want, <-said.C)
		}
		pass(time.Hour)
		require.Empty(t, said.C)
		require.Empty(t, r.events.C)
	})
}

// Whoever leaves before there is a mailbox need not get one, even if it has
// been asked for already and the relay does not answer.
func TestRendezvousLeavesBeforeItBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRendezvousTest()
		r.config.MailboxID, r.config.Allocate = "", true
		r.open(t, serveSocket(t, greeted(server.idle))).CloseMailbox(wormhole.MoodLonely)
		event[EventClosed](t, r)
	})
}

// The answers to release and close are lost with a socket: both are said
// again, and "used" then means that they had arrived.
func TestRendezvousLeavesOverReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRendezvousTest()
		r.config.Nameplate = "1234"
		v := r.open(t, serveSocket(t,
			opening(func(s server) {
				s.receive() // release
				s.receive() // close
			}),
			opening(func(s server) {
				s.send(wormhole.ServerMessage{Type: wormhole.ServerError, Error: "used", Orig: json.RawMessage(`{"type":"open","mailbox":"mb"}`)})
				s.idle()
			}),
		))
		event[EventOpened](t, r)
		v.Release()
		v.CloseMailbox(wormhole.MoodHappy)
		event[EventClosed](t, r)
	})
}

func TestRendezvousRefusals(t *testing.T) {
	tests := []struct {
		error string
		want  EventFailed
	}{
		{"crowded", EventFailed{FailCrowded, true}},
		{"no such nameplate", EventFailed{FailUnknown, true}},
		{"used", EventFailed{FailUsed, true}},
		{"expired", EventFailed{FailUsed, true}},
		{"reclaimed", EventFailed{FailUsed, true}},
		{"too many open mailboxes, try later", EventFailed{FailOther, false}},
		{"", EventFailed{FailOther, false}},
	}
	for _, tt := range tests {
		t.Run(tt.error, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRendezvousTest()
				sockets := newWatch[bool]()
				r.open(t, serveSocket(t, opening(func(s server) {
					sockets.Add(true)
					s.send(wormhole.ServerMessage{Type: wormhole.ServerError, Error: tt.error})
					s.idle()
				})))
				require.Equal(t, tt.want, event[EventFailed](t, r))
				if !tt.want.Final {
					require.Equal(t, tt.want, event[EventFailed](t, r)) // of the next socket
					return
				}
				pass(time.Hour)
				require.Empty(t, r.events.C)
				require.Len(t, sockets.C, 1)
			})
		})
	}
}

func TestRendezvousHostileServer(t *testing.T) {
	text := func(frame string) func(server) {
		return func(s server) {
			s.ws.Write(s.ctx, websocket.MessageText, []byte(frame))
			s.idle()
		}
	}
	tests := []struct {
		name   string
		first  script
		then   func(s server)
		reason string
		failed FailReason // final
	}{
		{name: "no json", then: text("hello"), reason: "unreadable"},
		{name: "truncated", then: text(`{"type":"pong","pong":1`), reason: "unreadable"},
		{name: "odd hex", then: text(`{"type":"message","side":"bb","phase":"0","body":"abc"}`), reason: "unreadable"},
		{name: "deep", then: text(strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000)), reason: "unreadable"},
		{name: "oversized", then: text(strings.Repeat(" ", relayproto.MaxRendezvousFrame+1)), reason: "network failed"},
		{name: "claimed without a claim", then: text(`{"type":"claimed","mailbox":"other"}`), reason: "out of turn"},
		{name: "allocated without an allocate", then: text(`{"type":"allocated","nameplate":"1"}`), reason: "out of turn"},
		{name: "close", then: func(server) {}, reason: "network failed"},
		{name: "silence", first: func(ctx context.Context, ws *websocket.Conn) { <-ctx.Done() }, reason: "in time"},
		{name: "no welcome", first: func(ctx context.Context, ws *websocket.Conn) {
			server{ws, ctx}.send(wormhole.ServerMessage{Type: wormhole.ServerClosed})
			server{ws, ctx}.idle()
		}, reason: "no welcome"},
		{name: "welcome with an error", first: func(ctx context.Context, ws *websocket.Conn) {
			server{ws, ctx}.send(wormhole.ServerMessage{Type: wormhole.ServerWelcome, Welcome: wormhole.Welcome{Error: "go away"}})
			server{ws, ctx}.idle()
		}, reason: "refused"},
		{name: "mail before open", first: greeted(func(s server) {
			s.send(mail("bb", "0", "x"))
			s.idle()
		}), reason: "out of turn"},
		{name: "many messages", then: func(s server) {
			go func() {
				for i := range 2 * maxPhases {
					s.send(mail("bb", fmt.Sprint(i), "x"))
				}
			}()
			s.idle()
		}, failed: FailFlooded},
		{name: "many bytes", then: func(s server) {
			go func() {
				for i := range maxPhaseBytes/wormhole.MaxBody + 1 {
					s.send(mail("bb", fmt.Sprint(i), strings.Repeat("x", wormhole.MaxBody)))
				}
			}()
			s.idle()
		}, failed: FailFlooded},
		{name: "another body for our phase", then: func(s server) {
			s.send(mail("aa", "mine", "forged"))
			s.idle()
		}, failed: FailConflict},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRendezvousTest()
				r.config.Pending = []Phase{{Name: "mine", Body: []byte("x")}}
				if tt.name == "mail before open" {
					r.config.MailboxID, r.config.Nameplate = "", "1234" // claim comes first
				}
				first := tt.first
				if first == nil {
					first = opening(tt.then)
				}
				r.open(t, serveSocket(t, first, greeted(server.idle)))
				if tt.failed != 0 {
					require.Equal(t, EventFailed{tt.failed, true}, event[EventFailed](t, r))
					return
				}
				s := r.status(t, Offline)
				require.NotNil(t, s.Err)
				require.Contains(t, s.Err.Error(), tt.reason)
				require.NotContains(t, s.Err.Error(), "go away")
				r.status(t, Connected)
			})
		})
	}
}

// What a newer server says beyond our knowledge is passed over.
func TestRendezvousIgnoresTheUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRendezvousTest()
		r.open(t, serveSocket(t, opening(func(s server) {
			for _, frame := range []string{
				`{"type":"surprise","x":1}`, `{"type":"ack","id":"zz"}`, `{"type":"nameplates","nameplates":[]}`,
				`{"type":"pong","pong":99}`, `{"type":"released"}`, `{"type":"closed"}`, `{"type":"welcome","welcome":{}}`,
			} {
				s.ws.Write(s.ctx, websocket.MessageText, []byte(frame))
			}
			s.send(mail("bb", "0", "x"))
			s.idle()
		})))
		require.Equal(t, "bb", event[EventPhase](t, r).Side)
		event[EventOpened](t, r)
		synctest.Wait()
		require.Empty(t, r.events.C)
	})
}

func TestRendezvousBusyAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRendezvousTest()
		busy := make(chan struct{})
		r.config.OnEvent = func(e RendezvousEvent) {
			<-busy
			r.events.Add(e)
		}
		// Each socket brings one new phase and ends.
		n := 0
		v := r.open(t, serveSocket(t, opening(func(s server) {
			n++
			s.send(mail("bb", fmt.Sprint(n), "x"))
		})))
		for range 40 {
			pass(time.Minute)
			v.Nudge()
		}
		v.mu.Lock()
		waiting := len(v.events)
		v.mu.Unlock()
		require.LessOrEqual(t, waiting, maxPhases+2)
		close(busy)
		for i := range 30 {
			require.Equal(t, fmt.Sprint(i+1), event[EventPhase](t, r).Phase)
		}
	})
}

func TestRendezvousUnusableConfiguration(t *testing.T) {
	for name, spoil := range map[string]func(*RendezvousConfig){
		"url":       func(c *RendezvousConfig) { c.RelayURL = "mailto:x" },
		"side":      func(c *RendezvousConfig) { c.Side = "" },
		"app":       func(c *RendezvousConfig) { c.AppID = strings.Repeat("x", 1000) },
		"mailbox":   func(c *RendezvousConfig) { c.MailboxID = "\n" },
		"nameplate": func(c *RendezvousConfig) { c.Nameplate = "four" },
		"nothing":   func(c *RendezvousConfig) { c.MailboxID = "" },
		"big phase": func(c *RendezvousConfig) { c.Pending = []Phase{{Name: "0", Body: bytes.Repeat([]byte{1}, 40000)}} },
		"two bodies": func(c *RendezvousConfig) {
			c.Pending = []Phase{{Name: "0", Body: []byte("1")}, {Name: "0", Body: []byte("2")}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRendezvousTest()
				spoil(&r.config)
				v := r.open(t, brokenTransport{})
				require.Equal(t, EventFailed{FailInvalid, true}, event[EventFailed](t, r))
				v.Nudge()
				v.Release()
				pass(time.Hour)
				require.Empty(t, r.events.C)
			})
		})
	}
}
