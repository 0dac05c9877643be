package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"petmail/shared/text"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	keySize  = chacha20poly1305.KeySize
	nameSize = aes.BlockSize

	// partSize is how much of a value one backing record holds, padding and
	// length included.
	partSize = 256 << 10
	// minPadded is the size of the smallest sealed value, before its tag.
	minPadded = 256
)

var errSealed = errors.New("sealed record does not open")

// names makes the names of backing records from their numbers: hexadecimal
// AES-128 of the number under a key of the vault, a permutation, so that names
// look random to others and yet never meet.
type names struct{ block cipher.Block }

func newNames(key [nameSize]byte) (names, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return names{}, fmt.Errorf("couldn't make names: %w", err)
	}
	return names{block}, nil
}

func (n names) name(number uint64) string {
	var b [nameSize]byte
	binary.BigEndian.PutUint64(b[8:], number)
	n.block.Encrypt(b[:], b[:])
	return hex.EncodeToString(b[:])
}

// padded returns the size to which a value of n bytes is padded: powers of two
// up to 4 KiB, where nearly all messages are, then Padmé.
func padded(n int) int {
	n = max(n+text.PadOverhead, minPadded)
	if n <= 4096 {
		return 1 << bits.Len(uint(n-1))
	}
	return int(text.Padme(uint64(n)))
}

// seal encrypts a value under a key that is used for nothing else and returns
// its parts. Part i has nonce i and its own name as associated data.
func seal(key [keySize]byte, value []byte, name func(part int) string) ([][]byte, error) {
	plain, err := text.Pad(value, padded(len(value)))
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		return nil, fmt.Errorf("couldn't seal: %w", err)
	}
	parts := make([][]byte, partsOf(len(plain)))
	for i := range parts {
		part := plain[i*partSize : min((i+1)*partSize, len(plain))]
		parts[i] = aead.Seal(make([]byte, 0, len(part)+aead.Overhead()), nonce(i), part, []byte(name(i)))
	}
	return parts, nil
}

// partsOf returns how many parts a padded value of n bytes has.
func partsOf(n int) int { return (n + partSize - 1) / partSize }

// open decrypts the parts of a value.
func open(key [keySize]byte, parts [][]byte, name func(part int) string) ([]byte, error) {
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		return nil, fmt.Errorf("couldn't open: %w", err)
	}
	var plain []byte
	for i, part := range parts {
		if plain, err = aead.Open(plain, nonce(i), part, []byte(name(i))); err != nil {
			return nil, errSealed
		}
	}
	value, err := text.Unpad(plain)
	if err != nil {
		return nil, errSealed
	}
	return value, nil
}

func nonce(part int) []byte {
	n := make([]byte, chacha20poly1305.NonceSize)
	binary.BigEndian.PutUint32(n[8:], uint32(part))
	return n
}

// wrap encrypts a few bytes under a key that is used more than once: a random
// nonce of 24 bytes, then the XChaCha20-Poly1305 ciphertext.
func wrap(rand io.Reader, key, plain, associated []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("couldn't wrap key: %w", err)
	}
	out := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(rand, out); err != nil {
		return nil, fmt.Errorf("couldn't draw a nonce: %w", err)
	}
	return aead.Seal(out, out, plain, associated), nil
}

// unwrap undoes wrap; it returns errSealed for another key.
func unwrap(key, sealed, associated []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil || len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, errSealed
	}
	plain, err := aead.Open(nil, sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:], associated)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}
