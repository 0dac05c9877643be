package relaytest

import (
	"encoding/hex"
	"slices"
	"strconv"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// otherApp stands for the programs that use the relay as a mailbox server of
// Magic Wormhole.
const otherApp = "example.org/other-app"

// peer is one rendezvous connection of one side.
type peer struct {
	*socket
	side string
}

// arrive connects, reads the welcome and binds.
func (r *relay) arrive(app, side string) *peer {
	r.t.Helper()
	p := &peer{socket: r.dial(relayproto.RouteRendezvous), side: side}
	p.expect(wormhole.ServerWelcome)
	p.say(wormhole.ClientMessage{Type: wormhole.ClientBind, AppID: app, Side: side})
	return p
}

// say sends a message and expects its ack.
func (p *peer) say(m wormhole.ClientMessage) {
	p.t.Helper()
	m.ID = hex.EncodeToString(randomID(p.t)[:4])
	data, err := m.Encode()
	require.NoError(p.t, err)
	p.write(websocket.MessageText, data)
	require.Equal(p.t, m.ID, p.expect(wormhole.ServerAck).ID)
}

func (p *peer) expect(kind wormhole.ServerType) wormhole.ServerMessage {
	p.t.Helper()
	data, closed := p.next()
	require.False(p.t, closed, "the relay ended the socket")
	m, err := wormhole.ParseServer(data)
	require.NoError(p.t, err)
	require.Equal(p.t, kind, m.Type, "got %s", data)
	return m
}

func (p *peer) refused(text string, m wormhole.ClientMessage) {
	p.t.Helper()
	p.say(m)
	e := p.expect(wormhole.ServerError)
	require.Equal(p.t, text, e.Error)
	require.NotEmpty(p.t, e.Orig)
}

func (p *peer) allocate() string {
	p.t.Helper()
	p.say(wormhole.ClientMessage{Type: wormhole.ClientAllocate})
	return p.expect(wormhole.ServerAllocated).Nameplate
}

func claim(nameplate string) wormhole.ClientMessage {
	return wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: nameplate}
}

func (p *peer) claim(nameplate string) (mailbox string) {
	p.t.Helper()
	p.say(claim(nameplate))
	return p.expect(wormhole.ServerClaimed).Mailbox
}

func (p *peer) release() {
	p.t.Helper()
	p.say(wormhole.ClientMessage{Type: wormhole.ClientRelease})
	p.expect(wormhole.ServerReleased)
}

func openMailbox(id string) wormhole.ClientMessage {
	return wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: id}
}

func (p *peer) open(mailbox string) { p.t.Helper(); p.say(openMailbox(mailbox)) }

// add sends a phase and expects its echo.
func (p *peer) add(phase, body string) {
	p.t.Helper()
	p.say(wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: phase, Body: []byte(body)})
	p.hears(p.side, phase, body)
}

func (p *peer) hears(side, phase, body string) {
	p.t.Helper()
	m := p.expect(wormhole.ServerMail)
	require.Equal(p.t, []string{side, phase, body}, []string{m.Side, m.Phase, string(m.Body)})
}

func closeMailbox(mailbox string) wormhole.ClientMessage {
	return wormhole.ClientMessage{Type: wormhole.ClientClose, Mailbox: mailbox, Mood: wormhole.MoodHappy}
}

func (p *peer) closeMailbox() {
	p.t.Helper()
	p.say(closeMailbox(""))
	p.expect(wormhole.ServerClosed)
}

// pass sends a ping and expects its pong next.
func (p *peer) pass(n int64) {
	p.t.Helper()
	p.say(wormhole.ClientMessage{Type: wormhole.ClientPing, Ping: n})
	require.Equal(p.t, n, p.expect(wormhole.ServerPong).Ping)
}

func testRendezvousExchange(t *testing.T, r *relay) {
	alice := r.arrive(wormhole.AppID, "alice")
	nameplate := alice.allocate()
	n, err := strconv.Atoi(nameplate)
	require.NoError(t, err)
	assert.True(t, n >= 1000 && n <= 9999, "four digits: %s", nameplate)
	mailbox := alice.claim(nameplate)
	alice.open(mailbox)
	alice.add("pake", "from alice")

	bob := r.arrive(wormhole.AppID, "bob")
	require.Equal(t, mailbox, bob.claim(nameplate))
	bob.open(mailbox)
	bob.hears("alice", "pake", "from alice")
	bob.add("pake", "from bob")
	alice.hears("bob", "pake", "from bob")
	alice.release()
	bob.release()
	bob.add("card", "bob's card")
	alice.hears("bob", "card", "bob's card")
	alice.closeMailbox()
	bob.closeMailbox()

	bob.say(wormhole.ClientMessage{Type: wormhole.ClientList})
	assert.Empty(t, bob.expect(wormhole.ServerNameplates).Nameplates)
}

func testRendezvousByLink(t *testing.T, r *relay) {
	mailbox := hex.EncodeToString(randomID(t))
	alice := r.arrive(wormhole.AppID, "alice")
	alice.open(mailbox)
	alice.add("pake", "from alice")
	alice.close()

	bob := r.arrive(wormhole.AppID, "bob")
	bob.open(mailbox)
	bob.hears("alice", "pake", "from alice")
	bob.add("pake", "from bob")
	bob.closeMailbox()
	bob.close()

	alice = r.arrive(wormhole.AppID, "alice")
	alice.open(mailbox)
	alice.hears("alice", "pake", "from alice")
	alice.hears("bob", "pake", "from bob")
	alice.closeMailbox()
}

// testRendezvousRestart has the relay die between every two steps.
func testRendezvousRestart(t *testing.T, r *relay) {
	alice := r.arrive(wormhole.AppID, "alice")
	nameplate := alice.allocate()
	r.Restart()
	alice = r.arrive(wormhole.AppID, "alice")
	mailbox := alice.claim(nameplate)
	r.Restart()
	alice = r.arrive(wormhole.AppID, "alice")
	alice.open(mailbox)
	alice.add("pake", "from alice")
	r.Restart()
	bob := r.arrive(wormhole.AppID, "bob")
	require.Equal(t, mailbox, bob.claim(nameplate))
	r.Restart()
	bob = r.arrive(wormhole.AppID, "bob")
	bob.open(mailbox)
	bob.hears("alice", "pake", "from alice")
	bob.add("pake", "from bob")
	bob.closeMailbox()
	r.Restart()
	alice = r.arrive(wormhole.AppID, "alice")
	alice.open(mailbox)
	alice.hears("alice", "pake", "from alice")
	alice.hears("bob", "pake", "from bob")
	alice.closeMailbox()
	r.Restart()
	carol := r.arrive(wormhole.AppID, "carol")
	carol.refused("used", openMailbox(mailbox))
}

func testRendezvousUnknown(t *testing.T, r *relay) {
	alice := r.arrive(wormhole.AppID, "alice")
	nameplate := alice.allocate()
	typo := "1000"
	if nameplate == typo {
		typo = "1001"
	}
	bob := r.arrive(wormhole.AppID, "bob")
	bob.refused("no such nameplate", claim(typo))
	bob.refused("no such nameplate", claim("7"))
	bob.claim(nameplate) // the connection is still of use
}

func testRendezvousCrowded(t *testing.T, r *relay) {
	alice, bob := r.arrive(wormhole.AppID, "alice"), r.arrive(wormhole.AppID, "bob")
	nameplate := alice.allocate()
	mailbox := bob.claim(nameplate)
	carol := r.arrive(wormhole.AppID, "carol")
	carol.refused(wormhole.ErrorCrowded, claim(nameplate))
	carol.refused(wormhole.ErrorCrowded, openMailbox(mailbox))

	alice.claim(nameplate) // nobody was disturbed
	alice.open(mailbox)
	bob.open(mailbox)
	bob.add("pake", "from bob")
	alice.hears("bob", "pake", "from bob")

	alice.release()
	again := r.arrive(wormhole.AppID, "alice")
	again.refused(wormhole.ErrorReclaimed, claim(nameplate))
}

func testRendezvousUsed(t *testing.T, r *relay) {
	alice, bob := r.arrive(wormhole.AppID, "alice"), r.arrive(wormhole.AppID, "bob")
	nameplate := alice.allocate()
	mailbox := alice.claim(nameplate)
	bob.claim(nameplate)
	alice.open(mailbox)
	bob.open(mailbox)
	alice.closeMailbox()
	bob.closeMailbox()
	carol := r.arrive(wormhole.AppID, "carol")
	carol.refused("used", claim(nameplate))
	carol.refused("used", openMailbox(mailbox))

	// Whoever could not see that its closing arrived may close again.
	again := r.arrive(wormhole.AppID, "bob")
	again.say(closeMailbox(mailbox))
	again.expect(wormhole.ServerClosed)
	again.say(wormhole.ClientMessage{Type: wormhole.ClientRelease, Nameplate: nameplate})
	again.expect(wormhole.ServerReleased)
}

func testRendezvousCancelled(t *testing.T, r *relay) {
	mailbox := hex.EncodeToString(randomID(t))
	alice := r.arrive(wormhole.AppID, "alice")
	alice.open(mailbox)
	alice.add("pake", "from alice")
	alice.closeMailbox()
	bob := r.arrive(wormhole.AppID, "bob")
	bob.refused("used", openMailbox(mailbox))

	nameplate := alice.allocate()
	alice.claim(nameplate)
	alice.release()
	bob.refused("used", claim(nameplate))
}

// testRendezvousDeserted has a side give up while the other is there: that
// one is told at once, whoever comes later too.
func testRendezvousDeserted(t *testing.T, r *relay) {
	alice, bob := r.arrive(wormhole.AppID, "alice"), r.arrive(wormhole.AppID, "bob")
	nameplate := alice.allocate()
	mailbox := alice.claim(nameplate)
	alice.open(mailbox)
	bob.claim(nameplate)
	bob.open(mailbox)
	bob.pass(1) // the relay knows that it listens
	alice.say(wormhole.ClientMessage{Type: wormhole.ClientClose, Mood: wormhole.MoodLonely})
	alice.expect(wormhole.ServerClosed)
	alice.pass(2) // and is not told of itself
	require.Equal(t, "used", bob.expect(wormhole.ServerError).Error)
	bob.refused("used", wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "pake", Body: []byte("x")})
	carol := r.arrive(wormhole.AppID, "carol")
	carol.refused("used", claim(nameplate))
	carol.refused("used", openMailbox(mailbox))

	// To users of Magic Wormhole a mood is nothing but a word.
	alice, bob = r.arrive(otherApp, "alice"), r.arrive(otherApp, "bob")
	alice.open("shared")
	bob.open("shared")
	bob.pass(3)
	alice.say(wormhole.ClientMessage{Type: wormhole.ClientClose, Mood: wormhole.MoodLonely})
	alice.expect(wormhole.ServerClosed)
	bob.add("pake", "from bob")
}

// testRendezvousOtherApps checks what users of Magic Wormhole rely on.
func testRendezvousOtherApps(t *testing.T, r *relay) {
	alice := r.arrive(otherApp, "alice")
	nameplate := alice.allocate()
	assert.Len(t, nameplate, 1, "the shortest number")
	mailbox := alice.claim(nameplate)
	alice.open(mailbox)

	bob := r.arrive(otherApp, "bob")
	bob.say(wormhole.ClientMessage{Type: wormhole.ClientList})
	assert.Equal(t, []string{nameplate}, bob.expect(wormhole.ServerNameplates).Nameplates)
	elsewhere := r.arrive("example.org/third-app", "bob")
	elsewhere.say(wormhole.ClientMessage{Type: wormhole.ClientList})
	assert.Empty(t, elsewhere.expect(wormhole.ServerNameplates).Nameplates)
	assert.NotEqual(t, mailbox, elsewhere.claim(nameplate), "apps do not see each other")

	bob.claim(nameplate)
	bob.open(mailbox)
	bob.add("pake", "from bob")
	alice.hears("bob", "pake", "from bob")
	carol := r.arrive(otherApp, "carol")
	carol.refused(wormhole.ErrorCrowded, claim(nameplate))
	alice.release()
	bob.release()
	alice.closeMailbox()
	bob.closeMailbox()

	// A nameplate that nobody allocated can be claimed, and one can be used
	// again.
	assert.NotEqual(t, mailbox, r.arrive(otherApp, "dave").claim(nameplate))
	r.arrive(otherApp, "erin").claim("4711")

	var taken []string
	for i := range 12 {
		taken = append(taken, r.arrive(otherApp, numbered("side", i)).allocate())
	}
	slices.Sort(taken)
	assert.Len(t, slices.Compact(taken), 12, "no nameplate is given twice")
}

// testRendezvousOrder checks the refusals of messages out of order.
func testRendezvousOrder(t *testing.T, r *relay) {
	p := &peer{socket: r.dial(relayproto.RouteRendezvous), side: "a"}
	p.expect(wormhole.ServerWelcome)
	p.pass(1)
	p.refused("must bind first", wormhole.ClientMessage{Type: wormhole.ClientAllocate})
	bind := wormhole.ClientMessage{Type: wormhole.ClientBind, AppID: wormhole.AppID, Side: "a"}
	p.say(bind)
	p.refused("already bound", bind)
	p.refused("must open mailbox before adding", wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "1", Body: []byte("x")})
	p.refused("release without nameplate must follow claim", wormhole.ClientMessage{Type: wormhole.ClientRelease})
	p.refused("close without mailbox must follow open", closeMailbox(""))
	nameplate := p.allocate()
	p.refused("you already allocated one, don't be greedy", wormhole.ClientMessage{Type: wormhole.ClientAllocate})
	mailbox := p.claim(nameplate)
	p.refused("only one claim per connection", claim(nameplate))
	p.refused("release and claim must use same nameplate", wormhole.ClientMessage{Type: wormhole.ClientRelease, Nameplate: "1"})
	p.open(mailbox)
	p.refused("only one open per connection", openMailbox(mailbox))
	p.refused("open and close must use same mailbox", closeMailbox("other"))
	p.add("1", "once")
	p.add("1", "once") // repeated, as after a lost ack: echoed again, stored once
	p.release()
	p.refused("only one release per connection", wormhole.ClientMessage{Type: wormhole.ClientRelease})

	q := r.arrive(wormhole.AppID, "b")
	q.open(mailbox)
	q.hears("a", "1", "once")
	q.pass(2)

	p.closeMailbox()
	p.refused("only one close per connection", closeMailbox(""))
	p.refused("must open mailbox before adding", wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "2", Body: []byte("x")})
}

func testRendezvousHostile(t *testing.T, r *relay) {
	p := r.arrive(wormhole.AppID, "a")
	for _, text := range []string{
		`{}`, `{"type":"nonsense","id":"1"}`, `{"type":"claim","nameplate":"../etc"}`, `{"type":"open"}`,
		`{"type":"add","phase":"1","body":"not hex"}`, `{"type":"ping","ping":"x"}`,
	} {
		p.write(websocket.MessageText, []byte(text))
		p.expect(wormhole.ServerAck)
		p.expect(wormhole.ServerError)
	}
	p.pass(1)
	for _, text := range []string{`[1,2]`, `hello`, `{"type":"ping","type":"bind"}`, "{\"\xff\":1}"} {
		p := r.arrive(wormhole.AppID, "a")
		// WebSocket text that is not UTF-8 goes as binary, which is read alike.
		p.write(websocket.MessageBinary, []byte(text))
		p.ends()
	}

	// A mailbox takes so much and no more.
	mailbox := hex.EncodeToString(randomID(t))
	p.open(mailbox)
	for i := 0; ; i++ {
		require.Less(t, i, 1000, "a mailbox has to be full some time")
		p.say(wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: strconv.Itoa(i), Body: make([]byte, wormhole.MaxBody)})
		data, _ := p.next()
		m, err := wormhole.ParseServer(data)
		require.NoError(t, err)
		if m.Type == wormhole.ServerError {
			require.Equal(t, "mailbox full", m.Error)
			break
		}
	}
	_ = p.tryWrite(websocket.MessageText, make([]byte, relayproto.MaxRendezvousFrame+1))
	p.ends()
}
