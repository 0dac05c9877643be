package native_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// correspondent is somebody with a mailbox at a bubble's relay.
type correspondent struct {
	b       *bubble
	relay   *relayproto.Relay
	key     ed25519.PrivateKey
	counter uint64
	box     address.BoxKey
}

func newCorrespondent(t *testing.T, b *bubble) *correspondent {
	t.Helper()
	c := &correspondent{b: b}
	_, body := b.get(relayproto.RouteDescriptor)
	var err error
	c.relay, err = relayproto.OpenDescriptor(body)
	require.NoError(t, err)
	_, c.key, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	c.box, err = address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	return c
}

// sign fills in relay and next counter, and returns the body to post.
func (c *correspondent) sign(req relayproto.MailboxRequest) []byte {
	c.b.t.Helper()
	c.counter++
	req.RelayID, req.Counter = c.relay.ID, c.counter
	post, err := relayproto.SignMailboxRequest(c.key, req)
	require.NoError(c.b.t, err)
	return post
}

func (c *correspondent) update(req relayproto.MailboxRequest) (status relayproto.MailboxStatus) {
	t := c.b.t
	t.Helper()
	resp, err := c.b.client.Post("http://relay"+relayproto.RouteMailbox, "", bytes.NewReader(c.sign(req)))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, wire.Unmarshal(answer, &status, relayproto.MaxErrorBody))
	return status
}

// door registers a new door, or only draws it.
func (c *correspondent) door(registered bool) address.Door {
	c.b.t.Helper()
	door, err := address.NewDoor(rand.Reader)
	require.NoError(c.b.t, err)
	if registered {
		id := door.ID()
		c.update(relayproto.MailboxRequest{Register: true, AddDoors: [][]byte{id[:]}})
	}
	return door
}

// envelope seals one for a door, of a size that bodies of this length have.
func (c *correspondent) envelope(door address.Door, length int) []byte {
	t := c.b.t
	t.Helper()
	routing, err := address.ParseRoutingPublic(c.relay.Routing)
	require.NoError(t, err)
	to, err := address.New(rand.Reader, "https://relay.example", c.relay.ID, routing, door, c.box)
	require.NoError(t, err)
	envelope, err := address.Seal(rand.Reader, to, make([]byte, length))
	require.NoError(t, err)
	return envelope
}

// raw sends one deposit over a connection of its own and returns every byte
// of the answer.
func (b *bubble) raw(envelope []byte) string {
	b.t.Helper()
	c, err := b.l.dial(b.t.Context(), "", "")
	require.NoError(b.t, err)
	defer c.Close()
	_, err = fmt.Fprintf(c, "POST /deposit HTTP/1.1\r\nHost: relay\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(envelope), envelope)
	require.NoError(b.t, err)
	answer, err := io.ReadAll(c)
	require.NoError(b.t, err)
	return string(answer)
}

// TestDoorsLookAlike compares the answers to deposits, byte by byte, by what
// becomes of them. The fake clock gives all of them the same Date.
func TestDoorsLookAlike(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.close()
		b.cfg.Core = core.Config{MaxMailboxBytes: 4 * address.LargeEnvelope}
		b.open()
		valid, full, retiring, closed := newCorrespondent(t, b), newCorrespondent(t, b), newCorrespondent(t, b), newCorrespondent(t, b)
		doors := map[string]struct {
			of   *correspondent
			door address.Door
		}{
			"valid":                    {valid, valid.door(true)},
			"unknown":                  {valid, valid.door(false)},
			"a full door":              {full, full.door(true)},
			"another of that mailbox":  {full, full.door(true)},
			"retired":                  {retiring, retiring.door(true)},
			"retired, with a queue":    {retiring, retiring.door(true)},
			"retiring, still good":     {retiring, retiring.door(true)},
			"retiring, and full":       {retiring, retiring.door(true)},
			"of a mailbox that closed": {closed, closed.door(true)},
		}
		fill := func(name string, n int) {
			for range n {
				require.Contains(t, b.raw(doors[name].of.envelope(doors[name].door, address.MaxBody)), "202 Accepted")
			}
		}
		fill("a full door", 3)
		fill("another of that mailbox", 2) // one is more than the mailbox holds
		fill("retired, with a queue", 1)
		retire := func(name string) {
			id := doors[name].door.ID()
			retiring.update(relayproto.MailboxRequest{RetireDoors: [][]byte{id[:]}})
		}
		retire("retired")
		retire("retired, with a queue")
		closed.update(relayproto.MailboxRequest{Close: true})
		<-time.After(relayproto.DoorRetirement + time.Hour) // by the fake clock
		retire("retiring, still good")
		retire("retiring, and full") // an eighth of the mailbox is not one of the largest
		fill("retiring, and full", 1)

		for _, length := range []int{1, address.MaxBody} {
			want := ""
			for name, d := range doors {
				got := b.raw(d.of.envelope(d.door, length))
				require.Contains(t, got, "202 Accepted", name)
				require.Contains(t, got, relayproto.DepositAnswer, name)
				if want == "" {
					want = got
				}
				require.Equal(t, want, got, name)
			}
		}
		waiting := func(c *correspondent) uint64 { return c.update(relayproto.MailboxRequest{}).Waiting }
		require.Equal(t, uint64(2), waiting(valid), "one of each size")
		require.Equal(t, uint64(4), waiting(full), "what fitted; a small one does not either")
		require.Equal(t, uint64(3), waiting(retiring), "the queue, and what the good door still takes")
	})
}
