package agent

import (
	"petmail/shared/wire"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/relayclient"
)

// others returns the client for relays that a contact or a link has named:
// deposits, slots, the rendezvous of invitations. Our own mailbox, and what
// the person types themselves, goes by a.client. Only for who has a name.
func (a *Agent) others() *relayclient.Client { return a.client.Foreign(a.state.self.Relay) }

// checkLink refuses a link into the own machine or network, before anything
// is used up.
func (t *turn) checkLink(link wormhole.Link) error {
	if wire.CheckForeignRelay(t.a.state.self.Relay, link.Relay) != nil {
		return refuse(api.ErrPrivateHost, "the link leads into the own machine or network")
	}
	return nil
}

// outOfBounds reports whether nothing is sent to a contact, since its address
// names a host inside our own machine or network. Its commits count all the
// same: all members have to judge alike.
func (e *entry) outOfBounds(relay string) bool {
	return wire.CheckForeignRelay(e.c.OwnRelay(), relay) != nil
}
