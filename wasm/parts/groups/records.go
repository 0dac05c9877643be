package groups

import (
	"fmt"

	"petmail/shared/mls"
	"petmail/shared/wire"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// entry is one conversation.
type entry struct {
	wire.Redacted
	id     wire.ID
	c      ruled
	broken bool // its record did not decode: c holds no more than its ID, and is never stored

	held  []held // bodies of a later epoch, oldest first
	nextN uint64 // number of the next held body. Volatile: counted from what is stored.

	asked *asked // nil: nothing was read on a hint since a good value was found
	slot  slotWork

	moveAt int64 // unix ms: its members are given a new address then; 0: not drawn, or not wanted. Volatile.
}

// convRecord is what is stored of a conversation but for its parts.
type convRecord struct {
	wire.Redacted
	Conversation wire.Raw `cbor:"1,keyasint"`
	Asked        *asked   `cbor:"4,keyasint,omitempty"` // 2 and 3 are of older programs
}

// save stores a conversation and what has changed of its parts.
func (t *step) save(e *entry) {
	if e.broken {
		return // what is stored is more than what we have
	}
	record, err := e.c.Record()
	if err != nil {
		t.Fail(fmt.Errorf("couldn't encode conversation: %w", err))
	}
	t.Put(kindConv, e.id, "", convRecord{Conversation: record, Asked: e.asked})
	parts, err := e.c.Changes()
	if err != nil {
		t.Fail(fmt.Errorf("couldn't encode conversation: %w", err))
	}
	for _, part := range parts {
		if part.Data == nil {
			t.Delete(kindGroup, e.id, part.Name)
		} else {
			t.PutBytes(kindGroup, e.id, part.Name, part.Data)
		}
	}
}

// putParts adds to b what has changed of a conversation's parts.
func putParts(b *store.Batch, id wire.ID, parts []mls.Part) {
	for _, p := range parts {
		if key := kindGroup.Key(id, p.Name); p.Data == nil {
			b.Delete(key)
		} else {
			b.Put(key, p.Data)
		}
	}
}

// readParts reads all parts of a conversation, by name.
func readParts(r turn.Reader, id wire.ID) (map[string][]byte, error) {
	parts := make(map[string][]byte)
	err := r.Scan(kindGroup, id, "", func(stored string, value []byte) error {
		if name := kindGroup.RestOf(stored); name != "" { // else it is an older program's
			parts[name] = value
		}
		return nil
	})
	return parts, err
}
