package talk

import (
	"fmt"

	"petmail/shared/wire"
	"petmail/wasm/turn"
)

// Load implements turn.Part. Groups have been read before; people are read with
// their conversations.
func (p *Part) Load(r turn.Reader) error {
	p.entries, p.step = make(map[wire.ID]*entry), nil
	for _, id := range p.groups.All() {
		if err := p.loadEntry(r, id); err != nil {
			return err
		}
	}
	p.people.Compare()
	return p.loadDrafts(r)
}

// LoadOwner implements turn.OwnerLoader.
func (p *Part) LoadOwner(r turn.Reader, id wire.ID) error {
	if !p.groups.Stands(id) {
		return nil
	}
	return p.loadEntry(r, id)
}

// loadEntry reads what is kept of a conversation.
func (p *Part) loadEntry(r turn.Reader, id wire.ID) error {
	e := &entry{id: id}
	if err := p.loadView(r, e); err != nil {
		return err
	}
	if err := p.people.Read(r, id, e.listed, e.meta.With); err != nil {
		return err
	}
	p.entries[id] = e
	r.Known(max(e.meta.Activity, e.meta.ReadAt))
	read := int64(0)
	if e.listed && e.meta.Unread == 0 {
		read = e.meta.Activity
	}
	return p.groups.Complete(r, id, read)
}

// oldMeta is convMeta as long as it held what is not the list's.
type oldMeta struct {
	wire.Redacted
	Unread      uint64   `cbor:"1,keyasint,omitempty"`
	Activity    int64    `cbor:"2,keyasint"`
	Preview     string   `cbor:"3,keyasint,omitempty"`
	PreviewMine bool     `cbor:"4,keyasint,omitempty"`
	PreviewAt   string   `cbor:"5,keyasint,omitempty"`
	NextRow     uint64   `cbor:"6,keyasint,omitempty"` // is counted from the rows
	Arrived     uint64   `cbor:"7,keyasint,omitempty"`
	Read        uint64   `cbor:"8,keyasint,omitempty"`
	ReadAt      int64    `cbor:"9,keyasint,omitempty"`
	Asked       wire.Raw `cbor:"14,keyasint,omitempty"` // is the group's
}

// Record is what is stored of what an older program's list showed of a
// conversation, which is given as it was encoded; with: the contact that the
// conversation is with.
func (p *Part) Record(id wire.ID, old []byte, with wire.ID) (key string, value []byte, err error) {
	var m oldMeta
	if err := wire.Unmarshal(old, &m, maxRecord); err != nil {
		return "", nil, err
	}
	value, err = wire.Marshal(convMeta{
		Unread: m.Unread, Activity: m.Activity, Preview: m.Preview, PreviewMine: m.PreviewMine, PreviewAt: m.PreviewAt,
		Arrived: m.Arrived, Read: m.Read, ReadAt: m.ReadAt, With: with,
	})
	if err != nil {
		return "", nil, fmt.Errorf("couldn't encode record: %w", err)
	}
	return kindView.Key(id, ""), value, nil
}
