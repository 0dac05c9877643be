// Package rendezvous is where two people who have only a code or a link find
// each other: the mailbox server of Magic Wormhole, with nameplates and the
// meetings that they lead to.
package rendezvous

import (
	"errors"
	"io"
	"time"

	"petmail/relay/core"
	"petmail/shared/wormhole"
)

// maxListed bounds the nameplates in one answer to list.
const maxListed = 1000

// Peer is what the relay knows of one rendezvous connection. The host keeps
// it and replaces it by the one in Effects once the change is durable.
type Peer struct {
	app, side string
	bound     bool
	allocated bool
	nameplate string // claimed or allocated on this connection
	released  bool
	meeting   string // opened on this connection
	closed    bool
}

// MeetingID names a meeting to the host.
type MeetingID struct{ App, ID string }

// Effects are what the host does once a message's changes are durable: send
// Replies to the peer in order, then, if set, have it listen to Meeting or
// stop, then send Broadcast to everyone who listens to Meeting now.
type Effects struct {
	Peer      Peer
	Replies   []wormhole.ServerMessage
	Meeting   MeetingID
	Open      bool // the peer listens to Meeting from now on
	Close     bool // the peer listens no more
	Broadcast *wormhole.ServerMessage
}

// Tables are the migrations of nameplates and meetings.
func Tables() core.Tables {
	return core.Tables{Noun: "rendezvous", Steps: []core.Step{core.Published}}
}

// Rendezvous are the rules. Methods may be called concurrently, each with a Tx
// of its own.
type Rendezvous struct {
	cfg  core.Config
	rand io.Reader // of meeting ids and nameplates
}

// New takes its limits and its welcome from cfg, which has its defaults.
func New(cfg core.Config, rand io.Reader) *Rendezvous { return &Rendezvous{cfg, rand} }

// Welcome is the first message to every peer.
func (r *Rendezvous) Welcome(now time.Time) wormhole.ServerMessage {
	return wormhole.ServerMessage{
		Type:     wormhole.ServerWelcome,
		ServerTX: seconds(now),
		Welcome:  wormhole.Welcome{MOTD: r.cfg.Welcome},
	}
}

// seconds is the form in which the protocol gives times.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// CostsNameplate tells whether a message takes something that others could
// be short of; the host limits the rate of those.
func CostsNameplate(m wormhole.ClientMessage) bool {
	switch m.Type {
	case wormhole.ClientAllocate, wormhole.ClientClaim, wormhole.ClientOpen:
		return true
	}
	return false
}

// Creates tells whether a message would bring a nameplate or a meeting into
// being; the host limits how many each client may.
func (r *Rendezvous) Creates(tx core.Tx, peer Peer, m wormhole.ClientMessage) (bool, error) {
	switch m.Type {
	case wormhole.ClientAllocate:
		return true, nil
	case wormhole.ClientClaim:
		if isOurs(peer.app) {
			return false, nil
		}
		_, found, err := findNameplate(tx, peer.app, m.Nameplate)
		return !found, err
	case wormhole.ClientOpen:
		_, found, err := findMeeting(tx, peer.app, m.Mailbox)
		return !found, err
	}
	return false, nil
}

// Handle carries out one message of a peer. raw is the message as it
// came; it goes back with an error. What the rules refuse is answered with an
// error message in Effects; the error is the Tx's.
func (r *Rendezvous) Handle(tx core.Tx, peer Peer, m wormhole.ClientMessage, raw []byte) (Effects, error) {
	e := Effects{Peer: peer}
	e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerAck, ID: m.ID})
	before := e
	err := r.handle(tx, &e, m)
	var refused refusal
	if errors.As(err, &refused) {
		e = before
		e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerError, Error: string(refused), Orig: raw})
		err = nil
	}
	return e, err
}

// Malformed answers a message that ParseClient could not read, but
// for its id.
func Malformed(now time.Time, id, problem string, raw []byte) []wormhole.ServerMessage {
	return []wormhole.ServerMessage{
		{Type: wormhole.ServerAck, ID: id, ServerTX: seconds(now)},
		{Type: wormhole.ServerError, Error: problem, Orig: raw, ServerTX: seconds(now)},
	}
}

// Busy answers a message that came too fast.
func Busy(now time.Time, m wormhole.ClientMessage, raw []byte) []wormhole.ServerMessage {
	return Malformed(now, m.ID, "too many requests, try later", raw)
}

func (e *Effects) reply(tx core.Tx, m wormhole.ServerMessage) {
	m.ServerTX = seconds(tx.Now())
	e.Replies = append(e.Replies, m)
}

func (r *Rendezvous) handle(tx core.Tx, e *Effects, m wormhole.ClientMessage) error {
	switch m.Type {
	case wormhole.ClientPing:
		e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerPong, Ping: m.Ping})
		return nil
	case wormhole.ClientBind:
		if e.Peer.bound {
			return refusal("already bound")
		}
		e.Peer.bound, e.Peer.app, e.Peer.side = true, m.AppID, m.Side
		return nil
	}
	if !e.Peer.bound {
		return refusal("must bind first")
	}
	switch m.Type {
	case wormhole.ClientList:
		ids, err := listNameplates(tx, e.Peer.app, maxListed)
		e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerNameplates, Nameplates: ids})
		return err
	case wormhole.ClientAllocate:
		return r.handleAllocate(tx, e)
	case wormhole.ClientClaim:
		return r.handleClaim(tx, e, m.Nameplate)
	case wormhole.ClientRelease:
		return r.handleRelease(tx, e, m.Nameplate)
	case wormhole.ClientOpen:
		return r.handleOpen(tx, e, m.Mailbox)
	case wormhole.ClientAdd:
		return r.handleAdd(tx, e, m)
	case wormhole.ClientClose:
		return r.handleClose(tx, e, m.Mailbox, m.Mood)
	default:
		return refusal("unknown type")
	}
}

func (r *Rendezvous) handleAllocate(tx core.Tx, e *Effects) error {
	if e.Peer.allocated {
		return refusal("you already allocated one, don't be greedy")
	}
	id, err := r.allocateNameplate(tx, e.Peer.app, e.Peer.side)
	if err != nil {
		return err
	}
	e.Peer.allocated = true
	e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerAllocated, Nameplate: id})
	return nil
}

func (r *Rendezvous) handleClaim(tx core.Tx, e *Effects, nameplate string) error {
	if e.Peer.nameplate != "" {
		return refusal("only one claim per connection")
	}
	meeting, err := r.claimNameplate(tx, e.Peer.app, nameplate, e.Peer.side)
	if err != nil {
		return err
	}
	e.Peer.nameplate = nameplate
	e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerClaimed, Mailbox: meeting})
	return nil
}

func (r *Rendezvous) handleRelease(tx core.Tx, e *Effects, nameplate string) error {
	claimed := e.Peer.nameplate
	switch {
	case e.Peer.released:
		return refusal("only one release per connection")
	case nameplate == "" && claimed == "":
		return refusal("release without nameplate must follow claim")
	case nameplate != "" && claimed != "" && nameplate != claimed:
		return refusal("release and claim must use same nameplate")
	case nameplate == "":
		nameplate = claimed
	}
	if err := releaseNameplate(tx, e.Peer.app, nameplate, e.Peer.side); err != nil {
		return err
	}
	e.Peer.released = true
	e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerReleased})
	return nil
}

func (r *Rendezvous) handleOpen(tx core.Tx, e *Effects, meeting string) error {
	if e.Peer.meeting != "" {
		return refusal("only one open per connection")
	}
	if err := r.openMeeting(tx, e.Peer.app, meeting, e.Peer.side); err != nil {
		return err
	}
	e.Peer.meeting = meeting
	e.Meeting, e.Open = MeetingID{e.Peer.app, meeting}, true
	messages, err := listMessages(tx, e.Peer.app, meeting)
	if err != nil {
		return err
	}
	for _, msg := range messages {
		e.reply(tx, msg.frame())
	}
	return nil
}

func (m meetingMessage) frame() wormhole.ServerMessage {
	return wormhole.ServerMessage{Type: wormhole.ServerMail, ID: m.id, Side: m.side, Phase: m.phase, Body: m.body}
}

func (r *Rendezvous) handleAdd(tx core.Tx, e *Effects, m wormhole.ClientMessage) error {
	if e.Peer.meeting == "" || e.Peer.closed {
		return refusal("must open mailbox before adding")
	}
	msg := meetingMessage{side: e.Peer.side, phase: m.Phase, body: m.Body, id: m.ID, received: tx.Now().UnixMilli()}
	if err := r.addMessage(tx, e.Peer.app, e.Peer.meeting, msg); err != nil {
		return err
	}
	frame := msg.frame()
	frame.ServerTX = seconds(tx.Now())
	e.Meeting, e.Broadcast = MeetingID{e.Peer.app, e.Peer.meeting}, &frame
	return nil
}

func (r *Rendezvous) handleClose(tx core.Tx, e *Effects, meeting, mood string) error {
	opened := e.Peer.meeting
	switch {
	case e.Peer.closed:
		return refusal("only one close per connection")
	case meeting == "" && opened == "":
		return refusal("close without mailbox must follow open")
	case meeting != "" && opened != "" && meeting != opened:
		return refusal("open and close must use same mailbox")
	case meeting == "":
		meeting = opened
	}
	deserted, err := closeMeeting(tx, e.Peer.app, meeting, e.Peer.side, gaveUp(mood))
	if err != nil {
		return err
	}
	e.Peer.closed = true
	e.Meeting, e.Close = MeetingID{e.Peer.app, meeting}, true
	e.reply(tx, wormhole.ServerMessage{Type: wormhole.ServerClosed})
	if deserted {
		e.Broadcast = &wormhole.ServerMessage{
			Type: wormhole.ServerError, Error: string(errUsed), Orig: []byte(`{}`), ServerTX: seconds(tx.Now()),
		}
	}
	return nil
}
