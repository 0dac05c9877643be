package native_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// Every version of the tables that landed has left a database, as files, in
// testdata/recorded/<name of the version>. All later ones open them.
const recorded = "testdata/recorded"

// recordVariable names a folder: TestRecord makes a recording of the present
// version there.
const recordVariable = "PETMAIL_RECORD"

// recording is what the people of a recorded relay know of it.
type recording struct {
	Now     time.Time // of the bubble
	RelayID string
	Key     []byte // seed of the mailbox's key, 32
	Counter uint64
	Box     []byte

	Door, Retiring, Gone, Closed []byte            // doors; the mailbox of Closed was closed
	Waiting                      map[uint64]string // hex of envelopes, by sequence number
	Slot, Value                  string

	Nameplate, Meeting, Link, Used string // invitations; Nameplate's has one message
	Other                          string // nameplate of another application
}

const (
	databaseFile = "petmail.db"
	packedFile   = databaseFile + ".gz"
	recordFile   = "recording.json"
	otherApp     = "example.org/other"
)

func ids(doors ...address.Door) (list [][]byte) {
	for _, door := range doors {
		id := door.ID()
		list = append(list, id[:])
	}
	return list
}

// TestRecord makes a recording. It does nothing in an ordinary run.
func TestRecord(t *testing.T) {
	folder := os.Getenv(recordVariable)
	if folder == "" {
		return
	}
	require.NoError(t, os.MkdirAll(folder, 0o700))
	inBubble(t, func(t *testing.T, b *bubble) {
		ada, bob, nobody := newCorrespondent(t, b), newCorrespondent(t, b), newCorrespondent(t, b)
		door, retiring, gone, closed := ada.door(true), ada.door(true), ada.door(true), bob.door(true)
		r := recording{
			RelayID: hex.EncodeToString(ada.relay.ID[:]), Key: ada.key.Seed(), Box: ada.box.Bytes(), Waiting: make(map[uint64]string),
			Door: door.Bytes(), Retiring: retiring.Bytes(), Gone: gone.Bytes(), Closed: closed.Bytes(),
		}
		for i, d := range []address.Door{door, door, retiring, door, gone} {
			envelope := ada.envelope(d, 1)
			require.Contains(t, b.raw(envelope), "202")
			r.Waiting[uint64(i+1)] = hex.EncodeToString(envelope)
		}
		require.Contains(t, b.raw(nobody.envelope(nobody.door(false), 1)), "202")
		require.Contains(t, b.raw(bob.envelope(closed, 1)), "202")
		ada.update(relayproto.MailboxRequest{RetireDoors: append(ids(retiring), ids(gone, gone)...)})
		bob.update(relayproto.MailboxRequest{Close: true})
		r.Counter = ada.counter

		c := connect(t, b, ada.key)
		for _, f := range []relayproto.Frame{{Type: relayproto.FrameAck, UpTo: 1, Seqs: []uint64{4}}, {Type: relayproto.FramePing, Token: 1}} {
			data, err := relayproto.EncodeFrame(f)
			require.NoError(t, err)
			require.NoError(t, c.Write(context.Background(), websocket.MessageBinary, data))
		}
		for f := (relayproto.Frame{}); f.Type != relayproto.FramePong; f = nextFrame(t, c) {
		}
		c.CloseNow()
		delete(r.Waiting, 1)
		delete(r.Waiting, 4)

		r.Slot, r.Value = relayproto.RouteSlots+zeros(63)+"7", "value"
		require.Equal(t, http.StatusCreated, b.put(r.Slot, r.Value))

		r.Link, r.Used = "link", "used"
		alice := b.dial(relayproto.RouteRendezvous)
		r.Nameplate = say(t, alice, bind(wormhole.AppID, "alice"), wormhole.ClientMessage{Type: wormhole.ClientAllocate}).Nameplate
		r.Meeting = say(t, alice, wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: r.Nameplate}).Mailbox
		say(t, alice, wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: r.Meeting},
			wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "pake", Body: []byte("hello")})
		alice.CloseNow()
		for _, id := range []string{r.Link, r.Used} {
			c := b.dial(relayproto.RouteRendezvous)
			say(t, c, bind(wormhole.AppID, "alice"), wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: id})
			if id == r.Used {
				say(t, c, wormhole.ClientMessage{Type: wormhole.ClientClose})
			}
			c.CloseNow()
		}
		other := b.dial(relayproto.RouteRendezvous)
		r.Other = say(t, other, bind(otherApp, "alice"), wormhole.ClientMessage{Type: wormhole.ClientAllocate}).Nameplate
		other.CloseNow()

		b.close()
		data, err := os.ReadFile(filepath.Join(b.cfg.DataDir, databaseFile))
		require.NoError(t, err)
		var packed bytes.Buffer
		z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		require.NoError(t, err)
		_, err = z.Write(data)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		require.NoError(t, os.WriteFile(filepath.Join(folder, packedFile), packed.Bytes(), 0o600))
		r.Now = time.Now()
		about, err := json.MarshalIndent(r, "", "\t")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, recordFile), append(about, '\n'), 0o600))
		b.open()
	})
}

// nextFrame reads one frame of a mailbox socket.
func nextFrame(t *testing.T, c *websocket.Conn) relayproto.Frame {
	t.Helper()
	_, data, err := c.Read(context.Background())
	require.NoError(t, err)
	f, err := relayproto.DecodeFrame(data)
	require.NoError(t, err)
	return f
}

// unpack puts a recording into the data folder of a bubble.
func unpack(t *testing.T, folder, dataDir string) (r recording) {
	t.Helper()
	about, err := os.ReadFile(filepath.Join(folder, recordFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(about, &r))
	f, err := os.Open(filepath.Join(folder, packedFile))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(z)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dataDir, databaseFile), data, 0o600))
	return r
}

// versions reads those of the nouns' tables.
func versions(t *testing.T, dataDir string) map[string]int64 {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dataDir, databaseFile))
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.Query(`SELECT noun, version FROM versions`)
	require.NoError(t, err)
	defer rows.Close()
	list := make(map[string]int64)
	for rows.Next() {
		var noun string
		var version int64
		require.NoError(t, rows.Scan(&noun, &version))
		list[noun] = version
	}
	require.NoError(t, rows.Err())
	return list
}

// TestRecorded opens the database of every recorded version and goes on with
// it: as one of the same relay, with all that waited in it.
func TestRecorded(t *testing.T) {
	folders, err := os.ReadDir(recorded)
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, folder := range folders {
		t.Run(folder.Name(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				b.close()
				require.NoError(t, os.Remove(filepath.Join(b.cfg.DataDir, databaseFile)))
				r := unpack(t, filepath.Join(recorded, folder.Name()), b.cfg.DataDir)
				b.pass(time.Until(r.Now))
				b.open()
				r.check(t, b)
			})
		})
	}
}

func (r *recording) check(t *testing.T, b *bubble) {
	ada := newCorrespondent(t, b)
	require.Equal(t, r.RelayID, hex.EncodeToString(ada.relay.ID[:]))
	var err error
	ada.key, ada.counter = ed25519.NewKeyFromSeed(r.Key), r.Counter
	ada.box, err = address.ParseBoxKey(r.Box)
	require.NoError(t, err)
	doors := make(map[string]address.Door)
	for name, bytes := range map[string][]byte{"door": r.Door, "retiring": r.Retiring, "gone": r.Gone, "closed": r.Closed} {
		doors[name], err = address.ParseDoor(bytes)
		require.NoError(t, err)
	}

	// What waited comes first, then what is deposited now.
	next := uint64(6)
	for name, arrives := range map[string]bool{"door": true, "retiring": true, "gone": false, "closed": false} {
		envelope := ada.envelope(doors[name], 1)
		require.Contains(t, b.raw(envelope), "202")
		if arrives {
			r.Waiting[next] = hex.EncodeToString(envelope)
			next++
		}
	}
	status := ada.update(relayproto.MailboxRequest{})
	require.Equal(t, uint64(2), status.Doors)
	require.Equal(t, uint64(len(r.Waiting)), status.Waiting)
	c := connect(t, b, ada.key)
	defer c.CloseNow()
	for last := uint64(0); len(r.Waiting) > 0; {
		f := nextFrame(t, c)
		require.Equal(t, relayproto.FrameDeliver, f.Type)
		require.Greater(t, f.Seq, last)
		require.Equal(t, r.Waiting[f.Seq], hex.EncodeToString(f.Envelope))
		delete(r.Waiting, f.Seq)
		last = f.Seq
	}

	// Doors are taken as before, and a closed mailbox's are free.
	bob := newCorrespondent(t, b)
	refused := bob.sign(relayproto.MailboxRequest{Register: true, AddDoors: ids(doors["door"])})
	resp, err := b.client.Post("http://relay"+relayproto.RouteMailbox, "", bytes.NewReader(refused))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusConflict, resp.StatusCode)
	require.Equal(t, uint64(1), bob.update(relayproto.MailboxRequest{Register: true, AddDoors: ids(doors["closed"])}).Doors)

	code, value := b.get(r.Slot)
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, r.Value, string(value))
	require.Equal(t, http.StatusPreconditionFailed, b.put(r.Slot, "another"))

	peer := b.dial(relayproto.RouteRendezvous)
	claimed := say(t, peer, bind(wormhole.AppID, "bob"), wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: r.Nameplate})
	require.Equal(t, r.Meeting, claimed.Mailbox)
	require.Equal(t, "hello", string(say(t, peer, wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: r.Meeting}).Body))
	peer.CloseNow()
	peer = b.dial(relayproto.RouteRendezvous)
	require.Equal(t, "used", say(t, peer, bind(wormhole.AppID, "bob"), wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: r.Used}).Error)
	require.Empty(t, say(t, peer, wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: r.Link}).Error)
	peer.CloseNow()
	peer = b.dial(relayproto.RouteRendezvous)
	require.Equal(t, []string{r.Other}, say(t, peer, bind(otherApp, "bob"), wormhole.ClientMessage{Type: wormhole.ClientList}).Nameplates)
	peer.CloseNow()

	require.Equal(t, map[string]int64{"mailbox": 1, "claims": 1, "slots": 1, "rendezvous": 1}, versions(t, b.cfg.DataDir))

	// The sweeps go on: all of it comes to its end.
	b.pass(relayproto.SlotRetention + time.Hour)
	require.Zero(t, ada.update(relayproto.MailboxRequest{}).Waiting)
	code, _ = b.get(r.Slot)
	require.Equal(t, http.StatusNotFound, code)
	peer = b.dial(relayproto.RouteRendezvous)
	require.Equal(t, "no such nameplate", say(t, peer, bind(wormhole.AppID, "eve"), wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: r.Nameplate}).Error)
	peer.CloseNow()
	require.Equal(t, uint64(1), bob.update(relayproto.MailboxRequest{AddDoors: ids(doors["retiring"]), RetireDoors: ids(doors["closed"], doors["closed"])}).Doors,
		"the sweep has freed a retired door")
}
