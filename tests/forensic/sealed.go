package forensic

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/bits"

	"golang.org/x/crypto/chacha20poly1305"
)

// From the vault's format (wasm/vault/seal.go, in bytes): a value is padded
// with its length, 4 bytes big-endian, in front and zeros behind, and encrypted
// in parts. Part i has nonce i and its name as associated data.
const (
	partSize  = 256 << 10
	tagSize   = 16
	minSealed = 256 + tagSize
	maxValue  = 2 << 20 // over the largest value of a store
)

// record is one sealed part as it lay in the database under its name.
type record struct {
	name   string
	sealed []byte
}

// Evidence is every sealed record that was ever seen, and it knows which of
// them a key might open.
type Evidence struct {
	records []*record
	seen    map[string]bool // name, zero, bytes
	marked  [1 << 16 / 64]uint64
	first   map[uint16][]*record // by the first two bytes of the key stream
}

// NewEvidence returns evidence of nothing.
func NewEvidence() *Evidence {
	return &Evidence{seen: make(map[string]bool), first: make(map[uint16][]*record)}
}

// Records returns how many different ones there are.
func (e *Evidence) Records() int { return len(e.records) }

// Add takes a record as it was found in a database at some time.
func (e *Evidence) Add(name string, sealed []byte) {
	id := name + "\x00" + string(sealed)
	if len(sealed) < minSealed || len(sealed) > partSize+tagSize || e.seen[id] {
		return
	}
	e.seen[id] = true
	r := &record{name: name, sealed: []byte(id[len(name)+1:])}
	e.records = append(e.records, r)
	// Under each high half that the length can have.
	for high := 0; high <= r.maxLength()>>16; high++ {
		k := binary.LittleEndian.Uint16(r.sealed) ^ bits.ReverseBytes16(uint16(high))
		e.first[k] = append(e.first[k], r)
		e.marked[k/64] |= 1 << (k % 64)
	}
}

// maxLength returns the most that the length in the first four bytes can say.
func (r *record) maxLength() int {
	if n := len(r.sealed) - tagSize; n < partSize {
		return n - 4
	}
	return maxValue
}

// dumped is one line of a dump.
type dumped struct {
	Name  string `json:"name"`
	Value string `json:"value"` // base64
}

// AddDump reads a dump of a database: a JSON object a line, with name and
// value in base64.
func (e *Evidence) AddDump(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var d dumped
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return fmt.Errorf("couldn't read dump: %w", err)
		}
		value, err := base64.StdEncoding.DecodeString(d.Value)
		if err != nil {
			return fmt.Errorf("couldn't read dump: %w", err)
		}
		e.Add(d.Name, value)
	}
	return lines.Err()
}

// maybe returns the records of which a key stream's first word could be, as a
// rule none.
func (e *Evidence) maybe(word uint32) []*record {
	k := uint16(word)
	if e.marked[k/64]&(1<<(k%64)) == 0 {
		return nil
	}
	return e.first[k]
}

// open returns what a key opens of part 0 of r, with the other parts where it
// has some, and all these parts; nil if it is another's key.
func (e *Evidence) open(r *record, key [32]byte, word uint32) ([]byte, []*record) {
	length := int(bits.ReverseBytes32(binary.LittleEndian.Uint32(r.sealed) ^ word))
	if length > r.maxLength() {
		return nil, nil
	}
	plain := unseal(key, 0, r)
	if plain == nil {
		return nil, nil
	}
	parts := []*record{r}
	for len(plain) < 4+length {
		next, more := e.part(key, len(parts))
		if next == nil {
			break // it is not in evidence: what there is will do
		}
		plain, parts = append(plain, more...), append(parts, next)
	}
	return plain[4:min(len(plain), 4+length)], parts
}

// part finds a later part of a value, which nothing but its key says.
func (e *Evidence) part(key [32]byte, part int) (*record, []byte) {
	for _, r := range e.records {
		if plain := unseal(key, part, r); plain != nil {
			return r, plain
		}
	}
	return nil, nil
}

func unseal(key [32]byte, part int, r *record) []byte {
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		return nil
	}
	var nonce [chacha20poly1305.NonceSize]byte
	binary.BigEndian.PutUint32(nonce[8:], uint32(part))
	plain, err := aead.Open(nil, nonce[:], r.sealed, []byte(r.name))
	if err != nil {
		return nil
	}
	return plain
}
