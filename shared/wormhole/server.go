package wormhole

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"petmail/shared/wire"
)

// ServerType tells the messages from server to client apart.
type ServerType string

const (
	ServerWelcome    ServerType = "welcome"    // Welcome; first of all
	ServerAck        ServerType = "ack"        // ID; for every message of the client
	ServerNameplates ServerType = "nameplates" // Nameplates
	ServerAllocated  ServerType = "allocated"  // Nameplate
	ServerClaimed    ServerType = "claimed"    // Mailbox
	ServerReleased   ServerType = "released"   //
	ServerMail       ServerType = "message"    // Side, Phase, Body; ID of the add
	ServerClosed     ServerType = "closed"     //
	ServerPong       ServerType = "pong"       // Ping
	ServerError      ServerType = "error"      // Error, Orig
)

// Errors that a server reports in words of the protocol.
const (
	ErrorCrowded   = "crowded"   // two other sides are there already: somebody else used the code
	ErrorReclaimed = "reclaimed" // this side released the nameplate before
)

const (
	maxServerText = 4096 // bytes of a text for people
	maxNameplates = 1024 // in one list
	maxOrig       = 4096 // bytes; a longer message is not repeated in its error
)

// Welcome is what a server says first. All fields are optional.
type Welcome struct {
	MOTD           string // show to the person, go on
	Error          string // show to the person, stop
	CurrentVersion string // of the command-line program; of no interest to Petmail
}

// ServerMessage is one message from server to client. The comment at each
// ServerType names the fields that it carries; all others are empty.
type ServerMessage struct {
	wire.Redacted
	Type       ServerType
	ServerTX   float64 // when it was sent, in seconds since 1970 by the server's clock; 0 if not said
	ID         string
	Welcome    Welcome
	Nameplates []string
	Nameplate  string
	Mailbox    string
	Side       string
	Phase      string
	Body       []byte
	Ping       int64
	Error      string
	Orig       json.RawMessage // the client's message, or {} where it was long
}

// ParseServer reads one frame from a server. Unknown members are ignored;
// for an unknown type it returns ErrUnknownType, which a client passes over.
func ParseServer(data []byte) (ServerMessage, error) {
	o, err := parseObject(data, MaxFrame)
	if err != nil {
		return ServerMessage{}, fmt.Errorf("couldn't read server message: %w", err)
	}
	kind, err := o.text("type", maxText)
	if err != nil {
		return ServerMessage{}, fmt.Errorf("couldn't read server message: %w", err)
	}
	m := ServerMessage{Type: ServerType(kind)}
	if err := m.read(o); err != nil {
		return ServerMessage{}, fmt.Errorf("couldn't read server message: %w", err)
	}
	return m, nil
}

func (m *ServerMessage) read(o object) (err error) {
	if o.has("server_tx") && json.Unmarshal(o["server_tx"], &m.ServerTX) != nil {
		return errors.New(`"server_tx" is not a number`)
	}
	if m.ID, err = o.optional("id", maxMessageID, o.anyText); err != nil {
		return err
	}
	switch m.Type {
	case ServerWelcome:
		m.Welcome, err = readWelcome(o)
	case ServerAck, ServerReleased, ServerClosed:
	case ServerNameplates:
		m.Nameplates, err = readNameplates(o)
	case ServerAllocated:
		m.Nameplate, err = o.nameplate("nameplate", maxNameplate)
	case ServerClaimed:
		m.Mailbox, err = o.text("mailbox", maxText)
	case ServerMail:
		if m.Side, err = o.text("side", maxText); err != nil {
			return err
		}
		if m.Phase, err = o.text("phase", maxText); err != nil {
			return err
		}
		m.Body, err = o.hex("body", MaxBody)
	case ServerPong:
		m.Ping, err = o.integer("pong")
	case ServerError:
		m.Error, err = o.anyText("error", maxServerText)
		m.Orig = o["orig"]
	default:
		return ErrUnknownType
	}
	return err
}

func readWelcome(o object) (w Welcome, err error) {
	if !o.has("welcome") {
		return w, errors.New(`"welcome" is missing`)
	}
	inner, err := parseObject(o["welcome"], MaxFrame)
	if err != nil {
		return w, fmt.Errorf("welcome: %w", err)
	}
	if w.MOTD, err = inner.optional("motd", maxServerText, inner.anyText); err != nil {
		return w, err
	}
	if w.Error, err = inner.optional("error", maxServerText, inner.anyText); err != nil {
		return w, err
	}
	w.CurrentVersion, err = inner.optional("current_cli_version", maxText, inner.anyText)
	return w, err
}

func readNameplates(o object) ([]string, error) {
	var list []json.RawMessage
	if !o.has("nameplates") || json.Unmarshal(o["nameplates"], &list) != nil {
		return nil, errors.New(`"nameplates" is missing or not a list`)
	}
	if len(list) > maxNameplates {
		return nil, errors.New("too many nameplates")
	}
	names := make([]string, 0, len(list))
	for _, entry := range list {
		inner, err := parseObject(entry, MaxFrame)
		if err != nil {
			return nil, fmt.Errorf("nameplate: %w", err)
		}
		name, err := inner.nameplate("id", maxNameplate)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

// Encode returns the frame. It fails for what ParseServer would refuse.
func (m ServerMessage) Encode() ([]byte, error) {
	out := map[string]any{"type": m.Type, "server_tx": m.ServerTX}
	switch m.Type {
	case ServerWelcome:
		w := map[string]any{}
		put(w, "motd", m.Welcome.MOTD)
		put(w, "error", m.Welcome.Error)
		put(w, "current_cli_version", m.Welcome.CurrentVersion)
		out["welcome"] = w
	case ServerAck:
		put(out, "id", m.ID)
	case ServerNameplates:
		list := make([]map[string]string, len(m.Nameplates))
		for i, name := range m.Nameplates {
			list[i] = map[string]string{"id": name}
		}
		out["nameplates"] = list
	case ServerAllocated:
		out["nameplate"] = m.Nameplate
	case ServerClaimed:
		out["mailbox"] = m.Mailbox
	case ServerMail:
		put(out, "id", m.ID)
		out["side"], out["phase"], out["body"] = m.Side, m.Phase, hex.EncodeToString(m.Body)
	case ServerPong:
		out["pong"] = m.Ping
	case ServerError:
		out["error"], out["orig"] = m.Error, json.RawMessage("{}")
		if len(m.Orig) > 0 && len(m.Orig) <= maxOrig {
			out["orig"] = m.Orig
		}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("couldn't encode %s message: %w", m.Type, err)
	}
	if _, err := ParseServer(data); err != nil {
		return nil, fmt.Errorf("couldn't encode %s message: %w", m.Type, err)
	}
	return data, nil
}
