package native_test

import (
	"context"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// TestInvitationLimit checks that one client can make so many invitations and
// no more, and that those that are there stay open to it.
func TestInvitationLimit(t *testing.T) {
	limits := native.Unlimited()
	limits.Invitations = native.Rate{PerSecond: 0.001, Burst: 2}
	r := start(t, native.Config{Limits: limits})
	arrive := func() *websocket.Conn {
		t.Helper()
		c, _, err := websocket.Dial(context.Background(), "ws://"+r.addr+relayproto.RouteRendezvous, nil)
		require.NoError(t, err)
		t.Cleanup(func() { c.CloseNow() })
		say(t, c, bind(wormhole.AppID, "alice"))
		return c
	}
	const busy = "too many requests, try later"
	allocate := wormhole.ClientMessage{Type: wormhole.ClientAllocate}
	open := func(id string) wormhole.ClientMessage {
		return wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: id}
	}
	nameplate := say(t, arrive(), allocate).Nameplate
	require.NotEmpty(t, nameplate)
	require.Empty(t, say(t, arrive(), open("link")).Error)

	c := arrive()
	require.Equal(t, busy, say(t, c, allocate).Error)
	require.Equal(t, busy, say(t, c, open("another link")).Error)
	for range 3 {
		require.Empty(t, say(t, arrive(), open("link")).Error, "what is there costs nothing")
		mailbox := say(t, arrive(), wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: nameplate}).Mailbox
		require.NotEmpty(t, mailbox)
		require.Empty(t, say(t, arrive(), open(mailbox)).Error)
	}
	require.Empty(t, say(t, c, open("link")).Error, "the connection is still of use")
}
