package native_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// TestSlowConsumer checks that an agent that stops reading is dropped, keeps
// nobody waiting, and loses nothing.
func TestSlowConsumer(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		_, body := b.get(relayproto.RouteDescriptor)
		relay, err := relayproto.OpenDescriptor(body)
		require.NoError(t, err)
		door, err := address.NewDoor(rand.Reader)
		require.NoError(t, err)
		box, err := address.NewBoxKey(rand.Reader)
		require.NoError(t, err)
		routing, err := address.ParseRoutingPublic(relay.Routing)
		require.NoError(t, err)
		to, err := address.New(rand.Reader, "https://relay.example", relay.ID, routing, door, box)
		require.NoError(t, err)
		id := door.ID()
		key := register(t, b, id[:])

		deposit := func() {
			t.Helper()
			envelope, err := address.Seal(rand.Reader, to, []byte("hello"))
			require.NoError(t, err)
			begin := time.Now()
			resp, err := b.client.Post("http://relay"+relayproto.RouteDeposit, "", bytes.NewReader(envelope))
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, http.StatusAccepted, resp.StatusCode)
			require.Less(t, time.Since(begin), time.Second, "a slow reader keeps no sender waiting")
		}
		stuck := connect(t, b, key)
		defer stuck.CloseNow()
		for range 3 {
			deposit()
		}
		// A pipe holds nothing, so that the relay cannot write the first one.
		<-time.After(time.Minute)
		deposit()
		_, _, err = stuck.Read(context.Background())
		require.Error(t, err, "it was dropped")

		c := connect(t, b, key)
		defer c.CloseNow()
		for seq := uint64(1); seq <= 4; seq++ {
			_, data, err := c.Read(context.Background())
			require.NoError(t, err)
			f, err := relayproto.DecodeFrame(data)
			require.NoError(t, err)
			require.Equal(t, seq, f.Seq)
		}
	})
}

// TestSlowRendezvous checks the same of a rendezvous client.
func TestSlowRendezvous(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		open := wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: "m"}
		stuck, writer := b.dial(relayproto.RouteRendezvous), b.dial(relayproto.RouteRendezvous)
		defer writer.CloseNow()
		say(t, stuck, bind(wormhole.AppID, "a"), open)
		say(t, writer, bind(wormhole.AppID, "b"), open)
		add := wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "1", Body: []byte("x")}
		require.Equal(t, "1", say(t, writer, add).Phase, "a slow reader keeps nobody waiting")
		reading := make(chan error, 1)
		go func() {
			// The writer's side answers pings while it reads.
			_, _, err := writer.Read(context.Background())
			reading <- err
		}()
		<-time.After(3 * time.Minute)
		_, _, err := stuck.Read(context.Background())
		require.Error(t, err, "it was dropped")
		stuck.CloseNow()

		again := b.dial(relayproto.RouteRendezvous)
		require.Equal(t, "1", say(t, again, bind(wormhole.AppID, "a"), open).Phase)
		again.CloseNow()
		require.NoError(t, writer.Close(websocket.StatusNormalClosure, ""))
		require.Error(t, <-reading)
	})
}
