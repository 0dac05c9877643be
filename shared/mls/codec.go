package mls

import "encoding/binary"

// Limits on what is accepted from outside, checked before allocating.
const (
	// MaxMessageSize is the largest message accepted, in bytes.
	MaxMessageSize = 16 << 20
	// MaxMembers is the largest number of leaves a tree may have.
	MaxMembers = 1 << 16
	// maxExtensions bounds extensions in one list.
	maxExtensions = 256
	// maxProposals bounds the proposals in one commit, and those pending.
	maxProposals = 1 << 13
	// maxPSKs bounds the pre-shared keys in one Welcome.
	maxPSKs = 256
)

// reader decodes the TLS presentation language with the variable-length
// vectors of RFC 9420 section 2.1. The first error sticks; later reads return
// zero values. Returned slices alias the input.
type reader struct {
	b      []byte
	err    error
	limits Limits // of proposals and leaves, looked at while decoding
}

func newReader(b []byte) *reader { return &reader{b: b} }

func (r *reader) fail(rule string) {
	if r.err == nil {
		r.err = invalid(rule)
	}
	r.b = nil
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n > len(r.b) {
		r.fail("truncated")
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// varint reads a vector length: 1, 2 or 4 bytes, minimally encoded.
func (r *reader) varint() int {
	first := r.u8()
	v := uint32(first & 0x3f)
	switch first >> 6 {
	case 0:
	case 1:
		v = v<<8 | uint32(r.u8())
		if v < 1<<6 {
			r.fail("vector length not minimal")
		}
	case 2:
		b := r.take(3)
		if b == nil {
			return 0
		}
		v = v<<24 | uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
		if v < 1<<14 {
			r.fail("vector length not minimal")
		}
	default:
		r.fail("vector length out of range")
	}
	if r.err != nil {
		return 0
	}
	return int(v)
}

// vec reads opaque<V>. An empty vector is returned as an empty, non-nil slice.
func (r *reader) vec() []byte {
	n := r.varint()
	if r.err != nil {
		return nil
	}
	return r.take(n)
}

// sub reads a vector and returns a reader of its content.
func (r *reader) sub() *reader {
	b := r.vec()
	return &reader{b: b, err: r.err, limits: r.limits}
}

// list reads a vector of elements, at most limit of them.
func (r *reader) list(limit int, element func(*reader)) {
	s := r.sub()
	for n := 0; s.err == nil && len(s.b) > 0; n++ {
		if n == limit {
			s.fail("too many elements")
			break
		}
		before := len(s.b)
		element(s)
		if s.err == nil && len(s.b) == before {
			s.fail("empty element")
		}
	}
	if s.err != nil && r.err == nil {
		r.err = s.err
		r.b = nil
	}
}

// optional reads the presence byte of optional<T>.
func (r *reader) optional() bool {
	switch r.u8() {
	case 0:
		return false
	case 1:
		return r.err == nil
	}
	r.fail("bad presence byte")
	return false
}

// done returns the sticky error, or an error when bytes are left.
func (r *reader) done() error {
	if r.err == nil && len(r.b) > 0 {
		r.fail("trailing bytes")
	}
	return r.err
}

// writer encodes what reader decodes.
type writer struct{ b []byte }

func (w *writer) u8(v uint8)   { w.b = append(w.b, v) }
func (w *writer) u16(v uint16) { w.b = binary.BigEndian.AppendUint16(w.b, v) }
func (w *writer) u32(v uint32) { w.b = binary.BigEndian.AppendUint32(w.b, v) }
func (w *writer) u64(v uint64) { w.b = binary.BigEndian.AppendUint64(w.b, v) }
func (w *writer) raw(b []byte) { w.b = append(w.b, b...) }

func (w *writer) optional(present bool) {
	if present {
		w.u8(1)
	} else {
		w.u8(0)
	}
}

// varint writes a vector length. Lengths are bounded by MaxMessageSize, far
// below the 2^30 the encoding can carry.
func (w *writer) varint(n int) {
	switch {
	case n < 1<<6:
		w.u8(uint8(n))
	case n < 1<<14:
		w.u16(uint16(n) | 1<<14)
	default:
		w.u32(uint32(n) | 1<<31)
	}
}

func varintSize(n int) int {
	switch {
	case n < 1<<6:
		return 1
	case n < 1<<14:
		return 2
	}
	return 4
}

func (w *writer) vec(b []byte) {
	w.varint(len(b))
	w.b = append(w.b, b...)
}

// nested writes a vector whose content body writes.
func (w *writer) nested(body func(*writer)) {
	start := len(w.b)
	body(w)
	n := len(w.b) - start
	head := varintSize(n)
	w.b = append(w.b, make([]byte, head)...)
	copy(w.b[start+head:], w.b[start:start+n])
	tail := w.b
	w.b = w.b[:start]
	w.varint(n)
	w.b = tail
}

// encode runs body over a fresh writer.
func encode(body func(*writer)) []byte {
	var w writer
	body(&w)
	return w.b
}
