package forensic

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"petmail/shared/mls"
)

// A group's state is stored in parts (shared/spec/mls.md), and of those that are
// found nothing says which group they are of, or of which time: whatever fits an
// epoch is put together with it, and what is missing made up, so that what is
// left of a state reads as much as it can.

// found is one MLS state that was found: what there is of it can read more than
// any one way to put it together.
type foundGroup struct {
	readings []*mls.State
}

// reads reports whether a message is decrypted.
func (g foundGroup) reads(message []byte) bool {
	return slices.ContainsFunc(g.readings, func(s *mls.State) bool {
		_, _, err := s.Process(message, mls.ProcessParams{Now: time.Now().Unix()})
		return err == nil
	})
}

// groups puts together what was found: states that are stored in one piece, and
// epochs with whatever fits them.
func groups(found [][]byte) (all []foundGroup) {
	config := mls.Config{PastEpochs: mostPast}
	for _, plain := range found {
		if group, err := mls.Unmarshal(plain, config); err == nil {
			all = append(all, foundGroup{[]*mls.State{group}})
		}
	}
	for _, plain := range found {
		if e, ok := epochOf(plain, config); ok {
			all = append(all, foundGroup{e.readings(found)})
		}
	}
	return all
}

// epoch is the part of a state that stays for a whole epoch.
type epoch struct {
	part   []byte
	number uint64
	leaves uint32
	config mls.Config
}

// mostLeaves is more than any group has whose epoch is one piece.
const mostLeaves = 256

func epochOf(plain []byte, config mls.Config) (epoch, bool) {
	if len(plain) == 0 || plain[0] != 2 {
		return epoch{}, false
	}
	e := epoch{part: plain, config: config}
	number, ok := e.readNumber()
	if !ok {
		return epoch{}, false
	}
	e.number = number
	for e.leaves = 1; e.leaves <= mostLeaves; e.leaves *= 2 {
		if _, err := mls.UnmarshalParts(e.with(nil), config); err == nil {
			return e, true
		}
	}
	return epoch{}, false
}

// readNumber reads the number out of the group's context (RFC 9420, section 8.1),
// with which the part begins.
func (e epoch) readNumber() (number uint64, ok bool) {
	r := cryptobyte.String(e.part[1:])
	var context, id cryptobyte.String
	ok = readVector(&r, &context) && context.Skip(2+2) && readVector(&context, &id) && context.ReadUint64(&number)
	return number, ok
}

// with returns the parts of a state: the epoch, some more, and for the leaves
// that covered does not name ratchets that read nothing.
func (e epoch) with(more map[string][]byte, covered ...uint32) map[string][]byte {
	parts := map[string][]byte{"epoch/0000": e.part}
	nothing := append(binary.BigEndian.AppendUint64(nil, e.number), make([]byte, 2*(1+4+1))...)
	for leaf := range e.leaves {
		parts[fmt.Sprintf("sender/%04x", leaf)] = nothing
	}
	for _, leaf := range covered {
		delete(parts, fmt.Sprintf("sender/%04x", leaf))
	}
	maps.Copy(parts, more)
	return parts
}

// readings returns a state for everything that fits the epoch.
func (e epoch) readings(found [][]byte) (all []*mls.State) {
	try := func(parts map[string][]byte) {
		if group, err := mls.UnmarshalParts(parts, e.config); err == nil {
			all = append(all, group)
		}
	}
	for _, plain := range found {
		if len(plain) < 8 {
			continue
		}
		number := binary.BigEndian.Uint64(plain)
		if number < e.number {
			try(e.with(map[string][]byte{fmt.Sprintf("past/%016x", number): plain}))
		}
		if number != e.number {
			continue
		}
		// Ratchets: whose they are is not said.
		senders := make(map[string][]byte)
		for leaf := range e.leaves {
			senders[fmt.Sprintf("sender/%04x", leaf)] = plain
		}
		try(e.with(senders))
		// Secrets of the tree: each says which leaves it is for.
		for _, size := range []int{32, 48, 64} {
			if name, covered, ok := region(plain[8:], size); ok {
				try(e.with(map[string][]byte{name: plain}, covered...))
			}
		}
	}
	return all
}

// region reads what a part of a secret tree holds, with secrets of a size: how
// it is named, and which leaves its secrets are for.
func region(b []byte, size int) (name string, leaves []uint32, ok bool) {
	r := cryptobyte.String(b)
	var list cryptobyte.String
	if !readVector(&r, &list) || !r.Empty() || list.Empty() {
		return "", nil, false
	}
	for !list.Empty() {
		var node uint32
		if !list.ReadUint32(&node) || !list.Skip(size) || node > 2*mostLeaves {
			return "", nil, false
		}
		level := 0
		for ; node>>level&1 == 1; level++ {
		}
		first := (node - (1<<level - 1)) / 2
		for leaf := first; leaf < first+1<<level; leaf++ {
			leaves = append(leaves, leaf)
		}
		name = fmt.Sprintf("tree/%x/%04x", level/4, first>>(4*(level/4+1)))
	}
	return name, leaves, true
}
