package text

import (
	"errors"
	"fmt"
	"strings"
)

// Bech32m (BIP-350): prefix, "1", data in groups of 5 bits, checksum of 6
// characters. Two deviations: lower case only, and any length up to the
// caller's limit; beyond 90 characters the checksum still finds nearly every
// mistake but no longer promises to find any four.

const (
	bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	bech32mFinal   = 0x2bc830a3
	bech32Checksum = 6  // characters
	maxPrefix      = 83 // characters of the human-readable part
)

var errPrefix = errors.New("unusable bech32m prefix")

// EncodeBech32m returns data as a bech32m string under prefix, which holds
// 1 to 83 lower-case printable ASCII characters. Its length is
// len(prefix) + 7 + ⌈len(data)·8/5⌉ characters.
func EncodeBech32m(prefix string, data []byte) (string, error) {
	if !validPrefix(prefix) {
		return "", errPrefix
	}
	return encodeGroups(prefix, toGroups(data)), nil
}

func encodeGroups(prefix string, groups []byte) string {
	var b strings.Builder
	b.Grow(len(prefix) + 1 + len(groups) + bech32Checksum)
	b.WriteString(prefix)
	b.WriteByte('1')
	for _, g := range groups {
		b.WriteByte(bech32Alphabet[g])
	}
	check := newBech32(prefix)
	for _, g := range groups {
		check.add(g)
	}
	for range bech32Checksum {
		check.add(0)
	}
	final := uint32(check) ^ bech32mFinal
	for i := range bech32Checksum {
		b.WriteByte(bech32Alphabet[final>>(5*(5-i))&31])
	}
	return b.String()
}

// ErrTooLarge is wrapped by DecodeBech32m for a text of more characters than
// its limit.
var ErrTooLarge = errors.New("too large")

// DecodeBech32m returns the data of a bech32m string with exactly this
// prefix and at most limit characters. It refuses upper case, and leftover
// bits that are not zero.
func DecodeBech32m(prefix, text string, limit int) ([]byte, error) {
	if !validPrefix(prefix) {
		return nil, errPrefix
	}
	if len(text) > limit {
		return nil, fmt.Errorf("couldn't decode bech32m: %w", ErrTooLarge)
	}
	rest, found := strings.CutPrefix(text, prefix+"1")
	if !found || strings.Contains(rest, "1") {
		return nil, errors.New("couldn't decode bech32m: another prefix")
	}
	if len(rest) < bech32Checksum {
		return nil, errors.New("couldn't decode bech32m: too short")
	}
	groups := make([]byte, len(rest))
	check := newBech32(prefix)
	for i := range len(rest) {
		g := strings.IndexByte(bech32Alphabet, rest[i])
		if g < 0 {
			return nil, errors.New("couldn't decode bech32m: a character that is not used")
		}
		groups[i] = byte(g)
		check.add(byte(g))
	}
	if check != bech32mFinal {
		return nil, errors.New("couldn't decode bech32m: wrong checksum")
	}
	data, err := fromGroups(groups[:len(groups)-bech32Checksum])
	if err != nil {
		return nil, fmt.Errorf("couldn't decode bech32m: %w", err)
	}
	return data, nil
}

func validPrefix(prefix string) bool {
	if len(prefix) == 0 || len(prefix) > maxPrefix {
		return false
	}
	for i := range len(prefix) {
		if c := prefix[i]; c < 33 || c > 126 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// bech32 is the running checksum of BIP-173.
type bech32 uint32

func newBech32(prefix string) bech32 {
	c := bech32(1)
	for i := range len(prefix) {
		c.add(prefix[i] >> 5)
	}
	c.add(0)
	for i := range len(prefix) {
		c.add(prefix[i] & 31)
	}
	return c
}

func (c *bech32) add(group byte) {
	generator := [5]bech32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	top := *c >> 25
	*c = (*c&0x1ffffff)<<5 ^ bech32(group)
	for i, g := range generator {
		if top>>i&1 == 1 {
			*c ^= g
		}
	}
}

// toGroups splits bytes into groups of 5 bits, the last filled with zeros.
func toGroups(data []byte) []byte {
	groups := make([]byte, 0, (len(data)*8+4)/5)
	var acc, bits uint
	for _, b := range data {
		acc = acc<<8 | uint(b)
		for bits += 8; bits >= 5; {
			bits -= 5
			groups = append(groups, byte(acc>>bits&31))
		}
	}
	if bits > 0 {
		groups = append(groups, byte(acc<<(5-bits)&31))
	}
	return groups
}

// fromGroups reverses toGroups.
func fromGroups(groups []byte) ([]byte, error) {
	data := make([]byte, 0, len(groups)*5/8)
	var acc, bits uint
	for _, g := range groups {
		acc = acc<<5 | uint(g)
		if bits += 5; bits >= 8 {
			bits -= 8
			data = append(data, byte(acc>>bits))
		}
	}
	if bits >= 5 || acc&(1<<bits-1) != 0 {
		return nil, errors.New("leftover bits")
	}
	return data, nil
}
