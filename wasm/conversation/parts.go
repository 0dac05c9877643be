package conversation

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
)

// A conversation is stored as its Record and, beside it, in parts, each of
// which is written when it changes: those of the group's state (mls.State.Parts),
// each member with its counters, and the commit under way.
const (
	partMember = "member/" // member/<leaf>: Member; the leaf in four hexadecimal digits
	partCommit = "commit"  // Pending
)

// stored is what stands in parts, or is to.
type stored struct {
	wire.Redacted
	state   *mls.State
	members map[string][]byte // by name
	pending *Pending
}

func memberName(leaf uint32) string { return fmt.Sprintf("%s%04x", partMember, leaf) }

// Record returns the stored form of what does not stand in parts.
func (c *Conversation) Record() ([]byte, error) { return wire.Marshal(c) }

// Changes returns the parts that are to be stored since Changes was called the
// last time, or since Load. Whoever cannot store them loads the conversation
// again.
func (c *Conversation) Changes() ([]mls.Part, error) {
	var out []mls.Part
	now := stored{state: c.group, members: make(map[string][]byte), pending: c.Pending}
	if c.group != nil && c.group != c.stored.state {
		out = c.group.Parts(c.stored.state)
	}
	for i := range c.Members {
		b, err := wire.Marshal(&c.Members[i])
		if err != nil {
			return nil, fmt.Errorf("couldn't encode member: %w", err)
		}
		name := memberName(c.Members[i].Leaf)
		now.members[name] = b
		if !bytes.Equal(b, c.stored.members[name]) {
			out = append(out, mls.Part{Name: name, Data: b})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.stored.members)) {
		if now.members[name] == nil {
			out = append(out, mls.Part{Name: name})
		}
	}
	switch {
	case c.Pending == c.stored.pending:
	case c.Pending == nil:
		out = append(out, mls.Part{Name: partCommit})
	default:
		b, err := wire.Marshal(c.Pending)
		if err != nil {
			return nil, fmt.Errorf("couldn't encode commit: %w", err)
		}
		out = append(out, mls.Part{Name: partCommit, Data: b})
	}
	c.stored = now
	return out, nil
}

// Load is the inverse of Record and Changes; parts are all that stand, by name.
func Load(record []byte, provider mls.Provider, parts map[string][]byte) (*Conversation, error) {
	c := Conversation{provider: provider}
	if err := wire.Unmarshal(record, &c, maxRecord); err != nil {
		return nil, fmt.Errorf("couldn't decode conversation: %w", err)
	}
	var err error
	if c.own, err = address.ParseAddress(c.Own); err != nil {
		return nil, fmt.Errorf("couldn't decode conversation: %w", err)
	}
	group := maps.Clone(parts)
	if err := c.takeParts(group); err != nil {
		return nil, fmt.Errorf("couldn't decode conversation: %w", err)
	}
	if c.State == Open {
		if err := c.restore(group); err != nil {
			return nil, err
		}
	} else if len(group) > 0 {
		return nil, errors.New("couldn't decode conversation: it has a group already")
	}
	c.stored.state = c.group
	return &c, nil
}

// maxRecord bounds a record and a part that are decoded, in bytes.
const maxRecord = 1 << 20

// takeParts takes the parts that are not the group's out of parts, and what
// they hold into c.
func (c *Conversation) takeParts(parts map[string][]byte) error {
	c.stored.members = make(map[string][]byte)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		data := parts[name]
		switch {
		case strings.HasPrefix(name, partMember):
			var m Member
			if err := wire.Unmarshal(data, &m, maxRecord); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if memberName(m.Leaf) != name {
				return fmt.Errorf("%s is of another leaf", name)
			}
			c.Members = append(c.Members, m)
			c.stored.members[name] = data
		case name == partCommit:
			var p Pending
			if err := wire.Unmarshal(data, &p, maxRecord); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			c.Pending, c.stored.pending = &p, &p
		default:
			continue
		}
		delete(parts, name)
	}
	return nil
}

// whole is the record of a conversation as long as members and the commit under
// way stood in it, and the group's state in one piece beside it.
type whole struct {
	Conversation
	Members []Member `cbor:"6,keyasint,omitempty"`
	Pending *Pending `cbor:"14,keyasint,omitempty"`
}

// Split returns the record and the parts of a conversation that an older
// Petmail has stored whole. group is the encoded state of its group; nil: there
// is none, or it does not decode, and so will the conversation not.
func Split(record, group []byte, provider mls.Provider) ([]byte, []mls.Part, error) {
	var old whole
	if err := wire.Unmarshal(record, &old, maxRecord); err != nil {
		return nil, nil, fmt.Errorf("couldn't decode conversation: %w", err)
	}
	c := old.Conversation
	c.provider, c.Members, c.Pending = provider, old.Members, old.Pending
	if c.State == Open && group != nil {
		if err := c.restoreWhole(group); err != nil {
			return nil, nil, err
		}
	}
	parts, err := c.Changes()
	if err != nil {
		return nil, nil, err
	}
	record, err = c.Record()
	return record, parts, err
}

// Remains returns what can be told of a conversation whose record, or a part of
// it, does not decode: its ID and, where the record does, the address by which
// what others send to it is known. It has no State: no rule may be called with
// it but CameThrough and Peer, and it must not be stored.
func Remains(id wire.ID, record []byte, parts map[string][]byte) *Conversation {
	var c Conversation
	if err := wire.Unmarshal(record, &c, maxRecord); err != nil || c.ID != id {
		return &Conversation{ID: id}
	}
	own, err := address.ParseAddress(c.Own)
	if err != nil {
		return &Conversation{ID: id}
	}
	out := &Conversation{ID: id, Own: c.Own, own: own, Timer: c.Timer, Door: c.Door, Formers: c.Formers}
	for name, data := range parts { // each by itself: one that does not decode costs no other
		_ = out.takeParts(map[string][]byte{name: data})
	}
	slices.SortFunc(out.Members, func(a, b Member) int { return int(a.Leaf) - int(b.Leaf) })
	return out
}
