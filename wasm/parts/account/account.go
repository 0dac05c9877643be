// Package account is the part that is who we are: the name that others see, the
// keys of our mailbox, the doors to it, the relay that keeps it, the person's
// settings, and the clock, which goes by that relay's. Its records are self and
// settings.
//
// # Goroutines
//
// turn.Net ends all of them.
//
//	Part.start        starts the one that registers the mailbox
//	Part.listen       opens a relayclient.Mailbox, with its own
//	Part.checkRelay   starts the one that reads what the relay shows of itself
//	Part.tellDoors    starts the one that tells the relay of doors
package account

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"time"

	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/clock"
	"petmail/wasm/conversation"
	"petmail/wasm/parts/refusal"
	"petmail/wasm/relayclient"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// Config is what the part needs.
type Config struct {
	Transport relayclient.Transport
	Rand      io.Reader // cryptographic
	Log       *slog.Logger
	Now       func() time.Time
	Elapsed   func() time.Duration // how long the process runs, whatever its clock says
}

// Receiver takes what arrives in the mailbox.
type Receiver interface {
	// Receive takes what an envelope held. Whatever is wrong with it, it is
	// dropped without a trace outside.
	Receive(t turn.Turn, opened *address.Opened)
	// DoorsInUse are the numbers of the doors that conversations depend on.
	DoorsInUse() map[uint64]bool
}

// Part implements turn.Part and turn.Base.
type Part struct {
	wire.Redacted
	config       Config
	client       *relayclient.Client
	receiver     Receiver
	selfKind     *turn.Kind
	settingsKind *turn.Kind

	self     *self // nil before the first run
	settings settings
	relay    api.RelayState
	clock    clockWork
	mailbox  mailbox
	doors    doorWork
}

// New makes the part. Receivers are known later: see Deliver.
func New(config Config) *Part {
	p := &Part{
		config:       config,
		selfKind:     &turn.Kind{Prefix: "self", Owner: turn.Nobody, Shared: turn.Own, Backup: turn.Never, Version: 1},
		settingsKind: &turn.Kind{Prefix: "settings", Owner: turn.Nobody, Shared: turn.Own, Backup: turn.Kept, Version: 1},
	}
	p.client = relayclient.New(config.Transport, relayclient.Options{Rand: config.Rand, Logger: config.Log, OnDate: p.heardDate})
	return p
}

// Deliver says who takes what arrives.
func (p *Part) Deliver(r Receiver) { p.receiver = r }

// self is what this agent is to itself and to its relay.
type self struct {
	wire.Redacted
	Name    string   `cbor:"1,keyasint"`
	Relay   string   `cbor:"2,keyasint"` // URL
	RelayID [32]byte `cbor:"3,keyasint"`
	Routing [32]byte `cbor:"4,keyasint"`
	Mailbox []byte   `cbor:"5,keyasint"`           // Ed25519 seed
	Door    []byte   `cbor:"6,keyasint,omitempty"` // of stores from before doors moved; see parseDoors
	Box     []byte   `cbor:"7,keyasint"`
	Counter uint64   `cbor:"8,keyasint"` // of the last mailbox request that was answered
	// Clock is the time that has passed; nil: kept by nobody yet.
	Clock *clock.Record `cbor:"14,keyasint,omitempty"`

	Doors    []*ownDoor   `cbor:"9,keyasint,omitempty"`
	NextDoor uint64       `cbor:"10,keyasint,omitempty"` // number of the next door
	Asked    *doorRequest `cbor:"11,keyasint,omitempty"`

	box address.BoxKey
}

func (s *self) mailboxKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(s.Mailbox) }

func (s *self) parse() error {
	var err error
	if s.box, err = address.ParseBoxKey(s.Box); err != nil {
		return fmt.Errorf("couldn't decode box key: %w", err)
	}
	return s.parseDoors()
}

// Name implements turn.Part.
func (p *Part) Name() string { return "account" }

// Kinds implements turn.Part.
func (p *Part) Kinds() []*turn.Kind { return []*turn.Kind{p.selfKind, p.settingsKind} }

// Commands implements turn.Part.
func (p *Part) Commands() []turn.Command {
	return []turn.Command{
		turn.HandleLater(api.CmdStart, p.start),
		turn.Handle(api.CmdRename, p.rename),
		turn.Handle(api.CmdSettings, p.set),
	}
}

// Load implements turn.Part.
func (p *Part) Load(r turn.Reader) error {
	p.self, p.doors, p.mailbox = nil, doorWork{}, mailbox{givenUp: p.mailbox.givenUp}
	b, err := r.Get(p.selfKind, wire.ID{}, "")
	if err != nil {
		return err
	}
	if b != nil {
		var s self
		if err := wire.Unmarshal(b, &s, store.MaxValue); err != nil {
			return fmt.Errorf("couldn't decode self: %w", err)
		}
		if err := s.parse(); err != nil {
			return err
		}
		p.self = &s
	}
	if p.settings, err = p.loadSettings(r); err != nil {
		return err
	}
	p.relay = api.RelayState{State: api.Connecting, URL: p.Relay()}
	return nil
}

// View implements turn.Part.
func (p *Part) View(s *api.Snapshot) {
	s.Phase, s.Relay, s.Settings = api.PhaseNew, p.relay, api.Settings(p.settings)
	if off := p.clock.clock.Off(); off != 0 {
		s.Clock = &api.Clock{Off: off}
	}
	if p.self != nil {
		s.Phase, s.Name = api.PhaseReady, p.self.Name
	}
}

// Work implements turn.Part.
func (p *Part) Work(net turn.Net) {
	p.listen(net)
	p.tellDoors(net)
	p.readClock(net)
}

// save stores who we are.
func (p *Part) save(t turn.Turn) { t.Put(p.selfKind, wire.ID{}, "", p.self) }

// Rewrite implements turn.Base.
func (p *Part) Rewrite(t turn.Turn) { p.saveSettings(t) }

// Started implements turn.Base.
func (p *Part) Started() bool { return p.self != nil }

// rename changes what people met from now on will see.
func (p *Part) rename(t turn.Turn, args api.RenameArgs) (api.None, error) {
	name, err := refusal.Name(args.Name)
	if err != nil {
		return api.None{}, err
	}
	p.self.Name = name
	p.save(t)
	t.Emit(api.EventName.Of(name))
	return api.None{}, nil
}

// Client is for our own relay, and for what the person types.
func (p *Part) Client() *relayclient.Client { return p.client }

// Others is for relays that a contact or a link has named: deposits, slots, the
// rendezvous of invitations. Only for who has a name.
func (p *Part) Others() *relayclient.Client { return p.client.Foreign(p.self.Relay) }

// Relay is the URL of our own relay; empty: there is none yet.
func (p *Part) Relay() string {
	if p.self == nil {
		return ""
	}
	return p.self.Relay
}

// Connected reports whether there is a connection to our relay.
func (p *Part) Connected() bool { return p.relay.State == api.Connected }

// QuickReceipts is the person's choice.
func (p *Part) QuickReceipts() bool { return p.settings.QuickReceipts }

// Identity makes what a new conversation needs of us: a fresh persona and an
// address that no other contact has, through the door with that number.
func (p *Part) Identity() (conversation.Persona, address.Address, uint64, error) {
	persona, err := conversation.NewPersona(p.config.Rand, p.self.Name)
	if err != nil {
		return conversation.Persona{}, address.Address{}, 0, err
	}
	d := p.self.standing(forInvitations)
	if d == nil {
		d = p.self.standing(forConversations)
	}
	own, err := p.through(d)
	return persona, own, d.N, err
}

// Address makes another address through the door that invitations go by today,
// unless that is door; false: it is, or there is none.
func (p *Part) Address(door uint64) (own address.Address, now uint64, ok bool, err error) {
	d := p.self.standing(forInvitations)
	if d == nil || d.N == door {
		return own, 0, false, nil
	}
	own, err = p.through(d)
	return own, d.N, err == nil, err
}

// SeesOtherKeys raises an alarm when a contact's encoded address is at our relay
// but under other keys than it shows us (shared/spec/security.md, The relay). It
// reports whether it is one.
func (p *Part) SeesOtherKeys(encoded []byte) bool {
	where, err := address.ParseAddress(encoded)
	if err != nil || p.self == nil || where.Relay != p.self.Relay || where.RelayID == p.self.RelayID {
		return false
	}
	p.relay.KeyAlarm = true
	return true
}

// Tell has the pages see how it stands with our relay.
func (p *Part) Tell(t turn.Turn) { t.Emit(api.EventRelay.Of(p.relay)) }
