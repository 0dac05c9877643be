package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// CheckDeterministic reports whether data is exactly one CBOR item in Core
// Deterministic Encoding (RFC 8949 §4.2.1), without tags, within MaxNesting,
// MaxArrayElements and MaxMapPairs. It allocates nothing, reads each byte
// once, and does not believe a length before the input could hold it.
func CheckDeterministic(data []byte) error {
	rest, err := walk(data, MaxNesting)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errors.New("bytes after the end")
	}
	return nil
}

var (
	errTruncated = errors.New("ends too early")
	errNested    = errors.New("nested too deep")
	errArray     = errors.New("array over its limit")
	errMap       = errors.New("map over its limit")
)

// Major types of RFC 8949 §3.1.
const (
	majorUint = iota
	majorNegative
	majorBytes
	majorText
	majorArray
	majorMap
	majorTag
	majorSimple
)

// walk checks the item at the start of data and returns what follows it.
func walk(data []byte, depth int) ([]byte, error) {
	if len(data) == 0 {
		return nil, errTruncated
	}
	major, info := data[0]>>5, data[0]&31
	if major == majorSimple {
		return walkSimple(data, info)
	}
	n, rest, err := argument(data[1:], info)
	if err != nil {
		return nil, err
	}
	switch major {
	case majorUint, majorNegative:
		return rest, nil
	case majorBytes, majorText:
		if n > uint64(len(rest)) {
			return nil, errTruncated
		}
		if major == majorText && !utf8.Valid(rest[:n]) {
			return nil, errors.New("text is not UTF-8")
		}
		return rest[n:], nil
	case majorArray:
		return walkArray(rest, n, depth)
	case majorMap:
		return walkMap(rest, n, depth)
	default:
		return nil, errors.New("tags are not used")
	}
}

// argument reads the number of an item's head and insists on its shortest
// form.
func argument(data []byte, info byte) (n uint64, rest []byte, err error) {
	if info < 24 {
		return uint64(info), data, nil
	}
	if info > 27 {
		return 0, nil, fmt.Errorf("indefinite or reserved length: %w", ErrNotDeterministic)
	}
	size := 1 << (info - 24)
	if len(data) < size {
		return 0, nil, errTruncated
	}
	for _, b := range data[:size] {
		n = n<<8 | uint64(b)
	}
	smallest := [4]uint64{24, 1 << 8, 1 << 16, 1 << 32}[info-24]
	if n < smallest {
		return 0, nil, fmt.Errorf("number not in its shortest form: %w", ErrNotDeterministic)
	}
	return n, data[size:], nil
}

func walkArray(data []byte, n uint64, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, errNested
	}
	if n > MaxArrayElements {
		return nil, errArray
	}
	if n > uint64(len(data)) { // an element takes a byte or more
		return nil, errTruncated
	}
	var err error
	for range n {
		if data, err = walk(data, depth-1); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func walkMap(data []byte, n uint64, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, errNested
	}
	if n > MaxMapPairs {
		return nil, errMap
	}
	if 2*n > uint64(len(data)) {
		return nil, errTruncated
	}
	var previous []byte
	for range n {
		rest, err := walk(data, depth-1)
		if err != nil {
			return nil, err
		}
		key := data[:len(data)-len(rest)]
		if previous != nil && bytes.Compare(previous, key) >= 0 {
			return nil, fmt.Errorf("map keys repeated or out of order: %w", ErrNotDeterministic)
		}
		previous = key
		if data, err = walk(rest, depth-1); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// walkSimple accepts false, true, null and floating-point numbers in the
// shortest form that keeps their value.
func walkSimple(data []byte, info byte) ([]byte, error) {
	switch info {
	case 20, 21, 22:
		return data[1:], nil
	case 25, 26, 27:
		size := 1 + 1<<(info-24)
		if len(data) < size {
			return nil, errTruncated
		}
		if !shortestFloat(data[1:size]) {
			return nil, fmt.Errorf("floating-point number not in its shortest form: %w", ErrNotDeterministic)
		}
		return data[size:], nil
	default:
		return nil, errors.New("unknown simple value")
	}
}

// shortestFloat reports whether no shorter IEEE 754 format holds the same
// number; the only NaN is 0x7e00 in 16 bits.
func shortestFloat(b []byte) bool {
	switch len(b) {
	case 2:
		h := binary.BigEndian.Uint16(b)
		return h&0x7fff <= 0x7c00 || h == 0x7e00
	case 4:
		return !fitsHalf(binary.BigEndian.Uint32(b))
	default:
		f := math.Float64frombits(binary.BigEndian.Uint64(b))
		return f == f && float64(float32(f)) != f
	}
}

// fitsHalf reports whether 16 bits hold the same number as these 32 (sign 1,
// exponent 8, fraction 23 bits against 1, 5 and 10), or it is not a number.
func fitsHalf(bits uint32) bool {
	exponent := int(bits>>23&0xff) - 127
	fraction := bits & (1<<23 - 1)
	switch {
	case exponent == 128, exponent == -127 && fraction == 0: // infinities, NaN, zeros
		return true
	case exponent > 15, exponent < -24:
		return false
	case exponent >= -14: // normal in 16 bits: the low 13 fraction bits are lost
		return fraction&(1<<13-1) == 0
	default: // subnormal in 16 bits: one more bit is lost for each step below 2^-14
		return fraction&(1<<(13+uint(-14-exponent))-1) == 0
	}
}
