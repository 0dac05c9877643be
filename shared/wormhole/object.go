package wormhole

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"petmail/shared/wire"
)

// maxMembers bounds the members of a message; known messages have at most 8.
const maxMembers = 64

// ErrNotObject is wrapped by errors about a frame that is not one JSON object
// in UTF-8 without repeated names. There is nothing to answer to; close the
// connection.
var ErrNotObject = errors.New("not a JSON object")

// object holds the members of one JSON object, values unread. Unlike
// encoding/json into a struct it tells upper from lower case and refuses
// repeated names.
type object map[string]json.RawMessage

func parseObject(data []byte, limit int) (object, error) {
	if len(data) > limit {
		return nil, fmt.Errorf("%w: %w", ErrNotObject, wire.ErrTooLarge)
	}
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, ErrNotObject
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, ErrNotObject
	}
	o := object{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, ErrNotObject
		}
		if _, repeated := o[name]; repeated || len(o) == maxMembers {
			return nil, fmt.Errorf("%w: repeated or too many members", ErrNotObject)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, ErrNotObject
		}
		o[name] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, ErrNotObject
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, ErrNotObject
	}
	return o, nil
}

// has reports whether a member is there and not null.
func (o object) has(name string) bool {
	value, ok := o[name]
	return ok && string(value) != "null"
}

// text returns a string member of 1 to limit bytes of printable ASCII.
func (o object) text(name string, limit int) (string, error) {
	s, err := o.anyText(name, limit)
	if err != nil {
		return "", err
	}
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fmt.Errorf("%q is empty or not printable ASCII", name)
	}
	return s, nil
}

// anyText returns a string member of at most limit bytes.
func (o object) anyText(name string, limit int) (string, error) {
	if !o.has(name) {
		return "", fmt.Errorf("%q is missing", name)
	}
	var s string
	if err := json.Unmarshal(o[name], &s); err != nil {
		return "", fmt.Errorf("%q is not a string", name)
	}
	if len(s) > limit {
		return "", fmt.Errorf("%q is too long", name)
	}
	return s, nil
}

// optional is get, or "" for a member that is missing or null.
func (o object) optional(name string, limit int, get func(string, int) (string, error)) (string, error) {
	if !o.has(name) {
		return "", nil
	}
	return get(name, limit)
}

// hex returns the bytes, at most limit, of a hexadecimal string member.
func (o object) hex(name string, limit int) ([]byte, error) {
	s, err := o.anyText(name, 2*limit)
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not hexadecimal", name)
	}
	return b, nil
}
