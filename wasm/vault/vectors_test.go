package vault

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/vectors"
)

// vectorFile is shared/vectors/vault.json.
type vectorFile struct {
	Source      string
	Key         vectors.Bytes // of what is sealed
	NameKey     vectors.Bytes `json:"name_key"`
	Secret      vectors.Bytes // of every lock
	Pages       []vectors.Case[pageVector]
	Directories []vectors.Case[directoryVector]
	Names       []struct {
		Number uint64
		Name   string
	}
	Sealed []struct {
		Name   string
		Number uint64
		Value  vectors.Bytes
		Names  []string
		Sizes  []int           // of the parts, in bytes
		Hashes []vectors.Bytes // SHA-256 of each
		Parts  []vectors.Bytes // of short ones
	}
	SealedRefused []struct {
		Name   string
		Number uint64
		Parts  []vectors.Bytes
	} `json:"sealed_refused"`
	Slots      []vectors.Case[slotVector]
	Parameters []struct { // the pages' tests read them
		Name  string
		Kind  Kind
		Text  string
		Value map[string]any // absent: refused
	}
}

func readVectors(t testing.TB) (v vectorFile) {
	t.Helper()
	vectors.Read(t, "vault.json", &v)
	return v
}

type pageVector struct {
	Leaf  bool
	Items []itemVector
}

type itemVector struct {
	Key    string
	Value  *vectors.Bytes // of a record in its leaf; otherwise the others
	Number uint64
	Parts  int
	Secret vectors.Bytes
}

func vectorOf(n *node) pageVector {
	v := pageVector{Leaf: n.leaf}
	for _, it := range n.items {
		to := itemVector{Key: it.key}
		if it.value != nil {
			to.Value = (*vectors.Bytes)(&it.value)
		} else {
			to.Number, to.Parts, to.Secret = it.ref.number, it.ref.parts, it.ref.key[:]
		}
		v.Items = append(v.Items, to)
	}
	return v
}

func (v pageVector) node() *node {
	n := &node{leaf: v.Leaf}
	for _, from := range v.Items {
		it := item{key: from.Key}
		if from.Value != nil {
			it.value = *from.Value
		} else {
			it.ref = ref{number: from.Number, parts: from.Parts, key: [keySize]byte(from.Secret)}
		}
		n.items = append(n.items, it)
	}
	return n
}

func TestPageVectors(t *testing.T) {
	vectors.Codec[pageVector]{
		Decode: func(data []byte) (pageVector, error) {
			n, err := decodeNode(data)
			if err != nil {
				return pageVector{}, err
			}
			return vectorOf(n), nil
		},
		Encode:  func(v pageVector) ([]byte, error) { return v.node().encode(), nil },
		Reasons: vectors.Reasons{"malformed": errNode},
	}.Run(t, readVectors(t).Pages)
}

type directoryVector struct {
	Top    pageVector
	Recent []itemVector
	Free   [][2]uint64 // runs: the first number, how many
	Next   uint64
}

func TestDirectoryVectors(t *testing.T) {
	vectors.Codec[directoryVector]{
		Decode: func(data []byte) (directoryVector, error) {
			c, err := decodeDirectory(data)
			if err != nil {
				return directoryVector{}, err
			}
			v := directoryVector{Top: vectorOf(c.top), Recent: vectorOf(c.recent).Items, Next: c.next}
			for _, n := range c.garbage {
				if last := len(v.Free) - 1; last >= 0 && v.Free[last][0]+v.Free[last][1] == n {
					v.Free[last][1]++
				} else {
					v.Free = append(v.Free, [2]uint64{n, 1})
				}
			}
			return v, nil
		},
		Encode: func(v directoryVector) ([]byte, error) {
			var garbage []uint64
			for _, run := range v.Free {
				for i := range run[1] {
					garbage = append(garbage, run[0]+i)
				}
			}
			slices.Reverse(garbage) // in any order
			return encodeDirectory(v.Top.node(), pageVector{Leaf: true, Items: v.Recent}.node(), garbage, v.Next)
		},
		Reasons: vectors.Reasons{"malformed": errNode},
	}.Run(t, readVectors(t).Directories)
}

func TestSealedVectors(t *testing.T) {
	file := readVectors(t)
	names, err := newNames([nameSize]byte(file.NameKey))
	require.NoError(t, err)
	for _, v := range file.Names {
		require.Equal(t, v.Name, names.name(v.Number))
	}
	key := [keySize]byte(file.Key)
	require.NotEmpty(t, file.Sealed)
	for _, v := range file.Sealed {
		t.Run(v.Name, func(t *testing.T) {
			name := func(part int) string { return names.name(v.Number + uint64(part)) }
			parts, err := seal(key, v.Value, name)
			require.NoError(t, err)
			require.Len(t, parts, len(v.Names))
			for i, part := range parts {
				sum := sha256.Sum256(part)
				require.Equal(t, v.Names[i], name(i))
				require.Len(t, part, v.Sizes[i])
				require.Equal(t, []byte(v.Hashes[i]), sum[:])
				if len(v.Parts) > 0 {
					require.Equal(t, []byte(v.Parts[i]), part)
				}
			}
			value, err := open(key, parts, name)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Value), value)
		})
	}
	require.NotEmpty(t, file.SealedRefused)
	for _, v := range file.SealedRefused {
		t.Run(v.Name, func(t *testing.T) {
			name := func(part int) string { return names.name(v.Number + uint64(part)) }
			_, err := open(key, vectors.Each[[]byte](v.Parts), name)
			require.ErrorIs(t, err, errSealed)
		})
	}
}

type slotVector struct {
	Format  string
	Seq     uint64
	Bare    vectors.Bytes
	Locks   []lockVector
	Root    vectors.Bytes // as sealed; what is in it follows
	RootKey vectors.Bytes `json:"root_key"`
	NameKey vectors.Bytes `json:"name_key"`
	// Directory is a number, of Parts.
	Directory uint64
	Parts     int
}

type lockVector struct {
	ID     vectors.Bytes
	Kind   Kind
	Params string
	Key    vectors.Bytes
}

func (v slotVector) wrapped() (out []wrapped) {
	for _, l := range v.Locks {
		out = append(out, wrapped{ID: l.ID, Kind: l.Kind, Params: []byte(l.Params), Key: l.Key})
	}
	return out
}

func TestSlotVectors(t *testing.T) {
	file := readVectors(t)
	states := map[slotState]string{slotErased: "erased", slotNewer: "newer", slotDamaged: "damaged"}
	// enter opens a slot by each of its locks.
	enter := func(s slot) (a access, err error) {
		a, err = openSlot(s, Secret{})
		for _, l := range s.body.Locks {
			if a, err = openSlot(s, Secret{Lock: l.ID, Key: file.Secret}); err != nil {
				return a, err
			}
		}
		return a, err
	}
	vectors.Codec[slotVector]{
		Decode: func(data []byte) (slotVector, error) {
			memory := &bytesFile{}
			copy(memory[SlotSize:], data)
			s, state, err := readSlot(memory, 1)
			if err != nil || state != slotValid {
				return slotVector{}, errors.Join(err, fmt.Errorf("slot is %s", states[state]))
			}
			a, err := enter(s)
			if err != nil {
				return slotVector{}, err
			}
			r, err := a.root(s)
			if err != nil {
				return slotVector{}, err
			}
			v := slotVector{
				Format: string(data[7]), Seq: s.seq, Bare: s.body.Bare, Root: s.body.Root,
				RootKey: r.Key[:], NameKey: r.NameKey[:], Directory: r.Directory, Parts: r.Parts,
			}
			for _, w := range s.body.Locks {
				v.Locks = append(v.Locks, lockVector{w.ID, w.Kind, string(w.Params), w.Key})
			}
			return v, nil
		},
		Encode: func(v slotVector) ([]byte, error) {
			a, err := enter(slot{body: slotBody{Bare: v.Bare, Locks: v.wrapped()}})
			if err != nil {
				return nil, err
			}
			r := root{Key: [keySize]byte(v.RootKey), NameKey: [nameSize]byte(v.NameKey), Directory: v.Directory, Parts: v.Parts}
			s, err := a.slot(bytes.NewReader(v.Root[:24]), 0, v.Seq, r) // draws the nonce
			if err != nil {
				return nil, err
			}
			memory := &bytesFile{}
			err = writeSlot(memory, s)
			// Only the latest format is written.
			copy(memory[7:], v.Format)
			sum := sha256.Sum256(memory[:slotEnd])
			copy(memory[slotEnd:], sum[:])
			return memory[:SlotSize], err
		},
		Reasons: vectors.Reasons{
			"erased": "slot is erased", "newer": "slot is newer", "damaged": "slot is damaged",
			"secret": ErrWrongSecret, "root": errSealed,
		},
	}.Run(t, file.Slots)

	kinds := map[string]bool{}
	for _, c := range file.Slots {
		if c.Value == nil {
			continue
		}
		for _, l := range c.Value.Locks {
			kinds[string(l.Kind)] = true
		}
	}
	vectors.RequireKinds(t, "Kind", kinds)
}

// TestParametersFit: what the pages write and read has room in a lock.
func TestParametersFit(t *testing.T) {
	kinds := map[string]bool{}
	for _, v := range readVectors(t).Parameters {
		if v.Value != nil {
			kinds[string(v.Kind)] = true
			require.NoError(t, Lock{ID: make([]byte, LockID), Kind: v.Kind, Params: []byte(v.Text)}.check(), v.Name)
		}
	}
	vectors.RequireKinds(t, "Kind", kinds)
}
