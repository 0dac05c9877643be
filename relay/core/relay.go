package core

import (
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// Config are the limits and retention times of a relay. A zero field takes
// the default named beside it.
type Config struct {
	EnvelopeRetention time.Duration // relayproto.EnvelopeRetention
	SlotRetention     time.Duration // relayproto.SlotRetention

	MaxMailboxBytes int64 // queued envelopes of one mailbox: 64 MiB
	MaxDoorBytes    int64 // queued envelopes of one door: three quarters of MaxMailboxBytes
	MaxDoors        int64 // doors of one mailbox: relayproto.MaxDoorsPerMailbox
	MaxMailboxes    int64 // registered mailboxes: 1,000,000

	MaxMeetingBytes    int64 // bodies in one meeting: 256 KiB
	MaxMeetingMessages int64 // messages in one meeting: 256
	MaxMeetings        int64 // meetings, consumed ones included: 200,000

	Version string // shown in the descriptor
	Welcome string // message of the day of the rendezvous; may be empty
}

func (c Config) withDefaults() Config {
	def := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	if c.EnvelopeRetention == 0 {
		c.EnvelopeRetention = relayproto.EnvelopeRetention
	}
	if c.SlotRetention == 0 {
		c.SlotRetention = relayproto.SlotRetention
	}
	def(&c.MaxMailboxBytes, 64<<20)
	def(&c.MaxDoorBytes, c.MaxMailboxBytes/4*3)
	def(&c.MaxDoors, relayproto.MaxDoorsPerMailbox)
	def(&c.MaxMailboxes, 1_000_000)
	def(&c.MaxMeetingBytes, 256<<10)
	def(&c.MaxMeetingMessages, 256)
	def(&c.MaxMeetings, 200_000)
	return c
}

// Relay is the part of a relay that does not change while it runs. All its
// methods may be called concurrently, each with a Tx of its own.
type Relay struct {
	cfg        Config
	id         [relayproto.IDSize]byte
	routing    address.RoutingKey
	descriptor []byte
	chaff      []byte // hash of the door behind which refused deposits end
	rand       io.Reader
}

// Open brings the tables to the newest version and loads the relay's keys,
// drawing them from rand the first time. The caller commits tx. It returns
// ErrClock when the clock has been set back.
func Open(tx Tx, rand io.Reader, cfg Config) (*Relay, error) {
	if err := migrate(tx); err != nil {
		return nil, err
	}
	if err := checkClockAtStart(tx); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	r := &Relay{cfg: cfg, rand: rand}

	k, err := openKeys(tx, rand)
	if err != nil {
		return nil, err
	}
	r.routing, r.id = k.routing, k.id
	r.descriptor, err = relayproto.SignDescriptor(k.identity, k.public, relayproto.Descriptor{
		Version:           cfg.Version,
		LeasePolicy:       "open",
		EnvelopeRetention: uint64(cfg.EnvelopeRetention / time.Second),
		SlotRetention:     uint64(cfg.SlotRetention / time.Second),
		MaxMailboxBytes:   uint64(cfg.MaxMailboxBytes),
		MaxDoors:          uint64(cfg.MaxDoors),
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't sign the descriptor: %w", err)
	}
	// Known to nobody, so that no deposit is addressed to it.
	chaff := sha256.Sum256(append([]byte("petmail/chaff/1\x00"), k.identity.Seed()...))
	r.chaff = chaff[:]
	return r, r.openChaff(tx)
}

// Descriptor is the signed descriptor, the same bytes until the next Open.
func (r *Relay) Descriptor() []byte { return r.descriptor }

// ID is the relay's id, which travels in addresses and is signed by agents.
func (r *Relay) ID() [relayproto.IDSize]byte { return r.id }

// Route finds the door that an envelope is addressed to, without looking
// whether it exists: one scalar multiplication, no storage. The error says
// what is wrong with the envelope's form.
func (r *Relay) Route(envelope []byte) (address.DoorID, error) { return r.routing.Route(envelope) }
