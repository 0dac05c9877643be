package protocol

import (
	"errors"
	"time"

	"petmail/relay/core"
	"petmail/relay/core/rendezvous"
	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

// MeetingID names a meeting to the host.
type MeetingID = rendezvous.MeetingID

// Peer is what the relay knows of one rendezvous connection. The host keeps it
// and replaces it by that of the newest Exchange that is durable.
type Peer = rendezvous.Peer

// Message is one message of a peer whose form is right.
type Message struct {
	wire.Redacted
	Kind string // for counting
	// Scarce: it takes something that others could be short of; the host
	// limits the rate of those.
	Scarce bool

	client wormhole.ClientMessage
	raw    []byte
}

// Exchange is what a message leads to.
type Exchange struct {
	rendezvous.Effects
	Created bool // it made a nameplate or a meeting
	Refused bool // it would have, and the host did not let it
}

// ErrNoMessage is returned for what is no message at all. The host ends the
// connection.
var ErrNoMessage = errors.New("not a JSON object")

// Welcome is the first message to every peer.
func (r *Relay) Welcome(now time.Time) wormhole.ServerMessage { return r.rendezvous.Welcome(now) }

// OpenMessage reads a message as it came. Where it can't be carried out,
// replies say so; they need no commit.
func (r *Relay) OpenMessage(now time.Time, raw []byte) (m Message, replies []wormhole.ServerMessage, err error) {
	client, err := wormhole.ParseClient(raw)
	if errors.Is(err, wormhole.ErrNotObject) {
		return Message{}, nil, ErrNoMessage
	}
	if err != nil {
		return Message{}, rendezvous.Malformed(now, client.ID, err.Error(), raw), nil
	}
	return Message{Kind: string(client.Type), Scarce: rendezvous.CostsNameplate(client), client: client, raw: raw}, nil, nil
}

// BusyWith answers a message that came too fast.
func (r *Relay) BusyWith(now time.Time, m Message) []wormhole.ServerMessage {
	return rendezvous.Busy(now, m.client, m.raw)
}

// Exchange carries out a message of a peer. It asks the host whether it may
// make a nameplate or a meeting, which mayCreate must not count yet. The error
// is the Tx's.
func (r *Relay) Exchange(tx core.Tx, peer Peer, m Message, mayCreate func() bool) (x Exchange, err error) {
	creates, err := r.rendezvous.Creates(tx, peer, m.client)
	if err != nil {
		return Exchange{}, err
	}
	if creates && !mayCreate() {
		x.Peer, x.Replies, x.Refused = peer, r.BusyWith(tx.Now(), m), true
		return x, nil
	}
	x.Created = creates
	x.Effects, err = r.rendezvous.Handle(tx, peer, m.client, m.raw)
	return x, err
}

// Touch keeps meetings of other applications from expiring; the host calls it
// at least every ten minutes for those that somebody is connected to.
func (r *Relay) Touch(tx core.Tx, meetings []MeetingID) error {
	for _, id := range meetings {
		if err := r.rendezvous.Touch(tx, id); err != nil {
			return err
		}
	}
	return nil
}
