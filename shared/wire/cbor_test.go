package wire

import (
	"encoding/hex"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	require.NoError(t, err)
	return b
}

// note uses what Petmail's codecs use.
type note struct {
	Number uint64           `cbor:"1,keyasint"`
	Text   string           `cbor:"2,keyasint,omitempty"`
	Bytes  []byte           `cbor:"3,keyasint,omitempty"`
	Fixed  [4]byte          `cbor:"4,keyasint"`
	List   []uint16         `cbor:"5,keyasint,omitempty"`
	Inner  *inner           `cbor:"6,keyasint,omitempty"`
	Kept   Raw              `cbor:"7,keyasint,omitempty"`
	Map    map[string]int64 `cbor:"8,keyasint,omitempty"`
}

type inner struct {
	ID   ID   `cbor:"1,keyasint"`
	Flag bool `cbor:"2,keyasint"`
}

func TestMarshalIsDeterministic(t *testing.T) {
	data, err := Marshal(map[any]any{"b": 1, "a": 2, 10: true, -1: nil, "aa": 1.5})
	require.NoError(t, err)
	require.Equal(t, "a50af520f6616102616201626161f93e00", hex.EncodeToString(data))
	_, err = Marshal(make(chan int))
	require.ErrorContains(t, err, "couldn't encode")
}

func TestUnmarshal(t *testing.T) {
	const fixed = "04 44 01020304"
	for _, c := range []struct {
		name   string
		hex    string
		strict bool
		loose  bool
	}{
		{"least", "a2 01 05" + fixed, true, true},
		{"text", "a3 01 05 02 6161" + fixed, true, true},
		{"kept item of any kind", "a3 01 05" + fixed + "07 82 01 a1 18 63 f6", true, true},
		{"inner", "a3 01 05" + fixed + "06 a2 01 50" + strings.Repeat("0f", 16) + "02 f5", true, true},
		{"map", "a3 01 05" + fixed + "08 a2 6161 01 6162 20", true, true},

		{"unknown field", "a3 01 05" + fixed + "18 63 00", false, true},
		{"unknown field with a text key", "a3 01 05" + fixed + "61 78 00", false, true},
		{"field missing", "a1 01 05", false, true},
		{"empty optional field", "a3 01 05 02 60" + fixed, false, true},

		{"fixed bytes too short", "a2 01 05 04 43 010203", false, false},
		{"fixed bytes too long", "a2 01 05 04 45 0102030405", false, false},
		{"inner fixed bytes too short", "a3 01 05" + fixed + "06 a2 01 4f" + strings.Repeat("0f", 15) + "02 f5", false, false},
		{"null for a number", "a2 01 f6" + fixed, false, false},
		{"another type", "a2 01 61 61" + fixed, false, false},
		{"negative for unsigned", "a2 01 20" + fixed, false, false},
		{"number over the field", "a3 01 05" + fixed + "05 81 1a 00010000", false, false},
		{"float for a number", "a2 01 f94500" + fixed, false, false},
		{"byte after the end", "a2 01 05" + fixed + "00", false, false},
		{"empty", "", false, false},
		{"cut", "a2 01 05 04 44 010203", false, false},
		{"repeated key", "a3 01 05 01 05" + fixed, false, false},
		{"keys out of order", "a2" + fixed + "01 05", false, false},
		{"number in longer form", "a2 01 18 05" + fixed, false, false},
		{"key in longer form", "a2 18 01 05" + fixed, false, false},
		{"length in longer form", "a2 01 05 04 58 04 01020304", false, false},
		{"map of indefinite length", "bf 01 05" + fixed + "ff", false, false},
		{"bytes of indefinite length", "a2 01 05 04 5f 44 01020304 ff", false, false},
		{"tag", "a2 01 c1 05" + fixed, false, false},
		{"big number tag", "a2 01 c2 41 05" + fixed, false, false},
		{"text is not UTF-8", "a3 01 05 02 61 ff" + fixed, false, false},
		{"text in unknown field is not UTF-8", "a3 01 05" + fixed + "18 63 61 ff", false, false},
		{"repeated key in a kept item", "a3 01 05" + fixed + "07 a2 01 01 01 01", false, false},
		{"undefined", "a3 01 05" + fixed + "07 f7", false, false},
		{"simple value in two bytes", "a3 01 05" + fixed + "07 f8 ff", false, false},
		{"reserved additional information", "1c", false, false},
		{"top level of another type", "80", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := unhex(t, c.hex)
			var v note
			err := Unmarshal(data, &v, 1000)
			require.Equal(t, c.strict, err == nil, "%v", err)
			if err == nil {
				again, err := Marshal(v)
				require.NoError(t, err)
				require.Equal(t, data, again)
			}
			var w note
			err = UnmarshalLoose(data, &w, 1000)
			require.Equal(t, c.loose, err == nil, "%v", err)
		})
	}
}

func TestUnmarshalLimits(t *testing.T) {
	data := unhex(t, "a2 01 05 04 44 01020304")
	require.NoError(t, Unmarshal(data, new(note), len(data)))
	require.ErrorIs(t, Unmarshal(data, new(note), len(data)-1), ErrTooLarge)
	require.ErrorIs(t, UnmarshalLoose(data, new(note), len(data)-1), ErrTooLarge)
	require.ErrorContains(t, Unmarshal(data, nil, 100), "pointer")
	require.ErrorContains(t, Unmarshal(data, note{}, 100), "pointer")
	require.ErrorContains(t, Unmarshal(data, (*note)(nil), 100), "pointer")

	nested := append([]byte(strings.Repeat("\x81", MaxNesting)), 0)
	require.NoError(t, CheckDeterministic(nested))
	require.Error(t, CheckDeterministic(append([]byte{0x81}, nested...)))

	full := append([]byte{0x9a, 0, 1, 0, 0}, make([]byte, MaxArrayElements)...)
	require.NoError(t, CheckDeterministic(full))
	require.Error(t, CheckDeterministic(append([]byte{0x9a, 0, 1, 0, 1}, make([]byte, MaxArrayElements+1)...)))
	require.ErrorContains(t, CheckDeterministic([]byte{0xb9, 0x40, 0x01}), "map over its limit")
}

// TestLyingLengthsCostNothing gives lengths of 4 GiB and more in a few bytes
// and counts what is allocated.
func TestLyingLengthsCostNothing(t *testing.T) {
	for _, head := range []string{
		"5affffffff", "7affffffff", "9affffffff", "baffffffff",
		"5b7fffffffffffffff", "9b7fffffffffffffff", "bb7fffffffffffffff", "5bffffffffffffffff", "bb8000000000000000",
		"a1015a3fffffff", "a10599ffff", "a108b93fff",
	} {
		data := unhex(t, head)
		require.Error(t, CheckDeterministic(data), head)
		require.Zero(t, testing.AllocsPerRun(10, func() { _ = checkQuiet(data) }), head)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.Error(t, Unmarshal(data, new(note), 1<<20), head)
		require.Error(t, UnmarshalLoose(data, new(any), 1<<20), head)
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<10), head)
	}
}

// checkQuiet is CheckDeterministic without the cost of its error text.
func checkQuiet(data []byte) bool {
	_, err := walk(data, MaxNesting)
	return err == nil
}

func TestFloats(t *testing.T) {
	for _, c := range []struct {
		hex string
		ok  bool
	}{
		{"f90000", true}, {"f98000", true}, {"f97bff", true}, {"f97c00", true}, {"f9fc00", true},
		{"f97e00", true}, {"f97e01", false}, {"f9fe00", false}, {"f97c01", false},
		{"fa3f800000", false}, {"fa00000000", false}, {"fa7f800000", false}, {"fa7fc00000", false},
		{"fa477fe000", false},                       // 65504, the largest in 16 bits
		{"fa47800000", true},                        // 65536
		{"fa33800000", false}, {"fa33000000", true}, // 2^-24, the least in 16 bits, and 2^-25
		{"fa33c00000", true},                       // 1.5·2^-24
		{"fa3dcccccd", true}, {"fa00000001", true}, // 0.1, least in 32 bits
		{"fb3ff0000000000000", false},                 // 1
		{"fb3fb999999999999a", true},                  // 0.1
		{"fb7ff8000000000000", false},                 // NaN
		{"fb47efffffe0000000", false},                 // largest in 32 bits
		{"fb47f0000000000000", true}, {"f900", false}, // 2^128; cut
	} {
		err := CheckDeterministic(unhex(t, c.hex))
		require.Equal(t, c.ok, err == nil, "%s: %v", c.hex, err)
	}
}

// TestWalkAgreesWithEncoder: what Marshal writes passes the walk, and what
// passes the walk is what Marshal would write.
func TestWalkAgreesWithEncoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(
			rapid.Float64(),
			rapid.Map(rapid.Float32(), func(f float32) float64 { return float64(f) }),
			rapid.Map(rapid.IntRange(-70000, 70000), func(n int) float64 { return math.Ldexp(float64(n), -24) }),
		).Draw(t, "float")
		v := []any{
			f, rapid.Uint64().Draw(t, "unsigned"), rapid.Int64().Draw(t, "signed"), rapid.String().Draw(t, "text"),
			rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"), rapid.Bool().Draw(t, "bool"), nil,
			rapid.MapOfN(rapid.String(), rapid.Int16(), 0, 40).Draw(t, "map"),
			rapid.MapOfN(rapid.Int32(), rapid.Uint8(), 0, 40).Draw(t, "map with integer keys"),
		}
		data, err := Marshal(v)
		require.NoError(t, err)
		require.NoError(t, CheckDeterministic(data))
		var back any
		require.NoError(t, Unmarshal(data, &back, 1<<20))
	})
}

func TestNoteRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := note{
			Number: rapid.Uint64().Draw(t, "number"),
			Text:   rapid.String().Draw(t, "text"),
			List:   rapid.SliceOfN(rapid.Uint16(), 1, 5).Draw(t, "list"),
			Map:    rapid.MapOfN(rapid.String(), rapid.Int64(), 1, 9).Draw(t, "map"),
			Inner:  &inner{Flag: rapid.Bool().Draw(t, "flag")},
			Kept:   Raw{0x81, 0x01},
		}
		data, err := Marshal(v)
		require.NoError(t, err)
		var strict, loose note
		require.NoError(t, Unmarshal(data, &strict, 1<<20))
		require.Equal(t, v, strict)
		require.NoError(t, UnmarshalLoose(data, &loose, 1<<20))
		require.Equal(t, v, loose)
	})
}

// newer is note as a newer and an older Petmail may know it.
type newer struct {
	Number uint64     `cbor:"1,keyasint"`
	Fixed  [4]byte    `cbor:"4,keyasint"`
	Inner  newerInner `cbor:"6,keyasint"`
	Extra  []string   `cbor:"-1,keyasint"`
	More   uint8      `cbor:"40,keyasint"`
}

type newerInner struct {
	ID   ID     `cbor:"1,keyasint"`
	Flag bool   `cbor:"2,keyasint"`
	Why  string `cbor:"3,keyasint"`
}

func TestLooseAcrossVersions(t *testing.T) {
	data, err := Marshal(newer{Number: 7, Inner: newerInner{ID: ID{1}, Flag: true, Why: "new"}, Extra: []string{"x"}, More: 3})
	require.NoError(t, err)
	require.Error(t, Unmarshal(data, new(note), 1000))
	var v note
	require.NoError(t, UnmarshalLoose(data, &v, 1000))
	require.Equal(t, note{Number: 7, Inner: &inner{ID: ID{1}, Flag: true}}, v)

	data, err = Marshal(note{Number: 8, Text: "old", Inner: &inner{ID: ID{2}}})
	require.NoError(t, err)
	var w newer
	require.NoError(t, UnmarshalLoose(data, &w, 1000))
	require.Equal(t, newer{Number: 8, Inner: newerInner{ID: ID{2}}}, w)
}

func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		"a201050444010203 04", "a3010504440102030407820 1a11863f6", "a30105044401020304186300", "bf01ff", "5affffffff",
		"a3010502616104440102 0304", "9b7fffffffffffffff", "f97e00", "fb3fb999999999999a", "8181818100",
	} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v note
		if Unmarshal(data, &v, 1<<16) == nil {
			again, err := Marshal(v)
			require.NoError(t, err)
			require.Equal(t, data, again)
			require.NoError(t, UnmarshalLoose(data, new(note), 1<<16), "loose takes what strict takes")
		}
		deterministic := CheckDeterministic(data) == nil
		var any1 any
		if err := Unmarshal(data, &any1, 1<<16); err == nil {
			require.True(t, deterministic)
		}
		if UnmarshalLoose(data, new(note), 1<<16) == nil {
			require.True(t, deterministic)
		}
	})
}
