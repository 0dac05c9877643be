package agent

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"petmail/shared/wire"
	"petmail/wasm/conversation"
)

// Reading of what belongs to conversations. A record that does not decode sets
// its owner aside; one whose owner its key does not tell is kept and passed
// over.

// decoding runs the decoder of a record, and makes a decodeError of its error
// and of its panic.
func (a *Agent) decoding(owner wire.ID, key string, f func() error) error {
	kind, _, _ := strings.Cut(key, "/")
	err := a.safely("decode", func() error {
		if err := a.met(owner, "decode "+kind); err != nil {
			return err
		}
		return f()
	})
	if err != nil && !isStore(err) {
		return &decodeError{key: key, err: err}
	}
	return err
}

// stray notes a record that can be counted as nobody's.
func (a *Agent) stray(key string) {
	kind, _, _ := strings.Cut(key, "/")
	a.log.Warn("a record is passed over", "kind", kind)
}

// damages notes that a record of a conversation does not decode.
func (e *entry) damages(err error) {
	if e.damage == nil {
		e.damage = err
	}
}

// owner finds the conversation in a key; nil if there is none, or it has been
// deleted.
func (s *state) owner(key, prefix string) *entry {
	rest := key[len(prefix):]
	id, err := wire.ParseID(rest[:strings.IndexByte(rest+"/", '/')])
	if err != nil {
		return nil
	}
	return s.conversations[id]
}

// loadConversations reads all conversations with what waits in them into s.
func (a *Agent) loadConversations(s *state) error {
	if err := a.scan(prefConv, func(key string, value []byte) error {
		id, err := wire.ParseID(key[len(prefConv):])
		if err != nil {
			a.stray(key)
			return nil
		}
		s.conversations[id], err = a.loadEntry(id, value)
		return err
	}); err != nil {
		return err
	}
	return a.loadOwned(s, "")
}

// loadOwner reads one conversation again; nil: there is none.
func (a *Agent) loadOwner(id wire.ID) (*entry, error) {
	b, err := a.config.Store.Get(convKey(id))
	if err != nil || b == nil {
		return nil, err
	}
	e, err := a.loadEntry(id, b)
	if err != nil {
		return nil, err
	}
	s := state{conversations: map[wire.ID]*entry{id: e}}
	if err := a.loadOwned(&s, id.String()+"/"); err != nil {
		return nil, err
	}
	if b, err = a.config.Store.Get(goingKey(id)); err != nil {
		return nil, err
	}
	if b != nil {
		var g going
		if err := a.decoding(id, goingKey(id), func() error { return wire.Unmarshal(b, &g, maxRecord) }); err != nil {
			e.damages(err)
		} else {
			a.state.going[id] = &g
		}
	}
	return e, nil
}

// loadEntry reads a conversation. One that does not decode comes back broken;
// the error is the store's.
func (a *Agent) loadEntry(id wire.ID, value []byte) (*entry, error) {
	e := &entry{requests: make(map[uint64]*retraction)}
	var r convRecord
	err := a.decoding(id, convKey(id), func() error { return wire.Unmarshal(value, &r, maxRecord) })
	if err == nil {
		e.contact, e.meta = r.Contact, r.Meta
		err = a.decoding(id, groupKey(id), func() error {
			c, err := conversation.Load(r.Conversation, a.config.Provider, func(id wire.ID) ([]byte, error) {
				return a.config.Store.Get(groupKey(id))
			})
			if err == nil && c.ID != id {
				err = errors.New("couldn't decode conversation: it is another")
			}
			if err != nil {
				return err
			}
			e.c = a.ruled(c)
			if r.Meta.Unread == 0 {
				e.c.KnownRead(r.Meta.Activity)
			}
			complete(e)
			return nil
		})
	}
	if isStore(err) {
		return nil, err
	}
	if err != nil {
		e.damages(err)
		e.broken = true
		e.c = a.ruled(conversation.Remains(id, r.Conversation))
	}
	return e, nil
}

// loadOwned reads what waits in conversations: of one, as its keys go on after
// the prefix, or of all.
func (a *Agent) loadOwned(s *state, only string) error {
	each := func(prefix string, f func(e *entry, key string, value []byte) error) error {
		return a.scan(prefix+only, func(key string, value []byte) error {
			e := s.owner(key, prefix)
			if e == nil {
				return nil
			}
			if err := a.decoding(e.c.ID, key, func() error { return f(e, key, value) }); err != nil {
				e.damages(err)
			}
			return nil
		})
	}
	if err := each(prefRow, func(e *entry, _ string, value []byte) error {
		var r row
		err := wire.Unmarshal(value, &r, maxRecord)
		if err == nil {
			e.rows = append(e.rows, &r)
			if r.Kind == rowMessage && !e.broken {
				e.c.Remember(r.Number, r.Cursor)
			}
		}
		return err
	}); err != nil {
		return err
	}
	if err := each(prefHeld, func(e *entry, key string, value []byte) error {
		n, err := strconv.ParseUint(key[strings.LastIndexByte(key, '/')+1:], 16, 64)
		if err != nil {
			return fmt.Errorf("couldn't decode key: %w", err)
		}
		h, err := decodeHeld(n, value)
		if err == nil {
			e.held = append(e.held, h)
			e.expectHint(a.nowMilli())
		}
		return err
	}); err != nil {
		return err
	}
	if err := each(prefRequest, func(e *entry, _ string, value []byte) error {
		var r retraction
		err := wire.Unmarshal(value, &r, maxRecord)
		if err == nil {
			e.requests[r.Message.Number] = &r
		}
		return err
	}); err != nil {
		return err
	}
	return each(prefUnread, func(e *entry, _ string, value []byte) error {
		var arrival uint64
		err := wire.Unmarshal(value, &arrival, maxRecord)
		if err == nil {
			e.waiting++
			e.starting = e.starting || arrival <= e.meta.Read
		}
		return err
	})
}

// kindDamaged marks a message whose record does not decode. No content has it,
// and it is never stored.
const kindDamaged conversation.Kind = 255

var errDamaged = errors.New("couldn't decode message")

func (a *Agent) decodeMessage(key string, value []byte) (m conversation.Message, err error) {
	owner, _ := ownerOf(key)
	err = a.decoding(owner, key, func() error { return wire.Unmarshal(value, &m, maxRecord) })
	return m, err
}

// damagedMessage stands in for a message that does not decode: its key still
// tells where it stands.
func damagedMessage(key string) conversation.Message {
	cursor := key[strings.LastIndexByte(key, '/')+1:]
	at, _ := strconv.ParseInt(cursor[:min(12, len(cursor))], 16, 64)
	return conversation.Message{Cursor: cursor, Kind: kindDamaged, Time: at, State: conversation.Arrived}
}
