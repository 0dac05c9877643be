package vault

import (
	"crypto/subtle"
	"slices"

	"petmail/shared/text"

	"golang.org/x/crypto/chacha20"
)

// Reach decrypts every sealed record with every key to which a slot in v's
// root file leads, over pages old and new, whatever a record's name was, and
// returns what makes sense.
func Reach(v *Vault, sealed map[string][]byte) [][]byte {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var keys [][keySize]byte
	slots, err := inspect(v.config)
	must(err)
	for _, s := range slots {
		r, err := v.access.root(s)
		must(err)
		keys = append(keys, r.Key)
	}
	var out [][]byte
	for len(keys) > 0 {
		key := keys[0]
		keys = keys[1:]
		// The key stream is the same for every record: only those whose first
		// two bytes come out as zeros, of a length below 64 KiB, are looked at.
		stream := func(n int) []byte {
			cipher, err := chacha20.NewUnauthenticatedCipher(key[:], nonce(0))
			must(err)
			cipher.SetCounter(1)
			b := make([]byte, n)
			cipher.XORKeyStream(b, b)
			return b
		}
		first := stream(2)
		for _, b := range sealed {
			if b[0] != first[0] || b[1] != first[1] {
				continue
			}
			plain := stream(len(b) - 16)
			subtle.XORBytes(plain, plain, b)
			if value, err := text.Unpad(plain); err == nil {
				out = append(out, value)
				values, more := within(value)
				out, keys = append(out, values...), append(keys, more...)
			}
		}
	}
	return out
}

// Cached returns how many pages are in memory.
func Cached(v *Vault) int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.cache)
}

// within returns the values and keys in a directory or page.
func within(value []byte) (values [][]byte, keys [][keySize]byte) {
	d, err := decodeDirectory(value)
	var items []item
	if err == nil {
		items = slices.Concat(d.top.items, d.recent.items)
	} else if n, err := decodeNode(value); err == nil {
		items = n.items
	}
	for _, it := range items {
		if it.value != nil {
			values = append(values, it.value)
			continue
		}
		keys = append(keys, it.ref.key)
	}
	return values, keys
}
