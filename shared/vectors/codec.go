package vectors

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

// Case is one input of a decoder, and what it says or why it is refused.
type Case[T any] struct {
	Name    string
	Input   Bytes
	Value   *T     // nil: refused
	Encoded Bytes  // of Value, if it is not Input
	Refused string // the reason: one word or a few
}

// Codec is what a set of cases is held against. T has a value's fields as the
// file writes them.
type Codec[T any] struct {
	Decode  func([]byte) (T, error)
	Encode  func(T) ([]byte, error) // nil: there is none
	Reasons Reasons
}

// Reasons are a codec's reasons to refuse, each with its error: a sentinel, or
// a string that stands in the error's text.
type Reasons map[string]any

// Of returns reasons of package wire by name.
func Of(names ...string) Reasons {
	all := Reasons{
		"too large":         wire.ErrTooLarge,
		"not deterministic": wire.ErrNotDeterministic,
		"truncated":         "ends too early",
		"trailing bytes":    "bytes after the end",
		"tag":               "tags are not used",
		"not UTF-8":         "text is not UTF-8",
		"nested":            "nested too deep",
		"unknown key":       "unknown field",
		"type":              "cannot unmarshal",
		"type or size":      "a field of another type or size",
	}
	out := Reasons{}
	for _, name := range names {
		out[name] = all[name]
	}
	return out
}

// With returns r and more.
func (r Reasons) With(more Reasons) Reasons {
	out := maps.Clone(r)
	maps.Copy(out, more)
	return out
}

// Run holds codec against cases. Every field of T must be set in a case, and
// every reason have one.
func (codec Codec[T]) Run(t *testing.T, cases []Case[T]) {
	t.Helper()
	names, reasons, set := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		require.False(t, names[c.Name], "two cases %q", c.Name)
		require.NotEqual(t, c.Value == nil, c.Refused == "", "%q is neither accepted nor refused, or both", c.Name)
		names[c.Name], reasons[c.Refused] = true, true
		if c.Value != nil {
			note(*c.Value, set)
		}
		t.Run(c.Name, func(t *testing.T) {
			value, err := codec.Decode(c.Input)
			if c.Value == nil {
				codec.Reasons.check(t, c.Refused, err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, *c.Value, value)
			if codec.Encode == nil {
				return
			}
			want := c.Input
			if c.Encoded != nil {
				want = c.Encoded
			}
			encoded, err := codec.Encode(*c.Value)
			require.NoError(t, err)
			require.Equal(t, []byte(want), encoded)
		})
	}
	for reason := range codec.Reasons {
		require.True(t, reasons[reason], "no case is refused for %q", reason)
	}
	for _, field := range slices.Sorted(maps.Keys(set)) {
		require.True(t, set[field], "no case sets %s", field)
	}
}

// check fails unless err is the reason's.
func (r Reasons) check(t testing.TB, reason string, err error) {
	t.Helper()
	require.Error(t, err, "wants a refusal: %s", reason)
	switch want := r[reason].(type) {
	case error:
		require.ErrorIs(t, err, want)
	case string:
		require.ErrorContains(t, err, want)
	default:
		t.Fatalf("unknown reason %q for: %v", reason, err)
	}
}

// note writes into set, for each field in v at any depth, whether it is set.
func note(v any, set map[string]bool) { fields(reflect.ValueOf(v), "", set) }

func fields(v reflect.Value, path string, set map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fields(v.Elem(), path, set)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fields(v.Index(i), path, set)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := strings.TrimPrefix(path+"."+v.Type().Field(i).Name, ".")
			set[name] = set[name] || !v.Field(i).IsZero()
			fields(v.Field(i), name, set)
		}
	}
}

// RequireKinds fails unless kinds, as literals, are those of the constants of
// a type that the package in the working directory declares, and others, which
// it does not know.
func RequireKinds(t testing.TB, typeName string, kinds map[string]bool, others ...string) {
	t.Helper()
	known, err := declared(".", typeName)
	require.NoError(t, err)
	require.NotEmpty(t, known, "no constants of type %s", typeName)
	want := map[string]bool{}
	for name, literal := range known {
		require.True(t, kinds[literal], "no case has %s (%s)", name, literal)
		want[literal] = true
	}
	for _, literal := range others {
		require.False(t, want[literal], "%s is declared", literal)
		want[literal] = true
	}
	require.Equal(t, want, kinds)
}
