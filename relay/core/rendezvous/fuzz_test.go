package rendezvous_test

import (
	"bytes"
	"errors"
	"testing"

	"petmail/relay/core"
	"petmail/relay/core/rendezvous"
	"petmail/shared/wormhole"
)

// FuzzRendezvousFrames sends lines as the frames of one connection. Whatever
// they are, the storage is not to blame, and every answer can be said.
func FuzzRendezvousFrames(f *testing.F) {
	f.Add([]byte(`{"type":"bind","appid":"petmail/invite/1","side":"a","id":"1"}
{"type":"allocate","id":"2"}
{"type":"open","mailbox":"m"}
{"type":"add","phase":"pake","body":"00ff"}
{"type":"close","mood":"happy"}`))
	f.Add([]byte(`{"type":"ping","ping":7}
{"type":"bind","appid":"other","side":"b"}
{"type":"claim","nameplate":"4"}
{"type":"list"}
{"type":"release"}
{"type":"nonsense"}`))
	f.Add([]byte("{}\n[]\nnull"))
	w := newWorld(f, core.Config{MaxMeetings: 50})
	f.Fuzz(func(t *testing.T, data []byte) {
		var peer rendezvous.Peer
		for i, raw := range bytes.Split(data, []byte("\n")) {
			if i == 20 {
				break
			}
			var replies []wormhole.ServerMessage
			m, err := wormhole.ParseClient(raw)
			switch {
			case errors.Is(err, wormhole.ErrNotObject):
				return
			case err != nil:
				replies = rendezvous.Malformed(w.tx.Time, m.ID, err.Error(), raw)
			default:
				e, err := w.rendezvous.Handle(w.tx, peer, m, raw)
				if err != nil {
					t.Fatal(err)
				}
				peer, replies = e.Peer, e.Replies
				if e.Broadcast != nil {
					replies = append(replies, *e.Broadcast)
				}
			}
			for _, r := range replies {
				if _, err := r.Encode(); err != nil {
					t.Fatalf("can't say %+v: %v", r, err)
				}
			}
		}
	})
}
