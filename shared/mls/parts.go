package mls

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Part is one record of a state that is stored in parts. It is a secret.
type Part struct {
	redacted
	// Name is of the characters a to z, 0 to 9 and "/", at most 32 of them.
	Name string
	// Data is at most MaxPart bytes, but for an ended epoch's, which grows with
	// the members and with Limits.LateKeys; nil: there is no such part any more.
	Data []byte
}

// MaxPart is the most that one record of the epoch's part holds, in bytes.
const MaxPart = 256 << 10

// Names of parts. Numbers are hexadecimal, of a fixed number of digits.
const (
	partEpoch   = "epoch/"  // epoch/<piece>: what stays for the whole epoch, cut at MaxPart
	partSender  = "sender/" // sender/<leaf>: the ratchets of one sender
	partTree    = "tree/"   // tree/<level>/<number>: node secrets not expanded yet, of one region
	partPending = "pending" // proposals that wait for a commit
	partPast    = "past/"   // past/<epoch>: what is left of an ended epoch
)

// partsVersion begins the first piece of the epoch's part.
const partsVersion = 2

// Parts returns what has changed since before, a state of the same group that
// this one came from and whose parts are stored; nil: none are. A message
// changes its sender's ratchets, and a sender's first one in an epoch the
// secrets on its path too: what they were derived from is overwritten.
// [UnmarshalParts] takes all parts that stand.
func (s *State) Parts(before *State) []Part {
	var out []Part
	put := func(name string, data []byte) { out = append(out, Part{Name: name, Data: data}) }
	if before == nil {
		before = &State{ep: &epochState{}}
	}
	same := before.ep == s.ep
	if !same {
		pieces := cut(s.epochPart())
		for i, piece := range pieces {
			put(epochName(i), piece)
		}
		for i := len(pieces); i < before.pieces(); i++ {
			put(epochName(i), nil)
		}
	}
	epoch := s.Epoch()
	for _, l := range s.keys.leaves {
		if i, found := before.keys.find(l.leaf); !same || !found || before.keys.leaves[i] != l {
			put(senderName(l.leaf), encode(func(w *writer) {
				w.u64(epoch)
				w.ratchet(l.handshake)
				w.ratchet(l.application)
			}))
		}
	}
	for _, l := range before.keys.leaves {
		if _, found := s.keys.find(l.leaf); !found {
			put(senderName(l.leaf), nil)
		}
	}
	regions, old := s.keys.regions(), before.keys.regions()
	for i, r := range regions {
		j, found := findRegion(old, r.name)
		if !same || !found || !slices.EqualFunc(regions[i].secrets, old[j].secrets, treeSecret.equal) {
			put(r.name, encode(func(w *writer) {
				w.u64(epoch)
				w.treeSecrets(r.secrets)
			}))
		}
	}
	for _, r := range old {
		if _, found := findRegion(regions, r.name); !found {
			put(r.name, nil)
		}
	}
	if !same || !slices.Equal(s.pending, before.pending) {
		switch {
		case len(s.pending) > 0:
			put(partPending, encode(func(w *writer) {
				w.u64(epoch)
				s.writePending(w)
			}))
		case len(before.pending) > 0:
			put(partPending, nil)
		}
	}
	for _, p := range s.past {
		if !slices.Contains(before.past, p) {
			put(pastName(p.epoch), encode(func(w *writer) { writePast(w, p, nil) }))
		}
	}
	for _, p := range before.past {
		if !slices.ContainsFunc(s.past, func(q *pastEpoch) bool { return q.epoch == p.epoch }) {
			put(pastName(p.epoch), nil)
		}
	}
	return out
}

func epochName(piece int) string       { return fmt.Sprintf("%s%04x", partEpoch, piece) }
func senderName(leaf LeafIndex) string { return fmt.Sprintf("%s%04x", partSender, uint32(leaf)) }
func pastName(epoch uint64) string     { return fmt.Sprintf("%s%016x", partPast, epoch) }

// pieces is how many pieces the epoch's part has; 0: there is none.
func (s *State) pieces() int {
	if s.ep.tree == nil {
		return 0
	}
	return (1 + s.epochSize() + MaxPart - 1) / MaxPart
}

// cut returns the epoch's part in pieces of MaxPart bytes.
func cut(epoch []byte) (pieces [][]byte) {
	all := append([]byte{partsVersion}, epoch...)
	for len(all) > MaxPart {
		pieces, all = append(pieces, all[:MaxPart:MaxPart]), all[MaxPart:]
	}
	return append(pieces, all)
}

// region is the node secrets of four levels of the tree under one node of the
// level above. As none of them is above another, there are at most eight.
type region struct {
	name    string
	secrets []treeSecret
}

const regionLevels = 4

func regionName(x nodeIndex) string {
	level := x.level() / regionLevels
	return fmt.Sprintf("%s%x/%04x", partTree, level, uint32(x.first().leaf())>>(regionLevels*(level+1)))
}

// regions returns the node secrets by region, ascending by name.
func (t secretTree) regions() (all []region) {
	for _, secret := range t.frontier {
		name := regionName(secret.node)
		i, found := findRegion(all, name)
		if !found {
			all = slices.Insert(all, i, region{name: name})
		}
		all[i].secrets = append(all[i].secrets, secret)
	}
	return all
}

func findRegion(all []region, name string) (int, bool) {
	return slices.BinarySearchFunc(all, name, func(r region, name string) int { return strings.Compare(r.name, name) })
}

func (t treeSecret) equal(u treeSecret) bool {
	return t.node == u.node && bytes.Equal(t.secret, u.secret)
}

// UnmarshalParts decodes the parts of a state, by name. The state behaves as
// the one that was encoded, given the same configuration. Parts that are
// missing, of another epoch or of an unknown name are an error.
func UnmarshalParts(parts map[string][]byte, cfg Config) (*State, error) {
	s, err := unmarshalParts(parts, cfg)
	if err != nil {
		return nil, fmt.Errorf("couldn't decode state: %w", err)
	}
	return s, nil
}

func unmarshalParts(parts map[string][]byte, cfg Config) (*State, error) {
	s := &State{cfg: cfg}
	var epoch []byte
	pieces := 0
	for piece := parts[epochName(0)]; piece != nil; piece = parts[epochName(pieces)] {
		epoch, pieces = append(epoch, piece...), pieces+1
	}
	r := newReader(epoch)
	if r.u8() != partsVersion {
		r.fail("unknown encoding version")
	}
	s.readEpoch(r)
	if err := r.done(); err != nil {
		return nil, err
	}
	s.ep.sized(len(epoch) - 1)
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := s.readPart(name, bytes.Clone(parts[name]), pieces); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	slices.SortFunc(s.keys.frontier, func(a, b treeSecret) int { return cmp.Compare(a.node, b.node) })
	if err := s.keys.check(); err != nil {
		return nil, err
	}
	if s.closed == open && !s.keys.complete(s.ep.tree.leaves()) {
		return nil, invalid("parts are missing")
	}
	return s, s.check()
}

// readPart reads any part but the pieces of the epoch's. They come ascending
// by name.
func (s *State) readPart(name string, data []byte, pieces int) error {
	r := newReader(data)
	if kind, number := partNumber(name); kind == partPast {
		p := s.readPast(r)
		if pastName(p.epoch) != name {
			r.fail("name is another's")
		}
		s.past = append(s.past, p)
		return r.done()
	} else if kind == partEpoch && number < uint64(pieces) && epochName(int(number)) == name {
		return nil
	}
	if r.u64() != s.Epoch() {
		r.fail("parts of two epochs")
		return r.done()
	}
	switch kind, number := partNumber(name); kind {
	case partSender:
		l := &leafRatchet{leaf: LeafIndex(number), handshake: r.ratchet(s.ep.c), application: r.ratchet(s.ep.c)}
		if number >= MaxMembers || senderName(l.leaf) != name {
			r.fail("name is another's")
		}
		s.keys.leaves = append(s.keys.leaves, l)
	case partTree:
		secrets := r.treeSecrets(s.ep.c)
		for _, secret := range secrets {
			if regionName(secret.node) != name {
				r.fail("name is another's")
			}
		}
		s.keys.frontier = append(s.keys.frontier, secrets...)
	case partPending:
		s.readPending(r)
	default:
		r.fail("unknown part")
	}
	return r.done()
}

// partNumber returns which kind of part a name is of, and the number that it
// ends in; "": none that is known.
func partNumber(name string) (kind string, number uint64) {
	if name == partPending {
		return partPending, 0
	}
	at := strings.IndexByte(name, '/') + 1
	number, err := strconv.ParseUint(name[strings.LastIndexByte(name, '/')+1:], 16, 64)
	if err != nil {
		return "", 0
	}
	return name[:at], number
}

// complete reports whether there are secrets for each of so many leaves, its
// ratchets or what they will come from, and for no other. The tree is one that
// check has passed.
func (t secretTree) complete(leaves uint32) bool {
	have := uint32(len(t.leaves))
	for _, l := range t.leaves {
		if uint32(l.leaf) >= leaves {
			return false
		}
	}
	for _, secret := range t.frontier {
		if uint32(secret.node.last().leaf()) >= leaves {
			return false
		}
		have += 1 << secret.node.level()
	}
	return have == leaves
}
