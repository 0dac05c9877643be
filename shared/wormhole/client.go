package wormhole

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"petmail/shared/wire"
)

// Sizes of rendezvous messages, in bytes of text unless said otherwise.
const (
	// MaxFrame bounds one JSON message, either way.
	MaxFrame = 64 << 10
	// MaxBody bounds the body of one phase, in bytes before hexadecimal.
	MaxBody = 31 << 10

	maxText      = 128 // app id, side, mailbox, phase
	maxNameplate = 10  // digits
	maxMessageID = 64
	maxMood      = 32
	maxPing      = 1 << 53 // what a JSON number holds exactly
)

// ErrUnknownType is returned for a message of a type that we do not know. A
// server answers with an error message; a client ignores it.
var ErrUnknownType = errors.New("unknown message type")

// ClientType tells the messages from client to server apart.
type ClientType string

const (
	ClientBind     ClientType = "bind"     // AppID, Side; first of all but ping
	ClientList     ClientType = "list"     // answered by ServerNameplates
	ClientAllocate ClientType = "allocate" // answered by ServerAllocated
	ClientClaim    ClientType = "claim"    // Nameplate; answered by ServerClaimed
	ClientRelease  ClientType = "release"  // Nameplate or the claimed one; answered by ServerReleased
	ClientOpen     ClientType = "open"     // Mailbox; then ServerMessage for each message, old and new
	ClientAdd      ClientType = "add"      // Phase, Body; comes back to every side as ServerMessage
	ClientClose    ClientType = "close"    // Mailbox or the open one, Mood or none; answered by ServerClosed
	ClientPing     ClientType = "ping"     // Ping; answered by ServerPong
)

// Moods with which a client closes its mailbox.
const (
	MoodHappy  = "happy"  // a phase of the peer decrypted
	MoodLonely = "lonely" // nobody came
	MoodScary  = "scary"  // a phase did not decrypt
	MoodErrory = "errory" // anything else went wrong
)

// ClientMessage is one message from client to server. The comment at each
// ClientType names the fields that it carries; all others are empty. It holds
// no secret but the fact that it was sent.
type ClientMessage struct {
	wire.Redacted
	Type      ClientType
	ID        string // chosen by the client, or empty; the server repeats it in its ack
	AppID     string
	Side      string
	Nameplate string
	Mailbox   string
	Phase     string
	Body      []byte
	Mood      string
	Ping      int64
}

// ParseClient reads one frame from a client. Unknown members are ignored.
// After an error that is not ErrNotObject the message still carries ID, as
// far as it could be read, for the ack; the error's text may be sent back.
func ParseClient(data []byte) (ClientMessage, error) {
	o, err := parseObject(data, MaxFrame)
	if err != nil {
		return ClientMessage{}, err
	}
	var m ClientMessage
	if m.ID, err = o.optional("id", maxMessageID, o.anyText); err != nil {
		return ClientMessage{}, err
	}
	kind, err := o.text("type", maxText)
	if err != nil {
		return m, err
	}
	m.Type = ClientType(kind)
	err = m.read(o)
	if err != nil {
		return ClientMessage{ID: m.ID}, err
	}
	return m, nil
}

func (m *ClientMessage) read(o object) (err error) {
	switch m.Type {
	case ClientBind:
		if m.AppID, err = o.anyText("appid", maxText); err != nil {
			return err
		}
		if m.AppID == "" {
			return errors.New(`"appid" is empty`)
		}
		m.Side, err = o.text("side", maxText)
	case ClientList, ClientAllocate:
	case ClientClaim:
		m.Nameplate, err = o.nameplate("nameplate", maxNameplate)
	case ClientRelease:
		m.Nameplate, err = o.optional("nameplate", maxNameplate, o.nameplate)
	case ClientOpen:
		m.Mailbox, err = o.text("mailbox", maxText)
	case ClientAdd:
		if m.Phase, err = o.text("phase", maxText); err != nil {
			return err
		}
		m.Body, err = o.hex("body", MaxBody)
	case ClientClose:
		if m.Mailbox, err = o.optional("mailbox", maxText, o.text); err != nil {
			return err
		}
		m.Mood, err = o.optional("mood", maxMood, o.text)
	case ClientPing:
		m.Ping, err = o.integer("ping")
	default:
		return ErrUnknownType
	}
	return err
}

// Encode returns the frame. It fails for what ParseClient would refuse.
func (m ClientMessage) Encode() ([]byte, error) {
	out := map[string]any{"type": m.Type}
	put(out, "id", m.ID)
	switch m.Type {
	case ClientBind:
		out["appid"], out["side"] = m.AppID, m.Side
	case ClientClaim, ClientRelease:
		put(out, "nameplate", m.Nameplate)
	case ClientOpen:
		put(out, "mailbox", m.Mailbox)
	case ClientAdd:
		out["phase"], out["body"] = m.Phase, hex.EncodeToString(m.Body)
	case ClientClose:
		put(out, "mailbox", m.Mailbox)
		put(out, "mood", m.Mood)
	case ClientPing:
		out["ping"] = m.Ping
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("couldn't encode %s message: %w", m.Type, err)
	}
	if _, err := ParseClient(data); err != nil {
		return nil, fmt.Errorf("couldn't encode %s message: %w", m.Type, err)
	}
	return data, nil
}

func put(out map[string]any, name, value string) {
	if value != "" {
		out[name] = value
	}
}

// nameplate returns a string member of 1 to limit decimal digits.
func (o object) nameplate(name string, limit int) (string, error) {
	s, err := o.anyText(name, limit)
	if err != nil {
		return "", err
	}
	if !isNameplate(s) {
		return "", fmt.Errorf("%q is not a number", name)
	}
	return s, nil
}

func isNameplate(s string) bool {
	return s != "" && len(s) <= maxNameplate && strings.Trim(s, "0123456789") == ""
}

// integer returns a number member without fraction, within ±2^53.
func (o object) integer(name string) (int64, error) {
	var n int64
	if !o.has(name) || json.Unmarshal(o[name], &n) != nil || n > maxPing || n < -maxPing {
		return 0, fmt.Errorf("%q is missing or not an integer", name)
	}
	return n, nil
}
