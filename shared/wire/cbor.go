package wire

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// Bounds of every decoded item, whatever the caller's size limit.
const (
	MaxNesting       = 24      // arrays and maps inside each other
	MaxArrayElements = 1 << 16 // of one array
	MaxMapPairs      = 1 << 14 // of one map
)

var (
	// ErrTooLarge is returned, before anything is looked at, for input over
	// the caller's limit.
	ErrTooLarge = errors.New("input over its size limit")
	// ErrNotDeterministic is returned for CBOR that says something in another
	// way than Marshal would.
	ErrNotDeterministic = errors.New("not in deterministic encoding")
)

// Raw is the encoding of one item, kept as it came. A field of this type
// keeps what a newer Petmail put there.
type Raw = cbor.RawMessage

type modes struct {
	enc    cbor.EncMode
	strict cbor.DecMode
	loose  cbor.DecMode
}

// codec builds the modes at first use; the options are constants, so an error
// here is a mistake in this file and every call reports it.
var codec = sync.OnceValues(func() (modes, error) {
	encOptions := cbor.CoreDetEncOptions()
	encOptions.TagsMd = cbor.TagsForbidden
	enc, err := encOptions.EncMode()
	if err != nil {
		return modes{}, fmt.Errorf("couldn't build CBOR encoder: %w", err)
	}
	decOptions := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   MaxNesting,
		MaxArrayElements:  MaxArrayElements,
		MaxMapPairs:       MaxMapPairs,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
	}
	loose, err := decOptions.DecMode()
	if err != nil {
		return modes{}, fmt.Errorf("couldn't build CBOR decoder: %w", err)
	}
	decOptions.ExtraReturnErrors = cbor.ExtraDecErrorUnknownField
	strict, err := decOptions.DecMode()
	if err != nil {
		return modes{}, fmt.Errorf("couldn't build CBOR decoder: %w", err)
	}
	return modes{enc: enc, strict: strict, loose: loose}, nil
})

// Marshal returns the CBOR Core Deterministic Encoding of v (RFC 8949
// §4.2.1). Tags are refused: Petmail uses none.
func Marshal(v any) ([]byte, error) {
	m, err := codec()
	if err != nil {
		return nil, err
	}
	data, err := m.enc.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("couldn't encode %T: %w", v, err)
	}
	return data, nil
}

// Unmarshal decodes one item of at most limit bytes into v, a non-nil pointer
// to a zero value, and accepts exactly the bytes that Marshal makes from the
// result: unknown and repeated keys, indefinite lengths, longer forms, tags,
// trailing bytes, null in place of a number and an empty optional field are
// all refused. Lengths are checked against the input before anything is
// allocated. After an error v holds rubbish.
func Unmarshal(data []byte, v any, limit int) error {
	m, err := prepare(data, v, limit)
	if err != nil {
		return err
	}
	if err := m.strict.Unmarshal(data, v); err != nil {
		return fmt.Errorf("couldn't decode %T: %w", v, err)
	}
	again, err := m.enc.Marshal(v)
	if err != nil {
		return fmt.Errorf("couldn't compare encoding of %T: %w", v, err)
	}
	if !bytes.Equal(again, data) {
		return fmt.Errorf("couldn't decode %T: %w", v, ErrNotDeterministic)
	}
	return nil
}

// UnmarshalLoose is Unmarshal for content from other Petmails, newer and
// older: map keys that v does not know are skipped, fields that are missing
// stay zero, and optional fields may be empty. Everything is still one
// well-formed item in deterministic encoding, and each field that v knows is
// of its type and, for byte arrays, its size.
func UnmarshalLoose(data []byte, v any, limit int) error {
	m, err := prepare(data, v, limit)
	if err != nil {
		return err
	}
	if err := m.loose.Unmarshal(data, v); err != nil {
		return fmt.Errorf("couldn't decode %T: %w", v, err)
	}
	again, err := m.enc.Marshal(v)
	if err != nil {
		return fmt.Errorf("couldn't compare encoding of %T: %w", v, err)
	}
	if CheckDeterministic(again) != nil || !agrees(data, again) {
		return fmt.Errorf("couldn't decode %T: a field of another type or size", v)
	}
	return nil
}

// prepare does what both decoders share: the limit, the shape of v and the
// walk over the encoding.
func prepare(data []byte, v any, limit int) (modes, error) {
	if len(data) > limit {
		return modes{}, fmt.Errorf("couldn't decode %T: %d bytes where %d are allowed: %w", v, len(data), limit, ErrTooLarge)
	}
	if p := reflect.ValueOf(v); p.Kind() != reflect.Pointer || p.IsNil() {
		return modes{}, fmt.Errorf("couldn't decode into %T: not a usable pointer", v)
	}
	if err := CheckDeterministic(data); err != nil {
		return modes{}, fmt.Errorf("couldn't decode %T: %w", v, err)
	}
	return codec()
}
