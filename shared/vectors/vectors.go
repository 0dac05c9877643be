// Package vectors reads the files in its folder and holds codecs against them.
// Tests in several packages, and of the pages, run them; no program imports it.
package vectors

import (
	"bytes"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

//go:embed *.json
var files embed.FS

// Bytes is a byte string as the files write it: hexadecimal digits in groups,
// with spaces between them. A group with *N after it stands for N of itself.
type Bytes []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bytes) UnmarshalText(text []byte) error {
	out := []byte{}
	for _, group := range strings.Fields(string(text)) {
		digits, times, repeated := strings.Cut(group, "*")
		part, err := hex.DecodeString(digits)
		if err != nil {
			return err
		}
		n := 1
		if repeated {
			if n, err = strconv.Atoi(times); err != nil || n < 0 {
				return fmt.Errorf("couldn't read group %q: no count", group)
			}
		}
		out = append(out, bytes.Repeat(part, n)...)
	}
	*b = out
	return nil
}

// Read decodes the named file into v, a pointer to a struct. A member that v
// does not have fails the test: nobody would run it.
func Read(t testing.TB, name string, v any) {
	t.Helper()
	data, err := files.ReadFile(name)
	if err != nil {
		t.Fatalf("couldn't read vectors: %v", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("couldn't decode %s: %v", name, err)
	}
}

// Each converts byte strings one by one; none stay none.
func Each[B, A ~[]byte](list []A) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, b := range list {
		out[i] = B(b)
	}
	return out
}
