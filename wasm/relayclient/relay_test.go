//go:build !js

package relayclient_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
	"petmail/wasm/relayclient"
)

const relayURL = "http://relay.test"

// world is a real relay behind in-memory connections in a synctest bubble.
type world struct {
	t      *testing.T
	dir    string
	server *native.Server
	served chan error

	mu       sync.Mutex
	listener *relayclient.PipeListener
}

func inWorld(t *testing.T, run func(t *testing.T, w *world)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, dir: dir}
		w.start()
		t.Cleanup(w.stop)
		run(t, w)
	})
}

func (w *world) start() {
	server, err := native.Open(native.Config{DataDir: w.dir, Limits: native.Unlimited(), SweepInterval: time.Hour})
	require.NoError(w.t, err)
	l := relayclient.NewPipeListener()
	w.server, w.served = server, make(chan error, 1)
	w.mu.Lock()
	w.listener = l
	w.mu.Unlock()
	go func() { w.served <- server.Serve(l) }()
}

func (w *world) stop() {
	require.NoError(w.t, w.server.Close(context.Background()))
	require.NoError(w.t, <-w.served)
}

func (w *world) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	l := w.listener
	w.mu.Unlock()
	return l.Dial(ctx, network, addr)
}

// network returns a network of its own to the relay.
func (w *world) network(t *testing.T) *relayclient.Network {
	n := relayclient.Net(relayclient.NetOptions{DialContext: w.dial})
	t.Cleanup(n.CloseIdle)
	return n
}

func (w *world) client(t *testing.T) *relayclient.Client {
	return relayclient.New(w.network(t), relayclient.Options{})
}

// owner is somebody with a mailbox.
type owner struct {
	relay     *relayproto.Relay
	key       ed25519.PrivateKey
	door      address.Door
	box       address.BoxKey
	address   address.Address
	states    relayclient.Watch[relayclient.State]
	envelopes relayclient.Watch[relayclient.Envelope]
}

func newOwner(t *testing.T, c *relayclient.Client) *owner {
	t.Helper()
	o := &owner{states: relayclient.NewWatch[relayclient.State](), envelopes: relayclient.NewWatch[relayclient.Envelope]()}
	var err error
	o.relay, err = c.Descriptor(t.Context(), relayURL)
	require.NoError(t, err)
	_, o.key, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	o.door, err = address.NewDoor(rand.Reader)
	require.NoError(t, err)
	o.box, err = address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	routing, err := address.ParseRoutingPublic(o.relay.Routing)
	require.NoError(t, err)
	o.address, err = address.New(rand.Reader, relayURL, o.relay.ID, routing, o.door, o.box)
	require.NoError(t, err)
	return o
}

func (o *owner) register(t *testing.T, c *relayclient.Client) {
	t.Helper()
	id := o.door.ID()
	status, err := c.UpdateMailbox(t.Context(), relayURL, o.key, relayproto.MailboxRequest{
		RelayID: o.relay.ID, Counter: 1, Register: true, AddDoors: [][]byte{id[:]},
	})
	require.NoError(t, err)
	require.EqualValues(t, 1, status.Doors)
}

func (o *owner) open(t *testing.T, c *relayclient.Client) *relayclient.Mailbox {
	t.Helper()
	o.states = relayclient.NewWatch[relayclient.State]() // of this Mailbox
	box := relayclient.OpenMailbox(c, relayclient.MailboxConfig{
		RelayURL: relayURL, RelayID: o.relay.ID, Key: o.key, OnState: o.states.Add,
		OnEnvelopes: func(es []relayclient.Envelope) {
			for _, e := range es {
				o.envelopes.Add(e)
			}
		},
	})
	t.Cleanup(box.Close)
	return box
}

func (o *owner) status(t *testing.T, want relayclient.Status) relayclient.State {
	t.Helper()
	return o.states.Until(t, want.String(), func(s relayclient.State) bool { return s.Status == want })
}

// next opens the next envelope.
func (o *owner) next(t *testing.T) (body string, seq uint64) {
	t.Helper()
	e := <-o.envelopes.C
	opened, err := o.box.Open(e.Data)
	require.NoError(t, err)
	require.True(t, opened.Matches(o.address))
	return string(opened.Body), e.Seq
}

func (o *owner) deposit(t *testing.T, c *relayclient.Client, body string) {
	t.Helper()
	envelope, err := address.Seal(rand.Reader, o.address, []byte(body))
	require.NoError(t, err)
	require.NoError(t, c.Deposit(t.Context(), relayURL, envelope))
}

func TestEnvelopesThroughTheRelay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		o := newOwner(t, c)
		o.register(t, c)
		o.deposit(t, c, "waiting")
		box := o.open(t, c)
		require.EqualValues(t, 1, o.status(t, relayclient.Connected).Waiting)
		body, first := o.next(t)
		require.Equal(t, "waiting", body)
		o.deposit(t, c, "pushed")
		body, second := o.next(t)
		require.Equal(t, "pushed", body)
		box.Ack(first)

		// Over a restart of the relay, what is not acknowledged comes again.
		synctest.Wait()
		w.stop()
		o.status(t, relayclient.Offline)
		require.Error(t, c.Deposit(t.Context(), relayURL, []byte("nobody is there")))
		w.start()
		o.status(t, relayclient.Connected)
		body, again := o.next(t)
		require.Equal(t, "pushed", body)
		require.Equal(t, second, again)

		// And over one of the agent.
		box.Close()
		box = o.open(t, c)
		require.EqualValues(t, 1, o.status(t, relayclient.Connected).Waiting)
		_, again = o.next(t)
		require.Equal(t, second, again)
		box.Ack(again)
		synctest.Wait()
		box.Close()
		o.open(t, c)
		require.Zero(t, o.status(t, relayclient.Connected).Waiting)
	})
}

// More than the credit and more than an ack frame holds, and sockets that live
// for hours.
func TestManyEnvelopesAndAQuietDay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		o := newOwner(t, c)
		o.register(t, c)
		box := o.open(t, c)
		o.status(t, relayclient.Connected)
		for i := range 3 * relayclient.DefaultCredit {
			o.deposit(t, c, fmt.Sprint(i))
		}
		for i := range 3 * relayclient.DefaultCredit {
			body, seq := o.next(t)
			require.Equal(t, fmt.Sprint(i), body)
			box.Ack(seq)
		}
		relayclient.Pass(24 * time.Hour)
		o.deposit(t, c, "good morning")
		body, _ := o.next(t)
		require.Equal(t, "good morning", body)
		require.Empty(t, o.states.C) // one socket, all day
	})
}

func TestTwoAgentsOnOneMailbox(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		o := newOwner(t, c)
		o.register(t, c)
		first := o.open(t, c)
		o.status(t, relayclient.Connected)
		twin := *o
		second := twin.open(t, c)
		twin.status(t, relayclient.Connected)
		require.True(t, o.status(t, relayclient.Offline).Replaced)
		first.Nudge()
		o.status(t, relayclient.Connected)
		require.True(t, twin.status(t, relayclient.Offline).Replaced)
		second.Close()
	})
}

func TestRegisterAfterTheRelayForgot(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		o := newOwner(t, c)
		box := o.open(t, c)
		require.True(t, o.status(t, relayclient.Offline).NoMailbox)
		o.register(t, c)
		box.Nudge()
		o.status(t, relayclient.Connected)
	})
}

func TestAnotherRelayId(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		o := newOwner(t, c)
		o.register(t, c)
		o.relay.ID[0] ^= 1
		o.open(t, c)
		require.Equal(t, relayproto.CodeUnauthorized, o.status(t, relayclient.Offline).Err.Code)
	})
}

func TestSlotsOfTheRelay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		id := [32]byte{1}
		_, found, err := c.GetSlot(t.Context(), relayURL, id)
		require.NoError(t, err)
		require.False(t, found)
		big := make([]byte, relayproto.MaxSlotValue)
		for _, again := range []bool{false, true} {
			standing, won, err := c.PutSlot(t.Context(), relayURL, id, big)
			require.NoError(t, err, again)
			require.True(t, won)
			require.Equal(t, big, standing)
		}
		standing, won, err := c.PutSlot(t.Context(), relayURL, id, []byte("late"))
		require.NoError(t, err)
		require.False(t, won)
		require.Equal(t, big, standing)
		value, found, err := c.GetSlot(t.Context(), relayURL, id)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, big, value)
	})
}

func TestRefusalsOfTheRelay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		o := newOwner(t, c)
		o.register(t, c)
		refused := func(err error, code relayproto.Code) {
			t.Helper()
			var e *relayclient.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, code, e.Code)
			require.False(t, e.Retryable)
		}
		refused(c.Deposit(t.Context(), relayURL, make([]byte, 4096)), relayproto.CodeMalformed)
		id := o.door.ID()
		_, err := c.UpdateMailbox(t.Context(), relayURL, o.key, relayproto.MailboxRequest{RelayID: o.relay.ID, Counter: 9, AddDoors: [][]byte{id[:]}})
		refused(err, relayproto.CodeDoorTaken)
		_, err = c.UpdateMailbox(t.Context(), relayURL, o.key, relayproto.MailboxRequest{Counter: 9})
		refused(err, relayproto.CodeUnauthorized)
		status, err := c.UpdateMailbox(t.Context(), relayURL, o.key, relayproto.MailboxRequest{RelayID: o.relay.ID, Counter: 1})
		require.NoError(t, err) // with the next counter
		require.EqualValues(t, 2, status.Counter)
	})
}

// guest is one side of an invitation.
type guest struct {
	config relayclient.RendezvousConfig
	events relayclient.Watch[relayclient.RendezvousEvent]
}

func newGuest(side string) *guest {
	g := &guest{events: relayclient.NewWatch[relayclient.RendezvousEvent]()}
	g.config = relayclient.RendezvousConfig{RelayURL: relayURL, AppID: wormhole.AppID, Side: side, OnEvent: g.events.Add}
	return g
}

func (g *guest) open(t *testing.T, c *relayclient.Client) *relayclient.Rendezvous {
	t.Helper()
	r := relayclient.OpenRendezvous(c, g.config)
	t.Cleanup(r.Close)
	return r
}

func event[E relayclient.RendezvousEvent](t *testing.T, g *guest) E {
	t.Helper()
	var zero E
	return g.events.Until(t, fmt.Sprintf("%T", zero), func(e relayclient.RendezvousEvent) bool { _, ok := e.(E); return ok }).(E)
}

// phase waits for a phase of the other side.
func (g *guest) phase(t *testing.T) relayclient.EventPhase {
	t.Helper()
	return g.events.Until(t, "phase", func(e relayclient.RendezvousEvent) bool {
		p, ok := e.(relayclient.EventPhase)
		return ok && !p.Own
	}).(relayclient.EventPhase)
}

// The inviter leaves its message and goes to sleep; the relay restarts; the
// guest comes, leaves its own and goes; the inviter wakes and finishes.
func TestInvitationBySleepingPeople(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		alice := newGuest("alice")
		alice.config.Allocate = true
		a := alice.open(t, c)
		require.NoError(t, a.Add("pake", []byte("alice's half")))
		nameplate := event[relayclient.EventAllocated](t, alice).Nameplate
		mailbox := event[relayclient.EventClaimed](t, alice).MailboxID
		event[relayclient.EventSent](t, alice)
		a.Close()
		w.stop()
		w.start()
		relayclient.Pass(relayproto.CodeLifetime / 2)

		bob := newGuest("bob")
		bob.config.Nameplate = nameplate
		b := bob.open(t, c)
		require.Equal(t, "alice's half", string(bob.phase(t).Body))
		require.NoError(t, b.Add("pake", []byte("bob's half")))
		require.NoError(t, b.Add("card", make([]byte, wormhole.MaxBody)))
		event[relayclient.EventSent](t, bob)
		event[relayclient.EventSent](t, bob)
		b.Close()

		alice.config.Allocate, alice.config.Nameplate, alice.config.MailboxID = false, nameplate, mailbox
		alice.config.Pending = []relayclient.Phase{{Name: "pake", Body: []byte("alice's half")}}
		a = alice.open(t, c)
		event[relayclient.EventSent](t, alice)
		require.Equal(t, "bob's half", string(alice.phase(t).Body))
		require.Len(t, alice.phase(t).Body, wormhole.MaxBody)
		event[relayclient.EventOpened](t, alice)
		require.NoError(t, a.Add("welcome", []byte("done")))
		a.Release()
		a.CloseMailbox(wormhole.MoodHappy)
		event[relayclient.EventSent](t, alice)
		event[relayclient.EventReleased](t, alice)
		event[relayclient.EventClosed](t, alice)

		bob.config.MailboxID = mailbox
		b = bob.open(t, c)
		bob.events.Until(t, "welcome", func(e relayclient.RendezvousEvent) bool {
			p, ok := e.(relayclient.EventPhase)
			return ok && p.Phase == "welcome"
		})
		b.CloseMailbox(wormhole.MoodHappy)
		event[relayclient.EventClosed](t, bob)

		// Closing once more is done already, and a late guest learns why.
		b = bob.open(t, c)
		b.CloseMailbox(wormhole.MoodHappy)
		event[relayclient.EventClosed](t, bob)
		late := newGuest("late")
		late.config.Nameplate = nameplate
		late.open(t, c)
		require.Equal(t, relayclient.EventFailed{Reason: relayclient.FailUsed, Final: true}, event[relayclient.EventFailed](t, late))
	})
}

func TestInvitationRefusals(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := w.client(t)
		stranger := newGuest("stranger")
		stranger.config.Nameplate = "1000" // nobody has allocated one
		refused := stranger.open(t, c)
		require.Equal(t, relayclient.EventFailed{Reason: relayclient.FailUnknown, Final: true}, event[relayclient.EventFailed](t, stranger))
		refused.CloseMailbox(wormhole.MoodHappy) // nothing is left to leave, and it says so
		event[relayclient.EventClosed](t, stranger)

		for _, side := range []string{"first", "second"} {
			g := newGuest(side)
			g.config.MailboxID = "link"
			r := g.open(t, c)
			event[relayclient.EventOpened](t, g)
			r.Close()
		}
		third := newGuest("third")
		third.config.MailboxID = "link"
		third.open(t, c)
		require.Equal(t, relayclient.EventFailed{Reason: relayclient.FailCrowded, Final: true}, event[relayclient.EventFailed](t, third))

		old := newGuest("old")
		old.config.MailboxID = "old"
		r := old.open(t, c)
		event[relayclient.EventOpened](t, old)
		r.Close()
		relayclient.Pass(relayproto.LinkLifetime + time.Minute)
		old.open(t, c)
		require.Equal(t, relayclient.EventFailed{Reason: relayclient.FailUsed, Final: true}, event[relayclient.EventFailed](t, old))
	})
}

var errFault = errors.New("planned fault")

// faulty is a network on which one read or write of sockets in twelve fails.
type faulty struct {
	*relayclient.Network
	mu     sync.Mutex
	random *mathrand.Rand
	calm   bool
}

func (f *faulty) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.calm && f.random.IntN(12) == 0
}

func (f *faulty) Dial(ctx context.Context, url string, maxMessage int64) (relayclient.Conn, error) {
	if f.fails() {
		return nil, errFault
	}
	conn, err := f.Network.Dial(ctx, url, maxMessage)
	if err != nil {
		return nil, err
	}
	return &faultyConn{conn, f}, nil
}

type faultyConn struct {
	relayclient.Conn
	f *faulty
}

// Read may lose the message that it has read.
func (c *faultyConn) Read(ctx context.Context) ([]byte, error) {
	data, err := c.Conn.Read(ctx)
	if err == nil && c.f.fails() {
		c.Close()
		return nil, errFault
	}
	return data, err
}

// Write may fail before or after the message is on its way.
func (c *faultyConn) Write(ctx context.Context, data []byte, text bool) error {
	if c.f.fails() {
		c.Close()
		return errFault
	}
	err := c.Conn.Write(ctx, data, text)
	if err == nil && c.f.fails() {
		c.Close()
		return errFault
	}
	return err
}

// Whatever fails on the way, each side sees every phase of the other exactly
// once, learns that its own are kept, and gets away.
func TestInvitationOnABadNetwork(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				bad := &faulty{Network: w.network(t), random: mathrand.New(mathrand.NewPCG(seed, 0))}
				c := relayclient.New(bad, relayclient.Options{})
				alice, bob := newGuest("alice"), newGuest("bob")
				alice.config.Allocate = true
				a := alice.open(t, c)
				bob.config.Nameplate = event[relayclient.EventAllocated](t, alice).Nameplate
				b := bob.open(t, c)
				event[relayclient.EventClaimed](t, bob) // before the code is taken back
				a.Release()

				const phases = 8
				for i := range phases {
					require.NoError(t, a.Add(fmt.Sprint(i), fmt.Appendf(nil, "alice %d", i)))
					require.NoError(t, b.Add(fmt.Sprint(i), fmt.Appendf(nil, "bob %d", i)))
				}
				for _, g := range []*guest{alice, bob} {
					sent, came := make(map[string]int), make(map[string]int)
					for len(sent) < phases || len(came) < phases {
						switch e := (<-g.events.C).(type) {
						case relayclient.EventSent:
							sent[e.Phase]++
						case relayclient.EventPhase:
							if !e.Own {
								came[string(e.Body)]++
							}
						case relayclient.EventFailed:
							require.False(t, e.Final, e.Reason.String())
						}
					}
					for what, n := range sent {
						require.Equal(t, 1, n, what)
					}
					for what, n := range came {
						require.Equal(t, 1, n, what)
					}
				}
				a.CloseMailbox(wormhole.MoodHappy)
				b.CloseMailbox(wormhole.MoodHappy)
				event[relayclient.EventClosed](t, alice)
				event[relayclient.EventClosed](t, bob)
			})
		})
	}
}

// Whatever fails on the way, every envelope reaches its owner and leaves the
// relay.
func TestEnvelopesOnABadNetwork(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				good := w.client(t)
				o := newOwner(t, good)
				o.register(t, good)
				const count = 60
				for i := range count {
					o.deposit(t, good, fmt.Sprint(i))
				}
				bad := &faulty{Network: w.network(t), random: mathrand.New(mathrand.NewPCG(seed, 0))}
				box := o.open(t, relayclient.New(bad, relayclient.Options{}))
				seen := make(map[string]bool)
				for len(seen) < count {
					body, seq := o.next(t)
					seen[body] = true
					box.Ack(seq)
				}
				relayclient.Pass(30 * time.Minute)
				box.Close()
				o.open(t, good)
				require.Zero(t, o.status(t, relayclient.Connected).Waiting)
			})
		})
	}
}
