package conversation

import (
	"crypto/rand"
	"maps"
	"testing"

	"petmail/shared/mls"
	"petmail/shared/wire"
)

func FuzzContent(f *testing.F) {
	text, _ := wire.Marshal(Text{Text: "hello"})
	deletion, _ := wire.Marshal(Deletion{[]Target{{ID: wire.ID{2}, Number: 1, Time: Stamp{Milli: begin}}}})
	timer, _ := wire.Marshal(Timer{3600})
	for _, c := range []Content{
		{ID: wire.ID{1}, Number: 1, Time: Stamp{Milli: begin}, Kind: KindText, Body: text},
		{Time: Stamp{Milli: begin}, Kind: KindAck, Acks: []Ack{{Of: 1, UpTo: 7}}},
		{ID: wire.ID{1}, Number: 2, Time: Stamp{Milli: begin}, Kind: KindDelete, Body: deletion},
		{ID: wire.ID{1}, Number: 2, Time: Stamp{Milli: begin}, Kind: KindTimer, Body: timer},
		{Time: Stamp{Milli: begin}, Kind: KindAck, Acks: []Ack{{Of: 1, UpTo: 7, Deleted: []uint64{3}}}},
		{ID: wire.ID{1}, Number: 1 << 40, Time: Stamp{Milli: -1, Counter: 9}, Kind: 77, Body: text},
	} {
		b, err := c.encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0xa1, 0x01, 0x5a, 0x3b, 0x9a, 0xca, 0x00}) // a gigabyte, in seven bytes
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeContent(data)
		if err != nil {
			return
		}
		if c.Kind == KindText {
			if text, err := c.text(); err != nil || text == "" || len(text) > MaxText {
				t.Fatalf("accepted a text that cannot be shown: %v", err)
			}
		}
		if c.Kind == KindDelete {
			if d, err := c.deletion(); err != nil || len(d.Targets) == 0 || len(d.Targets) > MaxTargets {
				t.Fatalf("accepted a deletion out of bounds: %v", err)
			}
		}
		if len(c.Acks) > maxAcks || (c.Kind == KindAck) != (c.Number == 0) {
			t.Fatal("accepted content out of bounds")
		}
	})
}

func FuzzBody(f *testing.F) {
	ada, bob := pair(f)
	f.Add([]byte{})
	for _, kind := range []BodyKind{BodyMessage, BodyWelcome, BodyCommit, 9} {
		b := say(f, ada, "hello")
		b.Kind = kind
		encoded, err := EncodeBody(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := DecodeBody(data)
		if err != nil {
			return
		}
		c := reload(t, bob)
		epoch := c.Epoch()
		r, err := c.Receive(begin, b)
		if err == nil && (r.Moved || c.Epoch() != epoch) {
			t.Fatal("somebody outside moved the group")
		}
	})
}

func FuzzSlot(f *testing.F) {
	ada, bob := pair(f)
	if err := ada.Renew(rand.Reader, begin); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(ada.Pending.Value[:len(ada.Pending.Value)-1])
	f.Fuzz(func(t *testing.T, value []byte) {
		c := reload(t, bob)
		if _, _, err := c.Decide(begin, value); err == nil {
			t.Fatal("accepted a slot that no member wrote")
		}
	})
}

// FuzzRecord has a record or a part replaced by anything.
func FuzzRecord(f *testing.F) {
	_, bob := pair(f)
	record, parts := inFull(f, bob)
	f.Add("", record)
	for name, data := range parts {
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		record, all := record, maps.Clone(parts)
		if name == "" {
			record = data
		} else {
			all[name] = data
		}
		_, _ = Load(record, mls.StandardProvider{}, all)
		_ = Remains(bob.ID, record, all)
	})
}

// FuzzSplit has what an older Petmail stored replaced by anything.
func FuzzSplit(f *testing.F) {
	_, bob := pair(f)
	record, group := olderForm(f, bob)
	f.Add(record, group)
	f.Fuzz(func(_ *testing.T, record, group []byte) {
		_, _, _ = Split(record, group, mls.StandardProvider{})
	})
}
