package core

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
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

	seed, err := secret(tx, "identity", func() ([]byte, error) {
		s := make([]byte, ed25519.SeedSize)
		_, err := io.ReadFull(rand, s)
		return s, err
	})
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("the stored identity key is damaged; restore a backup")
	}
	identity := ed25519.NewKeyFromSeed(seed)

	encoded, err := secret(tx, "routing", func() ([]byte, error) {
		k, err := address.NewRoutingKey(rand)
		if err != nil {
			return nil, err
		}
		return k.Bytes(), nil
	})
	if err != nil {
		return nil, err
	}
	if r.routing, err = address.ParseRoutingKey(encoded); err != nil {
		return nil, fmt.Errorf("couldn't load the routing key; restore a backup: %w", err)
	}

	public := r.routing.Public()
	r.descriptor, err = relayproto.SignDescriptor(identity,
		relayproto.DescriptorKeys{Identity: identity.Public().(ed25519.PublicKey), Routing: public[:]},
		relayproto.Descriptor{
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
	opened, err := relayproto.OpenDescriptor(r.descriptor)
	if err != nil {
		return nil, fmt.Errorf("couldn't verify the own descriptor: %w", err)
	}
	r.id = opened.ID

	// Known to nobody, so that no deposit is addressed to it.
	chaff := sha256.Sum256(append([]byte("petmail/chaff/1\x00"), seed...))
	r.chaff = chaff[:]
	return r, r.openChaff(tx)
}

// secret returns the value called name, made and stored where there is none.
func secret(tx Tx, name string, make func() ([]byte, error)) ([]byte, error) {
	var value []byte
	err := tx.Query(`SELECT value FROM meta WHERE name = ?`, func(r Row) error { return r.Scan(&value) }, name)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the %s key: %w", name, err)
	}
	if value != nil {
		return value, nil
	}
	if value, err = make(); err != nil {
		return nil, fmt.Errorf("couldn't make the %s key: %w", name, err)
	}
	if _, err := tx.Exec(`INSERT INTO meta (name, value) VALUES (?, ?)`, name, value); err != nil {
		return nil, fmt.Errorf("couldn't store the %s key: %w", name, err)
	}
	return value, nil
}

// Descriptor is the signed descriptor, the same bytes until the next Open.
func (r *Relay) Descriptor() []byte { return r.descriptor }

// ID is the relay's id, which travels in addresses and is signed by agents.
func (r *Relay) ID() [relayproto.IDSize]byte { return r.id }

// Route finds the door that an envelope is addressed to, without looking
// whether it exists: one scalar multiplication, no storage. The error says
// what is wrong with the envelope's form.
func (r *Relay) Route(envelope []byte) (address.DoorID, error) { return r.routing.Route(envelope) }
