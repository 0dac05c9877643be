package groups

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"petmail/shared/wire"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// Load implements turn.Part.
func (p *Part) Load(r turn.Reader) error {
	p.entries, p.step = make(map[wire.ID]*entry), nil
	p.net, p.slots = nil, make(map[string]int)
	if err := r.Scan(kindConv, wire.ID{}, "", func(stored string, value []byte) error {
		id, ok := kindConv.OwnerOf(stored)
		if !ok {
			p.log.Warn("a record is passed over", "kind", "conv")
			return nil
		}
		r.Owner(id)
		value, err := p.migrate(r, id, value)
		if err != nil {
			return err
		}
		p.entries[id], err = p.loadEntry(r, id, value)
		return err
	}); err != nil {
		return err
	}
	return p.loadHeld(r, p.entries)
}

// LoadOwner implements turn.OwnerLoader.
func (p *Part) LoadOwner(r turn.Reader, id wire.ID) error {
	b, err := r.Get(kindConv, id, "")
	if err != nil || b == nil {
		return err
	}
	e, err := p.loadEntry(r, id, b)
	if err != nil {
		return err
	}
	if err := p.loadHeld(r, map[wire.ID]*entry{id: e}); err != nil {
		return err
	}
	if was := p.entries[id]; was != nil {
		e.nextN = max(e.nextN, was.nextN)
	}
	p.entries[id] = e
	return nil
}

// loadEntry reads a conversation. One that does not decode comes back broken.
func (p *Part) loadEntry(r turn.Reader, id wire.ID, value []byte) (*entry, error) {
	e := &entry{id: id, c: p.ruled(conversation.Remains(id, nil, nil))}
	parts, err := readParts(r, id)
	if err != nil {
		return nil, err
	}
	var stored convRecord
	ok, err := r.Decode(id, kindConv.Key(id, ""), func() error { return wire.Unmarshal(value, &stored, maxRecord) })
	if ok {
		e.asked = stored.Asked
		ok, err = r.Decode(id, kindGroup.Key(id, ""), func() error {
			c, err := conversation.Load(stored.Conversation, p.config.Provider, parts)
			if err == nil && c.ID != id {
				err = errors.New("couldn't decode conversation: it is another")
			}
			if err != nil {
				return err
			}
			e.c = p.ruled(c)
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	if !ok {
		e.broken = true
		e.c = p.ruled(conversation.Remains(id, stored.Conversation, parts))
	}
	r.Known(e.c.EpochTime)
	return e, nil
}

// Complete ends the loading of a conversation, once it has been read whom it is
// with. read: all that stands in it had been read then, unix ms; 0: that is not
// known.
func (p *Part) Complete(r turn.Reader, id wire.ID, read int64) error {
	e := p.entries[id]
	_ = turn.Safely(p.log, "load", func() error {
		if peer := e.theirs(); peer != nil {
			p.account.SeesOtherKeys(peer.Address)
		}
		return nil
	})
	if e.broken {
		return nil
	}
	_, err := r.Decode(id, kindGroup.Key(id, ""), func() error {
		if read != 0 {
			e.c.KnownRead(read)
		}
		if peer := e.theirs(); peer != nil {
			p.people.Complete(id, peer)
		}
		return nil
	})
	return err
}

// loadHeld reads the bodies that are held for conversations.
func (p *Part) loadHeld(r turn.Reader, in map[wire.ID]*entry) error {
	return r.Scan(kindHeld, wire.ID{}, "", func(stored string, value []byte) error {
		owner, _ := kindHeld.OwnerOf(stored)
		e := in[owner]
		if e == nil {
			return nil
		}
		_, err := r.Decode(owner, stored, func() error {
			n, err := numberIn(stored)
			if err != nil {
				return err
			}
			e.nextN = max(e.nextN, n+1)
			h, err := decodeHeld(n, value)
			if err == nil {
				e.held = append(e.held, h)
				e.expectHint(r.Now())
			}
			return err
		})
		return err
	})
}

// numberIn returns the number that a key ends in.
func numberIn(key string) (uint64, error) {
	n, err := strconv.ParseUint(key[strings.LastIndexByte(key, '/')+1:], 16, 64)
	if err != nil {
		return 0, fmt.Errorf("couldn't decode key: %w", err)
	}
	return n, nil
}
