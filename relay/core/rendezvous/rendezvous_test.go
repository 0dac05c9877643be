package rendezvous_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/core/rendezvous"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
	"petmail/tests/sqltx"
)

// world is the rendezvous with its tables in memory.
type world struct {
	t          require.TestingT
	tx         *sqltx.Tx
	rendezvous *rendezvous.Rendezvous
}

func newWorld(t sqltx.T, cfg core.Config) *world {
	tx := sqltx.Open(t, ":memory:")
	_, err := core.Open(tx, rand.Reader, rendezvous.Tables())
	require.NoError(t, err)
	return &world{t: t, tx: tx, rendezvous: rendezvous.New(cfg.WithDefaults(), rand.Reader)}
}

func (w *world) sweep() (total rendezvous.Swept) {
	const limit = 10
	for {
		s, err := w.rendezvous.Sweep(w.tx, limit)
		require.NoError(w.t, err)
		total.Nameplates += s.Nameplates
		total.Meetings += s.Meetings
		if s.Nameplates < limit && s.Meetings < limit {
			return total
		}
	}
}

// checkCounts compares the counted meetings with what lies there.
func (w *world) checkCounts() {
	require.Equal(w.t, w.tx.Int(w.t, `SELECT count(*) FROM meetings`),
		w.tx.Int(w.t, `SELECT n FROM totals WHERE name = 'meetings'`))
}

// bound is one rendezvous connection of one side.
type bound struct {
	w    *world
	peer rendezvous.Peer
}

func (w *world) bound(app, side string) *bound {
	b := &bound{w: w}
	b.say(wormhole.ClientMessage{Type: wormhole.ClientBind, AppID: app, Side: side})
	return b
}

// say returns the last reply.
func (b *bound) say(m wormhole.ClientMessage) wormhole.ServerMessage {
	e, err := b.w.rendezvous.Handle(b.w.tx, b.peer, m, []byte(`{}`))
	require.NoError(b.w.t, err)
	b.peer = e.Peer
	require.Equal(b.w.t, wormhole.ServerAck, e.Replies[0].Type)
	return e.Replies[len(e.Replies)-1]
}

func allocate() wormhole.ClientMessage { return wormhole.ClientMessage{Type: wormhole.ClientAllocate} }

func claim(id string) wormhole.ClientMessage {
	return wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: id}
}

func openMailbox(id string) wormhole.ClientMessage {
	return wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: id}
}

// fill makes every nameplate of Petmail with four digits taken, in a state.
func (w *world) fill(state int) {
	w.tx.Do(w.t, `WITH RECURSIVE n(id) AS (SELECT 1000 UNION ALL SELECT id + 1 FROM n WHERE id < 9999)
		INSERT INTO nameplates (app, id, meeting, state, expires)
		SELECT ?, id, 'none', ?, ? FROM n`, wormhole.AppID, int64(state), w.tx.Time.Add(time.Hour).Unix())
}

// TestSquattedNameplates checks that whoever takes all short nameplates takes
// nobody's invitation away: the next are one digit longer.
func TestSquattedNameplates(t *testing.T) {
	for name, state := range map[string]int{"open": 0, "used": 1} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, core.Config{})
			w.fill(state)
			id := w.bound(wormhole.AppID, "a").say(allocate()).Nameplate
			require.Len(t, id, 5)
			require.NotEmpty(t, w.bound(wormhole.AppID, "b").say(claim(id)).Mailbox)
			require.Len(t, w.bound("other", "c").say(allocate()).Nameplate, 1, "others are not concerned")
			if state == 1 {
				require.Equal(t, "used", w.bound(wormhole.AppID, "d").say(claim("4711")).Error)
			}

			w.tx.Pass(2 * time.Hour)
			require.Len(t, w.bound(wormhole.AppID, "e").say(allocate()).Nameplate, 4, "an expired row is as good as none")
			w.checkCounts()
		})
	}
}

// TestNameplatesAreRandom checks that allocations cannot be foreseen from
// their neighbours.
func TestNameplatesAreRandom(t *testing.T) {
	w := newWorld(t, core.Config{})
	seen := map[string]bool{}
	successors := 0
	last := 0
	for i := range 200 {
		id := w.bound(wormhole.AppID, fmt.Sprint(i)).say(allocate()).Nameplate
		require.False(t, seen[id])
		seen[id] = true
		var n int
		_, err := fmt.Sscan(id, &n)
		require.NoError(t, err)
		if n == last+1 {
			successors++
		}
		last = n
	}
	require.Less(t, successors, 5)
}

func TestMeetingsAreLimited(t *testing.T) {
	w := newWorld(t, core.Config{MaxMeetings: 2})
	w.bound(wormhole.AppID, "a").say(openMailbox("1"))
	w.bound(wormhole.AppID, "a").say(openMailbox("2"))
	before := w.tx.Changes(t)
	for _, m := range []wormhole.ClientMessage{openMailbox("3"), allocate()} {
		require.Equal(t, "too many open mailboxes, try later", w.bound(wormhole.AppID, "a").say(m).Error)
	}
	require.Equal(t, before, w.tx.Changes(t), "a refusal changes nothing")
	w.tx.Pass(2 * relayproto.LinkLifetime)
	w.sweep()
	w.tx.Pass(2 * relayproto.LinkLifetime)
	w.sweep()
	require.Empty(t, w.bound(wormhole.AppID, "a").say(openMailbox("3")).Error)
	w.checkCounts()
}

// TestUsedOutlivesTheInvitation checks the traces of ended invitations, and
// that they go, too.
func TestUsedOutlivesTheInvitation(t *testing.T) {
	w := newWorld(t, core.Config{})
	a := w.bound(wormhole.AppID, "a")
	a.say(openMailbox("link"))
	a.say(wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "pake", Body: []byte("x")})
	a.say(wormhole.ClientMessage{Type: wormhole.ClientClose})
	require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meeting_messages`), "what was said is gone at once")
	w.tx.Pass(relayproto.LinkLifetime - time.Second)
	w.sweep()
	require.Equal(t, "used", w.bound(wormhole.AppID, "b").say(openMailbox("link")).Error)
	w.tx.Pass(time.Second)
	w.sweep()
	require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meetings`))

	w.bound(wormhole.AppID, "a").say(openMailbox("slow"))
	w.tx.Pass(relayproto.LinkLifetime)
	require.Equal(t, "expired", w.bound(wormhole.AppID, "b").say(openMailbox("slow")).Error, "even before the sweep")
	require.Equal(t, int64(1), w.sweep().Meetings)
	require.Equal(t, "expired", w.bound(wormhole.AppID, "b").say(openMailbox("slow")).Error)
	w.tx.Pass(relayproto.LinkLifetime)
	require.Equal(t, int64(1), w.sweep().Meetings)
	require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meetings`))
	require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meeting_sides`))
	w.checkCounts()
}

// TestAddAfterTheEnd checks a peer that stayed connected past the end.
func TestAddAfterTheEnd(t *testing.T) {
	w := newWorld(t, core.Config{})
	a := w.bound(wormhole.AppID, "a")
	a.say(openMailbox("m"))
	add := wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "late", Body: []byte("x")}
	again := w.bound(wormhole.AppID, "a")
	again.say(wormhole.ClientMessage{Type: wormhole.ClientClose, Mailbox: "m"})
	require.Equal(t, "used", a.say(add).Error)

	b := w.bound(wormhole.AppID, "b")
	b.say(openMailbox("n"))
	w.tx.Pass(relayproto.LinkLifetime)
	require.Equal(t, "expired", b.say(add).Error)
}

// TestDeserted checks what a side that stays is told when the other leaves.
func TestDeserted(t *testing.T) {
	for _, test := range []struct {
		app, mood string
		ends      bool
	}{
		{wormhole.AppID, wormhole.MoodLonely, true},
		{wormhole.AppID, wormhole.MoodErrory, true},
		{wormhole.AppID, wormhole.MoodHappy, false},
		{wormhole.AppID, wormhole.MoodScary, false},
		{wormhole.AppID, "", false},
		{"other", wormhole.MoodLonely, false},
		{"other", wormhole.MoodErrory, false},
	} {
		t.Run(test.app+" "+test.mood, func(t *testing.T) {
			w := newWorld(t, core.Config{})
			a, b := w.bound(test.app, "a"), w.bound(test.app, "b")
			id := a.say(allocate()).Nameplate
			mailbox := a.say(claim(id)).Mailbox
			a.say(openMailbox(mailbox))
			a.say(wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "pake", Body: []byte("x")})
			b.say(claim(id))

			leave := wormhole.ClientMessage{Type: wormhole.ClientClose, Mood: test.mood}
			e, err := w.rendezvous.Handle(w.tx, a.peer, leave, []byte(`{}`))
			require.NoError(t, err)
			require.Equal(t, wormhole.ServerClosed, e.Replies[len(e.Replies)-1].Type)
			w.checkCounts()
			late := b.say(openMailbox(mailbox))
			if !test.ends {
				require.Nil(t, e.Broadcast)
				require.Equal(t, wormhole.ServerMail, late.Type, "what was said is still to be read")
				return
			}
			require.Equal(t, "used", e.Broadcast.Error)
			require.Equal(t, "used", late.Error)
			require.Equal(t, "used", w.bound(test.app, "b").say(claim(id)).Error)
			require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meeting_messages`))
			again := w.bound(test.app, "a").say(wormhole.ClientMessage{Type: wormhole.ClientClose, Mailbox: mailbox, Mood: test.mood})
			require.Equal(t, wormhole.ServerClosed, again.Type, "a closing may be repeated")
		})
	}
}

// TestDesertedByNobody checks that only a side that is there can end a
// meeting for the other.
func TestDesertedByNobody(t *testing.T) {
	w := newWorld(t, core.Config{})
	a := w.bound(wormhole.AppID, "a")
	a.say(openMailbox("m"))
	lonely := wormhole.ClientMessage{Type: wormhole.ClientClose, Mailbox: "m", Mood: wormhole.MoodLonely}
	w.bound(wormhole.AppID, "stranger").say(lonely)
	b := w.bound(wormhole.AppID, "b")
	b.say(openMailbox("m"))
	b.say(wormhole.ClientMessage{Type: wormhole.ClientClose, Mood: wormhole.MoodHappy})
	w.bound(wormhole.AppID, "b").say(lonely)
	add := wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "1", Body: []byte("x")}
	require.NotEqual(t, wormhole.ServerError, a.say(add).Type)
}
