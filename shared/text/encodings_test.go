package text

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The valid and invalid strings of BIP-350, but those in upper case, which we
// do not accept, and with their data checked for 8-bit bytes by us.
func TestBech32mBIP350(t *testing.T) {
	for _, c := range []struct {
		prefix, text string
		problem      string // "" means it decodes
	}{
		{"a", "a1lqfn3a", ""},
		{"an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber1", "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6", ""},
		{"abcdef", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", ""},
		{"?", "?1v759aa", ""},
		{"split", "split1checkupstagehandshakeupstreamerranterredcaperredlc445v", ""},
		{"1", "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8", "leftover"},

		{"a", "A1LQFN3A", "prefix"},
		{"y", "y1b0jsk6g", "not used"},
		{"lt", "lt1igcx5c0", "not used"},
		{"in", "in1muywd", "short"},
		{"mm", "mm1crxm3i", "not used"},
		{"au", "au1s5cgom", "not used"},
		{"m", "M1VUXWEZ", "prefix"},
		{"n", "16plkw9", "prefix"},
		{"n", "1p2gdwpf", "prefix"},
		{"a", "a1lqfn3q", "checksum"},
		{"a", "a12uel5l", "checksum"}, // valid bech32
		{"b", "a1lqfn3a", "prefix"},
		{"a", "a11lqfn3a", "prefix"},
	} {
		data, err := DecodeBech32m(c.prefix, c.text, 100)
		if c.problem != "" {
			require.ErrorContains(t, err, c.problem, c.text)
			continue
		}
		require.NoError(t, err, c.text)
		again, err := EncodeBech32m(c.prefix, data)
		require.NoError(t, err)
		require.Equal(t, c.text, again)
	}
	// The one whose data is not bytes: its checksum alone.
	check := newBech32("1")
	for _, c := range []byte("11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8"[2:]) {
		check.add(byte(strings.IndexByte(bech32Alphabet, c)))
	}
	require.Equal(t, bech32(bech32mFinal), check)
}

func TestBech32mLimits(t *testing.T) {
	text, err := EncodeBech32m("petr", bytes.Repeat([]byte{0xa5}, 1000))
	require.NoError(t, err)
	require.Len(t, text, len("petr")+7+1600)
	_, err = DecodeBech32m("petr", text, len(text))
	require.NoError(t, err)
	_, err = DecodeBech32m("petr", text, len(text)-1)
	require.ErrorIs(t, err, ErrTooLarge)
	for _, prefix := range []string{"", "Petr", "pet r", "pét", strings.Repeat("a", 84)} {
		_, err := EncodeBech32m(prefix, nil)
		require.ErrorIs(t, err, errPrefix)
		_, err = DecodeBech32m(prefix, text, 5000)
		require.ErrorIs(t, err, errPrefix)
	}
}

func TestBech32mProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "data")
		text, err := EncodeBech32m("petm", data)
		require.NoError(t, err)
		back, err := DecodeBech32m("petm", text, 200)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, back))

		at := rapid.IntRange(len("petm1"), len(text)-1).Draw(t, "position")
		letter := rapid.SampledFrom([]byte(bech32Alphabet)).Draw(t, "letter")
		changed := text[:at] + string(letter) + text[at+1:]
		_, err = DecodeBech32m("petm", changed, 200)
		require.Equal(t, changed == text, err == nil, "one wrong character is always found")
	})
}

// FuzzDecodeBech32m tries the text as it is, and its bytes as groups under a
// right checksum, which a fuzzer does not find.
func FuzzDecodeBech32m(f *testing.F) {
	for _, seed := range []string{"peti1lqfn3a", "peti1", "peti1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "1", "", "\x1f\x00\x1c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		groups := []byte(input)
		for i := range groups {
			groups[i] &= 31
		}
		for _, text := range []string{input, encodeGroups("peti", groups)} {
			data, err := DecodeBech32m("peti", text, 1000)
			if err != nil {
				continue
			}
			again, err := EncodeBech32m("peti", data)
			require.NoError(t, err)
			require.Equal(t, text, again)
		}
	})
}

func TestPadme(t *testing.T) {
	for n, want := range map[uint64]uint64{
		0: 0, 1: 1, 2: 2, 3: 3, 8: 8, 9: 10, 10: 10, 100: 104, 1000: 1024, 1025: 1088, 1 << 20: 1 << 20, 1<<20 + 1: 1<<20 + 1<<15,
		math.MaxUint64: math.MaxUint64,
	} {
		require.Equal(t, want, Padme(n), "%d", n)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 1<<62).Draw(t, "n")
		p := Padme(n)
		require.GreaterOrEqual(t, p, n)
		require.LessOrEqual(t, float64(p), float64(n)*1.12+1)
		require.Equal(t, p, Padme(p), "a padded size stays")
		require.LessOrEqual(t, p, Padme(n+1), "order is kept")
	})
}

func TestPad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "body")
		size := rapid.IntRange(0, 60).Draw(t, "size")
		padded, err := Pad(body, size)
		if len(body)+PadOverhead > size {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		require.Len(t, padded, size)
		back, err := Unpad(padded)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, back))
		require.Equal(t, len(back), cap(back), "no view of the padding")
		if i := rapid.IntRange(0, size-1).Draw(t, "position"); i >= PadOverhead+len(body) {
			padded[i] = 1
			_, err = Unpad(padded)
			require.ErrorContains(t, err, "not zero")
		}
	})
	for _, bad := range [][]byte{nil, {0, 0, 0}, {0, 0, 0, 1}, {0xff, 0xff, 0xff, 0xff, 0}} {
		_, err := Unpad(bad)
		require.Error(t, err, "%x", bad)
	}
}
