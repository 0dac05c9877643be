package conversation

import (
	"crypto/ed25519"
	"fmt"
	"io"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
)

// State is how far a conversation is.
type State uint8

const (
	Waiting State = 1 // invitation accepted, no group yet
	Open    State = 2
	Failed  State = 3 // the invitation came to nothing
)

// Conversation is one MLS group as this agent sees it. The exported fields
// are its stored record, but for those that are stored in parts beside it, as
// the group's own state is (Changes).
type Conversation struct {
	wire.Redacted
	ID      wire.ID `cbor:"1,keyasint"`
	State   State   `cbor:"2,keyasint"`
	Persona Persona `cbor:"3,keyasint"`
	// Own is the encoded address that the other members have of this agent.
	Own []byte `cbor:"4,keyasint"`
	// SlotRelay is the URL of the relay whose slots order the commits: the
	// one of the member that created the group.
	SlotRelay string   `cbor:"5,keyasint,omitempty"`
	Members   []Member `cbor:"-"`                    // in parts; ascending by leaf
	Sent      uint64   `cbor:"7,keyasint,omitempty"` // number of the newest message of our own
	Clock     Stamp    `cbor:"8,keyasint"`
	AckDue    int64    `cbor:"9,keyasint,omitempty"`  // unix ms by which acknowledgements go out; 0: none owed
	EpochSent uint64   `cbor:"10,keyasint,omitempty"` // messages of our own in this epoch
	EpochTime int64    `cbor:"11,keyasint,omitempty"` // unix ms this agent entered the epoch
	// Join is the private key package while State is Waiting.
	Join []byte `cbor:"12,keyasint,omitempty"`
	// PSK binds the group to the invitation while State is Waiting.
	PSK []byte `cbor:"13,keyasint,omitempty"`
	// Pending is our own commit while its slot is not decided: a part. It is not
	// changed once it is stored.
	Pending *Pending `cbor:"-"`
	// Timer is how long, in seconds, new messages stay once read; 0: for good.
	Timer uint64 `cbor:"15,keyasint,omitempty"`
	// TimerAt is the cursor of the message that set Timer: the last one wins.
	TimerAt string `cbor:"16,keyasint,omitempty"`
	// Seen is when the group's epoch was the present one for the last time
	// that we know of, unix ms; 0: not kept yet.
	Seen int64 `cbor:"19,keyasint,omitempty"`
	// Ended are the epochs before, oldest first, as many as may still be read.
	Ended []Ended `cbor:"20,keyasint,omitempty"`
	// PendingAt is when Pending was prepared, unix ms.
	PendingAt int64 `cbor:"21,keyasint,omitempty"`
	// Door is the agent's number of the door that Own leads through.
	Door uint64 `cbor:"23,keyasint,omitempty"`
	// Formers are the addresses that members had before Own, oldest first.
	Formers []Former `cbor:"24,keyasint,omitempty"`
	// Marks are places of our own messages, ascending.
	Marks []Mark `cbor:"27,keyasint,omitempty"`
	// Read is what was read long ago; nil: nothing is known of it.
	Read *ReadMark `cbor:"28,keyasint,omitempty"`

	wall     func() int64 // unix ms; nil: what a call says
	group    *mls.State
	own      address.Address
	provider mls.Provider
	stored   stored
}

// Member is another agent in the conversation.
type Member struct {
	wire.Redacted
	Leaf     uint32   `cbor:"1,keyasint"`
	Persona  []byte   `cbor:"2,keyasint"` // Ed25519 public key
	Name     string   `cbor:"3,keyasint"`
	Address  []byte   `cbor:"4,keyasint"`           // encoding of address.Address
	Received Received `cbor:"5,keyasint"`           // what arrived from it
	Owed     bool     `cbor:"6,keyasint,omitempty"` // Received.UpTo moved since we last acknowledged
	Acked    uint64   `cbor:"7,keyasint,omitempty"` // it has our messages up to this number
	Heard    bool     `cbor:"8,keyasint,omitempty"` // something it encrypted has arrived: it has joined
	Done     []uint64 `cbor:"9,keyasint,omitempty"` // its latest requests to delete that were carried out here
	// Epoch is the latest one that something of it was encrypted in.
	Epoch uint64 `cbor:"14,keyasint,omitempty"`
	// Placed is where its newest message stands; nil: none has arrived since
	// this is noted.
	Placed *Placed `cbor:"16,keyasint,omitempty"`
}

// Outgoing is an envelope body to be deposited at To.
type Outgoing struct {
	wire.Redacted
	To    []byte // encoding of address.Address
	Leaf  uint32
	Body  []byte // plaintext of the envelope: an encoded Body
	Epoch uint64
}

// pskID names the PSK that binds a group to its invitation.
var pskID = []byte("petmail/invite/1")

// anyTime is what a key package of an invitation is good for. Its time is the
// invitation's: it is used once, by whoever took part in the key agreement, and
// a machine whose clock is wrong shall not lose it.
var anyTime = mls.Lifetime{NotAfter: ^uint64(0)}

// Await returns a conversation that an invitation will open later, and the
// key package that the inviter needs for that. id and psk come from the
// invitation's key; own is the address made for this conversation. Here as in
// Create and Load, provider computes the group's cryptography.
func Await(rand io.Reader, provider mls.Provider, now int64, id wire.ID, psk []byte, persona Persona, own address.Address) (*Conversation, []byte, error) {
	return await(rand, provider, now, id, psk, persona, own, anyTime)
}

func await(rand io.Reader, provider mls.Provider, now int64, id wire.ID, psk []byte, persona Persona, own address.Address, lifetime mls.Lifetime) (*Conversation, []byte, error) {
	leaf, err := persona.leaf(rand, own)
	if err != nil {
		return nil, nil, err
	}
	kp, private, err := mls.NewKeyPackage(rand, Suite, leaf, lifetime, mls.KeyPackageOptions{Provider: provider})
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't make key package: %w", err)
	}
	where, err := own.Bytes()
	if err != nil {
		return nil, nil, err
	}
	return &Conversation{
		ID: id, State: Waiting, Persona: persona, Own: where, own: own, provider: provider,
		Join: private.Marshal(), PSK: psk, Clock: Stamp{Milli: now},
	}, kp.Bytes(), nil
}

// Create makes the group, adds the owner of keyPackage, and returns the open
// conversation with the Welcome to send to it.
func Create(rand io.Reader, provider mls.Provider, now int64, id wire.ID, psk []byte, persona Persona, own address.Address, keyPackage []byte) (*Conversation, Outgoing, error) {
	fail := func(err error) (*Conversation, Outgoing, error) {
		return nil, Outgoing{}, fmt.Errorf("couldn't create group: %w", err)
	}
	leaf, err := persona.leaf(rand, own)
	if err != nil {
		return fail(err)
	}
	where, err := own.Bytes()
	if err != nil {
		return fail(err)
	}
	c := &Conversation{
		ID: id, State: Open, Persona: persona, Own: where, own: own, SlotRelay: own.Relay,
		Clock: Stamp{Milli: now}, EpochTime: now, Seen: now, provider: provider,
	}
	welcome, err := c.found(rand, now, leaf, keyPackage, psk)
	if err != nil {
		return fail(err)
	}
	body, err := EncodeBody(Body{Conversation: id, Kind: BodyWelcome, Payload: welcome})
	if err != nil {
		return fail(err)
	}
	m := c.Members[0]
	return c, Outgoing{To: m.Address, Leaf: m.Leaf, Body: body, Epoch: c.group.Epoch()}, nil
}

// open enters the group with the inviter's Welcome.
func (c *Conversation) open(now int64, welcome []byte) error {
	next := *c
	if err := next.join(welcome); err != nil {
		return err
	}
	inviter, err := address.ParseAddress(next.Members[0].Address)
	if err != nil {
		return err
	}
	next.State, next.SlotRelay = Open, inviter.Relay
	next.Join, next.PSK = nil, nil
	next.EpochTime, next.EpochSent, next.Seen = now, 0, now
	*c = next
	return nil
}

func pskLookup(psk []byte) mls.PSKLookup {
	return mls.ExternalPSKs(map[string][]byte{string(pskID): psk})
}

// readMembers brings Members in line with the group: what is known of a
// persona stays, whatever leaf it sits at.
func (c *Conversation) readMembers() error {
	var members []Member
	for _, leaf := range c.group.Members() {
		if leaf.Index == c.group.OwnLeaf() {
			continue
		}
		persona, err := leafPersona(c.provider, leaf)
		if err != nil {
			return err
		}
		card, _, err := leafCard(leaf)
		if err != nil {
			return err
		}
		m := Member{Leaf: uint32(leaf.Index)}
		for _, old := range c.Members {
			if old.Leaf == uint32(leaf.Index) {
				m = old
			}
		}
		m.Persona, m.Name, m.Address = persona, card.Name, card.Address
		members = append(members, m)
	}
	c.Members = members
	return nil
}

// SetWall has messages dated and stamped by another clock (unix ms) than the
// calls' now, which counts what cannot be undone: keys of ended epochs.
func (c *Conversation) SetWall(wall func() int64) { c.wall = wall }

// wallNow returns what messages written or received now are dated with.
func (c *Conversation) wallNow(now int64) int64 {
	if c.wall != nil {
		return c.wall()
	}
	return now
}

// Peer returns the other member of a direct conversation, or nil before there
// is one.
func (c *Conversation) Peer() *Member {
	if len(c.Members) == 0 {
		return nil
	}
	return &c.Members[0]
}

// PersonaKey returns the persona key that the others see.
func (c *Conversation) PersonaKey() ed25519.PublicKey { return c.Persona.Public() }

func (c *Conversation) member(leaf uint32) *Member {
	for i := range c.Members {
		if c.Members[i].Leaf == leaf {
			return &c.Members[i]
		}
	}
	return nil
}

// Fail ends a conversation that waited for an invitation in vain, and erases
// what would have opened it.
func (c *Conversation) Fail() {
	if c.State == Waiting {
		c.State, c.Join, c.PSK = Failed, nil, nil
	}
}

// OwnRelay returns the URL of the relay that keeps our own mailbox, as the
// others know it.
func (c *Conversation) OwnRelay() string { return c.own.Relay }

// Relay returns the URL of the relay that keeps the member's mailbox.
func (m Member) Relay() string {
	where, err := address.ParseAddress(m.Address)
	if err != nil {
		return ""
	}
	return where.Relay
}
