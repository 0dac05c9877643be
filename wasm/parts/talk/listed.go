package talk

import (
	"bytes"
	"errors"
	"fmt"

	"petmail/shared/wire"
	"petmail/wasm/turn"
)

// convMeta is what the list shows of a conversation.
type convMeta struct {
	wire.Redacted
	Unread      uint64  `cbor:"1,keyasint,omitempty"`
	Activity    int64   `cbor:"2,keyasint"` // unix ms
	Preview     string  `cbor:"3,keyasint,omitempty"`
	PreviewMine bool    `cbor:"4,keyasint,omitempty"`
	PreviewAt   string  `cbor:"5,keyasint,omitempty"` // cursor of that message
	Arrived     uint64  `cbor:"7,keyasint,omitempty"` // Arrival of the newest message
	Read        uint64  `cbor:"8,keyasint,omitempty"` // messages up to this Arrival have been read,
	ReadAt      int64   `cbor:"9,keyasint,omitempty"` // the last of them then, unix ms
	With        wire.ID `cbor:"10,keyasint,omitzero"` // the contact that it is with; zero: nobody alone
}

// loadView reads what the list shows of a conversation. Where that does not
// decode, nothing is shown, and nothing stored over it.
func (p *Part) loadView(r turn.Reader, e *entry) error {
	value, err := r.Get(kindView, e.id, "")
	if err != nil {
		return err
	}
	var m convMeta
	ok, err := r.Decode(e.id, kindView.Key(e.id, ""), func() error {
		if value == nil {
			return errNoView
		}
		return wire.Unmarshal(value, &m, maxRecord)
	})
	if ok {
		e.meta, e.listed, e.storedView = m, true, value
	}
	return err
}

var errNoView = errors.New("couldn't decode what the list shows: there is nothing")

// saveView stores what the list shows where it has changed.
func (t *step) saveView(e *entry) {
	if !e.listed {
		return
	}
	b, err := wire.Marshal(e.meta)
	if err != nil {
		t.Fail(fmt.Errorf("couldn't encode record: %w", err))
	}
	if !bytes.Equal(b, e.storedView) {
		e.storedView = b
		t.PutBytes(kindView, e.id, "", b)
	}
}
