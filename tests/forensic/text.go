package forensic

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// Sighting is a text that stands somewhere in the clear.
type Sighting struct {
	Text   string `json:"text"` // the name it was given
	File   string `json:"file"`
	Offset int64  `json:"offset"` // in bytes; of the compressed whole where Form says so
	Form   string `json:"form"`   // "utf-8", "utf-16", or the same "in lz4"
}

// needle is one encoding of a text.
type needle struct {
	name, form string
	bytes      []byte
}

// Sightings looks for texts, by name, in the clear: in UTF-8 and UTF-16, as
// they are and inside what can be decompressed: Firefox's session files, and
// whatever begins as they do in an image. LevelDB and Firefox's databases
// compress with Snappy, which copies what it has not seen before as it is: a
// text that repeats no four bytes stands in them as in any file.
func Sightings(files []string, texts map[string]string) ([]Sighting, error) {
	var needles []needle
	longest := 0
	for name, text := range texts {
		var wide []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			wide = binary.LittleEndian.AppendUint16(wide, unit)
		}
		needles = append(needles, needle{name, "utf-8", []byte(text)}, needle{name, "utf-16", wide})
		longest = max(longest, len(wide))
	}
	var found []Sighting
	for _, path := range files {
		look := func(offset int64, b []byte, limit int, suffix string) {
			for _, n := range needles {
				for at := 0; ; at++ {
					i := bytes.Index(b[at:], n.bytes)
					if i < 0 || at+i >= limit {
						break
					}
					at += i
					found = append(found, Sighting{n.name, path, offset + int64(at), n.form + suffix})
				}
			}
		}
		err := chunks(path, max(longest, maxSession), func(offset int64, b []byte) {
			limit := min(len(b), chunk)
			look(offset, b[:min(len(b), limit+longest)], limit, "")
			for at := 0; ; at++ {
				i := bytes.Index(b[at:], []byte(sessionMagic))
				if i < 0 || at+i >= limit {
					return
				}
				at += i
				plain := lz4(b[at+len(sessionMagic)+4:])
				look(offset+int64(at), plain, len(plain), " in lz4")
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Firefox's session files (jsonlz4) are the magic, the size of the content in
// 4 bytes, and one LZ4 block.
const (
	sessionMagic = "mozLz40\x00"
	maxSession   = 1 << 20
)

// lz4 decodes as much of an LZ4 block as makes sense, up to 16 MiB
// (lz4_Block_format.md).
func lz4(b []byte) []byte {
	var out []byte
	for len(b) > 0 && len(out) < 16<<20 {
		token := b[0]
		b = b[1:]
		literals, ok := lz4Length(int(token>>4), &b)
		if !ok || literals > len(b) {
			return append(out, b...)
		}
		out = append(out, b[:literals]...)
		b = b[literals:]
		if len(b) < 2 {
			return out
		}
		distance := int(binary.LittleEndian.Uint16(b))
		b = b[2:]
		match, ok := lz4Length(int(token&15), &b)
		if !ok || distance == 0 || distance > len(out) {
			return out
		}
		for range match + 4 {
			out = append(out, out[len(out)-distance])
		}
	}
	return out
}

// lz4Length reads a length that goes on while its bytes are 255.
func lz4Length(n int, b *[]byte) (int, bool) {
	if n < 15 {
		return n, true
	}
	for len(*b) > 0 && n < 16<<20 {
		more := (*b)[0]
		*b = (*b)[1:]
		n += int(more)
		if more < 255 {
			return n, true
		}
	}
	return n, false
}
