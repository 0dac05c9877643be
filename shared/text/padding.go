package text

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
)

// Padme returns the padded size, in bytes, for content of n bytes: the
// smallest size of at least n whose binary form, as a floating-point number,
// has no longer mantissa than exponent (Padmé; Nikitin et al., "Reducing
// Metadata Leakage from Encrypted Files and Communication with PURBs", 2019,
// §4). It costs at most 12 % and leaves O(log log n) bits about the size.
// Sizes within the last step below 2^64 are returned as they are.
func Padme(n uint64) uint64 {
	if n < 2 {
		return n
	}
	exponent := bits.Len64(n) - 1
	free := exponent - bits.Len(uint(exponent))
	if free <= 0 {
		return n
	}
	mask := uint64(1)<<free - 1
	if n > math.MaxUint64-mask {
		return n
	}
	return (n + mask) &^ mask
}

// PadOverhead is the size in bytes of the length that Pad writes.
const PadOverhead = 4

// Pad returns size bytes: the length of body (4 bytes, big-endian), body,
// zeros. It fails when body does not fit.
func Pad(body []byte, size int) ([]byte, error) {
	if uint64(len(body)) > math.MaxUint32 || len(body) > size-PadOverhead {
		return nil, errors.New("body too large for its padding")
	}
	out := make([]byte, size)
	binary.BigEndian.PutUint32(out, uint32(len(body)))
	copy(out[PadOverhead:], body)
	return out, nil
}

// Unpad returns the body inside what Pad made, a part of padded. It refuses
// padding that is not zero: a body has one padded form of each size.
func Unpad(padded []byte) ([]byte, error) {
	if len(padded) < PadOverhead {
		return nil, errors.New("padding too short")
	}
	n := binary.BigEndian.Uint32(padded)
	rest := padded[PadOverhead:]
	if uint64(n) > uint64(len(rest)) {
		return nil, errors.New("padded length over the size")
	}
	var dirt byte
	for _, b := range rest[n:] {
		dirt |= b
	}
	if dirt != 0 {
		return nil, errors.New("padding is not zero")
	}
	return rest[:n:n], nil
}
