package groups

import (
	"fmt"

	"petmail/shared/wire"
	"petmail/wasm/addressbook"
	"petmail/wasm/conversation"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// What older programs stored is brought to the present records at the first
// start, one commit a conversation: one that is interrupted begins again with
// the rest. On a full disk they are read as if they had been.

// migrate brings one conversation to the present records and returns its own.
// What decodes neither as a new nor as an old one stays as it is, and sets the
// conversation aside. The error is the store's.
func (p *Part) migrate(r turn.Reader, id wire.ID, value []byte) ([]byte, error) {
	if !isOld(value) {
		return value, nil
	}
	group, err := r.Get(kindGroup, id, "")
	if err != nil {
		return nil, err
	}
	var b store.Batch
	damage := turn.Safely(p.log, "migrate", func() error { return p.splitConversation(id, value, group, &b) })
	if damage == nil {
		damage, err = p.outbox.Split(r, id, &b)
	}
	switch {
	case err != nil:
		return nil, err
	case damage != nil:
		p.log.Warn("a conversation of an older program does not decode")
		return value, nil
	}
	if err := r.Migrate(&b); err != nil {
		return nil, err
	}
	return r.Get(kindConv, id, "")
}

// isOld reports whether a conv/ record is one of before, by its first byte: it
// is a map of three entries, and one of today has two at most.
func isOld(value []byte) bool {
	const mapOfThree = 0xa3 // RFC 8949, 3.1
	return len(value) > 0 && value[0] == mapOfThree
}

// oldConvRecord is conv/<conversation> as long as contact and list stood in it.
type oldConvRecord struct {
	wire.Redacted
	Conversation wire.Raw            `cbor:"1,keyasint"`
	Contact      addressbook.Contact `cbor:"2,keyasint"`
	Meta         wire.Raw            `cbor:"3,keyasint"`
}

// oldMeta is that part of what the list showed which is the group's.
type oldMeta struct {
	wire.Redacted
	Asked *asked `cbor:"14,keyasint,omitempty"`
}

// oldGroupKey is mls/<conversation>, the state of a group as long as it was one
// record.
func oldGroupKey(id wire.ID) string { return kindGroup.Key(id, "") }

// splitConversation adds to b what an old conv/ record and its group become:
// one of the conversation and its parts, one of its contact, one of the list.
func (p *Part) splitConversation(id wire.ID, value, group []byte, b *store.Batch) error {
	var old oldConvRecord
	if err := wire.Unmarshal(value, &old, maxRecord); err != nil {
		return err
	}
	record, parts, err := conversation.Split(old.Conversation, group, p.config.Provider)
	if err != nil && group != nil {
		// The rest is worth as much without its group, which stays as it is.
		group = nil
		record, parts, err = conversation.Split(old.Conversation, nil, p.config.Provider)
	}
	if err != nil {
		return err
	}
	contact, whoKey, who, err := p.people.Record(old.Contact, id)
	if err != nil {
		return err
	}
	b.Put(whoKey, who)
	viewKey, view, err := p.talk.Record(id, old.Meta, contact)
	if err != nil {
		return err
	}
	b.Put(viewKey, view)
	var meta oldMeta
	if err := wire.UnmarshalLoose(old.Meta, &meta, maxRecord); err != nil {
		return err
	}
	encoded, err := wire.Marshal(convRecord{Conversation: record, Asked: meta.Asked})
	if err != nil {
		return fmt.Errorf("couldn't encode record: %w", err)
	}
	b.Put(kindConv.Key(id, ""), encoded)
	putParts(b, id, parts)
	if group != nil {
		b.Delete(oldGroupKey(id))
	}
	return nil
}
