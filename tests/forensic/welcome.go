package forensic

import (
	"crypto/hpke"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/cryptobyte"

	"petmail/wasm/conversation"
)

// letter is what a Welcome holds for one new member (RFC 9420, section
// 12.4.3.1): the secret of the group, encrypted to the init key of the
// member's key package.
type letter struct {
	kemOutput, ciphertext, info []byte
}

// letters reads a Welcome in the suite of every conversation.
func letters(message []byte) ([]letter, error) {
	const version, wireWelcome = 1, 3
	r := cryptobyte.String(message)
	var v, format, suite uint16
	if !r.ReadUint16(&v) || !r.ReadUint16(&format) || !r.ReadUint16(&suite) ||
		v != version || format != wireWelcome || suite != uint16(conversation.Suite) {
		return nil, errors.New("couldn't read welcome: another kind of message")
	}
	var secrets, groupInfo cryptobyte.String
	if !readVector(&r, &secrets) || !readVector(&r, &groupInfo) || !r.Empty() {
		return nil, errors.New("couldn't read welcome")
	}
	// EncryptContext of section 5.1.3.
	const label = "MLS 1.0 Welcome"
	info := append([]byte{byte(len(label))}, label...)
	info = append(appendLength(info, len(groupInfo)), groupInfo...)
	var all []letter
	for !secrets.Empty() {
		var ref, kemOutput, ciphertext cryptobyte.String
		if !readVector(&secrets, &ref) || !readVector(&secrets, &kemOutput) || !readVector(&secrets, &ciphertext) {
			return nil, errors.New("couldn't read welcome")
		}
		all = append(all, letter{kemOutput, ciphertext, info})
	}
	return all, nil
}

// readVector reads a vector of RFC 9420, section 2.1.2.
func readVector(r *cryptobyte.String, v *cryptobyte.String) bool {
	var first uint8
	if !r.ReadUint8(&first) || first>>6 == 3 {
		return false
	}
	length := int(first & 0x3f)
	for range 1<<(first>>6) - 1 {
		var next uint8
		if !r.ReadUint8(&next) {
			return false
		}
		length = length<<8 | int(next)
	}
	return r.ReadBytes((*[]byte)(v), length)
}

func appendLength(b []byte, n int) []byte {
	switch {
	case n < 1<<6:
		return append(b, byte(n))
	case n < 1<<14:
		return append(b, 1<<6|byte(n>>8), byte(n))
	default:
		return append(b, 2<<6|byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
}

// opensWith reports whether private is the init key. What comes out would
// still need the invitation's PSK; to have got so far is bad enough.
func (l letter) opensWith(private hpke.PrivateKey) bool {
	r, err := hpke.NewRecipient(l.kemOutput, private, hpke.HKDFSHA512(), hpke.ChaCha20Poly1305(), l.info)
	if err != nil {
		return false
	}
	_, err = r.Open(nil, l.ciphertext)
	return err == nil
}

// opens tells of each letter whether any 32 bytes of what was decrypted are
// its init key: the seed of X-Wing.
func (f *Findings) opens(all []letter) []bool {
	opened := make([]atomic.Bool, len(all))
	seeds := make(chan [keySize]byte, 64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range seeds {
				private, err := hpke.MLKEM768X25519().NewPrivateKey(seed[:])
				if err != nil {
					continue
				}
				for i, l := range all {
					if l.opensWith(private) {
						opened[i].Store(true)
					}
				}
			}
		})
	}
	tried := make(map[[keySize]byte]bool)
	for _, plain := range f.Plain {
		for i := 0; i+keySize <= len(plain) && len(all) > 0; i++ {
			seed := [keySize]byte(plain[i:])
			if different(seed) < fewest || tried[seed] {
				continue
			}
			tried[seed] = true
			seeds <- seed
		}
	}
	close(seeds)
	workers.Wait()
	found := make([]bool, len(all))
	for i := range opened {
		found[i] = opened[i].Load()
	}
	return found
}

// different returns how many bytes of a window differ from each other.
func different(window [keySize]byte) (n int) {
	var seen [256]bool
	for _, b := range window {
		if !seen[b] {
			seen[b] = true
			n++
		}
	}
	return n
}
