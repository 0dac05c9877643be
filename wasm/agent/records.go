package agent

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"

	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/api"
	"petmail/wasm/clock"
	"petmail/wasm/conversation"
	"petmail/wasm/invite"
	"petmail/wasm/store"
)

// Keys of the store. Ids are 32 hexadecimal digits, row numbers 16.
const (
	keySelf     = "self"
	keySettings = "settings"
	prefConv    = "conv/"   // conv/<conversation>: convRecord
	prefGroup   = "mls/"    // mls/<conversation>: encoded MLS state
	prefMessage = "msg/"    // msg/<conversation>/<cursor>: conversation.Message
	prefRow     = "out/"    // out/<conversation>/<row>: row
	prefHeld    = "held/"   // held/<conversation>/<row>: heldRecord
	prefInvite  = "inv/"    // inv/<invite>: invite.Invite
	prefNote    = "note/"   // note/<note>: note.Note
	prefRequest = "req/"    // req/<conversation>/<number>: retraction
	prefMoved   = "mov/"    // mov/<conversation>/<claimed cursor>: cursor
	prefUnread  = "new/"    // new/<conversation>/<cursor>: Arrival of a message whose timer waits to be read
	prefDue     = "due/"    // due/<timer>/<unix ms>/<conversation>/<cursor>: empty
	prefDraft   = "draft/"  // draft/<conversation>: text
	prefGoing   = "going/"  // going/<conversation>: going
	keyErasing  = "erasing" // there while everything is being erased
)

func convKey(id wire.ID) string                { return prefConv + id.String() }
func groupKey(id wire.ID) string               { return prefGroup + id.String() }
func messagePrefix(id wire.ID) string          { return prefMessage + id.String() + "/" }
func messageKey(id wire.ID, cur string) string { return messagePrefix(id) + cur }
func rowKey(id wire.ID, n uint64) string       { return fmt.Sprintf("%s%s/%016x", prefRow, id, n) }
func heldKey(id wire.ID, n uint64) string      { return fmt.Sprintf("%s%s/%016x", prefHeld, id, n) }
func inviteKey(id wire.ID) string              { return prefInvite + id.String() }

// maxRecord bounds a decoded record, in bytes.
const maxRecord = store.MaxValue

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

// entry is one conversation with everything around it.
type entry struct {
	c       ruled
	contact addressbook.Contact
	meta    convMeta
	rows    []*row // not yet acknowledged or not yet deposited, oldest first
	held    []held // bodies of a later epoch, oldest first

	aside    *aside // it has caused an error; nil: none that is remembered
	asideNew bool   // aside is not stored yet
	damage   error  // a record did not decode; nil: all did
	broken   bool   // that of the conversation itself: c holds no more than its ID, and is never stored

	requests map[uint64]*retraction // ours to delete, not confirmed yet, by number
	waiting  int                    // messages whose timer waits to be read
	starting bool                   // of those some have been read

	previewOver bool // volatile: the time of the previewed message may be over

	likeness
	sending sending // volatile
	slot    slotWork

	moveAt     int64 // unix ms: its members are given a new address then; 0: not drawn, or not wanted. Volatile.
	redirected int64 // unix ms: what goes to a newer address once more is spread from then on. Volatile.
}

// convMeta is what the list shows of a conversation.
type convMeta struct {
	wire.Redacted
	Unread      uint64 `cbor:"1,keyasint,omitempty"`
	Activity    int64  `cbor:"2,keyasint"` // unix ms
	Preview     string `cbor:"3,keyasint,omitempty"`
	PreviewMine bool   `cbor:"4,keyasint,omitempty"`
	PreviewAt   string `cbor:"5,keyasint,omitempty"` // cursor of that message
	NextRow     uint64 `cbor:"6,keyasint,omitempty"` // number of the next outbox or held row
	Arrived     uint64 `cbor:"7,keyasint,omitempty"` // Arrival of the newest message
	Read        uint64 `cbor:"8,keyasint,omitempty"` // messages up to this Arrival have been read,
	ReadAt      int64  `cbor:"9,keyasint,omitempty"` // the last of them then, unix ms
	Asked       *asked `cbor:"14,keyasint,omitempty"`
}

type convRecord struct {
	wire.Redacted
	Conversation wire.Raw            `cbor:"1,keyasint"`
	Contact      addressbook.Contact `cbor:"2,keyasint"`
	Meta         convMeta            `cbor:"3,keyasint"`
}

func (t *turn) put(key string, v any) {
	b, err := wire.Marshal(v)
	if err != nil {
		t.fail(fmt.Errorf("couldn't encode record: %w", err))
	}
	if len(b) > maxRecord {
		t.fail(errTooBig)
	}
	t.batch.Put(key, b)
}

// save stores a conversation and its group.
func (t *turn) save(e *entry) {
	if e.broken {
		return // what is stored is more than what we have
	}
	record, err := e.c.Record()
	if err != nil {
		t.fail(fmt.Errorf("couldn't encode conversation: %w", err))
	}
	t.put(convKey(e.c.ID), convRecord{Conversation: record, Contact: e.contact, Meta: e.meta})
	group, err := e.c.Group()
	if err != nil {
		t.fail(fmt.Errorf("couldn't encode group: %w", err))
	}
	if len(group) > maxRecord {
		t.fail(errTooBig)
	}
	if group != nil {
		t.batch.Put(groupKey(e.c.ID), group)
	}
}

func (t *turn) saveSelf() { t.put(keySelf, t.a.state.self) }

func (t *turn) saveInvite(inv *invite.Invite) {
	t.put(inviteKey(inv.ID), inv)
	if inv.Dismissed {
		t.emit(api.Event{InviteRemoved: inv.ID.String()})
		return
	}
	t.emit(api.Event{Invite: inviteView(inv)})
}

func (t *turn) saveMessage(e *entry, m conversation.Message) {
	if m.Kind == kindDamaged {
		return // there may be more in it than we can read
	}
	t.put(messageKey(e.c.ID, m.Cursor), m)
}

func (t *turn) message(e *entry, cursor string) (conversation.Message, bool) {
	key := messageKey(e.c.ID, cursor)
	b, err := t.get(key)
	if err != nil {
		t.fail(fmt.Errorf("couldn't read message: %w", err))
	}
	if b == nil {
		return conversation.Message{}, false
	}
	m, err := t.a.decodeMessage(key, b)
	if err != nil {
		if !e.isAside() {
			t.fail(err)
		}
		m = damagedMessage(key)
	}
	if t.a.state.cleared(e.c.ID, m) {
		return conversation.Message{}, false
	}
	return m, true
}

// storedMessage reads a message as it is stored; a zero one if it is not.
func (a *Agent) storedMessage(id wire.ID, cursor string) (m conversation.Message, err error) {
	b, err := a.config.Store.Get(messageKey(id, cursor))
	if b == nil || err != nil {
		return m, err
	}
	return m, wire.Unmarshal(b, &m, maxRecord)
}

// load replaces the state in memory by what is stored.
func (a *Agent) load() error {
	s := state{conversations: make(map[wire.ID]*entry), invites: make(map[wire.ID]*invite.Invite)}
	b, err := a.config.Store.Get(keyErasing)
	if err != nil {
		return fmt.Errorf("couldn't read: %w", err)
	}
	if b != nil {
		return ErrErasing
	}
	if b, err = a.config.Store.Get(keySelf); err != nil {
		return fmt.Errorf("couldn't read: %w", err)
	}
	if b != nil {
		s.self = &self{}
		if err := wire.Unmarshal(b, s.self, maxRecord); err != nil {
			return fmt.Errorf("couldn't decode self: %w", err)
		}
		if err := s.self.parse(); err != nil {
			return err
		}
	}
	if b, err = a.config.Store.Get(keySettings); err != nil {
		return fmt.Errorf("couldn't read: %w", err)
	}
	if b != nil {
		if err := json.Unmarshal(b, &s.settings); err != nil {
			return fmt.Errorf("couldn't decode settings: %w", err)
		}
	}
	if err := a.loadConversations(&s); err != nil {
		return err
	}
	if err := a.scan(prefInvite, func(key string, value []byte) error {
		var inv invite.Invite
		if err := a.decoding(wire.ID{}, key, func() error { return wire.Unmarshal(value, &inv, maxRecord) }); err != nil {
			a.stray(key)
			return nil
		}
		s.invites[inv.ID] = &inv
		return nil
	}); err != nil {
		return err
	}
	if s.notes, err = a.loadNotes(); err != nil {
		return err
	}
	if err := a.loadDeletions(&s); err != nil {
		return err
	}
	if err := a.loadAside(&s); err != nil {
		return err
	}
	s.compareNames(a.namesOutside)
	a.state = s
	a.relay = api.RelayState{State: api.Connecting}
	if s.self == nil {
		return nil
	}
	a.relay.URL = s.self.Relay
	for _, e := range s.conversations {
		_ = a.safely("load", func() error {
			if peer := e.c.Peer(); peer != nil && s.self.showsOtherKeys(peer.Address) {
				a.relay.KeyAlarm = true
			}
			return nil
		})
	}
	return nil
}

// scan calls f with every record under prefix, in key order.
func (a *Agent) scan(prefix string, f func(key string, value []byte) error) error {
	from := ""
	for {
		records, err := a.config.Store.Scan(prefix, from, false, 256)
		if err != nil {
			return fmt.Errorf("couldn't read: %w", err)
		}
		for _, r := range records {
			if err := f(r.Key, r.Value); err != nil {
				return err
			}
			from = r.Key
		}
		if len(records) < 256 {
			return nil
		}
	}
}
