package vault

import (
	"encoding/binary"
	"slices"

	"petmail/shared/wire"
)

// directory is the record to which the root leads.
type directory struct {
	wire.Redacted
	Top []byte `cbor:"1,keyasint"` // the top page
	// Garbage are numbers in the Backing that nothing leads to: runs, each as
	// the distance from the end of the one before and its length, unsigned
	// varints.
	Garbage []byte `cbor:"2,keyasint"`
	// Next is above every number that a record of this state or garbage has.
	Next uint64 `cbor:"3,keyasint"`
	// Recent is a leaf of items that are not in the tree.
	Recent []byte `cbor:"4,keyasint,omitempty"`
}

// Bounds of a directory as read, in bytes and in numbers.
const (
	maxDirectory = 16 * partSize
	maxGarbage   = 1 << 20
)

func encodeDirectory(top, recent *node, garbage []uint64, next uint64) ([]byte, error) {
	sorted := slices.Sorted(slices.Values(garbage))
	b := []byte{}
	end := uint64(0)
	for i := 0; i < len(sorted); {
		n := 1
		for i+n < len(sorted) && sorted[i+n] == sorted[i]+uint64(n) {
			n++
		}
		b = binary.AppendUvarint(b, sorted[i]-end)
		b = binary.AppendUvarint(b, uint64(n))
		end = sorted[i] + uint64(n)
		i += n
	}
	d := directory{Top: top.encode(), Garbage: b, Next: next}
	if len(recent.items) > 0 {
		d.Recent = recent.encode()
	}
	return wire.Marshal(d)
}

// contents is what a directory says.
type contents struct {
	top     *node
	recent  *node
	garbage []uint64
	next    uint64
}

func decodeDirectory(b []byte) (contents, error) {
	var d directory
	if err := wire.Unmarshal(b, &d, maxDirectory); err != nil {
		return contents{}, errNode
	}
	top, err := decodeNode(d.Top)
	if err != nil {
		return contents{}, err
	}
	recent := &node{leaf: true}
	if len(d.Recent) > 0 {
		if recent, err = decodeNode(d.Recent); err != nil || !recent.leaf {
			return contents{}, errNode
		}
	}
	var garbage []uint64
	end := uint64(0)
	for rest := d.Garbage; len(rest) > 0; {
		distance, size := binary.Uvarint(rest)
		if size <= 0 || distance > 1<<62 {
			return contents{}, errNode
		}
		rest = rest[size:]
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > maxGarbage-uint64(len(garbage)) || end > 1<<62 {
			return contents{}, errNode
		}
		rest = rest[size:]
		for i := range n {
			garbage = append(garbage, end+distance+i)
		}
		end += distance + n
	}
	if end > d.Next || d.Next > 1<<62 {
		return contents{}, errNode
	}
	return contents{top: top, recent: recent, garbage: garbage, next: d.Next}, nil
}
