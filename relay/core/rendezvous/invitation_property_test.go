package rendezvous_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/relay/core"
	"petmail/shared/wormhole"
)

// TestRendezvousHistories has a few sides do anything in any order, on
// connections that come and go, and checks what always holds: two sides at
// most, refusals change nothing, nothing is kept of what has ended, and a
// listener hears each message of its mailbox once, in one order for all.
func TestRendezvousHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, core.Config{MaxMeetings: 6, MaxMeetingMessages: 4})
		app := rapid.SampledFrom([]string{wormhole.AppID, "other"}).Draw(t, "app")
		type connection struct {
			*bound
			side   string
			opened string
			heard  []string
		}
		var connections []*connection
		connect := func() *connection {
			side := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "side")
			c := &connection{bound: w.bound(app, side), side: side}
			connections = append(connections, c)
			return c
		}
		connect()
		nameplates, mailboxes := []string{"1000", "7"}, []string{"x", "y"}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			c := rapid.SampledFrom(connections).Draw(t, "connection")
			m := wormhole.ClientMessage{Type: rapid.SampledFrom([]wormhole.ClientType{
				wormhole.ClientAllocate, wormhole.ClientClaim, wormhole.ClientRelease, wormhole.ClientOpen,
				wormhole.ClientAdd, wormhole.ClientAdd, wormhole.ClientClose, wormhole.ClientList, wormhole.ClientPing,
			}).Draw(t, "type")}
			switch m.Type {
			case wormhole.ClientClaim, wormhole.ClientRelease:
				m.Nameplate = rapid.SampledFrom(nameplates).Draw(t, "nameplate")
			case wormhole.ClientOpen, wormhole.ClientClose:
				m.Mailbox = rapid.SampledFrom(mailboxes).Draw(t, "mailbox")
				if m.Type == wormhole.ClientClose {
					m.Mood = rapid.SampledFrom([]string{
						"", wormhole.MoodHappy, wormhole.MoodLonely, wormhole.MoodScary, wormhole.MoodErrory,
					}).Draw(t, "mood")
				}
			case wormhole.ClientAdd:
				m.Phase = rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(t, "phase")
				m.Body = []byte(m.Phase)
			}
			switch rapid.IntRange(0, 9).Draw(t, "else") {
			case 0:
				connect()
				continue
			case 1:
				w.tx.Pass(rapid.SampledFrom([]time.Duration{
					time.Minute, time.Hour, 49 * time.Hour, 15 * 24 * time.Hour,
				}).Draw(t, "time"))
				if rapid.Bool().Draw(t, "sweep") {
					w.sweep()
				}
				continue
			}
			before := w.tx.Changes(t)
			e, err := w.rendezvous.Handle(w.tx, c.peer, m, []byte(`{}`))
			require.NoError(t, err)
			last := e.Replies[len(e.Replies)-1]
			if last.Type == wormhole.ServerError {
				require.Equal(t, before, w.tx.Changes(t), "%s was refused: %s", m.Type, last.Error)
				require.Len(t, e.Replies, 2)
				require.Equal(t, c.peer, e.Peer)
				require.False(t, e.Open || e.Close || e.Broadcast != nil)
			}
			c.peer = e.Peer
			switch {
			case e.Open:
				c.opened, c.heard = e.Meeting.ID, nil
				for _, r := range e.Replies {
					if r.Type == wormhole.ServerMail {
						c.heard = append(c.heard, r.Side+r.Phase)
					}
				}
			case e.Close:
				c.opened = ""
				if e.Broadcast != nil {
					require.Equal(t, "used", e.Broadcast.Error)
					require.Equal(t, wormhole.AppID, app, "other applications know no such end")
					require.Contains(t, []string{wormhole.MoodLonely, wormhole.MoodErrory}, m.Mood)
					require.Equal(t, int64(1), w.tx.Int(t, `SELECT state FROM meetings WHERE id = '`+e.Meeting.ID+`'`))
				}
			case e.Broadcast != nil:
				for _, other := range connections {
					heard := e.Broadcast.Side + e.Broadcast.Phase
					if other.opened == e.Meeting.ID && !slices.Contains(other.heard, heard) {
						other.heard = append(other.heard, heard)
					}
				}
			}
			if last.Type == wormhole.ServerAllocated {
				nameplates = append(nameplates, last.Nameplate)
			}
			if last.Type == wormhole.ServerClaimed {
				mailboxes = append(mailboxes, last.Mailbox)
			}

			w.checkCounts()
			require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM (SELECT 1 FROM meeting_sides GROUP BY app, meeting HAVING count(*) > 2)`))
			require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM (SELECT 1 FROM nameplate_sides GROUP BY app, nameplate HAVING count(*) > 2)`))
			require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meeting_messages x WHERE NOT EXISTS
				(SELECT 1 FROM meetings m WHERE m.app = x.app AND m.id = x.meeting AND m.state = 0)`), "kept after the end")
			require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meeting_sides x WHERE NOT EXISTS
				(SELECT 1 FROM meetings m WHERE m.app = x.app AND m.id = x.meeting AND m.state = 0)`))
			require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM nameplate_sides x WHERE NOT EXISTS
				(SELECT 1 FROM nameplates n WHERE n.app = x.app AND n.id = x.nameplate AND n.state = 0)`))
			require.Zero(t, w.tx.Int(t, `SELECT count(*) FROM meetings m WHERE state = 0 AND messages <>
				(SELECT count(*) FROM meeting_messages x WHERE x.app = m.app AND x.meeting = m.id)`))
		}
		// Everyone who still listens has heard what is there, in that order.
		for _, c := range connections {
			if c.opened == "" {
				continue
			}
			var stored []string
			w.tx.Each(t, `SELECT side || phase FROM meeting_messages WHERE app = ? AND meeting = ? ORDER BY id`,
				func(row core.Row) error {
					var s string
					defer func() { stored = append(stored, s) }()
					return row.Scan(&s)
				}, app, c.opened)
			if len(stored) > 0 {
				require.Equal(t, stored, c.heard[len(c.heard)-len(stored):])
			}
		}
	})
}
