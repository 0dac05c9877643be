package agenttest

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

// inHosts makes a world in which the relay goes by another name for each of
// the two, as it does for the network of all of them.
func inHosts(t *testing.T, adas, bobs string, f func(t *testing.T, ada, bob *Person)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := New(t)
		ada, bob := w.Person("Ada", 1), w.Person("Bob", 2)
		ada.BeginAt("http://" + adas)
		bob.BeginAt("http://" + bobs)
		f(t, ada, bob)
		ada.Stop()
		bob.Stop()
		w.Close()
	})
}

// TestPrivateAddressOfAContact checks that a contact cannot send us to hosts
// inside our own machine or network, and that we are told.
func TestPrivateAddressOfAContact(t *testing.T) {
	for _, host := range []string{"127.0.0.1:631", "192.168.1.1", "printer", "2130706433"} {
		t.Run(host, func(t *testing.T) {
			inHosts(t, "relay.test", host, func(t *testing.T, ada, bob *Person) {
				inv := ada.Invite()
				bob.Accept(inv.Link)
				c := ada.AwaitInvite(inv.ID, api.InviteDone).Conversation
				m := ada.Send(c, "hello")
				advance(10 * time.Minute)
				require.Zero(t, ada.network.asked(host))
				seen, ok := ada.Conversation(c)
				require.True(t, ok)
				require.True(t, seen.RelayRefused)
				require.Equal(t, "http://"+host, seen.Relay)
				ada.AwaitState(c, m.ID, api.StateSending)
				ada.Restart()
				advance(10 * time.Minute)
				require.Zero(t, ada.network.asked(host))
			})
		})
	}
}

// TestPrivateLink checks that a link into the own network is refused before
// anything is used up, and that an inviter whose relay is there cannot have it
// asked for slots either.
func TestPrivateLink(t *testing.T) {
	inHosts(t, "192.168.1.1", "relay.test", func(t *testing.T, ada, bob *Person) {
		inv := ada.Invite()
		err := bob.Ask(api.CmdInviteAccept, api.InviteAcceptArgs{Text: inv.Link}, nil)
		require.NotNil(t, err)
		require.Equal(t, api.ErrPrivateHost, err.Code)
		advance(10 * time.Minute)
		require.Zero(t, bob.network.asked("192.168.1.1"))
		require.Equal(t, api.InviteWaiting, ada.InviteState(inv.ID).State, "nothing is used up")
	})
}

// TestRelaysNearby checks that who has a relay of the same kind is not kept
// from talking.
func TestRelaysNearby(t *testing.T) {
	for _, hosts := range [][2]string{
		{"localhost:8787", "127.0.0.1:8788"}, {"relay.lan", "192.168.1.20:8787"}, {"0.0.0.0:1", "0.0.0.0:1"}, {"[::1]:8787", "localhost"},
	} {
		t.Run(hosts[0], func(t *testing.T) {
			inHosts(t, hosts[0], hosts[1], func(t *testing.T, ada, bob *Person) {
				c := Meet(ada, bob)
				ada.Send(c, "hello")
				bob.AwaitTexts(c, "hello")
				bob.Send(c, "hello yourself")
				ada.AwaitTexts(c, "hello yourself")
				require.NotZero(t, ada.network.asked(hosts[1]))
				seen, _ := ada.Conversation(c)
				require.False(t, seen.RelayRefused)
			})
		})
	}
}
